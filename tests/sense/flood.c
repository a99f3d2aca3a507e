#include "sense/flood.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* `seconds` of `rate` packets of one class on top of 40 background ones. */
static struct flood feed(struct flood f, int64_t *at, int seconds, enum packet_class class,
                         int64_t rate)
{
    for (int i = 0; i < seconds; i++, *at += 1000) {
        int64_t count[PACKET_CLASSES] = { [PACKET_OTHER] = 40 + i % 7 };
        count[class] += rate;
        f = flood_second(f, *at, count);
    }
    return f;
}

static void a_flood_is_found_in_its_first_second(void **_)
{
    int64_t at = 0;
    struct flood f = feed(flood_start(FLOOD_FLOOR, 40), &at, 60, PACKET_SYN, 0);
    assert_false(f.flooded);
    f = feed(f, &at, 1, PACKET_SYN, 4000);
    assert_true(f.flooded);
    assert_int_equal(f.since, 60000);
    assert_string_equal(flood_kind(&f), "syn");
}

static void busy_honest_traffic_is_none(void **_)
{
    int64_t at = 0;
    struct flood f = flood_start(FLOOD_FLOOR, 40);
    for (int i = 0; i < 3600 && !f.flooded; i += 10)
        f = feed(f, &at, 10, PACKET_ACK, i / 24); /* 190 a second in the end */
    assert_false(f.flooded);
}

static void a_slow_rise_cannot_teach_the_rule_to_accept_it(void **_)
{
    int64_t at = 0;
    struct flood f = flood_start(FLOOD_FLOOR, 40);
    int64_t rate = 0;
    for (; !f.flooded && rate < 100000; rate += 20)
        f = feed(f, &at, 1, PACKET_UDP, rate);
    assert_true(f.flooded);
    assert_true(rate < 6000);
    assert_true(f.baseline < 700);
}

static void a_pause_of_half_a_minute_ends_no_flood(void **_)
{
    int64_t at = 0;
    struct flood f = feed(flood_start(FLOOD_FLOOR, 40), &at, 10, PACKET_ACK, 4000);
    f = feed(f, &at, 30, PACKET_ACK, 0);
    assert_true(f.flooded);
    f = feed(f, &at, 10, PACKET_ACK, 4000);
    assert_int_equal(f.since, 0);
    f = feed(f, &at, 60, PACKET_ACK, 0);
    assert_false(f.flooded);
}

static void two_kinds_in_equal_parts_are_called_mixed(void **_)
{
    struct flood f = flood_start(FLOOD_FLOOR, 40);
    f = flood_second(f, 0, (int64_t[PACKET_CLASSES]){ [PACKET_SYN] = 2000, [PACKET_UDP] = 2000 });
    assert_true(f.flooded);
    assert_string_equal(flood_kind(&f), "mixed");
}

int main(void)
{
    const struct CMUnitTest flood[] = {
        cmocka_unit_test(a_flood_is_found_in_its_first_second),
        cmocka_unit_test(busy_honest_traffic_is_none),
        cmocka_unit_test(a_slow_rise_cannot_teach_the_rule_to_accept_it),
        cmocka_unit_test(a_pause_of_half_a_minute_ends_no_flood),
        cmocka_unit_test(two_kinds_in_equal_parts_are_called_mixed),
    };
    return cmocka_run_group_tests(flood, NULL, NULL);
}
