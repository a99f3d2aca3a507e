/* replay.c: what the journal holds of a run, found by key. */
#include "play/asking.h"
#include "play/replay.h"

#include <stdlib.h>
#include <string.h>

static size_t hash_of(const char *text)
{
    size_t h = 1469598103934665603u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

static size_t slot_of(const struct replay *p, const char *key)
{
    size_t at = hash_of(key) & p->mask;
    while (p->key[at] && strcmp(p->key[at], key))
        at = (at + 1) & p->mask;
    return at;
}

static bool is_replayed(enum event_kind kind)
{
    switch ((int)kind) {
    case EVENT_RUN_STARTED: case EVENT_RUN_PARKED: case EVENT_RUN_RESUMED: case EVENT_RUN_ENDED:
    case EVENT_UNDONE: case EVENT_ANSWERED:
        return false;
    default:
        return true;
    }
}

/* run.overridden {how: "from"}: what was recorded from there on is forgotten. */
static void forget_from(struct replay *p, const char *key, int64_t seq)
{
    for (size_t i = 0; i <= p->mask; i++) {
        if (!p->key[i] || !override_is_behind(p->key[i], key))
            continue;
        const struct recorded **link = &p->slot[i];
        while (*link && (*link)->event->seq < seq)
            link = (const struct recorded **)&(*link)->later;
        *link = NULL;
    }
}

/* Of a word whose text was erased while its run was unfinished its key is left: it was said, and is not said again. */
static void take_what_is_left(struct journal *j, struct arena *keep)
{
    struct event *event = NULL;
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        struct json left = ev->kind == EVENT_ERASED && ev->data.at ? json_get(ev->data, "left") : (struct json){ 0 };
        if (left.at && !event)
            event = memcpy(arena_many(keep, struct event, j->count), j->event, j->count * sizeof *event);
        for (size_t k = 0; left.at && k < i; k++)
            if (!event[k].data.at && event[k].stream == ev->stream && json_is(json_get(ev->data, "hash"), event[k].hash))
                event[k].data = left;
    }
    j->event = event ? event : j->event;
}

bool replay_was_erased(const struct event *ev)
{
    return json_count(ev->data) == 2; /* its run and its key */
}

void replay_index(struct run *r)
{
    take_what_is_left(&r->journal, r->keep);
    size_t size = 16;
    while (size < r->journal.count * 2)
        size *= 2;
    struct replay *p = &r->replay;
    *p = (struct replay){ .slot = arena_many(r->keep, const struct recorded *, size),
                          .key = arena_many(r->keep, const char *, size),
                          .used = arena_many(r->keep, bool, size), .attempts = arena_many(r->keep, int64_t, size),
                          .mask = size - 1 };
    struct recorded **tail = arena_many(r->keep, struct recorded *, size);
    struct recorded **asked = arena_many(r->keep, struct recorded *, size);
    size_t askeds = 0;
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        for (size_t k = ev->kind == EVENT_ANSWERED && ev->data.at ? askeds : 0; k-- > 0;)
            if (!asked[k]->answer && json_is(json_get(ev->data, "asked"), asked[k]->event->hash))
                asked[k]->answer = ev; /* the first counts */
        if (!ev->data.at || ev->stream != 0 || !is_replayed(ev->kind)
            || !json_is(json_get(ev->data, "run"), r->id))
            continue;
        const char *key = json_get_text(ev->data, "key", r->keep);
        if (!key)
            continue;
        if (ev->kind == EVENT_RUN_OVERRIDDEN && json_is(json_get(ev->data, "how"), "from")) {
            const struct event *first = override_first(&r->journal, r->id, key, r->keep);
            if (first)
                forget_from(p, key, first->seq);
            for (size_t k = 0; k <= p->mask; k++) { /* the tails may be gone */
                tail[k] = (struct recorded *)p->slot[k];
                while (tail[k] && tail[k]->later)
                    tail[k] = (struct recorded *)tail[k]->later;
            }
            continue;
        }
        p->overrides += ev->kind == EVENT_RUN_OVERRIDDEN;
        size_t at = slot_of(p, key);
        struct recorded *one = arena_one(r->keep, struct recorded);
        one->event = ev;
        if (ev->kind == EVENT_ASKED)
            asked[askeds++] = one;
        p->key[at] = key;
        if (ev->kind == EVENT_ACTION_BEGUN)
            p->attempts[at] = json_int_or(json_get(ev->data, "attempt"), 1);
        if (tail[at])
            tail[at]->later = one;
        else
            p->slot[at] = one;
        tail[at] = one;
        p->count++;
    }
    p->left = arena_many(r->keep, size_t, p->count + 1);
    for (size_t i = 0; i <= p->mask; i++)
        if (p->slot[i])
            p->left[p->lefts++] = i;
}

void replay_consumed(struct branch *b, const struct event *ev)
{
    b->now = ev->recorded;
    b->hash = ev->hash;
    b->seq = ev->seq;
}

