/* document.c: see document.h. */
#define _GNU_SOURCE /* memmem */
#include "tell/document.h"

#include <string.h>

/* One line without its break; *next is the one behind it. */
struct line { const char *at; size_t length; const char *next; };

static struct line line_at(const char *at)
{
    size_t n = strcspn(at, "\n");
    struct line l = { at, n, at + n + (at[n] == '\n') };
    if (l.length && at[l.length - 1] == '\r')
        l.length--;
    return l;
}

static bool line_is(struct line l, const char *text)
{
    return l.length == strlen(text) && strncmp(l.at, text, l.length) == 0;
}

/* --- front matter --------------------------------------------------------------- */

static const char *unquoted(struct arena *keep, const char *at, size_t length)
{
    while (length && (*at == ' ' || *at == '\t'))
        at++, length--;
    if (length < 2 || *at != '"' || at[length - 1] != '"')
        return arena_copy(keep, at, length);
    struct text t = text_new(keep);
    for (size_t i = 1; i + 1 < length; i++) {
        if (at[i] == '\\' && i + 2 < length)
            i++;
        text_char(&t, at[i]);
    }
    return t.at;
}

/* The text behind the front matter; the whole text where there is none. */
static const char *read_front(struct document *out, const char *text, int *line,
                              struct arena *keep)
{
    struct line l = line_at(text);
    if (!line_is(l, "---"))
        return text;
    size_t lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    struct front *front = arena_many(keep, struct front, lines + 1);
    int seen = 1;
    while (*l.next) {
        l = line_at(l.next);
        seen++;
        if (line_is(l, "---")) {
            out->front = front;
            *line += seen;
            return l.next;
        }
        const char *colon = memchr(l.at, ':', l.length);
        if (colon)
            front[out->fronts++] = (struct front){
                arena_copy(keep, l.at, (size_t)(colon - l.at)),
                unquoted(keep, colon + 1, l.length - (size_t)(colon + 1 - l.at)) };
    }
    out->fronts = 0;
    return text;
}

const char *document_front(const struct document *d, const char *key)
{
    for (size_t i = 0; i < d->fronts; i++)
        if (text_equal(d->front[i].key, key))
            return d->front[i].value;
    return "";
}

/* --- tables ------------------------------------------------------------------------ */

/* Behind the code span at `c`, or behind its backticks where it never ends. */
static const char *behind_code(const char *c, const char *end)
{
    size_t ticks = 0;
    while (c + ticks < end && c[ticks] == '`')
        ticks++;
    for (const char *close = c + ticks; close < end;) {
        size_t run = 0;
        while (close + run < end && close[run] == '`')
            run++;
        if (run == ticks)
            return close + run;
        close += run ? run : 1;
    }
    return c + ticks;
}

static const char *trimmed(struct arena *keep, const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return arena_copy(keep, at, (size_t)(end - at));
}

static struct table_row read_row(struct line l, int number, struct arena *keep)
{
    const char **cell = arena_many(keep, const char *, l.length + 2);
    struct table_row row = { cell, 0, number };
    const char *end = l.at + l.length, *start = l.at + 1;
    for (const char *c = start; c < end;) {
        if (*c == '\\' && c + 1 < end) {
            c += 2;
        } else if (*c == '`') {
            c = behind_code(c, end);
        } else if (*c == '|') {
            cell[row.cells++] = trimmed(keep, start, c);
            start = ++c;
        } else {
            c++;
        }
    }
    const char *rest = trimmed(keep, start, end);
    if (*rest)
        cell[row.cells++] = rest;
    return row;
}

static bool is_delimiter(const struct table_row *r)
{
    for (size_t i = 0; i < r->cells; i++)
        if (!strchr(r->cell[i], '-') || strspn(r->cell[i], "-: ") != strlen(r->cell[i]))
            return false;
    return r->cells > 0;
}

/* --- parts -------------------------------------------------------------------------- */

struct reading {
    struct document *out;
    struct part *part;
    size_t room;
    struct text plain;       /* Markdown not yet put away */
    int plain_line;
    struct arena *keep;
};

static struct part *add(struct reading *r, struct part p)
{
    if (r->out->parts == r->room) {
        struct part *more = arena_many(r->keep, struct part, r->room * 2);
        memcpy(more, r->part, r->room * sizeof *more);
        r->part = more;
        r->room *= 2;
    }
    r->part[r->out->parts] = p;
    return &r->part[r->out->parts++];
}

static void put_away(struct reading *r, enum part_kind kind)
{
    if (strspn(r->plain.at, " \n") < r->plain.length)
        add(r, (struct part){ .kind = kind, .line = r->plain_line, .text = r->plain.at });
    r->plain = text_new(r->keep);
}

static const char *read_table(struct reading *r, const char *at, int *line)
{
    size_t lines = 0;
    for (const char *c = at; *c == '|'; c = line_at(c).next)
        lines++;
    struct table_row *row = arena_many(r->keep, struct table_row, lines);
    struct part p = { .kind = PART_TABLE, .line = *line, .row = row };
    for (; *at == '|'; ++*line) {
        struct line l = line_at(at);
        row[p.rows] = read_row(l, *line, r->keep);
        if (p.rows == 1 && is_delimiter(&row[1]))
            p.header = true;
        else
            p.rows++;
        at = l.next;
    }
    add(r, p);
    return at;
}

/* A line that is one picture: ![alternative](path.svg) */
static bool read_picture(struct reading *r, struct line l, int line)
{
    const char *middle = memmem(l.at, l.length, "](", 2);
    if (l.length < 5 || l.at[0] != '!' || l.at[1] != '[' || !middle || l.at[l.length - 1] != ')')
        return false;
    const char *path = arena_copy(r->keep, middle + 2, l.length - (size_t)(middle + 3 - l.at));
    if (strpbrk(path, " ()<>") || !text_ends(path, ".svg"))
        return false;
    put_away(r, PART_MARKDOWN);
    add(r, (struct part){ .kind = PART_PICTURE, .line = line, .path = path,
                          .text = arena_copy(r->keep, l.at + 2, (size_t)(middle - l.at - 2)) });
    return true;
}

static const char *read_line(struct reading *r, const char *at, int *line)
{
    struct line l = line_at(at);
    if (*at == '|') {
        put_away(r, PART_MARKDOWN);
        return read_table(r, at, line);
    }
    if (line_is(l, "{% note %}")) {
        put_away(r, PART_MARKDOWN);
    } else if (line_is(l, "{% endnote %}")) {
        put_away(r, PART_NOTE);
    } else if (!read_picture(r, l, *line)) {
        if (!r->plain.length)
            r->plain_line = *line;
        text_bytes(&r->plain, l.at, l.length);
        text_char(&r->plain, '\n');
    }
    ++*line;
    return l.next;
}

void document_read(struct document *out, const char *text, struct arena *keep)
{
    *out = (struct document){ 0 };
    struct reading r = { .out = out, .room = 16, .plain = text_new(keep), .keep = keep };
    int line = 1;
    r.part = arena_many(keep, struct part, r.room);
    const char *at = read_front(out, text, &line, keep);
    while (*at)
        at = read_line(&r, at, &line);
    put_away(&r, PART_MARKDOWN);
    out->part = r.part;
}
