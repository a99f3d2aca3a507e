/* naive.h: the SLA once more, as slowly and as plainly as it can be said.
 *
 * An oracle for record/sla.c that shares no line with it: time is cut into
 * cells, every cell is asked on its own whether and how badly the service
 * suffered in it, and figures are fractions of 128-bit integers. The random
 * cases (naive_case.h) keep every edge on the grid of the cells.
 */
#ifndef TESTS_RECORD_NAIVE_H
#define TESTS_RECORD_NAIVE_H

#include "record/naive_case.h"

/* ---- the oracle ---- */

enum { AT_LEAST, STATED, AT_MOST };

static int64_t lower(struct edge e) { return e.at - e.early_ms; }
static int64_t upper(struct edge e) { return e.at + e.late_ms; }

/* Does the window surely, as stated, or possibly hold the instant t? */
static bool holds(const struct naive_case *c, const struct window *w, int side, int64_t t)
{
    if (c->q.exactly)
        side = STATED;
    int64_t from = side == AT_LEAST ? upper(w->start) : side == AT_MOST ? lower(w->start) : w->start.at;
    int64_t to = side == AT_LEAST ? lower(w->end) : side == AT_MOST ? upper(w->end) : w->end.at;
    if (t < from || t >= to || (c->q.as_of != INSTANT_NONE && t >= c->q.as_of))
        return false;
    if (c->policy.starts != STARTS_IMPACT) {
        int kind = c->policy.starts == STARTS_TICKET ? TICK_TICKET
                 : c->policy.starts == STARTS_DETECTED ? TICK_DETECTED : TICK_ACKNOWLEDGED;
        int i = 0;
        while (i < TICKS && (int)c->tick[i].kind != kind)
            i++;
        if (i == TICKS)
            return false;
        struct edge e = c->tick[i].edge;
        if (t < (side == AT_LEAST ? upper(e) : side == AT_MOST ? lower(e) : e.at))
            return false;
    }
    if (c->policy.stops != STOPS_UP) {
        int kind = c->policy.stops == STOPS_MITIGATED ? TICK_MITIGATED : TICK_RESOLVED;
        for (int i = 0; i < TICKS; i++)
            if ((int)c->tick[i].kind == kind && c->tick[i].edge.at >= w->start.at) {
                struct edge e = c->tick[i].edge;
                return t < (side == AT_LEAST ? lower(e) : side == AT_MOST ? upper(e) : e.at);
            }
    }
    return true;
}

static int64_t heaviness(const struct naive_case *c, const struct window *w, int side)
{
    bool least = side == AT_LEAST;
    if (w->level == IMPACT_NONE || (w->disputed && least))
        return 0;
    if (w->level == IMPACT_DOWN)
        return 1000000000;
    if (w->level == IMPACT_UNKNOWN)
        return least ? 0 : 1000000000;
    if (c->policy.weight == WEIGHT_FULL)
        return 1000000000;
    if (c->policy.weight == WEIGHT_IGNORE)
        return 0;
    if (c->policy.weight == WEIGHT_FIXED)
        return c->policy.weight_ppb;
    return w->lost_ppb < 0 ? (least ? 0 : 1000000000) : w->lost_ppb;
}

static int voice_of(const struct window *w)
{
    return !strcmp(w->basis, "person") ? 0 : !strcmp(w->basis, "probe:a") ? 1
         : !strcmp(w->basis, "probe:b") ? 2 : 3;
}

static bool basis_counts(const struct naive_case *c, const struct window *w)
{
    return !c->policy.bases || voice_of(w) < 3;
}

static bool speaks_of(const struct stretch *s, const char *service)
{
    return !s->services || !strcmp(s->services[0], service);
}

static bool accepted(const struct naive_case *c, const struct stretch *s)
{
    if (!c->policy.maintenance)
        return false;
    return s->announced == INSTANT_NONE ? c->policy.notice_ms == 0
                                        : s->start >= s->announced + c->policy.notice_ms;
}

/* The heaviest window of one voice (or of any: -1) in each cell. */
static void voice_cells(const struct naive_case *c, const char *service, int voice, int side,
                        int64_t out[CELLS])
{
    for (int k = 0; k < CELLS; k++) {
        out[k] = 0;
        for (size_t i = 0; i < c->q.windows; i++) {
            const struct window *w = &c->window[i];
            if (strcmp(w->service, service) || !basis_counts(c, w)
                || (voice >= 0 && voice_of(w) != voice)
                || !holds(c, w, side, c->origin + k * c->cell))
                continue;
            int64_t h = heaviness(c, w, side);
            out[k] = h > out[k] ? h : out[k];
        }
    }
}

