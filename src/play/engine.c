/* engine.c: branches, their queue, and the loop. See engine.h. */
#include "play/asking.h"
#include "play/change.h"
#include "play/replay.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <string.h>

/* Saying and writing */

void run_say(struct run *r, const char *key, const char *format, ...)
{
    if (!r->dry && (!r->audience || !r->audience->say))
        return;
    (void)engine_settle(r);
    va_list args;
    va_start(args, format);
    char line[4096];
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    key = key ? key : "";
    if (r->dry)
        (void)plan_note(r, key, PLAN_SAYS, line);
    else /* as it is: a program may say a million lines, and nothing of them stays */
        r->audience->say(r->audience->context, key, line);
}

const char *sha256_of(struct arena *keep, const char *text)
{
    char hex[SHA256_HEX + 1];
    sha256_hex(hex, text, strlen(text));
    return arena_copy(keep, hex, SHA256_HEX);
}

struct json_out data_open(struct text *t, struct run *r)
{
    *t = text_new(r->keep);
    struct json_out o = json_out(t);
    json_open(&o, NULL, '{');
    return o;
}

void data_close(struct json_out *o, struct branch *b)
{
    if (b->run->id) {
        json_put(o, "run", b->run->id);
        json_put(o, "key", b->key ? b->key : "");
    }
    json_close(o, '}');
}

void run_trouble(struct run *r, const struct err *e)
{
    if (r->trouble.kind == ERR_NONE)
        r->trouble = *e;
}

void run_park(struct run *r, const char *why, const char *key, const char *text)
{
    if (r->park)
        return;
    r->park = why;
    r->park_key = key ? key : "";
    r->park_text = text;
}

/* Branches */

struct branch *branch_new(struct run *r, struct branch *parent, const char *prefix)
{
    struct branch *b = arena_one(r->keep, struct branch);
    r->branch = arena_grown(r->keep, r->branch, sizeof *r->branch, r->branches, &r->room);
    *b = (struct branch){ .run = r, .parent = parent, .level = { .prefix = prefix, .next = 1 }, .waits = WAITS_NOBODY,
                          .now = parent ? parent->now : r->started };
    r->branch[r->branches++] = b;
    return b;
}

void branch_ready(struct branch *b)
{
    struct run *r = b->run;
    b->waits = WAITS_TURN;
    b->next_turn = NULL;
    if (b->seq) {
        order_answered(b);
        return;
    }
    if (r->last)
        r->last->next_turn = b;
    else
        r->first = b;
    r->last = b;
}

void branch_good(struct branch *b, const char *json)
{
    b->answer = (struct answer){ .good = true, .json = json, .action = b->want.action };
    branch_ready(b);
}

void branch_bad(struct branch *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    b->answer = (struct answer){ .text = arena_string(b->run->keep, text) };
    branch_ready(b);
}

void branch_wait(struct branch *b, int64_t until, step_fn *then)
{
    if (branch_is_dropped(b))
        return;
    b->waits = WAITS_TIME;
    b->wake_at = until;
    b->then = then;
}

void branch_task(struct branch *b, struct task *task, int64_t may_take_ms, step_fn *then)
{
    if (!replay_is_over(b) || branch_is_dropped(b)) {
        task_close(task);
        return;
    }
    b->waits = WAITS_TASK;
    b->task = task;
    b->view = (struct task_view){ .state = TASK_WAITS, .wake_at = INT64_MIN };
    b->may_take_ms = may_take_ms;
    b->wake_at = INT64_MIN;
    b->then = then;
}

/* What programs write */

static void say_output(void *context, const char *line)
{
    const struct branch *b = context;
    run_say(b->run, b->key, "%s", line);
}

void branch_listen(struct branch *b, struct task *task, const char *name)
{
    const struct output_place place = { b->run->store, b->run->incident, name, say_output, b };
    if (b->run->dry || !name)
        return;
    b->output = output_open(&place);
    task_listen(task, b->output);
}

void branch_heard(struct branch *b, struct json_out *to)
{
    if (b->output)
        output_end(b->output, to);
    output_close(b->output);
    b->output = NULL;
}

void branch_close_task(struct branch *b)
{
    if (b->task)
        task_close(b->task);
    b->task = NULL;
    branch_heard(b, NULL);
}

/* Turns */

/* Another failed and stopped it; what the record holds of it comes to its end first. */
static bool is_stopped(struct branch *b)
{
    struct run *r = b->run;
    if (!b->cancelled || replay_has_inside(r, arena_print(r->keep, "%s/%zu/", b->parent->key, b->number)))
        return false;
    branch_close_task(b);
    if (b->work)
        change_unlock(r, b->work);
    b->work = NULL;
    b->ended = true;
    branch_ended(b);
    return true;
}

static void take_turn(struct branch *b)
{
    struct run *r = b->run;
    int results;
    if (is_stopped(b))
        return;
    if (!b->co) {
        b->driver(b);
        return;
    }
    if (b->held) {
        b->held = false;
        b->want.perform(b);
        return;
    }
    if (b->raised) { /* and that it was handed over is written down */
        if (b->answer.text)
            snprintf(b->error.text, sizeof b->error.text, "%s", b->answer.text);
        b->ended = true;
        branch_ended(b);
        return;
    }
    int arguments = b->arguments;
    b->arguments = 0;
    r->turn = b;
    enum sandbox_turn turn = sandbox_resume(r->sandbox, b->co, arguments, &results, &b->error);
    r->turn = NULL;
    if (turn == SANDBOX_YIELDED) {
        lua_pop(b->co, results);
        if (is_stopped(b))
            return;
        b->seq = 0;
        if (!override_taken(b) && replay_come_to(b) && !replay_ended_before(b) && !order_holds(b))
            b->want.perform(b);
        return;
    }
    if (sandbox_stopped(r->sandbox)) { /* it did not fail: it was told to stop */
        b->waits = WAITS_NOBODY;
        return;
    }
    b->raised = turn == SANDBOX_RAISED;
    if (b->raised && branch_hands_over(b))
        return;
    b->ended = true;
    branch_ended(b);
}

