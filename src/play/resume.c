/* resume.c: going on where a run stopped, and the ways round. */
#include "play/replay.h"

#include <string.h>

static const struct event *started_event(const struct run *r, const char *id)
{
    for (size_t i = 0; i < r->journal.count; i++)
        if (r->journal.event[i].kind == EVENT_RUN_STARTED
            && json_is(json_get(r->journal.event[i].data, "run"), id))
            return &r->journal.event[i];
    return NULL;
}

static bool pick_run(struct run *r, const char *id, const char **found, struct err *e)
{
    const struct run_view *view;
    size_t count, open = 0;
    struct text list = text_new(r->keep);
    if (!runs_fold(&view, &count, r->ws, &r->journal, r->keep, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool ended = text_equal(view[i].state, "ended");
        if (id && text_equal(view[i].run, id) && ended)
            return err_failed(e, "%s has ended (%s); nothing is left to do", id,
                              view[i].why ? view[i].why : "returned");
        if (ended || (id && !text_equal(view[i].run, id)))
            continue;
        text_print(&list, "%s%s", open++ ? ", " : "", view[i].run);
        *found = view[i].run;
    }
    if (!open)
        return id ? err_usage(e, "there is no run '%s' in %s", id, r->incident)
                  : err_usage(e, "no run of %s is unfinished", r->incident);
    return open == 1 || err_usage(e, "several runs are unfinished: %s; say which", list.at);
}

/* Whoever parked it is about to let go, if it has not yet. */
static bool is_parked(const struct run *r)
{
    for (size_t i = r->journal.count; i-- > 0;) {
        const struct event *ev = &r->journal.event[i];
        if ((ev->kind == EVENT_RUN_PARKED || ev->kind == EVENT_RUN_RESUMED)
            && json_is(json_get(ev->data, "run"), r->id))
            return ev->kind == EVENT_RUN_PARKED;
    }
    return false;
}

static bool write_resumed(struct run *r, struct err *e)
{
    struct text data;
    struct json_out o = data_open(&data, r);
    int64_t started = r->started;
    json_put(&o, "run", r->id);
    json_close(&o, '}');
    if (!run_write_now(r, EVENT_RUN_RESUMED, data.at, e))
        return false;
    r->started = started;
    return true;
}

static bool go_on(struct run *r, struct run_outcome *out, const char *id, const struct override *round,
                  struct err *e)
{
    struct runbook book;
    const char *how = round ? round->how : NULL;
    if (!pick_run(r, id, &r->id, e)
        || !run_await_lock(r, run_lock_name(r->incident, r->id, r->keep), "resuming", is_parked, &r->lock, e)
        || !r->store->read(r->store, r->incident, &r->journal, r->keep, e))
        return false;
    const struct event *started = started_event(r, r->id);
    if (how && !override_write(r, round, e))
        return false;
    started = started_event(r, r->id);
    struct json args = json_get(started->data, "args");
    const char *engine = json_get_text(started->data, "engine", r->keep);
    if (engine && !text_equal(engine, run_engine_version))
        run_say(r, "", "%s began with %s, and this is %s: where they read the runbook differently it stops", r->id, engine,
                run_engine_version);
    if (text_equal(how, "recorded"))
        pins_recorded(r, started);
    r->path = json_get_text(started->data, "path", r->keep);
    const char *name = json_get_text(started->data, "runbook", r->keep);
    if (!text_starts(r->path, "runbooks/"))
        name = r->path;
    r->runbook = name;
    r->arguments = arena_copy(r->keep, args.at, args.length);
    r->started = started->recorded;
    r->resumed = true;
    if (!runbook_load(&book, r, name, e)) {
        e->hint[0] = '\0'; /* which others there are is no help here */
        err_hint(e, r->texts ? "tocsin abandon %s --why TEXT ends it" : "tocsin resume %s --recorded goes on with the runbook "
                 "as it was when it began", r->id);
        return err_while(e, "%s", r->id);
    }
    if (!pins_hold(r, started, name, &book, e))
        return false;
    replay_index(r);
    return write_resumed(r, e) && run_play(r, name, &book, out, e);
}

bool run_resume(struct run_outcome *out, const struct run_request *q, const char *run,
                const struct override *override, struct arena *keep, struct err *e)
{
    struct run r;
    *out = (struct run_outcome){ 0 };
    bool good = engine_open(&r, q, false, keep, e) && go_on(&r, out, run, override, e);
    engine_close(&r);
    return good;
}
