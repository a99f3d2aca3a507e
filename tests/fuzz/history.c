/* Any YAML: events that name only events before them, or words with file and line. */
#include "record/history.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char settings[] = "zone: Europe/Paris\nservices: {a: {}, b: {}}\n";
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 27);
    struct arena keep = all;
    struct err e = { 0 };
    struct config config;
    struct history h;
    if (!config_parse(&config, "t", settings, strlen(settings), &keep, &e))
        return 0;
    if (!history_parse(&h, "h", (const char *)bytes, length, &config, &keep, &e)) {
        assert(e.kind == ERR_INPUT && strstr(e.text, "h:"));
        return 0;
    }
    for (size_t i = 0; i < h.events; i++) {
        const struct history_event *ev = &h.event[i];
        size_t wrong;
        assert(ev->refers < (int)i && ev->draft.at >= h.start);
        assert(ev->action || ev->refers >= 0 || json_check(ev->draft.data, strlen(ev->draft.data), &wrong));
    }
    return 0;
}
