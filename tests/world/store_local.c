#include "world/ground.h"

#include "record/journal.h"

#include <signal.h>
#include <sys/wait.h>

static void what_was_acknowledged_is_read_by_the_next_process(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    assert_good(note(g->store, "one", &e), &e);
    g->store->close(g->store);
    g->store = open_on(g, quick_disk());
    assert_good(note(g->store, "two", &e), &e);
    struct journal j = journal(g->store);
    assert_int_equal(j.count, 3);
    assert_string_equal(j.id, "00000000000000000000000000000001");
    assert_int_equal(times(&j, "one"), 1);
    assert_int_equal(times(&j, "two"), 1);
    assert_null(j.stream[0].damage);
    leave(g);
}

static void two_runs_write_the_same_bytes(void **_)
{
    const char *bytes[2];
    size_t length[2];
    struct err e = { 0 };
    for (int i = 0; i < 2; i++) {
        struct ground *g = ground();
        assert_good(create(g->store, &e) && note(g->store, "one", &e), &e);
        assert_good(g->world->read_file(g->world, inside(g, "journal.jsonl"), &bytes[i], &length[i],
                                        test_keep(), &e), &e);
        leave(g);
    }
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(bytes[0], bytes[1], length[0]);
}

static void an_incident_is_opened_once(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    assert_refused(create(g->store, &e), &e, ERR_BUSY, "there is an incident 'INC-2025-001' already");
    leave(g);
}

static void an_unknown_incident_is_said_to_be_unknown(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct journal j;
    assert_refused(note(g->store, "x", &e), &e, ERR_INPUT, "there is no incident 'INC-2025-001'");
    assert_refused(g->store->read(g->store, "INC-9", &j, test_keep(), &e), &e, ERR_INPUT, "no incident 'INC-9'");
    assert_refused(g->store->read(g->store, "../x", &j, test_keep(), &e), &e, ERR_INPUT, "is no name");
    leave(g);
}

static void a_clock_that_steps_back_does_not_disorder_the_record(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    g->clock.now -= 3600000;
    assert_good(note(g->store, "one", &e), &e);
    struct journal j = journal(g->store);
    assert_int_equal(j.event[1].recorded, j.event[0].recorded);
    assert_null(j.stream[0].damage);
    leave(g);
}

static void a_writer_who_read_an_older_head_is_told_that_it_moved(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"mine\"}" };
    assert_good(create(g->store, &e), &e);
    const char *head = journal(g->store).stream[0].head;
    struct store *other = open_on(g, quick_disk());
    assert_good(note(other, "theirs", &e), &e);
    assert_refused(g->store->append(g->store, incident, head, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e,
                   ERR_BUSY, "moved");
    head = journal(g->store).stream[0].head;
    assert_good(g->store->append(g->store, incident, head, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    other->close(other);
    leave(g);
}

static void a_batch_is_in_the_record_as_a_whole(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct appended out;
    struct draft d[100];
    assert_good(create(g->store, &e), &e);
    for (int i = 0; i < 100; i++)
        d[i] = (struct draft){ .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"many\"}" };
    assert_good(g->store->append(g->store, incident, NULL, NULL, d, 100, SYNC_NOW, &out, test_keep(), &e), &e);
    struct journal j = journal(g->store);
    assert_int_equal(times(&j, "many"), 100);
    assert_int_equal(out.first_seq, 2);
    assert_string_equal(out.hash[63], j.event[64].hash);
    leave(g);
}

static void one_of_a_batch_may_name_another_before_it(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct appended out;
    struct draft d[3] = { { .at = INSTANT_NONE, .by = "a", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"a\"}" } };
    d[1] = d[0];
    d[2] = (struct draft){ .at = INSTANT_NONE, .by = "a", .uid = "sim", .kind = EVENT_STRUCK,
                           .data = "{\"of\":\"", .rest = "\",\"why\":\"x\"}", .back = 2 };
    assert_good(create(g->store, &e), &e);
    assert_good(g->store->append(g->store, incident, NULL, NULL, d, 3, SYNC_NOW, &out, test_keep(), &e), &e);
    struct journal j = journal(g->store);
    assert_int_equal(j.count, 4);
    assert_true(json_is(json_get(j.event[3].data, "of"), j.event[1].hash));
    assert_true(json_is(json_get(j.event[3].data, "why"), "x"));
    leave(g);
}

static void half_a_line_behind_the_head_is_moved_aside_once_and_told(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e) && note(g->store, "one", &e), &e);
    uint64_t end = journal(g->store).stream[0].end;
    FILE *f = fopen(inside(g, "journal.jsonl"), "a");
    fputs("{\"v\":1,\"seq\":3,\"at\":\"20", f);
    fclose(f);
    struct journal j = journal(g->store);
    assert_int_equal(j.count, 2);
    assert_null(j.stream[0].damage); /* it may be a living writer's */
    assert_good(note(g->store, "two", &e), &e);
    const char *told = g->store->warning(g->store, test_keep());
    assert_non_null(told);
    assert_non_null(strstr(told, "23 bytes that were never acknowledged moved to"));
    assert_null(g->store->warning(g->store, test_keep()));
    const char *bytes;
    size_t length;
    assert_good(g->world->read_file(g->world,
        inside(g, arena_print(test_keep(), "damaged-%llu", (unsigned long long)end)), &bytes, &length, test_keep(), &e), &e);
    assert_string_equal(bytes, "{\"v\":1,\"seq\":3,\"at\":\"20");
    j = journal(g->store);
    assert_int_equal(j.count, 3);
    leave(g);
}

static void lines_behind_the_head_that_chain_are_kept(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    char head[512];
    assert_good(create(g->store, &e), &e);
    FILE *f = fopen(inside(g, "head"), "r");
    assert_int_equal(fread(head, 1, 512, f), 512);
    fclose(f);
    assert_good(note(g->store, "one", &e) && note(g->store, "two", &e), &e);
    f = fopen(inside(g, "head"), "w"); /* the machine died before the head reached the disk */
    fwrite(head, 1, 512, f);
    fclose(f);
    g->store->close(g->store);
    g->store = open_on(g, quick_disk());
    assert_good(note(g->store, "three", &e), &e);
    struct journal j = journal(g->store);
    assert_int_equal(j.count, 4);
    assert_null(g->store->warning(g->store, test_keep()));
    leave(g);
}

/* Two acknowledged lines, two that never were; then the file is spoilt somewhere
 * behind the head, and somebody writes. */
