/* role.c: contracts, from their Lua texts into tables. */
#include "play/role.h"

#include "base/instant.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

const char *const arg_type_names[] = { "text", "ip", "integer", "service", "duration", "truth",
                                       "list", "any", NULL };

/* Where in the texts we are, for messages. */
struct place { const char *role, *action; struct arena *keep; struct err *e; };

static bool wrong(const struct place *at, const char *what)
{
    return err_input(at->e, "contract of role '%s': %s: %s", at->role, at->action, what);
}

static const char *field(lua_State *L, const struct place *at, const char *key)
{
    lua_getfield(L, -1, key);
    const char *text = lua_type(L, -1) == LUA_TSTRING
                           ? arena_string(at->keep, lua_tostring(L, -1)) : NULL;
    lua_pop(L, 1);
    return text;
}

static bool flag(lua_State *L, const char *key)
{
    lua_getfield(L, -1, key);
    bool yes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return yes;
}

static const char *item(lua_State *L, const struct place *at, int n)
{
    lua_rawgeti(L, -1, n);
    const char *text = lua_type(L, -1) == LUA_TSTRING
                           ? arena_string(at->keep, lua_tostring(L, -1)) : NULL;
    lua_pop(L, 1);
    return text;
}

/* The value on top as JSON: what defaults and templates are made of. */
static void put_value(lua_State *L, struct text *to)
{
    switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
        text_add(to, lua_toboolean(L, -1) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        text_print(to, "%lld", (long long)lua_tointeger(L, -1));
        break;
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(L, -1, &length);
        json_quote(to, text, length);
        break;
    }
    default:
        text_add(to, "[]"); /* the only table a default may be: an empty list */
    }
}

/* { "pool.holds", service = "$args.service" } on top: its name, and the rest
 * as canonical JSON. */
static const char *template_of(lua_State *L, const struct place *at, const char **args)
{
    struct text t = text_new(at->keep);
    text_char(&t, '{');
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            continue;
        if (t.length > 1)
            text_char(&t, ',');
        size_t length;
        const char *key = lua_tolstring(L, -2, &length);
        json_quote(&t, key, length);
        text_char(&t, ':');
        put_value(L, &t);
    }
    text_char(&t, '}');
    *args = json_canonical(json_from(t.at), at->keep);
    return item(L, at, 1);
}

static bool arg_type_of(enum arg_type *out, const struct place *at, const char *name)
{
    for (int i = 0; name && arg_type_names[i]; i++)
        if (strcmp(arg_type_names[i], name) == 0) {
            *out = (enum arg_type)i;
            return true;
        }
    return wrong(at, arena_print(at->keep, "unknown type '%s'", name ? name : ""));
}

/* Rows { "name", "type", of =, required =, default =, help = } under `key`. */
static bool read_rows(lua_State *L, const struct place *at, const char *key,
                      const struct role_arg **out, size_t *count)
{
    if (lua_getfield(L, -1, key) != LUA_TTABLE) {
        lua_pop(L, 1);
        return true;
    }
    size_t n = lua_rawlen(L, -1);
    struct role_arg *row = arena_many(at->keep, struct role_arg, n + 1);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        row[i].name = item(L, at, 1);
        if (!row[i].name || !arg_type_of(&row[i].type, at, item(L, at, 2)))
            return row[i].name ? false : wrong(at, "an argument has no name");
        const char *of = field(L, at, "of");
        row[i].of = ARG_ANY;
        if (of && !arg_type_of(&row[i].of, at, of))
            return false;
        row[i].help = field(L, at, "help");
        row[i].required = flag(L, "required");
        if (lua_getfield(L, -1, "default") != LUA_TNIL) {
            struct text t = text_new(at->keep);
            put_value(L, &t);
            row[i].otherwise = t.at;
        }
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
    *out = row;
    *count = n;
    return true;
}

