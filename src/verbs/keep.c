/* keep.c: keep and abandon: a change that is to stay, a run that is to end. */
#include "play/question.h"
#include "verbs/audience.h"
#include "verbs/record.h"

bool verb_keep(struct desk *d, struct err *e)
{
    const char *because = desk_option(d, "because");
    struct ledger ledger;
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    if (!desk_needs(d, 0, e))
        return false;
    if (!because) {
        err_hint(e, "tocsin keep %s --because TEXT", d->word[0]);
        return err_usage(e, "a change that stays needs its reason");
    }
    ledger_fold(&ledger, &d->journal, 1, d->keep);
    json_open(&o, NULL, '{');
    json_open(&o, "changes", '[');
    for (size_t i = 0; i < d->words; i++) {
        const struct change *c = ledger_find(&ledger, d->name, d->word[i]);
        if (!c) {
            err_hint(e, "'tocsin restore' lists what is changed");
            return err_usage(e, "%s has no change '%s'", d->name, d->word[i]);
        }
        if (c->state == CHANGE_IN_FLIGHT) {
            const char *run = event_unfinished_run(d, c->begun);
            err_hint(e, "tocsin %s %s   looks into it", run ? "resume" : "restore", run ? run : c->name);
            return err_failed(e, "'%s' is in flight: nobody knows yet whether there is anything to keep", c->name);
        }
        if (c->state != CHANGE_OPEN && c->state != CHANGE_NO_UNDO && c->state != CHANGE_UNDO_FAILED)
            return err_failed(e, "'%s' is not in force: there is nothing to keep", c->name);
        json_put(&o, NULL, c->begun->hash);
    }
    json_close(&o, ']');
    json_put(&o, "because", because);
    json_close(&o, '}');
    if (!desk_append(d, NULL, EVENT_KEPT, data.at, NULL, e))
        return false;
    desk_echo(d, "%s stays: %s", desk_text(d, 0), because);
    return true;
}

/* The unfinished run that is meant. */
static const struct run_view *unfinished(struct desk *d, const struct run_view *run, size_t runs, struct err *e)
{
    const struct run_view *found = NULL;
    for (size_t i = 0; i < runs; i++) {
        bool ended = text_equal(run[i].state, "ended");
        if (d->words && text_equal(run[i].run, d->word[0])) {
            if (ended)
                err_failed(e, "run '%s' has ended already", run[i].run);
            return ended ? NULL : &run[i];
        }
        if (d->words || ended)
            continue;
        if (found) {
            err_usage(e, "several runs are unfinished: '%s', '%s': say which one", found->run, run[i].run);
            return NULL;
        }
        found = &run[i];
    }
    if (!found && d->words)
        err_usage(e, "%s has no run '%s'", d->name, d->word[0]);
    else if (!found)
        err_failed(e, "no run of %s is unfinished", d->name);
    return found;
}

/* What somebody said of a change in flight before the run read it counts; what
 * nobody said yet is asked for. */
static bool settle_changes(struct desk *d, const char *run, struct err *e)
{
    struct roles roles;
    struct draft draft[SETTLED_MOST];
    if (!roles_load(&roles, d->keep, e))
        return false;
    for (size_t i = 0; i < d->journal.count; i++) {
        struct question q;
        const struct event *ev = &d->journal.event[i];
        if (ev->kind != EVENT_ASKED || !ev->data.at || !json_is(json_get(ev->data, "run"), run))
            continue;
        question_view(&q, &d->journal, ev, desk_zone(d), d->keep);
        if (!q.begun || !q.answered)
            continue;
        size_t n = run_settled(draft, q.begun, json_text_or(json_get(q.answered->data, "answer"), d->keep, ""),
                               json_text_or(json_get(q.answered->data, "text"), d->keep, ""), &roles, d->keep);
        if (!desk_append_all(d, draft, n, NULL, e))
            return false;
    }
    return true;
}

static void say_what_is_left(struct desk *d, const char *run)
{
    bool any = false, open = false;
    struct ledger ledger;
    ledger_fold(&ledger, &d->journal, 1, d->keep);
    for (size_t i = 0; i < ledger.changes; i++) {
        const struct change *c = &ledger.change[i];
        bool ours = json_is(json_get(c->begun->data, "run"), run);
        any = any || ours;
        open = open || (ours && c->state == CHANGE_IN_FLIGHT && !c->ended);
        if (!ours || c->state != CHANGE_IN_FLIGHT || c->ended)
            continue;
        const char *ask = NULL;
        size_t n;
        const struct question *q = questions_open(&n, &d->journal, INT64_MIN, desk_zone(d), d->keep);
        for (size_t k = 0; k < n; k++)
            ask = q[k].begun == c->begun ? q[k].name : ask;
        if (ask)
            desk_say(d, "  %s is in flight: tocsin answer %s done (or could-not WHY) says what became of it", c->name, ask);
        else
            desk_say(d, "  %s is in flight: tocsin restore %s looks into it", c->name, c->name);
    }
    if (any && !open)
        desk_say(d, "  its changes stay in the ledger: tocsin restore");
}

bool verb_abandon(struct desk *d, struct err *e)
{
    const char *why = desk_option(d, "why");
    const struct run_view *run;
    size_t runs;
    struct lock *lock = NULL;
    struct lock_holder holder = { 0 };
    if (!desk_at_most(d, 1, e) || !runs_fold(&run, &runs, &d->ws, &d->journal, d->keep, e) ||
        !(run = unfinished(d, run, runs, e)))
        return false;
    if (!why) {
        err_hint(e, "tocsin abandon %s --why TEXT", run->run);
        return err_usage(e, "a run that is given up needs a reason");
    }
    /* Whoever holds the run is doing it: it is stopped first, never cut off. */
    if (!d->ws.store->lock(d->ws.store, run_lock_name(d->name, run->run, d->keep), d->world->user, d->world->uid,
                           "abandon", &lock, &holder, d->keep, e)) {
        if (holder.heir) {
            err_hint(e, "wait until it has ended, or end it: kill %lld", (long long)holder.heir);
            return err_while(e, "a program that %s started still runs (process %lld)", run->run, (long long)holder.heir);
        }
        err_hint(e, "tocsin stop %s   ends it after the change in flight", run->run);
        return err_while(e, "'%s' is being run by %s", run->run, holder.by ? holder.by : "somebody");
    }
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    json_open(&o, NULL, '{');
    json_put(&o, "run", run->run);
    json_put(&o, "how", "abandoned");
    json_put(&o, "text", why);
    json_close(&o, '}');
    bool good = settle_changes(d, run->run, e) && desk_append(d, NULL, EVENT_RUN_ENDED, data.at, NULL, e) && desk_refresh(d, e);
    d->ws.store->unlock(d->ws.store, lock);
    if (!good)
        return false;
    desk_echo(d, "%s %s is abandoned: %s", run->run, run->runbook, why);
    say_what_is_left(d, run->run);
    return true;
}