/* "pool.remove {"ip":"192.0.2.1"}", "step {"text":"Wait"}": what was said, without what we add. */
static const char *recorded_words(const struct event *ev, struct arena *keep)
{
    struct json args = json_get(ev->data, "args");
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    for (struct json_walk w = json_walk(args.at ? args : ev->data); json_next(&w);)
        if (!json_is(w.key, "run") && !json_is(w.key, "key") && !json_is(w.key, "batch"))
            json_put_raw(&o, json_text(w.key, keep), w.value.at, w.value.length);
    json_close(&o, '}');
    return arena_print(keep, "%s %s", json_text_or(json_get(ev->data, "action"), keep, ev->kind_name), t.at);
}

static void stop(struct branch *b, const char *key, const char *why, const struct event *recorded, const char *beside)
{
    struct run *r = b->run;
    struct err e = { 0 };
    err_failed(&e, "%s: word %s %s: recorded is %s, now the runbook says %s %s%s", b->where ? b->where : "", key, why,
               recorded_words(recorded, r->keep), b->want.word, b->want.args, beside);
    err_hint(&e, "tocsin resume %s --recorded goes on with the runbook as it was; --from %s does "
             "it again from there; --skip %s and --done %s go round it", r->id, key, key, key);
    r->mismatch = key;
    run_trouble(r, &e);
}

static void mismatch(struct branch *b, const struct event *ev, const char *why)
{
    stop(b, b->key, why, ev, "");
}

void replay_differs(struct branch *b, const struct event *recorded)
{
    mismatch(b, recorded, "differs");
}

bool replay_agrees(struct branch *b, const struct event *ev, const char *word,
                   const char *args_sha256)
{
    struct json action = json_get(ev->data, "action");
    struct json sha = json_get(ev->data, "args_sha256");
    if ((action.at && !json_is(action, word)) || (!action.at && strcmp(ev->kind_name, word)
        && !strchr(word, '_') && ev->kind != EVENT_WAITED && ev->kind != EVENT_ASKED)) {
        mismatch(b, ev, "differs");
        return false;
    }
    if (sha.at && args_sha256 && !json_is(sha, args_sha256)) {
        mismatch(b, ev, "has other arguments");
        return false;
    }
    return true;
}

/* Any recorded event of another kind under this key is a mismatch too. */
const struct event *replay_take(struct branch *b, enum event_kind kind)
{
    struct run *r = b->run;
    if (!r->replay.count)
        return NULL;
    size_t at = slot_of(&r->replay, b->key);
    for (const struct recorded *one = r->replay.slot[at]; one; one = one->later)
        if (one->event->kind == kind) {
            r->replay.used[at] = true;
            return one->event;
        }
    for (const struct recorded *one = r->replay.slot[at]; one; one = one->later)
        if (one->event->kind != EVENT_RUN_OVERRIDDEN && one->event->kind != EVENT_ASKED
            && one->event->kind != EVENT_LOCK_TAKEN) {
            mismatch(b, one->event, "is another word");
            return NULL;
        }
    return NULL;
}

const struct event *replay_latest(struct branch *b, enum event_kind kind)
{
    const struct event *last = NULL;
    if (!b->run->replay.count)
        return NULL;
    for (const struct recorded *one = b->run->replay.slot[slot_of(&b->run->replay, b->key)]; one;
         one = one->later)
        if (one->event->kind == kind)
            last = one->event;
    return last;
}

const struct event *replay_last(struct branch *b, enum event_kind kind)
{
    return replay_take(b, kind) ? replay_latest(b, kind) : NULL;
}

/* What stands under this key and is neither a question nor a way round; NULL. */
static const struct event *done_at(const struct branch *b)
{
    for (const struct recorded *one = b->run->replay.slot[slot_of(&b->run->replay, b->key)]; one; one = one->later)
        if (one->event->kind != EVENT_ASKED && one->event->kind != EVENT_RUN_OVERRIDDEN)
            return one->event;
    return NULL;
}

bool replay_question(struct branch *b)
{
    const struct event *other = b->run->replay.count ? done_at(b) : NULL;
    if (other)
        mismatch(b, other, "is another word");
    return !other;
}

static const struct event *caught(struct run *r, const char *key)
{
    if (!r->replay.count)
        return NULL;
    char path[512];
    snprintf(path, sizeof path, "%s", key);
    for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
        *slash = 0;
        char marker[520];
        snprintf(marker, sizeof marker, "%s/0", path);
        const struct recorded *mark = r->replay.slot[slot_of(&r->replay, marker)];
        if (mark)
            return mark->event;
    }
    return NULL;
}

bool replay_caught(struct run *r, const char *key)
{
    return caught(r, key) != NULL;
}

/* Has that word an outcome in the record? A question of a change has led to none yet. */
static bool came_to_something(const struct branch *b)
{
    bool change = b->want.action && b->want.action->change;
    for (const struct recorded *one = b->run->replay.slot[slot_of(&b->run->replay, b->key)]; one; one = one->later)
        if (one->event->kind != EVENT_ASKED || !change)
            return true;
    return false;
}

/* These leave nothing in the record, and do nothing; an impact does where nothing is open. */
static bool leaves_nothing(const struct branch *b)
{
    step_fn *word = b->want.perform;
    return word == perform_now || word == perform_children || word == perform_fail;
}

