/* tests/play/run.c: a runbook can be killed anywhere, and goes on without
 * doing anything twice. */
#include "theatre.h"

#include "world/store_local.h"

static const char *const drill =
    "world: simulated\nzone: Europe/Paris\n"
    "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n";
static const char *const yes[] = { "yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes", NULL };

static const char *const isolate =
    "step \"Take it out\"\n"
    "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
    "dns.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
    "local vpc = cloud.create_vpc { name = \"watch\" }\n"
    "cloud.attach { ip = \"192.0.2.1\", vpc = vpc.id }\n"
    "wait \"90s\"\n"
    "local spare = cloud.allocate_ip { name = \"spare\" }\n"
    "parallel { function() pool.add { service = \"osc-fr1\", ip = spare.ip } end,\n"
    "           function() wait \"5s\" note \"beside it\" end }\n"
    "wait_until { sense.answers, service = \"osc-fr1\", at_most = \"5m\" }\n"
    "note(\"done at \" .. now {})\n"
    "return { vpc = vpc.id }";

static struct theatre *play(const char *steps)
{
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    theatre_runbook(t, "book", steps);
    return t;
}

static void a_run_that_nobody_disturbs_ends(void **_)
{
    struct theatre *t = play(isolate);
    assert_good(theatre_run(t, "book"), &t->e);
    assert_string_equal(t->outcome.how, "returned");
    assert_string_equal(theatre_changes(t),
        "pool.remove pool:osc-fr1/192.0.2.1 ok, dns.remove dns:osc-fr1/192.0.2.1 ok, "
        "cloud.create_vpc cloud:vpc/watch ok, cloud.attach cloud:attachment/192.0.2.1 ok, "
        "cloud.allocate_ip cloud:ip/spare ok, pool.add pool:osc-fr1/203.0.113.11 ok");
    assert_int_equal(theatre_effects(t), 6);
}

static void then_the_world_is_as_without_the_kill(struct theatre *t, struct theatre *calm, int64_t at)
{
    if (strcmp(theatre_changes(t), theatre_changes(calm)) || theatre_effects(t) != theatre_effects(calm)
        || strcmp(theatre_changed(t), theatre_changed(calm)))
        fail_msg("killed at %lld:\n  %s (%zu effects; changed %s)\nwithout:\n  %s (%zu effects; changed %s)\n%s",
                 (long long)at, theatre_changes(t), theatre_effects(t), theatre_changed(t),
                 theatre_changes(calm), theatre_effects(calm), theatre_changed(calm), t->said.at);
}

/* Killed before and behind every write of the journal, resumed once. */
static void killed_at_every_write_it_goes_on_and_does_nothing_twice(void **_)
{
    struct theatre *calm = play(isolate);
    assert_good(theatre_run(calm, "book"), &calm->e);
    int64_t last = calm->writes;
    for (int64_t at = 2; at <= last; at++)
        for (int behind = 0; behind < 2; behind++) {
            struct theatre *t = play(isolate);
            t->die_at_write = at;
            t->die_after = behind;
            bool ended = theatre_run(t, "book");
            assert_false(ended);
            if (behind && at == last)
                continue; /* run.ended is on disk: nothing is left to resume */
            assert_good(theatre_resume(t, NULL, NULL), &t->e);
            then_the_world_is_as_without_the_kill(t, calm, at);
        }
}

/* All words in one book, and the levels in each other. */
static const char *const everything =
    "step \"begin\"\n"
    "local n = random { from = 1, to = 1000 }\n"
    "local why\n"
    "try { function() pool.list { service = \"osc-fr1\" } sense.flood { service = \"osc-fr1\" } end }\n"
    "local nothing, reason = try { sense.flood, service = \"osc-fr1\" }\n"
    "note(\"caught \" .. reason)\n"
    "local tries = 0\n"
    "retry { function() tries = tries + 1 note(\"try \" .. tries) if tries < 3 then fail \"not yet\" end\n"
    "  pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" } end, times = 4, every = \"7s\" }\n"
    "call { \"inner\", n = 2 }\n"
    "each { { \"a\", \"b\", \"c\" }, function(x) local ip = cloud.allocate_ip { name = x } wait \"3s\"\n"
    "  pool.add { service = \"osc-fr1\", ip = ip.ip } end, at_once = 2 }\n"
    "parallel { function() try { function() wait \"1s\" fail \"x\" end } wait \"2s\" note \"one\" end,\n"
    "  function() call { \"inner\", n = 3 } end }\n"
    "confirm \"shall we?\"\n"
    "local colour = ask \"which colour?\"\n"
    "phase \"mitigated\"\n"
    "impact { service = \"osc-fr1\", level = \"down\" }\n"
    "wait \"5s\"\n"
    "impact { service = \"osc-fr1\", level = \"up\" }\n"
    "lock \"dns:osc-fr1\"\n"
    "restore { ip = \"192.0.2.1\", even_so = \"a test\" }\n"
    "note(n .. \" \" .. colour .. \" at \" .. now {})\n"
    "cloud.allocate_ip { name = \"last\" }";

