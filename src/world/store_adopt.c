/* store_adopt.c: streams of other stores: handed on, taken in, left by a fork. */
#include "world/store_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A stream that is here already, or that is to come here. */
struct present {
    const char *file;        /* in streams/; NULL: not there yet, or our own journal */
    bool own;
    const struct head *head; /* NULL: none */
    const char *damage;      /* NULL, or words: then `events` are those before it */
    struct stream stream;
    struct stream_bytes bytes;  /* the good ones */
    size_t length;              /* all there are */
    const struct event *event;
    size_t events;
};

static void parse(struct present *out, const char *bytes, size_t length, struct arena *keep)
{
    struct stream_reader r = stream_begin(out->head, NULL, 0);
    r.whole = !out->own;
    stream_read(&out->stream, &r, bytes, length, keep);
    out->damage = out->damage ? out->damage : out->stream.damage;
    out->bytes = (struct stream_bytes){ out->stream.name, bytes, (size_t)out->stream.end };
    out->length = length;
    out->event = r.event;
    out->events = r.count;
}

static bool load(struct present *out, struct local *l, const char *path, struct arena *keep,
                 struct err *e)
{
    const char *bytes = "";
    size_t length = 0;
    if (out->file && !foreign_head(&out->head, &out->damage, l, path, keep, e))
        return false;
    bool there = true;
    if ((out->head || out->own) && !disk_there(l->disk, path, &there, e))
        return false;
    if (there && !disk_load(l->disk, path, &bytes, &length, keep, e))
        return false;
    parse(out, bytes, length, keep);
    return true;
}

static bool load_all(struct present **out, size_t *count, struct local *l, const char *folder,
                     struct arena *keep, struct err *e)
{
    struct names foreign;
    if (!local_foreign(l, folder, &foreign, keep, e))
        return false;
    struct present *p = *out = arena_many(keep, struct present, foreign.count + 1);
    *count = foreign.count + 1;
    p[0].own = true;
    if (!load(&p[0], l, arena_print(keep, "%s/journal.jsonl", folder), keep, e))
        return false;
    for (size_t i = 0; i < foreign.count; i++) {
        p[i + 1].file = foreign.name[i];
        if (!load(&p[i + 1], l, arena_print(keep, "%s/streams/%s", folder, foreign.name[i]), keep, e))
            return false;
    }
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
    bool there;
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    const char *blobs = arena_print(keep, "%s/blobs", folder);
    if (!disk_there(l->disk, blobs, &there, e)
        || (there && !l->world->list_folder(l->world, blobs, &all, keep, e)))
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

static bool holds(const struct present *p, const char *hash)
{
    for (size_t i = 0; i < p->events; i++)
        if (!strcmp(p->event[i].hash, hash))
            return true;
    return false;
}

/* Does it begin with all that is known of that file? Then it may stand in its place,
 * if the file is named by its first line. */
static bool goes_on(const struct present *new, const struct present *here, size_t common)
{
    if (!here->file || !text_starts(here->file, new->bytes.name) || common < here->events || common == new->events)
        return false;
    return here->damage ? here->head && holds(new, here->head->hash) : here->events > 0;
}

/* Where a stream goes: into the file that it continues, or makes whole again; into
 * none when we have it all; else into a new one, whose name says where it leaves
 * what we have. */
static const char *place(const struct present *new, const struct present *here, size_t count,
                         const struct present **instead, int64_t *added, struct arena *keep)
{
    size_t known = 0;
    const char *file = arena_print(keep, "%s.jsonl", new->bytes.name);
    bool taken = false;
    *instead = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t common = in_common(new, &here[i]);
        bool given_up = new->stream.salvaged && here[i].damage; /* what only that holds is to be held elsewhere, too */
        known = common > known && !given_up ? common : known;
        taken |= text_equal(here[i].file, file);
        if (goes_on(new, &here[i], common))
            *instead = &here[i];
    }
    *added += (int64_t)(new->events - known);
    if (known == new->events)
        return NULL;
    if (*instead)
        return (*instead)->file;
    return known || taken ? arena_print(keep, "%s.%s.jsonl", new->bytes.name, new->event[known].hash) : file;
}

static bool parse_all(struct present *new, const struct stream_bytes *stream, size_t count,
                      struct arena *keep, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        parse(&new[i], stream[i].bytes, stream[i].length, keep);
        if (new[i].damage || !new[i].events)
            return err_input(e, "'stream %.12s' is %s", stream[i].name,
                             new[i].damage ? new[i].damage : "empty");
    }
    return true;
}

/* What a damaged file holds is kept beside the journal. */
static bool put_aside(struct local *l, const char *folder, const char *file, struct arena scratch,
                      struct err *e)
{
    const char *path = arena_print(&scratch, "%s/streams/%s", folder, file);
    const char *aside = local_aside(l, folder, file, &scratch, e);
    if (!aside)
        return false;
    return !disk_rename(l->disk, path, aside) || errno == ENOENT || err_errno(e, "cannot move '%s'", path);
}

