/* How often a plugin is asked: rates, and what "not now" leads to. The clock is the test's own. */
#include "theatre.h"

/* A pool that writes down who asked when, and with which key. */
static struct theatre *pool_with(const char *handler, const char *steps)
{
    struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1], pool_min: 0 }\nroles: { pool: { plugin: mine } }\n");
    stage_write(t->stage, "plugins/mine/plugin.lua", arena_print(test_keep(),
        "local function calls() return (state_read() or { list = {} }).list end\n"
        "local function seen(t)\n  local list = calls()\n  list[#list + 1] = { at = now(), ip = t.args.ip or '', key = t.key }\n"
        "  state_write { list = list }\n  return #list\nend\n"
        "return { summary = 'mine', plays = { 'pool' }, needs = { 'state' }, actions = {\n"
        "  ['pool.list'] = { perform = function(t) return ok { ips = {}, count = 0 } end },\n%s } }\n", handler));
    theatre_runbook(t, "book", steps);
    return t;
}

/* "0 192.0.2.1, 10 192.0.2.2": seconds since the start, and what. */
static const char *asked(struct theatre *t)
{
    const char *bytes;
    size_t length;
    struct world *w = t->stage->ws.world;
    struct text out = text_new(test_keep());
    assert_good(w->read_file(w, workspace_path(&t->stage->ws, test_keep(), ".tocsin/mine/world.json"), &bytes, &length,
                             test_keep(), &t->e), &t->e);
    for (struct json_walk walk = json_walk(json_get(json_from(bytes), "list")); json_next(&walk);) {
        int64_t at = json_int_or(json_get(walk.value, "at"), 0) - STAGE_START;
        text_print(&out, "%s%lld%s%s", out.length ? ", " : "", (long long)at / 1000, at % 1000 ? "+ " : " ",
                   json_get_text(walk.value, "ip", test_keep()));
    }
    return out.at;
}

static void a_rate_lets_so_many_begin_first_in_first_out(void **_)
{
    struct theatre *t = pool_with("['pool.add'] = { rate = { count = 2, per = '10s' },\n"
        "  perform = function(t) seen(t) return ok { count = 1 } end },",
        "each { { 1, 2, 3, 4, 5 }, function(n) pool.add { service = 'osc-fr1', ip = '192.0.2.' .. n } end, at_once = 5 }");
    assert_good(theatre_run(t, "book"), &t->e);
    assert_string_equal(asked(t), "0 192.0.2.1, 0 192.0.2.2, 10 192.0.2.3, 10 192.0.2.4, 20 192.0.2.5");
    if (!strstr(t->said.at, "pool.add: its turn comes in 20 seconds"))
        fail_msg("%s", t->said.at);
}

static void reads_wait_for_their_turn_too(void **_)
{
    struct theatre *t = pool_with("['pool.holds'] = { rate = { count = 1, per = '90s' },\n"
        "  perform = function(t) seen(t) return ok { holds = true } end },",
        "for n = 1, 3 do pool.holds { service = 'osc-fr1', ip = '192.0.2.' .. n } end");
    assert_good(theatre_run(t, "book"), &t->e);
    assert_string_equal(asked(t), "0 192.0.2.1, 90 192.0.2.2, 180 192.0.2.3");
}

/* Two runs, one after the other, as two processes would: the provider sees one rate. */
static void a_rate_is_of_the_workspace_and_not_of_a_run(void **_)
{
    struct theatre *t = pool_with("['pool.add'] = { rate = { count = 2, per = '10s' },\n"
        "  perform = function(t) seen(t) return ok { count = 1 } end },",
        "for n = 1, 3 do pool.add { service = 'osc-fr1', ip = '192.0.2.' .. n } end");
    for (int twice = 0; twice < 2; twice++)
        assert_good(theatre_run(t, "book"), &t->e);
    assert_string_equal(asked(t), "0 192.0.2.1, 0 192.0.2.2, 10 192.0.2.3, 10 192.0.2.1, 20 192.0.2.2, 20 192.0.2.3");
    t = pool_with("['pool.holds'] = { rate = { count = 1, per = '40s' },\n"
        "  perform = function(t) seen(t) return ok { holds = true } end },",
        "for n = 1, 2 do pool.holds { service = 'osc-fr1', ip = '192.0.2.' .. n } end");
    for (int twice = 0; twice < 2; twice++)
        assert_good(theatre_run(t, "book"), &t->e);
    assert_string_equal(asked(t), "0 192.0.2.1, 40 192.0.2.2, 80 192.0.2.1, 120 192.0.2.2");
    t->stage->clock.now -= 3600 * 1000; /* the clock was wrong, and is put right: nobody waits an hour */
    assert_good(theatre_run(t, "book"), &t->e);
    assert_true(t->stage->clock.now < STAGE_START);
}

