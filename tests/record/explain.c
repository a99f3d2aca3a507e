/* explain.c: what a verdict hangs on. */
#include "record/windows.h"

#include "record/explain.h"

static struct event events[16];

/* Each window of its own opening and closing, as the record has them. */
static struct sla_question the_seed(void)
{
    static struct policy p;
    given_the_seed();
    p = seed_policy();
    for (size_t i = 0; i < given_count; i++) {
        given[i].opening = &events[2 * i];
        given[i].closing = &events[2 * i + 1];
    }
    return (struct sla_question){ .service = "osc-fr1", .policy = &p, .window = given,
                                  .windows = given_count, .as_of = INSTANT_NONE,
                                  .period = period_at(&p, given[0].start.at, test_keep()) };
}

static void one_edge_of_ten_would_settle_the_seeds_day_for_yes_and_all_ten_for_no(void **_)
{
    struct sla_settling s;
    struct sla_question q = the_seed();
    sla_settling(&s, &q, VERDICT_YES, test_keep());
    assert_true(s.tried && s.possible);
    assert_int_equal(s.needed, 1);
    assert_int_equal(s.alone, 10);
    assert_int_equal(s.edges, 10);
    sla_settling(&s, &q, VERDICT_NO, test_keep());
    assert_true(s.possible);
    assert_int_equal(s.needed, 10);
    assert_int_equal(s.alone, 0);
}

static void the_edges_named_are_enough_and_one_fewer_is_not(void **_)
{
    struct sla_settling s;
    struct sla_question q = the_seed();
    given[3] = given[--q.windows]; /* 44 minutes: 4 for no, 5 for yes */
    sla_settling(&s, &q, VERDICT_NO, test_keep());
    assert_int_equal(s.needed, 4);
    for (size_t i = 0; i < s.needed; i++) { /* sharpened by hand, as one would amend them */
        struct window *w = (struct window *)q.window;
        size_t k = 0;
        assert_int_equal(sla_verdict(&q, NULL, *test_keep()), VERDICT_UNCERTAIN);
        while (w[k].opening != s.edge[i].window->opening)
            k++;
        if (s.edge[i].end)
            w[k].end.late_ms = 999;
        else
            w[k].start = (struct edge){ w[k].start.at + 59000, 0, 999 };
    }
    assert_int_equal(sla_verdict(&q, NULL, *test_keep()), VERDICT_NO);
}

static void edges_that_only_settle_it_together_are_found_and_no_others_named(void **_)
{
    struct sla_settling s;
    struct sla_question q = the_seed();
    given_nothing();
    /* two voices, both to ten minutes, tell of one end; a third window is known roughly too, and
     * gains most alone, but not enough */
    for (int i = 0; i < 2; i++) {
        struct window *w = down_sharp("2025-03-11 10:00", "2025-03-11 10:40");
        w->end.late_ms = 10 * MINUTE_MS;
        w->basis = i ? "probe:front" : "person";
        w->opening = &events[i];
        w->closing = &events[4 + i];
    }
    struct window *w = down_sharp("2025-03-11 12:00", "2025-03-11 12:01");
    w->end.late_ms = 2 * MINUTE_MS;
    w->opening = &events[8];
    w->closing = &events[9];
    q.windows = given_count;
    sla_settling(&s, &q, VERDICT_YES, test_keep());
    assert_true(s.possible && s.least);
    assert_int_equal(s.edges, 3);
    assert_int_equal(s.needed, 2);
    assert_int_equal(s.edge[0].window->end.at, moment("2025-03-11 10:40"));
    assert_int_equal(s.edge[1].window->end.at, moment("2025-03-11 10:40"));
}

static void the_contracts_clock_has_edges_too(void **_)
{
    struct sla_settling s;
    struct sla_question q = the_seed();
    static struct policy p;
    static struct tick ticket;
    given_nothing();
    ticket = (struct tick){ TICK_TICKET, { moment("2025-03-11 10:15"), 0, 2 * MINUTE_MS } };
    for (int i = 0; i < 2; i++) { /* two services' worth of windows share the one ticket */
        struct window *w = down_sharp("2025-03-11 10:00", "2025-03-11 11:00");
        w->opening = &events[i];
        w->closing = &events[4 + i];
        w->tick = &ticket;
        w->ticks = 1;
    }
    p = seed_policy(); /* 44:34.8 are allowed; from the ticket on it was down for 43 to 45 minutes */
    p.starts = STARTS_TICKET;
    q.policy = &p;
    q.windows = given_count;
    assert_int_equal(sla_verdict(&q, NULL, *test_keep()), VERDICT_UNCERTAIN);
    sla_settling(&s, &q, VERDICT_YES, test_keep());
    assert_true(s.possible);
    assert_int_equal(s.edges, 1);
    assert_int_equal(s.needed, 1);
    assert_ptr_equal(s.edge[0].tick, &ticket);
    sla_settling(&s, &q, VERDICT_NO, test_keep());
    assert_true(s.possible);
}

