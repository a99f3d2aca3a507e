/* config.c: tocsin.yaml, and every way to get it wrong. */
#include "promise.h"
#include "record/config.h"

#include <stdio.h>
#include <string.h>

static bool parse(struct config *c, const char *text, struct err *e)
{
    return config_parse(c, "tocsin.yaml", text, strlen(text), test_keep(), e);
}

static const char everything[] =
    "world: simulated\n"
    "zone: Europe/Paris\n"
    "services:\n"
    "  osc-fr1:\n"
    "    ips: [148.253.75.120, 109.232.233.130]\n"
    "    pool_min: 1\n"
    "    probe: \"https://osc-fr1.example\"\n"
    "    policy: standard\n"
    "  osc-secnum-fr1:\n"
    "policies:\n"
    "  standard: { target: 99.9%, period: month, from: 2023-10-20, credit: 5%, per: hour, counting: started, cap: 100%, claim_days: 30, claimant: the customer, uncertain: customer }\n"
    "roles:\n"
    "  pool: { plugin: sim, seed: 7, key: \"${env:KEY}\" }\n"
    "people: { alice: { role: \"on-call engineer\" } }\n"
    "approvals: [pool.remove, dangerous]\n"
    "redact: [ACME]\n"
    "publish: { repository: reports, branch: trunk, folder: posts, number: \"X-{number}\", template: own, locale: en }\n"
    "limits: { instructions: 1000000, memory: 33554432, record: 1048576, update_every: 30m, answer_within: 5m }\n";

static void every_key_is_read(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, everything, &e), &e);
    assert_true(c.simulated);
    assert_string_equal(c.zone, "Europe/Paris");
    assert_int_equal(c.services, 2);
    const struct service *s = config_service(&c, "osc-fr1", &e);
    assert_string_equal(s->ips[1], "109.232.233.130");
    assert_null(s->ips[2]);
    assert_int_equal(s->pool_min, 1);
    const struct policy *p = policy_at(s->policy, INT64_MAX);
    assert_int_equal(p->target_ppb, 999000000);
    assert_int_equal(p->credit, CREDIT_STARTED);
    assert_int_equal(p->credit_ppb, 50000000);
    assert_int_equal(p->cap_ppb, PPB);
    assert_int_equal(p->claim_days, 30);
    assert_int_equal(p->uncertain, UNCERTAIN_CUSTOMER);
    assert_null(config_service(&c, "osc-secnum-fr1", &e)->policy);
    assert_string_equal(config_binding(&c, "pool")->settings, "{\"seed\":7,\"key\":\"${env:KEY}\"}");
    assert_null(config_binding(&c, "dns"));
    assert_string_equal(c.person[0].role, "on-call engineer");
    assert_string_equal(c.approvals[1], "dangerous");
    assert_string_equal(c.redact[0], "ACME");
    assert_string_equal(c.publish.branch, "trunk");
    assert_int_equal(c.limits.update_every_ms, 30 * MINUTE_MS);
}

static void an_empty_file_has_sensible_defaults(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, "", &e), &e);
    assert_false(c.simulated);
    assert_string_equal(c.zone, "UTC");
    assert_int_equal(c.services, 0);
    assert_null(c.approvals[0]);
    assert_null(c.redact[0]);
    assert_string_equal(c.publish.number, "SPM-{year}-{number:03}");
    assert_string_equal(c.publish.template, "spm");
    assert_true(c.limits.memory_bytes > 0);
}

