/* check.c: see check.h. The names of a runbook, one after the other. */
#include "play/check_inside.h"

#include "play/scenario_inside.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void findings_add(struct findings *f, const char *file, int line, char severity, const char *message)
{
    if (f->count == f->room) {
        size_t room = f->room * 2 + 32;
        struct finding *more = arena_many(f->keep, struct finding, room);
        if (f->count)
            memcpy(more, f->finding, f->count * sizeof *more);
        f->finding = more;
        f->room = room;
    }
    f->finding[f->count++] = (struct finding){ file, line, severity, message };
    f->errors += severity == 'E';
    f->warnings += severity == 'W';
}

void check_find(struct check *c, int line, char severity, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    findings_add(c->out, c->file, line, severity, arena_string(c->keep, text));
}

const char *did_you_mean(struct check *c, const char *name, const char *const *names)
{
    const char *near = text_nearest(name, names);
    return near ? arena_print(c->keep, "; did you mean '%s'?", near) : "";
}

bool check_read(struct check *c, const char *name, const char **bytes, size_t *length, struct err *e)
{
    const char *path;
    bool own;
    return runbook_find(&path, &own, c->ws, name, c->keep, e)
        && c->ws->world->read_file(c->ws->world, path, bytes, length, c->keep, e);
}

struct variable *check_variable_named(struct check *c, const char *name)
{
    for (size_t i = 0; i < c->variables; i++)
        if (strcmp(c->variable[i].name, name) == 0)
            return &c->variable[i];
    return NULL;
}

static struct variable *declare(struct check *c, const char *name)
{
    struct variable *v = check_variable_named(c, name);
    if (!v && c->variables < sizeof c->variable / sizeof *c->variable) {
        v = &c->variable[c->variables++];
        *v = (struct variable){ .name = name };
    }
    if (v)
        v->set++;
    return v;
}

/* ---- names */

static const char *const keywords[] = {
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while", NULL };
static const char *const library[] = {
    "runbook", "string", "table", "math", "utf8", "ipairs", "pairs", "next", "tostring", "tonumber",
    "type", "select", "error", "assert", "rawequal", "rawget", "rawlen", NULL };

static const char *nearest_of_all(struct check *c, const char *name)
{
    size_t n = 0;
    const char **all = arena_many(c->keep, const char *, 512);
    for (const struct word_row *w = word_rows; w->name; w++)
        all[n++] = w->name;
    for (size_t i = 0; c->roles.name[i]; i++)
        all[n++] = c->roles.name[i];
    for (size_t i = 0; i < c->variables; i++)
        all[n++] = c->variable[i].name;
    for (size_t i = 0; library[i]; i++)
        all[n++] = library[i];
    all[n] = NULL;
    return did_you_mean(c, name, all);
}

static void check_parameter(struct check *c, size_t i)
{
    if (i > 1 && token_is(c, i - 1, "(") && token_is_word(c, i - 2, "function"))
        return; /* where it is declared */
    if (check_variable_named(c, c->p)) { /* declared once more: which of the two is meant is not followed */
        c->p_alone = true;
        return;
    }
    if (!token_is(c, i + 1, ".") || !token_is_name(c, i + 2)) {
        c->p_alone = true; /* handed on as a whole: anything of it may be used */
        return;
    }
    const struct token *t = &c->token[i + 2];
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
    if (!token_is(c, i + 1, ".") || !token_is_name(c, i + 2) || v->set != 1)
        return;
    if (v->action)
        check_field(c, v->from, result_names(c, v->action), &c->token[i + 2]);
    else if (v->field)
        check_field(c, v->from, v->field, &c->token[i + 2]);
}

static void check_name(struct check *c, size_t i)
{
    const char *name = c->token[i].text;
    bool field = i > 0 && (token_is(c, i - 1, ".") || token_is(c, i - 1, ":"));
    bool key = token_is(c, i + 1, "=") && i > 0 && (token_is(c, i - 1, "{") || token_is(c, i - 1, ",") || token_is(c, i - 1, ";"));
    const struct variable *v = check_variable_named(c, name);
    if (field || key || name_in(keywords, name) || (i > 0 && (token_is_word(c, i - 1, "goto") || token_is(c, i - 1, "::"))))
        return;
    if (c->p && strcmp(name, c->p) == 0) {
        check_parameter(c, i);
        return;
    }
    if (v) {
        check_variable(c, i, v);
        return;
    }
    for (const struct word_row *w = word_rows; w->name; w++)
        if (strcmp(w->name, name) == 0) {
            check_word(c, i, w);
            return;
        }
    if (name_in(c->roles.name, name))
        check_action(c, i);
    else if (!name_in(library, name))
        check_find(c, c->token[i].line, 'E', "unknown word '%s'%s", name, nearest_of_all(c, name));
}

/* Everything that is declared anywhere in the file; where it is visible does
 * not matter for a spelling. */
static void declare_all(struct check *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (token_is_word(c, i, "local") || token_is_word(c, i, "for")) {
            size_t k = i + 1 + token_is_word(c, i + 1, "function");
            for (; token_is_name(c, k); k += 2) {
                declare(c, c->token[k].text);
                if (!token_is(c, k + 1, ","))
                    break;
            }
        } else if (token_is_word(c, i, "function")) {
            size_t k = i + 1;
            while (k < c->count && !token_is(c, k, "("))
                k++;
            bool steps = i > 1 && token_is_word(c, i - 2, "steps") && token_is(c, i - 1, "=");
            if (steps && token_is_name(c, k + 1))
                c->p = c->token[k + 1].text;
            for (k++; token_is_name(c, k); k += 2) {
                if (!steps)
                    declare(c, c->token[k].text);
                if (!token_is(c, k + 1, ","))
                    break;
            }
        }
    }
}

