/* output.c: see output.h. */
#include "play/output.h"

#include "base/ends.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 2000, LAST_LINES = 20, LAST_LINE = 400, BATCH = 1 << 16 };

/* Taken when the first byte comes: most actions print nothing. */
struct lines {
    char line[LINE];          /* not yet whole */
    size_t length;
    struct { char text[LAST_LINE]; size_t length; } last[LAST_LINES];
    uint64_t count;
};

struct output {
    struct output_place place;
    uint64_t total, written;  /* bytes that came; that the store has */
    char *batch;              /* those that wait to be written */
    size_t batched, room;
    struct ends rest;         /* behind the first ENDS_SIZE: its end */
    struct sha256 sum;
    bool full, lost, over;    /* the front is complete; the store refused; it was ended */
    struct lines *lines;
};

const char *output_name(const char *run, const char *key, struct arena *keep)
{
    char *name = arena_print(keep, "%s-%s", run, key);
    for (char *c = name; *c; c++)
        *c = *c == '/' ? '.' : *c;
    return name;
}

struct output *output_open(const struct output_place *place)
{
    struct output *o = calloc(1, sizeof *o);
    if (!o)
        abort();
    o->place = *place;
    sha256_begin(&o->sum);
    return o;
}

/* Bytes on their way into the store, and into the digest of what it keeps. */
static void put(struct output *o, const char *bytes, size_t length)
{
    struct store *s = o->place.store;
    struct err e = { 0 };
    if (o->lost || !length)
        return;
    if (!s->output_put || !s->output_put(s, o->place.incident, o->place.name, o->written, bytes, length, &e)) {
        char line[LINE];
        snprintf(line, sizeof line, "the output of %s is not kept: %s", o->place.name,
                 e.text[0] ? e.text : "the store has no place for it");
        o->place.say(o->place.context, line);
        o->lost = true;
        return;
    }
    o->written += length;
    sha256_add(&o->sum, bytes, length);
}

/* A line that came back to its start (a progress bar) is what it said last. */
static void show(struct output *o)
{
    struct lines *l = o->lines;
    const char *from = l->line;
    for (size_t i = 0; i + 1 < l->length; i++)
        if (l->line[i] == '\r')
            from = l->line + i + 1;
    size_t length = (size_t)(l->line + l->length - from);
    length -= length && from[length - 1] == '\r';
    size_t kept = length < LAST_LINE ? length : LAST_LINE;
    memcpy(l->last[l->count % LAST_LINES].text, from, kept);
    l->last[l->count++ % LAST_LINES].length = kept;
    l->length = 0;
    if (o->full)
        return;
    char line[2 * LINE];
    size_t room = (size_t)snprintf(line, sizeof line, "%.200s | ", o->place.name);
    for (size_t i = 0; i < length; i++) /* a NUL is a character like others */
        line[room + i] = from[i] ? from[i] : '\001';
    line[room + length] = '\0';
    o->place.say(o->place.context, line);
}

static void by_lines(struct output *o, const char *bytes, size_t length)
{
    struct lines *l = o->lines;
    for (size_t i = 0; i < length; i++) {
        bool ends = bytes[i] == '\n';
        if (!ends)
            l->line[l->length++] = bytes[i];
        if (ends || l->length == LINE)
            show(o);
    }
}

static void *grown(void *at, size_t room)
{
    at = realloc(at, room);
    if (!at)
        abort();
    return at;
}

void output_add(struct output *o, const char *bytes, size_t length)
{
    size_t front = o->total < ENDS_SIZE ? ENDS_SIZE - (size_t)o->total : 0;
    front = front < length ? front : length;
    o->total += length;
    if (o->batched + front > o->room) {
        o->room = 2 * (o->batched + front);
        o->batch = grown(o->batch, o->room);
    }
    if (!o->lines)
        o->lines = memset(grown(NULL, sizeof *o->lines), 0, sizeof *o->lines);
    if (front)
        memcpy(o->batch + o->batched, bytes, front);
    o->batched += front;
    if (o->batched >= BATCH)
        output_flush(o, false);
    if (length > front) {
        output_flush(o, false);
        by_lines(o, bytes + front, length - front);
        ends_add(&o->rest, bytes + front, length - front);
    }
}

void output_flush(struct output *o, bool last)
{
    size_t length = o->batched;
    o->batched = 0;
    put(o, o->batch, length);
    by_lines(o, o->batch, length);
    if (last && o->lines && o->lines->length)
        show(o);
    if (o->total > ENDS_SIZE && !o->full) {
        char line[200];
        o->full = true;
        snprintf(line, sizeof line, "%s | ... more than 1 MiB: what follows is not shown; its end will be in output/%s",
                 o->place.name, o->place.name);
        o->place.say(o->place.context, line);
    }
}

static void put_rest(struct output *o)
{
    struct ends_part part[3];
    char line[80];
    uint64_t left_out = ends_kept(&o->rest, part);
    if (left_out)
        put(o, line, (size_t)snprintf(line, sizeof line, "\n... %" PRIu64 " bytes are left out here ...\n", left_out));
    put(o, part[1].at, part[1].length);
    put(o, part[2].at, part[2].length);
}

static void put_tail(const struct output *o, struct json_out *to)
{
    struct text tail = text_new(to->to->keep);
    const struct lines *l = o->lines;
    for (uint64_t i = l->count < LAST_LINES ? 0 : l->count - LAST_LINES; i < l->count; i++) {
        text_add_clean(&tail, l->last[i % LAST_LINES].text, l->last[i % LAST_LINES].length);
        text_add(&tail, i + 1 < l->count ? "\n" : "");
    }
    json_put(to, "tail", tail.at);
}

void output_end(struct output *o, struct json_out *to)
{
    char sum[SHA256_HEX + 1];
    if (o->over)
        return;
    o->over = true;
    output_flush(o, true);
    put_rest(o);
    if (!to || !o->total)
        return;
    sha256_end(&o->sum, sum);
    json_open(to, "output", '{');
    json_put_int(to, "length", (int64_t)o->total);
    json_put(to, "sha256", o->lost ? NULL : sum);
    put_tail(o, to);
    json_close(to, '}');
}

void output_close(struct output *o)
{
    if (!o)
        return;
    output_end(o, NULL);
    ends_free(&o->rest);
    free(o->batch);
    free(o->lines);
    free(o);
}
