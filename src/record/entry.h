/* entry.h: the events of a journal as people corrected them.
 *
 * SHAPE    One entry for every event, except for the corrections themselves
 *          (amended, struck, listed): those hang on the entry they speak of.
 *          What was recorded later wins; a strike of a correction takes it back.
 * ORDER    entries_fold() answers in raw order: (recorded, stream, seq), the
 *          order in which things were learnt. entries_by_time() is the order
 *          in which they happened: (at, seq, stream).
 */
#ifndef RECORD_ENTRY_H
#define RECORD_ENTRY_H

#include "record/incident.h"

/* The event as it was written, uncorrected. */
struct entry entry_raw(const struct event *ev, struct arena *keep);

/* Only entries that happened by `as_of`; INSTANT_NONE: all. */
const struct entry *entries_fold(const struct journal *j, int64_t as_of, size_t *count,
                                 struct arena *keep);
const struct entry *entries_by_time(const struct entry *entry, size_t count, struct arena *keep);

/* The row of an impact in our words, where the person gave none. */
const char *impact_words(const char *service, const char *level, int64_t lost_ppb,
                         struct arena *keep);

/* Sorts pointers to events into raw order. */
void events_by_recorded(const struct event **event, size_t count);

#endif
