/* sla_explain.c: every step of the sum, and what the verdict hangs on. */
#include "verbs/sla.h"

#include "record/explain.h"
#include "record/sla_words.h"

#include <inttypes.h>

static const char *weight_words(const struct sla_result *r, const struct window *w,
                                struct arena *keep)
{
    if (w->level == IMPACT_DOWN)
        return "100 %";
    if (w->level == IMPACT_UNKNOWN || (r->policy->weight == WEIGHT_SHARE && w->lost_ppb < 0))
        return "0 % to 100 %, nobody said";
    switch (r->policy->weight) {
    case WEIGHT_FULL:
        return "100 %, partial counts in full";
    case WEIGHT_IGNORE:
        return "0 %, partial does not count";
    case WEIGHT_SHARE:
        return ppb_percent(keep, w->lost_ppb, 7);
    case WEIGHT_FIXED:
        return arena_print(keep, "%s, for any partial outage",
                           ppb_percent(keep, r->policy->weight_ppb, 7));
    }
    return "";
}

static const char *edge_precision(struct arena *keep, struct edge e)
{
    if (!e.early_ms && !e.late_ms)
        return "exact";
    if (!e.early_ms)
        return arena_print(keep, "+%s", duration_short(keep, e.late_ms + 1));
    return arena_print(keep, "-%s +%s", duration_short(keep, e.early_ms),
                       duration_short(keep, e.late_ms));
}

static void explain_windows(struct question *q, const struct sla_result *r)
{
    struct desk *d = q->d;
    for (size_t i = 0; i < r->windows; i++) {
        const struct window *w = r->window[i].window;
        bool member = !text_equal(w->service, r->service);
        fprintf(d->out, "  %-15s%s%s%s  %s, %s  %" PRId64 " ms\n", i ? "" : "  each",
                sla_window_words(q, w, r->policy->zone), member ? " " : "", member ? w->service : "",
                edge_precision(d->keep, w->start), w->open ? "open" : edge_precision(d->keep, w->end),
                r->window[i].counted_ms);
        if (w->level != IMPACT_DOWN || !r->window[i].counts || w->disputed)
            fprintf(d->out, "  %-15s  weighs %s%s%s\n", "", weight_words(r, w, d->keep),
                    w->disputed ? "; the incident also says there was none" : "",
                    r->window[i].counts ? "" : "; its basis does not count");
    }
}

static void explain_steps(struct question *q, const struct sla_question *asked)
{
    struct sla_step step[SLA_STEPS];
    size_t steps = sla_steps(step, asked, q->d->keep);
    for (size_t i = 0; i < steps; i++)
        fprintf(q->d->out, "  %-15s%" PRId64 " to %" PRId64 " ms, stated %" PRId64 ": %s\n",
                arena_print(q->d->keep, "  %s", step[i].name), step[i].downtime_ms.low,
                step[i].downtime_ms.high, step[i].downtime_ms.nominal, step[i].words);
}

