/* sla.h: downtime, allowance, verdict, credit. Pure; integers only.
 *
 * UNITS    Milliseconds and parts per billion; verdicts compare 128-bit
 *          products, so nothing is rounded on the way to them. Ratios that
 *          are shown are cut, never rounded over the target.
 * RANGE    Everything that depends on an edge's precision is {low, nominal,
 *          high}. Union first, then weight; the worst wins where two overlap.
 *          Where bases disagree about one outage, `low` is what all that speak
 *          of it agree on, `nominal` and `high` what any of them says.
 * VERDICT  yes: breached in any case; no: in none; uncertain: the range
 *          straddles the allowance. A `settled` event is shown beside it.
 * UNREAD   Beside an incident that is not whole every figure is what can be read:
 *          what is missing may have begun a window or ended one. Only what the
 *          others hold alone is sure, as `least_ms`, and so is a yes by that.
 * SOURCE   DESIGN.md 3, FACTS "SLA arithmetic": each numbered trap is a test.
 */
#ifndef RECORD_SLA_H
#define RECORD_SLA_H

#include "record/config.h"
#include "record/impact.h"
#include "record/policy.h"

struct range { int64_t low, nominal, high; };

struct period {
    int64_t start, end;       /* half-open, in the policy's zone */
    const char *name;         /* "2025-03", "2025-Q1", "2025" */
};

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNCERTAIN };
extern const char *const verdict_names[]; /* "no", "yes", "uncertain"; then NULL */

struct sla_window {
    const struct window *window;
    int64_t start, end;       /* nominal, cut to the period */
    int64_t counted_ms;       /* nominal, after union and weight */
    bool counts;              /* its basis is one that the policy counts */
};

/* An exclusion that somebody claims and the contract knows: what it would
 * take off the downtime. Flagged, never decided: `low` goes without it. */
struct sla_flag {
    const struct stretch *stretch;
    int64_t start, end;       /* cut to the period */
    bool known;               /* is its kind one that the policy names? */
};

/* An incident that is not whole, and why: "cannot be read whole", "lost 1 event to damage". */
struct sla_gap {
    const char *incident, *words; /* incident NULL: the end of a list */
    bool lost;                    /* it was salvaged: all that is left can be read */
    int64_t until;                /* a period that begins after it is not concerned; INSTANT_NONE: each is */
};

struct sla_result {
    const char *service;
    const struct policy *policy;
    struct period period;
    const struct sla_window *window;
    size_t windows;
    struct range downtime_ms, excess_ms, availability_ppb;
    int64_t allowed_ms;
    int64_t denominator_ms;   /* the period, without maintenance where the policy takes it out */
    int64_t maintenance_ms;   /* announced in time, within the period */
    const struct sla_flag *flag;
    size_t flags;
    int64_t parts;            /* 1; of a group counted by share: its members */
    int64_t claim_until;      /* INSTANT_NONE: the policy does not say */
    enum verdict breach;      /* what the record says */
    const struct sla_gap *unread; /* the first incident that is not whole; NULL: none. Then ... */
    int64_t least_ms;         /* ... the downtime that the others make alone, at least, ... */
    enum verdict as_read;     /* ... and what that, which can be read, says */
    enum verdict decided;     /* after a person, else the policy's rule for doubt */
    const char *decided_by;   /* "record", "policy", "person" */
    const char *settled;      /* "yes" or "no" by a person; NULL */
    const char *settled_because;
    bool settled_stale;       /* somebody decided, but on another record or policy: it decides nothing */
    const char *stale_breach, *stale_because; /* what that was */
    struct range pro_rata_ppb, started_ppb, completed_ppb, credit_ppb; /* credit: by the policy's own rule */
    bool open;                /* some window still runs: to as_of */
    int64_t as_of;
    int64_t left_ms;          /* of the budget, nominal, cut, never below 0 */
    int64_t breach_at;        /* when it would be breached if down from as_of on; INSTANT_NONE: is, or is not down */
};

/* The period of `policy` that holds `at`. */
struct period period_at(const struct policy *policy, int64_t at, struct arena *keep);
/* "2025-03", "2025-Q1", "2025" as a period of this zone. */
bool period_parse(struct period *out, const char *text, const char *zone, struct arena *keep,
                  struct err *e);

/* Everything that a verdict depends on. All windows of all incidents go in;
 * what is not of that service, period or basis is left out. */
struct sla_question {
    const char *service;
    const char *const *members;   /* of a group; NULL or none: no group */
    enum group_rule group;
    const struct policy *policy;
    struct period period;
    const struct window *window;
    size_t windows;
    const struct calendar *calendar; /* may be NULL */
    bool exactly;                 /* edges count at their `at` */
    int64_t as_of;                /* nothing counts after it; INSTANT_NONE: no bound */
};
void sla_answer(struct sla_result *out, const struct sla_question *q, struct arena *keep);

/* The verdict alone, for asking "what if" many times. */
enum verdict sla_verdict(const struct sla_question *q, struct range *downtime_ms,
                         struct arena scratch);

/* The same for a plain service without a calendar. */
void sla_compute(struct sla_result *out, const char *service, const struct policy *policy,
                 struct period period, const struct window *window, size_t windows,
                 bool exactly, int64_t as_of, struct arena *keep);

/* A person's decision about that service and period; the last one stands.
 * `because` may be NULL. Sets settled, decided and decided_by. */
void sla_settle(struct sla_result *r, const char *breach, const char *because);

#endif
