/* check_names.c: every name of a runbook: what it may be, and what it holds. */
#include "play/check_inside.h"

#include "play/sandbox.h"

#include <string.h>

static const char *const keywords[] = {
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while", NULL };
static const char *const libraries[] = { "string", "table", "math", "utf8", NULL };

/* ---- where names are declared, and how far they are seen */

/* Behind the innermost block around token i. What `repeat` declares is seen by its `until` too. */
static size_t end_of_scope(const struct check *c, size_t i)
{
    const struct block *inner = NULL;
    for (size_t k = 0; k < c->blocks; k++) {
        const struct block *b = &c->block[k];
        if (b->kind != BLOCK_REPEAT && b->body <= i && i < b->end && (!inner || b->body > inner->body))
            inner = b;
    }
    return inner ? inner->end : c->count;
}

static const struct block *block_of(const struct check *c, size_t head)
{
    for (size_t k = 0; k < c->blocks; k++)
        if (c->block[k].head == head)
            return &c->block[k];
    return NULL;
}

static struct variable *declare(struct check *c, size_t at, size_t from, size_t to)
{
    struct variable *v = &c->variable[c->variables++];
    *v = (struct variable){ .name = c->token[at].text, .at = at, .from = from, .to = to };
    c->declares[at] = true;
    return v;
}

/* "a, b <const>, c" from token i on; behind them. */
static size_t declare_list(struct check *c, size_t i, size_t from, size_t to)
{
    while (token_is_name(c, i)) {
        declare(c, i, from ? from : i + 1, to);
        i++;
        if (token_is(c, i, "<") && token_is(c, i + 2, ">")) {
            c->declares[i + 1] = true;
            i += 3;
        }
        if (!token_is(c, i, ","))
            break;
        i++;
    }
    return i;
}

static void declare_function(struct check *c, size_t i)
{
    const struct block *b = block_of(c, i);
    size_t open = i + 1;
    bool steps = i > 1 && token_is_word(c, i - 2, "steps") && token_is(c, i - 1, "=");
    while (open < c->count && !token_is(c, open, "("))
        open++;
    if (token_is_name(c, i + 1) && open == i + 2 && !(i > 0 && token_is_word(c, i - 1, "local")))
        declare(c, i + 1, 0, c->count); /* a global of the file */
    if (open > i + 2 && token_is(c, open - 2, ":") && b)
        c->variable[c->variables++] = (struct variable){ .name = "self", .at = open, .from = b->body, .to = b->end };
    size_t first = c->variables;
    declare_list(c, open + 1, b ? b->body : open, b ? b->end : c->count);
    c->plain_steps = c->plain_steps || steps;
    if (steps && c->variables > first)
        c->variable[first].params = true;
}

/* "a, b = ..." where no table and no argument is: the token of the "="; 0: it is none. */
static size_t assignment(const struct check *c, size_t i)
{
    size_t k = i + 1;
    bool field = i > 0 && (token_is(c, i - 1, ".") || token_is(c, i - 1, ":"));
    if (field || c->inside[i] == '{' || c->inside[i] == '(')
        return 0;
    while (token_is(c, k, ",") && token_is_name(c, k + 1))
        k += 2;
    return token_is(c, k, "=") ? k : 0;
}

static bool is_key(const struct check *c, size_t i)
{
    return c->inside[i] == '{' && token_is(c, i + 1, "=") && i > 0
        && (token_is(c, i - 1, "{") || token_is(c, i - 1, ",") || token_is(c, i - 1, ";"));
}

/* NAME.field = ... and NAME["field"] = ... */
static bool gives_a_field(const struct check *c, size_t i)
{
    const struct token *field = field_at(c, i + 1);
    return field && token_is(c, i + 3 + (field->kind == TOKEN_STRING), "=");
}

/* Is it a word, a role or a library: a name that nothing can be given to? */
static bool is_taken(struct check *c, const char *name)
{
    for (const struct word_row *w = word_rows; w->name; w++)
        if (strcmp(w->name, name) == 0)
            return true;
    return name_in(c->roles.name, name) || name_in(sandbox_names(c->sandbox, NULL, c->keep), name);
}

struct variable *names_visible(const struct check *c, size_t i)
{
    struct variable *found = NULL;
    for (size_t k = 0; k < c->variables; k++) {
        struct variable *v = &c->variable[k];
        if (v->from <= i && i < v->to && (!found || v->from >= found->from)
            && strcmp(v->name, c->token[i].text) == 0)
            found = v;
    }
    return found;
}

void names_declare(struct check *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->other_names = c->other_names || token_is_word(c, i, "_ENV"); /* then any name may be anything */
    c->variable = arena_many(c->keep, struct variable, c->count + 1);
    for (size_t i = 0; i < c->count; i++) {
        bool field = i > 0 && (token_is(c, i - 1, ".") || token_is(c, i - 1, ":"));
        if (field || !token_is_name(c, i))
            continue;
        if (token_is_word(c, i, "local") && token_is_word(c, i + 1, "function"))
            declare_list(c, i + 2, 0, end_of_scope(c, i));
        else if (token_is_word(c, i, "local"))
            declare_list(c, i + 1, 0, end_of_scope(c, i));
        else if (token_is_word(c, i, "for") && block_of(c, i))
            declare_list(c, i + 1, block_of(c, i)->body, block_of(c, i)->end);
        else if (token_is_word(c, i, "function"))
            declare_function(c, i);
    }
    for (size_t i = 0; i < c->count; i++) {
        if (!token_is_name(c, i) || c->declares[i] || name_in(keywords, c->token[i].text))
            continue;
        struct variable *v = names_visible(c, i);
        if (v && (assignment(c, i) || gives_a_field(c, i)))
            v->again = true;
        else if (!v && assignment(c, i) && !is_taken(c, c->token[i].text))
            declare(c, i, 0, c->count)->again = true; /* a global of the file: what it holds is not followed */
    }
}

/* ---- what a name may be */

static const char *nearest_of_all(struct check *c, size_t at)
{
    size_t n = 0;
    const char *const *library = sandbox_names(c->sandbox, NULL, c->keep);
    const char **all = arena_many(c->keep, const char *, 512 + c->variables);
    for (const struct word_row *w = word_rows; w->name; w++)
        all[n++] = w->name;
    for (size_t i = 0; c->roles.name[i]; i++)
        all[n++] = c->roles.name[i];
    for (size_t i = 0; i < c->variables; i++)
        if (c->variable[i].from <= at && at < c->variable[i].to)
            all[n++] = c->variable[i].name;
    for (size_t i = 0; library[i] && i < 256; i++)
        all[n++] = library[i];
    all[n] = NULL;
    return did_you_mean(c, c->token[at].text, all);
}

static void check_parameter(struct check *c, size_t i)
{
    const struct token *t = field_at(c, i + 1);
    if (!t) {
        c->p_alone = true; /* handed on as a whole: anything of it may be used */
        return;
    }
    const char **names = arena_many(c->keep, const char *, c->book->params + 1);
    for (size_t k = 0; k < c->book->params; k++) {
        names[k] = c->book->param[k].name;
        if (strcmp(names[k], t->text) == 0) {
            c->param_used[k] = true;
            return;
        }
    }
    check_find(c, t->line, 'E', "'%s' is none of the parameters%s", t->text, did_you_mean(c, t->text, names));
}

static void check_variable(struct check *c, size_t i, const struct variable *v)
{
    if (v->params && v->again)
        c->p_alone = true;
    else if (v->params)
        check_parameter(c, i);
    else if (v->role && !v->again)
        check_action(c, i, v->role);
    check_shape(c, i);
}

static void check_library(struct check *c, size_t i)
{
    const char *name = c->token[i].text;
    const struct token *field = field_at(c, i + 1);
    const char *const *names = name_in(libraries, name) ? sandbox_names(c->sandbox, name, c->keep) : NULL;
    if (names && field && !name_in(names, field->text)) {
        const char *near = text_nearest(field->text, names);
        check_find(c, field->line, 'E', "there is no '%s.%s'%s", name, field->text,
                   near ? arena_print(c->keep, "; did you mean '%s.%s'?", name, near) : "");
    }
}

static void check_name(struct check *c, size_t i)
{
    const char *name = c->token[i].text;
    bool field = i > 0 && (token_is(c, i - 1, ".") || token_is(c, i - 1, ":"));
    bool label = i > 0 && (token_is_word(c, i - 1, "goto") || (token_is(c, i - 1, "::") && token_is(c, i + 1, "::")));
    if (field || label || is_key(c, i) || c->declares[i] || name_in(keywords, name))
        return;
    const struct variable *v = names_visible(c, i);
    if (!v && assignment(c, i)) {
        check_find(c, c->token[i].line, 'E', "'%s' is a word here; choose another name", name);
        return;
    }
    if (v) {
        check_variable(c, i, v);
        return;
    }
    for (const struct word_row *w = word_rows; w->name; w++)
        if (strcmp(w->name, name) == 0) {
            check_word(c, i, w);
            check_shape(c, i);
            return;
        }
    if (name_in(c->roles.name, name)) {
        check_action(c, i, name);
        check_shape(c, i);
    } else if (name_in(sandbox_names(c->sandbox, NULL, c->keep), name)) {
        check_library(c, i);
    } else if (strcmp(name, "runbook") != 0 && !c->other_names) {
        check_find(c, c->token[i].line, 'E', "unknown word '%s'%s", name, nearest_of_all(c, i));
    }
}

void names_check(struct check *c)
{
    shapes_follow(c);
    shapes_follow(c); /* what a function returns stands behind where the function is used */
    for (size_t i = 0; i < c->count; i++)
        if (token_is_name(c, i))
            check_name(c, i);
}
