/* outage.c: see outage.h. No floating point in this file. */
#include "record/outage.h"

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

/* The contract's clock starts with the first such tick, however early. A
 * window without one never counts: nobody started the clock. */
static void start_clock(struct span *s, const struct sla_question *q, const struct window *w,
                        enum side side)
{
    static const enum tick_kind wanted[] = {
        [STARTS_TICKET] = TICK_TICKET, [STARTS_DETECTED] = TICK_DETECTED,
        [STARTS_ACKNOWLEDGED] = TICK_ACKNOWLEDGED };
    if (q->policy->starts == STARTS_IMPACT)
        return;
    for (size_t i = 0; i < w->ticks; i++)
        if (w->tick[i].kind == wanted[q->policy->starts]) {
            int64_t at = earliest_use(w->tick[i].edge, side);
            s->start = at > s->start ? at : s->start;
            return;
        }
    s->end = s->start;
}

/* ... and stops with the first one that is not before the window. */
static void stop_clock(struct span *s, const struct sla_question *q, const struct window *w,
                       enum side side)
{
    static const enum tick_kind wanted[] = {
        [STOPS_MITIGATED] = TICK_MITIGATED, [STOPS_RESOLVED] = TICK_RESOLVED };
    if (q->policy->stops == STOPS_UP)
        return;
    for (size_t i = 0; i < w->ticks; i++)
        if (w->tick[i].kind == wanted[q->policy->stops] && w->tick[i].edge.at >= w->start.at) {
            int64_t at = latest_use(w->tick[i].edge, side);
            s->end = at < s->end ? at : s->end;
            return;
        }
}

struct span outage_span(const struct sla_question *q, const struct window *w, enum side side)
{
    enum side edges = q->exactly ? NOMINAL : side;
    struct span s = { .start = earliest_use(w->start, edges), .end = latest_use(w->end, edges) };
    start_clock(&s, q, w, edges);
    stop_clock(&s, q, w, edges);
    if (q->as_of != INSTANT_NONE && s.end > q->as_of)
        s.end = q->as_of;
    return s;
}

/* Runs are one voice: each speaks only while it runs. */
static bool same_voice(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (strncmp(a, "run:", 4) == 0 && strncmp(b, "run:", 4) == 0);
}

/* One service of the question: itself, or a member of the group. */
struct part {
    const struct sla_question *q;
    const char *service;
    const size_t *window; /* indices of those that count */
    size_t windows;
    struct arena *keep;
};

static struct part part_of(const struct sla_question *q, const char *service, struct arena *keep)
{
    size_t *index = arena_many(keep, size_t, q->windows + 1);
    struct part p = { q, service, index, 0, keep };
    for (size_t i = 0; i < q->windows; i++) {
        const struct window *w = &q->window[i];
        if (w->level != IMPACT_NONE && strcmp(w->service, service) == 0
            && policy_counts(q->policy, w->basis))
            index[p.windows++] = i;
    }
    return p;
}

/* The profile of all its windows, or of one voice's. */
static struct profile profile_side(const struct part *p, enum side side, const char *voice)
{
    struct span *span = arena_many(p->keep, struct span, p->windows + 1);
    size_t count = 0;
    for (size_t i = 0; i < p->windows; i++) {
        const struct window *w = &p->q->window[p->window[i]];
        if (voice && !same_voice(w->basis, voice))
            continue;
        struct span s = outage_span(p->q, w, side);
        s.weight = outage_weight(p->q->policy, w, side);
        s.owner = p->window[i];
        if (s.weight > 0 && s.start < s.end)
            span[count++] = s;
    }
    return profile_of(span, count, p->keep);
}

enum { VOICES = 32 };

static size_t voices_of(const struct part *p, const char *voice[VOICES])
{
    size_t voices = 0;
    for (size_t i = 0; i < p->windows; i++) {
        const char *basis = p->q->window[p->window[i]].basis;
        size_t v = 0;
        while (v < voices && !same_voice(voice[v], basis))
            v++;
        if (v == voices && voices < VOICES)
            voice[voices++] = basis;
    }
    return voices;
}

/* `all` without the outages in which this voice said nothing: there its
 * silence is no contradiction, so the others stand. */
static struct profile elsewhere(struct profile all, struct profile voice, struct arena *keep)
{
    struct profile out = { arena_many(keep, struct span, all.count + 1), 0 };
    size_t v = 0;
    for (size_t i = 0, next; i < all.count; i = next) {
        for (next = i + 1; next < all.count && all.span[next].start == all.span[next - 1].end; next++)
            ;
        while (v < voice.count && voice.span[v].end <= all.span[i].start)
            v++;
        if (v < voice.count && voice.span[v].start < all.span[next - 1].end)
            continue;
        out.span[out.count++] = (struct span){ all.span[i].start, all.span[next - 1].end, PPB, 0 };
    }
    return out;
}

/* What all that speak of an outage agree on. */
static struct profile agreed(const struct part *p)
{
    const char *voice[VOICES];
    size_t voices = voices_of(p, voice);
    struct profile low = profile_side(p, LOW, NULL);
    if (voices < 2)
        return low;
    struct profile all = profile_side(p, HIGH, NULL);
    for (size_t v = 0; v < voices; v++) {
        struct profile own = profile_join(profile_side(p, LOW, voice[v]),
                                          elsewhere(all, profile_side(p, HIGH, voice[v]), p->keep),
                                          p->keep);
        low = profile_meet(low, own, p->keep);
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

static struct profile part_profile(const struct sla_question *q, const char *service,
                                   enum side side, struct arena *keep)
{
    struct part part = part_of(q, service, keep);
    struct profile p = side == LOW ? agreed(&part) : profile_side(&part, side, NULL);
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
static struct profile group_profile(const struct sla_question *q, enum side side,
                                    struct arena *keep)
{
    struct profile whole = part_profile(q, q->service, side, keep), members = { 0 };
    int64_t parts = outage_parts(q);
    for (size_t i = 0; q->members[i]; i++) {
        struct profile one = part_profile(q, q->members[i], side, keep);
        members = i ? combine(q, members, one, keep) : one;
    }
    for (size_t i = 0; i < whole.count; i++)
        whole.span[i].weight *= parts;
    return profile_join(whole, members, keep);
}

struct profile outage_profile(const struct sla_question *q, enum side side, struct arena *keep)
{
    const struct policy *policy = q->policy;
    struct profile p = is_group(q) ? group_profile(q, side, keep)
                                   : part_profile(q, q->service, side, keep);
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
