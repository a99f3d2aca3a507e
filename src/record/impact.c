/* impact.c: see impact.h. */
#include "record/incident.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const impact_level_names[] = { "down", "degraded", "unknown", "none", NULL };

/* What the fold knows of one impact entry. */
struct mark {
    const struct entry *entry;
    const char *basis;
    struct edge edge;       /* after the rule about order */
    bool closing, struck;
    size_t window;          /* of an opening: its place in `found` */
};

struct fold {
    const char *incident;
    int64_t as_of;
    struct arena *keep;
    struct mark *mark;      /* in raw order */
    size_t marks;
    struct mark **opening;  /* by hash */
    size_t openings;
    struct window *found;   /* in raw order; `struck` of the mark says which list */
    const struct mark **end; /* of each: the mark that closed it */
    const struct tick *tick;
    size_t ticks;
    bool renamed;
    const char **note;
    size_t notes, room;
};

const char *event_number(const struct event *ev, struct arena *keep)
{
    return ev->stream ? arena_print(keep, "%c:%" PRId64, (char)('a' + ev->stream % 26), ev->seq)
                      : arena_print(keep, "%" PRId64, ev->seq);
}

static void note(struct fold *f, const char *words)
{
    if (f->notes + 1 >= f->room) {
        size_t room = f->room ? f->room * 2 : 8;
        const char **more = arena_many(f->keep, const char *, room);
        if (f->notes)
            memcpy(more, f->note, f->notes * sizeof *more);
        f->note = more;
        f->room = room;
    }
    f->note[f->notes++] = words;
}

static enum impact_level level_from(const char *name)
{
    for (int i = 0; impact_level_names[i]; i++)
        if (text_equal(impact_level_names[i], name))
            return (enum impact_level)i;
    return IMPACT_UNKNOWN; /* a newer version's level: it suffered, nobody here knows how much */
}

static const char *basis_of(const struct event *ev, struct arena *keep)
{
    const char *basis = json_get_text(ev->data, "basis", keep);
    return basis ? basis : "person";
}

static bool touch(struct edge a, struct edge b)
{
    return a.at - a.early_ms <= b.at + b.late_ms && b.at - b.early_ms <= a.at + a.late_ms;
}

/* The edge where the one before it stands: as late as it was said to be at
 * most, and no earlier than that one may be. */
static struct edge moved_to(struct edge e, struct edge before)
{
    int64_t last = e.at + e.late_ms;
    return (struct edge){ before.at, before.early_ms, last > before.at ? last - before.at : 0 };
}

static int by_voice(const void *a, const void *b)
{
    const struct mark *x = *(struct mark *const *)a, *y = *(struct mark *const *)b;
    int c = strcmp(x->entry->service, y->entry->service);
    c = c ? c : strcmp(x->basis, y->basis);
    return c ? c : (x > y) - (x < y); /* marks lie in raw order */
}

/* "11:17" (a minute) may have been learnt after 11:17:42 (a second) and yet
 * sorts before it: such an edge counts where the one before it, by the same
 * voice about the same service, stands. */
static void order_edges(struct fold *f)
{
    struct mark **voiced = arena_many(f->keep, struct mark *, f->marks + 1), *before = NULL;
    size_t count = 0;
    for (size_t i = 0; i < f->marks; i++)
        if (!f->mark[i].struck)
            voiced[count++] = &f->mark[i];
    qsort(voiced, count, sizeof *voiced, by_voice);
    for (size_t i = 0; i < count; i++) {
        struct mark *m = voiced[i];
        bool same = before && strcmp(before->entry->service, m->entry->service) == 0
                 && strcmp(before->basis, m->basis) == 0;
        if (same && m->edge.at < before->edge.at && touch(m->edge, before->edge))
            m->edge = moved_to(m->edge, before->edge);
        before = m;
    }
}

static int by_hash(const void *a, const void *b)
{
    return strcmp((*(struct mark *const *)a)->entry->event->hash,
                  (*(struct mark *const *)b)->entry->event->hash);
}

