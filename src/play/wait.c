/* wait.c: time. Deadlines are journaled as absolute moments, so that a resume
 * waits for what is left of them. */
#include "play/asking.h"
#include "play/change.h"
#include "play/replay.h"

#include <string.h>

enum { FIRST_POLL_MS = 1000, LAST_POLL_MS = 10 * 1000 };

static bool instant_of(struct json value, int64_t *out, struct arena *keep)
{
    const char *text = json_text(value, keep);
    return text && instant_parse_rfc3339(text, strlen(text), out);
}

static struct json_out waited_open(struct text *data, struct branch *b, int64_t until)
{
    struct run *r = b->run;
    struct json_out o = data_open(data, r);
    json_put(&o, "until", instant_utc(r->keep, until));
    json_put(&o, "action", b->want.action ? b->want.action->full : b->want.word);
    json_put_raw(&o, "args", b->want.args, strlen(b->want.args));
    json_put(&o, "args_sha256", b->want.args_sha256);
    return o;
}

static void time_is_up(struct branch *b) { branch_good(b, NULL); }

/* Beside others its end has its place among what they do. */
static void write_end(struct branch *b)
{
    struct text data;
    if (!b->parent || b->run->dry) {
        time_is_up(b);
        return;
    }
    struct json_out o = data_open(&data, b->run);
    json_put(&o, "until", instant_utc(b->run->keep, b->deadline));
    json_put_bool(&o, "met", true);
    data_close(&o, b);
    branch_write(b, EVENT_WAITED, data.at, false, time_is_up);
}

static void sleep_on(struct branch *b) { branch_wait(b, b->deadline, write_end); }

/* Was it over before the run stopped? */
static bool over_before(struct branch *b, const struct event *begun)
{
    const struct event *last = replay_latest(b, EVENT_WAITED);
    bool told = json_get(last->data, "met").at;
    replay_consumed(b, told ? last : begun);
    if (told)
        time_is_up(b);
    else if (b->parent && replay_left(b)) /* an older journal does not tell, but went on behind it */
        order_over(b, b->deadline);
    else
        return false;
    return true;
}

/* Waits until now + span; where the journal says until when, until then. */
static void wait_span(struct branch *b, const char *words)
{
    struct run *r = b->run;
    struct text data;
    const struct event *ev = replay_take(b, EVENT_WAITED);
    if (r->trouble.kind != ERR_NONE
        || (ev && !replay_agrees(b, ev, b->want.word, b->want.args_sha256)))
        return;
    b->deadline = r->world->now(r->world) + b->want.span_ms;
    if (ev) {
        int64_t until;
        if (instant_of(json_get(ev->data, "until"), &until, r->keep) && until < b->deadline)
            b->deadline = until; /* else it was set by a clock that was ahead */
        if (over_before(b, ev))
            return;
        if (b->deadline - r->world->now(r->world) >= SECOND_MS)
            run_say(r, b->key, "%s: %s are left", words, duration_words(r->keep, b->deadline - r->world->now(r->world)));
        sleep_on(b);
        return;
    }
    if (b->want.span_ms >= SECOND_MS) /* less is not worth a line */
        run_say(r, b->key, "%s", words);
    struct json_out o = waited_open(&data, b, b->deadline);
    data_close(&o, b);
    branch_write(b, EVENT_WAITED, data.at, false, sleep_on);
}

void perform_wait(struct branch *b)
{
    wait_span(b, arena_print(b->run->keep, "waiting %s", duration_words(b->run->keep, b->want.span_ms)));
}

/* retry: the pause between two attempts. */
void perform_pause(struct branch *b)
{
    wait_span(b, arena_print(b->run->keep, "%s; again in %s", b->want.because,
                             duration_words(b->run->keep, b->want.span_ms)));
}

/* wait_until */

static void poll_now(struct branch *b);

static void tell_met(struct branch *b) { branch_good(b, b->answer.json); }

static void tell_not_met(struct branch *b)
{
    bool over = b->run->world->now(b->run->world) >= b->deadline;
    if (b->want.or_nothing)
        branch_good(b, NULL);
    else if (!over && b->answer.text)
        branch_bad(b, "%s: %s", b->want.action->full, b->answer.text);
    else
        branch_bad(b, "%s was not so within %s%s%s", b->want.action->full,
                   duration_words(b->run->keep, b->want.span_ms), b->answer.text ? ": " : "",
                   b->answer.text ? b->answer.text : "");
}

static void decide(struct branch *b, bool met, const char *result)
{
    struct text data;
    struct json_out o = waited_open(&data, b, b->deadline);
    if (result)
        json_put_raw(&o, "result", result, strlen(result));
    json_put_bool(&o, "met", met);
    data_close(&o, b);
    b->answer.json = result;
    branch_write(b, EVENT_WAITED, data.at, false, met ? tell_met : tell_not_met);
}

