/* strand_sync.c: from written to durable, and what follows a failed sync; see
 * strand.h. After a failed fdatasync a later one can succeed although the
 * pages are gone: so the journal is marked, and nobody acknowledges anything
 * until it was copied, verified, synced and renamed. */
#include "world/strand.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool strand_suspect(const struct local *l, const struct strand *s)
{
    char mark = ' ';
    return l->disk->pread(s->lock_fd, &mark, 1, 0) == 1 && mark == '!';
}

bool strand_mark(struct local *l, struct strand *s, bool suspect, struct err *e)
{
    return disk_write(l->disk, s->lock_fd, s->lock, suspect ? "!" : " ", 1, 0, e);
}

bool strand_put_head(struct local *l, struct strand *s, const struct chain *at, struct err *e)
{
    struct head h;
    char slot[HEAD_SLOT];
    int next;
    if (!strand_head(l, s->head_fd, s->head, &h, &next, e))
        return false;
    h.offset = at->end;
    h.seq = at->seq;
    memcpy(h.hash, at->hash, sizeof h.hash);
    head_write(slot, &h);
    return disk_write(l->disk, s->head_fd, s->head, slot, sizeof slot, (uint64_t)next * HEAD_SLOT, e);
}

/* Copies the verified lines to a new file, erasing those that are to go. */
static bool copy_lines(struct local *l, struct strand *s, int to, const char *path, struct err *e)
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
    ok = ok && disk_write(l->disk, to, path, bytes, length, 0, e) && disk_sync(l->disk, to, path, e);
    if (ok) { /* what came to lie there is read again, and must be the chain we know */
        r = stream_begin(NULL, NULL, 0);
        r.keep_events = false;
        ok = strand_scan(l, to, path, &r, 0, &left, &room, e);
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
    int fd = disk_open(l->disk, fresh, O_RDWR | O_CREAT | O_TRUNC, l->modes.file, e);
    if (fd < 0)
        return false;
    bool ok = copy_lines(l, s, fd, fresh, e);
    if (ok && l->disk->rename(fresh, s->journal))
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
    return disk_sync_folder(l->disk, s->folder, e) && strand_put_head(l, s, &s->verified, e)
        && strand_mark(l, s, false, e);
}

static bool after_failed_sync(struct local *l, struct strand *s, struct err *e)
{
    struct err sync = { 0 }, mending = { 0 };
    err_errno(&sync, "cannot sync '%s'", s->journal);
    (void)strand_mark(l, s, true, &mending);
    bool ok = strand_grasp(l, s, &mending);
    if (ok) {
        ok = strand_replace(l, s, &mending);
        strand_leave(s);
    }
    if (ok) {
        local_warn(l, "%s; it was copied and the copy is safe", sync.text);
        return true;
    }
    *e = sync;
    return err_hint(e, "not recorded for certain: look with tocsin timeline, and try again");
}

/* The whole sync, under the head's lock. */
static bool sync_all(struct local *l, struct strand *s, int64_t seq, struct err *e)
{
    struct head head;
    int next;
    if (!strand_head(l, s->head_fd, s->head, &head, &next, e))
        return false;
    if (head.seq >= seq)
        return true; /* another writer's sync covered ours */
    /* Only what stands under the lock is covered: a batch that is being
     * written may yet be taken back. */
    if (!strand_grasp(l, s, e))
        return false;
    struct chain upto = s->verified;
    bool suspect = strand_suspect(l, s) || s->erasing;
    if (suspect) {
        bool ok = strand_replace(l, s, e);
        strand_leave(s);
        return ok;
    }
    strand_leave(s);
    int got;
    do
        got = l->disk->fdatasync(s->journal_fd);
    while (got < 0 && errno == EINTR);
    return got ? after_failed_sync(l, s, e) : strand_put_head(l, s, &upto, e);
}

bool strand_sync(struct local *l, struct strand *s, int64_t seq, struct err *e)
{
    if (!disk_lock(s->head_fd, s->head, true, e))
        return false;
    bool ok = sync_all(l, s, seq, e);
    disk_unlock(s->head_fd);
    return ok;
}
