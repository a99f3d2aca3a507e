/* strand.c: entering, mending and writing a stream; see strand.h. */
#define _GNU_SOURCE /* memmem, memrchr */
#include "world/strand.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

/* The bell, and how many wait for it. */
enum { BELL_AT = 8, BELL_FILE = 64 };

/* The bell lies in the lock's file, behind its mark. */
static bool hang_bell(struct local *l, struct strand *s, struct err *e)
{
    uint64_t size;
    if (!disk_size(l->disk, s->lock_fd, s->lock, &size, e))
        return false;
    if (size < BELL_FILE && disk_cut(l->disk, s->lock_fd, BELL_FILE))
        return err_errno(e, "cannot write '%s'", s->lock);
    char *at = mmap(NULL, BELL_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, s->lock_fd, 0);
    s->deaf = at == MAP_FAILED;
    if (s->deaf) /* not every file system shares memory: then waiting is by patience alone */
        at = mmap(NULL, BELL_FILE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return err_errno(e, "cannot map '%s'", s->lock);
    s->bell = (uint32_t *)(void *)(at + BELL_AT);
    return true;
}

static void take_bell_down(struct strand *s)
{
    if (s->bell)
        munmap((char *)s->bell - BELL_AT, BELL_FILE);
    s->bell = NULL;
}

/* The way back from damage, to type. */
static bool salvage_it(struct err *e, const char *incident)
{
    return err_hint(e, "tocsin -i %s verify --salvage FILE   and   tocsin import FILE   keep what can be trusted", incident);
}

static bool is_missing(struct err *e, const char *path, const char *incident)
{
    err_input(e, "'%s' is missing; nothing is written", path);
    return salvage_it(e, incident);
}

bool strand_open(struct strand *s, struct local *l, const char *folder, const char *incident,
                 struct err *e)
{
    *s = (struct strand){
        .incident = arena_string(&l->all, incident),
        .folder = arena_string(&l->all, folder),
        .journal = arena_print(&l->all, "%s/journal.jsonl", folder),
        .head = arena_print(&l->all, "%s/head", folder),
        .lock = arena_print(&l->all, "%s/lock", folder),
        .folder_fd = -1, .lock_fd = -1, .head_fd = -1, .journal_fd = -1,
        .verified = chain_start,
    };
    s->lock_fd = disk_open(l->disk, s->lock, O_RDWR, 0, e);
    if (s->lock_fd < 0 && errno == ENOENT) /* lost, it is made again: it holds nothing of the record */
        s->lock_fd = disk_open(l->disk, s->lock, O_RDWR | O_CREAT, l->modes.file, e);
    if (s->lock_fd < 0 && errno == ENOENT)
        return err_input(e, "there is no incident '%s'", incident);
    if (s->lock_fd >= 0) /* it is read and written all the time: noting when it was read would cost a write */
        s->head_fd = disk_open(l->disk, s->head, O_RDWR | O_NOATIME, 0, e);
    if (s->lock_fd >= 0 && s->head_fd < 0 && errno == EPERM) /* the owner's alone */
        s->head_fd = disk_open(l->disk, s->head, O_RDWR, 0, e);
    if (s->lock_fd >= 0 && s->head_fd < 0 && errno == ENOENT)
        is_missing(e, s->head, incident);
    if (s->head_fd >= 0)
        s->folder_fd = disk_open(l->disk, s->folder, O_RDONLY | O_DIRECTORY, 0, e);
    bool ok = s->folder_fd >= 0 && hang_bell(l, s, e);
    if (!ok)
        strand_close(l, s);
    return ok;
}

void strand_close(const struct local *l, struct strand *s)
{
    take_bell_down(s);
    disk_close(l->disk, &s->folder_fd);
    disk_close(l->disk, &s->lock_fd);
    disk_close(l->disk, &s->head_fd);
    disk_close(l->disk, &s->journal_fd);
}

static char *fresh_buffer(struct arena *start, size_t room)
{
    struct arena rest = *start = arena_reserve(room + 64);
    return arena_many(&rest, char, room);
}

bool strand_scan(const struct local *l, int fd, const char *path, struct stream_reader *r,
                 uint64_t from, size_t *left, struct arena *keep, struct err *e)
{
    size_t had = 0, room = LOCAL_BUFFER;
    struct arena start = { 0 };
    char *at = l->buffer;
    ssize_t got;
    while ((got = disk_read(l->disk, fd, path, at + had, room - had, from + had, e)) > 0) {
        had += (size_t)got;
        size_t used = stream_take(r, at, had, keep);
        if (r->stopped && !r->beyond_damage)
            break;
        memmove(at, at + used, had - used);
        had -= used;
        from += used;
        if (had < room)
            continue;
        struct arena more; /* a very long line */
        char *next = fresh_buffer(&more, 2 * room);
        memcpy(next, at, had);
        if (start.at)
            arena_release(start);
        start = more;
        at = next;
        room *= 2;
    }
    if (start.at)
        arena_release(start);
    *left = had;
    return got >= 0;
}

bool strand_head(const struct local *l, int fd, const char *path, struct head *out, int *next,
                 struct err *e)
{
    char bytes[HEAD_SIZE];
    for (int attempt = 0; attempt < 100; attempt++) { /* a writer may be half-way through a slot */
        ssize_t got = disk_read(l->disk, fd, path, bytes, sizeof bytes, 0, e);
        if (got < 0)
            return false;
        if (head_read(out, next, bytes, (size_t)got))
            return true;
    }
    return err_input(e, "'%s' is altered at byte 0: neither of its slots is valid", path);
}

bool strand_look(const struct local *l, struct strand *s, struct err *e)
{
    char bytes[HEAD_SIZE];
    ssize_t got = disk_read(l->disk, s->head_fd, s->head, bytes, sizeof bytes, 0, e);
    if (got < 0)
        return false;
    if (got == HEAD_SIZE && !memcmp(bytes, s->head_bytes, HEAD_SIZE))
        return true; /* nobody wrote it since: no need to judge it again */
    if (!strand_head(l, s->head_fd, s->head, &s->at_head, &s->next_slot, e))
        return false;
    memcpy(s->head_bytes, bytes, HEAD_SIZE);
    if (s->at_head.seq >= s->written)
        s->ours = 0;
    return true;
}

/* After a rename by somebody else the name leads to another file. */
static bool follow_name(struct local *l, struct strand *s, uint64_t *size, struct err *e)
{
    struct stat st;
    if (l->disk->stat_in(s->folder_fd, "journal.jsonl", &st))
        return errno == ENOENT ? is_missing(e, s->journal, s->incident)
                               : err_errno(e, "cannot open '%s'", s->journal);
    *size = (uint64_t)st.st_size;
    if (s->journal_fd >= 0 && s->inode == st.st_ino)
        return true;
    disk_close(l->disk, &s->journal_fd);
    s->journal_fd = disk_open(l->disk, s->journal, O_RDWR, 0, e);
    if (s->journal_fd < 0)
        return false;
    /* Who only waits for a sync holds no lock: the name may have changed since. What is
     * open keeps its number; that of another would be given out again. */
    if (l->disk->fstat(s->journal_fd, &st)) {
        err_errno(e, "cannot read '%s'", s->journal);
        disk_close(l->disk, &s->journal_fd);
        return false;
    }
    *size = (uint64_t)st.st_size;
    s->inode = st.st_ino;
    s->verified = chain_start;
    s->erasing = false;
    return true;
}

/* What nobody was promised goes aside, and is told once. */
static bool mend(struct local *l, struct strand *s, uint64_t size, struct arena scratch,
                 struct err *e)
{
    uint64_t end = s->verified.end;
    const char *aside = local_aside(l, s->folder, arena_print(&scratch, "%" PRIu64, end), &scratch, e);
    if (!aside)
        return false;
    struct arena start = arena_reserve(size - end + 64), room = start;
    char *bytes = arena_many(&room, char, size - end);
    ssize_t got = disk_read(l->disk, s->journal_fd, s->journal, bytes, size - end, end, e);
    bool ok = got >= 0 && disk_replace(l->disk, aside, bytes, (size_t)got, l->modes.file, e);
    arena_release(start);
    if (!ok)
        return err_while(e, "moving aside what was never acknowledged");
    if (disk_cut(l->disk, s->journal_fd, end))
        return err_errno(e, "cannot cut '%s'", s->journal);
    local_warn(l, "%s: %" PRIu64 " bytes that were never acknowledged moved to '%s'", s->incident,
               size - end, aside);
    return true;
}

/* Does an `erased` name a line that still has its data? */
static bool is_erasing(const struct stream_reader *r)
{
    for (size_t i = 0; i < r->allowances; i++) {
        bool bare = false;
        for (size_t j = 0; j < r->bares && !bare; j++)
            bare = !strcmp(r->bare[j], r->allowed[i]);
        if (!bare)
            return true;
    }
    return false;
}

static bool catch_up(struct local *l, struct strand *s, struct err *e)
{
    struct stream stream;
    struct arena scratch = l->all;
    uint64_t size = 0;
    size_t left;
    if (!follow_name(l, s, &size, e) || !(s->leads || strand_look(l, s, e))) /* who leads knows the head */
        return false;
    s->suspect = s->deaf ? strand_suspect(l, s)
                         : ((const volatile char *)s->bell)[-BELL_AT] == '!';
    if (s->suspect) /* the pages may be gone that we have seen before */
        s->verified = chain_start;
    bool fresh = s->verified.end == 0;
    if (!fresh && size == s->verified.end && s->at_head.offset <= size)
        return true; /* nobody else wrote */
    if (size < s->verified.end)
        return err_input(e, "'%s' is cut off at byte %" PRIu64 ": it was longer before",
                         s->journal, size);
    struct stream_reader r = stream_begin(&s->at_head, fresh ? NULL : &s->verified, 0);
    r.keep_events = false;
    if (!strand_scan(l, s->journal_fd, s->journal, &r, s->verified.end, &left, &scratch, e))
        return false;
    stream_end(&stream, &r, left, &scratch);
    if (stream.altered) {
        err_input(e, "'%s' is %s; nothing is written behind it", s->journal, stream.damage);
        return salvage_it(e, s->incident);
    }
    s->verified = r.chain;
    s->erasing |= is_erasing(&r);
    return size == r.chain.end || mend(l, s, size, scratch, e);
}

bool strand_grasp(struct local *l, struct strand *s, struct err *e)
{
    if (!disk_lock(s->lock_fd, s->lock, true, e))
        return false;
    if (catch_up(l, s, e))
        return true;
    disk_unlock(s->lock_fd);
    return false;
}

bool strand_settle(struct local *l, struct strand *s, struct err *e)
{
    if (!disk_lock(s->head_fd, s->head, true, e))
        return false;
    bool ok = strand_grasp(l, s, e);
    if (ok) {
        ok = !(s->suspect || s->erasing) || strand_replace(l, s, e);
        strand_leave(s);
    }
    disk_unlock(s->head_fd);
    return ok;
}

bool strand_enter(struct local *l, struct strand *s, bool leads, struct err *e)
{
    for (int round = 0; round < 3; round++) {
        if (!strand_grasp(l, s, e))
            return false;
        if (!s->suspect && !s->erasing)
            return true;
        if (leads && strand_replace(l, s, e))
            return true;
        strand_leave(s);
        if (leads || !strand_settle(l, s, e))
            return false;
    }
    return err_system(e, "'%s' cannot be mended", s->journal);
}

void strand_leave(struct strand *s)
{
    disk_unlock(s->lock_fd);
}

static void remember_ours(struct strand *s, const char *lines, size_t length,
                          const struct chain *to)
{
    static const char mark[] = ",\"hash\":\"";
    const char *before = memrchr(lines, '\n', length - 1), *line = before ? before + 1 : lines;
    const char *hash = memmem(line, (size_t)(lines + length - line), mark, sizeof mark - 1);
    assert(hash); /* we wrote it so */
    s->ours += to->seq - s->verified.seq;
    s->written = to->seq;
    s->hash_at = s->verified.end + (uint64_t)(hash - lines) + sizeof mark - 1;
    memcpy(s->written_hash, to->hash, sizeof s->written_hash);
}

bool strand_put(struct local *l, struct strand *s, const char *lines, size_t length,
                const struct chain *to, struct err *e)
{
    if (!disk_write(l->disk, s->journal_fd, s->journal, lines, length, s->verified.end, e)) {
        /* If this fails, too, the next holder of the lock mends. */
        (void)disk_cut(l->disk, s->journal_fd, s->verified.end);
        return err_hint(e, "nothing was recorded; what was acknowledged before is safe");
    }
    remember_ours(s, lines, length, to);
    s->verified = *to;
    return true;
}

bool strand_holds(struct local *l, struct strand *s, struct err *e)
{
    char found[SHA256_HEX];
    uint64_t size;
    if (!follow_name(l, s, &size, e))
        return false;
    ssize_t got = disk_read(l->disk, s->journal_fd, s->journal, found, sizeof found, s->hash_at, e);
    if (got < 0)
        return false;
    return (got == SHA256_HEX && !memcmp(found, s->written_hash, SHA256_HEX))
        || err_system(e, "a sync of '%s' failed meanwhile, and what was written is gone", s->journal);
}
