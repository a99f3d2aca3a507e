/* lint.c: structure, zones and dates; lint_figures.c recomputes. See lint.h. */
#define _GNU_SOURCE /* strcasestr */
#include "tell/lint_inside.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lint_add(struct linting *l, int line, const char *rule, char severity, const char *found,
              const char *expected, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (l->count == l->room) {
        struct finding *more = arena_many(l->keep, struct finding, l->room * 2);
        memcpy(more, l->finding, l->room * sizeof *more);
        l->finding = more;
        l->room *= 2;
    }
    l->finding[l->count++] = (struct finding){ line, rule, severity,
                                               arena_string(l->keep, message), found, expected };
}

bool lint_has(const char *line, size_t length, const char *const *words)
{
    const char *copy = strndupa(line, length < 4096 ? length : 4096);
    for (; *words; words++)
        if (strcasestr(copy, *words))
            return true;
    return false;
}

/* --- zones and dates -------------------------------------------------------------- */

static const struct { const char *word, *zone; } zones[] = {
    { "CEST", "Europe/Paris" }, { "CET", "Europe/Paris" }, { "UTC", "UTC" }, { "GMT", "UTC" },
    { "EDT", "America/New_York" }, { "EST", "America/New_York" }, { "PDT", "America/Los_Angeles" },
    { "PST", "America/Los_Angeles" }, { "BST", "Europe/London" }, { "IST", "Asia/Kolkata" },
    { "JST", "Asia/Tokyo" },
};

/* A word of its own, in capitals. */
static const char *find_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *c = text; (c = strstr(c, word)); c += n)
        if ((c == text || !isalnum((unsigned char)c[-1])) && !isalnum((unsigned char)c[n]))
            return c;
    return NULL;
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

const char *const lint_months[] = {
    "January", "February", "March ", "April", "May ", "June", "July", "August", "September", "October",
    "November", "December", "janvier", "février", " mars", "avril", " mai", "juin", "juillet", "août",
    "septembre", "octobre", "novembre", "décembre", NULL,
};

static void check_zone(struct linting *l)
{
    bool rows = false;
    for (size_t i = 0; i < l->document.parts; i++)
        rows = rows || l->document.part[i].kind == PART_TABLE;
    for (size_t i = 0; i < sizeof zones / sizeof *zones && !l->zone; i++)
        if (find_word(l->text, zones[i].word))
            l->zone = zones[i].zone;
    if (rows && !l->zone)
        lint_add(l, 0, "B1", 'E', "", "All times given are in CET (UTC+1)",
                 "the timeline does not say in which zone its times are");
}

static const char *const months[] = { "january", "february", "march", "april", "may", "june",
                                      "july", "august", "september", "october", "november",
                                      "december" };

/* The number beside a month: "March 11th" or "11 March"; with its own year
 * where one follows ("March 11th, 2025"). */
static struct civil day_at(const struct linting *l, const char *at, int month, int year)
{
    const char *behind = at + strlen(months[month]), *before = at;
    int day = atoi(behind), length = 0, own = 0;
    while (before > l->text && before[-1] == ' ')
        before--;
    while (before > l->text && isdigit((unsigned char)before[-1]))
        before--;
    if (day < 1 || day > 31)
        day = atoi(before);
    if (sscanf(behind, " %*d%*[a-z], %4d%n", &own, &length) == 1 || sscanf(behind, " %4d%n", &own, &length) == 1)
        year = own > 1900 ? own : year;
    return (struct civil){ .year = year, .month = month + 1, .day = day };
}

/* The first date of its prose; tables speak of other days, too. */
static void find_day(struct linting *l)
{
    int year = atoi(document_front(&l->document, "modified_at"));
    const char *id = strstr(l->text, "-20");
    if (id && isdigit((unsigned char)id[3]) && isdigit((unsigned char)id[4]) && id[5] == '-')
        year = atoi(id + 1);
    for (size_t i = 0; i < l->document.parts && year; i++) {
        const struct part *p = &l->document.part[i];
        for (const char *c = p->kind == PART_MARKDOWN ? p->text : ""; *c; c++)
            for (int m = 0; m < 12; m++) {
                if (strncasecmp(c, months[m], strlen(months[m])) != 0
                    || (c > p->text && isalpha((unsigned char)c[-1])))
                    continue;
                struct linting part = *l;
                part.text = p->text;
                struct civil found = day_at(&part, c, m, year);
                if (!civil_valid(found))
                    continue;
                l->day = found;
                return;
            }
    }
}

