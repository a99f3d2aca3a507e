/* template.h: Markdown with holes, filled in from data in a sandbox.
 *
 *   <%= expression %>   shown as text: escaped for Markdown
 *   <%- expression %>   shown as it is
 *   <% lua %>           loops and conditions; alone on its line it leaves no
 *                       line behind
 *   <%# remark %>       nothing
 *   <%%                 the two characters <%
 *
 * DATA     Each member of the data object is a global of the template.
 * WORDS    `include "name"` reads the partial _name.md; the others (clock,
 *          date, span, code, prose, gap, ...) are in templates/README.md.
 *          What they answer is Markdown already and is not escaped again.
 * ERRORS   ERR_INPUT, "TEMPLATE:LINE: what", and the expression.
 */
#ifndef TELL_TEMPLATE_H
#define TELL_TEMPLATE_H

#include "base/err.h"
#include "base/json.h"
#include "tell/words.h"

struct template_source {
    /* The text of a template or partial, by its file name ("_rows.md"). */
    bool (*load)(void *context, const char *name, const char **bytes, size_t *length,
                 struct arena *keep, struct err *e);
    void *context;
};

/* What nobody but a person can know: a question in the document. */
struct gap { const char *slot, *question; };

struct rendering {
    const char *text;
    const struct gap *gap;
    size_t gaps;
};

/* `names`: words that markdown_marked() sets as code; may be NULL. */
bool template_render(struct rendering *out, const struct template_source *source,
                     const char *name, struct json data, const struct tongue *tongue,
                     const char *const *names, struct arena *keep, struct err *e);

/* The template as the Lua that is run, line for line. */
bool template_compile(struct text *lua, const char *name, const char *text, size_t length,
                      struct err *e);

/* The next tag of a template that reaches over that line, from the first when tag->after is 0:
 * where it ends, and its text there as an error quotes it. */
struct template_tag { size_t after; const char *quoted; };
bool template_tag_next(struct template_tag *tag, const char *text, size_t length, int line, struct arena *keep);

/* How a gap stands in a document, up to its question; lint and publish look
 * for it. Foreign text cannot write it: its bracket would be escaped. */
#define GAP_OPENS "**[gap: "

#endif
