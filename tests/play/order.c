/* tests/play/order.c: branches share the locals of their runbook, so they are played again in the order
 * of the first time. Whatever a word says here depends on who spoke before it. */
#include "theatre.h"

#include <stdlib.h>

static const char *yes[2000];

static void (*meanwhile)(struct theatre *t); /* what others do while the first question stands open */

static void bob_answers(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    for (size_t i = j.count; i-- > 0;)
        if (j.event[i].kind == EVENT_ASKED) {
            write_as_bob(t, EVENT_ANSWERED, arena_print(test_keep(), "{\"asked\":\"%s\",\"answer\":\"yes\"}", j.event[i].hash));
            return;
        }
}

static struct theatre *book(const char *steps)
{
    struct text ips = text_new(test_keep());
    for (int i = 1; i <= 99; i++)
        text_print(&ips, "%s192.0.2.%d", i > 1 ? ", " : "", i);
    struct theatre *t = theatre_open(arena_print(test_keep(), "world: simulated\nzone: Europe/Paris\n"
                                                 "services:\n  shop: { ips: [%s], pool_min: 0 }\n", ips.at));
    for (size_t i = 0; i + 1 < sizeof yes / sizeof *yes; i++)
        yes[i] = "yes";
    t->line = yes;
    t->at_ask = meanwhile;
    theatre_runbook(t, "inner", "note 'inside' wait '300ms'");
    theatre_runbook(t, "book", steps);
    return t;
}

/* It dies at every write, before or behind it, and in every wait, and goes on; and dies a second time in that. */
static void then_no_kill_plays_it_otherwise(const char *steps, int64_t stride, bool same)
{
    struct theatre *calm = book(steps);
    if (!theatre_run(calm, "book"))
        fail_msg("%s\n%s", calm->e.text, steps);
    for (int64_t at = 2; at <= calm->writes + calm->waits; at += stride) {
        struct theatre *t = book(steps);
        theatre_dies_at(t, calm, at);
        (void)theatre_run(t, "book");
        if (theatre_count(t, EVENT_RUN_ENDED))
            continue;
        t->dead = false;
        t->die_at_write = at % 3 ? 0 : t->writes + 1 + at % 7;
        t->die_at_wait = at % 3 == 1 ? t->waits + 1 + at % 5 : 0;
        struct run_request q = theatre_request(t, NULL, NULL);
        t->e = (struct err){ 0 };
        if (!run_resume(&t->outcome, &q, NULL, NULL, test_keep(), &t->e) && !theatre_count(t, EVENT_RUN_ENDED)
            && !theatre_resume(t, NULL, NULL))
            fail_msg("killed at %lld: %s\n%s", (long long)at, t->e.text, steps);
        if (same)
            assert_string_equal(theatre_changes(t), theatre_changes(calm));
    }
}

#define SHARED(body) "local seen = {}\nlocal function say(x) note(x .. ' after ' .. table.concat(seen, ' ')) seen[#seen + 1] = x end\n" \
    body "\nwait '1s' note(table.concat(seen, ' ')) wait '1s' note(table.concat(seen, ' '))"

static void the_first_branch_to_come_back_is_the_first_one_on_a_resume(void **_)
{
    then_no_kill_plays_it_otherwise("local taken\n"
        "each { { { 3, '192.0.2.7' }, { 1, '192.0.2.8' }, { 2, '192.0.2.9' } }, function(x)\n"
        "  wait(x[1] .. 's')\n"
        "  if not taken then taken = x[2] pool.remove { service = 'shop', ip = x[2] } end\n"
        "end, at_once = 3 }\nwait '1s' note(taken) wait '1s' note(taken)", 1, true);
}