static void mended_behind_the_head(bool cut)
{
    struct ground *g = ground();
    struct err e = { 0 };
    char head[512];
    const char *bytes;
    size_t length;
    assert_good(create(g->store, &e) && note(g->store, "one", &e), &e);
    FILE *f = fopen(inside(g, "head"), "r");
    assert_int_equal(fread(head, 1, 512, f), 512);
    fclose(f);
    uint64_t end = journal(g->store).stream[0].end;
    assert_good(note(g->store, "two", &e) && note(g->store, "three", &e), &e);
    assert_good(g->world->read_file(g->world, inside(g, "journal.jsonl"), &bytes, &length, test_keep(), &e), &e);
    for (size_t at = end; at < length; at += cut ? 1 : 3) {
        struct arena before = *test_keep();
        char *spoilt = arena_copy(test_keep(), bytes, length);
        spoilt[at] = (char)(spoilt[at] ^ 1 << at % 8);
        f = fopen(inside(g, "journal.jsonl"), "w");
        fwrite(spoilt, 1, cut ? at : length, f);
        fclose(f);
        f = fopen(inside(g, "head"), "r+");
        fwrite(head, 1, 512, f);
        fclose(f);
        struct store *s = open_on(g, quick_disk());
        assert_good(note(s, "after", &e), &e);
        struct journal j = journal(s);
        assert_null(j.stream[0].damage);
        assert_int_equal(times(&j, "one"), 1);
        assert_int_equal(times(&j, "after"), 1);
        assert_true(j.event[j.count - 1].seq >= 3 && j.event[j.count - 1].seq <= 5);
        s->close(s);
        *test_keep() = before;
    }
    leave(g);
}

static void every_cut_behind_the_head_is_mended(void **_) { mended_behind_the_head(true); }
static void flipped_bits_behind_the_head_are_mended(void **_) { mended_behind_the_head(false); }

/* A window is two events. Its writer dies, and of the file any part is left. */
static void a_batch_cut_short_leaves_nothing_behind(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    char head[512];
    const char *bytes;
    size_t length;
    struct appended out;
    struct draft d[2] = { { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"began\"}" },
                          { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"ended\"}" } };
    assert_good(create(g->store, &e), &e);
    FILE *f = fopen(inside(g, "head"), "r");
    assert_int_equal(fread(head, 1, 512, f), 512);
    fclose(f);
    uint64_t end = journal(g->store).stream[0].end;
    assert_good(g->store->append(g->store, incident, NULL, NULL, d, 2, SYNC_NOW, &out, test_keep(), &e), &e);
    assert_good(g->world->read_file(g->world, inside(g, "journal.jsonl"), &bytes, &length, test_keep(), &e), &e);
    for (size_t at = end; at <= length; at++) {
        struct arena before = *test_keep();
        f = fopen(inside(g, "journal.jsonl"), "w");
        fwrite(bytes, 1, at, f);
        fclose(f);
        f = fopen(inside(g, "head"), "r+");
        fwrite(head, 1, 512, f);
        fclose(f);
        struct store *s = open_on(g, quick_disk());
        struct journal j = journal(s);
        assert_int_equal(j.count, at == length ? 3 : 1); /* a reader sees no half, either */
        assert_good(note(s, "after", &e), &e);
        j = journal(s);
        assert_null(j.stream[0].damage);
        assert_int_equal(times(&j, "began"), at == length);
        assert_int_equal(times(&j, "ended"), at == length);
        assert_int_equal(times(&j, "after"), 1);
        s->close(s);
        *test_keep() = before;
    }
    leave(g);
}

static void damage_before_the_head_is_refused_by_writers_and_shown_by_readers(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e) && note(g->store, "one", &e) && note(g->store, "two", &e), &e);
    uint64_t at = journal(g->store).event[1].offset;
    spoil(inside(g, "journal.jsonl"), (long)at + 20, "?");
    g->store->close(g->store);
    g->store = open_on(g, quick_disk());
    const char *words = arena_print(test_keep(), "altered at byte %llu", (unsigned long long)at);
    assert_refused(note(g->store, "three", &e), &e, ERR_INPUT, words);
    struct journal j = journal(g->store);
    assert_true(j.stream[0].altered);
    assert_non_null(strstr(j.stream[0].damage, words));
    assert_int_equal(times(&j, "two"), 1);
    leave(g);
}

static void a_head_with_no_valid_slot_is_an_alteration(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    spoil(inside(g, "head"), 3, "?");
    spoil(inside(g, "head"), 259, "?");
    struct journal j = journal(g->store);
    assert_true(j.stream[0].altered);
    assert_int_equal(j.count, 1);
    assert_refused(note(g->store, "x", &e), &e, ERR_INPUT, "neither of its slots is valid");
    leave(g);
}

/* One command on a disk whose n-th call fails, for every n there is: what was
 * acknowledged is there once, nothing is altered, and the next one carries on. */
static void fail_each_call(int number, bool lasting, bool half)
{
    bool reached_the_end = false;
    for (long n = 1; !reached_the_end; n++) {
        struct arena before = *test_keep();
        struct ground *g = ground();
        struct err e = { 0 };
        assert_good(create(g->store, &e) && note(g->store, "before", &e), &e);
        struct store *bad = open_on(g, bad_disk());
        trouble = (typeof(trouble)){ .fail_at = n, .number = number, .lasting = lasting, .half = half };
        bool acknowledged = note(bad, "in trouble", &e);
        bool acknowledged_2 = lasting || note(bad, "again", &e);
        reached_the_end = !trouble.hit;
        trouble.fail_at = 0;
        bad->close(bad);
        if (number == EINTR && !(acknowledged && acknowledged_2))
            fail_msg("call %ld was not tried again: %s", n, e.text);
        if (!acknowledged && e.kind != ERR_SYSTEM)
            fail_msg("call %ld: '%s' is no error of the machine", n, e.text);
        g->store->close(g->store);
        g->store = open_on(g, quick_disk());
        e = (struct err){ 0 };
        assert_good(note(g->store, "after", &e), &e);
        struct journal j = journal(g->store);
        assert_null(j.stream[0].damage);
        assert_int_equal(times(&j, "before"), 1);
        assert_int_equal(times(&j, "after"), 1);
        assert_in_range(times(&j, "in trouble"), acknowledged, 1);
        if (!lasting)
            assert_in_range(times(&j, "again"), acknowledged_2, 1);
        leave(g);
        *test_keep() = before;
        assert_true(n < 200);
    }
}

static void a_failing_disk_loses_nothing(void **_) { fail_each_call(EIO, false, false); }
static void a_dying_disk_loses_nothing(void **_) { fail_each_call(EIO, true, false); }
static void a_full_disk_loses_nothing(void **_) { fail_each_call(ENOSPC, true, false); }
static void a_used_up_quota_loses_nothing(void **_) { fail_each_call(EDQUOT, false, false); }
static void an_interrupted_call_is_tried_again(void **_) { fail_each_call(EINTR, false, false); }
static void a_short_write_loses_nothing(void **_) { fail_each_call(ENOSPC, false, true); }

