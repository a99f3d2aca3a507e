/* ground.h: a folder of its own, a virtual world and a local store in it, on a
 * disk that can be told to fail. */
#ifndef TESTS_WORLD_GROUND_H
#define TESTS_WORLD_GROUND_H

#include "promise.h"

#include "world/store_local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char incident[] = "INC-2025-001";

struct ground {
    const char *dir;
    struct world_clock clock;
    struct world *world;
    struct store *store;
};

/* The real disk without its syncs: what a test looks at outlives the test's own
 * processes anyway; what a sync is for, tests/world/power.c asks. */
static inline int sync_nothing(int fd) { return 0; }
static inline int start_nothing(int fd, off_t at, size_t length) { return 0; }

static inline const struct disk *quick_disk(void)
{
    static struct disk d;
    d = disk_real;
    d.fdatasync = d.fsync = sync_nothing;
    d.start_sync = start_nothing;
    return &d;
}

/* The n-th call from now on fails with that number; 0: none. `lasting`: and all
 * behind it that would write. `half`: a pwrite writes a half, and then fails. */
static struct { long calls, fail_at; int number; bool lasting, half, hit; } trouble;

static inline bool fails(bool writes)
{
    trouble.calls++;
    bool now = trouble.fail_at && (trouble.calls == trouble.fail_at
               || (trouble.lasting && writes && trouble.calls > trouble.fail_at));
    if (now) {
        trouble.hit = true;
        errno = trouble.number;
    }
    return now;
}

static inline int bad_open(const char *path, int flags, mode_t mode)
{
    return fails(flags & O_CREAT) ? -1 : disk_real.open(path, flags, mode);
}
static inline ssize_t bad_pread(int fd, void *out, size_t length, off_t at)
{
    return fails(false) ? -1 : disk_real.pread(fd, out, length, at);
}
static inline ssize_t bad_pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    if (!fails(true))
        return disk_real.pwrite(fd, bytes, length, at);
    if (!trouble.half || length < 2)
        return -1;
    trouble.half = false; /* a short write first; the rest fails the next time */
    trouble.fail_at = trouble.calls + 1;
    return disk_real.pwrite(fd, bytes, length / 2, at);
}
static inline int bad_fdatasync(int fd) { return fails(true) ? -1 : 0; }
static inline int bad_start_sync(int fd, off_t at, size_t length) { return fails(false) ? -1 : 0; }
static inline int bad_fsync(int fd) { return fails(true) ? -1 : 0; }
static inline int bad_ftruncate(int fd, off_t length) { return fails(true) ? -1 : disk_real.ftruncate(fd, length); }
static inline int bad_rename(const char *from, const char *to) { return fails(true) ? -1 : disk_real.rename(from, to); }
static inline int bad_mkdir(const char *path, mode_t mode) { return fails(true) ? -1 : disk_real.mkdir(path, mode); }

static inline int bad_fchmod(int fd, mode_t mode) { return fails(true) ? -1 : disk_real.fchmod(fd, mode); }
static inline int bad_fstat(int fd, struct stat *out) { return trouble.number != EINTR && fails(false) ? -1 : disk_real.fstat(fd, out); }
static inline int bad_stat(const char *path, struct stat *out) { return trouble.number != EINTR && fails(false) ? -1 : disk_real.stat(path, out); }
static inline int bad_stat_in(int folder, const char *name, struct stat *out) { return trouble.number != EINTR && fails(false) ? -1 : disk_real.stat_in(folder, name, out); }
static inline int bad_unlink(const char *path) { return fails(true) ? -1 : disk_real.unlink(path); }
/* A close that fails has closed. */
static inline int bad_close(int fd) { return disk_real.close(fd) || fails(false) ? -1 : 0; }

static inline const struct disk *bad_disk(void)
{
    static struct disk d;
    d = disk_real;
    d.open = bad_open;
    d.pread = bad_pread;
    d.pwrite = bad_pwrite;
    d.fdatasync = bad_fdatasync;
    d.start_sync = bad_start_sync;
    d.fsync = bad_fsync;
    d.ftruncate = bad_ftruncate;
    d.rename = bad_rename;
    d.mkdir = bad_mkdir;
    d.fchmod = bad_fchmod;
    d.fstat = bad_fstat;
    d.stat = bad_stat;
    d.stat_in = bad_stat_in;
    d.unlink = bad_unlink;
    d.close = bad_close;
    return &d;
}

/* For tests that make thousands of folders, and ask nothing of a real disk. */
static inline void stay_in_memory(void)
{
    if (!access("/dev/shm", W_OK | X_OK))
        setenv("TMPDIR", "/dev/shm", 1);
}

static inline const char *fresh_folder(void)
{
    const char *where = getenv("TMPDIR");
    char *dir = arena_print(test_keep(), "%s/ground.XXXXXX", where ? where : "/tmp");
    assert_non_null(mkdtemp(dir));
    return dir;
}

static inline void remove_folder(const char *dir)
{
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
}

static inline struct store *open_on(struct ground *g, const struct disk *d)
{
    struct err e = { 0 };
    struct store *s = store_local_open(g->world, d, g->dir, &e);
    if (!s)
        fail_msg("%s", e.text);
    return s;
}

static inline struct ground *ground(void)
{
    struct ground *g = arena_one(test_keep(), struct ground);
    g->dir = fresh_folder();
    g->clock = (struct world_clock){ .now = 1741688220000, .seed = 7 };
    g->world = world_virtual(world_real("alice", test_keep()), &g->clock, "alice", "sim", test_keep());
    g->store = open_on(g, quick_disk());
    return g;
}

static inline void leave(struct ground *g)
{
    g->store->close(g->store);
    remove_folder(g->dir);
}

static inline bool create(struct store *s, struct err *e)
{
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_OPENED,
                       .data = "{\"id\":\"00000000000000000000000000000001\",\"name\":\"INC-2025-001\"}" };
    return s->create(s, incident, &d, 1, test_keep(), e);
}

static inline bool note(struct store *s, const char *text, struct err *e)
{
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE,
                       .data = arena_print(test_keep(), "{\"text\":\"%s\"}", text) };
    return s->append(s, incident, NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), e);
}

static inline struct journal journal(struct store *s)
{
    struct journal j;
    struct err e = { 0 };
    if (!s->read(s, incident, &j, test_keep(), &e))
        fail_msg("%s", e.text);
    return j;
}

/* How many notes say that? */
static inline int times(const struct journal *j, const char *text)
{
    int n = 0;
    for (size_t i = 0; i < j->count; i++)
        n += j->event[i].kind == EVENT_NOTE && json_is(json_get(j->event[i].data, "text"), text);
    return n;
}

static inline const char *inside(const struct ground *g, const char *name)
{
    return arena_print(test_keep(), "%s/.tocsin/incidents/%s/%s", g->dir, incident, name);
}

static inline void spoil(const char *path, long at, const char *bytes) /* at < 0: from the end */
{
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), f), strlen(bytes));
    fclose(f);
}

#endif
