/* account.c: see account.h. */
#include "world/account.h"

#include <stdlib.h>
#include <string.h>

/* The account as it grows. */
struct growing {
    struct account *out;
    struct arena *keep;
    struct incident *incident;
    struct window *window, *struck;
    const struct event **settled;
    const struct incident *known;  /* folded already; NULL */
    size_t room_windows, room_struck, room_settled;
    const char **warning;
    size_t warnings, room_warnings;
    struct sla_gap *unread;
    size_t unreads;
};

/* A list with room for `more`, grown by doubling. */
static void *room_for(struct arena *keep, void *list, size_t size, size_t count, size_t more,
                      size_t *room)
{
    if (count + more < *room)
        return list;
    size_t larger = *room ? *room : 16;
    while (larger <= count + more)
        larger *= 2;
    char *fresh = arena_take(keep, size, alignof(max_align_t), larger);
    if (count)
        memcpy(fresh, list, size * count);
    *room = larger;
    return fresh;
}

static void warn(struct growing *g, const char *incident, const char *words)
{
    g->warning = room_for(g->keep, g->warning, sizeof *g->warning, g->warnings, 1,
                          &g->room_warnings);
    g->warning[g->warnings++] = arena_print(g->keep, "%s: %s", incident, words);
}

static void unread(struct growing *g, const char *incident, const char *why)
{
    g->unread[g->unreads++] = (struct sla_gap){ incident, "cannot be read whole", false, INSTANT_NONE };
    warn(g, incident, arena_print(g->keep, "cannot be read whole: %s", why));
}

/* What is lost was written, and had happened, before the last that is left of a closed incident. */
static void lost(struct growing *g, const struct incident *i, const struct journal *j)
{
    int64_t until = 0;
    for (size_t k = 0; k < j->count; k++)
        until = j->event[k].recorded > until ? j->event[k].recorded : until;
    const char *words = arena_print(g->keep, "lost %s to damage", text_count(g->keep, i->lost, "event"));
    g->unread[g->unreads++] = (struct sla_gap){ i->name, words, true, i->closed ? until : INSTANT_NONE };
    warn(g, i->name, arena_print(g->keep, "%s: what that said is in no figure", words));
}

static void take_settled(struct growing *g, const struct journal *j)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->event[i].kind == EVENT_SETTLED && j->event[i].data.at) {
            g->settled = room_for(g->keep, g->settled, sizeof *g->settled, g->out->settlements, 1,
                                  &g->room_settled);
            g->settled[g->out->settlements++] = &j->event[i];
        }
}

static void take_windows(struct growing *g, const struct incident *i)
{
    const struct windows *w = &i->windows;
    g->window = room_for(g->keep, g->window, sizeof *g->window, g->out->windows, w->count,
                         &g->room_windows);
    g->struck = room_for(g->keep, g->struck, sizeof *g->struck, g->out->struck_count,
                         w->struck_count, &g->room_struck);
    if (w->count)
        memcpy(g->window + g->out->windows, w->window, w->count * sizeof *w->window);
    if (w->struck_count)
        memcpy(g->struck + g->out->struck_count, w->struck, w->struck_count * sizeof *w->struck);
    g->out->windows += w->count;
    g->out->struck_count += w->struck_count;
    for (const char *const *n = w->note; *n; n++)
        warn(g, i->name, *n);
}

static bool take_incident(struct growing *g, const char *name, int64_t as_of, int64_t now,
                          struct err *e)
{
    struct journal j;
    struct incident *i = &g->incident[g->out->incidents];
    struct err why = { 0 };
    if (strcmp(name, "log") == 0)
        return true;
    if (!workspace_journal(&j, g->out->ws, name, g->keep, &why)) {
        unread(g, name, arena_string(g->keep, why.text));
        return true;
    }
    take_settled(g, &j);
    if (g->known && strcmp(g->known->name, name) == 0)
        *i = *g->known;
    else if (!incident_fold(i, &j, as_of, now, g->keep, e))
        return err_while(e, "folding '%s'", name);
    if (i->warning)
        unread(g, name, i->warning);
    if (!j.count)
        return true;
    if ((i->drill || i->simulated) && !g->out->ws->config.simulated)
        return true;
    if (i->lost && !i->warning)
        lost(g, i, &j);
    g->out->incidents++;
    take_windows(g, i);
    return true;
}