static void a_failed_opening_leaves_no_half_incident(void **_)
{
    bool reached_the_end = false;
    for (long n = 1; !reached_the_end; n++) {
        struct arena before = *test_keep();
        struct ground *g = ground();
        struct err e = { 0 };
        struct names all;
        struct store *bad = open_on(g, bad_disk());
        trouble = (typeof(trouble)){ .fail_at = n, .number = EIO };
        bool done = create(bad, &e);
        reached_the_end = !trouble.hit;
        trouble.fail_at = 0;
        bad->close(bad);
        if (strstr(e.text, ".new"))
            fail_msg("a name that nobody knows: %s", e.text);
        e = (struct err){ 0 };
        assert_good(g->store->list(g->store, &all, test_keep(), &e), &e);
        if (all.count)
            assert_int_equal(journal(g->store).count, 1);
        assert_true(!done || all.count == 1);
        if (!all.count)
            assert_good(create(g->store, &e), &e);
        leave(g);
        *test_keep() = before;
    }
}

/* A disk that drops what a failed sync did not write, although it goes on
 * showing it and later syncs succeed. */
static struct { ino_t inode; char *durable; size_t length; bool fail_next; } drops;

static void take_durable(int fd)
{
    struct stat st;
    fstat(fd, &st);
    if (!S_ISREG(st.st_mode) || (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR)
        return; /* not a journal */
    if (st.st_ino != drops.inode)
        drops.length = 0;
    drops.inode = st.st_ino;
    drops.durable = arena_many(test_keep(), char, (size_t)st.st_size + 1);
    assert_int_equal(pread(fd, drops.durable, (size_t)st.st_size, 0), st.st_size);
    drops.length = (size_t)st.st_size;
}

static size_t lost_from, lost_upto;
static int dropping_sync(int fd)
{
    struct stat st;
    fstat(fd, &st);
    size_t durable = drops.inode == st.st_ino ? drops.length : 0;
    if (drops.fail_next) {
        drops.fail_next = false;
        lost_from = durable;
        lost_upto = (size_t)st.st_size;
        drops.inode = st.st_ino;
        errno = EIO;
        return -1;
    }
    bool same = drops.inode == st.st_ino;
    take_durable(fd);
    if (same && lost_upto > lost_from)
        memset(drops.durable + lost_from, 0, lost_upto - lost_from);
    else
        lost_from = lost_upto = 0;
    return 0;
}

static void after_a_failed_sync_nothing_is_acknowledged_that_is_not_on_the_disk(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct disk d = disk_real;
    d.fdatasync = dropping_sync;
    d.fsync = dropping_sync;
    assert_good(create(g->store, &e), &e);
    struct store *bad = open_on(g, &d);
    assert_good(note(bad, "one", &e), &e);
    drops.fail_next = true;
    assert_good(note(bad, "two", &e), &e);
    assert_non_null(strstr(bad->warning(bad, test_keep()), "the copy is safe"));
    assert_good(note(bad, "three", &e), &e);
    bad->close(bad);
    /* power loss: what was durable is what there is */
    struct stat st;
    assert_int_equal(stat(inside(g, "journal.jsonl"), &st), 0);
    assert_int_equal(st.st_ino, drops.inode);
    FILE *f = fopen(inside(g, "journal.jsonl"), "w");
    fwrite(drops.durable, 1, drops.length, f);
    fclose(f);
    struct journal j = journal(g->store);
    assert_null(j.stream[0].damage);
    assert_int_equal(times(&j, "one") + times(&j, "two") + times(&j, "three"), 3);
    leave(g);
}

/* The same disk, once it has let go of the pages: what was lost reads as zeros. */
static ssize_t forgetful_pread(int fd, void *out, size_t length, off_t at)
{
    struct stat st;
    ssize_t got = pread(fd, out, length, at);
    if (fstat(fd, &st) || st.st_ino != drops.inode)
        return got;
    for (ssize_t i = 0; i < got; i++)
        if ((size_t)(at + i) >= lost_from && (size_t)(at + i) < lost_upto)
            ((char *)out)[i] = 0;
    return got;
}

static void what_a_failed_sync_lost_is_not_acknowledged_and_the_record_goes_on(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct disk d = disk_real;
    d.fdatasync = dropping_sync;
    d.fsync = dropping_sync;
    d.pread = forgetful_pread;
    lost_from = lost_upto = 0;
    assert_good(create(g->store, &e), &e);
    struct store *bad = open_on(g, &d);
    assert_good(note(bad, "one", &e), &e);
    drops.fail_next = true;
    assert_refused(note(bad, "two", &e), &e, ERR_SYSTEM, "cannot sync");
    assert_good(note(bad, "three", &e), &e);
    bad->close(bad);
    struct journal j = journal(g->store);
    assert_null(j.stream[0].damage);
    assert_int_equal(times(&j, "one"), 1);
    assert_int_equal(times(&j, "two"), 0);
    assert_int_equal(times(&j, "three"), 1);
    leave(g);
}

static void a_line_that_was_lost_in_other_hands_is_not_taken_for_the_one_in_its_place(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "bob", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"waiting\"}" };
    assert_good(create(g->store, &e), &e);
    uint64_t end = journal(g->store).stream[0].end;
    struct store *b = open_on(g, quick_disk());
    assert_good(b->append(b, incident, NULL, NULL, &d, 1, SYNC_LATER, &out, test_keep(), &e), &e);
    assert_int_equal(truncate(inside(g, "journal.jsonl"), (off_t)end), 0); /* its pages are gone */
    assert_good(note(g->store, "in its place", &e) && note(g->store, "and one more", &e), &e);
    assert_refused(b->sync(b, incident, &e), &e, ERR_SYSTEM, "what was written is gone");
    b->close(b);
    leave(g);
}

static void who_began_to_sync_before_us_is_waited_for(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "bob", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"begun\"}" };
    assert_good(create(g->store, &e), &e);
    assert_good(g->store->append(g->store, incident, NULL, NULL, &d, 1, SYNC_BEGUN, &out, test_keep(), &e), &e);
    pid_t child = fork();
    if (child == 0) {
        struct store *other = open_on(g, quick_disk());
        _exit(note(other, "another", &e) ? 0 : 1);
    }
    struct journal j;
    do /* it writes, but is not done */
        j = journal(g->store);
    while (!times(&j, "another"));
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    assert_good(g->store->sync(g->store, incident, &e), &e);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    j = journal(g->store);
    assert_int_equal(times(&j, "begun"), 1);
    leave(g);
}

static void a_read_only_folder_is_one_clear_line(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    if (geteuid() == 0) { /* root may write everywhere: the disk says it instead */
        struct store *bad = open_on(g, bad_disk());
        trouble = (typeof(trouble)){ .fail_at = 1, .number = EROFS };
        assert_refused(note(bad, "x", &e), &e, ERR_SYSTEM, "Read-only file system");
        trouble.fail_at = 0;
        bad->close(bad);
    } else {
        chmod(inside(g, "lock"), 0400);
        assert_refused(note(g->store, "x", &e), &e, ERR_SYSTEM, "Permission denied");
    }
    assert_int_equal(journal(g->store).count, 1);
    leave(g);
}

