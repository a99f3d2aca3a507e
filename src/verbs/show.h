/* show.h: what the verbs that show an incident have in common. */
#ifndef VERBS_SHOW_H
#define VERBS_SHOW_H

#include "verbs/verbs.h"

/* A note that holds prose for the report, and is no moment of the day. */
bool entry_is_prose(const struct entry *n, struct arena *keep);

/* "11:17", "11:17:42", "~14:30", "14:??", "14:40-14:55", "??:??" (of its day only): no finer
 * than it is known; "02:30 CEST" in the hour that a night has twice. */
const char *entry_when(const struct entry *n, const char *zone, struct arena *keep);
/* With its day where that is not the day of `beside`. */
const char *entry_when_of(const struct entry *n, const char *zone, int64_t beside, struct arena *keep);
const char *show_clock(struct desk *d, int64_t at, int64_t beside); /* the same of a moment, to the minute */

/* Columns of the screen, between 79 and 119. */
size_t show_width(const struct desk *d);
/* Does the locale say that the screen shows ASCII only? */
bool show_ascii(const struct desk *d);
/* What a terminal may be shown of it, cut or filled up to that many columns. */
void show_padded(struct desk *d, const char *text, size_t columns);
/* The text from `column` on, broken at spaces, further lines indented; ends with a newline. */
void show_wrapped(struct desk *d, const char *text, size_t column, size_t indent);

/* "18 minutes", "9 minutes before the impact", "not recorded", "impossible order". */
const char *figure_words(const struct figure *f, struct arena *keep);

/* "at 14:26, the right words": what an amendment says anew. */
const char *amendment_words(struct desk *d, const struct event *amended, const char *zone);
/* "12 amended: ...", "12 struck, because: ..."; `otherwise` of what is no correction. */
const char *correction_words(struct desk *d, const struct event *ev, const char *otherwise);

/* The event as in the journal, corrected, with text and listed. */
void entry_json(struct json_out *o, const struct entry *n, struct arena *keep);

#endif
