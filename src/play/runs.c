/* runs.c: every run of an incident, as its events and its lock tell. */
#include "play/question.h"
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
        break;
    default:
        return;
    }
    v->since = ev->recorded;
}

/* What a run waits for: its latest question that is still open. */
static void take_questions(struct run_view *view, size_t n, const struct journal *j, int64_t now, struct arena *keep)
{
    size_t open;
    const struct question *q = questions_open(&open, j, INT64_MIN, "UTC", keep);
    for (size_t i = 0; i < open; i++)
        for (size_t k = 0; q[i].run && k < n; k++)
            if (text_equal(view[k].run, q[i].run)) {
                view[k].late = question_is_late(&q[i], now);
                if (view[k].late)
                    continue;
                view[k].ask = q[i].name;
                view[k].question = q[i].text;
                view[k].who = q[i].who;
            }
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
    take_questions(view, n, j, ws->world->now(ws->world), keep);
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
