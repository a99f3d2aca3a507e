/* words.c: figures and moments as people read them. */
#include "promise.h"

#include "tell/french.h"
#include "tell/french_forms.h"
#include "tell/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tongue en = { "en", "Europe/Paris" }, fr = { "fr", "Europe/Paris" };
static const int64_t noon = INT64_C(1741688220000); /* 11 March 2025, 11:17 in Paris */

static void spans_are_rounded_to_what_a_reader_needs(void **_)
{
    struct arena *k = test_keep();
    assert_string_equal(words_span(k, &en, 49 * MINUTE_MS), "49 minutes");
    assert_string_equal(words_span(k, &en, 2674800), "45 minutes");
    assert_string_equal(words_exact(k, &en, 2674800), "44 minutes 34 seconds");
    assert_string_equal(words_span(k, &en, 123 * MINUTE_MS), "2 hours 3 minutes");
    assert_string_equal(words_span(k, &en, 75 * SECOND_MS), "1 minute 15 seconds");
    assert_string_equal(words_span(k, &en, 0), "0 seconds");
    assert_string_equal(words_span(k, &fr, 123 * MINUTE_MS), "2\u00a0heures 3\u00a0minutes");
    assert_string_equal(words_span(k, &fr, 61 * MINUTE_MS), "1\u00a0heure 1\u00a0minute");
}

static void minutes_and_shares_have_no_needless_zeros_and_are_never_rounded_up(void **_)
{
    struct arena *k = test_keep();
    assert_string_equal(words_minutes(k, &en, 2674800), "44.58");
    assert_string_equal(words_minutes(k, &en, 13 * MINUTE_MS), "13");
    assert_string_equal(words_minutes(k, &fr, 265200), "4,42");
    assert_string_equal(words_percent(k, &en, 999000000, 6), "99.9%");
    assert_string_equal(words_percent(k, &en, 3683333, 6), "0.368333%");
    assert_string_equal(words_percent(k, &en, 998999999, 2), "99.89%");
    assert_string_equal(words_percent(k, &fr, 999000000, 6), "99,9\u00a0%");
}

static void dates_and_clocks_read_as_people_say_them(void **_)
{
    struct arena *k = test_keep();
    assert_string_equal(words_date(k, &en, noon, DATE_DAY), "March 11th");
    assert_string_equal(words_date(k, &en, noon, DATE_WEEKDAY), "Tuesday, March 11th, 2025");
    assert_string_equal(words_date(k, &fr, noon, DATE_WEEKDAY), "mardi 11 mars 2025");
    assert_string_equal(words_date(k, &en, noon - 10 * DAY_MS, DATE_DAY), "March 1st");
    assert_string_equal(words_date(k, &fr, noon - 10 * DAY_MS, DATE_FULL), "1er mars 2025");
    assert_string_equal(words_date(k, &en, noon, DATE_ISO), "2025-03-11");
    assert_string_equal(words_clock(k, &en, noon, noon), "11:17");
    assert_string_equal(words_clock(k, &en, noon + DAY_MS, noon), "March 12th, 11:17");
}

static void french_says_de_le_du_and_au_where_a_day_stands(void **_)
{
    struct arena *k = test_keep();
    int64_t later = noon + DAY_MS;
    assert_string_equal(words_clock_after(k, &en, "at", noon, noon), "at 11:17");
    assert_string_equal(words_clock_after(k, &en, "at", later, noon), "on March 12th, 11:17");
    assert_string_equal(words_clock_after(k, &fr, "at", noon, noon), "\u00e0 11:17");
    assert_string_equal(words_clock_after(k, &fr, "at", later, noon), "le 12 mars \u00e0 11:17");
    assert_string_equal(words_clock_after(k, &fr, "since", later, noon), "depuis le 12 mars \u00e0 11:17");
    assert_string_equal(words_clock_after(k, &fr, "until", later, noon), "jusqu\u2019au 12 mars \u00e0 11:17");
    assert_string_equal(words_from_to(k, &fr, noon, later, noon), "de 11:17 au 12 mars \u00e0 11:17");
    assert_string_equal(words_from_to(k, &en, later, later + 13 * MINUTE_MS, noon), "from March 12th, 11:17 to 11:30");
    assert_string_equal(words_from_to(k, &en, noon, noon + SECOND_MS, noon), "at 11:17");
    assert_null(words_clock_after(k, &en, "under", noon, noon));
}

static void an_hour_that_comes_twice_names_its_zone(void **_)
{
    struct arena *k = test_keep();
    int64_t first = INT64_C(1761438600000);
    assert_string_equal(words_from_to(k, &en, first, first + HOUR_MS, first), "from 02:30 CEST to 02:30 CET");
    assert_string_equal(words_moment(k, &en, first, 0, HOUR_MS - 1, first), "02:?? CEST");
    assert_string_equal(words_zone(k, &en, first, first + 10 * MINUTE_MS), "CEST (UTC+2)");
    assert_string_equal(words_zone(k, &en, first, first + HOUR_MS), "CEST (UTC+2) and, once the clocks have changed, CET (UTC+1)");
}

static void a_moment_is_said_as_far_as_it_is_known(void **_)
{
    struct arena *k = test_keep();
    assert_string_equal(words_moment(k, &en, noon, 0, 59999, noon), "11:17");
    assert_string_equal(words_moment(k, &en, noon, 300000, 300000, noon), "~11:17");
    assert_string_equal(words_moment(k, &en, noon, 0, HOUR_MS - 1, noon), "11:??");
    assert_string_equal(words_moment(k, &en, noon, 0, DAY_MS - 1, noon), "March 11th");
    assert_string_equal(words_moment(k, &fr, noon + DAY_MS, 0, 23 * HOUR_MS - 1, noon), "12 mars");
    assert_string_equal(words_moment(k, &en, noon + DAY_MS, 0, HOUR_MS - 1, noon), "March 12th, 11:??");
}

