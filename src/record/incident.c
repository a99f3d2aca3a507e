/* incident.c: see incident.h. */
#include "record/entry.h"

#include <stdlib.h>
#include <string.h>

/* The fold as it grows. */
struct growing {
    struct incident *out;
    struct arena *keep;
    struct phase_row *phase;
    struct task *task;
    const char **person;
    size_t persons;
};

static const char *word(const struct event *ev, const char *key, struct arena *keep)
{
    const char *text = json_get_text(ev->data, key, keep);
    return text ? text : "";
}

static void see_person(struct growing *g, const char *by)
{
    if (!by || !*by)
        return;
    for (size_t i = 0; i < g->persons; i++)
        if (strcmp(g->person[i], by) == 0)
            return;
    g->person[g->persons++] = by;
}

static void see_opened(struct growing *g, const struct entry *n)
{
    struct incident *i = g->out;
    const struct event *ev = n->event;
    if (i->id)
        return; /* a foreign stream's own opening tells nothing new */
    i->id = word(ev, "id", g->keep);
    i->name = *i->name ? i->name : word(ev, "name", g->keep);
    if (*word(ev, "zone", g->keep))
        i->zone = word(ev, "zone", g->keep);
    i->simulated = json_is(json_get(ev->data, "world"), "simulated");
    i->drill = json_is_true(json_get(ev->data, "drill"));
    if (*word(ev, "title", g->keep))
        i->title = word(ev, "title", g->keep);
    i->opened_at = n->at;
}

static void see_identity(struct growing *g, const struct journal *j)
{
    for (size_t k = 0; k < j->count && !g->out->id; k++)
        if (j->event[k].kind == EVENT_OPENED && j->event[k].data.at) {
            struct entry n = entry_raw(&j->event[k], g->keep);
            see_opened(g, &n);
        }
    if (!g->out->id)
        g->out->id = j->id ? j->id : "";
}

static void see_task(struct growing *g, const struct entry *n)
{
    const struct event *ev = n->event;
    const char *of = json_get_text(ev->data, "of", g->keep);
    struct task *t = NULL;
    for (size_t i = 0; of && i < g->out->tasks; i++)
        if (strcmp(g->task[i].event->hash, of) == 0)
            t = &g->task[i];
    if (!t) {
        t = &g->task[g->out->tasks++];
        *t = (struct task){ "", "", "", false, ev };
    }
    if (*n->text)
        t->text = n->text;
    if (*word(ev, "owner", g->keep))
        t->owner = word(ev, "owner", g->keep);
    if (*word(ev, "due", g->keep))
        t->due = word(ev, "due", g->keep);
    if (json_get(ev->data, "done").at)
        t->done = json_is_true(json_get(ev->data, "done"));
}

static int64_t instant_of(struct json value, struct arena *keep)
{
    int64_t at;
    const char *text = json_text(value, keep);
    if (text)
        return instant_parse_rfc3339(text, strlen(text), &at) ? at : INSTANT_NONE;
    return json_int(value, &at) ? at : INSTANT_NONE;
}

static void see_said(struct growing *g, const struct entry *n)
{
    g->out->said_at = n->at;
    g->out->next_due = instant_of(json_get(n->event->data, "next_due"), g->keep);
}

static void see_phase(struct growing *g, const struct entry *n)
{
    struct incident *i = g->out;
    const char *phase = word(n->event, "phase", g->keep);
    if (!*phase)
        return;
    i->phase = phase;
    i->closed = strcmp(phase, "closed") == 0;
    g->phase[i->phases++] = (struct phase_row){ phase, n->at, n };
}

/* One entry, in the order in which things happened. */
static bool is_file_name(const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    return *name && *name != '.' && !name[strspn(name, plain)];
}

