/* runs.c: every run of an incident, as its events and its lock tell. */
#include "play/run.h"

#include <string.h>

const char *run_lock_name(const char *incident, const char *run, struct arena *keep)
{
    return arena_print(keep, "run/%s/%s", incident, run);
}


static struct run_view *view_of(struct run_view *view, size_t n, struct json data)
{
    struct json run = json_get(data, "run");
    for (size_t i = n; i-- > 0;)
        if (json_is(run, view[i].run))
            return &view[i];
    return NULL;
}

static void start_view(struct run_view *v, const struct event *ev, struct arena *keep)
{
    *v = (struct run_view){ .run = json_get_text(ev->data, "run", keep),
                            .runbook = json_get_text(ev->data, "runbook", keep),
                            .path = json_get_text(ev->data, "path", keep), .by = ev->by,
                            .state = "dead", .started = ev->recorded, .since = ev->recorded,
                            .started_event = ev };
}

static bool was_answered(const struct journal *j, size_t from, const char *hash)
{
    for (size_t i = from; i < j->count; i++)
        if (j->event[i].kind == EVENT_ANSWERED && json_is(json_get(j->event[i].data, "asked"), hash))
            return true;
    return false;
}

static void take_event(struct run_view *v, const struct journal *j, size_t at, struct arena *keep)
{
    const struct event *ev = &j->event[at];
    switch ((int)ev->kind) {
    case EVENT_RUN_PARKED:
        v->state = "parked";
        v->why = json_get_text(ev->data, "why", keep);
        v->words = json_get_text(ev->data, "text", keep);
        break;
    case EVENT_RUN_RESUMED:
        v->state = "dead";
        v->why = v->words = NULL;
        break;
    case EVENT_RUN_ENDED:
        v->state = "ended";
        v->why = json_get_text(ev->data, "how", keep);
        v->words = NULL;
        break;
    case EVENT_STEP:
        v->step = json_get_text(ev->data, "text", keep);
        v->step_key = json_get_text(ev->data, "key", keep);
        break;
    case EVENT_ASKED:
        if (was_answered(j, at, ev->hash))
            return;
        v->ask = json_get_text(ev->data, "ask", keep);
        v->question = json_get_text(ev->data, "text", keep);
        v->who = json_get_text(ev->data, "who", keep);
        break;
    default:
        return;
    }
    v->since = ev->recorded;
}

bool runs_fold(const struct run_view **out, size_t *count, const struct workspace *ws,
               const struct journal *j, struct arena *keep, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < j->count; i++)
        n += j->event[i].kind == EVENT_RUN_STARTED && j->event[i].data.at;
    struct run_view *view = arena_many(keep, struct run_view, n + 1);
    n = 0;
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        if (!ev->data.at)
            continue;
        if (ev->kind == EVENT_RUN_STARTED) {
            start_view(&view[n++], ev, keep);
            continue;
        }
        struct run_view *v = view_of(view, n, ev->data);
        if (v)
            take_event(v, j, i, keep);
    }
    for (size_t i = 0; i < n; i++) {
        struct lock_holder holder;
        if (text_equal(view[i].state, "ended"))
            view[i].ask = NULL;
        else if (!ws->store->holder(ws->store, run_lock_name(j->incident, view[i].run, keep), &holder, keep))
            continue;
        else if (holder.heir)
            view[i].why = arena_print(keep, "its program still runs (process %lld)", (long long)holder.heir);
        else
            view[i].state = "alive";
    }
    *out = view;
    *count = n;
    return true;
}
