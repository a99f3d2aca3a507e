#include "../promise.h"

#include "base/ends.h"
#include "base/text.h"

#include <string.h>

static const char *all_of(const struct ends *e, uint64_t *forgotten)
{
    struct ends_part part[3];
    struct text t = text_new(test_keep());
    *forgotten = ends_kept(e, part);
    for (int i = 0; i < 3; i++)
        text_bytes(&t, part[i].at, part[i].length);
    return t.at;
}

static char pattern(uint64_t at)
{
    return (char)('a' + at * 31 % 26 + at / ENDS_SIZE % 3);
}

static void a_short_text_is_kept_as_it_is(void **_)
{
    struct ends e = { .most = 4 };
    uint64_t forgotten;
    ends_add(&e, "abc", 3);
    assert_string_equal(all_of(&e, &forgotten), "abc");
    ends_add(&e, "defg", 4);
    assert_string_equal(all_of(&e, &forgotten), "abcdefg");
    assert_int_equal(forgotten, 0);
    ends_free(&e);
}

static void of_a_long_one_beginning_and_end_are_kept(void **_)
{
    static const size_t pieces[] = { 1021, 65536, 3 << 20 };
    char *bytes = arena_take(test_keep(), 1, 1, 5 << 20);
    for (uint64_t i = 0; i < 5 << 20; i++)
        bytes[i] = pattern(i);
    for (size_t k = 0; k < 3; k++) {
        struct ends e = { .most = 1000 };
        uint64_t forgotten;
        for (size_t at = 0; at < (5 << 20) - 77; at += pieces[k])
            ends_add(&e, bytes + at, (5 << 20) - 77 - at < pieces[k] ? (5 << 20) - 77 - at : pieces[k]);
        const char *kept = all_of(&e, &forgotten);
        assert_int_equal(forgotten, (5 << 20) - 77 - 1000 - ENDS_SIZE);
        assert_memory_equal(kept, bytes, 1000);
        assert_memory_equal(kept + 1000, bytes + (5 << 20) - 77 - ENDS_SIZE, ENDS_SIZE);
        ends_free(&e);
    }
}

int main(void)
{
    const struct CMUnitTest ends[] = {
        promise(a_short_text_is_kept_as_it_is),
        promise(of_a_long_one_beginning_and_end_are_kept),
    };
    return cmocka_run_group_tests(ends, NULL, NULL);
}
