/* lint_inside.h: shared by the files of lint. */
#ifndef TELL_LINT_INSIDE_H
#define TELL_LINT_INSIDE_H

#include "base/instant.h"
#include "tell/document.h"
#include "tell/lint.h"

/* A heading and what stands below it, up to the next of its level. */
struct section { const char *title; size_t length; int level, line; const char *at, *end; };

/* A row of a timeline, or an item of a list there, that begins with a time. */
struct stamp {
    int line;
    size_t table;            /* rows of one table or list have one number */
    int64_t at, until;       /* until: of a range; else INSTANT_NONE */
    bool about;              /* not known to the minute */
    const char *text;
    int minute;              /* of the day, as it is written */
};

struct linting {
    const char *file, *text;
    const char *plain;       /* the text with blanks for code, byte for byte as long */
    const char *const *start; /* of each line of `plain`; lines of them */
    size_t lines;
    struct document document;
    struct section *section;
    size_t sections;
    struct stamp *stamp;
    size_t stamps;
    bool shown[24 * 60];     /* minutes of the day that a row shows */
    const char *zone;        /* IANA name of the zone it declares; NULL: none */
    struct civil day;        /* of the incident; year 0: not known */
    struct finding *finding;
    size_t count, room;
    int64_t left;            /* dear comparisons that may still be made: hostile texts end, too */
    struct arena *keep;
};

void lint_add(struct linting *l, int line, const char *rule, char severity, const char *found,
              const char *expected, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* One sentence of `plain`; never in a table or the front matter. */
struct sentence { const char *at; size_t length; int line; };
bool lint_sentence(const struct linting *l, struct sentence *s, const char **at, int *line);

/* A stated total of the downtime, and whose it is. */
struct total {
    int64_t ms;
    int line;
    bool proven;             /* a sum beside it says the same */
    const char *name;        /* of the service; NULL: not named */
    size_t length;
};
enum { MOST_TOTALS = 32 };
struct totals { struct total total[MOST_TOTALS]; size_t count; };
bool lint_same_name(const struct linting *l, const struct total *t, const struct sentence *s);

/* Each of these finds what its file is about. */
void lint_dates(struct linting *l);    /* B, and the day and the zone that others need */
void lint_read_rows(struct linting *l);
void lint_rows(struct linting *l, const struct totals *totals);
void lint_figures(struct linting *l, struct totals *totals);
void lint_money(struct linting *l, const struct totals *totals);
void lint_shape(struct linting *l);
void lint_words(struct linting *l);

/* Reading at one place of a text: how much of it was read, or 0. */
size_t lint_clock(const char *at, const char *start, int *minute_of_day);
size_t lint_duration(const char *at, const char *start, int64_t *ms);
/* "March 11th, 2025", "11 mars", "2025-03-11"; `year` where none is said. */
size_t lint_date(const char *at, const char *start, int year, struct civil *day);

/* Is one of these words in it, whatever its case? */
bool lint_has(const char *line, size_t length, const char *const *words);
/* The one that stands there as a word of its own, or NULL. */
const char *lint_word(const char *line, size_t length, const char *const *words);
size_t lint_word_at(const char *line, size_t length, const char *word); /* SIZE_MAX: nowhere */
bool lint_spend(struct linting *l, size_t comparisons);
const char *lint_minutes(struct arena *keep, int64_t ms);
const struct section *lint_section(const struct linting *l, const char *const *words);
int lint_line(const struct linting *l, const char *in_plain);
/* The same place of the text as it was written. */
const char *lint_as_written(const struct linting *l, const char *in_plain);

#endif
