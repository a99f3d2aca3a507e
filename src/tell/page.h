/* page.h: a report as other formats: one self-contained HTML page, plain
 * text, a manual page.
 *
 * The page needs no network: styles and picture are inside. Raw HTML in the
 * Markdown is left out (cmark's safe mode).
 */
#ifndef TELL_PAGE_H
#define TELL_PAGE_H

#include "base/text.h"

/* `svg` may be NULL; it stands where the document shows a picture. */
const char *page_html(const char *markdown, const char *svg, const char *locale,
                      struct arena *keep);
const char *page_text(const char *markdown, struct arena *keep);
/* Only what a reader sees of it, without marks, tags and addresses of links; each line stays where it is. */
const char *page_letters(const char *markdown, struct arena *keep);
const char *page_man(const char *markdown, struct arena *keep);

#endif
