/* lint.c: what a postmortem says is recomputed. */
#include "promise.h"

#include "tell/lint.h"

#include <string.h>

static struct findings found;

static void lint(const char *text)
{
    lint_document(&found, "x.md", text, test_keep());
}

static const struct finding *finding(const char *rule)
{
    for (size_t i = 0; i < found.count; i++)
        if (strcmp(found.finding[i].rule, rule) == 0)
            return &found.finding[i];
    return NULL;
}

static void expect(const char *rule, int line, char severity, const char *words)
{
    const struct finding *f = finding(rule);
    if (!f)
        fail_msg("%s was not found", rule);
    assert_int_equal(f->line, line);
    assert_int_equal(f->severity, severity);
    if (!strstr(f->message, words))
        fail_msg("'%s' does not say '%s'", f->message, words);
}

static void two_totals_that_differ_are_an_error(void **_)
{
    lint("A cumulative disruption of 48 minutes.\n\nThe cumulative impact amounts to 49 minutes of "
         "unavailability.\n");
    expect("A3", 3, 'E', "49 minutes here and 48 minutes in line 1");
    lint("`a` was unreachable for 10 minutes in all. `b` was unreachable for 49 minutes in all.\n");
    assert_null(finding("A3"));
    lint("A cumulative disruption of 49 minutes.\n\nIn all, 49 minutes of unavailability.\n");
    assert_null(finding("A3"));
}

static void a_duration_is_recomputed_from_its_clock_times(void **_)
{
    lint("It was down from 11:17 to 11:30, for 12 minutes.\n");
    expect("A1", 1, 'E', "from 11:17 to 11:30 is 13 minutes, not 12 minutes");
    lint("It was down from 23:50 to 00:10, for 20 minutes.\n");
    assert_null(finding("A1"));
    lint("From 11:17 to 11:30 nothing helped. Within 50 minutes we knew more.\n");
    assert_null(finding("A1"));
}

static void what_is_owed_follows_from_what_was_used(void **_)
{
    const char *form = "Of these, 44 minutes 34 seconds (44.58 minutes) may be lost.\n\n"
                       "`a` used 49 minutes of it in March 2025, %s minutes more than allowed.\n\n"
                       "The credit for `a` is %s, pro rata for %s minutes.\n\n"
                       "Unavailability beyond the allowance is credited at 5%% an hour.\n";
    lint(arena_print(test_keep(), form, "4.42", "0.368333%", "4.42"));
    assert_null(finding("C9"));
    lint(arena_print(test_keep(), form, "5.42", "0.451666%", "5.42"));
    expect("C9", 3, 'E', "are 4.42 minutes, not 5.42 minutes");
    lint(arena_print(test_keep(), form, "4.42", "5%", "4.42"));
    expect("C9", 5, 'E', "the credit does not follow");
}

static void parts_are_added_up(void **_)
{
    lint("In all 50 minutes of unavailability (13 + 13 + 10 + 5 + 8 minutes).\n");
    expect("A5", 1, 'E', "the parts add up to 49 minutes, not 50 minutes");
    lint("In all 49 minutes of unavailability (555555555555555555555 + 1).\n");
    assert_null(finding("A5"));
    lint("In all 49 minutes of unavailability (13 + 13 + 10 + 5 + 8 minutes).\n");
    assert_null(finding("A5"));
}

static void an_allowance_is_recomputed_for_its_own_month(void **_)
{
    const char *form = "On March 11th, CET. See SPM-2025-001.\n\nOur SLA guarantees 99.9%% availability, "
                       "a maximum of %s of downtime per month.\n";
    lint(arena_print(test_keep(), form, "43 minutes"));
    expect("C9", 3, 'W', "743 hours in Europe/Paris) leave 44.58 minutes, not 43 minutes");
    lint(arena_print(test_keep(), form, "44.58 minutes"));
    assert_null(finding("C9"));
}

static void rows_are_in_order_and_their_zone_is_said(void **_)
{
    lint("| **11:30** | b |\n| **11:17** | a |\n");
    expect("A10", 2, 'E', "11:17 comes after 11:30");
    expect("B1", 0, 'E', "zone");
    expect("C6", 1, 'I', "header");
    lint("All times in UTC.\n\n| Time | What |\n| --- | --- |\n| 11:17 | a |\n| 11:17 | b |\n");
    assert_int_equal(found.count, 0);
    lint("On October 26th, 2025, CEST. SPM-2025-009.\n\n| **02:50** | a |\n| **02:10** | an hour later |\n");
    assert_null(finding("A10"));
    lint("UTC\n\n| 23:50 | a |\n| 00:10 | the day after |\n");
    assert_null(finding("A10"));
}

static void zones_weekdays_and_half_days_agree_with_the_calendar(void **_)
{
    lint("On March 11th (SPM-2025-001). Times are in CET (UTC+2).\n");
    expect("B2", 1, 'E', "CET is not UTC+2");
    lint("On July 11th (SPM-2025-001).\n\nTimes are in CET (UTC+1).\n");
    expect("B2", 3, 'E', "on 2025-07-11 it was CEST there, not CET");
    lint("On Monday, March 11th (SPM-2025-001), UTC.\n");
    expect("B5", 1, 'E', "2025-03-11 is a Tuesday, not a Monday");
    lint("On Tuesday, March 11th (SPM-2025-001), CET (UTC+1).\n");
    assert_int_equal(found.count, 0);
    lint("It began at 14:30 PM.\n");
    expect("B7", 1, 'W', "am or pm");
}

static void what_was_left_unwritten_is_found(void **_)
{
    lint("one\nTODO: two\n\n**[gap: three?]**\n");
    expect("C4", 2, 'E', "placeholder");
    lint("a plain text, without anything\n");
    assert_int_equal(found.count, 0);
    lint("the platformâ€™s\n");
    expect("C7", 1, 'W', "mojibake");
}

static void a_report_is_named_the_same_everywhere(void **_)
{
    lint("---\ntitle: SPM-2025-002 x\nnav: SPM-2025-001\nmodified_at: 2025-03-28\n---\n");
    expect("C3", 0, 'E', "title and nav");
    lint("---\ntitle: SPM-2025-001 x\nnav: SPM-2025-001\nmodified_at: 2025-03-01\n---\nOn March 11th.\n");
    expect("B9", 0, 'E', "before the incident");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        promise(two_totals_that_differ_are_an_error),
        promise(a_duration_is_recomputed_from_its_clock_times),
        promise(what_is_owed_follows_from_what_was_used),
        promise(parts_are_added_up),
        promise(an_allowance_is_recomputed_for_its_own_month),
        promise(rows_are_in_order_and_their_zone_is_said),
        promise(zones_weekdays_and_half_days_agree_with_the_calendar),
        promise(what_was_left_unwritten_is_found),
        promise(a_report_is_named_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
