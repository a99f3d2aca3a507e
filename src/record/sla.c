/* sla.c: see sla.h. No floating point in this file. */
#include "record/sla.h"

#include "record/profile.h"

#include <string.h>

const char *const verdict_names[] = { "no", "yes", "uncertain", NULL };

enum side { LOW, NOMINAL, HIGH };

/* What one window weighs under the policy, at least, as it stands, at most. */
struct weights { int64_t side[3]; };

static struct weights weights_of(const struct policy *p, const struct window *w)
{
    static const struct weights whole = { { PPB, PPB, PPB } }, nobody_knows = { { 0, PPB, PPB } };
    switch (w->level) {
    case IMPACT_DOWN:
        return whole;
    case IMPACT_UNKNOWN:
        return nobody_knows;
    case IMPACT_NONE:
        return (struct weights){ { 0, 0, 0 } };
    case IMPACT_DEGRADED:
        break;
    }
    switch (p->weight) {
    case WEIGHT_FULL:
        return whole;
    case WEIGHT_IGNORE:
        return (struct weights){ { 0, 0, 0 } };
    case WEIGHT_FIXED:
        return (struct weights){ { p->weight_ppb, p->weight_ppb, p->weight_ppb } };
    case WEIGHT_SHARE:
        if (w->lost_ppb < 0)
            return nobody_knows;
        return (struct weights){ { w->lost_ppb, w->lost_ppb, w->lost_ppb } };
    }
    return whole;
}

/* The window as short, as stated, or as long as its edges allow. */
static struct span span_of(const struct window *w, enum side side, bool exactly, int64_t until)
{
    struct span s = { .start = w->start.at, .end = w->end.at };
    if (!exactly && side == LOW) {
        s.start += w->start.late_ms;
        s.end -= w->end.early_ms;
    } else if (!exactly && side == HIGH) {
        s.start -= w->start.early_ms;
        s.end += w->end.late_ms;
    }
    if (s.end > until)
        s.end = until;
    return s;
}

/* The computation as it goes. */
struct work {
    const struct policy *policy;
    struct period period;
    bool exactly;
    int64_t until;                 /* nothing counts after it */
    struct arena *keep;
    const struct window *const *window; /* of the service, whose basis counts */
    struct sla_window *const *row; /* of each in the result; NULL: it lies outside */
    size_t windows;
};

/* Runs are one voice: each speaks only while it runs. */
static bool same_voice(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (strncmp(a, "run:", 4) == 0 && strncmp(b, "run:", 4) == 0);
}

/* The profile of all windows, or of one voice's. */
static struct profile profile_side(const struct work *k, enum side side, const char *voice)
{
    struct span *span = arena_many(k->keep, struct span, k->windows + 1);
    size_t count = 0;
    for (size_t i = 0; i < k->windows; i++) {
        const struct window *w = k->window[i];
        if (voice && !same_voice(w->basis, voice))
            continue;
        struct span s = span_of(w, side, k->exactly, k->until);
        s.weight = w->disputed && side == LOW ? 0 : weights_of(k->policy, w).side[side];
        s.owner = i;
        if (s.weight > 0 && s.start < s.end)
            span[count++] = s;
    }
    return profile_of(span, count, k->keep);
}

enum { VOICES = 32 };

