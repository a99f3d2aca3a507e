/* sla.c: downtime, allowance, verdict and credit, service by service. */
#include "verbs/verbs.h"

#include "record/sla_words.h"
#include "world/account.h"

#include <string.h>

/* What was asked for, and what came out. */
struct question {
    struct desk *d;
    struct account account;
    const struct policy_set *policy; /* --policy; NULL: each service's own */
    bool ranged;                     /* --month or --year was given: */
    struct period range;
    struct sla_result *result;
    size_t results, room;
};

static bool read_months(struct question *q, const char *typed, struct err *e)
{
    struct desk *d = q->d;
    const char *dots = strstr(typed, "..");
    struct period first, last;
    if (!period_parse(&first, dots ? arena_copy(d->keep, typed, (size_t)(dots - typed)) : typed,
                      d->ws.config.zone, d->keep, e))
        return false;
    last = first;
    if (dots && !period_parse(&last, dots + 2, d->ws.config.zone, d->keep, e))
        return false;
    if (last.end <= first.start)
        return err_usage(e, "'%s' ends before it begins", typed);
    q->range = (struct period){ first.start, last.end, typed };
    q->ranged = true;
    return true;
}

static bool read_policy(struct question *q, const char *name, struct err *e)
{
    const struct config *c = &q->d->ws.config;
    const char **known = arena_many(q->d->keep, const char *, c->policies + 1);
    for (size_t i = 0; i < c->policies; i++) {
        known[i] = c->policy[i].name;
        if (text_equal(name, known[i]))
            q->policy = &c->policy[i];
    }
    if (q->policy)
        return true;
    const char *near = text_nearest(name, known);
    err_usage(e, "there is no policy '%s' in %s", name, c->file);
    return near ? err_hint(e, "did you mean '%s'?", near) : false;
}

static bool read_question(struct question *q, struct err *e)
{
    const char *month = desk_option(q->d, "month"), *year = desk_option(q->d, "year");
    const char *policy = desk_option(q->d, "policy");
    if (!desk_at_most(q->d, 0, e))
        return false;
    if (month && year)
        return err_usage(e, "--month and --year name two periods: give one of them");
    if (year && strspn(year, "0123456789") != strlen(year))
        return err_usage(e, "'%s' is no year", year);
    return (!month || read_months(q, month, e)) && (!year || read_months(q, year, e))
        && (!policy || read_policy(q, policy, e));
}

/* Without --month: the periods that the incident at hand reaches into; without
 * an incident: the one that holds now. */
static struct period default_range(const struct question *q)
{
    const struct incident *i = NULL;
    const char *name = NULL;
    struct err quiet = { 0 };
    if (workspace_pick(&name, &q->d->ws, q->d->given_incident, true, q->d->keep, &quiet))
        for (size_t k = 0; k < q->account.incidents; k++)
            if (text_equal(q->account.incident[k].name, name))
                i = &q->account.incident[k];
    struct period p = { q->account.as_of, q->account.as_of + 1, "" };
    if (!i)
        return p;
    p = (struct period){ i->opened_at, i->opened_at + 1, "" };
    for (size_t k = 0; k < i->windows.count; k++) {
        const struct window *w = &i->windows.window[k];
        p.start = !k || w->start.at < p.start ? w->start.at : p.start;
        p.end = !k || w->end.at > p.end ? w->end.at : p.end;
    }
    if (p.end <= p.start)
        p.end = p.start + 1;
    return p;
}

static bool add(struct question *q, const char *service, const struct policy_set *set,
                struct period period, struct err *e)
{
    if (q->results == q->room) {
        size_t room = q->room ? 2 * q->room : 8;
        struct sla_result *more = arena_many(q->d->keep, struct sla_result, room);
        if (q->results)
            memcpy(more, q->result, q->results * sizeof *more);
        q->result = more;
        q->room = room;
    }
    return account_sla(&q->result[q->results++], &q->account, service, set, &period,
                       desk_option(q->d, "exact") != NULL, q->d->keep, e);
}

