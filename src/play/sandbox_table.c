/* sandbox_table.c: walking, sorting and changing tables, in an order that does
 * not depend on where a key happens to lie. */
#include "play/sandbox.h"

#include <lauxlib.h>
#include <string.h>

/* What looking at a key or an item is worth, in steps. */
enum { STEPS_A_KEY = 6 };

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
    sandbox_charge(L, steps * STEPS_A_KEY);
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
        sandbox_charge(L, (size_t)n * STEPS_A_KEY);
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
    sandbox_charge(L, (size_t)n * STEPS_A_KEY);
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

/* `next`, `pairs` and `table` into the table on top. */
void sandbox_open_tables(lua_State *L)
{
    static const luaL_Reg walks[] = { { "next", base_next }, { "pairs", base_pairs },
                                      { NULL, NULL } };
    static const luaL_Reg table[] = { { "insert", table_insert }, { "remove", table_remove },
                                      { "concat", table_concat }, { "unpack", table_unpack },
                                      { "sort", table_sort }, { "pack", table_pack },
                                      { NULL, NULL } };
    luaL_setfuncs(L, walks, 0);
    lua_newtable(L);
    luaL_setfuncs(L, table, 0);
    sandbox_lock_table(L, "table");
    lua_setfield(L, -2, "table");
}
