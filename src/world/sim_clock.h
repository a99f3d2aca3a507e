/* sim_clock.h: the clock of a simulated workspace, which goes on from process to
 * process: DIR/.tocsin/sim/clock. It moves when somebody waits, never by itself.
 * Each opening takes the next seed, so no two processes draw the same salts, and
 * the same commands draw the same ones on every machine. */
#ifndef WORLD_SIM_CLOCK_H
#define WORLD_SIM_CLOCK_H

#include "world/world.h"

/* Where a new simulated workspace begins: 2025-01-01T09:00:00Z. */
#define SIM_START INT64_C(1735722000000)

/* Who acts there when nobody says a name: the login would differ by machine. */
#define SIM_USER "oncall"

/* The world of the workspace in `dir`, over the machine's. */
struct world *sim_world(struct world *under, const char *dir, struct arena *keep, struct err *e);

/* Says what time it is in there from now on. */
bool sim_clock_set(struct world *w, const char *dir, int64_t now, struct err *e);

#endif
