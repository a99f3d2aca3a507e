/* change.h: a read, and a change from its before to its after: action.c, settle.c, again.c,
 * after.c, pool.c, quiet.c, change_consent.c, read.c. For the files of a run only. */
#ifndef PLAY_CHANGE_H
#define PLAY_CHANGE_H

#include "play/engine.h"

/* A change under way. */
struct work {
    bool in_flight;                   /* begun is on disk, the end is not */
    const struct role_action *action;
    struct json args, before, after, result;
    const char *args_sha256, *target, *undo, *name, *key, *even_so;
    const char *state_args;           /* canonical: what its state is read with; NULL until then */
    const char *begun;                /* hash of action.begun */
    int64_t attempt, begun_at;
    int64_t looked_since, say_at;     /* what became of it; when the next word of that is due */
    int64_t shows_by;                 /* so long may its effect take to show; 0: not done yet */
    const char *undoes;               /* JSON list of hashes; NULL */
    const struct change *over;        /* another incident's, that stands and is known of; NULL */
    const struct event *recorded;     /* a beginning in the journal that has no end */
    struct lock *lock, *pool_lock;
    int64_t guard_until;              /* so long it waits for the pool's lock */
    enum outcome outcome;
    const char *text;
    const char *instead;              /* what a person did in its place; NULL */
    bool elsewhere;                   /* begun through another plugin: what is bound now has not seen it */
    bool consented, by_hand;
    bool again;                       /* settled absent, or refused for now: it is tried once more */
    int64_t absent;                   /* so often nothing of it was found */
    bool once;                        /* but not this one: only what became of it is asked */
    int64_t again_at, tries, first_at; /* refused: when, how often so far, since when */
    const char *first_name;           /* "C1" of the first try, where there were several: they have one key */
    step_fn *done;
};

/* action.c, settle.c */
void change_start(struct branch *b, struct work *w); /* before, consent, begun, performed, ended */
void change_settle(struct branch *b);                /* unknown: the probe decides */
void change_end(struct branch *b);                   /* writes action.ended */
void change_settle_recorded(struct branch *b, struct work *w);
void change_write_begun(struct branch *b);
/* What was done, in words; what is not known of its result is not in them. */
const char *change_says(const struct role_action *a, struct json args, struct json before, struct json result,
                        struct arena *keep);
void change_see(struct branch *b);                   /* after.c: reads `after`, then change_end */
/* A person did it, and says so with --done: begun and ended, for the ledger. */
void change_by_hand(struct branch *b, const char *result, const char *rest);
/* again.c: sets when it is tried again; false: that was the last try. */
bool change_is_refused_for_now(struct branch *b);
step_fn change_again;
step_fn change_performed, perform_read;
/* What a word took from the world, as its event: a result, or why there is none. */
void read_write(struct branch *b, const char *result, const char *error, step_fn *then);
/* pool.c: enough left? then on with `then`; else given up. The guard asks once
 * more, under the pool's lock, and writes the beginning. */
void change_check_pool(struct branch *b, step_fn *then);
void change_guard_pool(struct branch *b);
/* Who is in it now: b->pool. */
void pool_read(struct branch *b, const char *service, step_fn *then);
/* As it will be after this action; `ip` has room for one more. */
void pool_after(struct pool_view *p, const char *action, const char *ip);
/* Words when the pool would fall below its minimum; NULL: it would not. */
const char *pool_would_lack(struct branch *b, const char *action, const char *ip);
/* Why an undo is none where it would take an IP of the service's own out of its pool; NULL: it would not. */
const char *pool_loses_own(const struct run *r, const struct role_action *undo, struct json args);
/* quiet.c: has nobody flooded it for so long? b->answer good, or text: why not. */
void quiet_ask(struct branch *b, struct json ip, int64_t ms, step_fn *then);
/* Would this put back what was taken out (and wants quiet for that)? */
bool quiet_matters(struct run *r, const struct work *w);
void quiet_remember(struct run *r, const struct work *w);
void change_unlock(struct run *r, struct work *w);
void change_ask_consent(struct branch *b);
void change_give_up(struct branch *b, const char *text);
/* What overrides a refusal, as it is said in a runbook or typed. */
const char *change_all_the_same(const struct run *r);
/* The task wants to know something from a person; then on with it. deadline 0: none;
 * where nobody says anything until then, the task has failed. */
void task_ask_person(struct branch *b, const char *question, int64_t deadline, step_fn *then);
const char *change_provider_key(struct branch *b);
bool read_state(struct branch *b, const struct role_action *a, struct json args, step_fn *then,
                struct err *e);
const char *state_words(struct json value, struct arena *keep);
/* What every incident changed and holds. One that cannot be read whole, and is not
 * known to be closed, is ERR_INPUT: nothing is changed beside what nobody knows. */
bool ledger_read(struct ledger *out, const struct workspace *ws, struct arena *keep,
                 struct err *e);
bool journals_whole(struct journals *out, const struct workspace *ws, struct arena *keep, struct err *e);

#endif
