/* What is left when the power goes, at every call to the disk.
 *
 * The table of system calls is wrapped by a model of what a disk must keep:
 * bytes that were synced, names whose folder was synced; of all else any part.
 * After each call several such disks are made real and looked at. */
#include "world/ground.h"

#include "record/journal.h"

enum { INODES = 256, NAMES = 512, WRITES = 4096, DESCRIPTORS = 256, PROMISES = 32 };

struct write { int inode; bool cut; size_t at, length; char *bytes; }; /* cut: a truncation to `at` */
struct name { char *path, *from; int inode; bool folder, gone; };      /* inode -1: a renaming */

static struct {
    bool on;
    const char *root;
    struct { char *bytes; size_t length; } durable[INODES];
    ino_t real[INODES];
    int inodes;
    struct write pending[WRITES];
    size_t writes;
    struct name name[NAMES]; /* operations on names, in order */
    bool synced[NAMES];
    size_t names;
    int descriptor[DESCRIPTORS];
    char *folder[DESCRIPTORS];
    unsigned calls, moods;
} disk;

static struct { const char *text; unsigned since; bool erasing; } promised[PROMISES];
static size_t promises;
static char promised_blob[SHA256_HEX + 1];

static void at_every_call(void);

static char *parent_of(const char *path)
{
    return arena_copy(test_keep(), path, (size_t)(strrchr(path, '/') - path));
}

static int model_open(const char *path, int flags, mode_t mode)
{
    struct stat before, st;
    bool fresh = stat(path, &before) != 0;
    int fd = disk_real.open(path, flags, mode);
    if (fd < 0 || !disk.on || fd >= DESCRIPTORS)
        return fd;
    fstat(fd, &st);
    disk.folder[fd] = S_ISDIR(st.st_mode) ? arena_string(test_keep(), path) : NULL;
    if (disk.folder[fd])
        return fd;
    int i = disk.inodes - 1;
    while (i >= 0 && disk.real[i] != st.st_ino)
        i--;
    if (i < 0 || fresh) { /* numbers are used again: the newest is meant */
        i = disk.inodes++;
        disk.real[i] = st.st_ino;
        disk.name[disk.names++] = (struct name){ .path = arena_string(test_keep(), path), .inode = i };
    }
    disk.descriptor[fd] = i;
    if (flags & O_TRUNC && !fresh)
        disk.pending[disk.writes++] = (struct write){ .inode = i, .cut = true };
    at_every_call();
    return fd;
}

static ssize_t model_pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    ssize_t n = disk_real.pwrite(fd, bytes, length, at);
    if (disk.on && n > 0)
        disk.pending[disk.writes++] = (struct write){ disk.descriptor[fd], false, (size_t)at, (size_t)n,
                                                      arena_copy(test_keep(), bytes, (size_t)n) };
    at_every_call();
    return n;
}

static int model_ftruncate(int fd, off_t length)
{
    if (disk.on)
        disk.pending[disk.writes++] = (struct write){ disk.descriptor[fd], true, (size_t)length, 0, NULL };
    int done = disk_real.ftruncate(fd, length);
    at_every_call();
    return done;
}

static void apply(char **bytes, size_t *length, const struct write *w)
{
    size_t end = w->cut ? w->at : w->at + w->length;
    if (end > *length || w->cut) {
        char *more = arena_many(test_keep(), char, end + 1);
        memcpy(more, *bytes ? *bytes : "", *length < end ? *length : end);
        *bytes = more;
        *length = end;
    }
    if (!w->cut)
        memcpy(*bytes + w->at, w->bytes, w->length);
}

static int model_sync(int fd)
{
    if (disk.on && disk.folder[fd]) {
        for (size_t i = 0; i < disk.names; i++)
            if (!strcmp(parent_of(disk.name[i].path), disk.folder[fd]))
                disk.synced[i] = true;
    } else if (disk.on) {
        size_t left = 0;
        for (size_t i = 0; i < disk.writes; i++)
            if (disk.pending[i].inode != disk.descriptor[fd])
                disk.pending[left++] = disk.pending[i];
            else
                apply(&disk.durable[disk.descriptor[fd]].bytes, &disk.durable[disk.descriptor[fd]].length,
                      &disk.pending[i]);
        disk.writes = left;
    }
    at_every_call();
    return 0;
}

static int model_close(int fd)
{
    if (disk.on && fd < DESCRIPTORS)
        disk.folder[fd] = NULL;
    return disk_real.close(fd);
}

static int model_rename(const char *from, const char *to)
{
    int done = disk_real.rename(from, to);
    if (disk.on && !done)
        disk.name[disk.names++] = (struct name){ arena_string(test_keep(), to), arena_string(test_keep(), from),
                                                 -1, false, false };
    at_every_call();
    return done;
}

