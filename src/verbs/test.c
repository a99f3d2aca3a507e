/* test.c: scenarios played on the virtual clock, and their promises judged. */
#include "verbs/test.h"

#include "play/scenario.h"
#include "world/git.h"
#include "world/parallel.h"
#include "world/scratch.h"

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

/* Why it could not be played is a part of the result: the others are played all the same. */
static void play(struct scenario_result *out, const struct plays *p, const char *file)
{
    struct desk *d = p->d;
    const char *kept = desk_option(d, "keep"), *dir = kept;
    const struct actor actor = { .act = act, .home = p->home, .coverage = desk_option(d, "coverage") != NULL };
    struct err e = { 0 };
    *out = (struct scenario_result){ .name = file, .summary = "" };
    if (!kept && !scratch_make(&dir, d->keep, &out->error))
        return;
    if (!scenario_play(out, d->world, file, dir, &actor, d->keep, &e))
        *out = (struct scenario_result){ .name = file, .summary = "", .error = e };
    if (!kept)
        scratch_remove(dir);
}

/* ---- several, each in a process of its own */

static void play_apart(void *context, size_t i, FILE *out)
{
    struct plays *p = context;
    struct scenario_result r;
    struct text t = text_new(p->d->keep);
    struct json_out o = json_out(&t);
    play(&r, p, p->file.name[i]);
    scenario_put(&o, &r);
    fputs(t.at, out);
}

static bool play_all(struct scenario_result *out, struct plays *p, struct err *e)
{
    struct desk *d = p->d;
    const struct names *file = &p->file;
    size_t wrong_at;
    if (file->count == 1) {
        play(&out[0], p, file->name[0]);
        return true;
    }
    struct piece *piece = arena_many(d->keep, struct piece, file->count);
    if (!parallel_run(piece, file->count, play_apart, p, d->keep, e))
        return false;
    for (size_t i = 0; i < file->count; i++) {
        out[i] = (struct scenario_result){ .name = file->name[i], .summary = "" };
        if (piece[i].status != 0 || !json_check(piece[i].bytes, piece[i].length, &wrong_at))
            err_system(&out[i].error, "%s: the play ended with %d and no result", file->name[i], piece[i].status);
        else
            scenario_get(&out[i], json_from(piece[i].bytes), d->keep);
    }
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

bool verb_test(struct desk *d, struct err *e)
{
    struct plays plays = { .d = d };
    if (!find_home(&plays.home, d, e) || !find_scenarios(&plays.file, d, plays.home, e))
        return false;
    size_t count = plays.file.count, broken = 0;
    const char *kept = desk_option(d, "keep"), *junit = desk_option(d, "junit");
    if (kept && count > 1)
        return err_usage(e, "--keep is for one scenario, found %zu", count);
    if (kept && d->world->exists(d->world, arena_print(d->keep, "%s/tocsin.yaml", kept), NULL))
        return err_failed(e, "'%s' is a workspace already", kept);
    struct scenario_result *all = arena_many(d->keep, struct scenario_result, count);
    if (!play_all(all, &plays, e))
        return false;
    struct covered covered = { 0 };
    if (desk_option(d, "coverage") && !test_cover(&covered, d, plays.home, all, count, e))
        return false;
    test_print(d, all, count, &covered);
    if (junit && !test_write_junit(d, junit, all, count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (all[i].error.kind) {
            *e = all[i].error;
            return false;
        }
        for (size_t k = 0; k < all[i].expectations; k++)
            broken += !all[i].expectation[k].kept;
    }
    if (kept && !complete(d, kept, e))
        return false;
    return !broken || err_failed(e, "%s broken", broken == 1 ? "a promise is"
                                                 : arena_print(d->keep, "%zu promises are", broken));
}
