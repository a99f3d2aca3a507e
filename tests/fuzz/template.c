/* Any bytes as a template: it is rendered, or refused with a line. */
#include "tell/template.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct input { const char *bytes; size_t length; };

static bool give(void *context, const char *name, const char **bytes, size_t *length,
                 struct arena *keep, struct err *e)
{
    const struct input *in = context;
    *bytes = in->bytes;
    *length = in->length;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct input in = { arena_copy(&keep, (const char *)bytes, length), length };
    struct text lua = text_new(&keep);
    struct err e = { 0 };
    if (!template_compile(&lua, "t.md", in.bytes, in.length, &e)) {
        assert(e.kind == ERR_INPUT && e.text[0]);
        return 0;
    }
    /* Line for line: an error's line in the Lua is the template's. */
    size_t lines = 0, compiled = 0;
    for (size_t i = 0; i < length; i++)
        lines += in.bytes[i] == '\n';
    for (const char *c = lua.at; *c; c++)
        compiled += *c == '\n';
    assert(memchr(bytes, 0, length) || compiled == lines);
    struct template_source source = { give, &in };
    struct tongue tongue = { "en", "UTC" };
    struct rendering out;
    if (!template_render(&out, &source, "t.md", json_from("{\"a\":[1,\"b\"]}"), &tongue, NULL, &keep,
                         &e))
        assert(e.kind != ERR_NONE && e.text[0]);
    return 0;
}
