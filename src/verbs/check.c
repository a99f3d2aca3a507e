/* check.c: what is wrong with runbooks and scenarios, before they are needed. */
#include "verbs/verbs.h"

#include "play/check.h"
#include "play/shelf.h"

#include <string.h>

static bool check_folder(struct findings *f, struct desk *d, const char *kind, const char *suffix,
                         size_t *count, struct err *e)
{
    struct names all;
    if (!workspace_share_list(&all, &d->ws, kind, d->keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const char *path;
        struct err none = { 0 };
        if (!text_ends(all.name[i], suffix)
            || !workspace_share(&path, NULL, &d->ws, kind, all.name[i], d->keep, &none))
            continue;
        ++*count;
        if (strcmp(kind, "runbooks") == 0)
            check_runbook(f, &d->ws, arena_copy(d->keep, all.name[i], strlen(all.name[i]) - strlen(suffix)));
        else
            check_scenario(f, d->world, path);
    }
    return true;
}

/* "7 runbooks and 2 scenarios" */
static const char *what_was_read(struct desk *d, size_t runbooks, size_t scenarios)
{
    const char *a = text_count(d->keep, (int64_t)runbooks, "runbook");
    const char *b = text_count(d->keep, (int64_t)scenarios, "scenario");
    return !scenarios ? a : !runbooks ? b : arena_print(d->keep, "%s and %s", a, b);
}

static void print(struct desk *d, const struct findings *f, size_t runbooks, size_t scenarios)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *x = &f->finding[i];
        fprintf(d->out, "%s:%d: %c %s\n", x->file, x->line, x->severity, x->message);
    }
    if (!f->errors)
        fprintf(d->out, "%s checked against what is bound here: nothing is wrong%s%s\n",
                what_was_read(d, runbooks, scenarios), f->warnings ? ", " : "",
                f->warnings ? text_count(d->keep, (int64_t)f->warnings, "warning") : "");
}

static void print_json(struct desk *d, const struct findings *f)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_open(&o, "findings", '[');
    for (size_t i = 0; i < f->count; i++) {
        json_open(&o, NULL, '{');
        json_put(&o, "file", f->finding[i].file);
        json_put_int(&o, "line", f->finding[i].line);
        json_put(&o, "severity", arena_print(d->keep, "%c", f->finding[i].severity));
        json_put(&o, "message", f->finding[i].message);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    desk_json_end(d, &o);
}

bool verb_check(struct desk *d, struct err *e)
{
    struct findings f = { .keep = d->keep };
    size_t runbooks = 0, scenarios = 0;
    for (size_t i = 0; i < d->words; i++) {
        bool scenario = text_ends(d->word[i], ".yaml") || text_ends(d->word[i], ".yml");
        scenarios += scenario;
        runbooks += !scenario;
        if (scenario)
            check_scenario(&f, d->world, d->word[i]);
        else
            check_runbook(&f, &d->ws, d->word[i]);
    }
    if (!d->words)
        check_roles(&f, &d->ws);
    if (!d->words
        && (!check_folder(&f, d, "runbooks", ".lua", &runbooks, e)
            || !check_folder(&f, d, "scenarios", ".yaml", &scenarios, e)))
        return false;
    if (d->json)
        print_json(d, &f);
    else
        print(d, &f, runbooks, scenarios);
    return !f.errors || err_failed(e, "%s", text_count(d->keep, (int64_t)f.errors, "error"));
}
