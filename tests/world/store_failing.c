/* Every deed of the store on a disk of which every system call fails in turn, in
 * every way: what was acknowledged stays, nothing is altered, and the same deed
 * succeeds once the disk is well again. */
#include "world/ground.h"

static bool append(struct store *s, const char *name, const struct draft *d, size_t count, enum sync sync, struct err *e)
{
    struct appended out;
    return s->append(s, name, NULL, NULL, d, count, sync, &out, test_keep(), e);
}

static const struct draft two[2] = {
    { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"began\"}" },
    { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE, .data = "{\"text\":\"ended\"}" },
};

static bool a_batch(struct store *s, struct err *e)
{
    return append(s, incident, two, 2, SYNC_NOW, e);
}

static bool a_later_sync(struct store *s, struct err *e)
{
    return append(s, incident, two, 2, SYNC_LATER, e) && s->sync(s, incident, e);
}

static bool syncs_that_are_begun(struct store *s, struct err *e)
{
    return append(s, incident, two, 2, SYNC_BEGUN, e) && append(s, incident, two, 2, SYNC_SHARED, e)
        && append(s, incident, two, 2, SYNC_BEGUN, e) && append(s, incident, two, 2, SYNC_LATER, e)
        && s->sync(s, incident, e);
}

static bool an_erasure(struct store *s, struct err *e)
{
    struct journal j;
    if (!s->read(s, incident, &j, test_keep(), e))
        return false;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_ERASED, .data =
                       arena_print(test_keep(), "{\"hash\":\"%s\",\"why\":\"x\"}", j.event[1].hash) };
    return append(s, incident, &d, 1, SYNC_NOW, e);
}

static bool a_blob(struct store *s, struct err *e)
{
    char sha[SHA256_HEX + 1];
    const char *bytes;
    size_t length;
    return s->blob_put(s, incident, "bytes", 5, sha, e)
        && s->blob_get(s, incident, sha, &bytes, &length, test_keep(), e) && length == 5;
}

static bool an_output(struct store *s, struct err *e)
{
    const char *bytes;
    size_t length;
    return s->output_put(s, incident, "C1", 0, "line\n", 5, e)
        && s->output_get(s, incident, "C1", 0, &bytes, &length, test_keep(), e) && length == 5;
}

static bool a_lock(struct store *s, struct err *e)
{
    struct lock *run, *target;
    struct lock_holder h;
    bool ok = s->lock(s, "run/R1", "alice", "sim", "", &run, &h, test_keep(), e);
    if (!ok)
        return false;
    ok = s->lock(s, "target/pool:a/1.2.3.4", "alice", "sim", "", &target, &h, test_keep(), e);
    if (ok)
        s->unlock(s, target);
    s->unlock(s, run);
    return ok;
}

static bool a_note_in_the_log(struct store *s, struct err *e)
{
    return append(s, "log", two, 1, SYNC_NOW, e);
}

static bool another_incident(struct store *s, struct err *e)
{
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_OPENED, .data =
                       "{\"id\":\"00000000000000000000000000000002\",\"name\":\"INC-2025-002\"}" };
    struct names all;
    if (!s->list(s, &all, test_keep(), e))
        return false;
    return all.count == 2 || s->create(s, "INC-2025-002", &d, 1, test_keep(), e);
}

static bool a_look_at_every_byte(struct store *s, struct err *e)
{
    struct checked c;
    return s->check(s, incident, &c, test_keep(), e) && !c.stream[0].damage && !c.missing_blobs.count;
}

static const struct { const char *name; bool (*does)(struct store *s, struct err *e); } deeds[] = {
    { "a batch", a_batch }, { "a later sync", a_later_sync }, { "syncs that are begun", syncs_that_are_begun },
    { "an erasure", an_erasure },
    { "a blob", a_blob }, { "an output", an_output }, { "a lock", a_lock },
    { "a note in the log", a_note_in_the_log }, { "another incident", another_incident },
    { "a look at every byte", a_look_at_every_byte },
};

static void every_deed(int number, bool lasting, bool half)
{
    for (size_t k = 0; k < sizeof deeds / sizeof *deeds; k++) {
        bool reached_the_end = false;
        for (long n = 1; !reached_the_end; n++) {
            struct arena before = *test_keep();
            struct ground *g = ground();
            struct err e = { 0 };
            assert_good(create(g->store, &e) && note(g->store, "hunter2", &e) && note(g->store, "before", &e), &e);
            struct store *bad = open_on(g, bad_disk());
            trouble = (typeof(trouble)){ .fail_at = n, .number = number, .lasting = lasting, .half = half };
            bool done = deeds[k].does(bad, &e);
            reached_the_end = !trouble.hit;
            trouble.fail_at = 0;
            bad->close(bad);
            if (number == EINTR && !done)
                fail_msg("%s, call %ld was not tried again: %s", deeds[k].name, n, e.text);
            if (!done && e.kind != ERR_SYSTEM)
                fail_msg("%s, call %ld: '%s' is no error of the machine", deeds[k].name, n, e.text);
            g->store->close(g->store);
            g->store = open_on(g, quick_disk());
            e = (struct err){ 0 };
            if (!deeds[k].does(g->store, &e))
                fail_msg("%s, call %ld, and then once more: %s", deeds[k].name, n, e.text);
            assert_good(note(g->store, "after", &e), &e);
            struct journal j = journal(g->store);
            if (j.stream[0].damage)
                fail_msg("%s, call %ld: %s", deeds[k].name, n, j.stream[0].damage);
            assert_int_equal(times(&j, "before"), 1);
            assert_int_equal(times(&j, "after"), 1);
            assert_int_equal(times(&j, "began"), times(&j, "ended"));
            leave(g);
            *test_keep() = before;
            assert_true(n < 300);
        }
    }
}

static void each_call_that_says_eio(void **_) { every_deed(EIO, false, false); }
static void each_call_and_all_that_write_behind_it(void **_) { every_deed(ENOSPC, true, false); }
static void each_call_that_says_edquot(void **_) { every_deed(EDQUOT, false, false); }
static void each_call_that_is_interrupted_is_tried_again(void **_) { every_deed(EINTR, false, false); }
static void each_write_that_is_cut_short(void **_) { every_deed(ENOSPC, false, true); }

int main(void)
{
    const struct CMUnitTest store_failing[] = {
        promise(each_call_that_says_eio),
        promise(each_call_and_all_that_write_behind_it),
        promise(each_call_that_says_edquot),
        promise(each_call_that_is_interrupted_is_tried_again),
        promise(each_write_that_is_cut_short),
    };
    stay_in_memory();
    return cmocka_run_group_tests(store_failing, NULL, NULL);
}
