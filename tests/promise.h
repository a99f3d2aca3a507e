/* promise.h: what every unit test starts from: cmocka and an arena.
 *
 * A test is named as a promise; the list in main() reads as the specification.
 */
#ifndef TESTS_PROMISE_H
#define TESTS_PROMISE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/own.h"

/* One arena for the test program; nothing in a test is given back. */
static inline struct arena *test_keep(void)
{
    static struct arena keep;
    if (!keep.at)
        keep = arena_reserve((size_t)1 << 32);
    return &keep;
}

#define promise(name) cmocka_unit_test(name)

/* The call must succeed; where it does not, its words are shown. */
#define assert_good(call, e)                  \
    do {                                      \
        if (!(call))                          \
            fail_msg("%s", (e)->text);        \
    } while (0)

/* The call must fail with this kind, and its text must hold these words. */
#define assert_refused(call, e, expected_kind, words)                    \
    do {                                                                 \
        if (call)                                                        \
            fail_msg("was not refused: %s", #call);                      \
        assert_int_equal((e)->kind, expected_kind);                      \
        if (!strstr((e)->text, words))                                   \
            fail_msg("'%s' does not say '%s'", (e)->text, words);        \
        *(e) = (struct err){ 0 };                                        \
    } while (0)

#endif
