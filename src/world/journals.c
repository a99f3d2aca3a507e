/* journals.c: see journals.h. */
#include "world/journals.h"

#include "record/incident.h"

#include <string.h>

const char *journal_damage(const struct journal *j)
{
    for (size_t i = 0; i < j->streams; i++)
        if (j->stream[i].damage)
            return j->stream[i].damage;
    return NULL;
}

const char *const *unread_list(const struct journals *j, struct arena *keep)
{
    const char **words = arena_many(keep, const char *, j->unreads + 1);
    for (size_t i = 0; i < j->unreads; i++)
        words[i] = arena_print(keep, "%s cannot be read whole: %s", j->unread[i].incident, j->unread[i].why);
    return words;
}

static bool is_closed(const struct journal *j, int64_t now, struct arena scratch)
{
    struct incident i;
    struct err ignored = { 0 };
    return j->count && incident_fold(&i, j, INSTANT_NONE, now, &scratch, &ignored) && i.closed;
}

bool journals_read(struct journals *out, const struct workspace *ws, const struct journal *own,
                   struct arena *keep, struct err *e)
{
    struct names all;
    *out = (struct journals){ 0 };
    if (!ws->store->list(ws->store, &all, keep, e))
        return false;
    out->journal = arena_many(keep, struct journal, all.count + 1);
    out->unread = arena_many(keep, struct unread, all.count + 1);
    for (size_t i = 0; i < all.count; i++) {
        struct journal *j = &out->journal[out->count];
        struct err why = { 0 };
        if (!strcmp(all.name[i], "log"))
            continue;
        if (own && text_equal(own->incident, all.name[i]))
            *j = *own;
        else if (!ws->store->read(ws->store, all.name[i], j, keep, &why)) {
            out->unread[out->unreads++] = (struct unread){ all.name[i], arena_string(keep, why.text), true, true, false };
            continue;
        }
        out->count++;
        if (journal_damage(j))
            out->unread[out->unreads++] = (struct unread){
                all.name[i], journal_damage(j), false, !j->count, is_closed(j, ws->world->clock(ws->world), *keep) };
    }
    return true;
}
