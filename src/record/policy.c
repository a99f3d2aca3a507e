/* policy.c: see policy.h. */
#include "record/policy.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct policy *policy_at(const struct policy_set *set, int64_t at)
{
    const struct policy *in_force = NULL;
    for (size_t i = 0; i < set->versions; i++)
        if (set->version[i].from == INSTANT_NONE || set->version[i].from <= at)
            in_force = &set->version[i];
    return in_force;
}

/* "probe:*" stands for every probe. */
static bool basis_matches(const char *pattern, const char *basis)
{
    size_t length = strlen(pattern);
    if (length && pattern[length - 1] == '*')
        return strncmp(pattern, basis, length - 1) == 0;
    return strcmp(pattern, basis) == 0;
}

bool policy_counts(const struct policy *p, const char *basis)
{
    if (!p->bases)
        return true;
    for (const char *const *b = p->bases; *b; b++)
        if (basis_matches(*b, basis))
            return true;
    return false;
}

bool policy_excludes(const struct policy *p, const char *kind)
{
    for (const char *const *k = p->exclusions; k && *k; k++)
        if (text_equal(*k, kind))
            return true;
    return false;
}

/* "month", "quarter", "year", or "30 days" that roll. */
static bool read_period(struct policy *p, struct yaml *y, struct err *e)
{
    static const char *const kinds[] = { "month", "quarter", "year", NULL };
    if (!y)
        return true;
    if (!yaml_is(y, YAML_SCALAR, "month, quarter, year or '30 days'", e))
        return false;
    char *end = NULL;
    long days = strtol(y->text, &end, 10);
    if (end != y->text && (strcmp(end, " days") == 0 || strcmp(end, "d") == 0)
        && days >= 1 && days <= 3660) {
        p->period = PERIOD_ROLLING;
        p->rolling_days = days;
        return true;
    }
    for (int i = 0; kinds[i]; i++)
        if (strcmp(y->text, kinds[i]) == 0) {
            p->period = (enum period_kind)i;
            return true;
        }
    return yaml_err(e, y, "found '%s', expected month, quarter, year or '30 days'", y->text);
}

/* A date: the first instant of that day in the policy's zone. */
static bool read_from(struct policy *p, struct yaml *y, struct err *e)
{
    int year, month, day, used = 0;
    if (!y)
        return true;
    if (!yaml_is(y, YAML_SCALAR, "a date, 2023-10-20", e))
        return false;
    if (strspn(y->text, "0123456789-") != 10
        || sscanf(y->text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || y->text[used]
        || !civil_valid((struct civil){ .year = year, .month = month, .day = day }))
        return yaml_err(e, y, "found '%s', expected a date, 2023-10-20", y->text);
    p->from = zone_day_start(p->zone, year, month, day);
    return true;
}

static bool read_zone(struct policy *p, struct yaml *y, struct err *e)
{
    if (!yaml_text(y, &p->zone, e))
        return false;
    if (!zone_known(p->zone))
        return yaml_err(e, y, "found '%s', expected a zone that this machine knows, Europe/Paris",
                        p->zone);
    return true;
}

/* `partial:` full, ignore, share, or a fixed share such as 30%. */
static bool read_weight(struct policy *p, struct yaml *y, struct err *e)
{
    static const char *const rules[] = { "full", "ignore", "share", NULL };
    if (!y)
        return true;
    if (!yaml_is(y, YAML_SCALAR, "full, ignore, share or a fixed share, 30%", e))
        return false;
    if (text_ends(y->text, "%")) {
        p->weight = WEIGHT_FIXED;
        return yaml_ppb(y, &p->weight_ppb, e)
            && (p->weight_ppb <= PPB || yaml_err(e, y, "found '%s', expected at most 100%%", y->text));
    }
    int rule = 0;
    if (!yaml_choice(y, rules, &rule, e))
        return err_hint(e, "a fixed share is written with its sign: 30%%");
    p->weight = (enum weight_rule)rule;
    return true;
}

static bool read_names(const char *const **out, struct yaml *y, const char *expected,
                       struct arena *keep, struct err *e)
{
    if (!y)
        return true;
    if (!yaml_is(y, YAML_LIST, expected, e))
        return false;
    size_t count = 0;
    for (struct yaml *item = y->first; item; item = item->next)
        count++;
    const char **name = arena_many(keep, const char *, count + 1);
    count = 0;
    for (struct yaml *item = y->first; item; item = item->next)
        if (!yaml_text(item, &name[count++], e))
            return false;
    *out = name;
    return true;
}

static bool read_bases(struct policy *p, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!read_names(&p->bases, y, "a list such as [person, \"probe:*\"]", keep, e))
        return false;
    if (!p->bases)
        return true;
    if (!*p->bases)
        return yaml_err(e, y, "found an empty list, by which nothing would ever count; expected person, "
                              "probe:NAME, probe:* or run:*");
    struct yaml *item = y->first;
    for (const char *const *b = p->bases; *b; b++, item = item->next)
        if (strcmp(*b, "person") && strcmp(*b, "*") && !text_starts(*b, "probe:")
            && !text_starts(*b, "run:"))
            return yaml_err(e, item, "found '%s', expected person, probe:NAME, probe:* or run:*", *b);
    return true;
}

