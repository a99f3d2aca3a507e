/* tests/play/ledger.c: what is changed, target by target. */
#include "promise.h"

#include "play/ledger.h"
#include "play/locks.h"

#include <string.h>

/* A journal written down in a few words. */
static struct event events[64];
static size_t count;
static struct ledger ledger;

static const char *hash_of(size_t n)
{
    return arena_print(test_keep(), "%064zx", n);
}

static void given_nothing(void) { count = 0; }

static const char *happens(enum event_kind kind, const char *data)
{
    events[count] = (struct event){ .seq = (int64_t)count + 1, .at = (int64_t)count * 1000,
        .recorded = (int64_t)count * 1000, .by = "alice", .uid = "1@h", .kind = kind,
        .kind_name = event_kinds[kind].name, .data = json_from(data), .hash = hash_of(count + 1) };
    return events[count++].hash;
}

static const char *begun(const char *name, const char *target, const char *before, const char *undo,
                         const char *more)
{
    return happens(EVENT_ACTION_BEGUN, arena_print(test_keep(), "{\"change\":\"%s\",\"action\":\"pool.x\","
        "\"target\":\"%s\",\"args\":{\"ip\":\"1.2.3.4\"},\"before\":%s,\"undo\":%s%s}", name, target, before, undo, more));
}

static void ended(const char *of, const char *outcome, const char *after, const char *result)
{
    happens(EVENT_ACTION_ENDED, arena_print(test_keep(), "{\"begun\":\"%s\",\"outcome\":\"%s\",\"text\":\"\","
        "\"after\":%s,\"result\":%s}", of, outcome, after, result));
}

static const char *const undo = "{\"action\":\"pool.y\",\"args\":{\"ip\":\"$args.ip\"}}";

static const char *change(const char *name, const char *before, const char *after)
{
    const char *hash = begun(name, "pool:r/1.2.3.4", before, undo, "");
    ended(hash, "ok", after, "{}");
    return hash;
}

static const struct target *folded(void)
{
    struct journal j = { .incident = "INC-1", .event = events, .count = count };
    ledger_fold(&ledger, &j, 1, test_keep());
    return ledger.targets ? &ledger.target[0] : NULL;
}

static enum change_state state_of(const char *name)
{
    const struct change *c = ledger_find(&ledger, "INC-1", name);
    assert_non_null(c);
    return c->state;
}

static void a_change_is_open_and_its_undo_is_resolved(void **_)
{
    given_nothing();
    change("C1", "{\"in\":true}", "{\"in\":false}");
    assert_true(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_OPEN);
    struct json args = json_get(ledger.change[0].undo, "args");
    assert_string_equal(json_get_text(args, "ip", test_keep()), "1.2.3.4");
}

/* On the seed's day it went out 14:23, in 14:41, out 14:46, in 18:32. */
static void out_in_out_in_is_as_it_was(void **_)
{
    given_nothing();
    change("C1", "{\"in\":true}", "{\"in\":false}");
    change("C2", "{\"in\":false}", "{\"in\":true}");
    change("C3", "{\"in\":true}", "{\"in\":false}");
    assert_true(folded()->changed);
    assert_string_equal(json_canonical(folded()->before, test_keep()), "{\"in\":true}");
    change("C4", "{\"in\":false}", "{\"in\":true}");
    assert_false(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_CANCELLED);
    assert_int_equal(state_of("C4"), CHANGE_CANCELLED);
}

/* The provider accepted it, and shows it later. */
static void one_change_that_shows_nothing_is_a_change(void **_)
{
    given_nothing();
    change("C1", "{\"in\":true}", "{\"in\":true}");
    assert_true(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_OPEN);
}

static void what_only_the_result_told_is_in_the_undo(void **_)
{
    given_nothing();
    const char *hash = begun("C1", "cloud:ip/x", "{\"ip\":\"\"}",
                             "{\"action\":\"cloud.release_ip\",\"args\":{\"ip\":\"$result.ip\"}}", "");
    folded();
    assert_null(ledger.change[0].undo.at);
    ended(hash, "ok", "{\"ip\":\"9.9.9.9\"}", "{\"ip\":\"9.9.9.9\"}");
    folded();
    assert_string_equal(json_get_text(json_get(ledger.change[0].undo, "args"), "ip", test_keep()), "9.9.9.9");
}

static void what_has_no_end_is_in_flight_and_counts_as_changed(void **_)
{
    given_nothing();
    begun("C1", "pool:r/1.2.3.4", "{\"in\":true}", undo, "");
    assert_true(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_IN_FLIGHT);
}

static void what_failed_or_was_so_already_changed_nothing(void **_)
{
    given_nothing();
    ended(begun("C1", "a", "{}", undo, ""), "failed", "null", "null");
    ended(begun("C2", "b", "{}", undo, ""), "unchanged", "{}", "{}");
    folded();
    assert_int_equal(state_of("C1"), CHANGE_FAILED);
    assert_false(ledger.target[0].changed);
    assert_false(ledger.target[1].changed);
}

static void undone_kept_and_failed_to_undo_are_told_apart(void **_)
{
    given_nothing();
    const char *one = change("C1", "{\"in\":true}", "{\"in\":false}");
    happens(EVENT_UNDONE, arena_print(test_keep(), "{\"changes\":[\"%s\"],\"end\":\"failed\"}", one));
    assert_true(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_UNDO_FAILED);
    happens(EVENT_KEPT, arena_print(test_keep(), "{\"changes\":[\"%s\"],\"because\":\"x\"}", one));
    assert_false(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_KEPT);
    /* what comes after a kept one starts from there */
    change("C2", "{\"in\":false}", "{\"in\":true}");
    assert_true(folded()->changed);
    assert_string_equal(json_canonical(folded()->before, test_keep()), "{\"in\":false}");
}

