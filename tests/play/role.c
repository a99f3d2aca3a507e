#include "play/role.h"

#include "record/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct arena keep;
static struct roles roles;
static struct err e;

static int open_roles(void **_)
{
    keep = arena_reserve(64 << 20);
    e = (struct err){ 0 };
    return roles_load(&roles, &keep, &e) ? 0 : -1;
}

static const struct role_action *action(const char *name)
{
    const struct role_action *a = roles_find(&roles, name, &e);
    assert_non_null(a);
    return a;
}

static const char *arguments(const char *name, const char *args)
{
    const char *out = NULL;
    e = (struct err){ 0 };
    return role_arguments(&out, action(name), json_from(args), &keep, &e) ? out : e.text;
}

static void every_role_of_the_design_has_a_contract(void **_)
{
    const char *const wanted[] = { "cloud", "pool", "dns", "sense", "capture", "ticket", "chat",
                                   "page", "statuspage", "exec", NULL };
    for (size_t i = 0; wanted[i]; i++) {
        bool found = false;
        for (size_t k = 0; roles.name[k]; k++)
            found = found || strcmp(roles.name[k], wanted[i]) == 0;
        assert_true(found);
    }
}

static void every_change_says_its_undo_or_why_it_has_none(void **_)
{
    for (size_t i = 0; i < roles.actions; i++) {
        const struct role_action *a = &roles.action[i];
        assert_non_null(a->help);
        if (!a->change)
            continue;
        assert_non_null(a->target);
        assert_non_null(a->says);
        if (!a->undo_action) {
            assert_non_null(a->undo_why);
            continue;
        }
        assert_true(action(a->undo_action)->change);
        assert_non_null(a->state_action); /* what can be put back has a state to compare */
    }
}

static void an_undo_speaks_of_the_same_target_and_puts_the_state_back(void **_)
{
    const struct role_action *a = action("cloud.allocate_ip");
    struct json args = json_from("{\"name\":\"spare 1\"}"), before = json_from("{\"ip\":\"\"}"),
                result = json_from("{\"ip\":\"203.0.113.9\"}");
    const char *undo, *there, *back;
    assert_true(role_resolve(&undo, a->undo_args, args, before, result, &keep, &e));
    assert_string_equal(undo, "{\"ip\":\"203.0.113.9\",\"name\":\"spare 1\"}");
    assert_true(role_resolve(&there, a->target, args, before, result, &keep, &e));
    assert_true(role_resolve(&back, action(a->undo_action)->target, json_from(undo), before,
                             result, &keep, &e));
    assert_string_equal(there, back);
}

static void a_record_goes_back_with_the_ttl_it_had(void **_)
{
    const struct role_action *a = action("dns.remove");
    const char *undo, *canonical;
    assert_true(role_resolve(&undo, a->undo_args,
                             json_from("{\"ip\":\"192.0.2.1\",\"service\":\"s\"}"),
                             json_from("{\"holds\":true,\"ttl_ms\":45000}"), (struct json){ 0 },
                             &keep, &e));
    assert_true(role_arguments(&canonical, action("dns.add"), json_from(undo), &keep, &e));
    assert_string_equal(canonical, "{\"ip\":\"192.0.2.1\",\"service\":\"s\",\"ttl\":\"45s\"}");
}

static void arguments_are_canonical_whatever_the_order(void **_)
{
    assert_string_equal(arguments("pool.remove", "{\"service\":\"s\",\"ip\":\"192.0.2.1\"}"),
                        "{\"ip\":\"192.0.2.1\",\"service\":\"s\"}");
    assert_string_equal(arguments("sense.flood", "{\"service\":\"s\"}"),
                        "{\"last\":\"2m\",\"service\":\"s\"}");
    assert_string_equal(arguments("sense.flood", "{\"service\":\"s\",\"last\":90000}"),
                        "{\"last\":\"90s\",\"service\":\"s\"}");
    assert_string_equal(arguments("exec.read", "{\"program\":\"ip\",\"args\":\"-o,link\"}"),
                        "{\"args\":[\"-o\",\"link\"],\"host\":\"\",\"program\":\"ip\",\"within\":\"1m\"}");
}

static void wrong_arguments_are_refused_by_name(void **_)
{
    assert_string_equal(arguments("pool.remove", "{\"service\":\"s\",\"ipp\":\"192.0.2.1\"}"),
                        "pool.remove takes no 'ipp', did you mean 'ip'?");
    assert_string_equal(arguments("pool.remove", "{\"service\":\"s\"}"),
                        "pool.remove needs 'ip': which IP");
    assert_string_equal(arguments("pool.remove", "{\"service\":\"s\",\"ip\":\"192.0.2\"}"),
                        "pool.remove: 'ip': found \"192.0.2\", expected an IP address");
    assert_string_equal(arguments("sense.flood", "{\"service\":\"s\",\"last\":\"soon\"}"),
                        "sense.flood: 'last': found \"soon\", expected a duration such as "
                        "\"30s\" or \"2m\"");
}

