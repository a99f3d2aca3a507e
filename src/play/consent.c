/* consent.c: questions to people, journaled before they are put and when they
 * are answered. Nothing but a clear yes is a yes. */
#include "play/engine.h"

#include <string.h>

struct asking {
    const char *mode, *question, *action, *args_sha256, *name, *hash;
    step_fn *then;
};

bool consent_needed(struct run *r, const struct role_action *a, bool *second)
{
    *second = false;
    for (const char *const *row = r->ws->config.approvals; row && *row; row++)
        if (!strcmp(*row, a->full) || !strcmp(*row, a->role)
            || (!strcmp(*row, "dangerous") && a->dangerous))
            *second = true;
    return *second || a->dangerous;
}

static const char *fill_asked(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    struct text data;
    struct json_out o = data_open(&data, r);
    q->name = arena_print(r->keep, "A%lld", (long long)++r->asks);
    json_put(&o, "ask", q->name);
    json_put(&o, "mode", text_equal(q->mode, "consent") || text_equal(q->mode, "choose") ? "confirm" : q->mode);
    json_put(&o, "text", q->question);
    if (q->action)
        json_put(&o, "action", q->action);
    if (q->args_sha256)
        json_put(&o, "args_sha256", q->args_sha256);
    if (text_equal(q->mode, "approve"))
        json_put(&o, "who", arena_print(r->keep, "anyone but %s", r->world->user));
    data_close(&o, b);
    return data.at;
}

static void hand_over(struct branch *b)
{
    struct asking *q = b->context;
    q->then(b);
}

static void take_answer(struct branch *b, const char *answer, const char *text)
{
    b->answer = (struct answer){ .good = text_equal(answer, "yes") || text_equal(answer, "done")
                                 || text_equal(answer, "instead") || text_equal(answer, "text"),
                                 .json = answer, .text = text };
}

static void write_answer(struct branch *b, const char *answer, const char *text)
{
    struct asking *q = b->context;
    struct text data;
    struct json_out o = data_open(&data, b->run);
    json_put(&o, "asked", q->hash);
    json_put(&o, "answer", answer);
    if (text)
        json_put(&o, "text", text);
    data_close(&o, b);
    take_answer(b, answer, text);
    branch_write(b, EVENT_ANSWERED, data.at, true, hand_over);
}

static void park_for(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    r->park_ask = q->hash;
    b->waits = WAITS_NOBODY;
    run_park(r, "asked", b->key, arena_print(r->keep, "%s: %s", q->name, q->question));
}

static void put_question(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    const char *answer = NULL, *text = NULL;
    if (!q->hash)
        q->hash = b->hash;
    if (r->park) {
        b->waits = WAITS_NOBODY;
        return;
    }
    if (r->dry) {
        take_answer(b, text_equal(q->mode, "ask") ? "text" : text_equal(q->mode, "manual") ? "done" : "yes", "");
        hand_over(b);
        return;
    }
    if (text_equal(q->mode, "confirm") && r->audience && r->audience->yes) {
        write_answer(b, "yes", "--yes");
        return;
    }
    if (text_equal(q->mode, "approve") || !r->audience || !r->audience->ask
        || !r->audience->ask(r->audience->context, q->mode, q->question, &answer, &text, r->keep)) {
        park_for(b);
        return;
    }
    if (text_equal(q->mode, "ask")) {
        write_answer(b, "text", text ? text : "");
        return;
    }
    write_answer(b, answer && answer[0] ? answer : "no", text);
}

/* The answer to a question that the journal holds; NULL while nobody gave it. */
static const struct event *find_answer(struct run *r, const struct event *asked)
{
    for (size_t i = 0; i < r->journal.count; i++)
        if (r->journal.event[i].kind == EVENT_ANSWERED
            && json_is(json_get(r->journal.event[i].data, "asked"), asked->hash))
            return &r->journal.event[i];
    return NULL;
}

void consent_ask(struct branch *b, const char *mode, const char *question, const char *action,
                 const char *args_sha256, step_fn *then)
{
    struct run *r = b->run;
    struct asking *q = arena_one(r->keep, struct asking);
    const struct event *asked = NULL;
    *q = (struct asking){ mode, question, action, args_sha256, NULL, NULL, then };
    b->context = q;
    for (size_t i = 0; r->resumed && i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        if (ev->kind == EVENT_ASKED && json_is(json_get(ev->data, "run"), r->id)
            && json_is(json_get(ev->data, "key"), b->key)
            && (!args_sha256 || json_is(json_get(ev->data, "args_sha256"), args_sha256)))
            asked = ev;
    }
    if (!asked) {
        branch_write_numbered(b, EVENT_ASKED, fill_asked, put_question);
        return;
    }
    q->hash = asked->hash;
    q->name = json_get_text(asked->data, "ask", r->keep);
    const struct event *answered = find_answer(r, asked);
    bool no = answered && json_is(json_get(answered->data, "answer"), "no");
    if (answered && no && !replay_caught(r, b->key) && json_is(json_get(asked->data, "mode"), "confirm")
        && !b->asked_again) {
        b->asked_again = true; /* it was refused and the run stopped: whoever resumes is asked anew */
        q->hash = NULL;
        branch_write_numbered(b, EVENT_ASKED, fill_asked, put_question);
        return;
    }
    if (!answered) {
        put_question(b);
        return;
    }
    replay_consumed(b, answered);
    take_answer(b, json_get_text(answered->data, "answer", r->keep),
                json_get_text(answered->data, "text", r->keep));
    hand_over(b);
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
        branch_bad(b, "somebody said no to: %s", question_of(b));
}

void perform_confirm(struct branch *b)
{
    (void)replay_take_at(b->run, b->key, EVENT_ASKED, true);
    consent_ask(b, "confirm", question_of(b), NULL, b->want.args_sha256, consent_given);
}

void perform_approve(struct branch *b)
{
    (void)replay_take_at(b->run, b->key, EVENT_ASKED, true);
    consent_ask(b, "approve", question_of(b), NULL, b->want.args_sha256, consent_given);
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
    (void)replay_take_at(b->run, b->key, EVENT_ASKED, true);
    consent_ask(b, "ask", question_of(b), NULL, b->want.args_sha256, text_given);
}
