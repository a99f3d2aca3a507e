/* shed.h: small blocks of memory that were given back, a few of each size, for who makes
 * and drops them all the time, as Lua does. Under the sanitizers none is kept: each
 * block then has its own guards. */
#ifndef PLAY_SHED_H
#define PLAY_SHED_H

#include <stddef.h>

enum { SHED_GRAIN = 16, SHED_SIZES = 64 };

struct shed {
    struct shed_block { struct shed_block *next; } *first[SHED_SIZES]; /* of (i + 1) * SHED_GRAIN bytes */
    int count[SHED_SIZES];
};

/* realloc() of a block of `had` bytes (0: there is none); NULL: the machine has none. */
void *shed_resize(struct shed *s, void *old, size_t had, size_t size);
void shed_give_back(struct shed *s, void *block, size_t size); /* NULL is fine */
void shed_clear(struct shed *s);

#endif
