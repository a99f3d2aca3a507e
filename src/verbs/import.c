/* import.c: a recorded history becomes a journal of its own. */
#include "verbs/parcel.h"
#include "verbs/record.h"

#include "play/role.h"
#include "record/history.h"

#include <stdlib.h>
#include <string.h>

/* A change by hand, with the target and the undo that its contract says. An
 * argument that nobody recorded leaves it without an undo, not without a place. */
static bool handwork(struct desk *d, const struct roles *roles, struct history_event *ev,
                     const char *file, struct err *e)
{
    const struct role_action *a = roles_find(roles, ev->action, e);
    const char *args, *target = ev->target, *undo = NULL;
    struct json before = json_from(ev->before), none = json_from("{}");
    struct err why = { 0 };
    char digest[SHA256_HEX + 1];
    if (!a || !a->change) {
        if (a)
            err_input(e, "'%s' changes nothing", ev->action);
        return err_while(e, "%s:%d", file, ev->line);
    }
    bool fits = role_arguments(&args, a, json_from(ev->args), d->keep, &why);
    if (!fits)
        args = json_canonical(json_from(ev->args), d->keep);
    if (!target && (!fits || !role_resolve(&target, a->target, json_from(args), before, none, d->keep, &why))) {
        err_hint(e, "an explicit 'target' does without");
        return err_input(e, "%s:%d: %s", file, ev->line, why.text);
    }
    if (fits && a->undo_action &&
        !role_resolve(&undo, a->undo_args, json_from(args), before, none, d->keep, &why))
        undo = a->undo_args; /* it names a result, which the end of the change may hold */
    sha256_hex(digest, args, strlen(args));
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "change", ev->change);
    json_put(&o, "action", ev->action);
    json_put(&o, "target", target);
    json_put_raw(&o, "args", args, strlen(args));
    json_put(&o, "args_sha256", digest);
    json_put_raw(&o, "before", ev->before, strlen(ev->before));
    if (undo) {
        json_open(&o, "undo", '{');
        json_put(&o, "action", a->undo_action);
        json_put_raw(&o, "args", undo, strlen(undo));
        json_close(&o, '}');
    } else {
        json_put(&o, "undo", NULL);
    }
    json_put_int(&o, "attempt", 1);
    json_put(&o, "provider_key", "");
    json_put_bool(&o, "by_hand", true);
    json_close(&o, '}');
    ev->draft.data = t.at;
    return true;
}

/* Scaled time: the pause between two moments of the file, divided. */
static bool keep_pace(struct desk *d, const struct history *h, size_t i, int64_t speed)
{
    if (!speed || !i || h->event[i].draft.at <= h->event[i - 1].draft.at)
        return true;
    int64_t until = desk_now(d) + (h->event[i].draft.at - h->event[i - 1].draft.at) / speed;
    while (desk_now(d) < until && !d->world->interrupted(d->world))
        d->world->wait(d->world, until);
    return !d->world->interrupted(d->world);
}

/* The opening and all that happened, or nothing of it: an event names another by its place. */
static bool write_at_once(struct desk *d, const struct history *h, const struct moment *start, struct err *e)
{
    struct draft *draft = arena_many(d->keep, struct draft, h->events + 1);
    for (size_t i = 0; i < h->events; i++) {
        draft[i + 1] = h->event[i].draft;
        if (h->event[i].refers >= 0)
            draft[i + 1].back = i - (size_t)h->event[i].refers;
    }
    return desk_open_with(d, start, h->title, h->zone, draft, h->events + 1, NULL, e);
}

/* In scaled time: those of one moment at once, or none of them. An event names one
 * of its own batch by its place, and an earlier one by its hash. */
