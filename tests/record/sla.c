/* sla.c: what a contract's arithmetic promises; the numbered traps are those
 * that everybody falls into, and none of them is left out. */
#include "record/windows.h"

#define MIN(n) ((n) * MINUTE_MS)

/* ---- the seed's day ---- */

static void five_windows_to_the_minute_are_49_minutes_between_44_and_54(void **_)
{
    given_the_seed();
    struct sla_result r = sla_in("2025-03", seed_policy(), false);
    assert_range(r.downtime_ms, 2640005, MIN(49), 3239995);
    assert_int_equal(r.allowed_ms, 2674800);
    assert_range(r.excess_ms, 0, 265200, 565195);
    assert_int_equal(r.breach, VERDICT_UNCERTAIN);
    assert_int_equal(sla_in("2025-03", seed_policy(), true).breach, VERDICT_YES);
}

static void without_the_fourth_window_the_exact_verdict_turns(void **_)
{
    given_the_seed();
    given[3] = given[--given_count];
    struct sla_result r = sla_in("2025-03", seed_policy(), false);
    assert_range(r.downtime_ms, MIN(40) + 4, MIN(44), MIN(48) - 4);
    assert_int_equal(r.breach, VERDICT_UNCERTAIN);
    assert_int_equal(sla_in("2025-03", seed_policy(), true).breach, VERDICT_NO);
}

/* ---- the traps, by number ---- */

static void trap_1_the_allowance_is_that_of_the_real_month(void **_)
{
    given_nothing();
    given_zone = "UTC";
    assert_int_equal(sla_in("2025-02", seed_policy(), false).allowed_ms, 2419200); /* 40.32 min */
    assert_int_equal(sla_in("2024-02", seed_policy(), false).allowed_ms, 2505600); /* 41.76 */
    assert_int_equal(sla_in("2025-04", seed_policy(), false).allowed_ms, 2592000); /* 43.2 */
    assert_int_equal(sla_in("2025-01", seed_policy(), false).allowed_ms, 2678400); /* 44.64 */
}

static void trap_2_a_month_in_paris_may_have_743_or_745_hours(void **_)
{
    given_nothing();
    struct sla_result march = sla_in("2025-03", seed_policy(), false);
    struct sla_result october = sla_in("2025-10", seed_policy(), false);
    assert_int_equal(march.period.end - march.period.start, 743 * HOUR_MS);
    assert_int_equal(march.allowed_ms, 2674800); /* 44.58 min */
    assert_int_equal(october.period.end - october.period.start, 745 * HOUR_MS);
}

static void trap_3_an_outage_across_the_change_of_the_clock_has_its_real_length(void **_)
{
    given_nothing();
    down_sharp("2025-03-30 01:30", "2025-03-30 03:30");
    assert_int_equal(sla_in("2025-03", seed_policy(), true).downtime_ms.nominal, HOUR_MS);
    given_nothing();
    down_sharp("2025-10-26 01:30", "2025-10-26 03:30");
    assert_int_equal(sla_in("2025-10", seed_policy(), true).downtime_ms.nominal, 3 * HOUR_MS);
}

static void trap_4_all_incidents_of_a_month_share_one_allowance(void **_)
{
    given_nothing();
    down_sharp("2025-03-04 10:00", "2025-03-04 10:30");
    down_sharp("2025-03-20 10:00", "2025-03-20 10:30")->incident = "INC-2025-002";
    struct sla_result r = sla_in("2025-03", seed_policy(), true);
    assert_int_equal(r.downtime_ms.nominal, MIN(60));
    assert_int_equal(r.breach, VERDICT_YES);
}

static void trap_5_credit_is_on_the_excess_and_not_on_the_total(void **_)
{
    given_the_seed();
    struct sla_result r = sla_in("2025-03", seed_policy(), true);
    assert_int_equal(r.pro_rata_ppb.nominal, 3683333); /* 0.368333 %, cut */
    assert_int_equal(r.started_ppb.nominal, 50000000); /* 5 % */
    assert_int_equal(r.completed_ppb.nominal, 0);
    assert_int_equal(r.credit_ppb.nominal, r.pro_rata_ppb.nominal);
}