static bool read_change(lua_State *L, const struct place *at, struct role_action *a)
{
    a->dangerous = flag(L, "dangerous");
    a->adds = flag(L, "adds");
    a->shrinks_pool = flag(L, "shrinks_pool");
    a->target = field(L, at, "target");
    if (!a->target)
        return wrong(at, "a change needs a target");
    if (lua_getfield(L, -1, "state") == LUA_TTABLE)
        a->state_action = template_of(L, at, &a->state_args);
    lua_pop(L, 1);
    if (lua_getfield(L, -1, "undo") == LUA_TTABLE)
        a->undo_action = template_of(L, at, &a->undo_args);
    lua_pop(L, 1);
    a->undo_why = field(L, at, "undo_why");
    a->lasting = a->undo_action || a->state_action || flag(L, "lasting");
    if (!a->undo_action && !a->undo_why)
        return wrong(at, "a change says its undo, or why it has none");
    const char *quiet = field(L, at, "quiet");
    if (quiet && !duration_parse(&a->quiet_ms, quiet))
        return wrong(at, "quiet is no duration");
    return true;
}

static bool read_action(lua_State *L, struct place *at, struct role_action *a)
{
    a->role = at->role;
    a->name = item(L, at, 1);
    if (!a->name)
        return wrong(at, "an action has no name");
    at->action = a->name;
    a->full = arena_print(at->keep, "%s.%s", a->role, a->name);
    a->help = field(L, at, "help");
    a->nothing = field(L, at, "nothing");
    a->condition = field(L, at, "condition");
    a->says = field(L, at, "says");
    a->change = flag(L, "change");
    return read_rows(L, at, "args", &a->arg, &a->args)
        && read_rows(L, at, "results", &a->result, &a->results)
        && (!a->change || read_change(L, at, a));
}

static bool read_role(lua_State *L, struct place *at, struct role_action **next,
                      const struct role_action *end)
{
    size_t length;
    const char *text = role_text(at->role, &length);
    const char *chunk = arena_print(at->keep, "=roles/%s.lua", at->role);
    if (luaL_loadbufferx(L, text, length, chunk, "t") || lua_pcall(L, 0, 1, 0)
        || lua_type(L, -1) != LUA_TTABLE)
        return err_input(at->e, "contract of role '%s': %s", at->role,
                         lua_isstring(L, -1) ? lua_tostring(L, -1) : "answers no table");
    lua_getfield(L, -1, "actions");
    size_t n = lua_rawlen(L, -1);
    for (size_t i = 0; i < n && *next < end; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        if (!read_action(L, at, (*next)++))
            return false;
        lua_pop(L, 1);
    }
    lua_settop(L, 0);
    return true;
}

OWNABLE(lua_State, lua_close)

enum { ACTIONS_MOST = 128 };

bool roles_load(struct roles *out, struct arena *keep, struct err *e)
{
    /* Our own texts, and no library: nothing in them can reach out or raise
     * while it is read. */
    owned(lua_close) lua_State *L = luaL_newstate();
    if (!L)
        return err_system(e, "no memory for the contracts of the roles");
    struct role_action *all = arena_many(keep, struct role_action, ACTIONS_MOST), *next = all;
    for (size_t i = 0; role_names[i]; i++) {
        struct place at = { role_names[i], "?", keep, e };
        if (!read_role(L, &at, &next, all + ACTIONS_MOST))
            return false;
    }
    *out = (struct roles){ role_names, all, (size_t)(next - all) };
    return true;
}

const struct role_action *roles_find(const struct roles *r, const char *full, struct err *e)
{
    for (size_t i = 0; i < r->actions; i++)
        if (r->action[i].full[0] == full[0] && strcmp(r->action[i].full, full) == 0) /* every change asks for three */
            return &r->action[i];
    const char *names[ACTIONS_MOST + 1] = { 0 };
    for (size_t i = 0; i < r->actions; i++)
        names[i] = r->action[i].full;
    const char *near = text_nearest(full, names);
    err_input(e, "unknown action '%s'%s%s%s", full, near ? ", did you mean '" : "",
              near ? near : "", near ? "'?" : "");
    return NULL;
}
