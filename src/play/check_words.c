/* check_words.c: the words of a runbook, held against what they take and give. */
#include "play/check_inside.h"

#include "record/impact.h"

#include <string.h>

/* ---- arguments, of actions and of runbooks that are called */

enum { ITEMS_MOST = 32 };

static void check_constant(struct check *c, const char *what, const struct role_arg *arg, const struct item *item,
                           const struct param *bound)
{
    const char *constant = item_constant(c, item), *canonical;
    struct role_action as = { .full = what, .arg = arg, .args = 1 };
    struct err e = { 0 };
    if (!constant || strcmp(constant, "null") == 0)
        return;
    struct text json = text_new(c->keep);
    text_char(&json, '{');
    json_quote(&json, arg->name, strlen(arg->name));
    text_print(&json, ":%s}", constant);
    bool good = role_arguments(&canonical, &as, json_from(json.at), c->keep, &e);
    struct json value = json_get(json_from(good ? canonical : "{}"), arg->name);
    const char *service = good && arg->type == ARG_SERVICE ? json_text(value, c->keep) : NULL;
    if (good && bound && !param_within(bound, value, c->keep, &e))
        good = err_while(&e, "%s", what);
    if (!good || (service && c->ws->config.services && !config_service(&c->ws->config, service, &e)))
        check_find(c, item->line, 'E', "%s", e.text);
}

/* `options` are the engine's own, beside the arguments; `bound` those of a runbook's parameters; NULL. */
static void check_arguments(struct check *c, const char *what, const struct role_arg *arg, size_t args,
                            const char *const *options, const struct param *bound, size_t open, size_t skip)
{
    struct item item[ITEMS_MOST];
    size_t items = items_of(c, open, item, ITEMS_MOST), n = 0;
    const char **names = arena_many(c->keep, const char *, args + 8);
    bool *given = arena_many(c->keep, bool, args + 1), any = items == ITEMS_MOST; /* more may follow */
    for (size_t i = 0; i < args; i++)
        names[n++] = arg[i].name;
    for (; *options; options++)
        names[n++] = *options;
    for (size_t i = skip; i < items; i++) {
        if (!item[i].key) {
            check_find(c, item[i].line, 'E', "%s takes names: %s { name = value }", what, what);
            continue;
        }
        any = any || !*item[i].key;
        if (*item[i].key && !name_in(names, item[i].key))
            check_find(c, item[i].line, 'E', "%s takes no '%s'%s", what, item[i].key,
                 did_you_mean(c, item[i].key, names));
        for (size_t k = 0; k < args; k++)
            if (strcmp(arg[k].name, item[i].key) == 0) {
                given[k] = !text_equal(item_constant(c, &item[i]), "null");
                check_constant(c, what, &arg[k], &item[i], bound ? &bound[k] : NULL);
            }
    }
    for (size_t k = 0; k < args; k++)
        if (arg[k].required && !given[k] && !any)
            check_find(c, c->token[open].line, 'E', "%s needs '%s'%s%s", what, arg[k].name,
                 arg[k].help ? ": " : "", arg[k].help ? arg[k].help : "");
}

/* ---- words */

static const char *const no_options[] = { NULL };

/* "pool.remove" at i: the action, or a finding. */
static const struct role_action *action_at(struct check *c, size_t i, const char *role)
{
    struct err e = { 0 };
    const struct token *name = field_at(c, i + 1);
    if (!name)
        return NULL;
    const struct role_action *a = roles_find(&c->roles, arena_print(c->keep, "%s.%s", role, name->text), &e);
    if (!a)
        check_find(c, c->token[i].line, 'E', "%s", e.text);
    return a;
}

/* The engine's own options beside the arguments; those of the word around it too. */
static const char *const *options_of(struct check *c, const struct role_action *a, const char *const *word)
{
    const char **all = arena_many(c->keep, const char *, 8);
    size_t n = 0;
    all[n++] = a->change ? "even_so" : "or_nothing";
    for (; word && *word; word++)
        all[n++] = *word;
    return all;
}

static void check_binding(struct check *c, const struct role_action *a, int line)
{
    struct err e = { 0 };
    if (check_bound(c->out, c->ws, c->plugins, a->role) && !plugins_can(c->plugins, a, &e))
        check_find(c, line, 'E', "%s", e.text);
    if (a->change && !a->undo_action)
        check_find(c, line, 'I', "%s cannot be put back: %s", a->full, a->undo_why);
}

void check_action(struct check *c, size_t i, const char *role)
{
    const struct role_action *a = action_at(c, i, role);
    size_t open = i + 3 + token_is(c, i + 1, "[");
    open += token_is(c, open, "(") && token_is(c, open + 1, "{");
    if (!a)
        return;
    check_binding(c, a, c->token[i].line);
    if (token_is(c, open, "{")) /* else it is the condition of a wait_until, or said with parentheses */
        check_arguments(c, a->full, a->arg, a->args, options_of(c, a, NULL), NULL, open, 0);
}

