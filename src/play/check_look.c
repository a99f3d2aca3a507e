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
        } else if (token_is(c, i, "[") && token_is(c, behind_bracket(c, i), "=")) {
            item.key = token_is(c, i + 2, "]") && c->token[i + 1].kind == TOKEN_STRING ? c->token[i + 1].text : "";
            i = behind_bracket(c, i) + 1;
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

/* { "a", 2 } as a list; a table with names, or anything that is computed, is none. */
static const char *constant_list(const struct check *c, size_t open, size_t to)
{
    struct item item[32];
    struct text list = text_new(c->keep);
    if (behind_bracket(c, open) != to)
        return NULL;
    size_t items = items_of(c, open, item, sizeof item / sizeof *item);
    text_char(&list, '[');
    for (size_t i = 0; i < items; i++) {
        const char *one = item[i].key ? NULL : item_constant(c, &item[i]);
        if (!one)
            return NULL;
        text_print(&list, "%s%s", i ? "," : "", one);
    }
    text_char(&list, ']');
    return items && items < sizeof item / sizeof *item ? list.at : NULL;
}

const char *constant_at(const struct check *c, size_t from, size_t to)
{
    static const char *const values[] = { "true", "false", NULL };
    struct text t = text_new(c->keep);
    bool minus = token_is(c, from, "-");
    const struct token *first = &c->token[from + minus];
    if (token_is(c, from, "{"))
        return constant_list(c, from, to);
    if (to != from + 1 + minus)
        return NULL;
    if (first->kind == TOKEN_NUMBER && strspn(first->text, "0123456789") == strlen(first->text))
        text_print(&t, "%s%s", minus ? "-" : "", first->text);
    else if (first->kind == TOKEN_STRING && !minus)
        json_quote(&t, first->text, strlen(first->text));
    else if (first->kind == TOKEN_NAME && !minus && name_in(values, first->text))
        text_add(&t, first->text);
    else if (token_is_word(c, from, "nil"))
        text_add(&t, "null");
    else
        return NULL;
    return t.at;
}

const char *item_constant(const struct check *c, const struct item *item)
{
    return constant_at(c, item->at, item->end);
}

const struct token *field_at(const struct check *c, size_t i)
{
    if (token_is(c, i, ".") && token_is_name(c, i + 1))
        return &c->token[i + 1];
    if (token_is(c, i, "[") && token_is(c, i + 2, "]") && c->token[i + 1].kind == TOKEN_STRING)
        return &c->token[i + 1];
    return NULL;
}

/* May an expression end with that token? */
static bool ends_something(const struct check *c, size_t i)
{
    static const char *const goes_on[] = { "and", "or", "not", "in", "local", "function", "return", "goto", "if", "elseif",
                                           "while", "until", "for", NULL };
    static const char *const closes[] = { ")", "]", "}", "...", ";", "::", NULL };
    const struct token *t = &c->token[i];
    return t->kind == TOKEN_SYMBOL ? name_in(closes, t->text) : t->kind != TOKEN_NAME || !name_in(goes_on, t->text);
}

bool statement_at(const struct check *c, size_t i)
{
    static const char *const goes_on[] = { "and", "or", "in", "then", "not", "nil", "true", "false", NULL };
    bool label = token_is(c, i, "::") && !(i > 1 && token_is(c, i - 2, "::"));
    if (!label && (!token_is_name(c, i) || name_in(goes_on, c->token[i].text)))
        return false;
    return i == 0 || ends_something(c, i - 1);
}
