/* export.c: a whole incident as one file, and the way back in. */
#include "verbs/verbs.h"

#include "record/parcel.h"
#include "verbs/parcel.h"
#include "world/journals.h"

#include <string.h>

/* All of it: the store hands it out in pieces. */
static bool read_output(struct stream_bytes *out, struct desk *d, const char *name, struct err *e)
{
    struct store *s = d->ws.store;
    struct text all = text_new(d->keep);
    const char *piece;
    size_t length;
    do {
        if (!s->output_get(s, d->name, name, all.length, &piece, &length, d->keep, e))
            return false;
        text_bytes(&all, piece, length);
    } while (length);
    *out = (struct stream_bytes){ name, all.at, all.length };
    return true;
}

/* Where two stores had an output of that name, the second has this one here. */
static const char *second_name(const struct stream_bytes *output, struct arena *keep)
{
    char sha256[SHA256_HEX + 1];
    sha256_hex(sha256, output->bytes, output->length);
    return arena_print(keep, "%s.%.16s", output->name, sha256);
}

static bool pack_outputs(struct parcel *p, struct desk *d, struct err *e)
{
    struct names all;
    struct store *s = d->ws.store;
    if (!s->output_list(s, d->name, &all, d->keep, e))
        return false;
    p->output = arena_many(d->keep, struct stream_bytes, all.count + 1);
    for (size_t i = 0; i < all.count; i++) {
        struct stream_bytes *o = &p->output[p->outputs];
        if (all.name[i][0] == '.')
            continue;
        if (!read_output(o, d, all.name[i], e))
            return false;
        const char *dot = strrchr(o->name, '.');
        struct stream_bytes first = *o;
        if (dot)
            first.name = arena_copy(d->keep, o->name, (size_t)(dot - o->name));
        if (dot && text_equal(second_name(&first, d->keep), o->name))
            o->name = first.name;
        p->outputs++;
    }
    return true;
}

static bool unpack_output(struct desk *d, const char *incident, struct stream_bytes *output, struct err *e)
{
    struct store *s = d->ws.store;
    struct desk there = *d;
    struct stream_bytes here;
    there.name = incident;
    for (int second = 0; second < 2; second++) {
        if (!read_output(&here, &there, output->name, e))
            return false;
        if (here.length == output->length && !memcmp(here.bytes, output->bytes, here.length))
            return true;
        if (!here.length)
            return s->output_put(s, incident, output->name, 0, output->bytes, output->length, e);
        output->name = second_name(output, d->keep);
    }
    return true;
}

bool verb_export(struct desk *d, struct err *e)
{
    struct store *s = d->ws.store;
    struct parcel p = { .id = d->journal.id };
    const struct stream_bytes *stream;
    struct names blobs;
    if (!desk_at_most(d, 1, e) || !s->streams(s, d->name, &stream, &p.streams, d->keep, e)
        || !s->blobs(s, d->name, &blobs, d->keep, e))
        return err_while(e, "exporting %s", d->name);
    for (size_t i = 0; i < d->journal.streams; i++)
        if (d->journal.stream[i].altered)
            return err_input(e, "%s", d->journal.stream[i].damage);
    p.stream = arena_many(d->keep, struct stream_bytes, p.streams + 1);
    memcpy(p.stream, stream, p.streams * sizeof *stream);
    p.blob = arena_many(d->keep, struct stream_bytes, blobs.count + 1);
    for (; p.blobs < blobs.count; p.blobs++) {
        struct stream_bytes *b = &p.blob[p.blobs];
        b->name = blobs.name[p.blobs];
        if (!s->blob_get(s, d->name, b->name, &b->bytes, &b->length, d->keep, e))
            return err_while(e, "exporting %s", d->name);
    }
    if (!pack_outputs(&p, d, e))
        return err_while(e, "exporting %s", d->name);
    struct text out = text_new(d->keep);
    parcel_write(&out, &p);
    if (!d->words)
        return fwrite(out.at, 1, out.length, d->out) == out.length || err_errno(e, "cannot write the answer");
    if (!d->world->write_private(d->world, d->word[0], out.at, out.length, e))
        return false;
    desk_say(d, "  tocsin import %s   takes it into another workspace", d->word[0]);
    return true;
}

/* The local name of the incident with that id; NULL when there is none. */
static bool find_by_id(const char **name, struct desk *d, const char *id, struct err *e)
{
    struct journals all;
    *name = NULL;
    if (!journals_read(&all, &d->ws, NULL, d->keep, e))
        return false;
    for (size_t i = 0; i < all.count && !*name; i++)
        if (text_equal(all.journal[i].id, id))
            *name = all.journal[i].incident;
    for (size_t i = 0; i < all.unreads && !*name; i++)
        if (all.unread[i].refused)
            return err_system(e, "it may be %s, which cannot be read: %s", all.unread[i].incident,
                              all.unread[i].why);
    return true;
}

