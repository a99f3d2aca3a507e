#include "world/parallel.h"

#include "promise.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void number(void *context, size_t i, FILE *out)
{
    usleep((useconds_t)(20 - i % 20) * 1000);
    fprintf(out, "%zu of %s", i, (const char *)context);
}

static void flood(void *context, size_t i, FILE *out)
{
    for (int n = 0; n < 200000; n++)
        fprintf(out, "%zu\n", i);
}

static void die(void *context, size_t i, FILE *out)
{
    fprintf(out, "half");
    fflush(out);
    if (i == 1)
        abort();
}

static void what_each_wrote_comes_back_in_order(void **_)
{
    struct piece piece[40];
    struct err e = { 0 };
    char words[] = "forty", wanted[32];
    assert_good(parallel_run(piece, 40, number, words, test_keep(), &e), &e);
    for (size_t i = 0; i < 40; i++) {
        snprintf(wanted, sizeof wanted, "%zu of forty", i);
        assert_string_equal(piece[i].bytes, wanted);
        assert_int_equal(piece[i].status, 0);
    }
}

static void much_output_stops_nobody(void **_)
{
    struct piece piece[3];
    struct err e = { 0 };
    assert_good(parallel_run(piece, 3, flood, NULL, test_keep(), &e), &e);
    assert_int_equal(piece[2].length, 400000);
}

static void one_that_dies_says_so_and_the_others_go_on(void **_)
{
    struct piece piece[3];
    struct err e = { 0 };
    assert_good(parallel_run(piece, 3, die, NULL, test_keep(), &e), &e);
    assert_int_equal(piece[0].status, 0);
    assert_int_not_equal(piece[1].status, 0);
    assert_string_equal(piece[1].bytes, "half");
    assert_int_equal(piece[2].status, 0);
}

int main(void)
{
    const struct CMUnitTest parallel[] = {
        promise(what_each_wrote_comes_back_in_order),
        promise(much_output_stops_nobody),
        promise(one_that_dies_says_so_and_the_others_go_on),
    };
    return cmocka_run_group_tests(parallel, NULL, NULL);
}
