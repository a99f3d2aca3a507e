/* draft.h: the document that people edit, and the record that goes on.
 *
 * FILES    drafts/NAME.md is the people's. What was generated last is kept as
 *          a blob; .tocsin/drafts/NAME.json names it and its inputs.
 * MERGE    base: generated last; ours: the draft; theirs: generated now. By
 *          lines first; where that collides, by words; what still collides is
 *          marked as git marks it. No word of a person is dropped.
 * ERRORS   ERR_FAILED: a draft of unknown origin, unsolved conflicts.
 */
#ifndef TELL_DRAFT_H
#define TELL_DRAFT_H

#include "tell/report.h"

enum draft_state {
    DRAFT_NEW,       /* there was none */
    DRAFT_SAME,      /* it says all that already */
    DRAFT_RENEWED,   /* nobody had edited it: replaced */
    DRAFT_MERGED,    /* edits kept, the record's news taken in */
    DRAFT_CONFLICT,  /* taken in, with marks where both changed the same words */
};

struct draft_result {
    enum draft_state state;
    const char *path;        /* of the draft, as shown to people */
    const char *picture;
    const char *text;        /* as it now stands on disk */
    bool edited;             /* it differs from what was generated */
};

/* Writes or merges drafts/NAME.md and its picture. */
bool draft_update(struct draft_result *out, const struct facts *f, const struct report *r,
                  struct arena *keep, struct err *e);

/* What the draft would say, and nothing is written. */
bool draft_preview(struct draft_result *out, const struct facts *f, const struct report *r,
                   struct arena *keep, struct err *e);

/* Why the draft no longer says what the record says; NULL when it does. */
bool draft_check(const char **why, const struct facts *f, const struct report *r,
                 struct arena *keep, struct err *e);

/* Pure: the three-way merge of documents. */
bool draft_merge(const char *base, const char *ours, const char *theirs, const char **merged,
                 bool *conflict, struct arena *keep, struct err *e);
bool draft_has_conflict(const char *text);

#endif
