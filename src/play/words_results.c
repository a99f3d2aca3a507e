/* words_results.c: what a word hands back to the runbook: its result, strict in its
 * names, or a failure with its line. */
#include "play/coverage.h"
#include "play/words_inside.h"

#include <lauxlib.h>

/* A result whose fields are known: another name is an error with its line. */
static int unknown_field(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
        return 0; /* a field that is known, and empty this time */
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    return luaL_error(L, "'%s' has no '%s'; it has: %s", lua_tostring(L, lua_upvalueindex(1)), name,
                      lua_tostring(L, lua_upvalueindex(3)));
}

static void push_strict(lua_State *L, const char *what, const char *const *name)
{
    luaL_Buffer list;
    lua_createtable(L, 0, 2);   // meta
    lua_pushstring(L, what);
    lua_newtable(L);            // meta what allowed
    luaL_buffinit(L, &list);
    for (size_t i = 0; name[i]; i++) {
        luaL_addstring(&list, i ? ", " : "");
        luaL_addstring(&list, name[i]);
    }
    luaL_pushresult(&list);     // meta what allowed list
    for (size_t i = 0; name[i]; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -3, name[i]);
    }
    lua_pushcclosure(L, unknown_field, 3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
}

void words_make_strict(lua_State *L, const char *what, const char *const *name)
{
    push_strict(L, what, name);
    lua_setmetatable(L, -2);
}

/* The results of one action are strict in the same way every time. */
static void make_result_strict(lua_State *L, const struct role_action *a, struct arena *keep)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, a) != LUA_TTABLE) {
        lua_pop(L, 1);
        const char **name = arena_many(keep, const char *, a->results + 1);
        for (size_t i = 0; i < a->results; i++)
            name[i] = a->result[i].name;
        push_strict(L, a->full, name);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, a);
    }
    lua_setmetatable(L, -2);
}

static void push_answer(lua_State *L, struct branch *b)
{
    const struct role_action *a = b->answer.action;
    struct json value = b->answer.json ? json_from(b->answer.json) : (struct json){ 0 };
    if (!value.at || (json_type(value) == JSON_NULL)) {
        lua_pushnil(L);
        return;
    }
    sandbox_push_json(L, value);
    if (lua_istable(L, -1) && a)
        make_result_strict(L, a, b->run->keep);
}

int words_answered(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct branch *b = words_run(L)->turn;
    coverage_mark_at(b->run->world->coverage, b->where, b->want.word, b->answer.good ? "done" : "failed");
    if (!b->answer.good) {
        b->failed_key = b->answer.failed_key ? b->answer.failed_key : b->key;
        b->failure = b->answer.mistake ? NULL : b->answer.text;
        lua_pushfstring(L, "%s: %s", b->where, b->answer.text);
        return lua_error(L);
    }
    if (b->answer.results)
        return b->answer.results;
    push_answer(L, b);
    return 1;
}
