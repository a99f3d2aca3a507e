/* follow.c: what others write, as they write it; nobody polls, the store wakes us. */
#include "verbs/show.h"
#include "verbs/situation.h"

enum { LOOK_AGAIN_MS = 1000 }; /* how soon Ctrl-C is noticed, at the latest */

/* Does the event belong to that run (or to none in particular)? */
static bool is_of(const struct event *ev, const char *run)
{
    return !run || (ev->data.at && json_is(json_get(ev->data, "run"), run));
}

static void show(struct desk *d, const struct event *ev)
{
    if (d->json) {
        struct text to = text_new(d->keep);
        struct json_out o = json_out(&to);
        struct entry n = { .event = ev, .at = ev->at, .early_ms = ev->early_ms, .late_ms = ev->late_ms,
                           .text = event_text(ev, d->keep),
                           .listed = ev->kind < EVENT_UNKNOWN && event_kinds[ev->kind].listed };
        entry_json(&o, &n, d->keep);
        fprintf(d->out, "%s\n", to.at);
        d->answered = true;
    } else {
        fprintf(d->out, "%4lld  %s  %-9s %s%s\n", (long long)ev->seq,
                instant_text(d->keep, desk_zone(d), ev->at, ev->late_ms || ev->early_ms ? FORM_HM : FORM_HMS),
                text_cut(d->keep, text_for_terminal(d->keep, ev->by), 9),
                text_for_terminal(d->keep, event_text(ev, d->keep)),
                ev->kind == EVENT_ASKED && d->world->is_terminal(d->world, 1) ? "\a" : "");
    }
}

/* Nothing more will come of it. */
static bool is_over(const struct desk *d, const struct event *ev, const char *run)
{
    if (run)
        return ev->kind == EVENT_RUN_ENDED && is_of(ev, run);
    return ev->kind == EVENT_PHASE && ev->data.at && json_is(json_get(ev->data, "phase"), "closed") &&
           d->incident.closed;
}

static bool known_run(struct desk *d, const char *run, struct err *e)
{
    for (size_t i = 0; i < d->journal.count; i++)
        if (d->journal.event[i].kind == EVENT_RUN_STARTED && is_of(&d->journal.event[i], run))
            return true;
    return err_usage(e, "%s has no run '%s'", d->name, run);
}

bool verb_follow(struct desk *d, struct err *e)
{
    const char *run = d->words ? d->word[0] : NULL;
    int64_t seen = 0;
    bool over = false;
    if (!desk_at_most(d, 1, e) || (run && !known_run(d, run, e)))
        return false;
    desk_say(d, "following %s%s%s; Ctrl-C leaves, and stops nothing", d->name, run ? " " : "", run ? run : "");
    const struct arena start = *d->keep;
    while (!over && !d->world->interrupted(d->world)) {
        bool grown;
        for (size_t i = 0; i < d->journal.count && d->journal.event[i].stream == 0; i++) {
            const struct event *ev = &d->journal.event[i];
            if (ev->seq <= seen)
                continue;
            seen = ev->seq;
            if (is_of(ev, run))
                show(d, ev);
            over = is_over(d, ev, run);
        }
        fflush(d->out);
        if (over || ferror(d->out))
            break;
        if (!d->ws.store->watch(d->ws.store, d->name, d->journal.stream[0].end, LOOK_AGAIN_MS, &grown, e))
            return false;
        /* What was read before is of no use any more: its memory is used again. */
        *d->keep = start;
        if (!desk_refresh(d, e))
            return false;
    }
    return true;
}
