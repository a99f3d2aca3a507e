/* store_target.c: the locks of targets, and who sets out to change them.
 *
 * Every change takes a target's lock. A file each would cost as much as the change's
 * own syncs, so all are in one, locks/targets, that stays open and mapped:
 *   bytes far behind its end  the locks, each numbered by its name's hash
 *   64 slots of 512 bytes     who holds one: words for people, that others may overwrite
 *   1024 pairs of counters    how often somebody set out to write that they change a
 *                             target of that hash, or (the first) lock whichever, and
 *                             how often they had written
 * Whoever reads the counters before the journals, and holds a target's lock, need not
 * read the journals again while its pair stays as it was: every such writing lies
 * between its two counts. A writer who died between them leaves a pair that differs
 * for ever, and of that one everybody always looks. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS = 64, SLOT = 512, COUNTERS_AT = SLOTS * SLOT, ANYTHING = 0 };
struct pair { uint32_t begun, ended; };
enum { TARGETS_FILE = COUNTERS_AT + TIDINGS * (int)sizeof(struct pair) };

static uint64_t hash_of(const char *name)
{
    uint64_t h = UINT64_C(1469598103934665603);
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        h = (h ^ *c) * UINT64_C(1099511628211);
    return h;
}

static size_t slot_of(const char *name)
{
    return hash_of(name) % SLOTS * SLOT;
}

/* 0 is of what concerns any target. */
static size_t pair_of(const char *target)
{
    return 1 + hash_of(target) % (TIDINGS - 1);
}

static struct flock range_of(const char *name, short type)
{
    return (struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_len = 1,
                           .l_start = (off_t)((hash_of(name) >> 2) + (1 << 20)) };
}

/* All of it is written once: a mapped hole on a full disk would be a signal. */
static bool fill(struct local *l, int fd, const char *path, struct err *e)
{
    static const char zeros[TARGETS_FILE];
    uint64_t size;
    if (!disk_size(l->disk, fd, path, &size, e))
        return false;
    return size >= TARGETS_FILE
        || disk_write(l->disk, fd, path, zeros, TARGETS_FILE - (size_t)size, size, e);
}

static bool targets_open(struct local *l, struct err *e)
{
    struct targets *t = &l->targets;
    if (t->fd >= 0)
        return true;
    struct arena scratch = l->all;
    const char *path = arena_print(&scratch, "%s/locks/targets", l->root);
    t->fd = disk_open(l->disk, path, O_RDWR | O_CREAT, l->modes.file, e);
    if (t->fd < 0)
        return false;
    if (!fill(l, t->fd, path, e)) {
        disk_close(l->disk, &t->fd);
        return false;
    }
    void *at = mmap(NULL, TARGETS_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, t->fd, 0);
    t->at = at == MAP_FAILED ? NULL : at;
    return true;
}

void targets_close(struct local *l)
{
    struct targets *t = &l->targets;
    if (t->at)
        munmap(t->at, TARGETS_FILE);
    t->at = NULL;
    t->held = NULL;
    disk_close(l->disk, &t->fd);
}

/* Did somebody clear it away? What we hold there nobody sees any more. */
static bool is_gone(const struct local *l)
{
    struct stat st;
    return l->targets.fd >= 0 && !l->disk->fstat(l->targets.fd, &st) && !st.st_nlink;
}

static bool targets_open_now(struct local *l, struct err *e)
{
    if (is_gone(l))
        targets_close(l);
    return targets_open(l, e);
}

/* Who holds it */

static void read_slot(struct local *l, const char *name, struct lock_holder *out, struct arena *keep)
{
    char slot[SLOT];
    struct err ignored;
    ssize_t got = SLOT;
    if (l->targets.at)
        memcpy(slot, l->targets.at + slot_of(name), SLOT);
    else
        got = disk_read(l->disk, l->targets.fd, "targets", slot, SLOT, slot_of(name), &ignored);
    while (got > 0 && (slot[got - 1] == '\0' || slot[got - 1] == ' '))
        got--;
    lock_take_holder(out, slot, got, name, keep);
}

static void write_slot(struct local *l, const char *name, const char *line)
{
    char slot[SLOT] = "";
    size_t length = strlen(line);
    struct err ignored;
    if (length < SLOT)
        memcpy(slot, line, length);
    if (l->targets.at)
        memcpy(l->targets.at + slot_of(name), slot, SLOT);
    else
        (void)disk_write(l->disk, l->targets.fd, "targets", slot, SLOT, slot_of(name), &ignored);
}

/* Locks of one descriptor do not keep each other out: those of our own branches do here. */
static const struct lock *ours(const struct local *l, const char *name)
{
    const struct lock *held = l->targets.held;
    while (held && strcmp(held->name, name) != 0)
        held = held->next;
    return held;
}

bool target_is_ours(const struct local *l, const struct lock *lock)
{
    return ours(l, lock->name) == lock && !is_gone(l);
}

bool target_holder(struct local *l, const char *name, struct lock_holder *out, struct arena *keep)
{
    struct err ignored;
    if (!targets_open_now(l, &ignored))
        return false;
    struct flock want = range_of(name, F_WRLCK);
    bool held = ours(l, name) || (!fcntl(l->targets.fd, F_OFD_GETLK, &want) && want.l_type != F_UNLCK);
    if (held)
        read_slot(l, name, out, keep);
    return held;
}