static void see(struct growing *g, const struct entry *n)
{
    struct incident *i = g->out;
    const struct event *ev = n->event;
    see_person(g, ev->by);
    if (n->struck || !ev->data.at)
        return;
    switch (ev->kind) {
    case EVENT_OPENED:
        see_opened(g, n);
        return;
    case EVENT_TITLED:
        i->title = word(ev, "title", g->keep);
        return;
    case EVENT_SEVERITY:
        i->severity = json_int_or(json_get(ev->data, "severity"), i->severity);
        return;
    case EVENT_LEAD:
        i->lead = word(ev, "name", g->keep);
        return;
    case EVENT_NUMBERED: case EVENT_PUBLISHED:
        if (is_file_name(word(ev, "number", g->keep))) /* it may come from elsewhere, and names files */
            i->number = word(ev, "number", g->keep);
        return;
    case EVENT_PHASE:
        see_phase(g, n);
        return;
    case EVENT_TASK:
        see_task(g, n);
        return;
    case EVENT_SAID:
        see_said(g, n);
        return;
    case EVENT_NOTE: case EVENT_ALERT: case EVENT_SIGNAL: case EVENT_IMPACT: case EVENT_LINK:
    case EVENT_BASELINE: case EVENT_RUN_STARTED: case EVENT_RUN_PARKED: case EVENT_RUN_RESUMED:
    case EVENT_RUN_OVERRIDDEN: case EVENT_RUN_ENDED: case EVENT_STEP: case EVENT_READ:
    case EVENT_WAITED: case EVENT_ACTION_BEGUN: case EVENT_ACTION_ENDED: case EVENT_ASKED:
    case EVENT_ANSWERED: case EVENT_LOCK_TAKEN: case EVENT_LOCK_STOLEN: case EVENT_LOCK_RELEASED:
    case EVENT_UNDONE: case EVENT_KEPT: case EVENT_SETTLED: case EVENT_AMENDED: case EVENT_STRUCK:
    case EVENT_ERASED: case EVENT_LISTED: case EVENT_FORKED: case EVENT_UNKNOWN:
        return;
    }
}

/* A closing whose openings were all struck is struck with them: it would say
 * "up again" about something that is said never to have been down. */
static void silence_closings(struct entry *entry, size_t entries, const struct windows *w)
{
    for (size_t i = 0; i < w->struck_count; i++) {
        const struct event *closing = w->struck[i].closing;
        bool still = !closing;
        for (size_t k = 0; k < w->count && !still; k++)
            still = w->window[k].closing == closing;
        for (size_t k = 0; k < entries && !still; k++)
            if (entry[k].event == closing)
                entry[k].struck = true;
    }
}

/* Which entry tells of an event, by the event's place in the journal. */
static size_t *entries_of_events(const struct journal *j, const struct entry *entry, size_t entries,
                                 struct arena *keep)
{
    size_t *place = arena_many(keep, size_t, j->count + 1);
    for (size_t i = 0; i < entries; i++)
        place[entry[i].event - j->event] = i;
    return place;
}

/* The service of a window was amended: its closing speaks of that one, too. */
static void rename_closings(struct entry *entry, size_t entries, const struct journal *j,
                            const struct windows *w, struct arena *keep)
{
    size_t *place = w->renamed ? entries_of_events(j, entry, entries, keep) : NULL;
    for (size_t i = 0; i < w->count && place; i++) {
        struct entry *n = w->window[i].closing ? &entry[place[w->window[i].closing - j->event]] : NULL;
        if (!n || text_equal(n->service, w->window[i].service))
            continue;
        bool ours = text_equal(n->text, impact_words(n->service, "up", -1, keep));
        n->service = w->window[i].service;
        if (ours)
            n->text = impact_words(n->service, "up", -1, keep);
    }
}

/* A window ends inside another one: nothing is up again yet. Only where nobody
 * found words of their own. */
static void word_closing(struct entry *n, const struct window *ended, const struct window *goes_on,
                         struct arena *keep)
{
    const char *was = impact_level_names[ended->level], *is = n->still = impact_level_names[goes_on->level];
    if (!text_equal(n->text, impact_words(ended->service, "up", -1, keep)))
        return;
    n->text = ended->level == goes_on->level
            ? arena_print(keep, "%s is still %s", ended->service, is)
            : arena_print(keep, "%s is no longer %s, but still %s", ended->service, was, is);
}

static bool covers(const struct window *w, const struct window *ended)
{
    return w && w->level != IMPACT_NONE && w->closing != ended->closing
        && w->start.at <= ended->end.at && ended->end.at < w->end.at
        && text_equal(w->service, ended->service);
}

