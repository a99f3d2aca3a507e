/* store_lock.c: named locks of the workspace, each a file that says who holds it. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "world/heir.h"
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int lock_descriptor(const struct lock *lock)
{
    return lock->fd;
}

/* A name as one file name: what is no letter, digit, '-', '_' or '.' as %XX; a
 * very long one by its hash. */
static const char *lock_path(const struct local *l, const char *name, struct arena *keep)
{
    struct text t = text_new(keep);
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z')
                  || (*c >= '0' && *c <= '9') || *c == '-' || *c == '_'
                  || (*c == '.' && t.length);
        if (plain)
            text_char(&t, (char)*c);
        else
            text_print(&t, "%%%02x", *c);
    }
    char hash[SHA256_HEX + 1];
    sha256_hex(hash, name, strlen(name));
    return arena_print(keep, "%s/locks/%s", l->root, t.length > 200 ? hash : t.at);
}

/* Who holds a lock, as a line of JSON beside it: words for people, no part of
 * the lock itself. */
void lock_put_holder(struct text *t, const char *name, const struct lock_holder *h)
{
    struct json_out o = json_out(t);
    json_open(&o, NULL, '{');
    json_put(&o, "name", name);
    json_put_int(&o, "pid", h->pid);
    json_put_int(&o, "since", h->since);
    json_put(&o, "by", h->by);
    json_put(&o, "uid", h->uid);
    json_put(&o, "why", h->why);
    json_close(&o, '}');
    text_char(t, '\n');
}

/* "somebody" where the line is not there (yet), or is about another lock. */
void lock_take_holder(struct lock_holder *out, const char *bytes, ssize_t length, const char *name, struct arena *keep)
{
    size_t wrong_at;
    *out = (struct lock_holder){ .by = "somebody", .uid = "", .why = "" };
    if (length <= 0 || !json_check(bytes, (size_t)length, &wrong_at))
        return;
    struct json all = { bytes, (size_t)length };
    if (!json_is(json_get(all, "name"), name))
        return;
    out->pid = json_int_or(json_get(all, "pid"), 0);
    out->since = json_int_or(json_get(all, "since"), 0);
    out->by = json_text_or(json_get(all, "by"), keep, "somebody");
    out->uid = json_text_or(json_get(all, "uid"), keep, "");
    out->why = json_text_or(json_get(all, "why"), keep, "");
}

static void read_holder(const struct local *l, const struct lock *lock, struct lock_holder *out,
                        struct arena *keep)
{
    char bytes[4096];
    struct err ignored;
    ssize_t got = disk_read(l->disk, lock->fd, lock->path, bytes, sizeof bytes, 0, &ignored);
    lock_take_holder(out, bytes, got, lock->name, keep);
    if (out->pid)
        out->heir = lock_heir(lock->path, out->pid);
}

static bool write_holder(struct local *l, const struct lock *lock, const struct lock_holder *h,
                         struct arena scratch, struct err *e)
{
    struct text t = text_new(&scratch);
    lock_put_holder(&t, lock->name, h);
    if (disk_cut(l->disk, lock->fd, 0))
        return err_errno(e, "cannot write '%s'", lock->path);
    return disk_write(l->disk, lock->fd, lock->path, t.at, t.length, 0, e);
}

bool local_lock(struct store *store, const char *name, const char *by, const char *uid,
                const char *why, struct lock **out, struct lock_holder *holder,
                struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    struct lock *lock = arena_one(keep, struct lock);
    struct lock_holder us = { getpid(), l->world->clock(l->world), 0, by, uid, why ? why : "" };
    struct stat st;
    *lock = (struct lock){ .fd = -1, .name = arena_string(keep, name) };
    if (text_starts(name, "target/")) {
        *out = lock;
        return target_lock(l, lock, &us, holder, keep, e);
    }
    lock->path = lock_path(l, name, keep);
    lock->fd = disk_open(l->disk, lock->path, O_RDWR | O_CREAT, l->modes.file, e);
    if (lock->fd < 0)
        return false;
    if (!disk_lock(lock->fd, lock->path, false, e)) {
        if (e->kind == ERR_BUSY) {
            struct lock_holder h;
            read_holder(l, lock, &h, keep);
            err_busy(e, "'%s' is held by %s%s%s", name, h.by, *h.why ? ": " : "", h.why);
            if (holder)
                *holder = h;
        }
        disk_close(l->disk, &lock->fd);
        return false;
    }
    bool good = write_holder(l, lock, &us, *keep, e);
    if (good && l->disk->fstat(lock->fd, &st))
        good = err_errno(e, "cannot read '%s'", lock->path);
    if (!good) {
        disk_close(l->disk, &lock->fd);
        return false;
    }
    lock->inode = st.st_ino;
    *out = lock;
    return true;
}

void local_unlock(struct store *store, struct lock *lock)
{
    struct local *l = (struct local *)store;
    if (lock && lock->line) {
        target_unlock(l, lock);
    } else if (lock && lock->fd >= 0) { /* a play leaves the same bytes whoever played it */
        (void)disk_cut(l->disk, lock->fd, 0);
        disk_unlock(lock->fd); /* for all who inherited it, too */
        disk_close(l->disk, &lock->fd);
    }
}

bool local_holder(struct store *store, const char *name, struct lock_holder *out,
                  struct arena *keep)
{
    struct local *l = (struct local *)store;
    struct err e;
    if (text_starts(name, "target/"))
        return target_holder(l, name, out, keep);
    struct lock lock = { .name = name, .path = lock_path(l, name, keep) };
    lock.fd = disk_open(l->disk, lock.path, O_RDWR, 0, &e);
    if (lock.fd < 0)
        return false;
    bool held = disk_is_locked(lock.fd);
    if (held)
        read_holder(l, &lock, out, keep);
    disk_close(l->disk, &lock.fd);
    return held;
}

bool lock_is_ours(const struct local *l, const struct lock *lock, struct err *e)
{
    struct stat named;
    if (lock->line && target_is_ours(l, lock))
        return true;
    if (lock->fd >= 0 && !l->disk->stat_in(l->locks_fd, strrchr(lock->path, '/') + 1, &named) && named.st_ino == lock->inode)
        return true;
    return err_failed(e, "the lock '%s' is lost", lock->name);
}
