/* scenario.h: a world and what happens to it, played on the virtual clock.
 *
 * FILE     examples/README.md shows every key. A scenario names a workspace's
 *          configuration, its simulated world, waves, faults, what people do
 *          and answer, and what must hold.
 * PEOPLE   act through the same verbs as everybody: `act` performs one
 *          command line as that person, in the world of the scenario. Time
 *          goes on while they do, so others act meanwhile.
 * WORKSPACE It plays in one of its own, with a copy of the runbooks and the
 *          templates that lie at home: what is tested is what will be run.
 * PROMISES are judged by the simulated world itself (its service answered or
 *          not, its pool held an IP or not) and by the journal, never by what
 *          a runbook says of itself.
 */
#ifndef PLAY_SCENARIO_H
#define PLAY_SCENARIO_H

#include "base/json.h"
#include "world/workspace.h"

struct expectation { const char *promise; bool kept; const char *found; };

struct scenario_result {
    const char *name, *summary;
    const struct expectation *expectation;
    size_t expectations;
    bool passed;
    struct err error;          /* why it could not be played; of kind ERR_NONE when it was */
    int64_t started, virtual_ms; /* on its own clock */
    const char *workspace;     /* where it played */
    const char *const *line;   /* what people did, a line each; then NULL */
    const char *const *met;    /* the points that were met (play/coverage.h), where asked for; then NULL */
};

struct actor {
    void *context;
    bool coverage;    /* gather what of the runbooks is exercised */
    const char *home; /* the workspace whose runbooks and templates are played; NULL: the installed ones */
    /* "run ddos service=osc-fr1" in the world of the one who says it; answers
     * the exit status, and in *said what was printed. */
    int (*act)(void *context, struct world *w, const char *dir, const char *const *words,
               const char **said, struct arena *keep);
};

/* Plays it in `dir` (which is empty). False: the file is wrong, or the machine
 * failed; a broken promise is a result. */
bool scenario_play(struct scenario_result *out, struct world *w, const char *file,
                   const char *dir, const struct actor *actor, struct arena *keep,
                   struct err *e);

/* As one JSON object, and back. */
void scenario_put(struct json_out *o, const struct scenario_result *r);
void scenario_get(struct scenario_result *out, struct json value, struct arena *keep);

#endif