static void explain_sum(struct question *q, size_t result)
{
    struct desk *d = q->d;
    const struct sla_result *r = &q->result[result];
    struct arena *keep = d->keep;
    const struct policy *p = r->policy;
    int64_t length = r->period.end - r->period.start;
    fprintf(d->out, "  working\n  %-15s%s to %s: %s = %" PRId64 " ms\n", "  period",
            instant_text(keep, p->zone, r->period.start, FORM_DATE_HM),
            instant_text(keep, p->zone, r->period.end, FORM_DATE_HM), sla_hours(keep, length), length);
    if (r->denominator_ms != length)
        fprintf(d->out, "  %-15s%" PRId64 " - %" PRId64 " of maintenance = %" PRId64 " ms\n", "",
                length, r->maintenance_ms, r->denominator_ms);
    static const char *const groups[] = { "", "down when any member is", "down when all members are",
                                          "down by the share of members that are" };
    if (q->asked[result].group != GROUP_NONE)
        fprintf(d->out, "  %-15s%s\n", "  members", groups[q->asked[result].group]);
    fprintf(d->out, "  %-15s%" PRId64 " ms x (100 %% - %s) = %" PRId64 " ms\n", "  allowed",
            r->denominator_ms, ppb_percent(keep, p->target_ppb, 7), r->allowed_ms);
    explain_windows(q, r);
    explain_steps(q, &q->asked[result]);
    if (r->excess_ms.nominal)
        fprintf(d->out, "  %-15s%" PRId64 " - %" PRId64 " = %" PRId64 " ms, stated\n", "  excess",
                r->downtime_ms.nominal, r->allowed_ms, r->excess_ms.nominal);
    if (r->excess_ms.nominal && p->credit != CREDIT_NONE && p->credit != CREDIT_TIERS)
        fprintf(d->out, "  %-15s%s x %" PRId64 " / 3600000 = %s pro rata\n  %-15sby hours: started %s, "
                "completed %s\n", "  credit", ppb_percent(keep, p->credit_ppb, 7),
                r->excess_ms.nominal, ppb_percent(keep, r->pro_rata_ppb.nominal, 6), "",
                ppb_percent(keep, r->started_ppb.nominal, 6),
                ppb_percent(keep, r->completed_ppb.nominal, 6));
    fprintf(d->out, "  %-15s(%" PRId64 " - %" PRId64 ") / %" PRId64 " = %s, cut\n", "  availability",
            r->denominator_ms, r->downtime_ms.nominal, r->denominator_ms,
            ppb_percent(keep, r->availability_ppb.nominal, 7));
    if (p->credit == CREDIT_TIERS)
        fprintf(d->out, "  %-15s%s: %s\n", "  tier", policy_credit_words(keep, p),
                ppb_percent(keep, r->credit_ppb.nominal, 6));
    static const char *const why[] = {
        "at most as much as is allowed", "even the least is more than is allowed",
        "the least is not more than is allowed, the most is" };
    fprintf(d->out, "  %-15s%s: %s\n", "  verdict", verdict_names[r->breach],
            !r->unread ? why[r->breach]
            : r->breach == VERDICT_YES
            ? arena_print(keep, "even without %s, which %s, the least is more than is allowed", r->unread->incident, r->unread->words)
            : arena_print(keep, "%s %s; by what is left: %s", r->unread->incident, r->unread->words, verdict_names[r->as_read]));
}

static const char *edge_words(struct question *q, const struct sla_edge *e, const char *zone)
{
    static const char *const ticks[] = { "ticket", "detected", "acknowledged", "mitigated", "resolved" };
    int64_t at = e->tick ? e->tick->edge.at : e->end ? e->window->end.at : e->window->start.at;
    return arena_print(q->d->keep, "%s %s", e->tick ? ticks[e->tick->kind] : e->end ? "end" : "start",
                       instant_text(q->d->keep, zone, at, FORM_HM));
}

/* Does another voice tell of the same time? */
static bool contradicted(const struct sla_result *r, const struct window *w)
{
    for (size_t i = 0; i < r->windows; i++) {
        const struct window *o = r->window[i].window;
        if (r->window[i].counts && !text_equal(o->basis, w->basis) && text_equal(o->service, w->service)
            && o->start.at < w->end.at && w->start.at < o->end.at)
            return true;
    }
    return false;
}

