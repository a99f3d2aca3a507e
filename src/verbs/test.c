/* test.c: scenarios played on the virtual clock, and their promises judged. */
#include "verbs/verbs.h"

#include "play/role.h"
#include "play/scenario.h"
#include "world/git.h"
#include "world/parallel.h"
#include "world/scratch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One command line of a person in a scenario: the program, called as a function. */
static int act(void *context, struct world *w, const char *dir, const char *const *words,
               const char **said, struct arena *keep)
{
    (void)context;
    char *bytes = NULL;
    size_t length = 0;
    int argc = 3;
    const char *argv[64] = { "tocsin", "-C", dir };
    for (; *words && argc < 63; words++)
        argv[argc++] = *words;
    FILE *stream = open_memstream(&bytes, &length);
    if (!stream)
        return 5;
    int status = verbs_main(w, argc, argv, stream, stream);
    fclose(stream);
    *said = arena_copy(keep, bytes, length);
    free(bytes);
    return status;
}

/* The workspace around: its runbooks are played. NULL where there is none, and none was named. */
static bool find_home(const char **home, struct desk *d, struct err *e)
{
    struct err none = { 0 };
    bool found = workspace_find(home, d->world, d->dir, d->keep, d->dir ? e : &none);
    if (!found)
        *home = NULL;
    return found || !d->dir;
}

/* The scenarios that the words name: files, or folders with a scenario.yaml;
 * none named: the workspace's own, or the shipped examples. */
static bool find_scenarios(struct names *out, struct desk *d, const char *home, struct err *e)
{
    struct world *w = d->world;
    const struct workspace here = { .dir = home ? home : ".", .world = w };
    const char **file = arena_many(d->keep, const char *, d->words + 256);
    size_t n = 0;
    for (size_t i = 0; i < d->words; i++) {
        bool folder = false;
        struct err none = { 0 };
        if (!w->exists(w, d->word[i], &folder)) { /* the name of a shipped example, then */
            const char *inside = arena_print(d->keep, "%s/scenario.yaml", d->word[i]);
            if (!workspace_share(&file[n++], NULL, &here, "examples", inside, d->keep, &none))
                return err_input(e, "there is no scenario '%s'", d->word[i]);
            continue;
        }
        file[n++] = folder ? arena_print(d->keep, "%s/scenario.yaml", d->word[i]) : d->word[i];
    }
    struct names all = { 0 };
    for (int kind = 0; kind < 2 && !n; kind++) {
        const char *what = kind ? "examples" : "scenarios", *path;
        if (!workspace_share_list(&all, &here, what, d->keep, e))
            return false;
        for (size_t i = 0; i < all.count && n < 255; i++) {
            struct err none = { 0 };
            const char *name = text_ends(all.name[i], ".yaml") ? all.name[i]
                             : arena_print(d->keep, "%s/scenario.yaml", all.name[i]);
            if (workspace_share(&path, NULL, &here, what, name, d->keep, &none))
                file[n++] = path;
        }
    }
    if (!n) {
        err_input(e, "there is no scenario here");
        return err_hint(e, "tocsin test FILE   names one; 'examples/README.md' shows how to write one");
    }
    *out = (struct names){ file, n };
    return true;
}

struct plays { struct desk *d; const char *home; struct names file; };

static bool play(struct scenario_result *out, const struct plays *p, const char *file, struct err *e)
{
    struct desk *d = p->d;
    const char *kept = desk_option(d, "keep"), *dir = kept;
    const struct actor actor = { .act = act, .home = p->home };
    if (kept && d->world->exists(d->world, arena_print(d->keep, "%s/tocsin.yaml", kept), NULL))
        return err_failed(e, "'%s' is a workspace already", kept);
    if (!kept && !scratch_make(&dir, d->keep, e))
        return false;
    bool good = scenario_play(out, d->world, file, dir, &actor, d->keep, e);
    if (!kept)
        scratch_remove(dir);
    return good;
}

