/* heir.h: who holds a lock when the process that took it is gone.
 *
 * A lock belongs to an open file, and a program that inherited it holds it on
 * (process.h). What the system tells of open files is looked through; where it
 * tells nothing (another user's process, no /proc), nobody is found.
 */
#ifndef WORLD_HEIR_H
#define WORLD_HEIR_H

#include <stdint.h>

/* A process that holds a lock on the file at `path`; 0: `taker` itself does, or
 * nobody is found. */
int64_t lock_heir(const char *path, int64_t taker);

#endif
