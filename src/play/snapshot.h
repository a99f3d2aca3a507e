/* snapshot.h: the world as the bound plugins see it now, once: what a dry run
 * with --live starts from. Reads only; a role that cannot be asked (a person
 * plays it) stays as the configuration says, and `words` tells which.
 */
#ifndef PLAY_SNAPSHOT_H
#define PLAY_SNAPSHOT_H

#include "world/workspace.h"

struct snapshot {
    const char *live;   /* JSON for the simulator's `begin`: {"live":{...}} */
    const char *words;  /* "pool and dns as read now; cloud as configured" */
};

bool snapshot_take(struct snapshot *out, const struct workspace *ws, struct arena *keep,
                   struct err *e);

#endif
