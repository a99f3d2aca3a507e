/* A person, asked by the plugin manual, plays every role as its contract says. */
#include "suite.h"

static struct stage *open_real(void)
{
    return stage_open(SUITE_SERVICES);
}

/* Somebody who does what he is asked, and remembers only that. */
static const char *willing(const struct role_action *a, const char *question)
{
    static const char *const by_type[] = { "text:ok", "text:203.0.113.11", "text:7", "text:osc-fr1", "text:2m",
                                           "text:yes", "text:192.0.2.1 192.0.2.2", "text:ok" };
    if (strstr(question, "With done, say ip=IP"))
        return "done:ip=203.0.113.11";
    if (strstr(question, "With done, say id=ID"))
        return "done:id=vpc-0001";
    if (strstr(question, "Please look"))
        return by_type[a->result[0].type];
    return "done";
}

/* The same, who was asked about something that he never did. */
static const char *honest(const struct role_action *a, const char *question)
{
    static const char *last;
    bool probe = strstr(question, "Was this done?") != NULL;
    bool first = last != a->full;
    if (probe)
        last = first ? a->full : NULL;
    return probe && !first ? "could-not" : willing(a, question);
}

static void every_role_is_played_as_its_contract_says(void **_)
{
    for (size_t i = 0; role_names[i]; i++) {
        struct suite s = { .person = honest };
        suite_role(&s, role_names[i], open_real);
        for (size_t k = 0; k < s.wrongs; k++)
            print_error("%s\n", s.wrong[k]);
        assert_int_equal(s.wrongs, 0);
    }
}

int main(void)
{
    const struct CMUnitTest manual[] = {
        promise(every_role_is_played_as_its_contract_says),
    };
    return cmocka_run_group_tests(manual, NULL, NULL);
}