/* Nothing takes no time: each look at this clock finds it a little later. */
static int64_t (*standing_still)(struct world *w);
static int64_t going_on(struct world *w)
{
    theatre_now->stage->clock.now++;
    return standing_still(w);
}

enum { AHEAD_MOST = 12 };
static int64_t ahead;

/* Others begin three, so that the next may begin a moment after this wait. */
static void others_begin(struct theatre *t)
{
    long long at = t->stage->clock.now + 5000 - 10000 + ahead;
    t->at_wait = NULL;
    stage_write(t->stage, ".tocsin/rates/mine-pool.add", arena_print(test_keep(), "[%lld,%lld,%lld]\n", at, at, at));
}

static void one_that_has_to_wait_a_moment_counts_when_it_begins(void **_)
{
    for (ahead = 0; ahead < AHEAD_MOST; ahead++) {
        const char *bytes;
        size_t length;
        struct theatre *t = pool_with("['pool.add'] = { rate = { count = 3, per = '10s' },\n"
            "  perform = function(t) seen(t) return ok { count = 1 } end },",
            "for n = 1, 3 do if n == 2 then wait '5s' end pool.add { service = 'osc-fr1', ip = '192.0.2.' .. n } end");
        t->at_wait = others_begin;
        standing_still = t->stage->ws.world->now;
        t->stage->ws.world->now = going_on;
        assert_good(theatre_run(t, "book"), &t->e);
        assert_good(t->stage->ws.world->read_file(t->stage->ws.world,
            workspace_path(&t->stage->ws, test_keep(), ".tocsin/rates/mine-pool.add"), &bytes, &length, test_keep(), &t->e), &t->e);
        size_t ours = 0;
        for (struct json_walk walk = json_walk(json_from(arena_copy(test_keep(), bytes, length))); json_next(&walk);)
            ours += json_int_or(walk.value, 0) > STAGE_START;
        assert_int_equal(ours, 2);
    }
}

static void one_that_was_stopped_in_the_queue_was_never_begun(void **_)
{
    struct theatre *t = pool_with("['pool.add'] = { rate = { count = 1, per = '10s' },\n"
        "  perform = function(t) seen(t) return ok { count = 1 } end },",
        "for n = 1, 3 do pool.add { service = 'osc-fr1', ip = '192.0.2.' .. n } end");
    t->die_at_wait = 1;
    assert_false(theatre_run(t, "book"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 1);
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 3);
}

static void one_that_asks_without_a_pause_has_its_deadline_and_leaves_others_their_turns(void **_)
{
    struct theatre *t = pool_with("['pool.add'] = { deadline = '2s',\n"
        "  perform = function(t) while true do wait '0s' end end, probe = function() return absent() end },",
        "local _, why = try { function() parallel { function() pool.add { service = 'osc-fr1', ip = '192.0.2.9' } end,\n"
        "  function() wait '1s' note 'beside it' end } end }\nnote(why)");
    assert_good(theatre_run(t, "book"), &t->e);
    struct journal j = theatre_journal(t);
    const char *notes[2] = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == EVENT_NOTE && n < 2)
            notes[n++] = json_get_text(j.event[i].data, "text", test_keep());
    assert_string_equal(notes[0], "beside it");
    assert_non_null(strstr(notes[1], "1 of 2 failed"));
}

static const char *const not_yet =
    "['pool.add'] = { retry = { times = 4, every = '2s', at_most = '5s' }, deadline = '5m',\n"
    "  perform = function(t) if seen(t) < 3 then return later('it answers 429', '20s') end return ok { count = 1 } end },";
