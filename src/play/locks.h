/* locks.h: targets that somebody keeps others from changing. Pure.
 *
 * A person's lock lasts until it is released or stolen; a run's (the word
 * `lock`) until the run ends. A lock on "pool:osc-fr1" holds everything below
 * it ("pool:osc-fr1/192.0.2.1") too.
 */
#ifndef PLAY_LOCKS_H
#define PLAY_LOCKS_H

#include "record/event.h"
#include "record/store.h"

struct held {
    const char *target, *by, *uid, *why, *incident;
    const char *run;      /* "R3"; NULL: a person's */
    int64_t since;
};

void locks_fold(const struct held **out, size_t *count, const struct journal *journal,
                size_t journals, struct arena *keep);

/* "pool:shop  bob for run R3, since 14:02 (20 min ago): why". */
const char *locks_words(const struct held *h, int64_t now, const char *zone, struct arena *keep);

/* The lock that holds this target; NULL when none does. */
const struct held *locks_on(const struct held *held, size_t count, const char *target);

#endif