static struct theatre *play_everything(void)
{
    struct theatre *t = play(everything);
    theatre_runbook(t, "inner", "step(\"inner \" .. p.n)\nwait \"2s\"\ncloud.create_vpc { name = \"vpc\" .. p.n }");
    return t;
}

/* What people read of it: the same texts, once each. */
static size_t texts(struct theatre *t)
{
    return theatre_count(t, EVENT_NOTE) * 1000 + theatre_count(t, EVENT_STEP) * 100
         + theatre_count(t, EVENT_IMPACT) * 10 + theatre_count(t, EVENT_PHASE);
}

static void every_word_survives_a_kill_at_every_write(void **_)
{
    struct theatre *calm = play_everything();
    assert_good(theatre_run(calm, "book"), &calm->e);
    for (int64_t at = 2; at <= calm->writes; at++) {
        struct theatre *t = play_everything();
        t->die_at_write = at;
        t->die_after = at % 2;
        assert_false(theatre_run(t, "book"));
        if (theatre_count(t, EVENT_RUN_ENDED))
            continue;
        if (!theatre_resume(t, NULL, NULL))
            fail_msg("killed at %lld: %s", (long long)at, t->e.text);
        assert_int_equal(theatre_effects(t), theatre_effects(calm));
        assert_string_equal(theatre_changed(t), theatre_changed(calm));
        if (texts(t) != texts(calm))
            fail_msg("killed at %lld: %zu, not %zu\n%s", (long long)at, texts(t), texts(calm), t->said.at);
    }
}

/* Killed in every wait: inside of every action, before and after its effect. */
static void killed_inside_every_action_it_goes_on_and_does_nothing_twice(void **_)
{
    struct theatre *calm = play(isolate);
    assert_good(theatre_run(calm, "book"), &calm->e);
    for (int64_t at = 1; at <= calm->waits; at++) {
        struct theatre *t = play(isolate);
        t->die_at_wait = at;
        assert_false(theatre_run(t, "book"));
        assert_int_equal(t->e.kind, ERR_STOPPED);
        assert_good(theatre_resume(t, NULL, NULL), &t->e);
        then_the_world_is_as_without_the_kill(t, calm, at);
    }
}

/* The second kill falls into the resume of the first. */
static void killed_twice_it_goes_on_and_does_nothing_twice(void **_)
{
    struct theatre *calm = play(isolate);
    assert_good(theatre_run(calm, "book"), &calm->e);
    for (int64_t at = 3; at <= calm->writes; at += 3) {
        struct theatre *t = play(isolate);
        t->die_at_write = at;
        theatre_run(t, "book");
        struct run_request q = theatre_request(t, NULL, NULL);
        t->writes = 0;
        t->die_at_write = 2 + at % 4;
        t->die_after = at % 2;
        if (!run_resume(&t->outcome, &q, NULL, NULL, test_keep(), &t->e)) {
            bool resumed = theatre_resume(t, NULL, NULL);
            if (!resumed && !strstr(t->e.text, "unfinished")) /* the kill fell behind run.ended */
                fail_msg("%s", t->e.text);
        }
        then_the_world_is_as_without_the_kill(t, calm, at);
    }
}

