/* outage.h: what a contract counts of windows, before any figure is made.
 *
 * ORDER    window by window: clock, precision, weight; then bases; then what
 *          is taken out (maintenance; for `low`, claimed exclusions); then the
 *          members of a group; then the shortest outage that counts; then the
 *          period; then intervals.
 */
#ifndef RECORD_OUTAGE_H
#define RECORD_OUTAGE_H

#include "record/profile.h"
#include "record/sla.h"

enum side { LOW, NOMINAL, HIGH };

/* How long the window counts at least, as it stands, at most: start and end,
 * by the policy's clock, not cut to the period. */
struct span outage_span(const struct sla_question *q, const struct window *w, enum side side);
/* What it weighs at that side of the range. */
int64_t outage_weight(const struct policy *p, const struct window *w, enum side side);

/* The tick that starts or stops the contract's clock for that window: NULL
 * where it has none, or the policy asks for none. */
const struct tick *outage_start_tick(const struct sla_question *q, const struct window *w);
const struct tick *outage_stop_tick(const struct sla_question *q, const struct window *w);

/* Is the window one of the service, or of one of the group's members? */
bool outage_concerns(const struct sla_question *q, const struct window *w);

/* The windows that count, read and sorted once for all three sides. */
struct outage {
    const struct sla_question *q;
    const struct part *part; /* the service itself, then each member of a group */
};
struct outage outage_open(const struct sla_question *q, struct arena *keep);

/* The service's suffering within the period, as the contract counts it;
 * `owner` is an index into q->window. Weights add up to `parts` times all. */
struct profile outage_profile(const struct outage *o, enum side side, struct arena *keep);
/* Its sum, in ms x ppb x parts. */
exact outage_total(const struct sla_question *q, struct profile p);
int64_t outage_parts(const struct sla_question *q);

/* Maintenance that the policy accepts, of that service, within the period. */
struct profile outage_maintenance(const struct sla_question *q, const char *service,
                                  struct arena *keep);

#endif
