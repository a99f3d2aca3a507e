/* scenario_judge.c: were the promises of a scenario kept? */
#include "play/scenario_inside.h"

#include "play/ledger.h"
#include "world/account.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One action as it was begun, with its outcome. */
struct deed { const struct event *begun; const char *incident; bool done; };

struct deeds { struct deed *deed; size_t count; };

static int by_record(const void *a, const void *b)
{
    const struct event *x = ((const struct deed *)a)->begun, *y = ((const struct deed *)b)->begun;
    if (x->recorded != y->recorded)
        return x->recorded < y->recorded ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Did the action that `begun` began take place, or was it so already? */
static bool took_place(const struct journal *j, const struct event *begun)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        if (ev->kind != EVENT_ACTION_ENDED || !json_is(json_get(ev->data, "begun"), begun->hash))
            continue;
        struct json outcome = json_get(ev->data, "outcome");
        if (json_is(outcome, "ok"))
            return true;
    }
    return false;
}

static void gather(struct deeds *out, const struct journal *j, size_t journals, struct arena *keep)
{
    size_t most = 0;
    for (size_t k = 0; k < journals; k++)
        most += j[k].count;
    out->deed = arena_many(keep, struct deed, most + 1);
    out->count = 0;
    for (size_t k = 0; k < journals; k++)
        for (size_t i = 0; i < j[k].count; i++)
            if (j[k].event[i].kind == EVENT_ACTION_BEGUN)
                out->deed[out->count++] = (struct deed){ &j[k].event[i], j[k].incident,
                                                         took_place(&j[k], &j[k].event[i]) };
    qsort(out->deed, out->count, sizeof *out->deed, by_record);
}

/* "pool.remove ip=192.0.2.1": this action with these arguments, whatever else. */
static bool is_deed(const struct deed *d, const char *wanted, struct arena *keep)
{
    size_t length = strcspn(wanted, " ");
    if (!json_is(json_get(d->begun->data, "action"), arena_copy(keep, wanted, length)))
        return false;
    struct json args = json_get(d->begun->data, "args");
    for (const char *at = wanted + length; *at;) {
        at += strspn(at, " ");
        size_t key = strcspn(at, "= "), whole = strcspn(at, " ");
        if (!whole)
            break;
        struct json value = json_get(args, arena_copy(keep, at, key));
        const char *text = json_text(value, keep);
        if (!value.at)
            return false;
        if (!text)
            text = arena_copy(keep, value.at, value.length);
        if (key == whole || strcmp(text, arena_copy(keep, at + key + 1, whole - key - 1)) != 0)
            return false;
        at += whole;
    }
    return true;
}

static void judge_actions(struct play *p, const struct promise_row *row, const struct deeds *d)
{
    size_t at = 0;
    const char *before = NULL;
    for (size_t i = 0; row->list && row->list[i]; i++) {
        size_t found = at;
        while (found < d->count && !(d->deed[found].done && is_deed(&d->deed[found], row->list[i], p->keep)))
            found++;
        bool kept = found < d->count;
        play_expect(p, kept, before ? arena_print(p->keep, "'%s' is done after '%s'", row->list[i], before)
                                    : arena_print(p->keep, "'%s' is done", row->list[i]),
                    kept ? "" : "it was not");
        at = kept ? found + 1 : at;
        before = row->list[i];
    }
}

static void judge_never(struct play *p, const struct promise_row *row, const struct deeds *d)
{
    for (size_t i = 0; row->list && row->list[i]; i++) {
        const struct deed *found = NULL;
        for (size_t k = 0; k < d->count && !found; k++)
            if (is_deed(&d->deed[k], row->list[i], p->keep))
                found = &d->deed[k];
        play_expect(p, !found, arena_print(p->keep, "'%s' is never done", row->list[i]),
                    found ? arena_print(p->keep, "it was begun at %s", play_time(p, found->begun->at)) : "");
    }
}

static void judge_ledger(struct play *p, const struct journal *j, size_t journals)
{
    struct ledger ledger;
    struct text left = text_new(p->keep);
    ledger_fold(&ledger, j, journals, p->keep);
    for (size_t i = 0; i < ledger.targets; i++)
        if (ledger.target[i].changed)
            text_print(&left, "%s%s", left.length ? ", " : "", ledger.target[i].name);
    play_expect(p, left.length == 0, "the ledger says that nothing is changed any more", left.at);
}

static bool judge_shape(struct play *p, struct err *e)
{
    static const char *const parts[] = { "pools", "names", "IPs", "VPCs", "status pages", NULL };
    struct json now, then = json_from(p->first_shape);
    if (!play_look(p, "shape", "{}", &now, p->keep, e))
        return false;
    for (size_t i = 0; parts[i]; i++) {
        struct json a = json_get(then, parts[i]), b = json_get(now, parts[i]);
        bool same = a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
        play_expect(p, same, arena_print(p->keep, "in the end the %s are as they were", parts[i]),
                    arena_print(p->keep, "%.*s, it was %.*s", (int)b.length, b.at, (int)a.length, a.at));
    }
    return true;
}

