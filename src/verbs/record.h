/* record.h: what the verbs that write facts down have in common. */
#ifndef VERBS_RECORD_H
#define VERBS_RECORD_H

#include "verbs/verbs.h"

/* One event whose data is {"text": text} and, where given, {"KEY": value}. */
bool record_text(struct desk *d, const struct moment *m, enum event_kind kind, const char *text,
                 struct err *e);
const char *record_json(struct desk *d, const char *key, const char *value, const char *second,
                        const char *second_value); /* {"KEY":value,"SECOND":...}; without a NULL second */
bool record_pair(struct desk *d, const struct moment *m, enum event_kind kind, const char *key,
                 const char *value, struct err *e);

/* The event that a word names: as journal_find(), or "last", the newest that this
 * person wrote and may correct. */
const struct event *event_named(struct desk *d, const char *word, struct err *e);

/* The run that the event is of, where that has not come to its end: it goes on from what it wrote. NULL: none. */
const char *event_unfinished_run(struct desk *d, const struct event *ev);

/* What can be read of the world goes into the record; where it cannot, a
 * warning says so, and nothing else stops. */
void desk_baseline(struct desk *d);

/* Notes that were written before there was an incident are offered to it, once: those
 * since the one before it was opened. */
bool desk_take_notes(struct desk *d, struct err *e);
/* All that are still on offer, shown first: who says so was not asked then. */
bool desk_take_log(struct desk *d, struct err *e);

/* "1" to "5" as an event. */
bool severity_record(struct desk *d, const char *typed, struct err *e);

/* An incident that holds most of these events, or begins at that moment under that title,
 * may be the same: then a person is asked before it is made once more. */
bool import_is_meant(struct desk *d, int64_t at, const char *title, const struct draft *draft, size_t count, struct err *e);
/* Pasted lines, each with its time, as notes: all or none, and shown first. */
bool import_rows(struct desk *d, const char *bytes, size_t length, struct err *e);
/* The same with the day of the first row, the title of an incident that it opens, and
 * what else is to stand in it: all or none. */
bool import_rows_into(struct desk *d, const char *title, const char *bytes, size_t length,
                      struct civil day, const struct draft *more, size_t mores, struct err *e);
/* Has it a text, lies it not in the future, is its weekday that of its date? And one line
 * that shows it before it is written. */
struct row;
bool row_is_right(struct desk *d, const struct row *r, struct err *e);
void row_preview(struct desk *d, const struct moment *m, const char *text);
/* A postmortem that was written elsewhere: its rows and its open actions. */
bool import_report(struct desk *d, const char *file, const char *bytes, size_t length, struct err *e);

#endif
