/* account.h: every incident of a workspace as its SLAs count them.
 *
 * The one function behind each figure of downtime, allowance and verdict:
 * the verb sla, status, report, publish and lint ask it, so they agree.
 * DRILLS   never count in a real workspace; in a simulated one they are what
 *          counts, and whoever prints says SIMULATED.
 * SETTLED  a person's decision, from any incident or the log, holds for the
 *          doubt it was made on: the same policy, downtime and allowance, and
 *          an uncertain verdict. Else it is kept as stale and decides nothing.
 * UNREAD   An incident that cannot be read whole, or that lost events before it was
 *          salvaged, keeps nobody from the others. What can be read of it counts,
 *          and whoever prints a figure says so: a missing line may have begun
 *          downtime or ended it, so the verdict is uncertain, unless the whole
 *          incidents alone make it a breach, until somebody settles it.
 * ERRORS   ERR_INPUT: an unknown service.
 */
#ifndef WORLD_ACCOUNT_H
#define WORLD_ACCOUNT_H

#include "record/incident.h"
#include "record/sla.h"
#include "world/workspace.h"

struct account {
    const struct workspace *ws;
    int64_t as_of;                 /* never INSTANT_NONE: now, where nobody asked */
    const struct incident *incident; /* those that count, by name; the log is not one */
    size_t incidents;
    const struct window *window;   /* of all of them */
    size_t windows;
    const struct window *struck;   /* what would be there had nobody struck it */
    size_t struck_count;
    const struct event *const *settled; /* in the order in which they were written */
    size_t settlements;
    bool supposed;                 /* windows that nobody recorded were added: no decision holds */
    const char *const *warning;    /* damage, problems of windows: "INC-2025-001: ..."; then NULL */
    const struct sla_gap *unread;  /* incidents that are not whole; then one without a name */
};

/* `as_of` INSTANT_NONE: now. */
bool account_open(struct account *out, const struct workspace *ws, int64_t as_of, int64_t now,
                  struct arena *keep, struct err *e);
/* The same for who has one of the incidents at hand already, folded as of the
 * same moment: it is not folded once more. */
bool account_open_knowing(struct account *out, const struct incident *known, const struct workspace *ws,
                          int64_t as_of, int64_t now, struct arena *keep, struct err *e);

/* The first incident from `from` on that is not whole and whose missing events can concern the
 * period; NULL: none. */
const struct sla_gap *account_gap(const struct sla_gap *from, struct period period);

/* `set` NULL: the service's own policy; *out.policy stays NULL, with windows
 * listed and downtime counted in full, where it has none. `period` NULL: the
 * policy's period that holds as-of. */
bool account_sla(struct sla_result *out, const struct account *a, const char *service,
                 const struct policy_set *set, const struct period *period, bool exactly,
                 struct arena *keep, struct err *e);

/* The question behind it, for asking it again with something changed. */
bool account_question(struct sla_question *out, const struct account *a, const char *service,
                      const struct policy_set *set, const struct period *period, bool exactly,
                      struct arena *keep, struct err *e);

/* Has anybody affirmed, in an incident that reaches into the period, that the
 * service had no impact, and has nobody recorded one? */
bool account_affirmed(const struct account *a, const char *service, struct period period);

#endif