static int model_mkdir(const char *path, mode_t mode)
{
    int done = disk_real.mkdir(path, mode);
    if (disk.on && !done)
        disk.name[disk.names++] = (struct name){ .path = arena_string(test_keep(), path), .inode = -1, .folder = true };
    at_every_call();
    return done;
}

static int model_unlink(const char *path)
{
    int done = disk_real.unlink(path);
    if (disk.on && !done)
        disk.name[disk.names++] = (struct name){ .path = arena_string(test_keep(), path), .inode = -1, .gone = true };
    at_every_call();
    return done;
}

static unsigned luck(void)
{
    static unsigned x = 88172645u;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x >> 8; /* its lowest bits follow from one another */
}

static void put_file(const char *path, int inode, unsigned mood)
{
    char *bytes = disk.durable[inode].bytes;
    size_t length = disk.durable[inode].length;
    bytes = arena_copy(test_keep(), bytes ? bytes : "", length);
    for (size_t i = 0; i < disk.writes; i++)
        if (disk.pending[i].inode == inode && (mood == 1 || (mood > 1 && luck() % 2))) {
            struct write w = disk.pending[i];
            if (mood > 1 && w.length > HEAD_SLOT && luck() % 2)
                w.length = luck() % w.length; /* torn; a slot of the head lies within a sector */
            apply(&bytes, &length, &w);
        }
    FILE *f = fopen(path, "w");
    if (!f)
        return; /* its folder did not come through */
    fwrite(bytes, 1, length, f);
    fclose(f);
}

/* One disk that the power could have left. mood 0: only what had to be kept, and of
 * names those whose own folder was synced; 1: everything; else as luck will have it,
 * operations on names kept in their order. */
static void make_disk(const char *to, unsigned mood)
{
    size_t upto = mood == 1 ? disk.names : 0;
    for (size_t i = 0; i < disk.names; i++)
        upto = disk.synced[i] && i + 1 > upto ? i + 1 : upto;
    if (mood > 1)
        upto += disk.names > upto ? luck() % (disk.names - upto + 1) : 0;
    size_t front = strlen(disk.root);
    for (size_t i = 0; i < upto; i++) {
        const struct name *n = &disk.name[i];
        const char *path = arena_print(test_keep(), "%s%s", to, n->path + front);
        if (!mood && !disk.synced[i])
            continue;
        if (n->folder)
            mkdir(path, 0700);
        else if (n->gone)
            unlink(path);
        else if (n->from)
            rename(arena_print(test_keep(), "%s%s", to, n->from + front), path);
        else
            put_file(path, n->inode, mood);
    }
}

static void look(unsigned mood)
{
    struct arena before = *test_keep();
    bool was_on = disk.on;
    struct ground g = { .dir = fresh_folder(), .clock = { .now = 1741698220000, .seed = 8 } };
    struct err e = { 0 };
    disk.on = false;
    make_disk(g.dir, mood);
    g.world = world_virtual(world_real("alice", test_keep()), &g.clock, "alice", "sim", test_keep());
    g.store = open_on(&g, quick_disk());
    struct names all;
    assert_good(g.store->list(g.store, &all, test_keep(), &e), &e);
    if (promises && !all.count)
        fail_msg("call %u, mood %u: the incident is gone", disk.calls, mood);
    if (all.count) {
        assert_good(note(g.store, "the next one", &e), &e); /* finishes what was begun */
        struct journal j = journal(g.store);
        for (size_t i = 0; i < j.streams; i++)
            if (j.stream[i].damage)
                fail_msg("call %u, mood %u: %s", disk.calls, mood, j.stream[i].damage);
        for (size_t i = 0; i < promises; i++)
            if (*promised[i].text && times(&j, promised[i].text) != 1 && !promised[i].erasing)
                fail_msg("call %u, mood %u: '%s' is there %d times", disk.calls, mood, promised[i].text,
                         times(&j, promised[i].text));
    }
    if (all.count) {
        struct journal j = journal(g.store);
        int parts = times(&j, "part 1") + times(&j, "part 2") + times(&j, "part 3");
        if (parts % 3)
            fail_msg("call %u, mood %u: %d events of a batch of 3", disk.calls, mood, parts);
    }
    const char *bytes;
    size_t length;
    if (*promised_blob)
        assert_good(g.store->blob_get(g.store, incident, promised_blob, &bytes, &length, test_keep(), &e), &e);
    leave(&g);
    disk.on = was_on;
    *test_keep() = before;
}

static void at_every_call(void)
{
    if (!disk.on)
        return;
    disk.calls++;
    for (unsigned mood = 0; mood < disk.moods; mood++)
        look(mood);
}

static void promise_of(const char *text)
{
    promised[promises++].text = text;
}

