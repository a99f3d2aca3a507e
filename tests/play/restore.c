/* tests/play/restore.c: nothing goes back too early, too far, or past a person. */
#include "theatre.h"

static const char *const drill =
    "world: simulated\nzone: Europe/Paris\n"
    "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n";
static const char *const yes[] = { "yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes", NULL };
static const char *const watched = /* out of the pool, and where somebody can look at it */
    "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
    "local v = cloud.create_vpc { name = \"watch\" }\ncloud.attach { ip = \"192.0.2.1\", vpc = v.id }\n";
static const char *const spare =
    "local s = cloud.allocate_ip { name = \"spare\" }\npool.add { service = \"osc-fr1\", ip = s.ip }\n";

static const char *const service_ip[] = { "service=osc-fr1", "ip=192.0.2.1", NULL };
static size_t left;
static const char *text;

static struct theatre *after(const char *steps)
{
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    theatre_runbook(t, "book", steps);
    assert_good(theatre_run(t, "book"), &t->e);
    return t;
}

static bool put_back(struct theatre *t, const char *const *names)
{
    struct run_request q = theatre_request(t, NULL, NULL);
    t->e = (struct err){ 0 };
    return run_restore(&q, names, NULL, &left, test_keep(), &t->e);
}


/* At 14:41 people type `do`, not `restore`. */
static void no_other_way_puts_a_flooded_ip_back(void **_)
{
    struct theatre *t = after(watched);
    theatre_flood(t, "192.0.2.1", 600000);
    t->stage->clock.now += 60000;
    struct run_request q = theatre_request(t, NULL, service_ip);
    assert_refused(run_do(&text, &q, "pool.add", test_keep(), &t->e), &t->e, ERR_FAILED, "192.0.2.1 is flooded: ");
    theatre_runbook(t, "again", "pool.add { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    assert_refused(theatre_run(t, "again"), &t->e, ERR_FAILED, "192.0.2.1 is flooded: ");
    q.even_so = "the customer asked";
    t->e = (struct err){ 0 };
    assert_good(run_do(&text, &q, "pool.add", test_keep(), &t->e), &t->e);
    assert_null(strstr(theatre_changed(t), "pool:osc-fr1/192.0.2.1"));
}

/* In the half an hour after it, "is flooded" would be wrong. */
static void after_a_flood_it_says_when_it_ended_and_how_long_it_has_to_be_quiet(void **_)
{
    struct theatre *t = after(watched);
    theatre_flood(t, "192.0.2.1", 600000);
    t->stage->clock.now += 600000 + 9 * 60000;
    assert_refused(put_back(t, NULL), &t->e, ERR_FAILED, "192.0.2.1 was flooded until 11:10:");
    struct run_request q = theatre_request(t, NULL, service_ip);
    assert_refused(run_do(&text, &q, "pool.add", test_keep(), &t->e), &t->e, ERR_FAILED, ": quiet for 9 min by now, of the 30 minutes that are wanted");
    t->stage->clock.now += 31 * 60000;
    assert_good(put_back(t, NULL), &t->e);
}

static void what_a_run_took_out_itself_it_puts_back_only_when_it_is_quiet(void **_)
{
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    theatre_runbook(t, "book", "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
                               "pool.add { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "unknown is not quiet");
}

/* A spare that came and went: the ledger says that nothing is changed, and it may be flooded all the same. */
static void what_a_run_took_out_before_a_kill_it_puts_back_only_when_it_is_quiet(void **_)
{
    const char *steps = arena_print(test_keep(), "%spool.remove { service = \"osc-fr1\", ip = s.ip }\nwait \"1s\"\n"
                                    "pool.add { service = \"osc-fr1\", ip = s.ip }", spare);
    struct theatre *calm = theatre_open(drill);
    calm->line = yes;
    theatre_runbook(calm, "book", steps);
    assert_refused(theatre_run(calm, "book"), &calm->e, ERR_FAILED, "unknown is not quiet");
    for (int64_t at = 1; at <= calm->waits; at++) {
        struct theatre *t = theatre_open(drill);
        t->line = yes;
        t->die_at_wait = at;
        theatre_runbook(t, "book", steps);
        assert_false(theatre_run(t, "book"));
        assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "unknown is not quiet");
    }
}

static void a_fresh_spare_joins_the_pool_without_that_look(void **_)
{
    struct theatre *t = after(spare);
    assert_non_null(strstr(theatre_changes(t), "pool.add pool:osc-fr1/203.0.113.11 ok"));
}

static void a_flood_begins(struct theatre *t)
{
    theatre_flood(t, "192.0.2.1", 600000);
    t->stage->clock.now += 20000;
}

static void what_was_quiet_before_the_question_is_looked_at_again_after_the_yes(void **_)
{
    struct theatre *t = after(arena_print(test_keep(), "%s%s", watched, spare));
    t->stage->clock.now += 2 * 3600 * 1000;
    t->at_ask = a_flood_begins;
    assert_false(put_back(t, NULL));
    assert_non_null(strstr(t->e.text, "192.0.2.1 is flooded: "));
    assert_int_equal(theatre_count(t, EVENT_UNDONE), 0);
}

static void keep_c1(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    for (size_t i = 0; i < j.count; i++) {
        if (j.event[i].kind != EVENT_ACTION_BEGUN || !json_is(json_get(j.event[i].data, "change"), "C1"))
            continue;
        struct draft kept = { .at = INSTANT_NONE, .by = "carol", .uid = "sim", .kind = EVENT_KEPT,
            .data = arena_print(test_keep(), "{\"changes\":[\"%s\"],\"because\":\"we need it\"}", j.event[i].hash) };
        struct appended out;
        struct err e = { 0 };
        assert_good(t->real->append(t->real, t->incident, NULL, NULL, &kept, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    }
}

static void what_somebody_keeps_while_the_question_stands_open_stays(void **_)
{
    struct theatre *t = after(arena_print(test_keep(), "%s%s", watched, spare));
    t->stage->clock.now += 2 * 3600 * 1000;
    t->at_ask = keep_c1;
    assert_good(put_back(t, NULL), &t->e);
    assert_null(strstr(theatre_changes(t), "pool.add pool:osc-fr1/192.0.2.1"));
    assert_non_null(strstr(theatre_changes(t), "cloud.release_ip cloud:ip/spare ok"));
}

static void take_the_other(struct theatre *t)
{
    static const char *const other[] = { "service=osc-fr1", "ip=192.0.2.2", NULL };
    struct run_request q = theatre_request(t, NULL, other);
    struct err e = { 0 };
    assert_good(run_do(&text, &q, "pool.remove", test_keep(), &e), &e);
}

static void a_pool_is_not_emptied_by_two_who_were_asked_at_once(void **_)
{
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    t->at_ask = take_the_other;
    struct run_request q = theatre_request(t, NULL, service_ip);
    assert_refused(run_do(&text, &q, "pool.remove", test_keep(), &t->e), &t->e, ERR_FAILED,
                   "would leave 0 IPs in the pool");
}

static void nor_by_two_branches_of_one_run(void **_)
{
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    theatre_runbook(t, "book", "each { { \"192.0.2.1\", \"192.0.2.2\" }, function(ip) pool.remove { service = \"osc-fr1\","
                               " ip = ip } end, at_once = 2 }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "would leave 0 IPs in the pool");
    assert_int_equal(theatre_effects(t), 1);
}

/* The old ones have left meanwhile: the spare is all that serves. */
static void nothing_is_put_back_where_the_pool_would_run_short_on_the_way(void **_)
{
    struct theatre *t = after("local s = cloud.allocate_ip { name = \"spare\" }\n"
                              "dns.add { service = \"osc-fr1\", ip = s.ip }\npool.add { service = \"osc-fr1\", ip = s.ip }");
    struct err e = { 0 };
    assert_good(plugins_look(&text, t->stage->plugins, "sim", "put",
        "{\"services\":{\"osc-fr1\":{\"name\":\"osc-fr1.example\",\"pool\":{\"203.0.113.11\":true},\"rpm\":60000}}}",
        test_keep(), &e), &e);
    plugins_close(t->stage->plugins);
    size_t before = theatre_effects(t);
    assert_false(put_back(t, NULL));
    assert_non_null(strstr(t->e.text, "would leave 0 IPs in the pool"));
    assert_int_equal(theatre_effects(t), before);
}

/* A hand that was killed in the middle: restore asks the world first, then puts back. */
static void what_a_dead_hand_left_in_flight_is_looked_into_first(void **_)
{
    for (int64_t at = 1; at <= 8; at++) {
        struct theatre *t = theatre_open(drill);
        t->line = yes;
        t->die_at_wait = at;
        struct run_request q = theatre_request(t, NULL, service_ip);
        (void)run_do(&text, &q, "pool.remove", test_keep(), &t->e);
        t->dead = false;
        t->die_at_wait = 0;
        if (!theatre_changed(t)[0])
            continue;
        q.even_so = "a test";
        t->e = (struct err){ 0 };
        bool good = run_restore(&q, NULL, NULL, &left, test_keep(), &t->e);
        if (!good)
            fail_msg("killed at %lld: %s\n%s", (long long)at, t->e.text, t->said.at);
        assert_string_equal(theatre_changed(t), "");
    }
}

static void what_is_not_changed_is_not_said_to_be_put_back(void **_)
{
    struct theatre *t = after(watched);
    struct run_request q = theatre_request(t, NULL, NULL);
    assert_refused(run_restore(&q, NULL, "192.0.2.11", &left, test_keep(), &t->e), &t->e, ERR_FAILED,
                   "nothing of 192.0.2.11 is changed");
}

/* Several to put back, asked once; killed anywhere on the way. */
static const char *const added = "for _, n in ipairs { 'a', 'b' } do local s = cloud.allocate_ip { name = n }\n"
                                 "pool.add { service = 'osc-fr1', ip = s.ip } end\n";

static void a_yes_to_several_holds_for_the_rest_of_them_after_a_kill(void **_)
{
    const char *steps = arena_print(test_keep(), "%srestore { all = true }", added);
    struct theatre *calm = after(steps);
    assert_int_equal(theatre_count(calm, EVENT_ASKED), 1);
    for (int64_t at = 9; at <= calm->writes; at++) {
        struct theatre *t = theatre_open(drill);
        t->line = yes;
        t->die_at_write = at;
        t->die_after = at % 2;
        theatre_runbook(t, "book", steps);
        assert_false(theatre_run(t, "book"));
        if (!theatre_count(t, EVENT_RUN_ENDED))
            assert_good(theatre_resume(t, NULL, NULL), &t->e);
        assert_int_equal(theatre_count(t, EVENT_ASKED), 1);
        assert_string_equal(theatre_changed(t), "");
        assert_int_equal(theatre_effects(t), theatre_effects(calm));
    }
}

static void and_so_it_does_where_restore_is_typed_again(void **_)
{
    struct theatre *calm = after(added);
    int64_t before = calm->writes;
    assert_good(put_back(calm, NULL), &calm->e);
    for (int64_t at = before + 2; at <= calm->writes; at++) {
        struct theatre *t = after(added);
        t->die_at_write = at;
        t->die_after = at % 2;
        assert_false(put_back(t, NULL));
        t->die_at_write = 0;
        bool answered = theatre_count(t, EVENT_ANSWERED) > 0;
        assert_good(put_back(t, NULL), &t->e);
        assert_int_equal(theatre_count(t, EVENT_ASKED), 1);
        assert_true(answered || t->lines_used == 2);
        assert_string_equal(theatre_changed(t), "");
    }
}

static void a_yes_to_the_safe_change_is_none_to_the_one_that_overrides(void **_)
{
    static const char *const no[] = { "no", NULL };
    struct theatre *t = after(added);
    t->line = NULL;
    assert_refused(put_back(t, NULL), &t->e, ERR_WAITING, "A1");
    t->line = yes;
    t->lines_used = 0;
    struct run_request q = theatre_request(t, NULL, NULL);
    q.even_so = "burn it";
    t->line = no;
    t->e = (struct err){ 0 };
    assert_refused(run_restore(&q, NULL, NULL, &left, test_keep(), &t->e), &t->e, ERR_FAILED, "alice said no");
    assert_non_null(strstr(t->said.at, "EVEN SO, without a look at quiet, the pool's minimum and whether it is still as we left it: burn it"));
    q = theatre_request(t, NULL, service_ip);
    t->line = NULL;
    t->e = (struct err){ 0 };
    assert_refused(run_do(&text, &q, "pool.remove", test_keep(), &t->e), &t->e, ERR_WAITING, "A3");
    q.even_so = "I know better";
    t->e = (struct err){ 0 };
    assert_refused(run_do(&text, &q, "pool.remove", test_keep(), &t->e), &t->e, ERR_WAITING, "A4");
    theatre_runbook(t, "over", "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\", even_so = \"as told\" }");
    t->line = no;
    t->lines_used = 0;
    assert_false(theatre_run(t, "over"));
    assert_non_null(strstr(t->said.at, "EVEN SO, without a look at quiet and the pool's minimum: as told"));
}

static void what_is_so_already_is_not_asked_about(void **_)
{
    struct theatre *t = after(spare);
    struct err e = { 0 };
    assert_good(plugins_look(&text, t->stage->plugins, "sim", "put",
        "{\"services\":{\"osc-fr1\":{\"pool\":{\"192.0.2.1\":true},\"dns\":{}}}}", test_keep(), &e), &e);
    plugins_close(t->stage->plugins);
    t->line = NULL;
    assert_refused(put_back(t, NULL), &t->e, ERR_WAITING, "A1: put back 1 change: cloud.release_ip cloud:ip/spare?");
}

/* The plugin has a way to look, and it fails. */
static void what_cannot_be_seen_any_more_is_not_put_back(void **_)
{
    struct theatre *t = after(spare);
    struct err e = { 0 };
    assert_good(plugins_look(&text, t->stage->plugins, "sim", "put",
        "{\"faults\":[{\"action\":\"pool.holds\",\"nth\":1,\"times\":99,\"how\":\"fails\"}]}", test_keep(), &e), &e);
    plugins_close(t->stage->plugins);
    assert_refused(put_back(t, NULL), &t->e, ERR_FAILED, "nobody can see whether pool:osc-fr1/203.0.113.11 is as we left it");
    struct run_request q = theatre_request(t, NULL, NULL);
    q.even_so = "it is";
    t->e = (struct err){ 0 };
    assert_good(run_restore(&q, NULL, NULL, &left, test_keep(), &t->e), &t->e);
}

int main(void)
{
    const struct CMUnitTest restore[] = {
        promise(no_other_way_puts_a_flooded_ip_back),
        promise(after_a_flood_it_says_when_it_ended_and_how_long_it_has_to_be_quiet),
        promise(what_a_run_took_out_itself_it_puts_back_only_when_it_is_quiet),
        promise(what_a_run_took_out_before_a_kill_it_puts_back_only_when_it_is_quiet),
        promise(a_fresh_spare_joins_the_pool_without_that_look),
        promise(what_was_quiet_before_the_question_is_looked_at_again_after_the_yes),
        promise(what_somebody_keeps_while_the_question_stands_open_stays),
        promise(a_pool_is_not_emptied_by_two_who_were_asked_at_once),
        promise(nor_by_two_branches_of_one_run),
        promise(nothing_is_put_back_where_the_pool_would_run_short_on_the_way),
        promise(what_a_dead_hand_left_in_flight_is_looked_into_first),
        promise(what_is_not_changed_is_not_said_to_be_put_back),
        promise(a_yes_to_several_holds_for_the_rest_of_them_after_a_kill),
        promise(and_so_it_does_where_restore_is_typed_again),
        promise(a_yes_to_the_safe_change_is_none_to_the_one_that_overrides),
        promise(what_is_so_already_is_not_asked_about),
        promise(what_cannot_be_seen_any_more_is_not_put_back),
    };
    return cmocka_run_group_tests(restore, NULL, NULL);
}
