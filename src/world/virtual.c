/* virtual.c: a world whose clock moves only when somebody waits; see world.h. */
#include "world/store_local.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct virtual {
    struct world world; /* first: a world is one of these */
    struct world *under;
    struct world_clock *clock;
    uint64_t drawn; /* blocks of random bytes so far */
};

static int64_t virtual_now(struct world *w)
{
    return ((struct virtual *)w)->clock->now;
}

static void virtual_wait(struct world *w, int64_t until)
{
    struct world_clock *c = ((struct virtual *)w)->clock;
    if (until <= c->now)
        return;
    int64_t to = c->on_wait ? c->on_wait(c->context, until) : until;
    if (to > until)
        to = until;
    if (to > c->now)
        c->now = to;
}

/* Block n is SHA-256("seed:n"): the same on every machine. */
static void virtual_random(struct world *w, unsigned char *out, size_t length)
{
    struct virtual *v = (struct virtual *)w;
    for (size_t done = 0; done < length;) {
        char words[64], hex[SHA256_HEX + 1];
        int n = snprintf(words, sizeof words, "%" PRIu64 ":%" PRIu64, v->clock->seed, v->drawn++);
        sha256_hex(hex, words, (size_t)n);
        for (int i = 0; i < SHA256_HEX && done < length; i += 2) {
            unsigned byte = 0;
            sscanf(hex + i, "%2x", &byte);
            out[done++] = (unsigned char)byte;
        }
    }
}

static bool virtual_read_file(struct world *w, const char *path, const char **bytes,
                              size_t *length, struct arena *keep, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->read_file(u, path, bytes, length, keep, e);
}

static bool virtual_write_file(struct world *w, const char *path, const char *bytes,
                               size_t length, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->write_file(u, path, bytes, length, e);
}

static bool virtual_write_private(struct world *w, const char *path, const char *bytes,
                                  size_t length, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->write_private(u, path, bytes, length, e);
}

static bool virtual_exists(struct world *w, const char *path, bool *is_folder)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->exists(u, path, is_folder);
}

static bool virtual_list_folder(struct world *w, const char *path, struct names *out,
                                struct arena *keep, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->list_folder(u, path, out, keep, e);
}

static bool virtual_make_folder(struct world *w, const char *path, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->make_folder(u, path, e);
}

/* The store takes its time and its salts from this world, not from the one under it. */
static struct store *virtual_open_store(struct world *w, const char *dir, struct arena *keep,
                                        struct err *e)
{
    return store_local_open(w, &disk_real, dir, e);
}

static void virtual_attend(struct world *w, int fd, bool *rang)
{
    struct world *u = ((struct virtual *)w)->under;
    u->attend(u, fd, rang);
}

static int virtual_interrupted(struct world *w)
{
    struct world *u = ((struct virtual *)w)->under;
    int interrupts = u->interrupted(u);
    w->interrupted_by = u->interrupted_by;
    return interrupts;
}

static bool virtual_ask(struct world *w, const char *prompt, const char **line,
                        struct arena *keep)
{
    struct world *u = ((struct virtual *)w)->under;
    const struct world_clock *c = ((struct virtual *)w)->clock;
    return c->ask ? c->ask(c->context, w->user, prompt, line, keep) : u->ask(u, prompt, line, keep);
}

/* Who answers in a play answers at once; a person at a terminal takes the wall's time. */
static enum heard virtual_listen(struct world *w, const char *prompt, int64_t patience_ms,
                                 const char **line, struct arena *keep)
{
    struct world *u = ((struct virtual *)w)->under;
    if (!((struct virtual *)w)->clock->ask)
        return u->listen(u, prompt, patience_ms, line, keep);
    return prompt && virtual_ask(w, prompt, line, keep) ? HEARD_ANSWER : HEARD_NOBODY;
}

static bool virtual_is_terminal(struct world *w, int stream)
{
    struct world *u = ((struct virtual *)w)->under;
    return !((struct virtual *)w)->clock->ask && u->is_terminal(u, stream); /* a play has no terminal */
}

static int virtual_columns(struct world *w)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->columns(u);
}

static int virtual_rows(struct world *w)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->rows(u);
}

static const char *virtual_environment(struct world *w, const char *name)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->environment(u, name);
}

static int virtual_hold(struct world *w, const char *path, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->hold(u, path, e);
}

static void virtual_let_go(struct world *w, int held)
{
    struct world *u = ((struct virtual *)w)->under;
    u->let_go(u, held);
}

static bool virtual_share_folder(struct world *w, const char *path, const char *group, struct err *e)
{
    struct world *u = ((struct virtual *)w)->under;
    return u->share_folder(u, path, group, e);
}

struct world *world_virtual(struct world *under, struct world_clock *clock, const char *user,
                            const char *uid, struct arena *keep)
{
    struct virtual *v = arena_one(keep, struct virtual);
    *v = (struct virtual){
        .world = { .now = virtual_now, .clock = virtual_now, .wait = virtual_wait, .attend = virtual_attend, .random = virtual_random,
                   .virtual = true, .claimed = under->claimed, .user = arena_string(keep, user),
                   .uid = arena_string(keep, uid), .read_file = virtual_read_file,
                   .write_file = virtual_write_file,
                   .write_private = virtual_write_private, .exists = virtual_exists,
                   .list_folder = virtual_list_folder, .make_folder = virtual_make_folder,
                   .hold = virtual_hold, .let_go = virtual_let_go,
                   .share_folder = virtual_share_folder,
                   .open_store = virtual_open_store, .interrupted = virtual_interrupted,
                   .ask = virtual_ask, .listen = virtual_listen, .is_terminal = virtual_is_terminal,
                   .columns = virtual_columns, .rows = virtual_rows, .environment = virtual_environment },
        .under = under, .clock = clock,
    };
    return &v->world;
}
