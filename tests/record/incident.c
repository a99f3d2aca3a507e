/* incident.c: what people see of an incident. */
#include "record/given.h"

static const struct entry *entry_by(const struct incident *i, const char *hash)
{
    for (size_t k = 0; k < i->entries; k++)
        if (strcmp(i->entry[k].event->hash, hash) == 0)
            return &i->entry[k];
    return NULL;
}

static void an_incident_is_what_was_said_last(void **_)
{
    given_nothing_recorded();
    add("titled", "11:20", "{\"title\":\"SYN flood\"}");
    add("severity", "11:21", "{\"severity\":2}");
    add("severity", "11:22", "{\"severity\":1}");
    add("lead", "11:23", "{\"name\":\"alice\"}");
    add("phase", "11:35", "{\"phase\":\"identified\"}");
    const struct incident *i = folded();
    assert_string_equal(i->title, "SYN flood");
    assert_string_equal(i->zone, "Europe/Paris");
    assert_int_equal(i->severity, 1);
    assert_string_equal(i->lead, "alice");
    assert_string_equal(i->phase, "identified");
    assert_false(i->drill || i->simulated || i->closed);
    assert_int_equal(i->opened_at, at_that_day("11:00"));
}

static void entries_stand_in_the_order_in_which_things_happened(void **_)
{
    given_nothing_recorded();
    add("note", "14:23", "{\"text\":\"second\"}");
    add("note", "11:08", "{\"text\":\"first\"}");
    add("note", "14:23", "{\"text\":\"third\"}");
    const struct incident *i = folded();
    assert_string_equal(i->entry[1].text, "first");
    assert_string_equal(i->entry[2].text, "second");
    assert_string_equal(i->entry[3].text, "third");
}

static void an_amended_note_reads_as_amended_and_remembers_by_whom(void **_)
{
    given_nothing_recorded();
    const char *note = add("note", "14:23", "{\"text\":\"wrong\"}");
    add("amended", "20:00", arena_print(test_keep(),
        "{\"of\":\"%s\",\"text\":\"right\",\"at\":\"2025-03-11T13:24:00.000Z\",\"late_ms\":59999}", note));
    const struct entry *n = entry_by(folded(), note);
    assert_string_equal(n->text, "right");
    assert_int_equal(n->at, at_that_day("14:24"));
    assert_int_equal(n->late_ms, 59999);
    assert_int_equal(n->corrections, 1);
    assert_int_equal(n->correction[0]->kind, EVENT_AMENDED);
}

static void the_later_of_two_corrections_wins(void **_)
{
    given_nothing_recorded();
    const char *note = add("note", "14:23", "{\"text\":\"a\"}");
    add("amended", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"text\":\"b\"}", note));
    add("listed", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"listed\":false}", note));
    add("amended", "19:00", arena_print(test_keep(), "{\"of\":\"%s\",\"text\":\"c\"}", note));
    const struct entry *n = entry_by(folded(), note);
    assert_string_equal(n->text, "c");
    assert_false(n->listed);
    assert_int_equal(n->corrections, 3);
}

static void a_strike_of_a_correction_takes_it_back_and_can_be_taken_back(void **_)
{
    given_nothing_recorded();
    const char *note = add("note", "14:23", "{\"text\":\"a\"}");
    const char *amended = add("amended", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"text\":\"b\"}", note));
    const char *struck = add_strike(amended);
    assert_string_equal(entry_by(folded(), note)->text, "a");
    assert_false(entry_by(folded(), note)->struck);
    add_strike(struck);
    assert_string_equal(entry_by(folded(), note)->text, "b");
    assert_int_equal(entry_by(folded(), note)->corrections, 3);
    add_strike(add_strike(note));
    assert_false(entry_by(folded(), note)->struck);
}

static void a_window_amended_to_another_service_ends_there_too(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", "osc-fr1", "person");
    const char *closing = add_closing("11:30", "osc-fr1", "person", opening);
    add("amended", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"service\":\"mail\"}", opening));
    assert_string_equal(folded()->windows.window[0].service, "mail");
    assert_string_equal(entry_by(folded(), closing)->text, "mail is up again");
}

static void a_window_amended_to_none_is_none_and_its_end_is_silent(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", "osc-fr1", "person");
    const char *closing = add_closing("11:30", "osc-fr1", "person", opening);
    add("amended", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"level\":\"none\"}", opening));
    const struct incident *i = folded();
    assert_int_equal(i->windows.count, 0);
    assert_null(i->windows.note[0]);
    assert_string_equal(i->windows.none[0], "osc-fr1");
    assert_true(entry_by(i, closing)->struck);
}

static void what_was_struck_is_kept_and_marked(void **_)
{
    given_nothing_recorded();
    const char *title = add("severity", "11:20", "{\"severity\":1}");
    add_strike(title);
    const struct incident *i = folded();
    assert_true(entry_by(i, title)->struck);
    assert_int_equal(i->severity, 0);
}

