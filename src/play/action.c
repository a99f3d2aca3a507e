/* action.c: a read, and a change from its `before` to its `after`.
 *
 * A change: lock the target, read before, ask where it is dangerous, journal
 * action.begun, perform, read after, journal action.ended. */
#include "play/asking.h"
#include "play/change.h"
#include "play/coverage.h"
#include "play/pace.h"
#include "play/replay.h"

#include <string.h>

/* What its state is asked with. Where that hangs on nothing that a change finds out,
 * it is the same before and after. */
static bool state_arguments(const char **out, struct branch *b, const struct role_action *a,
                            const struct role_action *read, struct json args, struct err *e)
{
    struct arena *keep = b->run->keep;
    struct work none = { .action = NULL }, *w = b->work ? b->work : &none;
    const char *resolved;
    bool same = w->action == a && !strstr(a->state_args, "$before") && !strstr(a->state_args, "$result");
    if (same && w->state_args) {
        *out = w->state_args;
        return true;
    }
    if (!role_resolve(&resolved, a->state_args, args, w->before, w->result, keep, e)
        || !role_arguments(out, read, json_from(resolved), keep, e))
        return false;
    w->state_args = same ? *out : NULL;
    return true;
}

/* The state of a target, as the contract says to read it; *then at once, with
 * view.result NULL, where nobody can be asked. */
bool read_state(struct branch *b, const struct role_action *a, struct json args, step_fn *then,
                struct err *e)
{
    struct run *r = b->run;
    const struct role_action *read;
    const char *canonical;
    struct task *task;
    if (!a->state_action) {
        b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_FAILED };
        then(b);
        return true;
    }
    if (!(read = roles_find(&r->roles, a->state_action, e)))
        return false;
    if (!plugins_observes(r->plugins, read)) {
        b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_FAILED };
        then(b);
        return true;
    }
    if (!state_arguments(&canonical, b, a, read, args, e)
        || !task_perform(&task, r->plugins, read, json_from(canonical), "", r->keep, e))
        return false;
    branch_task(b, task, plugins_deadline(r->plugins, read), then);
    return true;
}

/* Changes */

const char *change_provider_key(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    if (!r->id) /* without a run it is the change's own number that is unique */
        return arena_print(r->keep, "%.12s-%s-%lld", r->incident_id, w->first_name ? w->first_name : w->name,
                           (long long)w->attempt);
    return arena_print(r->keep, "%.12s-%s-%s-%lld", r->incident_id, r->id, w->key,
                       (long long)w->attempt);
}

void change_unlock(struct run *r, struct work *w)
{
    if (w->lock)
        r->store->unlock(r->store, w->lock);
    if (w->pool_lock)
        r->store->unlock(r->store, w->pool_lock);
    w->lock = w->pool_lock = NULL;
}

void change_give_up(struct branch *b, const char *text)
{
    struct work *w = b->work;
    change_unlock(b->run, w);
    w->outcome = OUTCOME_FAILED;
    w->text = text;
    w->in_flight = false;
    b->waits = WAITS_NOBODY;
    w->done(b);
}

static const char *undo_data(struct branch *b, const struct work *w)
{
    struct run *r = b->run;
    struct err ignored = { 0 };
    const char *args;
    struct text text = text_new(r->keep);
    struct json_out o = json_out(&text);
    if (!w->action->undo_action)
        return "null";
    /* what only the result will tell stays a reference: the ledger resolves it */
    if (!role_resolve(&args, w->action->undo_args, w->args, w->before, (struct json){ 0 }, r->keep,
                      &ignored))
        args = w->action->undo_args;
    json_open(&o, NULL, '{');
    json_put(&o, "action", w->action->undo_action);
    json_put_raw(&o, "args", args, strlen(args));
    json_close(&o, '}');
    return text.at;
}

