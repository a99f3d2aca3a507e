/* tests/play/replay.c: what the record holds is answered from it, failures too. */
#include "theatre.h"

static const char *const yes[] = { "yes", "yes", "yes", "yes", NULL };

/* Two IPs, of which one has to stay. */
static struct theatre *book(const char *steps)
{
    struct theatre *t = theatre_open("world: simulated\nzone: Europe/Paris\n"
                                     "services:\n  shop: { ips: [192.0.2.10, 192.0.2.11], pool_min: 1 }\n");
    t->line = yes;
    theatre_runbook(t, "inner", "pool.remove { service = 'shop', ip = '192.0.2.11' }");
    theatre_runbook(t, "book", steps);
    return t;
}

/* The process dies in the last wait of it. */
static struct theatre *play_until_the_last_wait(const char *steps)
{
    struct theatre *calm = book(steps);
    assert_good(theatre_run(calm, "book"), &calm->e);
    struct theatre *t = book(steps);
    t->die_at_wait = calm->waits;
    assert_false(theatre_run(t, "book"));
    return t;
}

#define REMOVE(n) "pool.remove { service = 'shop', ip = '192.0.2." #n "' }\n"
#define ADD(n) "pool.add { service = 'shop', ip = '192.0.2." #n "', even_so = 'a test' }\n"
#define LAST_ONE "pool.remove pool:shop/192.0.2.10 ok, pool.add pool:shop/192.0.2.10 ok"

/* Refused before it was begun, it has no event of its own; by now it would be let through. */
static void what_was_refused_and_caught_is_not_tried_again_by_a_resume(void **_)
{
    static const char *const inside[] = {
        "local ok, why = try { pool.remove, service = 'shop', ip = '192.0.2.11' }\n",
        "local ok, why = try { function() now {} step 'x' impact { service = 'shop', level = 'up' } note 'y' " REMOVE(11) " end }\n",
        "local ok, why = try { function() retry { function() " REMOVE(11) " end, times = 1 } end }\n",
        "local ok, why = try { function() parallel { function() " REMOVE(11) " end, function() note 'beside it' end } end }\n",
        "local l = each { { 1 }, function() " REMOVE(11) " end, on_failure = 'go_on' } local why = l[1].failed\n",
        "local ok, why = try { function() call { 'inner' } end }\n",
    };
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        struct theatre *t = play_until_the_last_wait(arena_print(test_keep(), REMOVE(10) "%s" ADD(10) "wait '1s' note(why)", inside[i]));
        assert_good(theatre_resume(t, NULL, NULL), &t->e);
        assert_string_equal(theatre_changes(t), LAST_ONE);
        assert_non_null(strstr(theatre_last_note(t), "would leave 0 IPs in the pool of shop, whose minimum is 1"));
    }
}

static void from_inside_of_a_try_it_is_tried_again(void **_)
{
    struct theatre *t = play_until_the_last_wait(REMOVE(10) "note 'x' local ok, why = try { function() step 'in' " REMOVE(11) " end }\n"
                                          "wait '1s' note(tostring(why))");
    theatre_runbook(t, "book", REMOVE(10) "note 'x' local ok, why = try { function() step 'in' note 'in' end }\nwait '1s' note(tostring(why))");
    assert_good(theatre_resume(t, "from", "3/1"), &t->e);
    assert_string_equal(theatre_last_note(t), "nil");
}

/* A provider that tells repeats by the key must not take the new one for the old. */
static void what_from_does_anew_carries_a_key_of_its_own(void **_)
{
    struct theatre *t = book(REMOVE(10) "fail 'x'");
    assert_false(theatre_run(t, "book"));
    const char *first = theatre_last(t, EVENT_ACTION_BEGUN, "provider_key");
    assert_false(theatre_resume(t, "from", "1"));
    const char *second = theatre_last(t, EVENT_ACTION_BEGUN, "provider_key");
    assert_false(theatre_resume(t, "from", "1"));
    assert_string_not_equal(theatre_last(t, EVENT_ACTION_BEGUN, "provider_key"), second);
    assert_string_not_equal(theatre_last(t, EVENT_ACTION_BEGUN, "provider_key"), first);
}

