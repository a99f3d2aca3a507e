/* shed.c: see shed.h. */
#include "play/shed.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
enum { KEPT = 0 };
#else
enum { KEPT = 128 };
#endif

static size_t size_of(size_t bytes)
{
    return (bytes - 1) / SHED_GRAIN;
}

void shed_give_back(struct shed *s, void *block, size_t size)
{
    size_t of = size_of(size);
    if (!block || of >= SHED_SIZES || s->count[of] >= KEPT) {
        free(block);
        return;
    }
    *(struct shed_block *)block = (struct shed_block){ s->first[of] };
    s->first[of] = block;
    s->count[of]++;
}

static void *taken(struct shed *s, size_t of)
{
    struct shed_block *block = s->first[of];
    if (!block)
        return malloc((of + 1) * SHED_GRAIN);
    s->first[of] = block->next;
    s->count[of]--;
    return block;
}

void *shed_resize(struct shed *s, void *old, size_t had, size_t size)
{
    size_t of = size_of(size);
    if (of >= SHED_SIZES)
        return realloc(old, size);
    if (had && size_of(had) == of)
        return old;
    void *block = taken(s, of);
    if (block && had) {
        memcpy(block, old, had < size ? had : size);
        shed_give_back(s, old, had);
    }
    return block;
}

void shed_clear(struct shed *s)
{
    for (size_t i = 0; i < SHED_SIZES; i++)
        for (struct shed_block *b = s->first[i], *next; b; b = next) {
            next = b->next;
            free(b);
        }
}
