/* consent.c: questions to people, journaled before they are put and when they
 * are answered. Nothing but a clear yes is a yes. */
#include "play/asking.h"
#include "play/change.h"
#include "play/coverage.h"
#include "play/question.h"
#include "play/replay.h"

#include <string.h>

const char *run_zone(const struct run *r)
{
    const struct event *opened = r->journal.count ? &r->journal.event[0] : NULL;
    const char *zone = opened && opened->data.at ? json_get_text(opened->data, "zone", r->keep) : NULL;
    return zone ? zone : r->ws->config.zone;
}

const char *asked_mode(const char *mode)
{
    return text_equal(mode, "consent") || text_equal(mode, "choose") ? "confirm" : mode;
}

static bool is_yes_or_no(const char *mode)
{
    const char *as = asked_mode(mode);
    return text_equal(as, "confirm") || text_equal(as, "approve");
}

bool consent_needed(struct run *r, const struct role_action *a, bool *second)
{
    *second = false;
    for (const char *const *row = r->ws->config.approvals; row && *row; row++)
        if (!strcmp(*row, a->full) || !strcmp(*row, a->role)
            || (!strcmp(*row, "dangerous") && a->dangerous))
            *second = true;
    return *second || a->dangerous;
}

static void put_shown(struct json_out *o, const struct asking *q)
{
    const struct shown *s = q->shown;
    json_put(o, "target", s->target);
    if (s->args.at)
        json_put_raw(o, "args", s->args.at, s->args.length);
    json_put_raw(o, "before", s->before.at ? s->before.at : "null", s->before.at ? s->before.length : 4);
    json_put(o, "after", s->after);
    json_put(o, "undo", s->undo);
    if (s->over)
        json_put(o, "over", s->over);
    json_put_raw(o, "evidence", q->evidence, strlen(q->evidence));
}

/* What must be said besides, where the answer becomes a result; else "". */
static const char *wanted(struct branch *b, const struct asking *q)
{
    const struct role_action *a = b->work ? b->work->action : b->want.action;
    bool result = text_equal(q->mode, "manual")
               || (text_equal(q->mode, "look") && b->task && b->view.state == TASK_ASKS && b->view.wants_result);
    return result && a && text_equal(a->full, q->action) ? role_wants(a, b->run->keep) : "";
}

static const char *asked_data(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "ask", q->name);
    json_put(&o, "mode", asked_mode(q->mode));
    json_put(&o, "text", q->question);
    if (q->action)
        json_put(&o, "action", q->action);
    if (q->args_sha256)
        json_put(&o, "args_sha256", q->args_sha256);
    if (q->binding)
        json_put_raw(&o, "binding", q->binding, strlen(q->binding));
    if (q->even_so)
        json_put(&o, "even_so", q->even_so);
    if (q->allows) {
        json_open(&o, "allows", '[');
        for (const char *const *one = q->allows; *one; one++)
            json_put(&o, NULL, *one);
        json_close(&o, ']');
    }
    if (q->shown)
        put_shown(&o, q);
    const char *wants = wanted(b, q);
    if (wants[0])
        json_put(&o, "wants", wants);
    if (b->work && b->work->in_flight && b->work->begun)
        json_put(&o, "begun", b->work->begun);
    if (text_equal(q->mode, "approve"))
        json_put(&o, "who", arena_print(r->keep, "anyone but %s", r->world->user));
    if (is_yes_or_no(q->mode) && r->ws->config.limits.answer_within_ms > 0)
        q->deadline = r->world->now(r->world) + r->ws->config.limits.answer_within_ms;
    if (q->deadline != INT64_MAX) {
        json_put(&o, "deadline", instant_utc(r->keep, q->deadline));
        json_put(&o, "default", "no");
    }
    data_close(&o, b);
    return data.at;
}

/* The question as this terminal shows it. */
static void put_into_words(struct branch *b, const struct event *asked, const struct journal *j)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    struct question view;
    question_view(&view, j, asked, run_zone(r), r->keep);
    q->words = question_words(&view, r->world->now(r->world), run_zone(r), r->keep);
}

static const char *fill_asked(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    q->name = arena_print(r->keep, "A%lld", (long long)++r->asks);
    return asked_data(b);
}

