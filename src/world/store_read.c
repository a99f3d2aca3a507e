/* store_read.c: listing and reading; takes no lock and mends nothing. */
#include "world/store_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

bool local_list(struct store *store, struct names *out, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    struct names all;
    const char *folder = arena_print(keep, "%s/incidents", l->root);
    if (!l->world->list_folder(l->world, folder, &all, keep, e))
        return false;
    const char **name = arena_many(keep, const char *, all.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (all.name[i][0] != '.')
            name[count++] = all.name[i];
    *out = (struct names){ name, count };
    return true;
}

bool local_head(struct head *out, const char **damage, struct local *l, const char *folder,
                struct arena *keep, struct err *e)
{
    struct err why = { 0 };
    int next;
    const char *path = arena_print(keep, "%s/head", folder);
    *damage = NULL;
    int fd = disk_open(l->disk, path, O_RDONLY, 0, &why);
    bool missing = fd < 0 && errno == ENOENT;
    bool ok = fd >= 0 && strand_head(l, fd, path, out, &next, &why);
    disk_close(l->disk, &fd);
    if (missing)
        *damage = arena_print(keep, "'%s' is missing: it says what was acknowledged", path);
    else if (!ok && why.kind == ERR_INPUT)
        *damage = arena_string(keep, why.text);
    else if (!ok)
        *e = why;
    return ok || *damage;
}

/* Our own stream. Its head is read first: the journal only grows behind it. */
static bool read_own(struct local *l, const char *folder, const char *incident,
                     struct stream_reader *r, struct stream *out, struct head *head,
                     bool beyond_damage, struct arena *keep, struct err *e)
{
    const char *bad_head, *path = arena_print(keep, "%s/journal.jsonl", folder);
    struct stat st;
    size_t left = 0;
    if (l->disk->stat(folder, &st) && errno == ENOENT)
        return err_input(e, "there is no incident '%s'", incident);
    if (!local_head(head, &bad_head, l, folder, keep, e))
        return false;
    int fd = disk_open(l->disk, path, O_RDONLY, 0, e);
    bool missing = fd < 0 && errno == ENOENT;
    if (fd < 0 && !missing)
        return false;
    *r = stream_begin(bad_head ? NULL : head, NULL, 0);
    r->beyond_damage = beyond_damage;
    bool ok = missing || strand_scan(l, fd, path, r, 0, &left, keep, e);
    disk_close(l->disk, &fd);
    stream_end(out, r, left, keep);
    if (missing)
        out->damage = arena_print(keep, "'%s' is missing", path);
    else if (bad_head)
        out->damage = bad_head;
    else if (out->damage)
        out->damage = arena_print(keep, "'%s' is %s", path, out->damage);
    out->altered = out->altered || missing || bad_head;
    return ok;
}

bool local_read_fresh(struct local *l, const char *incident, struct journal *out,
                      struct arena *keep, struct err *e)
{
    const char *folder;
    struct names foreign;
    struct head *head = arena_one(keep, struct head);
    struct stream_reader r;
    struct stream own;
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    struct arena before = *keep;
    if (!read_own(l, folder, incident, &r, &own, head, false, keep, e))
        return false;
    if (own.altered) { /* once more, now for what can still be shown */
        *keep = before;
        if (!read_own(l, folder, incident, &r, &own, head, true, keep, e))
            return false;
    }
    if (!local_foreign(l, folder, &foreign, keep, e))
        return false;
    struct stream *stream = arena_many(keep, struct stream, foreign.count + 1);
    stream[0] = own;
    for (size_t i = 0; i < foreign.count; i++)
        if (!foreign_read(l, folder, foreign.name[i], &r, &stream[i + 1], (unsigned)i + 1, keep, e))
            return false;
    *out = (struct journal){ .incident = arena_string(keep, incident), .id = "",
                             .event = r.event, .count = r.count,
                             .stream = stream, .streams = foreign.count + 1 };
    for (size_t i = 0; i < r.count && !*out->id; i++)
        if (r.event[i].seq == 1 && r.event[i].data.at
            && (r.event[i].kind == EVENT_OPENED || r.event[i].kind == EVENT_FORKED))
            out->id = json_text_or(json_get(r.event[i].data, "id"), keep, "");
    for (size_t i = 1; i < out->streams && !*out->id; i++)
        out->id = stream[i].id;
    return true;
}

/* One command looks at the same journal several times: as long as its files are
 * the same, so is what was read. */
struct memo {
    struct memo *next;
    struct timespec journal_time, streams_time, head_time;
    ino_t inode;
    off_t size;
    struct journal journal;
};

static bool same_files(const struct memo *a, const struct memo *b)
{
    return a->inode == b->inode && a->size == b->size
        && !memcmp(&a->journal_time, &b->journal_time, sizeof a->journal_time)
        && !memcmp(&a->streams_time, &b->streams_time, sizeof a->streams_time)
        && !memcmp(&a->head_time, &b->head_time, sizeof a->head_time);
}

static bool look_at_files(struct memo *m, struct local *l, const char *incident,
                          struct arena scratch)
{
    struct stat journal, streams, head;
    struct err ignored;
    const char *folder;
    *m = (struct memo){ 0 };
    if (!local_folder(&folder, l, incident, &scratch, &ignored)
        || l->disk->stat(arena_print(&scratch, "%s/journal.jsonl", folder), &journal)
        || l->disk->stat(arena_print(&scratch, "%s/head", folder), &head)
        || l->disk->stat(arena_print(&scratch, "%s/streams", folder), &streams))
        return false;
    m->inode = journal.st_ino;
    m->size = journal.st_size;
    m->journal_time = journal.st_mtim;
    m->head_time = head.st_mtim;
    m->streams_time = streams.st_mtim;
    return true;
}

bool local_read(struct store *store, const char *incident, struct journal *out,
                struct arena *keep, struct err *e)
{
    enum { LARGEST = 1 << 21, ROOM_FOR_EACH = 4 };
    struct local *l = (struct local *)store;
    struct memo now, **at = &l->memo;
    if (!look_at_files(&now, l, incident, l->all) || now.size > LARGEST)
        return local_read_fresh(l, incident, out, keep, e);
    while (*at && strcmp((*at)->journal.incident, incident))
        at = &(*at)->next;
    if (*at && same_files(*at, &now)) {
        *out = (*at)->journal;
        return true;
    }
    if (!l->memos.at)
        l->memos = l->memos_start = arena_reserve((size_t)MEMO_BYTES);
    if ((size_t)(l->memos.end - l->memos.at) < ROOM_FOR_EACH * (size_t)now.size + (1 << 20))
        return local_read_fresh(l, incident, out, keep, e);
    if (!local_read_fresh(l, incident, &now.journal, &l->memos, e))
        return false;
    struct memo *m = *at ? *at : arena_one(&l->memos, struct memo);
    now.next = m->next;
    *m = now;
    *at = m;
    *out = m->journal;
    return true;
}
