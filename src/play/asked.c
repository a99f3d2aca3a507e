/* asked.c: was this question put before, and is its answer still good? */
#include "play/asking.h"
#include "play/change.h"
#include "play/question.h"
#include "play/replay.h"

#include <string.h>

const struct event *asked_answer(struct run *r, const struct event *asked)
{
    for (size_t i = 0; i < r->journal.count; i++)
        if (r->journal.event[i].kind == EVENT_ANSWERED
            && json_is(json_get(r->journal.event[i].data, "asked"), asked->hash))
            return &r->journal.event[i];
    return NULL;
}

int64_t asked_deadline(struct run *r, const struct event *asked)
{
    const char *until = json_get_text(asked->data, "deadline", r->keep);
    int64_t deadline;
    return until && instant_parse_rfc3339(until, strlen(until), &deadline) ? deadline : INT64_MAX;
}

/* Did this word come to an end after that event, so that it is tried anew? */
static bool concluded_after(struct branch *b, const struct event *ev)
{
    struct run *r = b->run;
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *later = &r->journal.event[i];
        bool ends = later->kind == EVENT_READ || later->kind == EVENT_ACTION_ENDED
                 || (later->kind == EVENT_RUN_PARKED && json_is(json_get(later->data, "why"), "failed"));
        if (ends && later->stream == 0 && later->seq > ev->seq && json_is(json_get(later->data, "run"), r->id)
            && json_is(json_get(later->data, "key"), b->key))
            return true;
    }
    return false;
}

/* A consent is to this plugin with these settings; older journals do not say to which. */
static bool same_binding(struct json asked, const struct asking *q)
{
    struct json then = json_get(asked, "binding");
    return !then.at || (q->binding && strlen(q->binding) == then.length && !memcmp(q->binding, then.at, then.length));
}

const char *asked_allows(const struct allowed *a, struct arena *keep)
{
    return sha256_of(keep, arena_print(keep, "%s%s%s\n%s\n%s", a->action, a->args, a->binding ? a->binding : "",
                                       a->even_so ? a->even_so : "", a->over ? a->over : ""));
}

bool asked_covers(const char *const *consented, const char *const *allows)
{
    for (; *allows; allows++) {
        const char *const *one = consented;
        while (one && *one && !text_equal(*one, *allows))
            one++;
        if (!one || !*one)
            return false;
    }
    return true;
}

/* Does it allow what is to be done now? Of several that are put back the rest, too. */
static bool allows_this(struct json asked, const struct asking *q, struct arena *keep)
{
    struct json list = json_get(asked, "allows");
    if (!text_equal(json_get_text(asked, "even_so", keep), q->even_so)
        || !text_equal(json_get_text(asked, "over", keep), q->shown ? q->shown->over : NULL))
        return false;
    if (!q->allows || !list.at)
        return !q->args_sha256 || json_is(json_get(asked, "args_sha256"), q->args_sha256);
    const char **consented = arena_many(keep, const char *, json_count(list) + 1);
    size_t n = 0;
    for (struct json_walk w = json_walk(list); json_next(&w);)
        consented[n++] = json_text_or(w.value, keep, "");
    return asked_covers(consented, q->allows);
}

/* The same question of this word, put before a resume: of the same mode, for the
 * same arguments. A consent is no report of handwork, and an answer serves once. */
static const struct event *asked_by_run(struct branch *b, const struct asking *q)
{
    struct run *r = b->run;
    const struct event *asked = NULL;
    bool by_hand = text_equal(q->mode, "manual") || text_equal(q->mode, "look");
    if (!r->resumed || (by_hand && b->work && !b->work->recorded))
        return NULL; /* a change begun just now: nobody can have been asked about it */
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        if (ev->kind == EVENT_ASKED && json_is(json_get(ev->data, "run"), r->id)
            && json_is(json_get(ev->data, "key"), b->key)
            && json_is(json_get(ev->data, "mode"), asked_mode(q->mode))
            && allows_this(ev->data, q, r->keep) && same_binding(ev->data, q)
            && (!by_hand || text_equal(json_get_text(ev->data, "text", r->keep), q->question))
            && !question_forgotten(&r->journal, ev, r->keep))
            asked = ev;
    }
    const struct event *answered = asked ? asked_answer(r, asked) : NULL;
    bool no = answered && !json_is(json_get(answered->data, "answer"), "yes")
           && !json_is(json_get(answered->data, "answer"), "text");
    if (answered && (no || by_hand) && concluded_after(b, answered) && !replay_caught(r, b->key))
        return NULL;
    return asked;
}

/* Is it the end of one of what is to be put back now? What was cut off in the middle goes on. */
static bool put_back_since(const struct run *r, const struct event *begun, const struct asking *q)
{
    struct json d = begun->data, args = json_get(d, "args"), binding = json_get(d, "binding");
    if (json_count(json_get(d, "undoes")) == 0)
        return false;
    const struct allowed done = { json_text_or(json_get(d, "action"), r->keep, ""), arena_copy(r->keep, args.at, args.length),
                                  binding.at ? arena_copy(r->keep, binding.at, binding.length) : NULL,
                                  json_get_text(d, "even_so", r->keep), json_get_text(d, "over", r->keep) };
    const char *one[] = { asked_allows(&done, r->keep), NULL };
    bool ended = false;
    for (size_t i = 0; i < r->journal.count && !ended; i++)
        ended = r->journal.event[i].kind == EVENT_ACTION_ENDED && json_is(json_get(r->journal.event[i].data, "begun"), begun->hash);
    return ended && asked_covers(q->allows, one);
}

/* Did whoever asked act since? An answer serves once. */
static bool was_used(const struct run *r, const struct event *asked, const struct asking *q)
{
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        if ((ev->kind == EVENT_ACTION_BEGUN || ev->kind == EVENT_READ) && ev->stream == 0 && ev->seq > asked->seq
            && !json_get(ev->data, "run").at && text_equal(ev->by, asked->by)
            && (q->allows ? put_back_since(r, ev, q) : json_is(json_get(ev->data, "args_sha256"), q->args_sha256)))
            return true;
    }
    return false;
}

/* `do` and `restore` said again: the same person, the same words, so the same state of the world. */
static const struct event *asked_by_hand(struct branch *b, const struct asking *q)
{
    struct run *r = b->run;
    if (b->work && b->work->in_flight && !b->work->recorded)
        return NULL; /* begun just now: nobody can have been asked about it */
    for (size_t i = r->journal.count; i-- > 0;) {
        const struct event *ev = &r->journal.event[i];
        if (ev->kind != EVENT_ASKED || ev->stream != 0 || !ev->data.at || json_get(ev->data, "run").at
            || !text_equal(ev->by, r->world->user) || !json_is(json_get(ev->data, "mode"), asked_mode(q->mode))
            || !allows_this(ev->data, q, r->keep) || !same_binding(ev->data, q)
            || (!q->allows && !text_equal(json_get_text(ev->data, "text", r->keep), q->question)))
            continue;
        const struct event *answered = asked_answer(r, ev);
        bool good = answered ? !json_is(json_get(answered->data, "answer"), "no")
                             : r->world->now(r->world) <= asked_deadline(r, ev);
        return good && !was_used(r, ev, q) ? ev : NULL;
    }
    return NULL;
}

const struct event *asked_before(struct branch *b, const struct asking *q)
{
    return b->run->id ? asked_by_run(b, q) : asked_by_hand(b, q);
}
