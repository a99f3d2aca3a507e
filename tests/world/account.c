/* account.c: every incident of a workspace as its SLAs count them. */
#include "promise.h"
#include "world/account.h"

#include <stdio.h>
#include <string.h>

/* A store of journals in memory: what the account asks of one is list and read. */
enum { JOURNALS = 4, EVENTS = 16 };
static struct { const char *name; struct event event[EVENTS]; struct journal journal; } held[JOURNALS];
static size_t holds;

static bool list(struct store *s, struct names *out, struct arena *keep, struct err *e)
{
    const char **name = arena_many(keep, const char *, JOURNALS + 1);
    for (size_t i = 0; i < holds; i++)
        name[i] = held[i].name;
    *out = (struct names){ name, holds };
    return true;
}

static bool read_one(struct store *s, const char *incident, struct journal *out, struct arena *keep,
                     struct err *e)
{
    for (size_t i = 0; i < holds; i++)
        if (strcmp(held[i].name, incident) == 0) {
            *out = held[i].journal;
            return true;
        }
    return err_input(e, "there is no incident '%s'", incident);
}

static struct store memory = { .list = list, .read = read_one };
static struct workspace ws;

static const int64_t midnight = INT64_C(1741647600000); /* 2025-03-11 in Paris */

static int64_t precision; /* of the edges that are added: late_ms */

static void given_workspace(bool simulated)
{
    precision = 0;
    static struct config config;
    struct err e = { 0 };
    const char *text = arena_print(test_keep(),
        "world: %s\nzone: Europe/Paris\nservices: { a: { policy: p }, b: { policy: p }, c: { } }\n"
        "policies: { p: { target: 99.9%%, credit: 5%%, from: 2025-01-01 } }\n",
        simulated ? "simulated" : "real");
    assert_good(config_parse(&config, "tocsin.yaml", text, strlen(text), test_keep(), &e), &e);
    ws = (struct workspace){ .dir = ".", .config = config, .store = &memory };
    holds = 0;
}

static void add(size_t k, const char *hash, int64_t minute, enum event_kind kind, const char *data)
{
    static struct stream stream = { .name = "s", .head = "" };
    struct journal *j = &held[k].journal;
    held[k].event[j->count] = (struct event){
        .seq = (int64_t)j->count + 1, .at = midnight + minute * MINUTE_MS, .late_ms = precision, .by = "alice", .uid = "u",
        .recorded = midnight + DAY_MS + (int64_t)(100 * k + j->count), .kind = kind,
        .kind_name = event_kinds[kind].name, .hash = hash, .data = json_from(data) };
    *j = (struct journal){ held[k].name, "id", held[k].event, j->count + 1, &stream, 1 };
}

static size_t given_incident(const char *name, bool drill)
{
    size_t k = holds++;
    held[k].name = name;
    held[k].journal = (struct journal){ 0 };
    add(k, "opened", 0, EVENT_OPENED, arena_print(test_keep(),
        "{\"id\":\"1\",\"name\":\"%s\",\"zone\":\"Europe/Paris\",\"world\":\"real\",\"drill\":%s}", name,
        drill ? "true" : "false"));
    return k;
}

static void add_window(size_t k, const char *service, const char *hash, int64_t from, int64_t to)
{
    add(k, hash, from, EVENT_IMPACT, arena_print(test_keep(),
        "{\"service\":\"%s\",\"level\":\"down\",\"basis\":\"person\"}", service));
    add(k, arena_print(test_keep(), "%s-up", hash), to, EVENT_IMPACT, arena_print(test_keep(),
        "{\"service\":\"%s\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[\"%s\"]}", service, hash));
}

static struct account opened(void)
{
    struct account a;
    struct err e = { 0 };
    assert_good(account_open(&a, &ws, INSTANT_NONE, midnight + 2 * DAY_MS, test_keep(), &e), &e);
    return a;
}

static struct sla_result sla_of(const char *service)
{
    struct account a = opened();
    struct sla_result r;
    struct err e = { 0 };
    assert_good(account_sla(&r, &a, service, NULL, NULL, false, test_keep(), &e), &e);
    return r;
}

