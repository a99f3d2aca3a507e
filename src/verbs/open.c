/* open.c: an incident before any impact is known, and the baseline. */
#include "verbs/record.h"

#include "play/run.h"
#include "record/entry.h"

#include <string.h>

void desk_baseline(struct desk *d)
{
    struct err e = { 0 };
    struct run_request request = { .ws = &d->ws, .incident = d->name };
    if (!run_baseline(&request, d->keep, &e) || !desk_refresh(d, &e)) {
        err_while(&e, "no baseline");
        err_print(&e, d->err);
        return;
    }
    for (size_t i = 0; i < d->journal.count; i++) {
        const struct event *ev = &d->journal.event[i];
        const char *why = ev->kind == EVENT_BASELINE ? json_get_text(ev->data, "could_not", d->keep) : NULL;
        if (why)
            desk_say(d, "  no baseline of %s: %s", json_get_text(ev->data, "role", d->keep),
                     text_for_terminal(d->keep, why));
    }
}

/* Those of the log's entries that are on offer: of the last twelve hours, and
 * neither taken nor declined (listed as no longer on offer) nor struck. */
static size_t on_offer(struct desk *d, const struct event **out, const struct journal *log)
{
    size_t entries, n = 0;
    const struct entry *entry = entries_fold(log, INSTANT_NONE, &entries, d->keep);
    for (size_t i = 0; i < entries; i++) {
        const struct event *ev = entry[i].event;
        bool told = ev->kind == EVENT_NOTE || ev->kind == EVENT_ALERT;
        if (told && ev->data.at && entry[i].listed && !entry[i].struck && entry[i].at >= desk_now(d) - 12 * HOUR_MS)
            out[n++] = ev;
    }
    return n;
}

static const char *source_of(struct desk *d, const struct event *ev)
{
    return arena_print(d->keep, "log:%.12s", ev->hash);
}

/* They are there as they were written, by whom, and where they came from is said. */
static bool take(struct desk *d, const struct event *const *event, size_t n, struct err *e)
{
    struct draft *draft = arena_many(d->keep, struct draft, n);
    for (size_t i = 0; i < n; i++) {
        const struct event *ev = event[i];
        draft[i] = (struct draft){ .at = ev->at, .early_ms = ev->early_ms, .late_ms = ev->late_ms,
                                   .kind = ev->kind, .by = ev->by,
                                   .data = record_json(d, "text", json_get_text(ev->data, "text", d->keep), "source",
                                                       source_of(d, ev)) };
    }
    return desk_append_all(d, draft, n, NULL, e);
}

/* Who was asked once is not asked again. */
static bool offer_no_more(struct desk *d, const struct event *const *event, size_t n, struct err *e)
{
    const char *name = d->name;
    struct draft *draft = arena_many(d->keep, struct draft, n);
    for (size_t i = 0; i < n; i++)
        draft[i] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_LISTED,
                                   .data = arena_print(d->keep, "{\"of\":\"%s\",\"listed\":false}", event[i]->hash) };
    d->name = "log";
    bool done = desk_append_all(d, draft, n, NULL, e);
    d->name = name;
    return done;
}

/* Those written after `since`; none where there is no log yet. */
static size_t offered(struct desk *d, const struct event ***event, int64_t since)
{
    struct journal log = { 0 };
    struct err none = { 0 };
    if (!d->ws.store->read(d->ws.store, "log", &log, d->keep, &none))
        return 0;
    *event = arena_many(d->keep, const struct event *, log.count + 1);
    size_t all = on_offer(d, *event, &log), n = 0;
    for (size_t i = 0; i < all; i++)
        if ((*event)[i]->recorded > since)
            (*event)[n++] = (*event)[i];
    return n;
}

/* When the last incident before this one was opened: what stood in the log by then was
 * that one's to take. */
static int64_t opened_before(struct desk *d)
{
    struct names all;
    struct err none = { 0 };
    int64_t last = INSTANT_NONE;
    if (!d->ws.store->list(d->ws.store, &all, d->keep, &none))
        return last;
    for (size_t i = 0; i < all.count; i++) {
        struct journal j;
        if (!text_equal(all.name[i], d->name) && d->ws.store->read(d->ws.store, all.name[i], &j, d->keep, &none) && j.count
            && j.event[0].stream == 0 && j.event[0].recorded > last)
            last = j.event[0].recorded;
    }
    return last;
}

/* Is it in an incident already? Who took it in may have died before the log said so. */
static bool taken(const struct journal *j, size_t journals, const char *source)
{
    for (size_t i = 0; i < journals; i++)
        for (size_t k = 0; k < j[i].count; k++)
            if (j[i].event[k].data.at && json_is(json_get(j[i].event[k].data, "source"), source))
                return true;
    return false;
}

