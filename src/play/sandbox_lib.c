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

/* Keys in their fixed order: numbers, texts by bytes, truths. */
static int key_rank(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        return 0;
    case LUA_TSTRING:
        return 1;
    case LUA_TBOOLEAN:
        return 2;
    default:
        return luaL_error(L, "a table with a %s as key has no fixed order to walk it in",
                          luaL_typename(L, index));
    }
}

static bool key_less(lua_State *L, int a, int b)
{
    int x = key_rank(L, a), y = key_rank(L, b);
    if (x != y)
        return x < y;
    if (x == 0)
        return lua_compare(L, a, b, LUA_OPLT);
    if (x == 2)
        return !lua_toboolean(L, a) && lua_toboolean(L, b);
    size_t m, n;
    const char *s = lua_tolstring(L, a, &m), *t = lua_tolstring(L, b, &n);
    int order = memcmp(s, t, m < n ? m : n);
    return order ? order < 0 : m < n;
}

/* next(t, key): the smallest key above `key`; a walk of the table each time. */
static int base_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushnil(L); // t key best
    lua_pushnil(L); // t key best walk
    size_t steps = 0;
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        steps++;
        bool above = lua_isnil(L, 2) ? key_rank(L, 4) >= 0 : key_less(L, 2, 4);
        if (above && (lua_isnil(L, 3) || key_less(L, 4, 3))) {
            lua_pushvalue(L, 4);
            lua_replace(L, 3);
        }
    }
    sandbox_charge(L, steps);
    lua_settop(L, 3);
    if (lua_isnil(L, 3))
        return 1;
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}

/* A stable merge sort of list[1..n]; with a function on top of nothing: its
 * index in `less`, 0 for the order of keys, -1 for `<`. */
static bool sorts_before(lua_State *L, int less)
{
    if (less == 0) // a b
        return key_less(L, lua_gettop(L) - 1, lua_gettop(L));
    if (less < 0)
        return lua_compare(L, -2, -1, LUA_OPLT);
    lua_pushvalue(L, less);
    lua_pushvalue(L, -3);
    lua_pushvalue(L, -3);
    lua_call(L, 2, 1);
    bool yes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return yes;
}

static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle,
                  lua_Integer high, int less)
{
    lua_Integer a = low, b = middle;
    for (lua_Integer k = low; k < high; k++) {
        bool right = a >= middle;
        if (!right && b < high) {
            lua_rawgeti(L, from, b);
            lua_rawgeti(L, from, a);
            right = sorts_before(L, less); // an equal one stays behind: stable
            lua_pop(L, 2);
        }
        lua_rawgeti(L, from, right ? b++ : a++);
        lua_rawseti(L, to, k);
    }
}

static void sort_list(lua_State *L, int list, lua_Integer n, int less)
{
    lua_createtable(L, (int)n, 0);
    int other = lua_gettop(L), from = list, to = other;
    for (lua_Integer width = 1; width < n; width *= 2) {
        for (lua_Integer low = 1; low <= n; low += 2 * width) {
            lua_Integer middle = low + width <= n + 1 ? low + width : n + 1;
            lua_Integer high = low + 2 * width <= n + 1 ? low + 2 * width : n + 1;
            merge(L, from, to, low, middle, high, less);
        }
        sandbox_charge(L, (size_t)n);
        int swap = from;
        from = to;
        to = swap;
    }
    if (from != list)
        for (lua_Integer i = 1; i <= n; i++) {
            lua_rawgeti(L, from, i);
            lua_rawseti(L, list, i);
        }
    lua_settop(L, other - 1);
}

static int pairs_next(lua_State *L)
{
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
    for (;;) {
        lua_settop(L, 0);
        if (lua_rawgeti(L, lua_upvalueindex(1), ++at) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, 1);
        if (lua_rawget(L, lua_upvalueindex(3)) != LUA_TNIL)
            break; // a key that was removed meanwhile is passed over
    }
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(2));
    return 2;
}

static int base_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_newtable(L); // t keys
    lua_Integer n = 0;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        key_rank(L, -1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, 2, ++n);
    }
    sandbox_charge(L, (size_t)n);
    sort_list(L, 2, n, 0);
    lua_pushinteger(L, 0);
    lua_pushvalue(L, 1);              // t keys 0 t
    lua_pushcclosure(L, pairs_next, 3);
    return 1;
}

