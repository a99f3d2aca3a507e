/* disk.c: see disk.h. */
#define _GNU_SOURCE /* F_OFD_SETLK, sync_file_range */
#include "world/disk.h"

#include <sched.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int plain_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags | O_CLOEXEC, mode);
}

static int stat_in(int folder, const char *name, struct stat *out)
{
    return fstatat(folder, name, out, 0);
}

static int start_sync(int fd, off_t at, size_t length)
{
    return sync_file_range(fd, at, (off_t)length, SYNC_FILE_RANGE_WRITE);
}

const struct disk disk_real = {
    .open = plain_open, .close = close, .pread = pread, .pwrite = pwrite,
    .fdatasync = fdatasync, .start_sync = start_sync, .fsync = fsync, .ftruncate = ftruncate, .fchmod = fchmod,
    .fstat = fstat, .stat = stat, .stat_in = stat_in, .rename = rename, .mkdir = mkdir, .unlink = unlink,
};

enum { PATH_ROOM = 4096 };

const struct modes modes_private = { 0600, 0700 };
const struct modes modes_group = { 0660 | MODE_EXACT, 02770 };

struct modes modes_of(const struct disk *d, const char *folder)
{
    struct stat st;
    bool team = !d->stat(folder, &st) && (st.st_mode & S_ISGID) && (st.st_mode & S_IWGRP);
    return team ? modes_group : modes_private;
}

#define AGAIN(call) ({ __typeof__(call) got_; do got_ = (call); while (got_ < 0 && errno == EINTR); got_; })

int disk_rename(const struct disk *d, const char *from, const char *to)
{
    return AGAIN(d->rename(from, to));
}

int disk_cut(const struct disk *d, int fd, uint64_t length)
{
    return AGAIN(d->ftruncate(fd, (off_t)length));
}

int disk_open(const struct disk *d, const char *path, int flags, mode_t mode, struct err *e)
{
    int fd = AGAIN(d->open(path, flags, mode & 0777));
    if (fd < 0) {
        int number = errno;
        err_errno(e, "cannot %s '%s'", flags & O_CREAT ? "write" : "open", path);
        errno = number;
        return -1;
    }
    if (flags & O_CREAT && mode & MODE_EXACT)
        d->fchmod(fd, mode & 0777); /* somebody else's file is right already */
    return fd;
}

void disk_close(const struct disk *d, int *fd)
{
    if (*fd >= 0)
        d->close(*fd);
    *fd = -1;
}

ssize_t disk_read(const struct disk *d, int fd, const char *path, void *out, size_t length,
                  uint64_t at, struct err *e)
{
    size_t had = 0;
    while (had < length) {
        ssize_t got = AGAIN(d->pread(fd, (char *)out + had, length - had, (off_t)(at + had)));
        if (got < 0) {
            err_errno(e, "cannot read '%s'", path);
            return -1;
        }
        if (!got)
            break;
        had += (size_t)got;
    }
    return (ssize_t)had;
}

bool disk_write(const struct disk *d, int fd, const char *path, const void *bytes,
                size_t length, uint64_t at, struct err *e)
{
    for (size_t put = 0; put < length;) {
        ssize_t n = AGAIN(d->pwrite(fd, (const char *)bytes + put, length - put,
                                    (off_t)(at + put)));
        if (!n)
            errno = EIO;
        if (n <= 0)
            return err_errno(e, "cannot write '%s'", path);
        put += (size_t)n;
    }
    return true;
}

bool disk_sync(const struct disk *d, int fd, const char *path, struct err *e)
{
    if (AGAIN(d->fsync(fd)))
        return err_errno(e, "cannot sync '%s'", path);
    return true;
}

bool disk_sync_folder(const struct disk *d, const char *path, struct err *e)
{
    int fd = disk_open(d, path, O_RDONLY | O_DIRECTORY, 0, e);
    if (fd < 0)
        return false;
    bool ok = disk_sync(d, fd, path, e);
    disk_close(d, &fd);
    return ok;
}

bool disk_size(const struct disk *d, int fd, const char *path, uint64_t *out, struct err *e)
{
    struct stat st;
    if (d->fstat(fd, &st))
        return err_errno(e, "cannot read '%s'", path);
    *out = (uint64_t)st.st_size;
    return true;
}

bool disk_there(const struct disk *d, const char *path, bool *there, struct err *e)
{
    struct stat st;
    bool ok = !d->stat(path, &st);
    *there = ok || errno != ENOENT;
    return ok || !*there || err_errno(e, "cannot read '%s'", path);
}

bool disk_is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

