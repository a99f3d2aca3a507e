/* store_check.c: looking at every byte, and taking out what can be trusted. */
#define _GNU_SOURCE /* memmem */
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static bool check_blobs(struct local *l, const char *folder, struct checked *out,
                        struct arena *keep, struct err *e)
{
    const char *blobs = arena_print(keep, "%s/blobs", folder);
    struct names all = { 0 };
    bool there;
    if (!disk_there(l->disk, blobs, &there, e)
        || (there && !l->world->list_folder(l->world, blobs, &all, keep, e)))
        return false;
    const char **bad = arena_many(keep, const char *, all.count + 1);
    out->bad_blobs.name = bad;
    for (size_t i = 0; i < all.count; i++) {
        struct arena scratch = *keep;
        const char *bytes;
        size_t length;
        char found[SHA256_HEX + 1];
        if (!hex_is(all.name[i], SHA256_HEX))
            continue; /* an unfinished one of a dead writer */
        out->blobs++;
        if (!disk_load(l->disk, arena_print(&scratch, "%s/%s", blobs, all.name[i]), &bytes, &length,
                       &scratch, e))
            return false;
        sha256_hex(found, bytes, length);
        if (strcmp(found, all.name[i]))
            bad[out->bad_blobs.count++] = all.name[i];
    }
    return true;
}

/* A run is pinned to the texts that it began with: without them it cannot go on. */
static void check_texts(struct local *l, const char *folder, const struct journal *j,
                        struct checked *out, struct arena *keep)
{
    size_t room = 0, count = 0;
    for (size_t i = 0; i < j->count; i++)
        if (j->event[i].kind == EVENT_RUN_STARTED)
            room += json_count(json_get(j->event[i].data, "texts"));
    const char **missing = arena_many(keep, const char *, room + 1);
    for (size_t i = 0; i < j->count; i++) {
        if (j->event[i].kind != EVENT_RUN_STARTED)
            continue;
        for (struct json_walk w = json_walk(json_get(j->event[i].data, "texts")); json_next(&w);) {
            struct stat st;
            const char *sha256 = json_text_or(w.value, keep, "");
            if (hex_is(sha256, SHA256_HEX)
                && l->disk->stat(arena_print(keep, "%s/blobs/%s", folder, sha256), &st) && errno == ENOENT)
                missing[count++] = sha256;
        }
    }
    out->missing_blobs = (struct names){ missing, count };
}

static bool find_aside(struct local *l, const char *folder, struct checked *out,
                       struct arena *keep, struct err *e)
{
    struct names all;
    if (!l->world->list_folder(l->world, folder, &all, keep, e))
        return false;
    const char **name = arena_many(keep, const char *, all.count + 1);
    out->aside.name = name;
    for (size_t i = 0; i < all.count; i++)
        if (text_starts(all.name[i], "damaged-"))
            name[out->aside.count++] = all.name[i];
    return true;
}

/* What the files beside the journal say. What is missing, or says nothing, is
 * damage that reading has found already. */
static bool check_beside(struct local *l, const char *folder, struct checked *out,
                         struct arena *keep, struct err *e)
{
    struct head head = { 0 };
    struct stat st;
    struct strand s = { .lock = arena_print(keep, "%s/lock", folder) };
    const char *path = arena_print(keep, "%s/head", folder);
    int next, fd = disk_open(l->disk, path, O_RDONLY, 0, e);
    if (fd < 0 && errno != ENOENT)
        return false;
    if (fd >= 0)
        (void)strand_head(l, fd, path, &head, &next, &(struct err){ 0 });
    disk_close(l->disk, &fd);
    out->acknowledged = head.offset;
    bool there = !l->disk->stat(arena_print(keep, "%s/journal.jsonl", folder), &st);
    if (!there && errno != ENOENT)
        return err_errno(e, "cannot read '%s/journal.jsonl'", folder);
    out->size = there ? (uint64_t)st.st_size : 0;
    s.lock_fd = disk_open(l->disk, s.lock, O_RDONLY, 0, e);
    if (s.lock_fd < 0 && errno != ENOENT)
        return false;
    out->suspect = s.lock_fd >= 0 && strand_suspect(l, &s);
    disk_close(l->disk, &s.lock_fd);
    return true;
}

/* Somebody copies the journal just now, for an erasure or after a failed sync: wait
 * until that is done, or its writer dead. */
static bool let_copy(struct local *l, const char *folder, struct arena scratch, struct err *e)
{
    struct strand s = { .lock_fd = -1 };
    const char *head = arena_print(&scratch, "%s/head", folder);
    int fd = disk_open(l->disk, head, O_RDONLY, 0, &(struct err){ 0 });
    s.lock_fd = disk_open(l->disk, arena_print(&scratch, "%s/lock", folder), O_RDONLY, 0, &(struct err){ 0 });
    bool ok = fd < 0 || s.lock_fd < 0 || !strand_suspect(l, &s) || disk_await(fd, head, e);
    disk_close(l->disk, &fd);
    disk_close(l->disk, &s.lock_fd);
    return ok;
}