static void small_numbers_are_words(void **_)
{
    struct arena *k = test_keep();
    assert_string_equal(words_number(k, &en, 4), "four");
    assert_string_equal(words_number(k, &en, 13), "13");
    assert_string_equal(words_number(k, &en, 42038), "42,038");
    assert_string_equal(words_number(k, &fr, 1042038), "1\u202f042\u202f038");
    assert_string_equal(words_number(k, &en, 2025), "2025");
    assert_string_equal(words_ordinal(k, &en, 3), "third");
    assert_string_equal(words_ordinal(k, &en, 22), "22nd");
    assert_string_equal(words_ordinal(k, &en, 13), "13th");
    assert_string_equal(words_ordinal(k, &fr, 2), "deuxi\u00e8me");
}

static void french_is(enum event_kind kind, const char *text, const char *french)
{
    const char *found = french_of(kind, text, test_keep());
    assert_non_null(found);
    assert_string_equal(found, french);
}

static void the_machines_sentences_have_their_french(void **_)
{
    french_is(EVENT_ACTION_BEGUN, "C1 pool.remove on pool:web/10.0.0.1 begun by hand", "C1\u00a0: pool.remove sur pool:web/10.0.0.1 commenc\u00e9, \u00e0 la main");
    french_is(EVENT_PHASE, "phase detected", "Phase\u00a0: d\u00e9tect\u00e9");
    french_is(EVENT_RUN_PARKED, "run R1 stopped: runbooks/ddos.lua:21: sense.answers was not so within 2 hours 1 minute: no answer",
              "Ex\u00e9cution R1 arr\u00eat\u00e9e\u00a0: runbooks/ddos.lua:21\u00a0: sense.answers n\u2019\u00e9tait pas le cas au bout de 2 heures 1 minute\u00a0: pas de r\u00e9ponse");
    french_is(EVENT_RUN_PARKED, "run R1 stopped: the balancer is being reloaded",
              "Ex\u00e9cution R1 arr\u00eat\u00e9e\u00a0: \u00ab\u00a0the balancer is being reloaded\u00a0\u00bb");
    french_is(EVENT_NOTE, "A SYN flood is directed at 10.0.0.1: 42038 packets a second.",
              "Une attaque par inondation SYN vise 10.0.0.1\u00a0: 42038 paquets par seconde");
    french_is(EVENT_NOTE, "An ICMP flood is directed at 10.0.0.1", "Une attaque par inondation ICMP vise 10.0.0.1");
    french_is(EVENT_BASELINE, "baseline of pool pool:web read", "\u00c9tat de d\u00e9part, pool\u00a0: lu, pool:web");
}

static void a_sentence_of_another_kind_or_in_other_words_stays(void **_)
{
    assert_null(french_of(EVENT_NOTE, "phase detected", test_keep()));
    assert_null(french_of(EVENT_NOTE, "A wild flood is directed at the pool", test_keep()));
    assert_null(french_of(EVENT_NOTE, "The region answers again without us", test_keep()));
    assert_null(french_of(EVENT_STEP, "Temporary IP one of two", test_keep()));
    assert_null(french_of(EVENT_PHASE, "phase we went through", test_keep()));
    assert_null(french_of(EVENT_NOTE, "", test_keep()));
}

static bool has_french(const struct form *list, const char *text)
{
    for (; list->en; list++)
        if (!strcmp(list->en, text))
            return true;
    return false;
}

/* Each KEY = "..." of the contracts is in that list. */
static size_t each_has_french(const char *key, const char *and_before, const struct form *list)
{
    static const char *const roles[] = { "capture", "chat", "cloud", "dns", "exec", "page", "pool", "sense", "statuspage", "ticket" };
    size_t seen = 0;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        char path[256], line[512];
        snprintf(path, sizeof path, "%s/src/play/roles/%s.lua", getenv("ROOT") ? getenv("ROOT") : ".", roles[i]);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof line, file)) {
            char *says = strstr(line, key);
            size_t blanks = strspn(line, " ");
            bool action = strncmp(line + blanks, and_before, strlen(and_before)) == 0;
            if (!says || !action || blanks != (*and_before == '{' ? 4 : 6)) /* of an action, not of a role or an argument */
                continue;
            says += strlen(key);
            says[strcspn(says, "\"")] = '\0';
            if (!has_french(list, says))
                fail_msg("no French for: %s", says);
            seen++;
        }
        fclose(file);
    }
    return seen;
}

static void each_sentence_of_a_role_has_its_french(void **_)
{
    assert_true(each_has_french("says = \"", "says", french_of_role) > 12);
    assert_true(each_has_french("undo_why = \"", "undo_why", french_reason) > 6);
    assert_true(each_has_french("help = \"", "{ \"", french_reason) + each_has_french("help = \"", "help", french_reason) > 30);
}

int main(void)
{
    const struct CMUnitTest words[] = {
        promise(spans_are_rounded_to_what_a_reader_needs),
        promise(minutes_and_shares_have_no_needless_zeros_and_are_never_rounded_up),
        promise(dates_and_clocks_read_as_people_say_them),
        promise(french_says_de_le_du_and_au_where_a_day_stands),
        promise(an_hour_that_comes_twice_names_its_zone),
        promise(a_moment_is_said_as_far_as_it_is_known),
        promise(the_machines_sentences_have_their_french),
        promise(a_sentence_of_another_kind_or_in_other_words_stays),
        promise(each_sentence_of_a_role_has_its_french),
        promise(small_numbers_are_words),
    };
    return cmocka_run_group_tests(words, NULL, NULL);
}
