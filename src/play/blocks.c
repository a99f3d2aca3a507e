/* blocks.c: see blocks.h. */
#include "play/blocks.h"

#include <string.h>

struct nest {
    struct block *block;
    size_t count;
    size_t *open;       /* those that have no end yet, by number */
    size_t depth;
};

static bool is(const struct token *t, const char *word)
{
    return t->kind == TOKEN_NAME && strcmp(t->text, word) == 0;
}

static bool symbol(const struct token *t, const char *text)
{
    return t->kind == TOKEN_SYMBOL && strcmp(t->text, text) == 0;
}

static void push(struct nest *n, enum block_kind kind, size_t head, size_t body)
{
    n->block[n->count] = (struct block){ .kind = kind, .head = head, .body = body };
    n->open[n->depth++] = n->count++;
}

static struct block *top(struct nest *n)
{
    return n->depth ? &n->block[n->open[n->depth - 1]] : NULL;
}

/* Ends the innermost one at that token; false when there is none. */
static bool pop(struct nest *n, size_t end, bool last)
{
    struct block *b = top(n);
    if (!b || !b->body)
        return false;
    b->end = end;
    b->last = last && (b->kind == BLOCK_IF || b->kind == BLOCK_ELSEIF);
    n->depth--;
    return true;
}

/* Behind the parameters of the function at i. */
static size_t behind_parameters(const struct token *token, size_t tokens, size_t i)
{
    while (i < tokens && !symbol(&token[i], ")"))
        i++;
    return i + 1;
}

static bool take(struct nest *n, const struct token *token, size_t tokens, size_t i)
{
    static const struct { const char *word; enum block_kind kind; bool at_once; } heads[] = {
        { "if", BLOCK_IF, false }, { "for", BLOCK_FOR, false }, { "while", BLOCK_WHILE, false },
        { "repeat", BLOCK_REPEAT, true },
    };
    struct block *b = top(n);
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        if (is(&token[i], heads[k].word))
            push(n, heads[k].kind, i, heads[k].at_once ? i + 1 : 0);
    if (is(&token[i], "function")) {
        push(n, BLOCK_FUNCTION, i, behind_parameters(token, tokens, i));
    } else if (is(&token[i], "then")) {
        if (!b || b->body)
            return false;
        b->body = i + 1;
    } else if (is(&token[i], "do")) {
        if (b && !b->body && (b->kind == BLOCK_FOR || b->kind == BLOCK_WHILE))
            b->body = i + 1;
        else
            push(n, BLOCK_DO, i, i + 1);
    } else if (is(&token[i], "elseif") || is(&token[i], "else")) {
        bool more = is(&token[i], "elseif");
        if (!pop(n, i, false))
            return false;
        push(n, more ? BLOCK_ELSEIF : BLOCK_ELSE, i, more ? 0 : i + 1);
    } else if (is(&token[i], "end") || is(&token[i], "until")) {
        return pop(n, i, true);
    }
    return true;
}

const struct block *blocks_read(size_t *count, const struct token *token, size_t tokens, struct arena *keep)
{
    struct nest n = { .block = arena_many(keep, struct block, tokens + 1), .open = arena_many(keep, size_t, tokens + 1) };
    *count = 0;
    for (size_t i = 0; i < tokens; i++) {
        bool field = i > 0 && (symbol(&token[i - 1], ".") || symbol(&token[i - 1], ":"));
        if (!field && !take(&n, token, tokens, i))
            return NULL;
    }
    if (n.depth)
        return NULL;
    *count = n.count;
    return n.block;
}