static int by_recorded(const void *a, const void *b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;
    if (x->recorded != y->recorded)
        return x->recorded < y->recorded ? -1 : 1;
    int c = strcmp(x->hash, y->hash);
    return x->stream == y->stream && x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) : c;
}

static int by_id(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    int c = strcmp(x->id, y->id);
    return c ? c : (int)x->open - (int)y->open; /* a closed copy knows more */
}

/* An incident and a copy of it that was imported hold the same opening: its
 * window counts once. */
static void drop_copies(struct growing *g)
{
    size_t kept = 0;
    if (g->out->incidents < 2 || !g->out->windows)
        return;
    qsort(g->window, g->out->windows, sizeof *g->window, by_id);
    for (size_t i = 0; i < g->out->windows; i++)
        if (!kept || strcmp(g->window[kept - 1].id, g->window[i].id))
            g->window[kept++] = g->window[i];
    g->out->windows = kept;
}

static int by_start(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    int c = strcmp(x->service, y->service);
    if (c)
        return c;
    if (x->start.at != y->start.at)
        return x->start.at < y->start.at ? -1 : 1;
    c = strcmp(x->incident, y->incident);
    return c ? c : (x->opening->seq > y->opening->seq) - (x->opening->seq < y->opening->seq);
}

bool account_open(struct account *out, const struct workspace *ws, int64_t as_of, int64_t now,
                  struct arena *keep, struct err *e)
{
    return account_open_knowing(out, NULL, ws, as_of, now, keep, e);
}

bool account_open_knowing(struct account *out, const struct incident *known, const struct workspace *ws,
                          int64_t as_of, int64_t now, struct arena *keep, struct err *e)
{
    struct names names;
    struct journal log;
    struct err no_log = { 0 };
    *out = (struct account){ .ws = ws, .as_of = as_of == INSTANT_NONE ? now : as_of };
    if (!ws->store->list(ws->store, &names, keep, e))
        return err_while(e, "listing the incidents");
    struct growing g = { .out = out, .keep = keep, .known = known,
                         .incident = arena_many(keep, struct incident, names.count + 1),
                         .unread = arena_many(keep, struct sla_gap, names.count + 1) };
    for (size_t i = 0; i < names.count; i++)
        if (!take_incident(&g, names.name[i], as_of, now, e))
            return false;
    if (workspace_journal(&log, ws, "log", keep, &no_log))
        take_settled(&g, &log);
    drop_copies(&g);
    if (out->windows)
        qsort(g.window, out->windows, sizeof *g.window, by_start);
    if (out->settlements)
        qsort(g.settled, out->settlements, sizeof *g.settled, by_recorded);
    g.warning = room_for(keep, g.warning, sizeof *g.warning, g.warnings, 1, &g.room_warnings);
    g.warning[g.warnings] = NULL;
    out->incident = g.incident;
    out->window = g.window;
    out->struck = g.struck;
    out->settled = g.settled;
    out->warning = g.warning;
    out->unread = g.unread;
    return true;
}

static bool is_of(const struct sla_question *q, const char *service)
{
    if (text_equal(q->service, service))
        return true;
    for (const char *const *m = q->members; m && *m; m++)
        if (text_equal(*m, service))
            return true;
    return false;
}

/* Was anything about its impact written after that? For a decision that does
 * not say what it was made on. */
static bool changed_since(const struct account *a, const struct sla_question *q, int64_t recorded)
{
    for (size_t i = 0; i < a->incidents; i++)
        for (size_t k = 0; k < a->incident[i].entries; k++) {
            const struct entry *n = &a->incident[i].entry[k];
            if (n->event->kind != EVENT_IMPACT || !is_of(q, n->service))
                continue;
            int64_t last = n->event->recorded;
            for (size_t c = 0; c < n->corrections; c++)
                last = n->correction[c]->recorded > last ? n->correction[c]->recorded : last;
            if (last > recorded)
                return true;
        }
    return false;
}