/* "CET (UTC+2)": does that abbreviation stand for that offset? On the day of
 * the incident, where it is known. */
static void check_offset(struct linting *l)
{
    static const struct { const char *word; int hours; } offsets[] = {
        { "CEST", 2 }, { "CET", 1 }, { "GMT", 0 }, { "EDT", -4 }, { "EST", -5 }, { "PDT", -7 },
        { "PST", -8 }, { "BST", 1 }, { "JST", 9 },
    };
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        const char *at = find_word(l->text, offsets[i].word);
        int hours;
        if (!at || sscanf(at + strlen(offsets[i].word), " (UTC%d", &hours) != 1)
            continue;
        if (hours != offsets[i].hours)
            lint_add(l, line_of(l->text, at), "B2", 'E', arena_print(l->keep, "UTC%+d", hours),
                     arena_print(l->keep, "UTC%+d", offsets[i].hours),
                     "%s is not UTC%+d", offsets[i].word, hours);
        char abbreviation[16] = "";
        if (l->day.year && (offsets[i].word[0] == 'C'))
            zone_offset("Europe/Paris", zone_day_start("Europe/Paris", l->day.year, l->day.month,
                                                       l->day.day) + DAY_MS / 2, abbreviation);
        if (*abbreviation && strcmp(abbreviation, offsets[i].word) != 0)
            lint_add(l, line_of(l->text, at), "B2", 'E', offsets[i].word, abbreviation,
                     "on %d-%02d-%02d it was %s there, not %s", l->day.year, l->day.month,
                     l->day.day, abbreviation, offsets[i].word);
    }
}

/* "Monday, March 11th": the weekday of that day of the document's year. */
static void check_weekdays(struct linting *l)
{
    static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
                                        "Friday", "Saturday" };
    for (int d = 0; l->day.year && d < 7; d++)
        for (const char *c = l->text; (c = strstr(c, days[d])); c++) {
            const char *rest = c + strlen(days[d]) + strspn(c + strlen(days[d]), ", ");
            for (int m = 0; m < 12; m++) {
                size_t n = strlen(months[m]);
                if (strncasecmp(rest, months[m], n) != 0 || rest[n] != ' ')
                    continue;
                struct civil day = { .year = l->day.year, .month = m + 1, .day = atoi(rest + n) };
                if (!civil_valid(day) || civil_weekday(day.year, day.month, day.day) == d)
                    continue;
                lint_add(l, line_of(l->text, c), "B5", 'E', days[d],
                         days[civil_weekday(day.year, day.month, day.day)],
                         "%d-%02d-%02d is a %s, not a %s", day.year, day.month, day.day,
                         days[civil_weekday(day.year, day.month, day.day)], days[d]);
            }
        }
}

/* "14:30 PM" is written by nobody who means one time. */
static void check_half_days(struct linting *l)
{
    for (const char *c = l->text; *c; c++) {
        int minute;
        if (!lint_clock(c, l->text, &minute))
            continue;
        const char *rest = c + 5 + strspn(c + 5, " ");
        if (minute >= 13 * 60 && (strncasecmp(rest, "pm", 2) == 0 || strncasecmp(rest, "am", 2) == 0)
            && !isalpha((unsigned char)rest[2]))
            lint_add(l, line_of(l->text, c), "B7", 'W', arena_copy(l->keep, c, 5), "",
                     "a time of 24 hours with am or pm");
        c += 4;
    }
}

static void check_dates(struct linting *l)
{
    struct civil c = { 0 };
    const char *modified = document_front(&l->document, "modified_at");
    if (sscanf(modified, "%4d-%2d-%2d", &c.year, &c.month, &c.day) != 3 || !l->day.year)
        return;
    if (!civil_valid(c))
        lint_add(l, 0, "C10", 'E', modified, "", "modified_at is no date");
    else if (civil_days(c.year, c.month, c.day)
             < civil_days(l->day.year, l->day.month, l->day.day))
        lint_add(l, 0, "B9", 'E', modified, "", "modified_at lies before the incident");
}

/* --- structure ----------------------------------------------------------------------- */

