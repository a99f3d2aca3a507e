/* sandbox_lib.c: the allowed names (of texts: sandbox_text.c). What is not here does not exist in a
 * chunk: no os, io, debug, package, coroutine, load, collectgarbage, no
 * metatables, no random, no bytecode. */
#include "play/sandbox.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

/* Basic functions */

static const char *words(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        return "nil";
    case LUA_TBOOLEAN:
        return lua_toboolean(L, index) ? "true" : "false";
    case LUA_TSTRING:
        return lua_tostring(L, index);
    case LUA_TNUMBER:
        return NULL; /* Lua writes it: lua_tolstring on a copy */
    case LUA_TTABLE:
        return "table";
    case LUA_TFUNCTION:
        return "function";
    default:
        return "userdata";
    }
}

void sandbox_push_words(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushvalue(L, index);
    } else if (lua_type(L, index) == LUA_TNUMBER) {
        lua_pushvalue(L, index);
        lua_tolstring(L, -1, NULL);
    } else {
        lua_pushstring(L, words(L, index));
    }
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    sandbox_push_words(L, 1);
    return 1;
}

static int base_error(lua_State *L)
{
    lua_settop(L, 2);
    int level = (int)luaL_optinteger(L, 2, 1);
    sandbox_push_words(L, 1); // an error is a text: a table's contents would be lost anyway
    if (level > 0 && lua_type(L, 1) == LUA_TSTRING) {
        luaL_where(L, level);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

/* After a protected call: results, or false and why; a fatal stop goes on. */
static int protected_end(lua_State *L, int status, lua_KContext handler)
{
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)handler;
    if (status == LUA_ERRMEM || status == LUA_ERRERR)
        sandbox_out_of_memory(L, status);
    if (sandbox_dead(sandbox_of(L)))
        return lua_error(L);
    if (handler) {
        lua_pushvalue(L, 1); // the handler runs here, not inside the error
        lua_insert(L, -2);
        lua_call(L, 1, 1);
    }
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1); // true f args
    return protected_end(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, protected_end), 0);
}

static int base_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1); // f handler args true f
    lua_rotate(L, 3, 2); // f handler true f args
    lua_pushvalue(L, 2);
    lua_replace(L, 1);   // handler handler true f args
    return protected_end(L, lua_pcallk(L, n - 2, LUA_MULTRET, 0, 2, protected_end), 2);
}

/* The chosen functions of a standard library into the table on top. */
void sandbox_take(lua_State *L, lua_CFunction open, const char *library, const char *const *name)
{
    luaL_requiref(L, library, open, 0); // to from
    for (; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, -3, *name);
    }
    lua_pop(L, 1);
}

static int locked_get(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    const char *library = lua_tostring(L, lua_upvalueindex(2));
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    const char *known[128], *near = NULL;
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, lua_upvalueindex(1)) && n < 127) {
        lua_pop(L, 1);
        const char *one = lua_tostring(L, -1);
        size_t at = n++;
        for (; at > 0 && strcmp(known[at - 1], one) > 0; at--)
            known[at] = known[at - 1];
        known[at] = one;
    }
    known[n] = NULL;
    near = text_nearest(name, known);
    return near ? luaL_error(L, "there is no '%s.%s'; did you mean '%s.%s'?", library, name,
                             library, near)
                : luaL_error(L, "there is no '%s.%s'", library, name);
}

static int locked_set(lua_State *L)
{
    return luaL_error(L, "'%s' cannot be changed", lua_tostring(L, lua_upvalueindex(2)));
}

void sandbox_lock_table(lua_State *L, const char *name)
{
    lua_newtable(L); // inner outer
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_pushstring(L, name);
    lua_pushcclosure(L, locked_get, 2);
    lua_setfield(L, -2, "__index");
    lua_pushnil(L);
    lua_pushstring(L, name);
    lua_pushcclosure(L, locked_set, 2);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

/* A chunk's globals: its own first, then the allowed names, then refusal. */
static int global_get(lua_State *L)
{
    lua_settop(L, 2); // env name
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    const char *known[256];
    size_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, lua_upvalueindex(1)) && count < 255) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            known[count++] = lua_tostring(L, -1);
    }
    /* lua_next has no order of its own; the answer must not depend on it */
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && strcmp(known[k - 1], known[k]) > 0; k--) {
            const char *other = known[k];
            known[k] = known[k - 1];
            known[k - 1] = other;
        }
    known[count] = NULL;
    const char *near = text_nearest(name, known);
    return near ? luaL_error(L, "nothing is called '%s' here; did you mean '%s'?", name, near)
                : luaL_error(L, "nothing is called '%s' here", name);
}

static int global_set(lua_State *L)
{
    lua_settop(L, 3); // env name value
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return luaL_error(L, "'%s' is a word here; choose another name", lua_tostring(L, 2));
    lua_pop(L, 1);
    lua_rawset(L, 1);
    return 0;
}

int sandbox_give_globals(lua_State *L)
{
    lua_newtable(L);                    // f env
    lua_createtable(L, 0, 3);           // f env meta
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.allowed");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, global_get, 1); // f env meta allowed get
    lua_setfield(L, -3, "__index");
    lua_pushcclosure(L, global_set, 1); // f env meta set
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);            // f env
    if (!lua_setupvalue(L, 1, 1))
        lua_pop(L, 1);
    return 1;
}

void sandbox_open_library(lua_State *L)
{
    static const luaL_Reg base[] = { { "tostring", base_tostring }, { "error", base_error },
                                     { "pcall", base_pcall }, { "xpcall", base_xpcall },
                                     { NULL, NULL } };
    static const char *const kept[] = { "assert", "ipairs", "rawequal", "rawget", "rawlen",
                                        "select", "type", NULL };
    static const char *const math[] = { "abs", "ceil", "floor", "fmod", "huge", "maxinteger",
                                        "mininteger", "max", "min", "modf", "pi", "sqrt",
                                        "tointeger", "type", "ult", NULL };
    lua_newtable(L);
    sandbox_take(L, luaopen_base, "_G", kept);
    luaL_setfuncs(L, base, 0);
    sandbox_open_tables(L);
    sandbox_open_texts(L);
    lua_newtable(L);
    sandbox_take(L, luaopen_math, "math", math);
    sandbox_lock_table(L, "math");
    lua_setfield(L, -2, "math");
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *sandbox_names(struct sandbox *s, const char *library, struct arena *keep)
{
    lua_State *L = sandbox_lua(s);
    int top = lua_gettop(L);
    size_t n = 0;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.allowed"); // allowed
    if (library && (lua_getfield(L, -1, library) != LUA_TTABLE || !lua_getmetatable(L, -1)
                    || lua_getfield(L, -1, "__index") != LUA_TFUNCTION || !lua_getupvalue(L, -1, 1)))
        lua_newtable(L);                                  // ... names
    const int from = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, from); lua_pop(L, 1))
        n++;
    const char **name = arena_many(keep, const char *, n + 1);
    n = 0;
    for (lua_pushnil(L); lua_next(L, from); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            name[n++] = arena_string(keep, lua_tostring(L, -2));
    lua_settop(L, top);
    qsort(name, n, sizeof *name, by_bytes);
    return name;
}
