/* import_report.c: a postmortem that was written elsewhere becomes a journal.
 *
 * What it says with a time becomes a row; what it says is to be done becomes
 * a task. When a service suffered is not guessed from prose: the spans that
 * the text names are shown, with the command that records them. */
#define _GNU_SOURCE
#include "verbs/record.h"

#include "tell/document.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
                                      "September", "October", "November", "December", NULL };

/* The year of "SPM-2025-001", "2025-03-28" or ", 2025"; 0 without one. */
static int year_in(const char *text)
{
    for (const char *c = text; *c; c += strspn(c, "0123456789") + !isdigit((unsigned char)*c))
        if (strspn(c, "0123456789") == 4 && c[0] >= '1' && c[0] <= '2')
            return (c[0] - '0') * 1000 + (c[1] - '0') * 100 + (c[2] - '0') * 10 + (c[3] - '0');
    return 0;
}

/* The first "March 11th" of the text; its own year, where one stands beside it. */
static bool day_in(struct civil *day, struct desk *d, const char *text, int year)
{
    const char *first = NULL;
    for (int m = 0; months[m]; m++) {
        const char *at = strstr(text, months[m]);
        struct civil c = { .year = year, .month = m + 1 };
        if (!at || (first && at > first) || sscanf(at + strlen(months[m]), " %2d", &c.day) != 1)
            continue;
        int beside = year_in(arena_copy(d->keep, at, strnlen(at, strlen(months[m]) + 12)));
        c.year = beside ? beside : year;
        if (civil_valid(c)) {
            *day = c;
            first = at;
        }
    }
    return first != NULL;
}

static bool which_day(struct civil *day, struct desk *d, const struct document *doc, const char *text,
                      struct err *e)
{
    const char *typed = desk_option(d, "day");
    char rest;
    int year = year_in(document_front(doc, "title"));
    if (!year)
        year = year_in(document_front(doc, "nav"));
    if (!year)
        year = year_in(document_front(doc, "modified_at"));
    if (typed) {
        *day = (struct civil){ 0 };
        return (sscanf(typed, "%4d-%2d-%2d%c", &day->year, &day->month, &day->day, &rest) == 3 && civil_valid(*day)) ||
               err_usage(e, "found '--day %s', expected a date as 2025-03-11", typed);
    }
    if (year && day_in(day, d, text, year))
        return true;
    err_hint(e, "say it: --day 2025-03-11");
    return err_input(e, "the document does not say on which day it happened");
}

/* "SPM-2025-001 DDoS attack" without its number. */
static const char *title_of(const struct document *doc)
{
    const char *title = document_front(doc, "title"), *nav = document_front(doc, "nav");
    if (*nav && text_starts(title, nav))
        title += strlen(nav);
    return title + strspn(title, " :-");
}

static bool begins_with_time(const char *text)
{
    int a, b, c;
    text += strspn(text, "*`~_ ");
    return sscanf(text, "%4d-%2d-%2d", &a, &b, &c) == 3 || (sscanf(text, "%2d:%2d", &a, &b) == 2 && a < 25);
}

/* The lines of tables and the timed ones of lists, as plain text; all others
 * blank, so that the numbers of lines stay. */
static struct text timed_lines(struct desk *d, const char *text)
{
    struct text t = text_new(d->keep);
    for (char *save = arena_string(d->keep, text), *line; (line = strsep(&save, "\n"));) {
        const char *c = line + strspn(line, " \t");
        bool list = (c[0] == '-' || c[0] == '*') && c[1] == ' ';
        if (*c == '|' || (list && begins_with_time(c + 2)))
            for (char last = ' '; *c; last = *c++) {
                bool mark = *c == '`' || (*c == '*' && (c[1] == '*' || last == '*'));
                bool escape = *c == '\\' && c[1] && strchr("|*_`[]<>\\#-", c[1]);
                if (escape)
                    text_char(&t, *++c);
                else if (!mark)
                    text_char(&t, *c);
            }
        text_char(&t, '\n');
    }
    return t;
}

/* What stands as a list below a heading of things to be done. */
static const struct draft *open_tasks(struct desk *d, const char *text, size_t *tasks)
{
    bool inside = false;
    struct draft *draft = arena_many(d->keep, struct draft, strlen(text) / 3 + 1);
    *tasks = 0;
    for (char *save = arena_string(d->keep, text), *line; (line = strsep(&save, "\n"));) {
        if (*line == '#')
            inside = strcasestr(line, "in progress") || strcasestr(line, "action items") ||
                     strcasestr(line, "follow-up");
        else if (inside && (line[0] == '-' || line[0] == '*') && line[1] == ' ')
            draft[(*tasks)++] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_TASK,
                                                .data = record_json(d, "text", line + 2, NULL, NULL) };
    }
    return draft;
}

/* "from 11:40 to 11:53": said, and left to a person. */
static void show_spans(struct desk *d, const char *text, struct civil day)
{
    int from_hour, from_minute, to_hour, to_minute;
    for (const char *at = strstr(text, "from "); at; at = strstr(at + 1, "from "))
        if (sscanf(at, "from %2d:%2d to %2d:%2d", &from_hour, &from_minute, &to_hour, &to_minute) == 4)
            desk_say(d, "  it speaks of %02d:%02d to %02d:%02d: tocsin impact SERVICE down "
                        "%04d-%02d-%02dT%02d:%02d-%04d-%02d-%02dT%02d:%02d",
                     from_hour, from_minute, to_hour, to_minute, day.year, day.month, day.day, from_hour,
                     from_minute, day.year, day.month, day.day, to_hour, to_minute);
}

bool import_report(struct desk *d, const char *file, const char *bytes, size_t length, struct err *e)
{
    struct document doc;
    struct civil day;
    struct text clean = text_new(d->keep);
    size_t tasks;
    text_add_clean(&clean, bytes, length);
    document_read(&doc, clean.at, d->keep);
    if (!which_day(&day, d, &doc, clean.at, e))
        return err_while(e, "%s", file);
    struct text lines = timed_lines(d, clean.at);
    d->name = NULL;
    const struct draft *task = open_tasks(d, clean.at, &tasks);
    if (!import_rows_into(d, title_of(&doc), lines.at, lines.length, day, task, tasks, e))
        return err_while(e, "%s", file);
    if (tasks && !d->json)
        desk_echo(d, "%s taken in", text_count(d->keep, (int64_t)tasks, "open action"));
    show_spans(d, clean.at, day);
    return true;
}