static void killed_while_putting_back_it_goes_on_and_does_nothing_twice(void **_)
{
    static const char *const back = "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
                                    "local s = cloud.allocate_ip { name = \"spare\" }\n"
                                    "pool.add { service = \"osc-fr1\", ip = s.ip }";
    size_t left;
    struct theatre *calm = play(back);
    assert_good(theatre_run(calm, "book"), &calm->e);
    calm->stage->clock.now += 3600 * 1000;
    struct run_request q = theatre_request(calm, NULL, NULL);
    int64_t before = calm->writes;
    q.even_so = "a test";
    assert_good(run_restore(&q, NULL, NULL, &left, test_keep(), &calm->e), &calm->e);
    assert_int_equal(left, 0);
    assert_string_equal(theatre_changed(calm), "");
    for (int64_t at = before + 1; at <= calm->writes; at++)
        for (int behind = 0; behind < 2; behind++) {
            struct theatre *t = play(back);
            assert_good(theatre_run(t, "book"), &t->e);
            t->stage->clock.now += 3600 * 1000;
            q = theatre_request(t, NULL, NULL);
            t->die_at_write = at;
            t->die_after = behind;
            q.even_so = "a test";
            assert_false(run_restore(&q, NULL, NULL, &left, test_keep(), &t->e));
            t->die_at_write = 0;
            t->e = (struct err){ 0 };
            q.even_so = "a test";
            assert_good(run_restore(&q, NULL, NULL, &left, test_keep(), &t->e), &t->e);
            assert_int_equal(left, 0);
            assert_string_equal(theatre_changed(t), "");
            if (theatre_effects(t) != theatre_effects(calm)) {
                print_error("killed at %lld: %s\n", (long long)at, theatre_changes(t));
                print_error("%s\n", json_get(theatre_world(t), "done").at);
                fail();
            }
        }
}

static void a_failure_parks_and_resume_tries_that_word_again(void **_)
{
    struct theatre *t = play("note \"first\"\nsense.flood { service = \"osc-fr1\" }\nnote \"second\"");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "no flood on osc-fr1");
    assert_int_equal(theatre_count(t, EVENT_NOTE), 1);
    assert_int_equal(theatre_count(t, EVENT_RUN_PARKED), 1);
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "book.lua:3: no flood");
    assert_good(theatre_resume(t, "skip", "2"), &t->e);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 2);
    assert_int_equal(theatre_count(t, EVENT_RUN_ENDED), 1);
}

static void try_hands_the_failure_to_the_runbook(void **_)
{
    struct theatre *t = play(
        "local got, why = try { sense.flood, service = \"osc-fr1\" }\n"
        "note(\"nil and \" .. why)\n"
        "local fine = try { function() return pool.list { service = \"osc-fr1\" }.count end }\n"
        "note(\"count \" .. fine)\nwait \"1s\"\nfail \"the end\"");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "the end");
    assert_int_equal(theatre_count(t, EVENT_NOTE), 2);
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "the end");
    assert_int_equal(theatre_count(t, EVENT_NOTE), 2); /* answered from the journal, failure and all */
}

static void a_mistake_in_the_runbook_is_nobodys_to_catch(void **_)
{
    struct theatre *t = play("try { function() local x = nil; return x.y end }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT, "book.lua:2:");
}

static void retry_tries_again_and_says_how_often(void **_)
{
    struct theatre *t = play("retry { sense.flood, service = \"osc-fr1\", times = 3, every = \"10s\" }");
    int64_t before = t->stage->clock.now;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "3 times");
    assert_true(t->stage->clock.now - before >= 20000);
    assert_int_equal(theatre_count(t, EVENT_READ), 3);
}

static void a_wrong_field_of_a_result_is_an_error_with_its_line(void **_)
{
    struct theatre *t = play("local l = pool.list { service = \"osc-fr1\" }\nnote(l.adresses)");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT,
                   "book.lua:3: 'pool.list' has no 'adresses'; it has: ips, count");
}

static void nothing_found_is_nil_where_it_was_asked_for(void **_)
{
    struct theatre *t = play("local f = sense.flood { service = \"osc-fr1\", or_nothing = true }\n"
                             "note(f == nil and \"nothing\" or \"something\")");
    assert_good(theatre_run(t, "book"), &t->e);
    struct journal j = theatre_journal(t);
    assert_string_equal(json_get_text(j.event[j.count - 2].data, "text", test_keep()), "nothing");
}

