/* lint_shape.c: front matter, names, sections, tables, marks (rules C). */
#define _GNU_SOURCE
#include "tell/lint_inside.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- front matter and names ------------------------------------------------------------ */

static void check_front(struct linting *l)
{
    static const char *const needed[] = { "title", "modified_at", NULL };
    const struct document *d = &l->document;
    for (size_t i = 0; d->fronts && needed[i]; i++)
        if (!*document_front(d, needed[i]))
            lint_add(l, 1, "C10", 'W', "", needed[i], "the front matter has no %s", needed[i]);
    for (size_t i = 0; i < d->fronts && i < 64; i++)
        for (size_t k = 0; k < i; k++)
            if (text_equal(d->front[i].key, d->front[k].key))
                lint_add(l, 1, "C10", 'E', d->front[i].key, "", "the front matter says '%s' twice", d->front[i].key);
    const char *drill = document_front(d, "simulated");
    if (*drill && strcmp(drill, "true") && strcmp(drill, "false"))
        lint_add(l, 1, "C10", 'W', drill, "true or false", "simulated is neither true nor false");
}

/* "SPM-2025-001" at the beginning of a text, or 0. */
static size_t report_id(const char *at)
{
    size_t n = 0, digits;
    while (isupper((unsigned char)at[n]))
        n++;
    if (n < 2 || n > 8 || at[n] != '-' || strspn(at + n + 1, "0123456789") != 4 || at[n + 5] != '-'
        || !(digits = strspn(at + n + 6, "0123456789")))
        return 0;
    return n + 6 + digits;
}

static void check_names(struct linting *l)
{
    const char *nav = document_front(&l->document, "nav"), *title = document_front(&l->document, "title");
    const char *slash = strrchr(l->file, '/'), *file = slash ? slash + 1 : l->file;
    size_t id = strcspn(nav, " ");
    if (!id)
        return;
    if (*title && !memmem(title, strlen(title), nav, id))
        lint_add(l, 0, "C3", 'E', title, nav, "title and nav name different reports");
    if (strncmp(file, "INC-", 4) != 0 && strncmp(file, nav, id) != 0 && strchr(nav, '-')
        && strncmp(file, nav, strcspn(nav, "-") + 1) == 0)
        lint_add(l, 0, "C3", 'E', file, nav, "file and nav name different reports");
    for (size_t i = 0; i < l->sections && l->section[i].level == 1; i++)
        for (const char *c = l->section[i].title; c < l->section[i].title + l->section[i].length; c++) {
            size_t n = c == l->section[i].title || !isalnum((unsigned char)c[-1]) ? report_id(c) : 0;
            if (n && (n != id || strncmp(c, nav, n) != 0) && strncmp(c, nav, strcspn(nav, "-") + 1) == 0)
                lint_add(l, l->section[i].line, "C3", 'E', arena_copy(l->keep, c, n), nav,
                         "this heading and nav name different reports");
        }
}

/* --- sections ------------------------------------------------------------------------------- */

/* The parts of a report of this house, in their order, in both languages. */
static const struct part_names { const char *names, *words[7]; bool wanted; } house[] = {
    { "TL;DR", { "tl;dr", "en bref", NULL }, false },
    { "what happened", { "what happened", "summary", "overview", "que s", "résumé", NULL }, true },
    { "timeline", { "timeline", "chronolog", "record", "journal", NULL }, true },
    { "impact", { "impact", "conséquence", NULL }, true },
    { "actions", { "action", "remediation", "follow-up", "next steps", "mesures", NULL }, true },
    { "financial compensation", { "financial", "compensation", NULL }, false },
    { "changelog", { "changelog", "historique", NULL }, false },
};
enum { HOUSE = sizeof house / sizeof *house };

static void check_sections(struct linting *l)
{
    if (!l->document.fronts)
        return; /* not a report of this house: its sections are its own */
    const struct section *there[HOUSE], *before = NULL;
    for (size_t i = 0; i < HOUSE; i++) {
        there[i] = lint_section(l, house[i].words);
        if (!there[i] && house[i].wanted)
            lint_add(l, 0, "C1", 'W', "", house[i].names, "no section says it: %s", house[i].names);
    }
    for (size_t i = 0; there[0] && i < HOUSE; i++) { /* who begins with TL;DR keeps to the rest of the order */
        if (there[i] && before && there[i]->line < before->line)
            lint_add(l, there[i]->line, "C2", 'W', arena_copy(l->keep, there[i]->title, there[i]->length), "",
                     "this section comes before '%.*s'", (int)(before->length < 60 ? before->length : 60), before->title);
        before = there[i] ? there[i] : before;
    }
}

static void check_levels(struct linting *l)
{
    for (size_t i = 1; i < l->sections; i++)
        if (l->section[i].level > l->section[i - 1].level + 1)
            lint_add(l, l->section[i].line, "C2", 'W', arena_print(l->keep, "level %d", l->section[i].level),
                     arena_print(l->keep, "level %d", l->section[i - 1].level + 1),
                     "a heading of level %d below one of level %d", l->section[i].level, l->section[i - 1].level);
}

/* --- lines -------------------------------------------------------------------------------- */

