#include "../contracts/suite.h"

#include <sys/stat.h>

static struct stage *open_real(void)
{
    return stage_open_in(world_real("alice", test_keep()), "roles:\n  exec: { plugin: exec }\n");
}

static struct task_view run(const char *action, const char *args)
{
    struct stage *s = open_real();
    struct task_view v = stage_do(s, action, args, "k", NULL);
    plugins_close(s->plugins);
    return v;
}

static void a_program_runs_without_a_shell(void **_)
{
    struct task_view v = run("exec.read", "{\"program\":\"printf\",\"args\":[\"%s|\",\"$HOME; ls\",\"a b\"]}");
    assert_int_equal(v.outcome, OUTCOME_OK);
    assert_string_equal(v.result, "{\"out\":\"$HOME; ls|a b|\",\"status\":0}");
}

static void a_read_that_fails_says_how_and_with_its_last_line(void **_)
{
    struct task_view v = run("exec.read", "{\"program\":\"sh\",\"args\":[\"-c\",\"echo one; echo two >&2; exit 3\"]}");
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_string_equal(v.text, "sh ended with 3: two");
}

static void a_change_that_fails_may_have_done_something(void **_)
{
    assert_int_equal(run("exec.run", "{\"program\":\"false\"}").outcome, OUTCOME_UNKNOWN);
    assert_int_equal(run("exec.run", "{\"program\":\"true\"}").outcome, OUTCOME_OK);
}

static void a_program_that_is_not_there_had_no_effect(void **_)
{
    struct task_view v = run("exec.run", "{\"program\":\"no-such-program\"}");
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_string_equal(v.text, "there is no program 'no-such-program'");
}

static void one_that_takes_too_long_is_stopped_with_its_children(void **_)
{
    struct world *w = world_real("alice", test_keep());
    int64_t start = w->now(w);
    struct task_view v = run("exec.run", "{\"program\":\"sh\",\"args\":[\"-c\",\"trap '' TERM; sleep 600 & wait; sleep 600\"],\"within\":\"100ms\"}");
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
    assert_string_equal(v.text, "sh was stopped: it took longer than it may");
    assert_true(w->now(w) - start < 300 * 1000);
}

static void a_signal_is_named(void **_)
{
    struct task_view v = run("exec.read", "{\"program\":\"sh\",\"args\":[\"-c\",\"kill -9 $$\"]}");
    assert_string_equal(v.text, "sh was ended by signal 9");
}

static void a_flood_of_output_is_kept_at_its_end(void **_)
{
    struct task_view v = run("exec.read", "{\"program\":\"sh\",\"args\":[\"-c\",\"yes line | head -n 600000; echo last\"]}");
    assert_int_equal(v.outcome, OUTCOME_OK);
    assert_true(strlen(v.result) < 8000);
    assert_non_null(strstr(v.result, "last\\n"));
}

/* An ssh that hands its last word to a shell, as the other side's would. */
static void another_machine_gets_each_word_as_it_stands(void **_)
{
    struct stage *s = open_real();
    stage_write(s, "bin/ssh", "#!/bin/sh\necho \"to $6\"\nsh -c \"$7\"\n");
    const char *bin = workspace_path(&s->ws, test_keep(), "bin");
    char *old = arena_string(test_keep(), getenv("PATH"));
    if (chmod(arena_print(test_keep(), "%s/ssh", bin), 0700))
        fail_msg("chmod");
    setenv("PATH", arena_print(test_keep(), "%s:%s", bin, old), 1);
    struct task_view v = stage_do(s, "exec.read", "{\"program\":\"printf\",\"host\":\"db1\","
                                  "\"args\":[\"%s|\",\"it's; $HOME\",\"a b\"]}", "k", NULL);
    setenv("PATH", old, 1);
    assert_string_equal(v.text, "");
    assert_string_equal(v.result, "{\"out\":\"to db1\\nit's; $HOME|a b|\",\"status\":0}");
    plugins_close(s->plugins);
}

