/* store_target.c: what others set out to do to targets is news, and nothing else is. */
#include "ground.h"

#include <signal.h>
#include <sys/wait.h>

static const char one[] = "pool:osc-fr1/192.0.2.1", another[] = "pool:osc-fr1/192.0.2.2";

struct two { struct ground *g; struct store *us, *them; };

static struct two two_on_one_disk(void)
{
    struct two t = { .g = ground() };
    struct err e = { 0 };
    struct draft opened = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_OPENED,
        .data = "{\"id\":\"00112233445566778899aabbccddeeff\",\"name\":\"INC-2025-001\",\"zone\":\"UTC\"}" };
    t.us = t.g->store;
    t.them = open_on(t.g, quick_disk());
    assert_good(t.us->create(t.us, incident, &opened, 1, test_keep(), &e), &e);
    t.us->heed(t.us);
    return t;
}

static void go(struct two *t)
{
    t->them->close(t->them);
    leave(t->g);
}

static bool writes(struct store *s, enum event_kind kind, const char *target)
{
    struct err e = { 0 };
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "bob", .uid = "sim", .kind = kind,
                       .data = arena_print(test_keep(), "{\"change\":\"C1\",\"target\":\"%s\"}", target) };
    return s->append(s, incident, NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e);
}

static void nothing_is_news_before_anybody_wrote(void **_)
{
    struct two t = two_on_one_disk();
    assert_false(t.us->news(t.us, one));
    go(&t);
}

static void what_others_begin_is_news_of_that_target_until_it_is_heeded(void **_)
{
    struct two t = two_on_one_disk();
    assert_true(writes(t.them, EVENT_ACTION_BEGUN, one));
    assert_true(t.us->news(t.us, one));
    assert_false(t.us->news(t.us, another));
    t.us->heed(t.us);
    assert_false(t.us->news(t.us, one));
    go(&t);
}

static void what_others_lock_is_news_of_every_target_for_a_lock_may_be_wider(void **_)
{
    static const enum event_kind kinds[] = { EVENT_LOCK_TAKEN, EVENT_LOCK_STOLEN };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct two t = two_on_one_disk();
        assert_true(writes(t.them, kinds[i], "pool:osc-fr1"));
        assert_true(t.us->news(t.us, one));
        t.us->heed(t.us);
        assert_false(t.us->news(t.us, one));
        go(&t);
    }
}

static void what_we_begin_ourselves_is_no_news_to_us_and_is_to_others(void **_)
{
    struct two t = two_on_one_disk();
    t.them->heed(t.them);
    assert_true(writes(t.us, EVENT_ACTION_BEGUN, one));
    assert_false(t.us->news(t.us, one));
    assert_true(t.them->news(t.them, one));
    assert_true(writes(t.them, EVENT_ACTION_BEGUN, one));
    assert_true(t.us->news(t.us, one));
    go(&t);
}

static void notes_and_ends_are_no_news(void **_)
{
    struct two t = two_on_one_disk();
    assert_true(writes(t.them, EVENT_NOTE, one));
    assert_true(writes(t.them, EVENT_ACTION_ENDED, one));
    assert_false(t.us->news(t.us, one));
    go(&t);
}

static void what_is_taken_in_from_elsewhere_is_news_of_every_target(void **_)
{
    struct two t = two_on_one_disk();
    struct err e = { 0 };
    const struct stream_bytes *all;
    size_t count;
    int64_t added;
    assert_good(t.them->streams(t.them, incident, &all, &count, test_keep(), &e), &e);
    assert_good(t.them->adopt(t.them, "INC-2025-009", all, count, &added, test_keep(), &e), &e);
    assert_true(t.us->news(t.us, one));
    t.us->heed(t.us);
    assert_false(t.us->news(t.us, another));
    go(&t);
}

static ssize_t die_at_a_line(int fd, const void *bytes, size_t length, off_t at)
{
    ssize_t done = disk_real.pwrite(fd, bytes, length, at);
    if (length > 20 && !memcmp(bytes, "{\"v\":1,", 7))
        raise(SIGKILL);
    return done;
}

/* Whether it was written nobody can tell by counting: everybody looks. */
static void who_dies_while_writing_leaves_news_for_ever(void **_)
{
    struct two t = two_on_one_disk();
    int status;
    pid_t child = fork();
    if (!child) {
        static struct disk deadly;
        deadly = *quick_disk();
        deadly.pwrite = die_at_a_line;
        writes(open_on(t.g, &deadly), EVENT_ACTION_BEGUN, one);
        _exit(0);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    for (int i = 0; i < 3; i++) {
        assert_true(t.us->news(t.us, one));
        assert_false(t.us->news(t.us, another));
        t.us->heed(t.us);
    }
    go(&t);
}

static void a_cleared_away_file_of_targets_is_made_again_and_locks_as_before(void **_)
{
    struct two t = two_on_one_disk();
    struct err e = { 0 };
    struct lock *lock, *theirs;
    struct lock_holder h;
    assert_int_equal(unlink(arena_print(test_keep(), "%s/.tocsin/locks/targets", t.g->dir)), 0);
    assert_good(t.us->lock(t.us, "target/a", "alice", "1@h", "R1", &lock, &h, test_keep(), &e), &e);
    assert_refused(t.them->lock(t.them, "target/a", "bob", "2@h", "R2", &theirs, &h, test_keep(), &e), &e, ERR_BUSY,
                   "is held by alice: R1");
    t.us->unlock(t.us, lock);
    assert_good(t.them->lock(t.them, "target/a", "bob", "2@h", "R2", &theirs, &h, test_keep(), &e), &e);
    t.them->unlock(t.them, theirs);
    go(&t);
}

int main(void)
{
    const struct CMUnitTest store_target[] = {
        promise(nothing_is_news_before_anybody_wrote),
        promise(what_others_begin_is_news_of_that_target_until_it_is_heeded),
        promise(what_others_lock_is_news_of_every_target_for_a_lock_may_be_wider),
        promise(what_we_begin_ourselves_is_no_news_to_us_and_is_to_others),
        promise(notes_and_ends_are_no_news),
        promise(what_is_taken_in_from_elsewhere_is_news_of_every_target),
        promise(who_dies_while_writing_leaves_news_for_ever),
        promise(a_cleared_away_file_of_targets_is_made_again_and_locks_as_before),
    };
    stay_in_memory();
    return cmocka_run_group_tests(store_target, NULL, NULL);
}
