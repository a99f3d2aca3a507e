/* coverage_points.c: what might happen in a runbook's text, and the text that tells. */
#include "play/blocks.h"
#include "play/coverage.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct piece { size_t at; const char *text; size_t order; }; /* goes in before that byte */

struct reading {
    const char *path, *text;
    const struct roles *roles;      /* NULL: only what branches */
    const struct token *token;
    size_t tokens;
    struct coverage_point *point;
    size_t points, branches;
    struct piece *piece;
    size_t pieces;
    struct arena *keep;
};

static bool is(const struct reading *r, size_t i, const char *text)
{
    return i < r->tokens && (r->token[i].kind == TOKEN_NAME || r->token[i].kind == TOKEN_SYMBOL)
        && strcmp(r->token[i].text, text) == 0;
}

static void add_point(struct reading *r, const char *name, int line, const char *words)
{
    r->point[r->points++] = (struct coverage_point){ name, line, words };
}

static void add_piece(struct reading *r, size_t at, const char *text)
{
    r->piece[r->pieces] = (struct piece){ at, text, r->pieces };
    r->pieces++;
}

/* What opens around [at, end): of those that open at one place the one that ends last comes first. */
static void add_opening(struct reading *r, size_t at, size_t end, const char *text)
{
    add_piece(r, at, text);
    r->piece[r->pieces - 1].order = SIZE_MAX - end;
}

/* A branch: its point, by its number in the text, and what must stand there for it to be told. */
static const char *branch_at(struct reading *r, int line, const char *words)
{
    const char *name = arena_print(r->keep, "%s#%zu", r->path, ++r->branches);
    add_point(r, name, line, words);
    return name;
}

