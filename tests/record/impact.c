/* impact.c: when a service suffered, out of what people and probes wrote. */
#include "record/given.h"

#define S "osc-fr1"

static void then_window(const struct window *w, const char *start, const char *end)
{
    assert_int_equal(w->start.at, at_that_day(start));
    assert_int_equal(w->end.at, at_that_day(end));
}

static void a_window_is_an_opening_and_the_edge_that_closes_it(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", S, "person");
    add_closing("11:30", S, "person", opening);
    const struct windows *w = &folded()->windows;
    assert_int_equal(w->count, 1);
    then_window(w->window, "11:17", "11:30");
    assert_string_equal(w->window->id, opening);
    assert_false(w->window->open);
    assert_int_equal(w->window->start.late_ms, 59999);
    assert_null(w->note[0]);
}

static void an_open_window_runs_to_the_moment_asked_and_is_marked(void **_)
{
    given_nothing_recorded();
    add_closing("11:30", S, "person", add_opening("11:17", S, "person"));
    const struct windows *w = &folded_at("11:20")->windows;
    assert_int_equal(w->count, 1);
    assert_true(w->window->open);
    then_window(w->window, "11:17", "11:20");
    assert_int_equal(folded_at("11:16")->windows.count, 0);
}

static void striking_an_opening_strikes_its_window_and_its_closing_is_silent(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("14:41", S, "person");
    const char *closing = add_closing("14:46", S, "person", opening);
    add_strike(opening);
    const struct incident *i = folded();
    assert_int_equal(i->windows.count, 0);
    assert_int_equal(i->windows.struck_count, 1);
    then_window(i->windows.struck, "14:41", "14:46");
    assert_null(i->windows.note[0]);
    for (size_t k = 0; k < i->entries; k++)
        if (i->entry[k].event->hash == closing)
            assert_true(i->entry[k].struck);
}

static void a_closing_that_still_closes_another_window_stays(void **_)
{
    given_nothing_recorded();
    const char *first = add_opening("14:41", S, "person");
    const char *second = add_opening("14:42", S, "probe:front");
    add("impact", "14:46", arena_print(test_keep(),
        "{\"service\":\"osc-fr1\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[\"%s\",\"%s\"]}",
        first, second));
    add_strike(first);
    const struct incident *i = folded();
    assert_int_equal(i->windows.count, 1);
    then_window(i->windows.window, "14:42", "14:46");
    assert_false(i->entry[3].struck);
}

static void striking_a_closing_opens_the_window_again(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", S, "person");
    add_strike(add_closing("11:20", S, "person", opening));
    assert_true(folded()->windows.window[0].open);
    add_closing("11:30", S, "person", opening);
    then_window(folded()->windows.window, "11:17", "11:30");
}

static void the_first_edge_that_names_a_window_closes_it(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", S, "probe:front");
    add_closing("11:30", S, "person", opening);
    add_closing("11:31", S, "probe:front", opening);
    then_window(folded()->windows.window, "11:17", "11:30");
}

static void two_people_who_end_it_at_different_times_make_a_range(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", S, "person");
    add_closing("11:30", S, "person", opening);
    const char *second = add_closing("11:45", S, "person", opening);
    last_event()->by = "bob";
    last_event()->stream = 1;
    const struct windows *w = &folded()->windows;
    then_window(w->window, "11:17", "11:30");
    assert_int_equal(w->window->end.late_ms, 15 * MINUTE_MS + 59999);
    assert_non_null(strstr(w->note[0], "events 3 and b:4 end the impact on 'osc-fr1' at different times"));
    add_strike(second);
    w = &folded()->windows;
    assert_int_equal(w->window->end.late_ms, 59999);
    assert_null(w->note[0]);
}

static void two_people_who_end_it_in_the_same_minute_agree(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", S, "person");
    add_closing("11:30:20", S, "person", opening);
    add_closing("11:30", S, "person", opening);
    assert_null(folded()->windows.note[0]);
}

static void an_edge_that_sorts_before_the_one_before_it_counts_there_if_they_touch(void **_)
{
    given_nothing_recorded(); /* down at 11:17:42; up typed as "11:17", a minute */
    const char *opening = add_opening("11:17:42", S, "person");
    add_closing("11:17", S, "person", opening);
    const struct window *w = folded()->windows.window;
    then_window(w, "11:17:42", "11:17:42");
    assert_int_equal(w->end.early_ms, 0);
    assert_int_equal(w->end.late_ms, 17999);
    assert_null(folded()->windows.note[0]);
}

