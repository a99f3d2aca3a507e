/* markdown.c: see markdown.h. cmark escapes for CommonMark; escape_more() adds
 * what kramdown, Liquid and tables would still take as theirs. */
#include "tell/markdown.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

OWNABLE(cmark_node, cmark_node_free)

/* --- clean text --------------------------------------------------------- */

/* Bytes of a character that turns the direction of text or ends its line,
 * at `at`; 0 when it is none. All begin with E2 80, E2 81 or EF BB. */
static size_t unwanted(const char *at, bool *is_break)
{
    const unsigned char *c = (const unsigned char *)at;
    *is_break = false;
    if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F)
        return 2;
    if (c[0] == 0xEF && c[1] == 0xBB && c[2] == 0xBF)
        return 3;
    if (c[0] == 0xEF && c[1] == 0xBF && c[2] >= 0xBE)
        return 3; /* U+FFFE and U+FFFF: cmark writes them as bytes that are no UTF-8 */
    if (c[0] != 0xE2)
        return 0;
    if (c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9))
        return *is_break = true, 3;
    if (c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE)
        return 3;
    if (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9)
        return 3;
    return 0;
}

/* Valid UTF-8 without control and direction characters. Lines stay or, as
 * `one_line`, become spaces of which no two meet. */
static const char *clean(struct arena *keep, const char *text, bool one_line)
{
    struct text valid = text_new(keep), out = text_new(keep);
    text_add_clean(&valid, text, strlen(text));
    for (const char *c = valid.at; *c; c++) {
        bool is_break = false;
        size_t skip = unwanted(c, &is_break);
        if (skip)
            c += skip - 1;
        bool space = is_break || *c == ' ' || *c == '\t' || *c == '\n' || *c == '\r';
        if (space && one_line) {
            if (out.length && out.at[out.length - 1] != ' ')
                text_char(&out, ' ');
        } else if (space) {
            if (*c != '\r')
                text_char(&out, is_break ? '\n' : *c);
        } else if (!skip && ((unsigned char)*c >= 0x20 && *c != 0x7F)) {
            text_char(&out, *c);
        }
    }
    while (one_line && out.length && out.at[out.length - 1] == ' ')
        out.at[--out.length] = '\0';
    return out.at;
}

const char *markdown_clean(struct arena *keep, const char *text)
{
    return clean(keep, text, true);
}

/* --- what cmark does not escape ----------------------------------------- */

static const char *skip_code(struct text *to, const char *c)
{
    size_t ticks = strspn(c, "`");
    const char *end = c + ticks;
    while (*end && strspn(end, "`") != ticks)
        end += *end == '`' ? strspn(end, "`") : 1;
    end += *end ? ticks : 0;
    text_bytes(to, c, (size_t)(end - c));
    return end;
}