static void words_of_every_kind_come_in_the_same_order_again(void **_)
{
    static const char *const bodies[] = {
        /* waits of one moment, of another, of none; and what comes of one in a turn */
        SHARED("each { { '2s', '1s', '2s', '0s', '1s' }, function(x) say(x) wait(x) say(x) wait '0s' say 'y' now {} say 'z' end, at_once = 5 }"),
        /* fewer at a time than there are */
        SHARED("each { { 3, 1, 2, 1, 4 }, function(x) say('a' .. x) wait(x .. 's') say('b' .. x) end, at_once = 2 }"),
        /* changes beside waits and reads */
        SHARED("parallel { function() pool.remove { service = 'shop', ip = '192.0.2.20' } say 'p' end, function() wait '1s' say 'w' end,\n"
               "  function() say(tostring(sense.answers { service = 'shop' } ~= nil)) wait '1s' say 'r' end }"),
        /* branches in branches, and what one hands on */
        SHARED("each { { 2, 1 }, function(x) each { { 2, 1, 3 }, function(y) wait(x * y .. 's') say(x .. y) end, at_once = 3 } say('end' .. x) end, at_once = 2 }"),
        /* failures handed over, by try and by on_failure */
        SHARED("local l = each { { 2, 1, 3 }, function(x) wait(x .. 's') if x == 1 then fail 'one' end say('e' .. x)\n"
               "  local ok, why = try { function() say('t' .. x) fail 'two' end } say(why) end, at_once = 3, on_failure = 'go_on' } say(l[2].failed)"),
        /* one that fails stops the others */
        SHARED("local ok, why = try { function() each { { 2, 1, 3 }, function(x) wait(x .. 's') say('s' .. x) if x == 2 then fail 'x' end end, at_once = 3,\n"
               "  on_failure = 'stop' } end } say 'then'"),
        /* other runbooks, attempts, what a person said */
        SHARED("parallel { function() call { 'inner' } say 'c' end, function() retry { function() say 'try' if #seen < 5 then fail 'soon' end end, every = '1s', times = 9 } end,\n"
               "  function() confirm 'go on?' say 'yes' wait '2s' say 'w' end }"),
        SHARED("parallel { function() wait_until { sense.answers, service = 'shop' } say 'u' end, function() lock 'pool:shop' say 'l' end,\n"
               "  function() say('n' .. random { from = 1, to = 1 }) impact { service = 'shop', level = 'up' } say 'i' phase 'mitigated' say 'p' end }"),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        then_no_kill_plays_it_otherwise(bodies[i], 2, false);
}

/* What an executor of before wrote: the same, but for the ends of its waits. */
static struct theatre *as_it_was_written(struct theatre *by, const char *steps)
{
    struct journal j = theatre_journal(by);
    struct theatre *t = book(steps);
    for (size_t i = 1; i < j.count; i++) {
        const struct event *ev = &j.event[i];
        struct appended out;
        struct draft draft = { .at = INSTANT_NONE, .by = ev->by, .uid = ev->uid, .kind = ev->kind,
                               .data = arena_copy(test_keep(), ev->data.at, ev->data.length) };
        t->stage->clock.now = ev->recorded;
        if (ev->kind != EVENT_WAITED || !json_get(ev->data, "met").at)
            assert_good(t->real->append(t->real, t->incident, NULL, NULL, &draft, 1, true, &out, test_keep(), &t->e), &t->e);
    }
    return t;
}

static void an_older_journal_does_not_tell_when_a_wait_ended_and_is_played_as_it_was(void **_)
{
    static const char *const steps = SHARED(
        "each { { 3, 1, 2, 1, 4 }, function(x) say('a' .. x) wait(x .. 's') say('b' .. x) wait '700ms' say('c' .. x) end, at_once = 2 }");
    struct theatre *calm = book(steps);
    assert_good(theatre_run(calm, "book"), &calm->e);
    for (int64_t at = 1; at <= calm->waits; at++) {
        struct theatre *t = book(steps);
        t->die_at_wait = at;
        assert_false(theatre_run(t, "book"));
        t = as_it_was_written(t, steps);
        if (!theatre_resume(t, NULL, NULL))
            fail_msg("killed in wait %lld: %s", (long long)at, t->e.text);
        assert_string_equal(theatre_last_note(t), theatre_last_note(calm));
    }
}

/* Bob was faster than the person at the terminal, and others come back at the same moment. */
static void what_others_answer_has_its_place_too(void **_)
{
    meanwhile = bob_answers;
    then_no_kill_plays_it_otherwise(SHARED("parallel { function() say 'a' confirm 'go on?' say 'b' wait '0s' say 'c' confirm 'and on?' say 'd' end,\n"
        "  function() wait '0s' say 'w' wait '1s' say 'v' end, function() say 'n' now {} say 'm' pool.remove { service = 'shop', ip = '192.0.2.7' } say 'p' end }"), 1, false);
    meanwhile = NULL;
}

/* Runbooks that nobody thought of. */

static unsigned dice;
static unsigned throw(unsigned sides)
{
    dice = dice * 1103515245 + 12345;
    return (dice >> 16) % sides;
}

static void add_words(struct text *t, int depth);

static void add_word(struct text *t, int depth)
{
    static const char *const how[] = { "", ", on_failure = 'go_on'", ", on_failure = 'stop'" };
    switch (throw(depth < 3 ? 14 : 10)) {
    case 0: case 1: case 2: text_print(t, "say 'x%u' ", throw(100)); break;
    case 3: case 4: text_print(t, "wait '%u00ms' ", throw(9)); break;
    case 5: text_print(t, "say(tostring(now {})) "); break;
    case 6: text_print(t, "try { pool.remove, service = 'shop', ip = '192.0.2.%u' } ", 1 + throw(99)); break;
    case 7: text_print(t, "say(tostring(sense.answers { service = 'shop' } ~= nil)) "); break;
    case 8: text_print(t, "call { 'inner' } "); break;
    case 9: text_print(t, "say('d' .. random { from = 3, to = 3 }) "); break;
    case 10: case 11:
        text_print(t, "try { function() each { { 1, 2, 3 }, function(i) say(i) ");
        add_words(t, depth + 1);
        text_print(t, "%send, at_once = %u%s } end } ", throw(3) ? "" : "if i == 2 then fail 'two' end ", 1 + throw(3), how[throw(3)]);
        break;
    case 12:
        text_print(t, "parallel { function() ");
        add_words(t, depth + 1);
        text_print(t, "end, function() ");
        add_words(t, depth + 1);
        text_print(t, "end } ");
        break;
    default:
        text_print(t, "try { function() ");
        add_words(t, depth + 1);
        text_print(t, "fail 'f' end } ");
    }
}

static void add_words(struct text *t, int depth)
{
    for (unsigned n = 1 + throw(3); n > 0; n--)
        add_word(t, depth);
}

static void no_runbook_is_played_otherwise_the_second_time(void **_)
{
    const char *most = getenv("TOCSIN_RUNBOOKS");
    for (int i = 0, n = most ? atoi(most) : 8; i < n; i++) {
        struct text t = text_new(test_keep());
        dice = 7 + (unsigned)i;
        text_print(&t, "local seen = {}\nlocal function say(x) note(x .. ' is ' .. #seen) seen[#seen + 1] = x end\nparallel { function() ");
        add_words(&t, 0);
        text_print(&t, "end, function() ");
        add_words(&t, 0);
        text_print(&t, "end } wait '1s' note(table.concat(seen, ' ')) wait '1s'");
        then_no_kill_plays_it_otherwise(t.at, 7, false);
    }
}

int main(void)
{
    const struct CMUnitTest order[] = {
        promise(the_first_branch_to_come_back_is_the_first_one_on_a_resume),
        promise(words_of_every_kind_come_in_the_same_order_again),
        promise(an_older_journal_does_not_tell_when_a_wait_ended_and_is_played_as_it_was),
        promise(what_others_answer_has_its_place_too),
        promise(no_runbook_is_played_otherwise_the_second_time),
    };
    return cmocka_run_group_tests(order, NULL, NULL);
}
