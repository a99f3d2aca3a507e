/* french.h: what the machine wrote into the record, for a French document.
 *
 * Words that somebody typed are never translated. Certain are: the sentences of the
 * record's own kinds, a role's sentence with all that it was done with, the notes and steps
 * of the shipped runbooks in a run, and the questions about an action. All else is NULL.
 */
#ifndef TELL_FRENCH_H
#define TELL_FRENCH_H

#include "play/ledger.h"
#include "record/incident.h"

/* The row of an event that is no impact; `l` knows what each end belongs to. NULL: as it stands, `n->text`. */
const char *french_row(const struct entry *n, const struct ledger *l, struct arena *keep);
/* What a change came to, in the words of its end; NULL: as it stands. */
const char *french_end(const struct change *c, struct arena *keep);
/* The text of a question; NULL: as it stands. */
const char *french_question(const struct event *asked, struct arena *keep);
/* Does the machine write this of an event of that kind? (tests) */
const char *french_of(enum event_kind kind, const char *text, struct arena *keep);

#endif