/* `bucket: { length: 5m, rule: touched }` */
static bool read_bucket(struct policy *p, struct yaml *y, struct err *e)
{
    static const char *const rules[] = { "touched", "covered", "whole", NULL };
    int rule = 0;
    struct yaml *length, *which;
    if (!y)
        return true;
    if (!yaml_is(y, YAML_MAP, "{length: 5m, rule: touched}", e)
        || !(length = yaml_need(y, "length", e)) || !yaml_duration(length, &p->bucket_ms, e)
        || !(which = yaml_need(y, "rule", e)) || !yaml_choice(which, rules, &rule, e))
        return false;
    if (p->bucket_ms < SECOND_MS || p->bucket_ms > DAY_MS)
        return yaml_err(e, length, "found '%s', expected between 1s and 1d", length->text);
    p->bucket = (enum bucket_rule)(BUCKET_TOUCHED + rule);
    return true;
}

/* `maintenance: { notice: 72h, denominator: reduced }` */
static bool read_maintenance(struct policy *p, struct yaml *y, struct err *e)
{
    static const char *const rules[] = { "unchanged", "reduced", NULL };
    int rule = 0;
    if (!y)
        return true;
    if (!yaml_is(y, YAML_MAP, "{notice: 72h, denominator: unchanged}", e)
        || !yaml_duration(yaml_get(y, "notice"), &p->notice_ms, e)
        || !yaml_choice(yaml_get(y, "denominator"), rules, &rule, e))
        return false;
    p->maintenance = true;
    p->reduced = rule == 1;
    return true;
}

static bool read_clock(struct policy *p, struct yaml *y, struct err *e)
{
    static const char *const starts[] = { "impact", "ticket", "detected", "acknowledged", NULL };
    static const char *const stops[] = { "up", "mitigated", "resolved", NULL };
    int start = 0, stop = 0;
    if (!yaml_choice(yaml_get(y, "starts"), starts, &start, e)
        || !yaml_choice(yaml_get(y, "stops"), stops, &stop, e))
        return false;
    p->starts = (enum start_rule)start;
    p->stops = (enum stop_rule)stop;
    return true;
}

static int by_below(const void *a, const void *b)
{
    int64_t x = ((const struct tier *)a)->below_ppb, y = ((const struct tier *)b)->below_ppb;
    return (y > x) - (y < x);
}

static bool read_tiers(struct policy *p, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!y)
        return true;
    if (!yaml_is(y, YAML_LIST, "a list of {below: 99.9%, credit: 10%}", e))
        return false;
    for (struct yaml *item = y->first; item; item = item->next)
        p->tiers++;
    struct tier *tier = arena_many(keep, struct tier, p->tiers);
    size_t i = 0;
    for (struct yaml *item = y->first; item; item = item->next, i++) {
        struct yaml *below, *credit;
        if (!yaml_is(item, YAML_MAP, "{below: 99.9%, credit: 10%}", e)
            || !(below = yaml_need(item, "below", e)) || !yaml_ppb(below, &tier[i].below_ppb, e)
            || !(credit = yaml_need(item, "credit", e)) || !yaml_ppb(credit, &tier[i].credit_ppb, e))
            return false;
    }
    qsort(tier, p->tiers, sizeof *tier, by_below);
    p->tier = tier;
    p->credit = CREDIT_TIERS;
    return true;
}

