/* check.c: see check.h. The names of a runbook, one after the other. */
#include "play/check_inside.h"

#include "play/sandbox.h"
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

static void check_shadow(struct check *c)
{
    struct workspace elsewhere = *c->ws;
    struct err e = { 0 };
    const char *path, *ours, *theirs;
    size_t a, b;
    bool own;
    elsewhere.dir = "/dev/null";
    const char *named = arena_print(c->keep, "/runbooks/%s.lua", c->book->name); /* deeper down nothing has a name */
    if (c->book->own && (text_ends(c->file, named) || text_equal(c->file, named + 1))
        && workspace_share(&path, &own, &elsewhere, "runbooks", arena_print(c->keep, "%s.lua", c->book->name),
                           c->keep, &e)
        && c->ws->world->read_file(c->ws->world, path, &theirs, &b, c->keep, &e)
        && check_read(c, c->book->name, &ours, &a, &e)
        && (a != b || memcmp(ours, theirs, a) != 0))
        check_find(c, 1, 'W', "takes the place of the shipped runbook '%s', which says something else",
             c->book->name);
}

/* The blocks, and which bracket or function is around each token. */
static void look_around(struct check *c)
{
    char *inside = arena_many(c->keep, char, c->count + 1), *begins = arena_many(c->keep, char, c->count + 1);
    char *around = arena_many(c->keep, char, 2 * c->count + 2);
    size_t depth = 1;
    c->declares = arena_many(c->keep, bool, c->count + 1);
    c->block = blocks_read(&c->blocks, c->token, c->count, c->keep);
    for (size_t k = 0; k < c->blocks; k++)
        if (c->block[k].kind == BLOCK_FUNCTION) {
            begins[c->block[k].body] = 'f';
            begins[c->block[k].end] = begins[c->block[k].end] == 'f' ? 'x' : 'e';
        }
    for (size_t i = 0; i < c->count; i++) {
        bool opens = token_is(c, i, "{") || token_is(c, i, "(") || token_is(c, i, "[");
        bool closes = token_is(c, i, "}") || token_is(c, i, ")") || token_is(c, i, "]");
        if (begins[i] == 'f')
            around[depth++] = 'f';
        if ((closes || begins[i] == 'e') && depth > 1)
            depth--;
        inside[i] = around[depth - 1];
        if (opens)
            around[depth++] = c->token[i].text[0];
    }
    c->inside = inside;
}

static void check_tokens(struct check *c)
{
    look_around(c);
    names_declare(c);
    names_check(c);
    check_flow(c);
    check_shadow(c);
    for (size_t k = 0; c->plain_steps && !c->p_alone && k < c->book->params; k++)
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

void findings_say_once(struct findings *f)
{
    const struct finding *last = &f->finding[f->count - 1];
    for (const struct finding *x = f->finding; x < last; x++)
        if (text_equal(x->file, last->file) && x->line == last->line && text_equal(x->message, last->message)) {
            f->errors -= last->severity == 'E';
            f->warnings -= last->severity == 'W';
            f->count--;
            return;
        }
}

void findings_sort(struct findings *f)
{
    if (f->count)
        qsort(f->finding, f->count, sizeof *f->finding, by_place);
}

/* "runbooks/x.lua:12: what" as file, line and words; line 0 when it says none. */
void findings_add_error(struct findings *out, const char *file, const char *text)
{
    size_t length = strcspn(text, ":");
    int line = 0;
    const char *words = text;
    if (text[length] == ':' && text[length + 1] >= '0' && text[length + 1] <= '9') {
        char *end;
        line = (int)strtol(text + length + 1, &end, 10);
        words = end;
        file = arena_copy(out->keep, text, length);
        while (*words == ':' || *words == ' ' || (*words >= '0' && *words <= '9' && line && words < end + 8))
            words++;
    }
    findings_add(out, file, line, 'E', arena_string(out->keep, words));
}

struct looked_at *check_looked_at(const struct findings *f, const char *path)
{
    struct looked_at *looked = f->looked;
    while (looked && !text_equal(looked->path, path))
        looked = looked->next;
    return looked;
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
        findings_add_error(out, file, e.text);
        return;
    }
    if (check_looked_at(out, book.path)) {
        plugins_close(c->plugins);
        return;
    }
    struct looked_at *looked = arena_one(out->keep, struct looked_at);
    *looked = (struct looked_at){ .path = book.path, .name = book.name, .next = out->looked, .open = true };
    out->looked = looked;
    c->sandbox = sandbox_open(&(struct sandbox_limits){ 0 });
    c->book = &book;
    c->file = book.path;
    c->param_used = arena_many(out->keep, bool, book.params + 1);
    if (!check_read(c, name, &bytes, &length, &e)) {
        findings_add(out, book.path, 0, 'E', arena_string(out->keep, e.text));
    } else {
        c->token = tokens_read(bytes, length, &c->count, out->keep);
        check_tokens(c);
    }
    looked->open = false;
    sandbox_close(c->sandbox);
    plugins_close(c->plugins);
    findings_sort(out);
}

void check_scenario(struct findings *out, struct world *w, const char *file)
{
    struct scenario s;
    struct err e = { 0 };
    if (!scenario_read(&s, w, file, out->keep, &e))
        findings_add_error(out, file, e.text);
    else if (!s.promises && !s.acts)
        findings_add(out, file, 1, 'W', "it has neither 'expect' nor 'people', so it can never fail");
}
