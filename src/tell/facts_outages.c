/* facts_outages.c: the stretches of impact, what detected each, and which floods fell into it, as data. */
#include "tell/facts_inside.h"

#include <stdlib.h>
#include <string.h>

/* Windows that touch or overlap are one stretch, of whatever level ("mixed"
 * where levels differ). */
size_t facts_stretches(const struct suffering *s, const char *only, struct outage *list, struct arena *keep)
{
    size_t count = 0;
    for (size_t i = 0; i < s->windows; i++) {
        const struct sla_window *w = &s->window[i];
        const char *level = impact_level_names[w->window->level];
        struct outage *last = count ? &list[count - 1] : NULL;
        if (only && !text_equal(level, only))
            continue;
        if (!last || w->start > last->end) {
            list[count++] = (struct outage){ s->name, level, w->start, w->end, w->window->lost_ppb, w->window->open,
                                             facts_rough(w->window->start.early_ms, w->window->start.late_ms),
                                             facts_rough(w->window->end.early_ms, w->window->end.late_ms) };
            continue;
        }
        if (!text_equal(last->level, level))
            last->level = "mixed";
        if (last->lost_ppb != w->window->lost_ppb)
            last->lost_ppb = -1;
        if (w->end > last->end) {
            last->end = w->end;
            last->stop_rough = facts_rough(w->window->end.early_ms, w->window->end.late_ms);
        }
        last->open = last->open || w->window->open;
    }
    return count;
}

bool facts_parted(const struct suffering *s)
{
    bool parted = false;
    for (size_t i = 0; i < s->windows; i++)
        parted |= s->window[i].window->parted;
    return parted;
}

static int by_start(const void *a, const void *b)
{
    const struct outage *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return strcmp(x->service, y->service);
}

static void put_outage(struct saying *s, const struct outage *o)
{
    facts_put(s, "service", o->service);
    json_put(s->o, "level", o->level);
    json_put_int(s->o, "start", o->start);
    json_put_int(s->o, "stop", o->end);
    json_put_int(s->o, "ms", o->end - o->start);
    json_put_int(s->o, "lost_ppb", o->lost_ppb);
    json_put_bool(s->o, "open", o->open);
    json_put_bool(s->o, "stop_rough", o->stop_rough);
}

void facts_put_outages(struct saying *s, const char *key, const struct outage *list, size_t count)
{
    json_open(s->o, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(s->o, NULL, '{');
        put_outage(s, &list[i]);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

/* What the record says of how they were seen. */
struct seen {
    const struct entry **detection; /* by time */
    size_t detections;
    struct readings readings;
};

static struct seen what_was_seen(const struct facts *f, struct arena *keep)
{
    struct seen seen = { .detection = arena_many(keep, const struct entry *, f->incident->entries + 1) };
    for (size_t i = 0; i < f->incident->entries; i++)
        if (incident_detects(&f->incident->entry[i], keep))
            seen.detection[seen.detections++] = &f->incident->entry[i];
    readings_fold(&seen.readings, f->incident, keep);
    return seen;
}

static void put_detection(struct saying *s, const struct outage *o, const struct seen *seen)
{
    for (size_t i = 0; i < seen->detections; i++) {
        const struct entry *n = seen->detection[i];
        if (n->at < o->start || (n->at > o->end && !o->open))
            continue;
        json_put_int(s->o, "detected", n->at);
        json_put_bool(s->o, "detected_rough", o->start_rough || facts_rough(n->early_ms, n->late_ms));
        return;
    }
    json_put_bool(s->o, "detected", false);
}

static bool within(const struct outage *o, int64_t at)
{
    return at != INSTANT_NONE && at >= o->start && (at <= o->end || o->open);
}

/* Each IP and kind once, with the highest rate that was measured. */
static void put_floods(struct saying *s, const struct outage *o, const struct readings *r)
{
    json_open(s->o, "floods", '[');
    for (size_t i = 0; i < r->floods; i++) {
        const struct flood_seen *flood = &r->flood[i];
        int64_t most = flood->rate;
        bool first = within(o, flood->at) || within(o, flood->since);
        for (size_t k = 0; first && k < r->floods; k++) {
            const struct flood_seen *other = &r->flood[k];
            bool same = text_equal(other->ip, flood->ip) && text_equal(other->kind, flood->kind)
                        && (within(o, other->at) || within(o, other->since));
            first = !(same && k < i);
            most = same && other->rate > most ? other->rate : most;
        }
        if (!first)
            continue;
        json_open(s->o, NULL, '{');
        facts_put(s, "ip", flood->ip);
        facts_put(s, "kind", flood->kind);
        json_put_int(s->o, "rate", most);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

void facts_put_all_outages(struct saying *s)
{
    const struct facts *f = s->f;
    size_t most = 1, count = 0;
    for (size_t i = 0; i < f->services; i++)
        most += f->service[i].windows;
    struct outage *list = arena_many(s->keep, struct outage, most);
    for (size_t i = 0; i < f->services; i++)
        count += facts_stretches(&f->service[i], NULL, list + count, s->keep);
    if (count)
        qsort(list, count, sizeof *list, by_start);
    struct seen seen = what_was_seen(f, s->keep);
    json_open(s->o, "outages", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(s->o, NULL, '{');
        put_outage(s, &list[i]);
        put_detection(s, &list[i], &seen);
        put_floods(s, &list[i], &seen.readings);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}
