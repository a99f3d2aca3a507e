/* A plugin of one's own, held against the contracts: `PLUGIN=plugins/mine
 * SETTINGS='url: "http://..."' make contract`. Without one, the example of plugins/README.md: it has to keep
 * what it teaches. */
#include "suite.h"

static const char *lua, *settings;

static struct stage *open_own(void)
{
    struct text yaml = text_new(test_keep());
    text_add(&yaml, SUITE_SERVICES "roles:\n");
    for (size_t i = 0; role_names[i]; i++)
        text_print(&yaml, "  %s: { plugin: own%s%s }\n", role_names[i], settings ? ", " : "", settings ? settings : "");
    struct stage *s = stage_open_in(world_real("alice", test_keep()), yaml.at);
    stage_write(s, "plugins/own/plugin.lua", lua);
    return s;
}

static const char *text_of(const char *path)
{
    struct world *w = world_real("alice", test_keep());
    const char *bytes;
    size_t length;
    struct err e = { 0 };
    assert_good(w->read_file(w, path, &bytes, &length, test_keep(), &e), &e);
    return arena_copy(test_keep(), bytes, length);
}

/* The first block of Lua in a Markdown text. */
static const char *example_in(const char *markdown)
{
    const char *at = strstr(markdown, "```lua\n"), *end = at ? strstr(at + 7, "\n```\n") : NULL;
    if (!end)
        fail_msg("there is no example");
    return arena_copy(test_keep(), at + 7, (size_t)(end - at - 6));
}

static bool plays(const char *role)
{
    struct stage *s = open_own();
    struct err e = { 0 };
    bool ready = plugins_ready(s->plugins, role, &e);
    if (!ready && !strstr(e.text, "does not play the role"))
        fail_msg("%s", e.text);
    plugins_close(s->plugins);
    return ready;
}

static void it_keeps_the_contract_of_every_role_that_it_plays(void **_)
{
    const char *folder = getenv("PLUGIN");
    size_t roles = 0, wrongs = 0;
    settings = folder && getenv("SETTINGS") && *getenv("SETTINGS") ? getenv("SETTINGS") : NULL;
    lua = folder ? text_of(arena_print(test_keep(), "%s/plugin.lua", folder)) : example_in(text_of("plugins/README.md"));
    for (size_t i = 0; role_names[i]; i++) {
        struct suite s = { 0 };
        if (!plays(role_names[i]))
            continue;
        suite_role(&s, role_names[i], open_own);
        for (size_t k = 0; k < s.wrongs; k++)
            print_error("%s\n", s.wrong[k]);
        roles++;
        wrongs += s.wrongs;
    }
    assert_int_not_equal(roles, 0);
    assert_int_equal(wrongs, 0);
}

int main(void)
{
    const struct CMUnitTest own[] = {
        promise(it_keeps_the_contract_of_every_role_that_it_plays),
    };
    return cmocka_run_group_tests(own, NULL, NULL);
}
