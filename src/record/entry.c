/* entry.c: see entry.h. */
#include "record/entry.h"

#include <stdlib.h>
#include <string.h>

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int raw_order(const void *a, const void *b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;
    int c = compare(x->recorded, y->recorded);
    c = c ? c : compare(x->stream, y->stream);
    return c ? c : compare(x->seq, y->seq);
}

static int time_order(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = compare(x->at, y->at);
    c = c ? c : compare(x->event->seq, y->event->seq);
    return c ? c : compare(x->event->stream, y->event->stream);
}

/* One stream alone is in raw order already: no sort of a million events. */
void events_by_recorded(const struct event **event, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (raw_order(&event[i - 1], &event[i]) > 0) {
            qsort(event, count, sizeof *event, raw_order);
            return;
        }
}

const struct entry *entries_by_time(const struct entry *entry, size_t count, struct arena *keep)
{
    struct entry *sorted = arena_many(keep, struct entry, count + 1);
    if (count)
        memcpy(sorted, entry, count * sizeof *entry);
    for (size_t i = 1; i < count; i++)
        if (time_order(&sorted[i - 1], &sorted[i]) > 0) {
            qsort(sorted, count, sizeof *sorted, time_order);
            break;
        }
    return sorted;
}

/* A correction and the event that it speaks of. */
struct link {
    const char *of;
    const struct event *correction;
    size_t order;
    bool taken_back; /* a strike names the correction itself */
};

static int by_target(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    int c = strcmp(x->of, y->of);
    return c ? c : compare((int64_t)x->order, (int64_t)y->order);
}

static int by_own_hash(const void *a, const void *b)
{
    return strcmp((*(struct link *const *)a)->correction->hash, (*(struct link *const *)b)->correction->hash);
}

static bool is_correction(enum event_kind kind)
{
    return kind == EVENT_AMENDED || kind == EVENT_STRUCK || kind == EVENT_LISTED;
}

static struct link *link_named(struct link **sorted, size_t links, const char *hash)
{
    struct event seeking = { .hash = hash };
    struct link key = { .correction = &seeking }, *at = &key;
    struct link **found = bsearch(&at, sorted, links, sizeof *sorted, by_own_hash);
    return found ? *found : NULL;
}

/* What speaks of a correction speaks of the event that this one corrects; a
 * strike takes it back, unless it was taken back itself. The newest first: a
 * correction is always older than what names it. */
static void follow_links(struct link *link, size_t links, struct arena *keep)
{
    struct link **sorted = arena_many(keep, struct link *, links + 1);
    for (size_t i = 0; i < links; i++)
        sorted[i] = &link[i];
    qsort(sorted, links, sizeof *sorted, by_own_hash);
    for (size_t i = links; i-- > 0;) {
        struct link *named = link_named(sorted, links, link[i].of);
        if (named && link[i].correction->kind == EVENT_STRUCK && !link[i].taken_back)
            named->taken_back = true;
    }
    for (size_t i = 0; i < links; i++) { /* the oldest first: each finds the root of what it names */
        struct link *named = link_named(sorted, links, link[i].of);
        if (named)
            link[i].of = named->of;
    }
}

static struct link *links_of(const struct event **event, size_t count, size_t *links,
                             struct arena *keep)
{
    size_t corrections = 0;
    for (size_t i = 0; i < count; i++)
        corrections += is_correction(event[i]->kind);
    struct link *link = arena_many(keep, struct link, corrections + 1);
    *links = 0;
    for (size_t i = 0; i < count; i++) {
        const char *of = is_correction(event[i]->kind)
                       ? json_get_text(event[i]->data, "of", keep) : NULL;
        if (of) {
            link[*links] = (struct link){ of, event[i], *links, false };
            ++*links;
        }
    }
    follow_links(link, *links, keep);
    qsort(link, *links, sizeof *link, by_target);
    return link;
}

/* A journal from elsewhere may hold any number: none of them may overflow a sum. */
#define FAR (INT64_C(4000) * 366 * DAY_MS)

static int64_t width_of(struct json value)
{
    int64_t width = json_int_or(value, 0);
    return width < 0 ? 0 : width > 366 * DAY_MS ? 366 * DAY_MS : width;
}

static int64_t share_of(struct json value, int64_t otherwise)
{
    int64_t share = json_int_or(value, otherwise);
    return share < 0 || share > INT64_C(1000000000) ? -1 : share;
}

