/* rows.h: lines of a timeline as people paste them, read as moments and texts. Pure.
 *
 *   | **11:08** | text |              - **16:58 UTC** - text        11:17 text
 *   | Jan 18 14:40 - 14:55 | text |   - 09:15:04 UTC text           ~14:30: text
 *   | **Saturday, August 2, 19:42** | text |                        2025-03-11 11:17 text
 *
 * DAYS     A row without a day has that of the row before it, or the next one
 *          when the clock went back by more than twelve hours. A day without
 *          a year has the year of `day`.
 * ZONES    A row may name UTC, or the abbreviation of the zone it is read in.
 * UNKNOWN  `14:??` and `~14:30` keep their width; `--:--` is some time of its day, which
 *          is how wide it is. An hour that a night has twice needs its abbreviation.
 * ERRORS   ERR_INPUT, "line N: ...". What holds no time at all is no error:
 *          has_time is false, and the caller judges.
 */
#ifndef RECORD_ROWS_H
#define RECORD_ROWS_H

#include "base/instant.h"

struct row {
    int line;              /* from 1 */
    bool has_time;
    bool header;           /* a table's heading or its rule: no row of anything */
    bool said_day;
    bool unknown;          /* --:-- */
    const char *weekday;   /* the one that was said, where the date is another; NULL: they agree */
    const char *line_text; /* the line as it stands */
    struct moment when;    /* of a range: from its beginning to its end */
    int64_t until;         /* the end of a range; INSTANT_NONE */
    const char *text;      /* without the time and the marks around it */
};

struct rows {
    const struct row *row; /* every line that is not blank */
    size_t count;
};

/* `day`: where the first row names none; year 0: then it is an error. */
bool rows_parse(struct rows *out, const char *bytes, size_t length, const char *zone,
                struct civil day, struct arena *keep, struct err *e);

#endif