/* A value that stands there as it is, behind a word or one of its options. */
static void check_value(struct check *c, const char *word, const char *key, size_t i)
{
    const struct token *t = &c->token[i];
    bool span = text_equal(key, "at_most") || text_equal(key, "every") || text_equal(word, "wait");
    const char *const *names = text_equal(word, "phase") ? word_phases
                             : text_equal(key, "level") ? word_levels
                             : text_equal(key, "on_failure") ? word_endings : NULL;
    struct err e = { 0 };
    const char *target;
    int64_t ms;
    if (text_equal(word, "lock") && !text_equal(key, "why")
        && !role_target(&target, t->text, &c->roles, &c->ws->config, c->keep, &e))
        check_find(c, t->line, 'E', "lock: %s", e.text);
    if (text_equal(key, "lost") && (!share_parse(&ms, t->text) || ms <= 0))
        check_find(c, t->line, 'E', "%s: found \"%s\", expected a share such as \"25%%\"", word, t->text);
    if (span && !duration_parse(&ms, t->text))
        check_find(c, t->line, 'E', "%s: found \"%s\", expected a span such as \"30s\" or \"5m\"", word, t->text);
    else if (text_equal(word, "phase") && text_equal(t->text, "closed"))
        check_find(c, t->line, 'E', "a runbook closes no incident; 'tocsin phase closed' does when all is over");
    else if (names && !name_in(names, t->text))
        check_find(c, t->line, 'E', "%s: there is no %s '%s'%s", word, key, t->text, did_you_mean(c, t->text, names));
    else if (text_equal(word, "impact") && text_equal(key, "service") && c->ws->config.services
             && !config_service(&c->ws->config, t->text, &e))
        check_find(c, t->line, 'E', "%s", e.text);
}

static void check_wait(struct check *c, size_t i)
{
    struct item item[ITEMS_MOST];
    size_t open = i + 1 + token_is(c, i + 1, "("), items = token_is(c, open, "{") ? items_of(c, open, item, ITEMS_MOST) : 0;
    bool bounded = false;
    if (!token_is(c, open, "{"))
        return; /* a table from elsewhere */
    if (!items || item[0].key || item[0].end != item[0].at + 3) {
        check_find(c, c->token[i].line, 'E', "write wait_until { role.action, name = value, at_most = \"5m\" }");
        return;
    }
    struct err e = { 0 };
    const char *full = arena_print(c->keep, "%s.%s", c->token[item[0].at].text, c->token[item[0].at + 2].text);
    const struct role_action *a = roles_find(&c->roles, full, &e);
    if (!a)
        return; /* said already, where the action stands */
    if (a->change || !a->condition)
        check_find(c, c->token[i].line, 'E', "%s is nothing that can be waited for", a->full);
    check_arguments(c, a->full, a->arg, a->args, word_wait_options, NULL, open, 1);
    for (size_t k = 1; k < items; k++) {
        bounded = bounded || text_equal(item[k].key, "at_most");
        if (item[k].key && item_constant(c, &item[k])
            && (text_equal(item[k].key, "at_most") || text_equal(item[k].key, "every")))
            check_value(c, "wait_until", item[k].key, item[k].at);
    }
    if (!bounded)
        check_find(c, c->token[i].line, 'W', "wait_until says no at_most: it gives up after 10 minutes");
}

static void check_call(struct check *c, size_t i)
{
    struct item item[ITEMS_MOST];
    size_t open = i + 1 + token_is(c, i + 1, "("), items = token_is(c, open, "{") ? items_of(c, open, item, ITEMS_MOST) : 0;
    struct err e = { 0 };
    struct shelf_book *book = arena_one(c->keep, struct shelf_book);
    if (!token_is(c, open, "{"))
        return; /* a table from elsewhere */
    if (!items || item[0].key) {
        check_find(c, c->token[i].line, 'E', "write call { \"runbook\", name = value }");
        return;
    }
    const char *constant = item_constant(c, &item[0]), *name = c->token[item[0].at].text;
    if (!constant) {
        check_find(c, c->token[i].line, 'W', "which runbook is called is known only when it runs");
        return;
    }
    if (!shelf_read(book, c->ws, name, c->keep, &e)) {
        check_find(c, c->token[i].line, 'E', "%s", e.text);
        return;
    }
    check_arguments(c, arena_print(c->keep, "runbook '%s'", name), book->param, book->params, no_options, book->bound,
                    open, 1);
    struct looked_at *one = check_looked_at(c->out, book->path);
    if (one && one->open)
        check_find(c, c->token[i].line, 'E', text_equal(one->path, c->book->path) ? "'%s' calls itself"
                   : "'%s' calls this one again: a circle, at which a run stops", name);
    check_runbook(c->out, c->ws, name);
}

