/* tests/play/consent.c: nothing but a clear yes to just this is a yes. */
#include "theatre.h"

static const char *const drill =
    "world: simulated\nzone: Europe/Paris\n"
    "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n";
static const char *const yes[] = { "yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes", NULL };

static struct theatre *play(const char *steps)
{
    struct theatre *t = theatre_open(drill);
    t->line = yes;
    theatre_runbook(t, "book", steps);
    return t;
}

static void a_refused_change_is_not_made(void **_)
{
    static const char *const no[] = { "no", NULL };
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    t->line = no;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "alice said no");
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 0);
    assert_non_null(strstr(t->said.at, "pool.remove pool:osc-fr1/192.0.2.1"));
    assert_non_null(strstr(t->said.at, "can be put back by pool.add"));
}

static void a_consent_shows_what_was_seen_and_how_long_ago(void **_)
{
    struct theatre *t = play("local f = sense.flood { service = \"osc-fr1\" }\nwait \"40s\"\n"
                             "pool.remove { service = \"osc-fr1\", ip = f.ip }");
    theatre_flood(t, "192.0.2.1", 600000);
    t->stage->clock.now += 60000;
    assert_good(theatre_run(t, "book"), &t->e);
    assert_non_null(strstr(t->said.at, "now    holds yes\n"));
    assert_non_null(strstr(t->said.at, "then   192.0.2.1 is out of the pool of osc-fr1\n"));
    assert_non_null(strstr(t->said.at, "seen   44 s ago, sense.flood: ip 192.0.2.1, kind syn, rate 40036"));
    assert_non_null(strstr(t->said.at, "undo   can be put back by pool.add, once it was quiet for 30 minutes\n"));
    assert_non_null(strstr(t->said.at, "who    anybody may answer, with tocsin approve A1"));
}

/* A yes to what was done does not allow to do it again. */
static void what_is_done_again_is_asked_again(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }\nfail \"here\"");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "here");
    assert_int_equal(t->lines_used, 1);
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "here");
    assert_int_equal(t->lines_used, 1);
    assert_refused(theatre_resume(t, "from", "1"), &t->e, ERR_FAILED, "here");
    assert_int_equal(t->lines_used, 2);
    assert_int_equal(theatre_count(t, EVENT_ASKED), 2);
}

static void without_anybody_there_a_question_parks_the_run(void **_)
{
    struct theatre *t = play("pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    t->line = NULL;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "R1 waits for a person: A1");
    assert_int_equal(theatre_count(t, EVENT_ASKED), 1);
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "A1");
    assert_int_equal(theatre_count(t, EVENT_ASKED), 1);
    struct journal j = theatre_journal(t);
    const char *hash = NULL;
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == EVENT_ASKED)
            hash = j.event[i].hash;
    struct draft yes_from_bob = { .at = INSTANT_NONE, .by = "bob", .uid = "sim", .kind = EVENT_ANSWERED,
        .data = arena_print(test_keep(), "{\"asked\":\"%s\",\"answer\":\"yes\"}", hash) };
    struct appended out;
    assert_good(t->real->append(t->real, t->incident, NULL, NULL, &yes_from_bob, 1, SYNC_NOW, &out,
                                test_keep(), &t->e), &t->e);
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
}

static const char *last_asked(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    const char *hash = NULL;
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == EVENT_ASKED)
            hash = j.event[i].hash;
    return hash;
}

static void bob_says_yes(struct theatre *t)
{
    write_as_bob(t, EVENT_ANSWERED, arena_print(test_keep(), "{\"asked\":\"%s\",\"answer\":\"yes\"}", last_asked(t)));
}

/* Whoever answered saw that the run is alive, and was told that it goes on. */
static void an_answer_that_comes_while_the_run_parks_is_taken(void **_)
{
    struct theatre *t = play("note 'before' pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" } confirm 'and now?'");
    t->line = NULL;
    t->at_ask = bob_says_yes;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "R1 waits for a person: A2: and now?");
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
    assert_non_null(strstr(t->said.at, "A1: yes, by bob"));
    assert_int_equal(theatre_count(t, EVENT_NOTE), 1);
    assert_int_equal(theatre_count(t, EVENT_ASKED), 2);
    assert_int_equal(theatre_count(t, EVENT_RUN_PARKED), 1);
}

static void a_run_that_went_on_while_it_parked_fails_as_any_other(void **_)
{
    struct theatre *t = play("confirm 'sure?' fail 'not this way'");
    t->line = NULL;
    t->at_ask = bob_says_yes;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "not this way");
    struct journal j = theatre_journal(t);
    const struct event *parked = &j.event[j.count - 1];
    assert_int_equal(parked->kind, EVENT_RUN_PARKED);
    assert_string_equal(json_get_text(parked->data, "why", test_keep()), "failed");
    assert_null(json_get(parked->data, "asked").at); /* it waits for nobody's answer */
}