static bool write_in_time(struct desk *d, const struct history *h, int64_t speed, struct err *e)
{
    enum { HASHES = 64 };
    const char **hash = arena_many(d->keep, const char *, h->events + 1);
    struct draft *draft = arena_many(d->keep, struct draft, h->events + 1);
    for (size_t i = 0, n; i < h->events; i += n) {
        struct appended a = { 0 };
        if (!keep_pace(d, h, i, speed))
            return err_stopped(e, "%s holds the first %zu of %zu events", d->name, i, h->events);
        for (n = 0; i + n < h->events && n < HASHES; n++) {
            const struct history_event *ev = &h->event[i + n];
            if (n && ev->draft.at > h->event[i].draft.at)
                break;
            draft[n] = ev->draft;
            if (ev->refers >= (int)i)
                draft[n].back = i + n - (size_t)ev->refers;
            else if (ev->refers >= 0)
                draft[n].data = arena_print(d->keep, "%s%s%s", ev->draft.data, hash[ev->refers], ev->draft.rest);
        }
        if (!desk_append_all(d, draft, n, &a, e)) {
            err_hint(e, "%s holds the first %zu of %zu events", d->name, i, h->events);
            return false;
        }
        memcpy(&hash[i], a.hash, n * sizeof *hash);
    }
    return true;
}

static bool read_speed(struct desk *d, int64_t *speed, struct err *e)
{
    const char *typed = desk_option(d, "speed");
    char *end;
    *speed = typed ? strtoll(typed, &end, 10) : 0;
    return !typed || (!*end && *speed > 0) ||
           err_usage(e, "found '--speed %s', expected how many times faster, as 60", typed);
}

static int by_what(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    int c = (x->at > y->at) - (x->at < y->at);
    return c ? c : (x->kind > y->kind) - (x->kind < y->kind);
}

/* How many of the drafts (sorted) are there already: of that moment and kind, saying the same. */
static size_t held(const struct journal *j, const struct draft *draft, size_t count, struct arena scratch)
{
    bool *seen = arena_many(&scratch, bool, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        struct draft like = { .at = ev->at, .kind = ev->kind };
        const struct draft *found = ev->data.at ? bsearch(&like, draft, count, sizeof *draft, by_what) : NULL;
        while (found && found > draft && !by_what(found - 1, &like))
            found--;
        for (; found && found < draft + count && !by_what(found, &like); found++) {
            struct arena words = scratch;
            const char *whole = !found->rest ? found->data : arena_print(&words, "%s%s%s", found->data, event_no_hash, found->rest);
            struct json data = json_from(whole);
            if (seen[found - draft] ||
                !text_equal(json_get_text(ev->data, "text", &words), json_get_text(data, "text", &words)))
                continue;
            seen[found - draft] = true;
            n++;
            break;
        }
    }
    return n;
}

