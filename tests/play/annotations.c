#include "play/annotations.h"
#include "play/words.h"

#include "promise.h"

#include <lauxlib.h>
#include <string.h>

static void they_are_lua_and_name_every_word_and_action(void **_)
{
    struct roles roles;
    struct err e = { 0 };
    assert_good(roles_load(&roles, test_keep(), &e), &e);
    struct text t = text_new(test_keep());
    annotations_write(&t, &roles, test_keep());
    lua_State *L = luaL_newstate();
    assert_int_equal(luaL_loadbuffer(L, t.at, t.length, "=annotations"), LUA_OK);
    assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_OK);
    lua_close(L);
    for (const struct word *w = engine_words; w->name; w++)
        assert_non_null(strstr(t.at, arena_print(test_keep(), "\nfunction %s(", w->name)));
    for (size_t i = 0; i < roles.actions; i++) {
        const struct role_action *a = &roles.action[i];
        const char *at = strstr(t.at, arena_print(test_keep(), "\nfunction %s(", a->full));
        assert_non_null(at);
        for (size_t k = 0; k < a->args; k++) { /* its arguments stand in the lines before it */
            const char *from = at - 400 > t.at ? at - 400 : t.at;
            const char *lines = arena_copy(test_keep(), from, (size_t)(at - from));
            assert_non_null(strstr(lines, a->arg[k].name));
        }
    }
}

int main(void)
{
    const struct CMUnitTest annotations[] = { promise(they_are_lua_and_name_every_word_and_action) };
    return cmocka_run_group_tests(annotations, NULL, NULL);
}
