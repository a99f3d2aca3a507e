/* rows.c: see rows.h. Each reader takes what it knows from the front of a
 * line and moves on; what is left is the text. */
#include "record/rows.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
    const char *at;
    struct arena *keep;
};

struct clock {
    char text[16];        /* as moment_parse_on() takes it */
    bool none;            /* "--:--" */
};

static void blanks(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || text_starts(r->at, "\xc2\xa0"))
        r->at += *r->at == '\xc2' ? 2 : 1;
}

static bool take(struct reader *r, const char *mark)
{
    if (!text_starts(r->at, mark))
        return false;
    r->at += strlen(mark);
    return true;
}

/* Marks of tables, lists and emphasis that may stand around a time. */
static void marks(struct reader *r)
{
    const char *before;
    do {
        before = r->at;
        blanks(r);
        while (take(r, "**") || take(r, "__") || take(r, "`"))
            blanks(r);
    } while (r->at != before);
}

static void front(struct reader *r)
{
    blanks(r);
    take(r, "|");
    blanks(r);
    if ((r->at[0] == '-' || r->at[0] == '*' || r->at[0] == '+') && r->at[1] == ' ')
        r->at += 2;
    take(r, "\xe2\x80\xa2"); /* a bullet */
    marks(r);
}

static bool digits(const char *at, int count)
{
    for (int i = 0; i < count; i++)
        if (!isdigit((unsigned char)at[i]))
            return false;
    return true;
}

static int name_of(struct reader *r, const char *const *names, size_t shortest)
{
    size_t length = 0;
    while (isalpha((unsigned char)r->at[length]) || (unsigned char)r->at[length] >= 0x80)
        length++;
    for (int i = 0; names[i]; i++)
        if (length >= shortest && length <= strlen(names[i]) && !strncasecmp(r->at, names[i], length)) {
            r->at += length;
            take(r, ".");
            take(r, ",");
            blanks(r);
            return i;
        }
    return -1;
}

static int number(struct reader *r, int most_digits)
{
    int n = 0, count = 0;
    while (count < most_digits && isdigit((unsigned char)*r->at)) {
        n = n * 10 + (*r->at++ - '0');
        count++;
    }
    return count ? n : -1;
}

static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
                                        "Saturday", "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi",
                                        "samedi", NULL };

/* "2025-03-11", "Jan 18", "Saturday, August 2,", "18 January 2025": fills *day; *weekday:
 * the one that was said, -1 for none. */
static bool read_day(struct reader *r, struct civil *day, int *weekday)
{
    static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
                                          "September", "October", "November", "December", "janvier", "février",
                                          "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
                                          "novembre", "décembre", NULL };
    struct reader start = *r;
    struct civil c = { .year = day->year };
    *weekday = name_of(r, weekdays, 3);
    *weekday = *weekday < 0 ? -1 : *weekday % 7;
    if (digits(r->at, 4) && r->at[4] == '-') {
        if (sscanf(r->at, "%4d-%2d-%2d", &c.year, &c.month, &c.day) == 3 && digits(r->at + 8, 2))
            r->at += 10;
    } else {
        if (isdigit((unsigned char)*r->at) && !digits(r->at, 4)) {
            c.day = number(r, 2);
            take(r, "er");
            blanks(r);
        }
        c.month = name_of(r, months, 3) + 1;
        c.month = c.month > 12 ? c.month - 12 : c.month;
        if (c.month && !c.day) {
            c.day = number(r, 2);
            if (!take(r, "st") && !take(r, "nd") && !take(r, "rd"))
                take(r, "th");
        }
        take(r, ",");
        blanks(r);
        if (c.month && digits(r->at, 4) && r->at[4] != ':')
            c.year = number(r, 4);
    }
    if (!c.month || !civil_valid(c)) {
        *r = start;
        return false;
    }
    *day = (struct civil){ .year = c.year, .month = c.month, .day = c.day };
    take(r, ",");
    take(r, "T");
    blanks(r);
    return true;
}

static void half_day(struct reader *r, int *hour)
{
    struct reader start = *r;
    blanks(r);
    bool pm = !strncasecmp(r->at, "pm", 2), am = !strncasecmp(r->at, "am", 2);
    if ((!pm && !am) || isalnum((unsigned char)r->at[2]) || *hour < 1 || *hour > 12) {
        *r = start;
        return;
    }
    *hour = *hour % 12 + (pm ? 12 : 0);
    r->at += 2;
}

