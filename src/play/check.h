/* check.h: what is wrong with a runbook, found without running it.
 *
 * The file is compiled and its head is read (nothing is run); then its words
 * are read one by one: a word, role, action, argument or option that does not
 * exist, an argument that is missing, an action that the plugin which is
 * bound here cannot do, a runbook that is called and not there.
 */
#ifndef PLAY_CHECK_H
#define PLAY_CHECK_H

#include "world/workspace.h"

struct finding {
    const char *file;
    int line;
    bool wrong;            /* else worth knowing */
    const char *text;
};

struct findings {
    const struct finding *finding;
    size_t count, wrong;
};

bool check_runbook(struct findings *out, const struct workspace *ws, const char *name,
                   struct arena *keep, struct err *e);

#endif