/* ---- several, each in a process of its own */

static void play_apart(void *context, size_t i, FILE *out)
{
    struct plays *p = context;
    struct scenario_result r = { 0 };
    struct err e = { 0 };
    struct text t = text_new(p->d->keep);
    struct json_out o = json_out(&t);
    if (play(&r, p, p->file.name[i], &e)) {
        scenario_put(&o, &r);
    } else {
        json_open(&o, NULL, '{');
        json_put_int(&o, "error", (int64_t)e.kind);
        json_put(&o, "text", e.text);
        json_put(&o, "hint", e.hint);
        json_close(&o, '}');
    }
    fputs(t.at, out);
}

static bool take_back(struct scenario_result *out, struct desk *d, const char *file,
                      const struct piece *piece, struct err *e)
{
    size_t wrong_at;
    int64_t kind;
    if (piece->status != 0 || !json_check(piece->bytes, piece->length, &wrong_at))
        return err_system(e, "%s: the play ended with %d and no result", file, piece->status);
    struct json value = json_from(piece->bytes);
    if (!json_int(json_get(value, "error"), &kind)) {
        scenario_get(out, value, d->keep);
        return true;
    }
    e->kind = (enum err_kind)kind;
    snprintf(e->text, sizeof e->text, "%s", json_text_or(json_get(value, "text"), d->keep, ""));
    snprintf(e->hint, sizeof e->hint, "%s", json_text_or(json_get(value, "hint"), d->keep, ""));
    return false;
}

static bool play_all(struct scenario_result *out, struct plays *p, struct err *e)
{
    struct desk *d = p->d;
    const struct names *file = &p->file;
    if (file->count == 1)
        return play(out, p, file->name[0], e);
    struct piece *piece = arena_many(d->keep, struct piece, file->count);
    if (!parallel_run(piece, file->count, play_apart, p, d->keep, e))
        return false;
    for (size_t i = 0; i < file->count; i++)
        if (!take_back(&out[i], d, file->name[i], &piece[i], e))
            return false;
    return true;
}

/* What makes a kept workspace one for every verb: the repository of reports. */
static bool complete(struct desk *d, const char *dir, struct err *e)
{
    struct workspace ws;
    if (!workspace_open(&ws, d->world, dir, d->keep, e))
        return false;
    const char *repository = ws.config.publish.repository;
    if (repository[0] != '/')
        repository = workspace_path(&ws, d->keep, repository);
    bool good = d->world->exists(d->world, repository, NULL)
             || repo_init(repository, ws.config.publish.branch, e)
             || err_while(e, "making the repository of reports");
    ws.store->close(ws.store);
    return good;
}

static void print(struct desk *d, const struct scenario_result *r, size_t *number)
{
    fprintf(d->out, "# %s\n", r->name);
    for (size_t i = 0; d->verbose && r->line[i]; i++)
        fprintf(d->out, "#   %s\n", r->line[i]);
    for (size_t i = 0; i < r->expectations; i++) {
        const struct expectation *x = &r->expectation[i];
        if (x->kept)
            fprintf(d->out, "ok %zu - %s\n", ++*number, x->promise);
        else
            fprintf(d->out, "not ok %zu - %s\n#   found: %s\n", ++*number, x->promise, x->found);
    }
}

static void print_json(struct desk *d, const struct scenario_result *all, size_t count)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_open(&o, "scenarios", '[');
    for (const struct scenario_result *r = all; r < all + count; r++)
        scenario_put(&o, r);
    json_close(&o, ']');
    desk_json_end(d, &o);
}

