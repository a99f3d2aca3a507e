/* zone.c: zones and local time through glibc, the only file that touches TZ.
 *
 * glibc has no re-entrant zone API: the zone in force is process state, so it
 * is switched only when another one is asked for.
 */
#include "base/instant.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void use_zone(const char *zone)
{
    static char now[128];
    if (!strcmp(now, zone))
        return;
    snprintf(now, sizeof now, "%s", zone);
    char value[140];
    snprintf(value, sizeof value, ":%s", zone); /* a name, never a POSIX rule */
    setenv("TZ", value, 1);
    tzset();
}

bool zone_known(const char *zone)
{
    if (!strcmp(zone, "UTC"))
        return true;
    size_t safe = strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
    if (!*zone || zone[safe] || safe > 60 || *zone == '/')
        return false;
    char path[128];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    char magic[4] = "";
    bool good = fread(magic, 1, 4, f) == 4 && !memcmp(magic, "TZif", 4);
    fclose(f);
    return good;
}

/* Floor division: instants before 1970 are real. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t zone_offset(const char *zone, int64_t at, char abbreviation[16])
{
    use_zone(zone);
    time_t seconds = floor_div(at, SECOND_MS);
    struct tm tm;
    if (!localtime_r(&seconds, &tm))
        return 0;
    if (abbreviation)
        snprintf(abbreviation, 16, "%s", tm.tm_zone);
    return (int32_t)tm.tm_gmtoff;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar: years begin in
 * March, so that the leap day comes last; 400 years have 146,097 days. */