static bool take_in(struct local *l, const char *folder, const struct present *new, bool own_is_good,
                    int64_t *added, struct arena *keep, struct err *e)
{
    struct present *here;
    const struct present *instead;
    size_t all;
    if (!load_all(&here, &all, l, folder, keep, e))
        return false;
    if (!own_is_good)
        here[0].events = 0; /* what only it holds is to be held elsewhere, too */
    const char *file = place(new, here, all, &instead, added, keep);
    if (!file)
        return true;
    const char *path = arena_print(keep, "%s/streams/%s", folder, file);
    return (!instead || !instead->damage || put_aside(l, folder, file, *keep, e))
        && disk_replace(l->disk, path, new->bytes.bytes, new->bytes.length, l->modes.file, e)
        && foreign_put_head(l, path, &new->stream, e);
}

static bool make_of(struct local *l, const char *incident, const struct present *new,
                    size_t count, int64_t *added, struct arena *keep, struct err *e)
{
    struct present *placed = arena_many(keep, struct present, count);
    struct stream_bytes *stream = arena_many(keep, struct stream_bytes, count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) { /* copies that grew apart begin with the same line */
        const struct present *instead;
        const char *file = place(&new[i], placed, n, &instead, added, keep);
        if (!file)
            continue;
        size_t at = instead ? (size_t)(instead - placed) : n++;
        placed[at] = new[i];
        placed[at].file = file;
        stream[at] = new[i].bytes;
        stream[at].name = arena_copy(keep, file, strlen(file) - strlen(".jsonl"));
    }
    return local_create_with(l, incident, NULL, 0, stream, n, keep, e);
}

/* Is each line of it that can be trusted in one good stream, which says what is lost? */
static bool is_replaced(const struct present *damaged, const struct present *here, size_t count, const char *incident,
                        struct arena scratch)
{
    struct salvaged left;
    struct present good = { 0 };
    stream_salvage(&left, incident, "", damaged->head, damaged->bytes.bytes, damaged->length, &scratch);
    parse(&good, left.bytes, left.length, &scratch);
    for (size_t i = 1; i < count && good.events; i++) {
        size_t held = 0;
        if (here[i].damage || !(here[i].stream.salvaged || (damaged->head && holds(&here[i], damaged->head->hash))))
            continue;
        while (held < good.events && holds(&here[i], good.event[held].hash))
            held++;
        if (held == good.events)
            return true;
    }
    return false;
}

/* Damaged streams of other stores give way to what was salvaged of them: they are kept
 * beside the journal. Whoever dies in between leaves both, or a file whose head is gone. */
static bool retire(struct local *l, const char *incident, const char *folder, struct arena *keep, struct err *e)
{
    struct present *here;
    size_t count;
    if (!load_all(&here, &count, l, folder, keep, e))
        return false;
    for (size_t i = 1; i < count; i++) {
        if (!here[i].damage || !is_replaced(&here[i], here, count, incident, *keep))
            continue;
        const char *head = foreign_head_path(arena_print(keep, "%s/streams/%s", folder, here[i].file), keep);
        if (l->disk->unlink(head) && errno != ENOENT)
            return err_errno(e, "cannot remove '%s'", head);
        if (!put_aside(l, folder, here[i].file, *keep, e))
            return false;
        local_warn(l, "%s: the damaged stream '%.12s' is kept as 'damaged-%s' in its folder", incident, here[i].file, here[i].file);
    }
    return true;
}

static bool is_held(const char *hash, const struct present *here, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (!here[i].damage && holds(&here[i], hash))
            return true;
    return false;
}

/* Is every line of our own journal that can be trusted in a stream that was taken in,
 * and is said there what was lost? Where no line is left, nobody can say. */
static bool is_elsewhere(const struct stream_bytes *good, const struct head *head,
                         const struct present *here, size_t count, struct arena scratch)
{
    struct present own = { 0 };
    bool said = !head || !head->seq || is_held(head->hash, here, count);
    parse(&own, good->bytes, good->length, &scratch);
    for (size_t i = 0; i < own.events; i++)
        if (!is_held(own.event[i].hash, here, count))
            return false;
    for (size_t i = 1; i < count; i++)
        said |= here[i].stream.salvaged;
    return said || !own.events;
}

/* Beside the journal; then a new one begins, at nothing. Whoever dies in between
 * leaves a journal that is shorter than its head: as damaged as it was. */
