/* tests/play/settle.c: what became of a change, when clocks jump, somebody stops the run, or another
 * plugin is bound by now. */
#include "theatre.h"

/* A pool that takes three seconds for a change, which shows after two; PROBE is what it says of one when nobody knows. */
static const char *provider(const char *probe)
{
    return arena_print(test_keep(),
        "local function world() return state_read() or { pool = {}, done = {} } end\n"
        "local function change(t) wait(1000) wait(1000) local w = world() w.pool[t.args.ip] = t.action == 'pool.add' or nil\n"
        "  w.done[t.key] = true state_write(w) wait(1000) return ok { count = 1 } end\n"
        "local function probe(t) %s end\n"
        "local c = { perform = change, probe = probe, deadline = '5m', appears_within = '10s' }\n"
        "return { summary = 'x', plays = { 'pool' }, needs = { 'state' }, actions = {\n"
        "  ['pool.holds'] = { perform = function(t) return ok { holds = world().pool[t.args.ip] == true } end },\n"
        "  ['pool.add'] = c, ['pool.remove'] = c } }\n", probe);
}

static const char *const by_its_trace = "return world().done[t.key] and done { count = 1 } or absent()";

static struct theatre *pool_of(const char *probe, const char *steps)
{
    struct theatre *t = theatre_open("services:\n  shop: { ips: [192.0.2.1], pool_min: 0 }\nroles: { pool: { plugin: mine } }\n");
    stage_write(t->stage, "plugins/mine/plugin.lua", provider(probe));
    theatre_runbook(t, "book", steps);
    return t;
}

/* The process dies in that wait; then the machine's clock, which was an hour fast, is put right. */
static void die_and_put_the_clock_right(struct theatre *t, int64_t at_wait)
{
    t->die_at_wait = at_wait;
    assert_false(theatre_run(t, "book"));
    t->stage->clock.now -= HOUR_MS;
}

#define ADD "pool.add { service = 'shop', ip = '192.0.2.7' }\n"

static void after_a_clock_that_was_ahead_a_change_is_looked_into_for_its_span_and_no_longer(void **_)
{
    struct theatre *t = pool_of(by_its_trace, ADD);
    die_and_put_the_clock_right(t, 1);
    int64_t began = t->stage->clock.now;
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(t->stage->clock.now - began, 13 * SECOND_MS); /* appears_within, and the change itself */
    assert_string_equal(theatre_changes(t), "pool.add pool:shop/192.0.2.7 ok");
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 2);
}

static void after_a_clock_that_was_ahead_a_wait_is_as_long_as_it_says(void **_)
{
    static const char *const steps[] = { "wait '2m'", "wait_until { sense.answers, service = 'shop', at_most = '2m' }" };
    for (size_t i = 0; i < 2; i++) {
        struct theatre *t = theatre_open("services:\n  shop: { ips: [192.0.2.1] }\nroles: { sense: { plugin: eye } }\n");
        stage_write(t->stage, "plugins/eye/plugin.lua", "return { summary = 'x', plays = { 'sense' }, actions = {\n"
            "  ['sense.answers'] = { perform = function(t) return ok { answers = false, text = 'dark' } end } } }\n");
        theatre_runbook(t, "book", steps[i]);
        die_and_put_the_clock_right(t, 1);
        int64_t began = t->stage->clock.now;
        assert_int_equal(theatre_resume(t, NULL, NULL), i == 0);
        if (t->stage->clock.now - began != 120 * SECOND_MS)
            fail_msg("%lld %s\n%s", (long long)(t->stage->clock.now - began), t->e.text, t->said.at);
    }
}

static void after_a_clock_that_was_ahead_not_now_is_tried_when_its_pause_is_over(void **_)
{
    struct theatre *t = pool_of("return absent()", ADD);
    stage_write(t->stage, "plugins/mine/plugin.lua",
        "return { summary = 'x', plays = { 'pool' }, needs = { 'state' }, actions = { ['pool.add'] = { deadline = '5m', perform = function(t)\n"
        "  if state_read() then return ok { count = 1 } end state_write { busy = true } return later('busy', 30000) end } } }\n");
    die_and_put_the_clock_right(t, 1);
    int64_t began = t->stage->clock.now;
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_in_range(t->stage->clock.now - began, 0, MINUTE_MS);
}

