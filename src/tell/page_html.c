/* page_html.c: the report as one page that needs nothing else. */
#include "tell/page.h"

#include "tell/document.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

OWNABLE(cmark_node, cmark_node_free)

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2733;--soft:#51606f;--line:#d5dde5;--paper:#fff;"
    "--tint:#f3f6f9;--link:#1f5fa8;--alarm:#b3261e}"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a9b7c4;--line:#33414f;"
    "--paper:#10171e;--tint:#18212a;--link:#7db8ff;--alarm:#ff8a80}}"
    "*{box-sizing:border-box}html{scroll-behavior:smooth}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,sans-serif}"
    ".frame{display:grid;grid-template-columns:14rem minmax(0,46rem);gap:3rem;max-width:66rem;"
    "margin:0 auto;padding:2rem 1.25rem 4rem}"
    "header{grid-column:1/-1;border-bottom:1px solid var(--line);padding-bottom:1rem}"
    "h1{font-size:1.75rem;line-height:1.25;margin:0}header p{margin:.35rem 0 0;color:var(--soft)}"
    "nav{font-size:.9rem}nav ol{list-style:none;margin:0;padding:0;position:sticky;top:1.5rem}"
    "nav a{display:block;padding:.3rem 0;text-decoration:none}a{color:var(--link)}"
    "h2{font-size:1.25rem;margin:2.25rem 0 .75rem}main>h2:first-child{margin-top:0}"
    "h2 a{color:inherit;text-decoration:none}h2 a:hover::after{content:' #';color:var(--soft)}"
    "p,ul,ol,table{margin:0 0 1rem}li{margin:.3rem 0}"
    "code{font:.9em/1.4 ui-monospace,monospace;background:var(--tint);padding:.1em .3em;"
    "display:inline-block;max-width:100%;overflow-wrap:anywhere;"
    "border-radius:3px;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}"
    "th[scope=row]{white-space:nowrap;font-variant-numeric:tabular-nums;width:1%}"
    ".wide{overflow-x:auto;margin:0 0 1rem}.wide svg{min-width:40rem;width:100%;height:auto;"
    "display:block}"
    "blockquote,.note{margin:0 0 1rem;padding:.75rem 1rem;border-left:4px solid var(--link);"
    "background:var(--tint)}blockquote{border-color:var(--alarm)}"
    "blockquote>:last-child,.note>:last-child{margin-bottom:0}"
    ":focus-visible{outline:2px solid var(--link);outline-offset:2px}"
    "@media (max-width:48rem){.frame{display:block;padding:1.25rem 1rem 3rem}"
    "nav{margin:1.25rem 0;border-bottom:1px solid var(--line);padding-bottom:.75rem}"
    "h1{font-size:1.4rem}}"
    "@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--tint:#fff;--link:#000}"
    "code{padding:0}nav{display:none}.frame{display:block;max-width:none;padding:0}"
    "tr,svg,blockquote,.note{break-inside:avoid}h2{break-after:avoid}.wide svg{min-width:0}}";

static void html(struct text *to, const char *text)
{
    for (const char *c = text; *c; c++) {
        switch (*c) {
        case '&': text_add(to, "&amp;"); break;
        case '<': text_add(to, "&lt;"); break;
        case '>': text_add(to, "&gt;"); break;
        case '"': text_add(to, "&quot;"); break;
        default: text_char(to, *c);
        }
    }
}

/* "What happened?" -> "what-happened" */
static const char *slug(struct arena *keep, cmark_node *heading)
{
    struct text t = text_new(keep);
    cmark_iter *iter = cmark_iter_new(heading);
    for (cmark_event_type ev; (ev = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        const char *c = cmark_node_get_literal(cmark_iter_get_node(iter));
        for (; c && *c && ev == CMARK_EVENT_ENTER; c++) {
            if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || (unsigned char)*c >= 0x80)
                text_char(&t, *c);
            else if (*c >= 'A' && *c <= 'Z')
                text_char(&t, (char)(*c - 'A' + 'a'));
            else if (t.length && t.at[t.length - 1] != '-')
                text_char(&t, '-');
        }
    }
    cmark_iter_free(iter);
    while (t.length && t.at[t.length - 1] == '-')
        t.at[--t.length] = '\0';
    return t.length ? t.at : "part";
}

