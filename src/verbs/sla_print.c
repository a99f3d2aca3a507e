/* sla_print.c: the answers of `sla` as text and as JSON, from one result. */
#include "verbs/sla.h"

#include "record/sla_words.h"
#include "tell/sla_page.h"

static const char *precision(struct arena *keep, const char *range)
{
    return *range ? arena_print(keep, "   (%s)", range) : "";
}

/* What each incident took of the allowance that they share. */
static void print_shares(struct desk *d, const struct sla_result *r)
{
    size_t incidents = 0;
    for (size_t i = 0; i < r->windows; i++) {
        const char *name = r->window[i].window->incident;
        int64_t share = 0;
        bool seen = false;
        for (size_t k = 0; k < r->windows; k++) {
            bool same = text_equal(r->window[k].window->incident, name);
            seen = seen || (same && k < i);
            share += same ? r->window[k].counted_ms : 0;
        }
        if (!seen)
            fprintf(d->out, "  %-13s%s  %s\n", incidents++ ? "" : "incidents", name,
                    sla_seconds(d->keep, share));
    }
}

static bool one_incident(const struct sla_result *r)
{
    for (size_t i = 1; i < r->windows; i++)
        if (!text_equal(r->window[i].window->incident, r->window[0].window->incident))
            return false;
    return true;
}

/* No seconds where there are none. */
static enum instant_form form_of(int64_t at)
{
    return at % MINUTE_MS ? FORM_HMS : FORM_HM;
}

static const char *span_words(struct arena *keep, const char *zone, int64_t start, int64_t end,
                              bool open)
{
    const char *day = instant_text(keep, zone, start, FORM_DATE);
    const char *last = instant_text(keep, zone, end, FORM_DATE);
    bool same = open || text_equal(day, last);
    return arena_print(keep, "%s %s-%s%s%s", day, instant_text(keep, zone, start, form_of(start)),
                       same ? "" : last, same ? "" : " ",
                       open ? "now" : instant_text(keep, zone, end, form_of(end)));
}

const char *sla_window_words(struct question *q, const struct window *w, const char *zone)
{
    return span_words(q->d->keep, zone, w->start.at, w->end.at, w->open);
}

static const char *level_words(struct arena *keep, const struct window *w)
{
    if (w->level != IMPACT_DEGRADED)
        return impact_level_names[w->level];
    return w->lost_ppb < 0 ? "degraded, share not said"
         : arena_print(keep, "degraded, %s lost", ppb_percent(keep, w->lost_ppb, 7));
}

/* Is all of it within other windows of that service that count? */
static bool within_others(const struct sla_result *r, size_t i)
{
    for (size_t k = 0; k < r->windows; k++)
        if (k != i && r->window[k].counts && r->window[k].counted_ms
            && text_equal(r->window[k].window->service, r->window[i].window->service)
            && r->window[k].start < r->window[i].end && r->window[i].start < r->window[k].end)
            return true;
    return false;
}

/* What the window counts, or in a few words why nothing. */
static const char *counted_words(struct arena *keep, const struct sla_result *r, size_t i)
{
    const struct sla_window *row = &r->window[i];
    if (!row->counts)
        return "not counted: the policy does not take this basis";
    if (row->counted_ms || row->start == row->end)
        return sla_seconds(keep, row->counted_ms);
    if (within_others(r, i))
        return "counted with another";
    if (r->policy && r->policy->weight == WEIGHT_IGNORE && row->window->level == IMPACT_DEGRADED)
        return "partial, not counted";
    return "not counted";
}

static void print_windows(struct desk *d, const struct sla_result *r, const char *zone)
{
    bool alone = one_incident(r);
    for (size_t i = 0; i < r->windows; i++) {
        const struct sla_window *row = &r->window[i];
        const struct window *w = row->window;
        bool member = !text_equal(w->service, r->service);
        fprintf(d->out, "  %-13s%s  %s%s%s  %s  by %s%s%s\n", i ? "" : "windows",
                span_words(d->keep, zone, row->start, row->end, w->open && row->end == r->as_of),
                member ? w->service : "", member ? " " : "", level_words(d->keep, w),
                counted_words(d->keep, r, i), text_for_terminal(d->keep, w->basis),
                alone ? "" : "  ", alone ? "" : w->incident);
    }
    if (sla_rounded(r, d->keep))
        fprintf(d->out, "  %-13seach rounded to the second: together %s\n", "", sla_seconds(d->keep, r->downtime_ms.nominal));
}

