/* sandbox_json.c: values on their way between Lua and the record. */
#include "play/sandbox.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void push_string(lua_State *L, struct json value)
{
    /* plain strings are copied by Lua itself; escapes take the long way */
    if (!memchr(value.at, '\\', value.length)) {
        lua_pushlstring(L, value.at + 1, value.length - 2);
        return;
    }
    struct arena scratch = arena_reserve(value.length * 2 + 4096);
    struct arena start = scratch;
    const char *text = json_text(value, &scratch);
    size_t length = text ? strlen(text) : 0;
    char *copy = malloc(length + 1);
    if (!copy)
        abort();
    memcpy(copy, text ? text : "", length + 1);
    arena_release(start);
    lua_pushlstring(L, copy, length); /* a memory error leaks `copy` once, and the state is dead */
    free(copy);
}

static void push_container(lua_State *L, struct json value, bool object)
{
    lua_checkstack(L, 6);
    lua_createtable(L, 0, object ? 4 : 0); /* most objects are as small, and need not grow */
    lua_Integer n = 0;
    for (struct json_walk w = json_walk(value); json_next(&w);) {
        n++;
        if (object) {
            push_string(L, w.key);
            sandbox_push_json(L, w.value);
            lua_rawset(L, -3);
        } else {
            sandbox_push_json(L, w.value);
            lua_rawseti(L, -2, n);
        }
    }
}

void sandbox_push_json(lua_State *L, struct json value)
{
    int64_t whole;
    switch (json_type(value)) {
    case JSON_MISSING:
    case JSON_NULL:
        lua_pushnil(L);
        return;
    case JSON_FALSE:
    case JSON_TRUE:
        lua_pushboolean(L, json_is_true(value));
        return;
    case JSON_NUMBER:
        if (json_int(value, &whole)) {
            lua_pushinteger(L, whole);
        } else {
            char digits[64];
            snprintf(digits, sizeof digits, "%.*s", (int)value.length, value.at);
            lua_pushnumber(L, strtod(digits, NULL));
        }
        return;
    case JSON_STRING:
        push_string(L, value);
        return;
    case JSON_ARRAY:
        push_container(L, value, false);
        return;
    case JSON_OBJECT:
        push_container(L, value, true);
        return;
    }
}

/* Writing */

/* Long before memory ends: a table that stands in itself twice over is small, and endless when written. */
enum { DEEPEST = 100, LONGEST = 16 << 20 };

struct keyed { const char *key; size_t length; };

static int by_bytes(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    size_t least = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->key, y->key, least);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static bool write_value(lua_State *L, int index, struct text *out, int depth, struct err *e);

static bool write_number(lua_State *L, int index, struct text *out, struct err *e)
{
    if (lua_isinteger(L, index)) {
        text_print(out, "%lld", (long long)lua_tointeger(L, index));
        return true;
    }
    double n = lua_tonumber(L, index);
    if (isnan(n) || isinf(n))
        return err_input(e, "a number that is none ('%s') cannot be recorded",
                         isnan(n) ? "nan" : "inf");
    if (n >= -9007199254740992.0 && n <= 9007199254740992.0 && n == (double)(int64_t)n) {
        text_print(out, "%lld", (long long)(int64_t)n);
        return true;
    }
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, n);
        if (strtod(digits, NULL) == n)
            break;
    }
    text_add(out, digits);
    return true;
}

static bool write_list(lua_State *L, int table, size_t n, struct text *out, int depth,
                       struct err *e)
{
    text_char(out, '[');
    for (size_t i = 1; i <= n; i++) {
        if (i > 1)
            text_char(out, ',');
        lua_rawgeti(L, table, (lua_Integer)i);
        bool good = write_value(L, lua_gettop(L), out, depth + 1, e);
        lua_pop(L, 1);
        if (!good)
            return false;
    }
    text_char(out, ']');
    return true;
}

/* Counts the members: how many keys in all, how many are texts, and whether
 * the rest are 1..n. */
static bool keys_of(lua_State *L, int table, size_t *all, size_t *texts, struct err *e)
{
    *all = *texts = 0;
    lua_Integer highest = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        (*all)++;
        if (lua_type(L, -1) == LUA_TSTRING) {
            (*texts)++;
        } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1) {
            lua_Integer at = lua_tointeger(L, -1);
            highest = at > highest ? at : highest;
        } else {
            const char *type = luaL_typename(L, -1);
            lua_pop(L, 1);
            return err_input(e, "a table with a %s as key, neither a name nor 1, 2, 3, cannot be recorded", type);
        }
    }
    if (*texts && *texts != *all)
        return err_input(e, "a table with both names and numbers cannot be recorded");
    if (!*texts && highest != (lua_Integer)*all)
        return err_input(e, "a list with holes cannot be recorded");
    return true;
}

/* Pushing a short key that exists already allocates nothing; a long one might,
 * and must not raise here, so it is walked to. */
static void push_member(lua_State *L, int table, struct keyed key)
{
    if (key.length <= 40) {
        lua_pushlstring(L, key.key, key.length);
        lua_rawget(L, table);
        return;
    }
    lua_pushnil(L);
    while (lua_next(L, table)) {
        if (lua_tostring(L, -2) == key.key)
            break;
        lua_pop(L, 1);
    }
    lua_remove(L, -2);
}

static bool write_table(lua_State *L, int table, struct text *out, int depth, struct err *e)
{
    size_t all, texts;
    if (depth > DEEPEST || !lua_checkstack(L, 6))
        return err_input(e, "a table inside itself, or more than %d deep, cannot be recorded",
                         DEEPEST);
    if (!keys_of(L, table, &all, &texts, e))
        return false;
    if (all && !texts)
        return write_list(L, table, all, out, depth, e);
    struct keyed *key = arena_many(out->keep, struct keyed, all + 1);
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        key[n].key = lua_tolstring(L, -1, &key[n].length);
        n++;
    }
    qsort(key, n, sizeof *key, by_bytes);
    text_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            text_char(out, ',');
        json_quote(out, key[i].key, key[i].length);
        text_char(out, ':');
        push_member(L, table, key[i]);
        bool good = write_value(L, lua_gettop(L), out, depth + 1, e);
        lua_pop(L, 1);
        if (!good)
            return false;
    }
    text_char(out, '}');
    return true;
}

static bool write_value(lua_State *L, int index, struct text *out, int depth, struct err *e)
{
    size_t length = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
    if (out->length + length > LONGEST)
        return err_input(e, "more than %d MiB cannot be recorded", LONGEST >> 20);
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        text_add(out, "null");
        return true;
    case LUA_TBOOLEAN:
        text_add(out, lua_toboolean(L, index) ? "true" : "false");
        return true;
    case LUA_TNUMBER:
        return write_number(L, index, out, e);
    case LUA_TSTRING:
        json_quote(out, text, length);
        return true;
    case LUA_TTABLE:
        return write_table(L, index, out, depth, e);
    default:
        return err_input(e, "a %s cannot be recorded", lua_typename(L, lua_type(L, index)));
    }
}

bool sandbox_to_json(lua_State *L, int index, struct text *out, struct err *e)
{
    int top = lua_gettop(L);
    bool good = write_value(L, lua_absindex(L, index), out, 0, e);
    lua_settop(L, top);
    return good;
}
