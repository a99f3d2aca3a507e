/* process.h: programs, started and looked after without waiting for them.
 *
 * The caller's loop looks at each one now and then; nothing here blocks. A
 * child gets no descriptor of ours but `inherit` (the lock of its run: a
 * program that outlives its executor keeps the run from being started twice),
 * and dies with process_close().
 * OUTPUT   of both streams, in order; its beginning and its end are kept
 *          (1 MiB each), what lies between is counted and dropped.
 * ERRORS   ERR_INPUT, there is no such program; ERR_SYSTEM, the machine.
 */
#ifndef WORLD_PROCESS_H
#define WORLD_PROCESS_H

#include "base/text.h"
#include "base/err.h"

#include <stdint.h>

struct process;

struct process_state {
    bool ended;
    int status;             /* exit status; 128 + signal when one ended it */
    int signal;             /* 0: none */
};

/* argv[0] is looked up in PATH; no shell. `inherit` -1: nothing. */
bool process_start(struct process **out, const char *const *argv, int inherit, struct err *e);
/* Takes in what it wrote, and whether it ended. */
struct process_state process_look(struct process *p);
/* What it wrote so far; valid until the next look. */
const char *process_output(struct process *p, size_t *length);
/* Asks it to end; when asked again, makes it. */
void process_stop(struct process *p);
void process_close(struct process *p);

#endif
