#include "world/ground.h"

#include "world/workspace.h"

static const char configuration[] = "world: simulated\nzone: Europe/Paris\n";

static const char *home;
static const char *environment(struct world *w, const char *name)
{
    return !strcmp(name, "TOCSIN_HOME") ? home : NULL;
}

static struct world *machine(void)
{
    static struct world w;
    w = *world_real("alice", test_keep());
    w.environment = environment;
    return &w;
}

static const char *a_workspace(void)
{
    const char *dir = fresh_folder();
    struct err e = { 0 };
    struct world *w = machine();
    assert_good(w->write_file(w, arena_print(test_keep(), "%s/tocsin.yaml", dir), configuration,
                              strlen(configuration), &e), &e);
    return dir;
}

static struct workspace opened(const char *dir)
{
    struct workspace ws;
    struct err e = { 0 };
    assert_good(workspace_open(&ws, machine(), dir, test_keep(), &e), &e);
    return ws;
}

static void open_incident(const struct workspace *ws, const char *name, bool closed)
{
    struct err e = { 0 };
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_OPENED,
                       .data = arena_print(test_keep(), "{\"id\":\"%s\",\"name\":\"%s\"}", name, name) };
    assert_good(ws->store->create(ws->store, name, &d, 1, test_keep(), &e), &e);
    d.kind = EVENT_PHASE;
    d.data = "{\"phase\":\"closed\"}";
    if (closed)
        assert_good(ws->store->append(ws->store, name, NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e);
}

static void it_is_found_upward_from_here(void **_)
{
    const char *dir = a_workspace(), *found;
    struct err e = { 0 };
    struct world *w = machine();
    char before[4096];
    home = NULL;
    assert_non_null(getcwd(before, sizeof before));
    assert_good(w->make_folder(w, arena_print(test_keep(), "%s/a/b", dir), &e), &e);
    assert_int_equal(chdir(arena_print(test_keep(), "%s/a/b", dir)), 0);
    assert_good(workspace_find(&found, w, NULL, test_keep(), &e), &e);
    assert_string_equal(found, "../..");
    assert_int_equal(chdir("../.."), 0);
    assert_good(workspace_find(&found, w, NULL, test_keep(), &e), &e);
    assert_string_equal(found, ".");
    assert_int_equal(chdir(before), 0);
    remove_folder(dir);
}

static void what_was_said_wins_over_the_environment_and_that_over_here(void **_)
{
    const char *dir = a_workspace(), *other = a_workspace(), *found;
    struct err e = { 0 };
    home = other;
    assert_good(workspace_find(&found, machine(), arena_print(test_keep(), "%s/", dir), test_keep(), &e), &e);
    assert_string_equal(found, dir);
    assert_good(workspace_find(&found, machine(), NULL, test_keep(), &e), &e);
    assert_string_equal(found, other);
    home = "/nowhere";
    assert_refused(workspace_find(&found, machine(), NULL, test_keep(), &e), &e, ERR_INPUT,
                   "there is no workspace in '/nowhere' (TOCSIN_HOME)");
    assert_refused(workspace_find(&found, machine(), "/nowhere/else", test_keep(), &e), &e, ERR_INPUT,
                   "no workspace in '/nowhere/else'");
    home = NULL;
    remove_folder(dir);
    remove_folder(other);
}

static void an_error_of_the_configuration_names_file_and_line(void **_)
{
    const char *dir = a_workspace();
    struct err e = { 0 };
    struct workspace ws;
    spoil(arena_print(test_keep(), "%s/tocsin.yaml", dir), 0, "wurld");
    assert_refused(workspace_open(&ws, machine(), dir, test_keep(), &e), &e, ERR_INPUT, "tocsin.yaml:1:");
    remove_folder(dir);
}