static void eight_processes_append_at_once_and_nothing_is_lost(void **_)
{
    enum { WRITERS = 8, NOTES = 25 };
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    for (int w = 0; w < WRITERS; w++)
        if (!fork()) {
            struct store *s = open_on(g, quick_disk());
            bool ok = true;
            for (int i = 0; i < NOTES && ok; i++)
                ok = note(s, arena_print(test_keep(), "w%d-%d", w, i), &e);
            if (!ok)
                fprintf(stderr, "%s\n", e.text);
            _exit(!ok);
        }
    for (int w = 0, status; w < WRITERS; w++) {
        wait(&status);
        assert_int_equal(status, 0);
    }
    struct journal j = journal(g->store);
    assert_null(j.stream[0].damage);
    assert_int_equal(j.count, 1 + WRITERS * NOTES);
    for (int w = 0; w < WRITERS; w++)
        for (int i = 0; i < NOTES; i++)
            assert_int_equal(times(&j, arena_print(test_keep(), "w%d-%d", w, i)), 1);
    leave(g);
}

static bool erase(struct store *s, const char *hash, struct err *e)
{
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_ERASED,
                       .data = arena_print(test_keep(), "{\"hash\":\"%s\",\"why\":\"a password\"}", hash) };
    return s->append(s, incident, NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), e);
}

static bool file_holds(struct ground *g, const char *words)
{
    const char *bytes;
    size_t length;
    struct err e = { 0 };
    assert_good(g->world->read_file(g->world, inside(g, "journal.jsonl"), &bytes, &length, test_keep(), &e), &e);
    return strstr(bytes, words) != NULL;
}

static void an_erased_line_loses_its_data_and_nothing_else(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e) && note(g->store, "hunter2", &e) && note(g->store, "two", &e), &e);
    struct store *other = open_on(g, quick_disk()); /* has the file open while it is replaced */
    assert_good(note(other, "three", &e), &e);
    struct journal j = journal(g->store);
    assert_good(erase(g->store, j.event[1].hash, &e), &e);
    assert_false(file_holds(g, "hunter2"));
    assert_good(note(other, "four", &e), &e);
    j = journal(g->store);
    assert_null(j.stream[0].damage);
    assert_int_equal(j.stream[0].erased, 1);
    assert_int_equal(j.count, 6);
    assert_null(j.event[1].data.at);
    assert_int_equal(times(&j, "two") + times(&j, "three") + times(&j, "four"), 3);
    other->close(other);
    leave(g);
}

static void an_erasure_cut_short_is_finished_by_the_next_writer(void **_)
{
    bool reached_the_end = false;
    for (long n = 1; !reached_the_end; n++) {
        struct arena before = *test_keep();
        struct ground *g = ground();
        struct err e = { 0 };
        assert_good(create(g->store, &e) && note(g->store, "hunter2", &e), &e);
        const char *hash = journal(g->store).event[1].hash;
        struct store *bad = open_on(g, bad_disk());
        trouble = (typeof(trouble)){ .fail_at = n, .number = EIO, .lasting = true };
        bool acknowledged = erase(bad, hash, &e);
        reached_the_end = !trouble.hit;
        trouble.fail_at = 0;
        bad->close(bad);
        g->store->close(g->store);
        g->store = open_on(g, quick_disk());
        e = (struct err){ 0 };
        assert_good(note(g->store, "after", &e), &e);
        struct journal j = journal(g->store);
        assert_null(j.stream[0].damage);
        bool recorded = j.event[2].kind == EVENT_ERASED;
        assert_true(recorded || !acknowledged);
        assert_int_equal(file_holds(g, "hunter2"), !recorded);
        assert_int_equal(j.stream[0].erased, recorded);
        leave(g);
        *test_keep() = before;
    }
}

static int no_folder_sync(int fd)
{
    struct stat st;
    if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
        errno = EIO;
        return -1;
    }
    return fsync(fd);
}

static void a_journal_whose_new_name_was_not_synced_is_replaced_again(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct stat first, second;
    struct disk d = disk_real;
    d.fsync = no_folder_sync;
    assert_good(create(g->store, &e) && note(g->store, "hunter2", &e), &e);
    struct store *bad = open_on(g, &d);
    assert_refused(erase(bad, journal(g->store).event[1].hash, &e), &e, ERR_SYSTEM, "cannot sync");
    bad->close(bad);
    assert_int_equal(stat(inside(g, "journal.jsonl"), &first), 0);
    assert_good(note(g->store, "after", &e), &e);
    assert_int_equal(stat(inside(g, "journal.jsonl"), &second), 0);
    assert_int_not_equal(first.st_ino, second.st_ino);
    assert_good(note(g->store, "and once more", &e), &e);
    assert_int_equal(stat(inside(g, "journal.jsonl"), &first), 0);
    assert_int_equal(first.st_ino, second.st_ino);
    leave(g);
}

static void what_can_be_trusted_of_a_damaged_journal_is_salvaged(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct salvaged s;
    assert_good(create(g->store, &e), &e);
    for (int i = 0; i < 5; i++)
        assert_good(note(g->store, arena_print(test_keep(), "note %d", i), &e), &e);
    struct journal j = journal(g->store);
    spoil(inside(g, "journal.jsonl"), (long)j.event[2].offset + 20, "?");
    assert_good(g->store->salvage(g->store, incident, &s, test_keep(), &e), &e);
    assert_int_equal(s.good, 5);
    assert_int_equal(s.lost, 1);
    assert_null(strstr(s.bytes, "note 1"));
    assert_non_null(strstr(s.bytes, "note 2"));
    spoil(inside(g, "journal.jsonl"), (long)j.event[3].offset + 240, "????????????????????????????????");
    assert_good(g->store->salvage(g->store, incident, &s, test_keep(), &e), &e);
    assert_int_equal(s.good + s.lost, 6);
    assert_true(s.good >= 3);
    leave(g);
}

static int64_t adopt(struct ground *to, struct ground *from)
{
    const struct stream_bytes *stream;
    size_t count;
    int64_t added;
    struct err e = { 0 };
    assert_good(from->store->streams(from->store, incident, &stream, &count, test_keep(), &e), &e);
    assert_good(to->store->adopt(to->store, incident, stream, count, &added, test_keep(), &e), &e);
    return added;
}

static void a_foreign_stream_is_kept_byte_for_byte_and_left_by_a_fork(void **_)
{
    struct ground *a = ground(), *b = ground();
    struct err e = { 0 };
    const struct stream_bytes *ours, *theirs;
    size_t n, m;
    assert_good(create(a->store, &e) && note(a->store, "from a", &e), &e);
    assert_int_equal(adopt(b, a), 2);
    assert_int_equal(adopt(b, a), 0);
    assert_good(note(b->store, "from b", &e), &e);
    struct journal j = journal(b->store);
    assert_int_equal(j.count, 4);
    assert_int_equal(j.event[0].kind, EVENT_FORKED);
    assert_string_equal(j.id, "00000000000000000000000000000001");
    assert_true(json_is(json_get(j.event[0].data, "hash"), j.event[3].hash));
    assert_true(json_is(json_get(j.event[0].data, "stream"), j.stream[1].name));
    assert_good(a->store->streams(a->store, incident, &ours, &n, test_keep(), &e), &e);
    assert_good(b->store->streams(b->store, incident, &theirs, &m, test_keep(), &e), &e);
    assert_int_equal(theirs[1].length, ours[0].length);
    assert_memory_equal(theirs[1].bytes, ours[0].bytes, ours[0].length);
    assert_int_equal(adopt(a, b), 2);
    j = journal(a->store);
    assert_int_equal(j.count, 4);
    assert_int_equal(times(&j, "from a") + times(&j, "from b"), 2);
    leave(a);
    leave(b);
}

