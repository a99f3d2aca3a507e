/* facts_json.c: the facts as the data of templates (templates/README.md). */
#include "tell/facts.h"

#include "tell/redact.h"

#include <stdlib.h>
#include <string.h>

struct saying {
    const struct facts *f;
    const struct document_kind *kind;
    struct json_out *o;
    struct redaction redaction;
    struct arena *keep;
};

/* Texts never come as null: a template refuses what is not there. */
static void put(struct saying *s, const char *key, const char *text)
{
    json_put(s->o, key, text ? redact(&s->redaction, text) : "");
}

static void put_range(struct saying *s, const char *key, struct range r)
{
    json_open(s->o, key, '{');
    json_put_int(s->o, "low", r.low);
    json_put_int(s->o, "nominal", r.nominal);
    json_put_int(s->o, "high", r.high);
    json_close(s->o, '}');
}

static void put_at(struct saying *s, const char *key, int64_t at)
{
    if (at == INSTANT_NONE)
        json_put_bool(s->o, key, false);
    else
        json_put_int(s->o, key, at);
}

/* --- outages ------------------------------------------------------------------------ */

struct outage { const char *service, *level; int64_t start, end, lost_ppb; bool open; };

/* The windows of a service, those of one level that touch being one. */
static size_t outages_of(const struct suffering *s, struct outage *list)
{
    size_t count = 0;
    for (size_t i = 0; i < s->windows; i++) {
        const struct sla_window *w = &s->window[i];
        const char *level = impact_level_names[w->window->level];
        struct outage *same = NULL;
        for (size_t k = 0; k < count && !same; k++)
            if (text_equal(list[k].level, level) && w->start <= list[k].end)
                same = &list[k];
        if (!same)
            list[count++] = (struct outage){ s->name, level, w->start, w->end,
                                             w->window->lost_ppb, w->window->open };
        else if (w->end > same->end)
            same->end = w->end;
        if (same)
            same->open = same->open || w->window->open;
    }
    return count;
}

static int by_start(const void *a, const void *b)
{
    const struct outage *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return strcmp(x->service, y->service);
}

