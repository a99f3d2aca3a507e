/* sim_clock.c: see sim_clock.h. */
#include "world/sim_clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "world/disk.h"

enum { CLOCK_LENGTH = 64 };

struct sim_clock {
    struct world_clock clock;
    const char *path;
    int fd;
    int64_t opened;
};

/* One write of one small piece: whole, or not at all, whenever the process dies. */
static void put(struct sim_clock *s)
{
    char line[CLOCK_LENGTH + 1];
    struct err e;
    int length = snprintf(line, sizeof line, "{\"now\":%" PRId64 ",\"opened\":%" PRId64 "}",
                          s->clock.now, s->opened);
    memset(line + length, ' ', (size_t)(CLOCK_LENGTH - length));
    line[CLOCK_LENGTH - 1] = '\n';
    (void)disk_write(&disk_real, s->fd, s->path, line, CLOCK_LENGTH, 0, &e);
}

static const char *clock_path(const char *dir, struct arena *keep)
{
    return arena_print(keep, "%s/.tocsin/sim/clock", dir);
}

static bool get(struct sim_clock *s, struct err *e)
{
    char line[CLOCK_LENGTH + 1] = "";
    size_t wrong_at;
    ssize_t got = disk_read(&disk_real, s->fd, s->path, line, CLOCK_LENGTH, 0, e);
    if (got < 0)
        return false;
    s->clock.now = SIM_START;
    if (!got)
        return true;
    struct json all = { line, (size_t)got };
    if (!json_check(line, (size_t)got, &wrong_at) || !json_int(json_get(all, "now"), &s->clock.now)
        || !json_int(json_get(all, "opened"), &s->opened))
        return err_input(e, "'%s': found something else, expected {\"now\":MS,\"opened\":N}", s->path);
    return true;
}

/* Another process may have opened the workspace since: its count stays. */
static int64_t moves(void *context, int64_t until)
{
    struct sim_clock *s = context, there = { .path = s->path, .fd = s->fd };
    struct err e;
    s->clock.now = until;
    if (!disk_lock(s->fd, s->path, true, &e))
        return until;
    if (get(&there, &e) && there.opened > s->opened)
        s->opened = there.opened;
    put(s);
    disk_unlock(s->fd);
    return until;
}

static bool open_clock(struct sim_clock *s, struct world *w, const char *dir, struct arena *keep,
                       struct err *e)
{
    *s = (struct sim_clock){ .path = clock_path(dir, keep), .fd = -1 };
    if (!w->make_folder(w, arena_print(keep, "%s/.tocsin/sim", dir), e))
        return false;
    struct modes modes = modes_of(&disk_real, arena_print(keep, "%s/.tocsin", dir));
    s->fd = disk_open(&disk_real, s->path, O_RDWR | O_CREAT, modes.file, e);
    if (s->fd < 0)
        return false;
    bool ok = disk_lock(s->fd, s->path, true, e) && get(s, e);
    if (ok) {
        s->clock.seed = (uint64_t)++s->opened;
        put(s);
        disk_unlock(s->fd);
        return true;
    }
    disk_close(&disk_real, &s->fd);
    return false;
}

struct world *sim_world(struct world *under, const char *dir, struct arena *keep, struct err *e)
{
    struct sim_clock *s = arena_one(keep, struct sim_clock);
    if (!open_clock(s, under, dir, keep, e))
        return NULL;
    s->clock.on_wait = moves;
    s->clock.context = s;
    return world_virtual(under, &s->clock, under->claimed ? under->user : SIM_USER, "sim", keep);
}

bool sim_clock_set(struct world *w, const char *dir, int64_t now, struct err *e)
{
    char room[8192];
    struct arena scratch = { room, room + sizeof room };
    struct sim_clock s;
    if (!open_clock(&s, w, dir, &scratch, e))
        return false;
    s.clock.now = now;
    put(&s);
    disk_close(&disk_real, &s.fd);
    return true;
}
