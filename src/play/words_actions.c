/* words_actions.c: the words that the roles add, as pool.remove { ... }, and wait_until, which asks one of
 * them until it is so. */
#include "play/words_inside.h"

#include <lauxlib.h>
#include <string.h>

static int word_action(lua_State *L);

const struct role_action *words_action(lua_State *L, int index)
{
    if (lua_tocfunction(L, index) != word_action || !lua_getupvalue(L, index, 2))
        return NULL;
    const struct role_action *a = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return a;
}

/* Takes an option of the engine out of the argument table at index 1. */
static bool take_option(lua_State *L, const char *name)
{
    bool there = lua_getfield(L, 1, name) != LUA_TNIL;
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (there) {
        lua_pushnil(L);
        lua_setfield(L, 1, name);
    }
    return there && value;
}

static const char *take_text(lua_State *L, struct branch *b, const char *name)
{
    const char *text = NULL;
    if (lua_getfield(L, 1, name) == LUA_TSTRING)
        text = words_text(b, L, -1);
    lua_pop(L, 1);
    if (text) {
        lua_pushnil(L);
        lua_setfield(L, 1, name);
    }
    return text;
}

/* A copy of the table at 1 stands there from now on: its owner may use it again. */
void words_copy_table(lua_State *L, const char *word)
{
    if (lua_gettop(L) != 1 || !lua_istable(L, 1))
        luaL_error(L, "write %s { name = value, ... }", word);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 2);
    }
    lua_replace(L, 1);
}

static const char *action_arguments(lua_State *L, struct branch *b, const struct role_action *a)
{
    struct err e = { 0 };
    const char *canonical;
    if (!role_arguments(&canonical, a, json_from(words_arguments(L, b, a->full)), b->run->keep, &e))
        luaL_error(L, "%s", arena_string(b->run->keep, e.text));
    for (size_t i = 0; i < a->args; i++) {
        const char *text = json_get_text(json_from(canonical), a->arg[i].name, b->run->keep);
        if (a->arg[i].type == ARG_SERVICE && text
            && !config_service(&b->run->ws->config, text, &e))
            luaL_error(L, "%s", arena_string(b->run->keep, e.text));
    }
    return canonical;
}

static int word_action(lua_State *L)
{
    const struct role_action *a = lua_touserdata(L, lua_upvalueindex(2));
    struct branch *b = words_speaking(L, a->full);
    struct request want = { .word = a->full, .action = a, .perform = perform_action };
    words_copy_table(L, a->full);
    want.or_nothing = !a->change && take_option(L, "or_nothing");
    want.because = a->change ? take_text(L, b, "even_so") : NULL;
    want.args = action_arguments(L, b, a);
    words_next_key(b, L);
    return words_ask(L, b, want);
}

/* wait_until { sense.answers, service = ..., at_most = "5m", every = "10s" } */
int word_wait_until(lua_State *L)
{
    struct branch *b = words_speaking(L, "wait_until");
    struct request want = { .word = "wait_until", .span_ms = 10 * MINUTE_MS, .every_ms = -1,
                            .perform = perform_wait_until };
    words_copy_table(L, "wait_until");
    lua_rawgeti(L, 1, 1);
    want.action = words_action(L, -1);
    lua_pop(L, 1);
    if (!want.action || want.action->change || !want.action->condition)
        return luaL_error(L, "wait_until needs a question first, as sense.answers: "
                          "wait_until { sense.answers, service = ..., at_most = \"5m\" }");
    lua_pushnil(L);
    lua_rawseti(L, 1, 1);
    const char *most = take_text(L, b, "at_most"), *every = take_text(L, b, "every");
    want.or_nothing = take_option(L, "or_nothing");
    if ((most && !duration_parse(&want.span_ms, most)) || (every && !duration_parse(&want.every_ms, every)))
        return luaL_error(L, "wait_until: at_most and every are spans such as \"5m\"");
    want.args = action_arguments(L, b, want.action);
    words_next_key(b, L);
    return words_ask(L, b, want);
}

void words_install_role(struct run *r, lua_State *L, const char *role)
{
    lua_newtable(L);
    for (size_t i = 0; i < r->roles.actions; i++) {
        const struct role_action *a = &r->roles.action[i];
        if (strcmp(a->role, role))
            continue;
        lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.run");
        lua_pushlightuserdata(L, (void *)a);
        lua_pushcclosure(L, word_action, 2);
        lua_setfield(L, -2, a->name);
    }
    sandbox_lock_table(L, role);
    sandbox_set(r->sandbox, role);
}