/* A node in HTML without its own element. */
static const char *inner(cmark_node *node, struct arena *keep)
{
    char *rendered = cmark_render_html(node, CMARK_OPT_DEFAULT);
    const char *start = strchr(rendered, '>'), *end = strrchr(rendered, '<');
    const char *out = start && end > start ? arena_copy(keep, start + 1, (size_t)(end - start - 1))
                                           : "";
    free(rendered);
    return out;
}

struct page { struct text contents, body; struct arena *keep; };

static void put_heading(struct page *p, cmark_node *node)
{
    const char *id = slug(p->keep, node), *words = inner(node, p->keep);
    int level = cmark_node_get_heading_level(node);
    text_print(&p->body, "<h%d id=\"%s\"><a href=\"#%s\">%s</a></h%d>\n", level, id, id, words,
               level);
    if (level == 2)
        text_print(&p->contents, "<li><a href=\"#%s\">%s</a></li>\n", id, words);
}

static void put_markdown(struct page *p, const char *text)
{
    owned(cmark_node_free) cmark_node *document =
        cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT);
    for (cmark_node *n = cmark_node_first_child(document); n; n = cmark_node_next(n)) {
        if (cmark_node_get_type(n) == CMARK_NODE_HEADING) {
            put_heading(p, n);
            continue;
        }
        char *rendered = cmark_render_html(n, CMARK_OPT_DEFAULT);
        text_add(&p->body, rendered);
        free(rendered);
    }
}

/* The inline Markdown of a cell. */
static const char *cell_html(const char *cell, struct arena *keep)
{
    owned(cmark_node_free) cmark_node *document =
        cmark_parse_document(cell, strlen(cell), CMARK_OPT_DEFAULT);
    cmark_node *first = cmark_node_first_child(document);
    if (first && !cmark_node_next(first) && cmark_node_get_type(first) == CMARK_NODE_PARAGRAPH)
        return inner(first, keep);
    struct text plain = text_new(keep);
    html(&plain, cell);
    return plain.at;
}

static void put_table(struct page *p, const struct part *t)
{
    text_add(&p->body, "<div class=\"wide\" tabindex=\"0\"><table>\n");
    for (size_t r = 0; r < t->rows; r++) {
        bool head = t->header && r == 0;
        text_add(&p->body, head ? "<thead><tr>" : "<tr>");
        for (size_t c = 0; c < t->row[r].cells; c++) {
            bool names_row = !t->header && c == 0 && text_starts(t->row[r].cell[c], "**");
            const char *open = head ? "<th scope=\"col\">" : names_row ? "<th scope=\"row\">" : "<td>";
            text_print(&p->body, "%s%s%s", open, cell_html(t->row[r].cell[c], p->keep),
                       head || names_row ? "</th>" : "</td>");
        }
        text_add(&p->body, head ? "</tr></thead>\n" : "</tr>\n");
    }
    text_add(&p->body, "</table></div>\n");
}

static void put_part(struct page *p, const struct part *part, const char *svg)
{
    switch (part->kind) {
    case PART_MARKDOWN:
        put_markdown(p, part->text);
        break;
    case PART_NOTE:
        text_add(&p->body, "<aside class=\"note\">\n");
        put_markdown(p, part->text);
        text_add(&p->body, "</aside>\n");
        break;
    case PART_TABLE:
        put_table(p, part);
        break;
    case PART_PICTURE:
        if (svg)
            text_print(&p->body, "<div class=\"wide\" tabindex=\"0\">%s</div>\n", svg);
        break;
    }
}

const char *page_html(const char *markdown, const char *svg, const char *locale,
                      struct arena *keep)
{
    struct document d;
    struct page p = { text_new(keep), text_new(keep), keep };
    struct text out = text_new(keep);
    bool fr = text_equal(locale, "fr");
    document_read(&d, markdown, keep);
    for (size_t i = 0; i < d.parts; i++)
        put_part(&p, &d.part[i], svg);
    text_print(&out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
               fr ? "fr" : "en");
    html(&out, document_front(&d, "title"));
    text_print(&out, "</title>\n<style>%s</style>\n</head>\n<body>\n<div class=\"frame\">\n"
               "<header><h1>", style);
    html(&out, document_front(&d, "title"));
    text_add(&out, "</h1><p>");
    html(&out, document_front(&d, "modified_at"));
    text_print(&out, "</p></header>\n<nav aria-label=\"%s\"><ol>\n%s</ol></nav>\n<main>\n%s</main>\n"
               "</div>\n</body>\n</html>\n", fr ? "Sommaire" : "Contents", p.contents.at, p.body.at);
    return out.at;
}
