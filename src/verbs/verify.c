/* verify.c: is the record whole? Every byte of every stream and blob is read. */
#include "verbs/verbs.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static bool is_whole(const struct checked *c)
{
    for (size_t i = 0; i < c->streams; i++)
        if (c->stream[i].damage)
            return false;
    return !c->bad_blobs.count && !c->missing_blobs.count;
}

static void say_streams(struct desk *d, const char *name, const struct checked *c)
{
    for (size_t i = 0; i < c->streams; i++) {
        const struct stream *s = &c->stream[i];
        const char *which = !i ? name : arena_print(d->keep, "%s, %s, %.8s", name,
                                                    s->salvaged ? "salvaged" : "of another store", s->name);
        fprintf(d->out, "%s: %s, %s", which, text_count(d->keep, c->lines[i], "event"),
                s->damage ? "DAMAGED" : s->headless ? "whole as far as they go" : "whole");
        if (s->lost)
            fprintf(d->out, ", %s lost", text_count(d->keep, s->lost, "event"));
        if (s->erased)
            fprintf(d->out, ", %u erased", s->erased);
        if (s->damage)
            fprintf(d->out, "\n  %s", text_for_terminal(d->keep, s->damage));
        else if (s->headless)
            fprintf(d->out, "\n  an older version kept it without a head, so a missing end would not be seen:"
                            " the next event written to %s gives it one", name);
        fputc('\n', d->out);
    }
}

static void say_beside(struct desk *d, const struct checked *c)
{
    const struct stream *own = &c->stream[0];
    if (c->blobs)
        fprintf(d->out, "  %s\n", text_count(d->keep, (int64_t)c->blobs, "blob"));
    for (size_t i = 0; i < c->bad_blobs.count; i++)
        fprintf(d->out, "  blob %s is altered\n", c->bad_blobs.name[i]);
    for (size_t i = 0; i < c->missing_blobs.count; i++)
        fprintf(d->out, "  blob %s is missing, and a run needs it\n", c->missing_blobs.name[i]);
    if (!own->damage && c->size > own->end)
        fprintf(d->out, "  %" PRIu64 " bytes from byte %" PRIu64 " on are no whole line yet: "
                "the next writer mends them if theirs is dead\n", c->size - own->end, own->end);
    for (size_t i = 0; i < c->aside.count; i++)
        fprintf(d->out, "  %s %s\n", text_for_terminal(d->keep, c->aside.name[i]),
                isdigit((unsigned char)c->aside.name[i][strlen("damaged-")]) && !strstr(c->aside.name[i], ".jsonl")
                    ? "holds bytes that were never acknowledged" : "was damaged, and is kept");
    if (c->suspect)
        fprintf(d->out, "  the journal is still to be copied, after a failed sync or for an erasure that was cut short:"
                        " the next writer does it\n");
}

static void put_names(struct json_out *o, const char *key, const struct names *n)
{
    json_open(o, key, '[');
    for (size_t i = 0; i < n->count; i++)
        json_put(o, NULL, n->name[i]);
    json_close(o, ']');
}

