/* locks.c: see locks.h. */
#include "play/locks.h"

#include "base/instant.h"

#include <string.h>

static void let_go(struct held *held, size_t *count, size_t at)
{
    memmove(&held[at], &held[at + 1], (*count - at - 1) * sizeof *held);
    --*count;
}

static void take(struct held *held, size_t *count, const struct event *ev, const char *incident,
                 struct arena *keep)
{
    const char *target = json_get_text(ev->data, "target", keep);
    for (size_t i = *count; i-- > 0;)
        if (text_equal(held[i].target, target))
            let_go(held, count, i);
    held[(*count)++] = (struct held){ .target = target ? target : "", .by = ev->by, .uid = ev->uid,
                                      .why = json_get_text(ev->data, "why", keep), .since = ev->recorded,
                                      .run = json_get_text(ev->data, "run", keep), .incident = incident };
}

static void fold_one(struct held *held, size_t *count, const struct event *ev, const char *incident,
                     struct arena *keep)
{
    switch ((int)ev->kind) {
    case EVENT_LOCK_TAKEN:
    case EVENT_LOCK_STOLEN:
        take(held, count, ev, incident, keep);
        return;
    case EVENT_LOCK_RELEASED:
        for (size_t i = *count; i-- > 0;)
            if (json_is(json_get(ev->data, "target"), held[i].target))
                let_go(held, count, i);
        return;
    case EVENT_RUN_ENDED:
        for (size_t i = *count; i-- > 0;)
            if (held[i].run && text_equal(held[i].incident, incident)
                && json_is(json_get(ev->data, "run"), held[i].run))
                let_go(held, count, i);
        return;
    default:
        return;
    }
}

void locks_fold(const struct held **out, size_t *count, const struct journal *journal,
                size_t journals, struct arena *keep)
{
    size_t most = 0;
    *count = 0;
    for (size_t j = 0; j < journals; j++)
        for (size_t i = 0; i < journal[j].count; i++)
            most += journal[j].event[i].kind == EVENT_LOCK_TAKEN
                 || journal[j].event[i].kind == EVENT_LOCK_STOLEN;
    struct held *held = arena_many(keep, struct held, most + 1);
    for (size_t j = 0; j < journals && most; j++)
        for (size_t i = 0; i < journal[j].count; i++)
            if (journal[j].event[i].data.at)
                fold_one(held, count, &journal[j].event[i], journal[j].incident, keep);
    *out = held;
}

const struct held *locks_on(const struct held *held, size_t count, const char *target)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(held[i].target);
        if (text_starts(target, held[i].target)
            && (!target[length] || target[length] == '/' || target[length] == ':'))
            return &held[i];
    }
    return NULL;
}

const char *locks_words(const struct held *h, int64_t now, const char *zone, struct arena *keep)
{
    return arena_print(keep, "%s  %s%s%s, since %s (%s ago)%s%s", h->target, h->by, h->run ? " for run " : "",
                       h->run ? h->run : "", instant_text(keep, zone, h->since, FORM_HM),
                       duration_short(keep, now > h->since ? now - h->since : 0), h->why ? ": " : "", h->why ? h->why : "");
}