static void trap_6_a_partial_outage_weighs_what_the_policy_says(void **_)
{
    given_nothing();
    degraded("2025-03-11 10:00", "2025-03-11 11:40", 250000000);
    struct policy p = seed_policy();
    p.weight = WEIGHT_FULL;
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(100));
    p.weight = WEIGHT_IGNORE;
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, 0);
    p.weight = WEIGHT_SHARE;
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(25));
    p.weight = WEIGHT_FIXED;
    p.weight_ppb = 300000000;
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(30));
    p.weight_ppb = 500000000;
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(50));
}

static void trap_7_windows_that_overlap_count_once_and_the_worst_of_them(void **_)
{
    given_nothing();
    degraded("2025-03-11 10:00", "2025-03-11 10:40", 250000000);
    degraded("2025-03-11 10:20", "2025-03-11 11:00", 500000000);
    down_sharp("2025-03-11 10:30", "2025-03-11 10:40");
    down_sharp("2025-03-11 10:30", "2025-03-11 10:40");
    struct policy p = seed_policy();
    p.weight = WEIGHT_SHARE; /* 20 at 25 %, 10 at 50 %, 10 down, 20 at 50 % */
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(5 + 5 + 10 + 10));
}

static void trap_8_intervals_are_half_open(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:10");
    down_sharp("2025-03-11 10:10", "2025-03-11 10:20");
    assert_range(sla_in("2025-03", seed_policy(), false).downtime_ms, MIN(20), MIN(20), MIN(20));
    given_nothing();
    down_sharp("2025-04-01 00:00", "2025-04-01 00:10");
    assert_int_equal(sla_in("2025-03", seed_policy(), true).downtime_ms.nominal, 0);
}

static void trap_9_n_windows_to_the_minute_are_uncertain_by_n_minutes_each_way(void **_)
{
    given_nothing();
    down("2025-03-11 10:00", "2025-03-11 10:10");
    down("2025-03-11 11:00", "2025-03-11 11:10");
    assert_range(sla_in("2025-03", seed_policy(), false).downtime_ms,
                 MIN(18) + 2, MIN(20), MIN(22) - 2);
}

static void trap_10_which_clock_counts_is_the_basis_that_the_policy_names(void **_)
{
    static const char *const probes[] = { "probe:*", NULL };
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:10");
    down_sharp("2025-03-11 09:58", "2025-03-11 10:09")->basis = "probe:front";
    struct policy p = seed_policy();
    p.bases = probes;
    struct sla_result r = sla_in("2025-03", p, true);
    assert_range(r.downtime_ms, MIN(11), MIN(11), MIN(11));
    assert_int_equal(r.windows, 2);
    assert_false(r.window[1].counts); /* by start: the probe saw it first */
    assert_int_equal(r.window[1].counted_ms, 0);
}

static void trap_11_shorter_outages_than_the_minimum_do_not_count(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00:00", "2025-03-11 10:04:59");
    down_sharp("2025-03-12 10:00:00", "2025-03-12 10:05:00");
    struct policy p = seed_policy();
    p.minimum_ms = MIN(5);
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(5));
}

static void a_minimum_looks_at_the_outage_and_neither_at_midnight_nor_at_its_windows(void **_)
{
    given_nothing();
    down_sharp("2025-03-31 23:57", "2025-04-01 00:00");
    down_sharp("2025-04-01 00:00", "2025-04-01 00:03");
    struct policy p = seed_policy();
    p.minimum_ms = MIN(5);
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(3));
    assert_int_equal(sla_in("2025-04", p, true).downtime_ms.nominal, MIN(3));
}

/* Bucketed: the same windows counted by clock intervals or by whole units. */
static void trap_11_buckets_follow_the_policys_rule(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:04:30", "2025-03-11 10:16:00"); /* 11 min 30 s */
    struct policy p = seed_policy();
    p.bucket_ms = MIN(5);
    p.bucket = BUCKET_TOUCHED; /* 10:00 to 10:20 */
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(20));
    p.bucket = BUCKET_COVERED; /* 10:05 to 10:15 */
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(10));
    p.bucket = BUCKET_WHOLE;
    p.bucket_ms = MIN(1);
    assert_int_equal(sla_in("2025-03", p, true).downtime_ms.nominal, MIN(11));
}

