/* tails.h: what the programs of an incident print, shown as it grows.
 *
 * MEMORY   Its own: the desk's is used again and again.
 */
#ifndef VERBS_TAILS_H
#define VERBS_TAILS_H

#include "verbs/verbs.h"

enum { TAILS_MOST = 256, TAIL_NAME = 80 };

struct tail { char name[TAIL_NAME]; uint64_t at; };
struct tails { struct tail tail[TAILS_MOST]; size_t count; bool began; };

/* Whole lines that came since the last time, each with the name of its output
 * (play/output.h); `run` NULL: of all. The first time nothing: that is history. */
void tails_show(struct desk *d, struct tails *all, const char *run);
/* Before that event is shown: what came of the action that it ends, and a last line without end, too. */
void tails_end(struct desk *d, struct tails *all, const struct event *ev);

#endif
