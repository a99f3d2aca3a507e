/* What ${env:X}, ${file:path} and ${command:...} become, and where they never are. */
#include "stage.h"

#include "play/secrets.h"

#include <sys/stat.h>
#include <unistd.h>

/* `exec` with these settings; then one program by `sh -c`. */
static struct stage *stage_of(const char *settings)
{
    return stage_open_in(world_real("alice", test_keep()),
                         arena_print(test_keep(), "roles:\n  exec: { plugin: exec%s%s }\n", *settings ? ", " : "", settings));
}

static struct task_view sh(struct stage *s, const char *script)
{
    struct text args = text_new(test_keep());
    text_add(&args, "{\"program\":\"sh\",\"args\":[\"-c\",");
    json_quote(&args, script, strlen(script));
    text_add(&args, "]}");
    struct task_view v = stage_do(s, "exec.read", args.at, "k", NULL);
    plugins_close(s->plugins);
    return v;
}

static const char *said(const char *settings, const char *script)
{
    struct stage *s = stage_of(settings);
    stage_write(s, "key", "of-a-file-7\n");
    stage_write(s, "lines", "first-line\nsecond-line\n");
    struct task_view v = sh(s, script);
    return v.outcome == OUTCOME_OK ? json_get_text(json_from(v.result), "out", test_keep()) : v.text;
}

static void each_source_gives_its_value_to_a_program_alone(void **_)
{
    setenv("KEY", "of-the-environment", 1);
    assert_string_equal(said("env: { A: \"${env:KEY}\" }", "test \"$A\" = of-the-environment && echo $A"), "[secret env:KEY]\n");
    assert_string_equal(said("env: { A: \"${file:key}\" }", "test \"$A\" = of-a-file-7 && echo $A"), "[secret file:key]\n");
    assert_string_equal(said("env: { A: \"${command:echo; echo of-a-command}\" }", "echo \"$A\""), "[secret command:echo_ echo of-a-command]\n");
    assert_string_equal(said("env: { A: \"x=${env:KEY};y=${file:key}\" }", "echo $A"), "x=[secret env:KEY];y=[secret file:key]\n");
}

static void one_of_many_lines_is_a_secret_as_a_whole(void **_)
{
    assert_string_equal(said("env: { A: \"${file:lines}\" }", "echo \"$A\"; echo \"<$A>\" | base64"),
                        "[secret file:lines]\nP[secret file:lines]+Cg==\n");
}

static void what_is_missing_or_too_short_or_too_long_is_said_by_name(void **_)
{
    unsetenv("NONE");
    setenv("SHORT", "7 bytes", 1);
    char *longest = arena_take(test_keep(), 1, 1, 16386);
    memset(longest, 'x', 16385);
    setenv("LONG", longest, 1);
    assert_string_equal(said("env: { A: \"${env:NONE}\" }", "echo"), "the secret '${env:NONE}' is not there; set it before you start tocsin");
    assert_string_equal(said("env: { A: \"${env:SHORT}\" }", "echo"), "the secret '${env:SHORT}' is shorter than 8 bytes: it could not be told from other text");
    assert_string_equal(said("env: { A: \"${env:LONG}\" }", "echo"), "the secret '${env:LONG}' is longer than 16384 bytes");
    assert_non_null(strstr(said("env: { A: \"${file:none}\" }", "echo"), "/none': No such file or directory"));
    unsetenv("LONG");
}

static void a_pipe_or_a_device_is_no_secret_and_nobody_waits_for_it(void **_)
{
    struct stage *s = stage_of("env: { A: \"${file:pipe}\" }");
    assert_int_equal(mkfifo(arena_print(test_keep(), "%s/pipe", s->ws.dir), 0600), 0);
    assert_non_null(strstr(sh(s, "echo").text, "the secret '${file:pipe}': "));
    assert_non_null(strstr(said("env: { A: \"${file:/dev/zero}\" }", "echo"), "'/dev/zero' is no regular file"));
}

