/* annotations.c: see annotations.h. */
#include "play/annotations.h"

#include "play/words.h"
#include "play/words_list.h"

#include <string.h>

static const char *lua_type(const struct role_arg *arg)
{
    static const char *const types[] = { "string", "string", "integer", "string", "string|integer", "boolean",
                                         "any[]", "any" }; /* by enum arg_type */
    return arg->type == ARG_LIST && arg->of != ARG_ANY ? "string[]" : types[arg->type];
}

static void put_choice(struct text *t, const char *const *name)
{
    for (size_t i = 0; name[i]; i++)
        text_print(t, "%s\"%s\"", i ? "|" : "", name[i]);
}

/* A line of help: what it says must not begin another one. */
static void put_help(struct text *t, const char *help)
{
    for (const char *c = help; c && *c; c++)
        text_char(t, *c == '\n' || *c == '\r' ? ' ' : *c);
}

/* ---- roles */

static void put_args(struct text *t, const struct role_arg *arg, size_t args, bool first)
{
    for (size_t i = 0; i < args; i++, first = false)
        text_print(t, "%s%s%s: %s", first ? " " : ", ", arg[i].name, arg[i].required ? "" : "?", lua_type(&arg[i]));
}

static void put_action(struct text *t, const struct role_action *a)
{
    text_print(t, "\n---@class (exact) %s.result\n", a->full);
    for (size_t i = 0; i < a->results; i++)
        text_print(t, "---@field %s %s %s\n", a->result[i].name, lua_type(&a->result[i]), a->result[i].help);
    text_print(t, "\n---%s%s\n---@param args {", a->help ? a->help : "", a->dangerous ? " (asks first)" : "");
    put_args(t, a->arg, a->args, true);
    text_print(t, "%s%s }\n", a->args ? ", " : " ", a->change ? "even_so?: string" : "or_nothing?: boolean");
    text_print(t, "---@return %s.result%s\nfunction %s(args) end\n", a->full, a->change ? "" : "?", a->full);
}

/* ---- words */

static const char *const *choice_of(const char *option)
{
    return text_equal(option, "level") ? word_levels : text_equal(option, "phase") ? word_phases
         : text_equal(option, "on_failure") ? word_endings : NULL;
}

static bool must_have(const struct word_row *row, const char *option)
{
    for (size_t i = 0; row->needs[i]; i++)
        if (text_equal(row->needs[i], option))
            return true;
    return false;
}

/* Can it be said as word "text"? Its text may be one of a few. */
static void put_text_form(struct text *t, const struct word_row *row)
{
    for (size_t i = 0; row->option && row->option[i]; i++)
        if (text_equal(row->option[i], "text") && !text_equal(row->name, "impact") && !text_equal(row->name, "restore")) {
            if (text_equal(row->name, "phase"))
                put_choice(t, word_phases);
            else
                text_add(t, "string");
            text_char(t, '|');
        }
}

static void put_word(struct text *t, const struct word *w, const struct names *books)
{
    const struct word_row *row = word_rows;
    while (!text_equal(row->name, w->name))
        row++;
    const char *const *option = row->option ? row->option : text_equal(row->name, "wait_until") ? word_wait_options : NULL;
    bool first = true;
    text_print(t, "\n---%s: %s\n---@param said ", w->shape, w->help);
    put_text_form(t, row);
    text_char(t, '{');
    for (int i = 1; i <= row->items; i++, first = false)
        text_print(t, "%s[%d]: %s", first ? " " : ", ", i, text_equal(w->name, "call") ? "string"
                   : row->items == 2 && i == 1 ? "any[]" : "function");
    if (row->items == ITEMS_ANY)
        text_add(t, " [integer]: function");
    first = first && row->items == 0;
    for (; option && *option; option++, first = false) {
        text_print(t, "%s%s%s: ", first ? " " : ", ", *option, must_have(row, *option) ? "" : "?");
        const char *const *choice = choice_of(*option);
        if (choice)
            put_choice(t, choice);
        else
            text_add(t, lua_type(word_option(w->name, *option)));
    }
    text_add(t, row->items == 1 ? ", [string]: any }\n" : " }\n"); /* what the action or runbook that is named takes */
    if (*row->answers)
        text_print(t, "---@return %s\n", row->answers);
    for (size_t i = 0; text_equal(w->name, "call") && i < books->count; i++)
        text_print(t, "---@overload fun(said: tocsin.call.%s): any\n", books->name[i]);
    text_print(t, "function %s(said) end\n", w->name);
}

/* ---- runbooks */

static void put_book(struct text *t, const struct shelf_book *b)
{
    text_print(t, "\n---");
    put_help(t, b->summary);
    text_print(t, "\n---@class tocsin.%s\n", b->name);
    for (size_t i = 0; i < b->params; i++) {
        bool there = b->param[i].required || b->param[i].otherwise; /* a default is always handed over */
        text_print(t, "---@field %s%s %s ", b->param[i].name, there ? "" : "?", lua_type(&b->param[i]));
        put_help(t, b->param[i].help);
        text_char(t, '\n');
    }
    text_print(t, "---@class tocsin.call.%s\n---@field [1] \"%s\"\n", b->name, b->name);
    for (size_t i = 0; i < b->params; i++)
        text_print(t, "---@field %s%s %s\n", b->param[i].name, b->param[i].required ? "" : "?", lua_type(&b->param[i]));
}

/* Names that can stand in a class; what is broken is no runbook to call. */
static struct names put_books(struct text *t, const struct workspace *ws, struct arena *keep)
{
    struct names all, good = { 0 };
    struct err none = { 0 };
    if (!shelf_names(&all, ws, keep, &none))
        return good;
    const char **name_of = arena_many(keep, const char *, all.count + 1);
    good.name = name_of;
    for (size_t i = 0; i < all.count; i++) {
        struct shelf_book b;
        struct err broken = { 0 };
        const char *name = all.name[i];
        if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != strlen(name)
            || !shelf_read(&b, ws, name, keep, &broken))
            continue;
        put_book(t, &b);
        name_of[good.count++] = name;
    }
    return good;
}

void annotations_write(struct text *out, const struct roles *roles, const struct workspace *ws, struct arena *keep)
{
    text_add(out, "---@meta\n-- What a runbook may say; printed by 'tocsin runbooks --annotations'.\n"
                  "\n---@class (exact) tocsin.param\n---@field type? ");
    put_choice(out, arg_type_names);
    text_add(out, "\n---@field help? string\n---@field required? boolean\n---@field default? any\n---@field min? integer\n"
                  "---@field max? integer\n---@field one_of? string[]\n"
                  "\n---@param said { summary: string, params?: table<string, tocsin.param>, steps: fun(p: table): any }\n"
                  "---@return table\nfunction runbook(said) end\n");
    struct names books = put_books(out, ws, keep);
    for (const struct word *w = engine_words; w->name; w++)
        put_word(out, w, &books);
    for (size_t i = 0; roles->name[i]; i++) {
        text_print(out, "\n%s = {}\n", roles->name[i]);
        for (size_t k = 0; k < roles->actions; k++)
            if (strcmp(roles->action[k].role, roles->name[i]) == 0)
                put_action(out, &roles->action[k]);
    }
}