static void by_hand_nobody_knows_before_and_after_and_an_undo_puts_it_back(void **_)
{
    given_nothing();
    const char *one = change("C1", "null", "null");
    assert_true(folded()->changed);
    const char *two = begun("C2", "pool:r/1.2.3.4", "null", undo,
                            arena_print(test_keep(), ",\"undoes\":[\"%s\"]", one));
    ended(two, "ok", "null", "{}");
    happens(EVENT_UNDONE, arena_print(test_keep(), "{\"changes\":[\"%s\"],\"end\":\"undone\"}", one));
    assert_false(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_UNDONE);
    assert_int_equal(state_of("C2"), CHANGE_CANCELLED);
}

static const char *by_hand(const char *name, const char *action, const char *back)
{
    const char *hash = happens(EVENT_ACTION_BEGUN, arena_print(test_keep(), "{\"change\":\"%s\",\"action\":\"%s\","
        "\"target\":\"pool:r/1.2.3.4\",\"args\":{\"service\":\"r\",\"ip\":\"1.2.3.4\"},\"before\":null,\"undo\":"
        "{\"action\":\"%s\",\"args\":{\"ip\":\"$args.ip\",\"service\":\"$args.service\"}},\"by_hand\":true}", name, action, back));
    ended(hash, "ok", "null", "{}");
    return hash;
}

static void by_hand_out_and_in_again_is_as_it_was_though_nobody_looked(void **_)
{
    given_nothing();
    by_hand("C1", "pool.remove", "pool.add");
    assert_true(folded()->changed);
    by_hand("C2", "pool.add", "pool.remove");
    assert_false(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_CANCELLED);
    assert_int_equal(state_of("C2"), CHANGE_CANCELLED);
    /* and out once more: from where it was, with the undo of its own */
    by_hand("C3", "pool.remove", "pool.add");
    assert_true(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_CANCELLED);
    assert_int_equal(state_of("C3"), CHANGE_OPEN);
    by_hand("C4", "pool.remove", "pool.add"); /* twice out, once in */
    by_hand("C5", "pool.add", "pool.remove");
    assert_false(folded()->changed);
}

static void another_target_or_other_arguments_do_not_lead_back(void **_)
{
    given_nothing();
    by_hand("C1", "pool.remove", "pool.add");
    const char *other = begun("C2", "pool:r/1.2.3.4", "null", "null", "");
    ended(other, "ok", "null", "{}");
    assert_true(folded()->changed);
    assert_int_equal(state_of("C1"), CHANGE_OPEN);
}

static void what_was_said_cannot_be_put_back_and_leaves_nothing_changed(void **_)
{
    given_nothing();
    ended(begun("C1", "ticket:x", "null", "null", ",\"lasting\":false"), "ok", "null", "{}");
    ended(begun("C2", "cloud:vpc/x", "null", "null", ""), "ok", "null", "{}");
    folded();
    assert_false(ledger.target[1].changed);
    assert_true(ledger.target[0].changed); /* removed for good: nobody may overlook it */
    assert_int_equal(state_of("C2"), CHANGE_NO_UNDO);
}

/* With two incidents open, the second's "original" is the first's change. */
static void two_incidents_share_a_target(void **_)
{
    given_nothing();
    change("C1", "{\"in\":true}", "{\"in\":false}");
    size_t half = count;
    change("C1", "{\"in\":false}", "{\"in\":true}");
    struct journal j[2] = { { .incident = "INC-1", .event = events, .count = half },
                            { .incident = "INC-2", .event = events + half, .count = count - half } };
    ledger_fold(&ledger, j, 2, test_keep());
    assert_int_equal(ledger.targets, 1);
    assert_false(ledger.target[0].changed);
}

static void a_lock_holds_what_is_below_it_until_it_is_released_or_its_run_ends(void **_)
{
    const struct held *held;
    size_t n;
    given_nothing();
    happens(EVENT_LOCK_TAKEN, "{\"target\":\"pool:r\",\"why\":\"w\"}");
    happens(EVENT_LOCK_TAKEN, "{\"target\":\"dns:r\",\"run\":\"R1\",\"key\":\"1\"}");
    struct journal j = { .incident = "INC-1", .event = events, .count = count };
    locks_fold(&held, &n, &j, 1, test_keep());
    assert_int_equal(n, 2);
    assert_non_null(locks_on(held, n, "pool:r/1.2.3.4"));
    assert_null(locks_on(held, n, "pool:rr/1.2.3.4"));
    happens(EVENT_LOCK_RELEASED, "{\"target\":\"pool:r\"}");
    happens(EVENT_RUN_ENDED, "{\"run\":\"R1\",\"how\":\"returned\"}");
    j.count = count;
    locks_fold(&held, &n, &j, 1, test_keep());
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        promise(a_change_is_open_and_its_undo_is_resolved),
        promise(out_in_out_in_is_as_it_was),
        promise(one_change_that_shows_nothing_is_a_change),
        promise(what_only_the_result_told_is_in_the_undo),
        promise(what_has_no_end_is_in_flight_and_counts_as_changed),
        promise(what_failed_or_was_so_already_changed_nothing),
        promise(undone_kept_and_failed_to_undo_are_told_apart),
        promise(by_hand_nobody_knows_before_and_after_and_an_undo_puts_it_back),
        promise(by_hand_out_and_in_again_is_as_it_was_though_nobody_looked),
        promise(another_target_or_other_arguments_do_not_lead_back),
        promise(what_was_said_cannot_be_put_back_and_leaves_nothing_changed),
        promise(two_incidents_share_a_target),
        promise(a_lock_holds_what_is_below_it_until_it_is_released_or_its_run_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
