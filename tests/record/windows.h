/* windows.h: windows and policies as a test says them.
 *
 *   down("2025-03-11 11:17", "2025-03-11 11:30")   to the minute, by a person
 * Local times are those of `given_zone`; a window may be changed afterwards
 * through the pointer that down() answers.
 */
#ifndef TESTS_RECORD_WINDOWS_H
#define TESTS_RECORD_WINDOWS_H

#include "promise.h"
#include "record/sla.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *given_zone = "Europe/Paris";
static struct window given[64];
static size_t given_count;

static inline int64_t moment(const char *local)
{
    struct civil c = { 0 };
    int64_t at[2] = { 0 };
    int fields = sscanf(local, "%d-%d-%d %d:%d:%d", &c.year, &c.month, &c.day, &c.hour,
                        &c.minute, &c.second);
    assert_true(fields >= 5);
    assert_true(civil_instants(given_zone, c, at) >= 1);
    return at[0];
}

static inline struct window *between_instants(int64_t start, int64_t end)
{
    static const struct event opening;
    struct window *w = &given[given_count++];
    *w = (struct window){ .id = "", .incident = "INC-2025-001", .service = "osc-fr1",
                          .lost_ppb = -1, .basis = "person", .opening = &opening,
                          .start = { start, 0, 0 }, .end = { end, 0, 0 } };
    return w;
}

static inline struct window *down(const char *start, const char *end)
{
    struct window *w = between_instants(moment(start), moment(end));
    w->start.late_ms = w->end.late_ms = 59999;
    return w;
}

/* The same, known to the millisecond. */
static inline struct window *down_sharp(const char *start, const char *end)
{
    return between_instants(moment(start), moment(end));
}

static inline struct window *degraded(const char *start, const char *end, int64_t lost_ppb)
{
    struct window *w = down_sharp(start, end);
    w->level = IMPACT_DEGRADED;
    w->lost_ppb = lost_ppb;
    return w;
}

static inline void given_nothing(void)
{
    given_count = 0;
    given_zone = "Europe/Paris";
}

/* 99.9 % a calendar month, 5 % an hour beyond: the policy of the seed. */
static inline struct policy seed_policy(void)
{
    return (struct policy){ .name = "standard", .zone = given_zone, .from = INSTANT_NONE,
                            .target_ppb = 999000000, .credit_ppb = 50000000,
                            .credit = CREDIT_PRO_RATA, .claimant = "" };
}

static inline struct sla_result sla_in(const char *period, struct policy p, bool exactly)
{
    static struct policy kept[8];
    static unsigned next;
    struct policy *policy = &kept[next++ % 8];
    struct period span;
    struct sla_result r;
    struct err e = { 0 };
    *policy = p;
    assert_good(period_parse(&span, period, p.zone, test_keep(), &e), &e);
    sla_compute(&r, "osc-fr1", policy, span, given, given_count, exactly, INSTANT_NONE, test_keep());
    return r;
}

#define assert_range(r, a, b, c)                       \
    do {                                               \
        struct range range_ = (r);                     \
        assert_int_equal(range_.low, (a));             \
        assert_int_equal(range_.nominal, (b));         \
        assert_int_equal(range_.high, (c));            \
    } while (0)

/* The day this project grew out of. */
static inline void given_the_seed(void)
{
    given_nothing();
    down("2025-03-11 11:17", "2025-03-11 11:30");
    down("2025-03-11 11:40", "2025-03-11 11:53");
    down("2025-03-11 14:16", "2025-03-11 14:26");
    down("2025-03-11 14:41", "2025-03-11 14:46");
    down("2025-03-11 16:28", "2025-03-11 16:36");
}

#endif
