/* pattern.c: Lua's patterns, with every step on the budget.
 *
 * The standard matcher can run for hours inside one call, where no hook sees
 * it; this one charges what it does, so the same text stops at the same place
 * on every machine. The language is that of the Lua manual, 6.4.1. */
#define _GNU_SOURCE /* memmem */
#include "play/sandbox.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

enum { CAPTURES = 32, DEEPEST = 150, OPEN = -1, POSITION = -2 };

struct matching {
    lua_State *L;
    const char *text, *text_end, *pattern_end;
    size_t steps;
    int depth, captures;
    struct { const char *at; ptrdiff_t length; } capture[CAPTURES];
};

static const char *match(struct matching *m, const char *s, const char *p);

static void step(struct matching *m)
{
    if (++m->steps % 1024 == 0)
        sandbox_charge(m->L, 4096);
}

/* The end of the single-character class that starts at p. */
static const char *class_end(struct matching *m, const char *p)
{
    char c = *p++;
    if (c == '%') {
        if (p == m->pattern_end)
            luaL_error(m->L, "a pattern ends with '%%'");
        return p + 1;
    }
    if (c != '[')
        return p;
    if (p < m->pattern_end && *p == '^')
        p++;
    do { /* a ']' in first place stands for itself */
        if (p >= m->pattern_end)
            luaL_error(m->L, "a pattern lacks its ']'");
        if (*p++ == '%')
            p++;
    } while (p >= m->pattern_end || *p != ']');
    return p + 1;
}

static bool in_named_class(int c, int name)
{
    bool yes;
    switch (tolower(name)) {
    case 'a': yes = isalpha(c); break;
    case 'c': yes = iscntrl(c); break;
    case 'd': yes = isdigit(c); break;
    case 'g': yes = isgraph(c); break;
    case 'l': yes = islower(c); break;
    case 'p': yes = ispunct(c); break;
    case 's': yes = isspace(c); break;
    case 'u': yes = isupper(c); break;
    case 'w': yes = isalnum(c); break;
    case 'x': yes = isxdigit(c); break;
    case 'z': yes = c == 0; break;
    default: return name == c;
    }
    return isupper(name) ? !yes : yes;
}

