/* burn.h: how a budget is used up over time.
 *
 * BINS     Stretches of the period between neighbouring edges; each gets the
 *          downtime that the contract counts in it, as a range. Over a whole
 *          period they add up to the result of sla.h, but for what is cut
 *          below a millisecond (and `whole` units, which have no place in time).
 */
#ifndef RECORD_BURN_H
#define RECORD_BURN_H

#include "record/sla.h"

/* `edge` holds bins + 1 instants in order; `out` takes `bins` ranges. */
void burn_bins(struct range *out, const struct sla_question *q, const int64_t *edge, size_t bins,
               struct arena scratch);

/* The local days of a year in a zone: where each begins; days[count] is the
 * end. A day that the zone skipped begins where the next one does. */
enum { BURN_DAYS = 366 };
size_t burn_days(int64_t days[BURN_DAYS + 1], const char *zone, int year);

#endif
