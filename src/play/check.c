/* check.c: see check.h. A lexer of the little that is needed. */
#include "play/check.h"
#include "play/engine.h"
#include "play/sandbox.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum token_kind { END, NAME, TEXT, SIGN };

struct token {
    enum token_kind kind;
    const char *text;      /* a name, a text's contents, a sign of one character */
    int line;
};

struct checking {
    struct run *r;
    const char *file;
    const struct token *token;
    size_t tokens;
    const char **known;    /* locals, parameters, then NULL */
    size_t knowns;
    struct finding *finding;
    size_t count, room;
    const struct runbook *book;
};

static void found(struct checking *c, int line, bool wrong, const char *text)
{
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 16;
        struct finding *more = arena_many(c->r->keep, struct finding, room);
        if (c->count)
            memcpy(more, c->finding, c->count * sizeof *more);
        c->finding = more;
        c->room = room;
    }
    c->finding[c->count++] = (struct finding){ c->file, line, wrong, text };
}

/* Reading tokens */

static const char *skip_long(const char *p, int *line)
{
    size_t level = 0;
    while (p[1 + level] == '=')
        level++;
    if (*p != '[' || p[1 + level] != '[')
        return NULL;
    for (p += level + 2; *p; p++) {
        *line += *p == '\n';
        if (*p == ']' && strspn(p + 1, "=") == level && p[1 + level] == ']')
            return p + level + 2;
    }
    return p;
}

static const char *skip_space(const char *p, int *line)
{
    for (;;) {
        if (*p == '\n')
            ++*line;
        if (isspace((unsigned char)*p)) {
            p++;
        } else if (p[0] == '-' && p[1] == '-') {
            const char *end = p[2] == '[' ? skip_long(p + 2, line) : NULL;
            p = end ? end : p + strcspn(p, "\n");
        } else {
            return p;
        }
    }
}

static const char *read_token(struct token *t, const char *p, int *line, struct arena *keep)
{
    p = skip_space(p, line);
    *t = (struct token){ END, "", *line };
    if (!*p)
        return p;
    if (isalpha((unsigned char)*p) || *p == '_') {
        const char *from = p;
        while (isalnum((unsigned char)*p) || *p == '_')
            p++;
        *t = (struct token){ NAME, arena_copy(keep, from, (size_t)(p - from)), *line };
        return p;
    }
    if (*p == '"' || *p == '\'') {
        const char *from = ++p;
        for (; *p && *p != from[-1]; p++)
            p += *p == '\\' && p[1];
        *t = (struct token){ TEXT, arena_copy(keep, from, (size_t)(p - from)), *line };
        return *p ? p + 1 : p;
    }
    const char *end = *p == '[' ? skip_long(p, line) : NULL;
    if (end) {
        t->kind = TEXT;
        return end;
    }
    if (isdigit((unsigned char)*p)) {
        while (isalnum((unsigned char)*p) || (*p == '.' && p[1] != '.'))
            p++;
        *t = (struct token){ SIGN, "0", *line };
        return p;
    }
    *t = (struct token){ SIGN, arena_copy(keep, p, 1), *line };
    return p + 1;
}

static void read_tokens(struct checking *c, const char *text)
{
    size_t n = 0;
    struct token *token = arena_many(c->r->keep, struct token, strlen(text) + 2);
    int line = 1;
    for (const char *p = text;; n++) {
        p = read_token(&token[n], p, &line, c->r->keep);
        if (token[n].kind == END)
            break;
    }
    c->token = token;
    c->tokens = n;
}

static bool is_sign(const struct token *t, char sign)
{
    return t->kind == SIGN && t->text[0] == sign;
}

static bool is_name(const struct token *t, const char *name)
{
    return t->kind == NAME && !strcmp(t->text, name);
}