static void the_only_open_incident_is_picked_by_itself(void **_)
{
    const char *dir = a_workspace(), *name;
    struct err e = { 0 };
    struct workspace ws = opened(dir);
    assert_refused(workspace_pick(&name, NULL, &ws, NULL, true, test_keep(), &e), &e, ERR_USAGE, "no incident is open");
    open_incident(&ws, "INC-2025-001", true);
    assert_refused(workspace_pick(&name, NULL, &ws, NULL, false, test_keep(), &e), &e, ERR_USAGE, "no incident is open");
    assert_good(workspace_pick(&name, NULL, &ws, NULL, true, test_keep(), &e), &e);
    assert_string_equal(name, "INC-2025-001");
    open_incident(&ws, "INC-2025-002", false);
    assert_good(workspace_pick(&name, NULL, &ws, NULL, false, test_keep(), &e), &e);
    assert_string_equal(name, "INC-2025-002");
    open_incident(&ws, "INC-2025-003", false);
    assert_refused(workspace_pick(&name, NULL, &ws, NULL, false, test_keep(), &e), &e, ERR_USAGE,
                   "several incidents are open: INC-2025-002, INC-2025-003");
    assert_good(workspace_pick(&name, NULL, &ws, "INC-2025-001", false, test_keep(), &e), &e);
    assert_refused(workspace_pick(&name, NULL, &ws, "INC-2025-009", false, test_keep(), &e), &e, ERR_INPUT,
                   "there is no incident 'INC-2025-009'; did you mean");
    ws.store->close(ws.store);
    remove_folder(dir);
}

static void the_next_name_counts_within_the_local_year(void **_)
{
    const char *dir = a_workspace(), *name;
    struct err e = { 0 };
    struct workspace ws = opened(dir);
    int64_t new_year = INT64_C(1767222000000); /* 2025-12-31T23:00Z: midnight in Paris */
    open_incident(&ws, "INC-2025-001", false);
    open_incident(&ws, "INC-2025-041", false);
    assert_good(workspace_next_name(&name, &ws, new_year - 1, test_keep(), &e), &e);
    assert_string_equal(name, "INC-2025-042");
    assert_good(workspace_next_name(&name, &ws, new_year, test_keep(), &e), &e);
    assert_string_equal(name, "INC-2026-001");
    ws.store->close(ws.store);
    remove_folder(dir);
}

static void a_runbook_of_our_own_wins_over_the_installed_one(void **_)
{
    const char *dir = a_workspace(), *path;
    struct err e = { 0 };
    struct workspace ws = opened(dir);
    struct names all;
    bool own;
    assert_good(workspace_share(&path, &own, &ws, "src", "LAYERS", test_keep(), &e), &e);
    assert_false(own);
    assert_good(ws.world->make_folder(ws.world, arena_print(test_keep(), "%s/src", dir), &e), &e);
    assert_good(ws.world->write_file(ws.world, arena_print(test_keep(), "%s/src/LAYERS", dir), "", 0, &e), &e);
    assert_good(workspace_share(&path, &own, &ws, "src", "LAYERS", test_keep(), &e), &e);
    assert_true(own);
    assert_refused(workspace_share(&path, &own, &ws, "src", "LAYRES", test_keep(), &e), &e, ERR_INPUT,
                   "did you mean 'LAYERS'?");
    assert_good(workspace_share_list(&all, &ws, "src", test_keep(), &e), &e);
    for (size_t i = 1; i < all.count; i++)
        assert_true(strcmp(all.name[i - 1], all.name[i]) < 0);
    ws.store->close(ws.store);
    remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest workspace[] = {
        promise(it_is_found_upward_from_here),
        promise(what_was_said_wins_over_the_environment_and_that_over_here),
        promise(an_error_of_the_configuration_names_file_and_line),
        promise(the_only_open_incident_is_picked_by_itself),
        promise(the_next_name_counts_within_the_local_year),
        promise(a_runbook_of_our_own_wins_over_the_installed_one),
    };
    return cmocka_run_group_tests(workspace, NULL, NULL);
}