/* try { pool.remove, service = ... }: the action; NULL: something else is done. */
static const struct role_action *action_done(struct check *c, const struct item *first)
{
    struct err none = { 0 };
    if (first->key || first->end != first->at + 3 || !token_is_name(c, first->at) || !token_is(c, first->at + 1, "."))
        return NULL;
    return roles_find(&c->roles, arena_print(c->keep, "%s.%s", c->token[first->at].text,
                                             c->token[first->at + 2].text), &none);
}

/* So many of the names of "all|ip" are items of the table. */
static size_t given(struct check *c, const char *names, const struct item *item, size_t items)
{
    size_t n = 0;
    for (size_t length; *names; names += length + (names[length] == '|')) {
        length = strcspn(names, "|");
        for (size_t k = 0; k < items; k++)
            n += item[k].key && strlen(item[k].key) == length && strncmp(item[k].key, names, length) == 0
              && !text_equal(item_constant(c, &item[k]), "null");
    }
    return n;
}

static void check_random(struct check *c, size_t open, const struct item *item, size_t items)
{
    int64_t end[2] = { 1, 100 };
    for (size_t k = 0; k < items; k++) {
        const char *constant = item_constant(c, &item[k]);
        if (!item[k].key || !constant || !json_int(json_from(constant), &end[strcmp(item[k].key, "to") == 0]))
            return;
    }
    if (end[1] < end[0])
        check_find(c, c->token[open].line, 'E', "random: from %lld to %lld", (long long)end[0], (long long)end[1]);
}

static void check_times(struct check *c, const struct item *item)
{
    const char *constant = item_constant(c, item);
    int64_t n;
    if (constant && json_int(json_from(constant), &n) && (n < 1 || n > 1000))
        check_find(c, item->line, 'E', "retry: times: found %s, expected 1 to 1000", constant);
}

/* An option that stands there as it is, and has another type than its word wants. */
static const char *wrong_value(struct check *c, const char *word, const struct item *item)
{
    const char *constant = item_constant(c, item);
    return constant ? word_wrong_value(word, item->key, json_from(constant), c->keep) : NULL;
}

static void check_table(struct check *c, size_t open, const struct word_row *w)
{
    struct item item[ITEMS_MOST];
    size_t items = items_of(c, open, item, ITEMS_MOST);
    const struct role_action *a = items && w->items == 1 ? action_done(c, &item[0]) : NULL;
    int by_position = 0;
    bool any = items == ITEMS_MOST;
    const char *wrong;
    for (size_t k = 0; k < items; k++)
        if (text_equal(w->name, "retry") && text_equal(item[k].key, "times"))
            check_times(c, &item[k]);
    if (a) {
        check_arguments(c, a->full, a->arg, a->args, options_of(c, a, w->option), NULL, open, 1);
        return;
    }
    for (size_t k = 0; k < items; k++)
        if (!item[k].key && w->items != ITEMS_ANY && ++by_position > w->items)
            check_find(c, item[k].line, 'E', "write %s", w->shape);
        else if (item[k].key && !*item[k].key)
            any = true;
        else if (item[k].key && !name_in(w->option, item[k].key))
            check_find(c, item[k].line, 'E', "%s has no '%s'%s", w->name, item[k].key,
                       did_you_mean(c, item[k].key, w->option));
        else if (item[k].key && (wrong = wrong_value(c, w->name, &item[k])))
            check_find(c, item[k].line, 'E', "%s", wrong);
        else if (item[k].key && c->token[item[k].at].kind == TOKEN_STRING && item_constant(c, &item[k])
                 && !text_equal(item[k].key, "text"))
            check_value(c, w->name, item[k].key, item[k].at);
    for (size_t k = 0; w->needs[k] && by_position <= w->items && !any; k++)
        if (given(c, w->needs[k], item, items) != 1)
            check_find(c, c->token[open].line, 'E', given(c, w->needs[k], item, items) ? "%s takes one of %s: %s" : "%s needs %s: %s",
                       w->name, words_choice(w->needs[k], c->keep), w->shape);
    if (strcmp(w->name, "random") == 0)
        check_random(c, open, item, items);
}

void check_word(struct check *c, size_t i, const struct word_row *w)
{
    size_t open = i + 1 + (token_is(c, i + 1, "(") && token_is(c, i + 2, "{")), text = i + 1 + token_is(c, i + 1, "(");
    if (text < c->count && c->token[text].kind == TOKEN_STRING && (text == i + 1 || token_is(c, text + 1, ")")))
        check_value(c, w->name, w->name, text);
    if (strcmp(w->name, "wait_until") == 0)
        check_wait(c, i);
    else if (strcmp(w->name, "call") == 0)
        check_call(c, i);
    else if (token_is(c, open, "{"))
        check_table(c, open, w);
}