static void the_pool_never_falls_below_its_minimum(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n"
                             "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.2\" }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED,
                   "would leave 0 IPs in the pool of osc-fr1, whose minimum is 1");
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
}

static void the_same_run_is_not_started_twice(void **_)
{
    struct theatre *t = play("fail \"here\"");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "here");
    assert_false(theatre_run(t, "book"));
    assert_int_equal(t->e.kind, ERR_BUSY);
    assert_non_null(strstr(t->e.text, "unfinished"));
    assert_non_null(strstr(t->e.hint, "tocsin resume R1"));
}

static void an_edited_runbook_stops_at_the_first_word_that_differs(void **_)
{
    struct theatre *t = play("note \"one\"\npool.list { service = \"osc-fr1\" }\nfail \"here\"");
    theatre_run(t, "book");
    theatre_runbook(t, "book", "note \"one\"\ndns.list { service = \"osc-fr1\" }\nnote \"two\"");
    assert_false(theatre_resume(t, NULL, NULL));
    assert_non_null(strstr(t->e.text, "recorded is pool.list"));
    assert_non_null(strstr(t->e.text, "now the runbook says dns.list"));
    assert_non_null(strstr(t->e.text, "book.lua:3"));
    assert_int_equal(theatre_count(t, EVENT_NOTE), 1);
    assert_refused(theatre_resume(t, "recorded", NULL), &t->e, ERR_FAILED, "here");
    assert_good(theatre_resume(t, "from", "2"), &t->e);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 2);
}

static void a_mended_runbook_goes_on_behind_what_was_done(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\nnope()");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT, "nothing is called 'nope'");
    theatre_runbook(t, "book", "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\nnote \"mended\"");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_effects(t), 1);
}

static void a_runaway_runbook_ends_and_says_where(void **_)
{
    struct theatre *t = play("local n = 0\nwhile true do n = n + 1 end");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT, "R1 ran away: runbooks/book.lua:3: ran more instructions");
    assert_int_equal(theatre_count(t, EVENT_RUN_ENDED), 1);
    t = play("local t = {}\nfor i = 1, 1e9 do\n  t[i] = {}\nend"); /* what it took is not the engine's: its end is written */
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT, "R1 ran away: runbooks/book.lua:4: needs more memory");
    assert_int_equal(theatre_count(t, EVENT_RUN_ENDED), 1);
    t = play("local t = {}\nparallel { function()\n  try { function() for i = 1, 1e9 do\n    t[i] = {}\n  end end }\nend, function() wait \"1s\" end }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT, "R1 ran away: runbooks/book.lua:5: needs more memory");
    t = play("note(string.format(\"%d\", 1.5))"); /* a function of C leaves no line in what it says */
    assert_refused(theatre_run(t, "book"), &t->e, ERR_INPUT, "runbooks/book.lua:2: bad argument");
}

static void five_thousand_branches_take_one_breath(void **_)
{
    struct theatre *t = play("local list = {}\nfor i = 1, 5000 do list[i] = i end\n"
                             "each { list, function(i) wait \"100ms\" end, at_once = 5000 }\n"
                             "note(\"all \" .. #list)");
    int64_t before = t->stage->clock.now;
    assert_good(theatre_run(t, "book"), &t->e);
    assert_int_equal(t->stage->clock.now - before, 100);
}

static void branches_answer_in_their_order_and_fail_as_told(void **_)
{
    struct theatre *t = play(
        "local got = each { { \"a\", \"b\", \"c\" }, function(x) wait(x == \"a\" and \"3s\" or \"1s\") return x .. x end, at_once = 3 }\n"
        "note(table.concat(got, \" \"))\n"
        "local some = each { { 1, 2 }, function(i) if i == 1 then fail \"one\" end return i end, on_failure = \"go_on\" }\n"
        "note(some[1].failed .. \" \" .. some[2])\n"
        "parallel { function() wait \"1s\" fail \"x\" end, function() wait \"9s\" note \"still\" end, on_failure = \"stop\" }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "1 of 2 failed");
    struct journal j = theatre_journal(t);
    size_t notes = 0;
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == EVENT_NOTE && notes++ == 0)
            assert_string_equal(json_get_text(j.event[i].data, "text", test_keep()), "aa bb cc");
    assert_int_equal(notes, 2);
}

