/* tests/play/faults.c: the world fails in every way it can: once, twice, for
 * ever, slowly, without an answer, busy, and visible only later. */
#include "theatre.h"

static const char *const drill =
    "world: simulated\nzone: Europe/Paris\n"
    "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n";
static const char *const yes[] = { "yes", "yes", "yes", "yes", "yes", "yes", NULL };
static const char *const book =
    "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
    "local vpc = cloud.create_vpc { name = \"watch\" }\n"
    "cloud.attach { ip = \"192.0.2.1\", vpc = vpc.id }\n"
    "local spare = cloud.allocate_ip { name = \"spare\" }\n"
    "pool.add { service = \"osc-fr1\", ip = spare.ip }";
static const char *const calm_changes =
    "pool.remove pool:osc-fr1/192.0.2.1 ok, cloud.create_vpc cloud:vpc/watch ok, "
    "cloud.attach cloud:attachment/192.0.2.1 ok, cloud.allocate_ip cloud:ip/spare ok, "
    "pool.add pool:osc-fr1/203.0.113.11 ok";

static struct theatre *play_with(const char *action, const char *how, int times, int64_t by)
{
    const char *out;
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    theatre_runbook(t, "book", book);
    assert_good(plugins_look(&out, t->stage->plugins, "sim", "put",
        arena_print(test_keep(), "{\"faults\":[{\"action\":\"%s\",\"nth\":1,\"times\":%d,\"how\":\"%s\","
                    "\"by\":%lld,\"text\":\"the provider says no\"}]}", action, times, how, (long long)by),
        test_keep(), &t->e), &t->e);
    plugins_close(t->stage->plugins);
    return t;
}

static const char *const actions[] = { "pool.remove", "cloud.create_vpc", "cloud.attach", "cloud.allocate_ip", "pool.add" };
enum { ACTIONS = sizeof actions / sizeof *actions };

/* The fault passes: resumed as often as it takes, the run ends, each thing done once. */
static void ends_with(const char *how, int times, int64_t by, int resumes)
{
    for (size_t a = 0; a < ACTIONS; a++) {
        struct theatre *t = play_with(actions[a], how, times, by);
        bool ended = theatre_run(t, "book");
        for (int i = 0; i < resumes && !ended; i++)
            ended = theatre_resume(t, NULL, NULL);
        if (!ended)
            fail_msg("%s %s: %s\n%s", actions[a], how, t->e.text, t->said.at);
        if (strcmp(theatre_changes(t), calm_changes) || theatre_effects(t) != 5)
            fail_msg("%s %s: %zu effects: %s\n%s", actions[a], how, theatre_effects(t), theatre_changes(t), t->said.at);
    }
}

static void what_fails_once_is_tried_again_by_resume(void **_) { ends_with("fails", 1, 0, 1); }
static void what_fails_twice_is_tried_twice_again(void **_) { ends_with("fails", 2, 0, 2); }
static void what_is_slow_is_waited_for(void **_) { ends_with("slow", 1, 20000, 0); }
static void what_is_busy_is_tried_later(void **_) { ends_with("busy", 1, 5000, 0); }
static void a_lost_answer_is_looked_into_and_not_repeated(void **_) { ends_with("lost", 1, 0, 0); }
static void a_request_that_never_arrived_is_made_again(void **_) { ends_with("lost-before", 1, 0, 0); }
static void what_hangs_beyond_its_deadline_is_looked_into(void **_) { ends_with("slow", 1, 3600 * 1000, 2); }

/* A plugin that does it at once, so that nothing waits between a beginning and its effect. */
static size_t done_at_once(struct theatre *t)
{
    struct world *w = t->stage->ws.world;
    const char *bytes, *path = workspace_path(&t->stage->ws, test_keep(), ".tocsin/fast/world.json");
    size_t length;
    if (!w->exists(w, path, NULL))
        return 0;
    assert_good(w->read_file(w, path, &bytes, &length, test_keep(), &t->e), &t->e);
    return (size_t)json_int_or(json_get(json_from(arena_copy(test_keep(), bytes, length)), "done"), 0);
}

static void nothing_is_changed_whose_beginning_is_not_on_disk(void **_)
{
    bool ended = false;
    for (int64_t n = 1; !ended; n++) {
        struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1] }\nroles: { pool: { plugin: fast } }\n");
        stage_write(t->stage, "plugins/fast/plugin.lua",
            "local function act(t) local w = state_read() or { done = 0 } w.done = w.done + 1 state_write(w) return ok { count = 2 } end\n"
            "return { summary = \"acts at once\", plays = { \"pool\" }, needs = { \"state\" }, actions = {\n"
            "  [\"pool.holds\"] = { perform = function(t) return ok { holds = true } end },\n"
            "  [\"pool.list\"] = { perform = function(t) return ok { ips = { \"192.0.2.1\" }, count = 1 } end },\n"
            "  [\"pool.add\"] = { perform = act } } }\n");
        theatre_runbook(t, "book", "each { { 1, 2, 3 }, function(i) for k = 1, 2 do "
                                   "pool.add { service = \"osc-fr1\", ip = \"192.0.2.\" .. 10 * i + k } end end, at_once = 2 }");
        t->fail_at_sync = n;
        ended = theatre_run(t, "book");
        if (done_at_once(t) > t->durable)
            fail_msg("sync %lld failed: %zu done, %zu beginnings on disk", (long long)n, done_at_once(t), t->durable);
        assert_true(!ended || (n > 4 && done_at_once(t) == 6));
    }
}

