/* strand_sync.c: from written to durable, and what follows a failed sync; see
 * strand.h. After a failed fdatasync a later one can succeed although the
 * pages are gone: so the journal is marked, and nobody acknowledges anything
 * until it was copied, verified, synced and renamed. */
#define _GNU_SOURCE
#include "world/strand.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool strand_suspect(const struct local *l, const struct strand *s)
{
    char mark = ' ';
    return l->disk->pread(s->lock_fd, &mark, 1, 0) == 1 && mark == '!';
}

bool strand_mark(struct local *l, struct strand *s, bool suspect, struct err *e)
{
    return disk_write(l->disk, s->lock_fd, s->lock, suspect ? "!" : " ", 1, 0, e);
}

/* Into the slot that does not count now; the head's lock is held. */
static bool put_head(struct local *l, struct strand *s, const struct chain *at, struct err *e)
{
    struct head h = { at->end, at->seq, "" };
    char slot[HEAD_SLOT];
    memcpy(h.hash, at->hash, sizeof h.hash);
    head_write(slot, &h);
    if (!disk_write(l->disk, s->head_fd, s->head, slot, sizeof slot,
                    (uint64_t)s->next_slot * HEAD_SLOT, e))
        return false;
    memcpy(s->head_bytes + s->next_slot * HEAD_SLOT, slot, sizeof slot);
    s->next_slot = 1 - s->next_slot;
    s->at_head = h;
    s->ours = 0;
    return true;
}

/* Copies the verified lines to a new file, erasing those that are to go. */
static bool copy_lines(struct local *l, struct strand *s, int to, struct err *e)
{
    struct arena start = arena_reserve(2 * s->verified.end + (4 << 20)), room = start;
    size_t length = s->verified.end, left;
    char *bytes = arena_many(&room, char, length + 1);
    ssize_t got = disk_read(l->disk, s->journal_fd, s->journal, bytes, length, 0, e);
    bool ok = got >= 0;
    if (ok && (size_t)got < length)
        ok = err_system(e, "cannot read '%s': it became shorter", s->journal);
    struct stream_reader r = stream_begin(NULL, NULL, 0);
    struct stream stream;
    r.keep_events = false;
    if (ok && s->erasing) {
        (void)stream_take(&r, bytes, length, &room);
        lines_erase(bytes, length, &r);
    }
    ok = ok && disk_write(l->disk, to, s->journal, bytes, length, 0, e)
        && disk_sync(l->disk, to, s->journal, e);
    if (ok) { /* what came to lie there is read again, and must be the chain we know */
        r = stream_begin(NULL, NULL, 0);
        r.keep_events = false;
        ok = strand_scan(l, to, s->journal, &r, 0, &left, &room, e);
        stream_end(&stream, &r, left, &room);
        if (ok && (stream.altered || strcmp(r.chain.hash, s->verified.hash)))
            ok = err_system(e, "the copy of '%s' is not what was written", s->journal);
    }
    arena_release(start);
    return ok;
}

bool strand_replace(struct local *l, struct strand *s, struct err *e)
{
    struct arena scratch = l->all;
    const char *fresh = arena_print(&scratch, "%s/journal.new", s->folder);
    struct stat st;
    /* From here until the folder is synced the name may yet fall back to the old
     * file: whoever comes after a death of ours does it all again. */
    if (!s->suspect && !strand_mark(l, s, true, e))
        return false;
    s->suspect = true;
    int fd = disk_open(l->disk, fresh, O_RDWR | O_CREAT | O_TRUNC, l->modes.file, e);
    if (fd < 0)
        return err_errno(e, "cannot copy '%s'", s->journal);
    bool ok = copy_lines(l, s, fd, e);
    if (ok && disk_rename(l->disk, fresh, s->journal))
        ok = err_errno(e, "cannot replace '%s'", s->journal);
    if (ok && l->disk->fstat(fd, &st))
        ok = err_errno(e, "cannot read '%s'", s->journal);
    if (!ok) {
        disk_close(l->disk, &fd);
        l->disk->unlink(fresh);
        return false;
    }
    disk_close(l->disk, &s->journal_fd);
    s->journal_fd = fd;
    s->inode = st.st_ino;
    s->erasing = false;
    if (!disk_sync_folder(l->disk, s->folder, e) || !put_head(l, s, &s->verified, e)
        || !strand_mark(l, s, false, e))
        return false;
    s->suspect = false;
    return true;
}

static bool after_failed_sync(struct local *l, struct strand *s, struct err *e)
{
    struct err sync = { 0 }, mending = { 0 };
    err_errno(&sync, "cannot sync '%s'", s->journal);
    (void)strand_mark(l, s, true, &mending);
    bool ok = strand_grasp(l, s, &mending);
    if (ok) {
        ok = strand_replace(l, s, &mending) && strand_holds(l, s, &mending);
        strand_leave(s);
    }
    if (ok) {
        local_warn(l, "%s; it was copied and the copy is safe", sync.text);
        return true;
    }
    *e = sync;
    return err_hint(e, "not recorded for certain: look with tocsin timeline, and try again");
}