static void all_incidents_of_a_month_share_its_allowance(void **_)
{
    given_workspace(false);
    add_window(given_incident("INC-1", false), "a", "w1", 10, 40);
    add_window(given_incident("INC-2", false), "a", "w2", 100, 130);
    struct sla_result r = sla_of("a");
    assert_int_equal(r.downtime_ms.nominal, 60 * MINUTE_MS);
    assert_int_equal(r.breach, VERDICT_YES);
    assert_int_equal(sla_of("b").downtime_ms.nominal, 0);
}

static void a_drill_counts_only_where_everything_is_one(void **_)
{
    given_workspace(false);
    add_window(given_incident("INC-1", true), "a", "w1", 10, 40);
    assert_int_equal(sla_of("a").downtime_ms.nominal, 0);
    given_workspace(true);
    add_window(given_incident("INC-1", true), "a", "w1", 10, 40);
    assert_int_equal(sla_of("a").downtime_ms.nominal, 30 * MINUTE_MS);
}

static void a_window_that_two_copies_of_an_incident_hold_counts_once(void **_)
{
    given_workspace(false);
    add_window(given_incident("INC-1", false), "a", "w1", 10, 40);
    size_t copy = given_incident("INC-1-copy", false);
    add(copy, "w1", 10, EVENT_IMPACT, "{\"service\":\"a\",\"level\":\"down\",\"basis\":\"person\"}");
    struct sla_result r = sla_of("a"); /* open in the copy, closed in the other: that one knows more */
    assert_int_equal(r.windows, 1);
    assert_int_equal(r.downtime_ms.nominal, 30 * MINUTE_MS);
    assert_false(r.open);
}

/* 44 minutes by edges known to the minute, where 44.58 are allowed. */
static size_t given_doubt(void)
{
    given_workspace(false);
    size_t one = given_incident("INC-1", false);
    precision = 59999;
    add_window(one, "a", "w1", 10, 54);
    return one;
}

static void the_last_decision_stands_wherever_it_was_written(void **_)
{
    size_t one = given_doubt(), log = given_incident("log", false);
    add(one, "s1", 50, EVENT_SETTLED,
        "{\"service\":\"a\",\"period\":\"2025-03\",\"breach\":\"yes\",\"because\":\"first\"}");
    add(log, "s2", 50, EVENT_SETTLED,
        "{\"service\":\"a\",\"period\":\"2025-03\",\"breach\":\"no\",\"because\":\"second\"}");
    struct sla_result r = sla_of("a");
    assert_string_equal(r.settled, "no");
    assert_string_equal(r.settled_because, "second");
    assert_int_equal(r.decided, VERDICT_NO);
    assert_null(sla_of("b").settled);
}

static const char on_the_doubt[] =
    "{\"service\":\"a\",\"period\":\"2025-03\",\"breach\":\"no\",\"because\":\"x\",\"on\":{\"policy\":\"p\","
    "\"low_ms\":2580001,\"nominal_ms\":2640000,\"high_ms\":2699999,\"allowed_ms\":2674800}}";

static void a_decision_holds_for_the_doubt_it_was_made_on_and_for_no_other(void **_)
{
    size_t one = given_doubt();
    add(one, "s1", 60, EVENT_SETTLED, on_the_doubt);
    struct sla_result r = sla_of("a");
    assert_string_equal(r.settled, "no");
    assert_false(r.settled_stale);
    precision = 0;
    add_window(one, "a", "w2", 100, 340); /* four hours more: no doubt is left */
    r = sla_of("a");
    assert_null(r.settled);
    assert_true(r.settled_stale);
    assert_string_equal(r.stale_breach, "no");
    assert_int_equal(r.decided, VERDICT_YES);
    assert_string_equal(r.decided_by, "record");
}

static void a_decision_that_does_not_say_on_what_ends_with_the_next_change(void **_)
{
    size_t one = given_doubt();
    add(one, "s1", 60, EVENT_SETTLED,
        "{\"service\":\"a\",\"period\":\"2025-03\",\"breach\":\"no\",\"because\":\"x\"}");
    add_window(one, "b", "w2", 10, 40);
    assert_false(sla_of("a").settled_stale);
    add(one, "k1", 61, EVENT_AMENDED, "{\"of\":\"w1\",\"text\":\"other words\"}");
    assert_true(sla_of("a").settled_stale);
    assert_null(sla_of("a").settled);
}

