/* sandbox_lib.c: the allowed names. What is not here does not exist in a
 * chunk: no os, io, debug, package, coroutine, load, collectgarbage, no
 * metatables, no random, no bytecode. */
#include "play/sandbox.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* Basic functions */

const char *sandbox_words(lua_State *L, int index)
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

static void push_words(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushvalue(L, index);
    } else if (lua_type(L, index) == LUA_TNUMBER) {
        lua_pushvalue(L, index);
        lua_tolstring(L, -1, NULL);
    } else {
        lua_pushstring(L, sandbox_words(L, index));
    }
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    push_words(L, 1);
    return 1;
}

static int base_error(lua_State *L)
{
    lua_settop(L, 2);
    int level = (int)luaL_optinteger(L, 2, 1);
    push_words(L, 1); // an error is a text: a table's contents would be lost anyway
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
        sandbox_kill(L, "needs more memory than its limit allows, stopped");
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

/* string: what Lua has, without patterns (pattern.c), bytecode and addresses */

/* Lua's own copies an empty text 2^60 times without looking up. */
static int string_rep(lua_State *L)
{
    size_t length, gap;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *between = luaL_optlstring(L, 3, "", &gap);
    if (n <= 0 || length + gap == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (n > sandbox_room(L) / (int64_t)(length + gap)) {
        sandbox_kill(L, "needs more memory than its limit allows, stopped");
        return luaL_error(L, "stopped");
    }
    sandbox_charge(L, (size_t)n / 16);
    size_t whole = (size_t)n * (length + gap) - gap;
    luaL_Buffer b;
    char *to = luaL_buffinitsize(L, &b, whole);
    for (lua_Integer i = 0; i < n; i++) {
        memcpy(to, text, length);
        to += length;
        if (i + 1 < n)
            memcpy(to, between, gap);
        to += gap;
    }
    luaL_pushresultsize(&b, whole);
    return 1;
}

static int string_format(lua_State *L)
{
    int top = lua_gettop(L);
    size_t length;
    const char *format = luaL_checklstring(L, 1, &length);
    for (const char *p = format; (p = strchr(p, '%')); p++) {
        p++;
        p += strspn(p, "-+ #0123456789.");
        if (*p == 'p' || *p == 0)
            return luaL_error(L, "format: '%%%c' is not for runbooks", *p ? *p : ' ');
    }
    for (int i = 2; i <= top; i++)
        if (!lua_isnumber(L, i)) {
            push_words(L, i);
            lua_replace(L, i);
        }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, 1);
    return 1;
}

/* The chosen functions of a standard library into the table on top. */
static void take(lua_State *L, lua_CFunction open, const char *library, const char *const *name)
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

static void open_string(lua_State *L)
{
    static const char *const kept[] = { "byte", "char", "len", "lower", "reverse", "sub",
                                        "upper", NULL };
    static const luaL_Reg ours[] = { { "find", pattern_find }, { "match", pattern_match },
                                     { "gmatch", pattern_gmatch }, { "gsub", pattern_gsub },
                                     { "rep", string_rep },
                                     { NULL, NULL } };
    lua_newtable(L);
    take(L, luaopen_string, "string", kept);
    luaL_setfuncs(L, ours, 0);
    luaL_requiref(L, "string", luaopen_string, 0);
    lua_getfield(L, -1, "format");
    lua_remove(L, -2);
    lua_pushcclosure(L, string_format, 1);
    lua_setfield(L, -2, "format");
    sandbox_lock_table(L, "string");
    /* ("x"):rep(n) takes the same door: the metatable of texts shows the locked table */
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

void sandbox_open_library(lua_State *L)
{
    static const luaL_Reg base[] = { { "tostring", base_tostring }, { "error", base_error },
                                     { "pcall", base_pcall }, { "xpcall", base_xpcall },
                                     { NULL, NULL } };
    static const char *const kept[] = { "assert", "ipairs", "rawequal", "rawget", "rawlen",
                                        "select", "tonumber", "type", NULL };
    static const char *const math[] = { "abs", "ceil", "floor", "fmod", "huge", "maxinteger",
                                        "mininteger", "max", "min", "modf", "pi", "sqrt",
                                        "tointeger", "type", "ult", NULL };
    static const char *const utf8[] = { "char", "charpattern", "codepoint", "codes", "len",
                                        "offset", NULL };
    lua_newtable(L);
    take(L, luaopen_base, "_G", kept);
    luaL_setfuncs(L, base, 0);
    sandbox_open_tables(L);
    open_string(L);
    lua_setfield(L, -2, "string");
    lua_newtable(L);
    take(L, luaopen_math, "math", math);
    sandbox_lock_table(L, "math");
    lua_setfield(L, -2, "math");
    lua_newtable(L);
    take(L, luaopen_utf8, "utf8", utf8);
    sandbox_lock_table(L, "utf8");
    lua_setfield(L, -2, "utf8");
}
