/* Any bytes as a chunk: an answer or an error with words, within the limits. */
#include "play/sandbox.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct sandbox_limits small = { .instructions = 200000, .memory_bytes = 4 * 1024 * 1024 };
    struct arena keep = arena_reserve(1 << 26), start = keep;
    struct sandbox *s = sandbox_open(&small);
    struct err e = { 0 };
    bool good = sandbox_load(s, "fuzz.lua", (const char *)bytes, length, &e) && sandbox_call(s, 0, 1, &e);
    if (good) {
        struct text out = text_new(&keep);
        good = sandbox_to_json(sandbox_lua(s), -1, &out, &e);
        assert(!good || json_check(out.at, out.length, &(size_t){ 0 }));
    }
    assert(good || (e.kind == ERR_INPUT && e.text[0]));
    sandbox_close(s);
    arena_release(start);
    return 0;
}
