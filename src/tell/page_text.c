/* page_text.c: the report for a terminal or a mail, and as a manual page. */
#include "tell/page.h"

#include "tell/document.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

OWNABLE(cmark_node, cmark_node_free)

enum { COLUMNS = 78 };

/* --- plain text -------------------------------------------------------------------- */

/* Words broken at COLUMNS; lines after the first are indented. */
static void wrapped(struct text *out, const char *text, size_t first, size_t indent)
{
    size_t column = first;
    bool begun = false;
    for (const char *c = text; *c;) {
        size_t n = strcspn(c, " \n");
        char *word = arena_copy(out->keep, c, n);
        size_t width = text_width(word);
        if (n && begun && column + 1 + width > COLUMNS) {
            text_char(out, '\n');
            text_repeat(out, " ", indent);
            column = indent;
            begun = false;
        }
        if (n) {
            text_print(out, "%s%s", begun ? " " : "", word);
            column += width + begun;
            begun = true;
        }
        c += n + (c[n] != '\0');
    }
    text_char(out, '\n');
}

/* Characters outside of tags. */
static void untagged(struct text *out, const char *html)
{
    for (const char *c = html; *c; c++) {
        const char *end = *c == '<' ? strchr(c, '>') : NULL;
        for (; end && c < end; c++)
            if (*c == '\n')
                text_char(out, '\n');
        if (!end)
            text_char(out, *c);
    }
}

const char *page_letters(const char *markdown, struct arena *keep)
{
    struct text t = text_new(keep);
    int line = 1;
    size_t counted = 0;
    owned(cmark_node_free) cmark_node *root = cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_DEFAULT);
    cmark_iter *iter = cmark_iter_new(root);
    for (cmark_event_type ev; (ev = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(iter);
        const char *literal = cmark_node_get_literal(n);
        if (ev != CMARK_EVENT_ENTER)
            continue;
        for (; counted < t.length; counted++)
            line += t.at[counted] == '\n';
        for (; cmark_node_get_type(n) < CMARK_NODE_FIRST_INLINE && line < cmark_node_get_start_line(n); line++, counted++)
            text_char(&t, '\n');
        switch ((int)cmark_node_get_type(n)) {
        case CMARK_NODE_SOFTBREAK: case CMARK_NODE_LINEBREAK:
            text_char(&t, '\n');
            break;
        case CMARK_NODE_HTML_BLOCK:
            untagged(&t, literal);
            break;
        case CMARK_NODE_TEXT: case CMARK_NODE_CODE: case CMARK_NODE_CODE_BLOCK:
            text_add(&t, literal);
            break;
        }
    }
    cmark_iter_free(iter);
    return t.at;
}

/* The inline text of a node; links keep their address. */
static const char *inline_text(cmark_node *node, struct arena *keep)
{
    struct text t = text_new(keep);
    cmark_iter *iter = cmark_iter_new(node);
    for (cmark_event_type ev; (ev = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(n);
        if (ev == CMARK_EVENT_ENTER && (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE))
            text_add(&t, cmark_node_get_literal(n));
        else if (ev == CMARK_EVENT_ENTER && (type == CMARK_NODE_SOFTBREAK
                                             || type == CMARK_NODE_LINEBREAK))
            text_char(&t, ' ');
        else if (ev == CMARK_EVENT_EXIT && type == CMARK_NODE_LINK)
            text_print(&t, " <%s>", cmark_node_get_url(n));
    }
    cmark_iter_free(iter);
    return t.at;
}

static void block_text(struct text *out, cmark_node *node, size_t indent)
{
    for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n)) {
        switch ((int)cmark_node_get_type(n)) {
        case CMARK_NODE_HEADING: {
            const char *words = inline_text(n, out->keep);
            text_print(out, "%s\n", words);
            text_repeat(out, "-", text_width(words));
            text_add(out, "\n\n");
            break;
        }
        case CMARK_NODE_PARAGRAPH:
            wrapped(out, inline_text(n, out->keep), indent, indent);
            if (cmark_node_get_type(node) != CMARK_NODE_ITEM)
                text_char(out, '\n');
            break;
        case CMARK_NODE_LIST:
            block_text(out, n, indent);
            text_char(out, '\n');
            break;
        case CMARK_NODE_ITEM:
            text_repeat(out, " ", indent);
            text_add(out, "- ");
            block_text(out, n, indent + 2);
            break;
        case CMARK_NODE_BLOCK_QUOTE:
            text_add(out, "! ");
            block_text(out, n, indent + 2);
            break;
        case CMARK_NODE_CODE_BLOCK:
            text_add(out, cmark_node_get_literal(n));
            break;
        default:
            break;
        }
    }
}

