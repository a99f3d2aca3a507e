/* override.c: the ways round a word: --skip and --done of the one that a run
 * stopped at, --from an earlier one. Each is an event by whoever said so, and
 * none is taken that the run would not come to. */
#include "play/asking.h"
#include "play/change.h"
#include "play/question.h"
#include "play/replay.h"

#include <stdlib.h>
#include <string.h>

static bool of_run(const struct run *r, const struct event *ev)
{
    return ev->stream == 0 && ev->data.at && json_is(json_get(ev->data, "run"), r->id);
}

/* The latest change of this run without an end; under that key, where one is given. */
static const struct event *in_flight_at(const struct run *r, const char *key, int64_t from_seq)
{
    const struct event *found = NULL;
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *begun = &r->journal.event[i];
        if (begun->kind != EVENT_ACTION_BEGUN || !of_run(r, begun) || begun->seq < from_seq
            || (key && !json_is(json_get(begun->data, "key"), key)))
            continue;
        bool ended = false;
        for (size_t k = i; k < r->journal.count && !ended; k++)
            ended = r->journal.event[k].kind == EVENT_ACTION_ENDED && r->journal.event[k].data.at
                 && json_is(json_get(r->journal.event[k].data, "begun"), begun->hash);
        found = ended ? found : begun;
    }
    return found;
}

/* Did the run go on behind this parking, or only come back to it? */
static bool went_on(const struct run *r, const struct event *parked)
{
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        if (!of_run(r, ev) || ev->seq <= parked->seq)
            continue;
        switch ((int)ev->kind) {
        case EVENT_RUN_RESUMED: case EVENT_RUN_PARKED: case EVENT_RUN_OVERRIDDEN: case EVENT_ANSWERED:
        case EVENT_ASKED: case EVENT_ACTION_BEGUN: case EVENT_LOCK_TAKEN:
            continue;
        default:
            return true;
        }
    }
    return false;
}

static void add_key(const char **key, size_t *n, size_t room, const char *one)
{
    for (size_t i = 0; i < *n; i++)
        if (text_equal(key[i], one))
            return;
    if (one && *one && *n < room)
        key[(*n)++] = one;
}

/* Where the run stands: what failed, what waits, what is in flight. */
static size_t standing(const struct run *r, const char **key, size_t room)
{
    const struct event *parked = NULL;
    size_t n = 0;
    for (size_t i = 0; i < r->journal.count; i++)
        if (r->journal.event[i].kind == EVENT_RUN_PARKED && of_run(r, &r->journal.event[i])
            && *json_text_or(json_get(r->journal.event[i].data, "key"), r->keep, ""))
            parked = &r->journal.event[i];
    if (parked && !went_on(r, parked))
        add_key(key, &n, room, json_get_text(parked->data, "key", r->keep));
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        struct question q;
        if (!of_run(r, ev) || (ev->kind != EVENT_ACTION_BEGUN && ev->kind != EVENT_ASKED))
            continue;
        const char *at = json_get_text(ev->data, "key", r->keep);
        if (ev->kind == EVENT_ASKED)
            question_view(&q, &r->journal, ev, "UTC", r->keep);
        if (ev->kind == EVENT_ASKED ? !q.answered && !q.gone : in_flight_at(r, at, ev->seq) != NULL)
            add_key(key, &n, room, at);
    }
    return n;
}

/* The action that this word is, as far as the record tells; NULL. */
static const struct role_action *action_at(const struct run *r, const char *key)
{
    const struct role_action *found = NULL;
    struct err ignored = { 0 };
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        const char *action = of_run(r, ev) && json_is(json_get(ev->data, "key"), key)
            ? json_get_text(ev->data, "action", r->keep) : NULL;
        if (action && ev->kind != EVENT_WAITED)
            found = roles_find(&r->roles, action, &ignored);
    }
    return found;
}

static bool needs_result(const struct run *r, const struct role_action *a, const char *key, const char *text,
                         struct err *e)
{
    const char *result, *rest;
    if (!a || role_said(&result, &rest, a, text ? text : "", r->keep, e))
        return true;
    err_hint(e, "tocsin resume %s --done %s %s", r->id, key, role_wants(a, r->keep));
    return err_while(e, "%s", a->full);
}

static bool may_go_round(const struct run *r, const char *how, const char *key, const char *text, struct err *e)
{
    enum { MOST = 16 };
    const char *fits[MOST];
    size_t n = standing(r, fits, MOST);
    struct text list = text_new(r->keep);
    for (size_t i = 0; i < n; i++) {
        text_print(&list, "%s%s", i ? ", " : "", fits[i]);
        if (text_equal(fits[i], key))
            return !text_equal(how, "done") || needs_result(r, action_at(r, key), key, text, e);
    }
    if (!n) {
        err_hint(e, "tocsin resume %s goes on", r->id);
        return err_usage(e, "%s stands at no word that failed or waits: there is nothing to go round", r->id);
    }
    err_hint(e, "tocsin resume %s --%s %s", r->id, how, fits[0]);
    return err_usage(e, "%s does not stand at word '%s'; found '%s', expected %s", r->id, key, key, list.at);
}

static bool is_under(const char *key, const char *at)
{
    size_t length = strlen(at);
    return text_starts(key, at) && (!key[length] || key[length] == '/');
}

/* Is that word, or one inside of it, at or behind `from`? "2/10" is behind "2/9"; "2/0",
 * the mark of how 2 ended, behind everything inside of 2. */
bool override_is_behind(const char *key, const char *from)
{
    while (*key && *from) {
        char *rest_key, *rest_from;
        long a = strtol(key, &rest_key, 10), b = strtol(from, &rest_from, 10);
        if (a != b || rest_key == key || rest_from == from)
            return a >= b || (a == 0 && !*rest_key);
        key = *rest_key ? rest_key + 1 : rest_key;
        from = *rest_from ? rest_from + 1 : rest_from;
    }
    return !*from;
}