bool local_check(struct store *store, const char *incident, struct checked *out,
                 struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    struct journal j;
    const char *folder;
    *out = (struct checked){ 0 };
    if (!local_folder(&folder, l, incident, keep, e) || !let_copy(l, folder, *keep, e)
        || !local_read_fresh(l, incident, &j, keep, e))
        return false;
    int64_t *lines = arena_many(keep, int64_t, j.streams);
    for (size_t i = 0; i < j.count; i++)
        lines[j.event[i].stream]++;
    out->stream = j.stream;
    out->streams = j.streams;
    out->lines = lines;
    check_texts(l, folder, &j, out, keep);
    return check_beside(l, folder, out, keep, e) && check_blobs(l, folder, out, keep, e)
        && find_aside(l, folder, out, keep, e);
}

/* Which stream: our own, unless another is damaged and it is not. */
static void choose(struct salvaged *out, size_t *chosen, const struct journal *j)
{
    size_t damaged = 0;
    *chosen = 0;
    for (size_t i = 0; i < j->streams; i++)
        if (j->stream[i].damage && (i || j->stream[i].altered) && !damaged++)
            *chosen = i;
    out->stream = *chosen ? j->stream[*chosen].name : "";
    out->more = damaged > 1 ? damaged - 1 : 0;
}

/* Of another store's stream the file, and its head. */
static bool salvage_foreign(struct local *l, const char *folder, size_t chosen, const char **path,
                            const struct head **head, struct arena *keep, struct err *e)
{
    struct names foreign;
    const char *damage;
    if (!local_foreign(l, folder, &foreign, keep, e) || chosen > foreign.count)
        return false;
    *path = arena_print(keep, "%s/streams/%s", folder, foreign.name[chosen - 1]);
    return foreign_head(head, &damage, l, *path, keep, e);
}

bool local_salvage(struct store *store, const char *incident, struct salvaged *out,
                   struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    const char *folder, *bytes, *no_head, *path;
    size_t length, chosen;
    struct head own;
    const struct head *head = NULL;
    struct journal j;
    struct salvaged which = { 0 };
    struct stat st;
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    if (l->disk->stat(folder, &st) && errno == ENOENT)
        return err_input(e, "there is no incident '%s'", incident);
    if (!local_read_fresh(l, incident, &j, keep, e) || !local_head(&own, &no_head, l, folder, keep, e))
        return false;
    choose(&which, &chosen, &j);
    path = arena_print(keep, "%s/journal.jsonl", folder);
    if (chosen && !salvage_foreign(l, folder, chosen, &path, &head, keep, e))
        return false;
    if (!chosen && !no_head)
        head = &own;
    if (!disk_load(l->disk, path, &bytes, &length, keep, e)) {
        if (errno == ENOENT) {
            err_input(e, "'%s' is missing: nothing is left to be salvaged", path);
            err_hint(e, "tocsin import FILE   takes a copy of it in, from 'tocsin export' elsewhere");
        }
        return false;
    }
    stream_salvage(out, incident, j.id, head, bytes, length, keep);
    out->stream = which.stream;
    out->more = which.more;
    return true;
}

static bool file_says(struct local *l, const char *path, const char *const *text, size_t count,
                      struct arena scratch)
{
    struct err ignored;
    const char *bytes;
    size_t length;
    if (!disk_load(l->disk, path, &bytes, &length, &scratch, &ignored))
        return false;
    for (size_t i = 0; i < count; i++)
        if (memmem(bytes, length, text[i], strlen(text[i])))
            return true;
    return false;
}

bool local_mentions(struct store *store, const char *incident, const char *const *text,
                    size_t count, struct names *out, struct arena *keep, struct err *e)
{
    static const char *const inside[] = { ".", "blobs", "output", "streams" };
    enum { MOST = 1000 };
    struct local *l = (struct local *)store;
    const char *folder, **found = arena_many(keep, const char *, MOST + 1);
    size_t founds = 0;
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        const char *path = i ? arena_print(keep, "%s/%s", folder, inside[i]) : folder;
        struct names all;
        struct stat st;
        if (l->disk->stat(path, &st))
            continue;
        if (!l->world->list_folder(l->world, path, &all, keep, e))
            return false;
        for (size_t k = 0; k < all.count && founds < MOST; k++) {
            const char *file = arena_print(keep, "%s/%s", path, all.name[k]);
            if (strcmp(all.name[k], "journal.jsonl") && file_says(l, file, text, count, *keep))
                found[founds++] = file;
        }
    }
    *out = (struct names){ found, founds };
    return true;
}
