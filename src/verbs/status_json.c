/* status_json.c: the screen of status.c for programs. */
#include "verbs/show.h"
#include "verbs/situation.h"

#include <string.h>

static void put_instant(struct json_out *o, const char *key, int64_t at, struct arena *keep)
{
    json_put(o, key, at == INSTANT_NONE ? NULL : instant_utc(keep, at));
}

static void services(struct json_out *o, const struct situation *s, struct arena *keep)
{
    json_open(o, "services", '[');
    for (size_t i = 0; i < s->services; i++) {
        const struct service_view *v = &s->service[i];
        json_open(o, NULL, '{');
        json_put(o, "name", v->name);
        json_put(o, "state", v->state);
        put_instant(o, "since", v->since, keep);
        json_put(o, "source", v->source);
        json_open(o, "windows", '[');
        for (size_t k = 0; v->window[k]; k++) {
            const struct window *w = v->window[k];
            json_open(o, NULL, '{');
            json_put(o, "id", w->id);
            put_instant(o, "start", w->start.at, keep);
            put_instant(o, "end", w->open ? INSTANT_NONE : w->end.at, keep);
            json_put(o, "level", impact_level_names[w->level]);
            json_put(o, "basis", w->basis);
            json_close(o, '}');
        }
        json_close(o, ']');
        json_close(o, '}');
    }
    json_close(o, ']');
    json_open(o, "sla", '[');
    for (size_t i = 0; i < s->services; i++) {
        const struct sla_result *r = &s->service[i].sla;
        if (!s->service[i].has_sla)
            continue;
        json_open(o, NULL, '{');
        json_put(o, "service", s->service[i].name);
        json_put(o, "period", r->period.name);
        json_put_int(o, "used_ms", r->downtime_ms.nominal);
        json_put_int(o, "allowed_ms", r->allowed_ms);
        json_put_int(o, "left_ms", r->left_ms);
        put_instant(o, "breach_at", r->breach_at, keep);
        json_put(o, "breach", verdict_names[r->breach]);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void targets(struct json_out *o, const struct situation *s, struct arena *keep)
{
    json_open(o, "targets", '[');
    for (size_t i = 0; i < s->targets; i++) {
        const struct target_view *t = &s->target[i];
        json_open(o, NULL, '{');
        json_put(o, "ip", t->ip);
        json_put(o, "service", t->service);
        json_put(o, "kind", t->flood.at == INSTANT_NONE ? NULL : t->flood.words);
        json_put(o, "place", t->place);
        json_put_bool(o, "watched", t->watched);
        json_put_bool(o, "last", t->last);
        put_instant(o, "dns_until", t->dns_until, keep);
        put_instant(o, "observed_at", t->flood.at, keep);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void runs(struct json_out *o, const struct situation *s, struct arena *keep)
{
    json_open(o, "runs", '[');
    for (size_t i = 0; i < s->runs; i++) {
        const struct run_view *r = &s->run[i];
        json_open(o, NULL, '{');
        json_put(o, "run", r->run);
        json_put(o, "runbook", r->runbook);
        json_put(o, "by", r->by);
        json_put(o, "state", r->state);
        json_put(o, "why", r->why);
        json_put(o, "step", r->step);
        json_put(o, "key", r->step_key);
        put_instant(o, "started", r->started, keep);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_open(o, "waiting", '[');
    for (size_t i = 0; i < s->waitings; i++) {
        const struct question *q = &s->waiting[i];
        json_open(o, NULL, '{');
        json_put(o, "ask", q->name);
        json_put(o, "mode", q->mode);
        json_put(o, "run", q->run);
        json_put(o, "question", q->text);
        json_put(o, "who", q->who);
        put_instant(o, "deadline", q->deadline, keep);
        json_put(o, "hash", q->asked->hash);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void changes(struct json_out *o, const char *key, const struct change *const *change,
                    struct arena *keep)
{
    static const char *const states[] = { "open", "in flight", "undone", "cancelled", "kept", "failed",
                                          "no undo", "undo failed" };
    json_open(o, key, '[');
    for (size_t i = 0; change[i]; i++) {
        const struct change *c = change[i];
        json_open(o, NULL, '{');
        json_put(o, "change", c->name);
        json_put(o, "action", c->action);
        json_put(o, "target", c->target);
        json_put(o, "state", states[c->state]);
        put_instant(o, "at", c->begun->at, keep);
        json_put_bool(o, "by_hand", c->by_hand);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_locks(struct json_out *o, const struct situation *s, struct arena *keep)
{
    json_open(o, "locks", '[');
    for (size_t i = 0; i < s->helds; i++)
        lock_json(o, &s->held[i], keep);
    json_close(o, ']');
}

/* Each from two named events, or the reason why there is no number. */
static void figures(struct json_out *o, const struct incident *i)
{
    static const char *const states[] = { "known", "not recorded", "impossible order", "before the impact", "between" };
    struct figure figure[FIGURES];
    incident_figures(figure, i);
    json_open(o, "figures", '[');
    for (size_t k = 0; k < FIGURES; k++) {
        json_open(o, NULL, '{');
        json_put(o, "name", figure[k].name);
        json_put(o, "state", states[figure[k].state]);
        if (figure[k].state == FIGURE_KNOWN || figure[k].state == FIGURE_BEFORE || figure[k].state == FIGURE_PARTED)
            json_put_int(o, "ms", figure[k].ms);
        if (figure[k].state == FIGURE_PARTED)
            json_put_int(o, "most_ms", figure[k].most_ms);
        json_put(o, "from", figure[k].from ? figure[k].from->event->hash : NULL);
        json_put(o, "to", figure[k].to ? figure[k].to->event->hash : NULL);
        json_close(o, '}');
    }
    json_close(o, ']');
}

void status_json(struct desk *d, const struct situation *s)
{
    const struct incident *i = &d->incident;
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_put(&o, "incident", i->name);
    json_put(&o, "title", i->title);
    json_put_int(&o, "severity", i->severity);
    json_put(&o, "phase", i->phase);
    json_put(&o, "zone", i->zone);
    json_put(&o, "world", d->ws.config.simulated ? "simulated" : "real");
    json_put(&o, "lead", i->lead);
    json_open(&o, "people", '[');
    for (size_t k = 0; i->person && i->person[k]; k++)
        json_put(&o, NULL, i->person[k]);
    json_close(&o, ']');
    services(&o, s, d->keep);
    targets(&o, s, d->keep);
    runs(&o, s, d->keep);
    changes(&o, "changed", s->changed, d->keep);
    changes(&o, "kept", s->kept, d->keep);
    put_locks(&o, s, d->keep);
    figures(&o, i);
    json_open(&o, "public", '{');
    put_instant(&o, "said_at", i->said_at, d->keep);
    put_instant(&o, "next_due", i->next_due, d->keep);
    json_put(&o, "number", i->number);
    json_close(&o, '}');
    json_open(&o, "latest", '[');
    for (size_t k = 0; s->latest[k]; k++)
        entry_json(&o, s->latest[k], d->keep);
    json_close(&o, ']');
    json_open(&o, "next", '[');
    for (const struct advice *a = s->next; a->type; a++) {
        json_open(&o, NULL, '{');
        json_put(&o, "type", a->type);
        json_put(&o, "why", a->why);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_open(&o, "not_yet", '[');
    for (size_t k = 0; s->not_yet[k]; k++)
        json_put(&o, NULL, s->not_yet[k]);
    json_close(&o, ']');
    desk_json_end(d, &o);
}
