/* burn.c: see burn.h. */
#include "record/burn.h"

#include "record/outage.h"

size_t burn_days(int64_t days[BURN_DAYS + 1], const char *zone, int year)
{
    int64_t first = civil_days(year, 1, 1);
    size_t count = (size_t)(civil_days(year + 1, 1, 1) - first);
    for (size_t i = 0; i <= count; i++) {
        struct civil c = civil_at("UTC", (first + (int64_t)i) * DAY_MS);
        days[i] = zone_day_start(zone, c.year, c.month, c.day);
    }
    return count;
}

static void fill(exact *sum, struct profile p, const int64_t *edge, size_t bins)
{
    size_t first = 0;
    for (size_t i = 0; i < p.count; i++) {
        while (first < bins && edge[first + 1] <= p.span[i].start)
            first++;
        for (size_t b = first; b < bins && edge[b] < p.span[i].end; b++) {
            int64_t from = p.span[i].start > edge[b] ? p.span[i].start : edge[b];
            int64_t to = p.span[i].end < edge[b + 1] ? p.span[i].end : edge[b + 1];
            if (to > from)
                sum[b] += (exact)(to - from) * p.span[i].weight;
        }
    }
}

void burn_bins(struct range *out, const struct sla_question *q, const int64_t *edge, size_t bins,
               struct arena scratch)
{
    exact unit = (exact)PPB * outage_parts(q);
    struct outage outage = outage_open(q, &scratch);
    for (int side = LOW; side <= HIGH; side++) {
        struct arena again = scratch;
        exact *sum = arena_many(&again, exact, bins + 1);
        fill(sum, outage_profile(&outage, (enum side)side, &again), edge, bins);
        for (size_t b = 0; b < bins; b++) {
            int64_t *to = side == LOW ? &out[b].low : side == HIGH ? &out[b].high : &out[b].nominal;
            *to = (int64_t)((side == HIGH ? sum[b] + unit - 1 : sum[b]) / unit);
        }
    }
}
