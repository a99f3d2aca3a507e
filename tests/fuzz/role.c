/* Any bytes as a template: resolved into JSON, or refused in words. */
#include "play/role.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    const char *template = arena_copy(&keep, (const char *)bytes, length), *out;
    struct json args = json_from("{\"ip\":\"192.0.2.1\",\"list\":[1,2]}"), none = json_from("{}");
    struct err e = { 0 };
    size_t wrong_at;
    bool was = json_check(template, strlen(template), &wrong_at);
    if (!role_resolve(&out, template, args, none, args, &keep, &e))
        return e.text[0] ? 0 : (abort(), 0);
    if (was && !json_check(out, strlen(out), &wrong_at))
        abort();
    role_words(template, args, none, args, &keep);
    return 0;
}
