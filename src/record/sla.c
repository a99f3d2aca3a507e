/* sla.c: see sla.h. No floating point in this file. */
#include "record/sla.h"

#include "record/outage.h"

#include <stdlib.h>
#include <string.h>

const char *const verdict_names[] = { "no", "yes", "uncertain", NULL };

/* Downtimes here are in ms x ppb x parts, exact; d[LOW], d[NOMINAL], d[HIGH]. */
static exact unit_of(const struct sla_result *r)
{
    return (exact)PPB * r->parts;
}

static int64_t cut(const struct sla_result *r, exact d)
{
    return (int64_t)(d / unit_of(r));
}

static exact allowance(const struct sla_result *r)
{
    return (exact)r->denominator_ms * (PPB - r->policy->target_ppb) * r->parts;
}

static int64_t availability(const struct sla_result *r, exact d)
{
    exact length = (exact)r->denominator_ms * r->parts, up = length * PPB - d;
    return length > 0 && up > 0 ? (int64_t)(up / length) : length > 0 ? 0 : PPB;
}

/* credit_ppb an hour on the excess, in three ways. */
static int64_t hourly(const struct sla_result *r, exact excess, enum credit_rule rule)
{
    exact hour = unit_of(r) * HOUR_MS;
    exact hours = rule == CREDIT_STARTED ? (excess + hour - 1) / hour : excess / hour;
    exact credit = rule == CREDIT_PRO_RATA ? excess * r->policy->credit_ppb / hour
                                           : hours * r->policy->credit_ppb;
    return credit > (exact)1000 * PPB ? 1000 * PPB : (int64_t)credit;
}

static int64_t tiered(const struct sla_result *r, exact d)
{
    exact length = (exact)r->denominator_ms * r->parts, up = length * PPB - d;
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
        return excess > 0 ? capped(r->policy, hourly(r, excess, rule)) : 0;
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
    return excess > 0 ? cut(r, excess) : 0;
}

static enum verdict verdict_of(const exact d[3], exact allowed)
{
    return d[LOW] > allowed ? VERDICT_YES : d[HIGH] > allowed ? VERDICT_UNCERTAIN : VERDICT_NO;
}

