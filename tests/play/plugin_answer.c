/* What a plugin answers is held against its contract: what does not fit is no answer. */
#include "stage.h"

#define AT "{\"service\":\"osc-fr1\",\"ip\":\"192.0.2.1\"}"
#define SERVICE "{\"service\":\"osc-fr1\"}"

static struct stage *bound(const char *role, const char *actions)
{
    struct stage *s = stage_open(arena_print(test_keep(),
        "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n"
        "roles:\n  %s: { plugin: mine }\n", role));
    stage_write(s, "plugins/mine/plugin.lua",
                arena_print(test_keep(), "return { summary = 'mine', plays = { '%s' }, actions = {\n%s} }\n", role, actions));
    return s;
}

/* One action whose `perform` (or probe) has that body. */
static struct task_view answered(const char *action, const char *args, const char *body, bool probe)
{
    char role[32];
    snprintf(role, sizeof role, "%.*s", (int)strcspn(action, "."), action);
    struct stage *s = bound(role, arena_print(test_keep(), "['%s'] = { perform = function(t) %s end,\nprobe = function(t) %s end }\n",
                                              action, probe ? "" : body, probe ? body : ""));
    struct task_view v = probe ? stage_probe(s, action, args, "k", NULL) : stage_do(s, action, args, "k", NULL);
    plugins_close(s->plugins);
    return v;
}

static void nobody_knows(const char *body, const char *words)
{
    struct task_view v = answered("pool.add", AT, body, false);
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
    if (!strstr(v.text, words))
        fail_msg("'%s' does not say '%s'", v.text, words);
}

#define EXPECTED ", expected ok { count = a whole number }, unchanged, failed, later or unsure"

static void a_change_without_an_answer_is_not_done(void **_)
{
    nobody_knows("", "plugin 'mine': pool.add answered nothing" EXPECTED);
    nobody_knows("return 'done'", "answered a string" EXPECTED);
    nobody_knows("return 5", "answered a number" EXPECTED);
    nobody_knows("return {}", "answered a table without an outcome" EXPECTED);
    nobody_knows("return { outcome = 'ok' }", "answered a table without an outcome" EXPECTED);
}

static void a_change_is_done_only_with_the_results_that_its_contract_declares(void **_)
{
    nobody_knows("return ok {}", "ok { ... }: 'count' is missing, expected a whole number");
    nobody_knows("return ok { count = 'many' }", "'count': found \"many\", expected a whole number");
    nobody_knows("return ok { count = '2' }", "'count': found \"2\", expected a whole number");
    nobody_knows("return ok { count = 1.5 }", "'count': found 1.5, expected a whole number");
    nobody_knows("return ok { coumt = 1 }", "its contract has no result 'coumt', did you mean 'count'?");
    nobody_knows("return unchanged { 1 }", "unchanged { ... }: found a list, expected a table of results");
    nobody_knows("return ok(1)", "found no table, expected a table of results");
    nobody_knows("return ok { count = print }", "nothing is called 'print' here");
    assert_int_equal(answered("pool.add", AT, "return ok { count = 2 }", false).outcome, OUTCOME_OK);
    assert_int_equal(answered("pool.add", AT, "return unchanged { count = 2 }", false).outcome, OUTCOME_UNCHANGED);
}

static void a_word_of_a_read_or_of_a_probe_is_no_answer_of_a_change(void **_)
{
    nobody_knows("return nothing()", "answered nothing()" EXPECTED);
    nobody_knows("return absent()", "answered absent()" EXPECTED);
    nobody_knows("return done()", "answered done()" EXPECTED);
    assert_int_equal(answered("pool.list", SERVICE, "return instead 'x'", false).outcome, OUTCOME_FAILED);
}

static void what_is_not_done_never_has_the_words_of_success(void **_)
{
    assert_string_equal(answered("pool.add", AT, "return failed()", false).text, "");
    assert_string_equal(answered("pool.add", AT, "return unsure()", false).text, "");
    assert_string_equal(answered("pool.add", AT, "return absent()", true).text, "");
    assert_string_equal(answered("pool.add", AT, "return ok { count = 1 }", false).text, "192.0.2.1 serves osc-fr1");
    assert_string_equal(answered("pool.add", AT, "return done { count = 1 }", true).text, "192.0.2.1 serves osc-fr1");
}