static bool judge_breach(struct play *p, const struct promise_row *row, struct err *e)
{
    struct account account;
    struct sla_result sla;
    if (!account_open(&account, &p->ws, INSTANT_NONE, p->clock.now, p->keep, e)
        || !account_sla(&sla, &account, row->service, NULL, NULL, false, p->keep, e))
        return false;
    const char *found = verdict_names[sla.breach];
    play_expect(p, strcmp(found, row->text) == 0,
                arena_print(p->keep, "the SLA of %s is breached: %s", row->service, row->text),
                arena_print(p->keep, "%s, with %s down", found,
                            duration_words(p->keep, sla.downtime_ms.nominal)));
    return true;
}

static bool judge_service(struct play *p, const struct promise_row *row, struct err *e)
{
    const struct watched *w = NULL;
    for (size_t i = 0; i < p->services; i++)
        if (strcmp(p->watched[i].name, row->service) == 0)
            w = &p->watched[i];
    if (!w)
        return err_input(e, "%s: expect: there is no service '%s'", p->s.file, row->service);
    if (row->kind == PROMISE_BREACH)
        return judge_breach(p, row, e);
    if (row->kind == PROMISE_DOWNTIME)
        play_expect(p, w->down_ms <= row->number,
                    arena_print(p->keep, "%s is silent for at most %s in all", w->name,
                                duration_words(p->keep, row->number)),
                    arena_print(p->keep, "%s", duration_words(p->keep, w->down_ms)));
    else
        play_expect(p, w->least >= row->number,
                    arena_print(p->keep, "the pool of %s never holds fewer than %s", w->name,
                                text_count(p->keep, row->number, "IP")),
                    text_count(p->keep, w->least, "IP"));
    return true;
}

/* Did anybody say that it is mitigated while a service was silent? When a silence ended is
 * known from one look at the world to the next: what was said between them may be right. */
static void judge_mitigated(struct play *p, const struct journal *j, size_t journals)
{
    const char *found = NULL;
    size_t said = 0;
    for (size_t k = 0; k < journals; k++)
        for (size_t i = 0; i < j[k].count; i++) {
            const struct event *ev = &j[k].event[i];
            if (ev->kind != EVENT_PHASE || !json_is(json_get(ev->data, "phase"), "mitigated"))
                continue;
            said++;
            for (size_t s = 0; s < p->services; s++)
                for (size_t n = 0; n < p->watched[s].silences; n++) {
                    const struct silence *w = &p->watched[s].silence[n];
                    if (ev->at >= w->from && (w->to == INSTANT_NONE || ev->at <= w->to - p->s.probe_every_ms))
                        found = arena_print(p->keep, "it was said at %s, and %s was silent",
                                            play_time(p, ev->at), p->watched[s].name);
                }
        }
    play_expect(p, said > 0 && !found, "mitigated is said, and only when the services answer",
                found ? found : said ? "" : "nobody said it");
}

static bool judge_row(struct play *p, const struct promise_row *row, const struct deeds *d,
                      const struct journal *j, size_t journals, struct err *e)
{
    switch (row->kind) {
    case PROMISE_DOWNTIME:
    case PROMISE_BREACH:
    case PROMISE_POOL:
        return judge_service(p, row, e);
    case PROMISE_ACTIONS:
        judge_actions(p, row, d);
        return true;
    case PROMISE_NEVER:
        judge_never(p, row, d);
        return true;
    case PROMISE_QUIET_BACK:
        play_expect(p, !p->flooded_back, "no flooded IP is put into a pool",
                    p->flooded_back);
        return true;
    case PROMISE_AS_IT_BEGAN:
        return judge_shape(p, e);
    case PROMISE_MITIGATED:
        judge_mitigated(p, j, journals);
        return true;
    case PROMISE_NOTHING_CHANGED:
        judge_ledger(p, j, journals);
        return true;
    }
    return true;
}

bool play_judge(struct play *p, struct scenario_result *out, struct err *e)
{
    struct names incidents;
    struct store *store = p->ws.store;
    if (!store->list(store, &incidents, p->keep, e))
        return false;
    struct journal *j = arena_many(p->keep, struct journal, incidents.count + 1);
    for (size_t i = 0; i < incidents.count; i++)
        if (!store->read(store, incidents.name[i], &j[i], p->keep, e))
            return false;
    struct deeds deeds;
    gather(&deeds, j, incidents.count, p->keep);
    for (size_t i = 0; i < p->s.promises; i++)
        if (!judge_row(p, &p->s.promise[i], &deeds, j, incidents.count, e))
            return false;
    return true;
}
