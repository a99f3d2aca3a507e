/* situation.c: see situation.h. */
#include "verbs/situation.h"

#include "verbs/show.h"
#include "world/journals.h"

#include <stdlib.h>
#include <string.h>

/* The journal up to as-of, as the raw folds want it. */
static struct journal until(struct desk *d, const struct journal *j)
{
    if (d->as_of == INSTANT_NONE)
        return *j;
    struct journal cut = *j;
    struct event *event = arena_many(d->keep, struct event, j->count + 1);
    cut.count = 0;
    for (size_t i = 0; i < j->count; i++)
        if (j->event[i].at <= d->as_of)
            event[cut.count++] = j->event[i];
    cut.event = event;
    return cut;
}

static int by_time(const void *a, const void *b)
{
    const struct change *const *x = a, *const *y = b;
    if ((*x)->begun->at != (*y)->begun->at)
        return (*x)->begun->at < (*y)->begun->at ? -1 : 1;
    return (*x)->begun->seq < (*y)->begun->seq ? -1 : 1;
}

/* One change a target, the last in force: putting back is by target, too. */
static void view_changes(struct situation *s, struct desk *d)
{
    const struct change **changed = arena_many(d->keep, const struct change *, s->ledger.targets + 1);
    const struct change **kept = arena_many(d->keep, const struct change *, s->ledger.changes + 1);
    for (size_t i = 0; i < s->ledger.targets; i++) {
        const struct target *t = &s->ledger.target[i];
        const struct change *last = NULL;
        for (const struct change *const *c = t->change; *c; c++)
            if (text_equal((*c)->incident, d->name) && change_in_force(*c) &&
                (t->changed || (*c)->state == CHANGE_IN_FLIGHT))
                last = *c;
        if (last)
            changed[s->changes++] = last;
    }
    for (size_t i = 0; i < s->ledger.changes; i++)
        if (s->ledger.change[i].state == CHANGE_KEPT && text_equal(s->ledger.change[i].incident, d->name))
            kept[s->keeps++] = &s->ledger.change[i];
    qsort(changed, s->changes, sizeof *changed, by_time);
    s->changed = changed;
    s->kept = kept;
}

static bool read_ledger(struct situation *s, struct desk *d, const struct journal *own, struct err *e)
{
    struct journals all;
    if (!journals_read(&all, &d->ws, own, d->keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++)
        all.journal[i] = until(d, &all.journal[i]);
    ledger_fold(&s->ledger, all.journal, all.count, d->keep);
    locks_fold(&s->held, &s->helds, all.journal, all.count, d->keep);
    view_changes(s, d);
    return true;
}

/* The newest answer of a read about this service or IP. */
static struct sighting last_seen(struct desk *d, const struct journal *j, const char *action,
                                 const char *key, const char *value, const char *good)
{
    struct sighting s = { .at = INSTANT_NONE, .words = "" };
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        if ((ev->kind != EVENT_READ && ev->kind != EVENT_WAITED) || !ev->data.at ||
            !json_is(json_get(ev->data, "action"), action) ||
            !json_is(json_get(json_get(ev->data, "args"), key), value))
            continue;
        struct json result = json_get(ev->data, "result");
        if (!result.at)
            continue;
        struct json seen = json_get(result, "observed");
        const char *words = json_get_text(result, "text", d->keep);
        int64_t ended = json_int_or(json_get(result, "ended"), 0);
        if (ended && !words)
            words = arena_print(d->keep, "flooded until %s, and not quiet for long enough", instant_text(d->keep, desk_zone(d), ended, FORM_HM));
        s = (struct sighting){ ev->recorded, json_is_true(json_get(result, good)),
                               seen.at && !json_is_true(seen), words ? words : "" };
    }
    return s;
}