static bool is_int(struct json object, const char *key, int64_t n)
{
    int64_t found;
    return json_int(json_get(object, key), &found) && found == n;
}

const struct sla_gap *account_gap(const struct sla_gap *from, struct period period)
{
    while (from->incident && from->until != INSTANT_NONE && period.start > from->until)
        from++;
    return from->incident ? from : NULL;
}

/* Were just these incidents not whole when it was decided? */
static bool same_gaps(const struct account *a, const struct sla_question *q, struct json names)
{
    struct json_walk w = json_walk(names);
    for (const struct sla_gap *n = account_gap(a->unread, q->period); n; n = account_gap(n + 1, q->period))
        if (!json_next(&w) || !json_is(w.value, n->incident))
            return false;
    return !json_next(&w);
}

/* Is it of an incident that is not whole? */
static bool is_partial(const struct account *a, const struct sla_question *q, const struct window *w)
{
    for (const struct sla_gap *n = account_gap(a->unread, q->period); n; n = account_gap(n + 1, q->period))
        if (text_equal(n->incident, w->incident))
            return true;
    return false;
}

/* A window whose end may be what is missing runs on: for the decision it stands as it did then. */
static struct range down_when_decided(const struct account *a, const struct sla_question *q, struct json on,
                                      struct arena scratch)
{
    struct sla_question then = *q;
    struct range down = { 0 };
    struct window *window = arena_many(&scratch, struct window, q->windows + 1);
    int64_t until;
    const char *typed = json_text_or(json_get(on, "until"), &scratch, "");
    if (!instant_parse_rfc3339(typed, strlen(typed), &until))
        return (struct range){ -1, -1, -1 };
    for (size_t i = 0; i < q->windows; i++) {
        window[i] = q->window[i];
        if (window[i].open && window[i].end.at > until && is_partial(a, q, &window[i]))
            window[i].end.at = until;
    }
    then.window = window;
    (void)sla_verdict(&then, &down, scratch);
    return down;
}

/* Was the decision made on just this doubt? `r` is the answer by the times as
 * they are known, never --exact. */
static bool holds(const struct account *a, const struct sla_question *q, const struct sla_result *r,
                  const struct event *settled, struct arena *keep)
{
    struct json on = json_get(settled->data, "on");
    if (r->breach != VERDICT_UNCERTAIN || a->supposed)
        return false;
    if (!on.at)
        return !changed_since(a, q, settled->recorded);
    struct range down = r->unread ? down_when_decided(a, q, on, *keep) : r->downtime_ms;
    return json_is(json_get(on, "policy"), q->policy->name)
        && is_int(on, "low_ms", down.low) && is_int(on, "nominal_ms", down.nominal)
        && is_int(on, "high_ms", down.high) && is_int(on, "allowed_ms", r->allowed_ms)
        && same_gaps(a, q, json_get(on, "unread"));
}

/* What is missing may have begun downtime or ended it: only what the whole incidents make alone
 * is sure, and the rest a doubt that no rule for doubtful minutes was made for. */
static void answer(struct sla_result *r, const struct account *a, const struct sla_question *q, struct arena *keep)
{
    struct sla_question rest = *q;
    struct range downtime;
    sla_answer(r, q, keep);
    r->unread = account_gap(a->unread, q->period);
    if (!r->unread)
        return;
    struct window *whole = arena_many(keep, struct window, q->windows + 1);
    rest.window = whole;
    rest.windows = 0;
    for (size_t i = 0; i < q->windows; i++)
        if (!is_partial(a, q, &q->window[i]))
            whole[rest.windows++] = q->window[i];
    r->as_read = r->breach;
    r->breach = r->decided = sla_verdict(&rest, &downtime, *keep) == VERDICT_YES ? VERDICT_YES : VERDICT_UNCERTAIN;
    r->decided_by = "record";
    r->least_ms = downtime.low;
    r->breach_at = INSTANT_NONE;
}

