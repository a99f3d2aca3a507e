/* erase.c: a secret leaves the record for good; that it was there stays. */
#define _GNU_SOURCE /* memmem */
#include "play/run.h"
#include "verbs/record.h"

#include <string.h>

/* Texts of the event that are long enough to be looked for elsewhere. */
static void collect(struct json value, const char **text, size_t *count, size_t most,
                    struct arena *keep)
{
    if (json_type(value) == JSON_STRING) {
        const char *words = json_text(value, keep);
        if (!words || strlen(words) < 6 || *count == most)
            return;
        if (strlen(words) == SHA256_HEX && strspn(words, "0123456789abcdef") == SHA256_HEX) /* of arguments, of an event */
            return;
        do /* without its first letter, which documents write large */
            words++;
        while ((*words & 0xc0) == 0x80);
        text[(*count)++] = words;
        return;
    }
    if (json_type(value) != JSON_OBJECT && json_type(value) != JSON_ARRAY)
        return;
    for (struct json_walk w = json_walk(value); json_next(&w);)
        collect(w.value, text, count, most, keep);
}

static bool says(const char *bytes, size_t length, const char *const *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memmem(bytes, length, text[i], strlen(text[i])))
            return true;
    return false;
}

static void look_in_drafts(struct desk *d, const char *const *text, size_t count)
{
    struct names all;
    struct err ignored;
    const char *bytes, *path = workspace_path(&d->ws, d->keep, "drafts");
    size_t length;
    if (!d->world->exists(d->world, path, NULL)
        || !d->world->list_folder(d->world, path, &all, d->keep, &ignored))
        return;
    for (size_t i = 0; i < all.count; i++) {
        const char *file = arena_print(d->keep, "%s/%s", path, all.name[i]);
        if (d->world->read_file(d->world, file, &bytes, &length, d->keep, &ignored)
            && says(bytes, length, text, count))
            desk_say(d, "  it is in '%s', too", file);
    }
}

static void look_in_journal(struct desk *d, const char *name, const struct journal *j, const struct event *erased,
                            const char *const *text, size_t count)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        const char *number = event_number(ev, d->keep);
        if (ev == erased || !ev->data.at || !says(ev->data.at, ev->data.length, text, count))
            continue;
        if (text_equal(name, d->name))
            desk_say(d, "  event %s says it, too: tocsin erase %s --why ...", number, number);
        else
            desk_say(d, "  event %s of %s says it, too: tocsin -i %s erase %s --why ...", number,
                     text_equal(name, "log") ? "the workspace's log" : name, name, number);
    }
}

const char *event_unfinished_run(struct desk *d, const struct event *ev)
{
    const struct run_view *run;
    size_t runs;
    struct err ignored = { 0 };
    const char *name = json_get_text(ev->data, "run", d->keep);
    if (!name || !runs_fold(&run, &runs, &d->ws, &d->journal, d->keep, &ignored))
        return NULL;
    for (size_t i = 0; i < runs; i++)
        if (text_equal(run[i].run, name) && !text_equal(run[i].state, "ended"))
            return name;
    return NULL;
}

/* A word that only says something: its run passes it again, and must not say it anew. */
static bool is_said(enum event_kind kind)
{
    return kind == EVENT_STEP || kind == EVENT_NOTE || kind == EVENT_PHASE;
}

static bool record_erased(struct desk *d, const struct event *ev, const char *why, struct err *e)
{
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "hash", ev->hash);
    json_put(&o, "why", why);
    if (is_said(ev->kind) && event_unfinished_run(d, ev)) {
        json_open(&o, "left", '{');
        json_put(&o, "run", json_get_text(ev->data, "run", d->keep));
        json_put(&o, "key", json_text_or(json_get(ev->data, "key"), d->keep, ""));
        json_close(&o, '}');
    }
    json_close(&o, '}');
    return desk_append(d, NULL, EVENT_ERASED, t.at, NULL, e);
}

/* The journal is not the only place that may hold what was pasted. */
static void look_elsewhere(struct desk *d, const struct event *ev)
{
    enum { MOST = 32 };
    const char *text[MOST];
    size_t count = 0;
    collect(ev->data, text, &count, MOST, d->keep);
    struct names places;
    struct err ignored;
    struct store *store = d->ws.store;
    if (store->mentions(store, d->name, text, count, &places, d->keep, &ignored))
        for (size_t i = 0; i < places.count; i++)
            desk_say(d, "  it is in '%s', too", places.name[i]);
    look_in_drafts(d, text, count);
    look_in_journal(d, d->name, &d->journal, ev, text, count);
    struct names all = { 0 };
    struct journal other;
    if (store->list(store, &all, d->keep, &ignored))
        for (size_t i = 0; i <= all.count; i++) {
            const char *name = i < all.count ? all.name[i] : "log";
            if (!text_equal(name, d->name) && store->read(store, name, &other, d->keep, &ignored))
                look_in_journal(d, name, &other, ev, text, count);
        }
}