static void check_loops(struct check *c)
{
    for (size_t i = 0; i + 1 < c->count; i++)
        if (token_is_word(c, i, "while") && token_is_word(c, i + 1, "true"))
            check_find(c, c->token[i].line, 'W', "a loop without an end: wait_until and retry have one");
}

static void check_shadow(struct check *c)
{
    struct workspace elsewhere = *c->ws;
    struct err e = { 0 };
    const char *path, *ours, *theirs;
    size_t a, b;
    bool own;
    elsewhere.dir = "/dev/null";
    if (c->book->own
        && workspace_share(&path, &own, &elsewhere, "runbooks", arena_print(c->keep, "%s.lua", c->book->name),
                           c->keep, &e)
        && c->ws->world->read_file(c->ws->world, path, &theirs, &b, c->keep, &e)
        && check_read(c, c->book->name, &ours, &a, &e)
        && (a != b || memcmp(ours, theirs, a) != 0))
        check_find(c, 1, 'W', "takes the place of the shipped runbook '%s', which says something else",
             c->book->name);
}

static void check_tokens(struct check *c)
{
    declare_all(c);
    for (size_t i = 0; i < c->count; i++)
        if (token_is_name(c, i))
            check_name(c, i);
    check_loops(c);
    check_shadow(c);
    for (size_t k = 0; c->p && !c->p_alone && k < c->book->params; k++)
        if (!c->param_used[k])
            check_find(c, tokens_parameter_line(c->token, c->count, c->book->param[k].name), 'W', "the parameter '%s' is never used",
                       c->book->param[k].name);
}

static int by_place(const void *x, const void *y)
{
    const struct finding *a = x, *b = y;
    int file = strcmp(a->file, b->file);
    if (file || a->line != b->line)
        return file ? file : a->line - b->line;
    return strcmp(a->message, b->message);
}

/* "runbooks/x.lua:12: what" as file, line and words; line 0 when it says none. */
static void add_error(struct findings *out, const char *file, const char *text)
{
    size_t length = strcspn(text, ":");
    int line = 0;
    const char *words = text;
    if (text[length] == ':' && text[length + 1] >= '0' && text[length + 1] <= '9') {
        char *end;
        line = (int)strtol(text + length + 1, &end, 10);
        words = end;
        while (*words == ':' || *words == ' ' || (*words >= '0' && *words <= '9' && line && words < end + 8))
            words++;
    }
    findings_add(out, file, line, 'E', arena_string(out->keep, words));
}

void check_runbook(struct findings *out, const struct workspace *ws, const char *name)
{
    struct check *c = arena_one(out->keep, struct check);
    struct shelf_book book;
    struct err e = { 0 };
    const char *bytes;
    size_t length;
    *c = (struct check){ .out = out, .ws = ws, .keep = out->keep };
    if (!shelf_read(&book, ws, name, out->keep, &e) || !roles_load(&c->roles, out->keep, &e)
        || !plugins_open(&c->plugins, ws, &c->roles, out->keep, &e)) {
        const char *file = text_ends(name, ".lua") ? name : arena_print(out->keep, "runbooks/%s.lua", name);
        add_error(out, file, e.text);
        return;
    }
    struct looked_at *looked = out->looked;
    while (looked && !text_equal(looked->path, book.path))
        looked = looked->next;
    if (looked) {
        plugins_close(c->plugins);
        return;
    }
    looked = arena_one(out->keep, struct looked_at);
    *looked = (struct looked_at){ book.path, out->looked };
    out->looked = looked;
    c->book = &book;
    c->file = book.path;
    c->param_used = arena_many(out->keep, bool, book.params + 1);
    if (!check_read(c, name, &bytes, &length, &e)) {
        findings_add(out, book.path, 0, 'E', arena_string(out->keep, e.text));
    } else {
        c->token = tokens_read(bytes, length, &c->count, out->keep);
        check_tokens(c);
    }
    plugins_close(c->plugins);
    if (out->count)
        qsort(out->finding, out->count, sizeof *out->finding, by_place);
}

void check_roles(struct findings *out, const struct workspace *ws)
{
    struct roles roles;
    struct plugins *plugins = NULL;
    struct err e = { 0 };
    if (!roles_load(&roles, out->keep, &e) || !plugins_open(&plugins, ws, &roles, out->keep, &e)) {
        add_error(out, ws->config.file, e.text);
        return;
    }
    for (size_t i = 0; i < ws->config.roles; i++) {
        struct err why = { 0 };
        if (plugins_ready(plugins, ws->config.role[i].role, &why))
            continue;
        add_error(out, ws->config.file, why.text);
        struct finding *last = &out->finding[out->count - 1];
        last->line = last->line ? last->line : ws->config.role[i].line;
    }
    plugins_close(plugins);
}

void check_scenario(struct findings *out, struct world *w, const char *file)
{
    struct scenario s;
    struct err e = { 0 };
    if (!scenario_read(&s, w, file, out->keep, &e))
        add_error(out, file, e.text);
}
