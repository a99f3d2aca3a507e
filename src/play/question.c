/* question.c: see question.h. */
#include "play/asking.h"
#include "play/change.h"
#include "play/question.h"
#include "play/replay.h"

#include <string.h>

enum { SHOWN = 3 }; /* pieces of evidence */

/* Anything later is a moment in milliseconds, and no count of anything. */
#define LONG_AGO INT64_C(946684800000)

static const char *value_words(struct json value, const char *zone, struct arena *keep)
{
    int64_t n;
    const char *text = json_text(value, keep);
    if (text)
        return *text ? text : NULL;
    if (json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE)
        return json_is_true(value) ? "yes" : "no";
    if (!json_int(value, &n))
        return NULL; /* lists and tables do not fit into a line */
    return n > LONG_AGO ? instant_text(keep, zone, n, FORM_HMS) : arena_print(keep, "%lld", (long long)n);
}

static const char *seen_words(const struct event *ev, const char *zone, struct arena *keep)
{
    struct text t = text_new(keep);
    if (ev->kind == EVENT_SIGNAL)
        return json_text_or(json_get(ev->data, "text"), keep, "a signal");
    text_print(&t, "%s:", json_text_or(json_get(ev->data, "action"), keep, "read"));
    struct json result = json_get(ev->data, "result");
    bool first = true;
    if (json_type(result) == JSON_OBJECT)
        for (struct json_walk w = json_walk(result); json_next(&w);) {
            const char *value = value_words(w.value, zone, keep);
            if (!value)
                continue;
            text_print(&t, "%s %s %s", first ? "" : ",", json_text(w.key, keep), value);
            first = false;
        }
    else
        text_print(&t, " %s", json_type(result) == JSON_NULL ? "nothing" : json_text_or(result, keep, "an answer"));
    return t.at;
}

/* What the target does not say already: "program sh, args [\"-c\",\"date\"]". */
const char *question_with(struct json args, const char *target, struct arena *keep)
{
    struct text t = text_new(keep);
    for (struct json_walk w = json_walk(args); args.at && json_next(&w);) {
        const char *text = json_text(w.value, keep);
        if (json_type(w.value) == JSON_NULL || (text && (!*text || (target && strstr(target, text)))))
            continue;
        text_print(&t, "%s%s %s", t.length ? ", " : "", json_text(w.key, keep),
                   text ? text : arena_copy(keep, w.value.at, w.value.length));
    }
    return t.length ? t.at : NULL;
}

/* Is that something that was seen, and did not fail? */
static bool is_sight(const struct event *ev)
{
    return ev->data.at && (ev->kind == EVENT_SIGNAL
        || ((ev->kind == EVENT_READ || ev->kind == EVENT_WAITED) && json_get(ev->data, "action").at
            && json_get(ev->data, "result").at && !json_is(json_get(ev->data, "action"), "restore")));
}

static bool names(const struct event *ev, const char *key, const char *value)
{
    return value && (json_is(json_get(ev->data, key), value)
        || json_is(json_get(json_get(ev->data, "args"), key), value)
        || json_is(json_get(json_get(ev->data, "result"), key), value));
}

/* The latest of each kind that names this; how many there are. */
static size_t gather(const struct event **out, const struct journal *j, const char *ip,
                     const char *service, const char *run)
{
    size_t n = 0;
    for (size_t i = j->count; i-- > 0 && n < SHOWN;) {
        const struct event *ev = &j->event[i];
        if (!is_sight(ev) || (ip && !names(ev, "ip", ip)) || (service && !names(ev, "service", service))
            || (run && !json_is(json_get(ev->data, "run"), run)))
            continue;
        bool known = false;
        struct json action = json_get(ev->data, "action");
        for (size_t k = 0; k < n; k++) {
            struct json other = json_get(out[k]->data, "action");
            known = known || (other.length == action.length
                              && (!action.at || !memcmp(other.at, action.at, action.length)));
        }
        if (!known)
            out[n++] = ev;
    }
    return n;
}

const char *question_evidence(const struct journal *j, const char *run, struct json args,
                              struct arena *keep)
{
    const struct event *ev[SHOWN];
    const char *ip = json_get_text(args, "ip", keep), *service = json_get_text(args, "service", keep);
    size_t n = ip ? gather(ev, j, ip, NULL, NULL) : 0;
    if (!n && service)
        n = gather(ev, j, NULL, service, NULL);
    if (!n && run)
        n = gather(ev, j, NULL, NULL, run);
    struct text list = text_new(keep);
    for (size_t i = 0; i < n; i++)
        text_print(&list, "%s\"%s\"", i ? "," : "[", ev[i]->hash);
    text_add(&list, n ? "]" : "[]");
    return list.at;
}

