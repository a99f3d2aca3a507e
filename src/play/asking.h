/* asking.h: questions to people: asked.c, consent.c, listen.c, change_consent.c. For the files
 * of a run only. */
#ifndef PLAY_ASKING_H
#define PLAY_ASKING_H

#include "play/engine.h"

/* What a change shows to whoever consents to it. */
struct shown {
    const char *target, *after, *undo, *over; /* in words; over NULL */
    struct json args, before;
};

/* A question under way. */
struct asking {
    const char *mode, *question, *action, *args_sha256;
    const char *binding;              /* through what it will be done; NULL: of no change */
    const char *even_so;              /* it overrides what would refuse it; NULL */
    const char *const *allows;        /* of what is put back: one hash each; NULL: args_sha256 says it */
    const struct shown *shown;        /* NULL: its text says all */
    const char *name, *hash;          /* "A2"; of its event */
    const char *evidence, *words;     /* JSON list of hashes; as the terminal shows it */
    int64_t deadline;                 /* then it is no; INT64_MAX (0 when it is put): none */
    const struct answered *given;     /* by somebody else meanwhile; NULL */
    const char *answer, *text;        /* by the person here, before it was written */
    step_fn *then;
};
struct answered { const char *answer, *text, *by, *hash; int64_t recorded, seq; };


/* " EVEN SO, without a look at ...: TEXT", behind a question about what overrides a refusal; else "". */
const char *even_so_words(const char *unseen, const char *even_so, struct arena *keep);
/* What a yes to putting that back allows, as a hash; the last three may be NULL. */
struct allowed { const char *action, *args, *binding, *even_so, *over; };
const char *asked_allows(const struct allowed *a, struct arena *keep);
bool asked_covers(const char *const *consented, const char *const *allows);
/* asked.c: the same question put before, where its answer is still good or awaited; NULL. */
const struct event *asked_before(struct branch *b, const struct asking *q);
const struct event *asked_answer(struct run *r, const struct event *asked); /* the first; NULL */
int64_t asked_deadline(struct run *r, const struct event *asked); /* INT64_MAX: none */
const char *asked_mode(const char *mode);     /* as it is recorded */

/* listen.c: a question that waits, here and wherever else it is answered. */
void listen_put(struct branch *b);            /* b->context: a struct asking */
void listen_answer(struct branch *b, const char *answer, const char *text);
void listen_take(struct branch *b, const struct answered *a);
bool listen_given(struct run *r);             /* what others answered is taken; false: nothing was */
bool listen_is_open(const struct run *r);     /* does somebody here have a question? */
bool listen_was_answered(struct run *r);      /* by others, as far as the journal was read; it is said */
void listen_turn(struct run *r, int64_t until); /* in the place of a wait */
void listen_end(struct run *r);               /* the terminal is given back */

/* consent.c */
/* Asks, journals question and answer; then `then` with b->answer.json "\"yes\"" etc.
 * `what`: mode, question, then; action, args_sha256, shown and deadline where it has them. */
const char *run_zone(const struct run *r); /* in which people read its times */
const char *consent_hint(struct run *r); /* what to type for the question that waits */
void consent_ask(struct branch *b, const struct asking *what);
bool consent_needed(struct run *r, const struct role_action *a, bool *second);

#endif