/* The text from one token up to another, in one line. */
static const char *written(const struct reading *r, size_t from, size_t end)
{
    size_t a = r->token[from].from, b = end > from ? r->token[end - 1].to : a;
    char *line = arena_copy(r->keep, r->text + a, b - a);
    for (char *c = line; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    return text_cut(r->keep, line, 60);
}

/* ---- branches */

static void read_block(struct reading *r, const struct block *b)
{
    int line = r->token[b->head].line;
    const char *name, *condition = written(r, b->head + 1, b->body - 1);
    size_t body = r->token[b->body - 1].to;
    bool steps = b->kind == BLOCK_FUNCTION && b->head > 1 && is(r, b->head - 1, "=") && is(r, b->head - 2, "steps");
    if (steps || b->kind == BLOCK_DO)
        return;
    const char *words = b->kind == BLOCK_ELSE       ? "the branch behind 'else' is taken"
                      : b->kind == BLOCK_FUNCTION   ? "the function is entered"
                      : b->kind == BLOCK_FOR        ? arena_print(r->keep, "the loop 'for %s' is entered", condition)
                      : b->kind == BLOCK_WHILE      ? arena_print(r->keep, "the loop 'while %s' is entered", condition)
                      : b->kind == BLOCK_REPEAT     ? "the loop 'repeat' is entered"
                                                    : arena_print(r->keep, "'%s' holds", condition);
    name = branch_at(r, line, words);
    add_piece(r, body, arena_print(r->keep, " __met(\"%s\");", name));
    if (b->last) {
        name = branch_at(r, line, arena_print(r->keep, "'%s' does not hold", condition));
        add_piece(r, r->token[b->end].from, arena_print(r->keep, " else __met(\"%s\") ", name));
    }
}

/* Where the left side of the `or` (or `and`, which binds more) at i begins: behind what cannot be in it.
 * With a function in it: i. */
static size_t left_of(const struct reading *r, size_t i)
{
    bool and = is(r, i, "and");
    static const char *const stops[] = { "=", ",", ";", "return", "if", "elseif", "while", "until", "then", "do",
                                         "else", "or", "in", "repeat", "local", NULL };
    int depth = 0;
    for (size_t k = i; k-- > 0;) {
        if (is(r, k, "end"))
            return i;
        if (is(r, k, ")") || is(r, k, "}") || is(r, k, "]")) {
            depth++;
            continue;
        }
        bool opens = is(r, k, "(") || is(r, k, "{") || is(r, k, "[");
        if (opens && depth == 0)
            return k + 1;
        depth -= opens;
        for (size_t s = 0; depth == 0 && !opens && stops[s]; s++)
            if (is(r, k, stops[s]) || (and && is(r, k, "and")))
                return k + 1;
    }
    return i;
}

/* `or` and `and`: the left side is enough, or the right one counts too. */
static void read_choice(struct reading *r, size_t i)
{
    bool and = is(r, i, "and");
    size_t from = left_of(r, i);
    int line = r->token[i].line;
    const char *left = from < i ? written(r, from, i) : arena_print(r->keep, "what stands before '%s'", and ? "and" : "or"), *name;
    if (from < i) {
        name = branch_at(r, line, arena_print(r->keep, and ? "'%s' is nothing, and what stands behind 'and' is not needed"
                         : "'%s' is enough, and what stands behind 'or' is not needed", left));
        add_opening(r, r->token[from].from, r->token[i - 1].to, arena_print(r->keep, and ? "__lacks(\"%s\", " : "__left(\"%s\", ", name));
        add_piece(r, r->token[i - 1].to, ")");
    }
    name = branch_at(r, line, arena_print(r->keep, and ? "'%s' is so, and what stands behind 'and' counts"
                     : "'%s' is nothing, and what stands behind 'or' counts", left));
    add_piece(r, r->token[i].to, arena_print(r->keep, and ? " __yes(\"%s\") and " : " __not(\"%s\") or ", name));
}

/* ---- words and actions */

static void add_word(struct reading *r, size_t i, const char *word, const char *what, const char *words)
{
    int line = r->token[i].line;
    add_point(r, arena_print(r->keep, "%s:%d %s %s", r->path, line, word, what), line, arena_print(r->keep, "%s %s", word, words));
}

static void read_action(struct reading *r, size_t i)
{
    struct err none = { 0 };
    const char *full = arena_print(r->keep, "%s.%s", r->token[i].text, r->token[i + 2].text);
    const struct role_action *a = roles_find(r->roles, full, &none);
    bool condition = i > 1 && is(r, i - 1, "{") && is(r, i - 2, "wait_until");
    if (!a || condition) /* what is waited for has the points of the wait */
        return;
    add_word(r, i, full, "done", "is done");
    if (a->dangerous)
        add_word(r, i, full, "refused", "is refused by the person who is asked");
    if (a->undo_action)
        add_word(r, i, full, "put back", "is put back");
}

static void read_word(struct reading *r, size_t i)
{
    static const struct { const char *word, *what, *words; } words[] = {
        { "confirm", "done", "is answered by yes" }, { "confirm", "refused", "is answered by no" },
        { "approve", "done", "is answered by yes" }, { "approve", "refused", "is answered by no, or by nobody" },
        { "ask", "done", "is answered" }, { "wait_until", "done", "sees what it waits for" },
        { "wait_until", "failed", "waits in vain" }, { "try", "failed", "meets a failure" },
        { "call", "done", "is done" }, { "restore", "done", "is done" },
    };
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (is(r, i, words[k].word))
            add_word(r, i, words[k].word, words[k].what, words[k].words);
}

static void read_tokens(struct reading *r)
{
    for (size_t i = 0; i < r->tokens; i++) {
        bool name = r->token[i].kind == TOKEN_NAME;
        bool field = i > 0 && (is(r, i - 1, ".") || is(r, i - 1, ":"));
        bool key = is(r, i + 1, "=");
        if (name && i > 0 && (is(r, i, "or") || is(r, i, "and")))
            read_choice(r, i);
        else if (!name || field || key || !r->roles)
            continue;
        else if (is(r, i + 1, ".") && i + 2 < r->tokens && r->token[i + 2].kind == TOKEN_NAME)
            read_action(r, i);
        else
            read_word(r, i);
    }
}

static int by_line(const void *a, const void *b)
{
    const struct coverage_point *x = a, *y = b;
    return x->line != y->line ? x->line - y->line : strcmp(x->name, y->name);
}

static int by_place(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* False where the text is no Lua: then nothing is known of its branches. */
static bool read_all(struct reading *r, size_t length)
{
    size_t blocks;
    r->token = tokens_read(r->text, length, &r->tokens, r->keep);
    r->point = arena_many(r->keep, struct coverage_point, 4 * r->tokens + 8);
    r->piece = arena_many(r->keep, struct piece, 4 * r->tokens + 8);
    const struct block *block = blocks_read(&blocks, r->token, r->tokens, r->keep);
    if (!block || strpbrk(r->path, "\"\\\n"))
        return false;
    for (size_t i = 0; i < blocks; i++)
        read_block(r, &block[i]);
    read_tokens(r);
    return true;
}

const struct coverage_point *coverage_points(size_t *count, const char *path, const char *text, size_t length,
                                             const struct roles *roles, struct arena *keep)
{
    struct reading r = { .path = path, .text = text, .roles = roles, .keep = keep };
    *count = 0;
    if (!read_all(&r, length))
        return NULL;
    qsort(r.point, r.points, sizeof *r.point, by_line);
    for (size_t i = 0; i < r.points; i++) /* two of the same on one line are one */
        if (!*count || strcmp(r.point[*count - 1].name, r.point[i].name) != 0)
            r.point[(*count)++] = r.point[i];
    return r.point;
}

const char *coverage_text(const char *path, const char *text, size_t length, struct arena *keep)
{
    struct reading r = { .path = path, .text = text, .keep = keep };
    struct text out = text_new(keep);
    size_t at = 0;
    if (!read_all(&r, length))
        return text;
    qsort(r.piece, r.pieces, sizeof *r.piece, by_place);
    for (size_t i = 0; i < r.pieces; i++) {
        text_bytes(&out, text + at, r.piece[i].at - at);
        text_add(&out, r.piece[i].text);
        at = r.piece[i].at;
    }
    text_bytes(&out, text + at, length - at);
    return out.at;
}
