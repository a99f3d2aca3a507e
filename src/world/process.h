/* process.h: programs, started and looked after without waiting for them.
 *
 * The caller's loop looks at each one now and then; nothing here blocks. A
 * child is the head of a group of its own, reads from /dev/null, gets no
 * descriptor of ours but `inherit` (the lock of its run: a program that
 * outlives its executor keeps the run from being started twice), and dies with
 * process_close().
 * OUTPUT   of both streams, in order, as it comes; what is not taken in keeps
 *          the child waiting.
 * ERRORS   ERR_INPUT, there is no such program; ERR_SYSTEM, the machine.
 */
#ifndef WORLD_PROCESS_H
#define WORLD_PROCESS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct process;

struct program {
    const char *const *argv;  /* argv[0] is looked up in PATH; no shell; then NULL */
    const char *const *set;   /* "NAME=value" beside our environment; then NULL. NULL: none */
    const char *const *unset; /* names of ours that it does not get; then NULL. NULL: none */
    const char *folder;       /* where it runs; NULL: where we are */
    int inherit;              /* -1: nothing */
    bool answer_only;         /* what it says on its error stream is dropped */
};

struct process_state {
    bool ended;
    int status;             /* exit status; 128 + signal when one ended it */
    int signal;             /* 0: none */
};

bool process_start(struct process **out, const struct program *program, struct err *e);
/* Takes in what it wrote: how many bytes; 0: nothing (yet). */
size_t process_read(struct process *p, char *bytes, size_t room);
struct process_state process_look(struct process *p);
int64_t process_id(const struct process *p);
/* Asks it and its children to end; when asked again, makes them. */
void process_stop(struct process *p);
void process_close(struct process *p);

#endif
