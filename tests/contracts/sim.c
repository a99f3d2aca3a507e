/* The simulator plays every role as its contract says. */
#include "suite.h"

static struct stage *open_drill(void)
{
    return stage_open("world: simulated\n" SUITE_SERVICES);
}

static void the_suite_tries_every_action(void **_)
{
    struct roles r;
    struct err e = { 0 };
    assert_good(roles_load(&r, test_keep(), &e), &e);
    suite_covers_every_action(&r);
}

static void every_role_is_played_as_its_contract_says(void **_)
{
    for (size_t i = 0; role_names[i]; i++) {
        struct suite s = { 0 };
        suite_role(&s, role_names[i], open_drill);
        for (size_t k = 0; k < s.wrongs; k++)
            print_error("%s\n", s.wrong[k]);
        assert_int_equal(s.wrongs, 0);
    }
}

int main(void)
{
    const struct CMUnitTest sim[] = {
        promise(the_suite_tries_every_action),
        promise(every_role_is_played_as_its_contract_says),
    };
    return cmocka_run_group_tests(sim, NULL, NULL);
}
