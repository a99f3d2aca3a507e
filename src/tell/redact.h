/* redact.h: what a public document must not say, struck out of every text.
 *
 * Blanks, case, accents, unseen characters and signs beside it (letters.h) do not hide a
 * text; a rule as 10.0.0.0/8 or 2001:db8::/32 means every address in it. Texts of `redact:`
 * become [withheld], or [withheld 1], [withheld 2], ... ([masqué 1] in French); people
 * named in `people:` become their role. What was struck out is counted, so that it can be shown.
 * An internal document is not redacted.
 */
#ifndef TELL_REDACT_H
#define TELL_REDACT_H

#include "record/config.h"

struct struck { const char *what, *instead; size_t times; };

struct redaction {
    struct struck *struck;   /* one a rule */
    size_t rules;
    struct arena *keep;
};

/* `config` NULL: nothing is struck out. */
struct redaction redaction_of(const struct config *config, const char *locale, struct arena *keep);
const char *redact(struct redaction *r, const char *text);
/* The texts that one of the two has struck out. */
struct names redaction_struck(const struct redaction *a, const struct redaction *b, struct arena *keep);
/* The rule that strikes at `at` within `text`, and how much of it; NULL. */
struct struck *redact_find(struct redaction *r, const char *text, const char *at, size_t *length);

#endif