static const char *affirmation(const struct question *q, const struct sla_result *r)
{
    if (r->windows)
        return "";
    return account_affirmed(&q->account, r->service, r->period)
         ? "   (no impact, and somebody confirmed it)"
         : "   (nothing recorded; \"no impact\" is confirmed by nobody)";
}

static const char *decision(struct desk *d, const struct sla_result *r)
{
    if (r->settled)
        return arena_print(d->keep, "   settled: %s, %s", r->settled,
                           text_for_terminal(d->keep, r->settled_because));
    if (r->breach != VERDICT_UNCERTAIN)
        return "";
    if (r->unread)
        return arena_print(d->keep, "   %s %s; by what is left: %s", r->unread->incident, r->unread->words,
                           verdict_names[r->as_read]);
    if (r->policy->uncertain == UNCERTAIN_ASK)
        return "   a person has to decide";
    return arena_print(d->keep, "   the policy decides for the %s: %s",
                       r->policy->uncertain == UNCERTAIN_CUSTOMER ? "customer" : "provider",
                       verdict_names[r->decided]);
}

/* What the contract takes out, or might: said, never decided here. */
static void print_terms(struct desk *d, const struct sla_result *r)
{
    struct arena *keep = d->keep;
    if (r->maintenance_ms)
        fprintf(d->out, "  %-13s%s announced in time: no downtime%s\n", "maintenance",
                sla_minutes(keep, r->maintenance_ms),
                r->policy->reduced ? arena_print(keep, ", and taken out of the period (%s)",
                                                 sla_minutes(keep, r->denominator_ms)) : "");
    for (size_t i = 0; i < r->flags; i++) {
        const struct sla_flag *f = &r->flag[i];
        fprintf(d->out, "  %-13s%s-%s  %s%s%s  %s\n", i ? "" : "claimed",
                instant_text(keep, r->policy->zone, f->start, FORM_DATE_HM),
                instant_text(keep, r->policy->zone, f->end, FORM_HM),
                text_for_terminal(keep, f->stretch->kind), *f->stretch->why ? ": " : "",
                text_for_terminal(keep, f->stretch->why),
                f->known ? "a person has to agree" : "the contract knows no such exclusion");
    }
    if (r->claim_until != INSTANT_NONE && r->decided != VERDICT_NO)
        fprintf(d->out, "  %-13suntil the end of %s%s%s\n", "claim",
                instant_text(keep, r->policy->zone, r->claim_until - 1, FORM_DATE),
                *r->policy->claimant ? ", by " : "", r->policy->claimant);
}

static void print_left(struct desk *d, const struct sla_result *r)
{
    struct arena *keep = d->keep;
    if (r->breach == VERDICT_NO && r->as_of < r->period.end)
        fprintf(d->out, "  %-13s%s%s\n", "left", duration_clock(keep, r->left_ms),
                r->breach_at == INSTANT_NONE ? ""
                : arena_print(keep, "   breach at %s if it stays down",
                              instant_text(keep, r->policy->zone, r->breach_at, FORM_DATE_HM)));
}