/* The last decision about the service and period, if it still holds. */
static void settle(struct sla_result *r, const struct account *a, const struct sla_question *q,
                   struct arena *keep)
{
    const struct event *last = NULL;
    for (size_t i = 0; i < a->settlements; i++)
        if (a->settled[i]->at <= a->as_of
            && json_is(json_get(a->settled[i]->data, "service"), r->service)
            && json_is(json_get(a->settled[i]->data, "period"), r->period.name)
            && json_get_text(a->settled[i]->data, "breach", keep))
            last = a->settled[i];
    if (!last)
        return;
    const char *breach = json_get_text(last->data, "breach", keep);
    const char *because = json_text_or(json_get(last->data, "because"), keep, "");
    struct sla_result known = *r;
    if (q->exactly) {
        struct sla_question rough = *q;
        rough.exactly = false;
        answer(&known, a, &rough, keep);
    }
    if (holds(a, q, &known, last, keep)) {
        if (!q->exactly)
            sla_settle(r, breach, because);
        return;
    }
    r->settled_stale = !a->supposed;
    r->stale_breach = breach;
    r->stale_because = because;
}

/* Where there is no contract, there is nothing to breach. */
static const struct policy *no_policy(const char *zone, struct arena *keep)
{
    struct policy *p = arena_one(keep, struct policy);
    *p = (struct policy){ .name = "", .zone = zone, .from = INSTANT_NONE, .claimant = "" };
    return p;
}

static bool policy_for(const struct policy **out, const struct policy_set *set,
                       const struct period *period, int64_t as_of, struct arena *keep,
                       struct err *e)
{
    *out = policy_at(set, period ? period->start : as_of);
    if (*out && !period) { /* its period may have begun under an older version */
        const struct policy *older = policy_at(set, period_at(*out, as_of, keep).start);
        *out = older ? older : *out;
    }
    if (*out)
        return true;
    const struct policy *first = &set->version[0];
    return err_input(e, "no version of the policy '%s' is in force%s%s; the first is from %s",
                     set->name, period ? " in " : "", period ? period->name : "",
                     instant_text(keep, first->zone, first->from, FORM_DATE));
}

bool account_question(struct sla_question *out, const struct account *a, const char *service,
                      const struct policy_set *set, const struct period *period, bool exactly,
                      struct arena *keep, struct err *e)
{
    const struct service *s = config_service(&a->ws->config, service, e);
    if (!s)
        return false;
    set = set ? set : s->policy;
    const struct policy *policy = no_policy(a->ws->config.zone, keep);
    if (set && !policy_for(&policy, set, period, a->as_of, keep, e))
        return false;
    *out = (struct sla_question){
        .service = s->name, .members = s->members, .group = s->group, .policy = policy,
        .period = period ? *period : period_at(policy, a->as_of, keep), .window = a->window,
        .windows = a->windows, .calendar = &a->ws->config.calendar, .exactly = exactly,
        .as_of = a->as_of };
    return true;
}

bool account_sla(struct sla_result *out, const struct account *a, const char *service,
                 const struct policy_set *set, const struct period *period, bool exactly,
                 struct arena *keep, struct err *e)
{
    struct sla_question q;
    if (!account_question(&q, a, service, set, period, exactly, keep, e))
        return false;
    answer(out, a, &q, keep);
    settle(out, a, &q, keep);
    if (!*q.policy->name)
        out->policy = NULL;
    return true;
}

/* Does anything of the incident lie in the period? */
static bool reaches_into(const struct incident *i, struct period period)
{
    for (size_t k = 0; k < i->entries; k++)
        if (i->entry[k].at >= period.start && i->entry[k].at < period.end)
            return true;
    return false;
}

bool account_affirmed(const struct account *a, const char *service, struct period period)
{
    bool affirmed = false;
    for (size_t i = 0; i < a->windows; i++)
        if (text_equal(a->window[i].service, service) && a->window[i].start.at < period.end
            && a->window[i].end.at > period.start)
            return false;
    for (size_t i = 0; i < a->incidents && !affirmed; i++)
        for (const char *const *n = a->incident[i].windows.none; *n && !affirmed; n++)
            affirmed = text_equal(*n, service) && reaches_into(&a->incident[i], period);
    return affirmed;
}