/* Does a branch that fails stop others between this word and the mark "3/0" of what failed with it? */
static bool may_be_stopped(const struct branch *b, const char *mark)
{
    for (const struct branch *p = b->parent; p; p = p->parent)
        if (p->join->on_failure == THEN_STOP && text_starts(p->key, arena_copy(b->run->keep, mark, strlen(mark) - 1)))
            return true;
    return false;
}

bool replay_ended_before(struct branch *b)
{
    struct run *r = b->run;
    const struct event *mark = caught(r, b->key);
    if (!mark || leaves_nothing(b) || b->want.perform == perform_impact || came_to_something(b))
        return false;
    replay_use_under(r, arena_print(r->keep, "%s/", b->key));
    for (const struct recorded *one = r->replay.slot[slot_of(&r->replay, b->key)]; one; one = one->later)
        if (one->answer) /* somebody refused it */
            replay_consumed(b, one->answer);
    if (may_be_stopped(b, json_get_text(mark->data, "key", r->keep))) { /* if nobody did until the mark, it is what failed */
        b->now = mark->recorded;
        b->seq = mark->seq - 1;
    }
    branch_bad(b, "%s", json_text_or(json_get(json_get(mark->data, "error"), "text"), r->keep, "it failed"));
    return true;
}

bool replay_come_to(struct branch *b)
{
    const struct replay *p = &b->run->replay;
    if (!p->count)
        return true;
    p->used[slot_of(p, b->key)] = true;
    return !leaves_nothing(b) || replay_question(b);
}

bool replay_is_new(const struct branch *b)
{
    const struct replay *p = &b->run->replay;
    if (!p->count || leaves_nothing(b) || b->want.perform == perform_impact)
        return false;
    for (const struct recorded *one = p->slot[slot_of(p, b->key)]; one; one = one->later)
        if (one->event->kind != EVENT_ASKED || one->answer)
            return false;
    return true;
}

void replay_use_under(struct run *r, const char *prefix)
{
    for (size_t i = 0; r->replay.count && i <= r->replay.mask; i++)
        if (r->replay.key[i] && text_starts(r->replay.key[i], prefix))
            r->replay.used[i] = true;
}

/* Is it a word of a branch beside this one, or beside one that it runs in? */
static bool is_beside(const struct branch *b, const char *key)
{
    for (; b->parent; b = b->parent) {
        size_t length = strlen(b->parent->key);
        char *rest;
        if (text_starts(key, b->parent->key) && key[length] == '/'
            && strtoull(key + length + 1, &rest, 10) != b->number && *rest == '/')
            return true;
    }
    return false;
}

/* A word that no branch has come to yet, and that nobody has gone round. */
static const struct event *still_left(const struct replay *p, size_t slot)
{
    const struct event *first = NULL;
    for (const struct recorded *one = p->slot[slot]; one && !p->used[slot]; one = one->later) {
        struct json how = json_get(one->event->data, "how");
        bool round = one->event->kind == EVENT_RUN_OVERRIDDEN;
        if (round && (json_is(how, "skip") || json_is(how, "done")))
            return NULL;
        if (!first && !round)
            first = one->event;
    }
    return first;
}

const struct event *replay_left(const struct branch *b)
{
    struct replay *p = &b->run->replay;
    const struct event *first = NULL;
    for (size_t i = p->lefts; i-- > 0;) {
        const struct event *ev = still_left(p, p->left[i]);
        if (!ev)
            p->left[i] = p->left[--p->lefts];
        else if ((!first || ev->seq < first->seq) && !is_beside(b, p->key[p->left[i]]))
            first = ev;
    }
    return first;
}

bool replay_is_over(struct branch *b)
{
    struct run *r = b->run;
    if (b->replayed || !r->replay.count || replay_override(r, b->key, "done")) /* of that one a person said what came of it */
        return true;
    const struct event *left = replay_left(b);
    b->replayed = !left;
    if (left)
        stop(b, json_get_text(left->data, "key", r->keep), "is gone", left, arena_print(r->keep, " (word %s)", b->key));
    return !left;
}

int64_t replay_attempts(const struct branch *b)
{
    const struct replay *p = &b->run->replay;
    return p->count ? p->attempts[slot_of(p, b->key)] : 0;
}

bool replay_has_inside(const struct run *r, const char *prefix)
{
    const struct replay *p = &r->replay;
    for (size_t i = 0; i < p->lefts; i++)
        if (text_starts(p->key[p->left[i]], prefix) && still_left(p, p->left[i]))
            return true;
    return false;
}

const struct event *replay_override(struct run *r, const char *key, const char *how)
{
    const struct event *last = NULL;
    if (!r->replay.overrides)
        return NULL;
    for (const struct recorded *one = r->replay.slot[slot_of(&r->replay, key)]; one; one = one->later)
        if (one->event->kind == EVENT_RUN_OVERRIDDEN && json_is(json_get(one->event->data, "how"), how))
            last = one->event;
    return last;
}
