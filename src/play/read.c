/* read.c: a read, and what a task wants to know from a person on its way. */
#include "play/asking.h"
#include "play/change.h"
#include "play/replay.h"

#include <string.h>

/* Reads */

/* A person answered what the task wanted to know: on with the task. */
static void person_answered(struct branch *b)
{
    const struct asking *q = b->context;
    struct world *w = b->run->world;
    if (text_equal(b->answer.json, "no") && w->now(w) > q->deadline) {
        task_close(b->task);
        b->task = NULL;
        b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_FAILED, .result = "{}",
                                      .text = b->answer.text };
        b->after_answer(b);
        return;
    }
    b->waits = WAITS_TASK;
    task_answer(b->task, b->answer.json ? b->answer.json : "could-not",
                b->answer.text ? b->answer.text : "");
    b->view.state = TASK_WAITS;
    b->wake_at = INT64_MIN;
    b->then = b->after_answer;
}

void task_ask_person(struct branch *b, const char *question, int64_t deadline, step_fn *then)
{
    const struct work *w = b->work;
    b->may_take_ms = INT64_MAX;
    b->after_answer = then;
    consent_ask(b, &(struct asking){ .mode = w ? "manual" : "look", .question = question,
                                     .action = w ? w->action->full : b->want.action->full,
                                     .args_sha256 = w ? w->args_sha256 : b->want.args_sha256,
                                     .deadline = deadline, .then = person_answered });
}

void read_write(struct branch *b, const char *result, const char *error, step_fn *then)
{
    struct run *r = b->run;
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "action", b->want.word);
    json_put_raw(&o, "args", b->want.args, strlen(b->want.args));
    json_put(&o, "args_sha256", b->want.args_sha256);
    if (error) {
        json_open(&o, "error", '{');
        json_put(&o, "text", error);
        json_close(&o, '}');
    } else {
        json_put_raw(&o, "result", result, strlen(result));
    }
    data_close(&o, b);
    if (!error && b->want.action)
        plan_note_read(b, result);
    b->answer.json = result;
    b->answer.text = error;
    branch_write(b, EVENT_READ, data.at, false, then);
}

static void tell_result(struct branch *b) { branch_good(b, b->answer.json); }

static void tell_error(struct branch *b)
{
    const char *text = b->answer.text;
    branch_bad(b, "%s", text ? text : "it failed");
}

static void have_read(struct branch *b)
{
    const struct task_view *v = &b->view;
    if (v->state == TASK_ASKS) { /* manual: a person reads it for us */
        task_ask_person(b, b->view.question, 0, have_read);
        return;
    }
    branch_heard(b, NULL);
    if (v->nothing && b->want.or_nothing)
        read_write(b, "null", NULL, tell_result);
    else if (v->outcome == OUTCOME_OK || v->outcome == OUTCOME_UNCHANGED)
        read_write(b, v->result, NULL, tell_result);
    else
        read_write(b, NULL, v->text && v->text[0] ? v->text : "it failed", tell_error);
}

void perform_read(struct branch *b)
{
    struct run *r = b->run;
    const struct role_action *a = b->want.action;
    const struct event *ev = replay_last(b, EVENT_READ);
    struct task *task;
    struct err e = { 0 };
    if (r->trouble.kind != ERR_NONE || (ev && !replay_agrees(b, ev, a->full, b->want.args_sha256)))
        return;
    if (ev && json_get(ev->data, "result").at) {
        struct json result = json_get(ev->data, "result");
        replay_consumed(b, ev);
        branch_good(b, arena_copy(r->keep, result.at, result.length));
        return;
    }
    if (ev && replay_caught(r, b->key)) {
        replay_consumed(b, ev);
        branch_bad(b, "%s", json_get_text(json_get(ev->data, "error"), "text", r->keep));
        return;
    }
    if (!run_can(r, a, &e) || !task_perform(&task, r->plugins, a, json_from(b->want.args), "", r->keep, &e)) {
        branch_bad(b, "%s", e.text);
        return;
    }
    branch_listen(b, task, r->id ? output_name(r->id, b->key, r->keep) : NULL); /* what is asked alone is answered alone */
    branch_task(b, task, plugins_deadline(r->plugins, a), have_read);
}