/* The loop */

static void turn_task(struct branch *b, int64_t now)
{
    struct run *r = b->run;
    struct err e = { 0 };
    if (b->work && b->work->in_flight && !engine_settle(r))
        return; /* no change is performed that is not on disk */
    if (b->task) {
        int64_t deadline = b->may_take_ms == INT64_MAX ? INT64_MAX : task_begins(b->task) + b->may_take_ms;
        if (!task_turn(b->task, &b->view, &e)) {
            b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_UNKNOWN,
                                          .seen = SEEN_UNKNOWN, .result = "{}",
                                          .text = arena_string(b->run->keep, e.text) };
        } else if (b->view.state == TASK_WAITS && deadline <= now) {
            b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_UNKNOWN,
                                          .seen = SEEN_UNKNOWN, .result = "{}",
                                          .text = "no answer within its deadline" };
        }
        if (b->view.state == TASK_WAITS) {
            b->wake_at = b->view.wake_at < deadline ? b->view.wake_at : deadline;
            return;
        }
        if (b->view.state == TASK_DONE) {
            task_close(b->task);
            b->task = NULL;
        }
    }
    b->waits = WAITS_NOBODY;
    b->then(b);
}

static bool is_due(const struct branch *b, int64_t now)
{
    return !b->ended && (b->waits == WAITS_TIME || b->waits == WAITS_TASK) && b->wake_at <= now;
}

/* Tasks and moments that are due; false when there was none. */
static bool look_around(struct run *r, int64_t now)
{
    bool moved = false;
    size_t count = r->branches;
    for (size_t i = 0; i < count; i++) {
        struct branch *b = r->branch[i];
        if (!is_due(b, now) || (r->park && !b->work))
            continue;
        moved = true;
        if (b->waits == WAITS_TASK) {
            turn_task(b, now);
        } else {
            b->waits = WAITS_NOBODY;
            b->then(b);
        }
    }
    return moved;
}

static bool in_flight(const struct run *r)
{
    for (size_t i = 0; i < r->branches; i++)
        if (r->branch[i]->work && r->branch[i]->work->in_flight && !r->branch[i]->ended
            && r->branch[i]->waits != WAITS_NOBODY && r->branch[i]->waits != WAITS_ANSWER)
            return true;
    return false;
}

static int64_t next_moment(const struct run *r)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < r->branches; i++) {
        const struct branch *b = r->branch[i];
        if (!b->ended && (b->waits == WAITS_TIME || b->waits == WAITS_TASK)
            && (!r->park || b->work) && b->wake_at < next)
            next = b->wake_at;
    }
    return next;
}

static void look_for_interrupts(struct run *r)
{
    int interrupts = r->world->interrupted ? r->world->interrupted(r->world) : 0;
    struct err e = { 0 };
    if (interrupts == 1 && !r->park) {
        const char *by = r->world->interrupted_by ? r->world->interrupted_by : "Ctrl-C";
        run_say(r, "", "%s: stopping after the change in flight; Ctrl-C %sstops now", by, text_equal(by, "Ctrl-C") ? "again " : "");
        run_park(r, "stopped", "", by);
    } else if (interrupts > 1) {
        err_stopped(&e, "stopped at once; 'tocsin resume' looks into what was in flight");
        run_trouble(r, &e);
    }
}

bool engine_loop(struct run *r, struct branch *root, struct err *e)
{
    while (!root->ended && r->trouble.kind == ERR_NONE && !r->again) {
        look_for_interrupts(r);
        if (!r->park && !r->first && listen_given(r))
            continue;
        struct branch *b = r->park ? NULL : order_next(r);
        if (b) {
            take_turn(b);
            continue;
        }
        if (r->pendings) {
            engine_flush(r);
            continue;
        }
        if (look_around(r, r->world->now(r->world)) || r->pendings || !engine_settle(r))
            continue;
        if (r->park && !in_flight(r))
            break;
        bool rings = outside_rings(r);
        outside_look(r, r->world->now(r->world));
        if (r->park && !in_flight(r))
            break;
        int64_t next = next_moment(r);
        if (!r->park && listen_is_open(r)) {
            listen_turn(r, next);
            continue;
        }
        if (next == INT64_MAX) {
            if (!r->park && !r->first)
                err_system(&r->trouble, "the run waits for nothing that could happen");
            if (r->park)
                break;
            continue;
        }
        int64_t soon = r->world->now(r->world) + SECOND_MS;
        if (r->id && !r->world->virtual && !rings && next > soon)
            next = soon; /* somebody may stop us meanwhile */
        r->world->wait(r->world, next);
        outside_look(r, r->world->now(r->world));
    }
    (void)engine_settle(r);
    if (!r->again)
        listen_end(r);
    if (r->trouble.kind != ERR_NONE)
        *e = r->trouble;
    return r->trouble.kind == ERR_NONE;
}