/* What the file itself gives a name to: local, function, for. */
static void read_names(struct checking *c)
{
    c->known = arena_many(c->r->keep, const char *, c->tokens + 2);
    for (size_t i = 0; i < c->tokens; i++) {
        const struct token *t = &c->token[i];
        bool names = is_name(t, "local") || is_name(t, "for") || is_name(t, "function");
        if (!names)
            continue;
        for (size_t k = i + 1; k < c->tokens; k++) {
            const struct token *n = &c->token[k];
            if (n->kind == NAME && !is_name(n, "function") && !is_name(n, "in"))
                c->known[c->knowns++] = n->text;
            else if (!is_sign(n, ',') && !is_sign(n, '(') && !is_name(n, "function"))
                break;
        }
    }
}

static bool is_keyword(const char *name)
{
    static const char *const words[] = { "and", "break", "do", "else", "elseif", "end", "false", "for",
        "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true",
        "until", "while", "runbook", NULL };
    for (size_t i = 0; words[i]; i++)
        if (!strcmp(words[i], name))
            return true;
    return false;
}

static bool is_role(const struct run *r, const char *name)
{
    for (size_t i = 0; r->roles.name[i]; i++)
        if (!strcmp(r->roles.name[i], name))
            return true;
    return false;
}

/* Judging */

static void check_argument(struct checking *c, const struct role_action *a, const struct token *key)
{
    static const char *const options[] = { "or_nothing", "even_so", "at_most", "every", "times" };
    const char **known = arena_many(c->r->keep, const char *, a->args + 1);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!strcmp(options[i], key->text))
            return;
    for (size_t i = 0; i < a->args; i++)
        if (!strcmp(known[i] = a->arg[i].name, key->text))
            return;
    const char *near = text_nearest(key->text, known);
    found(c, key->line, true, near
          ? arena_print(c->r->keep, "%s has no '%s'; did you mean '%s'?", a->full, key->text, near)
          : arena_print(c->r->keep, "%s has no '%s'", a->full, key->text));
}

/* The names given between the braces that open at token i. */
static void check_arguments(struct checking *c, const struct role_action *a, size_t i, int line)
{
    bool *given = arena_many(c->r->keep, bool, a->args + 1);
    size_t depth = 0;
    for (; i < c->tokens; i++) {
        const struct token *t = &c->token[i];
        depth += is_sign(t, '{') || is_sign(t, '(');
        if ((is_sign(t, '}') || is_sign(t, ')')) && --depth == 0)
            break;
        if (depth != 1 || t->kind != NAME || !is_sign(&c->token[i + 1], '=')
            || is_sign(&c->token[i + 2], '='))
            continue;
        check_argument(c, a, t);
        for (size_t k = 0; k < a->args; k++)
            given[k] = given[k] || !strcmp(a->arg[k].name, t->text);
    }
    for (size_t k = 0; k < a->args; k++)
        if (a->arg[k].required && !given[k])
            found(c, line, true, arena_print(c->r->keep, "%s lacks '%s': %s", a->full, a->arg[k].name,
                                             a->arg[k].help));
}

static void check_action(struct checking *c, size_t i)
{
    struct err e = { 0 };
    const struct token *role = &c->token[i], *name = &c->token[i + 2];
    const char *full = arena_print(c->r->keep, "%s.%s", role->text, name->text);
    const struct role_action *a = roles_find(&c->r->roles, full, &e);
    if (!a) {
        found(c, name->line, true, arena_string(c->r->keep, e.text));
        return;
    }
    if (!plugins_can(c->r->plugins, a, &e))
        found(c, name->line, true, arena_string(c->r->keep, e.text));
    if (is_sign(&c->token[i + 3], '{'))
        check_arguments(c, a, i + 3, name->line);
    else if (is_sign(&c->token[i + 3], ',') && i > 1 && is_sign(&c->token[i - 1], '{'))
        check_arguments(c, a, i - 1, name->line);
}

static void check_call(struct checking *c, size_t i)
{
    const char *path;
    bool own;
    struct err e = { 0 };
    if (is_sign(&c->token[i + 1], '{') && c->token[i + 2].kind == TEXT
        && !runbook_find(&path, &own, c->r->ws, c->token[i + 2].text, c->r->keep, &e))
        found(c, c->token[i].line, true, arena_string(c->r->keep, e.text));
}

