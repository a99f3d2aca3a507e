/* check_results.c: what the words of a runbook answer, and what is asked of it. */
#include "play/check_inside.h"

#include <string.h>

enum { ITEMS_MOST = 32, FIELDS_MOST = 64 };

static void check_field(struct check *c, const struct shape *shape, const struct token *t)
{
    if (!name_in(shape->names, t->text))
        check_find(c, t->line, 'E', "the result of %s has no '%s'%s", shape->from, t->text,
                   did_you_mean(c, t->text, shape->names));
}

static bool shape_of_action(struct check *c, const char *role, const char *name, struct shape *out)
{
    struct err none = { 0 };
    const struct role_action *a = roles_find(&c->roles, arena_print(c->keep, "%s.%s", role, name), &none);
    if (!a)
        return false;
    const char **names = arena_many(c->keep, const char *, a->results + 1);
    for (size_t i = 0; i < a->results; i++)
        names[i] = a->result[i].name;
    *out = (struct shape){ a->full, names };
    return true;
}

/* What a runbook that is called answers: the names of its return { a = ..., b = ... }. */
static bool shape_of_call(struct check *c, const char *name, struct shape *out)
{
    const char *bytes;
    size_t length, n = 0;
    struct err e = { 0 };
    struct check other = { .keep = c->keep, .ws = c->ws };
    const char **names = arena_many(c->keep, const char *, FIELDS_MOST + 1);
    if (!check_read(c, name, &bytes, &length, &e))
        return false;
    other.token = tokens_read(bytes, length, &other.count, c->keep);
    for (size_t i = 0; i < other.count; i++) {
        struct item item[ITEMS_MOST];
        if (!token_is_word(&other, i, "return") || token_is_word(&other, i + 1, "runbook") || token_is_word(&other, i + 1, "end"))
            continue;
        if (!token_is(&other, i + 1, "{"))
            return false; /* something that is computed */
        size_t items = items_of(&other, i + 1, item, ITEMS_MOST);
        for (size_t k = 0; k < items && n < FIELDS_MOST; k++)
            if (!item[k].key || !*item[k].key)
                return false; /* a name that is computed, or a list */
            else
                names[n++] = item[k].key;
    }
    *out = (struct shape){ name, names };
    return n > 0;
}

/* What the function at `head` returns, where it does so once. */
static bool shape_of_function(struct check *c, size_t head, struct shape *out)
{
    size_t end = behind_function(c, head), found = 0, behind;
    for (size_t i = head + 1; i < end; i++) {
        if (token_is_word(c, i, "function"))
            i = behind_function(c, i) - 1;
        else if (token_is_word(c, i, "return") && found)
            return false;
        else if (token_is_word(c, i, "return"))
            found = i;
    }
    return found && shape_at(c, found + 1, out, &behind) && behind + 1 == end;
}

/* try { role.action, ... } and try { function() ... return ... end } */
static bool shape_of_attempt(struct check *c, size_t open, struct shape *out)
{
    struct item item[ITEMS_MOST];
    size_t items = items_of(c, open, item, ITEMS_MOST);
    if (!items || item[0].key)
        return false;
    size_t at = item[0].at;
    if (token_is_word(c, at, "function"))
        return shape_of_function(c, at, out);
    return item[0].end == at + 3 && field_at(c, at + 1)
        && shape_of_action(c, c->token[at].text, c->token[at + 2].text, out);
}

bool shape_at(struct check *c, size_t i, struct shape *out, size_t *end)
{
    if (!token_is_name(c, i))
        return false;
    const char *name = c->token[i].text;
    const struct variable *v = names_visible(c, i);
    bool role = v ? v->role && !v->again : name_in(c->roles.name, name);
    size_t open = i + 1 + 2 * role;
    open += token_is(c, open, "(") && token_is(c, open + 1, "{");
    if (v && v->is.names && !v->again) {
        *out = v->is;
        *end = i + 1;
        return true;
    }
    if ((v && !role) || !token_is(c, open, "{"))
        return false;
    *end = behind_bracket(c, open);
    *end += token_is(c, open - 1, "(");
    if (role)
        return token_is(c, i + 1, ".") && token_is_name(c, i + 2)
            && shape_of_action(c, v ? v->role : name, c->token[i + 2].text, out);
    if (strcmp(name, "call") == 0 && c->token[open + 1].kind == TOKEN_STRING)
        return shape_of_call(c, c->token[open + 1].text, out);
    return (strcmp(name, "try") == 0 || strcmp(name, "retry") == 0) && shape_of_attempt(c, open, out);
}

/* The variable that `local NAME =` or `local NAME, WHY =` right before i declares. */
static struct variable *assigned(struct check *c, size_t i)
{
    if (i < 3 || !token_is(c, i - 1, "="))
        return NULL;
    size_t k = i - 2;
    while (k > 2 && token_is(c, k - 1, ","))
        k -= 2;
    for (size_t n = 0; token_is_word(c, k - 1, "local") && n < c->variables; n++)
        if (c->variable[n].at == k)
            return &c->variable[n];
    return NULL;
}

/* Is the expression over there, so that nothing else is made of it? */
static bool is_all(const struct check *c, size_t end)
{
    static const char *const ends[] = { ";", "::", NULL };
    if (end >= c->count || token_is_word(c, end, "and") || token_is_word(c, end, "or"))
        return end >= c->count;
    return c->token[end].kind == TOKEN_NAME || (c->token[end].kind == TOKEN_SYMBOL && name_in(ends, c->token[end].text));
}

void shapes_follow(struct check *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct shape shape;
        size_t end;
        struct variable *v = assigned(c, i);
        if (!v || v->again)
            continue;
        const struct variable *other = names_visible(c, i);
        if (other && other->params && !other->again && is_all(c, i + 1)) {
            v->params = true; /* the parameters by another name */
            v->from = i + 1;
        } else if (!other && name_in(c->roles.name, c->token[i].text) && is_all(c, i + 1)) {
            v->role = c->token[i].text;
            v->from = i + 1;
        } else if (shape_at(c, i, &shape, &end) && is_all(c, end)) {
            v->is = shape;
            v->from = end;
        }
    }
}

void check_shape(struct check *c, size_t i)
{
    struct shape shape;
    size_t end;
    const struct token *field = shape_at(c, i, &shape, &end) ? field_at(c, end) : NULL;
    if (field && shape.names)
        check_field(c, &shape, field);
}
