/* plugin_host.c: what a plugin can do besides computing. See plugins/README.md. */
#include "play/plugin_inside.h"

#include "sense/drop.h"
#include "sense/flood.h"

#include <lauxlib.h>
#include <string.h>

static struct loaded *mine(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static int64_t world_now(const struct loaded *l)
{
    struct world *w = l->home->ws->world;
    return w->now(w);
}

/* A span: "2s", or milliseconds. */
static int64_t span(lua_State *L, int index)
{
    int64_t ms = 0;
    if (lua_type(L, index) == LUA_TSTRING) {
        if (!duration_parse(&ms, lua_tostring(L, index)))
            luaL_error(L, "'%s' is no duration", lua_tostring(L, index));
        return ms;
    }
    return (int64_t)luaL_checkinteger(L, index);
}

/* A millisecond at least: whoever asks again and again is not to be the only one who has a turn. */
static int host_wait(lua_State *L)
{
    int64_t ms = span(L, 1), until = world_now(mine(L)) + (ms > 0 ? ms : 1);
    lua_settop(L, 0);
    lua_pushliteral(L, "wait");
    lua_pushinteger(L, until);
    return lua_yield(L, 2);
}

/* ask_person(question, for_result): the second says that the answer is to be the action's result. */
static int host_ask_person(lua_State *L)
{
    luaL_checkstring(L, 1);
    bool for_result = lua_toboolean(L, 2);
    lua_settop(L, 1);
    lua_pushstring(L, for_result ? "ask for the result" : "ask");
    lua_insert(L, 1);
    return lua_yield(L, 2);
}

static const struct role_action *action_named(lua_State *L, struct loaded *l)
{
    struct err e = { 0 };
    const struct role_action *a = roles_find(l->home->roles, luaL_checkstring(L, 1), &e);
    if (!a)
        luaL_error(L, "%s", e.text);
    return a;
}

/* wants(action): what a person may say as its result, in words. */
static int host_wants(lua_State *L)
{
    struct loaded *l = mine(L);
    lua_pushstring(L, role_wants(action_named(L, l), l->home->keep));
    return 1;
}

/* said(action, text): the result, false where it is none; or nil and why. What is left of the text. */
static int host_said(lua_State *L)
{
    struct loaded *l = mine(L);
    const struct role_action *a = action_named(L, l);
    const char *result, *rest;
    struct err e = { 0 };
    if (!role_said(&result, &rest, a, luaL_checkstring(L, 2), l->home->keep, &e)) {
        lua_pushnil(L);
        lua_pushstring(L, e.text);
        return 2;
    }
    if (result)
        sandbox_push_json(L, json_from(result));
    else
        lua_pushboolean(L, false);
    lua_pushstring(L, rest);
    return 2;
}

static int host_now(lua_State *L)
{
    lua_pushinteger(L, world_now(mine(L)));
    return 1;
}

static void need_state(lua_State *L, const struct loaded *l)
{
    if (!l->keeps_state)
        luaL_error(L, "plugin '%s' did not declare that it needs 'state'", l->name);
}

static const char *state_path(const struct loaded *l, struct arena *keep)
{
    return workspace_path(l->home->ws, keep, arena_print(keep, ".tocsin/%s/world.json", l->name));
}

/* Two processes that read, change and write it at once would lose what one of them did: from
 * its first reading to the end of the turn the state is one's own. */
static bool hold_state(struct loaded *l, const char *path, struct arena *scratch, struct err *e)
{
    struct world *w = l->home->ws->world;
    const char *folder = arena_copy(scratch, path, (size_t)(strrchr(path, '/') - path));
    if (l->held >= 0)
        return true;
    if (!w->make_folder(w, folder, e))
        return false;
    l->held = w->hold(w, arena_print(scratch, "%s/lock", folder), e);
    return l->held >= 0;
}

void plugin_state_let_go(struct loaded *l)
{
    struct world *w = l->home->ws->world;
    if (l->held >= 0)
        w->let_go(w, l->held);
    l->held = -1;
}

static int host_state_read(lua_State *L)
{
    struct loaded *l = mine(L);
    need_state(L, l);
    struct plugins *p = l->home;
    if (p->memory) {
        sandbox_push_json(L, json_from(p->memory));
        return 1;
    }
    if (p->model)
        return 0; /* nothing was put there yet; what lies on disk is another world */
    struct arena scratch = *p->keep;
    struct world *w = p->ws->world;
    const char *path = state_path(l, &scratch), *bytes;
    size_t length, wrong_at;
    bool is_folder;
    struct err e = { 0 };
    (void)hold_state(l, path, &scratch, &e); /* where nothing can be written, nothing can be lost */
    e = (struct err){ 0 };
    if (!w->exists(w, path, &is_folder))
        return 0;
    if (!w->read_file(w, path, &bytes, &length, &scratch, &e))
        return luaL_error(L, "%s", e.text);
    if (!json_check(bytes, length, &wrong_at))
        return luaL_error(L, "'%s' is damaged at byte %d", path, (int)wrong_at);
    sandbox_push_json(L, (struct json){ bytes, length });
    return 1;
}

static int host_state_write(lua_State *L)
{
    struct loaded *l = mine(L);
    need_state(L, l);
    struct plugins *p = l->home;
    struct err e = { 0 };
    struct arena scratch = *p->keep;
    struct text t = text_new(p->model ? p->keep : &scratch);
    if (!sandbox_to_json(L, 1, &t, &e))
        return luaL_error(L, "state: %s", e.text);
    if (p->model) {
        p->memory = t.at;
        return 0;
    }
    if (p->looks)
        return 0;
    struct world *w = p->ws->world;
    text_char(&t, '\n');
    const char *path = state_path(l, &scratch);
    if (!hold_state(l, path, &scratch, &e) || !w->write_file(w, path, t.at, t.length, &e))
        return luaL_error(L, "%s", e.text);
    return 0;
}

/* { name = { ips = {...}, pool_min = n } } from the configuration. */
static int host_services(lua_State *L)
{
    const struct config *c = &mine(L)->home->ws->config;
    lua_newtable(L);
    for (size_t i = 0; i < c->services; i++) {
        const struct service *s = &c->service[i];
        lua_newtable(L);                       // services one
        lua_newtable(L);                       // services one ips
        for (int n = 0; s->ips && s->ips[n]; n++) {
            lua_pushstring(L, s->ips[n]);
            lua_rawseti(L, -2, n + 1);
        }
        lua_setfield(L, -2, "ips");
        lua_pushinteger(L, s->pool_min);
        lua_setfield(L, -2, "pool_min");
        lua_setfield(L, -2, s->name);
    }
    return 1;
}

/* The contract of an action as its Lua table, model included. */
static int host_contract(lua_State *L)
{
    struct loaded *l = mine(L);
    struct err e = { 0 };
    const struct role_action *a = action_named(L, l);
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.contracts"); // all
    if (lua_getfield(L, -1, a->role) == LUA_TNIL) {         // all role
        lua_pop(L, 1);
        size_t length;
        const char *text = role_text(a->role, &length);
        char chunk[64];
        snprintf(chunk, sizeof chunk, "roles/%s.lua", a->role);
        if (!sandbox_load(l->sandbox, chunk, text, length, &e))
            return luaL_error(L, "%s", e.text);
        lua_State *main = sandbox_lua(l->sandbox);
        if (main != L)
            lua_xmove(main, L, 1);
        lua_call(L, 0, 1);                                  // all role
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, a->role);
    }
    lua_getfield(L, -1, "actions");
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
        lua_rawgeti(L, -1, 1);
        bool it = text_equal(lua_tostring(L, -1), a->name);
        lua_pop(L, 1);
        if (it)
            return 1;
        lua_pop(L, 1);
    }
    return luaL_error(L, "no contract of '%s'", a->full);
}

