/* situation.h: where an incident stands, gathered once from the folds.
 *
 * status shows it, handover writes it down, compare sets two side by side,
 * --json says the same. AS-OF: the desk's; the ledger and the runs are then
 * those of that moment too.
 */
#ifndef VERBS_SITUATION_H
#define VERBS_SITUATION_H

#include "play/ledger.h"
#include "play/locks.h"
#include "play/question.h"
#include "play/run.h"
#include "verbs/verbs.h"
#include "world/account.h"

/* What somebody or something last saw of a service or an IP. */
struct sighting {
    int64_t at;               /* INSTANT_NONE: nothing was ever seen */
    bool good;                /* answers; no flood */
    bool blind;               /* it was looked at, and could not be seen */
    const char *words;        /* "no answer", "SYN flood, 40000/s" */
};

struct service_view {
    const char *name, *state; /* "down" "degraded" "unknown" "up" "none" (affirmed) "silent" */
    int64_t since;            /* INSTANT_NONE: never */
    const char *source;       /* basis of the window that runs; NULL */
    const struct window *const *window; /* its windows in order; then NULL */
    struct sighting probe;
    bool has_sla;
    struct sla_result sla;    /* of the period that the incident fell into */
};

struct target_view {
    const char *ip, *service, *place; /* "in pool", "OUT of pool", "in VPC offload", "in pool, C1 IN FLIGHT" */
    int64_t since;            /* of the change that put it there; INSTANT_NONE */
    bool out, watched;
    bool unknown;             /* a change of it is in flight, or something else was done with it */
    bool last;                /* in the pool, and the pool cannot do without it */
    int64_t dns_until;        /* old answers may still lead there; INSTANT_NONE */
    struct sighting flood;
};

struct advice { const char *type, *why; };

struct situation {
    int64_t now;              /* or as-of */
    const char *const *warning; /* of other incidents that count, too; then NULL */
    const struct sla_gap *unread; /* incidents that are not whole: what they changed is not known; then one without a name */
    const struct service_view *service;
    size_t services;
    const struct target_view *target;
    size_t targets;
    struct ledger ledger;     /* of the whole workspace */
    const struct change *const *changed; /* of this incident, the last in force of each
                                          * changed target; then NULL */
    const struct change *const *kept;    /* kept on purpose; then NULL */
    size_t changes, keeps;
    const struct held *held;  /* locks of the whole workspace */
    size_t helds;
    const struct run_view *run;
    const struct question *waiting;  /* for a person, oldest first */
    size_t waitings;
    size_t runs;
    const struct entry *const *latest;   /* the last few rows; then NULL */
    const struct advice *next;           /* then a NULL type */
    const char *const *not_yet;          /* what must wait, and why; then NULL */
    const char *world;        /* "REAL" or "SIMULATED" */
    const char *bindings;     /* "cloud outscale, pool manual" */
    const char *people;       /* "lead alice, bob here"; "" */
};

bool situation_gather(struct situation *out, struct desk *d, struct err *e);

/* Fills in next and not_yet; part of gathering. */
void situation_advise(struct situation *s, struct desk *d);

/* Something of this incident is down, changed, running, or waits. */
bool situation_is_open(const struct situation *s);

/* One lock for programs, wherever it is shown (lock.c). */
void lock_json(struct json_out *o, const struct held *h, struct arena *keep);

/* The situation for programs: --json of status. */
void status_json(struct desk *d, const struct situation *s);

#endif