static bool begin_anew(struct local *l, struct strand *s, const char *bytes, size_t length,
                       struct arena scratch, struct err *e)
{
    char head[HEAD_SIZE], hash[SHA256_HEX + 1];
    sha256_hex(hash, bytes, length);
    const char *aside = arena_print(&scratch, "damaged-%.12s.jsonl", hash);
    head_of_nothing(head);
    if (length && !disk_replace(l->disk, arena_print(&scratch, "%s/%s", s->folder, aside), bytes, length,
                                l->modes.file, e))
        return false;
    if (!disk_replace(l->disk, s->journal, "", 0, l->modes.file, e)
        || !disk_write(l->disk, s->head_fd, s->head, head, sizeof head, 0, e)
        || !disk_sync(l->disk, s->head_fd, s->head, e))
        return false;
    if (length)
        local_warn(l, "%s: its damaged journal is kept as '%s/%s'", s->incident, s->folder, aside);
    return true;
}

/* Our own journal, which is damaged, gives way to what was taken in. */
static bool set_aside(struct local *l, struct strand *s, struct arena scratch, struct err *e)
{
    struct present *here;
    struct salvaged good;
    const char *bytes = "";
    size_t count, length = 0;
    bool there;
    if (!disk_there(l->disk, s->journal, &there, e)
        || (there && !disk_load(l->disk, s->journal, &bytes, &length, &scratch, e))
        || !load_all(&here, &count, l, s->folder, &scratch, e))
        return false;
    struct head head;
    const char *no_head;
    if (!local_head(&head, &no_head, l, s->folder, &scratch, e))
        return false;
    stream_salvage(&good, s->incident, "", no_head ? NULL : &head, bytes, length, &scratch);
    struct stream_bytes kept = { "", good.bytes, good.length };
    if (is_elsewhere(&kept, no_head ? NULL : &head, here, count, scratch)) {
        if (!good.good && !no_head && head.seq && !is_held(head.hash, here, count))
            local_warn(l, "%s: nothing was left of its own %lld events; those that are in no copy are lost",
                       s->incident, (long long)head.seq);
        return begin_anew(l, s, bytes, length, scratch, e);
    }
    local_warn(l, "%s stays damaged: its journal holds events that this does not; tocsin -i %s verify --salvage "
               "FILE, and import that, too", s->incident, s->incident);
    return true;
}

/* Nobody else imports meanwhile, or writes a first line of ours. */
static bool join(struct local *l, const char *incident, const char *folder, const struct present *new,
                 size_t count, int64_t *added, struct arena *keep, struct err *e)
{
    struct journal j;
    struct strand *s = local_strand(l, incident, e);
    if (!s || !disk_lock(s->head_fd, s->head, true, e))
        return false;
    bool ok = disk_lock(s->lock_fd, s->lock, true, e);
    if (ok) {
        ok = local_read_fresh(l, incident, &j, keep, e);
        bool good = ok && !j.stream[0].altered;
        for (size_t i = 0; ok && i < count; i++)
            ok = take_in(l, folder, &new[i], good, added, keep, e);
        ok = ok && retire(l, incident, folder, keep, e);
        ok = ok && foreign_guard(l, folder, *keep, e) && (good || set_aside(l, s, *keep, e));
        disk_unlock(s->lock_fd);
    }
    disk_unlock(s->head_fd);
    return ok;
}

/* A head that is missing is damage, and stays so: but there must be one to lock. */
static bool own_head(struct local *l, const char *folder, struct arena scratch, struct err *e)
{
    bool there;
    const char *path = arena_print(&scratch, "%s/head", folder);
    return disk_there(l->disk, path, &there, e)
        && (there || disk_replace(l->disk, path, "", 0, l->modes.file, e));
}

static bool adopt(struct local *l, const char *incident, const struct stream_bytes *stream, size_t count,
                  int64_t *added, struct arena *keep, struct err *e)
{
    const char *folder;
    struct present *new = arena_many(keep, struct present, count + 1);
    bool there;
    *added = 0;
    if (!local_folder(&folder, l, incident, keep, e) || !parse_all(new, stream, count, keep, e))
        return false;
    if (!disk_there(l->disk, folder, &there, e))
        return false;
    if (!there)
        return make_of(l, incident, new, count, added, keep, e);
    return own_head(l, folder, *keep, e) && join(l, incident, folder, new, count, added, keep, e);
}

bool local_adopt(struct store *store, const char *incident, const struct stream_bytes *stream,
                 size_t count, int64_t *added, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    struct err ignored;
    if (!targets_tell(l, NULL, 0, true, e))
        return false;
    bool ok = adopt(l, incident, stream, count, added, keep, e);
    (void)targets_tell(l, NULL, 0, false, &ignored);
    return ok;
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
    for (size_t i = 1; i < count; i++) {
        if (p[i].damage)
            return err_input(e, "'%s/streams/%s' is %s", s->folder, p[i].file, p[i].damage);
        if (!main || p[i].event[0].kind == EVENT_OPENED)
            main = &p[i];
    }
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