bool disk_load(const struct disk *d, const char *path, const char **bytes, size_t *length,
               struct arena *keep, struct err *e)
{
    struct stat st = { 0 };
    int fd = disk_open(d, path, O_RDONLY, 0, e);
    if (fd < 0)
        return false;
    if (d->fstat(fd, &st) || S_ISDIR(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : errno;
        err_errno(e, "cannot read '%s'", path);
        disk_close(d, &fd);
        return false;
    }
    /* What has no size (a pipe, /proc) is read in growing pieces. */
    size_t room = st.st_size > 0 ? (size_t)st.st_size + 1 : 65536, had = 0;
    char *at = arena_many(keep, char, room + 1);
    for (;;) {
        ssize_t got = AGAIN(S_ISREG(st.st_mode) ? d->pread(fd, at + had, room - had, (off_t)had)
                                                : read(fd, at + had, room - had));
        if (got <= 0) {
            if (got < 0)
                err_errno(e, "cannot read '%s'", path);
            disk_close(d, &fd);
            *bytes = at;
            *length = had;
            return got == 0;
        }
        had += (size_t)got;
        if (had == room) {
            char *more = arena_many(keep, char, 2 * room + 1);
            memcpy(more, at, had);
            at = more;
            room *= 2;
        }
    }
}

static void parent_of(char out[PATH_ROOM], const char *path)
{
    const char *slash = strrchr(path, '/');
    int length = !slash ? 1 : slash == path ? 1 : (int)(slash - path);
    snprintf(out, PATH_ROOM, "%.*s", length, slash ? path : ".");
}

bool disk_replace(const struct disk *d, const char *path, const char *bytes, size_t length,
                  mode_t mode, struct err *e)
{
    char fresh[PATH_ROOM], folder[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    parent_of(folder, path);
    if ((size_t)snprintf(fresh, sizeof fresh, "%s/.%s.%ld.new", folder, slash ? slash + 1 : path,
                         (long)getpid()) >= sizeof fresh)
        return err_system(e, "cannot write '%s': its name is too long", path);
    int fd = disk_open(d, fresh, O_WRONLY | O_CREAT | O_TRUNC, mode, e);
    if (fd < 0)
        return err_errno(e, "cannot write '%s'", path); /* the name that people know */
    bool ok = disk_write(d, fd, path, bytes, length, 0, e) && disk_sync(d, fd, path, e);
    disk_close(d, &fd);
    if (ok && disk_rename(d, fresh, path))
        ok = err_errno(e, "cannot write '%s'", path);
    if (!ok)
        d->unlink(fresh);
    return ok && disk_sync_folder(d, folder, e);
}

/* One level; its name is on the disk when this answers. */
static bool make_one(const struct disk *d, const char *path, mode_t mode, struct err *e)
{
    char parent[PATH_ROOM];
    struct stat st;
    if (AGAIN(d->mkdir(path, mode))) {
        int number = errno;
        if (!d->stat(path, &st) && S_ISDIR(st.st_mode))
            return true;
        errno = number == EEXIST ? ENOTDIR : number;
        return err_errno(e, "cannot make folder '%s'", path);
    }
    if (mode & 02000 && chmod(path, mode))
        return err_errno(e, "cannot make folder '%s'", path);
    parent_of(parent, path);
    return disk_sync_folder(d, parent, e);
}

bool disk_make_folder(const struct disk *d, const char *path, mode_t mode, struct err *e)
{
    char front[PATH_ROOM];
    size_t length = strlen(path);
    if (length >= sizeof front)
        return err_system(e, "cannot make folder '%.64s...': its name is too long", path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i])
            continue;
        memcpy(front, path, i);
        front[i] = '\0';
        if (!make_one(d, front, mode, e))
            return false;
    }
    return true;
}

bool disk_lock(int fd, const char *path, bool wait, struct err *e)
{
    struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    for (int i = 0; wait && i < 50; i++) {
        if (disk_try_lock(fd))
            return true;
        sched_yield();
    }
    if (!AGAIN(fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &want)))
        return true;
    if (errno == EAGAIN || errno == EACCES)
        return err_busy(e, "'%s' is locked", path);
    return err_errno(e, "cannot lock '%s'", path);
}

bool disk_try_lock(int fd)
{
    struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    return !fcntl(fd, F_OFD_SETLK, &want);
}

void disk_unlock(int fd)
{
    struct flock want = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
    fcntl(fd, F_OFD_SETLK, &want);
}

bool disk_await(int fd, const char *path, struct err *e)
{
    struct flock want = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    if (AGAIN(fcntl(fd, F_OFD_SETLKW, &want)))
        return err_errno(e, "cannot lock '%s'", path);
    disk_unlock(fd);
    return true;
}

bool disk_is_locked(int fd)
{
    struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    return !fcntl(fd, F_OFD_GETLK, &want) && want.l_type != F_UNLCK;
}
