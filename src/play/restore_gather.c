/* restore_gather.c: what is to be put back, and in which order. */
#include "play/restore_inside.h"

#include <stdlib.h>
#include <string.h>

bool journals_whole(struct journals *out, const struct workspace *ws, struct arena *keep, struct err *e)
{
    if (!journals_read(out, ws, NULL, keep, e))
        return false;
    for (size_t i = 0; i < out->unreads; i++) {
        const struct unread *u = &out->unread[i];
        if (u->closed) /* it was closed, so nothing of its changes was left */
            continue;
        if (u->refused)
            err_hint(e, "mend that first: tocsin -i %s verify   says whether it is", u->incident);
        else
            err_hint(e, "tocsin -i %s verify --salvage FILE   and then   tocsin import FILE   make it readable; "
                     "one that nothing is left of: move its folder out of .tocsin/incidents", u->incident);
        return err_input(e, "what %s changed and what it holds is not known: it cannot be read whole: %s",
                         u->incident, u->why);
    }
    return true;
}

bool ledger_read(struct ledger *out, const struct workspace *ws, struct arena *keep, struct err *e)
{
    struct journals all;
    if (!journals_whole(&all, ws, keep, e))
        return false;
    ledger_fold(out, all.journal, all.count, keep);
    return true;
}

static bool wanted(const struct restoring *s, struct run *r, const struct target *t)
{
    bool ours = false, named = !s->names && !s->ip;
    for (const struct change *const *c = t->change; *c; c++) {
        ours = ours || (change_in_force(*c) && text_equal((*c)->incident, r->incident));
        named = named || (s->ip && json_is(json_get((*c)->args, "ip"), s->ip));
        for (const char *const *name = s->names; name && *name; name++)
            named = named || (text_equal((*c)->name, *name) && text_equal((*c)->incident, r->incident));
    }
    return ours && named && t->changed;
}

/* The change whose undo leads to the target's first state. */
static const struct change *leading_back(const struct target *t, struct arena *keep)
{
    const struct change *best = NULL;
    const char *first = t->before.at ? json_canonical(t->before, keep) : NULL;
    for (const struct change *const *c = t->change; *c; c++) {
        if (!change_in_force(*c) || !(*c)->undo.at)
            continue;
        const char *before = (*c)->before.at ? json_canonical((*c)->before, keep) : NULL;
        if (!best || (first && text_equal(before, first)))
            best = *c;
    }
    return best;
}

static const char *undone_hashes(const struct target *t, struct arena *keep)
{
    struct text list = text_new(keep);
    bool comma = false;
    text_char(&list, '[');
    for (const struct change *const *c = t->change; *c; c++)
        if (change_in_force(*c)) {
            text_print(&list, "%s\"%s\"", comma ? "," : "", (*c)->begun->hash);
            comma = true;
        }
    text_char(&list, ']');
    return list.at;
}

/* Adding first, in the order in which it was taken away; then removing, the
 * latest first, so that what depends on something goes before it. */
static int by_safety(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->undo->adds != y->undo->adds)
        return x->undo->adds ? -1 : 1;
    int64_t p = x->change->begun->recorded, q = y->change->begun->recorded;
    if (p == q) {
        p = x->change->begun->seq;
        q = y->change->begun->seq;
    }
    int order = (p > q) - (p < q);
    return x->undo->adds ? order : -order;
}

static bool undo_of(struct item *item, struct run *r, struct err *e)
{
    struct json undo = item->change->undo;
    item->undo = roles_find(&r->roles, json_get_text(undo, "action", r->keep), e);
    return item->undo && role_arguments(&item->args, item->undo, json_get(undo, "args"), r->keep, e);
}