/* table: ranges are bounded, so no loop in C outlives the budget */

enum { LONGEST = 10 * 1000 * 1000 };

static lua_Integer list_length(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
    lua_Integer n = (lua_Integer)lua_rawlen(L, index);
    if (n > LONGEST)
        luaL_error(L, "a list of more than %d items", LONGEST);
    return n;
}

static int table_insert(lua_State *L)
{
    int n = lua_gettop(L);
    lua_Integer end = list_length(L, 1) + 1, at = end;
    if (n != 2 && n != 3)
        return luaL_error(L, "insert takes (list, value) or (list, position, value)");
    if (n == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of the list");
        sandbox_charge(L, (size_t)(end - at));
        for (lua_Integer i = end; i > at; i--) {
            lua_rawgeti(L, 1, i - 1);
            lua_rawseti(L, 1, i);
        }
    }
    lua_rawseti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    lua_Integer n = list_length(L, 1);
    lua_Integer at = luaL_optinteger(L, 2, n);
    if (n == 0 || at == n + 1)
        return 0;
    luaL_argcheck(L, at >= 1 && at <= n, 2, "position out of the list");
    lua_rawgeti(L, 1, at);
    sandbox_charge(L, (size_t)(n - at));
    for (; at < n; at++) {
        lua_rawgeti(L, 1, at + 1);
        lua_rawseti(L, 1, at);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, n);
    return 1;
}

static int table_concat(lua_State *L)
{
    size_t gap;
    lua_Integer n = list_length(L, 1);
    const char *between = luaL_optlstring(L, 2, "", &gap);
    lua_Integer from = luaL_optinteger(L, 3, 1), to = luaL_optinteger(L, 4, n);
    if (from < 1 || to > n)
        return luaL_error(L, "concat from %I to %I of a list of %I", from, to, n);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (lua_Integer i = from; i <= to; i++) {
        lua_rawgeti(L, 1, i);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "concat: item %I is a %s, no text", i, luaL_typename(L, -1));
        luaL_addvalue(&b);
        if (i < to)
            luaL_addlstring(&b, between, gap);
    }
    sandbox_charge(L, (size_t)(to >= from ? to - from + 1 : 0));
    luaL_pushresult(&b);
    return 1;
}

static int table_unpack(lua_State *L)
{
    lua_Integer n = list_length(L, 1);
    lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, n);
    if (from > to)
        return 0;
    if (from < 1 || to - from >= 200 || !lua_checkstack(L, (int)(to - from + 1)))
        return luaL_error(L, "unpack: more than 200 values");
    for (lua_Integer i = from; i <= to; i++)
        lua_rawgeti(L, 1, i);
    return (int)(to - from + 1);
}

static int table_sort(lua_State *L)
{
    lua_Integer n = list_length(L, 1);
    lua_settop(L, 2);
    if (!lua_isnil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    sort_list(L, 1, n, lua_isnil(L, 2) ? -1 : 2);
    return 0;
}

static int table_pack(lua_State *L)
{
    int n = lua_gettop(L);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--)
        lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
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
                                     { "next", base_next }, { "pairs", base_pairs },
                                     { NULL, NULL } };
    static const char *const kept[] = { "assert", "ipairs", "rawequal", "rawget", "rawlen",
                                        "select", "tonumber", "type", NULL };
    static const luaL_Reg table[] = { { "insert", table_insert }, { "remove", table_remove },
                                      { "concat", table_concat }, { "unpack", table_unpack },
                                      { "sort", table_sort }, { "pack", table_pack },
                                      { NULL, NULL } };
    static const char *const math[] = { "abs", "ceil", "floor", "fmod", "huge", "maxinteger",
                                        "mininteger", "max", "min", "modf", "pi", "sqrt",
                                        "tointeger", "type", "ult", NULL };
    static const char *const utf8[] = { "char", "charpattern", "codepoint", "codes", "len",
                                        "offset", NULL };
    lua_newtable(L);
    take(L, luaopen_base, "_G", kept);
    luaL_setfuncs(L, base, 0);
    lua_newtable(L);
    luaL_setfuncs(L, table, 0);
    sandbox_lock_table(L, "table");
    lua_setfield(L, -2, "table");
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
