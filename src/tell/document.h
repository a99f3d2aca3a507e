/* document.h: a report's Markdown taken apart, for those who read it again.
 *
 * cmark knows no tables, no front matter and no Liquid: those become parts of
 * their own, and what lies between them is CommonMark.
 * TABLES   Consecutive lines that begin with '|': kramdown's header-less kind,
 *          or GFM's with its delimiter row. A cell ends at a '|' that is
 *          neither escaped nor inside code.
 */
#ifndef TELL_DOCUMENT_H
#define TELL_DOCUMENT_H

#include "base/text.h"

enum part_kind { PART_MARKDOWN, PART_TABLE, PART_NOTE, PART_PICTURE };

struct table_row {
    const char *const *cell; /* Markdown; then NULL */
    size_t cells;
    int line;
};

struct part {
    enum part_kind kind;
    int line;                /* from 1 */
    const char *text;        /* Markdown of PART_MARKDOWN and PART_NOTE; alternative text of a picture */
    const char *path;        /* of a picture */
    bool header;             /* the first row is one */
    const struct table_row *row;
    size_t rows;
};

struct front { const char *key, *value; };

struct document {
    const struct front *front; /* in order; quotes taken off */
    size_t fronts;
    const struct part *part;
    size_t parts;
};

void document_read(struct document *out, const char *text, struct arena *keep);
/* "" when there is no such key. */
const char *document_front(const struct document *d, const char *key);

#endif
