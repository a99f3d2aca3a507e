/* sla_page.c: the SLA as one page. */
#include "record/windows.h"

#include "tell/sla_page.h"

static const char *page_of(const char *service, bool simulated, const char *what_if)
{
    static struct policy p;
    struct sla_result r;
    p = seed_policy();
    for (size_t i = 0; i < given_count; i++)
        given[i].service = service;
    struct sla_question q = { .service = service, .policy = &p, .window = given,
                              .windows = given_count, .as_of = moment("2025-03-31 12:00"),
                              .period = period_at(&p, moment("2025-03-11 12:00"), test_keep()) };
    sla_answer(&r, &q, test_keep());
    struct sla_answered a = { &q, &r, false };
    return sla_page(&a, 1, simulated, what_if, test_keep());
}

#define assert_says(page, words)                                 \
    do {                                                         \
        if (!strstr((page), (words)))                            \
            fail_msg("the page does not say '%s'", (words));     \
    } while (0)

static void a_day_with_downtime_says_how_much(void **_)
{
    given_the_seed();
    const char *page = page_of("osc-fr1", false, NULL);
    assert_says(page, "<title>2025-03-11: 49 min (44 to 54 min)</title>");
    assert_says(page, "<title>2025-03-12: no downtime</title>");
    assert_says(page, "<title>2025-04-01: not yet</title>");
    assert_says(page, "uncertain; the policy decides for the customer: yes");
}

static void the_budgets_line_goes_from_what_is_allowed_to_what_is_left(void **_)
{
    given_the_seed();
    const char *page = page_of("osc-fr1", false, NULL);
    assert_says(page, "44.58 min</text>");
    assert_says(page, "<polyline class=\"left\" points=\"70.0,16.0 ");
    assert_says(page, "class=\"band\"");
}

static void names_from_outside_make_no_markup(void **_)
{
    given_the_seed();
    const char *page = page_of("<script>alert(1)</script>&\"", false, "<b>down</b>");
    assert_null(strstr(page, "<script>"));
    assert_null(strstr(page, "<b>"));
    assert_says(page, "&lt;script&gt;");
}

static void a_page_fetches_nothing_and_is_the_same_twice(void **_)
{
    given_the_seed();
    const char *page = page_of("osc-fr1", false, NULL);
    assert_null(strstr(page, "http"));
    assert_null(strstr(page, "url("));
    assert_string_equal(page, page_of("osc-fr1", false, NULL));
}

static void drills_and_suppositions_are_marked(void **_)
{
    given_the_seed();
    assert_says(page_of("osc-fr1", true, "down 18:00-18:06"), "SIMULATED");
    assert_says(page_of("osc-fr1", true, "down 18:00-18:06"), "WHAT IF: down 18:00-18:06");
    assert_null(strstr(page_of("osc-fr1", false, NULL), "SIMULATED"));
}

int main(void)
{
    const struct CMUnitTest page[] = {
        promise(a_day_with_downtime_says_how_much),
        promise(the_budgets_line_goes_from_what_is_allowed_to_what_is_left),
        promise(names_from_outside_make_no_markup),
        promise(a_page_fetches_nothing_and_is_the_same_twice),
        promise(drills_and_suppositions_are_marked),
    };
    return cmocka_run_group_tests(page, NULL, NULL);
}
