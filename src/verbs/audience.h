/* audience.h: a desk as the place where a run is shown and asked.
 *
 * Lines go to desk.out as they happen (not with --json or -q); questions go to
 * the terminal, Enter is no, and where nobody sits the run parks.
 */
#ifndef VERBS_AUDIENCE_H
#define VERBS_AUDIENCE_H

#include "play/run.h"
#include "verbs/verbs.h"

struct audience desk_audience(struct desk *d);

/* An open incident to act in; else ERR_USAGE with what to type. */
bool desk_acts(struct desk *d, struct err *e);

/* What came of it, in --json: {"run","how","text"}; text may be NULL. */
void run_outcome_json(struct desk *d, const struct run_outcome *o);

#endif
