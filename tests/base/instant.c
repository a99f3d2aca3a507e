/* Moments are read as people write them, in any zone, on any day. */
#include <string.h>

#include "promise.h"

#include "base/instant.h"
#include "base/text.h"

static int64_t utc(const char *text)
{
    int64_t at = 0;
    if (!instant_parse_rfc3339(text, strlen(text), &at))
        fail_msg("no instant: %s", text);
    return at;
}

static struct moment moment(const char *typed, const char *zone, const char *now)
{
    struct err e = { 0 };
    struct moment m = { 0 };
    assert_good(moment_parse(&m, typed, zone, utc(now), test_keep(), &e), &e);
    return m;
}

static void then_at(struct moment m, const char *at, int64_t early, int64_t late)
{
    assert_string_equal(instant_utc(test_keep(), m.at), instant_utc(test_keep(), utc(at)));
    assert_int_equal(m.early_ms, early);
    assert_int_equal(m.late_ms, late);
}

static const char paris[] = "Europe/Paris", noon[] = "2025-03-11T12:00:00Z"; /* 13:00 CET */

static void each_form_keeps_its_precision(void **_)
{
    then_at(moment("11:17", paris, noon), "2025-03-11T10:17:00Z", 0, 59999);
    then_at(moment("11:17:30", paris, noon), "2025-03-11T10:17:30Z", 0, 999);
    then_at(moment("11:17:30.250", paris, noon), "2025-03-11T10:17:30.250Z", 0, 0);
    then_at(moment("yesterday 23:50", paris, noon), "2025-03-10T22:50:00Z", 0, 59999);
    then_at(moment("2025-03-11 11:17", paris, noon), "2025-03-11T10:17:00Z", 0, 59999);
    then_at(moment("2025-03-11T11:17", paris, noon), "2025-03-11T10:17:00Z", 0, 59999);
    then_at(moment("2025-03-11T11:17:42+02:00", paris, noon), "2025-03-11T09:17:42Z", 0, 999);
    then_at(moment("-5m", paris, noon), "2025-03-11T11:55:00Z", 30000, 30000);
    then_at(moment("~10:30", paris, noon), "2025-03-11T09:30:00Z", 300000, 300000);
    then_at(moment("10:??", paris, noon), "2025-03-11T09:00:00Z", 0, 3599999);
}

static void a_clock_time_is_the_latest_one_not_in_the_future(void **_)
{
    struct moment m = moment("23:50", paris, noon);
    then_at(m, "2025-03-10T22:50:00Z", 0, 59999);
    assert_false(m.said_day);
}

static void precision_never_reaches_beyond_now(void **_)
{
    then_at(moment("13:00", paris, "2025-03-11T12:00:20Z"), "2025-03-11T12:00:00Z", 0, 20000);
}

static void a_time_in_the_gap_is_refused_and_one_in_the_fold_is_asked_for(void **_)
{
    struct err e = { 0 };
    struct moment m;
    assert_refused(moment_parse(&m, "2025-03-30 02:30", paris, utc("2025-04-01T00:00:00Z"), test_keep(), &e),
                   &e, ERR_USAGE, "does not exist");
    assert_false(moment_parse(&m, "2025-10-26 02:30", paris, utc("2025-11-01T00:00:00Z"), test_keep(), &e));
    assert_non_null(strstr(e.text, "exists twice"));
    assert_non_null(strstr(e.hint, "2025-10-26T02:30:00+02:00 or 2025-10-26T02:30:00+01:00"));
}

static void a_digit_that_is_missing_and_now_are_understood(void **_)
{
    struct err e = { 0 };
    struct moment m;
    assert_good(moment_parse(&m, "~9:40", paris, utc(noon), test_keep(), &e), &e);
    int64_t at = m.at;
    assert_good(moment_parse(&m, "~09:40", paris, utc(noon), test_keep(), &e), &e);
    assert_int_equal(m.at, at);
    assert_good(moment_parse(&m, "now", paris, utc(noon), test_keep(), &e), &e);
    assert_int_equal(m.at, utc(noon));
    assert_int_equal(m.early_ms + m.late_ms, 0);
}

