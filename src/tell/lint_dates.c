/* lint_dates.c: zones, days and clock times against the calendar (rules B). */
#define _GNU_SOURCE
#include "tell/lint_inside.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- reading a date ------------------------------------------------------------------ */

static const char *const months[] = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
    "septembre", "octobre", "novembre", "décembre",
};
enum { MONTHS = sizeof months / sizeof *months };

static bool letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The month that begins here, from 1; *length: of its name. */
static int month_at(const char *at, size_t *length)
{
    for (int m = 0; m < MONTHS; m++) {
        *length = strlen(months[m]);
        if (strncmp(at, months[m], *length) == 0 && !letter(at[*length]))
            return m % 12 + 1;
    }
    return 0;
}

static size_t number(const char *at, size_t most, int *out)
{
    size_t n = strspn(at, "0123456789");
    if (!n || n > most)
        return 0;
    *out = atoi(at);
    return n;
}

/* ", 2025" or " 2025" behind a day. */
static size_t own_year(const char *at, int *year)
{
    size_t gap = at[0] == ',' && at[1] == ' ' ? 2 : at[0] == ' ';
    int found;
    if (!gap || number(at + gap, 4, &found) != 4 || found < 1900 || at[gap + 4] == ':')
        return 0;
    *year = found;
    return gap + 4;
}

static size_t suffix(const char *at)
{
    static const char *const ends[] = { "st", "nd", "rd", "th", "er", NULL };
    for (size_t i = 0; ends[i]; i++)
        if (!strncmp(at, ends[i], 2) && !letter(at[2]))
            return 2;
    return 0;
}

static size_t iso_date(const char *at, struct civil *day)
{
    int end = 0;
    *day = (struct civil){ 0 };
    if (strspn(at, "0123456789") != 4 || at[4] != '-' || sscanf(at, "%4d-%2d-%2d%n", &day->year, &day->month, &day->day, &end) != 3)
        return 0;
    return end == 10 && !isdigit((unsigned char)at[10]) && civil_valid(*day) ? 10 : 0;
}

size_t lint_date(const char *at, const char *start, int year, struct civil *day)
{
    size_t name, n, length;
    if (at > start && (letter(at[-1]) || isdigit((unsigned char)at[-1]) || at[-1] == '-' || at[-1] == '/'))
        return 0;
    if ((n = iso_date(at, day)))
        return n;
    *day = (struct civil){ .year = year };
    if ((day->month = month_at(at, &name))) {
        if (at[name] != ' ' || !(n = number(at + name + 1, 2, &day->day)))
            return 0;
        length = name + 1 + n;
        length += suffix(at + length);
    } else {
        if (!(n = number(at, 2, &day->day)))
            return 0;
        n += suffix(at + n);
        if (at[n] != ' ' || !(day->month = month_at(at + n + 1, &name)))
            return 0;
        length = n + 1 + name;
    }
    if (isdigit((unsigned char)at[length]) || at[length] == ':')
        return 0;
    length += own_year(at + length, &day->year);
    return day->year && civil_valid(*day) ? length : 0;
}

/* --- the zone and the day ------------------------------------------------------------- */

static const struct abbreviation { const char *word, *zone; int minutes; } zones[] = {
    { "CEST", "Europe/Paris", 120 }, { "CET", "Europe/Paris", 60 }, { "UTC", "UTC", 0 }, { "GMT", "UTC", 0 },
    { "EDT", "America/New_York", -240 }, { "EST", "America/New_York", -300 },
    { "PDT", "America/Los_Angeles", -420 }, { "PST", "America/Los_Angeles", -480 },
    { "BST", "Europe/London", 60 }, { "IST", "Asia/Kolkata", 330 }, { "JST", "Asia/Tokyo", 540 },
};
enum { ZONES = sizeof zones / sizeof *zones };

/* The abbreviation that begins here; NULL. "UTC+1" is an offset, not UTC. */
static const struct abbreviation *zone_at(const char *at, const char *start)
{
    if (!isupper((unsigned char)*at) || (at > start && isalnum((unsigned char)at[-1])))
        return NULL;
    for (size_t i = 0; i < ZONES; i++) {
        size_t n = strlen(zones[i].word);
        if (!strncmp(at, zones[i].word, n) && !isalnum((unsigned char)at[n]))
            return at[n] == '+' || at[n] == '-' ? NULL : &zones[i];
    }
    return NULL;
}

