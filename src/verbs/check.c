/* check.c: what is wrong with runbooks and scenarios, before they are needed. */
#include "verbs/check_templates.h"

#include "play/check.h"
#include "play/shelf.h"
#include "world/disk.h"

#include <string.h>

struct looking { struct desk *d; struct findings f; size_t runbooks, scenarios, others; bool templates; };

/* All of this workspace, however many of them were named. */
static void check_all_templates(struct looking *l)
{
    if (!l->templates)
        check_templates(&l->f, l->d);
    l->templates = true;
    l->others++;
}

/* All of a kind, our own and the shipped. */
static bool check_kind(struct looking *l, const char *kind, const char *suffix, struct err *e)
{
    struct names all;
    struct desk *d = l->d;
    if (!workspace_share_list(&all, &d->ws, kind, d->keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const char *path;
        bool folder = false;
        struct err none = { 0 };
        if (!text_ends(all.name[i], suffix))
            continue;
        if (!workspace_share(&path, NULL, &d->ws, kind, all.name[i], d->keep, &none)) {
            path = arena_print(d->keep, "%s/%s", kind, all.name[i]);
            findings_add(&l->f, text_equal(d->ws.dir, ".") ? path : workspace_path(&d->ws, d->keep, path), 0, 'E',
                         arena_string(d->keep, none.text));
            continue;
        }
        if (!d->world->exists(d->world, path, &folder) || folder)
            continue;
        if (strcmp(kind, "runbooks") == 0) {
            l->runbooks++;
            check_runbook(&l->f, &d->ws, arena_copy(d->keep, all.name[i], strlen(all.name[i]) - strlen(suffix)));
        } else {
            l->scenarios++;
            check_scenario(&l->f, d->world, path);
        }
    }
    return true;
}

static bool check_workspace(struct looking *l, struct err *e)
{
    struct desk *d = l->d;
    check_config(&l->f, &d->ws);
    check_roles(&l->f, &d->ws);
    check_all_templates(l);
    if (!check_kind(l, "runbooks", ".lua", e) || !check_kind(l, "scenarios", ".yaml", e))
        return false;
    check_shelf(&l->f, &d->ws);
    return true;
}

/* A configuration of another workspace, or ours: what it says, and what it binds. */
static void check_configuration(struct looking *l, const char *path)
{
    struct desk *d = l->d;
    struct workspace ws;
    struct err e = { 0 };
    const char *slash = strrchr(path, '/');
    const char *dir = slash ? arena_copy(d->keep, path, (size_t)(slash - path)) : ".";
    if (!workspace_open(&ws, d->world, dir, d->keep, &e)) {
        findings_add_error(&l->f, path, e.text);
        return;
    }
    l->others++;
    check_config(&l->f, &ws);
    check_roles(&l->f, &ws);
}

static bool is_scenario(struct looking *l, const char *path)
{
    struct err none = { 0 };
    const char *bytes;
    size_t length;
    struct world *w = l->d->world;
    return w->read_file(w, path, &bytes, &length, l->d->keep, &none)
        && (text_starts(bytes, "scenario:") || strstr(bytes, "\nscenario:"));
}

static void check_file(struct looking *l, const char *path, const char *name)
{
    bool yaml = text_ends(name, ".yaml") || text_ends(name, ".yml");
    if (strcmp(name, "tocsin.yaml") == 0) {
        check_configuration(l, path);
    } else if (text_ends(name, ".md")) {
        check_all_templates(l);
    } else if (yaml) {
        l->scenarios++;
        check_scenario(&l->f, l->d->world, path);
    } else {
        l->runbooks++;
        check_runbook(&l->f, &l->d->ws, path);
    }
}

enum { DEEPEST = 16 };

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What lies in a folder and below: runbooks, scenarios, configurations. */
static bool check_folder(struct looking *l, const char *folder, int depth, struct err *e)
{
    struct names all;
    struct desk *d = l->d;
    if (depth > DEEPEST)
        return true;
    if (strcmp(last_part(folder), "templates") == 0) {
        check_all_templates(l);
        return true;
    }
    if (!d->world->list_folder(d->world, folder, &all, d->keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const char *name = all.name[i], *path = text_equal(folder, ".") ? name : arena_print(d->keep, "%s/%s", folder, name);
        bool is_folder = false, yaml = text_ends(name, ".yaml") || text_ends(name, ".yml");
        d->world->exists(d->world, path, &is_folder);
        if (name[0] == '.' || strcmp(name, "plugin.lua") == 0)
            continue;
        if (disk_is_special(path)) {
            findings_add(&l->f, path, 0, 'E', arena_print(d->keep, "'%s' is no regular file", path));
            continue;
        }
        if (is_folder && !check_folder(l, path, depth + 1, e))
            return false;
        if (!is_folder && (text_ends(name, ".lua") || strcmp(name, "tocsin.yaml") == 0 || (yaml && is_scenario(l, path))))
            check_file(l, path, name);
    }
    return true;
}

/* A word of the command line: a folder, a file, or a runbook's name. */
static bool check_word(struct looking *l, const char *word, struct err *e)
{
    struct desk *d = l->d;
    bool folder = false, there = d->world->exists(d->world, word, &folder);
    size_t before = l->runbooks + l->scenarios + l->others;
    while (folder && strlen(word) > 1 && text_ends(word, "/"))
        word = arena_copy(d->keep, word, strlen(word) - 1);
    const char *name = last_part(word), *dot = strrchr(name, '.');
    static const char *const endings[] = { ".lua", ".yaml", ".yml", ".md", NULL };
    bool known = false;
    for (size_t i = 0; dot && endings[i]; i++)
        known = known || strcmp(dot, endings[i]) == 0;
    if (there && folder && !check_folder(l, word, 0, e))
        return false;
    if (folder && before == l->runbooks + l->scenarios + l->others)
        return err_usage(e, "'%s' holds no runbook (.lua), no scenario (.yaml) and no tocsin.yaml", word);
    if (!folder && there && !known && name != word)
        return err_usage(e, "'%s': expected a runbook (.lua), a scenario (.yaml), a tocsin.yaml, or a folder of such", word);
    if (!folder)
        check_file(l, word, name);
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
    const char *read = runbooks + scenarios ? what_was_read(d, runbooks, scenarios) : "all of it";
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *x = &f->finding[i];
        fprintf(d->out, "%s:%d: %c %s\n", x->file, x->line, x->severity, x->message);
    }
    if (!f->errors)
        fprintf(d->out, "%s checked against what is bound here: %s\n", read,
                f->warnings ? text_count(d->keep, (int64_t)f->warnings, "warning") : "nothing is wrong");
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
    struct looking l = { .d = d, .f = { .keep = d->keep } };
    for (size_t i = 0; i < d->words; i++)
        if (!check_word(&l, d->word[i], e))
            return false;
    if (!d->words && !check_workspace(&l, e))
        return false;
    findings_sort(&l.f);
    if (d->json)
        print_json(d, &l.f);
    else
        print(d, &l.f, l.runbooks, l.scenarios);
    return !l.f.errors || err_failed(e, "%s", text_count(d->keep, (int64_t)l.f.errors, "error"));
}
