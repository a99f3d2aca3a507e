#include "theatre.h"

/* A balancer that keeps its pool in a file; TEXT is what it says of each change. */
static const char *balancer(const char *text)
{
    return arena_print(test_keep(),
        "local function pool() return state_read() or { [\"192.0.2.1\"] = true, [\"192.0.2.2\"] = true } end\n"
        "local function count(p) local n = 0 for _ in pairs(p) do n = n + 1 end return n end\n"
        "local function set(t, to) local p = pool() p[t.args.ip] = to state_write(p)\n"
        "  return ok({ count = count(p) }, \"%s\") end\n"
        "return { summary = \"x\", plays = { \"pool\" }, needs = { \"state\" }, settings = { site = { type = \"text\", help = \"where\" } }, actions = {\n"
        "  [\"pool.list\"] = { perform = function(t) local l = {} for ip in pairs(pool()) do l[#l + 1] = ip end\n"
        "    return ok { ips = l, count = #l } end },\n"
        "  [\"pool.holds\"] = { perform = function(t) return ok { holds = pool()[t.args.ip] == true } end },\n"
        "  [\"pool.add\"] = { perform = function(t) return set(t, true) end },\n"
        "  [\"pool.remove\"] = { perform = function(t) return set(t, nil) end } } }\n", text);
}

/* The configuration is another by now. */
static void configure(struct theatre *t, const char *more)
{
    struct world *w = t->stage->ws.world;
    stage_write(t->stage, "tocsin.yaml", arena_print(test_keep(),
        "services:\n  shop: { ips: [192.0.2.1, 192.0.2.2] }\n%s", more));
    assert_good(workspace_open(&t->stage->ws, w, t->stage->ws.dir, test_keep(), &t->e), &t->e);
    t->stage->ws.store = &t->store;
}

static const char *const yes[] = { "yes", "yes", "yes", "yes", "yes", "yes", NULL };

/* A workspace for real whose pool is played by `lb`. */
static struct theatre *real_pool(void)
{
    struct theatre *t = theatre_open("services:\n  shop: { ips: [192.0.2.1, 192.0.2.2] }\n"
                                     "roles: { pool: { plugin: lb } }\n");
    stage_write(t->stage, "plugins/lb/plugin.lua", balancer("first"));
    t->line = yes;
    return t;
}

/* Refused so, with that advice. */
static void stopped(struct theatre *t, bool good, enum err_kind kind, const char *text, const char *advice)
{
    const char *hint = arena_string(test_keep(), t->e.hint);
    assert_refused(good, &t->e, kind, text);
    if (!strstr(hint, advice))
        fail_msg("'%s' does not say '%s'", hint, advice);
}

static void gone(struct theatre *t, const char *name)
{
    if (remove(workspace_path(&t->stage->ws, test_keep(), name)))
        fail_msg("cannot remove '%s'", name);
}

/* "first, second": what the changes said, in order. */
static const char *said_of_changes(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    struct text out = text_new(test_keep());
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == EVENT_ACTION_ENDED)
            text_print(&out, "%s%s", out.length ? ", " : "", json_get_text(j.event[i].data, "text", test_keep()));
    return out.at;
}

static void stop_between(struct theatre *t, const char *steps)
{
    theatre_runbook(t, "book", steps);
    t->die_at_wait = 1;
    assert_false(theatre_run(t, "book"));
}

static const char *const two_adds = "pool.add { service = \"shop\", ip = \"192.0.2.50\" }\nwait \"60s\"\n"
                                    "pool.add { service = \"shop\", ip = \"192.0.2.51\" }";

static void an_edited_plugin_stops_the_run_until_somebody_says_which_one(void **_)
{
    static const char *const way[][2] = { { "recorded", NULL }, { "rebind", "pool" } };
    for (int i = 0; i < 2; i++) {
        struct theatre *t = real_pool();
        stop_between(t, two_adds);
        stage_write(t->stage, "plugins/lb/plugin.lua", balancer("second"));
        stopped(t, theatre_resume(t, NULL, NULL), ERR_FAILED,
                "R1 began with the plugin 'lb' as pool; plugins/lb/plugin.lua has been edited since",
                "--recorded goes on with it as it was; tocsin resume R1 --rebind pool --because");
        assert_string_equal(said_of_changes(t), "first");
        assert_good(theatre_resume(t, way[i][0], way[i][1]), &t->e);
        assert_string_equal(said_of_changes(t), i ? "first, second" : "first, first");
    }
}

/* What was taken once is the binding from then on: another edit stops it again. */
static void who_took_the_plugin_of_now_took_no_later_one(void **_)
{
    struct theatre *t = real_pool();
    stop_between(t, "pool.add { service = \"shop\", ip = \"192.0.2.50\" }\nwait \"60s\"\nfail \"here\"\n"
                    "pool.add { service = \"shop\", ip = \"192.0.2.51\" }");
    stage_write(t->stage, "plugins/lb/plugin.lua", balancer("second"));
    assert_refused(theatre_resume(t, "rebind", "pool"), &t->e, ERR_FAILED, "here");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "here");
    stage_write(t->stage, "plugins/lb/plugin.lua", balancer("third"));
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "edited since");
    assert_refused(theatre_resume(t, "rebind", "pol"), &t->e, ERR_USAGE, "did you mean 'pool'?");
}

