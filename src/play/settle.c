/* settle.c: what became of a change. A change in flight at a crash, or one
 * whose answer was lost, is looked into and never blindly repeated. */
#include "play/asking.h"
#include "play/change.h"
#include "play/coverage.h"

#include <string.h>

static const char *const outcome_of[] = { "ok", "unchanged", "failed", "unknown" };

static void ended(struct branch *b)
{
    enum { MOST_TRIES = 3 };
    struct run *r = b->run;
    struct work *w = b->work;
    w->in_flight = false;
    change_unlock(r, w);
    if (w->again && !w->once && !b->cancelled && (w->again_at || ++w->absent < MOST_TRIES)) { /* settled absent: the attempt grows, and it is done */
        w->again = false;
        w->attempt += !w->again_at;
        w->recorded = NULL;
        w->shows_by = w->guard_until = 0;
        w->consented = true;
        w->result = w->after = w->before = (struct json){ 0 };
        if (w->again_at)
            branch_wait(b, w->again_at, change_again);
        else
            change_start(b, w);
        return;
    }
    w->done(b);
}

const char *change_says(const struct role_action *a, struct json args, struct json before, struct json result,
                        struct arena *keep)
{
    const char *words = a->says ? role_words(a->says, args, before, result, keep) : NULL;
    /* what nobody said of the result is not in the sentence */
    return words && !strstr(words, "$result.") ? words : arena_print(keep, "%s was done", a->full);
}

/* It stands alone in a row, so it says what and where. */
static const char *failed_words(const char *action, const char *target, const char *why, struct arena *keep)
{
    return arena_print(keep, "%s on %s failed%s%s", action, target, *why ? ": " : "", why);
}

void change_end(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct text data;
    bool failed = w->outcome == OUTCOME_FAILED || w->outcome == OUTCOME_UNKNOWN;
    struct json_out o = data_open(&data, r);
    json_put(&o, "change", w->name);
    json_put(&o, "begun", w->begun);
    json_put(&o, "outcome", outcome_of[w->outcome]);
    const char *why = w->text ? w->text : "";
    json_put(&o, "text", failed ? failed_words(w->action->full, w->target, why, r->keep) : why);
    if (!failed) {
        if (w->result.at)
            json_put_raw(&o, "result", w->result.at, w->result.length);
        if (w->after.at)
            json_put_raw(&o, "after", w->after.at, w->after.length);
    } else {
        json_open(&o, "error", '{');
        json_put(&o, "text", w->text ? w->text : "");
        json_close(&o, '}');
    }
    if (w->again_at)
        json_put(&o, "again", instant_utc(r->keep, w->again_at));
    if (w->instead)
        json_put(&o, "instead", w->instead);
    if (w->by_hand)
        json_put_bool(&o, "by_hand", true);
    branch_heard(b, &o);
    data_close(&o, b);
    run_say(r, w->key, "%s %s: %s", w->name, w->action->full,
            w->text && w->text[0] ? w->text : outcome_of[w->outcome]);
    r->last_change = arena_print(r->keep, "%s  %s", w->name, w->text && w->text[0] ? w->text : outcome_of[w->outcome]);
    plan_note_change(b);
    if (!failed)
        coverage_undone(r->world->coverage, w->undoes);
    branch_write(b, EVENT_ACTION_ENDED, data.at, true, ended);
}

static void it_is_done(struct branch *b)
{
    b->work->outcome = OUTCOME_OK;
    change_see(b);
}

static void it_is_not(struct branch *b, const char *text)
{
    struct work *w = b->work;
    w->outcome = OUTCOME_FAILED;
    w->text = text;
    w->again = true;
    change_end(b);
}

static void ask_again(struct branch *b, const char *wrong, const char *blind);

/* Nobody but a person can tell. */
static void person_told(struct branch *b)
{
    struct work *w = b->work;
    const char *answer = b->answer.json, *text = b->answer.text ? b->answer.text : "", *result, *rest;
    struct arena *keep = b->run->keep;
    struct err e = { 0 };
    w->by_hand = true;
    if (text_equal(answer, "instead")) {
        w->instead = text;
        w->text = arena_print(keep, "something else was done%s%s", text[0] ? ": " : "", text);
        it_is_done(b);
        return;
    }
    if (text_equal(answer, "done") || text_equal(answer, "yes")) {
        if (!role_said(&result, &rest, w->action, text, keep, &e)) { /* said before anybody checked it */
            ask_again(b, e.text, "");
            return;
        }
        w->result = json_from(result);
        const char *says = change_says(w->action, w->args, w->before, w->result, keep);
        w->text = rest[0] ? arena_print(keep, "%s: %s", says, rest) : says;
        it_is_done(b);
        return;
    }
    w->outcome = OUTCOME_FAILED;
    w->text = text[0] ? text : "it was not done";
    change_end(b);
}