static void each_clause_shows_what_it_left(void **_)
{
    struct sla_step step[SLA_STEPS];
    struct sla_question q = the_seed();
    static struct policy p;
    p = seed_policy();
    p.minimum_ms = 9 * MINUTE_MS;
    p.bucket = BUCKET_TOUCHED;
    p.bucket_ms = 5 * MINUTE_MS;
    q.policy = &p;
    q.exactly = true;
    assert_int_equal(sla_steps(step, &q, test_keep()), 3);
    assert_string_equal(step[0].name, "union");
    assert_int_equal(step[0].downtime_ms.nominal, 49 * MINUTE_MS);
    assert_string_equal(step[1].name, "minimum"); /* 13 + 13 + 10 */
    assert_int_equal(step[1].downtime_ms.nominal, 36 * MINUTE_MS);
    assert_string_equal(step[2].name, "intervals"); /* 15 + 15 + 15 */
    assert_int_equal(step[2].downtime_ms.nominal, 45 * MINUTE_MS);
}

static void where_precision_is_not_the_doubt_it_says_so(void **_)
{
    struct sla_settling s;
    struct sla_question q = the_seed();
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 11:00")->disputed = true;
    q.windows = given_count;
    sla_settling(&s, &q, VERDICT_YES, test_keep());
    assert_true(s.tried);
    assert_false(s.possible);
    assert_int_equal(s.edges, 0);
}

static void an_edge_that_ends_two_windows_is_one_edge(void **_)
{
    struct sla_settling s;
    struct sla_question q = the_seed();
    given_nothing();
    for (int i = 0; i < 2; i++) {
        struct window *w = down("2025-03-11 10:00", "2025-03-11 10:45");
        w->opening = &events[i];
        w->closing = &events[9];
        w->basis = i ? "probe:front" : "person";
    }
    q.windows = given_count;
    sla_settling(&s, &q, VERDICT_YES, test_keep());
    assert_int_equal(s.edges, 3);
}

static void each_window_of_the_seeds_day_alone_turns_the_exact_verdict(void **_)
{
    struct sla_turns t;
    struct sla_question q = the_seed();
    sla_turns(&t, &q, NULL, 0, test_keep());
    assert_int_equal(t.exact, VERDICT_YES);
    assert_int_equal(t.turns, 5);
    for (size_t i = 0; i < t.turns; i++)
        assert_int_equal(t.turn[i].without, VERDICT_NO);
}

static void a_struck_window_that_would_turn_it_is_named_and_so_are_the_others_then(void **_)
{
    struct sla_turns t;
    struct sla_question q = the_seed();
    struct window struck = given[3];
    given[3] = given[--q.windows];
    sla_turns(&t, &q, &struck, 1, test_keep());
    assert_int_equal(t.exact, VERDICT_NO);
    assert_int_equal(t.turns, 1);
    assert_true(t.turn[0].struck);
    assert_int_equal(t.turn[0].with, VERDICT_YES);
    assert_int_equal(t.thens, 4);
}

static void too_many_windows_are_not_tried_and_it_is_said(void **_)
{
    struct sla_turns t;
    struct sla_settling s;
    struct sla_question q = the_seed();
    struct window *many = arena_many(test_keep(), struct window, EXPLAIN_WINDOWS + 1);
    for (size_t i = 0; i <= EXPLAIN_WINDOWS; i++)
        many[i] = given[0];
    q.window = many;
    q.windows = EXPLAIN_WINDOWS + 1;
    sla_turns(&t, &q, NULL, 0, test_keep());
    sla_settling(&s, &q, VERDICT_YES, test_keep());
    assert_false(t.tried || s.tried);
}

int main(void)
{
    const struct CMUnitTest explain[] = {
        promise(one_edge_of_ten_would_settle_the_seeds_day_for_yes_and_all_ten_for_no),
        promise(the_edges_named_are_enough_and_one_fewer_is_not),
        promise(edges_that_only_settle_it_together_are_found_and_no_others_named),
        promise(the_contracts_clock_has_edges_too),
        promise(each_clause_shows_what_it_left),
        promise(where_precision_is_not_the_doubt_it_says_so),
        promise(an_edge_that_ends_two_windows_is_one_edge),
        promise(each_window_of_the_seeds_day_alone_turns_the_exact_verdict),
        promise(a_struck_window_that_would_turn_it_is_named_and_so_are_the_others_then),
        promise(too_many_windows_are_not_tried_and_it_is_said),
    };
    return cmocka_run_group_tests(explain, NULL, NULL);
}