static const char *fill_begun(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct err ignored = { 0 };
    struct text data;
    struct json_out o = data_open(&data, r);
    w->name = arena_print(r->keep, "C%lld", (long long)++r->changes);
    json_put(&o, "change", w->name);
    json_put(&o, "action", w->action->full);
    json_put(&o, "target", w->target);
    json_put_raw(&o, "args", w->args.at, w->args.length);
    json_put(&o, "args_sha256", w->args_sha256);
    json_put_raw(&o, "before", w->before.at ? w->before.at : "null",
                 w->before.at ? w->before.length : 4);
    json_put_raw(&o, "undo", w->undo, strlen(w->undo));
    if (!w->action->lasting)
        json_put_bool(&o, "lasting", false);
    json_put_int(&o, "attempt", w->attempt);
    json_put(&o, "provider_key", change_provider_key(b));
    const char *binding = plugins_binding(r->plugins, w->action->role, &ignored);
    if (binding)
        json_put_raw(&o, "binding", binding, strlen(binding));
    if (w->by_hand)
        json_put_bool(&o, "by_hand", true);
    if (w->undoes)
        json_put_raw(&o, "undoes", w->undoes, strlen(w->undoes));
    if (w->even_so)
        json_put(&o, "even_so", w->even_so);
    if (w->over)
        json_put(&o, "over", w->over->incident);
    data_close(&o, b);
    return data.at;
}

void change_performed(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    const struct task_view *v = &b->view;
    if (v->state == TASK_ASKS) {
        task_ask_person(b, b->view.question, 0, change_performed);
        return;
    }
    w->outcome = v->outcome;
    w->text = v->text ? v->text : "";
    w->instead = v->instead;
    w->result = json_from(arena_string(r->keep, v->result ? v->result : "{}"));
    if (w->outcome == OUTCOME_UNKNOWN) {
        change_settle(b);
        return;
    }
    if (w->outcome == OUTCOME_FAILED) {
        w->again = v->later && change_is_refused_for_now(b);
        change_end(b);
        return;
    }
    change_see(b);
}

static void change_begun(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct task *task;
    struct err e = { 0 };
    w->begun = b->hash;
    coverage_begun(r->world->coverage, b->hash, b->where, w->action->full);
    w->begun_at = b->now;
    w->in_flight = true;
    if (!task_perform(&task, r->plugins, w->action, w->args, change_provider_key(b), r->keep, &e)) {
        w->outcome = OUTCOME_FAILED;
        w->text = arena_string(r->keep, e.text);
        change_end(b);
        return;
    }
    branch_listen(b, task, w->name);
    branch_task(b, task, plugins_deadline(r->plugins, w->action), change_performed);
}

static void turn_has_come(struct branch *b)
{
    struct run *r = b->run;
    b->waits = WAITS_NOBODY;
    if (r->park)
        return; /* it was stopped while it waited, and nothing was begun */
    if (branch_is_dropped(b))
        return;
    struct err e = { 0 };
    if (!r->dry && !others_allow(r, b->work, &e)) { /* somebody locked more than this target meanwhile */
        b->busy = e.kind == ERR_BUSY;
        change_give_up(b, arena_string(r->keep, e.text));
        return;
    }
    int64_t again;
    if (plugins_begin(r->plugins, b->work->action, &again))
        branch_write_numbered(b, EVENT_ACTION_BEGUN, fill_begun, change_begun);
    else
        branch_wait(b, again, turn_has_come);
}

/* In its turn, where the action has a rate. */
void change_write_begun(struct branch *b)
{
    struct run *r = b->run;
    int64_t at = plugins_turn(r->plugins, b->work->action), now = r->world->now(r->world);
    if (at <= now) {
        turn_has_come(b);
        return;
    }
    if (at - now >= SECOND_MS)
        run_say(r, b->key, "%s: its turn comes in %s", b->work->action->full,
                duration_words(r->keep, (at - now) / SECOND_MS * SECOND_MS));
    branch_wait(b, at, turn_has_come);
}