static void the_future_and_nonsense_are_refused(void **_)
{
    static const char *const bad[] = { "", "25:00", "11:60", "111:17", "11", "11:17x", "tomorrow 10:00", "-",
                                       "-5", "2025-02-29 10:00", "2025-13-01 10:00", "~", "11:1?", "-99999999999d" };
    struct err e = { 0 };
    struct moment m;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(moment_parse(&m, bad[i], paris, utc(noon), test_keep(), &e), &e, ERR_USAGE, "is no time");
    assert_refused(moment_parse(&m, "2025-03-12 10:00", paris, utc(noon), test_keep(), &e), &e, ERR_USAGE,
                   "lies in the future");
}

static void an_outage_across_the_change_of_clocks_has_its_real_length(void **_)
{
    int64_t a[2], b[2];
    assert_int_equal(civil_instants(paris, (struct civil){ 2025, 3, 30, 1, 30, 0, 0 }, a), 1);
    assert_int_equal(civil_instants(paris, (struct civil){ 2025, 3, 30, 3, 30, 0, 0 }, b), 1);
    assert_int_equal(b[0] - a[0], HOUR_MS);
    assert_int_equal(civil_instants(paris, (struct civil){ 2025, 10, 26, 1, 30, 0, 0 }, a), 1);
    assert_int_equal(civil_instants(paris, (struct civil){ 2025, 10, 26, 3, 30, 0, 0 }, b), 1);
    assert_int_equal(b[0] - a[0], 3 * HOUR_MS);
}

static void months_have_their_real_length_in_their_zone(void **_)
{
    assert_int_equal(zone_day_start(paris, 2025, 4, 1) - zone_day_start(paris, 2025, 3, 1), 743 * HOUR_MS);
    assert_int_equal(zone_day_start(paris, 2025, 11, 1) - zone_day_start(paris, 2025, 10, 1), 745 * HOUR_MS);
    assert_int_equal(zone_day_start(paris, 2025, 13, 1), zone_day_start(paris, 2026, 1, 1));
    /* Lord Howe changes by half an hour; Apia left out 30 December 2011. */
    assert_int_equal(zone_day_start("Australia/Lord_Howe", 2025, 11, 1)
                     - zone_day_start("Australia/Lord_Howe", 2025, 10, 1), 31 * DAY_MS - HOUR_MS / 2);
    assert_int_equal(zone_day_start("Pacific/Apia", 2011, 12, 30), zone_day_start("Pacific/Apia", 2011, 12, 31));
    /* Beirut's clocks went forward at midnight: that day began at 01:00. */
    assert_string_equal(instant_text(test_keep(), "Asia/Beirut", zone_day_start("Asia/Beirut", 2022, 3, 27), FORM_HM),
                        "01:00");
}

static void every_instant_leads_to_a_local_time_and_back(void **_)
{
    static const char *const zones[] = { "UTC", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe",
                                         "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca" };
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++)
        for (int64_t at = utc("2011-01-01T00:00:00Z"); at < utc("2026-01-01T00:00:00Z"); at += 7 * HOUR_MS + 1234567) {
            int64_t back[2];
            int count = civil_instants(zones[z], civil_at(zones[z], at), back);
            assert_true(count && (back[0] == at || (count == 2 && back[1] == at)));
        }
}

static void days_and_weekdays_are_those_of_the_calendar(void **_)
{
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_days(2000, 3, 1), 11017);
    assert_int_equal(civil_days(1969, 12, 31), -1);
    assert_int_equal(civil_weekday(2025, 3, 11), 2); /* a Tuesday */
    assert_int_equal(civil_weekday(1969, 12, 31), 3);
}

static void a_zone_is_named_as_its_reader_knows_it(void **_)
{
    assert_string_equal(zone_words(test_keep(), paris, utc(noon)), "CET (UTC+1)");
    assert_string_equal(zone_words(test_keep(), paris, utc("2025-07-01T00:00:00Z")), "CEST (UTC+2)");
    assert_string_equal(zone_words(test_keep(), "UTC", utc(noon)), "UTC");
    assert_string_equal(zone_words(test_keep(), "Asia/Kathmandu", utc(noon)), "UTC+5:45");
    assert_true(zone_known(paris) && !zone_known("Europe/Pariss") && !zone_known("../../etc/passwd")
                && !zone_known("/etc/localtime") && !zone_known(""));
}