static const char *const add = "pool.add { service = 'osc-fr1', ip = '192.0.2.9' }";

static void what_is_refused_for_now_is_tried_again_when_it_may(void **_)
{
    struct theatre *t = pool_with(not_yet, add);
    assert_good(theatre_run(t, "book"), &t->e);
    struct journal j = theatre_journal(t);
    const char *key = NULL;
    int64_t again = 0;
    size_t begun = 0, refused = 0;
    for (size_t i = 0; i < j.count; i++) {
        const struct event *ev = &j.event[i];
        const char *when = json_get_text(ev->data, "again", test_keep());
        if (ev->kind == EVENT_ACTION_BEGUN) {
            const char *own = json_get_text(ev->data, "provider_key", test_keep());
            assert_true(!key || strcmp(key, own) == 0);
            assert_true(ev->recorded >= again);
            key = own;
            begun++;
        }
        if (when) {
            assert_true(instant_parse_rfc3339(when, strlen(when), &again));
            assert_in_range(again - ev->recorded, 20000, 22000);
            assert_true(json_is(json_get(ev->data, "outcome"), "failed"));
            refused++;
        }
    }
    assert_int_equal(begun, 3);
    assert_int_equal(refused, 2);
    assert_string_equal(theatre_changes(t), "pool.add pool:osc-fr1/192.0.2.9 ok");
    assert_non_null(strstr(t->said.at, "it answers 429; again in 2"));
}

static void a_resume_keeps_to_the_moment_that_was_named(void **_)
{
    struct theatre *t = pool_with(not_yet, add);
    t->die_at_wait = 1;
    assert_false(theatre_run(t, "book"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 1);
    t->stage->clock.now = STAGE_START + 5000;
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 3);
    int seconds[2] = { 0 };
    assert_int_equal(sscanf(asked(t), "0 192.0.2.9, %d%*[+ ]192.0.2.9, %d", &seconds[0], &seconds[1]), 2);
    assert_in_range(seconds[0], 20, 22);
    assert_in_range(seconds[1], 40, 44);
}

static void pauses_double_and_are_the_same_every_time(void **_)
{
    const char *first = NULL;
    for (int again = 0; again < 2; again++) {
        struct theatre *t = pool_with("['pool.add'] = { retry = { times = 6, every = '4s', at_most = '16s' }, deadline = '5m',\n"
            "  perform = function(t) seen(t) return later('no') end },", add);
        assert_false(theatre_run(t, "book"));
        assert_non_null(strstr(t->e.text, "no (tried 6 times)"));
        int at[6] = { 0 };
        assert_int_equal(sscanf(asked(t), "0 192.0.2.9, %d%*[+ ]192.0.2.9, %d%*[+ ]192.0.2.9, %d%*[+ ]192.0.2.9, %d%*[+ ]192.0.2.9, %d",
                                &at[1], &at[2], &at[3], &at[4], &at[5]), 5);
        static const int most[] = { 0, 4, 8, 16, 16, 16 };
        for (int i = 1; i < 6; i++)
            assert_in_range(at[i] - at[i - 1], most[i] / 2 - 1, most[i] + 1);
        assert_true(!first || strcmp(first, asked(t)) == 0);
        first = asked(t);
    }
}

