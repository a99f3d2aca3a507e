/* store_create.c: a new incident, there whole or not at all. */
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static bool empty_file(struct local *l, const char *folder, const char *name, const char *bytes,
                       size_t length, struct err *e)
{
    struct arena scratch = l->all;
    const char *path = arena_print(&scratch, "%s/%s", folder, name);
    int fd = disk_open(l->disk, path, O_WRONLY | O_CREAT | O_TRUNC, l->modes.file, e);
    if (fd < 0)
        return false;
    bool ok = disk_write(l->disk, fd, path, bytes, length, 0, e) && disk_sync(l->disk, fd, path, e);
    disk_close(l->disk, &fd);
    return ok;
}

void head_of_nothing(char head[HEAD_SIZE])
{
    struct head start = { 0 };
    memcpy(start.hash, chain_start.hash, sizeof start.hash);
    head_write(head, &start);
    head_write(head + HEAD_SLOT, &start);
}

/* An incident's folder with nothing in its journal. */
static bool make_empty(struct local *l, const char *folder, struct err *e)
{
    static const char *const inside[] = { "streams", "blobs", "output" };
    struct arena scratch = l->all;
    char head[HEAD_SIZE];
    head_of_nothing(head);
    if (!disk_make_folder(l->disk, folder, l->modes.folder, e))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!disk_make_folder(l->disk, arena_print(&scratch, "%s/%s", folder, inside[i]),
                              l->modes.folder, e))
            return false;
    return empty_file(l, folder, "head", head, sizeof head, e)
        && empty_file(l, folder, "lock", " ", 1, e)
        && empty_file(l, folder, "journal.jsonl", "", 0, e)
        && disk_sync_folder(l->disk, folder, e);
}

static bool put_streams(struct local *l, const char *folder, const struct stream_bytes *stream,
                        size_t count, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = l->all;
        if (!disk_replace(l->disk, arena_print(&scratch, "%s/streams/%s.jsonl", folder, stream[i].name),
                          stream[i].bytes, stream[i].length, l->modes.file, e))
            return false;
    }
    return foreign_guard(l, folder, l->all, e);
}

/* Errors speak of the name that the folder is to have. */
static bool under_its_name(struct err *e, const char *fresh, const char *folder)
{
    const struct err before = *e;
    const char *at = strstr(before.text, fresh);
    if (at)
        snprintf(e->text, sizeof e->text, "%.*s%s%s", (int)(at - before.text), before.text, folder,
                 at + strlen(fresh));
    return false;
}

/* Built under another name, so that an incident is there whole or not at all. */
static bool create_in(struct local *l, const char *folder, const char *incident,
                      const struct draft *draft, size_t drafts, const struct stream_bytes *stream, size_t count,
                      struct arena *keep, struct err *e)
{
    struct arena scratch = l->all;
    const char *parent = arena_print(&scratch, "%.*s", (int)(strrchr(folder, '/') - folder), folder);
    const char *fresh = arena_print(&scratch, "%s/.new", parent);
    struct arena rest = l->all;
    struct strand s;
    struct appended out;
    l->all = scratch;
    bool ok = make_empty(l, fresh, e) && put_streams(l, fresh, stream, count, e);
    if (ok && drafts) {
        ok = strand_open(&s, l, fresh, incident, e);
        if (ok) {
            ok = local_append_to(l, &s, NULL, NULL, draft, drafts, SYNC_NOW, &out, keep, e);
            strand_close(l, &s);
        }
    }
    if (ok && disk_rename(l->disk, fresh, folder)) {
        if (errno == ENOTEMPTY || errno == EEXIST)
            ok = err_busy(e, "there is an incident '%s' already", incident);
        else
            ok = err_errno(e, "cannot make '%s'", folder);
    }
    ok = ok && disk_sync_folder(l->disk, parent, e);
    l->all = rest;
    return ok || under_its_name(e, fresh, folder);
}

bool local_create_with(struct local *l, const char *incident, const struct draft *draft, size_t drafts,
                       const struct stream_bytes *stream, size_t count, struct arena *keep,
                       struct err *e)
{
    struct arena scratch = l->all;
    const char *folder, *path = arena_print(&scratch, "%s/locks/.create", l->root);
    if (!local_folder(&folder, l, incident, &scratch, e))
        return false;
    int fd = disk_open(l->disk, path, O_RDWR | O_CREAT, l->modes.file, e);
    if (fd < 0)
        return false;
    bool there = false;
    struct arena rest = l->all;
    l->all = scratch;
    bool ok = disk_lock(fd, path, true, e) && disk_there(l->disk, folder, &there, e);
    if (ok && there) {
        ok = err_busy(e, "there is an incident '%s' already", incident);
        err_hint(e, "somebody opened it just now: tocsin status   shows it; then type yours again");
    }
    ok = ok && create_in(l, folder, incident, draft, drafts, stream, count, keep, e);
    l->all = rest;
    disk_close(l->disk, &fd);
    return ok;
}

bool local_create_log(struct local *l, struct err *e)
{
    struct arena scratch = l->all;
    struct stat st;
    struct err raced = { 0 };
    if (!l->disk->stat(arena_print(&scratch, "%s/log", l->root), &st))
        return true;
    if (local_create_with(l, "log", NULL, 0, NULL, 0, &scratch, &raced) || raced.kind == ERR_BUSY)
        return true;
    *e = raced;
    return false;
}