static void find_zone(struct linting *l)
{
    bool rows = false;
    for (size_t i = 0; i < l->document.parts; i++)
        rows = rows || l->document.part[i].kind == PART_TABLE;
    for (const char *c = l->plain; *c && !l->zone; c++) {
        const struct abbreviation *z = zone_at(c, l->plain);
        if (z)
            l->zone = z->zone;
    }
    if (!l->zone && strstr(l->plain, "UTC"))
        l->zone = "UTC";
    if (rows && !l->zone)
        lint_add(l, 0, "B1", 'E', "", "All times given are in CET (UTC+1)",
                 "the timeline does not say in which zone its times are");
}

/* The first date of its prose; tables speak of other days, too. */
static void find_day(struct linting *l)
{
    int year = atoi(document_front(&l->document, "modified_at"));
    const char *id = strstr(l->text, "-20");
    if (id && isdigit((unsigned char)id[3]) && isdigit((unsigned char)id[4]) && id[5] == '-')
        year = atoi(id + 1);
    for (size_t i = 0; i < l->document.parts; i++) {
        const struct part *p = &l->document.part[i];
        for (const char *c = p->kind == PART_MARKDOWN ? p->text : ""; *c; c++) {
            struct civil found;
            if ((isalpha((unsigned char)*c) || isdigit((unsigned char)*c)) && lint_date(c, p->text, year, &found)) {
                l->day = found;
                return;
            }
        }
    }
}

static int64_t day_start(const struct linting *l, const char *zone, int add)
{
    return zone_day_start(zone, l->day.year, l->day.month, l->day.day + add);
}

/* Does the document name that zone's other abbreviation, too? Then its readers
 * know that the clocks changed. */
static bool names_both(const struct linting *l, const struct abbreviation *z)
{
    for (size_t i = 0; i < ZONES; i++)
        if (&zones[i] != z && !strcmp(zones[i].zone, z->zone) && strstr(l->plain, zones[i].word))
            return true;
    return false;
}

/* Does that zone's clock show this abbreviation at some time of the day? */
static bool valid_that_day(const struct linting *l, const struct abbreviation *z, char other[16])
{
    zone_offset(z->zone, day_start(l, z->zone, 0) + DAY_MS / 2, other);
    if (!strcmp(other, z->word) || !strcmp(z->zone, "UTC"))
        return true;
    char begins[16], ends[16];
    int64_t start = day_start(l, z->zone, 0);
    zone_offset(z->zone, start, begins);
    zone_offset(z->zone, start + DAY_MS + 2 * HOUR_MS, ends);
    return !strcmp(begins, z->word) || !strcmp(ends, z->word);
}

/* "CET (UTC+2)": does that abbreviation stand for that offset, and was it
 * shown on the day of the incident? Each abbreviation once. */
static void check_offsets(struct linting *l)
{
    bool seen[ZONES] = { false };
    for (const char *c = l->plain; *c; c++) {
        const struct abbreviation *z = zone_at(c, l->plain);
        int hours, minutes = 0;
        if (!z)
            continue;
        const char *behind = c + strlen(z->word);
        if (sscanf(behind, " (UTC%d:%d", &hours, &minutes) >= 1 && hours * 60 + (hours < 0 ? -minutes : minutes) != z->minutes)
            lint_add(l, lint_line(l, c), "B2", 'E', arena_print(l->keep, "UTC%+d", hours),
                     arena_print(l->keep, "UTC%+d", z->minutes / 60), "%s is not UTC%+d", z->word, hours);
        char other[16];
        if (!seen[z - zones] && l->day.year && !valid_that_day(l, z, other) && !names_both(l, z))
            lint_add(l, lint_line(l, c), "B2", 'E', z->word, arena_string(l->keep, other),
                     "on %d-%02d-%02d it was %s there, not %s", l->day.year, l->day.month, l->day.day, other, z->word);
        seen[z - zones] = true;
    }
}

/* "11:17 CET": where the zone's word stands behind a time. */
static const struct abbreviation *zone_behind(const char *clock, size_t length, const char *start, size_t *all)
{
    size_t gap = strspn(clock + length, " (");
    const struct abbreviation *z = gap && gap < 3 ? zone_at(clock + length + gap, start) : NULL;
    *all = length + gap + (z ? strlen(z->word) : 0);
    return z;
}

