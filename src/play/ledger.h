/* ledger.h: what is changed in the world, target by target. Pure.
 *
 * Folds the raw events of all incidents of a workspace in the order
 * (recorded, stream, seq). A target's first `before` and last `after` count;
 * when they are equal the target is as it was. Corrections never reach it.
 */
#ifndef PLAY_LEDGER_H
#define PLAY_LEDGER_H

#include "record/event.h"
#include "record/store.h"

enum change_state {
    CHANGE_OPEN,      /* in force, can be put back */
    CHANGE_IN_FLIGHT, /* begun without an end, or ended unknown */
    CHANGE_UNDONE, CHANGE_CANCELLED, CHANGE_KEPT,
    CHANGE_FAILED,    /* had certainly no effect */
    CHANGE_NO_UNDO,   /* in force, and cannot be put back by us */
    CHANGE_UNDO_FAILED,
};

/* One action.begun with its end. */
struct change {
    const char *name;             /* "C1" */
    const char *incident;
    const char *action, *target;
    struct json args, before, after, result;
    struct json undo;             /* {"action","args"}, resolved; at NULL: none */
    enum change_state state;
    bool by_hand;
    const char *instead;          /* what a person did in its place: where the target is, nobody knows; NULL */
    const struct event *begun, *ended;   /* ended NULL: in flight */
};

struct target {
    const char *name;             /* "pool:osc-fr1/148.253.75.120" */
    struct json before, after;    /* first before, last after */
    bool changed;
    const struct change *const *change; /* in order; then NULL */
};

struct ledger {
    const struct change *change;
    size_t changes;
    const struct target *target;
    size_t targets;
};

void ledger_fold(struct ledger *out, const struct journal *journal, size_t journals,
                 struct arena *keep);

/* NULL when nothing ever changed it. */
const struct target *ledger_target(const struct ledger *l, const char *name);
/* What another incident changed of it and has not put back: its "original" may be our change. */
const struct change *ledger_elsewhere(const struct target *t, const char *incident);
/* Is it to be put back, settled or kept? */
bool change_in_force(const struct change *c);
/* "can be put back", "IN FLIGHT: unknown": a few words for a screen. */
const char *change_words(const struct change *c);
/* "C2", of this incident; NULL when there is none. */
const struct change *ledger_find(const struct ledger *l, const char *incident, const char *name);

#endif