static void put_question(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    struct journal j = { 0 };
    struct err e = { 0 };
    if (r->dry) {
        plan_note_asked(b, q->mode, q->question);
        listen_take(b, &(struct answered){ text_equal(q->mode, "ask") ? "text"
                                           : text_equal(q->mode, "manual") ? "done" : "yes",
                                           "", "", b->hash, b->now, b->seq });
        return;
    }
    if (!q->hash)
        q->hash = b->hash;
    if (r->audience && r->audience->ask && r->store->read(r->store, r->incident, &j, r->keep, &e))
        for (size_t i = j.count; i-- > 0;)
            if (text_equal(j.event[i].hash, q->hash)) {
                put_into_words(b, &j.event[i], &j);
                break;
            }
    listen_put(b);
}

/* What was seen so far, as the journal tells now. */
static void gather_evidence(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    struct journal j;
    struct err e = { 0 };
    q->evidence = "[]";
    if (!r->dry && r->store->read(r->store, r->incident, &j, r->keep, &e))
        q->evidence = question_evidence(&j, r->id, q->shown->args, r->keep);
}

void consent_ask(struct branch *b, const struct asking *what)
{
    struct run *r = b->run;
    struct asking *q = arena_one(r->keep, struct asking);
    *q = *what;
    q->words = text_for_terminal(r->keep, q->question);
    q->deadline = q->deadline ? q->deadline : INT64_MAX;
    b->context = q;
    const struct event *asked = r->dry ? NULL : asked_before(b, q);
    if (!asked) {
        if (q->shown)
            gather_evidence(b);
        branch_write_numbered(b, EVENT_ASKED, fill_asked, put_question);
        return;
    }
    q->hash = asked->hash;
    q->name = json_get_text(asked->data, "ask", r->keep);
    q->deadline = asked_deadline(r, asked);
    const struct event *answered = asked_answer(r, asked);
    if (!answered && r->world->now(r->world) > q->deadline) {
        listen_answer(b, "no", "nobody answered in time");
        return;
    }
    if (!answered) {
        put_question(b);
        return;
    }
    listen_take(b, &(struct answered){ json_get_text(answered->data, "answer", r->keep),
                                       json_get_text(answered->data, "text", r->keep), answered->by,
                                       answered->hash, answered->recorded, answered->seq });
}

const char *consent_hint(struct run *r)
{
    const char *a = r->park_name ? r->park_name : "";
    const char *then = r->id ? arena_print(r->keep, "tocsin resume %s", r->id) : "the same again";
    if (text_equal(r->park_mode, "manual"))
        return arena_print(r->keep, "tocsin answer %s done (or could-not WHY, instead WHAT)%s%s", a,
                           r->id ? ", then " : "", r->id ? then : "");
    if (text_equal(r->park_mode, "look"))
        return arena_print(r->keep, "tocsin answer %s WHAT YOU SEE (or could-not WHY), then %s", a, then);
    if (text_equal(r->park_mode, "ask"))
        return arena_print(r->keep, "tocsin answer %s TEXT, then %s", a, then);
    return arena_print(r->keep, "%stocsin approve %s (or refuse %s), then %s",
                       text_equal(r->park_mode, "approve") ? "somebody else: " : "", a, a, then);
}

/* The words */

static const char *question_of(struct branch *b)
{
    return json_get_text(json_from(b->want.args), "text", b->run->keep);
}

static void consent_given(struct branch *b)
{
    if (b->answer.good)
        branch_good(b, NULL);
    else
        branch_bad(b, "%s: %s", question_of(b), b->answer.text);
    if (!b->answer.good)
        coverage_mark_at(b->run->world->coverage, b->where, b->want.word, "refused");
}

void perform_confirm(struct branch *b)
{
    if (!replay_question(b))
        return;
    consent_ask(b, &(struct asking){ .mode = "confirm", .question = question_of(b), .args_sha256 = b->want.args_sha256,
                                     .then = consent_given });
}

void perform_approve(struct branch *b)
{
    if (!replay_question(b))
        return;
    consent_ask(b, &(struct asking){ .mode = "approve", .question = question_of(b), .args_sha256 = b->want.args_sha256,
                                     .then = consent_given });
}

static void text_given(struct branch *b)
{
    struct text json = text_new(b->run->keep);
    const char *text = b->answer.text ? b->answer.text : "";
    json_quote(&json, text, strlen(text));
    branch_good(b, json.at);
}

void perform_ask(struct branch *b)
{
    if (!replay_question(b))
        return;
    consent_ask(b, &(struct asking){ .mode = "ask", .question = question_of(b), .args_sha256 = b->want.args_sha256,
                                     .then = text_given });
}
