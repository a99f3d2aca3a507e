/* scratch.c: see scratch.h. */
#define _GNU_SOURCE
#include "world/scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool scratch_make(const char **dir, struct arena *keep, struct err *e)
{
    static const char memory[] = "/dev/shm";
    const char *where = getenv("TMPDIR");
    if (!where || !*where)
        where = access(memory, W_OK) == 0 ? memory : "/tmp";
    char *path = arena_print(keep, "%s/tocsin-XXXXXX", where);
    if (!mkdtemp(path))
        return err_errno(e, "cannot make a folder in '%s'", where);
    *dir = path;
    return true;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s; (void)kind; (void)at;
    return remove(path);
}

void scratch_remove(const char *dir)
{
    enum { OPEN_FOLDERS = 16 };
    nftw(dir, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
