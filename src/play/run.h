/* run.h: runbooks, done and recorded.
 *
 * Everything a runbook does goes through words; every word takes the next
 * number in its branch ("3/2/1") and leaves its event. resume() runs the same
 * Lua from the top and answers from the journal until there is no more.
 *
 * ERRORS   ERR_INPUT, the runbook or its arguments, with file and line;
 *          ERR_FAILED, it stopped at a failure (parked: resume goes on);
 *          ERR_WAITING, parked for a person; ERR_BUSY, somebody runs it;
 *          ERR_STOPPED, Ctrl-C.
 */
#ifndef PLAY_RUN_H
#define PLAY_RUN_H

#include "play/ledger.h"
#include "play/plugin.h"

/* Where a run is shown and asked. All of it may be NULL. */
struct audience {
    void *context;
    /* A line as it happens, as it is (it may hold anything), gone after the call;
     * `key` "3/2", depth its level. */
    void (*say)(void *context, const char *key, const char *line);
    /* Puts a question and listens for `patience_ms` (-1: as long as it takes).
     * HEARD_NOBODY: nobody is here, the run parks; HEARD_NOTHING: not yet, the
     * same question goes on. answer: "yes", "no", "done", "could-not", "instead"
     * or free text. An "approve" is shown here and answered elsewhere.
     * question NULL: it was answered elsewhere, and is taken back. */
    enum heard (*ask)(void *context, const char *mode, const char *question, int64_t patience_ms,
                      const char **answer, const char **text, struct arena *keep);
    bool yes;              /* --yes: yes to `confirm`, never a consent */
};

struct run_request {
    const struct workspace *ws;
    const char *incident;
    const char *runbook;   /* a name, or a path ending in .lua */
    const char *const *argument; /* "key=value"; then NULL */
    const struct audience *audience;
    const char *over;      /* although that incident has the target changed; NULL */
    const char *even_so;   /* do, did, restore: why, although it is not quiet, not seen or not enough, or an own IP; NULL */
    const char *rebind, *because; /* restore: through the plugin that this role has now, and why; NULL */
    /* Of a dry run: where its world comes from. Neither: the simulator's own,
     * else one made of the configuration. */
    bool live;             /* one snapshot, read through the bound plugins */
    const char *scenario;  /* this scenario's, a minute into its first wave; NULL */
};

struct run_outcome {
    const char *run;       /* "R3" */
    const char *how;       /* "returned", "parked", "abandoned", "ran away" */
    const char *text;      /* in words */
};

bool run_start(struct run_outcome *out, const struct run_request *r, struct arena *keep,
               struct err *e);
/* run NULL: the only unfinished one. override: NULL, or a way round: "recorded",
 * "from", "skip", "done", "rebind" with its key (or role) and reason; `text`: what
 * was done, where that has a result ("ip=192.0.2.1"). */
struct override { const char *how, *key, *because, *text; };
bool run_resume(struct run_outcome *out, const struct run_request *r, const char *run,
                const struct override *override, struct arena *keep, struct err *e);

/* A dry run: the first line says where its state comes from; from there on the
 * roles' models answer, and no change leaves the process. */
enum plan_kind { PLAN_SAYS, PLAN_READS, PLAN_ASKS, PLAN_CHANGES };
extern const char *const plan_kind_names[]; /* "says" ... */
struct plan_step {
    const char *key, *line;
    int64_t at;
    enum plan_kind kind;
    /* of a change that takes effect, in words; else NULL */
    const char *change, *action, *target, *before, *after, *undo;
    const char *who;       /* of a question: "bob or carol (anyone but alice)" */
    bool by_hand;          /* nothing is bound: a person would be asked to do it */
};
struct plan {
    const char *source;
    const struct plan_step *step;
    size_t steps;
    const char *end;       /* in words */
    bool stops, wrong;     /* it would not come to its end; because the runbook is wrong */
    const char *next;         /* what to type where it stops; NULL */
};
bool run_plan(struct plan *out, const struct run_request *r, const char *const *assume,
              struct arena *keep, struct err *e);

/* One change (or read) without a runbook; `did`: it was done elsewhere, at
 * `at`, and only its record and its undo are wanted. *text says what happened. */
bool run_do(const char **text, const struct run_request *r, const char *action,
            struct arena *keep, struct err *e);
bool run_did(const char **text, const struct run_request *r, const char *action, int64_t at,
             int64_t early_ms, int64_t late_ms, struct arena *keep, struct err *e);

/* Puts back: changes by name, or ip=IP, or all (names NULL). Refuses what is
 * not quiet, not observed, below pool_min or no longer ours, unless the request says even_so; and
 * takes an IP of a service's own out of its pool only where it is named, too. *left: how many are still changed. */
bool run_restore(const struct run_request *r, const char *const *names, const char *ip,
                 size_t *left, struct arena *keep, struct err *e);

/* The baseline that `open` takes: what can be read of pool, dns, attachments. */
bool run_baseline(const struct run_request *r, struct arena *keep, struct err *e);

/* What a person says of a change that nobody is at any more ("done", "could-not",
 * "instead"): its end, and that of the undo that it was, as events to append. */
enum { SETTLED_MOST = 2 };
size_t run_settled(struct draft out[SETTLED_MOST], const struct event *begun, const char *answer,
                   const char *text, const struct roles *roles, struct arena *keep);

/* All runs of an incident as their events tell. */
struct run_view {
    const char *run, *runbook, *path, *by;
    const char *state;     /* "alive", "parked", "dead", "ended" */
    const char *why, *words; /* of parked: "failed", and what failed; NULL */
    const char *step, *step_key;
    const char *ask, *question, *who;   /* when it waits for a person; NULL */
    bool late;                          /* nobody answered its question in time: a no that it has not read yet */
    int64_t started, since;
    const struct event *started_event;
};
const char *run_lock_name(const char *incident, const char *run, struct arena *keep);
bool runs_fold(const struct run_view **out, size_t *count, const struct workspace *ws,
               const struct journal *j, struct arena *keep, struct err *e);

#endif
