/* sla_words.h: figures of an SLA as people and programs read them.
 *
 * ROUNDING  Minutes are rounded to the nearest, ratios are cut (an
 *           availability never reads as its target), a budget left is cut to
 *           the second. Digits that are all zero at the end are not written.
 */
#ifndef RECORD_SLA_WORDS_H
#define RECORD_SLA_WORDS_H

#include "base/json.h"
#include "record/sla.h"

/* 999000000: "99.9 %"; at most `decimals`, cut. */
const char *ppb_percent(struct arena *keep, int64_t ppb, int decimals);
/* "49 min", "4 min 30 s", "0 min": whole minutes from ten up. */
const char *sla_minutes(struct arena *keep, int64_t ms);
/* The same to the second, for what is added up: "12 min 40 s". */
const char *sla_seconds(struct arena *keep, int64_t ms);
/* Who adds up the windows, each to the second, finds another downtime than is said. */
bool sla_rounded(const struct sla_result *r, struct arena *keep);
/* "44.58 min": to the nearest hundredth of a minute. */
const char *sla_hundredths(struct arena *keep, int64_t ms);
/* "44 to 54 min"; "2:13 to 2:17" below ten minutes, or where both round to one
 * minute; "" where the range is less than a second. */
const char *sla_range_minutes(struct arena *keep, struct range r);
/* "0 to 9.42 min", or "" where the range is one value. */
const char *sla_range_hundredths(struct arena *keep, struct range r);
/* "0 % to 0.784 %", or "" where the range is one value. */
const char *sla_range_percent(struct arena *keep, struct range r, int decimals);

/* "743 h", "720.5 h": a length in hours, as exact as quarters need it. */
const char *sla_hours(struct arena *keep, int64_t ms);

/* "March 2025", "1st quarter of 2025", "2025", "the 30 days to 2025-03-31". */
const char *period_words(struct arena *keep, struct period p);
/* "a month", "a quarter", ... as in "99.9 % a month". */
const char *policy_period_words(struct arena *keep, const struct policy *p);
/* "5 % per hour beyond, pro rata"; "10 % below 99.99 %, 30 % below 99 %"; "none". */
const char *policy_credit_words(struct arena *keep, const struct policy *p);

/* One result as the JSON object of `sla --json`, without its braces. */
void sla_json(struct json_out *o, const struct sla_result *r, struct arena *keep);

#endif