static void what_fails_for_ever_stops_the_run_and_says_so(void **_)
{
    for (size_t a = 0; a < ACTIONS; a++) {
        struct theatre *t = play_with(actions[a], "fails", 1000, 0);
        for (int i = 0; i < 3; i++) {
            bool ended = i ? theatre_resume(t, NULL, NULL) : theatre_run(t, "book");
            assert_false(ended);
            assert_int_equal(t->e.kind, ERR_FAILED);
            assert_non_null(strstr(t->e.text, "the provider says no"));
            assert_non_null(strstr(t->e.text, "book.lua:"));
            assert_non_null(strstr(t->e.hint, "tocsin resume R1"));
        }
        assert_int_equal(theatre_effects(t), a);
    }
}

/* Accepted at once, seen only later: it is read again until it shows, by the same run. */
static void what_shows_only_later_is_waited_for_and_stands_in_the_ledger(void **_)
{
    struct theatre *calm = play_with("cloud.attach", "fails", 0, 0);
    assert_good(theatre_run(calm, "book"), &calm->e);
    ends_with("late", 1, 8000, 0);
    for (size_t a = 0; a < ACTIONS; a++) {
        struct theatre *t = play_with(actions[a], "late", 1, 8000);
        assert_good(theatre_run(t, "book"), &t->e);
        assert_string_equal(theatre_changed(t), theatre_changed(calm));
    }
}

/* It does not even show when the plugin said it would: what was accepted stands in the ledger all the same. */
static void what_does_not_show_at_all_is_not_forgotten(void **_)
{
    struct theatre *t = play_with("cloud.create_vpc", "late", 1, 3600 * 1000);
    theatre_runbook(t, "book", "cloud.create_vpc { name = \"watch\" }");
    assert_good(theatre_run(t, "book"), &t->e);
    assert_string_equal(theatre_changed(t), "cloud:vpc/watch");
    assert_non_null(strstr(t->said.at, "cloud.find_vpc still shows what was before"));
}

/* Lost answers, and the executor dies on top of it, wherever it can. */
static void a_lost_answer_and_a_kill_are_survived_together(void **_)
{
    struct theatre *calm = play_with("cloud.create_vpc", "lost", 1, 0);
    assert_good(theatre_run(calm, "book"), &calm->e);
    for (int64_t at = 2; at < calm->writes; at++) {
        struct theatre *t = play_with("cloud.create_vpc", "lost", 1, 0);
        t->die_at_write = at;
        t->die_after = at % 2;
        assert_false(theatre_run(t, "book"));
        assert_good(theatre_resume(t, NULL, NULL), &t->e);
        assert_int_equal(theatre_effects(t), 5);
        assert_string_equal(theatre_changes(t), calm_changes);
    }
}

/* Promised by the other side and never to be seen: whoever waits hears of it, and in the end is asked. */
static void what_stays_pending_is_said_and_then_asked(void **_)
{
    struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1] }\nroles: { pool: { plugin: slow } }\n");
    stage_write(t->stage, "plugins/slow/plugin.lua",
        "return { plays = { 'pool' }, actions = { ['pool.add'] = { appears_within = '30s',\n"
        "perform = function() return unsure 'no answer' end, probe = function() return pending() end } } }\n");
    theatre_runbook(t, "book", "pool.add { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    int64_t began = t->stage->clock.now;
    assert_false(theatre_run(t, "book"));
    assert_int_equal(t->stage->clock.now - began, 150 * SECOND_MS); /* appears_within, and two minutes */
    assert_non_null(strstr(t->said.at, "pool.add: accepted, not to be seen yet (4 seconds)"));
    assert_non_null(strstr(t->said.at, "(2 minutes 8 seconds)"));
    assert_non_null(strstr(t->said.at, "nobody can see whether it happened (accepted 2 minutes 30 seconds ago, and still not "
                                       "to be seen): was it done?"));
}

int main(void)
{
    const struct CMUnitTest faults[] = {
        promise(nothing_is_changed_whose_beginning_is_not_on_disk),
        promise(what_fails_once_is_tried_again_by_resume),
        promise(what_fails_twice_is_tried_twice_again),
        promise(what_fails_for_ever_stops_the_run_and_says_so),
        promise(what_is_slow_is_waited_for),
        promise(what_is_busy_is_tried_later),
        promise(what_hangs_beyond_its_deadline_is_looked_into),
        promise(a_lost_answer_is_looked_into_and_not_repeated),
        promise(a_request_that_never_arrived_is_made_again),
        promise(what_shows_only_later_is_waited_for_and_stands_in_the_ledger),
        promise(what_does_not_show_at_all_is_not_forgotten),
        promise(a_lost_answer_and_a_kill_are_survived_together),
        promise(what_stays_pending_is_said_and_then_asked),
    };
    return cmocka_run_group_tests(faults, NULL, NULL);
}
