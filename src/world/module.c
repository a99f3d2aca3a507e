/* module.c: see module.h. */
#define _GNU_SOURCE
#include "world/module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef TOCSIN_PREFIX
#define TOCSIN_PREFIX "/usr/local"
#endif

enum { PATH_ROOM = 4096, HIGHEST = 4 };

static void *open_at(const char *path)
{
    return access(path, F_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

/* A test lies in build/tests/world: the module of the same build is above it. */
static void *open_beside(const char *name)
{
    char program[PATH_ROOM], path[PATH_ROOM + 64];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    for (int up = 0; up < HIGHEST; up++) {
        char *slash = strrchr(program, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
        snprintf(path, sizeof path, "%s/tocsin-%s.so", program, name);
        void *module = open_at(path);
        snprintf(path, sizeof path, "%s/../lib/tocsin/tocsin-%s.so", program, name);
        if (!module && up == 0)
            module = open_at(path);
        if (module)
            return module;
    }
    return NULL;
}

void *module_open(const char *name, struct err *e)
{
    char path[256];
    void *module = open_beside(name);
    snprintf(path, sizeof path, TOCSIN_PREFIX "/lib/tocsin/tocsin-%s.so", name);
    if (!module)
        module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module)
        return module;
    err_system(e, "tocsin-%s.so is not at hand", name);
    err_hint(e, "it belongs beside the program or in %s/lib/tocsin", TOCSIN_PREFIX);
    return NULL;
}