static void a_new_opening_does_not_reach_back_before_the_closing_that_it_touches(void **_)
{
    given_nothing_recorded();
    add_closing("11:30:20", S, "person", add_opening("11:17", S, "person"));
    add_opening("11:30", S, "person");
    assert_int_equal(folded()->windows.window[1].start.at, at_that_day("11:30:20"));
}

static void an_end_that_lies_before_its_start_is_said_with_what_mends_it(void **_)
{
    given_nothing_recorded();
    add_closing("11:10", S, "person", add_opening("11:17", S, "person"));
    const struct windows *w = &folded()->windows;
    then_window(w->window, "11:17", "11:17");
    assert_non_null(strstr(w->note[0], "event 3 ends the impact on 'osc-fr1' before event 2 begins it"));
    assert_non_null(strstr(w->note[0], "tocsin amend 3"));
}

static void a_whole_window_entered_late_stays_where_it_was(void **_)
{
    given_nothing_recorded();
    add_closing("14:26", S, "person", add_opening("14:16", S, "person"));
    add_closing("11:30", S, "person", add_opening("11:17", S, "person"));
    const struct windows *w = &folded()->windows;
    then_window(&w->window[0], "11:17", "11:30");
    then_window(&w->window[1], "14:16", "14:26");
}

static void an_up_that_closes_nothing_is_said(void **_)
{
    given_nothing_recorded();
    add("impact", "11:30", "{\"service\":\"osc-fr1\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[]}");
    assert_non_null(strstr(folded()->windows.note[0], "nothing was down: tocsin strike 2"));
    add_closing("11:31", S, "person", "feed");
    assert_non_null(strstr(folded()->windows.note[1], "not in the record"));
}

static void no_impact_is_a_statement_and_silence_is_not(void **_)
{
    given_nothing_recorded();
    add_opening("11:17", S, "person");
    assert_null(folded()->windows.none[0]);
    add("impact", "19:00", "{\"service\":\"osc-secnum-fr1\",\"level\":\"none\",\"basis\":\"person\"}");
    assert_string_equal(folded()->windows.none[0], "osc-secnum-fr1");
    assert_null(folded()->windows.none[1]);
}

static void none_beside_a_window_is_a_dispute(void **_)
{
    given_nothing_recorded();
    add_closing("11:30", S, "probe:front", add_opening("11:17", S, "probe:front"));
    const char *none = add("impact", "19:00",
                           "{\"service\":\"osc-fr1\",\"level\":\"none\",\"basis\":\"person\"}");
    const struct windows *w = &folded()->windows;
    assert_true(w->window->disputed);
    assert_null(w->none[0]);
    assert_non_null(strstr(w->note[0], "tocsin strike 4 --why TEXT, or tocsin strike 2 --why TEXT"));
    add_strike(none);
    assert_false(folded()->windows.window->disputed);
}

static void an_amended_edge_counts_where_it_was_amended_to(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", S, "person");
    add_closing("11:30", S, "person", opening);
    add("amended", "20:00", arena_print(test_keep(),
        "{\"of\":\"%s\",\"at\":\"2025-03-11T10:16:30.000Z\",\"early_ms\":0,\"late_ms\":999}", opening));
    const struct window *w = folded()->windows.window;
    then_window(w, "11:16:30", "11:30");
    assert_int_equal(w->start.late_ms, 999);
}

static void an_amended_level_and_share_count(void **_)
{
    given_nothing_recorded();
    const char *opening = add("impact", "11:17",
                              "{\"service\":\"osc-fr1\",\"level\":\"degraded\",\"basis\":\"person\"}");
    const struct windows *w = &folded()->windows;
    assert_int_equal(w->window->lost_ppb, -1);
    add("amended", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"lost_ppb\":250000000}", opening));
    w = &folded()->windows;
    assert_int_equal(w->window->level, IMPACT_DEGRADED);
    assert_int_equal(w->window->lost_ppb, 250000000);
}

