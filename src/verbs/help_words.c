/* help_words.c: the runbook's language, from its one table and the roles'
 * contracts; see help.h. */
#include "verbs/help.h"

#include "play/role.h"
#include "play/words.h"
#include "play/words_list.h"

#include <string.h>

static void arguments(struct desk *d, const char *title, const struct role_arg *arg, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(d->out, "  %-9s %-12s %-9s %s%s%s%s\n", i ? "" : title, arg[i].name,
                arg_type_names[arg[i].type], arg[i].help, arg[i].required ? " (required)" : "",
                arg[i].otherwise ? "; else " : "", arg[i].otherwise ? arg[i].otherwise : "");
}

static void one_action(struct desk *d, const struct role_action *a)
{
    fprintf(d->out, "%s { ... }\n  %s\n", a->full, a->help);
    arguments(d, "takes", a->arg, a->args);
    arguments(d, "answers", a->result, a->results);
    if (!a->change) {
        fputs("  a read: it changes nothing\n", d->out);
        if (a->condition)
            fprintf(d->out, "  wait_until { %s, ... } waits until '%s'\n", a->full, a->condition);
        return;
    }
    fprintf(d->out, "  a change of %s%s\n", a->target,
            a->dangerous ? ", dangerous: somebody is asked first" : "");
    fprintf(d->out, "  undone by %s\n", a->undo_action ? a->undo_action
                                       : a->undo_why    ? a->undo_why : "nothing");
    if (a->quiet_ms)
        fprintf(d->out, "  as an undo it wants the IP quiet for %s\n",
                duration_words(d->keep, a->quiet_ms));
}

static bool one_role(struct desk *d, const struct roles *r, const char *role)
{
    bool found = false;
    for (size_t i = 0; i < r->actions; i++)
        if (text_equal(r->action[i].role, role)) {
            fprintf(d->out, "  %-24s %-7s %s\n", r->action[i].full,
                    r->action[i].change ? "change" : "read", r->action[i].help);
            found = true;
        }
    return found;
}

static void everything(struct desk *d, const struct roles *r)
{
    fputs("what a runbook may say, in two shapes: word \"text\" and word { ... }\n\n", d->out);
    for (const struct word *w = engine_words; w->name; w++)
        fprintf(d->out, "  %-24s %s\n", w->name, w->help);
    for (size_t i = 0; r->name[i]; i++) {
        fputc('\n', d->out);
        one_role(d, r, r->name[i]);
    }
    fputs("\n'tocsin help WORD' or 'tocsin help ROLE.ACTION' says more\n", d->out);
}

static bool unknown(struct desk *d, const struct roles *r, const char *name, struct err *e)
{
    size_t n = 0, words = 0, verbs_count = 0, roles = 0;
    while (r->name[roles])
        roles++;
    while (engine_words[words].name)
        words++;
    while (verbs[verbs_count].name)
        verbs_count++;
    const char **known = arena_many(d->keep, const char *, words + verbs_count + roles + r->actions + 1);
    for (size_t i = 0; i < verbs_count; i++)
        known[n++] = verbs[i].name;
    for (size_t i = 0; i < words; i++)
        known[n++] = engine_words[i].name;
    for (size_t i = 0; i < roles; i++)
        known[n++] = r->name[i];
    for (size_t i = 0; i < r->actions; i++)
        known[n++] = r->action[i].full;
    const char *near = text_nearest(name, known);
    err_hint(e, near ? "did you mean 'tocsin help %s'?" : "'tocsin help' lists every verb, 'tocsin help "
             "words' what a runbook may say", near);
    return err_usage(e, "there is no verb or word '%s'", name);
}

static void options(struct desk *d, const char *word)
{
    const struct word_row *row = word_rows;
    struct role_arg takes[8];
    size_t count = 0;
    while (!text_equal(row->name, word))
        row++;
    for (const char *const *name = row->option ? row->option : text_equal(word, "wait_until") ? word_wait_options : NULL;
         name && *name; name++) {
        const struct role_arg *arg = word_option(word, *name);
        if (arg->help)
            takes[count++] = *arg;
    }
    arguments(d, "takes", takes, count);
}

bool help_word(struct desk *d, const char *name, const char *front)
{
    const struct word *w = engine_words;
    while (w->name && !text_equal(w->name, name))
        w++;
    if (!w->name)
        return false;
    fprintf(d->out, "%s%s\n  %s\n", front, w->shape, w->help);
    options(d, w->name);
    return true;
}

bool help_language(struct desk *d, const char *name, struct err *e)
{
    struct roles roles;
    if (!roles_load(&roles, d->keep, e))
        return false;
    if (text_equal(name, "words")) {
        everything(d, &roles);
        return true;
    }
    if (help_word(d, name, ""))
        return true;
    for (size_t i = 0; i < roles.actions; i++)
        if (text_equal(roles.action[i].full, name)) {
            one_action(d, &roles.action[i]);
            return true;
        }
    return one_role(d, &roles, name) || unknown(d, &roles, name, e);
}