/* Answers by a policy that knows maintenance and exclusions. */
static struct sla_result sla_with(struct policy *p, struct calendar *calendar)
{
    struct sla_question q = { .service = "osc-fr1", .policy = p, .window = given,
                              .windows = given_count, .calendar = calendar, .exactly = true,
                              .as_of = INSTANT_NONE };
    struct sla_result r;
    q.period = period_at(p, moment("2025-03-11 12:00"), test_keep());
    sla_answer(&r, &q, test_keep());
    return r;
}

static void trap_12_maintenance_is_subtracted_if_it_was_announced_in_time(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 01:30", "2025-03-11 03:00");
    struct stretch s = { moment("2025-03-11 02:00"), moment("2025-03-11 04:00"),
                         moment("2025-03-11 01:10"), NULL, "", "" }; /* 50 minutes ahead */
    struct calendar calendar = { .maintenance = &s, .maintenances = 1 };
    struct policy p = seed_policy();
    assert_int_equal(sla_with(&p, &calendar).downtime_ms.nominal, MIN(90)); /* no such clause */
    p.maintenance = true;
    p.notice_ms = HOUR_MS;
    assert_int_equal(sla_with(&p, &calendar).downtime_ms.nominal, MIN(90));
    p.notice_ms = MIN(50);
    struct sla_result r = sla_with(&p, &calendar);
    assert_int_equal(r.downtime_ms.nominal, MIN(30));
    assert_int_equal(r.denominator_ms, 743 * HOUR_MS);
    p.reduced = true;
    r = sla_with(&p, &calendar);
    assert_int_equal(r.denominator_ms, 741 * HOUR_MS);
    assert_int_equal(r.allowed_ms, 2667600);
    static const char *const others[] = { "osc-secnum-fr1", NULL };
    s.services = others;
    assert_int_equal(sla_with(&p, &calendar).downtime_ms.nominal, MIN(90));
}

static void trap_13_an_exclusion_is_flagged_and_never_decided(void **_)
{
    static const char *const kinds[] = { "force-majeure", NULL };
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 11:00");
    struct stretch s = { moment("2025-03-11 10:20"), moment("2025-03-11 12:00"), INSTANT_NONE, NULL,
                         "force-majeure", "a cut cable" };
    struct calendar calendar = { .exclusion = &s, .exclusions = 1 };
    struct policy p = seed_policy();
    struct sla_result r = sla_with(&p, &calendar); /* the contract knows no such kind */
    assert_range(r.downtime_ms, MIN(60), MIN(60), MIN(60));
    assert_int_equal(r.flags, 1);
    assert_false(r.flag[0].known);
    p.exclusions = kinds;
    r = sla_with(&p, &calendar);
    assert_range(r.downtime_ms, MIN(20), MIN(60), MIN(60));
    assert_int_equal(r.breach, VERDICT_UNCERTAIN);
    assert_true(r.flag[0].known);
}

static void trap_10_a_clock_may_start_with_the_ticket_and_stop_with_the_mitigation(void **_)
{
    given_nothing();
    struct tick ticks[] = {
        { TICK_TICKET, { moment("2025-03-11 10:20"), 0, 59999 } },
        { TICK_MITIGATED, { moment("2025-03-11 10:50"), 0, 0 } } };
    struct window *w = down_sharp("2025-03-11 10:00", "2025-03-11 11:00");
    w->tick = ticks;
    w->ticks = 2;
    struct policy p = seed_policy();
    p.starts = STARTS_TICKET;
    assert_range(sla_in("2025-03", p, false).downtime_ms, MIN(40) - 59999, MIN(40), MIN(40));
    p.stops = STOPS_MITIGATED;
    assert_int_equal(sla_in("2025-03", p, false).downtime_ms.nominal, MIN(30));
    w->ticks = 0; /* nobody wrote a ticket: its clock never started */
    assert_int_equal(sla_in("2025-03", p, false).downtime_ms.high, 0);
}

