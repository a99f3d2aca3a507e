/* outage.c: see outage.h. No floating point in this file. */
#include "record/outage.h"

#include <stdlib.h>
#include <string.h>

static bool is_group(const struct sla_question *q)
{
    return q->members && *q->members && q->group != GROUP_NONE;
}

int64_t outage_parts(const struct sla_question *q)
{
    int64_t parts = 0;
    if (!is_group(q) || q->group != GROUP_SHARE)
        return 1;
    for (const char *const *m = q->members; *m; m++)
        parts++;
    return parts;
}

bool outage_concerns(const struct sla_question *q, const struct window *w)
{
    if (w->level == IMPACT_NONE)
        return false;
    if (strcmp(w->service, q->service) == 0)
        return true;
    for (const char *const *m = is_group(q) ? q->members : NULL; m && *m; m++)
        if (strcmp(w->service, *m) == 0)
            return true;
    return false;
}

static int64_t degraded_weight(const struct policy *p, const struct window *w, enum side side)
{
    switch (p->weight) {
    case WEIGHT_FULL:
        return PPB;
    case WEIGHT_IGNORE:
        return 0;
    case WEIGHT_FIXED:
        return p->weight_ppb;
    case WEIGHT_SHARE:
        return w->lost_ppb >= 0 ? w->lost_ppb : side == LOW ? 0 : PPB;
    }
    return PPB;
}

int64_t outage_weight(const struct policy *p, const struct window *w, enum side side)
{
    if (w->disputed && side == LOW)
        return 0;
    switch (w->level) {
    case IMPACT_DOWN:
        return PPB;
    case IMPACT_UNKNOWN:
        return side == LOW ? 0 : PPB;
    case IMPACT_NONE:
        return 0;
    case IMPACT_DEGRADED:
        return degraded_weight(p, w, side);
    }
    return PPB;
}

static int64_t earliest_use(struct edge e, enum side side) /* of a start */
{
    return side == LOW ? e.at + e.late_ms : side == HIGH ? e.at - e.early_ms : e.at;
}

static int64_t latest_use(struct edge e, enum side side) /* of an end */
{
    return side == LOW ? e.at - e.early_ms : side == HIGH ? e.at + e.late_ms : e.at;
}

/* The first such tick of the incident, however early. */
const struct tick *outage_start_tick(const struct sla_question *q, const struct window *w)
{
    static const enum tick_kind wanted[] = {
        [STARTS_TICKET] = TICK_TICKET, [STARTS_DETECTED] = TICK_DETECTED,
        [STARTS_ACKNOWLEDGED] = TICK_ACKNOWLEDGED };
    for (size_t i = 0; q->policy->starts != STARTS_IMPACT && i < w->ticks; i++)
        if (w->tick[i].kind == wanted[q->policy->starts])
            return &w->tick[i];
    return NULL;
}

/* The first such tick that is not before the window. */
const struct tick *outage_stop_tick(const struct sla_question *q, const struct window *w)
{
    static const enum tick_kind wanted[] = {
        [STOPS_MITIGATED] = TICK_MITIGATED, [STOPS_RESOLVED] = TICK_RESOLVED };
    for (size_t i = 0; q->policy->stops != STOPS_UP && i < w->ticks; i++)
        if (w->tick[i].kind == wanted[q->policy->stops] && w->tick[i].edge.at >= w->start.at)
            return &w->tick[i];
    return NULL;
}

/* A window without the tick that starts the clock never counts: nobody did. */
static void keep_to_the_clock(struct span *s, const struct sla_question *q, const struct window *w,
                              enum side side)
{
    const struct tick *start = outage_start_tick(q, w), *stop = outage_stop_tick(q, w);
    if (q->policy->starts != STARTS_IMPACT) {
        int64_t at = start ? earliest_use(start->edge, side) : s->end;
        s->start = at > s->start ? at : s->start;
    }
    if (stop) {
        int64_t at = latest_use(stop->edge, side);
        s->end = at < s->end ? at : s->end;
    }
}

struct span outage_span(const struct sla_question *q, const struct window *w, enum side side)
{
    enum side edges = q->exactly ? NOMINAL : side;
    struct span s = { .start = earliest_use(w->start, edges), .end = latest_use(w->end, edges) };
    keep_to_the_clock(&s, q, w, edges);
    if (q->as_of != INSTANT_NONE && s.end > q->as_of)
        s.end = q->as_of;
    return s;
}

