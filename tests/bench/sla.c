/* sla.c: the SLA over a million windows of one year: two voices, partial ones
 * by share, every edge a range. Budget: one second of processor time. */
#include "promise.h"
#include "record/sla.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MILLION = 1000000 };

static struct window windows[MILLION];

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void given_windows(int64_t start, int64_t end, bool overlap, bool shuffled)
{
    static struct event opening;
    int64_t step = (end - start) / MILLION;
    uint64_t state = 7;
    for (int64_t i = 0; i < MILLION; i++) {
        int64_t at = start + i * step;
        windows[i] = (struct window){
            .id = "", .incident = "I", .service = "s", .basis = i % 3 ? "person" : "probe:a",
            .opening = &opening, .lost_ppb = (i % 10) * 100000000,
            .level = i % 4 ? IMPACT_DOWN : IMPACT_DEGRADED,
            .start = { at, 0, step / 10 }, .end = { at + (overlap ? 3 * step : step / 2), 0, step / 10 } };
    }
    for (int64_t i = MILLION - 1; shuffled && i > 0; i--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int64_t k = (int64_t)((state >> 33) % (uint64_t)(i + 1));
        struct window kept = windows[i];
        windows[i] = windows[k];
        windows[k] = kept;
    }
}

static bool measure(const char *name, bool overlap, bool shuffled)
{
    struct arena keep = arena_reserve((size_t)8 << 30), start = keep;
    struct policy p = { .name = "p", .zone = "Europe/Paris", .from = INSTANT_NONE, .claimant = "",
                        .target_ppb = 999000000, .period = PERIOD_YEAR, .weight = WEIGHT_SHARE,
                        .credit = CREDIT_PRO_RATA, .credit_ppb = 50000000 };
    struct period year = period_at(&p, INT64_C(1741690000000), &keep);
    struct sla_result r;
    given_windows(year.start, year.end, overlap, shuffled);
    int64_t before = milliseconds();
    sla_compute(&r, "s", &p, year, windows, MILLION, false, INSTANT_NONE, &keep);
    int64_t took = milliseconds() - before;
    printf("%-48s %5lld ms for %zu windows, %lld min down\n", name, (long long)took, r.windows,
           (long long)(r.downtime_ms.nominal / MINUTE_MS));
    arena_release(start);
    return took < 1000 && r.windows == MILLION;
}

int main(void)
{
    bool good = measure("one after another", false, false);
    good = measure("each overlapping the next ones", true, false) && good;
    good = measure("in no order", false, true) && good;
    printf("budget: 1000 ms each: %s\n", good ? "kept" : "EXCEEDED");
    return good ? 0 : 1;
}
