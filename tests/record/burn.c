/* burn.c: how a budget is used up over time. */
#include "record/windows.h"

#include "record/burn.h"

static struct sla_question question_of(struct policy *p, const char *day)
{
    *p = seed_policy();
    return (struct sla_question){ .service = "osc-fr1", .policy = p, .window = given,
                                  .windows = given_count, .as_of = INSTANT_NONE,
                                  .period = period_at(p, moment(day), test_keep()) };
}

static void days_of_a_month_add_up_to_the_month(void **_)
{
    int64_t edge[BURN_DAYS + 1];
    struct range day[BURN_DAYS], sum = { 0, 0, 0 };
    struct policy p;
    given_the_seed();
    down("2025-03-20 23:50", "2025-03-21 00:20");
    struct sla_question q = question_of(&p, "2025-03-11 12:00");
    size_t days = burn_days(edge, "Europe/Paris", 2025);
    assert_int_equal(days, 365);
    burn_bins(day, &q, edge, days, *test_keep());
    for (size_t i = 0; i < days; i++) {
        sum.low += day[i].low;
        sum.nominal += day[i].nominal;
        sum.high += day[i].high;
    }
    struct range whole = sla_in("2025-03", p, false).downtime_ms;
    assert_range(sum, whole.low, whole.nominal, whole.high);
    assert_int_equal(day[69].nominal, 49 * MINUTE_MS);
    assert_int_equal(day[78].nominal, 10 * MINUTE_MS);
    assert_int_equal(day[79].nominal, 20 * MINUTE_MS);
}

static void days_have_the_length_that_they_have(void **_)
{
    int64_t edge[BURN_DAYS + 1];
    assert_int_equal(burn_days(edge, "Europe/Paris", 2025), 365);
    assert_int_equal(edge[89] - edge[88], 23 * HOUR_MS); /* 30 March */
    assert_int_equal(edge[299] - edge[298], 25 * HOUR_MS); /* 26 October */
    assert_int_equal(burn_days(edge, "Pacific/Apia", 2011), 365);
    assert_int_equal(edge[364] - edge[363], 0); /* 30 December did not exist there */
    assert_int_equal(burn_days(edge, "UTC", 2024), 366);
}

static void a_share_of_a_group_is_cut_only_once(void **_)
{
    static const char *const members[] = { "a", "b", "c", NULL };
    struct policy p;
    struct range one;
    given_nothing();
    down_sharp("2025-03-11 10:00:00", "2025-03-11 10:00:01")->service = "a";
    struct sla_question q = question_of(&p, "2025-03-11 12:00");
    q.members = members;
    q.group = GROUP_SHARE;
    int64_t edge[2] = { q.period.start, q.period.end };
    burn_bins(&one, &q, edge, 1, *test_keep());
    assert_range(one, 333, 333, 334);
}

int main(void)
{
    const struct CMUnitTest burn[] = {
        promise(days_of_a_month_add_up_to_the_month),
        promise(days_have_the_length_that_they_have),
        promise(a_share_of_a_group_is_cut_only_once),
    };
    return cmocka_run_group_tests(burn, NULL, NULL);
}