static void view_evidence(struct question *q, const struct journal *j, const char *zone,
                          struct arena *keep)
{
    struct json list = json_get(q->asked->data, "evidence");
    struct evidence *evidence = arena_many(keep, struct evidence, json_count(list) + 1);
    for (struct json_walk w = json_walk(list); list.at && json_next(&w);)
        for (size_t i = 0; i < j->count; i++)
            if (json_is(w.value, j->event[i].hash) && j->event[i].data.at)
                evidence[q->evidences++] = (struct evidence){ seen_words(&j->event[i], zone, keep),
                                                              j->event[i].recorded };
    q->evidence = evidence;
}

/* `resume --from KEY`: what the run was asked from there on, it is asked anew. */
bool question_forgotten(const struct journal *j, const struct event *asked, struct arena *keep)
{
    const char *run = json_get_text(asked->data, "run", keep);
    for (size_t i = 0; run && i < j->count; i++) {
        const struct event *from = &j->event[i];
        if (from->kind != EVENT_RUN_OVERRIDDEN || !from->data.at || from->seq < asked->seq
            || !json_is(json_get(from->data, "how"), "from") || !json_is(json_get(from->data, "run"), run))
            continue;
        const char *key = json_text_or(json_get(from->data, "key"), keep, "");
        const struct event *first = override_first(j, run, key, keep);
        if (first && first->seq <= asked->seq
            && override_is_behind(json_text_or(json_get(asked->data, "key"), keep, ""), key))
            return true;
    }
    return false;
}

/* The change that it asks about, where that has no end yet: only a person can tell it. */
static const struct event *begun_of(const struct question *q, const struct journal *j)
{
    const struct event *begun = NULL;
    struct json ref = json_get(q->asked->data, "begun");
    if (!text_equal(q->mode, "manual"))
        return NULL;
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        if (!ev->data.at || ev->stream != q->asked->stream)
            continue;
        if (ev->kind == EVENT_ACTION_BEGUN
            && (ref.at ? json_is(ref, ev->hash)
                       : ev->seq < q->asked->seq && q->run && q->key && json_is(json_get(ev->data, "run"), q->run)
                         && json_is(json_get(ev->data, "key"), q->key)))
            begun = ev;
        if (begun && ev->kind == EVENT_ACTION_ENDED && json_is(json_get(ev->data, "begun"), begun->hash))
            begun = NULL;
    }
    return begun;
}

static const char *another_question(const struct event *asked, struct arena *keep)
{
    return arena_print(keep, "the question is another one now: %s", json_text_or(json_get(asked->data, "ask"), keep, "it was asked anew"));
}

/* Is it answered, or did its run go on without an answer? */
static void look_after(struct question *q, const struct journal *j, struct arena *keep)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        if (!ev->data.at || (ev->stream == q->asked->stream && ev->seq <= q->asked->seq))
            continue;
        if (ev->kind == EVENT_ANSWERED && json_is(json_get(ev->data, "asked"), q->asked->hash)) {
            q->answered = ev; /* the first one counts */
            return;
        }
        if (!q->gone && ev->kind == EVENT_ASKED && q->begun && json_is(json_get(ev->data, "begun"), q->begun->hash))
            q->gone = another_question(ev, keep);
        if (!q->run && !q->gone && ev->kind == EVENT_ACTION_ENDED
            && json_is(json_get(ev->data, "begun"), json_text_or(json_get(q->asked->data, "begun"), keep, "-")))
            q->gone = "what became of it is known";
        if (!q->run || q->gone || !json_is(json_get(ev->data, "run"), q->run))
            continue;
        bool same = q->key && json_is(json_get(ev->data, "key"), q->key);
        if (ev->kind == EVENT_RUN_ENDED && !q->begun)
            q->gone = arena_print(keep, "%s has ended", q->run);
        else if (ev->kind == EVENT_ASKED && same)
            q->gone = another_question(ev, keep);
        else if (same && (ev->kind == EVENT_READ || ev->kind == EVENT_ACTION_ENDED || ev->kind == EVENT_RUN_OVERRIDDEN))
            q->gone = arena_print(keep, "%s went on without an answer", q->run);
    }
    if (!q->gone && q->run && question_forgotten(j, q->asked, keep))
        q->gone = arena_print(keep, "%s goes on from an earlier word, and asks anew", q->run);
}

