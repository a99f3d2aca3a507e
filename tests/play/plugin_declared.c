/* What a plugin says of itself is looked at when it is loaded: file, line, found, expected. */
#include "stage.h"

static struct stage *with(const char *settings, const char *lua)
{
    struct stage *s = stage_open(arena_print(test_keep(), "services:\n  osc-fr1: { ips: [192.0.2.1] }\nroles:\n"
                                             "  pool: { plugin: mine%s }\n", settings));
    stage_write(s, "plugins/mine/plugin.lua", lua);
    return s;
}

static void refused(const char *settings, const char *lua, const char *words)
{
    struct stage *s = with(settings, lua);
    const struct role_action *list = roles_find(&s->roles, "pool.list", &s->e);
    for (int twice = 0; twice < 2; twice++) /* everybody who asks is told */
        assert_refused(plugins_can(s->plugins, list, &s->e), &s->e, ERR_INPUT, words);
    plugins_close(s->plugins);
}

#define HERE "plugins/mine/plugin.lua:"
#define LIST "\n['pool.list'] = { perform = function(t) return ok { ips = {}, count = 0 } end },\n"

static void a_name_that_nobody_knows_is_refused_with_its_line(void **_)
{
    refused("", "return { plays = { 'pool' },\n colour = 1 }", HERE "2: unknown key 'colour'; known: summary, plays");
    refused("", "return { plays = { 'pool' },\n acitons = {} }", HERE "2: unknown key 'acitons', did you mean 'actions'?");
    refused("", "return { plays = { 'pool',\n 'pol' } }", HERE "2: unknown role 'pol', did you mean 'pool'?");
    refused("", "return { plays = { 'pool' }, actions = {" LIST "['pool.ad'] = { perform = function() end } } }",
            HERE "3: unknown action 'pool.ad', did you mean 'pool.add'?");
    refused("", "return { plays = { 'pool' }, actions = {" LIST "['dns.list'] = { perform = function() end } } }",
            HERE "3: 'dns.list' belongs to the role 'dns', which it does not play");
    refused("", "return { plays = { 'pool' }, actions = { ['pool.list'] = {\n perfrom = function() end } } }",
            HERE "2: unknown key of 'pool.list' 'perfrom', did you mean 'perform'?");
    refused("", "return { plays = { 'pool' },\n needs = { 'rootkit' } }",
            HERE "2: unknown capability 'rootkit'; known: http, programs, state");
    refused("", "return { plays = { 'pool' }, settings = {\n a = { type = 'txt' } } }",
            HERE "2: unknown type 'txt', did you mean 'text'?");
}

static void what_has_another_form_is_refused_with_its_line(void **_)
{
    refused("", "return 'pool'", "plugins/mine/plugin.lua answers no table");
    refused("", "return {\n summary = 'x' }", HERE "1: it does not say what it 'plays'");
    refused("", "return {\n plays = 'pool' }", HERE "2: 'plays': found 'pool', expected a list of names");
    refused("", "return { plays = { 'pool' }, actions = { ['pool.list'] = { perform = function() end,\n deadline = 'soon' } } }",
            HERE "2: 'deadline': found 'soon', expected a duration such as \"30s\"");
    refused("", "return { plays = { 'pool' }, actions = { ['pool.list'] = { perform = function() end,\n appears_within = 5 } } }",
            HERE "2: 'appears_within': found a number, expected a duration");
    refused("", "return { plays = { 'pool' }, actions = {\n ['pool.list'] = { deadline = '5s' } } }",
            HERE "2: 'pool.list' has no 'perform'");
    refused("", "return { plays = { 'pool' }, settings = {\n key = {} } }", HERE "2: setting 'key' does not say its 'type'");
}

static void one_that_never_ends_is_stopped_once_with_its_line(void **_)
{
    refused("", "local x = 0\nwhile true do x = x + 1 end\nreturn {}",
            HERE "2: took more processor time than its limit allows, stopped");
}

#define SETTINGS "return { plays = { 'pool' }, settings = { url = { type = 'url', required = true },\n" \
    "n = { type = 'integer' }, all = { type = 'truth' }, few = { type = 'list' }, env = { type = 'map' } }, actions = {" LIST "} }"

