/* Any bytes: our reader takes just what jansson takes, and canonical JSON is
 * a fixed point. */
#include "base/json.h"
#include "oracle.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    char *text = arena_copy(&keep, (const char *)bytes, length);
    size_t wrong_at = 0;
    if (!json_check(text, length, &wrong_at)) {
        assert(wrong_at <= length);
        return 0;
    }
    if (memchr(text, 0, length))
        return 0;
    /* jansson refuses numbers that no double holds; everything else is the same. */
    json_error_t why;
    json_t *value = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    assert(value || json_error_code(&why) == json_error_numeric_overflow);
    json_decref(value);
    const char *once = json_canonical(json_from(text), &keep);
    assert(!strcmp(once, json_canonical(json_from(once), &keep)));
    return 0;
}