/* Is c in the set [p ... last], last being its ']'? */
static bool in_set(int c, const char *p, const char *last)
{
    bool wanted = true;
    if (*++p == '^') {
        wanted = false;
        p++;
    }
    for (; p < last; p++) {
        if (*p == '%') {
            p++;
            if (in_named_class(c, (unsigned char)*p))
                return wanted;
        } else if (p[1] == '-' && p + 2 < last) {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2])
                return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

static bool fits(struct matching *m, const char *s, const char *p, const char *end)
{
    step(m);
    if (s >= m->text_end)
        return false;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_named_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

static const char *match_longest(struct matching *m, const char *s, const char *p, const char *end)
{
    ptrdiff_t n = 0;
    while (fits(m, s + n, p, end))
        n++;
    for (; n >= 0; n--) {
        const char *found = match(m, s + n, end + 1);
        if (found)
            return found;
    }
    return NULL;
}

static const char *match_shortest(struct matching *m, const char *s, const char *p,
                                  const char *end)
{
    for (;; s++) {
        const char *found = match(m, s, end + 1);
        if (found || !fits(m, s, p, end))
            return found;
    }
}

static const char *match_balanced(struct matching *m, const char *s, const char *p)
{
    if (p + 1 >= m->pattern_end)
        luaL_error(m->L, "'%%b' in a pattern needs two characters");
    if (s >= m->text_end || *s != p[0])
        return NULL;
    int depth = 1;
    for (s++; s < m->text_end; s++) {
        step(m);
        if (*s == p[1]) {
            if (--depth == 0)
                return s + 1;
        } else if (*s == p[0]) {
            depth++;
        }
    }
    return NULL;
}

static const char *match_frontier(struct matching *m, const char *s, const char *p)
{
    if (p >= m->pattern_end || *p != '[')
        luaL_error(m->L, "'%%f' in a pattern needs a '['");
    const char *end = class_end(m, p);
    int before = s == m->text ? 0 : (unsigned char)s[-1];
    int here = s < m->text_end ? (unsigned char)*s : 0;
    return !in_set(before, p, end - 1) && in_set(here, p, end - 1) ? match(m, s, end) : NULL;
}

static const char *match_again(struct matching *m, const char *s, int digit)
{
    int n = digit - '1';
    if (n < 0 || n >= m->captures || m->capture[n].length == OPEN)
        luaL_error(m->L, "no capture %%%d in this pattern", n + 1);
    size_t length = m->capture[n].length < 0 ? 0 : (size_t)m->capture[n].length;
    m->steps += length / 64;
    if ((size_t)(m->text_end - s) < length || memcmp(m->capture[n].at, s, length))
        return NULL;
    return s + length;
}

static const char *open_capture(struct matching *m, const char *s, const char *p, int kind)
{
    if (m->captures >= CAPTURES)
        luaL_error(m->L, "more than %d captures in a pattern", CAPTURES);
    m->capture[m->captures].at = s;
    m->capture[m->captures].length = kind;
    m->captures++;
    const char *found = match(m, s, p);
    if (!found)
        m->captures--;
    return found;
}

static const char *close_capture(struct matching *m, const char *s, const char *p)
{
    int n = m->captures - 1;
    while (n >= 0 && m->capture[n].length != OPEN)
        n--;
    if (n < 0)
        luaL_error(m->L, "a ')' too many in a pattern");
    m->capture[n].length = s - m->capture[n].at;
    const char *found = match(m, s, p);
    if (!found)
        m->capture[n].length = OPEN;
    return found;
}

/* One single character with its repetition. *more: go on at *s, *p. */
static const char *match_single(struct matching *m, const char **s, const char **p, bool *more)
{
    const char *end = class_end(m, *p), *found;
    char how = end < m->pattern_end ? *end : 0;
    *more = false;
    switch (how) {
    case '?':
        if (fits(m, *s, *p, end) && (found = match(m, *s + 1, end + 1)))
            return found;
        *p = end + 1;
        *more = true;
        return NULL;
    case '+':
        return fits(m, *s, *p, end) ? match_longest(m, *s + 1, *p, end) : NULL;
    case '*':
        return match_longest(m, *s, *p, end);
    case '-':
        return match_shortest(m, *s, *p, end);
    default:
        if (!fits(m, *s, *p, end))
            return NULL;
        ++*s;
        *p = end;
        *more = true;
        return NULL;
    }
}

static const char *match_here(struct matching *m, const char *s, const char *p)
{
    for (bool more = true; more && p < m->pattern_end;) {
        step(m);
        if (*p == '(')
            return p + 1 < m->pattern_end && p[1] == ')' ? open_capture(m, s, p + 2, POSITION)
                                                         : open_capture(m, s, p + 1, OPEN);
        if (*p == ')')
            return close_capture(m, s, p + 1);
        if (*p == '$' && p + 1 == m->pattern_end)
            return s == m->text_end ? s : NULL;
        char special = *p == '%' && p + 1 < m->pattern_end ? p[1] : 0;
        if (special == 'b') {
            if (!(s = match_balanced(m, s, p + 2)))
                return NULL;
            p += 4;
        } else if (special == 'f') {
            return match_frontier(m, s, p + 2);
        } else if (isdigit((unsigned char)special)) {
            if (!(s = match_again(m, s, special)))
                return NULL;
            p += 2;
        } else {
            const char *found = match_single(m, &s, &p, &more);
            if (!more)
                return found;
        }
    }
    return s;
}

static const char *match(struct matching *m, const char *s, const char *p)
{
    if (++m->depth > DEEPEST)
        luaL_error(m->L, "a pattern too complex");
    const char *found = match_here(m, s, p);
    m->depth--;
    return found;
}

static void begin(struct matching *m, lua_State *L, const char *text, size_t length,
                  const char *pattern, size_t pattern_length)
{
    *m = (struct matching){ .L = L, .text = text, .text_end = text + length,
                            .pattern_end = pattern + pattern_length };
}

static const char *match_from(struct matching *m, const char *s, const char *p)
{
    m->captures = 0;
    m->depth = 0;
    return match(m, s, p);
}

static void push_capture(struct matching *m, int n, const char *s, const char *end)
{
    if (n >= m->captures) {
        if (n > 0)
            luaL_error(m->L, "no capture %%%d in this pattern", n + 1);
        lua_pushlstring(m->L, s, (size_t)(end - s));
    } else if (m->capture[n].length == POSITION) {
        lua_pushinteger(m->L, m->capture[n].at - m->text + 1);
    } else if (m->capture[n].length == OPEN) {
        luaL_error(m->L, "a pattern lacks a ')'");
    } else {
        lua_pushlstring(m->L, m->capture[n].at, (size_t)m->capture[n].length);
    }
}

static int push_captures(struct matching *m, const char *s, const char *end, bool whole)
{
    int n = m->captures == 0 && whole ? 1 : m->captures;
    luaL_checkstack(m->L, n, "too many captures");
    for (int i = 0; i < n; i++)
        push_capture(m, i, s, end);
    return n;
}

static size_t start_of(lua_Integer at, size_t length)
{
    if (at > 0)
        return (size_t)at - 1;
    if (at == 0 || at < -(lua_Integer)length)
        return 0;
    return length - (size_t)-at;
}

static int find_or_match(lua_State *L, bool find)
{
    size_t length, pattern_length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *p = luaL_checklstring(L, 2, &pattern_length);
    size_t start = start_of(luaL_optinteger(L, 3, 1), length);
    if (start > length) {
        lua_pushnil(L);
        return 1;
    }
    sandbox_charge(L, (length - start) / 64 + 1);
    if (find && lua_toboolean(L, 4)) {
        const char *at = memmem(text + start, length - start, p, pattern_length);
        if (!at) {
            lua_pushnil(L);
            return 1;
        }
        lua_pushinteger(L, at - text + 1);
        lua_pushinteger(L, at - text + (lua_Integer)pattern_length);
        return 2;
    }
    struct matching m;
    begin(&m, L, text, length, p, pattern_length);
    bool anchored = pattern_length > 0 && *p == '^';
    p += anchored;
    for (const char *s = text + start; s <= m.text_end; s++) {
        const char *end = match_from(&m, s, p);
        if (end) {
            if (!find)
                return push_captures(&m, s, end, true);
            lua_pushinteger(L, s - text + 1);
            lua_pushinteger(L, end - text);
            return push_captures(&m, s, end, false) + 2;
        }
        if (anchored)
            break;
    }
    lua_pushnil(L);
    return 1;
}

int pattern_find(lua_State *L) { return find_or_match(L, true); }
int pattern_match(lua_State *L) { return find_or_match(L, false); }

/* upvalues: text, pattern, where to go on, where the last match ended */
static int gmatch_next(lua_State *L)
{
    size_t length, pattern_length;
    const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
    const char *p = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
    struct matching m;
    begin(&m, L, text, length, p, pattern_length);
    const char *last = text + lua_tointeger(L, lua_upvalueindex(4));
    for (const char *s = text + lua_tointeger(L, lua_upvalueindex(3)); s <= m.text_end; s++) {
        const char *end = match_from(&m, s, p);
        if (!end || end == last)
            continue;
        lua_pushinteger(L, end - text);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, s, end, true);
    }
    return 0;
}

int pattern_gmatch(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 4);
    return 1;
}

