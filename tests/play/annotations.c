#include "play/annotations.h"
#include "play/words.h"
#include "play/words_list.h"

#include "stage.h"

#include <lauxlib.h>
#include <string.h>

static struct roles roles;
static struct stage *stage;
static const char *all; /* what is printed */

static int print_them(void **_)
{
    struct err e = { 0 };
    stage = stage_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    stage_write(stage, "runbooks/own.lua", "return runbook { summary = \"two\\nlines\", params = { much = { type = \"integer\", default = 2 },\n"
                "who = { type = \"text\" }, ip = { type = \"ip\", required = true, help = \"which\\n---@class wrong\" } },\n"
                "steps = function(p) note(p.ip .. p.who .. p.much) end }\n");
    stage_write(stage, "runbooks/broken.lua", "return runbook {");
    struct text t = text_new(test_keep());
    if (!roles_load(&roles, test_keep(), &e))
        return -1;
    annotations_write(&t, &roles, &stage->ws, test_keep());
    all = t.at;
    return 0;
}

/* The lines that stand right over `function NAME(`. */
static const char *lines_over(const char *name)
{
    const char *at = strstr(all, arena_print(test_keep(), "\nfunction %s(", name)), *from = at;
    assert_non_null(at);
    while (from > all && !(from[0] == '\n' && from[1] == '\n'))
        from--;
    return arena_copy(test_keep(), from, (size_t)(at - from));
}

/* The names in the braces behind `---@param WHAT`, each with its type: "ip: string, service?: string". */
static const char *members(const char *lines)
{
    const char *param = strstr(lines, "---@param "), *open = param ? strchr(param, '{') : NULL;
    const char *close = open ? strstr(open, " }\n") : NULL;
    close = open && !close ? strstr(open, " }") : close;
    return open && close ? arena_copy(test_keep(), open + 2, close > open + 2 ? (size_t)(close - open - 2) : 0) : "";
}

/* Is NAME among them, with a type; how many are there? */
static bool has(const char *members, const char *name, bool optional)
{
    const char *at = members, *wanted = arena_print(test_keep(), "%s%s: ", name, optional ? "?" : "");
    while (at && strncmp(at, wanted, strlen(wanted)) != 0)
        at = (at = strstr(at, ", ")) ? at + 2 : NULL;
    return at && at[strlen(wanted)] && at[strlen(wanted)] != ',';
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void they_are_lua(void **_)
{
    lua_State *L = luaL_newstate();
    assert_int_equal(luaL_loadstring(L, all), LUA_OK);
    assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_OK);
    lua_close(L);
}

static void every_action_stands_there_with_its_arguments_and_nothing_else(void **_)
{
    for (size_t i = 0; i < roles.actions; i++) {
        const struct role_action *a = &roles.action[i];
        const char *said = members(lines_over(a->full));
        for (size_t k = 0; k < a->args; k++)
            if (!has(said, a->arg[k].name, !a->arg[k].required))
                fail_msg("%s: '%s' is not in: %s", a->full, a->arg[k].name, said);
        assert_true(has(said, a->change ? "even_so" : "or_nothing", true));
        assert_int_equal(count(said, ": "), a->args + 1);
    }
}

static void every_result_has_its_fields_and_their_types_and_no_others(void **_)
{
    static const char *const types[] = { "string", "string", "integer", "string", "string|integer", "boolean", NULL, "any" };
    for (size_t i = 0; i < roles.actions; i++) {
        const struct role_action *a = &roles.action[i];
        const char *head = arena_print(test_keep(), "\n---@class (exact) %s.result\n", a->full), *at = strstr(all, head);
        assert_non_null(at);
        assert_non_null(strstr(lines_over(a->full), arena_print(test_keep(), "---@return %s.result", a->full)));
        at += strlen(head);
        for (size_t k = 0; k < a->results; k++) {
            const struct role_arg *r = &a->result[k];
            const char *type = types[r->type] ? types[r->type] : r->of == ARG_IP ? "string[]" : "any[]";
            const char *line = arena_print(test_keep(), "---@field %s %s ", r->name, type);
            if (strncmp(at, line, strlen(line)) != 0)
                fail_msg("%s: expected '%s', found '%.60s'", a->full, line, at);
            at = strchr(at, '\n') + 1;
        }
        assert_int_equal(*at, '\n');
    }
}

static void every_word_stands_there_with_its_options_their_types_and_nothing_else(void **_)
{
    size_t functions = 1; /* runbook */
    for (const struct word *w = engine_words; w->name; w++, functions++) {
        const struct word_row *row = word_rows;
        while (strcmp(row->name, w->name) != 0)
            row++;
        const char *lines = lines_over(w->name), *said = members(lines);
        const char *const *option = row->option ? row->option : strcmp(w->name, "wait_until") == 0 ? word_wait_options : NULL;
        size_t named = 0;
        for (; option && *option; option++, named++) {
            bool needed = false;
            for (size_t i = 0; row->needs[i]; i++)
                needed = needed || strcmp(row->needs[i], *option) == 0;
            if (!has(said, *option, !needed))
                fail_msg("%s: '%s' is not in: %s", w->name, *option, said);
        }
        size_t by_position = count(said, "[") - count(said, "[]");
        assert_int_equal(count(said, ": ") - by_position, named);
        assert_int_equal(*row->answers != 0, strstr(lines, "---@return ") != NULL);
    }
    for (size_t i = 0; i < roles.actions; i++)
        functions++;
    assert_int_equal(count(all, "\nfunction "), functions);
}

static void a_runbook_is_a_class_with_its_parameters_and_a_call_knows_them(void **_)
{
    assert_non_null(strstr(all, "---two lines\n---@class tocsin.own\n---@field ip string which ---@class wrong\n"
                                "---@field much integer \n---@field who? string \n"));
    assert_non_null(strstr(all, "---@class tocsin.call.own\n---@field [1] \"own\"\n---@field ip string\n---@field much? integer\n"
                                "---@field who? string\n"));
    assert_non_null(strstr(lines_over("call"), "---@overload fun(said: tocsin.call.own): any\n"));
    assert_non_null(strstr(all, "---@class tocsin.ddos\n"));
    assert_null(strstr(all, "broken"));
}

int main(void)
{
    const struct CMUnitTest annotations[] = {
        promise(they_are_lua),
        promise(every_action_stands_there_with_its_arguments_and_nothing_else),
        promise(every_result_has_its_fields_and_their_types_and_no_others),
        promise(every_word_stands_there_with_its_options_their_types_and_nothing_else),
        promise(a_runbook_is_a_class_with_its_parameters_and_a_call_knows_them),
    };
    return cmocka_run_group_tests(annotations, print_them, NULL);
}