static void ask_by_hand(struct branch *b, const char *question)
{
    struct work *w = b->work;
    consent_ask(b, &(struct asking){ .mode = "manual", .question = question, .action = w->action->full,
                                     .args_sha256 = w->args_sha256, .then = person_told });
}

/* wrong: with what was said before; blind: why nobody can see it. */
static void ask_again(struct branch *b, const char *wrong, const char *blind)
{
    struct run *r = b->run;
    struct work *w = b->work;
    const char *wants = role_wants(w->action, r->keep);
    const char *question = arena_print(r->keep, "%s%s%s %s %s was begun, and nobody can see whether it happened%s%s%s: "
                                       "was it done?%s%s", wrong, wrong[0] ? ": " : "", w->name, w->action->full, w->target,
                                       blind[0] ? " (" : "", blind, blind[0] ? ")" : "",
                                       wants[0] ? " With done, say " : "", wants);
    ask_by_hand(b, question);
}

static void ask_a_person(struct branch *b)
{
    ask_again(b, "", "");
}

static void probe_again(struct branch *b);

/* Whoever waits hears of it after 4 s, 8 s, 16 s, ...; who said stop does not wait: nothing is lost by looking later. */
static void look_again(struct branch *b, const char *what, int64_t at)
{
    struct run *r = b->run;
    struct work *w = b->work;
    if (text_equal(r->park, "stopped")) {
        run_say(r, w->key, "%s %s: it stays in flight, and 'tocsin %s %s' looks into it again", w->name, w->action->full,
                r->id ? "resume" : "restore", r->id ? r->id : w->name);
        b->waits = WAITS_NOBODY;
        return;
    }
    int64_t now = r->world->now(r->world), looking = now - w->looked_since;
    if (now >= w->say_at && looking > 0) {
        run_say(r, w->key, "%s %s: %s (%s)", w->name, w->action->full, what, duration_words(r->keep, looking));
        w->say_at = now + looking;
    }
    branch_wait(b, at, probe_again);
}

static void probed(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    const struct task_view *v = &b->view;
    int64_t now = r->world->now(r->world);
    int64_t within = plugins_appears_within(r->plugins, w->action), late = w->looked_since + within;
    if (w->begun_at < w->looked_since) /* it was recorded by a clock that was not ahead */
        late = w->begun_at + within;
    if (v->state == TASK_ASKS) {
        task_close(b->task);
        b->task = NULL;
        ask_a_person(b);
        return;
    }
    switch (v->seen) {
    case SEEN_DONE:
        w->instead = v->instead;
        w->result = json_from(arena_string(r->keep, v->result ? v->result : "{}"));
        w->text = v->text && v->text[0] ? arena_print(r->keep, "%s, as was found afterwards", v->text)
                                        : "it was done, as was found afterwards";
        it_is_done(b);
        return;
    case SEEN_ABSENT:
        if (now >= late)
            it_is_not(b, "nothing of it was to be found afterwards");
        else
            look_again(b, "nothing is to be seen of it yet", now + SECOND_MS < late ? now + SECOND_MS : late);
        return;
    case SEEN_PENDING:
        if (now < w->looked_since + within + 2 * MINUTE_MS)
            look_again(b, "accepted, not to be seen yet", now + 2 * SECOND_MS);
        else
            ask_again(b, "", arena_print(r->keep, "accepted %s ago, and still not to be seen",
                                         duration_words(r->keep, now - w->looked_since)));
        return;
    case SEEN_UNKNOWN:
        ask_again(b, "", v->text ? v->text : "");
        return;
    }
}

static const char *recorded_key(struct branch *b)
{
    struct work *w = b->work;
    if (w->recorded)
        return json_get_text(w->recorded->data, "provider_key", b->run->keep);
    return change_provider_key(b);
}

static void probe_again(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct task *task;
    struct err e = { 0 };
    if (!task_probe(&task, r->plugins, w->action, w->args, w->before, recorded_key(b), r->keep, &e)) {
        run_say(r, w->key, "%s", e.text);
        ask_a_person(b);
        return;
    }
    branch_task(b, task, MINUTE_MS, probed);
}

void change_settle(struct branch *b)
{
    struct work *w = b->work;
    w->looked_since = b->run->world->now(b->run->world);
    w->say_at = w->looked_since + 4 * SECOND_MS;
    run_say(b->run, w->key, "%s %s: %s; looking into it", w->name, w->action->full,
            w->text && w->text[0] ? w->text : "the outcome is unknown");
    probe_again(b);
}

