/* Any text: rows whose moments lie in their own intervals, or words with a line. */
#include "base/text.h"
#include "record/rows.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 26);
    struct arena keep = all;
    struct err e = { 0 };
    struct rows rows;
    const struct civil day = { .year = 2025, .month = 3, .day = 11 };
    if (!rows_parse(&rows, (const char *)bytes, length, "Europe/Paris", day, &keep, &e)) {
        assert(e.kind == ERR_INPUT && strstr(e.text, "line "));
        return 0;
    }
    for (size_t i = 0; i < rows.count; i++) {
        const struct row *r = &rows.row[i];
        assert(r->line >= 1 && r->text && text_is_utf8(r->text, strlen(r->text)));
        assert(!r->has_time || (r->when.early_ms >= 0 && r->when.late_ms >= 0));
    }
    return 0;
}