static void every_mistake_is_named_with_its_place_what_was_found_and_what_is_expected(void **_)
{
    static const struct { const char *text, *words; } wrong[] = {
        { "world: fake\n", "tocsin.yaml:1:8: world: found 'fake', expected" },
        { "zone: Europe/Pairs\n", "tocsin.yaml:1:7: zone: found 'Europe/Pairs', expected a zone" },
        { "zon: UTC\n", "unknown key 'zon'; did you mean 'zone'?" },
        { "services:\n  a: { pool_mim: 1 }\n", "unknown key 'pool_mim'; did you mean 'pool_min'?" },
        { "services:\n  a: { pool_min: many }\n", "tocsin.yaml:2:18: services.a.pool_min: found 'many', expected" },
        { "services: [a]\n", "tocsin.yaml:1:11: services: " },
        { "services:\n  a: { policy: gold }\n", "services.a.policy: found 'gold', expected the name of one of the policies" },
        { "policies:\n  p: { period: month }\n", "the key 'target' is missing" },
        { "policies:\n  p: { target: 0.999 }\n", "policies.p.target: found '0.999', expected a percentage" },
        { "policies:\n  p: { target: 120% }\n", "expected more than 0% and at most 100%" },
        { "policies:\n  p: { target: 99%, period: week }\n", "found 'week', expected month, quarter, year or '30 days'" },
        { "policies:\n  p: { target: 99%, from: 2023-02-30 }\n", "found '2023-02-30', expected a date" },
        { "policies:\n  p: { target: 99%, from: \"2023-+1-01\" }\n", "found '2023-+1-01', expected a date" },
        { "policies:\n  p: { target: 99%, partial: 130% }\n", "found '130%', expected at most 100%" },
        { "policies:\n  p: { target: 99%, credit: 5%, cap: 0% }\n", "found '0%', expected more than 0%" },
        { "policies:\n  p: { target: 99%, bases: [] }\n", "found an empty list" },
        { "policies:\n  p: { target: 99%, partial: half }\n", "found 'half', expected" },
        { "policies:\n  p: { target: 99%, credit: 5%, tiers: [] }\n", "found both 'credit' and 'tiers'" },
        { "policies:\n  p: { target: 99%, counting: started }\n", "found without 'credit'" },
        { "policies:\n  p: { target: 99%, tiers: [ { below: 99% } ] }\n", "the key 'credit' is missing" },
        { "policies:\n  p: { target: 99%, bases: [robot] }\n", "found 'robot', expected person, probe:NAME" },
        { "policies:\n  p: { target: 99%, creditt: 5% }\n", "unknown key 'creditt'; did you mean 'credit'?" },
        { "policies:\n  p: [ { target: 99% }, { target: 98% } ]\n", "two versions from the same day" },
        { "policies:\n  p: []\n", "found an empty list" },
        { "policies:\n  p: { target: 99%, bucket: { length: 5m } }\n", "the key 'rule' is missing" },
        { "policies:\n  p: { target: 99%, bucket: { length: 2d, rule: touched } }\n", "expected between 1s and 1d" },
        { "policies:\n  p: { target: 99%, starts: noon }\n", "policies.p.starts: found 'noon', expected" },
        { "services: { a: { members: [b] } }\n", "found 'b', expected a service that is itself no group" },
        { "services: { a: { down: any } }\n", "found without 'members'" },
        { "maintenance: [ { from: 02:00, to: 2025-03-05 04:00 } ]\n", "found '02:00', expected a moment with its day" },
        { "maintenance: [ { from: 2025-03-05 04:00, to: 2025-03-05 02:00 } ]\n", "expected a moment after" },
        { "maintenance: [ { from: 2025-03-05 04:00 } ]\n", "the key 'to' is missing" },
        { "exclusions: [ { from: 2025-03-05 04:00, to: 2025-03-05 05:00 } ]\n", "the key 'kind' is missing" },
        { "zone: Europe/Paris\nmaintenance: [ { from: 2025-03-30 02:30, to: 2025-03-30 05:00 } ]\n", "found '2025-03-30 02:30'" },
        { "roles:\n  pool: { plugin: sim }\n", "tocsin.yaml:2:19: roles.pool.plugin: found 'sim', which plays only in 'world: simulated'" },
        { "roles:\n  poool: { plugin: sim }\n", "tocsin.yaml:2:10: roles.poool: there is no role 'poool'; did you mean 'pool'?" },
        { "roles:\n  pool: { plugn: sim }\n", "the key 'plugin' is missing" },
        { "roles:\n  pool: sim\n", "roles.pool: " },
        { "people: { alice: { rol: x } }\n", "unknown key 'rol'; did you mean 'role'?" },
        { "publish: { brunch: x }\n", "unknown key 'brunch'; did you mean 'branch'?" },
        { "publish: { locale: de }\n", "publish.locale: found 'de', expected en or fr" },
        { "limits: { update_every: soon }\n", "limits.update_every: found 'soon', expected" },
        { "approvals: dangerous\n", "tocsin.yaml:1:12: approvals: found a value, expected a list: [dangerous]" },
        { "approvals: [dns.add, pool.remov]\n", "tocsin.yaml:1:22: approvals" },
        { "approvals: [pool.remov]\n", "found 'pool.remov', expected dangerous, or a change as ROLE.ACTION" },
        { "approvals: [sense.flood]\n", "found 'sense.flood', expected" }, /* nobody is asked before a look */
        { "approvals: [Dangerous]\n", "found 'Dangerous', expected" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct config c;
        struct err e = { 0 };
        assert_refused(parse(&c, wrong[i].text, &e), &e, ERR_INPUT, wrong[i].words);
    }
}

static void a_policy_changes_on_the_day_it_says(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, "zone: Europe/Paris\npolicies:\n  p:\n"
                          "    - { target: 99.95%, from: 2025-01-01 }\n"
                          "    - { target: 99.9%, from: 2023-10-20 }\n", &e), &e);
    const struct policy_set *set = &c.policy[0];
    int64_t newer = zone_day_start("Europe/Paris", 2025, 1, 1);
    assert_int_equal(policy_at(set, newer)->target_ppb, 999500000);
    assert_int_equal(policy_at(set, newer - 1)->target_ppb, 999000000);
    assert_null(policy_at(set, zone_day_start("Europe/Paris", 2023, 10, 20) - 1));
}

