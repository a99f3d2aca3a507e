/* annotations.c: see annotations.h. */
#include "play/annotations.h"

#include "play/words.h"
#include "play/words_list.h"

#include <string.h>

static const char *const lua_types[] = { "string", "string", "integer", "string", "string|integer",
                                         "boolean", "string[]", "any" }; /* by enum arg_type */

static void put_row(struct text *t, const struct role_arg *row, bool optional, bool first)
{
    text_print(t, "%s%s%s: %s", first ? "" : ", ", row->name, optional ? "?" : "", lua_types[row->type]);
}

static void put_action(struct text *t, const struct role_action *a)
{
    text_print(t, "\n---%s%s\n---@param args { ", a->help ? a->help : "", a->dangerous ? " (asks first)" : "");
    for (size_t i = 0; i < a->args; i++)
        put_row(t, &a->arg[i], !a->arg[i].required, i == 0);
    text_print(t, "%s%s }\n", a->args ? ", " : "", a->change ? "even_so?: string" : "or_nothing?: boolean");
    if (a->results) {
        text_add(t, "---@return { ");
        for (size_t i = 0; i < a->results; i++)
            put_row(t, &a->result[i], false, i == 0);
        text_add(t, " }\n");
    }
    text_print(t, "function %s(args) end\n", a->full);
}

static void put_word(struct text *t, const struct word *w)
{
    const struct word_row *row = word_rows;
    while (row->name && strcmp(row->name, w->name) != 0)
        row++;
    text_print(t, "\n---%s: %s\n", w->shape, w->help);
    if (row->name && row->option && text_equal(row->option[0], "text"))
        text_add(t, "---@param said string|table\n");
    else
        text_add(t, "---@param said any\n");
    text_print(t, "---@return any\nfunction %s(said) end\n", w->name);
}

void annotations_write(struct text *out, const struct roles *roles, struct arena *keep)
{
    text_add(out, "---@meta\n-- What a runbook may say; printed by 'tocsin runbooks --annotations'.\n"
                  "\n---@param said { summary: string, params: table?, steps: fun(p: table): any }\n"
                  "function runbook(said) end\n");
    for (const struct word *w = engine_words; w->name; w++)
        put_word(out, w);
    for (size_t i = 0; roles->name[i]; i++) {
        text_print(out, "\n%s = {}\n", roles->name[i]);
        for (size_t k = 0; k < roles->actions; k++)
            if (strcmp(roles->action[k].role, roles->name[i]) == 0)
                put_action(out, &roles->action[k]);
    }
}