static void read_fails(const char *action, const char *args, const char *body, const char *words)
{
    struct task_view v = answered(action, args, body, false);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_false(v.nothing);
    if (!strstr(v.text, words))
        fail_msg("'%s' does not say '%s'", v.text, words);
}

static void a_read_that_answers_something_else_fails(void **_)
{
    read_fails("pool.list", SERVICE, "", "plugin 'mine': pool.list answered nothing, expected "
               "ok { ips = IP addresses, count = a whole number }, later or failed");
    read_fails("pool.list", SERVICE, "return ok { ips = 'all', count = 2 }", "'ips': found \"all\", expected IP addresses");
    read_fails("pool.list", SERVICE, "return ok { ips = { '192.0.2.1', 'x' }, count = 2 }", "expected IP addresses");
    read_fails("pool.list", SERVICE, "return nothing()", "answered nothing(), expected ok");
    read_fails("pool.holds", AT, "return 5", "pool.holds answered a number");
    read_fails("pool.holds", AT, "return ok { holds = 'yes' }", "'holds': found \"yes\", expected true or false");
    read_fails("sense.flood", SERVICE, "return ok {}", "'ip' is missing, expected an IP address");
    assert_true(answered("sense.flood", SERVICE, "return nothing()", false).nothing);
    assert_string_equal(answered("pool.list", SERVICE, "return ok { ips = {}, count = 0 }", false).result,
                        "{\"count\":0,\"ips\":[]}");
}

static void a_probe_that_says_something_else_does_not_know(void **_)
{
    static const char *const wrong[] = { "", "return 7", "return ok { count = 1 }", "return done { count = 'x' }", NULL };
    for (int i = 0; wrong[i]; i++) {
        struct task_view v = answered("pool.add", AT, wrong[i], true);
        assert_int_equal(v.seen, SEEN_UNKNOWN);
        assert_non_null(strstr(v.text, "plugin 'mine': the probe of pool.add answered "));
    }
    /* it may not know the results, but the undo must */
    assert_int_equal(answered("pool.add", AT, "return done()", true).seen, SEEN_DONE);
    struct task_view v = answered("cloud.allocate_ip", "{\"name\":\"spare\"}", "return done()", true);
    assert_int_equal(v.seen, SEEN_UNKNOWN);
    assert_non_null(strstr(v.text, "'ip' is missing"));
}

static void what_is_kept_of_an_answer_has_a_size(void **_)
{
    struct task_view v = answered("pool.add", AT, "return ok({ count = 1 }, string.rep('x', 5000000))", false);
    assert_int_equal(v.outcome, OUTCOME_OK);
    assert_int_equal(strlen(v.text), 400);
    v = answered("exec.read", "{\"program\":\"true\"}", "return ok { status = 0, out = string.rep('x', 100000) }", false);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_non_null(strstr(v.text, "97 KiB, at most 64 are kept"));
    /* small, and endless when written */
    v = answered("pool.add", AT, "local x = {} for i = 1, 90 do x = { x, x } end return ok { count = x }", false);
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
    assert_non_null(strstr(v.text, "more than 16 MiB cannot be recorded"));
}

int main(void)
{
    const struct CMUnitTest plugin_answer[] = {
        promise(a_change_without_an_answer_is_not_done),
        promise(a_change_is_done_only_with_the_results_that_its_contract_declares),
        promise(a_word_of_a_read_or_of_a_probe_is_no_answer_of_a_change),
        promise(what_is_not_done_never_has_the_words_of_success),
        promise(a_read_that_answers_something_else_fails),
        promise(a_probe_that_says_something_else_does_not_know),
        promise(what_is_kept_of_an_answer_has_a_size),
    };
    return cmocka_run_group_tests(plugin_answer, NULL, NULL);
}