static void trap_14_tiers_are_read_from_the_exact_availability(void **_)
{
    static const struct tier tiers[] = { { 999900000, 100000000 }, { 990000000, 300000000 } };
    given_nothing();
    given_zone = "UTC"; /* September: 720 h; 99.99 % leaves 259,200 ms */
    between_instants(moment("2025-09-01 00:00"), moment("2025-09-01 00:00") + 259200);
    struct policy p = seed_policy();
    p.credit = CREDIT_TIERS;
    p.tier = tiers;
    p.tiers = 2;
    assert_int_equal(sla_in("2025-09", p, true).credit_ppb.nominal, 0);
    given[0].end.at++;
    assert_int_equal(sla_in("2025-09", p, true).credit_ppb.nominal, 100000000);
    given[0].end.at = given[0].start.at + INT64_C(25920000) + 1;
    assert_int_equal(sla_in("2025-09", p, true).credit_ppb.nominal, 300000000);
    p.cap_ppb = 200000000;
    assert_int_equal(sla_in("2025-09", p, true).credit_ppb.nominal, 200000000);
}

static void trap_15_an_availability_is_cut_and_never_rounded_over_the_target(void **_)
{
    given_nothing();
    between_instants(moment("2025-03-11 10:00"), moment("2025-03-11 10:00") + 2674801);
    struct sla_result r = sla_in("2025-03", seed_policy(), true);
    assert_int_equal(r.breach, VERDICT_YES);
    assert_true(r.availability_ppb.nominal < 999000000);
}

static void trap_16_a_verdict_compares_products_so_one_millisecond_decides(void **_)
{
    given_nothing();
    between_instants(moment("2025-03-11 10:00"), moment("2025-03-11 10:00") + 2674800);
    assert_int_equal(sla_in("2025-03", seed_policy(), true).breach, VERDICT_NO);
    given[0].end.at++;
    assert_int_equal(sla_in("2025-03", seed_policy(), true).breach, VERDICT_YES);
    struct policy p = seed_policy(); /* an allowance that is no whole millisecond */
    p.target_ppb = 999999999;        /* 2,674,800,000 ppb-ms: 2.6748 ms */
    given[0].end.at = given[0].start.at + 2;
    assert_int_equal(sla_in("2025-03", p, true).breach, VERDICT_NO);
    given[0].end.at++;
    assert_int_equal(sla_in("2025-03", p, true).breach, VERDICT_YES);
}

static void trap_17_an_outage_is_split_at_midnight_of_the_contracts_zone(void **_)
{
    given_nothing();
    down_sharp("2025-03-31 23:50", "2025-04-01 00:20");
    assert_int_equal(sla_in("2025-03", seed_policy(), true).downtime_ms.nominal, MIN(10));
    assert_int_equal(sla_in("2025-04", seed_policy(), true).downtime_ms.nominal, MIN(20));
    given_zone = "UTC"; /* the same instants: all of it still in March */
    assert_int_equal(sla_in("2025-03", seed_policy(), true).downtime_ms.nominal, MIN(30));
}

static void trap_18_an_open_window_runs_to_the_moment_asked(void **_)
{
    given_nothing();
    int64_t now = moment("2025-03-11 10:12");
    struct window *w = down("2025-03-11 10:00", "2025-03-11 10:12");
    *w = (struct window){ .service = "osc-fr1", .basis = "person", .id = "", .incident = "",
                          .lost_ppb = -1, .start = w->start, .end = { now, 0, 0 }, .open = true,
                          .opening = w->opening };
    struct policy p = seed_policy();
    struct sla_result r;
    sla_compute(&r, "osc-fr1", &p, period_at(&p, now, test_keep()), given, 1, false, now,
                test_keep());
    assert_range(r.downtime_ms, MIN(12) - 59999, MIN(12), MIN(12));
    assert_true(r.open);
    assert_int_equal(r.left_ms, 2674800 - MIN(12));
    assert_int_equal(r.breach_at, now + 2674800 - MIN(12));
}

