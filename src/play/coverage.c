/* coverage.c: what was met; see coverage.h. */
#include "play/coverage.h"

#include <stdlib.h>
#include <string.h>

struct begun { const char *hash, *place; struct begun *next; };

struct coverage {
    struct arena *keep;
    const char **met;
    size_t count, room;
    struct begun *begun;
};

struct coverage *coverage_new(struct arena *keep)
{
    struct coverage *c = arena_one(keep, struct coverage);
    *c = (struct coverage){ .keep = keep };
    return c;
}

void coverage_mark(struct coverage *c, const char *point)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->met[i], point) == 0)
            return;
    if (c->count == c->room) {
        size_t room = c->room * 2 + 64;
        const char **more = arena_many(c->keep, const char *, room);
        if (c->count)
            memcpy(more, c->met, c->count * sizeof *more);
        c->met = more;
        c->room = room;
    }
    c->met[c->count++] = arena_string(c->keep, point);
}

void coverage_mark_at(struct coverage *c, const char *where, const char *word, const char *what)
{
    if (c && where && word)
        coverage_mark(c, arena_print(c->keep, "%s %s %s", where, word, what));
}

void coverage_begun(struct coverage *c, const char *hash, const char *where, const char *word)
{
    if (!c || !hash || !where)
        return;
    struct begun *b = arena_one(c->keep, struct begun);
    *b = (struct begun){ arena_string(c->keep, hash), arena_print(c->keep, "%s %s", where, word), c->begun };
    c->begun = b;
}

void coverage_undone(struct coverage *c, const char *undoes)
{
    if (!c || !undoes)
        return;
    for (const struct begun *b = c->begun; b; b = b->next)
        if (strstr(undoes, b->hash))
            coverage_mark(c, arena_print(c->keep, "%s put back", b->place));
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *coverage_met(const struct coverage *c, struct arena *keep)
{
    const char **list = arena_many(keep, const char *, c->count + 1);
    if (c->count)
        memcpy(list, c->met, c->count * sizeof *list);
    qsort(list, c->count, sizeof *list, by_bytes);
    return list;
}
