/* template_words.c: see template_words.h, and templates/README.md for people.
 *
 * A word that answers Markdown answers a table { MARK = text }: E() shows it
 * as it is, `..` and join() escape what is beside it. */
#include "tell/template_words.h"

#include "tell/markdown.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static const char MARK[] = "markdown";

struct rendering_state *rendering_of(lua_State *L)
{
    struct rendering_state *r = lua_touserdata(L, lua_upvalueindex(1));
    if (r->keep->at - r->start > MOST_BYTES || r->out.length > MOST_TEXT)
        luaL_error(L, "the document grows without end");
    return r;
}

/* --- Markdown as a value ---------------------------------------------------- */

static int push_markdown(lua_State *L, const char *text)
{
    lua_createtable(L, 0, 1);
    lua_pushstring(L, text);
    lua_setfield(L, -2, MARK);
    luaL_setmetatable(L, MARK);
    return 1;
}

static const char *markdown_of(lua_State *L, int index)
{
    if (!lua_istable(L, index) || !lua_getmetatable(L, index))
        return NULL;
    luaL_getmetatable(L, MARK);
    bool is = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!is)
        return NULL;
    lua_getfield(L, index, MARK);
    const char *text = lua_tostring(L, -1);
    lua_pop(L, 1); /* the table holds it */
    return text;
}

/* The blanks at the ends of a text are meant, where it is put together. */
static void show_text(lua_State *L, struct text *to, const char *text, size_t length)
{
    if (length > MOST_TEXT)
        luaL_error(L, "a text of more than 4 MB");
    if (length && text[0] == ' ')
        text_char(to, ' ');
    markdown_text(to, text);
    if (length > 1 && text[length - 1] == ' ')
        text_char(to, ' ');
}

/* A value as Markdown: texts escaped, Markdown as it is; raises for the rest. */
static void show(lua_State *L, struct text *to, int index)
{
    const char *markdown = markdown_of(L, index);
    if (to->length > MOST_TEXT)
        luaL_error(L, "the document grows without end");
    if (markdown)
        text_add(to, markdown);
    else if (lua_type(L, index) == LUA_TSTRING)
        show_text(L, to, lua_tostring(L, index), lua_rawlen(L, index));
    else if (lua_isinteger(L, index))
        text_print(to, "%lld", (long long)lua_tointeger(L, index));
    else if (lua_isnil(L, index))
        luaL_error(L, "nothing to show here: the value is nil");
    else
        luaL_error(L, "a %s cannot be shown", lua_type(L, index) == LUA_TNUMBER
                                                  ? "number with a point"
                                                  : luaL_typename(L, index));
}

static int concatenate(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    struct text both = text_new(r->keep);
    for (int i = 1; i <= 2; i++)
        show(L, &both, i);
    return push_markdown(L, both.at);
}

/* --- what the compiled template calls ---------------------------------------- */

static int write_plain(lua_State *L)
{
    text_add(&rendering_of(L)->out, luaL_checkstring(L, 1));
    return 0;
}

static int remember(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    snprintf(r->at, sizeof r->at, "%s", luaL_checkstring(L, 1));
    luaL_where(L, 1);
    snprintf(r->where, sizeof r->where, "%s", lua_tostring(L, -1));
    return 0;
}

static int write_escaped(lua_State *L)
{
    show(L, &rendering_of(L)->out, 2);
    return 0;
}

static int write_raw(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    if (lua_type(L, 2) == LUA_TSTRING)
        text_add(&r->out, lua_tostring(L, 2));
    else
        show(L, &r->out, 2);
    return 0;
}

/* --- Markdown words ----------------------------------------------------------- */

static int with(lua_State *L, void (*make)(struct text *, const char *))
{
    struct text t = text_new(rendering_of(L)->keep);
    const char *text = luaL_checkstring(L, 1);
    luaL_argcheck(L, lua_rawlen(L, 1) <= MOST_TEXT, 1, "a text of more than 4 MB");
    make(&t, text);
    return push_markdown(L, t.at);
}

static int word_text(lua_State *L) { return with(L, markdown_text); }
static int word_code(lua_State *L) { return with(L, markdown_code); }
static int word_prose(lua_State *L) { return with(L, markdown_prose); }
static int word_yaml(lua_State *L) { return with(L, markdown_yaml); }

static int word_marked(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    struct text t = text_new(r->keep);
    markdown_marked(&t, luaL_checkstring(L, 1), r->names);
    return push_markdown(L, t.at);
}

/* join({a, b, c}, "and"): a, b and c; a third argument stands for ", " */
static int word_join(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    const char *last = luaL_optstring(L, 2, NULL), *between = luaL_optstring(L, 3, ", ");
    struct text t = text_new(r->keep);
    lua_Integer n = luaL_len(L, 1);
    for (lua_Integer i = 1; i <= n; i++) {
        if (i > 1)
            text_add(&t, last && i == n ? arena_print(r->keep, " %s ", last) : between);
        lua_geti(L, 1, i);
        show(L, &t, lua_gettop(L));
        lua_pop(L, 1);
    }
    return push_markdown(L, t.at);
}