static void another_word_where_the_record_holds_one_does_nothing(void **_)
{
    static const char *const now[] = { "restore { all = true, even_so = 'x' }", "pool.add { service = 'shop', ip = '192.0.2.10' }",
                                       "impact { service = 'shop', level = 'down' }", "lock 'pool:shop'", "sense.answers { service = 'shop' }" };
    for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
        struct theatre *t = play_until_the_last_wait(REMOVE(10) "note 'x' wait '1s'");
        size_t events = theatre_journal(t).count;
        theatre_runbook(t, "book", arena_print(test_keep(), REMOVE(10) "%s wait '1s'", now[i]));
        assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "word 2");
        assert_string_equal(theatre_changes(t), "pool.remove pool:shop/192.0.2.10 ok");
        struct journal j = theatre_journal(t);
        for (size_t k = events; k < j.count; k++)
            assert_true(j.event[k].kind == EVENT_RUN_RESUMED || j.event[k].kind == EVENT_RUN_PARKED);
    }
}

/* Nothing is done but going on and stopping; what is shown has recorded, now and the line. */
static void then_it_stops_and_does_nothing(struct theatre *t, size_t events, const char *recorded, const char *now)
{
    assert_false(theatre_resume(t, NULL, NULL));
    if (!strstr(t->e.text, "book.lua:") || !strstr(t->e.text, recorded) || !strstr(t->e.text, now))
        fail_msg("book.lua:, '%s' and '%s' are not in: %s", recorded, now, t->e.text);
    struct journal j = theatre_journal(t);
    for (size_t k = events; k < j.count; k++)
        if (j.event[k].kind != EVENT_RUN_RESUMED && j.event[k].kind != EVENT_RUN_PARKED)
            fail_msg("it wrote %s: %s", j.event[k].kind_name, now);
}

/* A word where a level was, a level where a word was, a word that is gone or came in between. */
static void an_edited_runbook_stops_before_it_does_anything_new(void **_)
{
    static const char *const edited[][4] = {
        { "try { function() " REMOVE(10) " end }\n", ADD(10), "pool.remove", "pool.add" },
        { "try { function() " REMOVE(10) " end }\n", "step 'x'", "pool.remove", "step" },
        { "try { function() " REMOVE(10) " end }\n", "confirm 'x'", "pool.remove", "confirm" },
        { "retry { function() " REMOVE(10) " end }\n", "sense.answers { service = 'shop' }", "pool.remove", "sense.answers" },
        { "parallel { function() " REMOVE(10) " end }\n", "restore { all = true, even_so = 'x' }", "pool.remove", "restore" },
        { "call { 'inner' }\n", "step 'inner'\nnote 'y'", "wait", "note" },
        { REMOVE(10), "try { function() " ADD(10) " end }\n", "pool.remove", "pool.add" },
        { REMOVE(10), "retry { function() note 'x' end }\n", "pool.remove", "note" },
        { REMOVE(10), "parallel { function() note 'x' end }\n", "pool.remove", "parallel" },
        { REMOVE(10), "now {}\n", "pool.remove", "now" },
        { REMOVE(10), "confirm 'x'\n", "pool.remove", "confirm" },
        { REMOVE(10), "ask 'x'\n", "pool.remove", "ask" },
        { REMOVE(10), "fail 'x'\n", "pool.remove", "fail" },
        { "try { function() " REMOVE(10) " end }\n", "parallel { function() note 'x' end }\n", "pool.remove", "note" },
        { "parallel { function() " REMOVE(10) " end }\n", "parallel { function() note 'y' end, function() note 'x' end }\n", "pool.remove", "note" },
        { "try { function() end }\n" REMOVE(10), ADD(10), "pool.remove", "pool.add" },
        { "lock 'pool:shop'\n", "lock 'dns:shop'\n", "pool:shop", "dns:shop" },
        { "impact { service = 'shop', level = 'down' }\n", "impact { service = 'shop', level = 'up' }\n", "down", "up" },
        { "impact { service = 'shop', level = 'down' }\n", "impact { service = 'shop', level = 'degraded', lost = '25%' }\n", "down", "degraded" },
    };
    for (size_t i = 0; i < sizeof edited / sizeof *edited; i++) {
        struct theatre *t = play_until_the_last_wait(arena_print(test_keep(), "note 'a'\n%s wait '9s' wait '1s'", edited[i][0]));
        size_t events = theatre_journal(t).count;
        theatre_runbook(t, "book", arena_print(test_keep(), "note 'a'\n%s wait '9s' wait '1s'", edited[i][1]));
        then_it_stops_and_does_nothing(t, events, edited[i][2], edited[i][3]);
        assert_good(theatre_resume(t, "recorded", NULL), &t->e);
    }
}