/* What was taken in from the workspace's log goes there, too. */
static bool erase_in_log(struct desk *d, const struct event *ev, const char *why, struct err *e)
{
    const char *source = json_get_text(ev->data, "source", d->keep), *name = d->name;
    struct journal log;
    struct err none = { 0 };
    if (!source || !text_starts(source, "log:") || !d->ws.store->read(d->ws.store, "log", &log, d->keep, &none))
        return true;
    for (size_t i = 0; i < log.count; i++) {
        const struct event *from = &log.event[i];
        if (!text_starts(from->hash, source + 4) || !from->data.at || from->stream)
            continue;
        d->name = "log";
        bool done = record_erased(d, from, why, e);
        d->name = name;
        if (!done)
            return err_while(e, "erasing it in the workspace's log");
        desk_echo(d, "erased in the workspace's log, too");
    }
    return true;
}

/* What somebody typed at `ask` allows nothing, and says nothing of what was done. */
static bool is_free_text(struct desk *d, const struct event *answered)
{
    for (size_t i = 0; i < d->journal.count; i++) {
        const struct event *ev = &d->journal.event[i];
        if (ev->kind == EVENT_ASKED && ev->data.at && json_is(json_get(answered->data, "asked"), ev->hash))
            return json_is(json_get(ev->data, "mode"), "ask");
    }
    return false;
}

/* What would be missing without it; NULL: nothing. */
static const char *is_needed(struct desk *d, const struct event *ev)
{
    switch ((int)ev->kind) {
    case EVENT_ACTION_BEGUN: case EVENT_ACTION_ENDED: case EVENT_UNDONE: case EVENT_KEPT: case EVENT_RUN_STARTED: case EVENT_ASKED:
        return "what is changed and what was allowed";
    case EVENT_ANSWERED:
        return is_free_text(d, ev) ? NULL : "what is changed and what was allowed";
    case EVENT_RUN_ENDED:
        return "that the run is at its end";
    case EVENT_LOCK_TAKEN: case EVENT_LOCK_STOLEN: case EVENT_LOCK_RELEASED:
        return "what is held";
    }
    return NULL;
}

static bool may_be_erased(const struct event **out, struct desk *d, struct err *e)
{
    if (!desk_needs(d, 0, e) || !desk_at_most(d, 1, e))
        return false;
    const struct event *ev = event_named(d, d->word[0], e);
    if (!ev)
        return false;
    d->word[0] = event_number(ev, d->keep);
    if (ev->stream)
        return err_usage(e, "%s was written by another store: it is erased there", d->word[0]);
    if (!ev->data.at)
        return err_failed(e, "%s is erased already", d->word[0]);
    if (ev->kind == EVENT_OPENED || ev->kind == EVENT_FORKED || ev->kind == EVENT_ERASED)
        return err_usage(e, "%s is '%s': without it the record cannot be read", d->word[0], ev->kind_name);
    const char *needed = is_needed(d, ev), *run = event_unfinished_run(d, ev);
    if (needed)
        return err_usage(e, "%s is '%s': without it nobody knows %s", d->word[0], ev->kind_name, needed);
    if (run && (ev->kind == EVENT_READ || ev->kind == EVENT_WAITED || ev->kind == EVENT_IMPACT
                || ev->kind == EVENT_RUN_OVERRIDDEN)) {
        err_hint(e, "tocsin resume %s goes on, tocsin abandon %s --why TEXT ends it; once it has ended: tocsin erase %s --why TEXT", run,
                 run, d->word[0]);
        return err_failed(e, "%s is '%s', from which %s goes on, and %s is not at its end", d->word[0], ev->kind_name, run, run);
    }
    *out = ev;
    return true;
}

bool verb_erase(struct desk *d, struct err *e)
{
    const struct event *ev = NULL;
    const char *why = desk_option(d, "why");
    if (!may_be_erased(&ev, d, e))
        return false;
    if (!why || !*why)
        return err_usage(e, "say why: tocsin erase %s --why TEXT", d->word[0]);
    const char *question = arena_print(d->keep, "erase event %s for good: \"%s\"?", d->word[0],
                                       text_cut(d->keep, event_text(ev, d->keep), 60));
    if (!desk_confirm(d, question, e))
        return false;
    if (!record_erased(d, ev, why, e))
        return false;
    desk_echo(d, "erased %s; that it was there, and who erased it, stays", d->word[0]);
    if (ev->kind == EVENT_ANSWERED && event_unfinished_run(d, ev))
        desk_say(d, "  %s asks again when it is resumed: nobody else knows the answer", event_unfinished_run(d, ev));
    if (!erase_in_log(d, ev, why, e))
        return false;
    look_elsewhere(d, ev);
    return true;
}
