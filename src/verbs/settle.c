/* settle.c: a person decides a verdict that the record leaves open. */
#include "verbs/verbs.h"

#include "record/sla_words.h"
#include "world/account.h"

#include <string.h>

static bool is_damaged(const struct account *a, const char *incident)
{
    for (const struct sla_gap *n = a->unread; n->incident; n++)
        if (!n->lost && text_equal(n->incident, incident))
            return true;
    return false;
}

/* The decision is written where the downtime is: into the last incident with a window of that
 * service in that period, else into the one that lost it. Nothing is written into a damaged one:
 * without another it is the workspace's log. */
static const char *incident_of(const struct account *a, const struct sla_result *r)
{
    for (size_t i = r->windows; i-- > 0;)
        if (!is_damaged(a, r->window[i].window->incident))
            return r->window[i].window->incident;
    return r->unread && r->unread->lost ? r->unread->incident : "log";
}

static bool go_there(struct desk *d, const char *incident, struct err *e)
{
    if (!text_equal(incident, "log"))
        return desk_incident(d, incident, e);
    d->name = incident;
    return true;
}

static bool leaves_doubt(const struct sla_result *r, struct err *e)
{
    if (!r->policy)
        return err_failed(e, "the service '%s' has no policy, so there is nothing to settle",
                          r->service);
    if (r->breach == VERDICT_UNCERTAIN)
        return true;
    err_hint(e, "tocsin sla --service %s --month %s --explain   shows the working; 'amend' and 'strike' correct the record",
             r->service, r->period.name);
    return err_failed(e, "the record leaves no doubt about '%s' in %s: breach %s", r->service,
                      r->period.name, verdict_names[r->breach]);
}

/* The period must be one that the contract counts by, in the contract's zone. */
static bool read_period(struct period *out, struct desk *d, struct err *e)
{
    const struct service *s = config_service(&d->ws.config, d->word[0], e);
    if (!s || !period_parse(out, d->word[1], d->ws.config.zone, d->keep, e))
        return false;
    int64_t middle = out->start + (out->end - out->start) / 2;
    const struct policy *p = s->policy ? policy_at(s->policy, middle) : NULL;
    if (p && !period_parse(out, d->word[1], p->zone, d->keep, e))
        return false;
    struct period own = p ? period_at(p, out->end - 1, d->keep) : *out;
    if (text_equal(own.name, out->name))
        return true;
    err_usage(e, "the policy of '%s' does not count by '%s'", s->name, d->word[1]);
    return err_hint(e, "tocsin settle %s %s %s --because TEXT", s->name, own.name, d->word[2]);
}

static const char *data_of(struct desk *d, const struct account *a, const struct sla_result *r, const char *because)
{
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "service", r->service);
    json_put(&o, "period", r->period.name);
    json_put(&o, "breach", d->word[2]);
    json_put(&o, "because", because);
    json_open(&o, "on", '{');
    json_put(&o, "policy", r->policy->name);
    json_put_int(&o, "low_ms", r->downtime_ms.low);
    json_put_int(&o, "nominal_ms", r->downtime_ms.nominal);
    json_put_int(&o, "high_ms", r->downtime_ms.high);
    json_put_int(&o, "allowed_ms", r->allowed_ms);
    if (r->unread) {
        json_open(&o, "unread", '[');
        for (const struct sla_gap *n = account_gap(a->unread, r->period); n; n = account_gap(n + 1, r->period))
            json_put(&o, NULL, n->incident);
        json_close(&o, ']');
        json_put(&o, "until", instant_utc(d->keep, r->as_of));
    }
    json_close(&o, '}');
    json_close(&o, '}');
    return t.at;
}

bool verb_settle(struct desk *d, struct err *e)
{
    struct account account;
    struct sla_result r;
    struct period period;
    const char *because = desk_option(d, "because");
    if (!desk_needs(d, 2, e) || !desk_at_most(d, 3, e))
        return false;
    if (!text_equal(d->word[2], "yes") && !text_equal(d->word[2], "no"))
        return err_usage(e, "found '%s', expected yes or no: was the SLA breached?", d->word[2]);
    if (!because || !*because) {
        err_hint(e, "tocsin settle %s %s %s --because TEXT", d->word[0], d->word[1], d->word[2]);
        return err_usage(e, "a decision needs its reason");
    }
    if (!read_period(&period, d, e)
        || !account_open(&account, &d->ws, INSTANT_NONE, desk_now(d), d->keep, e)
        || !account_sla(&r, &account, d->word[0], NULL, &period, false, d->keep, e)
        || !leaves_doubt(&r, e) || !go_there(d, incident_of(&account, &r), e)
        || !desk_append(d, NULL, EVENT_SETTLED, data_of(d, &account, &r, because), NULL, e))
        return false;
    desk_echo(d, "settled: breach of %s in %s is %s (downtime %s, allowed %s)", r.service,
              r.period.name, d->word[2], sla_seconds(d->keep, r.downtime_ms.nominal),
              duration_clock(d->keep, r.allowed_ms));
    return true;
}