static void have_before(struct branch *b)
{
    struct work *w = b->work;
    if (b->view.state == TASK_DONE && b->view.outcome == OUTCOME_OK && b->view.result)
        w->before = json_from(arena_string(b->run->keep, b->view.result));
    w->undo = undo_data(b, w);
    change_check_pool(b, change_ask_consent);
}

static void read_before(struct branch *b)
{
    struct err e = { 0 };
    if (!read_state(b, b->work->action, b->work->args, have_before, &e))
        change_give_up(b, arena_string(b->run->keep, e.text));
}

const char *change_all_the_same(const struct run *r)
{
    return r->id ? "even_so = \"why\" does it all the same" : "--even-so TEXT does it all the same";
}

static void is_quiet(struct branch *b)
{
    if (b->answer.good)
        read_before(b);
    else
        change_give_up(b, arena_print(b->run->keep, "%s; %s", b->answer.text, change_all_the_same(b->run)));
}

/* The target's lock, workspace-wide, before `before` is read. */
static bool take_target(struct branch *b, struct err *e)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct lock_holder holder = { 0 };
    if (w->lock)
        return true;
    if (r->dry) /* it takes none, and stops where a run would be kept out */
        return others_allow(r, w, e);
    if (r->store->lock(r->store, arena_print(r->keep, "target/%s", w->target), r->world->user,
                       r->world->uid, arena_print(r->keep, "%s %s", r->id ? r->id : "do",
                       w->action->full), &w->lock, &holder, r->keep, e))
        return others_allow(r, w, e);
    w->lock = NULL;
    if (e->kind == ERR_BUSY) {
        *e = (struct err){ 0 };
        return err_busy(e, "'%s' is being changed by %s (%s)", w->target,
                        holder.by ? holder.by : "somebody", holder.why ? holder.why : "no reason given");
    }
    return false;
}

void change_start(struct branch *b, struct work *w)
{
    struct run *r = b->run;
    struct err e = { 0 };
    b->work = w;
    w->key = b->key;
    if (w->attempt == 0)
        w->attempt = replay_attempts(b) + 1;
    if (!w->target && !role_resolve(&w->target, w->action->target ? w->action->target : w->action->full,
                                    w->args, (struct json){ 0 }, (struct json){ 0 }, r->keep, &e)) {
        change_give_up(b, arena_string(r->keep, e.text));
        return;
    }
    if (!run_can(r, w->action, &e) || !take_target(b, &e)) {
        b->busy = e.kind == ERR_BUSY;
        change_give_up(b, arena_string(r->keep, e.text));
    } else if (quiet_matters(r, w)) {
        quiet_ask(b, json_get(w->args, "ip"), w->action->quiet_ms, is_quiet);
    } else {
        read_before(b);
    }
}

/* The word */

static void change_done(struct branch *b)
{
    struct work *w = b->work;
    struct run *r = b->run;
    b->work = NULL;
    if (w->outcome == OUTCOME_OK)
        quiet_remember(r, w);
    if (w->outcome == OUTCOME_OK || w->outcome == OUTCOME_UNCHANGED) {
        branch_good(b, w->result.at ? arena_copy(r->keep, w->result.at, w->result.length) : "{}");
        return;
    }
    branch_bad(b, "%s", w->text && w->text[0] ? w->text : "it failed");
}

static void by_hand_begun(struct branch *b)
{
    b->work->begun = b->hash;
    b->work->begun_at = b->now;
    change_end(b);
}

/* What the journal holds of a change: its last beginning, and that one's end. */
static void recorded_change(struct branch *b, const struct event **begun, const struct event **ended)
{
    *begun = replay_last(b, EVENT_ACTION_BEGUN);
    *ended = NULL;
    if (!*begun)
        return;
    const struct event *ev = replay_latest(b, EVENT_ACTION_ENDED);
    if (ev && json_is(json_get(ev->data, "begun"), (*begun)->hash))
        *ended = ev;
}