int64_t civil_days(int year, int month, int day)
{
    int64_t y = year + floor_div(month - 1, 12);
    int64_t m = month - 1 - 12 * floor_div(month - 1, 12);
    y -= m < 2;
    int64_t era = floor_div(y, 400), of_era = y - era * 400;
    int64_t of_year = (153 * ((m + 10) % 12) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int civil_weekday(int year, int month, int day)
{
    int64_t days = civil_days(year, month, day) + 4; /* 1970-01-01 was a Thursday */
    return (int)(days - 7 * floor_div(days, 7));
}

static struct civil civil_of_local(int64_t local_ms)
{
    int64_t days = floor_div(local_ms, DAY_MS), rest = local_ms - days * DAY_MS;
    int64_t z = days + 719468, era = floor_div(z, 146097), of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * of_year + 2) / 153;
    return (struct civil){
        .year = (int)(year + era * 400 + (m >= 10)),
        .month = (int)(m < 10 ? m + 3 : m - 9),
        .day = (int)(of_year - (153 * m + 2) / 5 + 1),
        .hour = (int)(rest / HOUR_MS),
        .minute = (int)(rest / MINUTE_MS % 60),
        .second = (int)(rest / SECOND_MS % 60),
        .ms = (int)(rest % SECOND_MS),
    };
}

struct civil civil_at(const char *zone, int64_t at)
{
    return civil_of_local(at + zone_offset(zone, at, NULL) * SECOND_MS);
}

bool civil_valid(struct civil c)
{
    static const int last[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1)
        return false;
    bool leap = c.year % 4 == 0 && (c.year % 100 != 0 || c.year % 400 == 0);
    return c.day <= last[c.month - 1] + (leap && c.month == 2)
        && c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60
        && c.second >= 0 && c.second < 60 && c.ms >= 0 && c.ms < 1000;
}

static int64_t local_ms(struct civil c)
{
    return civil_days(c.year, c.month, c.day) * DAY_MS + c.hour * HOUR_MS
         + c.minute * MINUTE_MS + c.second * SECOND_MS + c.ms;
}

/* The offsets in force a day before and after are the only ones that the
 * local time can have; each is tried and must lead back to itself. */
int civil_instants(const char *zone, struct civil c, int64_t out[2])
{
    int64_t local = local_ms(c);
    int64_t before = zone_offset(zone, local - DAY_MS, NULL) * SECOND_MS;
    int64_t after = zone_offset(zone, local + DAY_MS, NULL) * SECOND_MS;
    int count = 0;
    if (zone_offset(zone, local - before, NULL) * SECOND_MS == before)
        out[count++] = local - before;
    if (after != before && zone_offset(zone, local - after, NULL) * SECOND_MS == after)
        out[count++] = local - after;
    if (count == 2 && out[0] > out[1]) {
        int64_t swap = out[0];
        out[0] = out[1];
        out[1] = swap;
    }
    return count;
}

int64_t zone_day_start(const char *zone, int year, int month, int day)
{
    int64_t out[2];
    struct civil c = civil_of_local(civil_days(year, month, day) * DAY_MS);
    if (civil_instants(zone, c, out))
        return out[0];
    /* Midnight falls into a gap: the day begins where the gap ends, which is
     * the instant at which the offset changes. */
    int64_t low = local_ms(c) - 2 * DAY_MS, high = local_ms(c) + 2 * DAY_MS;
    int32_t before = zone_offset(zone, local_ms(c) - DAY_MS, NULL);
    low = local_ms(c) - before * SECOND_MS - DAY_MS;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (zone_offset(zone, middle, NULL) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

const char *instant_utc(struct arena *keep, int64_t at)
{
    static const char shape[] = "YYYY-MM-DDTHH:MM:SS.mmmZ";
    struct civil c = civil_of_local(at);
    if (c.year < 0 || c.year > 9999)
        return arena_print(keep, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day,
                           c.hour, c.minute, c.second, c.ms);
    char *text = arena_copy(keep, shape, sizeof shape - 1);
    const struct { int at, digits, value; } part[] = { { 0, 4, c.year }, { 5, 2, c.month }, { 8, 2, c.day },
        { 11, 2, c.hour }, { 14, 2, c.minute }, { 17, 2, c.second }, { 20, 3, c.ms } };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) /* every event has it: printf is too slow */
        for (int k = part[i].digits, rest = part[i].value; k-- > 0; rest /= 10)
            text[part[i].at + k] = (char)('0' + rest % 10);
    return text;
}

const char *instant_text(struct arena *keep, const char *zone, int64_t at, enum instant_form form)
{
    int32_t offset = zone_offset(zone, at, NULL);
    struct civil c = civil_of_local(at + offset * SECOND_MS);
    const char *date = arena_print(keep, "%04d-%02d-%02d", c.year, c.month, c.day);
    const char *minute = arena_print(keep, "%02d:%02d", c.hour, c.minute);
    switch (form) {
    case FORM_HM:       return minute;
    case FORM_HMS:      return arena_print(keep, "%s:%02d", minute, c.second);
    case FORM_DATE:     return date;
    case FORM_DATE_HM:  return arena_print(keep, "%s %s", date, minute);
    case FORM_DATE_HMS: return arena_print(keep, "%s %s:%02d", date, minute, c.second);
    case FORM_RFC3339:  break;
    }
    int32_t size = abs(offset);
    return arena_print(keep, "%sT%s:%02d%c%02d:%02d", date, minute, c.second,
                       offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
}

const char *instant_told(struct arena *keep, const char *zone, int64_t at, enum instant_form form)
{
    int64_t both[2];
    char name[16];
    const char *text = instant_text(keep, zone, at, form);
    if (form == FORM_DATE || form == FORM_RFC3339 || civil_instants(zone, civil_at(zone, at), both) < 2)
        return text;
    zone_offset(zone, at, name);
    return arena_print(keep, "%s %s", text, name);
}

const char *zone_words(struct arena *keep, const char *zone, int64_t at)
{
    char name[16] = "";
    int32_t offset = zone_offset(zone, at, name), size = abs(offset);
    if (!strcmp(name, "UTC"))
        return "UTC";
    const char *east = arena_print(keep, size / 60 % 60 ? "UTC%c%d:%02d" : "UTC%c%d",
                                   offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    bool letters = name[0] >= 'A' && name[0] <= 'Z'; /* some zones are called "+0545" */
    return letters ? arena_print(keep, "%s (%s)", name, east) : east;
}