static void ctrl_c_while_looking(struct theatre *t)
{
    t->interrupts = strstr(t->said.at, "looking into it") != NULL;
}

/* What is not to be seen yet is not waited for by whoever says stop: it stays in flight, and says who looks on. */
static void a_stop_ends_what_only_looks(void **_)
{
    static const char *const probe[] = { "return pending()", "return world().late and done { count = 1 } or absent()" };
    for (size_t i = 0; i < 2; i++) {
        struct theatre *t = pool_of(probe[i], ADD);
        t->die_at_wait = 1;
        assert_false(theatre_run(t, "book"));
        t->at_wait = ctrl_c_while_looking;
        int64_t began = t->stage->clock.now;
        assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_STOPPED, "R1 is stopped");
        assert_in_range(t->stage->clock.now - began, 0, 3 * SECOND_MS);
        assert_non_null(strstr(t->said.at, "C1 pool.add: it stays in flight, and 'tocsin resume R1' looks into it again"));
        assert_int_equal(theatre_count(t, EVENT_ACTION_ENDED), 0);
        assert_int_equal(theatre_count(t, EVENT_ASKED), 0);
        t->interrupts = 0;
        t->at_wait = NULL;
        stage_write(t->stage, "plugins/mine/plugin.lua", provider("return done { count = 1 }"));
        assert_good(theatre_resume(t, "rebind", "pool"), &t->e);
        assert_string_equal(theatre_changes(t), "pool.add pool:shop/192.0.2.7 ok");
    }
}

/* Each with a key of its own; that there were others before, which --from forgot, takes none of them away. */
static void what_came_to_nothing_is_tried_three_times_whenever_it_is_done_anew(void **_)
{
    struct theatre *t = pool_of("return absent()", ADD);
    stage_write(t->stage, "plugins/mine/plugin.lua", "return { summary = 'x', plays = { 'pool' }, actions = {\n"
        "  ['pool.add'] = { perform = function(t) return unsure 'cut off' end, probe = function(t) return absent() end } } }\n");
    assert_false(theatre_run(t, "book"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 3);
    assert_false(theatre_resume(t, "from", "1"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 6);
    struct journal j = theatre_journal(t);
    for (size_t i = 0; i < j.count; i++)
        for (size_t k = 0; k < i; k++)
            if (j.event[i].kind == EVENT_ACTION_BEGUN && j.event[k].kind == EVENT_ACTION_BEGUN)
                assert_string_not_equal(json_get_text(j.event[i].data, "provider_key", test_keep()),
                                        json_get_text(j.event[k].data, "provider_key", test_keep()));
}

/* A question that nobody answered parks the run, but first it is known what became of the change beside it. */
static void what_is_in_flight_is_looked_into_before_a_question_parks_the_run(void **_)
{
    const char *steps = "parallel { function() wait '1s' approve 'go on?' end, function() note 'a' note 'b' note 'c' " ADD " end }";
    struct theatre *calm = pool_of(by_its_trace, steps);
    calm->audience.ask = NULL;
    assert_false(theatre_run(calm, "book"));
    for (int64_t at = 4; at < 2 * calm->writes; at++) {
        struct theatre *t = pool_of(by_its_trace, steps);
        t->audience.ask = NULL; /* nobody is at the terminal */
        t->die_at_write = at / 2;
        t->die_after = at % 2;
        assert_false(theatre_run(t, "book"));
        assert_false(theatre_resume(t, NULL, NULL));
        assert_int_equal(t->e.kind, ERR_WAITING);
        assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), theatre_count(t, EVENT_ACTION_ENDED));
        assert_int_equal(theatre_count(t, EVENT_ASKED), 1);
    }
}