/* Every period of the service's policy that the range touches and that has
 * begun; of rolling ones, the one that ends with the range. */
static bool ask_service(struct question *q, const struct service *s, struct period range,
                        struct err *e)
{
    const struct policy_set *set = q->policy ? q->policy : s->policy;
    const struct policy *p = set ? policy_at(set, range.end - 1) : NULL;
    struct policy calendar = { .zone = q->d->ws.config.zone };
    if (set && !p)
        return err_input(e, "no version of the policy '%s' is in force then", set->name);
    p = p ? p : &calendar;
    if (p->period == PERIOD_ROLLING)
        return add(q, s->name, set, period_at(p, range.end - 1, q->d->keep), e);
    int64_t at = range.start;
    do {
        const struct policy *then = set ? policy_at(set, at) : p;
        struct period period = period_at(then ? then : p, at, q->d->keep);
        if (then && !add(q, s->name, set, period, e))
            return false;
        at = period.end;
    } while (at < range.end && at <= q->account.as_of);
    return true;
}

static bool ask_all(struct question *q, struct err *e)
{
    const struct config *c = &q->d->ws.config;
    const char *only = desk_option(q->d, "service");
    struct period range = q->ranged ? q->range : default_range(q);
    if (!only && !c->services) {
        err_hint(e, "add them under 'services:', each with its 'policy:'");
        return err_input(e, "%s names no services", c->file);
    }
    if (only) {
        const struct service *s = config_service(c, only, e);
        return s && ask_service(q, s, range, e);
    }
    for (size_t i = 0; i < c->services; i++)
        if (!ask_service(q, &c->service[i], range, e))
            return false;
    return true;
}

/* ---- text ---- */

static const char *precision(struct arena *keep, const char *range)
{
    return *range ? arena_print(keep, "   (%s)", range) : "";
}