static void figures(struct sla_result *r, const exact d[3])
{
    exact allowed = allowance(r);
    r->downtime_ms = (struct range){ cut(r, d[LOW]), cut(r, d[NOMINAL]),
                                     cut(r, d[HIGH] + unit_of(r) - 1) };
    r->allowed_ms = cut(r, allowed);
    r->excess_ms = (struct range){ excess_of(r, d[LOW]), excess_of(r, d[NOMINAL]),
                                   excess_of(r, d[HIGH]) };
    r->availability_ppb = (struct range){ availability(r, d[HIGH]), availability(r, d[NOMINAL]),
                                          availability(r, d[LOW]) };
    r->breach = verdict_of(d, allowed);
    r->left_ms = d[NOMINAL] < allowed ? cut(r, allowed - d[NOMINAL]) : 0;
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

/* Is some window of it open, that counts at all? */
static bool is_open(const struct sla_question *q)
{
    for (size_t i = 0; i < q->windows; i++) {
        const struct window *w = &q->window[i];
        if (w->open && outage_concerns(q, w) && policy_counts(q->policy, w->basis)
            && outage_weight(q->policy, w, NOMINAL) > 0 && w->start.at < q->period.end)
            return true;
    }
    return false;
}

/* The downtime as stated, did all that is open go on until then. */
static exact downtime_until(const struct sla_question *q, struct window *window, int64_t then,
                            struct arena scratch)
{
    struct sla_question later = *q;
    for (size_t i = 0; i < q->windows; i++)
        if (window[i].open)
            window[i].end.at = then;
    later.window = window;
    later.as_of = then;
    struct outage outage = outage_open(&later, &scratch);
    return outage_total(&later, outage_profile(&outage, NOMINAL, &scratch));
}

/* Halves the rest of the period until the moment is found at which the budget
 * is used up: no clause of a contract is so odd that this does not see it. */
static int64_t breach_moment(const struct sla_result *r, const struct sla_question *q,
                             struct arena scratch)
{
    struct window *window = arena_many(&scratch, struct window, q->windows + 1);
    int64_t within = q->as_of, beyond = q->period.end; /* allowed here, and not there */
    exact allowed = allowance(r);
    memcpy(window, q->window, q->windows * sizeof *window);
    if (downtime_until(q, window, beyond, scratch) <= allowed)
        return INSTANT_NONE;
    while (beyond - within > 1) {
        int64_t middle = within + (beyond - within) / 2;
        if (downtime_until(q, window, middle, scratch) <= allowed)
            within = middle;
        else
            beyond = middle;
    }
    return q->policy->minimum_ms > 0 ? beyond : within; /* an outage becomes long enough at once */
}

static void look_ahead(struct sla_result *r, const struct sla_question *q, exact nominal,
                       struct arena scratch)
{
    r->open = q->as_of != INSTANT_NONE && q->as_of < q->period.end && is_open(q);
    if (r->open && nominal <= allowance(r))
        r->breach_at = breach_moment(r, q, scratch);
}

/* Does it reach into the period, as far as its edges allow? */
static bool reaches_in(const struct sla_question *q, const struct window *w)
{
    int64_t start = w->start.at - w->start.early_ms, end = w->end.at + w->end.late_ms;
    if (q->as_of != INSTANT_NONE && end > q->as_of)
        end = q->as_of;
    return end >= q->period.start && start < q->period.end && start <= end;
}

static struct sla_window row_of(const struct sla_question *q, const struct window *w)
{
    struct sla_window row = { .window = w, .counts = policy_counts(q->policy, w->basis),
                              .start = w->start.at, .end = w->end.at };
    if (q->as_of != INSTANT_NONE && row.end > q->as_of)
        row.end = q->as_of;
    row.start = row.start > q->period.start ? row.start : q->period.start;
    row.end = row.end < q->period.end ? row.end : q->period.end;
    if (row.end < row.start)
        row.end = row.start;
    return row;
}

static int by_start(const void *a, const void *b)
{
    const struct sla_window *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return strcmp(x->window->service, y->window->service);
}

/* Every window that reaches into the period, counted or not, with its share of
 * the nominal downtime: where two overlap, the heavier's. */
static void list_windows(struct sla_result *r, const struct sla_question *q, exact *share,
                         struct profile nominal, struct sla_window *list)
{
    for (size_t i = 0; i < nominal.count; i++)
        share[nominal.span[i].owner] +=
            (exact)(nominal.span[i].end - nominal.span[i].start) * nominal.span[i].weight;
    for (size_t i = 0; i < q->windows; i++) {
        const struct window *w = &q->window[i];
        if (!outage_concerns(q, w) || !reaches_in(q, w))
            continue;
        list[r->windows] = row_of(q, w);
        list[r->windows++].counted_ms = cut(r, share[i]);
    }
    for (size_t i = 1; i < r->windows; i++)
        if (by_start(&list[i - 1], &list[i]) > 0) {
            qsort(list, r->windows, sizeof *list, by_start);
            break;
        }
    r->window = list;
}

/* Exclusions that somebody claims and that meet a window. */
static void flag_exclusions(struct sla_result *r, const struct sla_question *q, struct arena *keep)
{
    size_t count = q->calendar ? q->calendar->exclusions : 0;
    struct sla_flag *flag = arena_many(keep, struct sla_flag, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct stretch *s = &q->calendar->exclusion[i];
        bool meets = false;
        for (size_t k = 0; k < r->windows && !meets; k++) {
            const struct window *w = r->window[k].window;
            struct span widest = outage_span(q, w, HIGH);
            meets = stretch_covers(s, w->service) && widest.start < s->end && widest.end > s->start;
        }
        if (!meets || s->start >= q->period.end || s->end <= q->period.start)
            continue;
        flag[r->flags++] = (struct sla_flag){
            s, s->start > q->period.start ? s->start : q->period.start,
            s->end < q->period.end ? s->end : q->period.end, policy_excludes(q->policy, s->kind) };
    }
    r->flag = flag;
}

static void set_terms(struct sla_result *r, const struct sla_question *q, struct arena *keep)
{
    struct profile maintenance = outage_maintenance(q, q->service, keep);
    r->parts = outage_parts(q);
    r->maintenance_ms = (int64_t)(profile_total(maintenance) / PPB);
    r->denominator_ms = q->period.end - q->period.start;
    if (q->policy->reduced)
        r->denominator_ms -= r->maintenance_ms;
    r->claim_until = INSTANT_NONE;
    if (q->policy->claim_days) {
        struct civil last = civil_at(q->policy->zone, q->period.end - 1);
        struct civil until = civil_at("UTC", (civil_days(last.year, last.month, last.day)
                                              + q->policy->claim_days + 1) * DAY_MS);
        r->claim_until = zone_day_start(q->policy->zone, until.year, until.month, until.day);
    }
}

void sla_answer(struct sla_result *out, const struct sla_question *q, struct arena *keep)
{
    *out = (struct sla_result){ .service = q->service, .policy = q->policy, .period = q->period,
                                .as_of = q->as_of, .breach_at = INSTANT_NONE };
    exact d[3];
    set_terms(out, q, keep);
    struct sla_window *list = arena_many(keep, struct sla_window, q->windows + 1);
    exact *share = arena_many(keep, exact, q->windows + 1);
    struct arena open = *keep;
    struct outage outage = outage_open(q, &open);
    for (int side = LOW; side <= HIGH; side++) {
        struct arena scratch = open;
        struct profile p = outage_profile(&outage, (enum side)side, &scratch);
        d[side] = outage_total(q, p);
        if (side == NOMINAL)
            list_windows(out, q, share, p, list);
    }
    flag_exclusions(out, q, keep);
    figures(out, d);
    decide(out);
    look_ahead(out, q, d[NOMINAL], *keep);
}

enum verdict sla_verdict(const struct sla_question *q, struct range *downtime_ms,
                         struct arena scratch)
{
    struct sla_result r = { .policy = q->policy, .period = q->period };
    exact d[3];
    set_terms(&r, q, &scratch);
    struct outage outage = outage_open(q, &scratch);
    for (int side = LOW; side <= HIGH; side++) {
        struct arena again = scratch;
        d[side] = outage_total(q, outage_profile(&outage, (enum side)side, &again));
    }
    if (downtime_ms)
        *downtime_ms = (struct range){ cut(&r, d[LOW]), cut(&r, d[NOMINAL]),
                                       cut(&r, d[HIGH] + unit_of(&r) - 1) };
    return verdict_of(d, allowance(&r));
}

void sla_compute(struct sla_result *out, const char *service, const struct policy *policy,
                 struct period period, const struct window *window, size_t windows,
                 bool exactly, int64_t as_of, struct arena *keep)
{
    struct sla_question q = { .service = service, .policy = policy, .period = period,
                              .window = window, .windows = windows, .exactly = exactly,
                              .as_of = as_of };
    sla_answer(out, &q, keep);
}