void question_view(struct question *out, const struct journal *j, const struct event *asked,
                   const char *zone, struct arena *keep)
{
    struct json d = asked->data, before = json_get(d, "before");
    const char *until = json_get_text(d, "deadline", keep);
    *out = (struct question){
        .asked = asked, .name = json_text_or(json_get(d, "ask"), keep, "A?"),
        .mode = json_text_or(json_get(d, "mode"), keep, "confirm"),
        .text = json_text_or(json_get(d, "text"), keep, ""), .run = json_get_text(d, "run", keep),
        .key = json_get_text(d, "key", keep), .action = json_get_text(d, "action", keep),
        .target = json_get_text(d, "target", keep), .after = json_get_text(d, "after", keep),
        .undo = json_get_text(d, "undo", keep), .over = json_get_text(d, "over", keep),
        .even_so = json_get_text(d, "even_so", keep),
        .wants = json_get_text(d, "wants", keep), .who = json_get_text(d, "who", keep), .deadline = INSTANT_NONE,
    };
    out->with = question_with(json_get(d, "args"), out->target, keep);
    if (before.at)
        out->before = state_words(json_type(before) == JSON_NULL ? (struct json){ 0 } : before, keep);
    if (until && !instant_parse_rfc3339(until, strlen(until), &out->deadline))
        out->deadline = INSTANT_NONE;
    out->begun = begun_of(out, j);
    view_evidence(out, j, zone, keep);
    look_after(out, j, keep);
}

bool question_is_late(const struct question *q, int64_t now)
{
    return q->deadline != INSTANT_NONE && now > q->deadline;
}

const struct question *questions_open(size_t *count, const struct journal *j, int64_t now, const char *zone,
                                      struct arena *keep)
{
    size_t n = 0;
    for (size_t i = 0; i < j->count; i++)
        n += j->event[i].kind == EVENT_ASKED && j->event[i].data.at;
    struct question *open = arena_many(keep, struct question, n + 1);
    *count = 0;
    for (size_t i = 0; i < j->count && n; i++)
        if (j->event[i].kind == EVENT_ASKED && j->event[i].data.at) {
            question_view(&open[*count], j, &j->event[i], zone, keep);
            *count += !open[*count].answered && !open[*count].gone && !question_is_late(&open[*count], now);
        }
    return open;
}

static void row(struct text *t, const char *label, const char *text, struct arena *keep)
{
    text_print(t, "\n  %-6s %s", label, text_for_terminal(keep, text));
}

const char *question_words(const struct question *q, int64_t now, const char *zone,
                           struct arena *keep)
{
    struct text t = text_new(keep);
    if (!q->target) {
        for (char *left = arena_string(keep, q->text), *line; (line = strsep(&left, "\n"));)
            text_print(&t, "%s%s", t.length ? "\n" : "", text_for_terminal(keep, line));
    } else {
        text_print(&t, "%s %s", q->action, text_for_terminal(keep, q->target));
        if (q->with)
            row(&t, "with", q->with, keep);
        row(&t, "now", q->before ? q->before : "unknown", keep);
        row(&t, "then", q->after ? q->after : "unknown", keep);
    }
    for (size_t i = 0; i < q->evidences; i++)
        row(&t, "seen", arena_print(keep, "%s ago, %s", duration_short(keep, now > q->evidence[i].at ? now - q->evidence[i].at : 0),
                                    q->evidence[i].text), keep);
    if (q->target && !q->evidences)
        row(&t, "seen", "nothing that speaks for it or against it", keep);
    if (q->undo)
        row(&t, "undo", q->undo, keep);
    if (q->target && q->even_so)
        row(&t, "EVEN SO, without a look at quiet and the pool's minimum:", q->even_so, keep);
    if (q->over)
        row(&t, "over", q->over, keep);
    if (q->who || q->target)
        row(&t, "who", arena_print(keep, "%s may answer%s%s%s%s", q->who ? q->who : "anybody",
                                   *q->name ? ", with tocsin approve " : "", q->name,
                                   q->deadline == INSTANT_NONE ? "" : "; it is no at ",
                                   q->deadline == INSTANT_NONE ? "" : instant_text(keep, zone, q->deadline, FORM_HM)), keep);
    return t.at;
}