/* The form that CI systems read: a suite a scenario, a case a promise. */
static bool write_junit(struct desk *d, const char *file, const struct scenario_result *all,
                        size_t count, struct err *e)
{
    struct text t = text_new(d->keep);
    text_add(&t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (const struct scenario_result *r = all; r < all + count; r++) {
        size_t broken = 0;
        for (size_t i = 0; i < r->expectations; i++)
            broken += !r->expectation[i].kept;
        text_add(&t, "  <testsuite name=\"");
        text_add_xml(&t, r->name);
        text_print(&t, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
                   r->expectations, broken);
        text_print(&t, "    <properties><property name=\"virtual_seconds\" value=\"%" PRId64 "\"/></properties>\n",
                   r->virtual_ms / SECOND_MS);
        for (size_t i = 0; i < r->expectations; i++) {
            const struct expectation *x = &r->expectation[i];
            text_add(&t, "    <testcase classname=\"");
            text_add_xml(&t, r->name);
            text_add(&t, "\" name=\"");
            text_add_xml(&t, x->promise);
            if (x->kept) {
                text_add(&t, "\" time=\"0\"/>\n");
                continue;
            }
            text_add(&t, "\" time=\"0\">\n      <failure message=\"");
            text_add_xml(&t, x->found);
            text_add(&t, "\"/>\n    </testcase>\n");
        }
        text_add(&t, "  </testsuite>\n");
    }
    text_add(&t, "</testsuites>\n");
    return d->world->write_file(d->world, file, t.at, t.length, e);
}

static bool holds(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Changes that no scenario ever made, and undos that none ever needed. */
static bool print_coverage(struct desk *d, const struct scenario_result *all, size_t count, struct err *e)
{
    struct roles roles;
    if (!roles_load(&roles, d->keep, e))
        return false;
    struct text never = text_new(d->keep), kept = text_new(d->keep);
    size_t changes = 0, made = 0, undos = 0, undone = 0;
    for (size_t i = 0; i < roles.actions; i++) {
        const struct role_action *a = &roles.action[i];
        bool was = false, back = false;
        for (size_t k = 0; k < count; k++) {
            was = was || holds(all[k].action, a->full);
            back = back || holds(all[k].undone, a->full);
        }
        if (!a->change)
            continue;
        changes++;
        made += was;
        undos += a->undo_action != NULL;
        undone += back;
        if (!was)
            text_print(&never, " %s", a->full);
        else if (a->undo_action && !back)
            text_print(&kept, " %s", a->full);
    }
    fprintf(d->out, "# coverage: %zu of %zu changes were made; never:%s\n", made, changes,
            never.length ? never.at : " none");
    fprintf(d->out, "# coverage: %zu of %zu undos were needed; made and never put back:%s\n", undone, undos,
            kept.length ? kept.at : " none");
    return true;
}

bool verb_test(struct desk *d, struct err *e)
{
    struct plays plays = { .d = d };
    if (!find_home(&plays.home, d, e) || !find_scenarios(&plays.file, d, plays.home, e))
        return false;
    const struct names file = plays.file;
    const char *kept = desk_option(d, "keep"), *junit = desk_option(d, "junit");
    if (kept && file.count > 1)
        return err_usage(e, "--keep is for one scenario, found %zu", file.count);
    struct scenario_result *all = arena_many(d->keep, struct scenario_result, file.count);
    size_t number = 0, broken = 0;
    if (!play_all(all, &plays, e))
        return false;
    for (size_t i = 0; i < file.count; i++) {
        if (!d->json)
            print(d, &all[i], &number);
        for (size_t k = 0; k < all[i].expectations; k++)
            broken += !all[i].expectation[k].kept;
    }
    if (d->json)
        print_json(d, all, file.count);
    else
        fprintf(d->out, "1..%zu\n", number);
    if (desk_option(d, "coverage") && !d->json && !print_coverage(d, all, file.count, e))
        return false;
    if ((kept && !complete(d, kept, e)) || (junit && !write_junit(d, junit, all, file.count, e)))
        return false;
    if (broken)
        return err_failed(e, "%s broken", broken == 1 ? "a promise is"
                                        : arena_print(d->keep, "%zu promises are", broken));
    return true;
}
