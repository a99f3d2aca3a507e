/* policy.h: what a contract promises, as data.
 *
 * A service names a policy set: versions of one policy, each valid from a
 * date. UNITS: parts per billion for rates and shares, milliseconds for
 * spans. SOURCE of the rules: DESIGN.md 3 "SLA"; the families of contracts
 * are shown in examples/sla/, the keys in CONFIG.md.
 */
#ifndef RECORD_POLICY_H
#define RECORD_POLICY_H

#include "base/instant.h"
#include "base/yaml.h"

#define PPB INT64_C(1000000000) /* all of it */

enum period_kind { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_ROLLING };
enum weight_rule { WEIGHT_FULL, WEIGHT_IGNORE, WEIGHT_SHARE, WEIGHT_FIXED };
enum credit_rule { CREDIT_NONE, CREDIT_PRO_RATA, CREDIT_STARTED, CREDIT_COMPLETED, CREDIT_TIERS };
/* Clock time is cut into intervals from the period's start on (touched: one
 * instant in it spoils it all; covered: only what is spoilt throughout counts),
 * or each outage is cut to whole units. */
enum bucket_rule { BUCKET_NONE, BUCKET_TOUCHED, BUCKET_COVERED, BUCKET_WHOLE };
/* What starts the clock of a window, and what stops it. */
enum start_rule { STARTS_IMPACT, STARTS_TICKET, STARTS_DETECTED, STARTS_ACKNOWLEDGED };
enum stop_rule { STOPS_UP, STOPS_MITIGATED, STOPS_RESOLVED };
enum uncertain_rule { UNCERTAIN_CUSTOMER, UNCERTAIN_PROVIDER, UNCERTAIN_ASK };

struct tier { int64_t below_ppb, credit_ppb; };

struct policy {
    const char *name, *zone;
    int64_t from;               /* first instant it is valid; INSTANT_NONE: always */
    int64_t target_ppb;         /* 999000000 */
    enum period_kind period;
    int64_t rolling_days;
    const char *const *bases;   /* which count ("person", "probe:*"), then NULL; NULL: all */
    enum weight_rule weight;
    int64_t weight_ppb;         /* for WEIGHT_FIXED */
    int64_t minimum_ms;         /* shorter outages do not count */
    enum bucket_rule bucket;
    int64_t bucket_ms;
    enum start_rule starts;
    enum stop_rule stops;
    bool maintenance;           /* is announced maintenance no downtime? */
    int64_t notice_ms;          /* if announced that long before it begins */
    bool reduced;               /* ... and taken out of the denominator too */
    const char *const *exclusions; /* kinds that a person may exclude; then NULL; NULL: none */
    int64_t credit_ppb;         /* per hour beyond: 50000000 is 5 % */
    enum credit_rule credit;
    const struct tier *tier;    /* lowest `below` last */
    size_t tiers;
    int64_t cap_ppb;            /* 0: none */
    int64_t claim_days;         /* after the period's end; 0: not said */
    const char *claimant;       /* who may claim; "" */
    enum uncertain_rule uncertain;
};

struct policy_set {
    const char *name;
    const struct policy *version; /* by `from`, earliest first */
    size_t versions;
};

/* The version in force at that instant; NULL before the first. */
const struct policy *policy_at(const struct policy_set *set, int64_t at);

/* May the contract exclude what is of that kind ("force-majeure")? */
bool policy_excludes(const struct policy *p, const char *kind);

/* Does a window of this basis count under the policy? */
bool policy_counts(const struct policy *p, const char *basis);

/* One policy set from its YAML: a map (one version) or a list of maps. */
bool policy_parse(struct policy_set *out, const char *name, struct yaml *y, const char *zone,
                  struct arena *keep, struct err *e);

#endif
