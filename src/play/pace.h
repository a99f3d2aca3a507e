/* pace.h: how often a plugin may be asked for an action, and how often it is
 * asked again when it says "not now". Declared beside the action's perform:
 *
 *   rate  = { count = 5, per = "1s" }                 no more than 5 in any second
 *   retry = { times = 4, every = "1s", at_most = "1m" }  4 tries, pauses of about 1, 2, 4 s
 *
 * RATE     Of the workspace, whoever asks: each process lets its own begin first
 *          in, first out, and each beginning counts for all (.tocsin/rates/).
 * RETRY    Only of later(): certainly no effect. The pause doubles and is drawn
 *          from the world's randomness (half of it to all of it), and is never
 *          shorter than the other side asked for. Undeclared: the line above.
 * ERRORS   None: what is declared was looked at when the plugin was loaded.
 */
#ifndef PLAY_PACE_H
#define PLAY_PACE_H

#include "play/plugin.h"

struct pace {
    int64_t count, per_ms;           /* count 0: as they come */
    int64_t times, every_ms, most_ms;
    bool declares_retry;
};

extern const struct pace usual_pace; /* where nothing is declared */
struct pace plugins_pace(struct plugins *p, const struct role_action *a);
/* The moment at which the next one of this process may begin; it is taken with that. */
int64_t plugins_turn(struct plugins *p, const struct role_action *a);
/* That moment has come: does it begin now? false: others of the workspace were first, and
 * it may be asked again at *again. */
bool plugins_begin(struct plugins *p, const struct role_action *a, int64_t *again);
/* What waited for its turn in this process waits no longer. */
void plugins_forget_turns(struct plugins *p);
/* How long to wait after try number `tries`; -1: that was the last one. */
int64_t plugins_pause(struct plugins *p, const struct role_action *a, int64_t tries, int64_t later_ms);

#endif
