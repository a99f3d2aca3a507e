/* facts.c: gathering; facts_json.c says it as data. */
#include "tell/facts.h"

#include "record/outage.h"

#include <string.h>

const char *prose_slot(const struct event *ev, struct arena *keep)
{
    if (ev->kind != EVENT_NOTE)
        return NULL;
    const char *source = json_get_text(ev->data, "source", keep);
    return source && text_starts(source, "report/") ? source + strlen("report/") : NULL;
}

/* --- one service ----------------------------------------------------------------- */

static const struct policy *everything_counts(const char *zone, struct arena *keep)
{
    struct policy *p = arena_one(keep, struct policy);
    *p = (struct policy){ .name = "", .zone = zone, .from = INSTANT_NONE, .claimant = "",
                          .weight = WEIGHT_FULL };
    return p;
}

/* The union of this incident's windows of one level, or of all (IMPACT_NONE). */
static struct range spent(const struct facts *f, const char *service, enum impact_level level,
                          struct sla_result *result, struct arena *keep)
{
    const struct windows *all = &f->incident->windows;
    struct window *some = arena_many(keep, struct window, all->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->window[i].service, service) && all->window[i].level != IMPACT_NONE
            && (level == IMPACT_NONE || all->window[i].level == level)) {
            some[count] = all->window[i];
            some[count++].level = IMPACT_DOWN; /* counted by its length, not by its weight */
        }
    struct period whole = { f->first_at - DAY_MS, f->last_at + DAY_MS, "" };
    sla_compute(result, service, everything_counts(f->incident->zone, keep), whole, some, count,
                false, f->account.as_of, keep);
    return result->downtime_ms;
}

static bool named(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (text_equal(*names, name))
            return true;
    return false;
}

static void own_windows(struct suffering *s, const struct facts *f, struct arena *keep)
{
    struct sla_result r;
    const struct windows *all = &f->incident->windows;
    struct sla_window *list = arena_many(keep, struct sla_window, all->count + 1);
    s->down_ms = spent(f, s->name, IMPACT_DOWN, &r, keep);
    s->degraded_ms = spent(f, s->name, IMPACT_DEGRADED, &r, keep);
    s->unknown_ms = spent(f, s->name, IMPACT_UNKNOWN, &r, keep);
    s->affected_ms = spent(f, s->name, IMPACT_NONE, &r, keep);
    for (size_t i = 0; i < all->count; i++) {
        const struct window *w = &all->window[i];
        if (!text_equal(w->service, s->name) || w->level == IMPACT_NONE)
            continue;
        list[s->windows++] = (struct sla_window){ w, w->start.at, w->end.at,
                                                  w->end.at - w->start.at, true };
        s->open = s->open || w->open;
    }
    s->window = list;
    s->none = named(f->incident->windows.none, s->name) && !s->windows;
}

static bool concerns(const struct suffering *s, const char *service)
{
    return text_equal(s->name, service) || named(s->members, service);
}

bool facts_suffered(const struct facts *f, const struct suffering *s, const struct sla_result *r)
{
    const struct windows *all = &f->incident->windows;
    for (size_t i = 0; i < all->count && r->downtime_ms.high > 0; i++)
        if (concerns(s, all->window[i].service) && all->window[i].level != IMPACT_NONE
            && all->window[i].start.at < r->period.end
            && (all->window[i].end.at > r->period.start || all->window[i].open))
            return true;
    return false;
}

/* What stands between the least and the most, did all times stand as they are written. */
static bool doubt_of(struct doubt *out, const struct sla_result *r, const struct facts *f, const struct policy_set *set,
                     struct arena *keep, struct err *e)
{
    struct sla_result as_written;
    *out = (struct doubt){ 0 };
    if (r->downtime_ms.low == r->downtime_ms.high)
        return true;
    if (!account_sla(&as_written, &f->account, r->service, set, &r->period, true, keep, e))
        return false;
    if (as_written.downtime_ms.high - as_written.downtime_ms.low < SECOND_MS)
        return true;
    for (size_t i = 0; i < r->flags; i++)
        out->claimed = out->claimed || r->flag[i].known;
    for (size_t i = 0; i < r->windows; i++)
        out->level = out->level || (r->window[i].counts && outage_weight(r->policy, r->window[i].window, LOW)
                                                               != outage_weight(r->policy, r->window[i].window, HIGH));
    out->voices = !out->claimed && !out->level;
    return true;
}

/* Every period of the policy that this incident's windows of the service
 * touch; the one of the incident's day where there are none. */