/* Everybody who waits looks at the head when the bell rings. */
static void ring(struct strand *s)
{
    __atomic_fetch_add(s->bell, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&s->bell[1], __ATOMIC_SEQ_CST))
        syscall(SYS_futex, s->bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Not for long: whoever was to ring may have died. */
static void wait_for_ring(struct strand *s, uint32_t heard)
{
    struct timespec patience = { 0, 10 * 1000000 };
    __atomic_fetch_add(&s->bell[1], 1, __ATOMIC_SEQ_CST); /* of one who dies here the rest only rings once too often */
    syscall(SYS_futex, s->bell, FUTEX_WAIT, heard, &patience, NULL, 0);
    __atomic_fetch_sub(&s->bell[1], 1, __ATOMIC_SEQ_CST);
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Lines that set out just now are on the disk in a moment. To fall asleep for them, and then
 * once more for the file's length, takes longer than to be here when they arrive. */
static void let_lines_arrive(const struct strand *s)
{
    enum { MOMENT_NS = 15000 };
    while (s->leads && monotonic_ns() - s->began_ns < MOMENT_NS)
        sched_yield();
}

/* 0, or what failed. */
static int sync_lines(struct local *l, struct strand *s, const struct chain *upto)
{
    int got;
    let_lines_arrive(s);
    do
        got = l->disk->fdatasync(s->journal_fd);
    while (got < 0 && errno == EINTR);
    s->crowd = upto->seq - s->at_head.seq > s->ours;
    return got;
}

static bool sync_upto(struct local *l, struct strand *s, const struct chain *upto, struct err *e)
{
    return sync_lines(l, s, upto) ? after_failed_sync(l, s, e) : put_head(l, s, upto, e);
}

/* Where several write at once, those that the last sync woke are about to write
 * again: a moment's patience, and the next sync covers them all. */
static void let_others_write(const struct strand *s)
{
    for (int i = 0; s->crowd && i < 12; i++)
        sched_yield();
}

bool strand_lead(struct strand *s)
{
    if (!disk_try_lock(s->head_fd))
        return false;
    let_others_write(s);
    return true;
}

void strand_lead_not(struct strand *s)
{
    s->leads = false;
    disk_unlock(s->head_fd);
    ring(s);
}

void strand_begin_sync(const struct local *l, struct strand *s, uint64_t from, bool leads)
{
    (void)l->disk->start_sync(s->journal_fd, (off_t)from, s->verified.end - from);
    s->leads = leads;
    s->began_ns = monotonic_ns();
}

bool strand_sync_led(struct local *l, struct strand *s, struct err *e)
{
    struct chain upto = s->verified;
    bool ok = sync_upto(l, s, &upto, e);
    strand_lead_not(s);
    return ok;
}

bool strand_sync_again(struct local *l, struct strand *s, struct err *e)
{
    struct chain upto = s->verified;
    bool failed = sync_lines(l, s, &upto) != 0, heard = __atomic_load_n(&s->bell[1], __ATOMIC_SEQ_CST);
    bool ok = failed ? after_failed_sync(l, s, e) : !heard || put_head(l, s, &upto, e);
    if (!ok)
        strand_lead_not(s);
    else if (heard)
        ring(s);
    return ok;
}

static bool is_covered(struct local *l, struct strand *s, bool *covered, struct err *e)
{
    if (!strand_look(l, s, e))
        return false;
    *covered = s->at_head.seq >= s->written;
    return !*covered || strand_holds(l, s, e);
}

/* Either another's sync covers us, or we lead; *covered says which. */
static bool wait_or_lead(struct local *l, struct strand *s, bool *covered, struct err *e)
{
    for (;;) {
        uint32_t heard = __atomic_load_n(s->bell, __ATOMIC_SEQ_CST);
        if (!is_covered(l, s, covered, e))
            return false;
        if (*covered)
            return true;
        if (!strand_lead(s)) {
            wait_for_ring(s, heard);
            continue;
        }
        bool ok = is_covered(l, s, covered, e);
        if (!ok || *covered)
            strand_lead_not(s);
        return ok;
    }
}

bool strand_sync(struct local *l, struct strand *s, struct err *e)
{
    bool covered = false;
    if (s->leads)
        return strand_sync_led(l, s, e);
    if (!wait_or_lead(l, s, &covered, e))
        return false;
    if (covered)
        return true;
    /* Only what stands under the append lock is covered: a batch that is being
     * written may yet be taken back. */
    bool ok = strand_enter(l, s, true, e);
    if (ok) {
        struct chain upto = s->verified;
        ok = strand_holds(l, s, e);
        strand_leave(s);
        ok = ok && sync_upto(l, s, &upto, e);
    }
    strand_lead_not(s);
    return ok;
}
