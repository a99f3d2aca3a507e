/* Any bytes as text and pattern: our matcher answers what Lua's answers, where
 * Lua's answers in time; and never reads beyond either. */
#include "play/sandbox.h"

#include <assert.h>
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int ask(lua_State *L, const char *name, const char *text, size_t n, const char *p, size_t m)
{
    int top = lua_gettop(L);
    lua_getglobal(L, "string");
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
    lua_pushlstring(L, text, n);
    lua_pushlstring(L, p, m);
    return lua_pcall(L, 2, LUA_MULTRET, 0) == LUA_OK ? lua_gettop(L) - top : -1;
}

static bool the_same(lua_State *a, lua_State *b, int n)
{
    for (int i = 1; i <= n; i++) {
        size_t x, y;
        const char *s = lua_tolstring(a, i, &x), *t = lua_tolstring(b, i, &y);
        if (!s != !t || (s && (x != y || memcmp(s, t, x))))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct sandbox_limits small = { .instructions = 2000000, .memory_bytes = 8 * 1024 * 1024 };
    if (length < 2 || length > 40)
        return 0;
    size_t n = bytes[0] % length;
    const char *text = (const char *)bytes + 1, *p = text + n;
    size_t m = length - 1 - n;
    struct sandbox *s = sandbox_open(&small);
    struct err e = { 0 };
    lua_State *ours = sandbox_lua(s);
    lua_pushcfunction(ours, pattern_match);
    lua_pushlstring(ours, text, n);
    lua_pushlstring(ours, p, m);
    bool good = sandbox_call(s, 2, LUA_MULTRET, &e);
    if (!sandbox_dead(s)) {
        lua_State *lua = luaL_newstate();
        luaL_openlibs(lua);
        int results = ask(lua, "match", text, n, p, m);
        /* Lua takes a pattern of more nesting than ours, and closes a capture that was never used */
        if (good && results >= 0)
            assert(results == lua_gettop(ours) && the_same(ours, lua, results));
        lua_close(lua);
    }
    sandbox_close(s);
    return 0;
}