static void a_second_person_must_agree_and_in_time(void **_)
{
    struct theatre *t = theatre_open(arena_print(test_keep(), "%sapprovals: [pool.remove]\n", drill));
    t->line = yes; /* whoever runs it cannot agree for somebody else */
    theatre_runbook(t, "book", "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\" }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "A1");
    assert_int_equal(t->lines_used, 0);
    t->stage->clock.now += 11 * 60000;
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "nobody answered in time");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "A2");
    bob_says_yes(t);
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
}

static void bob_sees(struct theatre *t, const char *what)
{
    bool blind = strcmp(what, "could-not") == 0;
    write_as_bob(t, EVENT_ANSWERED, arena_print(test_keep(), "{\"asked\":\"%s\",\"answer\":\"%s\",\"text\":\"%s\"}",
                                                last_asked(t), blind ? what : "text", blind ? "" : what));
}

static struct theatre *wait_by_hand(void)
{
    struct theatre *t = theatre_open("zone: Europe/Paris\nservices:\n  osc-fr1: { ips: [192.0.2.1] }\n");
    theatre_runbook(t, "book", "wait_until { sense.answers, service = \"osc-fr1\", at_most = \"15m\", every = \"3m\" }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "Say yes or no; after a no it is asked again, until 11:15:00");
    return t;
}

static void a_wait_by_hand_takes_a_no_as_a_look_and_goes_on(void **_)
{
    struct theatre *t = wait_by_hand();
    bob_sees(t, "no");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING,
                   "Say yes or no; after a no it is asked again, until 11:15:00 (1 no so far, the last at 11:00:00)");
    t->stage->clock.now += 60000;
    bob_sees(t, "hmm"); /* that is none */
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "(1 no so far, the last at 11:00:00)");
    bob_sees(t, "no"); /* twice in one second: it is another question all the same */
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "A4: Please look");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "A4: Please look");
    t->stage->clock.now += 5 * 60000;
    bob_sees(t, "yes");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_ASKED), 4);
}

static void what_was_caught_is_told_again_in_the_same_words(void **_)
{
    struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1] }\n");
    theatre_runbook(t, "book", "local good, why = try { function() wait_until { sense.answers, service = \"osc-fr1\", at_most = \"15m\" } end }\n"
                               "note(why)\nask \"and now?\"\nnote(why)");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "A1");
    bob_sees(t, "could-not");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "A2: and now?");
    bob_sees(t, "go on");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
}

static void a_wait_by_hand_is_over_at_its_deadline_and_not_before(void **_)
{
    static const char *const no[] = { "no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no", NULL };
    struct theatre *t = wait_by_hand();
    t->stage->clock.now += 16 * 60000;
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "was not so within 15 minutes: nobody answered in time");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "it is asked again, until 11:31:00"); /* a wait of its own */
    bob_sees(t, "could-not");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "sense.answers: nobody could say");
    t = wait_by_hand();
    bob_sees(t, "no");
    t->line = no;
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_WAITING, "A14: Please look");
    assert_in_range(t->stage->clock.now - STAGE_START, 40000, 60000); /* asked less and less often */
}

/* A pool that answers "full" the first time, and a text that may be edited. */
static struct theatre *pool_of_ones_own(const char *more, const char *steps)
{
    struct theatre *t = theatre_open(arena_print(test_keep(), "services:\n  osc-fr1: { ips: [192.0.2.1], pool_min: 0 }\n"
                                                 "roles: { pool: { plugin: mine } }\n%s", more));
    stage_write(t->stage, "plugins/mine/plugin.lua",
        "return { summary = 'mine', plays = { 'pool' }, needs = { 'state' }, actions = {\n"
        "  ['pool.add'] = { perform = function(t) local s = state_read() or { n = 0 } s.n = s.n + 1 state_write(s)\n"
        "    if s.n == 1 then return failed('full') end return ok { count = s.n } end } } }\n");
    theatre_runbook(t, "book", steps);
    return t;
}

static void what_was_handed_over_stays_a_failure(void **_)
{
    struct theatre *t = pool_of_ones_own("", "local got = each { { 8, 9 }, function(n)\n"
        "  if n == 9 then pool.add { service = 'osc-fr1', ip = '192.0.2.9' } end end, on_failure = 'go_on' }\n"
        "note(got[2].failed)\nask 'and now?'\nnote(got[2].failed)");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "A1: and now?");
    bob_sees(t, "go on");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 1);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 2);
}