/* p.NAME: is it a parameter? */
static void check_param(struct checking *c, size_t i)
{
    const struct token *name = &c->token[i + 2];
    const char **known = arena_many(c->r->keep, const char *, c->book->params + 1);
    for (size_t k = 0; k < c->book->params; k++)
        if (!strcmp(known[k] = c->book->param[k].arg.name, name->text))
            return;
    const char *near = text_nearest(name->text, known);
    found(c, name->line, true, arena_print(c->r->keep, "there is no parameter '%s'%s%s%s", name->text,
                                           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ""));
}

static bool names_something(const struct checking *c, const char *name)
{
    static const char *const library[] = { "assert", "error", "ipairs", "math", "next", "pairs", "rawequal",
        "rawget", "rawlen", "select", "string", "table", "tonumber", "tostring", "type", "utf8", "p" };
    for (size_t i = 0; i < c->knowns; i++)
        if (!strcmp(c->known[i], name))
            return true;
    for (size_t i = 0; i < sizeof library / sizeof *library; i++)
        if (!strcmp(library[i], name))
            return true;
    return words_known(name) || is_role(c->r, name) || is_keyword(name);
}

static void check_unknown(struct checking *c, const struct token *t)
{
    const char *known[128];
    size_t n = 0;
    for (const struct word *w = engine_words; w->name; w++)
        known[n++] = w->name;
    for (size_t i = 0; c->r->roles.name[i] && n < 127; i++)
        known[n++] = c->r->roles.name[i];
    known[n] = NULL;
    const char *near = text_nearest(t->text, known);
    found(c, t->line, true, arena_print(c->r->keep, "nothing is called '%s' here%s%s%s", t->text,
                                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ""));
}

static void check_token(struct checking *c, size_t i)
{
    const struct token *t = &c->token[i];
    bool member = i > 0 && (is_sign(&c->token[i - 1], '.') || is_sign(&c->token[i - 1], ':'))
               && !(i > 1 && is_sign(&c->token[i - 2], '.'));
    bool key = is_sign(&c->token[i + 1], '=') && !is_sign(&c->token[i + 2], '=');
    if (t->kind != NAME || member)
        return;
    if (key && i > 0 && (is_sign(&c->token[i - 1], '{') || is_sign(&c->token[i - 1], ',')))
        return; /* name = value in a table */
    bool dotted = is_sign(&c->token[i + 1], '.') && c->token[i + 2].kind == NAME;
    if (is_role(c->r, t->text) && dotted)
        check_action(c, i);
    else if (is_name(t, "call"))
        check_call(c, i);
    else if (is_name(t, "p") && dotted && c->book)
        check_param(c, i);
    else if (!names_something(c, t->text) && !key)
        check_unknown(c, t);
}

static int by_line(const void *a, const void *b)
{
    return ((const struct finding *)a)->line - ((const struct finding *)b)->line;
}

bool check_runbook(struct findings *out, const struct workspace *ws, const char *name,
                   struct arena *keep, struct err *e)
{
    struct run r;
    struct run_request request = { .ws = ws };
    struct runbook book;
    *out = (struct findings){ 0 };
    bool good = engine_open(&r, &request, false, keep, e) && runbook_load(&book, &r, name, e);
    if (good) {
        struct checking c = { .r = &r, .file = book.path, .book = &book };
        read_tokens(&c, book.text);
        read_names(&c);
        for (size_t i = 0; i < c.tokens; i++)
            check_token(&c, i);
        if (c.count)
            qsort(c.finding, c.count, sizeof *c.finding, by_line);
        *out = (struct findings){ c.finding, c.count, 0 };
        for (size_t i = 0; i < c.count; i++)
            out->wrong += c.finding[i].wrong;
    }
    engine_close(&r);
    return good;
}
