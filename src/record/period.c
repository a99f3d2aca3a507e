/* period.c: the months, quarters and years of a contract's zone (sla.h). */
#include "record/sla.h"

#include <stdio.h>

static struct period months(const char *zone, int year, int month, int count, const char *name)
{
    int last = month + count - 1;
    return (struct period){ zone_day_start(zone, year, month, 1),
                            zone_day_start(zone, year + last / 12, last % 12 + 1, 1), name };
}

/* The day that lies `days` before that one. */
static struct civil days_before(struct civil c, int64_t days)
{
    return civil_at("UTC", (civil_days(c.year, c.month, c.day) - days) * DAY_MS);
}

static struct period rolling(const char *zone, struct civil last, int64_t days, struct arena *keep)
{
    struct civil first = days_before(last, days - 1), next = days_before(last, -1);
    return (struct period){
        zone_day_start(zone, first.year, first.month, first.day),
        zone_day_start(zone, next.year, next.month, next.day),
        arena_print(keep, "%04d-%02d-%02d/%lldd", last.year, last.month, last.day,
                    (long long)days) };
}

struct period period_at(const struct policy *policy, int64_t at, struct arena *keep)
{
    struct civil c = civil_at(policy->zone, at);
    int quarter = (c.month - 1) / 3;
    switch (policy->period) {
    case PERIOD_MONTH:
        return months(policy->zone, c.year, c.month, 1,
                      arena_print(keep, "%04d-%02d", c.year, c.month));
    case PERIOD_QUARTER:
        return months(policy->zone, c.year, 3 * quarter + 1, 3,
                      arena_print(keep, "%04d-Q%d", c.year, quarter + 1));
    case PERIOD_YEAR:
        return months(policy->zone, c.year, 1, 12, arena_print(keep, "%04d", c.year));
    case PERIOD_ROLLING:
        return rolling(policy->zone, c, policy->rolling_days, keep);
    }
    return (struct period){ 0 };
}

/* What the text names, if it names anything; whether it is written as we write
 * it is for the caller to compare. */
static struct period named(const char *text, const char *zone, struct arena *keep)
{
    int year = 0, part = 0, day = 0, days = 0;
    if (sscanf(text, "%4d-%2d-%2d/%4dd", &year, &part, &day, &days) == 4 && days >= 1
        && civil_valid((struct civil){ .year = year, .month = part, .day = day }))
        return rolling(zone, (struct civil){ .year = year, .month = part, .day = day }, days, keep);
    if (sscanf(text, "%4d-Q%1d", &year, &part) == 2 && part >= 1 && part <= 4 && year > 0)
        return months(zone, year, 3 * part - 2, 3, arena_print(keep, "%04d-Q%d", year, part));
    if (sscanf(text, "%4d-%2d", &year, &part) == 2 && part >= 1 && part <= 12 && year > 0)
        return months(zone, year, part, 1, arena_print(keep, "%04d-%02d", year, part));
    if (sscanf(text, "%4d", &year) == 1 && year > 0)
        return months(zone, year, 1, 12, arena_print(keep, "%04d", year));
    return (struct period){ 0, 0, "" };
}

bool period_parse(struct period *out, const char *text, const char *zone, struct arena *keep,
                  struct err *e)
{
    struct period p = named(text, zone, keep);
    if (*p.name && text_equal(p.name, text)) {
        *out = p;
        return true;
    }
    err_usage(e, "'%s' is no period", text);
    return err_hint(e, "a month is written 2025-03, a quarter 2025-Q1, a year 2025, thirty days 2025-03-31/30d");
}
