/* lint.h: reads any postmortem again and recomputes what it says.
 *
 * Works on the Markdown alone, ours or not: rows, clock times, durations,
 * totals, shares. It never guesses: what it cannot read it leaves alone, and
 * what stands in code is nobody's sentence.
 * RULES    A arithmetic, B zones and dates, C structure, D actions,
 *          E language: each in LINT.md, with its file. E errors stop
 *          `publish`; W warnings and I informations do not.
 */
#ifndef TELL_LINT_H
#define TELL_LINT_H

#include "base/text.h"

struct finding {
    int line;                /* from 1; 0: the whole document */
    const char *rule;        /* "A3" */
    char severity;           /* 'E', 'W', 'I' */
    const char *message;
    const char *found, *expected; /* "" where there is nothing to set side by side */
};

struct findings { const struct finding *finding; size_t count; }; /* by line */

/* `file` is its name, for rules about names; only the last part counts. */
void lint_document(struct findings *out, const char *file, const char *text, struct arena *keep);

#endif
