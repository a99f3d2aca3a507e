/* profile.h: how badly a service suffered at every instant.
 *
 * SHAPE    Spans in order of time that do not overlap, each with a weight in
 *          parts per billion above 0; what no span covers weighs nothing.
 *          Half-open. `owner` is whose window it was (the earliest of equals).
 * MEMORY   A result takes from `keep` only what it needs: what it was built with
 *          is given back, for a million windows are 32 MB a copy.
 * SUMS     profile_total() is exact: milliseconds times parts per billion.
 */
#ifndef RECORD_PROFILE_H
#define RECORD_PROFILE_H

#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

struct span {
    int64_t start, end;
    int64_t weight;
    size_t owner;
};

struct profile {
    struct span *span;
    size_t count;
};

__extension__ typedef __int128 exact; /* ms x ppb of a century of leap-less days fits 60 times over */

/* Any spans, in any order, overlapping or empty: at each instant the heaviest
 * counts. Sorts `span` in place. */
struct profile profile_of(struct span *span, size_t count, struct arena *keep);

/* The same in three steps, for spans that are temporary: room for `count` of
 * them, then the spans in `scratch`, a copy of `keep` made after that; between
 * the first step and the last nothing else is taken from `keep`. */
struct profile profile_room(size_t count, struct arena *keep);
void profile_fill(struct profile *p, struct span *span, size_t count, struct arena scratch);
struct profile profile_done(struct profile p, struct arena *keep);

/* At each instant the heavier of the two. */
struct profile profile_join(struct profile a, struct profile b, struct arena *keep);
/* At each instant the lighter of the two. */
struct profile profile_meet(struct profile a, struct profile b, struct arena *keep);
/* `a` where `hole` weighs nothing. */
struct profile profile_minus(struct profile a, struct profile hole, struct arena *keep);
struct profile profile_clip(struct profile a, int64_t start, int64_t end, struct arena *keep);
/* Without the outages (spans without a gap between them) shorter than that. */
struct profile profile_without_short(struct profile a, int64_t minimum_ms, struct arena *keep);

/* At each instant the sum of the weights. */
struct profile profile_sum(struct profile a, struct profile b, struct arena *keep);
/* Intervals of `length` from `start` on: those that any span touches, with the
 * heaviest weight in them; those that spans cover, with the lightest. */
struct profile profile_touched(struct profile a, int64_t start, int64_t length,
                               struct arena *keep);
struct profile profile_covered(struct profile a, int64_t start, int64_t length,
                               struct arena *keep);

/* Each outage, weighed, cut to whole units. */
exact profile_whole(struct profile a, int64_t unit_ms);
/* The outages of `all` in which this voice says nothing, at that weight. */
struct profile profile_silence(struct profile all, struct profile voice, int64_t weight,
                               struct arena *keep);

exact profile_total(struct profile a);

#endif
