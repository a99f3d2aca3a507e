/* check_look.c: what stands where in a runbook: names, brackets, the items of a table. */
#include "play/check_inside.h"

#include <string.h>

bool token_is(const struct check *c, size_t i, const char *symbol)
{
    return i < c->count && c->token[i].kind == TOKEN_SYMBOL && strcmp(c->token[i].text, symbol) == 0;
}

bool token_is_word(const struct check *c, size_t i, const char *word)
{
    return i < c->count && c->token[i].kind == TOKEN_NAME && strcmp(c->token[i].text, word) == 0;
}

bool token_is_name(const struct check *c, size_t i)
{
    return i < c->count && c->token[i].kind == TOKEN_NAME;
}

bool name_in(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Behind the bracket that closes the one at i. */
size_t behind_bracket(const struct check *c, size_t i)
{
    int depth = 0;
    for (; i < c->count; i++) {
        if (token_is(c, i, "{") || token_is(c, i, "(") || token_is(c, i, "["))
            depth++;
        else if ((token_is(c, i, "}") || token_is(c, i, ")") || token_is(c, i, "]")) && --depth == 0)
            return i + 1;
    }
    return c->count;
}

/* Behind the "end" of the function at i. */
size_t behind_function(const struct check *c, size_t i)
{
    static const char *const opens[] = { "function", "if", "do", "repeat", NULL }, *const closes[] = { "end", "until", NULL };
    int depth = 0;
    for (; i < c->count; i++) {
        if (!token_is_name(c, i))
            continue;
        depth += name_in(opens, c->token[i].text); /* the `do` of a for or while is theirs */
        if (name_in(closes, c->token[i].text) && --depth == 0)
            return i + 1;
    }
    return c->count;
}

/* The items of the table whose "{" stands at i: how many. */
size_t items_of(const struct check *c, size_t i, struct item *out, size_t most)
{
    size_t n = 0, end = behind_bracket(c, i);
    for (i++; i + 1 < end && n < most;) {
        struct item item = { .line = c->token[i].line };
        if (token_is_name(c, i) && token_is(c, i + 1, "=")) {
            item.key = c->token[i].text;
            i += 2;
        }
        item.at = i;
        while (i + 1 < end && !token_is(c, i, ",") && !token_is(c, i, ";")) {
            bool opens = token_is(c, i, "{") || token_is(c, i, "(") || token_is(c, i, "[");
            i = opens ? behind_bracket(c, i) : token_is_word(c, i, "function") ? behind_function(c, i) : i + 1;
        }
        item.end = i;
        out[n++] = item;
        i += token_is(c, i, ",") || token_is(c, i, ";");
    }
    return n;
}

bool item_is_constant(const struct check *c, const struct item *item)
{
    return item->end == item->at + 1
        && (c->token[item->at].kind == TOKEN_STRING || c->token[item->at].kind == TOKEN_NUMBER);
}