static void put_incident(struct json_out *o, const char *name, const struct checked *c)
{
    json_open(o, NULL, '{');
    json_put(o, "incident", name);
    json_put_bool(o, "whole", is_whole(c));
    json_open(o, "streams", '[');
    for (size_t i = 0; i < c->streams; i++) {
        const struct stream *s = &c->stream[i];
        json_open(o, NULL, '{');
        json_put(o, "stream", s->name);
        json_put_bool(o, "own", i == 0);
        json_put_int(o, "events", c->lines[i]);
        json_put_int(o, "lost", s->lost);
        json_put_int(o, "erased", s->erased);
        json_put_int(o, "end", (int64_t)s->end);
        json_put(o, "hash", s->head);
        json_put_bool(o, "headless", s->headless);
        json_put(o, "damage", s->damage);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_put_int(o, "acknowledged", (int64_t)c->acknowledged);
    json_put_int(o, "size", (int64_t)c->size);
    json_put_int(o, "blobs", (int64_t)c->blobs);
    put_names(o, "bad_blobs", &c->bad_blobs);
    put_names(o, "missing_blobs", &c->missing_blobs);
    put_names(o, "aside", &c->aside);
    json_put_bool(o, "suspect", c->suspect);
    json_close(o, '}');
}

static void say_unread(struct desk *d, struct json_out *o, const char *name, const char *why)
{
    if (!d->json) {
        fprintf(d->out, "%s: CANNOT BE READ\n  %s\n", name, text_for_terminal(d->keep, why));
        return;
    }
    json_open(o, NULL, '{');
    json_put(o, "incident", name);
    json_put_bool(o, "whole", false);
    json_put(o, "unread", why);
    json_close(o, '}');
}

/* -i NAME, or every incident and the log where there is one. */
static bool which(struct names *out, struct desk *d, struct err *e)
{
    struct names all;
    struct journal log;
    struct err no_log = { 0 };
    struct store *s = d->ws.store;
    if (!s->list(s, &all, d->keep, e))
        return false;
    const char **name = arena_many(d->keep, const char *, all.count + 2);
    size_t count = 0;
    if (d->given_incident) {
        name[count++] = d->given_incident;
    } else {
        memcpy(name, all.name, all.count * sizeof *name);
        count = all.count;
        if (s->read(s, "log", &log, d->keep, &no_log) || no_log.kind != ERR_INPUT)
            name[count++] = "log";
    }
    *out = (struct names){ name, count };
    return true;
}

static bool salvage(struct desk *d, const char *file, struct err *e)
{
    const char *name;
    struct salvaged s;
    bool log = text_equal(d->given_incident, name = "log");
    if ((!log && !workspace_pick(&name, NULL, &d->ws, d->given_incident, true, d->keep, e))
        || !d->ws.store->salvage(d->ws.store, name, &s, d->keep, e)
        || !d->world->write_private(d->world, file, s.bytes, s.length, e))
        return err_while(e, "salvaging");
    if (!d->json) {
        fprintf(d->out, "%s%s%.8s: %s that can be trusted in '%s', %" PRId64 " left out%s\n", name,
                *s.stream ? ", of another store, " : "", s.stream, text_count(d->keep, s.good, "line"), file, s.lost,
                s.unsure ? ", that are known of: its head cannot be read, and more may have stood at the end" : "");
        desk_say(d, "  tocsin import %s   takes it in; the damaged %s is kept beside it", file, *s.stream ? "stream" : "journal");
        if (s.more)
            desk_say(d, "  %s of it %s damaged, too: once that is imported, say this once more",
                     text_count(d->keep, (int64_t)s.more, "other stream"), s.more == 1 ? "is" : "are");
        return true;
    }
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_put(&o, "incident", name);
    json_put(&o, "file", file);
    json_put(&o, "stream", s.stream);
    json_put_bool(&o, "unsure", s.unsure);
    json_put_int(&o, "more", (int64_t)s.more);
    json_put_int(&o, "good", s.good);
    json_put_int(&o, "lost", s.lost);
    desk_json_end(d, &o);
    return true;
}

bool verb_verify(struct desk *d, struct err *e)
{
    struct names all;
    struct text to = text_new(d->keep);
    struct json_out o = { 0 };
    size_t damaged = 0;
    const char *first = NULL;
    const char *file = desk_option(d, "salvage");
    if (!desk_at_most(d, 0, e))
        return false;
    if (file)
        return salvage(d, file, e);
    if (!which(&all, d, e))
        return false;
    if (d->json) {
        o = desk_json(d, &to);
        json_open(&o, "incidents", '[');
    }
    for (size_t i = 0; i < all.count; i++) {
        struct checked c;
        struct err why = { 0 };
        if (!d->ws.store->check(d->ws.store, all.name[i], &c, d->keep, &why)) {
            if (d->given_incident) {
                *e = why;
                return err_while(e, "verifying %s", all.name[i]);
            }
            damaged++;
            say_unread(d, &o, all.name[i], why.text);
            continue;
        }
        damaged += !is_whole(&c);
        first = first || is_whole(&c) ? first : all.name[i];
        if (d->json) {
            put_incident(&o, all.name[i], &c);
        } else {
            say_streams(d, all.name[i], &c);
            say_beside(d, &c);
        }
    }
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    } else if (!all.count) {
        desk_say(d, "there is no incident yet");
    }
    if (!damaged)
        return true;
    err_failed(e, "%s of %zu damaged", text_count(d->keep, (int64_t)damaged, "incident"), all.count);
    return !first ? false : err_hint(e, "tocsin -i %s verify --salvage FILE   and   tocsin import FILE   keep what can be trusted", first);
}