static void a_setting_has_the_type_that_is_declared(void **_)
{
    refused("", SETTINGS, "tocsin.yaml:4: roles.pool: the setting 'url' is missing: an URL (http:// or https://)");
    refused(", url: 5", SETTINGS, "roles.pool: 'url': found 5, expected an URL");
    refused(", url: [a, b]", SETTINGS, "'url': found [\"a\",\"b\"], expected an URL");
    refused(", url: \"file:///x\"", SETTINGS, "'url': found \"file:///x\", expected an URL");
    refused(", url: \"http://x\", n: many", SETTINGS, "'n': found \"many\", expected a whole number");
    refused(", url: \"http://x\", all: 1", SETTINGS, "'all': found 1, expected true or false");
    refused(", url: \"http://x\", few: 1", SETTINGS, "'few': found 1, expected a list");
    refused(", url: \"http://x\", env: 1", SETTINGS, "'env': found 1, expected a map");
    struct stage *s = with(", url: \"${env:URL}\", n: 5, all: true, few: [a], env: { A: b }", SETTINGS);
    assert_good(plugins_ready(s->plugins, "pool", &s->e), &s->e);
    plugins_close(s->plugins);
}

static void a_secret_that_cannot_be_named_is_no_text(void **_)
{
    refused(", url: \"${enx:URL}\"", SETTINGS, "tocsin.yaml:4: roles.pool: 'url': unknown '${enx:' in '${enx:URL}', did you mean '${env:'? "
            "a secret is ${env:NAME}, ${file:PATH} or ${command:...}");
    refused(", url: \"http://x/${vault:a/b}\"", SETTINGS, "'url': unknown '${vault:' in '${vault:a/b}': a secret is");
    refused(", url: \"http://x/${KEY}\"", SETTINGS, "'url': '${KEY}' names no source, did you mean '${env:KEY}'?");
    refused(", url: \"http://x\", env: { A: \"b${env:}\" }", SETTINGS, "'env': '${env:}' names nothing");
    refused(", url: \"http://x\", few: [\"${env:A}\", \"${env:B\"]", SETTINGS, "'few': '${env:B' has no closing brace");
}

static void only_the_programs_that_are_declared_are_run(void **_)
{
    struct stage *s = stage_open_in(world_real("alice", test_keep()), "roles:\n  exec: { plugin: mine }\n");
    stage_write(s, "plugins/mine/plugin.lua",
        "return { plays = { 'exec' }, needs = { 'programs true false' }, actions = { ['exec.read'] = {\n"
        "perform = function(t) local id, why = program_start { t.args.program }\n if not id then return failed(why) end\n"
        "local a = program_look(id) while not a.ended do wait(2) a = program_look(id) end\n"
        "return ok { status = a.status, out = a.out } end } } }");
    assert_string_equal(stage_do(s, "exec.read", "{\"program\":\"false\"}", "k", NULL).result, "{\"out\":\"\",\"status\":1}");
    struct task_view v = stage_do(s, "exec.read", "{\"program\":\"env\"}", "k", NULL);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_non_null(strstr(v.text, "plugin 'mine' did not declare that it runs 'env'"));
    plugins_close(s->plugins);
}

/* Virtual time stands still while Lua computes; the limit is one of the processor. */
static void a_deadline_cuts_computing_and_the_probe_is_asked_in_a_new_state(void **_)
{
    struct stage *s = with("", "return { plays = { 'pool' }, actions = { ['pool.add'] = { deadline = '1s',\n"
                           "perform = function(t)\nwhile true do end end,\nprobe = function() return absent() end } } }");
    const char *args = "{\"service\":\"osc-fr1\",\"ip\":\"192.0.2.1\"}";
    struct task_view v = stage_do(s, "pool.add", args, "k", NULL);
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
    assert_string_equal(v.text, "plugin 'mine': " HERE "3: took more processor time than its limit allows, stopped");
    assert_int_equal(stage_probe(s, "pool.add", args, "k", NULL).seen, SEEN_ABSENT);
    plugins_close(s->plugins);
}

int main(void)
{
    const struct CMUnitTest plugin_declared[] = {
        promise(a_name_that_nobody_knows_is_refused_with_its_line),
        promise(what_has_another_form_is_refused_with_its_line),
        promise(one_that_never_ends_is_stopped_once_with_its_line),
        promise(a_setting_has_the_type_that_is_declared),
        promise(a_secret_that_cannot_be_named_is_no_text),
        promise(only_the_programs_that_are_declared_are_run),
        promise(a_deadline_cuts_computing_and_the_probe_is_asked_in_a_new_state),
    };
    return cmocka_run_group_tests(plugin_declared, NULL, NULL);
}
