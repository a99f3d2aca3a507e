/* template.c: see template.h. The words of templates are in template_words.c. */
#include "tell/template.h"

#include "tell/template_words.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* Is the template up to there already wrong, whatever follows? */
static bool wrong_already(struct rendering_state *r, const char *bytes, size_t length)
{
    lua_State *L = sandbox_lua(r->sandbox);
    struct text lua = text_new(r->keep);
    struct err none = { 0 };
    if (!template_compile(&lua, "", bytes, length, &none))
        return true;
    bool good = luaL_loadbufferx(L, lua.at, lua.length, "", "t") == LUA_OK;
    bool wrong = !good && !strstr(lua_tostring(L, -1), "<eof>");
    lua_pop(L, 1);
    return wrong;
}

/* What Lua does not understand, with the expression: of several in that line the first that
 * is wrong. Where Lua says which line began what never ends, that one. */
static bool not_understood(struct rendering_state *r, const char *file, const char *bytes, size_t length, struct err *e)
{
    const char *opened = strstr(e->text, " at line "), *named = strstr(e->text, file);
    int line = opened ? atoi(opened + strlen(" at line ")) : named ? atoi(named + strlen(file) + 1) : 0;
    struct template_tag tag = { 0 };
    struct err plain = *e;
    while (template_tag_next(&tag, bytes, length, line, r->keep))
        if (opened || wrong_already(r, bytes, tag.after))
            break;
    return tag.quoted ? err_input(e, "%s, in '%.160s'", plain.text, tag.quoted) : false;
}

static bool load(struct rendering_state *r, const char *file, struct err *e)
{
    const char *bytes;
    size_t length;
    if (!r->source->load(r->source->context, file, &bytes, &length, r->keep, e))
        return false;
    struct text lua = text_new(r->keep);
    if (!template_compile(&lua, file, bytes, length, e))
        return false;
    return sandbox_load(r->sandbox, file, lua.at, lua.length, e) || not_understood(r, file, bytes, length, e);
}

/* What a partial was given is its global `it`. */
static void set_it(lua_State *L, int index)
{
    struct rendering_state *r = rendering_of(L);
    lua_pushvalue(L, index);
    lua_rawsetp(L, LUA_REGISTRYINDEX, r);
    lua_pushvalue(L, index);
    sandbox_set(r->sandbox, "it");
}

/* include(name [, data]): the partial sees `data` as `it`. */
static int include(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 2);
    if (r->depth >= 8)
        return luaL_error(L, "partials lie deeper than 8 in each other at '%s'", name);
    struct err *e = &r->partial_error;
    *e = (struct err){ 0 };
    if (strchr(name, '/') || strchr(name, '.'))
        return luaL_error(L, "a partial is a name, not a path: '%s'", name);
    char at[sizeof r->at], where[sizeof r->where];
    memcpy(at, r->at, sizeof at);
    memcpy(where, r->where, sizeof where);
    if (!load(r, arena_print(r->keep, "_%s.md", name), e))
        return luaL_error(L, "%s", e->text);
    lua_rawgetp(L, LUA_REGISTRYINDEX, r); // function outer
    lua_insert(L, -2);                    // outer function
    set_it(L, 2);
    r->depth++;
    lua_call(L, 0, 0);                    // outer
    r->depth--;
    memcpy(r->at, at, sizeof at);
    memcpy(r->where, where, sizeof where);
    set_it(L, lua_gettop(L));
    return 0;
}

static void set_words(struct rendering_state *r)
{
    lua_State *L = sandbox_lua(r->sandbox);
    template_words_set(r);
    lua_pushlightuserdata(L, r);
    lua_pushcclosure(L, include, 1);
    sandbox_set(r->sandbox, "include");
}

/* Each member of the object as a global. */
static int set_data(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    for (struct json_walk w = json_walk(r->data); json_next(&w);) {
        const char *key = json_text(w.key, r->keep);
        sandbox_push_json(L, w.value);
        sandbox_set(r->sandbox, key);
    }
    return 0;
}

static bool run(struct rendering_state *r, const char *name, struct err *e)
{
    lua_State *L = sandbox_lua(r->sandbox);
    lua_pushlightuserdata(L, r);
    lua_pushcclosure(L, set_data, 1);
    if (!sandbox_call(r->sandbox, 0, 0, e))
        return false;
    set_words(r);
    if (!load(r, name, e))
        return false;
    if (sandbox_call(r->sandbox, 0, 0, e))
        return true;
    if (*r->at && !strstr(e->text, r->at)) {
        struct err plain = *e;
        const char *file = arena_copy(r->keep, r->where, strcspn(r->where, ":")); /* an error raised with a value names no place */
        err_input(e, "%s%s, in '%s'", strstr(plain.text, file) ? "" : r->where, plain.text, r->at);
    }
    return false;
}

/* Loops leave blank lines behind; between two blocks one is enough. */
static const char *squeezed(const char *text, struct arena *keep)
{
    struct text out = text_new(keep);
    size_t breaks = 2;
    for (const char *c = text; *c; c++) {
        breaks = *c == '\n' ? breaks + 1 : 0;
        if (breaks <= 2)
            text_char(&out, *c);
    }
    while (out.length > 1 && out.at[out.length - 1] == '\n' && out.at[out.length - 2] == '\n')
        out.at[--out.length] = '\0';
    return out.at;
}

bool template_render(struct rendering *out, const struct template_source *source,
                     const char *name, struct json data, const struct tongue *tongue,
                     const char *const *names, struct arena *keep, struct err *e)
{
    struct rendering_state r = {
        .sandbox = sandbox_open(NULL), .source = source, .data = data, .tongue = *tongue,
        .names = names, .keep = keep, .start = keep->at, .out = text_new(keep),
    };
    bool good = run(&r, name, e);
    sandbox_close(r.sandbox);
    struct gap *gap = arena_many(keep, struct gap, r.gaps + 1);
    memcpy(gap, r.gap, r.gaps * sizeof *gap);
    *out = (struct rendering){ squeezed(r.out.at, keep), gap, r.gaps };
    return good;
}