/* "11:17 CET (10:17 UTC)" is one instant; and one document speaks of one zone. */
static void check_double_times(struct linting *l)
{
    const char *first = NULL;
    bool said = false;
    for (const char *c = l->plain; *c; c++) {
        int minute[2];
        size_t all, more, n = lint_clock(c, l->plain, &minute[0]);
        if (!n)
            continue;
        const struct abbreviation *z = zone_behind(c, n, l->plain, &all), *other = NULL;
        if (!z)
            continue;
        const char *next = c + all + strspn(c + all, " (,/=)");
        size_t m = next > c + all ? lint_clock(next, l->plain, &minute[1]) : 0;
        other = m ? zone_behind(next, m, l->plain, &more) : NULL;
        if (other && strcmp(other->zone, z->zone) != 0) {
            int a = (minute[0] - z->minutes + 2880) % 1440, b = (minute[1] - other->minutes + 2880) % 1440;
            int right = (a + other->minutes + 2880) % 1440;
            if (a != b)
                lint_add(l, lint_line(l, c), "B3", 'E', arena_copy(l->keep, next, m),
                         arena_print(l->keep, "%02d:%02d %s", right / 60, right % 60, other->word),
                         "%02d:%02d %s is not %02d:%02d %s", minute[0] / 60, minute[0] % 60, z->word, minute[1] / 60,
                         minute[1] % 60, other->word);
            c = next + more - 1;
            continue;
        }
        first = first ? first : z->zone;
        if (!said && (strcmp(first, z->zone) != 0 || (l->zone && strcmp(l->zone, z->zone) != 0))) {
            lint_add(l, lint_line(l, c), "B4", 'W', z->word, "", "times of two zones in one document");
            said = true;
        }
        c += all - 1;
    }
}

/* --- the calendar ------------------------------------------------------------------------ */