static void parallel_hands_back_as_many_results_as_it_has_branches(void **_)
{
    static const int counts[] = { 34, 60, 200, 5000 };
    static const char *const many = "local f = {} for i = 1, p.n do f[i] = function() return i end end\n"
                                    "local function all() return { parallel(f) } end local got = all()\n"
                                    "note(#got .. ' ' .. got[1] .. ' ' .. got[#got])";
    struct theatre *t = play(many);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const char *const some[] = { arena_print(test_keep(), "n=%d", counts[i]), NULL };
        struct run_request q = theatre_request(t, "book", some);
        assert_good(run_start(&t->outcome, &q, test_keep(), &t->e), &t->e);
        assert_non_null(strstr(theatre_last_note(t), arena_print(test_keep(), "%d 1 %d", counts[i], counts[i])));
    }
    const char *const more[] = { "n=5001", NULL };
    struct run_request q = theatre_request(t, "book", more);
    assert_refused(run_start(&t->outcome, &q, test_keep(), &t->e), &t->e, ERR_INPUT, "parallel: at most 5000 functions");
}

static void arguments_are_checked_before_anything_starts(void **_)
{
    struct theatre *t = play("note \"x\"");
    const char *const wrong[] = { "n=many", NULL }, *const unknown[] = { "servce=osc-fr1", NULL },
               *const service[] = { "service=osc-fr2", NULL };
    struct run_request q = theatre_request(t, "book", wrong);
    assert_refused(run_start(&t->outcome, &q, test_keep(), &t->e), &t->e, ERR_INPUT, "n");
    q.argument = unknown;
    assert_refused(run_start(&t->outcome, &q, test_keep(), &t->e), &t->e, ERR_INPUT, "did you mean 'service'");
    q.argument = service;
    assert_refused(run_start(&t->outcome, &q, test_keep(), &t->e), &t->e, ERR_INPUT, "osc-fr2");
    assert_int_equal(theatre_count(t, EVENT_RUN_STARTED), 0);
}

/* The seed's 14:41: putting an IP back that is still attacked was an outage of our own making. */
static void restore_refuses_what_is_flooded_or_unseen(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    size_t left;
    assert_good(theatre_run(t, "book"), &t->e);
    struct run_request q = theatre_request(t, NULL, NULL);
    assert_refused(run_restore(&q, NULL, NULL, &left, test_keep(), &t->e), &t->e, ERR_FAILED,
                   "nobody can see whether 192.0.2.1 is flooded");
    theatre_runbook(t, "watch", "local v = cloud.create_vpc { name = \"watch\" }\n"
                                "cloud.attach { ip = \"192.0.2.1\", vpc = v.id }");
    assert_good(theatre_run(t, "watch"), &t->e);
    theatre_flood(t, "192.0.2.1", 600000);
    t->stage->clock.now += 60000;
    static const char *const c1[] = { "C1", NULL };
    assert_refused(run_restore(&q, c1, NULL, &left, test_keep(), &t->e), &t->e, ERR_FAILED,
                   "192.0.2.1 is flooded: ");
    t->stage->clock.now += 15 * 60000;
    assert_refused(run_restore(&q, c1, NULL, &left, test_keep(), &t->e), &t->e, ERR_FAILED,
                   "nothing was put back");
    t->stage->clock.now += 40 * 60000;
    assert_good(run_restore(&q, c1, NULL, &left, test_keep(), &t->e), &t->e);
    assert_int_equal(left, 2);
    assert_good(run_restore(&q, NULL, NULL, &left, test_keep(), &t->e), &t->e);
    assert_int_equal(left, 0);
}

static void what_is_not_quiet_goes_back_only_even_so_and_on_the_record(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    size_t left;
    assert_good(theatre_run(t, "book"), &t->e);
    struct run_request q = theatre_request(t, NULL, NULL);
    q.even_so = "the customer asked";
    assert_good(run_restore(&q, NULL, "192.0.2.1", &left, test_keep(), &t->e), &t->e);
    assert_int_equal(left, 0);
    struct journal j = theatre_journal(t);
    bool said = false;
    for (size_t i = 0; i < j.count; i++)
        said = said || json_is(json_get(j.event[i].data, "even_so"), "the customer asked");
    assert_true(said);
}

