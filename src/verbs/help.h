/* help.h: the parts of the verb help. */
#ifndef VERBS_HELP_H
#define VERBS_HELP_H

#include "verbs/verbs.h"

/* A word of the runbooks with that name, said behind `front`; false: there is none. */
bool help_word(struct desk *d, const char *name, const char *front);

/* What a runbook may say: "words" lists all of it; a word ("wait_until"), a
 * role ("pool") or an action ("pool.remove") is explained from its row or its
 * contract. ERR_USAGE with the nearest name for anything else. */
bool help_language(struct desk *d, const char *name, struct err *e);

#endif