/* flood_rule(from_ms, first_judged, counts, kinds): what the rule says about
 * these seconds; alarms before `first_judged` (an index) only teach it. */
static int host_flood_rule(lua_State *L)
{
    int64_t at = luaL_checkinteger(L, 1), judged = luaL_checkinteger(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_checktype(L, 4, LUA_TTABLE);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 3), usual = 0;
    for (lua_Integer i = 1; i <= n && i <= 10; i++, lua_pop(L, 1)) {
        lua_rawgeti(L, 3, i);
        usual += lua_tointeger(L, -1);
    }
    struct flood f = flood_start(FLOOD_FLOOR, n && usual / (n < 10 ? n : 10) < FLOOD_FLOOR
                                                  ? usual / (n < 10 ? n : 10) : 0), seen = { 0 };
    for (lua_Integer i = 1; i <= n; i++, at += SECOND_MS) {
        int64_t count[PACKET_CLASSES] = { 0 };
        lua_rawgeti(L, 3, i);
        lua_rawgeti(L, 4, i);
        const char *kind = lua_tostring(L, -1);
        count[kind ? packet_class_from(kind) : PACKET_OTHER] = lua_tointeger(L, -2);
        lua_pop(L, 2);
        f = flood_second(f, at, count);
        if (f.flooded && i >= judged)
            seen = f;
    }
    lua_newtable(L);
    lua_pushboolean(L, seen.flooded);
    lua_setfield(L, -2, "flooded");
    lua_pushinteger(L, f.flooded && !f.below_since ? f.rate : seen.flooded ? seen.peak : f.rate);
    lua_setfield(L, -2, "rate");
    lua_pushinteger(L, f.rate);
    lua_setfield(L, -2, "rate_now");
    lua_pushinteger(L, seen.since);
    lua_setfield(L, -2, "since");
    lua_pushinteger(L, seen.flooded ? seen.below_since : 0);
    lua_setfield(L, -2, "ended");
    lua_pushstring(L, seen.flooded ? flood_kind(&seen) : "");
    lua_setfield(L, -2, "kind");
    return 1;
}