static void bob_stops(struct theatre *t)
{
    if (t->waits == 3)
        write_as_bob(t, EVENT_RUN_PARKED, "{\"run\":\"R1\",\"why\":\"stopped\",\"key\":\"\",\"text\":\"by bob\"}");
}

static void somebody_else_stops_a_run_after_the_change_in_flight(void **_)
{
    struct theatre *t = play("wait \"60s\"\nwait \"60s\"\nwait \"60s\"\nwait \"60s\"\nwait \"60s\"\nnote \"end\"");
    t->at_wait = bob_stops;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_STOPPED, "R1 is stopped");
    assert_int_equal(theatre_count(t, EVENT_NOTE), 0);
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 1);
}

static void bob_locks_the_pool(struct theatre *t)
{
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "bob", .uid = "2@h", .kind = EVENT_LOCK_TAKEN,
                       .data = "{\"target\":\"pool:osc-fr1\",\"why\":\"hands off\"}" };
    if (t->waits == 1)
        assert_good(t->theirs->append(t->theirs, t->incident, NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &t->e), &t->e);
}

static void what_somebody_locks_a_run_under_way_leaves_alone(void **_)
{
    struct theatre *t = play("wait \"60s\"\npool.add { service = \"osc-fr1\", ip = \"192.0.2.9\" }");
    t->theirs = store_local_open(t->stage->ws.world, &disk_real, t->stage->ws.dir, &t->e);
    t->at_wait = bob_locks_the_pool;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "'pool:osc-fr1' is locked by bob: hands off");
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 0);
    t->theirs->close(t->theirs);
}

static void bob_locks_while_alice_is_asked(struct theatre *t)
{
    t->waits = 1;
    bob_locks_the_pool(t);
}

static void a_lock_that_came_while_a_consent_was_asked_for_counts(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    t->theirs = store_local_open(t->stage->ws.world, &disk_real, t->stage->ws.dir, &t->e);
    t->line = yes;
    t->lines_used = 0;
    t->at_ask = bob_locks_while_alice_is_asked;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "'pool:osc-fr1' is locked by bob: hands off");
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 0);
    t->theirs->close(t->theirs);
}

static void bob_does(struct theatre *t)
{
    static const char *const args[] = { "service=osc-fr1", "ip=192.0.2.2", NULL };
    const char *text;
    if (t->waits % 4)
        return;
    t->at_wait = NULL;
    struct run_request q = theatre_request(t, NULL, args);
    assert_good(run_did(&text, &q, "dns.remove", INSTANT_NONE, 0, 0, test_keep(), &t->e), &t->e);
    t->at_wait = bob_does;
}

static void two_who_write_at_once_never_share_a_number(void **_)
{
    struct theatre *t = play(isolate);
    t->at_wait = bob_does;
    assert_good(theatre_run(t, "book"), &t->e);
    struct ledger l = theatre_ledger(t);
    assert_true(l.changes > 6);
    for (size_t i = 0; i < l.changes; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(l.change[i].name, l.change[k].name);
}

static void ctrl_c(struct theatre *t)
{
    if (t->waits == 2)
        t->interrupts = 1;
}

static void ctrl_c_stops_after_the_change_in_flight(void **_)
{
    struct theatre *t = play(isolate);
    t->at_wait = ctrl_c;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_STOPPED, "R1 is stopped");
    struct journal j = theatre_journal(t);
    size_t begun = theatre_count(t, EVENT_ACTION_BEGUN);
    assert_int_equal(begun, theatre_count(t, EVENT_ACTION_ENDED)); /* nothing is left in flight */
    assert_int_equal(j.event[j.count - 1].kind, EVENT_RUN_PARKED);
    t->interrupts = 0;
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_effects(t), 6);
}

static int calls_until_pressed; /* of Ctrl-C */

static int pressed_later(struct world *w) { return calls_until_pressed > 0 && --calls_until_pressed > 0 ? 0 : 1; }

/* Lua that computes is looked at every few milliseconds; where it is dropped it
 * is as after a kill. */
