/* config.c: any bytes are a configuration, or an error with words. */
#include "base/own.h"
#include "record/config.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct config c;
    struct err e = { 0 };
    if (!config_parse(&c, "tocsin.yaml", (const char *)bytes, length, &keep, &e) && !e.text[0])
        abort();
    return 0;
}
