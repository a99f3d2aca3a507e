/* lint.c: the parts that every rule works on. See lint.h, and LINT.md for the rules. */
#define _GNU_SOURCE /* strcasestr, memmem */
#include "tell/lint_inside.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lint_add(struct linting *l, int line, const char *rule, char severity, const char *found,
              const char *expected, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (l->count == l->room) {
        struct finding *more = arena_many(l->keep, struct finding, l->room * 2);
        memcpy(more, l->finding, l->room * sizeof *more);
        l->finding = more;
        l->room *= 2;
    }
    l->finding[l->count++] = (struct finding){ line, rule, severity,
                                               arena_string(l->keep, message), found, expected };
}

/* --- words ------------------------------------------------------------------------- */

static bool starts_alike(const char *text, const char *word, size_t length)
{
    return strncasecmp(text, word, length) == 0;
}

bool lint_has(const char *line, size_t length, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        int first = tolower((unsigned char)**words), other = toupper(first);
        for (size_t i = 0; i + n <= length; i++)
            if ((line[i] == (char)first || line[i] == (char)other) && starts_alike(line + i, *words, n))
                return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

size_t lint_word_at(const char *line, size_t length, const char *word)
{
    size_t n = strlen(word);
    int first = tolower((unsigned char)*word);
    for (size_t i = 0; i + n <= length; i++)
        if (tolower((unsigned char)line[i]) == first && (!i || !is_letter(line[i - 1])) && starts_alike(line + i, word, n)
            && (i + n == length || !is_letter(line[i + n])))
            return i;
    return SIZE_MAX;
}

const char *lint_word(const char *line, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (lint_word_at(line, length, *words) != SIZE_MAX)
            return *words;
    return NULL;
}

bool lint_spend(struct linting *l, size_t comparisons)
{
    l->left -= (int64_t)comparisons;
    return l->left > 0;
}

/* --- the text ------------------------------------------------------------------------- */

static void blank(char *at, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (at[i] != '\n')
            at[i] = ' ';
}

/* `code` within one line. */
static void blank_spans(char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\\' && i + 1 < length) {
            i++;
            continue;
        }
        size_t ticks = 0;
        while (i + ticks < length && line[i + ticks] == '`')
            ticks++;
        if (!ticks)
            continue;
        size_t close = i + ticks, run = 0;
        for (; close < length; close += run ? run : 1) {
            for (run = 0; close + run < length && line[close + run] == '`';)
                run++;
            if (run == ticks)
                break;
        }
        if (close < length && run == ticks)
            blank(line + i, close + ticks - i);
        i = close < length && run == ticks ? close + ticks - 1 : i + ticks - 1;
    }
}

/* Code is nobody's sentence; a command may hold any words and figures. */
static const char *without_code(const char *text, struct arena *keep)
{
    char *plain = arena_string(keep, text);
    bool fenced = false;
    for (char *c = plain; *c;) {
        size_t n = strcspn(c, "\n"), indent = strspn(c, " ");
        bool fence = indent < 4 && (!strncmp(c + indent, "```", 3) || !strncmp(c + indent, "~~~", 3));
        char *next = c + n + (c[n] == '\n');
        if (fence || fenced)
            blank(c, n);
        else
            blank_spans(c, n);
        fenced ^= fence;
        c = next;
    }
    return plain;
}

static void find_lines(struct linting *l)
{
    size_t count = 1;
    for (const char *c = l->plain; *c; c++)
        count += *c == '\n';
    const char **start = arena_many(l->keep, const char *, count + 1);
    start[l->lines++] = l->plain;
    for (const char *c = l->plain; *c; c++)
        if (*c == '\n' && c[1])
            start[l->lines++] = c + 1;
    l->start = start;
}

int lint_line(const struct linting *l, const char *in_plain)
{
    size_t low = 0, high = l->lines;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (l->start[middle] <= in_plain)
            low = middle;
        else
            high = middle;
    }
    return (int)low + 1;
}

const char *lint_as_written(const struct linting *l, const char *in_plain)
{
    return l->text + (in_plain - l->plain);
}

static void find_sections(struct linting *l)
{
    struct section *open[7] = { NULL }; /* by level */
    l->section = arena_many(l->keep, struct section, l->lines);
    for (size_t i = 0; i < l->lines; i++) {
        const char *c = l->start[i];
        size_t level = strspn(c, "#"), n = strcspn(c, "\n");
        if (!level || level > 6 || c[level] != ' ')
            continue;
        for (size_t k = level; k < 7; k++) {
            if (open[k])
                open[k]->end = c;
            open[k] = NULL;
        }
        open[level] = &l->section[l->sections];
        l->section[l->sections++] = (struct section){ c + level + 1, n - level - 1, (int)level, (int)i + 1,
                                                      c + n + (c[n] == '\n'), NULL };
    }
    for (size_t k = 0; k < l->sections; k++)
        if (!l->section[k].end)
            l->section[k].end = l->plain + strlen(l->plain);
}

const struct section *lint_section(const struct linting *l, const char *const *words)
{
    for (size_t i = 0; i < l->sections; i++)
        if (lint_has(l->section[i].title, l->section[i].length, words))
            return &l->section[i];
    return NULL;
}

/* Behind the front matter, where there is any. */
static const char *behind_front(const struct linting *l)
{
    for (size_t i = 1; l->document.fronts && i < l->lines; i++)
        if (!strncmp(l->start[i], "---\n", 4) || !strcmp(l->start[i], "---"))
            return i + 1 < l->lines ? l->start[i + 1] : l->start[i] + strlen(l->start[i]);
    return l->plain;
}

bool lint_sentence(const struct linting *l, struct sentence *s, const char **at, int *line)
{
    if (!*at) {
        *at = behind_front(l);
        *line = lint_line(l, *at);
    }
    while (**at) {
        const char *start = *at;
        size_t n = strcspn(start, "\n");
        if (*start == '|' || n == 0) {
            *at += n + (start[n] == '\n');
            *line += start[n] == '\n';
            continue;
        }
        const char *stop = memmem(start, n, ". ", 2);
        size_t length = stop ? (size_t)(stop + 1 - start) : n;
        *s = (struct sentence){ start, length, *line };
        *at = start + length + (stop ? 1 : start[n] == '\n');
        *line += !stop && start[n] == '\n';
        return true;
    }
    return false;
}

static int by_line(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    int c = strcmp(x->rule, y->rule);
    return c ? c : strcmp(x->message, y->message);
}

void lint_document(struct findings *out, const char *file, const char *text, struct arena *keep)
{
    struct linting l = { .file = file, .text = text, .room = 32, .left = 1000000, .keep = keep };
    struct totals totals = { .count = 0 };
    l.finding = arena_many(keep, struct finding, l.room);
    l.plain = without_code(text, keep);
    document_read(&l.document, text, keep);
    find_lines(&l);
    find_sections(&l);
    lint_dates(&l);
    lint_read_rows(&l);
    lint_figures(&l, &totals);
    lint_money(&l, &totals);
    lint_rows(&l, &totals);
    lint_shape(&l);
    lint_words(&l);
    qsort(l.finding, l.count, sizeof *l.finding, by_line);
    *out = (struct findings){ l.finding, l.count };
}
