/* Any bytes as a scenario: played is nothing, but read or refused in words. */
#include "play/scenario_inside.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static const uint8_t *given;
static size_t given_length;

static bool read_given(struct world *w, const char *path, const char **bytes, size_t *length,
                       struct arena *keep, struct err *e)
{
    *bytes = arena_copy(keep, (const char *)given, given_length);
    *length = given_length;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct world w = { .read_file = read_given };
    struct scenario s;
    struct err e = { 0 };
    given = bytes;
    given_length = length;
    if (!scenario_read(&s, &w, "s.yaml", &keep, &e) && (!e.kind || !e.text[0]))
        abort();
    return 0;
}
