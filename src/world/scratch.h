/* scratch.h: a folder that is thrown away again, for tests and dry runs that
 * play in a workspace of their own. It lies where TMPDIR says, else in memory
 * (what is thrown away needs no disk), else in /tmp. */
#ifndef WORLD_SCRATCH_H
#define WORLD_SCRATCH_H

#include "base/err.h"
#include "base/own.h"

bool scratch_make(const char **dir, struct arena *keep, struct err *e);
/* The folder with everything in it; symbolic links are not followed. */
void scratch_remove(const char *dir);

#endif
