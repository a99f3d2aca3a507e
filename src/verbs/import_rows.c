/* import_rows.c: lines pasted from a chat or another report become notes. */
#include "verbs/record.h"
#include "record/rows.h"
#include "verbs/show.h"

#include <stdio.h>
#include <string.h>

/* --day, else the day the incident was opened on, else today. */
static bool first_day(struct desk *d, struct civil *day, struct err *e)
{
    const char *typed = desk_option(d, "day");
    char rest;
    *day = civil_at(desk_zone(d), d->name ? d->incident.opened_at : desk_now(d));
    *day = (struct civil){ .year = day->year, .month = day->month, .day = day->day };
    if (!typed)
        return true;
    if (sscanf(typed, "%4d-%2d-%2d%c", &day->year, &day->month, &day->day, &rest) == 3 && civil_valid(*day))
        return true;
    return err_usage(e, "found '--day %s', expected a date as 2025-03-11", typed);
}

bool row_is_right(struct desk *d, const struct row *r, struct err *e)
{
    const char *day = instant_text(d->keep, desk_zone(d), r->when.at, FORM_DATE);
    if (!*r->text)
        return err_input(e, "line %d has no text", r->line);
    if (r->weekday) {
        err_hint(e, "say the right day, or its year: 2025-03-11 11:17 text");
        return err_input(e, "line %d says %s, and %s is another weekday", r->line, r->weekday, day);
    }
    if (r->when.at > desk_now(d)) {
        err_hint(e, "say its day: 2025-03-11 11:17 text");
        return err_input(e, "line %d lies in the future: %s", r->line,
                         instant_text(d->keep, desk_zone(d), r->when.at, FORM_DATE_HM));
    }
    return true;
}

static bool judge(struct desk *d, const struct rows *rows, struct err *e)
{
    size_t good = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *r = &rows->row[i];
        if (r->header)
            continue;
        if (!r->has_time) {
            err_hint(e, "each line begins with its time: 11:17 text");
            return err_input(e, "line %d has no time: '%s'", r->line, text_cut(d->keep, r->text, 40));
        }
        if (!row_is_right(d, r, e))
            return false;
        good++;
    }
    return good || err_input(e, "there is no row in it");
}

void row_preview(struct desk *d, const struct moment *m, const char *text)
{
    static const struct event nothing;
    struct entry n = { .timed = &nothing, .at = m->at, .early_ms = m->early_ms, .late_ms = m->late_ms };
    desk_say(d, "  %s  %s", m->at == INSTANT_NONE ? "now" : entry_when_of(&n, desk_zone(d), m->at - 2 * DAY_MS, d->keep),
             text_for_terminal(d->keep, text));
}

bool import_rows_into(struct desk *d, const char *title, const char *bytes, size_t length,
                      struct civil day, const struct draft *more, size_t mores, struct err *e)
{
    struct rows rows;
    if (!rows_parse(&rows, bytes, length, desk_zone(d), day, d->keep, e) || !judge(d, &rows, e))
        return false;
    struct draft *whole = arena_many(d->keep, struct draft, rows.count + mores + 1), *draft = whole + 1;
    size_t n = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct row *r = &rows.row[i];
        if (!r->header)
            draft[n++] = (struct draft){ .at = r->when.at, .early_ms = r->when.early_ms,
                                         .late_ms = r->when.late_ms, .kind = EVENT_NOTE,
                                         .data = record_json(d, "text", r->text, "typed", r->when.typed) };
    }
    if (!d->name && !import_is_meant(d, draft[0].at, title, draft, n, e))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!rows.row[i].header)
            row_preview(d, &rows.row[i].when, rows.row[i].text);
    const char *where = d->name ? d->name : "a new incident";
    if (!desk_confirm(d, arena_print(d->keep, "write %s into %s, in %s?", text_count(d->keep, (int64_t)n, "row"), where,
                                     zone_words(d->keep, desk_zone(d), draft[0].at)), e))
        return false;
    struct moment start = { .at = draft[0].at, .early_ms = draft[0].early_ms, .late_ms = draft[0].late_ms };
    if (mores)
        memcpy(draft + n, more, mores * sizeof *more);
    if (d->name ? !desk_append_all(d, draft, n + mores, NULL, e)
                : !desk_open_with(d, &start, title, NULL, whole, n + mores + 1, NULL, e))
        return false;
    d->when.at = INSTANT_NONE;
    desk_echo(d, "%s imported", text_count(d->keep, (int64_t)n, "row"));
    return true;
}

bool import_rows(struct desk *d, const char *bytes, size_t length, struct err *e)
{
    struct civil day;
    return first_day(d, &day, e) && import_rows_into(d, NULL, bytes, length, day, NULL, 0, e);
}