/* Answered from the journal? A failure only where the runbook went on after it. */
static bool ended_before(struct branch *b, const struct event *ended)
{
    struct run *r = b->run;
    struct json outcome = json_get(ended->data, "outcome"), result = json_get(ended->data, "result");
    if (json_is(outcome, "ok") || json_is(outcome, "unchanged")) {
        replay_consumed(b, ended);
        branch_good(b, result.at ? arena_copy(r->keep, result.at, result.length) : "{}");
        return true;
    }
    if (!json_is(outcome, "failed") || !replay_caught(r, b->key))
        return false;
    replay_consumed(b, ended);
    const char *why = json_get_text(json_get(ended->data, "error"), "text", r->keep);
    branch_bad(b, "%s", why ? why : json_get_text(ended->data, "text", r->keep));
    return true;
}

void change_by_hand(struct branch *b, const char *result, const char *rest)
{
    struct run *r = b->run;
    struct work *w = arena_one(r->keep, struct work);
    const struct event *begun, *ended;
    struct err e = { 0 };
    recorded_change(b, &begun, &ended);
    bool same = begun && json_is(json_get(begun->data, "args_sha256"), b->want.args_sha256);
    if (same && ended && ended_before(b, ended))
        return;
    *w = (struct work){ .action = b->want.action, .args = json_from(b->want.args), .key = b->key,
                        .args_sha256 = b->want.args_sha256, .attempt = replay_attempts(b) + 1, .by_hand = true,
                        .result = json_from(result), .outcome = OUTCOME_OK, .done = change_done };
    const char *says = change_says(w->action, w->args, w->before, w->result, r->keep);
    w->text = rest[0] ? arena_print(r->keep, "%s: %s", says, rest) : says;
    if (!role_resolve(&w->target, w->action->target ? w->action->target : w->action->full, w->args,
                      (struct json){ 0 }, (struct json){ 0 }, r->keep, &e)) {
        branch_bad(b, "%s", e.text);
        return;
    }
    b->work = w;
    if (same && !ended && json_is_true(json_get(begun->data, "by_hand"))) { /* died between the two */
        w->name = json_get_text(begun->data, "change", r->keep);
        w->begun = begun->hash;
        change_end(b);
        return;
    }
    w->undo = undo_data(b, w);
    branch_write_numbered(b, EVENT_ACTION_BEGUN, fill_begun, by_hand_begun);
}

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

static void perform_change(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = arena_one(r->keep, struct work);
    const struct event *begun, *ended;
    *w = (struct work){ .action = b->want.action, .args = json_from(b->want.args),
                        .args_sha256 = b->want.args_sha256, .even_so = b->want.because,
                        .done = change_done };
    recorded_change(b, &begun, &ended);
    if (r->trouble.kind != ERR_NONE)
        return;
    if (begun && !replay_agrees(b, begun, w->action->full, w->args_sha256))
        return;
    if (ended && ended_before(b, ended)) {
        w->recorded = begun;
        if (json_is(json_get(ended->data, "outcome"), "ok"))
            quiet_remember(r, w);
        return;
    }
    if (begun) {
        w->attempt = json_int_or(json_get(begun->data, "attempt"), 1);
        if (ended && json_is(json_get(ended->data, "outcome"), "failed")) {
            const char *again = json_get_text(ended->data, "again", r->keep);
            bool known = again && instant_parse_rfc3339(again, strlen(again), &w->again_at);
            if (known) /* by a clock that was ahead it is as far off as it was then */
                w->again_at = sooner(w->again_at, r->world->now(r->world) + w->again_at - ended->recorded);
            w->attempt += !known;
            b->work = w;
            branch_wait(b, known ? w->again_at : 0, change_again);
            return;
        }
        w->recorded = begun;
        change_settle_recorded(b, w);
        return;
    }
    change_start(b, w);
}

void perform_action(struct branch *b)
{
    if (b->want.action->change)
        perform_change(b);
    else
        perform_read(b);
}
