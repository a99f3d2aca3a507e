/* drop.c: see drop.h. */
#include "sense/drop.h"

#include <math.h>

static const double SLACK = 1.0, ALARM = 12.0;
static const double LEVEL_MS = 900e3, TREND_MS = 3600e3, SPREAD_MS = 3600e3;
static const int64_t FROZEN_MOST_MS = 1800000, WARM = 12; /* values until it may judge */

struct drop drop_start(int64_t every_ms)
{
    return (struct drop){ .every_ms = every_ms };
}

static double within(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* Follows the series: faster while it is new, then by the time constants. */
static struct drop learn(struct drop d, double residual)
{
    double every = (double)d.every_ms, start = 1.0 / (double)(d.seen + 1);
    double level = fmax(every / LEVEL_MS, start), spread = fmax(every / SPREAD_MS, start);
    double cut = within(residual, -2 * d.spread, 2 * d.spread);
    if (d.seen < WARM)
        cut = residual;
    d.level += d.trend + level * cut;
    d.trend += d.seen < WARM ? 0 : every / TREND_MS * level * cut;
    d.spread += spread * (fabs(cut) * 1.2533 - d.spread); /* mean size to deviation */
    return d;
}

struct drop drop_value(struct drop d, int64_t at, double rpm)
{
    if (d.seen == 0)
        d.level = rpm;
    double residual = rpm - d.level;
    double spread = fmax(d.spread, sqrt(d.level > 1 ? d.level : 1));
    if (d.seen >= WARM) {
        double before = d.sum;
        d.sum = fmax(0, d.sum - within(residual / spread, -4, 4) - SLACK);
        if (before <= 0 && d.sum > 0)
            d.since = at;
    }
    d.dropped = d.sum > ALARM;
    bool frozen = d.sum > ALARM / 2 && d.frozen_ms < FROZEN_MOST_MS;
    d.frozen_ms = d.sum > ALARM / 2 ? d.frozen_ms + d.every_ms : 0;
    if (!frozen)
        d = learn(d, residual);
    d.seen++;
    return d;
}
