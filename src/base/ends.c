/* ends.c: see ends.h. */
#include "base/ends.h"

#include <stdlib.h>
#include <string.h>

static char *grown(char *at, size_t room)
{
    at = realloc(at, room);
    if (!at)
        abort();
    return at;
}

static void add_front(struct ends *e, const char *bytes, size_t length)
{
    if (e->length + length > e->room) {
        e->room = e->room ? 2 * e->room : 4096;
        while (e->room < e->length + length)
            e->room *= 2;
        e->front = grown(e->front, e->room);
    }
    memcpy(e->front + e->length, bytes, length);
    e->length += length;
}

void ends_add(struct ends *e, const char *bytes, size_t length)
{
    size_t first = length < e->most - e->length ? length : e->most - e->length;
    e->total += first;
    if (first)
        add_front(e, bytes, first);
    bytes += first;
    length -= first;
    if (length && !e->back)
        e->back = grown(NULL, ENDS_SIZE);
    while (length) {
        size_t at = (size_t)((e->total - e->most) % ENDS_SIZE);
        size_t n = length < ENDS_SIZE - at ? length : ENDS_SIZE - at;
        memcpy(e->back + at, bytes, n);
        e->total += n;
        bytes += n;
        length -= n;
    }
}

uint64_t ends_kept(const struct ends *e, struct ends_part out[3])
{
    uint64_t behind = e->total - e->length;
    size_t at = (size_t)(behind % ENDS_SIZE);
    out[0] = (struct ends_part){ e->front, e->length };
    out[1] = (struct ends_part){ e->back, (size_t)behind };
    out[2] = (struct ends_part){ NULL, 0 };
    if (behind <= ENDS_SIZE)
        return 0;
    out[1] = (struct ends_part){ e->back + at, ENDS_SIZE - at };
    out[2] = (struct ends_part){ e->back, at };
    return behind - ENDS_SIZE;
}

void ends_free(struct ends *e)
{
    free(e->front);
    free(e->back);
    *e = (struct ends){ .most = e->most };
}
