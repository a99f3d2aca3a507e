/* others.c: what others hold in this workspace: targets that people locked,
 * changes in flight, and what other incidents have changed. */
#include "play/change.h"

#include <string.h>

bool engine_read_others(struct run *r, struct err *e)
{
    struct journals all;
    if (r->apart)
        return true;
    if (!r->dry)
        r->store->heed(r->store); /* before it is read: what is written meanwhile is news */
    if (!journals_whole(&all, r->ws, r->keep, e))
        return false;
    locks_fold(&r->held, &r->helds, all.journal, all.count, r->keep);
    ledger_fold(&r->ledger, all.journal, all.count, r->keep);
    return true;
}

/* What our own run has begun it has settled since, or its branch holds the lock. */
static bool is_ours(const struct change *c, const struct run *r, const struct work *w)
{
    return (w->begun && text_equal(c->begun->hash, w->begun))
        || (r->id && text_equal(c->incident, r->incident) && json_is(json_get(c->begun->data, "run"), r->id));
}

const char *in_flight_words(struct run *r, const struct change *c)
{
    const char *run = json_get_text(c->begun->data, "run", r->keep);
    const char *where = text_equal(c->incident, r->incident) ? "" : arena_print(r->keep, "-i %s ", c->incident);
    bool by_run = run && run[0];
    return arena_print(r->keep, "%s (%s by %s) is in flight on %s, and nobody knows yet whether it happened: tocsin %s%s %s "
                       "looks into it", c->name, c->action, by_run ? run : c->begun->by, c->target, where,
                       by_run ? "resume" : "restore", by_run ? run : c->name);
}

static bool refuse_locked(const struct held *held, const struct run *r, struct err *e)
{
    bool ours = held->run ? text_equal(held->run, r->id) && text_equal(held->incident, r->incident)
                          : text_equal(held->by, r->world->user);
    return ours || err_busy(e, "'%s' is locked by %s%s%s%s%s", held->target, held->by,
                            held->run ? " for run " : "", held->run ? held->run : "",
                            held->why ? ": " : "", held->why ? held->why : "");
}

const char *other_words(struct run *r, const struct change *c)
{
    return arena_print(r->keep, "%s changed it too (%s %s) and may still need it", c->incident, c->name, c->action);
}

/* By what we know of the target. */
static bool allow(struct run *r, struct work *w, struct err *e)
{
    const struct held *held = locks_on(r->held, r->helds, w->target);
    if (held && !refuse_locked(held, r, e))
        return false;
    const struct target *t = ledger_target(&r->ledger, w->target);
    for (const struct change *const *c = t ? t->change : NULL; c && *c; c++)
        if ((*c)->state == CHANGE_IN_FLIGHT && !is_ours(*c, r, w))
            return err_busy(e, "%s", in_flight_words(r, *c));
    w->over = t ? ledger_elsewhere(t, r->incident) : NULL;
    if (!w->over || text_equal(w->over->incident, r->over))
        return true;
    return err_failed(e, "'%s': %s; --over %s does it all the same, and records that", w->target,
                      other_words(r, w->over), w->over->incident);
}

/* Others may have begun something since we read, which the store says, or settled it:
 * nobody is refused by what we knew before. */
bool others_allow(struct run *r, struct work *w, struct err *e)
{
    bool knew = r->dry || !r->store->news(r->store, w->target);
    if (knew && allow(r, w, e))
        return true;
    if (r->dry)
        return false;
    *e = (struct err){ 0 };
    return engine_recount(r, e) && allow(r, w, e);
}