static size_t voices_of(const struct work *k, const char *voice[VOICES])
{
    size_t voices = 0;
    for (size_t i = 0; i < k->windows; i++) {
        size_t v = 0;
        while (v < voices && !same_voice(voice[v], k->window[i]->basis))
            v++;
        if (v == voices && voices < VOICES)
            voice[voices++] = k->window[i]->basis;
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
static struct profile agreed(const struct work *k)
{
    const char *voice[VOICES];
    size_t voices = voices_of(k, voice);
    struct profile low = profile_side(k, LOW, NULL);
    if (voices < 2)
        return low;
    struct profile all = profile_side(k, HIGH, NULL);
    for (size_t v = 0; v < voices; v++) {
        struct profile high = profile_side(k, HIGH, voice[v]);
        struct profile own = profile_join(profile_side(k, LOW, voice[v]),
                                          elsewhere(all, high, k->keep), k->keep);
        low = profile_meet(low, own, k->keep);
    }
    return low;
}

/* From what happened to what the contract counts of it. */
static struct profile counted(const struct work *k, enum side side)
{
    struct profile p = side == LOW ? agreed(k) : profile_side(k, side, NULL);
    if (k->policy->minimum_ms > 0) /* before the cut: midnight shortens no outage */
        p = profile_without_short(p, k->policy->minimum_ms, k->keep);
    return profile_clip(p, k->period.start, k->period.end, k->keep);
}

/* Figures from here on: d is downtime in ms x ppb, exact. */
static int64_t cut(exact d)
{
    return (int64_t)(d / PPB);
}

static exact allowance(const struct sla_result *r)
{
    return (exact)(r->period.end - r->period.start) * (PPB - r->policy->target_ppb);
}

static int64_t availability(const struct sla_result *r, exact d)
{
    int64_t length = r->period.end - r->period.start;
    exact up = (exact)length * PPB - d;
    return length > 0 && up > 0 ? (int64_t)(up / length) : 0;
}

/* credit_ppb an hour on `hours` = excess / (PPB * HOUR_MS), in three ways. */
static int64_t hourly(const struct policy *p, exact excess, enum credit_rule rule)
{
    exact hour = (exact)PPB * HOUR_MS;
    exact hours = rule == CREDIT_STARTED ? (excess + hour - 1) / hour : excess / hour;
    exact credit = rule == CREDIT_PRO_RATA ? excess * p->credit_ppb / hour : hours * p->credit_ppb;
    return credit > (exact)1000 * PPB ? 1000 * PPB : (int64_t)credit;
}

static int64_t tiered(const struct sla_result *r, exact d)
{
    exact length = r->period.end - r->period.start, up = length * PPB - d;
    int64_t credit = 0;
    for (size_t i = 0; i < r->policy->tiers; i++)
        if (up < length * r->policy->tier[i].below_ppb)
            credit = r->policy->tier[i].credit_ppb;
    return credit;
}

static int64_t capped(const struct policy *p, int64_t credit)
{
    return p->cap_ppb && credit > p->cap_ppb ? p->cap_ppb : credit;
}

static int64_t credit_by(const struct sla_result *r, exact d, enum credit_rule rule)
{
    exact excess = d - allowance(r);
    switch (rule) {
    case CREDIT_NONE:
        return 0;
    case CREDIT_TIERS:
        return capped(r->policy, tiered(r, d));
    case CREDIT_PRO_RATA: case CREDIT_STARTED: case CREDIT_COMPLETED:
        return excess > 0 ? capped(r->policy, hourly(r->policy, excess, rule)) : 0;
    }
    return 0;
}

static struct range credit_range(const struct sla_result *r, const exact d[3], enum credit_rule rule)
{
    return (struct range){ credit_by(r, d[LOW], rule), credit_by(r, d[NOMINAL], rule),
                           credit_by(r, d[HIGH], rule) };
}

static int64_t excess_of(const struct sla_result *r, exact d)
{
    exact excess = d - allowance(r);
    return excess > 0 ? cut(excess) : 0;
}

static void figures(struct sla_result *r, const exact d[3])
{
    exact allowed = allowance(r);
    r->downtime_ms = (struct range){ cut(d[LOW]), cut(d[NOMINAL]), cut(d[HIGH] + PPB - 1) };
    r->allowed_ms = cut(allowed);
    r->excess_ms = (struct range){ excess_of(r, d[LOW]), excess_of(r, d[NOMINAL]),
                                   excess_of(r, d[HIGH]) };
    r->availability_ppb = (struct range){ availability(r, d[HIGH]), availability(r, d[NOMINAL]),
                                          availability(r, d[LOW]) };
    r->breach = d[LOW] > allowed ? VERDICT_YES : d[HIGH] > allowed ? VERDICT_UNCERTAIN : VERDICT_NO;
    r->left_ms = d[NOMINAL] < allowed ? cut(allowed - d[NOMINAL]) : 0;
    r->pro_rata_ppb = credit_range(r, d, CREDIT_PRO_RATA);
    r->started_ppb = credit_range(r, d, CREDIT_STARTED);
    r->completed_ppb = credit_range(r, d, CREDIT_COMPLETED);
    r->credit_ppb = credit_range(r, d, r->policy->credit);
}

/* Doubt goes where the contract sends it, until a person decides. */
static void decide(struct sla_result *r)
{
    r->decided = r->breach;
    r->decided_by = "record";
    if (r->breach != VERDICT_UNCERTAIN || r->policy->uncertain == UNCERTAIN_ASK)
        return;
    r->decided = r->policy->uncertain == UNCERTAIN_CUSTOMER ? VERDICT_YES : VERDICT_NO;
    r->decided_by = "policy";
}

void sla_settle(struct sla_result *r, const char *breach, const char *because)
{
    r->settled = breach;
    r->settled_because = because ? because : "";
    r->decided = strcmp(breach, "yes") == 0 ? VERDICT_YES : VERDICT_NO;
    r->decided_by = "person";
}

/* How heavily an open window weighs at as-of; 0 when none is open. */
static int64_t open_weight(const struct work *k)
{
    int64_t heaviest = 0;
    for (size_t i = 0; i < k->windows; i++) {
        const struct window *w = k->window[i];
        int64_t weight = weights_of(k->policy, w).side[NOMINAL];
        if (w->open && w->start.at < k->period.end && weight > heaviest)
            heaviest = weight;
    }
    return heaviest;
}

static void look_ahead(struct sla_result *r, const struct work *k, exact nominal)
{
    int64_t weight = open_weight(k);
    exact left = allowance(r) - nominal;
    r->breach_at = INSTANT_NONE;
    r->open = weight > 0 && k->until < k->period.end;
    if (!r->open || left < 0 || r->as_of == INSTANT_NONE)
        return;
    exact at = r->as_of + left / weight;
    if (at < r->period.end)
        r->breach_at = (int64_t)at;
}

/* Does it reach into the period, as long as its edges allow? */
static bool reaches_in(const struct work *k, const struct window *w)
{
    struct span widest = span_of(w, HIGH, false, k->until);
    return widest.end >= k->period.start && widest.start < k->period.end
        && widest.start <= widest.end;
}

static struct sla_window row_of(const struct work *k, const struct window *w)
{
    struct span s = span_of(w, NOMINAL, true, k->until);
    struct sla_window row = { .window = w, .counts = policy_counts(k->policy, w->basis) };
    row.start = s.start > k->period.start ? s.start : k->period.start;
    row.end = s.end < k->period.end ? s.end : k->period.end;
    if (row.end < row.start)
        row.end = row.start;
    return row;
}

/* Lists every window of the service that reaches into the period, counted or
 * not. The computation also takes those before it: an outage that began
 * earlier has its length from them. */
static void list_windows(struct sla_result *r, struct work *k, const struct window *window,
                         size_t windows)
{
    struct sla_window *list = arena_many(k->keep, struct sla_window, windows + 1);
    const struct window **counts = arena_many(k->keep, const struct window *, windows + 1);
    struct sla_window **listed = arena_many(k->keep, struct sla_window *, windows + 1);
    for (size_t i = 0; i < windows; i++) {
        const struct window *w = &window[i];
        if (strcmp(w->service, r->service) || w->level == IMPACT_NONE)
            continue;
        struct sla_window *row = NULL;
        if (reaches_in(k, w)) {
            row = &list[r->windows++];
            *row = row_of(k, w);
        }
        if (policy_counts(r->policy, w->basis)) {
            listed[k->windows] = row;
            counts[k->windows++] = w;
        }
    }
    k->window = counts;
    k->row = listed;
    r->window = list;
}

/* Each window's share of the nominal downtime: where two overlap, the heavier's. */
static void share_out(const struct work *k, struct profile nominal)
{
    exact *share = arena_many(k->keep, exact, k->windows + 1);
    for (size_t i = 0; i < nominal.count; i++)
        share[nominal.span[i].owner] +=
            (exact)(nominal.span[i].end - nominal.span[i].start) * nominal.span[i].weight;
    for (size_t i = 0; i < k->windows; i++)
        if (k->row[i])
            k->row[i]->counted_ms = cut(share[i]);
}

void sla_compute(struct sla_result *out, const char *service, const struct policy *policy,
                 struct period period, const struct window *window, size_t windows,
                 bool exactly, int64_t as_of, struct arena *keep)
{
    *out = (struct sla_result){ .service = service, .policy = policy, .period = period,
                                .as_of = as_of, .breach_at = INSTANT_NONE };
    struct work k = { .policy = policy, .period = period, .exactly = exactly,
                      .until = as_of == INSTANT_NONE ? INT64_MAX : as_of, .keep = keep };
    list_windows(out, &k, window, windows);
    exact d[3];
    for (int side = LOW; side <= HIGH; side++) {
        struct profile p = counted(&k, (enum side)side);
        d[side] = profile_total(p);
        if (side == NOMINAL)
            share_out(&k, p);
    }
    figures(out, d);
    decide(out);
    look_ahead(out, &k, d[NOMINAL]);
}