/* It closed nothing then, so it closes nothing now, though by now there is something. */
static void an_edge_that_had_nothing_to_close_closes_nothing_later(void **_)
{
    struct theatre *t = play_until_the_last_wait("impact { service = 'shop', level = 'up' }\n"
                                                 "impact { service = 'shop', level = 'down' }\nwait '1s'");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_IMPACT), 1);
}

/* --skip of what the journal still holds: the runbook need not come to it any more. */
static void what_a_runbook_no_longer_has_may_be_gone_round(void **_)
{
    struct theatre *t = play_until_the_last_wait("note 'a' try { function() " REMOVE(10) " end } wait '1s'");
    theatre_runbook(t, "book", "note 'a' try { function() end } wait '1s'\nnote 'end'");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "2/1");
    assert_good(theatre_resume(t, "skip", "2/1"), &t->e);
    assert_string_equal(theatre_last_note(t), "end");
}

/* One fails and stops the other, whose change may be in flight when the process dies. */
static void what_a_stopped_branch_had_begun_is_looked_into(void **_)
{
    static const char *const steps =
        "local ok, why = try { function() parallel { function() wait '7s' fail 'x' end, function()\n"
        "  note 'a' note 'b' note 'c' " REMOVE(10) " note 'never' end, on_failure = 'stop' } end }\n"
        "note(why) wait '1s' note 'end'";
    struct theatre *calm = book(steps);
    assert_good(theatre_run(calm, "book"), &calm->e);
    assert_int_equal(theatre_effects(calm), 1);
    for (int64_t at = 2; at <= calm->writes + calm->waits; at++) {
        struct theatre *t = book(steps);
        theatre_dies_at(t, calm, at);
        assert_false(theatre_run(t, "book"));
        if (theatre_count(t, EVENT_RUN_ENDED))
            continue;
        if (!theatre_resume(t, NULL, NULL))
            fail_msg("killed at %lld: %s", (long long)at, t->e.text);
        assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), theatre_count(t, EVENT_ACTION_ENDED));
        assert_string_equal(theatre_last_note(t), "end");
        assert_int_equal(theatre_count(t, EVENT_NOTE), 5); /* and not the one behind it */
    }
}

/* "stop" reaches the branches of a branch, too. */
static void a_stop_reaches_what_runs_inside_of_a_branch(void **_)
{
    struct theatre *t = book("try { function() parallel { function() wait '1s' fail 'x' end,\n"
        "function() each { { 'a', 'b', 'c' }, function(x) wait '700ms' note(x) end } end, on_failure = 'stop' } end }\n"
        "wait '9s' note 'end'");
    assert_good(theatre_run(t, "book"), &t->e);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 2); /* a, end */
}

int main(void)
{
    const struct CMUnitTest replay[] = {
        promise(what_was_refused_and_caught_is_not_tried_again_by_a_resume),
        promise(from_inside_of_a_try_it_is_tried_again),
        promise(what_from_does_anew_carries_a_key_of_its_own),
        promise(another_word_where_the_record_holds_one_does_nothing),
        promise(an_edited_runbook_stops_before_it_does_anything_new),
        promise(an_edge_that_had_nothing_to_close_closes_nothing_later),
        promise(what_a_runbook_no_longer_has_may_be_gone_round),
        promise(what_a_stopped_branch_had_begun_is_looked_into),
        promise(a_stop_reaches_what_runs_inside_of_a_branch),
    };
    return cmocka_run_group_tests(replay, NULL, NULL);
}