static void two_copies_that_grew_apart_are_joined_without_loss_or_doubling(void **_)
{
    struct ground *a = ground(), *b = ground();
    struct err e = { 0 };
    assert_good(create(a->store, &e) && note(a->store, "common", &e), &e);
    char command[4200];
    snprintf(command, sizeof command, "cp -r '%s/.tocsin' '%s/copy' && rm -r '%s/.tocsin' && mv '%s/copy' '%s/.tocsin'",
             a->dir, b->dir, b->dir, b->dir, b->dir);
    assert_int_equal(system(command), 0);
    b->clock.seed = 99; /* another machine draws other salts */
    assert_good(note(a->store, "from a", &e), &e);
    assert_good(note(b->store, "from b", &e) && note(b->store, "more from b", &e), &e);
    assert_int_equal(adopt(a, b), 2);
    assert_good(note(b->store, "still more", &e), &e);
    assert_int_equal(adopt(a, b), 1);
    assert_int_equal(adopt(b, a), 1);
    assert_int_equal(adopt(b, a), 0);
    for (int i = 0; i < 2; i++) {
        struct journal j = journal(i ? a->store : b->store);
        assert_int_equal(j.count, 6);
        assert_int_equal(times(&j, "common"), 1);
        assert_int_equal(times(&j, "from a") + times(&j, "from b") + times(&j, "more from b")
                         + times(&j, "still more"), 4);
        for (size_t k = 0; k < j.streams; k++)
            assert_null(j.stream[k].damage);
    }
    leave(a);
    leave(b);
}

static void a_damaged_foreign_stream_is_refused(void **_)
{
    struct ground *a = ground(), *b = ground();
    struct err e = { 0 };
    const struct stream_bytes *stream;
    struct names all;
    size_t n;
    int64_t added;
    assert_good(create(a->store, &e) && note(a->store, "from a", &e), &e);
    assert_good(a->store->streams(a->store, incident, &stream, &n, test_keep(), &e), &e);
    char *bytes = (char *)stream[0].bytes;
    bytes[stream[0].length / 2] ^= 1;
    assert_refused(b->store->adopt(b->store, incident, stream, n, &added, test_keep(), &e), &e, ERR_INPUT,
                   "altered at byte");
    assert_good(b->store->list(b->store, &all, test_keep(), &e), &e);
    assert_int_equal(all.count, 0);
    leave(a);
    leave(b);
}

/* Where `to` keeps the first stream that it took from elsewhere; ending ".jsonl" or ".head". */
static const char *foreign_file(struct ground *to, const char *ending)
{
    return inside(to, arena_print(test_keep(), "streams/%s%s", journal(to->store).stream[1].name, ending));
}

/* Another store's incident of three events, taken in by `to`. */
static void take_three(struct ground *to)
{
    struct ground *from = ground();
    struct err e = { 0 };
    assert_good(create(from->store, &e) && note(from->store, "from a", &e) && note(from->store, "the end", &e), &e);
    assert_int_equal(adopt(to, from), 3);
    leave(from);
}

/* As another process reads it now. */
static struct journal read_anew(struct ground *g)
{
    g->store->close(g->store);
    g->store = open_on(g, quick_disk());
    return journal(g->store);
}

static void put_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, length, f), length);
    fclose(f);
}

static void every_cut_and_every_flipped_bit_of_a_foreign_stream_is_found(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    const char *bytes;
    size_t length;
    take_three(g);
    const char *path = foreign_file(g, ".jsonl");
    assert_good(g->world->read_file(g->world, path, &bytes, &length, test_keep(), &e), &e);
    for (size_t n = 0; n < 9 * length; n++) { /* length cuts, then as many bytes, each bit of them */
        struct arena before = *test_keep();
        struct checked c;
        size_t byte = n < length ? n : (n - length) / 8;
        char *spoilt = arena_copy(test_keep(), bytes, length);
        spoilt[byte] = (char)(spoilt[byte] ^ (n < length ? 0 : 1 << (n - length) % 8));
        put_bytes(path, spoilt, n < length ? byte : length);
        assert_good(g->store->check(g->store, incident, &c, test_keep(), &e), &e);
        if (!c.stream[1].damage || c.stream[0].damage)
            fail_msg("%s at byte %zu is not seen", n < length ? "a cut" : "a flipped bit", byte);
        *test_keep() = before;
    }
    struct checked c;
    put_bytes(path, bytes, length);
    assert_good(g->store->check(g->store, incident, &c, test_keep(), &e), &e);
    assert_null(c.stream[1].damage);
    assert_int_equal(unlink(path), 0);
    assert_good(g->store->check(g->store, incident, &c, test_keep(), &e), &e);
    assert_non_null(strstr(c.stream[1].damage, "is missing"));
    leave(g);
}

static void a_foreign_stream_of_an_older_version_gets_its_head_with_the_next_event(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct stat st;
    take_three(g);
    const char *head = foreign_file(g, ".head"), *path = foreign_file(g, ".jsonl");
    assert_int_equal(unlink(head), 0);
    struct journal j = read_anew(g);
    assert_null(j.stream[1].damage);
    assert_true(j.stream[1].headless);
    assert_int_equal(j.count, 3);
    assert_good(note(g->store, "ours", &e), &e);
    j = read_anew(g);
    assert_false(j.stream[1].headless);
    assert_int_equal(stat(head, &st), 0);
    assert_int_equal(truncate(path, (off_t)j.event[j.count - 1].offset), 0); /* its last line is gone */
    j = read_anew(g);
    assert_non_null(strstr(j.stream[1].damage, "is cut off at byte"));
    leave(g);
}