/* Runs are one voice: each speaks only while it runs. */
static bool same_voice(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (strncmp(a, "run:", 4) == 0 && strncmp(b, "run:", 4) == 0);
}

/* A window's place in the question and in time. */
struct place { int64_t start; size_t index; };

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* The windows of the service that count, by start: sorted once, rather than
 * for each side and each voice. */
static struct place *places_of(const struct sla_question *q, const char *service, size_t *count,
                               struct arena *keep)
{
    struct place *place = arena_many(keep, struct place, q->windows + 1);
    bool sorted = true;
    *count = 0;
    for (size_t i = 0; i < q->windows; i++) {
        const struct window *w = &q->window[i];
        if (w->level == IMPACT_NONE || strcmp(w->service, service)
            || !policy_counts(q->policy, w->basis))
            continue;
        sorted = sorted && (!*count || place[*count - 1].start <= w->start.at);
        place[(*count)++] = (struct place){ w->start.at, i };
    }
    if (!sorted)
        qsort(place, *count, sizeof *place, by_place);
    return place;
}

/* One service of the question: itself, or a member of the group. */
struct part {
    const char *service;
    const struct span *span[3]; /* by side, each window's own */
    const size_t *voice;        /* of each window */
    size_t windows, voices;
    struct profile high;        /* of all voices at most: two sides need it */
};

static size_t voice_of(const char **known, size_t *voices, const char *basis)
{
    size_t v = 0;
    while (v < *voices && !same_voice(known[v], basis))
        v++;
    if (v == *voices)
        known[(*voices)++] = basis;
    return v;
}

static struct part part_of(const struct sla_question *q, const char *service, struct arena *keep)
{
    struct part p = { .service = service };
    struct span *span[3];
    struct place *place = places_of(q, service, &p.windows, keep);
    size_t *voice = arena_many(keep, size_t, p.windows + 1);
    const char **known = arena_many(keep, const char *, p.windows + 1);
    for (int side = LOW; side <= HIGH; side++)
        p.span[side] = span[side] = arena_many(keep, struct span, p.windows + 1);
    for (size_t i = 0; i < p.windows; i++) {
        const struct window *w = &q->window[place[i].index];
        voice[i] = voice_of(known, &p.voices, w->basis);
        for (int side = LOW; side <= HIGH; side++) {
            span[side][i] = outage_span(q, w, (enum side)side);
            span[side][i].weight = outage_weight(q->policy, w, (enum side)side);
            span[side][i].owner = place[i].index;
        }
    }
    p.voice = voice;
    return p;
}

static const size_t everybody = (size_t)-1;

/* The profile of all its windows, or of one voice's. */
static struct profile profile_side(const struct part *p, enum side side, size_t voice,
                                   struct arena *keep)
{
    struct profile out = profile_room(p->windows, keep);
    struct arena scratch = *keep;
    struct span *span = arena_many(&scratch, struct span, p->windows + 1);
    size_t count = 0;
    for (size_t i = 0; i < p->windows; i++)
        if ((voice == everybody || p->voice[i] == voice) && p->span[side][i].weight > 0
            && p->span[side][i].start < p->span[side][i].end)
            span[count++] = p->span[side][i];
    profile_fill(&out, span, count, scratch);
    return profile_done(out, keep);
}

/* What all that speak of an outage agree on. A voice that is silent about one
 * contradicts nobody; where all are, there is no outage. */
static struct profile agreed(const struct part *p, struct arena *keep)
{
    if (p->voices < 2)
        return profile_side(p, LOW, everybody, keep);
    struct profile low = { 0 };
    for (size_t v = 0; v < p->voices; v++) {
        struct profile silent = profile_silence(p->high, profile_side(p, HIGH, v, keep), PPB, keep);
        struct profile own = profile_join(profile_side(p, LOW, v, keep), silent, keep);
        low = v ? profile_meet(low, own, keep) : own;
    }
    return low;
}

/* The union of the stretches that speak of the service and pass. */
static struct profile stretches(const struct stretch *stretch, size_t count, const char *service,
                                bool (*passes)(const struct policy *, const struct stretch *),
                                const struct policy *policy, struct arena *keep)
{
    struct span *span = arena_many(keep, struct span, count + 1);
    size_t spans = 0;
    for (size_t i = 0; i < count; i++)
        if (stretch_covers(&stretch[i], service) && passes(policy, &stretch[i]))
            span[spans++] = (struct span){ stretch[i].start, stretch[i].end, PPB, 0 };
    return profile_of(span, spans, keep);
}