/* What keeps us from putting it back; NULL: nothing. */
static const char *why_not(const struct restoring *s, const struct item *item, struct run *r)
{
    const struct target *t = item->target;
    const struct change *back = item->change;
    const struct change *last = NULL;
    for (const struct change *const *c = t->change; *c; c++) {
        if ((*c)->state == CHANGE_IN_FLIGHT && !json_count(json_get((*c)->begun->data, "undoes")))
            return in_flight_words(r, *c);
        if (change_in_force(*c))
            last = *c;
    }
    if (!back)
        return !last ? NULL : arena_print(r->keep, "%s %s cannot be put back by us; tocsin keep %s --because TEXT "
                                          "accepts it", last->name, t->name, last->name);
    const char *own = s->even_so && (s->names || s->ip) ? NULL : pool_loses_own(r, item->undo, json_from(item->args));
    return own ? arena_print(r->keep, "%s: %s; tocsin keep %s --because TEXT leaves it there, tocsin restore %s --even-so TEXT "
                             "takes it out", back->name, own, back->name, back->name) : NULL;
}

/* Who looks into it? Its run, as long as that is not at its end. */
static bool is_left_behind(const struct change *c, const struct run_view *run, size_t runs, struct arena *keep)
{
    const char *name = json_get_text(c->begun->data, "run", keep);
    for (size_t i = 0; name && name[0] && i < runs; i++)
        if (text_equal(run[i].run, name))
            return text_equal(run[i].state, "ended");
    return true;
}

bool restore_unsettled(struct restoring *s, struct run *r, struct err *e)
{
    const struct run_view *run;
    size_t runs;
    struct journal j;
    if (r->dry) /* it settles nothing; what is in flight is left out, and said */
        return true;
    if (!ledger_read(&s->ledger, r->ws, r->keep, e) || !r->store->read(r->store, r->incident, &j, r->keep, e)
        || !runs_fold(&run, &runs, r->ws, &j, r->keep, e))
        return false;
    s->unsettled = arena_many(r->keep, const struct change *, s->ledger.changes + 1);
    for (size_t i = 0; i < s->ledger.targets; i++) {
        if (!wanted(s, r, &s->ledger.target[i]))
            continue;
        for (const struct change *const *c = s->ledger.target[i].change; *c; c++)
            if ((*c)->state == CHANGE_IN_FLIGHT && text_equal((*c)->incident, r->incident)
                && !json_count(json_get((*c)->begun->data, "undoes")) && is_left_behind(*c, run, runs, r->keep))
                s->unsettled[s->unsettleds++] = *c;
    }
    return true;
}

bool restore_gather(struct restoring *s, struct run *r, struct err *e)
{
    if (!run_ledger(&s->ledger, r, e))
        return false;
    s->item = arena_many(r->keep, struct item, s->ledger.targets + 1);
    s->items = 0;
    s->left_out = NULL;
    for (const char *const *name = s->names; name && *name; name++)
        if (!ledger_find(&s->ledger, r->incident, *name))
            return err_usage(e, "there is no change '%s' in %s; 'tocsin restore' lists them", *name,
                             r->incident);
    for (size_t i = 0; i < s->ledger.targets; i++) {
        const struct target *t = &s->ledger.target[i];
        struct item item = { .target = t, .over = ledger_elsewhere(t, r->incident) };
        if (!wanted(s, r, t))
            continue;
        if (item.over && !text_equal(item.over->incident, r->over)) {
            err_hint(e, "--over %s puts it back all the same, and records that", item.over->incident);
            return err_failed(e, "nothing was put back: %s: %s", t->name, other_words(r, item.over));
        }
        item.change = leading_back(t, r->keep);
        if (item.change && !undo_of(&item, r, e))
            return err_while(e, "the undo of %s", item.change->name);
        const char *why = why_not(s, &item, r);
        if (why) {
            s->left_out = s->left_out ? arena_print(r->keep, "%s; %s", s->left_out, why) : why;
            continue;
        }
        for (const struct change *const *c = t->change; *c; c++)
            if (change_in_force(*c) && !pins_allow(r, *c, "nothing was put back", e))
                return false;
        item.undoes = undone_hashes(t, r->keep);
        s->item[s->items++] = item;
    }
    if (s->left_out && (s->names || s->ip || !s->items))
        return err_failed(e, "nothing was put back: %s", s->left_out);
    qsort(s->item, s->items, sizeof *s->item, by_safety);
    return true;
}
