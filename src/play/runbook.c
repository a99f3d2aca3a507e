/* runbook.c: a text becomes a runbook: what it says it is, and its steps. */
#include "play/coverage.h"
#include "play/engine.h"
#include "play/sandbox.h"
#include "play/tokens.h"
#include "world/disk.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static const char *plain_name(const char *name, struct arena *keep)
{
    return text_ends(name, ".lua") ? name : arena_print(keep, "%s.lua", name);
}

static bool unknown_runbook(const struct workspace *ws, const char *name, struct arena *keep,
                            struct err *e)
{
    struct names all = { 0 };
    struct err ignored = { 0 };
    workspace_share_list(&all, ws, "runbooks", keep, &ignored);
    const char **known = arena_many(keep, const char *, all.count + 1);
    struct text list = text_new(keep);
    size_t n = 0;
    for (size_t i = 0; i < all.count; i++)
        if (text_ends(all.name[i], ".lua")) {
            known[n] = arena_copy(keep, all.name[i], strlen(all.name[i]) - 4);
            text_print(&list, "%s%s", n ? ", " : "", known[n]);
            n++;
        }
    const char *near = text_nearest(name, known);
    if (near && text_equal(near, name))
        return err_input(e, "'runbooks/%s.lua' is a link to what is not there", name);
    if (near)
        return err_input(e, "there is no runbook '%s'; did you mean '%s'?", name, near);
    err_hint(e, n ? "there are: %s" : "put one into runbooks/; runbooks/README.md shows how%s",
             n ? list.at : "");
    return err_input(e, "there is no runbook '%s'", name);
}

bool runbook_find(const char **path, bool *own, const struct workspace *ws, const char *name,
                  struct arena *keep, struct err *e)
{
    bool folder;
    struct err missing = { 0 };
    *own = true;
    if (text_ends(name, ".lua") && ws->world->exists(ws->world, name, &folder)) {
        *path = name;
        return !disk_is_special(name) || err_input(e, "'%s' is no regular file", name);
    }
    if (text_ends(name, ".lua"))
        return err_input(e, "there is no file '%s'", name);
    if (workspace_share(path, own, ws, "runbooks", plain_name(name, keep), keep, &missing))
        return true;
    if (disk_is_special(*path)) { /* it is there, and nobody can read it */
        *e = missing;
        return false;
    }
    return unknown_runbook(ws, name, keep, e);
}

/* What stands for the text in messages and in the record: short, the same everywhere. */
static const char *shown_path(const char *name, struct arena *keep)
{
    return text_ends(name, ".lua") ? name : arena_print(keep, "runbooks/%s.lua", name);
}

/* --recorded needs no file: the texts that the run began with lie in blobs. */
static bool read_text(struct runbook *book, struct run *r, const char *name, struct err *e)
{
    size_t length;
    struct world *w = r->world;
    const char *bytes, *shown = shown_path(name, r->keep);
    const char *sha = r->texts ? json_get_text(json_from(r->texts), shown, r->keep) : NULL;
    if (sha) {
        if (!r->store->blob_get(r->store, r->incident, sha, &bytes, &length, r->keep, e))
            return err_while(e, "the runbook as it was when the run began");
    } else if (!runbook_find(&book->path, &book->own, r->ws, name, r->keep, e)
               || !w->read_file(w, book->path, &bytes, &length, r->keep, e)
               || !leaks_none_in_file(r, shown, bytes, length, e)) {
        return false;
    }
    book->text = arena_copy(r->keep, bytes, length);
    book->path = shown;
    return true;
}

bool runbook_text(const char **text, struct run *r, const char *name, struct err *e)
{
    struct runbook book = { .name = name };
    if (!read_text(&book, r, name, e))
        return false;
    *text = book.text;
    return true;
}