static void print_windows(struct desk *d, const struct sla_result *r, const char *zone)
{
    for (size_t i = 0; i < r->windows; i++) {
        const struct sla_window *row = &r->window[i];
        const struct window *w = row->window;
        const char *share = w->level != IMPACT_DEGRADED ? ""
                          : w->lost_ppb < 0 ? ", share not said"
                          : arena_print(d->keep, ", %s lost", ppb_percent(d->keep, w->lost_ppb, 7));
        fprintf(d->out, "  %-13s%s-%s  %s%s  %s  by %s  %s%s\n", i ? "" : "windows",
                instant_text(d->keep, zone, row->start, FORM_DATE_HM),
                w->open ? "now" : instant_text(d->keep, zone, row->end, FORM_HM),
                impact_level_names[w->level], share, sla_minutes(d->keep, row->counted_ms),
                text_for_terminal(d->keep, w->basis), w->incident,
                row->counts ? "" : "  not counted: the policy does not take this basis");
    }
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

static void print_verdict(struct desk *d, const struct sla_result *r)
{
    struct arena *keep = d->keep;
    fprintf(d->out, "  %-13s%s\n", "allowed", sla_hundredths(keep, r->allowed_ms));
    fprintf(d->out, "  %-13s%s%s\n", "excess", sla_hundredths(keep, r->excess_ms.nominal),
            precision(keep, sla_range_hundredths(keep, r->excess_ms)));
    fprintf(d->out, "  %-13s%s%s\n", "availability",
            ppb_percent(keep, r->availability_ppb.nominal, 4),
            precision(keep, sla_range_percent(keep, r->availability_ppb, 4)));
    fprintf(d->out, "  %-13s%s%s\n", "breach", verdict_names[r->breach], decision(d, r));
    fprintf(d->out, "  %-13s%s%s   %s\n", "credit", ppb_percent(keep, r->credit_ppb.nominal, 6),
            precision(keep, sla_range_percent(keep, r->credit_ppb, 6)),
            policy_credit_words(keep, r->policy));
    if (r->policy->credit_ppb && r->excess_ms.high)
        fprintf(d->out, "  %-13spro rata %s, by started hours %s, by completed hours %s\n", "",
                ppb_percent(keep, r->pro_rata_ppb.nominal, 6),
                ppb_percent(keep, r->started_ppb.nominal, 6),
                ppb_percent(keep, r->completed_ppb.nominal, 6));
    if (r->breach == VERDICT_NO && r->as_of < r->period.end)
        fprintf(d->out, "  %-13s%s%s\n", "left", duration_clock(keep, r->left_ms),
                r->breach_at == INSTANT_NONE ? ""
                : arena_print(keep, "   breach at %s if it stays down",
                              instant_text(keep, r->policy->zone, r->breach_at, FORM_DATE_HM)));
}

static void print_result(struct question *q, const struct sla_result *r)
{
    struct desk *d = q->d;
    const char *zone = r->policy ? r->policy->zone : d->ws.config.zone;
    int64_t length = r->period.end - r->period.start;
    fprintf(d->out, "%s  %s (%lld h, %s)  ", r->service, period_words(d->keep, r->period),
            (long long)(length / HOUR_MS), zone);
    if (r->policy)
        fprintf(d->out, "%s: %s %s\n", r->policy->name,
                ppb_percent(d->keep, r->policy->target_ppb, 7),
                policy_period_words(d->keep, r->policy));
    else
        fprintf(d->out, "no policy\n");
    fprintf(d->out, "  %-13s%s%s%s\n", "downtime", sla_minutes(d->keep, r->downtime_ms.nominal),
            precision(d->keep, sla_range_minutes(d->keep, r->downtime_ms)), affirmation(q, r));
    if (r->policy) {
        print_verdict(d, r);
        print_terms(d, r);
    }
    print_windows(d, r, zone);
}

static void print_text(struct question *q)
{
    struct desk *d = q->d;
    if (d->ws.config.simulated)
        fprintf(d->out, "SIMULATED: these are drills\n");
    for (size_t i = 0; i < q->results; i++) {
        if (i)
            fputc('\n', d->out);
        print_result(q, &q->result[i]);
    }
    for (const char *const *w = q->account.warning; *w; w++)
        desk_say(d, "note: %s", *w);
}

static void print_json(struct question *q)
{
    struct text t = text_new(q->d->keep);
    q->d->warning = q->account.warning;
    struct json_out o = desk_json(q->d, &t);
    json_put(&o, "world", q->d->ws.config.simulated ? "simulated" : "real");
    json_open(&o, "results", '[');
    for (size_t i = 0; i < q->results; i++) {
        const struct sla_result *r = &q->result[i];
        json_open(&o, NULL, '{');
        sla_json(&o, r, q->d->keep);
        json_put_bool(&o, "affirmed_none",
                      !r->windows && account_affirmed(&q->account, r->service, r->period));
        json_close(&o, '}');
    }
    json_close(&o, ']');
    desk_json_end(q->d, &o);
}

/* --check: 1 on a breach, 4 when it is uncertain and nobody has settled it. */
static bool check(const struct question *q, struct err *e)
{
    const struct sla_result *doubt = NULL;
    for (size_t i = 0; i < q->results; i++) {
        const struct sla_result *r = &q->result[i];
        enum verdict verdict = r->settled ? r->decided : r->breach;
        if (!r->policy || verdict == VERDICT_NO)
            continue;
        if (verdict == VERDICT_YES)
            return err_failed(e, "the SLA of '%s' in %s is breached", r->service, r->period.name);
        doubt = r;
    }
    if (!doubt)
        return true;
    err_hint(e, "tocsin settle %s %s yes|no --because TEXT", doubt->service, doubt->period.name);
    return err_waiting(e, "whether the SLA of '%s' in %s is breached is uncertain", doubt->service,
                       doubt->period.name);
}

bool verb_sla(struct desk *d, struct err *e)
{
    struct question q = { .d = d };
    if (!read_question(&q, e)
        || !account_open(&q.account, &d->ws, d->as_of, desk_now(d), d->keep, e)
        || !ask_all(&q, e))
        return false;
    if (d->json)
        print_json(&q);
    else
        print_text(&q);
    return !desk_option(d, "check") || check(&q, e);
}
