/* store_output.c: what actions print, as files beside a journal. */
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { AT_ONCE = 1 << 16 };

/* A name is letters, digits, '-' and '.' inside, as play/output.h makes them. */
static bool output_path(const char **out, const struct local *l, const char *incident, const char *name,
                        struct arena *keep, struct err *e)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    const char *folder;
    if (!*name || *name == '.' || name[strspn(name, allowed)])
        return err_input(e, "'%s' is no name of an output", name);
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    *out = arena_print(keep, "%s/output/%s", folder, name);
    return true;
}

bool local_output_put(struct store *store, const char *incident, const char *name, uint64_t at,
                      const char *bytes, size_t length, struct err *e)
{
    struct local *l = (struct local *)store;
    struct arena scratch = l->all;
    const char *path;
    if (!output_path(&path, l, incident, name, &scratch, e))
        return false;
    int fd = disk_open(l->disk, path, O_WRONLY | O_CREAT | (at ? 0 : O_TRUNC), l->modes.file, e);
    if (fd < 0)
        return false;
    bool good = disk_write(l->disk, fd, path, bytes, length, at, e);
    disk_close(l->disk, &fd);
    return good;
}

bool local_output_get(struct store *store, const char *incident, const char *name, uint64_t from,
                      const char **bytes, size_t *length, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    const char *path;
    *length = 0;
    *bytes = "";
    if (!output_path(&path, l, incident, name, keep, e))
        return false;
    int fd = disk_open(l->disk, path, O_RDONLY, 0, e);
    if (fd < 0 && errno == ENOENT)
        *e = (struct err){ 0 };
    if (fd < 0)
        return e->kind == ERR_NONE;
    char *out = arena_many(keep, char, AT_ONCE);
    ssize_t got = disk_read(l->disk, fd, path, out, AT_ONCE, from, e);
    disk_close(l->disk, &fd);
    *bytes = out;
    *length = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

bool local_output_list(struct store *store, const char *incident, struct names *out, struct arena *keep,
                       struct err *e)
{
    struct local *l = (struct local *)store;
    const char *folder;
    bool is_folder;
    *out = (struct names){ .count = 0 };
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    folder = arena_print(keep, "%s/output", folder);
    return !l->world->exists(l->world, folder, &is_folder) || l->world->list_folder(l->world, folder, out, keep, e);
}
