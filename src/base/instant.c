/* instant.c: moments and spans as people write them; see instant.h. */
#include "base/instant.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Exactly `count` digits at *at; moves on. */
static bool take_digits(const char **at, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *at += count;
    *out = value;
    return true;
}

static bool take(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool take_date(const char **at, struct civil *c)
{
    const char *p = *at;
    if (!take_digits(&p, 4, &c->year) || !take(&p, '-') || !take_digits(&p, 2, &c->month)
        || !take(&p, '-') || !take_digits(&p, 2, &c->day))
        return false;
    *at = p;
    return true;
}

enum { TO_HOUR = 1, TO_MINUTE, TO_SECOND, TO_MS };

/* "11:17", "11:17:30", "11:17:30.5", "14:??"; answers how exact, 0 when none. */
static int take_clock(const char **at, struct civil *c)
{
    const char *p = *at;
    if (!take_digits(&p, 2, &c->hour) || !take(&p, ':'))
        return 0;
    c->minute = c->second = c->ms = 0;
    int exact = TO_MINUTE;
    if (text_starts(p, "??")) {
        p += 2;
        exact = TO_HOUR;
    } else if (!take_digits(&p, 2, &c->minute)) {
        return 0;
    } else if (*p == ':') {
        p++;
        if (!take_digits(&p, 2, &c->second))
            return 0;
        exact = TO_SECOND;
        if (take(&p, '.')) {
            int scale = 100, digit, count = 0;
            while (take_digits(&p, 1, &digit)) {
                c->ms += digit * scale;
                scale /= 10;
                if (++count > 9)
                    return 0;
            }
            if (!count)
                return 0;
            exact = TO_MS;
        }
    }
    *at = p;
    return exact;
}

/* "Z", "+01:00", "-0330"; seconds east. */
static bool take_offset(const char **at, int *seconds)
{
    const char *p = *at;
    if (take(&p, 'Z') || take(&p, 'z')) {
        *seconds = 0;
        *at = p;
        return true;
    }
    int sign = *p == '+' ? 1 : *p == '-' ? -1 : 0, hours, minutes;
    if (!sign)
        return false;
    p++;
    if (!take_digits(&p, 2, &hours))
        return false;
    take(&p, ':');
    if (!take_digits(&p, 2, &minutes) || hours > 14 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    *at = p;
    return true;
}

static int64_t utc_of(struct civil c)
{
    return civil_days(c.year, c.month, c.day) * DAY_MS + c.hour * HOUR_MS + c.minute * MINUTE_MS
         + c.second * SECOND_MS + c.ms;
}

bool instant_parse_rfc3339(const char *text, size_t length, int64_t *out)
{
    char copy[48];
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    const char *at = copy;
    struct civil c = { 0 };
    int offset;
    if (!take_date(&at, &c) || !(take(&at, 'T') || take(&at, 't') || take(&at, ' ')))
        return false;
    if (take_clock(&at, &c) < TO_SECOND || !take_offset(&at, &offset) || *at
        || (size_t)(at - copy) != length || !civil_valid(c))
        return false;
    *out = utc_of(c) - offset * SECOND_MS;
    return true;
}

static bool bad_moment(struct err *e, const char *text)
{
    return err_usage(e, "'%s' is no time; expected 11:17, 11:17:30, 'yesterday 23:50', "
                     "'2025-03-11 11:17', 2025-03-11T11:17:30+01:00, -5m, ~14:30 or 14:??", text);
}

/* A local time as an instant: refused in a gap, asked for in a fold. */
static bool place(int64_t *out, struct civil c, const char *zone, const char *text,
                  struct err *e)
{
    int64_t at[2];
    struct arena scratch = arena_reserve(4096);
    struct arena start = scratch;
    int count = civil_instants(zone, c, at);
    bool good = count == 1;
    if (!count)
        err_usage(e, "'%s' does not exist in %s: the clocks go forward over it", text, zone);
    if (count == 2) {
        err_usage(e, "'%s' exists twice in %s: the clocks go back", text, zone);
        err_hint(e, "say which: %s or %s", instant_text(&scratch, zone, at[0], FORM_RFC3339),
                 instant_text(&scratch, zone, at[1], FORM_RFC3339));
    }
    arena_release(start);
    *out = at[0];
    return good;
}

static void widen(struct moment *m, int exact, bool about)
{
    static const int64_t late[] = { 0, HOUR_MS - 1, MINUTE_MS - 1, SECOND_MS - 1, 0 };
    m->late_ms = late[exact];
    if (about)
        m->early_ms = m->late_ms = 5 * MINUTE_MS;
}

/* Clock and what may stand before it, all of `text`. `day` says which day is
 * meant when the text names none. */
struct reading {
    struct civil c;
    int exact, offset;
    bool about, said_day, has_offset, yesterday;
};

/* "9:40", "~9:40", "yesterday 9:40": as many type it, with the digit that is missing. */
static const char *with_two_digits(char *out, size_t room, const char *text)
{
    const char *colon = strchr(text, ':');
    size_t before = colon ? (size_t)(colon - text) : 0;
    bool one = before && text[before - 1] >= '0' && text[before - 1] <= '9'
            && (before == 1 || text[before - 2] == '~' || text[before - 2] == ' ' || text[before - 2] == 'T');
    if (!one || strlen(text) + 2 > room)
        return text;
    snprintf(out, room, "%.*s0%s", (int)(before - 1), text, colon - 1);
    return out;
}

static bool read_moment(struct reading *r, const char *text)
{
    char padded[64];
    const char *at = with_two_digits(padded, sizeof padded, text);
    *r = (struct reading){ 0 };
    r->about = take(&at, '~');
    if (text_starts(at, "yesterday ")) {
        r->yesterday = r->said_day = true;
        at += strlen("yesterday ");
    } else if (text_starts(at, "today ")) {
        r->said_day = true;
        at += strlen("today ");
    } else if (take_date(&at, &r->c)) {
        r->said_day = true;
        if (!take(&at, 'T') && !take(&at, ' '))
            return false;
    }
    r->exact = take_clock(&at, &r->c);
    if (!r->exact)
        return false;
    r->has_offset = r->c.year && take_offset(&at, &r->offset);
    if (take(&at, '~')) /* "10:45~" is how some write about */
        r->about = true;
    return !*at;
}

static bool finish(struct moment *out, const struct reading *r, const char *zone,
                   const char *text, struct arena *keep, struct err *e)
{
    if (!civil_valid(r->c))
        return bad_moment(e, text);
    *out = (struct moment){ .said_day = r->said_day, .typed = arena_string(keep, text) };
    if (r->has_offset)
        out->at = utc_of(r->c) - r->offset * SECOND_MS;
    else if (!place(&out->at, r->c, zone, text, e))
        return false;
    widen(out, r->exact, r->about);
    return true;
}

bool moment_parse_on(struct moment *out, const char *text, const char *zone, struct civil day,
                     struct arena *keep, struct err *e)
{
    struct reading r;
    if (!read_moment(&r, text) || r.yesterday)
        return bad_moment(e, text);
    if (!r.c.year) {
        r.c.year = day.year;
        r.c.month = day.month;
        r.c.day = day.day;
    }
    return finish(out, &r, zone, text, keep, e);
}

static bool parse_ago(struct moment *out, const char *text, int64_t now, struct arena *keep,
                      struct err *e)
{
    int64_t span;
    if (!duration_parse(&span, text + 1))
        return bad_moment(e, text);
    int64_t half = span % MINUTE_MS ? SECOND_MS / 2 : MINUTE_MS / 2;
    *out = (struct moment){ now - span, half, half, true, arena_string(keep, text) };
    return true;
}

static void on_day(struct civil *c, int64_t days)
{
    struct civil day = civil_at("UTC", days * DAY_MS);
    c->year = day.year;
    c->month = day.month;
    c->day = day.day;
}

bool moment_parse(struct moment *out, const char *text, const char *zone, int64_t now,
                  struct arena *keep, struct err *e)
{
    struct reading r;
    if (!strcmp(text, "now")) {
        *out = (struct moment){ .at = now, .said_day = true, .typed = "now" };
    } else if (*text == '-') {
        if (!parse_ago(out, text, now, keep, e))
            return false;
    } else {
        if (!read_moment(&r, text))
            return bad_moment(e, text);
        if (!r.c.year) {
            struct civil today = civil_at(zone, now);
            int64_t days = civil_days(today.year, today.month, today.day);
            on_day(&r.c, days - r.yesterday);
            int64_t at[2];
            if (!r.said_day && civil_valid(r.c) && civil_instants(zone, r.c, at) && at[0] > now)
                on_day(&r.c, days - 1); /* the latest one not in the future */
        }
        if (!finish(out, &r, zone, text, keep, e))
            return false;
    }
    if (out->at > now) {
        err_usage(e, "'%s' lies in the future: it is %s now", text,
                  instant_text(keep, zone, now, FORM_DATE_HMS));
        return false;
    }
    if (out->late_ms > now - out->at)
        out->late_ms = now - out->at;
    return true;
}

bool duration_parse(int64_t *out_ms, const char *text)
{
    static const struct { const char *unit; int64_t ms; } units[] = {
        { "ms", 1 }, { "min", MINUTE_MS }, { "d", DAY_MS }, { "h", HOUR_MS }, { "m", MINUTE_MS }, { "s", SECOND_MS },
    };
    int64_t sum = 0;
    if (!*text)
        return false;
    while (*text) {
        int64_t value = 0;
        size_t digits = strspn(text, "0123456789"), i;
        if (!digits || digits > 9)
            return false;
        for (i = 0; i < digits; i++)
            value = value * 10 + (text[i] - '0');
        text += digits;
        for (i = 0; i < sizeof units / sizeof *units; i++)
            if (text_starts(text, units[i].unit))
                break;
        if (i == sizeof units / sizeof *units || value > 36525 * DAY_MS / units[i].ms)
            return false;
        sum += value * units[i].ms;
        text += strlen(units[i].unit);
    }
    *out_ms = sum;
    return true;
}

const char *duration_words(struct arena *keep, int64_t ms)
{
    const char *sign = ms < 0 ? "minus " : "";
    if (ms < 0)
        ms = -ms;
    int64_t seconds = (ms + SECOND_MS / 2) / SECOND_MS, minutes = (ms + MINUTE_MS / 2) / MINUTE_MS;
    if (seconds < 60)
        return arena_print(keep, "%s%s", sign, text_count(keep, seconds, "second"));
    if (seconds < 600) {
        const char *front = text_count(keep, seconds / 60, "minute");
        return seconds % 60 == 0 ? arena_print(keep, "%s%s", sign, front)
             : arena_print(keep, "%s%s %s", sign, front, text_count(keep, seconds % 60, "second"));
    }
    if (minutes < 60)
        return arena_print(keep, "%s%s", sign, text_count(keep, minutes, "minute"));
    int64_t hours = minutes / 60;
    const char *front = hours < 48 ? text_count(keep, hours, "hour")
        : arena_print(keep, hours % 24 ? "%s %s" : "%s", text_count(keep, hours / 24, "day"),
                      text_count(keep, hours % 24, "hour"));
    return minutes % 60 == 0 ? arena_print(keep, "%s%s", sign, front)
         : arena_print(keep, "%s%s %s", sign, front, text_count(keep, minutes % 60, "minute"));
}

bool durations_rounded(const int64_t *part, size_t count, int64_t whole)
{
    int64_t sum = 0, shown = 0;
    for (size_t i = 0; i < count; i++) {
        sum += part[i];
        shown += (part[i] + SECOND_MS / 2) / SECOND_MS;
    }
    return sum == whole && shown != (whole + SECOND_MS / 2) / SECOND_MS;
}

const char *duration_clock(struct arena *keep, int64_t ms)
{
    int64_t s = (ms < 0 ? -ms : ms) / SECOND_MS;
    const char *sign = ms < 0 ? "-" : "";
    if (s < 3600)
        return arena_print(keep, "%s%" PRId64 ":%02" PRId64, sign, s / 60, s % 60);
    return arena_print(keep, "%s%" PRId64 ":%02" PRId64 ":%02" PRId64, sign, s / 3600, s / 60 % 60,
                       s % 60);
}

const char *duration_short(struct arena *keep, int64_t ms)
{
    int64_t s = (ms < 0 ? -ms : ms) / SECOND_MS, m = s / 60, h = m / 60;
    const char *sign = ms < 0 ? "-" : "";
    if (s < 60)
        return arena_print(keep, "%s%" PRId64 " s", sign, s);
    if (m < 60)
        return arena_print(keep, "%s%" PRId64 " min", sign, m);
    if (h < 48)
        return arena_print(keep, m % 60 ? "%s%" PRId64 " h %" PRId64 " min" : "%s%" PRId64 " h",
                           sign, h, m % 60);
    return arena_print(keep, h % 24 ? "%s%" PRId64 " d %" PRId64 " h" : "%s%" PRId64 " d",
                       sign, h / 24, h % 24);
}