/* "11:17", "9:15:04", "~14:30", "10:45~", "14:??", "--:--", "2:05 pm". */
static bool read_clock(struct reader *r, struct clock *c)
{
    struct reader start = *r;
    *c = (struct clock){ .none = take(r, "--:--") || take(r, "??:??") };
    if (c->none)
        return true;
    bool about = take(r, "~") || take(r, "\xe2\x89\x88");
    int hour = number(r, 2), minute, second = -1;
    if (hour < 0 || hour > 24 || !(take(r, ":") || take(r, "h"))) {
        *r = start;
        return false;
    }
    if (take(r, "??")) {
        snprintf(c->text, sizeof c->text, "%02d:??", hour);
        return true;
    }
    if (!digits(r->at, 2)) {
        *r = start;
        return false;
    }
    minute = number(r, 2);
    if (*r->at == ':' && digits(r->at + 1, 2)) {
        r->at++;
        second = number(r, 2);
    }
    about |= take(r, "~");
    half_day(r, &hour);
    if (second >= 0)
        snprintf(c->text, sizeof c->text, "%02d:%02d:%02d", hour, minute, second);
    else
        snprintf(c->text, sizeof c->text, "%s%02d:%02d", about ? "~" : "", hour, minute);
    return true;
}

/* "UTC", "(CET)", "UTC+1" right behind a time; "" when there is none. */
static const char *read_zone(struct reader *r)
{
    struct reader start = *r;
    blanks(r);
    bool bracket = take(r, "(");
    size_t length = 0;
    while (isupper((unsigned char)r->at[length]))
        length++;
    bool ends = !isalnum((unsigned char)r->at[length]);
    if (length < 1 || length > 5 || !ends || (length == 1 && *r->at != 'Z') || length == 2) {
        *r = start;
        return "";
    }
    const char *zone = arena_copy(r->keep, r->at, length);
    r->at += length;
    if (bracket && !take(r, ")")) {
        *r = start;
        return "";
    }
    return zone;
}

static bool is_utc(const char *zone)
{
    return text_equal(zone, "UTC") || text_equal(zone, "GMT") || text_equal(zone, "Z");
}

/* What is left: the text, without the table's last bar and the marks in front. */
static const char *rest(struct reader *r)
{
    static const char *const between[] = { "|", "-", "\xe2\x80\x93", "\xe2\x80\x94", ":", NULL };
    marks(r);
    for (size_t i = 0; between[i]; i++)
        if (take(r, between[i]))
            break;
    blanks(r);
    size_t length = strlen(r->at);
    while (length && strchr(" \t\r|", r->at[length - 1]) && !(length > 1 && r->at[length - 2] == '\\'))
        length--;
    struct text t = text_new(r->keep);
    text_add_clean(&t, r->at, length);
    return t.at;
}

/* "---|:---:|", "| Time | Event |" */
static bool is_rule(const char *line)
{
    return strspn(line, "|-: \t\r") == strlen(line) && strchr(line, '-') && !strstr(line, "--:--");
}

static bool is_heading(const char *line)
{
    struct reader r = { .at = line };
    blanks(&r);
    if (*r.at != '|')
        return false;
    front(&r);
    return !strncasecmp(r.at, "time", 4) || !strncasecmp(r.at, "when", 4) || !strncasecmp(r.at, "date", 4);
}

struct reading {
    struct arena *keep;
    const char *zone;
    struct civil day;
    bool has_day;
    int64_t last;            /* the row before; INSTANT_NONE */
};

static bool on_day(struct reading *g, struct row *row, const struct clock *c, const char *zone,
                   const char *named, struct moment *out, struct err *e)
{
    struct err why = { 0 };
    int64_t both[2];
    char abbreviation[16];
    if (moment_parse_on(out, c->text, zone, g->day, g->keep, &why))
        return true;
    if (*named && moment_parse_on(out, c->text, "UTC", g->day, g->keep, &why)) { /* a night that has it twice */
        struct civil local = civil_at("UTC", out->at);
        for (int i = civil_instants(zone, local, both); i-- > 0;) {
            zone_offset(zone, out->at = both[i], abbreviation);
            if (text_equal(abbreviation, named))
                return true;
        }
    }
    return err_input(e, "line %d: %s", row->line, why.text);
}