static void windows_stand_by_service_and_start(void **_)
{
    given_nothing_recorded();
    add_opening("12:00", "b", "person");
    add_opening("12:30", "a", "person");
    add_opening("11:00", "b", "probe:front");
    const struct windows *w = &folded()->windows;
    assert_string_equal(w->window[0].service, "a");
    then_window(&w->window[1], "11:00", "23:00");
    then_window(&w->window[2], "12:00", "23:00");
}

static void the_rule_about_order_holds_for_any_number_of_voices(void **_)
{
    given_nothing_recorded();
    for (int i = 0; i < 70; i++) {
        const char *run = arena_print(test_keep(), "run:R%d", i);
        add_closing("11:30:20", S, run, add_opening("11:17", S, run));
        add_opening("11:30", S, run);
    }
    const struct windows *w = &folded()->windows;
    assert_int_equal(w->count, 140);
    for (size_t i = 70; i < w->count; i++)
        assert_int_equal(w->window[i].start.at, at_that_day("11:30:20"));
}

static void numbers_from_elsewhere_overflow_no_sum(void **_)
{
    given_nothing_recorded();
    const char *opening = add("impact", "11:17",
        "{\"service\":\"osc-fr1\",\"level\":\"degraded\",\"lost_ppb\":9000000000,\"basis\":\"person\"}");
    add("amended", "20:00", arena_print(test_keep(),
        "{\"of\":\"%s\",\"at\":9223372036854775807,\"late_ms\":9223372036854775807}", opening));
    add("amended", "20:00", arena_print(test_keep(),
        "{\"of\":\"%s\",\"at\":\"2025-03-11T10:16:00.000Z\",\"early_ms\":-5,\"late_ms\":9223372036854775807}",
        opening));
    const struct window *w = folded()->windows.window;
    assert_int_equal(w->lost_ppb, -1);
    assert_int_equal(w->start.at, at_that_day("11:16"));
    assert_int_equal(w->start.early_ms, 0);
    assert_int_equal(w->start.late_ms, 366 * DAY_MS);
}

static void an_erased_impact_is_missed_aloud(void **_)
{
    given_nothing_recorded();
    add_opening("11:17", S, "person");
    last_event()->data = (struct json){ 0 };
    const struct windows *w = &folded()->windows;
    assert_int_equal(w->count, 0);
    assert_non_null(strstr(w->note[0], "event 2, an impact, was erased"));
}

static void a_level_of_a_newer_version_is_an_impact_of_unknown_degree(void **_)
{
    given_nothing_recorded();
    add("impact", "11:17", "{\"service\":\"osc-fr1\",\"level\":\"flapping\",\"basis\":\"person\"}");
    assert_int_equal(folded()->windows.window->level, IMPACT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest impact[] = {
        promise(a_window_is_an_opening_and_the_edge_that_closes_it),
        promise(an_open_window_runs_to_the_moment_asked_and_is_marked),
        promise(striking_an_opening_strikes_its_window_and_its_closing_is_silent),
        promise(a_closing_that_still_closes_another_window_stays),
        promise(striking_a_closing_opens_the_window_again),
        promise(the_first_edge_that_names_a_window_closes_it),
        promise(two_people_who_end_it_at_different_times_make_a_range),
        promise(two_people_who_end_it_in_the_same_minute_agree),
        promise(an_edge_that_sorts_before_the_one_before_it_counts_there_if_they_touch),
        promise(a_new_opening_does_not_reach_back_before_the_closing_that_it_touches),
        promise(an_end_that_lies_before_its_start_is_said_with_what_mends_it),
        promise(a_whole_window_entered_late_stays_where_it_was),
        promise(an_up_that_closes_nothing_is_said),
        promise(no_impact_is_a_statement_and_silence_is_not),
        promise(none_beside_a_window_is_a_dispute),
        promise(an_amended_edge_counts_where_it_was_amended_to),
        promise(an_amended_level_and_share_count),
        promise(windows_stand_by_service_and_start),
        promise(the_rule_about_order_holds_for_any_number_of_voices),
        promise(numbers_from_elsewhere_overflow_no_sum),
        promise(an_erased_impact_is_missed_aloud),
        promise(a_level_of_a_newer_version_is_an_impact_of_unknown_degree),
    };
    return cmocka_run_group_tests(impact, NULL, NULL);
}