static void amend_moment(struct entry *n, const struct event *by, struct arena *keep)
{
    struct json at = json_get(by->data, "at");
    const char *text = json_text(at, keep);
    int64_t moment;
    if (text ? !instant_parse_rfc3339(text, strlen(text), &moment) : !json_int(at, &moment))
        return;
    if (moment < -FAR || moment > FAR)
        return;
    n->timed = by;
    n->at = moment;
    n->early_ms = width_of(json_get(by->data, "early_ms"));
    n->late_ms = width_of(json_get(by->data, "late_ms"));
}

static void correct(struct entry *n, const struct event *by, struct arena *keep)
{
    const char *text;
    switch ((int)by->kind) {
    case EVENT_STRUCK: /* of a correction: that counts nothing, and the entry stands */
        n->struck |= json_is(json_get(by->data, "of"), n->event->hash);
        return;
    case EVENT_LISTED:
        n->listed = json_is_true(json_get(by->data, "listed"));
        return;
    case EVENT_AMENDED: {
        /* words that nobody wrote follow the level; words that somebody wrote stay */
        bool ours = n->service && text_equal(n->text, impact_words(n->service, n->level, n->lost_ppb, keep));
        amend_moment(n, by, keep);
        if ((text = json_get_text(by->data, "level", keep)) && n->level && strcmp(n->level, "up"))
            n->level = text;
        if ((text = json_get_text(by->data, "service", keep)) && n->service)
            n->service = text;
        n->lost_ppb = share_of(json_get(by->data, "lost_ppb"), n->lost_ppb);
        if ((text = json_get_text(by->data, "text", keep)))
            n->text = text;
        else if (ours)
            n->text = impact_words(n->service, n->level, n->lost_ppb, keep);
        return;
    }
    }
}

/* A sentence for the report is no row of its timeline. */
static bool is_prose(const struct event *ev, struct arena *keep)
{
    const char *source = json_get_text(ev->data, "source", keep);
    return source && text_starts(source, "report/");
}

struct entry entry_raw(const struct event *ev, struct arena *keep)
{
    struct entry n = { .event = ev, .timed = ev, .at = ev->at, .early_ms = ev->early_ms,
                       .late_ms = ev->late_ms, .lost_ppb = -1,
                       .listed = ev->kind < EVENT_UNKNOWN && event_kinds[ev->kind].listed };
    n.text = event_text(ev, keep);
    if (ev->kind == EVENT_NOTE && is_prose(ev, keep))
        n.listed = false;
    if (ev->kind == EVENT_IMPACT) {
        n.service = json_get_text(ev->data, "service", keep);
        n.level = json_get_text(ev->data, "edge", keep);
        if (!n.level)
            n.level = json_get_text(ev->data, "level", keep);
        if (!n.service)
            n.service = "";
        if (!n.level)
            n.level = "unknown";
        /* That nothing happened is a statement, and no moment of the day. */
        if (text_equal(n.level, "none") && !json_get(ev->data, "text").at)
            n.listed = false;
        n.lost_ppb = share_of(json_get(ev->data, "lost_ppb"), -1);
    }
    return n;
}

static void apply(struct entry *n, const struct link *link, size_t links, struct arena *keep)
{
    size_t low = 0, high = links;
    while (low < high) { /* the first link of this event */
        size_t middle = (low + high) / 2;
        if (strcmp(link[middle].of, n->event->hash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < links && strcmp(link[high].of, n->event->hash) == 0; high++)
        ;
    const struct event **correction = arena_many(keep, const struct event *, high - low);
    for (size_t i = low; i < high; i++) {
        correction[i - low] = link[i].correction;
        if (!link[i].taken_back)
            correct(n, link[i].correction, keep);
    }
    n->correction = correction;
    n->corrections = high - low;
}

const struct entry *entries_fold(const struct journal *j, int64_t as_of, size_t *count,
                                 struct arena *keep)
{
    const struct event **event = arena_many(keep, const struct event *, j->count + 1);
    size_t links;
    for (size_t i = 0; i < j->count; i++)
        event[i] = &j->event[i];
    events_by_recorded(event, j->count);
    struct link *link = links_of(event, j->count, &links, keep);
    struct entry *entry = arena_many(keep, struct entry, j->count + 1);
    *count = 0;
    for (size_t i = 0; i < j->count; i++) {
        if (is_correction(event[i]->kind))
            continue;
        struct entry n = entry_raw(event[i], keep);
        if (links)
            apply(&n, link, links, keep);
        if (as_of == INSTANT_NONE || n.at <= as_of)
            entry[(*count)++] = n;
    }
    return entry;
}
