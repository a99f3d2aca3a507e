/* sla.c: downtime, allowance, verdict and credit, service by service. */
#include "verbs/sla.h"

#include <string.h>

/* From the first to the last asked for, in a zone. */
static bool range_in(struct period *out, const struct question *q, const char *zone, struct err *e)
{
    struct period first, last;
    if (!period_parse(&first, q->first, zone, q->d->keep, e)
        || !period_parse(&last, q->last, zone, q->d->keep, e))
        return false;
    *out = (struct period){ first.start, last.end, first.name };
    return true;
}

static bool read_months(struct question *q, const char *typed, struct err *e)
{
    struct period range;
    const char *dots = strstr(typed, "..");
    q->first = dots ? arena_copy(q->d->keep, typed, (size_t)(dots - typed)) : typed;
    q->last = dots ? dots + 2 : typed;
    if (!range_in(&range, q, q->d->ws.config.zone, e))
        return false;
    return range.end > range.start || err_usage(e, "'%s' ends before it begins", typed);
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
    if (workspace_pick(&name, NULL, &q->d->ws, q->d->given_incident, true, q->d->keep, &quiet))
        for (size_t k = 0; k < q->account.incidents; k++)
            if (text_equal(q->account.incident[k].name, name))
                i = &q->account.incident[k];
    struct period p = { q->account.as_of, q->account.as_of + 1, "" };
    if (!i || i->opened_at > q->account.as_of) /* as of then it had not begun */
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

/* ... and the ones that supposed windows reach into. */
static struct period with_supposed(const struct question *q, struct period p)
{
    for (size_t i = 0; q->account.supposed && i < q->account.windows; i++) {
        const struct window *w = &q->account.window[i];
        if (*w->id)
            continue; /* recorded */
        p.start = w->start.at < p.start ? w->start.at : p.start;
        p.end = w->end.at > p.end ? w->end.at : p.end;
    }
    return p;
}

/* The zone of the version that is in force in the middle of what was asked. */
static const char *zone_then(const struct question *q, const struct policy_set *set)
{
    struct period range;
    struct err quiet = { 0 };
    const char *zone = q->d->ws.config.zone;
    if (!set || !q->first || !range_in(&range, q, zone, &quiet))
        return set ? set->version[set->versions - 1].zone : zone;
    const struct policy *p = policy_at(set, range.start + (range.end - range.start) / 2);
    return p ? p->zone : zone;
}

static bool add(struct question *q, const char *service, const struct policy_set *set,
                struct period period, struct err *e)
{
    if (q->results == q->room) {
        size_t room = q->room ? 2 * q->room : 8;
        struct sla_result *more = arena_many(q->d->keep, struct sla_result, room);
        struct sla_question *asked = arena_many(q->d->keep, struct sla_question, room);
        if (q->results) {
            memcpy(more, q->result, q->results * sizeof *more);
            memcpy(asked, q->asked, q->results * sizeof *asked);
        }
        q->result = more;
        q->asked = asked;
        q->room = room;
    }
    bool exactly = desk_option(q->d, "exact") != NULL;
    size_t i = q->results++;
    return account_question(&q->asked[i], &q->account, service, set, &period, exactly, q->d->keep, e)
        && account_sla(&q->result[i], &q->account, service, set, &period, exactly, q->d->keep, e);
}

/* Every period of the service's policy that the range touches and that has
 * begun; of rolling ones, the one that ends with the range. */
static bool ask_service(struct question *q, const struct service *s, struct err *e)
{
    const struct policy_set *set = q->policy ? q->policy : s->policy;
    struct period range = with_supposed(q, default_range(q));
    const char *zone = zone_then(q, set);
    if (q->first && !range_in(&range, q, zone, e))
        return false;
    const struct policy *p = set ? policy_at(set, range.end - 1) : NULL;
    struct policy calendar = { .zone = q->d->ws.config.zone };
    if (set && !p)
        return err_input(e, "no version of the policy '%s' is in force then", set->name);
    p = p ? p : &calendar;
    if (p->period == PERIOD_ROLLING && q->first)
        desk_say(q->d, "note: '%s' counts over %lld days that roll: the last of them is told", set->name,
                 (long long)p->rolling_days);
    if (p->period == PERIOD_ROLLING)
        return add(q, s->name, set, period_at(p, range.end - 1, q->d->keep), e);
    int64_t at = range.start;
    do {
        const struct policy *then = set ? policy_at(set, at) : p;
        struct period period = period_at(then ? then : p, at, q->d->keep);
        if (!then)
            desk_say(q->d, "note: no version of the policy '%s' is in force at the start of %s",
                     set->name, period.name);
        else if (!add(q, s->name, set, period, e))
            return false;
        at = period.end;
    } while (at < range.end && at <= q->account.as_of);
    return true;
}

static bool ask_all(struct question *q, struct err *e)
{
    const struct config *c = &q->d->ws.config;
    const char *only = desk_option(q->d, "service");
    if (!only && !c->services) {
        err_hint(e, "add them under 'services:', each with its 'policy:'");
        return err_input(e, "%s names no services", c->file);
    }
    if (only) {
        const struct service *s = config_service(c, only, e);
        return s && ask_service(q, s, e);
    }
    for (size_t i = 0; i < c->services; i++)
        if (!ask_service(q, &c->service[i], e))
            return false;
    return true;
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
    if (doubt->unread) {
        err_hint(e, "tocsin -i %s verify   says what is wrong with it; tocsin settle %s %s yes|no --because TEXT   decides",
                 doubt->unread->incident, doubt->service, doubt->period.name);
        return err_waiting(e, "whether the SLA of '%s' in %s is breached is not known: %s %s", doubt->service,
                           doubt->period.name, doubt->unread->incident, doubt->unread->words);
    }
    err_hint(e, "tocsin settle %s %s yes|no --because TEXT", doubt->service, doubt->period.name);
    return err_waiting(e, "whether the SLA of '%s' in %s is breached is uncertain", doubt->service,
                       doubt->period.name);
}

bool verb_sla(struct desk *d, struct err *e)
{
    struct question q = { .d = d };
    if (!read_question(&q, e)
        || !account_open(&q.account, &d->ws, d->as_of, desk_now(d), d->keep, e)
        || !sla_what_if(&q, e) || !ask_all(&q, e))
        return false;
    if (d->json)
        sla_print_json(&q);
    else if (desk_option(d, "html"))
        sla_print_html(&q);
    else
        sla_print_text(&q);
    return !desk_option(d, "check") || check(&q, e);
}
