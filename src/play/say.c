/* say.c: the simple words performed: what they write, and what they answer. */
#include "play/change.h"
#include "play/replay.h"
#include "play/words_list.h"
#include "record/impact.h"

#include <string.h>

static const char *text_of(struct branch *b, const char *key)
{
    const char *text = json_get_text(json_from(b->want.args), key, b->run->keep);
    return text ? text : "";
}

static void answer_nil(struct branch *b)
{
    branch_good(b, NULL);
}

/* What was said, canonical: without the store's own mark of a batch. */
static const char *without_mark(struct json data, struct arena *keep)
{
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    for (struct json_walk w = json_walk(data); json_next(&w);)
        if (!json_is(w.key, "batch"))
            json_put_raw(&o, json_text(w.key, keep), w.value.at, w.value.length);
    json_close(&o, '}');
    return json_canonical(json_from(t.at), keep);
}

static void said_as_recorded(struct branch *b, const struct event *ev)
{
    replay_consumed(b, ev);
    branch_good(b, NULL);
}

/* Recorded already, and the same (as far as anybody knows, where its text was erased)? Then it is answered from the journal. */
static bool said_before(struct branch *b, enum event_kind kind, const char *data, bool *stop)
{
    struct run *r = b->run;
    const struct event *ev = replay_take(b, kind);
    *stop = r->trouble.kind != ERR_NONE;
    if (!ev)
        return false;
    const char *a = json_canonical(json_from(data), r->keep);
    const char *c = without_mark(ev->data, r->keep);
    *stop = !replay_was_erased(ev) && strcmp(a, c) != 0;
    if (*stop)
        replay_differs(b, ev);
    else
        said_as_recorded(b, ev);
    return true;
}

/* A word that is new is said aloud too; one that a resume passes again is not. */
static void write_word(struct branch *b, enum event_kind kind, const char *key, const char *value)
{
    struct text data;
    struct json_out o = data_open(&data, b->run);
    bool stop;
    json_put(&o, key, value);
    data_close(&o, b);
    if (said_before(b, kind, data.at, &stop) || stop)
        return;
    if (kind == EVENT_STEP)
        run_say(b->run, b->key, "%s", value);
    else if (b->run->dry)
        run_say(b->run, b->key, kind == EVENT_NOTE ? "notes: %s" : "%s", kind == EVENT_PHASE
                ? arena_print(b->run->keep, "phase %s", value) : value);
    branch_write(b, kind, data.at, false, answer_nil);
}

void perform_step(struct branch *b)
{
    write_word(b, EVENT_STEP, "text", text_of(b, "text"));
}

void perform_note(struct branch *b)
{
    write_word(b, EVENT_NOTE, "text", text_of(b, "text"));
}

/* call: the step that says which runbook begins, with what. */
void perform_call(struct branch *b)
{
    struct text line = text_new(b->run->keep);
    text_add(&line, b->want.because);
    for (struct json_walk w = json_walk(json_from(b->want.args)); json_next(&w);)
        if (json_type(w.value) != JSON_NULL) {
            const char *text = json_text(w.value, b->run->keep);
            text_print(&line, " %s=%s", json_text(w.key, b->run->keep),
                       text ? text : arena_copy(b->run->keep, w.value.at, w.value.length));
        }
    write_word(b, EVENT_STEP, "text", line.at);
}

void perform_phase(struct branch *b)
{
    const char *phase = text_of(b, "text")[0] ? text_of(b, "text") : text_of(b, "phase");
    for (size_t i = 0; word_phases[i]; i++)
        if (!strcmp(word_phases[i], phase)) {
            write_word(b, EVENT_PHASE, "phase", phase);
            return;
        }
    const char *near = text_nearest(phase, word_phases);
    if (!strcmp(phase, "closed"))
        branch_bad(b, "a runbook closes no incident: it is a part of it; 'tocsin phase closed' does when all is over");
    else
        branch_bad(b, "there is no phase '%s'%s%s", phase, near ? "; did you mean " : "", near ? near : "");
}

void perform_fail(struct branch *b)
{
    branch_bad(b, "%s", text_of(b, "text"));
}

/* Values that the engine gives: journaled as reads, the same again on resume */

