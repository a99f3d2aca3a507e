/* coverage.h: what of the runbooks was ever exercised, and what never.
 *
 * POINT    A place of a runbook and something that may happen there: an action
 *          is done, a question refused, a wait in vain, a change put back, a
 *          branch taken or not, a loop entered, the left or right of an "or".
 * GATHERED by the engine in the worlds of a play that asks for it
 *          (world->coverage), and nowhere else: branches by a text that says
 *          where it is (coverage_text), line by line the same as the one on disk.
 */
#ifndef PLAY_COVERAGE_H
#define PLAY_COVERAGE_H

#include "play/role.h"

#include <stdbool.h>

struct coverage;
struct coverage *coverage_new(struct arena *keep);
/* The names of all points that were met, sorted; then NULL. */
const char *const *coverage_met(const struct coverage *c, struct arena *keep);
void coverage_mark(struct coverage *c, const char *point);
/* "runbooks/x.lua:12", "pool.remove", "done". */
void coverage_mark_at(struct coverage *c, const char *where, const char *word, const char *what);
/* A change began there; the changes of those hashes (a JSON list) were put back. */
void coverage_begun(struct coverage *c, const char *hash, const char *where, const char *word);
void coverage_undone(struct coverage *c, const char *undoes);

struct coverage_point {
    const char *name;    /* as in coverage_met() */
    int line;
    const char *words;   /* "pool.remove is refused", "'p.ip' does not hold" */
};
/* Everything that might happen in a text, by its line; then a NULL name. `path`
 * as the runbook is known in messages. */
const struct coverage_point *coverage_points(size_t *count, const char *path, const char *text, size_t length,
                                             const struct roles *roles, struct arena *keep);
/* The same text, which also calls __met("NAME"), __not("NAME"), which is false, and
 * __left("NAME", VALUE), which is VALUE, wherever it branches. */
const char *coverage_text(const char *path, const char *text, size_t length, struct arena *keep);

#endif