/* 255 is what ssh says of itself: how far it came over there nobody knows. */
static void a_connection_that_breaks_leaves_a_change_unknown(void **_)
{
    struct stage *s = open_real();
    stage_write(s, "bin/ssh", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\necho 'Connection closed' >&2\nexit 255\n");
    const char *bin = workspace_path(&s->ws, test_keep(), "bin");
    char *old = arena_string(test_keep(), getenv("PATH"));
    if (chmod(arena_print(test_keep(), "%s/ssh", bin), 0700))
        fail_msg("chmod");
    setenv("PATH", arena_print(test_keep(), "%s:%s", bin, old), 1);
    struct task_view v = stage_do(s, "exec.run", "{\"program\":\"reboot\",\"host\":\"db1\",\"args\":[\"-f\"]}", "k", NULL);
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
    assert_string_equal(v.text, "ssh to db1 broke, or reboot ended with 255: Connection closed");
    v = stage_do(s, "exec.read", "{\"program\":\"uptime\",\"host\":\"-oProxyCommand=x\"}", "k", NULL);
    setenv("PATH", old, 1);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    plugins_close(s->plugins);
}

/* Every word that ssh is given: options first, and no host can be one of them. */
static void ssh_is_given_exactly_these_words(void **_)
{
    struct stage *s = open_real();
    stage_write(s, "bin/ssh", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\n");
    const char *bin = workspace_path(&s->ws, test_keep(), "bin");
    char *old = arena_string(test_keep(), getenv("PATH"));
    if (chmod(arena_print(test_keep(), "%s/ssh", bin), 0700))
        fail_msg("chmod");
    setenv("PATH", arena_print(test_keep(), "%s:%s", bin, old), 1);
    struct task_view v = stage_do(s, "exec.read", "{\"program\":\"cat\",\"host\":\"-oProxyCommand=x\",\"args\":[\"a'b\"]}", "k", NULL);
    setenv("PATH", old, 1);
    assert_string_equal(json_get_text(json_from(v.result), "out", test_keep()),
                        "<-o>\n<BatchMode=yes>\n<-o>\n<ConnectTimeout=10>\n<-->\n<-oProxyCommand=x>\n<'cat' 'a'\\''b'>\n");
    plugins_close(s->plugins);
}

static void a_simulated_world_starts_no_program(void **_)
{
    struct stage *s = stage_open("roles:\n  exec: { plugin: exec }\n");
    struct task_view v = stage_do(s, "exec.read", "{\"program\":\"true\"}", "k", NULL);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_non_null(strstr(v.text, "nothing leaves a simulated world"));
    plugins_close(s->plugins);
}

static void it_plays_the_role_as_its_contract_says(void **_)
{
    struct suite s = { 0 };
    suite_role(&s, "exec", open_real);
    for (size_t k = 0; k < s.wrongs; k++)
        print_error("%s\n", s.wrong[k]);
    assert_int_equal(s.wrongs, 0);
}

int main(void)
{
    const struct CMUnitTest exec[] = {
        promise(a_program_runs_without_a_shell),
        promise(a_read_that_fails_says_how_and_with_its_last_line),
        promise(a_change_that_fails_may_have_done_something),
        promise(a_program_that_is_not_there_had_no_effect),
        promise(one_that_takes_too_long_is_stopped_with_its_children),
        promise(a_signal_is_named),
        promise(a_flood_of_output_is_kept_at_its_end),
        promise(another_machine_gets_each_word_as_it_stands),
        promise(a_connection_that_breaks_leaves_a_change_unknown),
        promise(ssh_is_given_exactly_these_words),
        promise(it_plays_the_role_as_its_contract_says),
        promise(a_simulated_world_starts_no_program),
    };
    return cmocka_run_group_tests(exec, NULL, NULL);
}
