/* Any text: a moment not after now that lies in its own interval, or words. */
#include "base/instant.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 26);
    struct arena keep = all;
    struct err e = { 0 };
    struct moment m;
    int64_t now = INT64_C(1741691400000), span;
    const char *text = arena_copy(&keep, (const char *)bytes, length > 200 ? 200 : length);
    if (moment_parse(&m, text, "Europe/Paris", now, &keep, &e))
        assert(m.at <= now && m.late_ms >= 0 && m.early_ms >= 0 && m.at + m.late_ms <= now);
    else
        assert(e.text[0]);
    duration_parse(&span, text);
    instant_parse_rfc3339(text, length > 200 ? 200 : length, &span);
    return 0;
}
