/* facts_deeds.c: what was changed, said and decided, as data. */
#include "tell/facts_inside.h"
#include "tell/french.h"

#include <string.h>

/* --- what was changed ------------------------------------------------------------------------ */

/* A target that is not as it was, by the last change that made it so. */
static void put_changed(struct saying *s, const struct target *t)
{
    const struct change *last = NULL;
    for (const struct change *const *c = t->change; c && *c; c++)
        last = *c;
    json_open(s->o, NULL, '{');
    facts_put(s, "target", t->name);
    json_put(s->o, "action", last ? last->action : "");
    facts_put(s, "ip", last ? json_get_text(last->args, "ip", s->keep) : "");
    json_put_bool(s->o, "in_flight", last && last->state == CHANGE_IN_FLIGHT);
    json_close(s->o, '}');
}

/* Which changes each one puts back, and which one put it back. */
struct undoing { const char *puts_back, *by; };

static const struct undoing *who_undoes_whom(const struct saying *s)
{
    const struct ledger *l = &s->f->ledger;
    struct undoing *u = arena_many(s->keep, struct undoing, l->changes + 1);
    for (size_t i = 0; i < l->changes; i++)
        u[i] = (struct undoing){ "[]", "" };
    for (size_t i = 0; i < l->changes; i++) {
        struct json undoes = json_get(l->change[i].begun->data, "undoes");
        if (!json_count(undoes))
            continue;
        struct text t = text_new(s->keep);
        struct json_out o = json_out(&t);
        json_open(&o, NULL, '[');
        for (struct json_walk w = json_walk(undoes); json_next(&w);)
            for (size_t k = 0; k < l->changes; k++)
                if (json_is(w.value, l->change[k].begun->hash)) {
                    json_put(&o, NULL, l->change[k].name);
                    if (l->change[i].ended && l->change[i].state != CHANGE_FAILED)
                        u[k].by = l->change[i].name;
                }
        json_close(&o, ']');
        u[i].puts_back = t.at;
    }
    return u;
}

