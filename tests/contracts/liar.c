/* The suites catch a plugin that breaks a promise: one lie at a time. */
#include "suite.h"

static const char *lie;

static struct stage *open_liar(void)
{
    struct text yaml = text_new(test_keep());
    text_add(&yaml, SUITE_SERVICES "roles:\n");
    for (size_t i = 0; role_names[i]; i++)
        text_print(&yaml, "  %s: { plugin: liar, lie: %s }\n", role_names[i], lie);
    struct stage *s = stage_open(yaml.at);
    struct world *w = s->ws.world;
    const char *bytes;
    size_t length;
    assert_good(w->read_file(w, "tests/contracts/liar.lua", &bytes, &length, test_keep(), &s->e), &s->e);
    stage_write(s, "plugins/liar/plugin.lua", bytes);
    return s;
}

static struct suite told(const char *what, const char *role)
{
    struct suite s = { 0 };
    lie = what;
    suite_role(&s, role, open_liar);
    return s;
}

static void caught(const char *what, const char *role, const char *words)
{
    struct suite s = told(what, role);
    for (size_t i = 0; i < s.wrongs; i++)
        if (strstr(s.wrong[i], words))
            return;
    fail_msg("the suite of '%s' does not see that the plugin %s", role, what);
}

static void a_plugin_that_tells_the_truth_passes(void **_)
{
    for (size_t i = 0; role_names[i]; i++)
        assert_int_equal(told("nothing", role_names[i]).wrongs, 0);
}

static void a_change_that_has_no_effect_is_seen(void **_) { caught("idles", "pool", "says ok and changes nothing"); }
static void a_change_that_fails_is_seen(void **_) { caught("fails", "dns", "ends failed: no"); }
static void a_result_that_nobody_declared_is_seen(void **_) { caught("invents", "chat", "has no result 'color'"); }
static void a_result_that_is_missing_is_seen(void **_) { caught("forgets", "cloud", "'ip' is missing"); }
static void a_result_of_another_type_is_seen(void **_) { caught("mistypes", "pool", "'count': found \"many\", expected a whole number"); }
static void a_change_that_boasts_the_second_time_is_seen(void **_) { caught("boasts", "cloud", "ends ok the second time"); }
static void an_undo_that_keeps_the_change_is_seen(void **_) { caught("keeps", "statuspage", "its undo leaves"); }
static void a_probe_that_finds_nothing_is_seen(void **_) { caught("blind", "ticket", "does not find what was done"); }
static void a_probe_that_finds_everything_is_seen(void **_) { caught("credulous", "page", "finds what was never done"); }
static void a_machine_that_asks_a_person_is_seen(void **_) { caught("asks", "sense", "asks a person"); }

int main(void)
{
    const struct CMUnitTest liar[] = {
        promise(a_plugin_that_tells_the_truth_passes),
        promise(a_change_that_has_no_effect_is_seen),
        promise(a_change_that_fails_is_seen),
        promise(a_result_that_nobody_declared_is_seen),
        promise(a_result_that_is_missing_is_seen),
        promise(a_result_of_another_type_is_seen),
        promise(a_change_that_boasts_the_second_time_is_seen),
        promise(an_undo_that_keeps_the_change_is_seen),
        promise(a_probe_that_finds_nothing_is_seen),
        promise(a_probe_that_finds_everything_is_seen),
        promise(a_machine_that_asks_a_person_is_seen),
    };
    return cmocka_run_group_tests(liar, NULL, NULL);
}
