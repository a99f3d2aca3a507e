/* Any bytes: tokens with lines that never go back. */
#include "play/tokens.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    size_t count;
    const struct token *t = tokens_read(arena_copy(&keep, (const char *)bytes, length), length, &count, &keep);
    for (size_t i = 1; i <= count; i++)
        if (t[i].line < t[i - 1].line)
            abort();
    return 0;
}