static int by_instant(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* How many of `count` sorted instants, `step` bytes apart, are not after `at`. */
static size_t not_after(const void *first, size_t step, size_t count, int64_t at)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (*(const int64_t *)((const char *)first + middle * step) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The windows of one service, by start: which ends lie inside another window. */
static void word_service(struct entry *entry, size_t entries, const struct journal *j,
                         const struct window *w, size_t count, struct arena *keep)
{
    size_t *place = NULL; /* made when it is first needed: windows seldom overlap */
    int64_t *end = arena_many(keep, int64_t, count);
    const struct window *longest = w;
    for (size_t i = 0; i < count; i++) {
        bool lasts = w[i].level != IMPACT_NONE && w[i].end.at > w[i].start.at;
        end[i] = lasts ? w[i].end.at : w[i].start.at;
    }
    qsort(end, count, sizeof *end, by_instant);
    for (size_t i = 0; i < count; i++) {
        int64_t at = w[i].end.at;
        longest = w[i].end.at > longest->end.at ? &w[i] : longest;
        if (!w[i].closing || not_after(&w->start.at, sizeof *w, count, at)
                                 <= not_after(end, sizeof *end, count, at))
            continue;
        const struct window *over = covers(longest, &w[i]) ? longest : NULL;
        for (size_t k = 0; !over && k < count; k++)
            over = covers(&w[k], &w[i]) ? &w[k] : NULL;
        place = place ? place : entries_of_events(j, entry, entries, keep);
        if (over)
            word_closing(&entry[place[w[i].closing - j->event]], &w[i], over, keep);
    }
}

/* Windows stand by service and start. */
static void word_closings(struct entry *entry, size_t entries, const struct journal *j,
                          const struct windows *w, struct arena *keep)
{
    for (size_t i = 0, count; i < w->count; i += count) {
        for (count = 1; i + count < w->count
                        && text_equal(w->window[i + count].service, w->window[i].service);)
            count++;
        if (count > 1)
            word_service(entry, entries, j, w->window + i, count, keep);
    }
}

static const char *warning_of(const struct journal *j)
{
    for (size_t i = 0; i < j->streams; i++)
        if (j->stream[i].damage)
            return j->stream[i].damage;
    return NULL;
}

/* Is the whole of a salvaged stream here, too, from somewhere else? */
static bool is_whole_elsewhere(const struct journal *j, const struct stream *s)
{
    for (size_t i = 0; i < j->streams; i++) {
        const struct stream *other = &j->stream[i];
        if (!other->lost && !other->damage && other->last_seq >= s->last_seq
            && text_equal(other->name, s->name))
            return true;
    }
    return false;
}

static int64_t lost_of(const struct journal *j)
{
    int64_t lost = 0;
    for (size_t i = 0; i < j->streams; i++)
        if (j->stream[i].lost && !is_whole_elsewhere(j, &j->stream[i]))
            lost += j->stream[i].lost;
    return lost;
}

bool incident_fold(struct incident *out, const struct journal *j, int64_t as_of, int64_t now,
                   struct arena *keep, struct err *e)
{
    size_t count;
    int64_t until = as_of == INSTANT_NONE ? now : as_of;
    struct entry *raw = (struct entry *)entries_fold(j, as_of, &count, keep);
    *out = (struct incident){
        .name = j->incident ? j->incident : "", .title = "", .zone = "UTC", .lead = "",
        .phase = "open", .number = "", .opened_at = INSTANT_NONE, .as_of = until, .head = "",
        .entries = count, .said_at = INSTANT_NONE, .next_due = INSTANT_NONE,
        .warning = warning_of(j), .lost = lost_of(j) };
    if (j->streams && j->stream[0].head)
        out->head = j->stream[0].head;
    windows_fold(&out->windows, out->name, raw, count, until, keep);
    silence_closings(raw, count, &out->windows);
    rename_closings(raw, count, j, &out->windows, keep);
    word_closings(raw, count, j, &out->windows, keep);
    out->entry = entries_by_time(raw, count, keep);
    struct growing g = { out, keep, arena_many(keep, struct phase_row, count + 1),
                         arena_many(keep, struct task, count + 1),
                         arena_many(keep, const char *, count + 1), 0 };
    for (size_t i = 0; i < count; i++)
        see(&g, &out->entry[i]);
    if (!out->id) /* as of a moment before it was opened: what it is was so, too */
        see_identity(&g, j);
    if (out->opened_at == INSTANT_NONE && count)
        out->opened_at = out->entry[0].at; /* its opening was lost to damage */
    out->phase_row = g.phase;
    out->task = g.task;
    out->person = g.person;
    return true;
}