/* Another plugin, with a world of its own, is bound by now. */
static void bind(struct theatre *t, const char *plugin)
{
    struct world *w = t->stage->ws.world;
    stage_write(t->stage, "tocsin.yaml", arena_print(test_keep(), "services:\n  shop: { ips: [192.0.2.1], pool_min: 0 }\n"
                                                     "roles: { pool: { plugin: %s } }\n", plugin));
    stage_write(t->stage, "plugins/other/plugin.lua", provider(by_its_trace));
    assert_good(workspace_open(&t->stage->ws, w, t->stage->ws.dir, test_keep(), &t->e), &t->e);
    t->stage->ws.store = &t->store;
}

/* "192.0.2.7 192.0.2.8": what that plugin's world holds. */
static const char *holds(struct theatre *t, const char *plugin)
{
    const char *bytes, *path = workspace_path(&t->stage->ws, test_keep(), arena_print(test_keep(), ".tocsin/%s/world.json", plugin));
    size_t length;
    struct text out = text_new(test_keep());
    struct world *w = t->stage->ws.world;
    if (!w->exists(w, path, NULL))
        return "";
    assert_good(w->read_file(w, path, &bytes, &length, test_keep(), &t->e), &t->e);
    for (struct json_walk walk = json_walk(json_get(json_from(bytes), "pool")); json_next(&walk);)
        text_print(&out, "%s%s", out.length ? " " : "", json_text(walk.key, test_keep()));
    return out.at;
}

static bool put_back(struct theatre *t, const char *rebind, size_t *left)
{
    struct run_request q = theatre_request(t, NULL, NULL);
    t->e = (struct err){ 0 };
    q.rebind = rebind;
    q.because = "it was moved";
    return run_restore(&q, NULL, NULL, left, test_keep(), &t->e);
}

#define ADD_TWO ADD "pool.add { service = 'shop', ip = '192.0.2.8' }\n"
static const char *const done[] = { "done", NULL }, *const could_not[] = { "could-not", NULL }, *const yes[] = { "yes", "yes", "yes", NULL },
                  *const no[] = { "no", NULL };

static void dies_when_the_second_shows(struct theatre *t)
{
    t->dead = t->dead || strstr(holds(t, "mine"), "192.0.2.8");
}

/* The second change is in flight at 'mine', where it took effect; 'other' knows nothing of it, and is not asked. */
static struct theatre *left_at_another(void)
{
    struct theatre *t = pool_of(by_its_trace, ADD_TWO);
    t->at_wait = dies_when_the_second_shows;
    assert_false(theatre_run(t, "book"));
    t->at_wait = NULL;
    assert_string_equal(holds(t, "mine"), "192.0.2.7 192.0.2.8");
    bind(t, "other");
    return t;
}

static void what_was_begun_through_another_plugin_a_person_settles(void **_)
{
    size_t left;
    struct theatre *t = left_at_another();
    assert_false(theatre_resume(t, "rebind", "pool"));
    assert_int_equal(t->e.kind, ERR_WAITING);
    assert_non_null(strstr(t->e.text, "C2 pool.add pool:shop/192.0.2.8 was begun, and nobody can see whether it happened (it was "
                                      "made through the plugin 'mine'; now 'other' is bound): was it done?"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_ENDED), 1);
    t->line = done;
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_string_equal(holds(t, "other"), "");
    assert_string_equal(theatre_changed(t), "pool:shop/192.0.2.7, pool:shop/192.0.2.8");
    t->line = NULL;
    /* that the run went on so is nobody's leave to put back so */
    assert_refused(put_back(t, NULL, &left), &t->e, ERR_FAILED, "C1 was made through the plugin 'mine' as pool; now 'other' is bound");
    bind(t, "mine");
    t->line = yes;
    t->lines_used = 0;
    assert_good(put_back(t, NULL, &left), &t->e);
    assert_string_equal(holds(t, "mine"), "");
}

static void what_a_person_says_was_not_done_is_done_through_what_is_bound_now(void **_)
{
    struct theatre *t = left_at_another();
    t->line = could_not;
    assert_refused(theatre_resume(t, "rebind", "pool"), &t->e, ERR_FAILED, "could-not");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_string_equal(holds(t, "other"), "192.0.2.8");
}