/* Two streams are taken in, the second longer than the first: each call fails. */
static void an_import_cut_short_damages_nothing_and_is_done_again(bool lasting)
{
    bool reached_the_end = false;
    for (long n = 1; !reached_the_end; n++) {
        struct arena before = *test_keep();
        struct ground *a = ground(), *b = ground();
        struct err e = { 0 };
        const struct stream_bytes *stream;
        size_t count;
        int64_t added;
        assert_good(create(a->store, &e) && note(a->store, "one", &e), &e);
        bool grows = n % 2;
        if (grows)
            assert_int_equal(adopt(b, a), 2);
        assert_good(note(a->store, "two", &e), &e);
        assert_good(a->store->streams(a->store, incident, &stream, &count, test_keep(), &e), &e);
        struct store *bad = open_on(b, bad_disk());
        trouble = (typeof(trouble)){ .fail_at = (n + 1) / 2, .number = EIO, .lasting = lasting };
        bool done = bad->adopt(bad, incident, stream, count, &added, test_keep(), &e);
        reached_the_end = !trouble.hit && !grows;
        trouble.fail_at = 0;
        bad->close(bad);
        struct names all;
        assert_good(b->store->list(b->store, &all, test_keep(), &e), &e);
        if (all.count) {
            struct journal j = read_anew(b);
            for (size_t i = 0; i < j.streams; i++)
                if (j.stream[i].damage)
                    fail_msg("call %ld: %s", n, j.stream[i].damage);
            assert_true(j.count >= 2 && (!done || j.count == 3));
        }
        adopt(b, a);
        struct journal j = read_anew(b);
        assert_int_equal(j.count, 3);
        assert_int_equal(j.streams, 2);
        assert_false(j.stream[1].headless);
        assert_int_equal(adopt(b, a), 0);
        assert_int_equal(truncate(foreign_file(b, ".jsonl"), (off_t)j.event[2].offset), 0);
        assert_non_null(read_anew(b).stream[1].damage);
        leave(a);
        leave(b);
        *test_keep() = before;
        assert_true(n < 600);
    }
}

static void an_import_on_a_failing_disk_is_done_again(void **_)
{
    an_import_cut_short_damages_nothing_and_is_done_again(false);
}

static void an_import_on_a_dying_disk_is_done_again(void **_)
{
    an_import_cut_short_damages_nothing_and_is_done_again(true);
}

static void a_damaged_foreign_stream_is_made_whole_by_taking_it_in_again(void **_)
{
    struct ground *a = ground(), *b = ground();
    struct err e = { 0 };
    struct checked c;
    assert_good(create(a->store, &e) && note(a->store, "one", &e) && note(a->store, "two", &e), &e);
    assert_int_equal(adopt(b, a), 3);
    struct journal j = read_anew(b);
    const char *path = foreign_file(b, ".jsonl");
    spoil(path, (long)j.event[1].offset + 20, "?");
    assert_non_null(read_anew(b).stream[1].damage);
    assert_true(adopt(b, a) > 0);
    j = read_anew(b);
    assert_int_equal(j.streams, 2);
    assert_null(j.stream[1].damage);
    assert_int_equal(j.count, 3);
    assert_good(b->store->check(b->store, incident, &c, test_keep(), &e), &e);
    assert_int_equal(c.aside.count, 1);
    assert_int_equal(unlink(path), 0);
    assert_true(adopt(b, a) > 0);
    assert_null(read_anew(b).stream[1].damage);
    leave(a);
    leave(b);
}

/* Of the shorter of two, which stands first, lines are missing in the middle. */
static void an_event_that_two_streams_hold_is_shown_once_wherever_it_stands(void **_)
{
    struct ground *a = ground(), *b = ground();
    struct err e = { 0 };
    const struct stream_bytes *stream;
    size_t count;
    int64_t added;
    assert_good(create(a->store, &e), &e);
    for (int i = 0; i < 5; i++)
        assert_good(note(a->store, arena_print(test_keep(), "note %d", i), &e), &e);
    adopt(b, a);
    struct journal j = journal(a->store);
    assert_good(a->store->streams(a->store, incident, &stream, &count, test_keep(), &e), &e);
    spoil(foreign_file(b, ".jsonl"), (long)j.event[2].offset + 20, "?"); /* and what is behind it is shown */
    assert_int_equal(unlink(foreign_file(b, ".head")), 0);
    assert_good(b->store->adopt(b->store, incident, stream, count, &added, test_keep(), &e), &e);
    j = journal(b->store);
    assert_int_equal(j.streams, 3);
    assert_int_equal(j.count, 6);
    for (int i = 0; i < 5; i++)
        assert_int_equal(times(&j, arena_print(test_keep(), "note %d", i)), 1);
    leave(a);
    leave(b);
}

/* Five notes, of which the second is damaged; and what was salvaged of them. */
static struct stream_bytes damaged_five(struct ground *g)
{
    struct err e = { 0 };
    struct salvaged left;
    struct stream s;
    struct stream_reader r = stream_begin(NULL, NULL, 0);
    assert_good(create(g->store, &e), &e);
    for (int i = 0; i < 5; i++)
        assert_good(note(g->store, arena_print(test_keep(), "note %d", i), &e), &e);
    spoil(inside(g, "journal.jsonl"), (long)journal(g->store).event[2].offset + 20, "?");
    assert_good(g->store->salvage(g->store, incident, &left, test_keep(), &e), &e);
    r.whole = true;
    stream_read(&s, &r, left.bytes, left.length, test_keep());
    assert_null(s.damage);
    return (struct stream_bytes){ s.name, left.bytes, left.length };
}

/* However far it came: nothing that could be trusted is missing, and the whole can be
 * done again. */
static void the_way_back_from_damage_may_be_cut_short_anywhere(bool lasting, const char *gone)
{
    bool reached_the_end = false;
    for (long n = 1; !reached_the_end; n++) {
        struct arena before = *test_keep();
        struct ground *g = ground();
        struct err e = { 0 };
        int64_t added;
        struct stream_bytes left = damaged_five(g);
        if (gone)
            assert_int_equal(unlink(inside(g, gone)), 0);
        struct store *bad = open_on(g, bad_disk());
        trouble = (typeof(trouble)){ .fail_at = n, .number = EIO, .lasting = lasting };
        bool done = bad->adopt(bad, incident, &left, 1, &added, test_keep(), &e);
        reached_the_end = !trouble.hit;
        trouble.fail_at = 0;
        bad->close(bad);
        struct journal j = read_anew(g);
        assert_true(!done || !j.stream[0].damage);
        assert_true(j.stream[0].altered || j.count == 5);
        e = (struct err){ 0 };
        assert_good(g->store->adopt(g->store, incident, &left, 1, &added, test_keep(), &e), &e);
        j = read_anew(g);
        for (size_t i = 0; i < j.streams; i++)
            assert_null(j.stream[i].damage);
        assert_int_equal(j.count, 5);
        struct checked c;
        assert_good(g->store->check(g->store, incident, &c, test_keep(), &e), &e);
        assert_true(c.aside.count >= 1 || (gone && strstr(gone, "journal")));
        assert_int_equal(j.stream[1].lost, 1);
        assert_string_equal(j.id, "00000000000000000000000000000001");
        assert_good(note(g->store, "after", &e), &e);
        j = read_anew(g);
        assert_int_equal(j.event[0].kind, EVENT_FORKED);
        assert_int_equal(times(&j, "after"), 1);
        assert_int_equal(times(&j, "note 1"), 0);
        assert_int_equal(times(&j, "note 0") + times(&j, "note 2") + times(&j, "note 3") + times(&j, "note 4"), 4);
        leave(g);
        *test_keep() = before;
        assert_true(n < 600);
    }
}