static void add_template(struct matching *m, luaL_Buffer *b, const char *s, const char *end,
                         const char *with, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (with[i] != '%') {
            luaL_addchar(b, with[i]);
        } else if (++i < length && isdigit((unsigned char)with[i])) {
            if (with[i] == '0')
                lua_pushlstring(m->L, s, (size_t)(end - s));
            else
                push_capture(m, with[i] - '1', s, end);
            lua_tolstring(m->L, -1, NULL);
            luaL_addvalue(b);
        } else if (i < length && with[i] == '%') {
            luaL_addchar(b, '%');
        } else {
            luaL_error(m->L, "a replacement needs a digit or '%%' behind '%%'");
        }
    }
}

static void add_replacement(struct matching *m, luaL_Buffer *b, const char *s, const char *end)
{
    lua_State *L = m->L;
    size_t length;
    if (lua_isstring(L, 3)) {
        const char *with = lua_tolstring(L, 3, &length);
        add_template(m, b, s, end, with, length);
        return;
    }
    if (lua_istable(L, 3)) {
        push_capture(m, 0, s, end);
        lua_gettable(L, 3);
    } else {
        lua_pushvalue(L, 3);
        int n = push_captures(m, s, end, true);
        lua_call(L, n, 1);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(b, s, (size_t)(end - s));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(b);
    } else {
        luaL_error(L, "a replacement is a %s, no text", luaL_typename(L, -1));
    }
}

int pattern_gsub(lua_State *L)
{
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length);
    const char *p = luaL_checklstring(L, 2, &pattern_length);
    int type = lua_type(L, 3);
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                     type == LUA_TTABLE, 3, "text, function or table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    struct matching m;
    begin(&m, L, s, length, p, pattern_length);
    bool anchored = pattern_length > 0 && *p == '^';
    p += anchored;
    const char *last = NULL;
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    while (count < most) {
        const char *end = match_from(&m, s, p);
        if (end && end != last) {
            count++;
            add_replacement(&m, &b, s, end);
            s = last = end;
        } else if (s < m.text_end) {
            luaL_addchar(&b, *s++);
        } else {
            break;
        }
        if (anchored)
            break;
    }
    luaL_addlstring(&b, s, (size_t)(m.text_end - s));
    luaL_pushresult(&b);
    lua_pushinteger(L, count);
    return 2;
}
