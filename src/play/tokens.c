/* tokens.c: see tokens.h. */
#include "play/tokens.h"

#include <ctype.h>
#include <string.h>

struct reader {
    const char *at, *end;
    const char *text;
    int line;
    struct arena *keep;
};

static char peek(const struct reader *r, size_t n)
{
    return (size_t)(r->end - r->at) > n ? r->at[n] : '\0';
}

static void step(struct reader *r)
{
    r->line += *r->at == '\n';
    r->at++;
}

/* "[[" or "[==[": how many =, or -1. */
static int long_bracket(const struct reader *r, size_t from)
{
    size_t n = from + 1;
    if (peek(r, from) != '[')
        return -1;
    while (peek(r, n) == '=')
        n++;
    return peek(r, n) == '[' ? (int)(n - from - 1) : -1;
}

/* What stands between long brackets; the reader stands at the first one. */
static const char *read_long(struct reader *r, int level)
{
    struct text t = text_new(r->keep);
    for (int i = 0; i < level + 2; i++)
        step(r);
    while (r->at < r->end) {
        int n = 0;
        while (peek(r, (size_t)n + 1) == '=' && n < level)
            n++;
        if (*r->at == ']' && n == level && peek(r, (size_t)n + 1) == ']') {
            r->at += level + 2;
            break;
        }
        text_char(&t, *r->at);
        step(r);
    }
    return t.at;
}

static const char *read_string(struct reader *r)
{
    static const char from[] = "abfnrtv\\\"'", to[] = "\a\b\f\n\r\t\v\\\"'";
    struct text t = text_new(r->keep);
    char quote = *r->at;
    step(r);
    while (r->at < r->end && *r->at != quote && *r->at != '\n') {
        const char *known = *r->at == '\\' && peek(r, 1) ? strchr(from, peek(r, 1)) : NULL;
        if (*r->at == '\\' && r->at + 1 < r->end)
            step(r);
        text_char(&t, known ? to[known - from] : *r->at);
        step(r);
    }
    if (r->at < r->end && *r->at == quote)
        r->at++;
    return t.at;
}

static void skip_space_and_comments(struct reader *r)
{
    while (r->at < r->end) {
        if (isspace((unsigned char)*r->at)) {
            step(r);
        } else if (*r->at == '-' && peek(r, 1) == '-') {
            int level = long_bracket(r, 2);
            r->at += 2;
            if (level >= 0)
                read_long(r, level);
            else
                while (r->at < r->end && *r->at != '\n')
                    r->at++;
        } else {
            return;
        }
    }
}

static const char *read_symbol(struct reader *r)
{
    static const char *const many[] = { "...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>", NULL };
    for (size_t i = 0; many[i]; i++) {
        size_t length = strlen(many[i]);
        if ((size_t)(r->end - r->at) >= length && strncmp(r->at, many[i], length) == 0) {
            r->at += length;
            return many[i];
        }
    }
    return arena_copy(r->keep, r->at++, 1);
}

static struct token next(struct reader *r)
{
    skip_space_and_comments(r);
    struct token t = { .kind = TOKEN_END, .text = "", .line = r->line, .from = (size_t)(r->at - r->text) };
    t.to = t.from;
    if (r->at >= r->end)
        return t;
    const char *start = r->at;
    int level = long_bracket(r, 0);
    if (isalpha((unsigned char)*start) || *start == '_') {
        while (r->at < r->end && (isalnum((unsigned char)*r->at) || *r->at == '_'))
            r->at++;
        t.kind = TOKEN_NAME;
        t.text = arena_copy(r->keep, start, (size_t)(r->at - start));
    } else if (isdigit((unsigned char)*start)) {
        while (r->at < r->end && (isalnum((unsigned char)*r->at) || *r->at == '.'))
            r->at++;
        t.kind = TOKEN_NUMBER;
        t.text = arena_copy(r->keep, start, (size_t)(r->at - start));
    } else if (*start == '"' || *start == '\'') {
        t.kind = TOKEN_STRING;
        t.text = read_string(r);
    } else if (level >= 0) {
        t.kind = TOKEN_STRING;
        t.text = read_long(r, level);
    } else {
        t.kind = TOKEN_SYMBOL;
        t.text = read_symbol(r);
    }
    t.to = (size_t)(r->at - r->text);
    return t;
}

const struct token *tokens_read(const char *text, size_t length, size_t *count, struct arena *keep)
{
    struct reader r = { text, text + length, text, 1, keep };
    size_t room = length / 2 + 16, n = 0;
    struct token *all = arena_many(keep, struct token, room);
    if (text_starts(text, "\xEF\xBB\xBF"))
        r.at += 3; /* what some editors put in front of UTF-8 */
    do {
        if (n == room) {
            struct token *more = arena_many(keep, struct token, room * 2);
            memcpy(more, all, n * sizeof *all);
            all = more;
            room *= 2;
        }
        all[n] = next(&r);
    } while (all[n++].kind != TOKEN_END);
    *count = n - 1;
    return all;
}

int tokens_parameter_line(const struct token *token, size_t count, const char *name)
{
    for (size_t i = 0; i + 2 < count && !(token[i].kind == TOKEN_NAME && text_equal(token[i].text, "steps")); i++)
        if (token[i].kind == TOKEN_NAME && text_equal(token[i].text, name) && text_equal(token[i + 1].text, "=")
            && text_equal(token[i + 2].text, "{"))
            return token[i].line;
    return 1;
}
