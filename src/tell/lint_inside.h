/* lint_inside.h: shared by the files of lint. */
#ifndef TELL_LINT_INSIDE_H
#define TELL_LINT_INSIDE_H

#include "base/instant.h"
#include "tell/document.h"
#include "tell/lint.h"

struct linting {
    const char *file, *text;
    struct document document;
    const char *zone;        /* IANA name of the zone it declares; NULL: none */
    struct civil day;        /* of the incident; year 0: not known */
    struct finding *finding;
    size_t count, room;
    struct arena *keep;
};

void lint_add(struct linting *l, int line, const char *rule, char severity, const char *found,
              const char *expected, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* A stated total of the downtime, and whose it is. */
struct total {
    int64_t ms;
    int line;
    bool proven;             /* a sum beside it says the same */
    const char *name;        /* of the service; NULL: not named */
    size_t length;
};

/* The order of a timeline's rows, and what they show beside a total (may be
 * NULL). */
void lint_rows(struct linting *l, const struct part *table, const struct total *total);
const char *lint_minutes(struct arena *keep, int64_t ms);

/* What is wrong with durations, totals and allowances. */
void lint_figures(struct linting *l);

extern const char *const lint_months[]; /* English and French; then NULL */

/* Reading at one place of a text: how much of it was read, or 0. */
size_t lint_clock(const char *at, const char *start, int *minute_of_day);
size_t lint_duration(const char *at, const char *start, int64_t *ms);
bool lint_has(const char *line, size_t length, const char *const *words);

#endif
