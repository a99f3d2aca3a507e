#include "sense/drop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* 60,000 requests a minute, give or take 1.5 %, times `share`. */
static double around(int64_t n, double share)
{
    uint64_t x = (uint64_t)n * 6364136223846793005u + 1442695040888963407u;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 32;
    return 60000.0 * share * (1 + ((double)(x % 2001) - 1000) / 1000 * 0.015);
}

static struct drop feed(struct drop d, int64_t *n, int values, double share)
{
    for (int i = 0; i < values && !d.dropped; i++, ++*n)
        d = drop_value(d, *n * 10000, around(*n, share));
    return d;
}

static void four_usual_hours_raise_nothing(void **_)
{
    int64_t n = 0;
    struct drop d = feed(drop_start(10000), &n, 4 * 360, 1);
    assert_false(d.dropped);
}

static void six_percent_less_are_noticed_within_two_minutes(void **_)
{
    int64_t n = 0;
    struct drop d = feed(drop_start(10000), &n, 360, 1);
    int64_t start = n;
    d = feed(d, &n, 60, 0.94);
    assert_true(d.dropped);
    assert_true((n - start) * 10 <= 120);
    assert_true(d.since >= (start - 3) * 10000);
}

static void a_rise_is_no_drop(void **_)
{
    int64_t n = 0;
    struct drop d = feed(drop_start(10000), &n, 360, 1);
    d = feed(d, &n, 60, 3);
    assert_false(d.dropped);
}

int main(void)
{
    const struct CMUnitTest drop[] = {
        cmocka_unit_test(four_usual_hours_raise_nothing),
        cmocka_unit_test(six_percent_less_are_noticed_within_two_minutes),
        cmocka_unit_test(a_rise_is_no_drop),
    };
    return cmocka_run_group_tests(drop, NULL, NULL);
}
