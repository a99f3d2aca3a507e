/* store_foreign.c: streams of other stores on disk: FIRSTHASH.jsonl, and beside it a
 * FIRSTHASH.head, so that a cut at a line's end is seen, too. Written complete or
 * not at all, the stream first: one without a head is an older version's, or was
 * never acknowledged. */
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

const char *foreign_head_path(const char *path, struct arena *keep)
{
    return arena_print(keep, "%.*s.head", (int)(strlen(path) - strlen(".jsonl")), path);
}

bool local_foreign(struct local *l, const char *folder, struct names *out, struct arena *keep,
                   struct err *e)
{
    const char *path = arena_print(keep, "%s/streams", folder), *last = "";
    struct names all = { 0 };
    bool there;
    if (!disk_there(l->disk, path, &there, e)
        || (there && !l->world->list_folder(l->world, path, &all, keep, e)))
        return false;
    const char **name = arena_many(keep, const char *, all.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) { /* a head alone is a stream that went missing */
        bool head = text_ends(all.name[i], ".head");
        if (all.name[i][0] == '.' || !(head || text_ends(all.name[i], ".jsonl")))
            continue;
        const char *file = !head ? all.name[i] : arena_print(keep, "%.*s.jsonl",
                                     (int)(strlen(all.name[i]) - strlen(".head")), all.name[i]);
        if (strcmp(file, last))
            name[count++] = last = file;
    }
    *out = (struct names){ name, count };
    return true;
}

bool foreign_head(const struct head **out, const char **damage, struct local *l, const char *path,
                  struct arena *keep, struct err *e)
{
    struct head *head = arena_one(keep, struct head);
    struct err why = { 0 };
    int next;
    const char *head_path = foreign_head_path(path, keep);
    *out = NULL;
    *damage = NULL;
    int fd = disk_open(l->disk, head_path, O_RDONLY, 0, &why);
    if (fd < 0 && errno == ENOENT)
        return true;
    bool ok = fd >= 0 && strand_head(l, fd, head_path, head, &next, &why);
    disk_close(l->disk, &fd);
    if (ok)
        *out = head;
    else if (why.kind == ERR_INPUT)
        *damage = arena_string(keep, why.text);
    else
        *e = why;
    return ok || *damage;
}

bool foreign_put_head(struct local *l, const char *path, const struct stream *s, struct err *e)
{
    struct arena scratch = l->all;
    struct head h = { s->end, s->last_seq, "" };
    char bytes[HEAD_SIZE];
    memcpy(h.hash, s->head, SHA256_HEX);
    head_write(bytes, &h);
    head_write(bytes + HEAD_SLOT, &h);
    return disk_replace(l->disk, foreign_head_path(path, &scratch), bytes, sizeof bytes, l->modes.file, e);
}

/* A copy that grew apart begins with the lines that we have, too: an event is
 * shown once, in the first stream that holds it. Streams stand in one another's
 * order by seq. */
static void forget_twins(struct stream_reader *r, size_t from)
{
    for (size_t start = 0, next; start < from; start = next) {
        size_t kept = from, at = start;
        for (next = start; next < from && r->event[next].stream == r->event[start].stream; next++)
            ;
        for (size_t i = from; i < r->count; i++) {
            while (at < next && r->event[at].seq < r->event[i].seq)
                at++;
            if (at == next || strcmp(r->event[at].hash, r->event[i].hash))
                r->event[kept++] = r->event[i];
        }
        r->count = kept;
    }
}

static bool scan(struct local *l, const char *path, struct stream_reader *r, struct stream *out,
                 struct arena *keep, struct err *e)
{
    size_t left = 0;
    int fd = disk_open(l->disk, path, O_RDONLY, 0, e);
    bool missing = fd < 0 && errno == ENOENT;
    bool ok = missing || (fd >= 0 && strand_scan(l, fd, path, r, 0, &left, keep, e));
    disk_close(l->disk, &fd);
    stream_end(out, r, left, keep);
    if (missing)
        out->damage = arena_string(keep, "missing, and its head is there");
    return ok;
}

bool foreign_read(struct local *l, const char *folder, const char *name, struct stream_reader *r,
                  struct stream *out, unsigned index, struct arena *keep, struct err *e)
{
    const char *bad_head, *path = arena_print(keep, "%s/streams/%s", folder, name);
    const struct head *head;
    struct stream_reader before = *r;
    if (!foreign_head(&head, &bad_head, l, path, keep, e))
        return false;
    *r = stream_begin(head, NULL, index);
    r->whole = true;
    r->beyond_damage = true;
    r->event = before.event;
    r->count = before.count;
    r->room = before.room;
    bool ok = scan(l, path, r, out, keep, e);
    forget_twins(r, before.count);
    if (!*out->name && strlen(name) >= SHA256_HEX) /* its first line cannot be read */
        out->name = arena_copy(keep, name, SHA256_HEX);
    if (!out->damage && (strlen(name) < SHA256_HEX || strncmp(name, r->first, SHA256_HEX)))
        out->damage = "altered: its first line is not the one that its name says";
    if (out->damage)
        out->damage = arena_print(keep, "'%s' is %s", path, out->damage);
    else
        out->damage = bad_head;
    out->altered = out->damage != NULL;
    out->headless = !head && !bad_head;
    return ok;
}

/* The head covers the whole file, as it should. */
static bool is_guarded(struct local *l, const char *path, struct arena scratch)
{
    const struct head *head;
    const char *damage;
    struct stat st;
    return foreign_head(&head, &damage, l, path, &scratch, &(struct err){ 0 })
        && (damage || (head && (l->disk->stat(path, &st) || (uint64_t)st.st_size <= head->offset)));
}

bool foreign_guard(struct local *l, const char *folder, struct arena scratch, struct err *e)
{
    struct names foreign;
    if (!local_foreign(l, folder, &foreign, &scratch, e))
        return false;
    for (size_t i = 0; i < foreign.count; i++) {
        struct stream_reader r = { 0 };
        struct stream s;
        const char *path = arena_print(&scratch, "%s/streams/%s", folder, foreign.name[i]);
        if (is_guarded(l, path, scratch))
            continue;
        if (!foreign_read(l, folder, foreign.name[i], &r, &s, 1, &scratch, e)
            || (!s.damage && !foreign_put_head(l, path, &s, e)))
            return false;
    }
    return true;
}