/* runbook { ... }: says what the file is; answers its table. */
static int word_runbook(lua_State *L)
{
    static const char *const known[] = { "summary", "params", "steps", NULL };
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
        bool found = false;
        for (size_t i = 0; known[i]; i++)
            found = found || !strcmp(known[i], key);
        const char *near = text_nearest(key, known);
        if (!found)
            return luaL_error(L, near ? "a runbook has no '%s'; did you mean '%s'?"
                                      : "a runbook has no '%s'; it has summary, params, steps",
                              key, near);
    }
    if (lua_getfield(L, 1, "steps") != LUA_TFUNCTION)
        return luaL_error(L, "a runbook needs steps = function(p) ... end");
    if (lua_getfield(L, 1, "summary") != LUA_TSTRING)
        return luaL_error(L, "a runbook needs summary = \"what it does, in a sentence\"");
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.is_runbook");
    lua_settop(L, 1);
    return 1;
}

/* Parameters, as read from the table on top of the stack */

static bool param_err(struct err *e, const struct runbook *book, const char *name, const char *what,
                      struct arena *keep)
{
    size_t count;
    const struct token *token = tokens_read(book->text, strlen(book->text), &count, keep);
    return err_input(e, "%s:%d: parameter '%s': %s", book->path, tokens_parameter_line(token, count, name), name, what);
}

bool param_within(const struct param *p, struct json value, struct arena *keep, struct err *e)
{
    int64_t n;
    const char *name = p->arg.name;
    if (!value.at || json_type(value) == JSON_NULL)
        return true;
    if (json_int(value, &n)) {
        if (p->has_min && n < p->min)
            return err_input(e, "%s=%lld: at least %lld", name, (long long)n, (long long)p->min);
        if (p->has_max && n > p->max)
            return err_input(e, "%s=%lld: at most %lld", name, (long long)n, (long long)p->max);
    }
    const char *text = json_text(value, keep);
    for (size_t i = 0; p->one_of && text && p->one_of[i]; i++)
        if (!strcmp(p->one_of[i], text))
            return true;
    if (p->one_of && text) {
        struct text list = text_new(keep);
        for (size_t i = 0; p->one_of[i]; i++)
            text_print(&list, "%s%s", i ? ", " : "", p->one_of[i]);
        return err_input(e, "%s='%s': expected one of %s", name, text, list.at);
    }
    return true;
}

/* What it says of itself must fit together: a default that nobody may give would stop the run. */
static bool param_sound(const struct param *p, const struct runbook *book, struct arena *keep, struct err *e)
{
    struct text t = text_new(keep);
    struct err why = { 0 };
    struct json value = p->arg.otherwise ? json_from(p->arg.otherwise) : (struct json){ 0 };
    const char *name = p->arg.name;
    if (p->has_min && p->has_max && p->min > p->max)
        return param_err(e, book, name, arena_print(keep, "min %lld is more than max %lld", (long long)p->min,
                                                    (long long)p->max), keep);
    if (value.at && !role_put_value(&t, &p->arg, value, keep))
        return param_err(e, book, name, arena_print(keep, "default: found %s, expected %s", p->arg.otherwise,
                                                    role_type_words(&p->arg, keep)), keep);
    if (value.at && !param_within(p, value, keep, &why))
        return param_err(e, book, name, arena_print(keep, "default: %s", why.text), keep);
    return true;
}

static bool param_type(struct param *p, const struct runbook *book, lua_State *L, struct arena *keep, struct err *e)
{
    lua_getfield(L, -1, "type");
    const char *type = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "text";
    bool found = false;
    for (int i = 0; arg_type_names[i]; i++)
        if (!strcmp(arg_type_names[i], type)) {
            p->arg.type = (enum arg_type)i;
            found = true;
        }
    const char *near = text_nearest(type, arg_type_names);
    char words[200];
    snprintf(words, sizeof words, "there is no type '%.40s'%s%s", type, near ? "; did you mean " : "",
             near ? near : "");
    lua_pop(L, 1);
    return found || param_err(e, book, p->arg.name, words, keep);
}

static bool param_bound(lua_State *L, const char *key, bool *has, int64_t *value)
{
    bool none = lua_getfield(L, -1, key) == LUA_TNIL;
    *has = lua_isinteger(L, -1);
    *value = *has ? (int64_t)lua_tointeger(L, -1) : 0;
    lua_pop(L, 1);
    return none || *has;
}

