/* restore_inside.h: what is to be put back, for the files that do it. */
#ifndef PLAY_RESTORE_INSIDE_H
#define PLAY_RESTORE_INSIDE_H

#include "play/engine.h"

struct item {
    const struct target *target;
    const struct change *change;      /* whose undo is performed */
    const struct role_action *undo;
    const char *args, *undoes;        /* canonical; JSON list of hashes */
    bool already;                     /* the world shows `before` */
};

struct restoring {
    struct ledger ledger;
    struct item *item;
    size_t items, at;
    const char *even_so, *ip, *key;
    const char *const *names;         /* NULL: all */
    const char *refused;
    const char *left_out;             /* what could not be put back, and why; NULL */
    struct err wrong;                 /* what was asked for cannot be looked up */
    bool consented;
    step_fn *then;                    /* with b->answer */
};

/* Fills in what is wanted and changed, in the order in which it is safe. */
bool restore_gather(struct restoring *s, struct run *r, struct err *e);

#endif