static void a_run_of_another_engine_says_so(void **_)
{
    struct theatre *t = pool_of_ones_own("", "note 'on'");
    write_as_bob(t, EVENT_RUN_STARTED, "{\"run\":\"R1\",\"runbook\":\"book\",\"path\":\"runbooks/book.lua\",\"args\":{},"
                 "\"args_sha256\":\"-\",\"engine\":\"tocsin engine 0\",\"texts\":{},\"bindings\":{}}");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_non_null(strstr(t->said.at, "R1 began with tocsin engine 0, and this is tocsin engine 1"));
}

/* The way round is that of the word that failed, not of all branches. */
static void what_failed_in_a_branch_is_gone_round_alone(void **_)
{
    struct theatre *t = pool_of_ones_own("", "parallel { function() note 'a' end, function() note 'b' fail 'no' note 'c' end }\nnote 'd'");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_FAILED, "no");
    struct journal j = theatre_journal(t);
    assert_true(json_is(json_get(j.event[j.count - 1].data, "key"), "1/2/2"));
    assert_good(theatre_resume(t, "skip", "1/2/2"), &t->e);
    assert_int_equal(theatre_count(t, EVENT_NOTE), 4);
}

/* What branches say in one turn is written as one batch, and so marked by the store. */
static void what_branches_said_at_once_is_known_again(void **_)
{
    struct theatre *t = pool_of_ones_own("", "parallel { function() step 'a' end, function() note 'b' end, function() step 'c' end }\n"
                                             "ask 'and now?'");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "A1: and now?");
    bob_sees(t, "go on");
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
}

static void a_consent_is_to_the_plugin_that_was_bound_when_it_was_asked(void **_)
{
    struct theatre *t = pool_of_ones_own("approvals: [pool.add]\n", "pool.add { service = 'osc-fr1', ip = '192.0.2.9' }");
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "A1");
    write_as_bob(t, EVENT_ANSWERED, arena_print(test_keep(), "{\"asked\":\"%s\",\"answer\":\"yes\"}", last_asked(t)));
    stage_write(t->stage, "plugins/mine/plugin.lua", "return { summary = 'another', plays = { 'pool' }, needs = {}, actions = {\n"
                "  ['pool.add'] = { perform = function(t) return ok { count = 1 } end } } }\n");
    assert_refused(theatre_resume(t, NULL, NULL), &t->e, ERR_FAILED, "has been edited since");
    assert_refused(theatre_resume(t, "rebind", "pool"), &t->e, ERR_WAITING, "A2");
    assert_int_equal(theatre_count(t, EVENT_ACTION_BEGUN), 0);
}

/* The answer that did not do was asked for again: it is the last question that counts. */
static void what_is_said_to_the_last_question_is_taken(void **_)
{
    static const char *const done[] = { "done", NULL };
    struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1] }\n");
    theatre_runbook(t, "book", "note(cloud.create_vpc { name = 'off' }.id)");
    t->line = done;
    assert_refused(theatre_run(t, "book"), &t->e, ERR_WAITING, "A2: 'id' is not said");
    write_as_bob(t, EVENT_ANSWERED, arena_print(test_keep(), "{\"asked\":\"%s\",\"answer\":\"done\",\"text\":\"id=vpc-1\"}", last_asked(t)));
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
    assert_int_equal(theatre_count(t, EVENT_ASKED), 2);
}

int main(void)
{
    const struct CMUnitTest consent[] = {
        promise(a_refused_change_is_not_made),
        promise(a_consent_shows_what_was_seen_and_how_long_ago),
        promise(what_is_done_again_is_asked_again),
        promise(without_anybody_there_a_question_parks_the_run),
        promise(an_answer_that_comes_while_the_run_parks_is_taken),
        promise(a_run_that_went_on_while_it_parked_fails_as_any_other),
        promise(a_second_person_must_agree_and_in_time),
        promise(a_wait_by_hand_takes_a_no_as_a_look_and_goes_on),
        promise(a_run_of_another_engine_says_so),
        promise(what_failed_in_a_branch_is_gone_round_alone),
        promise(what_branches_said_at_once_is_known_again),
        promise(what_was_handed_over_stays_a_failure),
        promise(a_consent_is_to_the_plugin_that_was_bound_when_it_was_asked),
        promise(what_is_said_to_the_last_question_is_taken),
        promise(what_was_caught_is_told_again_in_the_same_words),
        promise(a_wait_by_hand_is_over_at_its_deadline_and_not_before),
    };
    return cmocka_run_group_tests(consent, NULL, NULL);
}