static void as_of_looks_back_with_what_is_known_now(void **_)
{
    given_nothing_recorded();
    const char *note = add("note", "11:10", "{\"text\":\"a\"}");
    add("phase", "14:00", "{\"phase\":\"resolved\"}");
    add("amended", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"text\":\"b\"}", note));
    const struct incident *i = folded_at("12:00");
    assert_string_equal(i->phase, "open");
    assert_string_equal(entry_by(i, note)->text, "b");
    assert_int_equal(i->as_of, at_that_day("12:00"));
}

static void a_task_gathers_what_is_said_of_it(void **_)
{
    given_nothing_recorded();
    const char *task = add("task", "15:00", "{\"text\":\"rate limit SYN\",\"owner\":\"bob\"}");
    add("task", "16:00", arena_print(test_keep(), "{\"text\":\"\",\"of\":\"%s\",\"done\":true}", task));
    const struct incident *i = folded();
    assert_int_equal(i->tasks, 1);
    assert_string_equal(i->task[0].text, "rate limit SYN");
    assert_string_equal(i->task[0].owner, "bob");
    assert_true(i->task[0].done);
}

static void people_are_named_in_the_order_in_which_they_came(void **_)
{
    given_nothing_recorded();
    add("note", "11:10", "{\"text\":\"a\"}");
    last_event()->by = "bob";
    add("note", "11:11", "{\"text\":\"b\"}");
    const struct incident *i = folded();
    assert_string_equal(i->person[0], "alice");
    assert_string_equal(i->person[1], "bob");
    assert_null(i->person[2]);
}

static void prose_for_the_report_is_no_row_of_its_timeline(void **_)
{
    given_nothing_recorded();
    const char *prose = add("note", "20:00", "{\"text\":\"We were flooded.\",\"source\":\"report/cause\"}");
    const char *note = add("note", "20:00", "{\"text\":\"a fact\",\"source\":\"grafana\"}");
    assert_false(entry_by(folded(), prose)->listed);
    assert_true(entry_by(folded(), note)->listed);
}

static void every_event_reads_as_one_line(void **_)
{
    given_nothing_recorded();
    add("note", "11:10", "{\"text\":\"two\\nlines\"}");
    assert_string_equal(event_text(last_event(), test_keep()), "two lines");
    add("impact", "11:10", "{\"service\":\"osc-fr1\",\"level\":\"degraded\",\"lost_ppb\":255000000,\"basis\":\"person\"}");
    assert_string_equal(event_text(last_event(), test_keep()), "osc-fr1 is degraded, 25.5 % lost");
    add("impact", "11:10", "{\"service\":\"osc-fr1\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[]}");
    assert_string_equal(event_text(last_event(), test_keep()), "osc-fr1 is up again");
    add("teleported", "11:10", "{}");
    assert_non_null(strstr(event_text(last_event(), test_keep()), "teleported"));
    last_event()->data = (struct json){ 0 };
    assert_string_equal(event_text(last_event(), test_keep()), "(erased)");
    for (int kind = 0; kind < EVENT_UNKNOWN; kind++) { /* poor data: still words, never a crash */
        add(event_kinds[kind].name, "11:10", "{}");
        assert_non_null(event_text(last_event(), test_keep()));
    }
}

static void a_kind_is_its_whole_name(void **_)
{
    assert_int_equal(event_kind_from("said", 4), EVENT_SAID);
    assert_int_equal(event_kind_from("sai", 3), EVENT_UNKNOWN);
    assert_int_equal(event_kind_from("said\0person", 11), EVENT_UNKNOWN);
}

static void an_amended_impact_says_what_it_now_is(void **_)
{
    given_nothing_recorded();
    const char *opening = add_opening("11:17", "osc-fr1", "person");
    add("amended", "20:00", arena_print(test_keep(),
        "{\"of\":\"%s\",\"level\":\"degraded\",\"lost_ppb\":100000000}", opening));
    assert_string_equal(entry_by(folded(), opening)->text, "osc-fr1 is degraded, 10 % lost");
}

static void an_event_is_found_by_number_by_stream_and_by_hash(void **_)
{
    struct err e = { 0 };
    given_nothing_recorded();
    const char *note = add("note", "11:10", "{\"text\":\"a\"}");
    add("note", "11:10", "{\"text\":\"b\"}");
    last_event()->stream = 1;
    last_event()->seq = 2;
    assert_ptr_equal(journal_find(&given_journal, "2", &e), &given_event[1]);
    assert_ptr_equal(journal_find(&given_journal, "a:2", &e), &given_event[1]);
    assert_ptr_equal(journal_find(&given_journal, "b:2", &e), &given_event[2]);
    assert_ptr_equal(journal_find(&given_journal, note, &e), &given_event[1]);
    assert_ptr_equal(journal_by_hash(&given_journal, note), &given_event[1]);
}

