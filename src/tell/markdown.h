/* markdown.h: what others wrote, made safe to stand in our documents.
 *
 * A document is read by cmark (GitHub, our own --html) and by kramdown behind
 * Liquid (the site). Whatever goes in here comes out of both as the same
 * characters: it makes no markup, no table cell, no tag, no front matter.
 * SOURCE   CommonMark 0.30 through cmark's own renderer; what kramdown and
 *          Liquid take beyond it is escaped on top (tests/tell/markdown.c).
 */
#ifndef TELL_MARKDOWN_H
#define TELL_MARKDOWN_H

#include "base/text.h"

/* One line of plain text. Bytes that are no UTF-8 become U+FFFD, line breaks
 * spaces; control and direction characters go. */
void markdown_text(struct text *to, const char *text);

/* The same, with IP addresses, `words in backticks` and the given names (may
 * be NULL; ends with NULL) set as code. */
void markdown_marked(struct text *to, const char *text, const char *const *names);

/* As code where the text is fit for it, else as plain text. */
void markdown_code(struct text *to, const char *text);

/* A person's prose for the document: paragraphs, lists, emphasis, code and
 * links to the web stay; all else becomes plain text. No newline at the end. */
void markdown_prose(struct text *to, const char *text);

/* A scalar of a front matter, quoted where YAML asks for it. */
void markdown_yaml(struct text *to, const char *text);

/* One line of valid UTF-8 without control or direction characters. */
const char *markdown_clean(struct arena *keep, const char *text);

#endif