static bool param_choices(struct param *p, lua_State *L, struct arena *keep)
{
    bool none = lua_getfield(L, -1, "one_of") == LUA_TNIL;
    lua_pop(L, 1);
    if (lua_getfield(L, -1, "one_of") == LUA_TTABLE) {
        size_t n = (size_t)lua_rawlen(L, -1);
        const char **name = arena_many(keep, const char *, n + 1);
        for (size_t i = 0; i < n; i++) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
            name[i] = arena_string(keep, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?");
            lua_pop(L, 1);
        }
        p->one_of = n ? name : NULL;
    }
    lua_pop(L, 1);
    return none || p->one_of;
}

static bool param_read(struct param *p, const struct runbook *book, lua_State *L,
                       struct arena *keep, struct err *e)
{
    static const char *const known[] = { "type", "help", "required", "default", "min", "max",
                                         "one_of", NULL };
    if (!lua_istable(L, -1))
        return param_err(e, book, p->arg.name, "expected { type = ..., help = ... }", keep);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?", *near;
        bool found = false;
        for (size_t i = 0; known[i]; i++)
            found = found || !strcmp(known[i], key);
        if (!found) {
            near = text_nearest(key, known);
            param_err(e, book, p->arg.name, arena_print(keep, "unknown key '%s'%s%s", key,
                      near ? "; did you mean " : "", near ? near : ""), keep);
            lua_pop(L, 1);
            return false;
        }
    }
    if (!param_type(p, book, L, keep, e))
        return false;
    p->arg.of = ARG_ANY;
    lua_getfield(L, -1, "help");
    p->arg.help = arena_string(keep, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
    lua_getfield(L, -2, "required");
    p->arg.required = lua_toboolean(L, -1);
    lua_pop(L, 2);
    if (lua_getfield(L, -1, "default") != LUA_TNIL) {
        struct text json = text_new(keep);
        if (!sandbox_to_json(L, -1, &json, e))
            return err_while(e, "%s: parameter '%s'", book->path, p->arg.name);
        p->arg.otherwise = json.at;
    }
    lua_pop(L, 1);
    if (!param_bound(L, "min", &p->has_min, &p->min) || !param_bound(L, "max", &p->has_max, &p->max))
        return param_err(e, book, p->arg.name, "min and max are whole numbers", keep);
    if (!param_choices(p, L, keep))
        return param_err(e, book, p->arg.name, "one_of is a list: one_of = { \"a\", \"b\" }", keep);
    return param_sound(p, book, keep, e);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct param *)a)->arg.name, ((const struct param *)b)->arg.name);
}

static bool params_read(struct runbook *book, lua_State *L, struct arena *keep, struct err *e)
{
    size_t n = 0;
    if (lua_getfield(L, -1, "params") == LUA_TNIL) {
        lua_pop(L, 1);
        return true;
    }
    if (!lua_istable(L, -1))
        return err_input(e, "%s: params is a table of { name = { type = ... } }", book->path);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        n++;
    book->param = arena_many(keep, struct param, n + 1);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        struct param *p = &book->param[book->params++];
        if (lua_type(L, -2) != LUA_TSTRING)
            return err_input(e, "%s: params: every parameter has a name", book->path);
        p->arg.name = arena_string(keep, lua_tostring(L, -2));
        if (!param_read(p, book, L, keep, e))
            return false;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    qsort(book->param, book->params, sizeof *book->param, by_name);
    return true;
}

