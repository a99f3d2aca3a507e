/* scenario.h: a world and what happens to it, played on the virtual clock.
 *
 * FILE     examples/README.md shows every key. A scenario names a workspace
 *          configuration, waves, faults, what people do and answer, and what
 *          must hold in the end.
 * PEOPLE   act through the same verbs as everybody: `act` performs one
 *          command line as that person, in the world of the scenario.
 */
#ifndef PLAY_SCENARIO_H
#define PLAY_SCENARIO_H

#include "world/workspace.h"

struct expectation { const char *promise; bool kept; const char *found; };

struct scenario_result {
    const char *name, *summary;
    const struct expectation *expectation;
    size_t expectations;
    bool passed;
    int64_t virtual_ms;
    const char *workspace;     /* where it played; kept on request */
};

struct actor {
    void *context;
    /* "run ddos service=osc-fr1" as `person`; answers the exit status. */
    int (*act)(void *context, struct world *w, const char *dir, const char *person,
               const char *const *words);
};

/* Plays it in `dir` (made anew). The scenario's answers to questions are given
 * through the world's ask(). */
bool scenario_play(struct scenario_result *out, struct world *w, const char *file,
                   const char *dir, const struct actor *actor, struct arena *keep,
                   struct err *e);

#endif
