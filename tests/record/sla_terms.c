/* sla_terms.c: groups, voices, doubt and periods: what else a contract says. */
#include "record/windows.h"

#define MIN(n) ((n) * MINUTE_MS)

/* ---- groups and claims ---- */

static struct sla_result group_in(enum group_rule rule)
{
    static const char *const members[] = { "a", "b", "c", NULL };
    static struct policy p;
    p = seed_policy();
    struct sla_question q = { .service = "region", .members = members, .group = rule, .policy = &p,
                              .window = given, .windows = given_count, .exactly = true,
                              .as_of = INSTANT_NONE };
    struct sla_result r;
    q.period = period_at(&p, moment("2025-03-11 12:00"), test_keep());
    sla_answer(&r, &q, test_keep());
    return r;
}

static void a_group_is_down_when_any_is_when_all_are_or_by_share(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:30")->service = "a";
    down_sharp("2025-03-11 10:10", "2025-03-11 10:40")->service = "b";
    down_sharp("2025-03-11 10:20", "2025-03-11 10:50")->service = "c";
    assert_int_equal(group_in(GROUP_ANY).downtime_ms.nominal, MIN(50));
    assert_int_equal(group_in(GROUP_ALL).downtime_ms.nominal, MIN(10));
    assert_int_equal(group_in(GROUP_SHARE).downtime_ms.nominal, MIN(30));
    down_sharp("2025-03-11 12:00", "2025-03-11 12:05")->service = "region";
    assert_int_equal(group_in(GROUP_ALL).downtime_ms.nominal, MIN(15));
    assert_int_equal(group_in(GROUP_SHARE).downtime_ms.nominal, MIN(35));
}

static void a_third_of_a_millisecond_still_decides(void **_)
{
    given_nothing(); /* three members, one of them down: allowed are 2,674,800 ms */
    given_zone = "Europe/Paris";
    int64_t start = moment("2025-03-11 10:00");
    between_instants(start, start + INT64_C(3) * 2674800)->service = "a";
    assert_int_equal(group_in(GROUP_SHARE).breach, VERDICT_NO);
    given[0].end.at++;
    struct sla_result r = group_in(GROUP_SHARE);
    assert_int_equal(r.breach, VERDICT_YES);
    assert_int_equal(r.downtime_ms.nominal, 2674800);
}

static void a_claim_ends_with_its_last_day_in_the_contracts_zone(void **_)
{
    given_nothing();
    struct policy p = seed_policy();
    p.claim_days = 30;
    assert_int_equal(sla_in("2025-03", p, true).claim_until, moment("2025-05-01 00:00"));
}

/* ---- bases ---- */

static void where_bases_disagree_the_downtime_is_a_range(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:20");
    down_sharp("2025-03-11 10:05", "2025-03-11 10:15")->basis = "probe:front";
    assert_range(sla_in("2025-03", seed_policy(), true).downtime_ms, MIN(10), MIN(20), MIN(20));
}

static void a_basis_that_is_silent_about_an_outage_does_not_deny_it(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:20");
    down_sharp("2025-03-11 12:00", "2025-03-11 12:10")->basis = "probe:front";
    assert_range(sla_in("2025-03", seed_policy(), true).downtime_ms, MIN(30), MIN(30), MIN(30));
}

static void two_runs_are_one_voice(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:20");
    down_sharp("2025-03-11 10:02", "2025-03-11 10:08")->basis = "run:R1";
    down_sharp("2025-03-11 10:10", "2025-03-11 10:18")->basis = "run:R2";
    assert_range(sla_in("2025-03", seed_policy(), true).downtime_ms, MIN(14), MIN(20), MIN(20));
}

static void a_window_whose_incident_also_says_none_may_be_nothing(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 11:00")->disputed = true;
    struct sla_result r = sla_in("2025-03", seed_policy(), true);
    assert_range(r.downtime_ms, 0, MIN(60), MIN(60));
    assert_int_equal(r.breach, VERDICT_UNCERTAIN);
}

static void what_overlaps_is_counted_with_one_window_only(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:20");
    down_sharp("2025-03-11 10:10", "2025-03-11 10:30");
    struct sla_result r = sla_in("2025-03", seed_policy(), true);
    assert_int_equal(r.window[0].counted_ms, MIN(20));
    assert_int_equal(r.window[1].counted_ms, MIN(10));
}

/* ---- doubt ---- */

