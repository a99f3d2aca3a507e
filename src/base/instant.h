/* instant.h: moments, zones, and the forms in which people write them.
 *
 * UNITS    An instant is int64 milliseconds since 1970-01-01 UTC, without
 *          leap seconds. Intervals are half-open: [start, end).
 * ZONES    IANA names, read from the system's zone database through glibc
 *          (TZ and tzset: not re-entrant, so only this file touches them).
 *          Instants everywhere; a zone only where people read or write.
 * ERRORS   ERR_USAGE from moment_parse: the text and what is expected.
 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   INT64_C(3600000)
#define DAY_MS    INT64_C(86400000)
#define INSTANT_NONE INT64_MIN

struct civil {
    int year, month, day, hour, minute, second, ms; /* month and day from 1 */
};

/* Does the machine know this zone? "UTC" always. */
bool zone_known(const char *zone);

/* Seconds east of UTC at that instant; abbreviation ("CET") when not NULL. */
int32_t zone_offset(const char *zone, int64_t at, char abbreviation[16]);

struct civil civil_at(const char *zone, int64_t at);

/* The instants that this local time names: 0 in a gap, 2 in a fold (the
 * earlier first), else 1. */
int civil_instants(const char *zone, struct civil c, int64_t out[2]);

/* Where days begin: the first instant of the local day, even where midnight
 * does not exist. month may be 13 (the next year's first) or 0. */
int64_t zone_day_start(const char *zone, int year, int month, int day);

/* 0 Sunday ... 6 Saturday; days since 1970-01-01. */
int civil_weekday(int year, int month, int day);
int64_t civil_days(int year, int month, int day);
bool civil_valid(struct civil c);

/* 2025-03-11T10:17:00.000Z: what the record holds. */
const char *instant_utc(struct arena *keep, int64_t at);
/* Strict: just that form (any RFC 3339 offset, any number of decimals up to 9). */
bool instant_parse_rfc3339(const char *text, size_t length, int64_t *out);

/* For people, in a zone: "11:17", "11:17:42", "2025-03-11 11:17",
 * "2025-03-11T11:17:42+01:00". */
enum instant_form { FORM_HM, FORM_HMS, FORM_DATE, FORM_DATE_HM, FORM_DATE_HMS, FORM_RFC3339 };
const char *instant_text(struct arena *keep, const char *zone, int64_t at, enum instant_form form);

/* The same, and "02:30 CEST" in the hour that a night has twice. */
const char *instant_told(struct arena *keep, const char *zone, int64_t at, enum instant_form form);

/* "CET (UTC+1)", "UTC": the zone as a reader of that day knows it. */
const char *zone_words(struct arena *keep, const char *zone, int64_t at);

/* A moment as a person wrote it: the instant lies in [at - early, at + late].
 * `said_day`: the text itself named the day. `typed`: the text. */
struct moment {
    int64_t at, early_ms, late_ms;
    bool said_day;
    const char *typed;
};

/* 11:17 (the latest one not after `now`), 11:17:30, "yesterday 23:50",
 * "2025-03-11 11:17", 2025-03-11T11:17 (in `zone`), RFC 3339, -5m, ~14:30,
 * 14:?? . Refuses a local time that does not exist; one that exists twice
 * needs its offset. Precision is kept in early and late (DESIGN.md, 3);
 * `late` never reaches beyond `now`. A moment after `now` is refused. */
bool moment_parse(struct moment *out, const char *text, const char *zone, int64_t now,
                  struct arena *keep, struct err *e);
/* The same, on a given local day ("2025-03-11"), `now` being no bound:
 * histories and pasted rows. */
bool moment_parse_on(struct moment *out, const char *text, const char *zone, struct civil day,
                     struct arena *keep, struct err *e);

/* "30s", "2m", "1h30m", "250ms", "3d": how runbooks and configuration write
 * spans. */
bool duration_parse(int64_t *out_ms, const char *text);
/* "49 minutes", "2 hours 3 minutes", "4 minutes 30 seconds": rounded to the
 * nearest minute from ten minutes up, to the second below. */
const char *duration_words(struct arena *keep, int64_t ms);
/* A reader who adds up the parts of a whole, each rounded to the second, finds another
 * whole than the one that is said: then it is to be said that they are rounded. */
bool durations_rounded(const int64_t *part, size_t count, int64_t whole);
/* "0:52", "44:34", "2:03:00": minutes:seconds, cut. */
const char *duration_clock(struct arena *keep, int64_t ms);
/* "4 s", "9 min", "3 h 20 min": ages on screens. */
const char *duration_short(struct arena *keep, int64_t ms);

#endif