static void a_supposition_and_another_policy_leave_the_decision_alone(void **_)
{
    struct err e = { 0 };
    struct sla_result r;
    size_t one = given_doubt();
    add(one, "s1", 60, EVENT_SETTLED, on_the_doubt);
    struct account a = opened();
    struct policy other = *ws.config.policy[0].version;
    struct policy_set set = { "other", &other, 1 };
    other.name = "other";
    assert_good(account_sla(&r, &a, "a", &set, NULL, false, test_keep(), &e), &e);
    assert_null(r.settled);
    a.supposed = true;
    assert_good(account_sla(&r, &a, "a", NULL, NULL, false, test_keep(), &e), &e);
    assert_null(r.settled);
    assert_false(r.settled_stale);
}

static void the_log_is_no_incident(void **_)
{
    given_workspace(false);
    add_window(given_incident("log", false), "a", "w1", 10, 40);
    assert_int_equal(opened().incidents, 0);
    assert_int_equal(sla_of("a").windows, 0);
}

static void a_service_without_a_contract_has_downtime_and_no_policy(void **_)
{
    given_workspace(false);
    add_window(given_incident("INC-1", false), "c", "w1", 10, 40);
    struct sla_result r = sla_of("c");
    assert_null(r.policy);
    assert_int_equal(r.downtime_ms.nominal, 30 * MINUTE_MS);
}

static void affirmed_is_what_somebody_said_and_nobody_contradicts(void **_)
{
    struct err e = { 0 };
    struct period march;
    assert_good(period_parse(&march, "2025-03", "Europe/Paris", test_keep(), &e), &e);
    given_workspace(false);
    size_t one = given_incident("INC-1", false);
    struct account a = opened();
    assert_false(account_affirmed(&a, "b", march));
    add(one, "n1", 60, EVENT_IMPACT, "{\"service\":\"b\",\"level\":\"none\",\"basis\":\"person\"}");
    a = opened();
    assert_true(account_affirmed(&a, "b", march));
    add_window(given_incident("INC-2", false), "b", "w2", 100, 130);
    a = opened();
    assert_false(account_affirmed(&a, "b", march));
}

static void what_does_not_fit_together_is_warned_of_with_its_incident(void **_)
{
    given_workspace(false);
    size_t one = given_incident("INC-1", false);
    add(one, "u1", 60, EVENT_IMPACT, "{\"service\":\"a\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[]}");
    struct account a = opened();
    assert_true(strncmp(a.warning[0], "INC-1: event 2 says", 19) == 0);
    assert_null(a.warning[1]);
}

static void an_unknown_service_and_a_time_before_the_contract_are_refused(void **_)
{
    struct sla_result r;
    struct err e = { 0 };
    struct period before;
    given_workspace(false);
    struct account a = opened();
    assert_refused(account_sla(&r, &a, "x", NULL, NULL, false, test_keep(), &e), &e, ERR_INPUT,
                   "there is no service 'x'");
    assert_good(period_parse(&before, "2024-12", "Europe/Paris", test_keep(), &e), &e);
    assert_refused(account_sla(&r, &a, "a", NULL, &before, false, test_keep(), &e), &e, ERR_INPUT,
                   "no version of the policy 'p' is in force in 2024-12; the first is from 2025-01-01");
}

int main(void)
{
    const struct CMUnitTest account[] = {
        promise(all_incidents_of_a_month_share_its_allowance),
        promise(a_drill_counts_only_where_everything_is_one),
        promise(a_window_that_two_copies_of_an_incident_hold_counts_once),
        promise(the_last_decision_stands_wherever_it_was_written),
        promise(a_decision_holds_for_the_doubt_it_was_made_on_and_for_no_other),
        promise(a_decision_that_does_not_say_on_what_ends_with_the_next_change),
        promise(a_supposition_and_another_policy_leave_the_decision_alone),
        promise(the_log_is_no_incident),
        promise(a_service_without_a_contract_has_downtime_and_no_policy),
        promise(affirmed_is_what_somebody_said_and_nobody_contradicts),
        promise(what_does_not_fit_together_is_warned_of_with_its_incident),
        promise(an_unknown_service_and_a_time_before_the_contract_are_refused),
    };
    return cmocka_run_group_tests(account, NULL, NULL);
}