/* What else the range comes from, in words. */
static const char *doubts(struct desk *d, const struct sla_result *r)
{
    struct text t = text_new(d->keep);
    bool voices = false, disputes = false, claims = false;
    const struct window *vague = NULL;
    for (size_t i = 0; i < r->windows; i++) {
        const struct window *w = r->window[i].window;
        voices = voices || (r->window[i].counts && contradicted(r, w));
        if (!vague && (w->level == IMPACT_UNKNOWN || (w->level == IMPACT_DEGRADED && w->lost_ppb < 0
                                                      && r->policy->weight == WEIGHT_SHARE)))
            vague = w;
        disputes = disputes || w->disputed;
    }
    for (size_t i = 0; i < r->flags; i++)
        claims = claims || r->flag[i].known;
    text_add(&t, voices ? "; those who tell of one outage disagree" : "");
    if (vague)
        text_print(&t, "; nobody said how much was lost:\n                 "
                   "tocsin -i %s amend %s%s --lost 25%%",
                   vague->incident, event_number(vague->opening, d->keep),
                   vague->level == IMPACT_UNKNOWN ? " --level degraded" : "");
    text_add(&t, disputes ? "; somebody also says that there was no impact" : "");
    text_add(&t, claims ? "; an exclusion is claimed" : "");
    return t.at;
}

static void explain_settling(struct question *q, const struct sla_result *r, enum verdict wanted,
                             const struct sla_settling *s)
{
    struct desk *d = q->d;
    const char *name = wanted == VERDICT_YES ? "  for yes" : "  for no";
    if (!s->tried) {
        fprintf(d->out, "  %-15snot tried: more than %d windows\n", name, EXPLAIN_WINDOWS);
        return;
    }
    if (!s->possible) {
        fprintf(d->out, "  %-15sno time known better would do%s\n", name, doubts(d, r));
        return;
    }
    bool alike = s->edge[0].gain_ms == s->edge[s->edges - 1].gain_ms;
    size_t choice = s->needed == 1 ? s->alone : alike ? s->edges : s->needed;
    fprintf(d->out, "  %-15s%s%zu known to the second (%s): %s", name, s->least ? "" : "at most ",
            s->needed, s->needed == s->edges ? "all edges"
            : choice > s->needed ? arena_print(d->keep, "any of %zu edges", choice) : "these edges",
            wanted == VERDICT_YES ? "early start, late end" : "late start, early end");
    for (size_t i = 0; i < choice; i++)
        fprintf(d->out, "%s%s%s", i ? "," : "", i % 5 ? " " : "\n                 ",
                edge_words(q, &s->edge[i], r->policy->zone));
    fputc('\n', d->out);
}

static void explain_turns(struct question *q, const struct sla_result *r, const struct sla_turns *t)
{
    struct desk *d = q->d;
    fprintf(d->out, "  what turns the exact verdict%s%s\n", t->tried ? ", " : "",
            t->tried ? verdict_names[t->exact] : "");
    if (!t->tried)
        fprintf(d->out, "    not tried: more than %d windows\n", EXPLAIN_WINDOWS);
    else if (!t->turns)
        fprintf(d->out, "    no window alone\n");
    for (size_t i = 0; i < t->turns; i++)
        fprintf(d->out, "    %s%s  with it %s, without it %s\n",
                sla_window_words(q, t->turn[i].window, r->policy->zone),
                t->turn[i].struck ? ", struck" : "", verdict_names[t->turn[i].with],
                verdict_names[t->turn[i].without]);
    for (size_t i = 0; i < t->thens; i++)
        fprintf(d->out, "    %s, were the struck one back  with it %s, without it %s\n",
                sla_window_words(q, t->then[i].window, r->policy->zone),
                verdict_names[t->then[i].with], verdict_names[t->then[i].without]);
}