static void a_command_that_gives_no_secret_says_what_it_did(void **_)
{
    assert_string_equal(said("env: { A: \"${command:echo not-for-you; exit 4}\" }", "echo"),
                        "the command of the secret '${command:echo not-for-you; exit 4}' ended with 4");
    assert_string_equal(said("env: { A: \"${command:true}\" }", "echo"), "the command of the secret '${command:true}' printed nothing");
    assert_string_equal(said("env: { A: \"${command:echo}\" }", "echo"),
                        "the secret '${command:echo}' is shorter than 8 bytes: it could not be told from other text");
    assert_string_equal(said("env: { A: \"${command:yes}\" }", "echo"), "the secret '${command:yes}' is longer than 16384 bytes");
    assert_string_equal(said("env: { A: \"${command:printf 'a\\\\000bcdefgh'}\" }", "echo"),
                        "the secret '${command:printf 'a\\000bcdefgh'}' holds a NUL byte, and no header and no variable can carry one");
    assert_string_equal(said("env: { A: \"${command:echo said aloud >&2; echo the-secret}\" }", "echo \"$A\""),
                        "[secret command:echo said aloud __2_ echo the-secret]\n");
}

/* A clock that goes on by a second whenever it is looked at. */
static int64_t hurried_now(struct world *w)
{
    static int64_t now = STAGE_START;
    return now += 1000;
}

static void a_command_that_hangs_is_ended(void **_)
{
    struct world hurried = *world_real("alice", test_keep());
    hurried.now = hurried_now;
    struct stage *s = stage_open_in(&hurried, "roles:\n  chat: { plugin: webhook, url: \"${command:sleep 60 & sleep 60}\" }\n");
    struct task_view v = stage_do(s, "chat.say", "{\"text\":\"hello\"}", "k", NULL);
    assert_string_equal(v.text, "the command of the secret '${command:sleep 60 & sleep 60}' did not end within 10 s");
    plugins_close(s->plugins);
}

static void of_an_address_that_is_a_secret_its_telling_parts_are_taken_out_too(void **_)
{
    setenv("KEY", "https://robot:pass-word-9@chat.example/hooks/T0p53cr3t?token=abcdef123", 1);
    static const char *const env = "env: { A: \"${env:KEY}\" }";
    assert_string_equal(said(env, "echo \"Cannot POST /hooks/T0p53cr3t\"; echo '<a href=\"/hooks/T0p53cr3t?token=abcdef123\">'"),
                        "Cannot POST /[secret env:KEY]\n<a href=\"/[secret env:KEY]\">\n");
    assert_string_equal(said(env, "echo token=abcdef123, pass-word-9, robot:pass-word-9, chat.example"),
                        "[secret env:KEY], [secret env:KEY], [secret env:KEY], chat.example\n");
    setenv("KEY", "https://chat.example/short", 1);
    assert_string_equal(said(env, "echo /short; echo $A"), "/short\n[secret env:KEY]\n");
}

static void a_variable_that_holds_a_secret_is_not_inherited(void **_)
{
    setenv("KEY", "of-the-environment", 1);
    setenv("OTHER", "no secret at all", 1);
    assert_string_equal(said("env: { A: \"${env:KEY}\" }", "echo \"${KEY-none} $OTHER\""), "none no secret at all\n");
}

static void what_is_named_but_not_used_is_masked_already(void **_)
{
    setenv("KEY", "of-the-environment", 1);
    struct stage *s = stage_open_in(world_real("alice", test_keep()),
        "roles:\n  exec: { plugin: exec }\n  chat: { plugin: webhook, url: \"${file:key}\", header: \"X: ${env:KEY}\" }\n");
    stage_write(s, "key", "of-a-file-7\n");
    struct task_view v = sh(s, arena_print(test_keep(), "cat %s/key; echo of-the-environment", s->ws.dir));
    assert_string_equal(json_get_text(json_from(v.result), "out", test_keep()), "[secret file:key]\n[secret env:KEY]\n");
}

