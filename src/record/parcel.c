/* parcel.c: see parcel.h. */
#include "record/parcel.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
    const struct stream_bytes *x = a, *y = b;
    int c = strcmp(x->name, y->name);
    if (!c)
        c = (x->length > y->length) - (x->length < y->length);
    return c ? c : memcmp(x->bytes, y->bytes, x->length);
}

static void put_part(struct text *out, const char *kind, const struct stream_bytes *part)
{
    char sha256[SHA256_HEX + 1];
    struct json_out o = json_out(out);
    sha256_hex(sha256, part->bytes, part->length);
    json_open(&o, NULL, '{');
    json_put(&o, "part", kind);
    json_put(&o, "name", part->name);
    json_put_int(&o, "length", (int64_t)part->length);
    json_put(&o, "sha256", sha256);
    json_close(&o, '}');
    text_char(out, '\n');
    text_bytes(out, part->bytes, part->length);
    text_char(out, '\n');
}

static void put_parts(struct text *out, const char *kind, struct stream_bytes *part, size_t count)
{
    if (count)
        qsort(part, count, sizeof *part, by_name);
    for (size_t i = 0; i < count; i++)
        put_part(out, kind, &part[i]);
}

void parcel_write(struct text *out, const struct parcel *p)
{
    struct json_out o = json_out(out);
    json_open(&o, NULL, '{');
    json_put_int(&o, "tocsin_parcel", 1);
    json_put(&o, "id", p->id);
    json_put_int(&o, "parts", (int64_t)(p->streams + p->blobs + p->outputs));
    json_close(&o, '}');
    text_char(out, '\n');
    put_parts(out, "stream", p->stream, p->streams);
    put_parts(out, "blob", p->blob, p->blobs);
    put_parts(out, "output", p->output, p->outputs);
}

struct unpacking {
    const char *file, *start, *at, *end;
};

static bool spoilt(const struct unpacking *u, const char *words, struct err *e)
{
    return err_input(e, "'%s' is damaged at byte %zu: %s", u->file, (size_t)(u->at - u->start), words);
}

/* The line of JSON here; moves behind its newline. */
static bool take_line(struct json *out, struct unpacking *u, struct err *e)
{
    size_t wrong_at;
    const char *end = memchr(u->at, '\n', (size_t)(u->end - u->at));
    if (!end || !json_check(u->at, (size_t)(end - u->at), &wrong_at)
        || json_type((struct json){ u->at, (size_t)(end - u->at) }) != JSON_OBJECT)
        return spoilt(u, "expected a line of JSON", e);
    *out = (struct json){ u->at, (size_t)(end - u->at) };
    u->at = end + 1;
    return true;
}

/* A file's name, which leads nowhere else. */
static bool is_file_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    return *name && *name != '.' && !name[strspn(name, allowed)] && strlen(name) <= 200;
}

static bool take_part(struct parcel *p, struct unpacking *u, struct arena *keep, struct err *e)
{
    struct json line;
    struct stream_bytes part;
    int64_t length;
    char sha256[SHA256_HEX + 1];
    const struct unpacking before = *u;
    if (!take_line(&line, u, e))
        return false;
    part.name = json_get_text(line, "name", keep);
    bool stream = json_is(json_get(line, "part"), "stream"), blob = json_is(json_get(line, "part"), "blob");
    bool output = json_is(json_get(line, "part"), "output");
    if (!part.name || !(output ? is_file_name(part.name) : hex_is(part.name, SHA256_HEX))
        || !json_int(json_get(line, "length"), &length) || !(stream || blob || output))
        return spoilt(&before, "expected a part with name and length", e);
    if (length < 0 || length >= u->end - u->at || u->at[length] != '\n')
        return spoilt(&before, "the part is not as long as it says", e);
    part.bytes = u->at;
    part.length = (size_t)length;
    sha256_hex(sha256, part.bytes, part.length);
    if (!json_is(json_get(line, "sha256"), sha256))
        return spoilt(&before, "the part is not what its sha256 says", e);
    u->at += length + 1;
    if (stream)
        p->stream[p->streams++] = part;
    else if (blob)
        p->blob[p->blobs++] = part;
    else
        p->output[p->outputs++] = part;
    return true;
}

bool parcel_read(struct parcel *out, const char *file, const char *bytes, size_t length,
                 struct arena *keep, struct err *e)
{
    struct unpacking u = { file, bytes, bytes, bytes + length };
    struct json head;
    int64_t parts;
    *out = (struct parcel){ 0 };
    if (!take_line(&head, &u, e))
        return false;
    if (json_int_or(json_get(head, "tocsin_parcel"), 0) != 1)
        return err_input(e, "'%s' is no incident that this version can unpack", file);
    out->id = json_get_text(head, "id", keep);
    if (!out->id || !json_int(json_get(head, "parts"), &parts) || parts < 1
        || parts > (int64_t)length)
        return spoilt(&u, "expected an id and the number of parts", e);
    out->stream = arena_many(keep, struct stream_bytes, (size_t)parts);
    out->blob = arena_many(keep, struct stream_bytes, (size_t)parts);
    out->output = arena_many(keep, struct stream_bytes, (size_t)parts);
    while (parts--)
        if (!take_part(out, &u, keep, e))
            return false;
    return u.at == u.end || spoilt(&u, "there is more than it says", e);
}