bool runbook_load(struct runbook *out, struct run *r, const char *name, struct err *e)
{
    lua_State *L = sandbox_lua(r->sandbox);
    *out = (struct runbook){ .name = name, .steps = LUA_NOREF };
    if (!read_text(out, r, name, e))
        return false;
    if (text_ends(name, ".lua")) {
        const char *slash = strrchr(name, '/');
        slash = slash ? slash + 1 : name;
        out->name = arena_copy(r->keep, slash, strlen(slash) - 4);
    }
    lua_pushcfunction(L, word_runbook);
    sandbox_set(r->sandbox, "runbook");
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.is_runbook");
    int top = lua_gettop(L);
    const char *text = r->world->coverage ? coverage_text(out->path, out->text, strlen(out->text), r->keep) : out->text;
    if (!sandbox_load(r->sandbox, out->path, text, strlen(text), e)
        || !sandbox_call(r->sandbox, 0, 1, e))
        return false;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.is_runbook");
    bool is = lua_toboolean(L, -1) && lua_istable(L, -2);
    lua_pop(L, 1);
    if (!is) {
        lua_settop(L, top);
        return err_input(e, "%s:1: a runbook file ends in 'return runbook { ... }'", out->path);
    }
    lua_getfield(L, -1, "summary");
    out->summary = arena_string(r->keep, lua_tostring(L, -1));
    lua_pop(L, 1);
    bool good = params_read(out, L, r->keep, e);
    if (good) {
        lua_settop(L, top + 1);
        lua_getfield(L, -1, "steps");
        out->steps = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_settop(L, top);
    return good;
}

/* Arguments */

bool arguments_json(const char **json, const char *const *argument, struct arena *keep,
                    struct err *e)
{
    struct text text = text_new(keep);
    struct json_out o = json_out(&text);
    json_open(&o, NULL, '{');
    for (; argument && *argument; argument++) {
        const char *equals = strchr(*argument, '=');
        if (!equals || equals == *argument)
            return err_usage(e, "'%s': expected name=value", *argument);
        const char *key = arena_copy(keep, *argument, (size_t)(equals - *argument));
        if (json_get(json_from(arena_print(keep, "%s}", text.at)), key).at)
            return err_usage(e, "'%s' is given twice", key);
        json_put(&o, key, equals + 1);
    }
    json_close(&o, '}');
    *json = text.at;
    return true;
}

static bool param_check(const struct param *p, struct json value, struct run *r, struct err *e)
{
    const char *text = value.at && json_type(value) != JSON_NULL ? json_text(value, r->keep) : NULL;
    if (p->arg.type == ARG_SERVICE && text && !config_service(&r->ws->config, text, e))
        return false;
    return param_within(p, value, r->keep, e);
}

bool runbook_arguments(const char **canonical, const struct runbook *book, struct run *r,
                       struct json args, struct err *e)
{
    struct role_arg *arg = arena_many(r->keep, struct role_arg, book->params + 1);
    for (size_t i = 0; i < book->params; i++)
        arg[i] = book->param[i].arg;
    struct role_action shape = { .role = "runbook", .name = book->name, .full = book->name,
                                 .arg = arg, .args = book->params };
    if (!role_arguments(canonical, &shape, args, r->keep, e))
        return false;
    for (size_t i = 0; i < book->params; i++)
        if (!param_check(&book->param[i], json_get(json_from(*canonical), book->param[i].arg.name),
                         r, e))
            return err_while(e, "%s", book->name);
    return true;
}

bool runbook_pin(struct json_out *o, struct run *r, struct err *e)
{
    struct names all = { 0 };
    const char *path, *bytes;
    size_t length;
    bool own;
    char sha[SHA256_HEX + 1];
    if (!workspace_share_list(&all, r->ws, "runbooks", r->keep, e))
        return false;
    if (text_ends(r->path, ".lua") && !text_starts(r->path, "runbooks/")) {
        if (!r->world->read_file(r->world, r->path, &bytes, &length, r->keep, e)
            || !r->store->blob_put(r->store, r->incident, bytes, length, sha, e))
            return false;
        json_put(o, r->path, sha);
    }
    for (size_t i = 0; i < all.count; i++) {
        if (!text_ends(all.name[i], ".lua"))
            continue;
        const char *shown = arena_print(r->keep, "runbooks/%s", all.name[i]);
        struct err leak = { 0 }, unread = { 0 };
        if (!workspace_share(&path, &own, r->ws, "runbooks", all.name[i], r->keep, &unread)
            || !r->world->read_file(r->world, path, &bytes, &length, r->keep, &unread))
            continue; /* whoever calls it is told; check names it */
        if (!leaks_none_in_file(r, shown, bytes, length, &leak)) {
            run_say(r, "", "%s; it is left out, and cannot be called", leak.text);
            continue;
        }
        if (!r->store->blob_put(r->store, r->incident, bytes, length, sha, e))
            return false;
        json_put(o, shown, sha);
    }
    return true;
}