/* In each outage (cells in a row in which anybody says anything), those that
 * speak of it at all have to agree. */
static void agree(const struct naive_case *c, const char *service, int64_t out[CELLS])
{
    int64_t any[CELLS], least[4][CELLS], most[4][CELLS];
    voice_cells(c, service, -1, AT_MOST, any);
    for (int v = 0; v < 4; v++) {
        voice_cells(c, service, v, AT_LEAST, least[v]);
        voice_cells(c, service, v, AT_MOST, most[v]);
    }
    for (int from = 0, to; from < CELLS; from = to + 1) {
        for (to = from; to < CELLS && any[to] > 0; to++)
            ;
        for (int k = from; k < to; k++) {
            int64_t agreed = -1;
            for (int v = 0; v < 4; v++) {
                bool speaks = false;
                for (int i = from; i < to; i++)
                    speaks = speaks || most[v][i] > 0;
                if (speaks && (agreed < 0 || least[v][k] < agreed))
                    agreed = least[v][k];
            }
            out[k] = agreed < 0 ? 0 : agreed;
        }
        if (to < CELLS)
            out[to] = 0;
    }
}

static void service_cells(const struct naive_case *c, const char *service, int side,
                          int64_t out[CELLS])
{
    if (side == AT_LEAST)
        agree(c, service, out);
    else
        voice_cells(c, service, -1, side, out);
    for (int k = 0; k < CELLS && c->q.calendar; k++) {
        int64_t t = c->origin + k * c->cell;
        for (size_t i = 0; i < c->calendar.maintenances; i++)
            if (speaks_of(&c->maintenance[i], service) && accepted(c, &c->maintenance[i])
                && t >= c->maintenance[i].start && t < c->maintenance[i].end)
                out[k] = 0;
        for (size_t i = 0; side == AT_LEAST && i < c->calendar.exclusions; i++)
            if (c->policy.exclusions && !strcmp(c->exclusion[i].kind, "force-majeure")
                && t >= c->exclusion[i].start && t < c->exclusion[i].end)
                out[k] = 0;
    }
}

static int64_t naive_parts(const struct naive_case *c)
{
    return c->q.group == GROUP_SHARE ? MEMBERS : 1;
}

static void group_cells(const struct naive_case *c, int side, int64_t out[CELLS])
{
    int64_t member[MEMBERS][CELLS], own[CELLS];
    service_cells(c, "s", side, own);
    for (int m = 0; m < MEMBERS; m++)
        service_cells(c, c->q.members[m], side, member[m]);
    for (int k = 0; k < CELLS; k++) {
        int64_t a = member[0][k], b = member[1][k], d = member[2][k];
        int64_t most = a > b ? a : b, least = a < b ? a : b;
        most = d > most ? d : most;
        least = d < least ? d : least;
        int64_t together = c->q.group == GROUP_ANY ? most : c->q.group == GROUP_ALL ? least : a + b + d;
        int64_t alone = own[k] * naive_parts(c);
        out[k] = alone > together ? alone : together;
    }
}

static void drop_short(const struct naive_case *c, int64_t cell[CELLS])
{
    for (int from = 0, to; from < CELLS; from = to + 1) {
        for (to = from; to < CELLS && cell[to] > 0; to++)
            ;
        if ((to - from) * c->cell < c->policy.minimum_ms)
            for (int k = from; k < to; k++)
                cell[k] = 0;
    }
}

/* The number of the interval that the cell lies in, counted from the period's start. */
static int64_t bucket_of(const struct naive_case *c, int k)
{
    return (c->origin + k * c->cell - c->q.period.start) / c->policy.bucket_ms;
}

static bool within(const struct naive_case *c, int64_t t)
{
    return t >= c->q.period.start && t < c->q.period.end;
}

