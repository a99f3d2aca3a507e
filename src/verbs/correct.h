/* correct.h: what is corrected, and what that changed: amend, strike, list, unlist.
 *
 * What people read is corrected; what was written first stays, and `timeline
 * --history` shows both. A correction is an event of its own (FORMAT.md), and
 * can itself be taken back by a strike.
 */
#ifndef VERBS_CORRECT_H
#define VERBS_CORRECT_H

#include "verbs/record.h"

/* What is corrected: an event, and the window of which it is an edge. */
struct subject {
    const struct event *event;
    const char *number;          /* as people type it */
    const struct entry *was;
    const struct window *window; /* NULL: it is no edge */
    bool whole;                  /* "last" is a window that was said whole; event is its opening */
};

/* ERR_USAGE for what may not be corrected. */
bool correct_subject(struct subject *out, struct desk *d, const struct event *ev, struct err *e);
/* What a correction, or a correction of a correction, speaks of. */
const struct event *correct_root(struct desk *d, const struct event *ev);
const struct entry *correct_entry(const struct desk *d, const struct event *ev);
bool correct_is_closing(const struct window *w, const struct event *ev);

/* Echoes what is so now and was not; `end_was`: the window's other edge, where
 * that was amended, too; `before`: what did not fit together before. */
void correct_say(struct desk *d, const struct subject *s, const struct entry *end_was,
                 const struct windows *before);

#endif