static void check_line(struct linting *l, const char *line, size_t length, int number)
{
    static const char *const holes[] = { "TODO", "TBD", "FIXME", "HH:mm", "????", "[gap:", "lorem ipsum",
                                         NULL };
    static const char *const moji[] = { "â€", "Ã©", "Ã¨", "Â ", "ï¿½", NULL };
    for (const char *const *h = holes; *h; h++)
        for (const char *c = line; (c = memmem(c, length - (size_t)(c - line), *h, strlen(*h))); c++)
            if (!isalnum((unsigned char)c[strlen(*h)]) || !isalnum((unsigned char)**h)) {
                if (!isalnum((unsigned char)**h) || c == line || !isalnum((unsigned char)c[-1]))
                    lint_add(l, number, "C4", 'E', *h, "", "a placeholder is left");
                break;
            }
    for (const char *const *m = moji; *m; m++)
        if (memmem(line, length, *m, strlen(*m))) {
            lint_add(l, number, "C7", 'W', *m, "", "characters that were decoded wrongly (mojibake)");
            break;
        }
    if (memmem(line, length, "![](", 4))
        lint_add(l, number, "C7", 'W', "![](", "", "a picture without words for those who do not see it");
}

/* "**" that opens and never closes, within a paragraph or a row. */
static void check_emphasis(struct linting *l)
{
    size_t open = 0;
    int since = 0;
    for (size_t i = 0; i < l->lines; i++) {
        const char *c = l->start[i], *end = c + strcspn(c, "\n");
        bool alone = *c == '|' || *c == '#' || ((*c == '-' || *c == '*') && c[1] == ' ');
        if (c == end || alone) {
            if (open % 2)
                lint_add(l, since, "C7", 'W', "**", "", "'**' opens here and never closes");
            open = 0;
        }
        if (strspn(c, "* _-") == (size_t)(end - c))
            continue; /* a rule across the page */
        for (; c + 1 < end; c++) {
            if (*c == '\\')
                c++;
            else if (c[0] == '*' && c[1] == '*')
                since = open++ % 2 ? since : (int)i + 1, c++;
        }
    }
    if (open % 2)
        lint_add(l, since, "C7", 'W', "**", "", "'**' opens here and never closes");
}

static void check_lines(struct linting *l)
{
    for (size_t i = 0; i < l->lines; i++)
        check_line(l, l->start[i], strcspn(l->start[i], "\n"), (int)i + 1);
    size_t length = strlen(l->text);
    if (length && l->text[length - 1] != '\n')
        lint_add(l, (int)l->lines, "C7", 'W', "", "", "the last line has no end");
}

/* --- tables ---------------------------------------------------------------------------------- */

static void check_table(struct linting *l, const struct part *p)
{
    if (!p->header)
        lint_add(l, p->line, "C6", 'I', "", "", "a table without a header: kramdown shows it, GitHub does not");
    for (size_t r = 0; r < p->rows; r++) {
        if (p->row[r].cells > p->row[0].cells)
            lint_add(l, p->row[r].line, "C6", 'W', arena_print(l->keep, "%zu cells", p->row[r].cells),
                     arena_print(l->keep, "%zu cells", p->row[0].cells),
                     "more cells than the first row has: a '|' in a text is written \\|");
        for (size_t c = 0; c < p->row[r].cells; c++)
            if (!*p->row[r].cell[c] && !(p->header && r == 0)) {
                lint_add(l, p->row[r].line, "C4", 'E', "", "", "an empty cell");
                break;
            }
    }
}

/* --- impact ------------------------------------------------------------------------------------ */

static bool is_name(const char *at, size_t length)
{
    bool letters = false;
    for (size_t i = 0; i < length; i++) {
        letters = letters || isalpha((unsigned char)at[i]);
        if (!isalnum((unsigned char)at[i]) && !strchr("-._", at[i]))
            return false;
    }
    return letters && length < 64;
}

/* A service that a sentence calls down stands under Impact, too. */
static void check_affected(struct linting *l)
{
    static const char *const impact[] = { "impact", "conséquence", NULL };
    static const char *const down[] = { "unreachable", "unavailab", "disrupt", "injoignable", "indisponib", NULL };
    const struct section *there = lint_section(l, impact);
    struct sentence s;
    const char *at = NULL;
    int line;
    while (there && lint_sentence(l, &s, &at, &line)) {
        const char *written = lint_as_written(l, s.at);
        if ((s.at >= there->at && s.at < there->end) || !lint_has(s.at, s.length, down))
            continue;
        for (const char *c = written; (c = memchr(c, '`', s.length - (size_t)(c - written))); c++) {
            const char *close = memchr(c + 1, '`', s.length - (size_t)(c + 1 - written));
            if (!close)
                break;
            size_t n = (size_t)(close - c + 1);
            const char *in = lint_as_written(l, there->at);
            if (is_name(c + 1, n - 2) && lint_spend(l, (size_t)(there->end - there->at) / 64) && !memmem(in, (size_t)(there->end - there->at), c, n))
                lint_add(l, s.line, "C8", 'W', arena_copy(l->keep, c + 1, n - 2), "",
                         "'%.*s' was affected here, and the section about impact does not name it", (int)(n - 2), c + 1);
            c = close;
        }
    }
}

void lint_shape(struct linting *l)
{
    check_front(l);
    check_names(l);
    check_sections(l);
    check_levels(l);
    check_lines(l);
    check_emphasis(l);
    check_affected(l);
    for (size_t i = 0; i < l->document.parts; i++)
        if (l->document.part[i].kind == PART_TABLE)
            check_table(l, &l->document.part[i]);
}