static bool place(struct reading *g, struct row *row, const struct clock *from, const struct clock *to,
                  const char *named, struct err *e)
{
    const char *zone = is_utc(named) ? "UTC" : g->zone;
    char abbreviation[16];
    struct moment end;
    if (!g->has_day)
        return err_input(e, "line %d: which day was that?", row->line);
    if (!on_day(g, row, from, zone, named, &row->when, e))
        return false;
    if (!row->said_day && g->last != INSTANT_NONE && row->when.at < g->last - DAY_MS / 2) {
        g->day = civil_at("UTC", (civil_days(g->day.year, g->day.month, g->day.day) + 1) * DAY_MS);
        if (!on_day(g, row, from, zone, named, &row->when, e))
            return false;
    }
    zone_offset(g->zone, row->when.at, abbreviation);
    if (*named && !is_utc(named) && strcmp(named, abbreviation))
        return err_input(e, "line %d: '%s' is not the zone of this day, which is %s", row->line, named,
                         abbreviation);
    g->last = row->when.at;
    row->until = INSTANT_NONE;
    if (!to)
        return true;
    if (!on_day(g, row, to, zone, named, &end, e))
        return false;
    if (end.at < row->when.at)
        end.at += DAY_MS;
    row->until = end.at;
    row->when.late_ms = end.at - row->when.at + end.late_ms;
    return true;
}

/* Nobody wrote when: some time of that day. */
static bool some_time_of_day(struct reading *g, struct row *row)
{
    struct civil c = g->day;
    row->unknown = row->has_time = g->has_day;
    if (!g->has_day)
        return true;
    int64_t start = zone_day_start(g->zone, c.year, c.month, c.day);
    row->when = (struct moment){ .at = start, .late_ms = zone_day_start(g->zone, c.year, c.month, c.day + 1) - 1 - start,
                                 .said_day = row->said_day, .typed = "--:--" };
    row->until = INSTANT_NONE;
    return true;
}

static bool read_row(struct reading *g, struct row *row, const char *line, struct err *e)
{
    struct reader r = { line, g->keep };
    struct clock from, to;
    int weekday;
    row->header = is_rule(line) || is_heading(line);
    front(&r);
    row->line_text = line;
    row->said_day = read_day(&r, &g->day, &weekday);
    g->has_day |= row->said_day;
    if (row->said_day && weekday >= 0 && weekday != civil_weekday(g->day.year, g->day.month, g->day.day))
        row->weekday = weekdays[weekday];
    row->has_time = !row->header && read_clock(&r, &from);
    if (!row->has_time || from.none) {
        bool none = row->has_time;
        row->has_time = false;
        row->text = rest(&r);
        return !none || some_time_of_day(g, row);
    }
    const char *named = read_zone(&r);
    struct reader before = r;
    blanks(&r);
    bool range = (take(&r, "-") || take(&r, "\xe2\x80\x93") || take(&r, "to ")) &&
                 (blanks(&r), read_clock(&r, &to)) && !to.none;
    if (!range)
        r = before;
    else if (!*named)
        named = read_zone(&r);
    if (isalnum((unsigned char)*r.at)) { /* "11:17abc" is no time */
        row->has_time = false;
        row->text = rest(&(struct reader){ line, g->keep });
        return true;
    }
    row->text = rest(&r);
    return place(g, row, &from, range ? &to : NULL, named, e);
}

bool rows_parse(struct rows *out, const char *bytes, size_t length, const char *zone,
                struct civil day, struct arena *keep, struct err *e)
{
    size_t lines = 1, n = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    struct row *row = arena_many(keep, struct row, lines);
    struct reading g = { keep, zone, day, day.year != 0 && day.month != 0, INSTANT_NONE };
    int number_of = 0;
    for (size_t start = 0; start < length;) {
        const char *end = memchr(bytes + start, '\n', length - start);
        size_t stop = end ? (size_t)(end - bytes) : length;
        struct text t = text_new(keep);
        text_add_clean(&t, bytes + start, stop - start);
        start = stop + 1;
        number_of++;
        if (strspn(t.at, " \t\r") == t.length)
            continue;
        row[n].line = number_of;
        if (!read_row(&g, &row[n++], t.at, e))
            return false;
    }
    *out = (struct rows){ row, n };
    return true;
}
