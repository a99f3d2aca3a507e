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

int main(void)
{
    const struct CMUnitTest replay[] = {
        promise(what_was_refused_and_caught_is_not_tried_again_by_a_resume),
        promise(from_inside_of_a_try_it_is_tried_again),
        promise(another_word_where_the_record_holds_one_does_nothing),
    };
    return cmocka_run_group_tests(replay, NULL, NULL);
}
