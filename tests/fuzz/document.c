/* Any bytes as a postmortem: lint, the page and the plain text answer, and
 * what is escaped is read back as it was. */
#include "tell/lint.h"
#include "tell/markdown.h"
#include "tell/page.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct text clean = text_new(&keep), escaped = text_new(&keep), marked = text_new(&keep);
    text_add_clean(&clean, (const char *)bytes, length);
    struct findings found;
    lint_document(&found, "SPM-2025-001.md", clean.at, &keep);
    assert(page_html(clean.at, NULL, "en", &keep));
    assert(page_text(clean.at, &keep));
    assert(page_man(clean.at, &keep));

    markdown_text(&escaped, clean.at);
    markdown_marked(&marked, clean.at, NULL);
    struct text prose = text_new(&keep);
    markdown_prose(&prose, clean.at);
    assert(!strpbrk(escaped.at, "{}\n"));
    assert(!strpbrk(marked.at, "{}\n"));
    assert(!strpbrk(prose.at, "{}"));
    assert(text_is_utf8(marked.at, marked.length));
    return 0;
}