static void answer_value(struct branch *b)
{
    branch_good(b, b->answer.json);
}

static bool value_before(struct branch *b)
{
    const struct event *ev = replay_last(b, EVENT_READ);
    if (b->run->trouble.kind != ERR_NONE)
        return true;
    if (!ev)
        return false;
    if (!replay_agrees(b, ev, b->want.word, b->want.args_sha256))
        return true;
    struct json result = json_get(ev->data, "result");
    replay_consumed(b, ev);
    branch_good(b, result.at ? arena_copy(b->run->keep, result.at, result.length) : NULL);
    return true;
}

void perform_now(struct branch *b)
{
    branch_good(b, arena_print(b->run->keep, "%lld", (long long)b->now));
}

void perform_random(struct branch *b)
{
    struct json args = json_from(b->want.args);
    int64_t from = json_int_or(json_get(args, "from"), 1), to = json_int_or(json_get(args, "to"), 100);
    unsigned char bytes[8];
    uint64_t n = 0;
    if (value_before(b))
        return;
    if (to < from) {
        branch_bad(b, "random: from %lld to %lld", (long long)from, (long long)to);
        return;
    }
    b->run->world->random(b->run->world, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        n = n << 8 | bytes[i];
    uint64_t width = (uint64_t)to - (uint64_t)from + 1;
    read_write(b, arena_print(b->run->keep, "%lld", (long long)((uint64_t)from + (width ? n % width : n))), NULL, answer_value);
}

/* try caught a failure: the mark by which a resume knows that it went on. */
void perform_caught(struct branch *b)
{
    const struct event *ev = replay_take(b, EVENT_READ);
    if (ev) {
        replay_consumed(b, ev);
        branch_good(b, NULL);
        b->answer.text = json_get_text(json_get(ev->data, "error"), "text", b->run->keep);
        return;
    }
    read_write(b, NULL, b->want.because, answer_nil);
}

/* impact: this run's own windows */

/* The share that is lost of a service that is degraded; -1: not said. */
static bool lost_share(struct branch *b, const char *level, int64_t *ppb)
{
    struct json lost = json_get(json_from(b->want.args), "lost");
    const char *text = lost.at ? json_text(lost, b->run->keep) : NULL;
    *ppb = -1;
    if (!lost.at || json_type(lost) == JSON_NULL)
        return true;
    if (strcmp(level, "degraded"))
        branch_bad(b, "impact: lost = ... says how much of it, and goes with level = \"degraded\"");
    else if (!text || !share_parse(ppb, text) || *ppb <= 0)
        branch_bad(b, "impact: lost: found %s, expected a share such as \"25%%\"",
                   arena_copy(b->run->keep, lost.at, lost.length));
    else
        return true;
    return false;
}

static void write_impact(struct branch *b, const char *closes, int64_t lost_ppb)
{
    struct run *r = b->run;
    struct text data;
    const char *level = text_of(b, "level"), *text = text_of(b, "text");
    struct json_out o = data_open(&data, r);
    json_put(&o, "service", text_of(b, "service"));
    json_put(&o, closes ? "edge" : "level", level);
    if (lost_ppb >= 0)
        json_put_int(&o, "lost_ppb", lost_ppb);
    json_put(&o, "basis", arena_print(r->keep, "run:%s", r->id));
    if (closes)
        json_put_raw(&o, "closes", closes, strlen(closes));
    if (text[0])
        json_put(&o, "text", text);
    data_close(&o, b);
    branch_write(b, EVENT_IMPACT, data.at, true, answer_nil);
}

/* The openings of this run that nothing has closed, as a JSON list. */
static const char *open_windows(struct run *r, const char *service, size_t *count, struct err *e)
{
    struct journal j;
    struct text list = text_new(r->keep);
    const char *basis = arena_print(r->keep, "run:%s", r->id);
    *count = 0;
    if (!r->store->read(r->store, r->incident, &j, r->keep, e))
        return NULL;
    text_char(&list, '[');
    for (size_t i = 0; i < j.count; i++) {
        const struct event *ev = &j.event[i];
        if (ev->kind != EVENT_IMPACT || !json_is(json_get(ev->data, "service"), service)
            || !json_is(json_get(ev->data, "basis"), basis) || !json_get(ev->data, "level").at)
            continue;
        bool closed = false;
        for (size_t k = i + 1; k < j.count && !closed; k++)
            for (struct json_walk w = json_walk(json_get(j.event[k].data, "closes"));
                 j.event[k].kind == EVENT_IMPACT && json_next(&w);)
                closed = closed || json_is(w.value, ev->hash);
        if (!closed)
            text_print(&list, "%s\"%s\"", (*count)++ ? "," : "", ev->hash);
    }
    text_char(&list, ']');
    return list.at;
}

static bool same_impact(struct branch *b, const struct event *ev, int64_t lost_ppb)
{
    struct json d = ev->data, edge = json_get(d, "edge");
    return json_is(json_get(d, "service"), text_of(b, "service"))
        && json_is(edge.at ? edge : json_get(d, "level"), text_of(b, "level"))
        && text_equal(json_text_or(json_get(d, "text"), b->run->keep, ""), text_of(b, "text"))
        && json_int_or(json_get(d, "lost_ppb"), -1) == lost_ppb;
}

void perform_impact(struct branch *b)
{
    struct run *r = b->run;
    const char *service = text_of(b, "service"), *level = text_of(b, "level"), *closes = NULL;
    struct err e = { 0 };
    bool known = false;
    size_t open = 0;
    int64_t lost_ppb;
    for (size_t i = 0; word_levels[i]; i++)
        known = known || !strcmp(word_levels[i], level);
    if (!known || !config_service(&r->ws->config, service, &e)) {
        branch_bad(b, "impact: %s", known ? e.text : "level is \"down\", \"degraded\", \"unknown\", \"none\" or \"up\"");
        return;
    }
    if (!lost_share(b, level, &lost_ppb))
        return;
    const struct event *ev = replay_take(b, EVENT_IMPACT);
    if (r->trouble.kind != ERR_NONE)
        return;
    if (ev && same_impact(b, ev, lost_ppb))
        said_as_recorded(b, ev);
    else if (ev)
        replay_differs(b, ev);
    if (ev)
        return;
    if (replay_caught(r, b->key)) { /* it wrote nothing then: no window was open */
        branch_good(b, NULL);
        return;
    }
    if (!strcmp(level, "up")) {
        if (replay_left(b)) { /* nor was one then: the run went on behind it */
            branch_good(b, NULL);
            return;
        }
        closes = r->dry ? "[]" : open_windows(r, service, &open, &e);
        if (!closes) {
            run_trouble(r, &e);
            return;
        }
        if (!open) { /* nothing of ours is open: a person's window stays theirs */
            branch_good(b, NULL);
            return;
        }
    }
    write_impact(b, closes, lost_ppb);
}

/* lock "target" */

enum { MOST_LOCKS = 1000 };

void perform_lock(struct branch *b)
{
    struct run *r = b->run;
    const char *target = text_of(b, "text")[0] ? text_of(b, "text") : text_of(b, "target");
    const struct event *ev = replay_take(b, EVENT_LOCK_TAKEN);
    struct err e = { 0 };
    bool known = role_target(&target, target, &r->roles, &r->ws->config, r->keep, &e);
    if (r->trouble.kind != ERR_NONE)
        return;
    if (ev && json_is(json_get(ev->data, "target"), target))
        said_as_recorded(b, ev);
    else if (ev)
        replay_differs(b, ev);
    if (ev)
        return;
    if (!known) {
        branch_bad(b, "%s", target[0] ? e.text : "lock needs a target: lock \"pool:SERVICE\"");
        return;
    }
    if (++r->locked > MOST_LOCKS) {
        branch_bad(b, "more than %d targets locked by one run", MOST_LOCKS);
        return;
    }
    const struct held *held = locks_on(r->held, r->helds, target);
    if (held && !(text_equal(held->run, r->id) && text_equal(held->incident, r->incident))) {
        branch_bad(b, "'%s' is locked by %s%s%s", held->target, held->by, held->why ? ": " : "",
                   held->why ? held->why : "");
        return;
    }
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "target", target);
    if (text_of(b, "why")[0])
        json_put(&o, "why", text_of(b, "why"));
    data_close(&o, b);
    branch_write(b, EVENT_LOCK_TAKEN, data.at, true, answer_nil);
}
