/* facts_json.c: the facts as the data of templates (templates/README.md). */
#include "tell/facts.h"

#include "tell/facts_inside.h"
#include "tell/french.h"

#include <string.h>

void facts_put(struct saying *s, const char *key, const char *text)
{
    json_put(s->o, key, text ? redact(s->redaction, text) : "");
}

static void put_range(struct saying *s, const char *key, struct range r)
{
    json_open(s->o, key, '{');
    json_put_int(s->o, "low", r.low);
    json_put_int(s->o, "nominal", r.nominal);
    json_put_int(s->o, "high", r.high);
    json_close(s->o, '}');
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

static const char *french_comma(const struct saying *s)
{
    return text_equal(s->kind->tongue.locale, "fr") ? ",5" : ".5";
}

/* What somebody claims does not count: flagged, for a person to decide. */
static void put_flags(struct saying *s, const struct sla_result *r)
{
    struct tongue t = { s->kind->tongue.locale, r->policy->zone };
    json_open(s->o, "flags", '[');
    for (size_t i = 0; i < r->flags; i++) {
        json_open(s->o, NULL, '{');
        facts_put(s, "kind", r->flag[i].stretch->kind);
        facts_put(s, "why", r->flag[i].stretch->why);
        json_put_bool(s->o, "known", r->flag[i].known);
        json_put(s->o, "from", words_clock(s->keep, &t, r->flag[i].start, s->f->day_at));
        json_put(s->o, "to", words_clock(s->keep, &t, r->flag[i].end, r->flag[i].start));
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

static void put_policy(struct saying *s, const struct sla_result *r)
{
    const struct policy *p = r->policy;
    json_put_int(s->o, "target_ppb", p->target_ppb);
    static const char *const partial[] = { [WEIGHT_FULL] = "full", [WEIGHT_IGNORE] = "ignore", [WEIGHT_SHARE] = "share",
                                           [WEIGHT_FIXED] = "fixed" };
    json_put(s->o, "partial", partial[p->weight]);
    json_put_int(s->o, "partial_ppb", p->weight_ppb);
    json_put(s->o, "credit_rule", credit_name(p->credit));
    json_put_int(s->o, "per_hour_ppb", p->credit_ppb);
    json_put_int(s->o, "cap_ppb", p->cap_ppb);
    /* The contract's days are those of the contract's zone. */
    struct tongue t = { s->kind->tongue.locale, p->zone };
    json_put(s->o, "since", p->from == INSTANT_NONE ? "" : words_date(s->keep, &t, p->from, DATE_FULL));
    facts_put(s, "claimant", p->claimant);
    json_put(s->o, "claim_until", r->claim_until == INSTANT_NONE
                                      ? "" : words_date(s->keep, &t, r->claim_until - 1, DATE_FULL)); /* its last day */
    json_put(s->o, "month_name", words_date(s->keep, &t, r->period.start, DATE_MONTH));
    json_put(s->o, "zone", p->zone);
    int64_t half_hours = (r->period.end - r->period.start) / (HOUR_MS / 2);
    json_put(s->o, "hours", arena_print(s->keep, "%lld%s", (long long)half_hours / 2,
                                        half_hours % 2 ? french_comma(s) : ""));
    json_put_int(s->o, "maintenance_ms", r->maintenance_ms);
    json_put_bool(s->o, "month", p->period == PERIOD_MONTH);
}

static void put_sla(struct saying *s, const struct suffering *own, size_t k)
{
    const struct sla_result *r = &own->sla[k];
    const struct doubt *doubt = &own->doubt[k];
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
    json_put_bool(s->o, "unread", r->unread != NULL);
    facts_put(s, "because", r->settled_because);
    json_put_bool(s->o, "ask", r->decided == VERDICT_UNCERTAIN);
    json_put_bool(s->o, "open", r->open);
    put_flags(s, r);
    json_open(s->o, "doubts", '[');
    if (doubt->claimed)
        json_put(s->o, NULL, "claimed");
    if (doubt->level)
        json_put(s->o, NULL, "level");
    if (doubt->voices)
        json_put(s->o, NULL, "voices");
    json_close(s->o, ']');
    json_put_bool(s->o, "stale", r->settled_stale);
    bool others = false;
    for (size_t i = 0; i < r->windows; i++)
        others = others || (r->window[i].counts
                            && !text_equal(r->window[i].window->incident, s->f->incident->name));
    json_put_bool(s->o, "others", others);
    json_put_bool(s->o, "suffered", facts_suffered(s->f, own, r));
    json_close(s->o, '}');
}

/* The worst of what goes on, and since when it has been that. */
static void put_now(struct saying *s, const struct suffering *v)
{
    const struct window *now = NULL;
    for (size_t i = 0; i < v->windows; i++) {
        const struct window *w = v->window[i].window;
        if (w->open && (!now || w->level < now->level || (w->level == now->level && w->start.at < now->start.at)))
            now = w;
    }
    json_put(s->o, "now", now ? impact_level_names[now->level] : "");
    if (now)
        json_put_int(s->o, "now_since", now->start.at);
    else
        json_put_bool(s->o, "now_since", false);
}

static void put_services(struct saying *s)
{
    const struct facts *f = s->f;
    json_open(s->o, "services", '[');
    for (size_t i = 0; i < f->services; i++) {
        const struct suffering *v = &f->service[i];
        struct outage *list = arena_many(s->keep, struct outage, v->windows + 1);
        json_open(s->o, NULL, '{');
        facts_put(s, "name", v->name);
        json_put_bool(s->o, "none", v->none);
        json_put_bool(s->o, "group", v->members && v->members[0]);
        json_put_bool(s->o, "silent", !v->none && !v->windows && !(v->members && v->members[0]));
        json_put_bool(s->o, "open", v->open);
        json_put_bool(s->o, "parted", facts_parted(v));
        put_now(s, v);
        put_range(s, "down", v->down_ms);
        put_range(s, "degraded", v->degraded_ms);
        put_range(s, "unknown", v->unknown_ms);
        put_range(s, "affected", v->affected_ms);
        facts_put_outages(s, "downs", list, facts_stretches(v, "down", list, s->keep));
        facts_put_outages(s, "outages", list, facts_stretches(v, NULL, list, s->keep));
        json_open(s->o, "sla", '[');
        for (size_t k = 0; k < v->slas; k++)
            put_sla(s, v, k);
        json_close(s->o, ']');
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

/* --- rows --------------------------------------------------------------------------------- */

const char *facts_when(const struct saying *s, int64_t at, int64_t early_ms, int64_t late_ms)
{
    return words_moment(s->keep, &s->kind->tongue, at, early_ms, late_ms, s->f->day_at);
}

const char *facts_sentence(struct saying *s, const char *text)
{
    text = redact(s->redaction, text);
    size_t length = strlen(text), word = strcspn(text, " ");
    while (length && text[length - 1] == ' ')
        length--;
    bool plain = true;
    for (size_t i = 0; i < s->f->services && plain; i++) /* a name stays as it is written */
        plain = !text_starts(text, s->f->service[i].name);
    for (size_t i = 0; i < word; i++)
        plain = plain && ((text[i] >= 'a' && text[i] <= 'z') || text[i] == '\'' || text[i] == ','
                          || (unsigned char)text[i] >= 0x80);
    char *out = arena_print(s->keep, "%.*s%s", (int)length, text,
                            length && !strchr(".!?:", text[length - 1]) ? "." : "");
    if (plain && word)
        out[0] = (char)(out[0] - (out[0] >= 'a' && out[0] <= 'z' ? 'a' - 'A' : 0));
    return out;
}

/* What the machine says for an edge without words of its own is in the
 * document's language; what people wrote stays as they wrote it. */
static const char *row_text(const struct saying *s, const struct entry *n)
{
    bool own = json_get(n->event->data, "text").at != NULL;
    for (size_t i = 0; i < n->corrections; i++)
        own = own || json_get(n->correction[i]->data, "text").at;
    if (!text_equal(s->kind->tongue.locale, "fr"))
        return n->text;
    if (n->event->kind != EVENT_IMPACT || !n->event->data.at) {
        const char *french = french_row(n, &s->f->ledger, s->keep);
        return french ? french : n->text;
    }
    if (own)
        return n->text;
    const char *form = text_equal(n->still, "down")       ? "%s reste injoignable"
                       : text_equal(n->still, "degraded") ? "%s ne fonctionne encore qu’en partie"
                       : n->still                         ? "l’état de %s reste inconnu"
                       : text_equal(n->level, "up")       ? "%s répond de nouveau"
                       : text_equal(n->level, "down")     ? "%s est injoignable"
                       : text_equal(n->level, "degraded") ? "%s ne fonctionne qu’en partie"
                       : text_equal(n->level, "none")     ? "%s n’est pas touché"
                                                          : "l’état de %s est inconnu";
    struct text t = text_new(s->keep);
    const char *hole = strstr(form, "%s");
    text_bytes(&t, form, (size_t)(hole - form));
    text_add(&t, n->service);
    text_add(&t, hole + 2);
    if (text_equal(n->level, "degraded") && n->lost_ppb >= 0)
        text_print(&t, ", %s perdus", words_percent(s->keep, &s->kind->tongue, n->lost_ppb, 7));
    return t.at;
}

/* Its day is said where the row above is of another one. */
static void put_row(struct saying *s, const struct entry *n, const struct entry **above)
{
    const struct tongue *t = &s->kind->tongue;
    int64_t beside = *above && !words_same_day(t, (*above)->at, n->at) ? (*above)->at : s->f->day_at;
    *above = n;
    json_open(s->o, NULL, '{');
    json_put_int(s->o, "seq", n->event->seq);
    json_put_int(s->o, "at", n->at);
    json_put(s->o, "when", words_moment(s->keep, t, n->at, n->early_ms, n->late_ms, beside));
    facts_put(s, "text", facts_sentence(s, row_text(s, n)));
    json_put(s->o, "kind", n->event->kind_name);
    facts_put(s, "by", n->event->by);
    json_put(s->o, "level", n->level ? n->level : "");
    facts_put(s, "service", n->service);
    json_close(s->o, '}');
}

/* Somebody wants it in the report. */
static bool asked_for(const struct entry *n)
{
    bool asked = false;
    for (size_t i = 0; i < n->corrections; i++)
        if (n->correction[i]->kind == EVENT_LISTED)
            asked = json_is_true(json_get(n->correction[i]->data, "listed"));
    return asked;
}

/* "No impact" is said under Impact; a change that was so already changed
 * nothing. */
static bool happened(const struct entry *n)
{
    return asked_for(n)
           || (!text_equal(n->level, "none")
               && !(n->event->kind == EVENT_ACTION_ENDED
                    && json_is(json_get(n->event->data, "outcome"), "unchanged")));
}

static void put_rows(struct saying *s)
{
    const struct incident *i = s->f->incident;
    const struct entry *above = NULL, *record = NULL;
    json_open(s->o, "rows", '[');
    for (size_t k = 0; k < i->entries; k++) {
        const struct entry *n = &i->entry[k];
        if (n->listed && !n->struck && *n->text && happened(n))
            put_row(s, n, &above);
    }
    json_close(s->o, ']');
    json_open(s->o, "record", '[');
    for (size_t k = 0; s->kind->internal && k < i->entries; k++)
        if (!i->entry[k].struck && *i->entry[k].text && !prose_slot(i->entry[k].event, s->keep))
            put_row(s, &i->entry[k], &record);
    json_close(s->o, ']');
}

/* --- the whole -------------------------------------------------------------------------------------- */

const char *facts_affected(const struct facts *f, struct arena *keep)
{
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    for (size_t i = 0; i < f->services; i++)
        if (f->service[i].windows)
            json_put_int(&o, f->service[i].name, f->service[i].affected_ms.nominal);
    json_close(&o, '}');
    return t.at;
}

/* The moment that everything is told of: false where no other would change a figure. */
static void put_told_at(struct saying *s)
{
    const struct facts *f = s->f;
    bool grows = f->as_of == f->account.as_of; /* somebody asked for that moment */
    for (size_t i = 0; i < f->services; i++)
        grows = grows || f->service[i].open;
    if (grows)
        json_put_int(s->o, "told_at", f->account.as_of);
    else
        json_put_bool(s->o, "told_at", false);
}

static void put_head(struct saying *s)
{
    const struct incident *i = s->f->incident;
    const struct facts *f = s->f;
    json_put_bool(s->o, "simulated", i->simulated || i->drill);
    json_put(s->o, "id", s->kind->number);
    json_put(s->o, "name", i->name);
    facts_put(s, "title", i->title && *i->title ? i->title : i->name);
    json_put(s->o, "zone", i->zone);
    json_put(s->o, "zone_words", words_zone(s->keep, &s->kind->tongue, f->first_at, f->last_at));
    json_put_int(s->o, "severity", i->severity);
    facts_put(s, "lead", i->lead);
    json_put(s->o, "phase", i->phase ? i->phase : "");
    json_put_int(s->o, "first_at", f->first_at);
    json_put_int(s->o, "last_at", f->last_at);
    json_put_int(s->o, "day_at", f->day_at);
    json_put_int(s->o, "as_of", f->as_of);
    json_put(s->o, "as_of_zone", words_zone(s->keep, &s->kind->tongue, f->as_of, f->as_of));
    put_told_at(s);
    json_put_int(s->o, "recorded_at", f->recorded_at);
    json_put(s->o, "head", i->head ? i->head : "");
    json_put_int(s->o, "modified_at", s->kind->date);
    json_put_bool(s->o, "changed", s->kind->changed);
    json_put(s->o, "locale", s->kind->tongue.locale);
    facts_put(s, "warning", i->warning);
}

const char *facts_json(const struct facts *f, const struct document_kind *kind,
                       struct redaction *redaction, struct arena *keep)
{
    struct text text = text_new(keep);
    struct json_out o = json_out(&text);
    struct saying s = { f, kind, &o, redaction, keep };
    json_open(&o, NULL, '{');
    put_head(&s);
    facts_put_all_outages(&s);
    put_services(&s);
    put_rows(&s);
    facts_put_deeds(&s);
    json_open(&o, "people", '[');
    for (const char *const *p = f->incident->person; p && *p; p++)
        facts_put(&s, NULL, *p);
    json_close(&o, ']');
    json_close(&o, '}');
    return text.at;
}