/* A flood that was named: by a signal, or by a read that found it. */
static void see_flood(struct desk *d, const struct journal *j, const char *ip, struct sighting *s)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        struct json what = ev->kind == EVENT_SIGNAL ? ev->data
                           : ev->kind == EVENT_READ && json_is(json_get(ev->data, "action"), "sense.flood")
                               ? json_get(ev->data, "result") : (struct json){ 0 };
        if (!what.at || !json_is(json_get(what, "ip"), ip) || (s->at != INSTANT_NONE && ev->at < s->at))
            continue;
        const char *kind = json_get_text(what, ev->kind == EVENT_SIGNAL ? "flood" : "kind", d->keep);
        if (!kind)
            continue;
        char upper[16] = "";
        for (size_t k = 0; kind[k] && k < sizeof upper - 1; k++)
            upper[k] = (char)(kind[k] >= 'a' && kind[k] <= 'z' ? kind[k] - 32 : kind[k]);
        *s = (struct sighting){ ev->at, false, false, arena_print(d->keep, "%s flood", upper) };
    }
}

static void view_service(struct service_view *v, struct desk *d, const struct journal *j,
                         const struct service *service)
{
    const struct windows *all = &d->incident.windows;
    const struct window **mine = arena_many(d->keep, const struct window *, all->count + 1);
    size_t n = 0;
    enum impact_level worst = IMPACT_NONE;
    *v = (struct service_view){ .name = service->name, .state = "silent", .since = INSTANT_NONE };
    for (size_t i = 0; all->none && all->none[i]; i++)
        if (text_equal(all->none[i], service->name))
            v->state = "none";
    for (size_t i = 0; i < all->count; i++) {
        const struct window *w = &all->window[i];
        if (!text_equal(w->service, service->name) || w->level == IMPACT_NONE)
            continue;
        mine[n++] = w;
        if (w->open) { /* the worst level, since the first of them began */
            int64_t since = v->source && v->since < w->start.at ? v->since : w->start.at;
            if (!v->source || w->level < worst)
                v->state = impact_level_names[worst = w->level];
            v->since = since;
            v->source = v->source ? v->source : w->basis;
        } else if (!v->source && w->end.at > v->since) {
            v->state = "up";
            v->since = w->end.at;
        }
    }
    v->window = mine;
    v->probe = last_seen(d, j, "sense.answers", "service", service->name, "answers");
}

/* Those of the configuration, and those that suffered though it does not name them. */
static const struct service *services_of(struct desk *d, size_t *count)
{
    const struct config *c = &d->ws.config;
    const struct windows *w = &d->incident.windows;
    struct service *all = arena_many(d->keep, struct service, c->services + w->count + 1);
    if (c->services)
        memcpy(all, c->service, c->services * sizeof *all);
    *count = c->services;
    for (size_t i = 0; i < w->count; i++) {
        bool known = i && text_equal(w->window[i].service, w->window[i - 1].service); /* they stand by service */
        for (size_t k = 0; k < c->services && !known; k++)
            known = text_equal(all[k].name, w->window[i].service);
        if (!known)
            all[(*count)++] = (struct service){ .name = w->window[i].service };
    }
    return all;
}

/* The period that the incident fell into, not the one of whoever looks later. */
static bool view_sla(struct service_view *v, struct situation *s, struct desk *d,
                     const struct service *service, const struct account *a, struct err *e)
{
    if (!service->policy)
        return true;
    int64_t at = d->incident.opened_at;
    for (size_t i = 0; v->window[i]; i++)
        at = v->window[i]->open ? s->now : v->window[i]->end.at - 1;
    const struct policy *policy = policy_at(service->policy, at);
    if (!policy)
        return true;
    struct period period = period_at(policy, at, d->keep);
    v->has_sla = true;
    return account_sla(&v->sla, a, service->name, NULL, &period, false, d->keep, e);
}

