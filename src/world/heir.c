/* heir.c: see heir.h. */
#include "world/heir.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Does that descriptor of a process hold a lock? */
static bool holds_lock(const char *process, const char *fd)
{
    char path[300], line[256];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%.20s/fdinfo/%.20s", process, fd);
    FILE *info = fopen(path, "re");
    while (info && !found && fgets(line, sizeof line, info))
        found = strncmp(line, "lock:", 5) == 0;
    if (info)
        fclose(info);
    return found;
}

/* 1: it holds one on that file, 0: it does not, -1: it does not let us look. */
static int holds(const char *process, const struct stat *file)
{
    char path[300];
    struct stat st;
    int found = 0;
    snprintf(path, sizeof path, "/proc/%.20s/fd", process);
    DIR *all = opendir(path);
    if (!all)
        return errno == ENOENT ? 0 : -1;
    for (struct dirent *d; !found && (d = readdir(all));) {
        snprintf(path, sizeof path, "/proc/%.20s/fd/%.20s", process, d->d_name);
        found = !stat(path, &st) && st.st_ino == file->st_ino && st.st_dev == file->st_dev
             && holds_lock(process, d->d_name);
    }
    closedir(all);
    return found;
}

int64_t lock_heir(const char *path, int64_t taker)
{
    char name[24];
    struct stat file;
    int64_t heir = 0;
    snprintf(name, sizeof name, "%lld", (long long)taker);
    if (stat(path, &file) || holds(name, &file) != 0)
        return 0;
    DIR *all = opendir("/proc");
    for (struct dirent *d; all && !heir && (d = readdir(all));)
        if (d->d_name[0] >= '1' && d->d_name[0] <= '9' && holds(d->d_name, &file) == 1)
            heir = strtoll(d->d_name, NULL, 10);
    if (all)
        closedir(all);
    return heir;
}