/* A run of one character that means something only when repeated. */
static const char *repeated(struct text *to, const char *c, const char *escaped)
{
    char one[2] = { *c, 0 };
    size_t run = strspn(c, one);
    for (size_t i = 0; i < run; i++)
        text_add(to, run > 1 ? escaped : one);
    return c + run;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* One escaped or special character of what cmark rendered; the rest of it. */
static const char *escape_one(struct text *to, const char *c, bool line_start)
{
    if (*c == '\\' && c[1] && c[1] != '\n') {
        if (c[1] == '&') /* kramdown knows no escape of this one */
            text_add(to, "&amp;");
        else
            text_bytes(to, c, 2);
        return c + 2;
    }
    if ((c[0] == ']' && c[1] == '(') || c[0] == '<') { /* a link's address, clean already */
        size_t n = strcspn(c, c[0] == '<' ? ">\n" : ")\n");
        text_bytes(to, c, n);
        return c + n;
    }
    switch (*c) {
    case '`': return skip_code(to, c);
    case '{': text_add(to, "&#123;"); return c + 1;
    case '}': text_add(to, "&#125;"); return c + 1;
    case '|': text_add(to, "\\|"); return c + 1;
    case '~': text_add(to, "&#126;"); return c + 1;
    case '$': return repeated(to, c, "\\$");
    case '-': return line_start && c[1] == ' ' ? (text_char(to, '-'), c + 1)
                                               : repeated(to, c, "\\-");
    case '&': text_add(to, c[1] == '#' || c[1] == '\\' || is_word(c[1]) ? "&amp;" : "&"); return c + 1;
    case ':': /* a bare address would become a link on GitHub */
        text_add(to, line_start ? "\\:" : c[1] == '/' && c[2] == '/' ? "&#58;" : ":");
        return c + 1;
    case '@': text_add(to, is_word(c[1]) ? "&#64;" : "@"); return c + 1;
    case 'w':
        if (strncmp(c, "www.", 4) == 0 && (!to->length || !is_word(to->at[to->length - 1])))
            return text_add(to, "www&#46;"), c + 4;
        text_char(to, 'w');
        return c + 1;
    default: text_char(to, *c); return c + 1;
    }
}

static void escape_more(struct text *to, const char *rendered)
{
    bool line_start = true;
    size_t length = strlen(rendered);
    while (length && rendered[length - 1] == '\n')
        length--;
    for (const char *c = rendered; c < rendered + length;) {
        bool stays = *c == '\n' || (line_start && *c == ' ');
        const char *next = escape_one(to, c, line_start);
        line_start = stays;
        c = next;
    }
}

static void render(struct text *to, cmark_node *document)
{
    char *text = cmark_render_commonmark(document, CMARK_OPT_DEFAULT, 0);
    escape_more(to, text);
    free(text);
}

/* --- one line ------------------------------------------------------------ */

static bool fit_for_code(const char *text, size_t length)
{
    if (!length || text[0] == ' ' || text[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i++)
        if (strchr("`|{}\\", text[i]) || (unsigned char)text[i] < 0x20)
            return false;
    return true;
}

/* How much of `at` is an IPv4 address, with a mask where there is one. */
static size_t address(const char *at)
{
    size_t length = 0;
    for (int part = 0; part < 4; part++) {
        size_t digits = strspn(at + length, "0123456789");
        if (digits < 1 || digits > 3 || (part < 3 && at[length + digits] != '.'))
            return 0;
        length += digits + (part < 3);
    }
    if (at[length] == '.' && at[length + 1] >= '0' && at[length + 1] <= '9')
        return 0;
    size_t mask = at[length] == '/' ? strspn(at + length + 1, "0123456789") : 0;
    return length + (mask ? mask + 1 : 0);
}

/* The length of what should be set as code at `at`; *from, *length: its text. */
static size_t code_at(const char *start, const char *at, const char *const *names,
                      const char **from, size_t *length)
{
    if (*at == '`') {
        const char *end = strchr(at + 1, '`');
        if (!end || !fit_for_code(at + 1, (size_t)(end - at - 1)))
            return 0;
        *from = at + 1, *length = (size_t)(end - at - 1);
        return *length + 2;
    }
    if (at > start && (is_word(at[-1]) || strchr("-_./", at[-1])))
        return 0;
    size_t found = address(at);
    for (size_t i = 0; names && names[i]; i++) {
        size_t n = strlen(names[i]);
        if (n > found && strncmp(at, names[i], n) == 0 && fit_for_code(at, n))
            found = n;
    }
    if (!found || is_word(at[found]) || (strchr("-_", at[found]) && at[found]))
        return 0;
    *from = at, *length = found;
    return found;
}

static void append(cmark_node *paragraph, cmark_node_type type, const char *text, size_t length,
                   struct arena scratch)
{
    if (!length)
        return;
    cmark_node *node = cmark_node_new(type);
    cmark_node_set_literal(node, arena_copy(&scratch, text, length));
    cmark_node_append_child(paragraph, node);
}

static void one_line(struct text *to, const char *text, bool marked, const char *const *names)
{
    owned(cmark_node_free) cmark_node *document = cmark_node_new(CMARK_NODE_DOCUMENT);
    cmark_node *paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);
    cmark_node_append_child(document, paragraph);
    const char *start = clean(to->keep, text, true), *plain = start;
    for (const char *c = start; marked && *c;) {
        const char *from;
        size_t length, whole = code_at(start, c, names, &from, &length);
        if (whole) {
            append(paragraph, CMARK_NODE_TEXT, plain, (size_t)(c - plain), *to->keep);
            append(paragraph, CMARK_NODE_CODE, from, length, *to->keep);
            plain = c + whole;
        }
        c += whole ? whole : 1;
    }
    append(paragraph, CMARK_NODE_TEXT, plain, strlen(plain), *to->keep);
    render(to, document);
}

void markdown_text(struct text *to, const char *text)
{
    one_line(to, text, false, NULL);
}

void markdown_marked(struct text *to, const char *text, const char *const *names)
{
    one_line(to, text, true, names);
}

void markdown_code(struct text *to, const char *text)
{
    const char *line = clean(to->keep, text, true);
    if (fit_for_code(line, strlen(line)))
        text_print(to, "`%s`", line);
    else
        markdown_text(to, line);
}

/* --- prose ---------------------------------------------------------------- */

static bool link_is_safe(const char *url)
{
    return url && (text_starts(url, "https://") || text_starts(url, "http://") ||
                   text_starts(url, "mailto:"));
}

/* Characters of an address that Liquid or a table cell would take. */
static const char *link_clean(struct arena *keep, const char *url)
{
    struct text out = text_new(keep);
    for (const char *c = url; *c; c++) {
        if (strchr("{}|<>`\\\"", *c) || (unsigned char)*c <= 0x20)
            text_print(&out, "%%%02X", (unsigned char)*c);
        else
            text_char(&out, *c);
    }
    return out.at;
}

static void replace_by_text(cmark_node *node, const char *literal, bool block)
{
    cmark_node *text = cmark_node_new(CMARK_NODE_TEXT), *instead = text;
    cmark_node_set_literal(text, literal ? literal : "");
    if (block) {
        instead = cmark_node_new(CMARK_NODE_PARAGRAPH);
        cmark_node_append_child(instead, text);
    }
    cmark_node_replace(node, instead);
    cmark_node_free(node);
}

/* A node whose content stays and whose own meaning goes. */
static void unwrap(cmark_node *node)
{
    cmark_node *child;
    while ((child = cmark_node_first_child(node)))
        cmark_node_insert_before(node, child);
    cmark_node_free(node);
}

static void tame(cmark_node *node, struct arena *keep);

static void tame_children(cmark_node *node, struct arena *keep)
{
    for (cmark_node *child = cmark_node_first_child(node), *next; child; child = next) {
        next = cmark_node_next(child);
        tame(child, keep);
    }
}

static void tame(cmark_node *node, struct arena *keep)
{
    const char *literal = cmark_node_get_literal(node);
    cmark_node_type type = cmark_node_get_type(node);
    tame_children(node, keep);
    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_CODE_BLOCK) {
        replace_by_text(node, markdown_clean(keep, literal), true);
    } else if (type == CMARK_NODE_HTML_INLINE ||
               (type == CMARK_NODE_CODE && !fit_for_code(literal, strlen(literal)))) {
        replace_by_text(node, literal, false);
    } else if (type == CMARK_NODE_THEMATIC_BREAK) {
        cmark_node_free(node);
    } else if (type == CMARK_NODE_HEADING) {
        cmark_node *paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH), *child;
        while ((child = cmark_node_first_child(node)))
            cmark_node_append_child(paragraph, child);
        cmark_node_replace(node, paragraph);
        cmark_node_free(node);
    } else if (type == CMARK_NODE_LINK && link_is_safe(cmark_node_get_url(node))) {
        cmark_node_set_url(node, link_clean(keep, cmark_node_get_url(node)));
        cmark_node_set_title(node, "");
    } else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
        unwrap(node);
    }
}

void markdown_prose(struct text *to, const char *text)
{
    const char *lines = clean(to->keep, text, false);
    owned(cmark_node_free) cmark_node *document =
        cmark_parse_document(lines, strlen(lines), CMARK_OPT_DEFAULT);
    tame(document, to->keep);
    cmark_consolidate_text_nodes(document);
    render(to, document);
}

/* --- front matter ---------------------------------------------------------- */

static bool yaml_plain(const char *text)
{
    static const char *const taken[] = { "true", "false", "yes", "no", "on", "off", "null", NULL };
    if (!((*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z')))
        return false;
    for (size_t i = 0; taken[i]; i++)
        if (strcasecmp(text, taken[i]) == 0)
            return false;
    for (const char *c = text; *c; c++)
        if (!is_word(*c) && !strchr(" -_.,/()'", *c))
            return false;
    return true;
}

void markdown_yaml(struct text *to, const char *text)
{
    const char *line = clean(to->keep, text, true);
    if (yaml_plain(line)) {
        text_add(to, line);
        return;
    }
    text_char(to, '"');
    for (const char *c = line; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_char(to, '\\');
        text_char(to, *c);
    }
    text_char(to, '"');
}