void sla_explain(struct question *q, size_t result)
{
    const struct sla_result *r = &q->result[result];
    struct sla_turns turns;
    explain_sum(q, result);
    if (r->breach == VERDICT_UNCERTAIN && !r->unread) {
        struct sla_settling yes, no;
        sla_settling(&yes, &q->asked[result], VERDICT_YES, q->d->keep);
        sla_settling(&no, &q->asked[result], VERDICT_NO, q->d->keep);
        fprintf(q->d->out, "  what would settle it\n");
        explain_settling(q, r, VERDICT_YES, &yes);
        explain_settling(q, r, VERDICT_NO, &no);
        if (!r->settled)
            fprintf(q->d->out, "  %-15stocsin settle %s %s yes|no --because TEXT\n", "  a person", r->service,
                    r->period.name);
    }
    if (r->unread) { /* what would turn it is not known */
        if (r->breach == VERDICT_UNCERTAIN && !r->settled)
            fprintf(q->d->out, "  %-15stocsin settle %s %s yes|no --because TEXT\n", "  a person", r->service, r->period.name);
        return;
    }
    sla_turns(&turns, &q->asked[result], q->account.struck, q->account.struck_count, q->d->keep);
    if (r->windows || turns.turns)
        explain_turns(q, r, &turns);
}

static void put_settling(struct json_out *o, const char *key, const struct sla_settling *s,
                         struct arena *keep)
{
    json_open(o, key, '{');
    json_put_bool(o, "tried", s->tried);
    json_put_bool(o, "possible", s->possible);
    json_put_int(o, "needed", (int64_t)s->needed);
    json_put_bool(o, "least", s->least);
    json_put_int(o, "alone", (int64_t)s->alone);
    json_open(o, "edges", '[');
    for (size_t i = 0; i < s->edges; i++) {
        const struct sla_edge *e = &s->edge[i];
        json_open(o, NULL, '{');
        json_put(o, "window", e->window->id);
        json_put(o, "edge", e->end ? "end" : "start");
        json_put_bool(o, "of_the_clock", e->tick != NULL);
        json_put(o, "at", instant_utc(keep, e->tick ? e->tick->edge.at
                                          : e->end ? e->window->end.at : e->window->start.at));
        json_put_int(o, "gain_ms", e->gain_ms);
        json_put_bool(o, "alone", e->alone);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
}

static void put_turns(struct json_out *o, const char *key, const struct sla_turn *turn, size_t turns)
{
    json_open(o, key, '[');
    for (size_t i = 0; i < turns; i++) {
        json_open(o, NULL, '{');
        json_put(o, "window", turn[i].window->id);
        json_put_bool(o, "struck", turn[i].struck);
        json_put(o, "with", verdict_names[turn[i].with]);
        json_put(o, "without", verdict_names[turn[i].without]);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_steps(struct json_out *o, const struct sla_question *asked, struct arena *keep)
{
    struct sla_step step[SLA_STEPS];
    size_t steps = sla_steps(step, asked, keep);
    json_open(o, "steps", '[');
    for (size_t i = 0; i < steps; i++) {
        json_open(o, NULL, '{');
        json_put(o, "name", step[i].name);
        json_put(o, "words", step[i].words);
        json_put_int(o, "low_ms", step[i].downtime_ms.low);
        json_put_int(o, "nominal_ms", step[i].downtime_ms.nominal);
        json_put_int(o, "high_ms", step[i].downtime_ms.high);
        json_close(o, '}');
    }
    json_close(o, ']');
}

void sla_explain_json(struct question *q, size_t result, struct json_out *o)
{
    const struct sla_question *asked = &q->asked[result];
    struct sla_turns turns;
    json_open(o, "explain", '{');
    if (q->result[result].breach == VERDICT_UNCERTAIN && !q->result[result].unread) {
        struct sla_settling yes, no;
        sla_settling(&yes, asked, VERDICT_YES, q->d->keep);
        sla_settling(&no, asked, VERDICT_NO, q->d->keep);
        put_settling(o, "for_yes", &yes, q->d->keep);
        put_settling(o, "for_no", &no, q->d->keep);
    }
    sla_turns(&turns, asked, q->account.struck, q->account.struck_count, q->d->keep);
    json_put(o, "exact", turns.tried ? verdict_names[turns.exact] : NULL);
    put_steps(o, asked, q->d->keep);
    put_turns(o, "turns", turns.turn, turns.turns);
    put_turns(o, "turns_with_struck", turns.then, turns.thens);
    json_close(o, '}');
}
