/* plugin_declared.c: what a plugin says of itself, held against what can be
 * said. A name that nobody knows is a mistake that would show too late. */
#include "play/plugin_inside.h"
#include "play/tokens.h"

#include <stdlib.h>
#include <string.h>

enum kind { A_TEXT, A_TRUTH, A_SPAN, A_TABLE, A_FUNCTION, NAMES, A_COUNT, A_PAUSE };
static const char *const kind_words[] = { "a text", "true or false", "a duration such as \"30s\"", "a table", "a function",
                                          "a list of names", "a whole number from 1 to 10000", "a duration such as \"10s\"" };
struct member { const char *name; enum kind kind; };

static const struct member of_plugin[] = {
    { "summary", A_TEXT }, { "plays", NAMES }, { "needs", A_TABLE }, { "settings", A_TABLE },
    { "actions", A_TABLE }, { "any", A_TABLE }, { "answers", A_TABLE }, { NULL, A_TEXT },
};
static const struct member of_action[] = {
    { "perform", A_FUNCTION }, { "probe", A_FUNCTION }, { "deadline", A_SPAN }, { "appears_within", A_SPAN },
    { "rate", A_TABLE }, { "retry", A_TABLE }, { "blind", A_TRUTH }, { NULL, A_TEXT },
};
static const struct member of_rate[] = { { "count", A_COUNT }, { "per", A_PAUSE }, { NULL, A_TEXT } };
static const struct member of_retry[] = {
    { "times", A_COUNT }, { "every", A_PAUSE }, { "at_most", A_PAUSE }, { NULL, A_TEXT },
};
static const struct member of_setting[] = {
    { "type", A_TEXT }, { "required", A_TRUTH }, { "help", A_TEXT }, { NULL, A_TEXT },
};
static const char *const capabilities[] = { "http", "programs", "state", NULL };
static const char *const setting_types[] = { "text", "url", "integer", "truth", "list", "map", "duration", NULL };

struct reading {
    struct loaded *l;
    lua_State *L;
    const struct token *token;
    size_t tokens, at;  /* at: behind the name of what is being looked at */
    struct arena *keep;
    struct err *e;
};

/* The token with that text, at or behind where we are. */
static size_t found(const struct reading *r, const char *text)
{
    for (size_t i = r->at; i < r->tokens; i++)
        if (strcmp(r->token[i].text, text) == 0)
            return i;
    return r->at;
}

static bool wrong(const struct reading *r, const char *text, const char *what)
{
    return err_input(r->e, "%s:%d: %s", r->l->chunk, r->token[found(r, text)].line, what);
}

static bool unknown(const struct reading *r, const char *what, const char *name, const char *const *names)
{
    struct text t = text_new(r->keep);
    const char *near = text_nearest(name, names);
    text_print(&t, "unknown %s '%s'", what, text_cut(r->keep, name, 60));
    if (near)
        text_print(&t, ", did you mean '%s'?", near);
    for (size_t i = 0; !near && names[i]; i++)
        text_print(&t, "%s%s", i ? ", " : "; known: ", names[i]);
    return wrong(r, name, t.at);
}

static bool knows(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in the table on top, sorted: Lua's own order is no order. A key that is no name is left out. */
static const char *const *keys(lua_State *L, struct arena *keep)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        n++;
    const char **names = arena_many(keep, const char *, n + 1);
    n = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            names[n++] = arena_string(keep, lua_tostring(L, -2));
    qsort(names, n, sizeof *names, by_bytes);
    return names;
}

/* Is the value on top of that kind? */
static bool is_kind(lua_State *L, enum kind kind)
{
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    int64_t ms;
    switch (kind) {
    case A_TEXT: return text != NULL;
    case A_TRUTH: return lua_type(L, -1) == LUA_TBOOLEAN;
    case A_SPAN: return text && duration_parse(&ms, text);
    case A_TABLE: return lua_type(L, -1) == LUA_TTABLE;
    case A_FUNCTION: return lua_type(L, -1) == LUA_TFUNCTION;
    case A_COUNT: return lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && lua_tointeger(L, -1) <= 10000;
    case A_PAUSE: return text && duration_parse(&ms, text) && ms > 0;
    case NAMES: return lua_type(L, -1) == LUA_TTABLE || text_equal(text, "all");
    }
    return false;
}