bool import_is_meant(struct desk *d, int64_t at, const char *title, const struct draft *draft, size_t count, struct err *e)
{
    struct names all;
    struct draft *sorted = arena_many(d->keep, struct draft, count + 1);
    memcpy(sorted, draft, count * sizeof *draft);
    qsort(sorted, count, sizeof *sorted, by_what);
    if (!d->ws.store->list(d->ws.store, &all, d->keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct journal j;
        struct err none = { 0 };
        if (!d->ws.store->read(d->ws.store, all.name[i], &j, d->keep, &none) || !j.count)
            continue;
        const char *other = json_get_text(j.event[0].data, "title", d->keep);
        bool begins = j.event[0].kind == EVENT_OPENED && j.event[0].at == at
                   && text_equal(other ? other : "", title ? title : "");
        size_t there = held(&j, sorted, count, *d->keep);
        if (!begins && 2 * there <= count)
            continue;
        err_hint(e, "say --yes if another one is meant; tocsin -i %s timeline   shows what is there", all.name[i]);
        return desk_confirm(d, there ? arena_print(d->keep, "%s holds %zu of these %s already: import it once more?", all.name[i],
                                                   there, text_count(d->keep, (int64_t)count, "event"))
                                     : arena_print(d->keep, "%s begins at that moment under that title: import it once more?",
                                                   all.name[i]), e);
    }
    return true;
}

static bool import_history(struct desk *d, const char *file, const char *bytes, size_t length,
                           struct err *e)
{
    struct history h;
    struct roles roles;
    int64_t speed;
    if (!read_speed(d, &speed, e) || !history_parse(&h, file, bytes, length, &d->ws.config, d->keep, e) ||
        !roles_load(&roles, d->keep, e))
        return false;
    struct history_event *event = arena_many(d->keep, struct history_event, h.events);
    memcpy(event, h.event, h.events * sizeof *event);
    h.event = event;
    for (size_t i = 0; i < h.events; i++)
        if (event[i].action && !handwork(d, &roles, &event[i], file, e))
            return false;
    struct draft *draft = arena_many(d->keep, struct draft, h.events + 1);
    for (size_t i = 0; i < h.events; i++)
        draft[i] = event[i].draft;
    if (!import_is_meant(d, h.start, h.title, draft, h.events, e))
        return false;
    struct moment start = { .at = h.start, .early_ms = event[0].draft.early_ms,
                            .late_ms = event[0].draft.late_ms };
    d->name = NULL;
    if (speed ? !desk_open_incident(d, &start, h.title, h.zone, NULL, e) || !write_in_time(d, &h, speed, e)
              : !write_at_once(d, &h, &start, e))
        return false;
    if (!desk_refresh(d, e))
        return false;
    size_t rows = 0;
    for (size_t i = 0; i < d->incident.entries; i++)
        rows += d->incident.entry[i].listed && !d->incident.entry[i].struck;
    d->when = start;
    desk_echo(d, "imported '%s': %s, %s, %s", file, text_count(d->keep, (int64_t)h.events, "event"),
              text_count(d->keep, (int64_t)rows, "row"),
              text_count(d->keep, (int64_t)d->incident.windows.count, "impact window"));
    desk_say(d, "  tocsin timeline   tocsin sla   tocsin report");
    return true;
}

/* Two who import the same bytes at once: the second is told, and is asked when the first is done. */
static bool import_alone(struct desk *d, const char *file, const char *bytes, size_t length, struct err *e)
{
    struct lock *lock;
    struct lock_holder holder;
    char hash[SHA256_HEX + 1];
    sha256_hex(hash, bytes, length);
    if (!d->ws.store->lock(d->ws.store, arena_print(d->keep, "import/%.12s", hash), d->world->user, d->world->uid,
                           arena_print(d->keep, "imports '%s' just now", file), &lock, &holder, d->keep, e)) {
        if (e->kind == ERR_BUSY)
            err_hint(e, "tocsin incidents   shows it when that is done");
        return false;
    }
    bool done = desk_option(d, "rows") ? import_rows(d, bytes, length, e)
              : text_ends(file, ".md") || text_ends(file, ".markdown") ? import_report(d, file, bytes, length, e)
              : import_history(d, file, bytes, length, e);
    d->ws.store->unlock(d->ws.store, lock);
    return done;
}

bool verb_import(struct desk *d, struct err *e)
{
    const char *bytes, *file;
    size_t length;
    if (!desk_needs(d, 0, e) || !desk_at_most(d, 1, e))
        return false;
    bool input = text_equal(d->word[0], "-");
    file = input ? "/dev/stdin" : d->word[0];
    if (!d->world->exists(d->world, file, NULL))
        return err_input(e, "there is no file '%s'", file);
    if (!d->world->read_file(d->world, file, &bytes, &length, d->keep, e))
        return false;
    if (length >= strlen(PARCEL_MARK) && !memcmp(bytes, PARCEL_MARK, strlen(PARCEL_MARK)))
        return import_parcel(d, input ? "standard input" : file, bytes, length, e);
    if (length >= strlen(SALVAGE_MARK) && !memcmp(bytes, SALVAGE_MARK, strlen(SALVAGE_MARK)))
        return import_salvaged(d, input ? "standard input" : file, bytes, length, e);
    return import_alone(d, input ? "standard input" : file, bytes, length, e);
}
