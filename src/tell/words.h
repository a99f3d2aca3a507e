/* words.h: figures and moments as people read them, in English and French.
 *
 * LOCALE   "en" or "fr"; anything else reads as English. The machine's own
 *          locale is never asked.
 * NUMBERS  Shares are cut, never rounded up; spans are rounded to the nearest.
 */
#ifndef TELL_WORDS_H
#define TELL_WORDS_H

#include "base/instant.h"
#include "base/text.h"

struct tongue {
    const char *locale, *zone;
};

bool tongue_known(const char *locale);

/* "49 minutes", "2 hours 3 minutes": to the minute from ten minutes up. */
const char *words_span(struct arena *keep, const struct tongue *t, int64_t ms);
/* "44 minutes 34 seconds": cut to the second, as an allowance is. */
const char *words_exact(struct arena *keep, const struct tongue *t, int64_t ms);
/* "44.58": minutes with two decimals, without a needless ".00". */
const char *words_minutes(struct arena *keep, const struct tongue *t, int64_t ms);
/* 999000000 -> "99.9%"; at most `decimals`, cut. */
const char *words_percent(struct arena *keep, const struct tongue *t, int64_t ppb, int decimals);

bool words_same_day(const struct tongue *t, int64_t a, int64_t b);
/* "11:17"; "March 12th, 11:17" where the day is not that of `beside`; "02:30 CEST" in
 * the hour that a night has twice. */
const char *words_clock(struct arena *keep, const struct tongue *t, int64_t at, int64_t beside);
/* The same after at, from, to, since, until, between or and: "du 12 mars à 11:17". NULL: no
 * such preposition. */
const char *words_clock_after(struct arena *keep, const struct tongue *t, const char *preposition, int64_t at,
                              int64_t beside);
/* "from 11:17 to 11:30"; "at 11:17" where both read the same. */
const char *words_from_to(struct arena *keep, const struct tongue *t, int64_t start, int64_t stop, int64_t beside);
/* A moment as far as it is known: "11:17", "~14:30", "14:??", and the day alone
 * ("March 12th") where nobody knows more. */
const char *words_moment(struct arena *keep, const struct tongue *t, int64_t at, int64_t early_ms, int64_t late_ms,
                         int64_t beside);
/* "CET (UTC+1)", and both where the clocks change in between. */
const char *words_zone(struct arena *keep, const struct tongue *t, int64_t from, int64_t to);
enum date_form { DATE_DAY, DATE_FULL, DATE_WEEKDAY, DATE_ISO, DATE_MONTH };
/* "March 11th", "March 11th, 2025", "Tuesday, March 11th, 2025",
 * "2025-03-11", "March 2025". */
const char *words_date(struct arena *keep, const struct tongue *t, int64_t at, enum date_form form);

/* "four"; figures above twelve. "third"; "13th". */
const char *words_number(struct arena *keep, const struct tongue *t, int64_t n);
const char *words_ordinal(struct arena *keep, const struct tongue *t, int64_t n);

#endif
