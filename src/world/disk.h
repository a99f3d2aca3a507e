/* disk.h: the system calls by which the store reaches the disk, as a table.
 *
 * The table lets a test fail the n-th call; the functions below are what the
 * store is written in. They try again after EINTR and finish short writes.
 * ERRORS   ERR_SYSTEM with the path and the system's words.
 */
#ifndef WORLD_DISK_H
#define WORLD_DISK_H

#include "base/err.h"
#include "base/own.h"

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct disk {
    int (*open)(const char *path, int flags, mode_t mode);
    int (*close)(int fd);
    ssize_t (*pread)(int fd, void *out, size_t length, off_t at);
    ssize_t (*pwrite)(int fd, const void *bytes, size_t length, off_t at);
    int (*fdatasync)(int fd);
    int (*start_sync)(int fd, off_t at, size_t length); /* its way to the disk begins; nothing is promised */
    int (*fsync)(int fd);
    int (*ftruncate)(int fd, off_t length);
    int (*fchmod)(int fd, mode_t mode);
    int (*fstat)(int fd, struct stat *out);
    int (*stat)(const char *path, struct stat *out);
    int (*stat_in)(int folder, const char *name, struct stat *out);
    int (*rename)(const char *from, const char *to);
    int (*mkdir)(const char *path, mode_t mode);
    int (*unlink)(const char *path);
};
extern const struct disk disk_real;

/* What new files and folders may be: 0600/0700, or 0660/2770 for a team. With
 * MODE_EXACT the umask does not count. */
enum { MODE_EXACT = 01000 };
struct modes { mode_t file, folder; };
extern const struct modes modes_private, modes_group;
/* Those of the folder DIR/.tocsin: a team's when that is. */
struct modes modes_of(const struct disk *d, const char *folder);

/* -1 and e; missing files give errno ENOENT to who asks for it. `mode` 0: must
 * exist. Descriptors are not inherited. */
int disk_open(const struct disk *d, const char *path, int flags, mode_t mode, struct err *e);
void disk_close(const struct disk *d, int *fd); /* leaves -1 */
/* As the system calls, but tried again after EINTR. */
int disk_rename(const struct disk *d, const char *from, const char *to);
int disk_cut(const struct disk *d, int fd, uint64_t length);

/* Reads until `length` or the end of the file; answers how much, -1 on error. */
ssize_t disk_read(const struct disk *d, int fd, const char *path, void *out, size_t length,
                  uint64_t at, struct err *e);
bool disk_write(const struct disk *d, int fd, const char *path, const void *bytes,
                size_t length, uint64_t at, struct err *e);
bool disk_sync(const struct disk *d, int fd, const char *path, struct err *e);
bool disk_sync_folder(const struct disk *d, const char *path, struct err *e);
bool disk_size(const struct disk *d, int fd, const char *path, uint64_t *out, struct err *e);

/* Is anything of that name? That the disk cannot tell is an error, and no "no". */
bool disk_there(const struct disk *d, const char *path, bool *there, struct err *e);

/* A pipe, a device, a socket: whoever opens it may wait for ever. What is not there is none. */
bool disk_is_special(const char *path);

/* A whole file; at most `limit` bytes. */
bool disk_load(const struct disk *d, const char *path, const char **bytes, size_t *length,
               struct arena *keep, struct err *e);

/* All or nothing: a new file beside it, synced, renamed over it, folder synced. */
bool disk_replace(const struct disk *d, const char *path, const char *bytes, size_t length,
                  mode_t mode, struct err *e);

/* With its parents; one that is there is fine. */
bool disk_make_folder(const struct disk *d, const char *path, mode_t mode, struct err *e);

/* Locks of open file descriptions: they die with the last descriptor, and
 * asking who holds one does not take it. `wait`: until it is free. Answers
 * false with ERR_BUSY when somebody else has it. */
bool disk_lock(int fd, const char *path, bool wait, struct err *e);
bool disk_try_lock(int fd);
void disk_unlock(int fd);
bool disk_is_locked(int fd);
/* Until nobody has it; `fd` may be read-only. */
bool disk_await(int fd, const char *path, struct err *e);

#endif
