/* store_local.h: incidents as files of one machine; record/store.h says what
 * a store promises, record/FORMAT.md what the files hold.
 *
 *   DIR/.tocsin/incidents/NAME/   journal.jsonl head lock streams/ blobs/ output/
 *   DIR/.tocsin/log/              the same, for the incident "log"
 *   DIR/.tocsin/locks/            one file a named lock
 *
 * Writers hold `lock` while they write and not while they sync, so those that
 * wait together share one sync. Files follow the folder .tocsin: where that
 * is a team's (2770) so are they.
 */
#ifndef WORLD_STORE_LOCAL_H
#define WORLD_STORE_LOCAL_H

#include "world/disk.h"
#include "world/world.h"

/* `w` gives clock and randomness, `d` the disk; both outlive the store. */
struct store *store_local_open(struct world *w, const struct disk *d, const char *dir,
                               struct err *e);

/* The descriptor that holds a lock, for a child that is to inherit it. */
int lock_descriptor(const struct lock *lock);

#endif