/* `credit: 5%` an hour beyond, counted by `counting`; or `tiers`. */
static bool read_credit(struct policy *p, struct yaml *y, struct arena *keep, struct err *e)
{
    static const char *const counting[] = { "pro-rata", "started", "completed", NULL };
    static const char *const units[] = { "hour", NULL };
    struct yaml *credit = yaml_get(y, "credit"), *tiers = yaml_get(y, "tiers");
    struct yaml *count = yaml_get(y, "counting"), *per = yaml_get(y, "per");
    int rule = 0, unit = 0;
    if (credit && tiers)
        return yaml_err(e, tiers, "found both 'credit' and 'tiers', expected one of them");
    if (!yaml_ppb(credit, &p->credit_ppb, e) || !yaml_choice(count, counting, &rule, e)
        || !yaml_choice(per, units, &unit, e))
        return false;
    if (credit)
        p->credit = (enum credit_rule)(CREDIT_PRO_RATA + rule);
    else if (count || per)
        return yaml_err(e, count ? count : per, "found without 'credit', expected 'credit: 5%%' beside it");
    struct yaml *cap = yaml_get(y, "cap");
    if (!read_tiers(p, tiers, keep, e) || !yaml_ppb(cap, &p->cap_ppb, e))
        return false;
    return !cap || p->cap_ppb > 0 || yaml_err(e, cap, "found '%s', expected more than 0%%", cap->text);
}

static bool read_version(struct policy *p, const char *name, struct yaml *y, const char *zone,
                         struct arena *keep, struct err *e)
{
    static const char *const rules[] = { "customer", "provider", "ask", NULL };
    if (!yaml_is(y, YAML_MAP, "a policy: target, period, credit, ...", e))
        return false;
    *p = (struct policy){ .name = name, .zone = zone, .from = INSTANT_NONE, .claimant = "",
                          .uncertain = UNCERTAIN_ASK };
    int rule = UNCERTAIN_ASK;
    struct yaml *target = yaml_need(y, "target", e);
    if (!target || !yaml_ppb(target, &p->target_ppb, e))
        return false;
    if (p->target_ppb < 1 || p->target_ppb > PPB)
        return yaml_err(e, target, "found '%s', expected more than 0%% and at most 100%%", target->text);
    if (!read_zone(p, yaml_get(y, "zone"), e) || !read_period(p, yaml_get(y, "period"), e)
        || !read_from(p, yaml_get(y, "from"), e) || !read_bases(p, yaml_get(y, "bases"), keep, e)
        || !read_weight(p, yaml_get(y, "partial"), e)
        || !yaml_duration(yaml_get(y, "minimum"), &p->minimum_ms, e)
        || !read_bucket(p, yaml_get(y, "bucket"), e) || !read_clock(p, y, e)
        || !read_maintenance(p, yaml_get(y, "maintenance"), e)
        || !read_names(&p->exclusions, yaml_get(y, "exclusions"), "a list of kinds, [force-majeure]",
                       keep, e)
        || !read_credit(p, y, keep, e)
        || !yaml_int(yaml_get(y, "claim_days"), 1, 3660, &p->claim_days, e)
        || !yaml_text(yaml_get(y, "claimant"), &p->claimant, e)
        || !yaml_choice(yaml_get(y, "uncertain"), rules, &rule, e))
        return false;
    p->uncertain = (enum uncertain_rule)rule;
    return true;
}

static int by_from(const void *a, const void *b)
{
    int64_t x = ((const struct policy *)a)->from, y = ((const struct policy *)b)->from;
    return (x > y) - (x < y);
}

bool policy_parse(struct policy_set *out, const char *name, struct yaml *y, const char *zone,
                  struct arena *keep, struct err *e)
{
    size_t count = 1;
    struct yaml *first = y;
    if (y->kind == YAML_LIST) {
        first = y->first;
        for (count = 0; first; first = first->next)
            count++;
        first = y->first;
        if (!count)
            return yaml_err(e, y, "found an empty list, expected at least one version");
    }
    struct policy *version = arena_many(keep, struct policy, count);
    struct yaml *item = first;
    for (size_t i = 0; i < count; i++, item = item->next)
        if (!read_version(&version[i], name, item, zone, keep, e))
            return false;
    qsort(version, count, sizeof *version, by_from);
    for (size_t i = 1; i < count; i++)
        if (version[i].from == version[i - 1].from)
            return yaml_err(e, y, "found two versions from the same day, expected a 'from' of its own for each");
    *out = (struct policy_set){ name, version, count };
    return true;
}