static void trap_19_two_services_are_two_results(void **_)
{
    given_the_seed();
    down("2025-03-11 11:17", "2025-03-11 12:30")->service = "osc-secnum-fr1";
    assert_int_equal(sla_in("2025-03", seed_policy(), true).downtime_ms.nominal, MIN(49));
}

static void trap_20_an_unknown_degree_is_a_range(void **_)
{
    given_nothing();
    degraded("2025-03-11 10:00", "2025-03-11 11:00", -1);
    struct policy p = seed_policy();
    p.weight = WEIGHT_SHARE;
    struct sla_result r = sla_in("2025-03", p, true);
    assert_range(r.downtime_ms, 0, MIN(60), MIN(60));
    assert_int_equal(r.breach, VERDICT_UNCERTAIN);
    given[0].level = IMPACT_UNKNOWN;
    p.weight = WEIGHT_FULL;
    assert_range(sla_in("2025-03", p, true).downtime_ms, 0, MIN(60), MIN(60));
}

static void trap_21_nothing_is_capped_at_the_newest_n(void **_)
{
    enum { MANY = 20000 };
    given_nothing();
    struct window *many = arena_many(test_keep(), struct window, MANY);
    struct window *one = down_sharp("2025-03-02 00:00", "2025-03-02 00:01");
    for (size_t i = 0; i < MANY; i++) {
        many[i] = *one;
        many[i].start.at += (int64_t)i * 100;
        many[i].end.at = many[i].start.at + 50;
    }
    struct policy p = seed_policy();
    struct sla_result r;
    sla_compute(&r, "osc-fr1", &p, period_at(&p, one->start.at, test_keep()), many, MANY, true,
                INSTANT_NONE, test_keep());
    assert_int_equal(r.windows, MANY);
    assert_int_equal(r.downtime_ms.nominal, MANY * 50);
}

int main(void)
{
    const struct CMUnitTest sla[] = {
        promise(five_windows_to_the_minute_are_49_minutes_between_44_and_54),
        promise(without_the_fourth_window_the_exact_verdict_turns),
        promise(trap_1_the_allowance_is_that_of_the_real_month),
        promise(trap_2_a_month_in_paris_may_have_743_or_745_hours),
        promise(trap_3_an_outage_across_the_change_of_the_clock_has_its_real_length),
        promise(trap_4_all_incidents_of_a_month_share_one_allowance),
        promise(trap_5_credit_is_on_the_excess_and_not_on_the_total),
        promise(trap_6_a_partial_outage_weighs_what_the_policy_says),
        promise(trap_7_windows_that_overlap_count_once_and_the_worst_of_them),
        promise(trap_8_intervals_are_half_open),
        promise(trap_9_n_windows_to_the_minute_are_uncertain_by_n_minutes_each_way),
        promise(trap_10_which_clock_counts_is_the_basis_that_the_policy_names),
        promise(trap_11_shorter_outages_than_the_minimum_do_not_count),
        promise(a_minimum_looks_at_the_outage_and_neither_at_midnight_nor_at_its_windows),
        promise(trap_10_a_clock_may_start_with_the_ticket_and_stop_with_the_mitigation),
        promise(trap_11_buckets_follow_the_policys_rule),
        promise(trap_12_maintenance_is_subtracted_if_it_was_announced_in_time),
        promise(trap_13_an_exclusion_is_flagged_and_never_decided),
        promise(trap_14_tiers_are_read_from_the_exact_availability),
        promise(trap_15_an_availability_is_cut_and_never_rounded_over_the_target),
        promise(trap_16_a_verdict_compares_products_so_one_millisecond_decides),
        promise(trap_17_an_outage_is_split_at_midnight_of_the_contracts_zone),
        promise(trap_18_an_open_window_runs_to_the_moment_asked),
        promise(trap_19_two_services_are_two_results),
        promise(trap_20_an_unknown_degree_is_a_range),
        promise(trap_21_nothing_is_capped_at_the_newest_n),
    };
    return cmocka_run_group_tests(sla, NULL, NULL);
}