/* Every cell of each interval, asked; cells outside of our grid weigh nothing. */
static whole bucket_total(const struct naive_case *c, const int64_t cell[CELLS])
{
    whole total = 0;
    for (int k = 0; k < CELLS; k++) {
        if (!within(c, c->origin + k * c->cell) || (k && within(c, c->origin + (k - 1) * c->cell)
                                                    && bucket_of(c, k - 1) == bucket_of(c, k)))
            continue; /* not the first of our cells in its interval */
        int64_t from = c->q.period.start + bucket_of(c, k) * c->policy.bucket_ms;
        int64_t to = from + c->policy.bucket_ms, heaviest = 0, lightest = INT64_MAX, cut;
        for (int64_t t = from; t < to; t += c->cell) {
            int64_t i = (t - c->origin) / c->cell;
            int64_t h = t >= c->origin && i < CELLS && t < c->q.period.end ? cell[i] : 0;
            heaviest = h > heaviest ? h : heaviest;
            lightest = h < lightest ? h : lightest;
        }
        cut = to < c->q.period.end ? to : c->q.period.end;
        total += (whole)(c->policy.bucket == BUCKET_TOUCHED ? heaviest : lightest) * (cut - from);
    }
    return total;
}

static whole naive_downtime(const struct naive_case *c, int side)
{
    int64_t cell[CELLS];
    whole total = 0, outage = 0;
    if (c->q.group == GROUP_NONE)
        service_cells(c, "s", side, cell);
    else
        group_cells(c, side, cell);
    drop_short(c, cell);
    for (int k = 0; k < CELLS; k++)
        if (!within(c, c->origin + k * c->cell))
            cell[k] = 0;
    if (c->policy.bucket == BUCKET_TOUCHED || c->policy.bucket == BUCKET_COVERED)
        return bucket_total(c, cell);
    whole unit = c->policy.bucket == BUCKET_WHOLE
               ? (whole)c->policy.bucket_ms * 1000000000 * naive_parts(c) : 1;
    for (int k = 0; k <= CELLS; k++) {
        if (k < CELLS && cell[k] > 0) {
            outage += (whole)cell[k] * c->cell;
            continue;
        }
        total += outage - outage % unit;
        outage = 0;
    }
    return total;
}

static int64_t naive_denominator(const struct naive_case *c)
{
    int64_t length = month_of[c->zone][c->month].end - month_of[c->zone][c->month].start;
    if (!c->policy.reduced || !c->q.calendar)
        return length;
    int64_t taken = 0;
    for (int k = 0; k < CELLS; k++) {
        int64_t t = c->origin + k * c->cell;
        bool in = false;
        for (size_t i = 0; i < c->calendar.maintenances; i++)
            in = in || (speaks_of(&c->maintenance[i], "s") && accepted(c, &c->maintenance[i])
                        && t >= c->maintenance[i].start && t < c->maintenance[i].end);
        taken += in && within(c, t) ? c->cell : 0;
    }
    return length - taken;
}

/* ---- the comparison ---- */

static int64_t naive_credit(const struct naive_case *c, whole down, int64_t denominator,
                            enum credit_rule rule)
{
    const struct policy *p = &c->policy;
    whole one = (whole)1000000000 * naive_parts(c);
    whole excess = down - (whole)denominator * naive_parts(c) * (1000000000 - p->target_ppb);
    whole credit = 0, hour = one * 3600000;
    if (rule == CREDIT_TIERS) {
        for (size_t i = 0; i < p->tiers; i++) /* up / all < below, in products */
            if ((denominator * one - down) * 1000000000 < p->tier[i].below_ppb * (denominator * one))
                credit = p->tier[i].credit_ppb;
    } else if (rule != CREDIT_NONE && excess > 0) {
        whole hours = rule == CREDIT_STARTED ? (excess % hour ? excess / hour + 1 : excess / hour)
                                             : excess / hour;
        credit = rule == CREDIT_PRO_RATA ? excess * p->credit_ppb / hour : hours * p->credit_ppb;
    }
    return (int64_t)(p->cap_ppb && credit > p->cap_ppb ? p->cap_ppb : credit);
}

#define same(what, found, expected, seed)                                                    \
    do {                                                                                     \
        int64_t found_ = (found), expected_ = (expected);                                    \
        if (found_ != expected_)                                                             \
            fail_msg("case %llu: %s is %lld, and naively %lld", (unsigned long long)(seed),  \
                     what, (long long)found_, (long long)expected_);                         \
    } while (0)