/* Where an IP is: the last change that named it says so. */
static void view_target(struct target_view *v, struct situation *s, struct desk *d,
                        const struct journal *j, const char *ip, const char *service)
{
    *v = (struct target_view){ .ip = ip, .service = service, .place = "in pool", .since = INSTANT_NONE,
                               .dns_until = INSTANT_NONE };
    const char *vpc = NULL, *instead = NULL, *flying = NULL;
    for (size_t i = 0; i < s->ledger.changes; i++) {
        const struct change *c = &s->ledger.change[i];
        if (c->state == CHANGE_FAILED || !json_is(json_get(c->args, "ip"), ip))
            continue;
        flying = c->ended ? flying : c->name;
        if (!c->ended)
            continue;
        if (c->instead) {
            instead = c->instead;
            v->since = c->ended->at;
            continue;
        }
        if (text_equal(c->action, "dns.remove"))
            v->dns_until = c->ended->at + json_int_or(json_get(c->result, "live_ms"), 0);
        if (text_equal(c->action, "pool.remove"))
            v->out = true;
        else if (text_equal(c->action, "pool.add"))
            v->out = false;
        else if (text_equal(c->action, "cloud.attach"))
            vpc = json_get_text(c->args, "vpc", d->keep);
        else if (text_equal(c->action, "cloud.detach"))
            vpc = NULL;
        else
            continue;
        v->since = c->ended->at;
        instead = NULL;
    }
    v->watched = !v->out || vpc;
    if (vpc)
        v->place = arena_print(d->keep, "%sin VPC %s", v->out ? "" : "in pool, ", vpc);
    else if (v->out)
        v->place = "OUT of pool";
    if (instead)
        v->place = arena_print(d->keep, "not known: %s", instead[0] ? instead : "something else was done");
    v->unknown = instead || flying;
    if (flying)
        v->place = arena_print(d->keep, "%s, %s IN FLIGHT", v->place, flying);
    v->flood = last_seen(d, j, "sense.quiet", "ip", ip, "quiet");
    see_flood(d, j, ip, &v->flood);
}

/* How many IPs serve: those of the configuration that nobody took out, and
 * those that somebody added. */
static int64_t pool_size(const struct situation *s, const struct service *service, struct arena scratch)
{
    int64_t count = 0;
    const char *front = arena_print(&scratch, "pool:%s/", service->name);
    for (size_t k = 0; service->ips && service->ips[k]; k++)
        count++;
    for (size_t i = 0; i < s->ledger.targets; i++) {
        const struct target *t = &s->ledger.target[i];
        if (!text_starts(t->name, front))
            continue;
        bool known = false, holds = false;
        for (const struct change *const *c = t->change; *c; c++) /* by its last deed: work by hand has no reading */
            if ((*c)->ended && (*c)->state != CHANGE_FAILED)
                holds = text_equal((*c)->action, "pool.add");
        for (size_t k = 0; service->ips && service->ips[k]; k++)
            known |= text_equal(service->ips[k], t->name + strlen(front));
        count += known ? (holds ? 0 : -1) : holds;
    }
    return count;
}

/* Is an IP missing that usually serves? */
static bool is_short(const struct situation *s, const struct service *service, struct arena scratch)
{
    int64_t usual = 0;
    while (service->ips && service->ips[usual])
        usual++;
    return pool_size(s, service, scratch) < usual;
}

static void view_targets(struct situation *s, struct desk *d, const struct journal *j)
{
    size_t room = 0, n = 0;
    const struct config *c = &d->ws.config;
    for (size_t i = 0; i < c->services; i++)
        for (size_t k = 0; c->service[i].ips && c->service[i].ips[k]; k++)
            room++;
    struct target_view *v = arena_many(d->keep, struct target_view, room + 1);
    for (size_t i = 0; i < c->services; i++)
        for (size_t k = 0; c->service[i].ips && c->service[i].ips[k]; k++) {
            view_target(&v[n], s, d, j, c->service[i].ips[k], c->service[i].name);
            v[n].last = !v[n].out && !v[n].unknown && c->service[i].pool_min &&
                        pool_size(s, &c->service[i], *d->keep) <= c->service[i].pool_min;
            n += v[n].since != INSTANT_NONE || v[n].unknown || v[n].flood.at != INSTANT_NONE || v[n].dns_until != INSTANT_NONE ||
                 (v[n].last && is_short(s, &c->service[i], *d->keep));
        }
    s->target = v;
    s->targets = n;
}

static void view_latest(struct situation *s, struct desk *d)
{
    enum { FEW = 3 };
    const struct entry **latest = arena_many(d->keep, const struct entry *, FEW + 1);
    size_t n = 0;
    for (size_t i = d->incident.entries; i-- > 0 && n < FEW;) {
        const struct entry *entry = &d->incident.entry[i];
        if (entry->listed && !entry->struck && *entry->text && !entry_is_prose(entry, d->keep))
            latest[n++] = entry;
    }
    for (size_t i = 0; i < n / 2; i++) {
        const struct entry *swap = latest[i];
        latest[i] = latest[n - 1 - i];
        latest[n - 1 - i] = swap;
    }
    s->latest = latest;
}