static void a_run_is_not_rebound_by_what_was_said_of_another(void **_)
{
    struct theatre *t = real_pool();
    stop_between(t, two_adds);
    stage_write(t->stage, "plugins/lb/plugin.lua", balancer("second"));
    write_as_bob(t, EVENT_RUN_OVERRIDDEN, "{\"run\":\"R9\",\"key\":\"\",\"how\":\"rebind\",\"because\":\"x\",\"role\":\"pool\"}");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "edited since");
}

static void what_is_gone_goes_on_as_it_was_recorded(void **_)
{
    struct theatre *t = real_pool();
    theatre_runbook(t, "sub", "pool.add { service = \"shop\", ip = \"192.0.2.52\" }");
    stop_between(t, "wait \"60s\"\npool.add { service = \"shop\", ip = \"192.0.2.51\" }\ncall { \"sub\" }");
    gone(t, "plugins/lb/plugin.lua");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED,
                   "R1 began with the plugin 'lb' as pool; there is no plugin 'lb': its folder holds no plugin.lua");
    gone(t, "runbooks/book.lua");
    gone(t, "runbooks/sub.lua");
    stopped(t, theatre_resume(t, NULL, NULL), ERR_INPUT, "R1: there is no runbook 'book'",
            "tocsin resume R1 --recorded");
    assert_good(theatre_resume(t, "recorded", NULL), &t->e);
    assert_string_equal(theatre_changes(t), "pool.add pool:shop/192.0.2.51 ok, pool.add pool:shop/192.0.2.52 ok");
}

static void other_settings_of_a_plugin_are_another_binding(void **_)
{
    struct theatre *t = real_pool();
    configure(t, "roles: { pool: { plugin: lb, site: paris } }\n");
    stop_between(t, two_adds);
    configure(t, "roles: { pool: { plugin: lb, site: nice } }\n");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "it has other settings by now");
    assert_refused(theatre_resume(t, "recorded", NULL), &t->e, ERR_FAILED, "it has other settings by now");
}

/* Ten roles are bound; a run asks only about those that it has to do with. */
static void a_role_that_a_run_never_speaks_to_may_be_bound_anew(void **_)
{
    struct theatre *t = real_pool();
    stop_between(t, two_adds);
    configure(t, "roles: { pool: { plugin: lb }, chat: { plugin: gone }, cloud: { plugin: lb } }\n");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
}

static void every_runbook_that_it_can_call_is_announced_when_it_was_edited(void **_)
{
    struct theatre *t = real_pool();
    theatre_runbook(t, "sub", "note \"one\"");
    theatre_runbook(t, "far", "note \"one\"");
    stop_between(t, "wait \"60s\"\ncall { \"sub\" }");
    theatre_runbook(t, "sub", "note \"two\"");
    theatre_runbook(t, "far", "note \"two\"");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_non_null(strstr(t->said.at, "runbooks/sub.lua has been edited since R1 began"));
    assert_null(strstr(t->said.at, "runbooks/far.lua"));
    assert_null(strstr(t->said.at, "runbooks/book.lua"));
}

static void a_role_of_a_runbook_that_it_calls_is_one_of_its_own(void **_)
{
    struct theatre *t = real_pool();
    theatre_runbook(t, "sub", "pool.add { service = \"shop\", ip = \"192.0.2.52\" }");
    stop_between(t, "wait \"60s\"\ncall { \"sub\" }");
    stage_write(t->stage, "plugins/other/plugin.lua", balancer("other"));
    configure(t, "roles: { pool: { plugin: other } }\n");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "as pool; now 'other' is bound");
}

static bool put_back(struct theatre *t, const char *rebind, size_t *left)
{
    static const char *const none[] = { NULL };
    struct run_request q = theatre_request(t, NULL, none);
    q.rebind = rebind;
    q.because = "it is the same balancer";
    q.even_so = "a test";
    t->e = (struct err){ 0 };
    return run_restore(&q, NULL, NULL, left, test_keep(), &t->e);
}

static void a_change_is_put_back_through_what_made_it_or_not_at_all(void **_)
{
    size_t left;
    struct theatre *t = real_pool();
    theatre_runbook(t, "book", "pool.add { service = \"shop\", ip = \"192.0.2.50\" }");
    assert_good(theatre_run(t, "book"), &t->e);
    stage_write(t->stage, "plugins/other/plugin.lua", balancer("other"));
    configure(t, "roles: { pool: { plugin: other } }\n");
    size_t before = theatre_journal(t).count;
    stopped(t, put_back(t, NULL, &left), ERR_FAILED,
            "C1 was made through the plugin 'lb' as pool; now 'other' is bound; nothing was put back",
            "--rebind pool --because");
    assert_int_equal(theatre_journal(t).count, before);
    configure(t, "roles: { pool: { plugin: lb } }\n");
    assert_good(put_back(t, NULL, &left), &t->e);
    assert_int_equal(left, 0);
}

