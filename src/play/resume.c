/* resume.c: going on where a run stopped, and the ways round. */
#include "play/engine.h"

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

/* Another plugin than the run began with would act on another world. */
static bool same_bindings(struct run *r, const struct event *started, const char *rebound,
                          struct err *e)
{
    struct json bindings = json_get(started->data, "bindings");
    for (size_t i = 0; r->roles.name[i]; i++) {
        const char *role = r->roles.name[i];
        const char *now = plugins_binding(r->plugins, role, r->keep, e);
        struct json then = json_get(bindings, role);
        bool allowed = text_equal(rebound, role);
        if (!now)
            return false;
        for (size_t k = 0; k < r->journal.count; k++) {
            struct json d = r->journal.event[k].data;
            allowed = allowed || (r->journal.event[k].kind == EVENT_RUN_OVERRIDDEN
                && json_is(json_get(d, "run"), r->id) && json_is(json_get(d, "role"), role));
        }
        if (!then.at || allowed
            || (text_equal(json_get_text(then, "plugin", r->keep), json_get_text(json_from(now), "plugin", r->keep))
                && text_equal(json_canonical(json_get(then, "settings"), r->keep),
                              json_canonical(json_get(json_from(now), "settings"), r->keep))))
            continue;
        err_hint(e, "tocsin resume %s --rebind %s --because '...' takes the plugin that is bound now",
                 r->id, role);
        return err_failed(e, "%s began with the plugin '%s' as %s; now '%s' is bound, or its settings differ",
                          r->id, json_get_text(then, "plugin", r->keep), role,
                          json_get_text(json_from(now), "plugin", r->keep));
    }
    return true;
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
        || !run_take_lock(r, run_lock_name(r->incident, r->id, r->keep), "resuming", &r->lock, e)
        || !r->store->read(r->store, r->incident, &r->journal, r->keep, e))
        return false;
    const struct event *started = started_event(r, r->id);
    if (how && !override_write(r, round, e))
        return false;
    started = started_event(r, r->id);
    if (!same_bindings(r, started, text_equal(how, "rebind") ? round->key : NULL, e))
        return false;
    struct json texts = json_get(started->data, "texts"), args = json_get(started->data, "args");
    if (text_equal(how, "recorded") && texts.at)
        r->texts = arena_copy(r->keep, texts.at, texts.length);
    r->path = json_get_text(started->data, "path", r->keep);
    const char *name = json_get_text(started->data, "runbook", r->keep);
    if (!text_starts(r->path, "runbooks/"))
        name = r->path;
    r->arguments = arena_copy(r->keep, args.at, args.length);
    r->started = started->recorded;
    r->resumed = true;
    if (!runbook_load(&book, r, name, e))
        return false;
    char sha[SHA256_HEX + 1];
    sha256_hex(sha, book.text, strlen(book.text));
    if (!json_is(json_get(texts, book.path), sha) && !r->texts)
        run_say(r, "", "%s has been edited since %s began; it goes on with the text of now "
                "(--recorded: as it was)", book.path, r->id);
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