static void put_outages(struct saying *s, const char *key, const struct outage *list, size_t count)
{
    json_open(s->o, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(s->o, NULL, '{');
        json_put(s->o, "service", list[i].service);
        json_put(s->o, "level", list[i].level);
        json_put_int(s->o, "start", list[i].start);
        json_put_int(s->o, "stop", list[i].end);
        json_put_int(s->o, "ms", list[i].end - list[i].start);
        json_put_int(s->o, "lost_ppb", list[i].lost_ppb);
        json_put_bool(s->o, "open", list[i].open);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

static struct outage *all_outages(const struct facts *f, size_t *count, struct arena *keep)
{
    size_t most = 1;
    *count = 0;
    for (size_t i = 0; i < f->services; i++)
        most += f->service[i].windows;
    struct outage *list = arena_many(keep, struct outage, most);
    for (size_t i = 0; i < f->services; i++)
        *count += outages_of(&f->service[i], list + *count);
    if (*count)
        qsort(list, *count, sizeof *list, by_start);
    return list;
}

/* --- services and their SLAs ----------------------------------------------------------- */

static const char *credit_name(enum credit_rule rule)
{
    switch (rule) {
    case CREDIT_NONE: return "none";
    case CREDIT_PRO_RATA: return "pro rata";
    case CREDIT_STARTED: return "started";
    case CREDIT_COMPLETED: return "completed";
    case CREDIT_TIERS: return "tiers";
    }
    return "none";
}

static void put_policy(struct saying *s, const struct sla_result *r)
{
    const struct policy *p = r->policy;
    json_put_int(s->o, "target_ppb", p->target_ppb);
    json_put(s->o, "credit_rule", credit_name(p->credit));
    json_put_int(s->o, "per_hour_ppb", p->credit_ppb);
    json_put_int(s->o, "cap_ppb", p->cap_ppb);
    put_at(s, "since", p->from);
    put(s, "claimant", p->claimant);
    put_at(s, "claim_until", p->claim_days ? r->period.end - 1 + p->claim_days * DAY_MS
                                           : INSTANT_NONE);
    json_put_bool(s->o, "month", p->period == PERIOD_MONTH);
}

static void put_sla(struct saying *s, const struct sla_result *r, const struct suffering *own)
{
    json_open(s->o, NULL, '{');
    json_put(s->o, "period", r->period.name);
    json_put_int(s->o, "start", r->period.start);
    json_put_int(s->o, "stop", r->period.end);
    put_policy(s, r);
    json_put_int(s->o, "allowed_ms", r->allowed_ms);
    put_range(s, "down", r->downtime_ms);
    put_range(s, "excess", r->excess_ms);
    put_range(s, "availability", r->availability_ppb);
    put_range(s, "credit", r->credit_ppb);
    put_range(s, "pro_rata", r->pro_rata_ppb);
    put_range(s, "started", r->started_ppb);
    put_range(s, "completed", r->completed_ppb);
    json_put(s->o, "breach", verdict_names[r->breach]);
    json_put(s->o, "decided", verdict_names[r->decided]);
    json_put(s->o, "decided_by", r->decided_by);
    put(s, "because", r->settled_because);
    json_put_bool(s->o, "ask", r->decided == VERDICT_UNCERTAIN);
    json_put_bool(s->o, "open", r->open);
    bool others = false;
    for (size_t i = 0; i < r->windows; i++)
        others = others || (r->window[i].counts
                            && !text_equal(r->window[i].window->incident, s->f->incident->name));
    json_put_bool(s->o, "others", others);
    json_put_bool(s->o, "suffered", own->windows > 0);
    json_close(s->o, '}');
}

static void put_services(struct saying *s)
{
    const struct facts *f = s->f;
    json_open(s->o, "services", '[');
    for (size_t i = 0; i < f->services; i++) {
        const struct suffering *v = &f->service[i];
        struct outage *list = arena_many(s->keep, struct outage, v->windows + 1);
        json_open(s->o, NULL, '{');
        json_put(s->o, "name", v->name);
        json_put_bool(s->o, "none", v->none);
        json_put_bool(s->o, "silent", !v->none && !v->windows);
        json_put_bool(s->o, "open", v->open);
        put_range(s, "down", v->down_ms);
        put_range(s, "degraded", v->degraded_ms);
        put_range(s, "unknown", v->unknown_ms);
        put_outages(s, "outages", list, outages_of(v, list));
        json_open(s->o, "sla", '[');
        for (size_t k = 0; k < v->slas; k++)
            put_sla(s, &v->sla[k], v);
        json_close(s->o, ']');
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

/* --- rows --------------------------------------------------------------------------------- */

static const char *clock_prefix(const struct entry *n)
{
    return n->early_ms && n->late_ms && n->early_ms + n->late_ms > MINUTE_MS ? "~" : "";
}

/* A row reads as a sentence: its first letter and its full stop. */
static const char *sentence(const char *text, struct arena *keep)
{
    size_t length = strlen(text), word = strcspn(text, " ");
    bool plain = true;
    for (size_t i = 0; i < word; i++)
        plain = plain && ((text[i] >= 'a' && text[i] <= 'z') || text[i] == '\'' || text[i] == ',');
    char *out = arena_print(keep, "%s%s", text,
                            length && !strchr(".!?:", text[length - 1]) ? "." : "");
    if (plain && word)
        out[0] = (char)(out[0] - (out[0] >= 'a' && out[0] <= 'z' ? 'a' - 'A' : 0));
    return out;
}

static void put_row(struct saying *s, const struct entry *n)
{
    json_open(s->o, NULL, '{');
    json_put_int(s->o, "seq", n->event->seq);
    json_put_int(s->o, "at", n->at);
    json_put(s->o, "about", clock_prefix(n));
    json_put_bool(s->o, "within_hour", n->late_ms >= 59 * MINUTE_MS && !n->early_ms);
    put(s, "text", sentence(n->text, s->keep));
    json_put(s->o, "kind", n->event->kind_name);
    put(s, "by", n->event->by);
    json_put(s->o, "level", n->level ? n->level : "");
    json_put(s->o, "service", n->service ? n->service : "");
    json_close(s->o, '}');
}

static void put_rows(struct saying *s)
{
    const struct incident *i = s->f->incident;
    json_open(s->o, "rows", '[');
    for (size_t k = 0; k < i->entries; k++) {
        const struct entry *n = &i->entry[k];
        /* "no impact" is said under Impact, it is nothing that happened */
        if (n->listed && !n->struck && *n->text && !text_equal(n->level, "none"))
            put_row(s, n);
    }
    json_close(s->o, ']');
    json_open(s->o, "record", '[');
    for (size_t k = 0; s->kind->internal && k < i->entries; k++)
        if (!i->entry[k].struck && *i->entry[k].text && !prose_slot(i->entry[k].event, s->keep))
            put_row(s, &i->entry[k]);
    json_close(s->o, ']');
}

/* --- what was changed ------------------------------------------------------------------------ */

static void put_changes(struct saying *s)
{
    static const char *const states[] = { "open", "in flight", "undone", "cancelled", "kept",
                                          "failed", "no undo", "undo failed" };
    json_open(s->o, "changes", '[');
    for (size_t i = 0; i < s->f->ledger.changes; i++) {
        const struct change *c = &s->f->ledger.change[i];
        const struct event *end = c->ended ? c->ended : c->begun;
        const char *ip = json_get_text(c->args, "ip", s->keep);
        json_open(s->o, NULL, '{');
        json_put(s->o, "name", c->name);
        json_put(s->o, "action", c->action);
        json_put(s->o, "target", c->target ? c->target : "");
        json_put(s->o, "ip", ip ? ip : json_text_or(json_get(c->result, "ip"), s->keep, ""));
        json_put(s->o, "service", json_text_or(json_get(c->args, "service"), s->keep, ""));
        json_put(s->o, "vpc", json_text_or(json_get(c->args, "vpc"), s->keep, ""));
        json_put_int(s->o, "at", end->at);
        json_put(s->o, "state", states[c->state]);
        json_put_bool(s->o, "done", c->ended && c->state != CHANGE_FAILED
                                        && c->state != CHANGE_IN_FLIGHT);
        json_put_bool(s->o, "by_hand", c->by_hand);
        json_put_bool(s->o, "undoes", json_count(json_get(c->begun->data, "undoes")) > 0);
        put(s, "text", sentence(json_text_or(json_get(end->data, "text"), s->keep, ""), s->keep));
        put(s, "by", c->begun->by);
        json_put(s->o, "run", json_text_or(json_get(c->begun->data, "run"), s->keep, ""));
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
    json_open(s->o, "still_changed", '[');
    for (size_t i = 0; i < s->f->ledger.targets; i++)
        if (s->f->ledger.target[i].changed)
            put(s, NULL, s->f->ledger.target[i].name);
    json_close(s->o, ']');
}

/* --- people's part ------------------------------------------------------------------------------ */

static void put_prose_slot(struct saying *s, const char *slot)
{
    const struct incident *i = s->f->incident;
    json_open(s->o, slot, '[');
    for (size_t k = 0; k < i->entries; k++)
        if (!i->entry[k].struck && text_equal(prose_slot(i->entry[k].event, s->keep), slot))
            put(s, NULL, i->entry[k].text);
    json_close(s->o, ']');
}

static void put_prose(struct saying *s)
{
    static const char *const slots[] = { "context", "cause", "data", "explain", "found",
                                         "action", "contact", "tags", "lesson", "customers" };
    json_open(s->o, "prose", '{');
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        put_prose_slot(s, slots[i]);
    json_close(s->o, '}');
}

static void put_tasks(struct saying *s)
{
    const struct incident *i = s->f->incident;
    json_open(s->o, "tasks", '[');
    for (size_t k = 0; k < i->tasks; k++) {
        json_open(s->o, NULL, '{');
        put(s, "text", sentence(i->task[k].text, s->keep));
        put(s, "owner", i->task[k].owner);
        put(s, "due", i->task[k].due);
        json_put_bool(s->o, "done", i->task[k].done);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

/* Raw events that only an internal document tells: runs, questions, links. */
static void put_raw(struct saying *s, const char *key, enum event_kind kind,
                    const char *const *members)
{
    json_open(s->o, key, '[');
    for (size_t k = 0; k < s->f->journal->count; k++) {
        const struct event *ev = &s->f->journal->event[k];
        if (ev->kind != kind || !ev->data.at)
            continue;
        json_open(s->o, NULL, '{');
        json_put_int(s->o, "at", ev->at);
        put(s, "by", ev->by);
        for (size_t m = 0; members[m]; m++)
            put(s, members[m], json_get_text(ev->data, members[m], s->keep));
        if (kind == EVENT_ANSWERED) {
            const char *of = json_get_text(ev->data, "asked", s->keep);
            const struct event *asked = of ? journal_by_hash(s->f->journal, of) : NULL;
            put(s, "ask", asked ? json_get_text(asked->data, "ask", s->keep) : "");
            put(s, "question", asked ? json_get_text(asked->data, "text", s->keep) : "");
        }
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

static void put_figures(struct saying *s)
{
    struct figure figure[FIGURES];
    incident_figures(figure, s->f->incident);
    json_open(s->o, "figures", '[');
    for (size_t i = 0; i < FIGURES; i++) {
        json_open(s->o, NULL, '{');
        json_put(s->o, "name", figure[i].name);
        json_put_bool(s->o, "known", figure[i].state == FIGURE_KNOWN);
        json_put_int(s->o, "ms", figure[i].ms);
        json_put_bool(s->o, "impossible", figure[i].state == FIGURE_IMPOSSIBLE);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

static void put_phases(struct saying *s)
{
    const struct incident *i = s->f->incident;
    json_open(s->o, "phases", '[');
    for (size_t k = 0; k < i->phases; k++) {
        json_open(s->o, NULL, '{');
        json_put(s->o, "name", i->phase_row[k].name);
        json_put_int(s->o, "at", i->phase_row[k].at);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

/* The days on which it was published before: what a changelog repeats. */
static void put_published(struct saying *s)
{
    json_open(s->o, "published", '[');
    for (size_t k = 0; k < s->f->journal->count; k++) {
        const struct event *ev = &s->f->journal->event[k];
        if (ev->kind != EVENT_PUBLISHED || !ev->data.at
            || json_is_true(json_get(ev->data, "draft")))
            continue;
        const char *date = json_get_text(ev->data, "date", s->keep);
        json_put(s->o, NULL, date ? date : instant_text(s->keep, s->kind->tongue.zone, ev->at,
                                                        FORM_DATE));
    }
    json_close(s->o, ']');
}

/* --- the whole -------------------------------------------------------------------------------------- */

static void put_head(struct saying *s)
{
    const struct incident *i = s->f->incident;
    const struct facts *f = s->f;
    json_put_bool(s->o, "simulated", i->simulated || i->drill);
    json_put(s->o, "id", s->kind->number);
    json_put(s->o, "name", i->name);
    put(s, "title", i->title && *i->title ? i->title : i->name);
    json_put(s->o, "zone", i->zone);
    json_put(s->o, "zone_words", zone_words(s->keep, i->zone, f->first_at));
    json_put_int(s->o, "severity", i->severity);
    put(s, "lead", i->lead);
    json_put(s->o, "phase", i->phase ? i->phase : "");
    json_put_int(s->o, "first_at", f->first_at);
    json_put_int(s->o, "last_at", f->last_at);
    json_put_int(s->o, "as_of", i->as_of == INSTANT_NONE ? f->recorded_at : i->as_of);
    json_put_int(s->o, "recorded_at", f->recorded_at);
    json_put(s->o, "head", i->head ? i->head : "");
    json_put_int(s->o, "modified_at", s->kind->date);
    json_put(s->o, "locale", s->kind->tongue.locale);
    put(s, "warning", i->warning);
}

const char *facts_json(const struct facts *f, const struct document_kind *kind,
                       struct arena *keep)
{
    static const char *const started[] = { "run", "runbook", NULL }, *ended[] = { "run", "how", "text", NULL },
                      *answered[] = { "answer", "text", NULL }, *links[] = { "url", "text", NULL },
                      *said[] = { "text", NULL };
    struct text text = text_new(keep);
    struct json_out o = json_out(&text);
    struct saying s = { f, kind, &o, redaction_of(kind->internal ? NULL : &f->ws->config, keep),
                        keep };
    size_t count;
    struct outage *outages = all_outages(f, &count, keep);
    json_open(&o, NULL, '{');
    put_head(&s);
    put_outages(&s, "outages", outages, count);
    put_services(&s);
    put_rows(&s);
    put_changes(&s);
    put_prose(&s);
    put_tasks(&s);
    put_figures(&s);
    put_phases(&s);
    put_published(&s);
    put_raw(&s, "runs", EVENT_RUN_STARTED, started);
    put_raw(&s, "runs_ended", EVENT_RUN_ENDED, ended);
    put_raw(&s, "answers", EVENT_ANSWERED, answered);
    put_raw(&s, "links", EVENT_LINK, links);
    put_raw(&s, "said", EVENT_SAID, said);
    json_open(&o, "people", '[');
    for (const char *const *p = f->incident->person; p && *p; p++)
        put(&s, NULL, *p);
    json_close(&o, ']');
    json_open(&o, "withheld", '[');
    for (size_t i = 0; i < s.redaction.rules; i++)
        if (s.redaction.struck[i].times)
            json_put(&o, NULL, s.redaction.struck[i].what);
    json_close(&o, ']');
    json_close(&o, '}');
    return text.at;
}