/* The nominal downtime, did every open window go on until that cell. */
static whole downtime_until_cell(const struct naive_case *c, int64_t cell)
{
    static struct naive_case later;
    later = *c;
    later.q.as_of = c->origin + cell * c->cell;
    later.q.window = later.window;
    later.q.policy = &later.policy;
    later.q.calendar = c->q.calendar ? &later.calendar : NULL;
    later.calendar.maintenance = later.maintenance;
    later.calendar.exclusion = later.exclusion;
    for (size_t i = 0; i < later.q.windows; i++) {
        later.window[i].tick = later.tick;
        if (later.window[i].open)
            later.window[i].end.at = later.q.as_of;
    }
    return naive_downtime(&later, STATED);
}

/* Around the moment of the breach: still allowed in the cell's edge before it,
 * and no more at the one behind it. */
static void breach_agrees(const struct naive_case *c, const struct sla_result *r, whole allowed,
                          uint64_t seed)
{
    if (r->breach_at == INSTANT_NONE)
        return;
    int64_t before = (r->breach_at - c->origin) / c->cell;
    if (before < 0 || before + 2 >= CELLS || !within(c, c->origin + (before + 1) * c->cell))
        return; /* beyond our grid */
    int64_t exactly_at = c->policy.minimum_ms > 0 && c->origin + before * c->cell == r->breach_at;
    same("allowed before the breach", downtime_until_cell(c, before - exactly_at) <= allowed, 1, seed);
    same("beyond behind the breach", downtime_until_cell(c, before + 1) > allowed, 1, seed);
}

static void naive_case_agrees(uint64_t seed)
{
    static struct naive_case c;
    struct arena scratch = *test_keep();
    struct sla_result r;
    random_case(&c, seed);
    same("the month's start", c.q.period.start, month_of[c.zone][c.month].start, seed);
    same("the month's end", c.q.period.end, month_of[c.zone][c.month].end, seed);
    sla_answer(&r, &c.q, &scratch);
    whole down[3], one = (whole)1000000000 * naive_parts(&c);
    for (int side = AT_LEAST; side <= AT_MOST; side++)
        down[side] = naive_downtime(&c, side);
    int64_t denominator = naive_denominator(&c);
    whole allowed = (whole)denominator * naive_parts(&c) * (1000000000 - c.policy.target_ppb);
    same("low", r.downtime_ms.low, (int64_t)(down[0] / one), seed);
    same("nominal", r.downtime_ms.nominal, (int64_t)(down[1] / one), seed);
    same("high", r.downtime_ms.high, (int64_t)(down[2] / one + (down[2] % one != 0)), seed);
    same("denominator", r.denominator_ms, denominator, seed);
    same("allowed", r.allowed_ms, (int64_t)(allowed / one), seed);
    same("excess", r.excess_ms.nominal, down[1] > allowed ? (int64_t)((down[1] - allowed) / one) : 0, seed);
    same("excess at most", r.excess_ms.high,
         down[2] > allowed ? (int64_t)((down[2] - allowed) / one) : 0, seed);
    same("left", r.left_ms, down[1] < allowed ? (int64_t)((allowed - down[1]) / one) : 0, seed);
    same("breach", r.breach, down[0] > allowed ? VERDICT_YES : down[2] > allowed ? VERDICT_UNCERTAIN
                                                                                 : VERDICT_NO, seed);
    same("verdict", sla_verdict(&c.q, NULL, scratch), r.breach, seed);
    same("availability", r.availability_ppb.nominal,
         (int64_t)((denominator * one - down[1]) / (denominator * (one / 1000000000))), seed);
    same("pro rata", r.pro_rata_ppb.nominal, naive_credit(&c, down[1], denominator, CREDIT_PRO_RATA), seed);
    same("started", r.started_ppb.high, naive_credit(&c, down[2], denominator, CREDIT_STARTED), seed);
    same("completed", r.completed_ppb.low, naive_credit(&c, down[0], denominator, CREDIT_COMPLETED), seed);
    same("credit", r.credit_ppb.nominal, naive_credit(&c, down[1], denominator, c.policy.credit), seed);
    breach_agrees(&c, &r, allowed, seed);
    assert_true(r.downtime_ms.low <= r.downtime_ms.nominal);
    assert_true(r.downtime_ms.nominal <= r.downtime_ms.high);
}

#endif
