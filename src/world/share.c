/* share.c: runbooks, templates and plugins: the workspace's own and the
 * installed ones; see workspace.h. */
#define _GNU_SOURCE
#include "world/workspace.h"

#include "world/disk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef TOCSIN_PREFIX
#define TOCSIN_PREFIX "/usr/local"
#endif

/* The installed ones: $TOCSIN_SHARE; beside the program (BIN/../share/tocsin); the
 * source tree that it was built in; PREFIX/share/tocsin. */
static const char *installed(struct world *w, struct arena *keep)
{
    const char *said = w->environment(w, "TOCSIN_SHARE");
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (said && *said)
        return said;
    if (length > 0) {
        program[length] = '\0';
        for (int up = 0; up < 5; up++) {
            char *slash = strrchr(program, '/');
            if (!slash)
                break;
            *slash = '\0';
            const char *share = arena_print(keep, "%s/../share/tocsin", program);
            if (up == 0 && w->exists(w, share, NULL))
                return share;
            if (w->exists(w, arena_print(keep, "%s/src/LAYERS", program), NULL))
                return arena_string(keep, program);
        }
    }
    return TOCSIN_PREFIX "/share/tocsin";
}

/* It is to be read whole, and nobody may ever write into a pipe. */
static bool is_plain(const char *path, struct err *e)
{
    return !disk_is_special(path) || err_input(e, "'%s' is no regular file", path);
}

bool workspace_share(const char **path, bool *own, const struct workspace *ws, const char *kind,
                     const char *name, struct arena *keep, struct err *e)
{
    struct world *w = ws->world;
    if (own)
        *own = true;
    *path = arena_print(keep, "%s/%s/%s", ws->dir, kind, name);
    if (w->exists(w, *path, NULL))
        return is_plain(*path, e);
    if (own)
        *own = false;
    *path = arena_print(keep, "%s/%s/%s", installed(w, keep), kind, name);
    if (w->exists(w, *path, NULL))
        return is_plain(*path, e);
    struct names all;
    struct err ignored;
    bool known = workspace_share_list(&all, ws, kind, keep, &ignored);
    const char *near = known ? text_nearest(name, all.name) : NULL;
    if (near && text_equal(near, name))
        return err_input(e, "'%s/%s' is a link to what is not there", kind, name);
    return err_input(e, "there is no '%s' among the %s%s%s%s", name, kind,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool workspace_share_list(struct names *out, const struct workspace *ws, const char *kind,
                          struct arena *keep, struct err *e)
{
    struct world *w = ws->world;
    struct names list[2] = { { 0 }, { 0 } };
    const char *folder[2] = { arena_print(keep, "%s/%s", ws->dir, kind),
                              arena_print(keep, "%s/%s", installed(w, keep), kind) };
    for (int i = 0; i < 2; i++)
        if (w->exists(w, folder[i], NULL) && !w->list_folder(w, folder[i], &list[i], keep, e))
            return false;
    const char **name = arena_many(keep, const char *, list[0].count + list[1].count + 1);
    size_t count = 0, kept = 0;
    for (int i = 0; i < 2; i++)
        for (size_t j = 0; j < list[i].count; j++)
            if (list[i].name[j][0] != '.' && strcmp(list[i].name[j], "README.md"))
                name[count++] = list[i].name[j];
    qsort(name, count, sizeof *name, by_bytes);
    for (size_t i = 0; i < count; i++)
        if (!kept || strcmp(name[kept - 1], name[i]))
            name[kept++] = name[i];
    name[kept] = NULL;
    *out = (struct names){ name, kept };
    return true;
}
