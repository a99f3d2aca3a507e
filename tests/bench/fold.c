/* fold.c: what people see of an incident of a million events. Budget: 1.5 s
 * of processor time and 400 MB, the events themselves not counted. */
#include "promise.h"
#include "record/incident.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { MILLION = 1000000 };

static const struct { enum event_kind kind; const char *data; } day[] = {
    { EVENT_NOTE, "{\"text\":\"the pool answers again, and latency goes down\"}" },
    { EVENT_ACTION_BEGUN, "{\"change\":\"C1\",\"action\":\"pool.remove\",\"target\":\"pool:a/1.2.3.4\","
                          "\"args\":{\"ip\":\"1.2.3.4\"},\"run\":\"R1\",\"key\":\"3/2\"}" },
    { EVENT_ACTION_ENDED, "{\"change\":\"C1\",\"outcome\":\"ok\",\"text\":\"removed 1.2.3.4\"}" },
    { EVENT_READ, "{\"run\":\"R1\",\"key\":\"3/2\",\"action\":\"sense.answers\",\"args\":{},"
                  "\"result\":{\"yes\":true}}" },
    { EVENT_STEP, "{\"run\":\"R1\",\"key\":\"3\",\"text\":\"Wait until the region answers\"}" },
    { EVENT_PHASE, "{\"phase\":\"identified\"}" },
    { EVENT_IMPACT, "{\"service\":\"osc-fr1\",\"level\":\"degraded\",\"lost_ppb\":250000000,\"basis\":\"person\"}" },
    { EVENT_STRUCK, "{\"of\":\"feed\",\"why\":\"it was another service\"}" },
};
enum { KINDS = sizeof day / sizeof *day };

static long megabytes(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_maxrss / 1024;
}

int main(void)
{
    struct arena keep = arena_reserve((size_t)8 << 30);
    struct event *event = arena_many(&keep, struct event, MILLION);
    for (size_t i = 0; i < MILLION; i++) {
        event[i] = (struct event){
            .seq = (int64_t)i + 1, .at = INT64_C(1741690000000) + (int64_t)(i % 1000) * 50,
            .recorded = INT64_C(1741690000000) + (int64_t)i, .by = i % 2 ? "alice" : "bob", .uid = "u",
            .kind = day[i % KINDS].kind, .data = json_from(day[i % KINDS].data) };
        event[i].kind_name = event_kinds[event[i].kind].name;
        event[i].hash = arena_print(&keep, "%064zx", i * 2654435761u);
    }
    struct stream stream = { .name = "", .head = "" };
    struct journal j = { "I", "1", event, MILLION, &stream, 1 };
    struct incident i;
    struct err e = { 0 };
    long before = megabytes();
    clock_t start = clock();
    bool good = incident_fold(&i, &j, INSTANT_NONE, INT64_C(1741790000000), &keep, &e);
    long took = (long)((clock() - start) * 1000 / CLOCKS_PER_SEC), used = megabytes() - before;
    printf("folding %d events: %ld ms, %ld MB; %zu entries, %zu windows\n", MILLION, took, used,
           i.entries, i.windows.count);
    good = good && took < 1500 && used < 400;
    printf("budget: 1500 ms, 400 MB: %s\n", good ? "kept" : "EXCEEDED");
    return good ? 0 : 1;
}