/* A stream from elsewhere: an opening and "theirs", and "more" when asked. */
static struct stream_bytes another_stores(bool more)
{
    bool was_on = disk.on;
    disk.on = false;
    struct ground *g = ground();
    struct err e = { 0 };
    const struct stream_bytes *stream;
    size_t count;
    g->clock.seed = 99;
    assert_good(create(g->store, &e) && note(g->store, "theirs", &e), &e);
    if (more)
        assert_good(note(g->store, "more", &e), &e);
    assert_good(g->store->streams(g->store, incident, &stream, &count, test_keep(), &e), &e);
    leave(g);
    disk.on = was_on;
    return stream[0];
}

static void whatever_the_power_leaves_what_was_acknowledged_is_there(void **_)
{
    struct disk d = disk_real;
    struct err e = { 0 };
    struct ground *g = arena_one(test_keep(), struct ground);
    d.open = model_open;
    d.close = model_close;
    d.pwrite = model_pwrite;
    d.ftruncate = model_ftruncate;
    d.fdatasync = model_sync;
    d.fsync = model_sync;
    d.rename = model_rename;
    d.mkdir = model_mkdir;
    d.unlink = model_unlink;
    *g = (struct ground){ .dir = fresh_folder(), .clock = { .now = 1741688220000, .seed = 7 } };
    g->world = world_virtual(world_real("alice", test_keep()), &g->clock, "alice", "sim", test_keep());
    disk.root = g->dir;
    disk.moods = 6;
    disk.on = true;
    g->store = open_on(g, &d);
    assert_good(create(g->store, &e), &e);
    promise_of("");
    assert_good(note(g->store, "one", &e), &e);
    promise_of("one");
    struct appended out;
    struct draft part[3];
    for (int i = 0; i < 3; i++) { /* what is begun is promised by the sync, and by the next that begins */
        static const char *const way[] = { "under way", "with it", "behind them" };
        static const enum sync how[] = { SYNC_BEGUN, SYNC_SHARED, SYNC_BEGUN };
        part[0] = (struct draft){ .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE,
                                  .data = arena_print(test_keep(), "{\"text\":\"%s\"}", way[i]) };
        assert_good(g->store->append(g->store, incident, NULL, NULL, part, 1, how[i], &out, test_keep(), &e), &e);
    }
    promise_of("under way");
    promise_of("with it");
    assert_good(g->store->sync(g->store, incident, &e), &e);
    promise_of("behind them");
    for (int i = 0; i < 3; i++)
        part[i] = (struct draft){ .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE,
                                  .data = arena_print(test_keep(), "{\"text\":\"part %d\"}", i + 1) };
    disk.moods = 24; /* its write may be torn anywhere */
    assert_good(g->store->append(g->store, incident, NULL, NULL, part, 3, SYNC_NOW, &out, test_keep(), &e), &e);
    disk.moods = 6;
    promise_of("part 1");
    promise_of("part 3");
    assert_good(note(g->store, "hunter2", &e), &e);
    promise_of("hunter2");
    disk.on = false;
    const char *hash = journal(g->store).event[8].hash;
    disk.on = true;
    struct draft draft = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_ERASED,
                           .data = arena_print(test_keep(), "{\"hash\":\"%s\",\"why\":\"a password\"}", hash) };
    promised[promises - 1].erasing = true;
    assert_good(g->store->append(g->store, incident, NULL, NULL, &draft, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    assert_good(note(g->store, "two", &e), &e);
    promise_of("two");
    disk.on = false;
    FILE *f = fopen(inside(g, "journal.jsonl"), "a"); /* a writer died in the middle of a line */
    fputs("{\"v\":1,\"se", f);
    fclose(f);
    disk.on = true;
    assert_good(note(g->store, "three", &e), &e);
    promise_of("three");
    char blob[SHA256_HEX + 1];
    assert_good(g->store->blob_put(g->store, incident, "output", 6, blob, &e), &e);
    memcpy(promised_blob, blob, sizeof blob);
    struct stream_bytes theirs = another_stores(false);
    int64_t added;
    assert_good(g->store->adopt(g->store, incident, &theirs, 1, &added, test_keep(), &e), &e);
    promise_of("theirs");
    theirs = another_stores(true);
    assert_good(g->store->adopt(g->store, incident, &theirs, 1, &added, test_keep(), &e), &e);
    promise_of("more");
    at_every_call();
    assert_true(disk.calls > 90);
    disk.on = false;
    leave(g);
}

int main(void)
{
    const struct CMUnitTest power[] = {
        promise(whatever_the_power_leaves_what_was_acknowledged_is_there),
    };
    stay_in_memory();
    return cmocka_run_group_tests(power, NULL, NULL);
}