static void print_verdict(struct desk *d, const struct sla_result *r)
{
    struct arena *keep = d->keep;
    fprintf(d->out, "  %-13s%s\n", "allowed", sla_hundredths(keep, r->allowed_ms));
    fprintf(d->out, "  %-13s%s%s\n", "excess", sla_hundredths(keep, r->excess_ms.nominal),
            precision(keep, sla_range_hundredths(keep, r->excess_ms)));
    fprintf(d->out, "  %-13s%s%s\n", "availability",
            ppb_percent(keep, r->availability_ppb.nominal, 4),
            precision(keep, sla_range_percent(keep, r->availability_ppb, 4)));
    fprintf(d->out, "  %-13s%s%s%s\n", "breach", verdict_names[r->breach], decision(d, r),
            r->as_of < r->period.start ? "   it has not begun" : "");
    if (r->settled_stale)
        fprintf(d->out, "  %-13sit was settled as %s (%s), but the record or the policy\n  %-13shas changed "
                "since: that decides nothing any more\n", "", r->stale_breach,
                text_for_terminal(keep, r->stale_because), "");
    if (r->settled && r->decided == VERDICT_NO && r->credit_ppb.high) {
        fprintf(d->out, "  %-13snone, as it was settled\n", "credit");
        print_left(d, r);
        return;
    }
    fprintf(d->out, "  %-13s%s%s   %s\n", "credit", ppb_percent(keep, r->credit_ppb.nominal, 6),
            precision(keep, sla_range_percent(keep, r->credit_ppb, 6)),
            policy_credit_words(keep, r->policy));
    if (r->policy->credit_ppb && r->excess_ms.high)
        fprintf(d->out, "  %-13spro rata %s, by started hours %s, by completed hours %s\n", "",
                ppb_percent(keep, r->pro_rata_ppb.nominal, 6),
                ppb_percent(keep, r->started_ppb.nominal, 6),
                ppb_percent(keep, r->completed_ppb.nominal, 6));
    print_left(d, r);
}

static void print_result(struct question *q, const struct sla_result *r)
{
    struct desk *d = q->d;
    const char *zone = r->policy ? r->policy->zone : d->ws.config.zone;
    fprintf(d->out, "%s  %s (%s, %s)  ", r->service, period_words(d->keep, r->period),
            sla_hours(d->keep, r->period.end - r->period.start), zone);
    if (r->policy)
        fprintf(d->out, "%s: %s %s\n", r->policy->name,
                ppb_percent(d->keep, r->policy->target_ppb, 7),
                policy_period_words(d->keep, r->policy));
    else
        fprintf(d->out, "no policy\n");
    if (r->unread)
        fprintf(d->out, "  %-13sat least %s; below is what is left of the record\n", "downtime",
                sla_seconds(d->keep, r->least_ms));
    fprintf(d->out, "  %-13s%s%s%s\n", r->unread ? "" : "downtime", sla_seconds(d->keep, r->downtime_ms.nominal),
            precision(d->keep, sla_range_minutes(d->keep, r->downtime_ms)), affirmation(q, r));
    if (r->policy) {
        print_verdict(d, r);
        print_terms(d, r);
    }
    print_windows(d, r, zone);
    print_shares(d, r);
}

/* How many results from this one on are of the same service. */
static size_t run_of(const struct question *q, size_t first)
{
    size_t i = first + 1;
    while (i < q->results && text_equal(q->result[i].service, q->result[first].service))
        i++;
    return i - first;
}

static const char *downtime_cell(struct question *q, const struct sla_result *r)
{
    const char *range = sla_range_minutes(q->d->keep, r->downtime_ms);
    if (r->unread)
        return arena_print(q->d->keep, "at least %s", sla_seconds(q->d->keep, r->least_ms));
    if (!r->windows)
        return account_affirmed(&q->account, r->service, r->period) ? "none, confirmed"
                                                                    : "nothing recorded";
    return arena_print(q->d->keep, *range ? "%s (%s)" : "%s%s",
                       sla_seconds(q->d->keep, r->downtime_ms.nominal), range);
}

static const char *verdict_cell(struct desk *d, const struct sla_result *r)
{
    if (r->settled)
        return arena_print(d->keep, "%s, settled: %s", verdict_names[r->breach], r->settled);
    if (r->breach == VERDICT_UNCERTAIN && r->decided != VERDICT_UNCERTAIN)
        return arena_print(d->keep, "uncertain; policy: %s", verdict_names[r->decided]);
    return verdict_names[r->breach];
}

