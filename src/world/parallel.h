/* parallel.h: pieces of work that know nothing of each other, each in a process
 * of its own. What one writes to `out` is handed back, in the order of the
 * pieces; a piece that dies hands back what it had written, and its status.
 */
#ifndef WORLD_PARALLEL_H
#define WORLD_PARALLEL_H

#include "base/err.h"
#include "base/own.h"

struct piece {
    const char *bytes;   /* what it wrote, NUL-terminated */
    size_t length;
    int status;          /* 0: it came to its end */
};

/* As many at once as there are processors. `work` runs in the child. */
bool parallel_run(struct piece *out, size_t count, void (*work)(void *context, size_t i, FILE *out),
                  void *context, struct arena *keep, struct err *e);

#endif