/* May a name from elsewhere be a folder here, and be typed? */
static bool is_plain_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return name && *name && !strchr("-.", *name) && name[strspn(name, letters)] == '\0' && strlen(name) < 64 && !text_equal(name, "log");
}

/* What the incident was called where it was opened, when that is still free. */
static bool new_name(const char **name, struct desk *d, const struct parcel *p, struct err *e)
{
    struct names all;
    struct store *s = d->ws.store;
    int64_t at = desk_now(d);
    const char *wanted = NULL;
    for (size_t i = 0; i < p->streams; i++) {
        struct stream ignored;
        struct stream_reader r = stream_begin(NULL, NULL, 0);
        stream_read(&ignored, &r, p->stream[i].bytes, p->stream[i].length, d->keep);
        if (!r.count || r.event[0].kind != EVENT_OPENED)
            continue;
        if (!text_equal(json_get_text(r.event[0].data, "id", d->keep), p->id))
            return err_input(e, "the parcel holds a stream of another incident");
        wanted = json_get_text(r.event[0].data, "name", d->keep);
        at = r.event[0].at;
    }
    if (!s->list(s, &all, d->keep, e))
        return false;
    if (!is_plain_name(wanted))
        wanted = NULL;
    for (size_t i = 0; wanted && i < all.count; i++)
        if (text_equal(all.name[i], wanted))
            wanted = NULL;
    *name = wanted;
    return wanted || workspace_next_name(name, &d->ws, at, d->keep, e);
}

bool import_parcel(struct desk *d, const char *file, const char *bytes, size_t length,
                   struct err *e)
{
    struct parcel p;
    struct store *s = d->ws.store;
    const char *name;
    char sha256[SHA256_HEX + 1];
    int64_t added;
    if (!parcel_read(&p, file, bytes, length, d->keep, e) || !find_by_id(&name, d, p.id, e)
        || (!name && !new_name(&name, d, &p, e)))
        return false;
    if (!s->adopt(s, name, p.stream, p.streams, &added, d->keep, e))
        return err_while(e, "importing '%s'", file);
    for (size_t i = 0; i < p.blobs; i++)
        if (!s->blob_put(s, name, p.blob[i].bytes, p.blob[i].length, sha256, e))
            return err_while(e, "importing '%s'", file);
    for (size_t i = 0; i < p.outputs; i++)
        if (!unpack_output(d, name, &p.output[i], e))
            return err_while(e, "importing '%s'", file);
    if (!desk_incident(d, name, e))
        return false;
    desk_echo(d, added ? "%s imported" : "nothing new%.0s",
              text_count(d->keep, added, "event"));
    return true;
}

/* The incident that it was salvaged from, else a free name. */
static bool find_salvaged(const char **name, struct desk *d, const char *id, const char *called, struct err *e)
{
    struct journals all;
    *name = NULL;
    if ((*id && !find_by_id(name, d, id, e)) || !journals_read(&all, &d->ws, NULL, d->keep, e))
        return false;
    if (*name)
        return true;
    for (size_t i = 0; i < all.count; i++) /* damaged, it may not know its own id any more */
        if (text_equal(all.journal[i].incident, called) && *all.journal[i].id && *id)
            called = NULL;
    *name = called;
    return called || workspace_next_name(name, &d->ws, desk_now(d), d->keep, e);
}

bool import_salvaged(struct desk *d, const char *file, const char *bytes, size_t length, struct err *e)
{
    struct stream s;
    struct stream_reader r = stream_begin(NULL, NULL, 0);
    const char *end = memchr(bytes, '\n', length), *name;
    int64_t added;
    r.whole = true;
    stream_read(&s, &r, bytes, length, d->keep);
    if (s.damage || !end)
        return err_input(e, "'%s' is %s", file, s.damage ? s.damage : "empty");
    if (!r.count)
        return err_input(e, "'%s' holds no event that could be trusted", file);
    struct json first = { bytes, (size_t)(end - bytes) };
    const char *called = json_text_or(json_get(first, "incident"), d->keep, "");
    struct stream_bytes stream = { s.name, bytes, length };
    if (!find_salvaged(&name, d, s.id, called, e))
        return false;
    if (!d->ws.store->adopt(d->ws.store, name, &stream, 1, &added, d->keep, e) || !desk_incident(d, name, e))
        return err_while(e, "importing '%s'", file);
    desk_echo(d, "%s, %s", text_count(d->keep, (int64_t)r.count, "event"),
              s.lost ? arena_print(d->keep, "%lld lost", (long long)s.lost) : "none is known to be lost");
    return true;
}