static void what_was_salvaged_takes_the_damaged_journals_place(void **_)
{
    the_way_back_from_damage_may_be_cut_short_anywhere(false, NULL);
}

static void a_dying_disk_leaves_it_damaged_or_salvaged_and_nothing_between(void **_)
{
    the_way_back_from_damage_may_be_cut_short_anywhere(true, NULL);
}

static void without_its_head_a_journal_comes_back_as_well(void **_)
{
    the_way_back_from_damage_may_be_cut_short_anywhere(true, "head");
}

static void without_its_journal_an_incident_comes_back_from_what_was_kept(void **_)
{
    the_way_back_from_damage_may_be_cut_short_anywhere(false, "journal.jsonl");
}

/* A copy from before the last notes: they are trusted, and only here. */
static void a_damaged_journal_stays_while_it_holds_what_nothing_else_does(void **_)
{
    struct ground *a = ground(), *b = ground();
    struct err e = { 0 };
    const struct stream_bytes *stream;
    size_t count;
    int64_t added;
    assert_good(create(a->store, &e) && note(a->store, "early", &e), &e);
    adopt(b, a);
    assert_good(b->store->streams(b->store, incident, &stream, &count, test_keep(), &e), &e);
    assert_good(note(a->store, "late", &e) && note(a->store, "later", &e), &e);
    spoil(inside(a, "journal.jsonl"), (long)journal(a->store).event[1].offset + 20, "?");
    assert_good(a->store->adopt(a->store, incident, stream, count, &added, test_keep(), &e), &e);
    assert_non_null(strstr(a->store->warning(a->store, test_keep()), "stays damaged"));
    struct journal j = read_anew(a);
    assert_true(j.stream[0].altered);
    assert_int_equal(times(&j, "early") + times(&j, "late") + times(&j, "later"), 3);
    leave(a);
    leave(b);
}

