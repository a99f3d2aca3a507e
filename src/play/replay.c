/* replay.c: what the journal holds of a run, found by key. */
#include "play/engine.h"

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

void replay_index(struct run *r)
{
    size_t size = 16;
    while (size < r->journal.count * 2)
        size *= 2;
    struct replay *p = &r->replay;
    *p = (struct replay){ .slot = arena_many(r->keep, const struct recorded *, size),
                          .key = arena_many(r->keep, const char *, size),
                          .used = arena_many(r->keep, bool, size), .mask = size - 1 };
    struct recorded **tail = arena_many(r->keep, struct recorded *, size);
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
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
        p->key[at] = key;
        if (tail[at])
            tail[at]->later = one;
        else
            p->slot[at] = one;
        tail[at] = one;
        p->count++;
    }
}

const struct event *replay_take_at(struct run *r, const char *key, enum event_kind kind, bool use)
{
    if (!r->replay.count)
        return NULL;
    size_t at = slot_of(&r->replay, key);
    for (const struct recorded *one = r->replay.slot[at]; one; one = one->later)
        if (one->event->kind == kind) {
            if (use)
                r->replay.used[at] = true;
            return one->event;
        }
    return NULL;
}

void replay_consumed(struct branch *b, const struct event *ev)
{
    b->now = ev->recorded;
    b->hash = ev->hash;
}

static void mismatch(struct branch *b, const struct event *ev, const char *why)
{
    struct run *r = b->run;
    struct err e = { 0 };
    struct json action = json_get(ev->data, "action");
    const char *was = action.at ? json_text(action, r->keep) : ev->kind_name;
    struct json args = json_get(ev->data, "args"), text = json_get(ev->data, "text");
    const char *detail = args.at ? arena_copy(r->keep, args.at, args.length)
                       : text.at ? arena_copy(r->keep, text.at, text.length) : "";
    err_failed(&e, "%s: word %s %s: recorded is %s %s, now the runbook says %s %s",
               b->where ? b->where : "", b->key, why, was, detail, b->want.word, b->want.args);
    err_hint(&e, "tocsin resume %s --recorded goes on with the runbook as it was; --from %s does "
             "it again from there; --skip %s and --done %s go round it", r->id, b->key, b->key,
             b->key);
    r->mismatch = b->key;
    run_trouble(r, &e);
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
    const struct event *ev = replay_take_at(r, b->key, kind, true);
    if (ev)
        return ev;
    size_t at = slot_of(&r->replay, b->key);
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

bool replay_ended_before(struct branch *b)
{
    struct run *r = b->run;
    const struct event *mark = caught(r, b->key);
    step_fn *word = b->want.perform; /* these leave nothing in the record, and do nothing */
    bool leaves_nothing = word == perform_now || word == perform_children || word == perform_fail || word == perform_impact;
    if (!mark || leaves_nothing || came_to_something(b))
        return false;
    replay_use_under(r, arena_print(r->keep, "%s/", b->key));
    branch_bad(b, "%s", json_text_or(json_get(json_get(mark->data, "error"), "text"), r->keep, "it failed"));
    return true;
}

void replay_use_under(struct run *r, const char *prefix)
{
    for (size_t i = 0; r->replay.count && i <= r->replay.mask; i++)
        if (r->replay.key[i] && text_starts(r->replay.key[i], prefix))
            r->replay.used[i] = true;
}

const struct event *replay_unused(struct run *r)
{
    const struct event *first = NULL;
    for (size_t i = 0; r->replay.count && i <= r->replay.mask; i++) {
        const struct recorded *one = r->replay.slot[i];
        if (one && !r->replay.used[i] && one->event->kind != EVENT_RUN_OVERRIDDEN
            && (!first || one->event->seq < first->seq))
            first = one->event;
    }
    return first;
}

void replay_come_to(struct branch *b)
{
    const struct replay *p = &b->run->replay;
    if (p->count)
        p->used[slot_of(p, b->key)] = true;
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
