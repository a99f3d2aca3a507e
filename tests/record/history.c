#include "promise.h"

#include "base/instant.h"
#include "record/history.h"

#include <string.h>

static const char settings[] = "zone: Europe/Paris\nservices: {osc-fr1: {}, osc-secnum-fr1: {}}\n";

static bool read(struct history *h, const char *yaml, struct err *e)
{
    struct config *c = arena_one(test_keep(), struct config);
    struct err none = { 0 };
    assert_good(config_parse(c, "tocsin.yaml", settings, strlen(settings), test_keep(), &none), &none);
    return history_parse(h, "h.yaml", yaml, strlen(yaml), c, test_keep(), e);
}

static struct history good(const char *yaml)
{
    struct history h = { 0 };
    struct err e = { 0 };
    assert_good(read(&h, yaml, &e), &e);
    return h;
}

static void refused(const char *yaml, const char *words)
{
    struct history h;
    struct err e = { 0 };
    assert_refused(read(&h, yaml, &e), &e, ERR_INPUT, words);
}

static void a_row_is_a_note_at_its_minute_in_the_zone(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- {at: \"11:25\", text: a ticket}\n");
    assert_int_equal(h.events, 1);
    assert_int_equal(h.event[0].draft.kind, EVENT_NOTE);
    assert_string_equal(instant_utc(test_keep(), h.event[0].draft.at), "2025-03-11T10:25:00.000Z");
    assert_int_equal(h.event[0].draft.late_ms, MINUTE_MS - 1);
    assert_string_equal(h.event[0].draft.data, "{\"text\":\"a ticket\"}");
}

static void an_up_names_the_down_that_it_closes(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n"
                            "- {at: \"11:17\", down: osc-fr1, text: gone}\n"
                            "- {at: \"11:30\", up: osc-fr1, text: back}\n");
    assert_int_equal(h.events, 2);
    assert_int_equal(h.event[1].refers, 0);
    assert_non_null(strstr(h.event[1].draft.data, "\"closes\":[\""));
}

static void an_edge_without_a_text_is_no_row(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- {at: \"14:41\", down: osc-fr1}\n");
    assert_int_equal(h.events, 2);
    assert_int_equal(h.event[1].draft.kind, EVENT_LISTED);
    assert_int_equal(h.event[1].refers, 0);
}

static void entries_are_put_in_the_order_of_their_moments(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- {at: \"11:30\", text: second}\n"
                            "- {at: \"11:17\", text: first}\n- {at: \"11:30\", text: third}\n");
    assert_non_null(strstr(h.event[0].draft.data, "first"));
    assert_non_null(strstr(h.event[1].draft.data, "second"));
    assert_non_null(strstr(h.event[2].draft.data, "third"));
    assert_int_equal(h.start, h.event[0].draft.at);
}

static void a_change_by_hand_is_begun_and_ended(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- at: \"14:23\"\n  text: out\n"
                            "  did: {action: pool.remove, args: {ip: 192.0.2.1}, before: {holds: true},"
                            " after: {holds: false}}\n");
    assert_int_equal(h.events, 2);
    assert_string_equal(h.event[0].action, "pool.remove");
    assert_string_equal(h.event[0].before, "{\"holds\":true}");
    assert_int_equal(h.event[1].refers, 0);
    assert_non_null(strstr(h.event[1].draft.rest, "\"by_hand\":true"));
}

static void a_day_alone_is_known_to_the_day(void **_)
{
    struct history h = good("entries:\n- {at: \"2025-03-30\", none: osc-fr1, text: nothing}\n");
    assert_string_equal(instant_utc(test_keep(), h.event[0].draft.at), "2025-03-29T23:00:00.000Z");
    assert_int_equal(h.event[0].draft.late_ms, 23 * HOUR_MS - 1); /* the clocks go forward that day */
}