static void check_name(struct linting *l)
{
    const char *nav = document_front(&l->document, "nav"), *title = document_front(&l->document, "title");
    const char *slash = strrchr(l->file, '/'), *file = slash ? slash + 1 : l->file;
    size_t id = strcspn(nav, " ");
    if (!id)
        return;
    if (*title && !memmem(title, strlen(title), nav, id))
        lint_add(l, 0, "C3", 'E', title, nav, "title and nav name different reports");
    if (strncmp(file, "INC-", 4) != 0 && strncmp(file, nav, id) != 0 && strchr(nav, '-')
        && strncmp(file, nav, strcspn(nav, "-") + 1) == 0)
        lint_add(l, 0, "C3", 'E', file, nav, "file and nav name different reports");
}

static void check_line(struct linting *l, const char *line, size_t length, int number)
{
    static const char *const holes[] = { "TODO", "TBD", "FIXME", "HH:mm", "????", "[gap:", "lorem ipsum",
                                         NULL };
    static const char *const moji[] = { "â€", "Ã©", "Ã¨", "Â ", "ï¿½", NULL };
    static const char *const blame[] = { "human error", "operator error", "careless", NULL };
    for (const char *const *h = holes; *h; h++)
        if (memmem(line, length, *h, strlen(*h)))
            lint_add(l, number, "C4", 'E', *h, "", "a placeholder is left");
    if (lint_has(line, length, moji))
        lint_add(l, number, "C7", 'W', "", "", "characters that were decoded wrongly (mojibake)");
    if (lint_has(line, length, blame))
        lint_add(l, number, "E1", 'W', "", "", "blames a person: say what made the mistake possible");
    if (length && line[0] == '|' && memmem(line, length, "??", 2))
        lint_add(l, number, "C5", 'I', "", "", "a time that nobody knows: kept as it is");
}

static void check_lines(struct linting *l)
{
    int number = 1;
    for (const char *c = l->text; *c; number++) {
        size_t n = strcspn(c, "\n");
        check_line(l, c, n, number);
        c += n + (c[n] == '\n');
    }
    size_t length = strlen(l->text);
    if (length && l->text[length - 1] != '\n')
        lint_add(l, number - 1, "C7", 'W', "", "", "the last line has no end");
}

static void check_sections(struct linting *l)
{
    static const struct { const char *names, *words[6]; } wanted[] = {
        { "what happened", { "what happened", "summary", "overview", "que s", NULL } },
        { "timeline", { "timeline", "chronolog", "record", "journal", NULL } },
        { "impact", { "impact", "conséquence", NULL } },
        { "actions", { "action", "remediation", "follow-up", "next steps", NULL } },
    };
    if (!l->document.fronts)
        return; /* not a report of this house: its sections are its own */
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        bool there = false;
        for (const char *c = l->text; !there && (c = strstr(c, "## ")); c += 3)
            there = lint_has(c, strcspn(c, "\n"), wanted[i].words);
        if (!there)
            lint_add(l, 0, "C1", 'W', "", wanted[i].names, "no section says it: %s",
                     wanted[i].names);
    }
}

static void check_tables(struct linting *l)
{
    for (size_t i = 0; i < l->document.parts; i++) {
        const struct part *p = &l->document.part[i];
        if (p->kind != PART_TABLE)
            continue;
        if (!p->header)
            lint_add(l, p->line, "C6", 'I', "", "", "a table without a header: kramdown shows it, "
                     "GitHub does not");
        for (size_t r = 0; r < p->rows; r++)
            for (size_t c = 0; c < p->row[r].cells; c++)
                if (!*p->row[r].cell[c] && !(p->header && r == 0)) {
                    lint_add(l, p->row[r].line, "C4", 'E', "", "", "an empty cell");
                    break;
                }
    }
}

static int by_line(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    int c = strcmp(x->rule, y->rule);
    return c ? c : strcmp(x->message, y->message);
}

void lint_document(struct findings *out, const char *file, const char *text, struct arena *keep)
{
    struct linting l = { .file = file, .text = text, .room = 32, .keep = keep };
    l.finding = arena_many(keep, struct finding, l.room);
    document_read(&l.document, text, keep);
    check_zone(&l);
    find_day(&l);
    check_offset(&l);
    check_weekdays(&l);
    check_half_days(&l);
    check_dates(&l);
    check_name(&l);
    check_lines(&l);
    check_sections(&l);
    check_tables(&l);
    lint_figures(&l);
    qsort(l.finding, l.count, sizeof *l.finding, by_line);
    *out = (struct findings){ l.finding, l.count };
}
