/* chart.c: the picture shows what the fold says. */
#include "promise.h"

#include "tell/chart.h"

#include <stdlib.h>
#include <string.h>

static const int64_t start = INT64_C(1741687680000); /* 11:08 in Paris */

static int64_t minute(int64_t n)
{
    return start + n * MINUTE_MS;
}

static struct incident incident_with(const struct window *window, size_t count)
{
    static const char *const none[] = { "osc-secnum-fr1", NULL };
    return (struct incident){ .name = "INC-2025-001", .title = "a flood <on> us", .zone = "Europe/Paris",
                              .opened_at = start, .as_of = INSTANT_NONE,
                              .windows = { .window = window, .count = count, .none = none } };
}

static struct window down(int64_t from, int64_t to)
{
    return (struct window){ .service = "osc-fr1", .level = IMPACT_DOWN, .start = { minute(from), 0, 0 },
                            .end = { minute(to), 0, 0 } };
}

static struct change change(const char *action, const char *ip, int64_t at)
{
    struct event *ended = arena_one(test_keep(), struct event);
    ended->at = minute(at);
    return (struct change){ .incident = "INC-2025-001", .action = action, .state = CHANGE_OPEN,
                            .args = json_from(arena_print(test_keep(), "{\"ip\":\"%s\"}", ip)),
                            .begun = ended, .ended = ended };
}

static const char *seeds_day(bool svg)
{
    struct window w[] = { down(9, 22), down(32, 45), down(188, 198), down(213, 218), down(320, 328) };
    struct change c[] = { change("pool.remove", "148.253.75.120", 195),
                          change("pool.add", "148.253.75.120", 213),
                          change("pool.remove", "148.253.75.120", 218),
                          change("cloud.attach", "148.253.75.120", 255),
                          change("pool.add", "148.253.75.120", 444) };
    struct ledger l = { .change = c, .changes = 5 };
    struct incident i = incident_with(w, 5);
    struct picture p;
    picture_fold(&p, &i, &l, NULL, test_keep());
    return svg ? picture_svg(&p, "en", test_keep()) : picture_terminal(&p, 80, false, test_keep());
}

static void each_service_and_ip_has_its_lane_with_its_sum(void **_)
{
    const char *t = seeds_day(false);
    assert_non_null(strstr(t, "osc-fr1"));
    assert_non_null(strstr(t, "49 min down"));
    assert_non_null(strstr(t, "no impact"));
    assert_non_null(strstr(t, "148.253.75.120"));
    assert_non_null(strstr(t, "12:00"));
}

static void no_line_is_wider_than_the_terminal(void **_)
{
    struct text line = text_new(test_keep());
    for (const char *c = seeds_day(false); *c; c++) {
        if (*c != '\n') {
            text_char(&line, *c);
            continue;
        }
        if (text_width(line.at) > 80)
            fail_msg("%zu columns: %s", text_width(line.at), line.at);
        line.length = 0, line.at[0] = '\0';
    }
}

static void an_outage_of_a_second_still_shows(void **_)
{
    struct window w[] = { down(0, 480), down(500, 500) };
    w[0].level = IMPACT_DEGRADED;
    w[1].end.at += 1000;
    struct incident i = incident_with(w, 2);
    assert_non_null(strstr(chart_terminal(&i, NULL, NULL, 80, false, test_keep()), "█"));
}

static void overlapping_windows_are_counted_once(void **_)
{
    struct window w[] = { down(0, 30), down(10, 40) };
    struct incident i = incident_with(w, 2);
    assert_non_null(strstr(chart_terminal(&i, NULL, NULL, 80, false, test_keep()), "40 min down"));
}

