/* git.c: finds tocsin-git.so and hands every call through to it. */
#include "world/git.h"

#include "world/on_demand/git.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef TOCSIN_PREFIX
#define TOCSIN_PREFIX "/usr/local"
#endif

#ifdef __SANITIZE_ADDRESS__
/* libgit2 1.5 forgets what a regular expression of its own did not match
 * (looking for url.*.insteadOf); it is not ours to free. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpcre2\n";
}
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

enum { PATH_ROOM = 4096 };

/* Beside the program, then upwards from it (a test lies in build/tests/world),
 * as the module of the same build is the one that fits. */
static void *open_beside(char *path)
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_ROOM - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    for (int up = 0; up < 4; up++) {
        char *slash = strrchr(path, '/');
        if (!slash || slash == path)
            return NULL;
        if (up == 0) { /* installed: BIN/../lib/tocsin */
            snprintf(slash, (size_t)(PATH_ROOM - (slash - path)), "/../lib/tocsin/tocsin-git.so");
            if (access(path, F_OK) == 0)
                return dlopen(path, RTLD_NOW | RTLD_LOCAL);
        }
        snprintf(slash, (size_t)(PATH_ROOM - (slash - path)), "/tocsin-git.so");
        void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (module || access(path, F_OK) == 0)
            return module;
        *slash = '\0';
    }
    return NULL;
}

static const struct git_module *git_module(struct err *e)
{
    static const struct git_module *known;
    if (known)
        return known;

    char path[PATH_ROOM];
    void *module = open_beside(path);
    if (!module)
        module = dlopen(TOCSIN_PREFIX "/lib/tocsin/tocsin-git.so", RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        const char *why = dlerror();
        err_system(e, "git is not at hand: %s", why ? why : "no tocsin-git.so");
        err_hint(e, "tocsin-git.so belongs beside the program or in %s/lib/tocsin",
                 TOCSIN_PREFIX);
        return NULL;
    }
    const struct git_module *(*start)(void) = NULL;
    void *symbol = dlsym(module, GIT_MODULE_SYMBOL);
    memcpy(&start, &symbol, sizeof start); /* C has no cast from void * to a function */
    known = start ? start() : NULL;
    if (!known)
        err_system(e, "libgit2 does not start");
    return known;
}

/* The module is linked against nothing of ours: what it takes from base/ has
 * to be in every program that links this file. */
__attribute__((used)) static void (*const taken[])(void) = {
    (void (*)(void))arena_take, (void (*)(void))text_new, (void (*)(void))err_system,
};

/* What git writes into a team's repository is the team's: libgit2 knows no
 * core.sharedRepository when it makes objects. */
static mode_t for_the_team(const char *repository)
{
    struct stat st;
    bool team = !stat(repository, &st) && (st.st_mode & S_ISGID) && (st.st_mode & S_IWGRP);
    mode_t before = umask(007);
    if (!team)
        umask(before);
    return before;
}

bool repo_init(const char *repository, const char *branch, struct err *e)
{
    const struct git_module *m = git_module(e);
    mode_t before = for_the_team(repository);
    bool good = m && m->init(repository, branch, e);
    umask(before);
    return good;
}

bool repo_commit(const char *repository, const char *branch, const struct repo_file *file,
                      size_t files, const struct repo_author *c, char id[41], bool *same,
                      struct err *e)
{
    const struct git_module *m = git_module(e);
    mode_t before = for_the_team(repository);
    bool good = m && m->commit(repository, branch, file, files, c, id, same, e);
    umask(before);
    return good;
}

bool repo_read(const char *repository, const char *branch, const char *path, const char **bytes,
              size_t *length, struct arena *keep, struct err *e)
{
    const struct git_module *m = git_module(e);
    return m && m->read(repository, branch, path, bytes, length, keep, e);
}

bool repo_list(const char *repository, const char *branch, const char *folder, struct names *out,
              struct arena *keep, struct err *e)
{
    const struct git_module *m = git_module(e);
    return m && m->list(repository, branch, folder, out, keep, e);
}

bool repo_diff(const char *old_path, const char *old_bytes, const char *new_path,
              const char *new_bytes, const char **diff, struct arena *keep, struct err *e)
{
    const struct git_module *m = git_module(e);
    return m && m->diff(old_path, old_bytes, new_path, new_bytes, diff, keep, e);
}

bool repo_merge(const char *base, const char *ours, const char *theirs, const char *ours_name,
               const char *theirs_name, const char **merged, bool *conflict,
               struct arena *keep, struct err *e)
{
    const struct git_module *m = git_module(e);
    return m && m->merge(base, ours, theirs, ours_name, theirs_name, merged, conflict, keep, e);
}

bool repo_push(const char *repository, const char *branch, const char *remote, bool *rejected,
              struct err *e)
{
    const struct git_module *m = git_module(e);
    return m && m->push(repository, branch, remote, rejected, e);
}

bool repo_fetch(const char *repository, const char *branch, const char *remote, char tip[41],
               struct err *e)
{
    const struct git_module *m = git_module(e);
    mode_t before = for_the_team(repository);
    bool good = m && m->fetch(repository, branch, remote, tip, e);
    umask(before);
    return good;
}

bool repo_replay(const char *repository, const char *branch, const char *onto,
                 const char *without, char id[41], struct err *e)
{
    const struct git_module *m = git_module(e);
    mode_t before = for_the_team(repository);
    bool good = m && m->replay(repository, branch, onto, without, id, e);
    umask(before);
    return good;
}
