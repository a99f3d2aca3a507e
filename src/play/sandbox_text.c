/* sandbox_text.c: `string`, `utf8` and `tonumber`: what walks a text in C is
 * charged for its length, so that no call takes longer than the budget says. */
#include "play/sandbox.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* A step is worth about ten nanoseconds; "%q" writes a zero byte as four characters. */
enum { BYTES_A_STEP = 4, QUOTED_STEPS = 32 };

/* The function behind it, after paying for the text that is its first argument. */
static int pay_and_call(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING)
        sandbox_charge(L, lua_rawlen(L, 1) / BYTES_A_STEP);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static void take_charged(lua_State *L, lua_CFunction open, const char *library, const char *const *name)
{
    sandbox_take(L, open, library, name); // to
    for (; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_pushcclosure(L, pay_and_call, 1);
        lua_setfield(L, -2, *name);
    }
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
    bool quoted = false;
    const char *format = luaL_checklstring(L, 1, &length);
    for (const char *p = format; (p = strchr(p, '%')); p++) {
        p++;
        p += strspn(p, "-+ #0123456789.");
        quoted = quoted || *p == 'q';
        if (*p == 'p' || *p == 0)
            return luaL_error(L, "format: '%%%c' is not for runbooks", *p ? *p : ' ');
    }
    for (int i = 2; i <= top; i++) {
        if (lua_isnumber(L, i))
            continue;
        sandbox_push_words(L, i);
        lua_replace(L, i);
        sandbox_charge(L, lua_rawlen(L, i) * (quoted ? QUOTED_STEPS : 1) / BYTES_A_STEP);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, 1);
    return 1;
}

/* byte(s, i, j): one byte costs nothing more, however long the text is. */
static int string_byte(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer n = (lua_Integer)length, from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, from);
    from = from > 0 ? from : from == 0 || from < -n ? 1 : n + from + 1;
    to = to > n ? n : to >= 0 ? to : to < -n ? 0 : n + to + 1;
    if (from > to)
        return 0;
    if (to - from >= 1000000 || !lua_checkstack(L, (int)(to - from + 1)))
        return luaL_error(L, "byte: more values than fit");
    sandbox_charge(L, (size_t)(to - from));
    for (lua_Integer i = from; i <= to; i++)
        lua_pushinteger(L, (unsigned char)text[i - 1]);
    return (int)(to - from + 1);
}

static void open_string(lua_State *L)
{
    static const char *const kept[] = { "char", "len", "sub", NULL };
    static const char *const charged[] = { "lower", "reverse", "upper", NULL };
    static const luaL_Reg ours[] = { { "find", pattern_find }, { "match", pattern_match },
                                     { "gmatch", pattern_gmatch }, { "gsub", pattern_gsub },
                                     { "rep", string_rep }, { "byte", string_byte },
                                     { NULL, NULL } };
    lua_newtable(L);
    sandbox_take(L, luaopen_string, "string", kept);
    take_charged(L, luaopen_string, "string", charged);
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

/* utf8 */

/* Lua's own walks over any number of continuation bytes to find the next character. */
static int codes_next(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer at = luaL_checkinteger(L, 2);
    int more = 0;
    while (at >= 0 && (size_t)at + (size_t)more < length && more < 7 && ((unsigned char)text[at + more] & 0xc0) == 0x80)
        more++;
    if (more >= 7)
        return luaL_error(L, "invalid UTF-8 code");
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, LUA_MULTRET);
    return lua_gettop(L);
}

static int utf8_codes(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 3); // next text 0
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, codes_next, 1);
    lua_replace(L, -4);
    return 3;
}

void sandbox_open_texts(lua_State *L)
{
    static const char *const kept[] = { "char", "charpattern", "codes", NULL };
    static const char *const charged[] = { "codepoint", "len", "offset", NULL };
    static const char *const number[] = { "tonumber", NULL };
    take_charged(L, luaopen_base, "_G", number);
    open_string(L);
    lua_setfield(L, -2, "string");
    lua_newtable(L);
    sandbox_take(L, luaopen_utf8, "utf8", kept);
    take_charged(L, luaopen_utf8, "utf8", charged);
    lua_getfield(L, -1, "codes");
    lua_pushcclosure(L, utf8_codes, 1);
    lua_setfield(L, -2, "codes");
    sandbox_lock_table(L, "utf8");
    lua_setfield(L, -2, "utf8");
}
