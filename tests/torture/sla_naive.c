/* sla_naive.c: 120,000 random cases over zones with odd rules, each against
 * the sum made instant by instant. */
#include "record/naive.h"

static void every_random_case_agrees_with_the_naive_sum(void **_)
{
    for (uint64_t seed = 100000; seed < 220000; seed++)
        naive_case_agrees(seed);
}

int main(void)
{
    naive_months();
    const struct CMUnitTest sla[] = { promise(every_random_case_agrees_with_the_naive_sum) };
    return cmocka_run_group_tests(sla, NULL, NULL);
}
