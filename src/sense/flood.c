/* flood.c: see flood.h. */
#include "sense/flood.h"

#include <math.h>
#include <string.h>

const char *const packet_class_names[] = { "syn", "ack", "rst", "udp", "icmp", "other", NULL };

enum packet_class packet_class_from(const char *name)
{
    for (int i = 0; packet_class_names[i]; i++)
        if (strcmp(packet_class_names[i], name) == 0)
            return (enum packet_class)i;
    return PACKET_OTHER;
}

/* Of the difference, each second. Up it takes a quarter of an hour, so that an
 * attack that grows slowly is not learnt on its way; down it is quick. */
static const double LEARN_UP = 0.001, LEARN_DOWN = 0.05;
static const double OVER = 0.7;   /* of the threshold: hysteresis */
static const int64_t OVER_MS = 60000;

static double threshold(const struct flood *f)
{
    double rule = 8 * f->baseline + 5 * sqrt(f->baseline);
    return rule > f->floor ? rule : f->floor;
}

struct flood flood_start(int64_t floor, int64_t baseline)
{
    struct flood f = { .floor = (double)floor, .baseline = (double)baseline };
    f.threshold = threshold(&f);
    return f;
}

static struct flood learn(struct flood f, double seen)
{
    double most = 2 * f.baseline + 50;
    double cut = seen < most ? seen : most;
    f.baseline += (cut > f.baseline ? LEARN_UP : LEARN_DOWN) * (cut - f.baseline);
    f.threshold = threshold(&f);
    return f;
}

struct flood flood_second(struct flood f, int64_t at, const int64_t count[PACKET_CLASSES])
{
    f.rate = 0;
    for (int i = 0; i < PACKET_CLASSES; i++)
        f.rate += count[i];
    bool above = (double)f.rate >= f.threshold;
    if (!f.flooded && !above)
        return learn(f, (double)f.rate);
    if (!f.flooded) {
        f.flooded = true;
        f.since = at;
        f.peak = f.below_since = 0;
        memset(f.sum, 0, sizeof f.sum);
    }
    for (int i = 0; i < PACKET_CLASSES; i++)
        f.sum[i] += count[i];
    if (f.rate > f.peak)
        f.peak = f.rate;
    if ((double)f.rate >= OVER * f.threshold)
        f.below_since = 0;
    else if (!f.below_since)
        f.below_since = at;
    else if (at + 1000 - f.below_since >= OVER_MS)
        f.flooded = false;
    return f;
}

const char *flood_kind(const struct flood *f)
{
    int64_t all = 0;
    for (int i = 0; i < PACKET_CLASSES; i++)
        all += f->sum[i];
    for (int i = 0; i < PACKET_CLASSES; i++)
        if (all > 0 && f->sum[i] * 10 >= all * 6)
            return packet_class_names[i];
    return "mixed";
}
