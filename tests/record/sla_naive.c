/* sla_naive.c: the SLA agrees with an oracle that asks every instant on its
 * own; tests/torture/sla_naive.c goes on with more. */
#include "record/naive.h"

static void a_few_thousand_random_months_agree_with_the_naive_sum(void **_)
{
    for (uint64_t seed = 1; seed <= 4000; seed++)
        naive_case_agrees(seed);
}

int main(void)
{
    naive_months();
    const struct CMUnitTest sla[] = {
        promise(a_few_thousand_random_months_agree_with_the_naive_sum),
    };
    return cmocka_run_group_tests(sla, NULL, NULL);
}