bool target_lock(struct local *l, struct lock *lock, const struct lock_holder *us, struct lock_holder *holder,
                 struct arena *keep, struct err *e)
{
    if (!targets_open_now(l, e))
        return false;
    struct flock want = range_of(lock->name, F_WRLCK);
    bool busy = ours(l, lock->name);
    if (busy || fcntl(l->targets.fd, F_OFD_SETLK, &want)) {
        struct lock_holder h;
        if (!busy && errno != EAGAIN && errno != EACCES)
            return err_errno(e, "cannot lock '%s'", lock->name);
        read_slot(l, lock->name, &h, keep);
        if (holder)
            *holder = h;
        return err_busy(e, "'%s' is held by %s%s%s", lock->name, h.by, *h.why ? ": " : "", h.why);
    }
    struct text line = text_new(keep);
    lock_put_holder(&line, lock->name, us);
    lock->line = line.at;
    lock->next = l->targets.held;
    l->targets.held = lock;
    write_slot(l, lock->name, line.at);
    return true;
}

void target_unlock(struct local *l, struct lock *lock)
{
    struct lock **at = &l->targets.held;
    while (*at && *at != lock)
        at = &(*at)->next;
    if (!*at) /* given back before, or cleared away */
        return;
    *at = lock->next;
    /* A play leaves the same bytes whoever played it; a slot that others took is theirs. */
    size_t length = strlen(lock->line);
    if (!l->targets.at || (length < SLOT && !memcmp(l->targets.at + slot_of(lock->name), lock->line, length)))
        write_slot(l, lock->name, "");
    struct flock free = range_of(lock->name, F_UNLCK);
    (void)fcntl(l->targets.fd, F_OFD_SETLK, &free);
}

/* Tidings */

static struct pair *pair_at(const struct local *l, size_t i)
{
    return (struct pair *)(void *)(l->targets.at + COUNTERS_AT) + i;
}

/* Where memory is not shared, under a lock of the pair's own bytes. */
static bool count_on_disk(struct local *l, size_t i, bool before, struct err *e)
{
    uint64_t at = COUNTERS_AT + i * sizeof(struct pair);
    struct flock own = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)at, .l_len = sizeof(struct pair) };
    struct pair p = { 0 };
    if (fcntl(l->targets.fd, F_OFD_SETLKW, &own))
        return err_errno(e, "cannot lock 'targets'");
    bool ok = disk_read(l->disk, l->targets.fd, "targets", &p, sizeof p, at, e) >= 0;
    p.begun += before;
    p.ended += !before;
    ok = ok && disk_write(l->disk, l->targets.fd, "targets", &p, sizeof p, at, e);
    own.l_type = F_UNLCK;
    (void)fcntl(l->targets.fd, F_OFD_SETLK, &own);
    return ok;
}

static bool count(struct local *l, size_t i, bool before, struct err *e)
{
    l->targets.heeded[i] += before;
    if (!l->targets.at)
        return count_on_disk(l, i, before, e);
    struct pair *p = pair_at(l, i);
    __atomic_fetch_add(before ? &p->begun : &p->ended, 1, __ATOMIC_SEQ_CST);
    return true;
}

bool targets_tell(struct local *l, const struct draft *draft, size_t count_of, bool before, struct err *e)
{
    if (!draft)
        return targets_open(l, e) && count(l, ANYTHING, before, e);
    for (size_t i = 0; i < count_of; i++) {
        enum event_kind kind = draft[i].kind;
        if (kind != EVENT_ACTION_BEGUN && kind != EVENT_LOCK_TAKEN && kind != EVENT_LOCK_STOLEN)
            continue;
        if (!targets_open(l, e))
            return false;
        struct arena scratch = l->all; /* behind whatever the opening needed */
        const char *target = json_get_text(json_from(draft[i].data), "target", &scratch);
        bool one = kind == EVENT_ACTION_BEGUN && target; /* a lock may hold all targets of that beginning */
        if (!count(l, one ? pair_of(target) : ANYTHING, before, e))
            return false;
    }
    return true;
}

void local_heed(struct store *store)
{
    struct local *l = (struct local *)store;
    struct err ignored;
    if (!targets_open(l, &ignored) || !l->targets.at)
        return;
    for (size_t i = 0; i < TIDINGS; i++) {
        uint32_t begun = __atomic_load_n(&pair_at(l, i)->begun, __ATOMIC_SEQ_CST);
        uint32_t ended = __atomic_load_n(&pair_at(l, i)->ended, __ATOMIC_SEQ_CST);
        l->targets.heeded[i] = begun == ended ? begun : begun - 1; /* somebody writes just now: look again */
    }
}

static bool has_news(const struct local *l, size_t i)
{
    const struct pair *p = pair_at(l, i);
    uint32_t begun = __atomic_load_n(&p->begun, __ATOMIC_SEQ_CST), ended = __atomic_load_n(&p->ended, __ATOMIC_SEQ_CST);
    return begun != ended || begun != l->targets.heeded[i];
}

bool local_news(struct store *store, const char *target)
{
    struct local *l = (struct local *)store;
    struct err ignored;
    return !targets_open(l, &ignored) || !l->targets.at || has_news(l, ANYTHING) || has_news(l, pair_of(target));
}