/* The members of the table on top: all known, each of its kind. */
static bool members_fit(struct reading *r, const char *of, const struct member *known)
{
    const char *names[16] = { NULL };
    for (size_t i = 0; known[i].name; i++)
        names[i] = known[i].name;
    for (const char *const *key = keys(r->L, r->keep); *key; key++) {
        const struct member *m = known;
        while (m->name && strcmp(m->name, *key) != 0)
            m++;
        if (!m->name)
            return unknown(r, of, *key, names);
        lua_getfield(r->L, -1, *key);
        bool fits = is_kind(r->L, m->kind);
        const char *value = lua_type(r->L, -1) == LUA_TSTRING
                                ? arena_print(r->keep, "'%s'", text_cut(r->keep, lua_tostring(r->L, -1), 60))
                                : arena_print(r->keep, "a %s", lua_typename(r->L, lua_type(r->L, -1)));
        lua_pop(r->L, 1);
        if (!fits)
            return wrong(r, *key, arena_print(r->keep, "'%s': found %s, expected %s", *key, value, kind_words[m->kind]));
    }
    return true;
}

/* The n-th name of the list on top; NULL behind the last. */
static const char *listed(struct reading *r, lua_Integer n)
{
    const char *name = lua_rawgeti(r->L, -1, n) == LUA_TSTRING ? arena_string(r->keep, lua_tostring(r->L, -1)) : NULL;
    lua_pop(r->L, 1);
    return name;
}

static bool plays_fit(struct reading *r)
{
    const struct roles *roles = r->l->home->roles;
    bool fits = true;
    r->at = 0;
    r->at = found(r, "plays");
    int type = lua_getfield(r->L, -1, "plays");
    if (type == LUA_TNIL)
        fits = wrong(r, "return", "it does not say what it 'plays', expected a list of roles");
    const char *name;
    for (lua_Integer i = 1; type == LUA_TTABLE && fits && (name = listed(r, i)); i++)
        if (!knows(roles->name, name))
            fits = unknown(r, "role", name, roles->name);
    lua_pop(r->L, 1);
    return fits;
}

/* "programs ip nft": those and no others. */
static const char *const *programs_of(const char *need, struct arena *keep)
{
    const char **name = arena_many(keep, const char *, strlen(need) / 2 + 2);
    size_t n = 0;
    for (const char *at = need + strcspn(need, " "); *(at += strspn(at, " ")); at += strcspn(at, " "))
        name[n++] = arena_copy(keep, at, strcspn(at, " "));
    return n ? name : NULL;
}

static bool needs_fit(struct reading *r)
{
    struct loaded *l = r->l;
    bool fits = true;
    r->at = 0;
    r->at = found(r, "needs");
    int type = lua_getfield(r->L, -1, "needs");
    const char *need;
    for (lua_Integer i = 1; type == LUA_TTABLE && fits && (need = listed(r, i)); i++) {
        if (strcmp(need, "state") == 0) {
            l->keeps_state = true;
        } else if (strcmp(need, "http") == 0) {
            l->speaks_http = true;
        } else if (strcmp(need, "programs") == 0 || text_starts(need, "programs ")) {
            l->runs_programs = true;
            l->program = programs_of(need, r->keep);
        } else {
            fits = unknown(r, "capability", need, capabilities);
        }
    }
    lua_pop(r->L, 1);
    return fits;
}