/* A person watches for us: until they say that it is so, or the time is over. A no is
 * what they saw at that moment, and has its place in the next question. */
static void ask_a_person(struct branch *b, step_fn *then)
{
    struct run *r = b->run;
    const char *zone = run_zone(r);
    const char *until = instant_text(r->keep, zone, b->deadline, FORM_HMS);
    struct text question = text_new(r->keep);
    text_print(&question, "%s; after a no it is asked again, until %s", b->view.question, until);
    if (b->polls)
        text_print(&question, " (%u no so far, the last at %s)", b->polls, instant_text(r->keep, zone, b->last_no, FORM_HMS));
    b->by_person = true;
    task_ask_person(b, question.at, b->deadline, then);
}

static void polled(struct branch *b)
{
    struct run *r = b->run;
    const struct task_view *v = &b->view;
    int64_t now = r->world->now(r->world), every = b->want.every_ms;
    b->deadline = b->want.span_ms + b->work_started;
    if (v->state == TASK_ASKS) {
        ask_a_person(b, polled);
        return;
    }
    bool good = v->outcome == OUTCOME_OK || v->outcome == OUTCOME_UNCHANGED;
    struct json result = json_from(v->result);
    if (good && json_is_true(json_get(result, b->want.action->condition))) {
        run_say(r, b->key, "%s: yes, after %s", b->want.action->full,
                duration_short(r->keep, now - b->work_started));
        decide(b, true, v->result);
        return;
    }
    const char *text = json_get_text(result, "text", r->keep);
    b->answer.text = text ? text : v->text && v->text[0] ? v->text : NULL;
    if (now >= b->deadline || (b->by_person && !good)) { /* nobody to look is nothing to wait for */
        decide(b, false, good ? v->result : NULL);
        return;
    }
    int64_t soon = b->polls < 10 ? FIRST_POLL_MS << (b->polls / 3) : LAST_POLL_MS; /* soon at first, then slower */
    b->polls++;
    b->last_no = b->now;
    if (every < 0 || (b->by_person && soon < every)) /* whoever looks may see it any moment */
        every = soon;
    branch_wait(b, now + every < b->deadline ? now + every : b->deadline, poll_now);
}

static void poll_now(struct branch *b)
{
    struct run *r = b->run;
    struct task *task;
    struct err e = { 0 };
    if (!run_can(r, b->want.action, &e) || !task_perform(&task, r->plugins, b->want.action, json_from(b->want.args), "", r->keep, &e)) {
        branch_bad(b, "%s", e.text);
        return;
    }
    branch_task(b, task, plugins_deadline(r->plugins, b->want.action), polled);
}

/* The last event of a wait that was decided; else the one that set its end. */
void perform_wait_until(struct branch *b)
{
    struct run *r = b->run;
    const struct event *first = replay_take(b, EVENT_WAITED), *last = replay_last(b, EVENT_WAITED);
    int64_t until;
    struct text data;
    if (r->trouble.kind != ERR_NONE
        || (first && !replay_agrees(b, first, b->want.action->full, b->want.args_sha256)))
        return;
    b->polls = 0;
    b->by_person = false;
    b->work_started = r->world->now(r->world);
    if (last && json_get(last->data, "met").at) {
        struct json result = json_get(last->data, "result");
        bool met = json_is_true(json_get(last->data, "met"));
        if (met || b->want.or_nothing || replay_caught(r, b->key)) {
            replay_consumed(b, last);
            b->answer.json = result.at ? arena_copy(r->keep, result.at, result.length) : NULL;
            (met ? tell_met : tell_not_met)(b);
            return;
        }
        last = NULL; /* it failed and the run stopped there: a new wait */
    }
    if (first && replay_caught(r, b->key)) { /* nobody could look, and the runbook went on */
        replay_consumed(b, first);
        branch_bad(b, "%s was not seen", b->want.action->full);
        return;
    }
    run_say(r, b->key, "waiting until %s, at most %s", b->want.action->full,
            duration_words(r->keep, b->want.span_ms));
    if (last && instant_of(json_get(last->data, "until"), &until, r->keep)) {
        if (until - b->want.span_ms < b->work_started) /* else it was set by a clock that was ahead */
            b->work_started = until - b->want.span_ms;
        replay_consumed(b, last);
        poll_now(b);
        return;
    }
    struct json_out o = waited_open(&data, b, b->work_started + b->want.span_ms);
    data_close(&o, b);
    branch_write(b, EVENT_WAITED, data.at, false, poll_now);
}