/* A plugin that plays exec and answers what it can learn of a secret. */
static const char *learnt(const char *lua)
{
    setenv("KEY", "of-the-environment", 1);
    setenv("OTHER", "another secret", 1);
    struct stage *s = stage_open_in(world_real("alice", test_keep()),
        "roles:\n  exec: { plugin: spy, key: \"${env:KEY}\" }\n  chat: { plugin: webhook, url: \"${env:OTHER}\" }\n");
    stage_write(s, "plugins/spy/plugin.lua", arena_print(test_keep(),
        "local function run(argv)\n  local id, why = program_start(argv)\n  if not id then return why end\n"
        "  local seen = program_look(id)\n  while not seen.ended do wait(2) seen = program_look(id) end\n  return seen.out\nend\n"
        "return { summary = \"s\", plays = { \"exec\" }, needs = { \"programs\", \"http\" }, settings = { key = { type = \"text\" } },\n"
        "  actions = { [\"exec.read\"] = { perform = function(t) local key = t.settings.key\n"
        "    return ok { status = 0, out = %s } end } } }\n", lua));
    struct task_view v = stage_do(s, "exec.read", "{\"program\":\"true\"}", "k", NULL);
    plugins_close(s->plugins);
    return v.outcome == OUTCOME_OK ? json_get_text(json_from(v.result), "out", test_keep()) : v.text;
}

static void lua_has_the_name_and_nothing_else(void **_)
{
    assert_string_equal(learnt("key"), "${env:KEY}");
    assert_string_equal(learnt("tostring(key) .. #key .. tostring(key == \"of-the-environment\")"), "${env:KEY}10false");
    assert_string_equal(learnt("run { \"sh\", \"-c\", \"echo $A\", env = { A = key } }"), "[secret env:KEY]\n");
    assert_string_equal(learnt("run { \"echo\", key }"), "${env:KEY}\n");
}

static void a_secret_of_another_role_is_not_to_be_had(void **_)
{
    assert_string_equal(learnt("run { \"sh\", \"-c\", \"echo $A\", env = { A = \"${env:OTHER}\" } }"), "${env:OTHER}\n");
    assert_string_equal(learnt("run { \"sh\", \"-c\", \"echo $A\", env = { A = \"${env:PATH}${file:/etc/passwd}${command:id}\" } }"),
                        "${env:PATH}${file:/etc/passwd}${command:id}\n");
}

static void an_error_of_the_machine_holds_none(void **_)
{
    assert_string_equal(learnt("(function() local _, why = http_start { url = \"http://127.0.0.1:1/\", headers = { key } } "
                               "local id = http_start { url = \"http://\" .. key .. \".invalid/\" }\n local seen = http_look(id)\n"
                               "while not seen.ended do wait(2) seen = http_look(id) end return seen.why end)()"),
                        "Could not resolve host: [secret env:KEY].invalid");
}

static void one_with_a_line_break_goes_into_no_header(void **_)
{
    setenv("LINES", "one line\r\nX-Other: two", 1);
    struct stage *s = stage_open_in(world_real("alice", test_keep()),
        "roles:\n  chat: { plugin: webhook, url: \"http://127.0.0.1:1/\", header: \"X: ${env:LINES}\" }\n");
    struct task_view v = stage_do(s, "chat.say", "{\"text\":\"hello\"}", "k", NULL);
    assert_string_equal(v.text, "the secret '${env:LINES}' holds a line break, and a URL or a header cannot");
    plugins_close(s->plugins);
}

int main(void)
{
    const struct CMUnitTest secrets[] = {
        promise(each_source_gives_its_value_to_a_program_alone),
        promise(one_of_many_lines_is_a_secret_as_a_whole),
        promise(what_is_missing_or_too_short_or_too_long_is_said_by_name),
        promise(a_pipe_or_a_device_is_no_secret_and_nobody_waits_for_it),
        promise(a_command_that_gives_no_secret_says_what_it_did),
        promise(a_command_that_hangs_is_ended),
        promise(of_an_address_that_is_a_secret_its_telling_parts_are_taken_out_too),
        promise(a_variable_that_holds_a_secret_is_not_inherited),
        promise(what_is_named_but_not_used_is_masked_already),
        promise(lua_has_the_name_and_nothing_else),
        promise(a_secret_of_another_role_is_not_to_be_had),
        promise(an_error_of_the_machine_holds_none),
        promise(one_with_a_line_break_goes_into_no_header),
    };
    return cmocka_run_group_tests(secrets, NULL, NULL);
}