static void view_people(struct situation *s, struct desk *d)
{
    struct text t = text_new(d->keep), b = text_new(d->keep);
    const struct incident *i = &d->incident;
    if (i->lead && *i->lead)
        text_print(&t, "lead %s", i->lead);
    for (size_t k = 0, shown = 0; i->person && i->person[k] && shown < 4; k++)
        if (!text_equal(i->person[k], i->lead)) {
            text_print(&t, "%s%s", t.length ? ", " : "", i->person[k]);
            shown++;
        }
    for (size_t k = 0; k < d->ws.config.roles; k++)
        text_print(&b, "%s%s %s", k ? ", " : "", d->ws.config.role[k].role, d->ws.config.role[k].plugin);
    bool drill = i->simulated || i->drill; /* the incident's own word: tocsin.yaml may be another by now */
    s->world = d->ws.config.simulated ? "SIMULATED" : drill ? "A DRILL IN A REAL WORKSPACE" : "REAL";
    s->bindings = b.length ? b.at : d->ws.config.simulated ? "every role by the simulator" : "every role by hand";
    s->people = t.at;
}

/* Who holds a run is known now, not as of another moment. */
static bool read_runs(struct situation *s, struct desk *d, const struct journal *own, struct err *e)
{
    const struct run_view *run;
    if (!runs_fold(&run, &s->runs, &d->ws, own, d->keep, e))
        return false;
    struct run_view *copy = arena_many(d->keep, struct run_view, s->runs + 1);
    for (size_t i = 0; i < s->runs; i++) {
        copy[i] = run[i];
        if (d->as_of != INSTANT_NONE && text_equal(run[i].state, "dead"))
            copy[i].state = "under way";
    }
    s->run = copy;
    s->waiting = questions_open(&s->waitings, own, s->now, desk_zone(d), d->keep);
    return true;
}

bool situation_is_open(const struct situation *s)
{
    for (size_t i = 0; i < s->services; i++)
        if (s->service[i].source)
            return true;
    for (size_t i = 0; i < s->runs; i++)
        if (!text_equal(s->run[i].state, "ended"))
            return true;
    return s->changes > 0;
}

/* Until this machine's clock has come so far, all that is written down gets the record's last time. */
static const char *const *with_clock(const char *const *warning, struct desk *d)
{
    int64_t ahead = d->recorded_until - d->world->clock(d->world);
    size_t n = 0;
    while (warning[n])
        n++;
    if (ahead < MINUTE_MS)
        return warning;
    const char **more = arena_many(d->keep, const char *, n + 2);
    memcpy(more, warning, n * sizeof *more);
    more[n] = arena_print(d->keep, "the record is %s ahead of this machine's clock, one of them was wrong: until that is made up, "
                          "all that happens gets the time %s; is the clock right now?", duration_words(d->keep, ahead),
                          instant_text(d->keep, desk_zone(d), d->recorded_until, FORM_HMS));
    return more;
}

bool situation_gather(struct situation *out, struct desk *d, struct err *e)
{
    struct journal own = until(d, &d->journal);
    struct account account;
    *out = (struct situation){ .now = d->as_of == INSTANT_NONE ? desk_now(d) : d->as_of };
    const struct service *all = services_of(d, &out->services);
    struct service_view *service = arena_many(d->keep, struct service_view, out->services + 1);
    if (!read_ledger(out, d, &own, e) || !read_runs(out, d, &own, e) ||
        !account_open_knowing(&account, &d->incident, &d->ws, d->as_of, out->now, d->keep, e))
        return false;
    out->warning = d->warning = with_clock(account.warning, d);
    out->unread = account.unread;
    d->unread = NULL; /* who gathers says so */
    for (size_t i = 0; i < out->services; i++) {
        view_service(&service[i], d, &own, &all[i]);
        if (!view_sla(&service[i], out, d, &all[i], &account, e))
            return false;
    }
    out->service = service;
    view_targets(out, d, &own);
    view_latest(out, d);
    view_people(out, d);
    situation_advise(out, d);
    return true;
}
