#include "promise.h"

#include "base/instant.h"
#include "base/text.h"
#include "record/rows.h"

#include <string.h>

static const struct civil day = { .year = 2025, .month = 3, .day = 11 };

static struct rows read(const char *text)
{
    struct rows rows = { 0 };
    struct err e = { 0 };
    assert_good(rows_parse(&rows, text, strlen(text), "Europe/Paris", day, test_keep(), &e), &e);
    return rows;
}

/* One line is read as this moment, width and text. */
static void row_is(const char *line, const char *at, int64_t early_ms, int64_t late_ms, const char *text)
{
    struct rows rows = read(line);
    assert_int_equal(rows.count, 1);
    if (!rows.row[0].has_time)
        fail_msg("no time in: %s", line);
    assert_string_equal(instant_utc(test_keep(), rows.row[0].when.at), at);
    assert_int_equal(rows.row[0].when.early_ms, early_ms);
    assert_int_equal(rows.row[0].when.late_ms, late_ms);
    assert_string_equal(rows.row[0].text, text);
}

static void every_form_met_in_the_wild_is_read(void **_)
{
    const int64_t minute = MINUTE_MS - 1;
    row_is("| **11:08** | a sign |", "2025-03-11T10:08:00.000Z", 0, minute, "a sign");
    row_is("11:08 a sign", "2025-03-11T10:08:00.000Z", 0, minute, "a sign");
    row_is("| Jan 18 11:30 | cold |", "2025-01-18T10:30:00.000Z", 0, minute, "cold");
    row_is("| **Jan. 29 20:05** | late |", "2025-01-29T19:05:00.000Z", 0, minute, "late");
    row_is("| **Saturday, August 2, 19:42** | summer |", "2025-08-02T17:42:00.000Z", 0, minute, "summer");
    row_is("- **16:58 UTC** - said so", "2025-03-11T16:58:00.000Z", 0, minute, "said so");
    row_is("- 09:15:04 UTC said so", "2025-03-11T09:15:04.000Z", 0, 999, "said so");
    row_is("| **April 30, ~14:30** | about |", "2025-04-30T12:30:00.000Z", 300000, 300000, "about");
    row_is("10:45~ about", "2025-03-11T09:45:00.000Z", 300000, 300000, "about");
    row_is("14:?? some time", "2025-03-11T13:00:00.000Z", 0, HOUR_MS - 1, "some time");
    row_is("* 2:05 pm: after lunch", "2025-03-11T13:05:00.000Z", 0, minute, "after lunch");
    row_is("| 2019-12-03 --:-- | some time that day |", "2019-12-02T23:00:00.000Z", 0, DAY_MS - 1, "some time that day");
    row_is("2025-10-26 02:30 CEST the first of two", "2025-10-26T00:30:00.000Z", 0, minute, "the first of two");
    row_is("2025-10-26 02:30 CET the second of two", "2025-10-26T01:30:00.000Z", 0, minute, "the second of two");
    row_is("2024-12-31 23:59 the year ends", "2024-12-31T22:59:00.000Z", 0, minute, "the year ends");
    row_is("| **1er février, 09:00** | le matin |", "2025-02-01T08:00:00.000Z", 0, minute, "le matin");
    row_is("| samedi 2 août, 19:42 | le soir |", "2025-08-02T17:42:00.000Z", 0, minute, "le soir");
    row_is("18 January 2024 09:00 CET the other order", "2024-01-18T08:00:00.000Z", 0, minute, "the other order");
}

static void a_range_reaches_from_its_beginning_to_its_end(void **_)
{
    struct rows rows = read("| Jan 18 14:40 - 14:55 | work |\n23:50-00:10 night work\n");
    assert_string_equal(instant_utc(test_keep(), rows.row[0].until), "2025-01-18T13:55:00.000Z");
    assert_int_equal(rows.row[0].when.late_ms, 16 * MINUTE_MS - 1);
    assert_string_equal(rows.row[0].text, "work");
    assert_int_equal(rows.row[1].until - rows.row[1].when.at, 20 * MINUTE_MS);
}

static void a_day_holds_until_the_next_one_is_named_or_midnight_passes(void **_)
{
    struct rows rows = read("| Jan 18 23:50 | a |\n| 23:58 | b |\n| 00:10 | c |\n");
    assert_string_equal(instant_utc(test_keep(), rows.row[1].when.at), "2025-01-18T22:58:00.000Z");
    assert_string_equal(instant_utc(test_keep(), rows.row[2].when.at), "2025-01-18T23:10:00.000Z");
}

static void headings_and_rules_are_no_rows_and_prose_has_no_time(void **_)
{
    struct rows rows = read("| Time | Event |\n|------|:---:|\n| 11:08 | a |\n\nAll times are in CET.\n| 2019-12-03 --:-- | b |\n");
    assert_int_equal(rows.count, 5);
    assert_true(rows.row[0].header && rows.row[1].header);
    assert_true(rows.row[2].has_time && !rows.row[2].header);
    assert_false(rows.row[3].has_time);
    assert_int_equal(rows.row[4].line, 6);
}

static void a_weekday_that_is_not_that_of_its_date_is_seen(void **_)
{
    assert_null(read("| **Saturday, August 2, 19:42** | a |").row[0].weekday);
    assert_string_equal(read("| **Sunday, August 2, 19:42** | a |").row[0].weekday, "Sunday");
}

static void what_cannot_be_so_is_refused_with_its_line(void **_)
{
    struct rows rows;
    struct err e = { 0 };
    const char *zones = "11:00 a\n11:10 PST b\n", *gap = "2025-03-30 02:30 gone\n", *none = "11:00 a\n";
    assert_refused(rows_parse(&rows, zones, strlen(zones), "Europe/Paris", day, test_keep(), &e), &e, ERR_INPUT,
                   "line 2: 'PST'");
    assert_refused(rows_parse(&rows, gap, strlen(gap), "Europe/Paris", day, test_keep(), &e), &e, ERR_INPUT,
                   "line 1:");
    assert_refused(rows_parse(&rows, none, strlen(none), "Europe/Paris", (struct civil){ 0 }, test_keep(), &e), &e,
                   ERR_INPUT, "which day");
}

int main(void)
{
    const struct CMUnitTest rows[] = {
        promise(every_form_met_in_the_wild_is_read),
        promise(a_range_reaches_from_its_beginning_to_its_end),
        promise(a_day_holds_until_the_next_one_is_named_or_midnight_passes),
        promise(headings_and_rules_are_no_rows_and_prose_has_no_time),
        promise(a_weekday_that_is_not_that_of_its_date_is_seen),
        promise(what_cannot_be_so_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(rows, NULL, NULL);
}