static bool announced_in_time(const struct policy *p, const struct stretch *s)
{
    if (!p->maintenance)
        return false;
    if (s->announced == INSTANT_NONE)
        return p->notice_ms == 0;
    return s->start - s->announced >= p->notice_ms;
}

static bool may_be_excluded(const struct policy *p, const struct stretch *s)
{
    return policy_excludes(p, s->kind);
}

struct profile outage_maintenance(const struct sla_question *q, const char *service,
                                  struct arena *keep)
{
    if (!q->calendar)
        return (struct profile){ 0 };
    struct profile p = stretches(q->calendar->maintenance, q->calendar->maintenances, service,
                                 announced_in_time, q->policy, keep);
    return profile_clip(p, q->period.start, q->period.end, keep);
}

static struct profile part_profile(const struct sla_question *q, const struct part *part,
                                   enum side side, struct arena *keep)
{
    const char *service = part->service;
    struct profile p = side == LOW ? agreed(part, keep) : side == HIGH ? part->high
                     : profile_side(part, side, everybody, keep);
    if (!q->calendar)
        return p;
    if (q->calendar->maintenances)
        p = profile_minus(p, stretches(q->calendar->maintenance, q->calendar->maintenances, service,
                                       announced_in_time, q->policy, keep), keep);
    if (side == LOW && q->calendar->exclusions)
        p = profile_minus(p, stretches(q->calendar->exclusion, q->calendar->exclusions, service,
                                       may_be_excluded, q->policy, keep), keep);
    return p;
}

static struct profile combine(const struct sla_question *q, struct profile a, struct profile b,
                              struct arena *keep)
{
    switch (q->group) {
    case GROUP_NONE: case GROUP_ANY:
        return profile_join(a, b, keep);
    case GROUP_ALL:
        return profile_meet(a, b, keep);
    case GROUP_SHARE:
        return profile_sum(a, b, keep);
    }
    return a;
}

/* The members together; a window of the group itself hits all of them. */
static struct profile group_profile(const struct outage *o, enum side side, struct arena *keep)
{
    const struct sla_question *q = o->q;
    struct profile whole = part_profile(q, &o->part[0], side, keep), members = { 0 };
    int64_t parts = outage_parts(q);
    for (size_t i = 0; q->members[i]; i++) {
        struct profile one = part_profile(q, &o->part[i + 1], side, keep);
        members = i ? combine(q, members, one, keep) : one;
    }
    whole = profile_clip(whole, INT64_MIN, INT64_MAX, keep); /* a copy of our own to weigh */
    for (size_t i = 0; i < whole.count; i++)
        whole.span[i].weight *= parts;
    return profile_join(whole, members, keep);
}

struct outage outage_open(const struct sla_question *q, struct arena *keep)
{
    size_t count = 1;
    while (is_group(q) && q->members[count - 1])
        count++;
    struct part *part = arena_many(keep, struct part, count);
    for (size_t i = 0; i < count; i++) {
        part[i] = part_of(q, i ? q->members[i - 1] : q->service, keep);
        part[i].high = profile_side(&part[i], HIGH, everybody, keep);
    }
    return (struct outage){ q, part };
}

struct profile outage_profile(const struct outage *o, enum side side, struct arena *keep)
{
    const struct sla_question *q = o->q;
    const struct policy *policy = q->policy;
    struct profile p = is_group(q) ? group_profile(o, side, keep)
                                   : part_profile(q, &o->part[0], side, keep);
    if (policy->minimum_ms > 0) /* before the cut: midnight shortens no outage */
        p = profile_without_short(p, policy->minimum_ms, keep);
    p = profile_clip(p, q->period.start, q->period.end, keep);
    if (policy->bucket == BUCKET_TOUCHED)
        p = profile_touched(p, q->period.start, policy->bucket_ms, keep);
    if (policy->bucket == BUCKET_COVERED)
        p = profile_covered(p, q->period.start, policy->bucket_ms, keep);
    return policy->bucket == BUCKET_TOUCHED
         ? profile_clip(p, q->period.start, q->period.end, keep) : p;
}

exact outage_total(const struct sla_question *q, struct profile p)
{
    if (q->policy->bucket == BUCKET_WHOLE)
        return profile_whole(p, q->policy->bucket_ms * outage_parts(q));
    return profile_total(p);
}