static struct mark *opening_by_hash(const struct fold *f, const char *hash)
{
    size_t low = 0, high = f->openings;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = strcmp(f->opening[middle]->entry->event->hash, hash);
        if (!c)
            return f->opening[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void mark_all(struct fold *f, const struct entry *entry, size_t entries)
{
    size_t count = 0;
    for (size_t i = 0; i < entries; i++)
        count += entry[i].event->kind == EVENT_IMPACT;
    f->mark = arena_many(f->keep, struct mark, count + 1);
    f->opening = arena_many(f->keep, struct mark *, count + 1);
    for (size_t i = 0; i < entries; i++) {
        const struct entry *n = &entry[i];
        if (n->event->kind == EVENT_IMPACT && !n->event->data.at)
            note(f, arena_print(f->keep, "event %s, an impact, was erased and counts nothing: "
                "tocsin impact SERVICE down T1-T2 says it again", event_number(n->event, f->keep)));
        if (n->event->kind != EVENT_IMPACT || !n->event->data.at)
            continue;
        bool none = strcmp(n->level, "none") == 0;
        if (none && json_is(json_get(n->event->data, "level"), "none"))
            continue;
        struct mark *m = &f->mark[f->marks++];
        *m = (struct mark){ .entry = n, .basis = basis_of(n->event, f->keep),
                            .edge = { n->at, n->early_ms, n->late_ms },
                            .closing = strcmp(n->level, "up") == 0,
                            .struck = n->struck || none }; /* amended to none: no window any more */
        if (!m->closing)
            f->opening[f->openings++] = m;
    }
    order_edges(f);
}

/* A ticket is a note or an alert whose source is "ticket". */
static bool tick_of(const struct entry *n, enum tick_kind *kind)
{
    static const char *const phases[] = { NULL, "detected", "acknowledged", "mitigated", "resolved" };
    if (n->struck || !n->event->data.at)
        return false;
    if (n->event->kind == EVENT_NOTE || n->event->kind == EVENT_ALERT) {
        *kind = TICK_TICKET;
        return json_is(json_get(n->event->data, "source"), "ticket");
    }
    if (n->event->kind != EVENT_PHASE)
        return false;
    for (int k = TICK_DETECTED; k <= TICK_RESOLVED; k++)
        if (json_is(json_get(n->event->data, "phase"), phases[k])) {
            *kind = (enum tick_kind)k;
            return true;
        }
    return false;
}

static int by_tick(const void *a, const void *b)
{
    int64_t x = ((const struct tick *)a)->edge.at, y = ((const struct tick *)b)->edge.at;
    return (x > y) - (x < y);
}

static void collect_ticks(struct fold *f, const struct entry *entry, size_t entries)
{
    size_t count = 0;
    enum tick_kind kind;
    for (size_t i = 0; i < entries; i++)
        count += tick_of(&entry[i], &kind);
    struct tick *tick = arena_many(f->keep, struct tick, count + 1);
    for (size_t i = 0; i < entries; i++)
        if (tick_of(&entry[i], &kind))
            tick[f->ticks++] = (struct tick){ kind, { entry[i].at, entry[i].early_ms,
                                                      entry[i].late_ms } };
    qsort(tick, f->ticks, sizeof *tick, by_tick);
    f->tick = tick;
}

static void open_windows(struct fold *f)
{
    f->found = arena_many(f->keep, struct window, f->openings + 1);
    f->end = arena_many(f->keep, const struct mark *, f->openings + 1);
    for (size_t i = 0; i < f->openings; i++) {
        struct mark *m = f->opening[i];
        m->window = i;
        f->found[i] = (struct window){
            .id = m->entry->event->hash, .incident = f->incident, .service = m->entry->service,
            .level = level_from(m->entry->level), .lost_ppb = m->entry->lost_ppb,
            .basis = m->basis, .start = m->edge, .end = { f->as_of, 0, 0 }, .open = true,
            .opening = m->entry->event, .tick = f->tick, .ticks = f->ticks };
    }
    qsort(f->opening, f->openings, sizeof *f->opening, by_hash);
}

/* A second person's end of the same window: where the two do not touch, it ended
 * at one or the other until somebody decides. What a probe says later is no word
 * against a person's. */
static void dispute_end(struct fold *f, struct window *w, const struct mark *first, const struct mark *second)
{
    if (strcmp(first->basis, "person") || strcmp(second->basis, "person") || touch(first->edge, second->edge))
        return;
    int64_t low = second->edge.at - second->edge.early_ms, high = second->edge.at + second->edge.late_ms;
    if (low < w->start.at)
        low = w->start.at;
    if (w->end.at - low > w->end.early_ms)
        w->end.early_ms = w->end.at - low;
    if (high - w->end.at > w->end.late_ms)
        w->end.late_ms = high - w->end.at;
    w->parted = true;
    const char *a = event_number(first->entry->event, f->keep), *b = event_number(second->entry->event, f->keep);
    note(f, arena_print(f->keep, "events %s and %s end the impact on '%s' at different times, so its length is a range: "
        "tocsin strike %s --why TEXT, or tocsin strike %s --why TEXT", a, b, w->service, a, b));
}

static void close_one(struct fold *f, const struct mark *closing, const struct mark *opening)
{
    struct window *w = &f->found[opening->window];
    if (!w->open) {
        if (!opening->struck)
            dispute_end(f, w, f->end[opening->window], closing);
        return;
    }
    f->end[opening->window] = closing;
    w->open = false;
    w->closing = closing->entry->event;
    w->end = closing->edge;
    f->renamed |= strcmp(w->service, closing->entry->service) != 0;
    if (w->end.at >= w->start.at)
        return;
    bool near = touch(w->end, w->start);
    w->end = moved_to(w->end, w->start);
    if (!near && !opening->struck)
        note(f, arena_print(f->keep,
            "event %s ends the impact on '%s' before event %s begins it, so it counts nothing: "
            "tocsin amend %s @TIME", event_number(closing->entry->event, f->keep), w->service,
            event_number(w->opening, f->keep), event_number(closing->entry->event, f->keep)));
}

static void close_windows(struct fold *f)
{
    for (size_t i = 0; i < f->marks; i++) {
        const struct mark *m = &f->mark[i];
        if (!m->closing || m->struck)
            continue;
        size_t named = 0;
        struct json closes = json_get(m->entry->event->data, "closes");
        if (json_type(closes) != JSON_ARRAY)
            closes = json_from("[]");
        for (struct json_walk w = json_walk(closes); json_next(&w); named++) {
            const char *hash = json_text(w.value, f->keep);
            const struct mark *opening = hash ? opening_by_hash(f, hash) : NULL;
            if (opening)
                close_one(f, m, opening);
            else
                note(f, arena_print(f->keep, "event %s closes an impact on '%s' that is not in "
                    "the record: tocsin strike %s --why TEXT",
                    event_number(m->entry->event, f->keep), m->entry->service,
                    event_number(m->entry->event, f->keep)));
        }
        if (!named)
            note(f, arena_print(f->keep, "event %s says that '%s' is up, though nothing was down: "
                "tocsin strike %s --why TEXT", event_number(m->entry->event, f->keep),
                m->entry->service, event_number(m->entry->event, f->keep)));
    }
}

static int by_service_and_start(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    int c = strcmp(x->service, y->service);
    if (c)
        return c;
    if (x->start.at != y->start.at)
        return x->start.at < y->start.at ? -1 : 1;
    if (x->opening->seq != y->opening->seq)
        return x->opening->seq < y->opening->seq ? -1 : 1;
    return (x->opening->stream > y->opening->stream) - (x->opening->stream < y->opening->stream);
}

static const struct window *pick(struct fold *f, bool struck, size_t *count)
{
    struct window *list = arena_many(f->keep, struct window, f->openings + 1);
    bool *is_struck = arena_many(f->keep, bool, f->openings + 1);
    for (size_t i = 0; i < f->openings; i++)
        is_struck[f->opening[i]->window] = f->opening[i]->struck;
    *count = 0;
    for (size_t i = 0; i < f->openings; i++)
        if (is_struck[i] == struck)
            list[(*count)++] = f->found[i];
    qsort(list, *count, sizeof *list, by_service_and_start);
    return list;
}

/* "None" is a statement somebody makes. Where the same incident has windows of
 * that service the two disagree: the SLA is a range until a person decides. */
static void affirm_none(struct windows *out, struct fold *f, const struct entry *entry,
                        size_t entries)
{
    const char **none = arena_many(f->keep, const char *, entries + 1);
    size_t count = 0;
    struct window *window = (struct window *)out->window;
    for (size_t i = 0; i < entries; i++) {
        const struct entry *n = &entry[i];
        const struct window *against = NULL;
        if (n->event->kind != EVENT_IMPACT || n->struck || strcmp(n->level, "none"))
            continue;
        for (size_t k = 0; k < out->count; k++)
            if (strcmp(window[k].service, n->service) == 0) {
                window[k].disputed = true;
                against = &window[k];
            }
        if (against) {
            const char *a = event_number(n->event, f->keep);
            const char *b = event_number(against->opening, f->keep);
            note(f, arena_print(f->keep, "event %s says that '%s' had no impact, event %s that it "
                "had: tocsin strike %s --why TEXT, or tocsin strike %s --why TEXT", a, n->service,
                b, a, b));
            continue;
        }
        bool said = false;
        for (size_t k = 0; k < count; k++)
            said = said || strcmp(none[k], n->service) == 0;
        if (!said)
            none[count++] = n->service;
    }
    out->none = none;
}

void windows_fold(struct windows *out, const char *incident, const struct entry *entry,
                  size_t entries, int64_t as_of, struct arena *keep)
{
    struct fold f = { .incident = incident, .as_of = as_of, .keep = keep };
    *out = (struct windows){ 0 };
    mark_all(&f, entry, entries);
    collect_ticks(&f, entry, entries);
    open_windows(&f);
    close_windows(&f);
    out->renamed = f.renamed;
    out->window = pick(&f, false, &out->count);
    out->struck = pick(&f, true, &out->struck_count);
    affirm_none(out, &f, entry, entries);
    const char **notes = arena_many(keep, const char *, f.notes + 1);
    if (f.notes)
        memcpy(notes, f.note, f.notes * sizeof *notes);
    out->note = notes;
}

bool share_parse(int64_t *ppb, const char *text)
{
    char *end;
    long long whole = strtoll(text, &end, 10);
    int64_t value = whole * 10000000, unit = 1000000;
    if (end == text || whole < 0 || whole > 100)
        return false;
    if (*end == '.')
        for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
            value += (*end - '0') * unit;
    while (*end == ' ')
        end++;
    *ppb = value;
    return text_equal(end, "%") && value <= 1000000000;
}