/* A beginning without an end, left by an executor that died. */
void change_settle_recorded(struct branch *b, struct work *w)
{
    struct run *r = b->run;
    struct json data = w->recorded->data, before = json_get(data, "before");
    struct lock_holder holder = { 0 };
    struct err e = { 0 };
    b->work = w;
    w->key = b->key;
    w->name = json_get_text(data, "change", r->keep);
    w->target = json_get_text(data, "target", r->keep);
    w->begun = w->recorded->hash;
    w->begun_at = w->recorded->recorded;
    w->before = json_type(before) == JSON_NULL ? (struct json){ 0 } : before;
    w->attempt = json_int_or(json_get(data, "attempt"), 1);
    w->in_flight = true;
    w->elsewhere = pins_elsewhere(r, w->recorded) != NULL;
    w->text = "it was in flight when the run stopped";
    if (!r->store->lock(r->store, arena_print(r->keep, "target/%s", w->target), r->world->user,
                        r->world->uid, "looking into a change", &w->lock, &holder, r->keep, &e)) {
        w->lock = NULL;
        run_trouble(r, &e);
        return;
    }
    for (size_t i = r->journal.count; i-- > 0 && !w->once;) { /* the last one: an answer that did not do was asked for again */
        const struct event *ev = &r->journal.event[i];
        bool about_it = json_is(json_get(ev->data, "begun"), w->begun)
            || (r->id && json_is(json_get(ev->data, "key"), b->key) && json_is(json_get(ev->data, "run"), r->id));
        if (ev->kind == EVENT_ASKED && json_is(json_get(ev->data, "mode"), "manual") && about_it
            && ev->seq > w->recorded->seq) {
            ask_by_hand(b, json_get_text(ev->data, "text", r->keep));
            return;
        }
    }
    if (w->elsewhere)
        ask_again(b, "", arena_print(r->keep, "it was %s", pins_elsewhere(r, w->recorded)));
    else
        change_settle(b);
}

/* The undo that it was has come to its end, too. */
static const char *undone_data(struct json begun, const char *run, const char *key, bool good, const char *text,
                               struct arena *keep)
{
    struct text data = text_new(keep);
    struct json_out o = json_out(&data);
    struct json undoes = json_get(begun, "undoes");
    json_open(&o, NULL, '{');
    json_put_raw(&o, "changes", undoes.at, undoes.length);
    json_put(&o, "end", good ? "undone" : "failed");
    if (!good)
        json_put(&o, "text", text);
    if (run) {
        json_put(&o, "run", run);
        json_put(&o, "key", key ? key : "");
    }
    json_close(&o, '}');
    return data.at;
}

size_t run_settled(struct draft out[SETTLED_MOST], const struct event *begun, const char *answer,
                   const char *text, const struct roles *roles, struct arena *keep)
{
    struct json d = begun->data, args = json_get(d, "args"), before = json_get(d, "before");
    const char *run = json_get_text(d, "run", keep), *key = json_get_text(d, "key", keep);
    const char *action = json_text_or(json_get(d, "action"), keep, "?"), *result = "{}", *rest = text;
    struct err ignored = { 0 };
    const struct role_action *a = roles_find(roles, action, &ignored);
    bool done = text_equal(answer, "done") || text_equal(answer, "yes"), instead = text_equal(answer, "instead");
    if (done && a && !role_said(&result, &rest, a, text, keep, &ignored))
        result = "{}";
    const char *why = text[0] ? text : "it was not done";
    const char *words = instead ? arena_print(keep, "something else was done%s%s", text[0] ? ": " : "", text)
                      : !done   ? failed_words(action, json_text_or(json_get(d, "target"), keep, "?"), why, keep)
                      : a ? change_says(a, args, before, json_from(result), keep) : "it was done";
    if (done && rest[0])
        words = arena_print(keep, "%s: %s", words, rest);
    struct text data = text_new(keep);
    struct json_out o = json_out(&data);
    json_open(&o, NULL, '{');
    json_put(&o, "change", json_text_or(json_get(d, "change"), keep, "C?"));
    json_put(&o, "begun", begun->hash);
    json_put(&o, "outcome", done || instead ? "ok" : "failed");
    json_put(&o, "text", words);
    if (done)
        json_put_raw(&o, "result", result, strlen(result));
    if (instead)
        json_put(&o, "instead", text);
    if (!done && !instead) {
        json_open(&o, "error", '{');
        json_put(&o, "text", why);
        json_close(&o, '}');
    }
    json_put_bool(&o, "by_hand", true);
    if (run) {
        json_put(&o, "run", run);
        json_put(&o, "key", key ? key : "");
    }
    json_close(&o, '}');
    out[0] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_ACTION_ENDED, .data = data.at };
    if (json_count(json_get(d, "undoes")) == 0)
        return 1;
    out[1] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_UNDONE,
                             .data = undone_data(d, run, key, done, words, keep) };
    return 2;
}