/* The other world never held it, so that it is not there says nothing about the one that it is in. */
static void that_another_plugin_does_not_show_it_is_not_that_it_was_put_back(void **_)
{
    size_t left;
    for (int i = 0; i < 2; i++) {
        struct theatre *t = pool_of(by_its_trace, ADD);
        assert_good(theatre_run(t, "book"), &t->e);
        bind(t, "other");
        t->line = i ? yes : no;
        t->lines_used = 0;
        bool good = put_back(t, "pool", &left);
        if (!strstr(t->said.at, "pool:shop/192.0.2.7: C1 was made through the plugin 'mine'; now 'other' is bound, and shows nothing "
                                "of it; was it put back where it was made, too?"))
            fail_msg("%s\n%s", t->e.text, t->said.at);
        assert_int_equal(good, i);
        assert_int_equal(left, 1 - i);
        assert_string_equal(theatre_changed(t), i ? "" : "pool:shop/192.0.2.7");
        if (!i)
            assert_refused(good, &t->e, ERR_FAILED, "C1 still stands where it was made; nothing was put back");
    }
}

/* An undo that was cut off is looked into by whoever began it. */
static void an_undo_that_another_plugin_began_a_person_settles(void **_)
{
    size_t left;
    struct theatre *t = pool_of(by_its_trace, ADD);
    assert_good(theatre_run(t, "book"), &t->e);
    t->line = yes;
    t->die_at_wait = t->waits + 2;
    assert_false(put_back(t, NULL, &left));
    t->dead = false;
    t->die_at_wait = 0;
    bind(t, "other");
    t->line = done;
    t->lines_used = 0;
    assert_good(put_back(t, "pool", &left), &t->e);
    assert_non_null(strstr(t->said.at, "it was made through the plugin 'mine'; now 'other' is bound): was it done?"));
    assert_int_equal(left, 0);
}

/* The latest first, and nothing behind what failed: the rest is named, and can be put back without it. */
static void what_was_not_tried_after_an_undo_failed_is_named(void **_)
{
    size_t left;
    struct theatre *t = pool_of(by_its_trace, ADD_TWO "pool.add { service = 'shop', ip = '192.0.2.9' }");
    assert_good(theatre_run(t, "book"), &t->e);
    t->line = yes;
    const char *mine = provider(by_its_trace), *at = strstr(mine, "wait(1000)");
    stage_write(t->stage, "plugins/mine/plugin.lua", arena_print(test_keep(), "%.*sif t.action == 'pool.remove' and t.args.ip == '192.0.2.9' then "
                "return failed 'nope' end %s", (int)(at - mine), mine, at));
    assert_false(put_back(t, NULL, &left));
    const char *hint = arena_string(test_keep(), t->e.hint);
    assert_refused(false, &t->e, ERR_FAILED, "could not be put back: nope; not tried then: C2 C1");
    assert_string_equal(hint, "tocsin restore C3 tries it again; tocsin keep C3 --because TEXT accepts it as it is; "
                              "tocsin restore C2 C1 puts back the rest without it");
    assert_int_equal(left, 3);
}

int main(void)
{
    const struct CMUnitTest settle[] = {
        promise(after_a_clock_that_was_ahead_a_change_is_looked_into_for_its_span_and_no_longer),
        promise(after_a_clock_that_was_ahead_a_wait_is_as_long_as_it_says),
        promise(after_a_clock_that_was_ahead_not_now_is_tried_when_its_pause_is_over),
        promise(a_stop_ends_what_only_looks),
        promise(what_came_to_nothing_is_tried_three_times_whenever_it_is_done_anew),
        promise(what_is_in_flight_is_looked_into_before_a_question_parks_the_run),
        promise(what_was_begun_through_another_plugin_a_person_settles),
        promise(what_a_person_says_was_not_done_is_done_through_what_is_bound_now),
        promise(that_another_plugin_does_not_show_it_is_not_that_it_was_put_back),
        promise(what_was_not_tried_after_an_undo_failed_is_named),
        promise(an_undo_that_another_plugin_began_a_person_settles),
    };
    return cmocka_run_group_tests(settle, NULL, NULL);
}
