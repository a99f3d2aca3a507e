#include "play/scenario.h"
#include "world/scratch.h"
#include "world/world.h"

#include "promise.h"

#include <stdlib.h>
#include <string.h>

/* People who only note what they say; `answers` is what each command ends with. */
struct crowd { char said[4096]; int ends; const char *prints; bool asks; };

static int note(void *context, struct world *w, const char *dir, const char *const *words,
                const char **said, struct arena *keep)
{
    struct crowd *c = context;
    size_t used = strlen(c->said);
    used += (size_t)snprintf(c->said + used, sizeof c->said - used, "%s %s:", w->user,
                             instant_text(keep, "UTC", w->now(w), FORM_HMS));
    for (; *words; words++)
        used += (size_t)snprintf(c->said + used, sizeof c->said - used, " %s", *words);
    snprintf(c->said + used, sizeof c->said - used, "\n");
    const char *line = NULL;
    if (c->asks && w->ask(w, "may I pool.remove?", &line, keep))
        w->wait(w, w->now(w) + 1000);
    *said = c->prints ? c->prints : "";
    return c->ends;
}

#define HEAD "scenario: s\nstarts: \"2025-03-11 10:00\"\nends: \"2025-03-11 11:00\"\n" \
             "workspace:\n  services:\n    a: { ips: [192.0.2.1, 192.0.2.2] }\n"

static struct err e;

static bool play(struct scenario_result *r, struct crowd *c, const char *text)
{
    struct world *w = world_real("tester", test_keep());
    const char *dir;
    e = (struct err){ 0 };
    assert_good(scratch_make(&dir, test_keep(), &e), &e);
    const char *file = arena_print(test_keep(), "%s/s.yaml", dir);
    assert_good(w->write_file(w, file, text, strlen(text), &e), &e);
    struct actor actor = { .context = c, .act = note };
    bool good = scenario_play(r, w, file, arena_print(test_keep(), "%s/here", dir), &actor,
                              test_keep(), &e);
    scratch_remove(dir);
    return good;
}

static const struct expectation *find(const struct scenario_result *r, const char *words)
{
    for (size_t i = 0; i < r->expectations; i++)
        if (strstr(r->expectation[i].promise, words))
            return &r->expectation[i];
    fail_msg("nothing was promised about '%s'", words);
    return NULL;
}

#define WAVE "waves:\n  - { ip: 192.0.2.1, rate: 9000, from: \"10:10\", to: \"10:20\" }\n"

static void people_act_at_their_time_and_when_the_probe_is_silent_or_answers(void **_)
{
    struct crowd c = { .said = "" };
    struct scenario_result r;
    assert_good(play(&r, &c, HEAD WAVE "people:\n"
        "  - { who: bob, at: \"10:05:07\", do: \"note \\\"two words\\\" x\" }\n"
        "  - { who: alice, when: { service: a, silent: 20s }, do: [ \"down a @{since}\", second ] }\n"
        "  - { who: bob, when: { service: a, answers: 10s }, do: \"up a @{since}\" }\n"), &e);
    assert_string_equal(c.said, "bob 10:05:07: note two words x\n"
                                "alice 10:10:20: down a @10:10:00\nalice 10:10:20: second\n"
                                "bob 10:20:10: up a @10:20:00\n");
    assert_true(r.passed);
    assert_int_equal(r.virtual_ms, 3600000);
}

static void the_outage_is_what_the_world_shows_and_not_what_people_say(void **_)
{
    struct crowd c = { .said = "" };
    struct scenario_result r;
    assert_good(play(&r, &c, HEAD WAVE "expect:\n  downtime: { a: 9m }\n"), &e);
    assert_false(r.passed);
    const struct expectation *x = find(&r, "a is silent for at most 9 minutes");
    assert_false(x->kept);
    assert_string_equal(x->found, "10 minutes");
    assert_good(play(&r, &c, HEAD WAVE "expect:\n  downtime: { a: 10m }\n"), &e);
    assert_true(r.passed);
}

static void a_command_that_ends_otherwise_breaks_a_promise(void **_)
{
    struct crowd c = { .said = "", .ends = 1, .prints = "x\ntocsin: no such thing\n" };
    struct scenario_result r;
    assert_good(play(&r, &c, HEAD "people:\n  - { who: bob, at: \"10:05\", do: fly }\n"), &e);
    assert_false(r.passed);
    assert_string_equal(find(&r, "bob's 'fly' ends with 0")->found, "1: no such thing");
    assert_good(play(&r, &c, HEAD "people:\n  - { who: bob, at: \"10:05\", do: fly, ends: 1, says: such }\n"), &e);
    assert_true(r.passed);
}