static const char *const weekdays[2][7] = {
    { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
    { "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi" },
};

/* "Monday, March 11th": the weekday of that day of the document's year. */
static void check_weekday(struct linting *l, const char *c)
{
    for (int i = 0; i < 14; i++) {
        const char *name = weekdays[i / 7][i % 7];
        size_t n = strlen(name);
        if (strncmp(c, name, n) != 0)
            continue;
        const char *date = c + n + strspn(c + n, ", ");
        struct civil day;
        int right;
        if (date == c + n || !lint_date(date, l->plain, l->day.year, &day)
            || (right = civil_weekday(day.year, day.month, day.day)) == i % 7)
            return;
        lint_add(l, lint_line(l, c), "B5", 'E', name, weekdays[i / 7][right], "%d-%02d-%02d is a %s, not a %s",
                 day.year, day.month, day.day, weekdays[i / 7][right], name);
        return;
    }
}

/* A clock time of the night in which the clocks change: it may not exist, or
 * exist twice. Where both abbreviations are named, readers know. */
static void check_night(struct linting *l, const char *c, int minute, bool said)
{
    struct civil day = l->day;
    int64_t at[2];
    if (c - l->plain > 1 && c[-1] == ' ' && c[-2] == ',')
        return; /* of another day: "March 31st, 02:30" */
    day.hour = minute / 60, day.minute = minute % 60;
    int count = civil_instants(l->zone, day, at);
    if (!count)
        lint_add(l, lint_line(l, c), "B6", 'E', arena_copy(l->keep, c, 5), "",
                 "%02d:%02d was on no clock that night: the clocks went forward", day.hour, day.minute);
    else if (count == 2 && !said)
        lint_add(l, lint_line(l, c), "B6", 'W', arena_copy(l->keep, c, 5), "",
                 "%02d:%02d came twice that night: which of the two is meant?", day.hour, day.minute);
}

/* "14:30 PM" is written by nobody who means one time. */
static void check_half_day(struct linting *l, const char *c, int minute)
{
    const char *rest = c + 5 + strspn(c + 5, " ");
    if (minute >= 13 * 60 && (strncasecmp(rest, "pm", 2) == 0 || strncasecmp(rest, "am", 2) == 0)
        && !isalpha((unsigned char)rest[2]))
        lint_add(l, lint_line(l, c), "B7", 'W', arena_copy(l->keep, c, 5), "", "a time of 24 hours with am or pm");
}

static bool clocks_change(const struct linting *l)
{
    return l->zone && l->day.year && day_start(l, l->zone, 1) - day_start(l, l->zone, 0) != DAY_MS;
}

static void check_clocks(struct linting *l)
{
    bool night = clocks_change(l), said = false;
    for (size_t i = 0; night && i < ZONES; i++)
        said = said || (!strcmp(zones[i].zone, l->zone) && strstr(l->plain, zones[i].word) && names_both(l, &zones[i]));
    for (const char *c = l->plain; *c; c++) {
        int minute;
        if (letter(*c) && (c == l->plain || !letter(c[-1])))
            check_weekday(l, c);
        if (!isdigit((unsigned char)*c) || !lint_clock(c, l->plain, &minute))
            continue;
        check_half_day(l, c, minute);
        if (night)
            check_night(l, c, minute, said);
        c += 4;
    }
}

/* 2025-03-28, 20/10/2023 and 28.03.2025: which number is the month? */
static void check_forms(struct linting *l)
{
    const char *seen[3] = { NULL };
    for (const char *c = l->plain; *c; c++) {
        int a, b, y, length = 0;
        struct civil day;
        if (!isdigit((unsigned char)*c) || (c > l->plain && (isalnum((unsigned char)c[-1]) || strchr("-/.", c[-1]))))
            continue;
        size_t n = iso_date(c, &day);
        int form = n ? 0 : -1;
        if (!n && strspn(c, "0123456789") <= 2 && sscanf(c, "%2d/%2d/%4d%n", &a, &b, &y, &length) == 3 && y > 1900)
            form = 1;
        else if (!n && strspn(c, "0123456789") <= 2 && sscanf(c, "%2d.%2d.%4d%n", &a, &b, &y, &length) == 3 && y > 1900)
            form = 2;
        if (form < 0)
            continue;
        if (!seen[form])
            seen[form] = arena_copy(l->keep, c, form ? (size_t)length : n);
        for (int other = 0; other < 3; other++)
            if (other != form && seen[other]) {
                lint_add(l, lint_line(l, c), "B8", 'I', seen[form], seen[other], "dates are written as %s and as %s",
                         seen[other], seen[form]);
                return;
            }
        c += (form ? (size_t)length : n) - 1;
    }
}

static bool before(const struct civil *a, const struct civil *b)
{
    return civil_days(a->year, a->month, a->day) < civil_days(b->year, b->month, b->day);
}

/* The days that the document says of itself, against the incident's and each other. */
static void check_own_days(struct linting *l)
{
    static const char *const changelog[] = { "changelog", "historique du document", "revision", NULL };
    struct civil modified = { 0 }, last = { 0 }, named;
    const char *text = document_front(&l->document, "modified_at");
    const char *slash = strrchr(l->file, '/'), *file = slash ? slash + 1 : l->file;
    bool known = sscanf(text, "%4d-%2d-%2d", &modified.year, &modified.month, &modified.day) == 3;
    if (known && !civil_valid(modified))
        lint_add(l, 0, "C10", 'E', text, "", "modified_at is no date");
    known = known && civil_valid(modified);
    if (known && l->day.year && before(&modified, &l->day))
        lint_add(l, 0, "B9", 'E', text, "", "modified_at lies before the incident");
    if (iso_date(file, &named) && l->day.year && (before(&named, &l->day) || before(&l->day, &named)))
        lint_add(l, 0, "B9", 'W', arena_copy(l->keep, file, 10), "", "the file's name has another day than the incident");
    const struct section *s = lint_section(l, changelog);
    const char *newest = NULL;
    for (const char *c = s ? s->at : ""; s && c < s->end; c++) {
        struct civil day;
        if (!iso_date(c, &day) || (c > s->at && c[-1] != '\n' && c[-1] != ' ' && c[-1] != '*'))
            continue;
        if (l->day.year && before(&day, &l->day))
            lint_add(l, lint_line(l, c), "B9", 'E', arena_copy(l->keep, c, 10), "", "a version from before the incident");
        if (!newest || before(&last, &day))
            last = day, newest = c;
        c += 9;
    }
    if (newest && known && (before(&last, &modified) || before(&modified, &last)))
        lint_add(l, lint_line(l, newest), "B9", 'W', arena_copy(l->keep, newest, 10), text,
                 "the newest version is of %.10s, modified_at says %s", newest, text);
}

void lint_dates(struct linting *l)
{
    find_zone(l);
    find_day(l);
    check_offsets(l);
    check_double_times(l);
    check_clocks(l);
    check_forms(l);
    check_own_days(l);
}