static void what_was_measured_is_read_as_a_word_would_read_it(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- {at: \"11:09\", text: a}\n"
                            "rates:\n- {service: osc-fr1, from: \"11:08\", rpm: [60000, ~, 54000]}\n");
    assert_int_equal(h.events, 3); /* nobody measured at 11:09 */
    assert_int_equal(h.event[0].draft.kind, EVENT_READ);
    assert_int_equal(h.event[1].draft.kind, EVENT_NOTE);
    assert_string_equal(h.event[2].draft.data,
                        "{\"action\":\"sense.rate\",\"args\":{\"service\":\"osc-fr1\"},\"args_sha256\":"
                        "\"6e0bf894b939b379167aae1abc56734170de0069bbc382179b04c139740f094d\",\"result\":{\"rpm\":54000}}");
    assert_string_equal(instant_utc(test_keep(), h.event[2].draft.at), "2025-03-11T10:10:00.000Z");
}

static void a_flood_that_was_named_is_a_signal(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- {at: \"11:17\", text: a, flood: {ip: 192.0.2.1, kind: syn}}\n"
                            "- {at: \"11:20\", text: b, down: osc-fr1, flood: {ip: 192.0.2.1, rate: 42000}}\n");
    assert_int_equal(h.events, 4);
    assert_string_equal(h.event[0].draft.data, "{\"text\":\"a\",\"ip\":\"192.0.2.1\",\"flood\":\"syn\"}");
    assert_int_equal(h.event[2].draft.kind, EVENT_SIGNAL);
    assert_int_equal(h.event[3].draft.kind, EVENT_LISTED); /* the row is the outage's */
}

static void prose_is_kept_as_notes_that_name_their_place(void **_)
{
    struct history h = good("date: 2025-03-11\nentries:\n- {at: \"11:25\", text: a}\n"
                            "prose: {context: c, found: [x, y]}\n");
    assert_int_equal(h.events, 4);
    assert_string_equal(h.event[1].draft.data, "{\"text\":\"c\",\"source\":\"report/context\"}");
    assert_string_equal(h.event[3].draft.data, "{\"text\":\"y\",\"source\":\"report/found\"}");
}

static void what_is_wrong_is_named_with_its_line(void **_)
{
    refused("entries: []\n", "h.yaml:1:");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\"}\n", "needs a text");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", dwon: osc-fr1}\n", "did you mean 'down'");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", text: a, dwon: osc-fr1}\n", "did you mean 'down'");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", down: osc-fr2, text: a}\n", "h.yaml:3:");
    refused("date: 2025-03-11\nentries:\n- {at: \"25:17\", text: a}\n", "h.yaml:3:");
    refused("entries:\n- {at: \"11:17\", text: a}\n", "'date' is missing");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", up: osc-fr1}\n", "is not down here");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", down: osc-fr1}\n- {at: \"11:18\", down: osc-fr1}\n",
            "is down already");
    refused("date: 2025-03-11\nzone: Europe/Pariss\nentries:\n- {at: \"11:17\", text: a}\n", "expected a zone");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", text: a}\nrates:\n- {service: osc-fr1, from: \"11:08\","
            " rpm: [many]}\n", "h.yaml:5:");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", text: a}\nrates:\n- {service: osc-fr9, from: \"11:08\","
            " rpm: [1]}\n", "osc-fr9");
    refused("date: 2025-03-11\nentries:\n- {at: \"11:17\", flood: {kind: syn}}\n", "ip");
    refused("date: 2025-02-30\nentries:\n- {at: \"11:17\", text: a}\n", "expected a date");
}

int main(void)
{
    const struct CMUnitTest history[] = {
        promise(a_row_is_a_note_at_its_minute_in_the_zone),
        promise(an_up_names_the_down_that_it_closes),
        promise(an_edge_without_a_text_is_no_row),
        promise(entries_are_put_in_the_order_of_their_moments),
        promise(a_change_by_hand_is_begun_and_ended),
        promise(a_day_alone_is_known_to_the_day),
        promise(what_was_measured_is_read_as_a_word_would_read_it),
        promise(a_flood_that_was_named_is_a_signal),
        promise(prose_is_kept_as_notes_that_name_their_place),
        promise(what_is_wrong_is_named_with_its_line),
    };
    return cmocka_run_group_tests(history, NULL, NULL);
}