static bool settings_declared(struct reading *r)
{
    bool fits = true;
    r->at = 0;
    size_t begin = r->at = found(r, "settings");
    if (lua_getfield(r->L, -1, "settings") != LUA_TTABLE) {
        lua_pop(r->L, 1);
        return true;
    }
    for (const char *const *key = keys(r->L, r->keep); *key && fits; key++) {
        r->at = begin;
        r->at = found(r, *key);
        if (lua_getfield(r->L, -1, *key) != LUA_TTABLE) {
            fits = wrong(r, *key, arena_print(r->keep, "setting '%s': expected a table such as { type = \"text\" }", *key));
        } else if ((fits = members_fit(r, arena_print(r->keep, "key of the setting '%s'", *key), of_setting))) {
            lua_getfield(r->L, -1, "type");
            const char *type = lua_type(r->L, -1) == LUA_TSTRING ? lua_tostring(r->L, -1) : "";
            fits = !*type ? wrong(r, *key, arena_print(r->keep, "setting '%s' does not say its 'type'", *key))
                          : knows(setting_types, type) || unknown(r, "type", type, setting_types);
            lua_pop(r->L, 1);
        }
        lua_pop(r->L, 1);
    }
    lua_pop(r->L, 1);
    return fits;
}

/* `rate` and `retry` of the handler on top; a rate says both of its halves. */
static bool paces_fit(struct reading *r)
{
    bool fits = true, whole = true;
    if (lua_getfield(r->L, -1, "rate") == LUA_TTABLE) {
        fits = members_fit(r, "key of 'rate'", of_rate);
        for (size_t i = 0; of_rate[i].name; i++) {
            whole = lua_getfield(r->L, -1, of_rate[i].name) != LUA_TNIL && whole;
            lua_pop(r->L, 1);
        }
        fits = fits && (whole || wrong(r, "rate", "'rate': expected both halves, { count = 5, per = \"1s\" }"));
    }
    if (fits && lua_getfield(r->L, -2, "retry") == LUA_TTABLE)
        fits = members_fit(r, "key of 'retry'", of_retry);
    return fits;
}

/* What is on top is what an action (or "any") is done by. */
static bool handler_fits(struct reading *r, const char *name)
{
    r->at = found(r, name);
    if (lua_type(r->L, -1) != LUA_TTABLE)
        return wrong(r, name, arena_print(r->keep, "'%s': expected a table such as { perform = function(t) ... end }", name));
    int top = lua_gettop(r->L);
    bool fits = members_fit(r, arena_print(r->keep, "key of '%s'", name), of_action) && paces_fit(r);
    lua_settop(r->L, top);
    if (!fits)
        return false;
    bool performs = lua_getfield(r->L, -1, "perform") == LUA_TFUNCTION;
    lua_pop(r->L, 1);
    return performs || wrong(r, name, arena_print(r->keep, "'%s' has no 'perform'", name));
}

static bool action_fits(struct reading *r, const char *name)
{
    struct err e = { 0 };
    const struct role_action *a = roles_find(r->l->home->roles, name, &e);
    if (!a)
        return wrong(r, name, e.text);
    if (!plugin_lists(r->l, "plays", a->role))
        return wrong(r, name, arena_print(r->keep, "'%s' belongs to the role '%s', which it does not play", name, a->role));
    return handler_fits(r, name);
}

static bool actions_fit(struct reading *r)
{
    bool fits = true;
    r->at = 0;
    size_t begin = r->at = found(r, "actions");
    if (lua_getfield(r->L, -1, "actions") == LUA_TTABLE)
        for (const char *const *key = keys(r->L, r->keep); *key && fits; key++) {
            r->at = begin;
            lua_getfield(r->L, -1, *key);
            fits = action_fits(r, *key);
            lua_pop(r->L, 1);
        }
    lua_pop(r->L, 1);
    r->at = 0;
    if (fits && lua_getfield(r->L, -1, "any") != LUA_TNIL)
        fits = handler_fits(r, "any");
    return fits;
}

bool plugin_declared(struct loaded *l, struct err *e)
{
    struct reading r = { .l = l, .L = sandbox_lua(l->sandbox), .keep = l->home->keep, .e = e };
    int top = lua_gettop(r.L);
    r.token = tokens_read(l->bytes, l->length, &r.tokens, r.keep);
    lua_getfield(r.L, LUA_REGISTRYINDEX, "tocsin.plugin");
    bool fits = members_fit(&r, "key", of_plugin) && plays_fit(&r) && needs_fit(&r) && settings_declared(&r)
             && actions_fit(&r);
    lua_settop(r.L, top);
    return fits;
}