static void an_event_that_is_not_there_is_said_with_what_is(void **_)
{
    struct err e = { 0 };
    given_nothing_recorded();
    add("note", "11:10", "{\"text\":\"a\"}");
    assert_refused(journal_find(&given_journal, "9", &e), &e, ERR_USAGE,
                   "INC-2025-001 has no event 9: it has 1 to 2");
    assert_refused(journal_find(&given_journal, "x", &e), &e, ERR_USAGE, "'x' names no event");
    assert_refused(journal_find(&given_journal, "ffffffff", &e), &e, ERR_USAGE, "begins with 'ffffffff'");
    assert_refused(journal_find(&given_journal, "00000000", &e), &e, ERR_USAGE, "more than one event");
}

/* ---- figures ---- */

static void figures_run_from_the_first_impact(void **_)
{
    struct figure f[FIGURES];
    given_nothing_recorded();
    const char *opening = add_opening("11:17", "osc-fr1", "person");
    add("alert", "11:18", "{\"text\":\"probes\"}");
    add("phase", "11:35", "{\"phase\":\"identified\"}");
    add_closing("11:30", "osc-fr1", "person", opening);
    incident_figures(f, folded());
    assert_string_equal(f[0].name, "time to detect");
    assert_int_equal(f[0].ms, MINUTE_MS);
    assert_int_equal(f[1].state, FIGURE_NOT_RECORDED);
    assert_int_equal(f[2].ms, 18 * MINUTE_MS);
    assert_int_equal(f[3].state, FIGURE_NOT_RECORDED);
    assert_int_equal(f[4].ms, 13 * MINUTE_MS);
}

static void while_a_window_is_open_nobody_has_recovered(void **_)
{
    struct figure f[FIGURES];
    given_nothing_recorded();
    add_opening("11:17", "osc-fr1", "person");
    incident_figures(f, folded());
    assert_int_equal(f[4].state, FIGURE_NOT_RECORDED);
}

static void an_up_before_its_down_is_an_impossible_order(void **_)
{
    struct figure f[FIGURES];
    given_nothing_recorded();
    add_closing("11:10", "osc-fr1", "person", add_opening("11:17", "osc-fr1", "person"));
    incident_figures(f, folded());
    assert_int_equal(f[4].state, FIGURE_IMPOSSIBLE);
    given_nothing_recorded(); /* within one minute nobody knows better */
    add_closing("11:17", "osc-fr1", "person", add_opening("11:17:42", "osc-fr1", "person"));
    incident_figures(f, folded());
    assert_int_equal(f[4].state, FIGURE_KNOWN);
}

static void a_phase_before_the_impact_is_impossible_and_an_early_sign_is_told_as_one(void **_)
{
    struct figure f[FIGURES];
    given_nothing_recorded();
    add_opening("11:17", "osc-fr1", "person");
    add("phase", "11:05", "{\"phase\":\"mitigated\"}");
    add("signal", "11:08", "{\"text\":\"a small drop\"}");
    incident_figures(f, folded());
    assert_int_equal(f[3].state, FIGURE_IMPOSSIBLE);
    assert_int_equal(f[0].state, FIGURE_BEFORE);
    assert_int_equal(f[0].ms, 9 * MINUTE_MS);
    given_nothing_recorded(); /* within one minute nobody knows which was first */
    add_opening("11:17:42", "osc-fr1", "person");
    add("signal", "11:17", "{\"text\":\"a small drop\"}");
    incident_figures(f, folded());
    assert_int_equal(f[0].state, FIGURE_KNOWN);
    assert_int_equal(f[0].ms, 0);
}

int main(void)
{
    const struct CMUnitTest incident[] = {
        promise(an_incident_is_what_was_said_last),
        promise(entries_stand_in_the_order_in_which_things_happened),
        promise(an_amended_note_reads_as_amended_and_remembers_by_whom),
        promise(the_later_of_two_corrections_wins),
        promise(a_strike_of_a_correction_takes_it_back_and_can_be_taken_back),
        promise(a_window_amended_to_another_service_ends_there_too),
        promise(a_window_amended_to_none_is_none_and_its_end_is_silent),
        promise(what_was_struck_is_kept_and_marked),
        promise(as_of_looks_back_with_what_is_known_now),
        promise(a_task_gathers_what_is_said_of_it),
        promise(people_are_named_in_the_order_in_which_they_came),
        promise(prose_for_the_report_is_no_row_of_its_timeline),
        promise(every_event_reads_as_one_line),
        promise(a_kind_is_its_whole_name),
        promise(an_amended_impact_says_what_it_now_is),
        promise(an_event_is_found_by_number_by_stream_and_by_hash),
        promise(an_event_that_is_not_there_is_said_with_what_is),
        promise(figures_run_from_the_first_impact),
        promise(while_a_window_is_open_nobody_has_recovered),
        promise(an_up_before_its_down_is_an_impossible_order),
        promise(a_phase_before_the_impact_is_impossible_and_an_early_sign_is_told_as_one),
    };
    return cmocka_run_group_tests(incident, NULL, NULL);
}