static void tiers_may_be_written_in_any_order(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, "policies:\n  p: { target: 99.99%, period: 30 days, partial: 30%, tiers: "
                          "[ { below: 99%, credit: 30% }, { below: 99.99%, credit: 10% } ] }\n", &e), &e);
    const struct policy *p = c.policy[0].version;
    assert_int_equal(p->tier[0].below_ppb, 999900000);
    assert_int_equal(p->tier[1].credit_ppb, 300000000);
    assert_int_equal(p->period, PERIOD_ROLLING);
    assert_int_equal(p->rolling_days, 30);
    assert_int_equal(p->weight, WEIGHT_FIXED);
    assert_int_equal(p->weight_ppb, 300000000);
}

static void a_policy_says_what_counts_and_what_is_taken_out(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, "zone: Europe/Paris\n"
        "services: { a: , b: , region: { members: [a, b], down: share, policy: p } }\n"
        "policies:\n  p: { target: 99.9%, bucket: { length: 5m, rule: touched }, starts: ticket,"
        " stops: mitigated, maintenance: { notice: 72h, denominator: reduced }, exclusions: [provider] }\n"
        "maintenance:\n  - { from: 2025-03-05 02:00, to: 2025-03-05 04:00, announced: 2025-03-01 10:00, services: [a] }\n"
        "exclusions:\n  - { from: 2025-03-11T11:17, to: 2025-03-11T11:30, kind: provider, why: a cut cable }\n", &e), &e);
    const struct policy *p = c.policy[0].version;
    assert_int_equal(p->bucket, BUCKET_TOUCHED);
    assert_int_equal(p->bucket_ms, 5 * MINUTE_MS);
    assert_int_equal(p->starts, STARTS_TICKET);
    assert_int_equal(p->stops, STOPS_MITIGATED);
    assert_true(p->maintenance && p->reduced);
    assert_int_equal(p->notice_ms, 72 * HOUR_MS);
    assert_true(policy_excludes(p, "provider") && !policy_excludes(p, "weather"));
    const struct service *region = config_service(&c, "region", &e);
    assert_int_equal(region->group, GROUP_SHARE);
    assert_string_equal(region->members[1], "b");
    assert_int_equal(c.calendar.maintenances, 1);
    assert_true(stretch_covers(c.calendar.maintenance, "a"));
    assert_false(stretch_covers(c.calendar.maintenance, "b"));
    assert_int_equal(c.calendar.maintenance->end - c.calendar.maintenance->start, 2 * HOUR_MS);
    assert_true(stretch_covers(c.calendar.exclusion, "b"));
    assert_string_equal(c.calendar.exclusion->why, "a cut cable");
}

static void an_unknown_service_is_refused_with_the_known_ones(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, everything, &e), &e);
    assert_null(config_service(&c, "osc-fr2", &e));
    assert_int_equal(e.kind, ERR_INPUT);
    assert_string_equal(e.text, "there is no service 'osc-fr2'; known: 'osc-fr1', 'osc-secnum-fr1'");
    assert_string_equal(e.hint, "did you mean 'osc-fr1'?");
}

static void what_needs_an_approval_is_a_change_there_is_or_the_nearest_is_named(void **_)
{
    struct config c;
    struct err e = { 0 };
    assert_good(parse(&c, "approvals: [pool, dns.add, dangerous]\n", &e), &e);
    assert_false(parse(&c, "approvals: [pool.remov]\n", &e));
    assert_string_equal(e.hint, "did you mean 'pool.remove'?");
}

int main(void)
{
    const struct CMUnitTest config[] = {
        promise(every_key_is_read),
        promise(an_empty_file_has_sensible_defaults),
        promise(every_mistake_is_named_with_its_place_what_was_found_and_what_is_expected),
        promise(a_policy_changes_on_the_day_it_says),
        promise(tiers_may_be_written_in_any_order),
        promise(a_policy_says_what_counts_and_what_is_taken_out),
        promise(what_needs_an_approval_is_a_change_there_is_or_the_nearest_is_named),
        promise(an_unknown_service_is_refused_with_the_known_ones),
    };
    return cmocka_run_group_tests(config, NULL, NULL);
}
