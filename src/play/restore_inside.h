/* restore_inside.h: what is to be put back, for the files that do it. */
#ifndef PLAY_RESTORE_INSIDE_H
#define PLAY_RESTORE_INSIDE_H

#include "play/asking.h"
#include "play/change.h"

struct item {
    const struct target *target;
    const struct change *change;      /* whose undo is performed */
    const struct role_action *undo;
    const char *args, *undoes;        /* canonical; JSON list of hashes */
    const char *now;                  /* the target and what the world shows of it; NULL */
    bool already;                     /* the world shows `before` */
    const struct change *over;        /* another incident's, that stands and is known of; NULL */
};

struct restoring {
    struct ledger ledger;
    struct item *item;
    size_t items, at;
    const char *even_so, *ip, *key;
    const char *const *names;         /* NULL: all */
    const struct change **unsettled;  /* nobody knows yet whether they happened */
    size_t unsettleds;
    bool refused, flooded;            /* flooded: or nobody sees that it is not */
    const char *left_out;             /* what could not be put back, and why; NULL */
    struct err wrong;                 /* what was asked for cannot be looked up */
    const char *const *allows, *const *consented; /* hashes: of what is to be done, of what was said yes to; NULL */
    const char *agreed;               /* `now` of what is no longer as we left it, and yet is to be put back */
    step_fn *then;                    /* with b->answer */
};

/* Fills in what is wanted and changed, in the order in which it is safe. */
bool restore_gather(struct restoring *s, struct run *r, struct err *e);

/* Those of what is wanted that were left in flight by somebody who is gone. */
bool restore_unsettled(struct restoring *s, struct run *r, struct err *e);

/* restore_look.c: looks at everything, asks, and goes on with restore_put_back(). */
void restore_begin(struct branch *b, struct restoring *s);
void restore_put_back(struct branch *b);
/* An earlier executor died in the middle of just this undo: it is looked into. NULL: none did. */
const struct event *restore_left_in_flight(const struct restoring *s, struct run *r, const struct item *i);

#endif
