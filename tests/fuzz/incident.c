/* incident.c: whatever the data of events holds, there is a fold, and an SLA
 * whose range is in order. A line is "KIND DATA"; its number makes its hash,
 * so that lines can name each other ("h00...02"). */
#include "record/incident.h"
#include "record/sla.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 64 };

static size_t events_of(struct event out[EVENTS], const char *bytes, size_t length,
                        struct arena *keep)
{
    size_t count = 0, wrong;
    for (const char *at = bytes, *end = bytes + length; at < end && count < EVENTS;) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((line ? line : end) - at);
        const char *space = memchr(at, ' ', size);
        size_t kind = space ? (size_t)(space - at) : size;
        const char *data = space ? arena_copy(keep, space + 1, size - kind - 1) : "{}";
        if (json_check(data, strlen(data), &wrong) && json_type(json_from(data)) == JSON_OBJECT) {
            out[count] = (struct event){
                .seq = (int64_t)count + 1, .at = INT64_C(1741690000000) + (int64_t)count * 60000,
                .late_ms = 59999, .recorded = INT64_C(1741700000000) + (int64_t)count, .by = "a",
                .uid = "u", .kind = event_kind_from(at, kind), .data = json_from(data) };
            out[count].kind_name = arena_copy(keep, at, kind);
            out[count].hash = arena_print(keep, "h%063zu", count + 1);
            count++;
        }
        at = line ? line + 1 : end;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct event event[EVENTS];
    struct stream stream = { .name = "", .head = "" };
    struct journal j = { .incident = "I", .id = "", .event = event, .stream = &stream, .streams = 1 };
    struct incident i;
    struct figure figure[FIGURES];
    struct err e = { 0 };
    j.count = events_of(event, (const char *)bytes, length, &keep);
    if (!incident_fold(&i, &j, INSTANT_NONE, INT64_C(1741780000000), &keep, &e))
        abort();
    incident_figures(figure, &i);
    struct policy p = { .name = "p", .zone = "UTC", .from = INSTANT_NONE, .target_ppb = 999000000,
                        .weight = WEIGHT_SHARE, .credit = CREDIT_PRO_RATA, .credit_ppb = 50000000 };
    for (size_t k = 0; k < i.windows.count; k++) {
        struct sla_result r;
        sla_compute(&r, i.windows.window[k].service, &p, period_at(&p, event[0].at, &keep),
                    i.windows.window, i.windows.count, false, INT64_C(1741780000000), &keep);
        if (r.downtime_ms.low > r.downtime_ms.nominal || r.downtime_ms.nominal > r.downtime_ms.high)
            abort();
    }
    return 0;
}