static void the_files_of_a_team_are_the_teams(void **_)
{
    struct ground *g = arena_one(test_keep(), struct ground);
    struct err e = { 0 };
    struct stat st;
    struct lock *lock;
    char sha[SHA256_HEX + 1];
    *g = *ground();
    g->store->close(g->store);
    mode_t mask = umask(077);
    assert_int_equal(chmod(arena_print(test_keep(), "%s/.tocsin", g->dir), 02770), 0);
    g->store = open_on(g, quick_disk());
    assert_good(create(g->store, &e) && note(g->store, "x", &e), &e);
    assert_good(g->store->blob_put(g->store, incident, "b", 1, sha, &e), &e);
    assert_good(g->store->lock(g->store, "run/R1", "alice", "sim", "", &lock, NULL, test_keep(), &e), &e);
    umask(mask);
    for (const char *const *name = (const char *const[]){ "journal.jsonl", "head", "lock", NULL }; *name; name++) {
        assert_int_equal(stat(inside(g, *name), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0660);
    }
    assert_int_equal(stat(inside(g, "blobs"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 02770);
    assert_int_equal(stat(arena_print(test_keep(), "%s/.tocsin/locks/run%%2fR1", g->dir), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    g->store->unlock(g->store, lock);
    leave(g);
}

static void a_private_workspace_is_private(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct stat st;
    mode_t mask = umask(0);
    assert_good(create(g->store, &e), &e);
    umask(mask);
    assert_int_equal(stat(inside(g, "journal.jsonl"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(inside(g, "."), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    leave(g);
}

static void a_named_lock_says_who_holds_it_and_dies_with_its_process(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct lock *lock;
    struct lock_holder h;
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "bob", .uid = "sim", .kind = EVENT_NOTE, .data = "{}" };
    int ready[2], status;
    assert_int_equal(pipe(ready), 0);
    assert_good(create(g->store, &e), &e);
    pid_t child = fork();
    if (!child) {
        struct store *s = open_on(g, quick_disk());
        if (!s->lock(s, "target/pool:osc-fr1/1.2.3.4", "alice", "1@h", "R3", &lock, &h, test_keep(), &e))
            _exit(1);
        assert_int_equal(write(ready[1], "x", 1), 1);
        pause();
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_refused(g->store->lock(g->store, "target/pool:osc-fr1/1.2.3.4", "bob", "2@h", "", &lock, &h, test_keep(), &e),
                   &e, ERR_BUSY, "is held by alice: R3");
    assert_int_equal(h.pid, child);
    assert_true(g->store->holder(g->store, "target/pool:osc-fr1/1.2.3.4", &h, test_keep()));
    assert_string_equal(h.by, "alice");
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_false(g->store->holder(g->store, "target/pool:osc-fr1/1.2.3.4", &h, test_keep()));
    assert_good(g->store->lock(g->store, "target/pool:osc-fr1/1.2.3.4", "bob", "2@h", "", &lock, &h, test_keep(), &e), &e);
    assert_good(g->store->append(g->store, incident, NULL, lock, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    assert_int_equal(unlink(arena_print(test_keep(), "%s/.tocsin/locks/targets", g->dir)), 0);
    assert_refused(g->store->append(g->store, incident, NULL, lock, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e,
                   ERR_FAILED, "is lost");
    g->store->unlock(g->store, lock);
    leave(g);
}

static void a_lock_says_nothing_of_its_holder_once_it_is_given_back(void **_)
{
    static const char *const names[] = { "run/R3", "target/dns:osc-fr1/a", "target/dns:osc-fr1/b" };
    struct ground *g = ground();
    struct err e = { 0 };
    struct lock *lock[3];
    struct lock_holder h;
    const char *bytes;
    size_t length;
    for (int i = 0; i < 3; i++)
        assert_good(g->store->lock(g->store, names[i], "alice", "1@h", "why", &lock[i], &h, test_keep(), &e), &e);
    for (int i = 0; i < 3; i++) {
        assert_true(g->store->holder(g->store, names[i], &h, test_keep()));
        assert_string_equal(h.by, "alice");
        g->store->unlock(g->store, lock[i]);
        assert_false(g->store->holder(g->store, names[i], &h, test_keep()));
    }
    assert_good(g->world->read_file(g->world, arena_print(test_keep(), "%s/.tocsin/locks/targets", g->dir),
                                    &bytes, &length, test_keep(), &e), &e);
    assert_null(memchr(bytes, '{', length));
    leave(g);
}

static void the_log_of_the_workspace_makes_itself(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct appended out;
    struct names all;
    struct journal j;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"seen\"}" };
    assert_good(g->store->append(g->store, "log", NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    assert_good(g->store->read(g->store, "log", &j, test_keep(), &e), &e);
    assert_int_equal(j.count, 1);
    assert_string_equal(j.id, "");
    assert_good(g->store->list(g->store, &all, test_keep(), &e), &e);
    assert_int_equal(all.count, 0);
    leave(g);
}

static void watching_ends_when_somebody_else_wrote(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    bool grown;
    assert_good(create(g->store, &e), &e);
    struct world *real = world_real("alice", test_keep());
    struct store *s = store_local_open(real, &disk_real, g->dir, &e);
    uint64_t seen = 0, before;
    assert_good(s->watch(s, incident, &seen, 0, -1, &grown, &e), &e);
    assert_true(grown);
    before = seen;
    assert_good(s->watch(s, incident, &seen, 30, -1, &grown, &e), &e);
    assert_false(grown);
    pid_t child = fork();
    if (!child) {
        usleep(30000);
        _exit(!note(open_on(g, quick_disk()), "now", &e));
    }
    int64_t start = real->now(real);
    assert_good(s->watch(s, incident, &seen, 20000, -1, &grown, &e), &e);
    assert_true(grown);
    assert_true(seen > before);
    assert_true(real->now(real) - start < 10000);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    s->close(s);
    leave(g);
}

/* An erasure under way elsewhere: the journal's mark is set, the head's lock is held. */
static void who_verifies_waits_for_a_copy_that_somebody_makes(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    struct checked c;
    int ready[2], status;
    char byte;
    assert_good(create(g->store, &e), &e);
    assert_int_equal(pipe(ready), 0);
    for (int finishes = 1; finishes >= 0; finishes--) {
        spoil(inside(g, "lock"), 0, "!");
        pid_t child = fork();
        if (!child) {
            int head = open(inside(g, "head"), O_RDWR);
            if (!disk_try_lock(head) || write(ready[1], "x", 1) != 1)
                _exit(1);
            usleep(50000);
            if (finishes)
                spoil(inside(g, "lock"), 0, " ");
            _exit(0);
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
        assert_good(g->store->check(g->store, incident, &c, test_keep(), &e), &e);
        assert_int_equal(c.suspect, !finishes);
        waitpid(child, &status, 0);
        assert_int_equal(status, 0);
    }
    leave(g);
}

static void blobs_are_kept_once_and_checked_when_read(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    char sha[SHA256_HEX + 1], again[SHA256_HEX + 1];
    const char *bytes;
    size_t length;
    assert_good(create(g->store, &e), &e);
    assert_good(g->store->blob_put(g->store, incident, "a\0b", 3, sha, &e), &e);
    assert_good(g->store->blob_put(g->store, incident, "a\0b", 3, again, &e), &e);
    assert_string_equal(sha, again);
    assert_good(g->store->blob_get(g->store, incident, sha, &bytes, &length, test_keep(), &e), &e);
    assert_int_equal(length, 3);
    assert_memory_equal(bytes, "a\0b", 3);
    spoil(inside(g, arena_print(test_keep(), "blobs/%s", sha)), 0, "x");
    assert_refused(g->store->blob_get(g->store, incident, sha, &bytes, &length, test_keep(), &e), &e,
                   ERR_INPUT, "is altered");
    struct checked c;
    assert_good(g->store->check(g->store, incident, &c, test_keep(), &e), &e);
    assert_int_equal(c.bad_blobs.count, 1);
    leave(g);
}

int main(void)
{
    const struct CMUnitTest store_local[] = {
        promise(what_was_acknowledged_is_read_by_the_next_process),
        promise(two_runs_write_the_same_bytes),
        promise(an_incident_is_opened_once),
        promise(an_unknown_incident_is_said_to_be_unknown),
        promise(a_clock_that_steps_back_does_not_disorder_the_record),
        promise(a_writer_who_read_an_older_head_is_told_that_it_moved),
        promise(a_batch_is_in_the_record_as_a_whole),
        promise(one_of_a_batch_may_name_another_before_it),
        promise(half_a_line_behind_the_head_is_moved_aside_once_and_told),
        promise(lines_behind_the_head_that_chain_are_kept),
        promise(every_cut_behind_the_head_is_mended),
        promise(flipped_bits_behind_the_head_are_mended),
        promise(a_batch_cut_short_leaves_nothing_behind),
        promise(damage_before_the_head_is_refused_by_writers_and_shown_by_readers),
        promise(a_head_with_no_valid_slot_is_an_alteration),
        promise(a_failing_disk_loses_nothing),
        promise(a_dying_disk_loses_nothing),
        promise(a_full_disk_loses_nothing),
        promise(a_used_up_quota_loses_nothing),
        promise(an_interrupted_call_is_tried_again),
        promise(a_short_write_loses_nothing),
        promise(a_failed_opening_leaves_no_half_incident),
        promise(after_a_failed_sync_nothing_is_acknowledged_that_is_not_on_the_disk),
        promise(what_a_failed_sync_lost_is_not_acknowledged_and_the_record_goes_on),
        promise(who_began_to_sync_before_us_is_waited_for),
        promise(a_line_that_was_lost_in_other_hands_is_not_taken_for_the_one_in_its_place),
        promise(a_read_only_folder_is_one_clear_line),
        promise(eight_processes_append_at_once_and_nothing_is_lost),
        promise(an_erased_line_loses_its_data_and_nothing_else),
        promise(an_erasure_cut_short_is_finished_by_the_next_writer),
        promise(a_journal_whose_new_name_was_not_synced_is_replaced_again),
        promise(what_can_be_trusted_of_a_damaged_journal_is_salvaged),
        promise(a_foreign_stream_is_kept_byte_for_byte_and_left_by_a_fork),
        promise(two_copies_that_grew_apart_are_joined_without_loss_or_doubling),
        promise(a_damaged_foreign_stream_is_refused),
        promise(every_cut_and_every_flipped_bit_of_a_foreign_stream_is_found),
        promise(a_foreign_stream_of_an_older_version_gets_its_head_with_the_next_event),
        promise(an_import_on_a_failing_disk_is_done_again),
        promise(an_import_on_a_dying_disk_is_done_again),
        promise(a_damaged_foreign_stream_is_made_whole_by_taking_it_in_again),
        promise(an_event_that_two_streams_hold_is_shown_once_wherever_it_stands),
        promise(what_was_salvaged_takes_the_damaged_journals_place),
        promise(a_dying_disk_leaves_it_damaged_or_salvaged_and_nothing_between),
        promise(without_its_head_a_journal_comes_back_as_well),
        promise(without_its_journal_an_incident_comes_back_from_what_was_kept),
        promise(a_damaged_journal_stays_while_it_holds_what_nothing_else_does),
        promise(the_files_of_a_team_are_the_teams),
        promise(a_private_workspace_is_private),
        promise(a_named_lock_says_who_holds_it_and_dies_with_its_process),
        promise(a_lock_says_nothing_of_its_holder_once_it_is_given_back),
        promise(the_log_of_the_workspace_makes_itself),
        promise(watching_ends_when_somebody_else_wrote),
        promise(who_verifies_waits_for_a_copy_that_somebody_makes),
        promise(blobs_are_kept_once_and_checked_when_read),
    };
    stay_in_memory();
    return cmocka_run_group_tests(store_local, NULL, NULL);
}
