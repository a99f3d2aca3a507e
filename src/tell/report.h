/* report.h: an incident as a document, and whether it may be published.
 *
 * The draft in drafts/NAME.md is the people's: each regeneration merges what
 * the record now says into it (tell/draft.h). SAME record, same bytes.
 * ERRORS   ERR_INPUT: the template, with its line and expression.
 */
#ifndef TELL_REPORT_H
#define TELL_REPORT_H

#include "tell/facts.h"
#include "tell/template.h"

struct report_request {
    const char *template;  /* "spm"; NULL: the configured one */
    const char *locale;    /* NULL: the configured one */
    const char *number;    /* NULL: the one it has, or the next free one */
    int64_t date;          /* INSTANT_NONE: of the last thing that was recorded */
    bool edited;           /* people changed it since it was published */
    bool publishing;       /* the number will be taken: what other drafts propose does not count */
};

struct report {
    const char *number;
    bool taken;               /* the number is this incident's, not only proposed */
    const char *template;     /* "spm.md" */
    bool own_template;        /* from the workspace's templates/ */
    int64_t date;
    const char *markdown, *svg;
    const struct gap *gap;
    size_t gaps;
    struct names withheld;    /* texts that were struck out */
    const char *data;         /* the facts as JSON: what the template was given */
    const char *locale;
    const char *inputs;       /* what it was made of, by hash: JSON */
};

bool report_make(struct report *out, const struct facts *f, const struct report_request *r,
                 struct arena *keep, struct err *e);

/* Why it may not be published, each in words, with PATH:LINE where it has one;
 * then NULL. `text` is the document at `path`, as people have edited it. */
const char *const *report_obstacles(const struct facts *f, const char *path, const char *text, struct arena *keep);
/* The same, of what may not even be published as a draft: conflicts, and what must not be said. */
const char *const *report_never(const struct facts *f, const char *path, const char *text, struct arena *keep);
/* The line of the first question that is still open; 0: none. */
int report_first_gap(const char *text);

/* "SPM-2025-001": the one this incident has (*taken), or the next that neither the repository nor another
 * incident holds. Drafts stand beside each other: for one, what another draft proposes is passed over. */
bool report_number(const char **out, bool *taken, const struct facts *f, bool for_draft, struct arena *keep,
                   struct err *e);

/* The next free one, whatever this incident has. */
bool report_next_number(const char **out, const struct facts *f, struct arena *keep,
                        struct err *e);

/* The repository's path, and FOLDER/NUMBER.md in it. */
const char *report_repository(const struct workspace *ws, struct arena *keep);
const char *report_path(const struct workspace *ws, const char *number, const char *ending,
                        struct arena *keep);

#endif
