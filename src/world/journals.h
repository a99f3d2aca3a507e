/* journals.h: every incident of a workspace that can be read, and those that
 * cannot be read whole. Damage in one incident keeps nobody from the others: who
 * reads them all goes on, and names the ones that are not whole.
 *
 * WHOLE    Every stream verifies, and nothing of it was given up as lost.
 */
#ifndef WORLD_JOURNALS_H
#define WORLD_JOURNALS_H

#include "world/workspace.h"

struct unread {
    const char *incident;
    const char *why;          /* words with the place */
    bool refused;             /* the machine does not let us; else it is among the journals, too */
    bool nothing;             /* nothing of it can be read */
    bool closed;              /* what can be read of it says that it was closed */
};

struct journals {
    struct journal *journal;  /* by name, without the log; of damaged ones what parses */
    size_t count;
    struct unread *unread;
    size_t unreads;
};

/* Answers false only when the incidents cannot be listed. `own`, unless NULL, is
 * taken for the incident of its name. */
bool journals_read(struct journals *out, const struct workspace *ws, const struct journal *own,
                   struct arena *keep, struct err *e);

/* Why that one is not whole; NULL: it is. */
const char *journal_damage(const struct journal *j);

/* "INC-2025-001 cannot be read whole: ...", then NULL. */
const char *const *unread_list(const struct journals *j, struct arena *keep);

#endif
