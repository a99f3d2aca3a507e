/* tests/play/settle.c: what became of a change, when clocks jump, somebody stops the run, or another
 * plugin is bound by now. */
#include "theatre.h"

/* A pool that takes two seconds for a change; PROBE is what it says of one when nobody knows. */
static const char *provider(const char *probe)
{
    return arena_print(test_keep(),
        "local function world() return state_read() or { pool = {}, done = {} } end\n"
        "local function change(t) wait(1000) wait(1000) local w = world() w.pool[t.args.ip] = t.action == 'pool.add' or nil\n"
        "  w.done[t.key] = true state_write(w) return ok { count = 1 } end\n"
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
    assert_int_equal(t->stage->clock.now - began, 12 * SECOND_MS); /* appears_within, and the change itself */
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

int main(void)
{
    const struct CMUnitTest settle[] = {
        promise(after_a_clock_that_was_ahead_a_change_is_looked_into_for_its_span_and_no_longer),
        promise(after_a_clock_that_was_ahead_a_wait_is_as_long_as_it_says),
        promise(after_a_clock_that_was_ahead_not_now_is_tried_when_its_pause_is_over),
        promise(a_stop_ends_what_only_looks),
    };
    return cmocka_run_group_tests(settle, NULL, NULL);
}