/* Moves those that no incident holds to the front; *n: how many. */
static bool leave_taken(struct desk *d, const struct event **event, size_t count, size_t *n, struct err *e)
{
    struct names all;
    *n = 0;
    if (!d->ws.store->list(d->ws.store, &all, d->keep, e))
        return false;
    struct journal *j = arena_many(d->keep, struct journal, all.count + 1);
    for (size_t i = 0; i < all.count; i++) {
        struct err unread = { 0 };
        if (!d->ws.store->read(d->ws.store, all.name[i], &j[i], d->keep, &unread))
            j[i].count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct event *ev = event[i];
        if (taken(j, all.count, source_of(d, ev)))
            continue;
        event[i] = event[*n];
        event[(*n)++] = ev;
    }
    return true;
}

/* All that are still on offer since `since`, each into one incident, whoever else takes
 * them in now. *n: how many. */
static bool take_offered(struct desk *d, int64_t since, bool shown, size_t *n, struct err *e)
{
    const struct event **event;
    struct lock *lock;
    struct lock_holder holder;
    if (!d->ws.store->lock(d->ws.store, "log", d->world->user, d->world->uid, "takes in the log's notes", &lock, &holder,
                           d->keep, e)) {
        if (e->kind == ERR_BUSY)
            err_hint(e, "tocsin -i %s note --from-log   takes in what is left", d->name);
        return false;
    }
    size_t all = offered(d, &event, since);
    bool done = leave_taken(d, event, all, n, e);
    for (size_t i = 0; done && shown && i < *n; i++)
        row_preview(d, &(struct moment){ .at = event[i]->at, .early_ms = event[i]->early_ms, .late_ms = event[i]->late_ms },
                    event_text(event[i], d->keep));
    done = done && (!*n || take(d, event, *n, e)) && (!all || offer_no_more(d, event, all, e));
    d->ws.store->unlock(d->ws.store, lock);
    return done;
}

bool desk_take_log(struct desk *d, struct err *e)
{
    size_t n;
    if (!take_offered(d, INSTANT_NONE, true, &n, e))
        return false;
    if (!n)
        return err_failed(e, "the workspace's log holds no note of the last twelve hours that was not taken in");
    desk_echo(d, "%s taken in from the workspace's log", text_count(d->keep, (int64_t)n, "note"));
    return true;
}

bool desk_take_notes(struct desk *d, struct err *e)
{
    struct err none = { 0 };
    const struct event **event;
    int64_t before = offered(d, &event, INSTANT_NONE) ? opened_before(d) : INSTANT_NONE;
    size_t n = offered(d, &event, before);
    if (!n)
        return true;
    const char *notes = text_count(d->keep, (int64_t)n, "note");
    bool yes = desk_confirm(d, arena_print(d->keep, "take in %s from the workspace's log?", notes), &none);
    if (!yes && none.kind == ERR_WAITING) {
        desk_say(d, "  %s in the workspace's log: tocsin -i %s note --from-log   takes %s in", notes, d->name, n == 1 ? "it" : "them");
        return true;
    }
    if (!yes)
        return offer_no_more(d, event, n, e);
    struct err why = { 0 };
    if (take_offered(d, before, false, &n, &why))
        return true;
    *e = why;
    if (why.kind == ERR_BUSY) /* what was opened is open, whoever takes them in now */
        desk_say(d, "  %s\n  %s", text_for_terminal(d->keep, why.text), why.hint);
    return why.kind == ERR_BUSY;
}

static bool another_is_meant(struct desk *d, struct err *e)
{
    err_hint(e, "say --yes if that is so; 'tocsin status' shows the one that is open");
    return desk_confirm(d, arena_print(d->keep, "%s is open already: open another one?", d->name), e);
}

bool verb_open(struct desk *d, struct err *e)
{
    struct moment m;
    const char *service = desk_option(d, "service"), *severity = desk_option(d, "severity");
    if (!desk_moment(&m, d, d->words ? d->words - 1 : 0, e) ||
        (service && !config_service(&d->ws.config, service, e)))
        return false;
    const char *title = d->words ? desk_text(d, 0) : service ? service : "";
    bool joined = d->name != NULL; /* somebody else may open one in this very second, too */
    if (!joined && !desk_open_incident(d, &m, title, NULL, &joined, e))
        return false;
    if (joined && (!another_is_meant(d, e) || !desk_open_incident(d, &m, title, NULL, NULL, e)))
        return false;
    if (severity && !severity_record(d, severity, e))
        return false;
    desk_echo(d, "opened%s%s", *title ? ": " : "", title);
    if (!desk_take_notes(d, e))
        return false;
    desk_baseline(d);
    desk_say(d, "  tocsin down SERVICE   tocsin note TEXT   tocsin status");
    return true;
}