static void only_rfc_3339_is_an_instant_of_the_record(void **_)
{
    static const char *const bad[] = { "2025-03-11T10:17:00", "2025-03-11", "2025-03-11T10:17Z", "2025-03-11T10:17:00.Z",
                                       "2025-03-11T10:17:60Z", "2025-3-11T10:17:00Z", "2025-03-11T10:17:00Zx" };
    int64_t at;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(instant_parse_rfc3339(bad[i], strlen(bad[i]), &at));
    assert_string_equal(instant_utc(test_keep(), utc("2025-03-11T11:17:00.123456+01:00")), "2025-03-11T10:17:00.123Z");
    assert_string_equal(instant_text(test_keep(), "America/St_Johns", utc(noon), FORM_RFC3339),
                        "2025-03-11T09:30:00-02:30");
}

static void spans_are_said_in_words(void **_)
{
    struct { int64_t ms; const char *words; } rows[] = {
        { 49 * MINUTE_MS, "49 minutes" }, { 123 * MINUTE_MS, "2 hours 3 minutes" }, { MINUTE_MS, "1 minute" },
        { 270 * SECOND_MS, "4 minutes 30 seconds" }, { 2640005, "44 minutes" }, { 3239995, "54 minutes" },
        { 0, "0 seconds" }, { 52 * HOUR_MS, "2 days 4 hours" }, { 1499, "1 second" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(duration_words(test_keep(), rows[i].ms), rows[i].words);
    assert_string_equal(duration_clock(test_keep(), 2674800), "44:34");
    assert_string_equal(duration_short(test_keep(), 9 * MINUTE_MS + 5), "9 min");
    int64_t ms = 0;
    assert_true(duration_parse(&ms, "1h30m") && ms == 90 * MINUTE_MS);
    assert_true(duration_parse(&ms, "250ms") && ms == 250);
    assert_false(duration_parse(&ms, "5") || duration_parse(&ms, "") || duration_parse(&ms, "m5"));
}

static void a_history_names_its_day_once(void **_)
{
    struct err e = { 0 };
    struct moment m;
    assert_good(moment_parse_on(&m, "11:17", paris, (struct civil){ .year = 2025, .month = 3, .day = 11 }, test_keep(), &e), &e);
    then_at(m, "2025-03-11T10:17:00Z", 0, 59999);
    assert_good(moment_parse_on(&m, "2025-03-12 09:00:10", paris, (struct civil){ .year = 2025, .month = 3, .day = 11 }, test_keep(), &e), &e);
    then_at(m, "2025-03-12T08:00:10Z", 0, 999);
}

static void parts_that_are_each_rounded_say_so_where_their_sum_is_another(void **_)
{
    const int64_t part[] = { 68400, 67400, 67400 }, whole[] = { 60000, 61000 };
    assert_true(durations_rounded(part, 3, 203200)); /* 3 min 23.2 s, of 1:08 and twice 1:07 */
    assert_false(durations_rounded(part + 1, 2, 203200)); /* they overlap, or are not all of it */
    assert_false(durations_rounded(whole, 2, 121000));
    assert_false(durations_rounded(part, 1, 68400));
    assert_false(durations_rounded(part, 0, 0));
}

int main(void)
{
    const struct CMUnitTest instant[] = {
        promise(each_form_keeps_its_precision),
        promise(a_clock_time_is_the_latest_one_not_in_the_future),
        promise(precision_never_reaches_beyond_now),
        promise(a_time_in_the_gap_is_refused_and_one_in_the_fold_is_asked_for),
        promise(a_digit_that_is_missing_and_now_are_understood),
        promise(the_future_and_nonsense_are_refused),
        promise(an_outage_across_the_change_of_clocks_has_its_real_length),
        promise(months_have_their_real_length_in_their_zone),
        promise(every_instant_leads_to_a_local_time_and_back),
        promise(days_and_weekdays_are_those_of_the_calendar),
        promise(a_zone_is_named_as_its_reader_knows_it),
        promise(only_rfc_3339_is_an_instant_of_the_record),
        promise(spans_are_said_in_words),
        promise(a_history_names_its_day_once),
        promise(parts_that_are_each_rounded_say_so_where_their_sum_is_another),
    };
    return cmocka_run_group_tests(instant, NULL, NULL);
}
