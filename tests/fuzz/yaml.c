/* Any bytes: a tree that becomes right JSON, or an error with words. */
#include "base/json.h"
#include "base/yaml.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct err e = { 0 };
    struct yaml *y = yaml_parse("f", (const char *)bytes, length, &keep, &e);
    assert(y || e.text[0]);
    if (y) {
        size_t wrong_at;
        const char *json = yaml_json(y, &keep);
        assert(json_check(json, strlen(json), &wrong_at));
    }
    return 0;
}
