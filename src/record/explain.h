/* explain.h: what a verdict hangs on.
 *
 * EDGES    of windows, and the ticks that the contract's clock goes by. An uncertain
 *          verdict may hang on times that are known too roughly; sla_settling()
 *          says how many of them would have to be known to the second, at their
 *          favourable end, before the verdict is `wanted`.
 * TURNS    A window whose presence alone decides the exact verdict, the ones
 *          that were struck included.
 * LIMIT    Both ask the verdict anew for each edge and window; beyond
 *          EXPLAIN_WINDOWS of them they answer `tried` false.
 */
#ifndef RECORD_EXPLAIN_H
#define RECORD_EXPLAIN_H

#include "record/sla.h"

enum { EXPLAIN_WINDOWS = 300 };

/* The downtime as it goes through the clauses that the policy has, one by one. */
struct sla_step {
    const char *name, *words;    /* "maintenance", "announced in time, taken out" */
    struct range downtime_ms;    /* after it */
};
enum { SLA_STEPS = 6 };
size_t sla_steps(struct sla_step out[SLA_STEPS], const struct sla_question *q, struct arena *keep);

struct sla_edge {
    const struct window *window; /* the first that has it, where it ends several */
    bool end;
    const struct tick *tick;     /* of the contract's clock; NULL: the window's own edge */
    int64_t gain_ms;             /* alone; downtime added at least, or taken off at most */
    bool alone;                  /* would settle it without any other */
};

struct sla_settling {
    bool tried, possible;
    bool least;                  /* no fewer edges would do: every smaller choice was tried */
    size_t needed;               /* the first `needed` of edge[] together settle it */
    const struct sla_edge *edge; /* every edge that is not known to the second, best first */
    size_t edges, alone;         /* how many of them would do on their own */
};

void sla_settling(struct sla_settling *out, const struct sla_question *q, enum verdict wanted,
                  struct arena *keep);

struct sla_turn {
    const struct window *window;
    bool struck;
    enum verdict with, without;
};

struct sla_turns {
    bool tried;
    enum verdict exact;          /* as the record stands */
    const struct sla_turn *turn;
    size_t turns;
    const struct sla_turn *then; /* were those struck windows back: what would turn it then */
    size_t thens;
};

void sla_turns(struct sla_turns *out, const struct sla_question *q, const struct window *struck,
               size_t struck_count, struct arena *keep);

#endif