/* The first event of that word, or of one inside of it. */
const struct event *override_first(const struct journal *j, const char *run, const char *key, struct arena *keep)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        if (ev->stream != 0 || !ev->data.at || !json_is(json_get(ev->data, "run"), run)
            || ev->kind == EVENT_RUN_PARKED || ev->kind == EVENT_RUN_OVERRIDDEN)
            continue;
        const char *at = json_get_text(ev->data, "key", keep);
        if (at && is_under(at, key))
            return ev;
    }
    return NULL;
}

static bool may_begin_from(const struct run *r, const char *key, struct err *e)
{
    const struct event *first = override_first(&r->journal, r->id, key, r->keep);
    if (!first) {
        struct text list = text_new(r->keep);
        const char *known[24];
        size_t n = 0;
        for (size_t i = r->journal.count; i-- > 0 && n < 24;)
            if (of_run(r, &r->journal.event[i]) && r->journal.event[i].kind != EVENT_RUN_PARKED)
                add_key(known, &n, 24, json_get_text(r->journal.event[i].data, "key", r->keep));
        for (size_t i = n; i-- > 0;)
            text_print(&list, "%s%s", list.length ? ", " : "", known[i]);
        return err_usage(e, "%s has no word '%s' in its record; found '%s', expected %s", r->id, key, key,
                         n ? list.at : "none: nothing was done yet");
    }
    const struct event *open = in_flight_at(r, NULL, first->seq);
    if (!open)
        return true;
    err_hint(e, "tocsin resume %s looks into it first; then --from %s", r->id, key);
    return err_failed(e, "%s (%s %s) is in flight: what became of it must be known before it is done again",
                      json_text_or(json_get(open->data, "change"), r->keep, "a change"),
                      json_text_or(json_get(open->data, "action"), r->keep, ""),
                      json_text_or(json_get(open->data, "target"), r->keep, ""));
}

static bool fits(const struct run *r, const struct override *o, struct err *e)
{
    if (text_equal(o->how, "recorded"))
        return true;
    if (!o->key)
        return err_usage(e, "--%s needs %s", o->how, text_equal(o->how, "rebind") ? "a role" : "a key such as 3/2");
    if (text_equal(o->how, "rebind"))
        return true;
    return text_equal(o->how, "from") ? may_begin_from(r, o->key, e)
                                      : may_go_round(r, o->how, o->key, o->text, e);
}

/* --done: a change that was begun gets its end, by hand, so the ledger knows it. */
static bool end_by_hand(struct run *r, const struct override *o, struct err *e)
{
    const struct event *begun = in_flight_at(r, o->key, 0);
    if (!begun)
        return true;
    struct draft draft[SETTLED_MOST];
    size_t n = run_settled(draft, begun, "done", o->text ? o->text : "", &r->roles, r->keep);
    for (size_t i = 0; i < n; i++)
        if (!run_write_now(r, draft[i].kind, draft[i].data, e))
            return false;
    return true;
}

bool override_write(struct run *r, const struct override *o, struct err *e)
{
    struct text data;
    bool rebind = text_equal(o->how, "rebind");
    struct json_out out = data_open(&data, r);
    if (!fits(r, o, e) || (o->text && !leaks_none_in(r, "what was done", o->text, e))
        || (o->because && !leaks_none_in(r, "the reason", o->because, e)))
        return false;
    if ((text_equal(o->how, "skip") || rebind) && !o->because)
        return err_usage(e, "--%s needs --because: the record has to say why", o->how);
    if (rebind)
        return pins_rebind(r, o->key, o->because, e);
    json_put(&out, "run", r->id);
    json_put(&out, "key", o->key ? o->key : "");
    json_put(&out, "how", o->how);
    json_put(&out, "because", o->because ? o->because : "");
    if (o->text && *o->text)
        json_put(&out, "text", o->text);
    json_close(&out, '}');
    return (!text_equal(o->how, "done") || end_by_hand(r, o, e))
        && run_write_now(r, EVENT_RUN_OVERRIDDEN, data.at, e)
        && r->store->read(r->store, r->incident, &r->journal, r->keep, e);
}

/* When the run comes to the word: */

static void take_done(struct branch *b, const struct event *ev)
{
    struct run *r = b->run;
    const struct role_action *a = b->want.action;
    const char *text = json_text_or(json_get(ev->data, "text"), r->keep, ""), *result = NULL, *rest;
    struct json value = json_get(ev->data, "value");
    struct err e = { 0 };
    if (value.at) {
        branch_good(b, arena_copy(r->keep, value.at, value.length));
    } else if (text_equal(b->want.word, "ask")) {
        struct text json = text_new(r->keep);
        json_quote(&json, text, strlen(text));
        branch_good(b, json.at);
    } else if (!a || b->want.perform != perform_action) {
        branch_good(b, NULL);
    } else if (!role_said(&result, &rest, a, text, r->keep, &e)) {
        branch_bad(b, "%s; say it with it: --done %s %s", e.text, b->key, role_wants(a, r->keep));
    } else if (a->change) {
        change_by_hand(b, result, rest);
    } else {
        branch_good(b, result);
    }
}

bool override_taken(struct branch *b)
{
    const struct event *skip = replay_override(b->run, b->key, "skip");
    const struct event *done = replay_override(b->run, b->key, "done");
    if (!skip && !done)
        return false;
    if (skip && done && skip->seq > done->seq)
        done = NULL;
    replay_consumed(b, done ? done : skip);
    if (done)
        take_done(b, done);
    else
        branch_good(b, NULL);
    return true;
}
