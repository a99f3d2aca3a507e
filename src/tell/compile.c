/* compile.c: a template as Lua. The Lua has its code on the lines where the
 * template has it, so that an error's line is the template's. */
#define _GNU_SOURCE /* memmem */
#include "tell/template.h"

#include <string.h>

/* W"..." with the line breaks of the text behind it, as white space. */
static void put_literal(struct text *lua, const char *at, size_t length)
{
    size_t lines = 0;
    if (!length)
        return;
    text_add(lua, "W\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)at[i];
        if (c == '\n')
            lines++, text_add(lua, "\\n");
        else if (c == '"' || c == '\\')
            text_print(lua, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            text_print(lua, "\\x%02X", c);
        else
            text_char(lua, (char)c);
    }
    text_add(lua, "\";");
    text_repeat(lua, "\n", lines);
}

/* The tag as an error names it: its first line, if that is not too long. */
static void put_quoted(struct text *lua, const char *at, size_t length)
{
    enum { MOST = 160 };
    const char *line = memchr(at, '\n', length);
    length = line ? (size_t)(line - at) : length;
    length = length < MOST ? length : MOST;
    text_char(lua, '"');
    for (size_t i = 0; i < length; i++) {
        if (at[i] == '"' || at[i] == '\\')
            text_print(lua, "\\%c", at[i]);
        else
            text_char(lua, at[i]);
    }
    text_char(lua, '"');
}

static size_t blanks(const char *at, const char *end)
{
    size_t n = 0;
    while (at + n < end && (at[n] == ' ' || at[n] == '\t'))
        n++;
    return n;
}

static int line_of(const char *start, const char *at)
{
    int line = 1;
    for (; start < at; start++)
        line += *start == '\n';
    return line;
}

struct tag { const char *open, *inside, *close, *after; char kind; bool took_line; };

static bool tag_at(struct tag *out, const char *name, const char *start, const char *at,
                   const char *end, struct err *e)
{
    out->open = at;
    out->kind = at + 2 < end && strchr("=-#", at[2]) ? at[2] : ' ';
    out->inside = at + 2 + (out->kind != ' ');
    out->close = memmem(out->inside, (size_t)(end - out->inside), "%>", 2);
    size_t line = strcspn(at, "\n") < (size_t)(end - at) ? strcspn(at, "\n") : (size_t)(end - at);
    if (!out->close)
        return err_input(e, "%s:%d: '%.*s' has no '%%>'", name, line_of(start, at), (int)(line < 160 ? line : 160), at);
    out->after = out->close + 2;
    return true;
}

/* A tag that shows nothing and has its line for itself takes the line: *text_end
 * is where it begins, t->after lies behind its break. */
static void alone(struct tag *t, const char *start, const char *end, const char **text_end)
{
    const char *front = t->open, *behind = t->after + blanks(t->after, end);
    while (front > start && (front[-1] == ' ' || front[-1] == '\t'))
        front--;
    if ((front > start && front[-1] != '\n') || (behind < end && *behind != '\n'))
        return;
    *text_end = front;
    t->took_line = behind < end;
    t->after = behind + t->took_line;
}

static void put_tag(struct text *lua, const struct tag *t)
{
    size_t length = (size_t)(t->close - t->inside);
    if (t->kind == '=' || t->kind == '-') {
        text_add(lua, t->kind == '=' ? "E(A(" : "R(A(");
        put_quoted(lua, t->open, (size_t)(t->close + 2 - t->open));
        text_add(lua, "),");
        text_bytes(lua, t->inside, length);
        text_add(lua, ");");
    } else if (t->kind == ' ') {
        text_add(lua, "A(");
        put_quoted(lua, t->open, (size_t)(t->close + 2 - t->open));
        text_add(lua, ");");
        text_bytes(lua, t->inside, length);
        text_add(lua, " ");
    } else {
        for (size_t i = 0; i < length; i++)
            if (t->inside[i] == '\n')
                text_char(lua, '\n');
    }
    if (t->took_line)
        text_char(lua, '\n');
}

bool template_compile(struct text *lua, const char *name, const char *text, size_t length,
                      struct err *e)
{
    const char *end = text + length, *plain = text;
    for (const char *at; (at = memmem(plain, (size_t)(end - plain), "<%", 2));) {
        if (at + 2 < end && at[2] == '%') {
            put_literal(lua, plain, (size_t)(at + 2 - plain));
            plain = at + 3;
            continue;
        }
        struct tag t = { 0 };
        const char *text_end = at;
        if (!tag_at(&t, name, text, at, end, e))
            return false;
        if (t.kind != '=' && t.kind != '-')
            alone(&t, plain, end, &text_end);
        put_literal(lua, plain, (size_t)(text_end - plain));
        put_tag(lua, &t);
        plain = t.after;
    }
    put_literal(lua, plain, (size_t)(end - plain));
    return true;
}

bool template_tag_next(struct template_tag *tag, const char *text, size_t length, int line, struct arena *keep)
{
    const char *end = text + length, *plain = tag->after ? text + tag->after : text;
    struct err none = { 0 };
    for (const char *at; (at = memmem(plain, (size_t)(end - plain), "<%", 2)) && line_of(text, at) <= line;) {
        struct tag t = { 0 };
        plain = at + 3;
        if (at + 2 < end && at[2] == '%')
            continue;
        if (!tag_at(&t, "", text, at, end, &none))
            return false;
        plain = t.after;
        if (t.kind == '#' || line_of(text, t.close) < line)
            continue;
        /* Of code over many lines the one that is wrong. */
        const char *found = t.open;
        for (int now = line_of(text, found); now < line; now++)
            found = (const char *)memchr(found, '\n', (size_t)(t.after - found)) + 1;
        found += blanks(found, t.after);
        const char *stop = memchr(found, '\n', (size_t)(t.after - found));
        *tag = (struct template_tag){ (size_t)(t.after - text),
                                      arena_copy(keep, found, (size_t)((stop ? stop : t.after) - found)) };
        return true;
    }
    return false;
}