static void an_unknown_action_is_answered_with_the_nearest(void **_)
{
    e = (struct err){ 0 };
    assert_null(roles_find(&roles, "pool.remov", &e));
    assert_string_equal(e.text, "unknown action 'pool.remov', did you mean 'pool.remove'?");
}

static void a_reference_to_nothing_is_an_error(void **_)
{
    const char *out;
    e = (struct err){ 0 };
    assert_false(role_resolve(&out, "{\"ip\":\"$result.ip\"}", json_from("{}"), json_from("{}"),
                              json_from("{}"), &keep, &e));
    assert_string_equal(e.text, "'$result.ip' names nothing");
}

static void words_show_what_is_missing_as_it_stands(void **_)
{
    assert_string_equal(role_words("$args.ip left $args.pool.", json_from("{\"ip\":\"192.0.2.1\"}"),
                                   (struct json){ 0 }, (struct json){ 0 }, &keep),
                        "192.0.2.1 left $args.pool.");
}

static void the_configuration_knows_the_roles_there_are(void **_)
{
    size_t i = 0;
    for (; role_names[i]; i++)
        assert_string_equal(role_names[i], config_roles[i]);
    assert_null(config_roles[i]);
}

static void the_configuration_knows_the_changes_there_are(void **_)
{
    size_t n = 0;
    for (size_t i = 0; i < roles.actions; i++)
        if (roles.action[i].change)
            assert_string_equal(roles.action[i].full, config_changes[n++]);
    assert_null(config_changes[n]);
}

static const char *target(const char *said)
{
    static struct service shop[] = { { .name = "shop" } };
    const struct config c = { .file = "tocsin.yaml", .service = shop, .services = 1 };
    const char *out = NULL;
    e = (struct err){ 0 };
    return role_target(&out, said, &roles, &c, &keep, &e) ? out : arena_print(&keep, "%s%s%s", e.text, e.hint[0] ? " / " : "", e.hint);
}

static void a_target_that_no_change_has_is_refused_by_what_is_wrong_with_it(void **_)
{
    static const char *const good[] = { "pool:shop", "pool:shop/192.0.2.1", "cloud:vpc", "cloud:vpc/off", "chat:#ops", "exec:/sh",
                                        "exec:web-1//usr/bin/x", "ticket:a / b" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(target(good[i]), good[i]);
    assert_string_equal(target("pool:shop/2001:DB8:0::1"), "pool:shop/2001:db8::1"); /* as the changes write it */
    assert_string_equal(target("pool:shp"), "'pool:shp' is no target: there is no service 'shp'; known: 'shop' / did you mean 'shop'?");
    assert_string_equal(target("pool:"), "'pool:' is no target: nothing stands behind 'pool:'");
    assert_string_equal(target("pool:shop/"), "'pool:shop/' is no target: nothing stands behind 'pool:shop/'");
    assert_string_equal(target("pool:shop/1.2.3"), "'pool:shop/1.2.3' is no target: found '1.2.3', expected an IP address");
    assert_string_equal(target("pool:shop/1.2.3.4/x"), "'pool:shop/1.2.3.4/x' is no target: there is nothing below 'pool:shop/1.2.3.4'");
    assert_string_equal(target("pool"), "'pool' is no target; expected pool:SERVICE/IP, or what is above it");
    assert_string_equal(target("cloud:vcp"), "'cloud:vcp' is no target; expected cloud:ip/NAME or cloud:vpc/NAME or cloud:attachment/IP, or what is above it");
    assert_string_equal(target("pol:shop"), "'pol:shop' is no target; expected a role and what it is of, as pool:SERVICE or "
                        "pool:SERVICE/IP / did you mean 'pool:shop'?");
    assert_non_null(strstr(target("192.0.2.1"), "expected a role"));
    assert_non_null(strstr(target(""), "expected a role"));
    assert_non_null(strstr(target("sense:shop"), "expected a role"));
}

int main(void)
{
    const struct CMUnitTest role[] = {
        cmocka_unit_test(every_role_of_the_design_has_a_contract),
        cmocka_unit_test(every_change_says_its_undo_or_why_it_has_none),
        cmocka_unit_test(an_undo_speaks_of_the_same_target_and_puts_the_state_back),
        cmocka_unit_test(a_record_goes_back_with_the_ttl_it_had),
        cmocka_unit_test(arguments_are_canonical_whatever_the_order),
        cmocka_unit_test(wrong_arguments_are_refused_by_name),
        cmocka_unit_test(an_unknown_action_is_answered_with_the_nearest),
        cmocka_unit_test(a_reference_to_nothing_is_an_error),
        cmocka_unit_test(words_show_what_is_missing_as_it_stands),
        cmocka_unit_test(a_target_that_no_change_has_is_refused_by_what_is_wrong_with_it),
        cmocka_unit_test(the_configuration_knows_the_roles_there_are),
        cmocka_unit_test(the_configuration_knows_the_changes_there_are),
    };
    return cmocka_run_group_tests(role, open_roles, NULL);
}