static void put_changes(struct saying *s)
{
    static const char *const states[] = { "open", "in flight", "undone", "cancelled", "kept",
                                          "failed", "no undo", "undo failed" };
    const struct undoing *undoing = who_undoes_whom(s);
    json_open(s->o, "changes", '[');
    for (size_t i = 0; i < s->f->ledger.changes; i++) {
        const struct change *c = &s->f->ledger.change[i];
        const struct event *end = c->ended ? c->ended : c->begun;
        const char *ip = json_get_text(c->args, "ip", s->keep);
        json_open(s->o, NULL, '{');
        json_put(s->o, "name", c->name);
        json_put(s->o, "action", c->action);
        facts_put(s, "target", c->target);
        facts_put(s, "ip", ip ? ip : json_get_text(c->result, "ip", s->keep));
        facts_put(s, "service", json_get_text(c->args, "service", s->keep));
        facts_put(s, "vpc", json_get_text(c->args, "vpc", s->keep));
        json_put_int(s->o, "at", end->at);
        json_put(s->o, "when", facts_when(s, end->at, end->early_ms, end->late_ms));
        json_put_bool(s->o, "rough", facts_rough(end->early_ms, end->late_ms));
        json_put(s->o, "state", states[c->state]);
        bool same = json_is(json_get(end->data, "outcome"), "unchanged");
        json_put_bool(s->o, "done", c->ended && !same && c->state != CHANGE_FAILED
                                        && c->state != CHANGE_IN_FLIGHT);
        json_put_bool(s->o, "unchanged", same);
        json_put_raw(s->o, "puts_back", undoing[i].puts_back, strlen(undoing[i].puts_back));
        json_put(s->o, "put_back_by", undoing[i].by);
        json_put_bool(s->o, "message", json_type(json_get(c->begun->data, "lasting")) == JSON_FALSE);
        json_put_bool(s->o, "by_hand", c->by_hand);
        json_put_bool(s->o, "undoes", json_count(json_get(c->begun->data, "undoes")) > 0);
        const char *french = text_equal(s->kind->tongue.locale, "fr") ? french_end(c, s->keep) : NULL;
        facts_put(s, "text", facts_sentence(s, french ? french : json_text_or(json_get(end->data, "text"), s->keep, "")));
        facts_put(s, "by", c->begun->by);
        json_put(s->o, "run", json_text_or(json_get(c->begun->data, "run"), s->keep, ""));
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
    json_open(s->o, "still_changed", '[');
    for (size_t i = 0; i < s->f->ledger.targets; i++)
        if (s->f->ledger.target[i].changed)
            put_changed(s, &s->f->ledger.target[i]);
    json_close(s->o, ']');
}

/* What was accepted as it is, and why. */
static void put_kept(struct saying *s)
{
    const struct facts *f = s->f;
    json_open(s->o, "kept", '[');
    for (size_t k = 0; k < f->journal->count; k++) {
        const struct event *ev = &f->journal->event[k];
        if (ev->kind != EVENT_KEPT || !ev->data.at)
            continue;
        for (struct json_walk w = json_walk(json_get(ev->data, "changes")); json_next(&w);)
            for (size_t i = 0; i < f->ledger.changes; i++) {
                const struct change *c = &f->ledger.change[i];
                if (!json_is(w.value, c->begun->hash))
                    continue;
                json_open(s->o, NULL, '{');
                json_put(s->o, "action", c->action);
                facts_put(s, "target", c->target);
                facts_put(s, "ip", json_get_text(c->args, "ip", s->keep));
                facts_put(s, "because", json_get_text(ev->data, "because", s->keep));
                json_close(s->o, '}');
            }
    }
    json_close(s->o, ']');
}

/* --- people's part ------------------------------------------------------------------------------ */

static void put_prose_slot(struct saying *s, const char *slot)
{
    const struct incident *i = s->f->incident;
    json_open(s->o, slot, '[');
    for (size_t k = 0; k < i->entries; k++)
        if (!i->entry[k].struck && text_equal(prose_slot(i->entry[k].event, s->keep), slot))
            facts_put(s, NULL, i->entry[k].text);
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
        facts_put(s, "text", facts_sentence(s, i->task[k].text));
        facts_put(s, "owner", i->task[k].owner);
        facts_put(s, "due", i->task[k].due);
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
        facts_put(s, "by", ev->by);
        for (size_t m = 0; members[m]; m++)
            facts_put(s, members[m], json_get_text(ev->data, members[m], s->keep));
        if (kind == EVENT_ANSWERED) {
            const char *of = json_get_text(ev->data, "asked", s->keep);
            const struct event *asked = of ? journal_by_hash(s->f->journal, of) : NULL;
            facts_put(s, "ask", asked ? json_get_text(asked->data, "ask", s->keep) : "");
            const char *french = asked && text_equal(s->kind->tongue.locale, "fr") ? french_question(asked, s->keep) : NULL;
            facts_put(s, "question", french ? french : asked ? json_get_text(asked->data, "text", s->keep) : "");
        }
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

static bool rough(const struct entry *n)
{
    return n && facts_rough(n->early_ms, n->late_ms);
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
        json_put_bool(s->o, "rough", rough(figure[i].from) || rough(figure[i].to));
        json_put_bool(s->o, "impossible", figure[i].state == FIGURE_IMPOSSIBLE);
        json_put_bool(s->o, "between", figure[i].state == FIGURE_PARTED); /* ms and most_ms */
        json_put_int(s->o, "most_ms", figure[i].most_ms);
        json_put_bool(s->o, "before", figure[i].state == FIGURE_BEFORE); /* ms, and so long before the impact */
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
        const struct entry *n = i->phase_row[k].entry;
        json_put_int(s->o, "at", i->phase_row[k].at);
        json_put(s->o, "when", facts_when(s, n->at, n->early_ms, n->late_ms));
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
}

static void put_affected(struct saying *s, struct json affected)
{
    json_open(s->o, "affected", '{');
    for (struct json_walk w = json_walk(affected); json_next(&w);)
        json_put_int(s->o, redact(s->redaction, json_text(w.key, s->keep)), json_int_or(w.value, 0));
    json_close(s->o, '}');
}

/* The days on which it was published before, and what it said then of each
 * service: what a changelog repeats. The last one is this document. */
static void put_published(struct saying *s)
{
    json_open(s->o, "published", '[');
    for (size_t k = 0; k < s->f->journal->count; k++) {
        const struct event *ev = &s->f->journal->event[k];
        if (ev->kind != EVENT_PUBLISHED || !ev->data.at
            || json_is_true(json_get(ev->data, "draft")))
            continue;
        const char *date = json_get_text(ev->data, "date", s->keep);
        struct json affected = json_get(ev->data, "affected");
        json_open(s->o, NULL, '{');
        json_put(s->o, "day", date ? date : instant_text(s->keep, s->kind->tongue.zone, ev->at,
                                                         FORM_DATE));
        put_affected(s, affected);
        json_close(s->o, '}');
    }
    json_close(s->o, ']');
    put_affected(s, json_from(facts_affected(s->f, s->keep)));
}

void facts_put_deeds(struct saying *s)
{
    static const char *const started[] = { "run", "runbook", NULL };
    static const char *const ended[] = { "run", "how", "text", NULL };
    static const char *const answered[] = { "answer", "text", NULL };
    static const char *const links[] = { "url", "text", NULL }, *const said[] = { "text", NULL };
    put_changes(s);
    put_kept(s);
    put_prose(s);
    put_tasks(s);
    put_figures(s);
    put_phases(s);
    put_published(s);
    put_raw(s, "runs", EVENT_RUN_STARTED, started);
    put_raw(s, "runs_ended", EVENT_RUN_ENDED, ended);
    put_raw(s, "answers", EVENT_ANSWERED, answered);
    put_raw(s, "links", EVENT_LINK, links);
    put_raw(s, "said", EVENT_SAID, said);
}