static void ctrl_c_ends_what_computes_and_resume_goes_on_behind_what_was_done(void **_)
{
    static const char *const steps = "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\n%s\nnote \"end\"";
    struct theatre *t = theatre_open(arena_print(test_keep(), "%slimits: { instructions: 1000000000000, computing: 1h }\n",
                                                 drill));
    t->line = yes;
    theatre_runbook(t, "book", arena_print(test_keep(), steps, "while true do try { function() while true do end end } end"));
    calls_until_pressed = 100;
    t->stage->ws.world->interrupted = pressed_later;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_STOPPED, "R1 is stopped");
    assert_non_null(strstr(t->said.at, "stopping after the change in flight"));
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
    assert_int_equal(theatre_count(t, EVENT_RUN_PARKED), 1);
    assert_int_equal(theatre_count(t, EVENT_RUN_ENDED), 0);
    t->stage->ws.world->interrupted = theatre_interrupted;
    theatre_runbook(t, "book", arena_print(test_keep(), steps, "-- mended"));
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
}

/* Between two words there is no key to skip: the text has to be another. */
static void a_mistake_between_words_is_answered_with_mend_it(void **_)
{
    struct theatre *t = play("note \"one\"\nlocal x = nil\nnote(x.y)");
    assert_false(theatre_run(t, "book"));
    const char *hint = arena_string(test_keep(), t->e.hint);
    assert_refused(false, &t->e, ERR_INPUT, "runbooks/book.lua:4: attempt to index a nil value");
    if (!strstr(hint, "mend that line, then tocsin resume R1") || strstr(hint, "KEY") || strstr(hint, "--skip"))
        fail_msg("%s", hint);
}

static void what_was_finished_by_hand_is_not_done_again(void **_)
{
    static const char *const steps = "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\nnote \"end\"";
    struct theatre *calm = play(steps);
    assert_good(theatre_run(calm, "book"), &calm->e);
    struct theatre *t = play(steps);
    t->die_at_write = calm->writes - 2; /* the note and the run's end come after: it is done, and not told */
    assert_false(theatre_run(t, "book"));
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 1);
    assert_int_equal(theatre_count(t, EVENT_ACTION_ENDED), 0);
    size_t effects = theatre_effects(t);
    assert_good(theatre_resume(t, "done", "1"), &t->e);
    assert_int_equal(theatre_effects(t), effects);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 1);
    struct ledger l = theatre_ledger(t);
    assert_int_equal(l.changes, 1);
    assert_int_equal(l.change[0].state, CHANGE_OPEN);
}

static const char *const two_plugins =
    "return { summary = \"x\", plays = { \"pool\" }, actions = {\n"
    "  [\"pool.list\"] = { perform = function(t) return ok { ips = { \"192.0.2.1\" }, count = 1 } end },\n"
    "  [\"pool.add\"] = { perform = function(t) return ok { count = 2 } end } } }\n";

static void reopen_bound_to(struct theatre *t, const char *plugin)
{
    struct world *w = t->stage->ws.world;
    stage_write(t->stage, arena_print(test_keep(), "plugins/%s/plugin.lua", plugin), two_plugins);
    stage_write(t->stage, "tocsin.yaml", arena_print(test_keep(),
        "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2] }\nroles: { pool: { plugin: %s } }\n", plugin));
    assert_good(workspace_open(&t->stage->ws, w, t->stage->ws.dir, test_keep(), &t->e), &t->e);
    t->stage->ws.store = &t->store;
}

/* Editing `plugin: sim` to a real one between crash and resume would replay the
 * simulator's answers and then act for real. */
static void another_plugin_than_the_run_began_with_stops_it(void **_)
{
    struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2] }\n");
    t->line = yes;
    theatre_runbook(t, "book", "pool.add { service = \"osc-fr1\", ip = \"192.0.2.1\" }\nwait \"60s\"\nnote \"end\"");
    reopen_bound_to(t, "one");
    t->die_at_wait = 1;
    assert_false(theatre_run(t, "book"));
    reopen_bound_to(t, "two");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "R1 began with the plugin 'one' as pool");
    assert_good(theatre_resume(t, "rebind", "pool"), &t->e);
    assert_int_equal(theatre_count(t, EVENT_ACTION_ENDED), 1);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 1);
}