/* Many periods of one service: a line each. */
static void print_table(struct question *q, size_t first, size_t count)
{
    struct desk *d = q->d;
    const struct sla_result *r = &q->result[first];
    int64_t downtime = 0;
    bool unread = false;
    fprintf(d->out, "%s  %s%s%s %s\n", r->service, r->policy ? r->policy->name : "no policy",
            r->policy ? ": " : "", r->policy ? ppb_percent(d->keep, r->policy->target_ppb, 7) : "",
            r->policy ? policy_period_words(d->keep, r->policy) : "");
    fprintf(d->out, "  %-9s%-24s%-11s%-23s%s\n", "period", "downtime", "allowed", "breach", "credit");
    for (size_t i = first; i < first + count; i++) {
        r = &q->result[i];
        downtime += r->unread ? r->least_ms : r->downtime_ms.nominal;
        unread |= r->unread != NULL;
        fprintf(d->out, "  %-9s%-24s%-11s%-23s%s\n", r->period.name, downtime_cell(q, r),
                r->policy ? sla_hundredths(d->keep, r->allowed_ms) : "",
                r->policy ? verdict_cell(d, r) : "",
                r->policy ? ppb_percent(d->keep, r->credit_ppb.nominal, 6) : "");
    }
    fprintf(d->out, "  %-9s%s%s\n", "together", unread ? "at least " : "", sla_seconds(d->keep, downtime));
}

static void print_head(struct question *q)
{
    struct desk *d = q->d;
    if (d->ws.config.simulated)
        fprintf(d->out, "SIMULATED: these are drills\n");
    if (q->what_if)
        fprintf(d->out, "WHAT IF: %s\n", text_for_terminal(d->keep, q->what_if));
    for (const struct sla_gap *n = q->account.unread; n->incident; n++)
        fprintf(d->out, "NOT WHOLE: %s %s: what is missing may have begun downtime, or ended it\n", n->incident, n->words);
    if (d->as_of_typed)
        fprintf(d->out, "as of %s %s\n",
                instant_text(d->keep, d->ws.config.zone, q->account.as_of, FORM_DATE_HM),
                zone_words(d->keep, d->ws.config.zone, q->account.as_of));
}

enum { TABLE_FROM = 3 }; /* periods; below that, each is told in full */

void sla_print_text(struct question *q)
{
    struct desk *d = q->d;
    bool explain = desk_option(d, "explain") != NULL;
    print_head(q);
    for (size_t i = 0, count; i < q->results; i += count) {
        count = run_of(q, i);
        if (i)
            fputc('\n', d->out);
        if (count >= TABLE_FROM && !explain) {
            print_table(q, i, count);
            continue;
        }
        count = 1;
        print_result(q, &q->result[i]);
        if (explain && q->result[i].policy)
            sla_explain(q, i);
    }
    for (const char *const *w = q->account.warning; *w; w++)
        desk_say(d, "note: %s", *w);
}

void sla_print_json(struct question *q)
{
    struct text t = text_new(q->d->keep);
    q->d->warning = q->account.warning;
    q->d->unread = NULL;
    struct json_out o = desk_json(q->d, &t);
    json_put(&o, "world", q->d->ws.config.simulated ? "simulated" : "real");
    if (q->what_if)
        json_put(&o, "what_if", q->what_if);
    json_open(&o, "unread", '['); /* then each figure is what is left of the record */
    for (const struct sla_gap *n = q->account.unread; n->incident; n++)
        json_put(&o, NULL, n->incident);
    json_close(&o, ']');
    json_open(&o, "results", '[');
    for (size_t i = 0; i < q->results; i++) {
        const struct sla_result *r = &q->result[i];
        json_open(&o, NULL, '{');
        sla_json(&o, r, q->d->keep);
        json_put_bool(&o, "affirmed_none",
                      !r->windows && account_affirmed(&q->account, r->service, r->period));
        if (desk_option(q->d, "explain") && r->policy)
            sla_explain_json(q, i, &o);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    desk_json_end(q->d, &o);
}

void sla_print_html(struct question *q)
{
    struct sla_answered *answer = arena_many(q->d->keep, struct sla_answered, q->results + 1);
    size_t count = 0;
    for (size_t i = 0; i < q->results; i++) {
        const struct sla_result *r = &q->result[i];
        if (r->policy)
            answer[count++] = (struct sla_answered){
                &q->asked[i], r, account_affirmed(&q->account, r->service, r->period) };
    }
    fputs(sla_page(answer, count, q->d->ws.config.simulated, q->what_if, q->d->keep), q->d->out);
    for (const char *const *w = q->account.warning; *w; w++)
        desk_say(q->d, "note: %s", *w);
}