static bool own_slas(struct suffering *s, const struct facts *f, const struct policy_set *set,
                     struct arena *keep, struct err *e)
{
    int64_t from = INSTANT_NONE, to = f->day_at;
    const struct windows *all = &f->incident->windows;
    for (size_t i = 0; i < all->count; i++) {
        const struct window *w = &all->window[i];
        if (!concerns(s, w->service) || w->level == IMPACT_NONE)
            continue;
        from = from == INSTANT_NONE || w->start.at < from ? w->start.at : from;
        to = w->end.at > to ? w->end.at : to;
    }
    from = from == INSTANT_NONE ? f->day_at : from;
    enum { MOST_PERIODS = 24 };
    struct sla_result *list = arena_many(keep, struct sla_result, MOST_PERIODS);
    struct doubt *doubt = arena_many(keep, struct doubt, MOST_PERIODS);
    for (int64_t at = from; s->slas < MOST_PERIODS;) {
        const struct policy *policy = policy_at(set, at);
        if (!policy)
            break;
        struct period period = period_at(policy, at, keep);
        if (!account_sla(&list[s->slas], &f->account, s->name, set, &period, false, keep, e)
            || !doubt_of(&doubt[s->slas], &list[s->slas], f, set, keep, e))
            return false;
        s->slas++;
        at = period.end;
        if (at >= to)
            break;
    }
    s->sla = list;
    s->doubt = doubt;
    return true;
}

static bool take_service(struct facts *f, struct suffering *s, const char *name,
                         const struct service *known, struct arena *keep, struct err *e)
{
    const struct policy_set *set = known ? known->policy : NULL;
    *s = (struct suffering){ .name = name, .members = known ? known->members : NULL };
    own_windows(s, f, keep);
    return !set || own_slas(s, f, set, keep, e);
}

static bool has_service(const struct facts *f, const struct suffering *list, const char *name)
{
    for (size_t i = 0; i < f->services; i++)
        if (text_equal(list[i].name, name))
            return true;
    return false;
}

static bool take_services(struct facts *f, struct arena *keep, struct err *e)
{
    const struct config *c = &f->ws->config;
    const struct windows *w = &f->incident->windows;
    size_t most = c->services + w->count + 1;
    for (const char *const *none = w->none; none && *none; none++)
        most++;
    struct suffering *list = arena_many(keep, struct suffering, most);
    f->service = list;
    for (size_t i = 0; i < c->services; i++, f->services++)
        if (!take_service(f, &list[i], c->service[i].name, &c->service[i], keep, e))
            return false;
    for (size_t i = 0; i < w->count; i++)
        if (!has_service(f, list, w->window[i].service)
            && !take_service(f, &list[f->services++], w->window[i].service, NULL, keep, e))
            return false;
    for (const char *const *none = w->none; none && *none; none++)
        if (!has_service(f, list, *none)
            && !take_service(f, &list[f->services++], *none, NULL, keep, e))
            return false;
    return true;
}

/* --- the whole ---------------------------------------------------------------------- */

static void reach(struct facts *f, int64_t at)
{
    f->first_at = f->first_at == INSTANT_NONE || at < f->first_at ? at : f->first_at;
    f->last_at = f->last_at == INSTANT_NONE || at > f->last_at ? at : f->last_at;
}

static void find_times(struct facts *f)
{
    const struct incident *i = f->incident;
    f->first_at = f->last_at = f->day_at = INSTANT_NONE;
    for (size_t n = 0; n < i->entries; n++)
        if (i->entry[n].listed && !i->entry[n].struck)
            reach(f, i->entry[n].at);
    for (size_t n = 0; n < i->windows.count; n++) {
        const struct window *w = &i->windows.window[n];
        reach(f, w->start.at);
        reach(f, w->end.at);
        if (w->level != IMPACT_NONE && (f->day_at == INSTANT_NONE || w->start.at < f->day_at))
            f->day_at = w->start.at;
    }
    if (f->first_at == INSTANT_NONE)
        reach(f, i->opened_at);
    f->day_at = f->day_at == INSTANT_NONE ? f->first_at : f->day_at;
    f->recorded_at = i->opened_at;
    for (size_t n = 0; n < f->journal->count; n++)
        if (f->journal->event[n].recorded > f->recorded_at)
            f->recorded_at = f->journal->event[n].recorded;
}

/* What had happened by then: later changes, answers and runs are not told. */
static const struct journal *journal_up_to(const struct journal *j, int64_t as_of,
                                           struct arena *keep)
{
    if (as_of == INSTANT_NONE)
        return j;
    struct journal *cut = arena_one(keep, struct journal);
    struct event *event = arena_many(keep, struct event, j->count + 1);
    *cut = *j;
    cut->event = event;
    cut->count = 0;
    for (size_t i = 0; i < j->count; i++)
        if (j->event[i].at <= as_of)
            event[cut->count++] = j->event[i];
    return cut;
}

bool facts_gather(struct facts *out, const struct workspace *ws, const struct journal *journal,
                  const struct incident *incident, int64_t as_of, int64_t now,
                  struct arena *keep, struct err *e)
{
    *out = (struct facts){ .ws = ws, .incident = incident };
    out->journal = journal_up_to(journal, as_of, keep);
    if (!account_open(&out->account, ws, as_of, now, keep, e))
        return false;
    find_times(out);
    out->as_of = as_of == INSTANT_NONE ? out->recorded_at : as_of;
    ledger_fold(&out->ledger, out->journal, 1, keep);
    return take_services(out, keep, e);
}
