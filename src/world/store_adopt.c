/* store_adopt.c: streams of other stores: handed on, taken in, left by a fork. */
#include "world/store_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A stream that is here already. */
struct present {
    const char *file; /* in streams/; NULL: our own journal */
    struct stream_bytes bytes;
    const struct event *event;
    size_t events;
};

static bool parse(struct present *out, const char *bytes, size_t length, const char *path,
                  bool strict, struct arena *keep, struct err *e)
{
    struct stream s;
    struct stream_reader r = stream_begin(NULL, NULL, 0);
    stream_read(&s, &r, bytes, length, keep);
    if (strict && (s.damage || !r.count))
        return err_input(e, "'%s' is %s", path, s.damage ? s.damage : "empty");
    out->bytes = (struct stream_bytes){ s.name, bytes, (size_t)s.end };
    out->event = r.event;
    out->events = r.count;
    return true;
}

static bool load(struct present *out, struct local *l, const char *path, const char *file,
                 struct arena *keep, struct err *e)
{
    const char *bytes;
    size_t length;
    out->file = file;
    return disk_load(l->disk, path, &bytes, &length, keep, e)
        && parse(out, bytes, length, path, file != NULL, keep, e);
}

static bool load_all(struct present **out, size_t *count, struct local *l, const char *folder,
                     struct arena *keep, struct err *e)
{
    struct names foreign;
    if (!local_foreign(l, folder, &foreign, keep, e))
        return false;
    struct present *p = *out = arena_many(keep, struct present, foreign.count + 1);
    *count = foreign.count + 1;
    if (!load(&p[0], l, arena_print(keep, "%s/journal.jsonl", folder), NULL, keep, e))
        return false;
    for (size_t i = 0; i < foreign.count; i++)
        if (!load(&p[i + 1], l, arena_print(keep, "%s/streams/%s", folder, foreign.name[i]),
                  foreign.name[i], keep, e))
            return false;
    return true;
}

bool local_streams(struct store *store, const char *incident, const struct stream_bytes **out,
                   size_t *count, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    const char *folder;
    struct present *p;
    size_t all;
    if (!local_folder(&folder, l, incident, keep, e) || !load_all(&p, &all, l, folder, keep, e))
        return false;
    struct stream_bytes *stream = arena_many(keep, struct stream_bytes, all);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (p[i].events)
            stream[(*count)++] = p[i].bytes;
    *out = stream;
    return true;
}

bool local_blobs(struct store *store, const char *incident, struct names *out,
                 struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    const char *folder;
    struct names all = { 0 };
    struct stat st;
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    const char *blobs = arena_print(keep, "%s/blobs", folder);
    if (!l->disk->stat(blobs, &st) && !l->world->list_folder(l->world, blobs, &all, keep, e))
        return false;
    const char **name = arena_many(keep, const char *, all.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (hex_is(all.name[i], SHA256_HEX))
            name[count++] = all.name[i];
    *out = (struct names){ name, count };
    return true;
}

static size_t in_common(const struct present *a, const struct present *b)
{
    size_t n = 0;
    while (n < a->events && n < b->events && !strcmp(a->event[n].hash, b->event[n].hash))
        n++;
    return n;
}

/* Where a stream goes: into the file that it continues; into none when we have
 * it all; else into a new one, whose name says where it leaves what we have. */
static const char *place(const struct present *new, const struct present *here, size_t count,
                         int64_t *added, struct arena *keep)
{
    const char *file = NULL;
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        size_t common = in_common(new, &here[i]);
        known = common > known ? common : known;
        if (here[i].file && here[i].events && common == here[i].events && common < new->events)
            file = here[i].file;
    }
    *added += (int64_t)(new->events - known);
    if (known == new->events)
        return NULL;
    if (file)
        return file;
    return known ? arena_print(keep, "%s.%s.jsonl", new->bytes.name, new->event[known].hash)
                 : arena_print(keep, "%s.jsonl", new->bytes.name);
}

static bool parse_all(struct present *new, const struct stream_bytes *stream, size_t count,
                      struct arena *keep, struct err *e)
{
    for (size_t i = 0; i < count; i++)
        if (!parse(&new[i], stream[i].bytes, stream[i].length,
                   arena_print(keep, "stream %.12s", stream[i].name), true, keep, e))
            return false;
    return true;
}

static bool make_of(struct local *l, const char *incident, const struct present *new,
                    size_t count, int64_t *added, struct arena *keep, struct err *e)
{
    struct stream_bytes *stream = arena_many(keep, struct stream_bytes, count);
    for (size_t i = 0; i < count; i++) {
        stream[i] = new[i].bytes;
        *added += (int64_t)new[i].events;
    }
    return local_create_with(l, incident, NULL, stream, count, keep, e);
}

bool local_adopt(struct store *store, const char *incident, const struct stream_bytes *stream,
                 size_t count, int64_t *added, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    const char *folder;
    struct present *here, *new = arena_many(keep, struct present, count + 1);
    size_t all;
    struct stat st;
    *added = 0;
    if (!local_folder(&folder, l, incident, keep, e) || !parse_all(new, stream, count, keep, e))
        return false;
    if (l->disk->stat(folder, &st))
        return make_of(l, incident, new, count, added, keep, e);
    for (size_t i = 0; i < count; i++) {
        if (!load_all(&here, &all, l, folder, keep, e))
            return false;
        const char *file = place(&new[i], here, all, added, keep);
        if (file && !disk_replace(l->disk, arena_print(keep, "%s/streams/%s", folder, file),
                                  new[i].bytes.bytes, new[i].bytes.length, l->modes.file, e))
            return false;
    }
    return true;
}

bool local_fork(struct draft *out, struct local *l, const struct strand *s,
                const struct draft *first, struct arena *keep, struct err *e)
{
    struct present *p;
    const struct present *main = NULL;
    size_t count;
    *out = (struct draft){ .data = NULL };
    if (!load_all(&p, &count, l, s->folder, keep, e))
        return false;
    for (size_t i = 1; i < count; i++)
        if (!main || p[i].event[0].kind == EVENT_OPENED)
            main = &p[i];
    if (!main)
        return true;
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "id", json_text_or(json_get(main->event[0].data, "id"), keep, ""));
    json_put(&o, "stream", main->bytes.name);
    json_put(&o, "hash", main->event[main->events - 1].hash);
    json_close(&o, '}');
    *out = (struct draft){ .at = INSTANT_NONE, .by = first->by, .uid = first->uid,
                           .kind = EVENT_FORKED, .data = t.at };
    return true;
}
