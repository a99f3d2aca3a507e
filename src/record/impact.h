/* impact.h: when a service suffered, as windows.
 *
 * A window is opened by one event and closed by another that names it. Each
 * edge is an interval (at - early, at + late): the length of a window is a
 * range. Bases are kept apart; whether they are merged is the policy's.
 * INTERVALS are half-open. An open window ends at as-of and is marked.
 * A closing edge ends the windows that it names and that no earlier edge has
 * ended; what was struck closes nothing. Two people's ends of one window that do
 * not touch make it a range, until one of them is amended or struck.
 */
#ifndef RECORD_IMPACT_H
#define RECORD_IMPACT_H

#include "record/event.h"

enum impact_level { IMPACT_DOWN, IMPACT_DEGRADED, IMPACT_UNKNOWN, IMPACT_NONE };
extern const char *const impact_level_names[]; /* "down" ...; then NULL */

struct edge { int64_t at, early_ms, late_ms; };

/* What a contract's clock may start or stop with, as the incident has it. */
enum tick_kind { TICK_TICKET, TICK_DETECTED, TICK_ACKNOWLEDGED, TICK_MITIGATED, TICK_RESOLVED };
struct tick { enum tick_kind kind; struct edge edge; };

struct window {
    const char *id;           /* hash of the opening */
    const char *incident;     /* local name */
    const char *service;
    enum impact_level level;
    int64_t lost_ppb;         /* of IMPACT_DEGRADED: share lost; -1: not said */
    const char *basis;        /* "person", "probe:NAME", "run:R3" */
    struct edge start, end;
    bool open;                /* the end is as-of, not an event */
    bool disputed;            /* the same incident affirms that there was none */
    bool parted;              /* two people end it at different times: `end` reaches over both */
    const struct event *opening, *closing; /* closing NULL when open */
    const struct tick *tick;  /* of its incident, in the order of time */
    size_t ticks;
};

struct windows {
    const struct window *window; /* by service, start, opening seq */
    size_t count;
    const struct window *struck; /* those that would be there had nobody struck them */
    size_t struck_count;
    bool renamed;                /* a closing names another service than the window that it ends */
    const char *const *none;     /* services affirmed to have had no impact; then NULL */
    const char *const *note;     /* what does not fit together, in words, with the command that mends it; then NULL */
};

struct entry;
/* "12", or "b:12" in a foreign stream: how people name an event. */
const char *event_number(const struct event *ev, struct arena *keep);

/* From corrected entries in raw (seq) order; an edge whose `at` lies before
 * that of the edge before it (same service and basis) although their
 * intervals touch counts at that edge's `at`. */
void windows_fold(struct windows *out, const char *incident, const struct entry *entry,
                  size_t entries, int64_t as_of, struct arena *keep);

/* "25%", "0.5 %": parts per billion, exact. */
bool share_parse(int64_t *ppb, const char *text);

#endif