static void markdown_as_text(struct text *out, const char *markdown)
{
    owned(cmark_node_free) cmark_node *document =
        cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_DEFAULT);
    block_text(out, document, 0);
}

static const char *cell_text(const char *cell, struct arena *keep)
{
    owned(cmark_node_free) cmark_node *document =
        cmark_parse_document(cell, strlen(cell), CMARK_OPT_DEFAULT);
    return inline_text(document, keep);
}

static void table_as_text(struct text *out, const struct part *t)
{
    size_t first = 0;
    for (size_t r = 0; r < t->rows; r++) {
        size_t width = t->row[r].cells ? text_width(cell_text(t->row[r].cell[0], out->keep)) : 0;
        first = width > first ? width : first;
    }
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->row[r].cells; c++) {
            const char *words = cell_text(t->row[r].cell[c], out->keep);
            if (c > 0) {
                wrapped(out, words, first + 2, first + 2);
                continue;
            }
            text_add(out, words);
            text_repeat(out, " ", first + 2 - text_width(words));
        }
    }
    text_char(out, '\n');
}

const char *page_text(const char *markdown, struct arena *keep)
{
    struct document d;
    struct text out = text_new(keep);
    document_read(&d, markdown, keep);
    const char *title = document_front(&d, "title");
    text_print(&out, "%s\n", title);
    text_repeat(&out, "=", text_width(title));
    text_add(&out, "\n\n");
    for (size_t i = 0; i < d.parts; i++) {
        if (d.part[i].kind == PART_TABLE)
            table_as_text(&out, &d.part[i]);
        else if (d.part[i].kind != PART_PICTURE)
            markdown_as_text(&out, d.part[i].text);
    }
    while (out.length > 1 && out.at[out.length - 1] == '\n' && out.at[out.length - 2] == '\n')
        out.at[--out.length] = '\0';
    return out.at;
}

/* --- manual page --------------------------------------------------------------------- */

static void man_markdown(struct text *out, const char *markdown)
{
    owned(cmark_node_free) cmark_node *document =
        cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_DEFAULT);
    char *rendered = cmark_render_man(document, CMARK_OPT_DEFAULT, 0);
    text_add(out, rendered);
    free(rendered);
}

const char *page_man(const char *markdown, struct arena *keep)
{
    struct document d;
    struct text out = text_new(keep);
    document_read(&d, markdown, keep);
    char *name = arena_string(keep, document_front(&d, "nav"));
    for (char *c = name; *c; c++)
        *c = *c == '"' || *c == '\\' ? ' ' : *c;
    text_print(&out, ".TH \"%s\" 7\n", name);
    for (size_t i = 0; i < d.parts; i++) {
        const struct part *p = &d.part[i];
        if (p->kind == PART_MARKDOWN || p->kind == PART_NOTE)
            man_markdown(&out, p->text);
        for (size_t r = 0; p->kind == PART_TABLE && r < p->rows; r++) {
            text_add(&out, ".TP\n");
            for (size_t c = 0; c < p->row[r].cells; c++) {
                struct text cell = text_new(keep);
                man_markdown(&cell, p->row[r].cell[c]);
                const char *text = text_starts(cell.at, ".PP\n") ? cell.at + 4 : cell.at;
                text_add(&out, text);
            }
        }
    }
    return out.at;
}