static void what_would_take_longer_than_it_may_is_not_waited_for(void **_)
{
    struct theatre *t = pool_with("['pool.add'] = { deadline = '2m',\n"
        "  perform = function(t) seen(t) return later('it answers 429', '1h') end },", add);
    assert_false(theatre_run(t, "book"));
    assert_non_null(strstr(t->e.text, "it answers 429, and not before 1 h"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 1);
    assert_string_equal(theatre_changed(t), "");
    assert_true(t->stage->clock.now - STAGE_START < 1000);
}

static void a_read_is_asked_again_and_leaves_one_event(void **_)
{
    struct theatre *t = pool_with("['pool.holds'] = { retry = { times = 3, every = '2s' },\n"
        "  perform = function(t) if seen(t) < 3 then return later('busy', '7s') end return ok { holds = true } end },",
        "pool.holds { service = 'osc-fr1', ip = '192.0.2.9' }");
    assert_good(theatre_run(t, "book"), &t->e);
    assert_int_equal(theatre_count(t, EVENT_READ), 1);
    struct theatre *never = pool_with("['pool.holds'] = { retry = { times = 3, every = '2s' },\n"
        "  perform = function(t) seen(t) return later('busy') end },",
        "pool.holds { service = 'osc-fr1', ip = '192.0.2.9' }");
    assert_false(theatre_run(never, "book"));
    assert_non_null(strstr(never->e.text, "busy (asked 3 times)"));
}

static void the_simulator_refuses_what_is_too_often(void **_)
{
    const char *out;
    struct theatre *t = theatre_open("world: simulated\nservices:\n  osc-fr1: { ips: [192.0.2.1], pool_min: 0 }\n");
    theatre_runbook(t, "book", "each { { 1, 2, 3 }, function(n) cloud.allocate_ip { name = 'spare' .. n } end, at_once = 3 }");
    assert_good(plugins_look(&out, t->stage->plugins, "sim", "put", "{\"rates\":{\"cloud.allocate_ip\":2}}", test_keep(), &t->e), &t->e);
    plugins_close(t->stage->plugins);
    assert_good(theatre_run(t, "book"), &t->e);
    assert_non_null(strstr(t->said.at, "too many: 2 a minute; again in"));
    assert_int_equal(theatre_effects(t), 3);
    assert_true(t->stage->clock.now - STAGE_START >= 60000);
}

static void a_wrong_declaration_is_refused_with_file_and_line(void **_)
{
    static const struct { const char *handler, *says; } wrong[] = {
        { "rate = 5", "'rate': found a number, expected a table" },
        { "rate = { count = 5 }", "'rate': expected both halves, { count = 5, per = \"1s\" }" },
        { "rate = { per = '1s' }", "'rate': expected both halves" },
        { "rate = { count = 0, per = '1s' }", "'count': found a number, expected a whole number from 1 to 10000" },
        { "rate = { count = 1.5, per = '1s' }", "'count': found a number, expected a whole number" },
        { "rate = { count = 1, per = 'soon' }", "'per': found 'soon', expected a duration" },
        { "rate = { count = 1, per = '0s' }", "'per': found '0s', expected a duration" },
        { "rate = { count = 1, per = '1s', pre = 3 }", "unknown key of 'rate' 'pre', did you mean 'per'?" },
        { "retry = 'often'", "'retry': found 'often', expected a table" },
        { "retry = { times = -1 }", "'times': found a number, expected a whole number" },
        { "retry = { every = 5 }", "'every': found a number, expected a duration" },
        { "retry = { at_moost = '5s' }", "unknown key of 'retry' 'at_moost', did you mean 'at_most'?" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct theatre *t = pool_with(arena_print(test_keep(), "['pool.add'] = { %s, perform = function(t) return ok { count = 1 } end },",
                                                  wrong[i].handler), add);
        assert_false(theatre_run(t, "book"));
        if (!strstr(t->e.text, arena_print(test_keep(), "plugins/mine/plugin.lua:10: %s", wrong[i].says)))
            fail_msg("'%s' does not say '%s'", t->e.text, wrong[i].says);
        assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 0);
    }
}

int main(void)
{
    const struct CMUnitTest pace[] = {
        promise(one_that_asks_without_a_pause_has_its_deadline_and_leaves_others_their_turns),
        promise(a_rate_lets_so_many_begin_first_in_first_out),
        promise(reads_wait_for_their_turn_too),
        promise(a_rate_is_of_the_workspace_and_not_of_a_run),
        promise(one_that_has_to_wait_a_moment_counts_when_it_begins),
        promise(one_that_was_stopped_in_the_queue_was_never_begun),
        promise(what_is_refused_for_now_is_tried_again_when_it_may),
        promise(a_resume_keeps_to_the_moment_that_was_named),
        promise(pauses_double_and_are_the_same_every_time),
        promise(what_would_take_longer_than_it_may_is_not_waited_for),
        promise(a_read_is_asked_again_and_leaves_one_event),
        promise(the_simulator_refuses_what_is_too_often),
        promise(a_wrong_declaration_is_refused_with_file_and_line),
    };
    return cmocka_run_group_tests(pace, NULL, NULL);
}
