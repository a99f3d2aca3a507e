#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "world/store_local.h"
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

static void smoke(void **_)
{
    struct arena keep = arena_reserve(1 << 28);
    struct world *real = world_real("alice", &keep);
    struct world_clock clock = { .now = 1741688220000, .seed = 7 };
    struct world *w = world_virtual(real, &clock, "alice", "sim", &keep);
    struct err e = { 0 };
    char dir[] = "/tmp/storeXXXXXX";
    assert_non_null(mkdtemp(dir));
    struct store *s = w->open_store(w, dir, &keep, &e);
    assert_non_null(s);
    struct draft d = { INSTANT_NONE, 0, 0, "alice", "sim", EVENT_OPENED, "{\"id\":\"abc\"}" };
    if (!s->create(s, "INC-2025-001", &d, &keep, &e)) fail_msg("%s", e.text);
    for (int i = 0; i < 5; i++) {
        struct appended out;
        d.kind = EVENT_NOTE;
        d.data = "{\"text\":\"hello\"}";
        if (!s->append(s, "INC-2025-001", NULL, NULL, &d, 1, true, &out, &keep, &e)) fail_msg("%s", e.text);
        assert_int_equal(out.first_seq, i + 2);
    }
    struct journal j;
    if (!s->read(s, "INC-2025-001", &j, &keep, &e)) fail_msg("%s", e.text);
    assert_null(j.stream[0].damage);
    assert_int_equal(j.count, 6);
    assert_string_equal(j.id, "abc");
    s->close(s);
}
int main(void)
{
    const struct CMUnitTest all[] = { cmocka_unit_test(smoke) };
    return cmocka_run_group_tests(all, NULL, NULL);
}