static void who_puts_back_through_another_plugin_is_on_the_record(void **_)
{
    size_t left;
    struct theatre *t = real_pool();
    static const char *const args[] = { "service=shop", "ip=192.0.2.50", NULL };
    const char *text;
    struct run_request q = theatre_request(t, NULL, args);
    assert_good(run_do(&text, &q, "pool.add", test_keep(), &t->e), &t->e);
    stage_write(t->stage, "plugins/other/plugin.lua", balancer("other"));
    stage_write(t->stage, ".tocsin/other/world.json", "{\"192.0.2.1\":true,\"192.0.2.50\":true}");
    configure(t, "roles: { pool: { plugin: other } }\n");
    assert_good(put_back(t, "pool", &left), &t->e);
    assert_int_equal(left, 0);
    assert_string_equal(said_of_changes(t), "first, other");
    struct journal j = theatre_journal(t);
    size_t said = 0;
    for (size_t i = 0; i < j.count; i++)
        said += j.event[i].kind == EVENT_RUN_OVERRIDDEN && json_is(json_get(j.event[i].data, "role"), "pool")
             && json_is(json_get(j.event[i].data, "because"), "it is the same balancer");
    assert_int_equal(said, 1);
}

static void a_mended_plugin_puts_back_and_it_is_said(void **_)
{
    size_t left;
    struct theatre *t = real_pool();
    theatre_runbook(t, "book", "pool.add { service = \"shop\", ip = \"192.0.2.50\" }");
    assert_good(theatre_run(t, "book"), &t->e);
    stage_write(t->stage, "plugins/lb/plugin.lua", balancer("mended"));
    assert_good(put_back(t, NULL, &left), &t->e);
    assert_string_equal(said_of_changes(t), "first, mended");
    assert_non_null(strstr(t->said.at, "plugins/lb/plugin.lua has been edited since"));
}

static void a_plugin_that_is_gone_puts_back_with_its_text_of_then(void **_)
{
    size_t left;
    struct theatre *t = real_pool();
    theatre_runbook(t, "book", "pool.add { service = \"shop\", ip = \"192.0.2.50\" }");
    assert_good(theatre_run(t, "book"), &t->e);
    gone(t, "plugins/lb/plugin.lua");
    assert_good(put_back(t, NULL, &left), &t->e);
    assert_string_equal(said_of_changes(t), "first, first");
    assert_non_null(strstr(t->said.at, "plugins/lb/plugin.lua is gone; what it made is put back with its text of then"));
}

static void a_drill_is_never_put_back_for_real_nor_the_reverse(void **_)
{
    static const char *const world[] = { "world: simulated\n", "roles: { pool: { plugin: lb } }\n" };
    for (int i = 0; i < 2; i++) {
        size_t left;
        struct theatre *t = theatre_open(arena_print(test_keep(),
            "services:\n  shop: { ips: [192.0.2.1, 192.0.2.2] }\n%s", world[i]));
        stage_write(t->stage, "plugins/lb/plugin.lua", balancer("first"));
        t->line = yes;
        stop_between(t, "pool.remove { service = \"shop\", ip = \"192.0.2.1\" }\nwait \"60s\"");
        configure(t, world[1 - i]);
        size_t before = theatre_journal(t).count;
        const char *expected = i ? "INC-2025-001 is real, and this workspace is simulated by now"
                                 : "INC-2025-001 is a drill, and this workspace is real by now";
        assert_refused(put_back(t, "pool", &left), &t->e, ERR_FAILED, expected);
        assert_refused(theatre_resume(t, "rebind", "pool"), &t->e, ERR_FAILED, expected);
        assert_refused(theatre_resume(t, "recorded", NULL), &t->e, ERR_FAILED, expected);
        assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, expected);
        assert_int_equal(theatre_journal(t).count, before);
    }
}

int main(void)
{
    const struct CMUnitTest pins[] = {
        promise(an_edited_plugin_stops_the_run_until_somebody_says_which_one),
        promise(who_took_the_plugin_of_now_took_no_later_one),
        promise(a_run_is_not_rebound_by_what_was_said_of_another),
        promise(what_is_gone_goes_on_as_it_was_recorded),
        promise(other_settings_of_a_plugin_are_another_binding),
        promise(a_role_that_a_run_never_speaks_to_may_be_bound_anew),
        promise(every_runbook_that_it_can_call_is_announced_when_it_was_edited),
        promise(a_role_of_a_runbook_that_it_calls_is_one_of_its_own),
        promise(a_change_is_put_back_through_what_made_it_or_not_at_all),
        promise(who_puts_back_through_another_plugin_is_on_the_record),
        promise(a_mended_plugin_puts_back_and_it_is_said),
        promise(a_plugin_that_is_gone_puts_back_with_its_text_of_then),
        promise(a_drill_is_never_put_back_for_real_nor_the_reverse),
    };
    return cmocka_run_group_tests(pins, NULL, NULL);
}