static void a_target_that_somebody_locked_is_left_alone(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    write_as_bob(t, EVENT_LOCK_TAKEN, "{\"target\":\"pool:osc-fr1\",\"why\":\"mine\"}");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "'pool:osc-fr1' is locked by bob: mine");
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 0);
    write_as_bob(t, EVENT_LOCK_RELEASED, "{\"target\":\"pool:osc-fr1\"}");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
}

static void a_run_keeps_its_lock_until_it_ends(void **_)
{
    struct theatre *t = play("lock \"pool:osc-fr1\"\nfail \"here\"");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "here");
    struct run_request q = theatre_request(t, NULL, NULL);
    static const char *const args[] = { "service=osc-fr1", "ip=192.0.2.1", NULL };
    const char *text;
    q.argument = args;
    assert_refused(run_do(&text, &q, "pool.remove", test_keep(), &t->e), &t->e, ERR_BUSY, "for run R1");
    theatre_runbook(t, "book", "lock \"pool:osc-fr1\"\nnote \"mended\"");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_good(run_do(&text, &q, "pool.remove", test_keep(), &t->e), &t->e);
    assert_string_equal(text, "C1  192.0.2.1 is out of the pool of osc-fr1");
}

static void a_dry_run_leaves_nothing_behind(void **_)
{
    struct theatre *t = play(isolate);
    struct plan plan;
    static const char *const none[] = { NULL };
    struct run_request q = theatre_request(t, "book", none);
    size_t before = theatre_journal(t).count;
    assert_good(run_plan(&plan, &q, none, test_keep(), &t->e), &t->e);
    assert_string_equal(plan.end, "it would end well");
    size_t changes = 0;
    for (size_t i = 0; i < plan.steps; i++)
        changes += plan.step[i].kind == PLAN_CHANGES;
    assert_int_equal(changes, 6);
    assert_int_equal(theatre_journal(t).count, before);
}

int main(void)
{
    const struct CMUnitTest run[] = {
        promise(a_run_that_nobody_disturbs_ends),
        promise(killed_at_every_write_it_goes_on_and_does_nothing_twice),
        promise(every_word_survives_a_kill_at_every_write),
        promise(killed_inside_every_action_it_goes_on_and_does_nothing_twice),
        promise(killed_twice_it_goes_on_and_does_nothing_twice),
        promise(killed_while_putting_back_it_goes_on_and_does_nothing_twice),
        promise(a_failure_parks_and_resume_tries_that_word_again),
        promise(try_hands_the_failure_to_the_runbook),
        promise(a_mistake_in_the_runbook_is_nobodys_to_catch),
        promise(retry_tries_again_and_says_how_often),
        promise(a_wrong_field_of_a_result_is_an_error_with_its_line),
        promise(nothing_found_is_nil_where_it_was_asked_for),
        promise(the_pool_never_falls_below_its_minimum),
        promise(the_same_run_is_not_started_twice),
        promise(an_edited_runbook_stops_at_the_first_word_that_differs),
        promise(a_mended_runbook_goes_on_behind_what_was_done),
        promise(a_runaway_runbook_ends_and_says_where),
        promise(five_thousand_branches_take_one_breath),
        promise(branches_answer_in_their_order_and_fail_as_told),
        promise(parallel_hands_back_as_many_results_as_it_has_branches),
        promise(arguments_are_checked_before_anything_starts),
        promise(restore_refuses_what_is_flooded_or_unseen),
        promise(what_is_not_quiet_goes_back_only_even_so_and_on_the_record),
        promise(somebody_else_stops_a_run_after_the_change_in_flight),
        promise(what_somebody_locks_a_run_under_way_leaves_alone),
        promise(a_lock_that_came_while_a_consent_was_asked_for_counts),
        promise(two_who_write_at_once_never_share_a_number),
        promise(ctrl_c_stops_after_the_change_in_flight),
        promise(ctrl_c_ends_what_computes_and_resume_goes_on_behind_what_was_done),
        promise(a_mistake_between_words_is_answered_with_mend_it),
        promise(what_was_finished_by_hand_is_not_done_again),
        promise(another_plugin_than_the_run_began_with_stops_it),
        promise(a_target_that_somebody_locked_is_left_alone),
        promise(a_run_keeps_its_lock_until_it_ends),
        promise(a_dry_run_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(run, NULL, NULL);
}