static void doubt_goes_where_the_policy_sends_it_until_a_person_decides(void **_)
{
    given_the_seed();
    struct policy p = seed_policy();
    struct sla_result r = sla_in("2025-03", p, false);
    assert_int_equal(r.decided, VERDICT_YES);
    assert_string_equal(r.decided_by, "policy");
    p.uncertain = UNCERTAIN_PROVIDER;
    assert_int_equal(sla_in("2025-03", p, false).decided, VERDICT_NO);
    p.uncertain = UNCERTAIN_ASK;
    r = sla_in("2025-03", p, false);
    assert_int_equal(r.decided, VERDICT_UNCERTAIN);
    sla_settle(&r, "no", "the provider's graphs show seconds");
    assert_int_equal(r.decided, VERDICT_NO);
    assert_int_equal(r.breach, VERDICT_UNCERTAIN);
    assert_string_equal(r.decided_by, "person");
}

/* ---- periods ---- */

static void check_period(const char *text, const char *zone, const char *start, const char *end)
{
    struct period p;
    struct err e = { 0 };
    given_zone = zone;
    assert_good(period_parse(&p, text, zone, test_keep(), &e), &e);
    assert_int_equal(p.start, moment(start));
    assert_int_equal(p.end, moment(end));
    assert_string_equal(p.name, text);
}

static void periods_are_those_of_the_calendar(void **_)
{
    check_period("2025-12", "Europe/Paris", "2025-12-01 00:00", "2026-01-01 00:00");
    check_period("2025-Q4", "Europe/Paris", "2025-10-01 00:00", "2026-01-01 00:00");
    check_period("2025-Q1", "Europe/Paris", "2025-01-01 00:00", "2025-04-01 00:00");
    check_period("2024", "Asia/Kathmandu", "2024-01-01 00:00", "2025-01-01 00:00");
    check_period("2025-03-31/30d", "Europe/Paris", "2025-03-02 00:00", "2025-04-01 00:00");
    check_period("2011-12", "Pacific/Apia", "2011-12-01 00:00", "2012-01-01 00:00");
    given_zone = "Europe/Paris";
}

static void apias_december_without_its_30th_has_30_days(void **_)
{
    struct period p;
    struct err e = { 0 };
    assert_good(period_parse(&p, "2011-12", "Pacific/Apia", test_keep(), &e), &e);
    assert_int_equal(p.end - p.start, 30 * DAY_MS);
}

static void a_period_that_is_none_is_refused_with_how_to_write_one(void **_)
{
    static const char *const wrong[] = { "", "march", "2025-13", "2025-00", "2025-3", "2025-Q5",
                                         "25", "2025-03-", "2025- 3", "2025-+3", " 2025", "2025-03 ", "2025-03-31/0d", "2025-02-30/30d" };
    struct period p;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err e = { 0 };
        assert_refused(period_parse(&p, wrong[i], "UTC", test_keep(), &e), &e, ERR_USAGE,
                       "is no period");
    }
}

static void the_period_of_a_moment_is_found_by_the_policys_kind(void **_)
{
    struct policy p = seed_policy();
    int64_t at = moment("2025-03-11 14:26");
    assert_string_equal(period_at(&p, at, test_keep()).name, "2025-03");
    p.period = PERIOD_QUARTER;
    assert_string_equal(period_at(&p, at, test_keep()).name, "2025-Q1");
    p.period = PERIOD_YEAR;
    assert_string_equal(period_at(&p, at, test_keep()).name, "2025");
    p.period = PERIOD_ROLLING;
    p.rolling_days = 30;
    assert_string_equal(period_at(&p, at, test_keep()).name, "2025-03-11/30d");
}

int main(void)
{
    const struct CMUnitTest terms[] = {
        promise(a_group_is_down_when_any_is_when_all_are_or_by_share),
        promise(a_third_of_a_millisecond_still_decides),
        promise(a_claim_ends_with_its_last_day_in_the_contracts_zone),
        promise(where_bases_disagree_the_downtime_is_a_range),
        promise(a_basis_that_is_silent_about_an_outage_does_not_deny_it),
        promise(two_runs_are_one_voice),
        promise(a_window_whose_incident_also_says_none_may_be_nothing),
        promise(what_overlaps_is_counted_with_one_window_only),
        promise(doubt_goes_where_the_policy_sends_it_until_a_person_decides),
        promise(periods_are_those_of_the_calendar),
        promise(apias_december_without_its_30th_has_30_days),
        promise(a_period_that_is_none_is_refused_with_how_to_write_one),
        promise(the_period_of_a_moment_is_found_by_the_policys_kind),
    };
    return cmocka_run_group_tests(terms, NULL, NULL);
}