bool plugin_lists(struct loaded *l, const char *key, const char *word)
{
    lua_State *L = sandbox_lua(l->sandbox);
    bool has = false, more = true;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.plugin");
    lua_getfield(L, -1, key);
    if (lua_type(L, -1) == LUA_TSTRING)
        has = strcmp(lua_tostring(L, -1), "all") == 0;
    for (lua_Integer i = 1; lua_type(L, -1) == LUA_TTABLE && !has && more; i++) {
        more = lua_rawgeti(L, -1, i) == LUA_TSTRING;
        has = more && strcmp(lua_tostring(L, -1), word) == 0;
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return has;
}

/* ---- what the configuration gives */

static bool value_fits(const char *type, struct json value, struct arena *keep)
{
    const char *text = json_text(value, keep);
    int64_t n;
    if (strcmp(type, "url") == 0)
        return text && (text_starts(text, "http://") || text_starts(text, "https://") || text_starts(text, "${"));
    if (strcmp(type, "integer") == 0)
        return json_int(value, &n);
    if (strcmp(type, "truth") == 0)
        return json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE;
    if (strcmp(type, "duration") == 0)
        return text && duration_parse(&n, text) && n > 0;
    if (strcmp(type, "list") == 0)
        return json_type(value) == JSON_ARRAY;
    if (strcmp(type, "map") == 0)
        return json_type(value) == JSON_OBJECT;
    return text != NULL;
}

static const char *type_words(const char *type)
{
    return strcmp(type, "url") == 0 ? "an URL (http:// or https://)" : strcmp(type, "integer") == 0 ? "a whole number"
         : strcmp(type, "truth") == 0 ? "true or false" : strcmp(type, "list") == 0 ? "a list"
         : strcmp(type, "map") == 0 ? "a map (NAME: VALUE)" : strcmp(type, "duration") == 0 ? "a span, as 10s" : "a text";
}

/* The declared settings are on top. */
static bool setting_fits(lua_State *L, const char *name, struct json value, struct arena *keep, struct err *e)
{
    lua_getfield(L, -1, name);
    lua_getfield(L, -1, "type");
    lua_getfield(L, -2, "required");
    const char *type = arena_string(keep, lua_tostring(L, -2));
    bool required = lua_toboolean(L, -1);
    lua_pop(L, 3);
    if (!value.at)
        return !required || err_input(e, "the setting '%s' is missing: %s", name, type_words(type));
    if (!secrets_well_named(value, keep, e))
        return err_while(e, "'%s'", name);
    return value_fits(type, value, keep)
        || err_input(e, "'%s': found %s, expected %s", name,
                     text_cut(keep, arena_copy(keep, value.at, value.length), 60), type_words(type));
}

static bool all_known(const struct loaded *l, const char *const *names, struct json settings, struct err *e)
{
    for (struct json_walk w = json_walk(settings); json_next(&w);) {
        const char *name = json_text(w.key, l->home->keep), *near = text_nearest(name, names);
        if (!knows(names, name))
            return err_input(e, "plugin '%s' has no setting '%s'%s%s%s", l->name, name, near ? "; did you mean '" : "",
                             near ? near : "", near ? "'?" : "");
    }
    return true;
}

bool plugin_settings_fit(struct plugins *p, struct loaded *l, const char *role, struct err *e)
{
    static const char *const none[] = { NULL };
    const struct binding *b = config_binding(&p->ws->config, role);
    if (!b || strcmp(b->plugin, l->name) != 0)
        return true;
    lua_State *L = sandbox_lua(l->sandbox);
    struct json settings = json_from(b->settings ? b->settings : "{}");
    int top = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.plugin");
    bool declares = lua_getfield(L, -1, "settings") == LUA_TTABLE;
    const char *const *names = declares ? keys(L, p->keep) : none;
    bool fits = all_known(l, names, settings, e);
    for (const char *const *name = names; *name && fits; name++)
        fits = setting_fits(L, *name, json_get(settings, *name), p->keep, e);
    lua_settop(L, top);
    return fits || err_while(e, "%s:%d: roles.%s", p->ws->config.file, b->line, role);
}