/* drop_rule(from_ms, every_ms, values): {dropped, rpm, usual}. */
static int host_drop_rule(lua_State *L)
{
    int64_t at = luaL_checkinteger(L, 1), every = luaL_checkinteger(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    struct drop d = drop_start(every);
    lua_Number rpm = 0;
    for (lua_Integer i = 1; lua_rawgeti(L, 3, i) == LUA_TNUMBER; i++, at += every) {
        rpm = lua_tonumber(L, -1);
        d = drop_value(d, at, rpm);
        lua_pop(L, 1);
    }
    lua_newtable(L);
    lua_pushboolean(L, d.dropped);
    lua_setfield(L, -2, "dropped");
    lua_pushinteger(L, (lua_Integer)rpm);
    lua_setfield(L, -2, "rpm");
    lua_pushinteger(L, (lua_Integer)d.level);
    lua_setfield(L, -2, "usual");
    return 1;
}

/* ok(result, text), failed(why), ...: the outcome is the second upvalue; for
 * those that speak of a result, it is the first argument. */
static int host_outcome(lua_State *L)
{
    bool with_result = lua_toboolean(L, lua_upvalueindex(3));
    lua_settop(L, 2);
    lua_newtable(L);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setfield(L, 3, PLUGIN_OUTCOME);
    lua_pushvalue(L, with_result ? 2 : 1);
    lua_setfield(L, 3, "text");
    if (with_result) {
        lua_pushvalue(L, 1);
        lua_setfield(L, 3, "result");
    }
    return 1;
}

/* later(why, span): refused for now, certainly without effect. */
static int host_later(lua_State *L)
{
    int64_t ms = lua_isnoneornil(L, 2) ? 0 : span(L, 2);
    lua_settop(L, 1);
    lua_newtable(L);
    lua_pushliteral(L, "later");
    lua_setfield(L, 2, PLUGIN_OUTCOME);
    lua_pushvalue(L, 1);
    lua_setfield(L, 2, "text");
    lua_pushinteger(L, ms < 0 ? 0 : ms);
    lua_setfield(L, 2, "ms");
    return 1;
}

static const struct { const char *name; lua_CFunction call; } functions[] = {
    { "wait", host_wait }, { "ask_person", host_ask_person }, { "now", host_now },
    { "state_read", host_state_read }, { "state_write", host_state_write },
    { "services", host_services }, { "later", host_later }, { "contract", host_contract },
    { "wants", host_wants }, { "said", host_said },
    { "flood_rule", host_flood_rule }, { "drop_rule", host_drop_rule },
};

static const struct { const char *name; bool with_result; } outcomes[] = {
    { "ok", true }, { "unchanged", true }, { "failed", false }, { "unsure", false },
    { "nothing", false }, { "done", true }, { "pending", false }, { "absent", false },
    { "unknown", false }, { "instead", false },
};

void plugin_host_open(struct loaded *l)
{
    lua_State *L = sandbox_lua(l->sandbox);
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.contracts");
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_pushlightuserdata(L, l);
        lua_pushcclosure(L, functions[i].call, 1);
        sandbox_set(l->sandbox, functions[i].name);
    }
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        lua_pushlightuserdata(L, l);
        lua_pushstring(L, outcomes[i].name);
        lua_pushboolean(L, outcomes[i].with_result);
        lua_pushcclosure(L, host_outcome, 3);
        sandbox_set(l->sandbox, outcomes[i].name);
    }
}