static void an_answer_takes_its_time_and_must_be_wanted(void **_)
{
    struct crowd c = { .said = "", .asks = true };
    struct scenario_result r;
    const char *text = HEAD "people:\n  - { who: bob, at: \"10:05\", do: [ one, two ] }\n"
                       "answers:\n  - { who: bob, asked: may I, say: \"yes\", after: 8s }\n";
    assert_good(play(&r, &c, text), &e);
    assert_string_equal(c.said, "bob 10:05:00: one\nbob 10:05:09: two\n");
    assert_true(r.passed);
    c = (struct crowd){ .said = "" };
    assert_good(play(&r, &c, text), &e);
    assert_string_equal(find(&r, "bob is asked about 'may I'")->found, "nobody asked");
    assert_false(r.passed);
}

static void somebody_acts_while_another_is_busy(void **_)
{
    struct crowd c = { .said = "", .asks = true };
    struct scenario_result r;
    assert_good(play(&r, &c, HEAD "people:\n  - { who: bob, at: \"10:05\", do: [ one, two ] }\n"
                     "  - { who: carol, at: \"10:05:30\", do: three }\n"
                     "  - { who: bob, at: \"10:05:30\", do: four }\n"
                     "answers:\n  - { who: bob, asked: may I, say: \"yes\", after: 40s }\n"), &e);
    assert_string_equal(c.said, "bob 10:05:00: one\ncarol 10:05:30: three\nbob 10:05:41: two\n"
                                "bob 10:06:22: four\n");
}

static void a_mistake_is_named_with_its_line(void **_)
{
    struct crowd c = { .said = "" };
    struct scenario_result r;
    assert_refused(play(&r, &c, HEAD "wafes: []\n"), &e, ERR_INPUT, "unknown key 'wafes'; did you mean 'waves'?");
    assert_refused(play(&r, &c, "starts: x\n"), &e, ERR_INPUT, "the key 'scenario' is missing");
    assert_refused(play(&r, &c, HEAD "waves:\n  - { ip: 192.0.2.1, rate: 5, from: \"10:20\", to: \"10:10\" }\n"),
                   &e, ERR_INPUT, ":8:5: ");
    assert_refused(play(&r, &c, HEAD "people:\n  - { who: bob, at: \"25:00\", do: x }\n"), &e, ERR_INPUT,
                   "expected a time such as 11:17");
    assert_refused(play(&r, &c, HEAD "people:\n  - { who: bob, when: { service: z, silent: 1s }, do: x }\n"),
                   &e, ERR_INPUT, "there is no service 'z'");
    assert_refused(play(&r, &c, HEAD "expect: { downtime: { z: 1m } }\n"), &e, ERR_INPUT,
                   "there is no service 'z'");
}

static void an_attacker_who_follows_goes_on_with_the_next_ip(void **_)
{
    struct crowd c = { .said = "" };
    struct scenario_result r;
    assert_good(play(&r, &c, HEAD
        "waves:\n  - { ip: 192.0.2.9, rate: 9000, from: \"10:10\", to: \"10:20\", follows: 2m }\n"
        "expect:\n  downtime: { a: 8m }\n"), &e);
    assert_true(r.passed);
    assert_good(play(&r, &c, HEAD
        "waves:\n  - { ip: 192.0.2.9, rate: 9000, from: \"10:10\", to: \"10:20\", follows: 2m }\n"
        "expect:\n  downtime: { a: 7m }\n"), &e);
    assert_false(r.passed);
}

int main(void)
{
    const struct CMUnitTest scenario[] = {
        promise(people_act_at_their_time_and_when_the_probe_is_silent_or_answers),
        promise(the_outage_is_what_the_world_shows_and_not_what_people_say),
        promise(a_command_that_ends_otherwise_breaks_a_promise),
        promise(an_answer_takes_its_time_and_must_be_wanted),
        promise(somebody_acts_while_another_is_busy),
        promise(a_mistake_is_named_with_its_line),
        promise(an_attacker_who_follows_goes_on_with_the_next_ip),
    };
    return cmocka_run_group_tests(scenario, NULL, NULL);
}