/* gap(slot, question): a marked question, counted. */
static int word_gap(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    const char *slot = luaL_checkstring(L, 1), *question = luaL_checkstring(L, 2);
    struct text t = text_new(r->keep);
    text_add(&t, GAP_OPENS);
    markdown_text(&t, question);
    text_add(&t, "]**");
    if (r->gaps < MOST_GAPS)
        r->gap[r->gaps++] = (struct gap){ arena_string(r->keep, slot),
                                          arena_string(r->keep, question) };
    return push_markdown(L, t.at);
}

/* --- figures and moments -------------------------------------------------------- */

static int push_text(lua_State *L, const char *text)
{
    lua_pushstring(L, text);
    return 1;
}

static int word_span(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    return push_text(L, words_span(r->keep, &r->tongue, luaL_checkinteger(L, 1)));
}

static int word_exact(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    return push_text(L, words_exact(r->keep, &r->tongue, luaL_checkinteger(L, 1)));
}

static int word_minutes(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    return push_text(L, words_minutes(r->keep, &r->tongue, luaL_checkinteger(L, 1)));
}

static int word_percent(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    lua_Integer decimals = luaL_optinteger(L, 2, 6);
    luaL_argcheck(L, decimals >= 0 && decimals <= 7, 2, "0 to 7 decimals");
    return push_text(L, words_percent(r->keep, &r->tongue, luaL_checkinteger(L, 1),
                                      (int)decimals));
}

static int word_clock(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    lua_Integer at = luaL_checkinteger(L, 1), beside = luaL_optinteger(L, 2, at);
    const char *preposition = luaL_optstring(L, 3, NULL);
    const char *text = preposition ? words_clock_after(r->keep, &r->tongue, preposition, at, beside)
                                   : words_clock(r->keep, &r->tongue, at, beside);
    luaL_argcheck(L, text, 3, "at, from, to, since, until, between or and");
    return push_text(L, text);
}

static int word_from_to(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    lua_Integer start = luaL_checkinteger(L, 1), stop = luaL_checkinteger(L, 2);
    return push_text(L, words_from_to(r->keep, &r->tongue, start, stop, luaL_optinteger(L, 3, start)));
}

/* zone_name(at): "CET", as the clocks stood then. */
static int word_zone_name(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    const char *words = zone_words(r->keep, r->tongue.zone, luaL_checkinteger(L, 1));
    return push_text(L, arena_copy(r->keep, words, strcspn(words, " ")));
}

static int word_date(lua_State *L)
{
    static const char *const forms[] = { "day", "full", "weekday", "iso", "month", NULL };
    struct rendering_state *r = rendering_of(L);
    int form = luaL_checkoption(L, 2, "full", forms);
    return push_text(L, words_date(r->keep, &r->tongue, luaL_checkinteger(L, 1),
                                   (enum date_form)form));
}

static int word_number(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    return push_text(L, words_number(r->keep, &r->tongue, luaL_checkinteger(L, 1)));
}

static int word_ordinal(lua_State *L)
{
    struct rendering_state *r = rendering_of(L);
    return push_text(L, words_ordinal(r->keep, &r->tongue, luaL_checkinteger(L, 1)));
}

/* capital("four waves"): "Four waves" */
static int word_capital(lua_State *L)
{
    char *text = arena_string(rendering_of(L)->keep, luaL_checkstring(L, 1));
    bool accent = (unsigned char)text[0] == 0xC3 && (unsigned char)text[1] >= 0xA0; /* à to þ */
    if ((*text >= 'a' && *text <= 'z') || accent)
        text[accent] = (char)(text[accent] - ('a' - 'A'));
    return push_text(L, text);
}

static const struct { const char *name; lua_CFunction call; } words[] = {
    { "W", write_plain },     { "A", remember },      { "E", write_escaped },
    { "R", write_raw },       { "text", word_text },  { "code", word_code },
    { "prose_text", word_prose },  { "yaml", word_yaml },  { "marked", word_marked },
    { "join", word_join },    { "gap", word_gap },    { "span", word_span },
    { "exact", word_exact },  { "minutes", word_minutes }, { "percent", word_percent },
    { "clock", word_clock },  { "from_to", word_from_to },  { "zone_name", word_zone_name }, { "date", word_date },  { "number", word_number },
    { "ordinal", word_ordinal }, { "capital", word_capital },
};

void template_words_set(struct rendering_state *r)
{
    lua_State *L = sandbox_lua(r->sandbox);
    luaL_newmetatable(L, MARK);
    lua_pushlightuserdata(L, r);
    lua_pushcclosure(L, concatenate, 1);
    lua_setfield(L, -2, "__concat");
    lua_pop(L, 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        lua_pushlightuserdata(L, r);
        lua_pushcclosure(L, words[i].call, 1);
        sandbox_set(r->sandbox, words[i].name);
    }
}