static void the_drawing_stands_alone_and_says_what_it_shows(void **_)
{
    const char *svg = seeds_day(true);
    assert_true(text_starts(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert_non_null(strstr(svg, "<title id=\"picture-title\">a flood &lt;on&gt; us"));
    assert_non_null(strstr(svg, "osc-fr1: 49 min down. down 11:17 - 11:30."));
    assert_non_null(strstr(svg, "prefers-color-scheme:dark"));
    assert_null(strstr(svg, "http://www.w3.org/1999")); /* no link leads out */
    assert_null(strstr(svg, "href"));
}

static void an_incident_of_nothing_has_a_picture_too(void **_)
{
    struct incident i = incident_with(NULL, 0);
    i.windows.none = NULL;
    assert_non_null(strstr(chart_terminal(&i, NULL, NULL, 80, false, test_keep()), "record"));
    assert_non_null(strstr(chart_terminal(&i, NULL, NULL, 20, false, test_keep()), "record"));
}

/* An entry of a read that measured a rate. */
static struct entry read_at(int64_t at, const char *data)
{
    struct event *ev = arena_one(test_keep(), struct event);
    *ev = (struct event){ .kind = EVENT_READ, .at = minute(at), .data = json_from(data) };
    return (struct entry){ .event = ev, .at = minute(at), .text = "" };
}

static struct picture with_rates(void)
{
    struct window *w = arena_one(test_keep(), struct window);
    *w = down(9, 22);
    struct entry *n = arena_many(test_keep(), struct entry, 8);
    const char *form = "{\"action\":\"sense.rate\",\"args\":{\"service\":\"osc-fr1\"},\"result\":{\"rpm\":%d,\"usual\":60000}}";
    n[0] = read_at(9, arena_print(test_keep(), form, 60000));
    n[1] = read_at(10, arena_print(test_keep(), form, 900));
    n[2] = read_at(20, arena_print(test_keep(), form, 1200));
    n[3] = read_at(11, "{\"action\":\"sense.flood\",\"args\":{\"service\":\"osc-fr1\"},\"result\":{\"ip\":\"192.0.2.1\",\"kind\":\"syn\",\"rate\":42000}}");
    n[4] = read_at(12, "{\"action\":\"sense.quiet\",\"args\":{\"ip\":\"192.0.2.1\"},\"result\":{\"quiet\":false,\"observed\":false,\"rate\":0}}");
    n[5] = read_at(13, "{\"action\":\"sense.rate\",\"args\":{\"service\":\"osc-fr1\"},\"error\":{\"text\":\"no\"}}");
    n[6] = read_at(14, arena_print(test_keep(), form, 7));
    n[6].struck = true;
    struct incident *i = arena_one(test_keep(), struct incident);
    *i = incident_with(w, 1);
    i->entry = n;
    i->entries = 7;
    struct picture p;
    picture_fold(&p, i, NULL, NULL, test_keep());
    return p;
}

static void what_is_said_of_a_lane_is_never_cut_off(void **_)
{
    struct window w[] = { down(0, 260) };
    w[0].level = IMPACT_DEGRADED;
    struct incident i = incident_with(w, 1);
    struct picture p;
    picture_fold(&p, &i, NULL, NULL, test_keep());
    assert_non_null(strstr(picture_terminal(&p, 80, false, test_keep()), "4 h 20 min degraded\n"));
    w[0].level = IMPACT_DOWN;
    picture_fold(&p, &i, NULL, NULL, test_keep());
    const char *svg = picture_svg(&p, "fr", test_keep()), *said = strstr(svg, "\">4 h 20 min indisponible</text>");
    assert_non_null(said);
    while (strncmp(said, " x=\"", 4) != 0)
        said--;
    assert_true(strtol(said + 4, NULL, 10) + 23 * 7 <= 960); /* 23 letters of 13 px within the picture */
}

static void what_was_measured_has_a_lane_below_its_service(void **_)
{
    struct picture p = with_rates();
    const char *t = picture_terminal(&p, 80, false, test_keep());
    assert_non_null(strstr(t, "  requests"));
    assert_non_null(strstr(t, "900-60000/min"));
    assert_non_null(strstr(t, "42000 pkt/s")); /* an IP without a lane has its name */
    assert_non_null(strstr(t, "192.0.2.1"));
    const char *svg = picture_svg(&p, "en", test_keep());
    assert_non_null(strstr(svg, "osc-fr1, requests a minute: 900-60000/min."));
    assert_non_null(strstr(svg, "osc-fr1: 11:18, 900 requests a minute"));
    assert_non_null(strstr(picture_svg(&p, "fr", test_keep()), "requêtes par minute"));
}

static void nothing_is_drawn_that_nobody_measured(void **_)
{
    struct picture p = with_rates();
    const char *svg = picture_svg(&p, "en", test_keep());
    size_t points = 0, strokes = 0;
    for (const char *c = svg; (c = strstr(c, "<circle class=\"d\"")); c++)
        points++;
    assert_int_equal(points, 4); /* blind, failed and struck looks are none */
    for (const char *c = strstr(svg, "<path class=\"r\""); c && *c != '>'; c++)
        strokes += *c == 'M';
    assert_int_equal(strokes, 2); /* ten minutes without a reading are no line */
}

static void ticks_stand_where_the_clock_on_the_wall_is_round(void **_)
{
    struct picture p = { .zone = "Europe/Paris" };
    int64_t evening = INT64_C(1761424200000), march = INT64_C(1743289200000); /* 25 October 22:30; 30 March 00:00 */
    static const char *const autumn[] = { "00:00", "03:00", "06:00", "09:00" }, *const spring[] = { "03:00", "06:00", "09:00" };
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(instant_text(test_keep(), p.zone, evening = picture_tick_after(&p, evening, 3 * HOUR_MS), FORM_HM),
                            autumn[i]);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(instant_text(test_keep(), p.zone, march = picture_tick_after(&p, march, 3 * HOUR_MS), FORM_HM),
                            spring[i]);
    evening = INT64_C(1761343200000); /* 25 October 00:00 */
    evening = picture_tick_after(&p, picture_tick_after(&p, evening, DAY_MS), DAY_MS);
    assert_string_equal(instant_text(test_keep(), p.zone, evening, FORM_DATE_HM), "2025-10-27 00:00");
    int64_t twice = INT64_C(1761440400000); /* the first 03:00, which is 02:00 again */
    assert_int_equal(picture_tick_after(&p, twice - 30 * MINUTE_MS, 30 * MINUTE_MS), twice);
}

int main(void)
{
    const struct CMUnitTest chart[] = {
        promise(each_service_and_ip_has_its_lane_with_its_sum),
        promise(no_line_is_wider_than_the_terminal),
        promise(an_outage_of_a_second_still_shows),
        promise(overlapping_windows_are_counted_once),
        promise(the_drawing_stands_alone_and_says_what_it_shows),
        promise(an_incident_of_nothing_has_a_picture_too),
        promise(what_is_said_of_a_lane_is_never_cut_off),
        promise(what_was_measured_has_a_lane_below_its_service),
        promise(nothing_is_drawn_that_nobody_measured),
        promise(ticks_stand_where_the_clock_on_the_wall_is_round),
    };
    return cmocka_run_group_tests(chart, NULL, NULL);
}
