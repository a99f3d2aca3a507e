/* journal.c: see journal.h. */
#define _GNU_SOURCE /* memmem */
#include "record/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct chain chain_start = {
    .recorded = INT64_MIN,
    .hash = "0000000000000000000000000000000000000000000000000000000000000000",
};

struct stream_reader stream_begin(const struct head *head, const struct chain *from,
                                  unsigned stream)
{
    struct stream_reader r = { .chain = from ? *from : chain_start, .head = head,
                               .keep_events = true, .stream = stream };
    r.seen = r.chain.end;
    r.met_head = head && head->offset <= r.chain.end; /* `from` was checked by who made it */
    if (!from && head)
        r.met_head = !head->offset && !head->seq && !strcmp(head->hash, chain_start.hash);
    return r;
}

static void *grow(const void *old, size_t size, size_t count, size_t *room, size_t first,
                  struct arena *keep)
{
    *room = *room ? *room * 2 : first;
    void *more = arena_take(keep, size, alignof(max_align_t), *room);
    if (count)
        memcpy(more, old, size * count);
    return more;
}

/* The head knows how many events there are: one block, no copying. */
static struct event *next_event(struct stream_reader *r, struct arena *keep)
{
    if (r->count == r->room) {
        size_t first = r->head && r->head->seq > 0 && r->head->offset / 256 >= (uint64_t)r->head->seq
                     ? (size_t)r->head->seq + 16 : 64;
        r->event = grow(r->event, sizeof *r->event, r->count, &r->room, first, keep);
    }
    return &r->event[r->count];
}

static void note_bare(struct stream_reader *r, const struct event *ev, struct arena *keep)
{
    char hash[SHA256_HEX + 1]; /* the event's own may lie in memory that is free again */
    memcpy(hash, ev->hash, sizeof hash);
    if (r->bares == r->bare_room)
        r->bare = grow(r->bare, sizeof *r->bare, r->bares, &r->bare_room, 8, keep);
    if (!r->bares)
        r->bare_at = ev->offset;
    memcpy(r->bare[r->bares++], hash, sizeof hash);
}

static void note_erased(struct stream_reader *r, const struct event *ev, struct arena *keep)
{
    struct arena scratch = *keep;
    const char *hash = json_get_text(ev->data, "hash", &scratch);
    if (!hash || !hex_is(hash, SHA256_HEX))
        return;
    char named[SHA256_HEX + 1];
    memcpy(named, hash, sizeof named);
    if (r->allowances == r->allowed_room)
        r->allowed = grow(r->allowed, sizeof *r->allowed, r->allowances, &r->allowed_room, 8, keep);
    memcpy(r->allowed[r->allowances++], named, sizeof named);
}

static bool stop(struct stream_reader *r)
{
    if (!r->stopped)
        r->bad_at = r->seen;
    r->stopped = true;
    r->bad++;
    return false;
}

/* What a line must be, beyond its own form. */
static bool follows(struct stream_reader *r, const struct event *ev)
{
    if (r->stopped)
        return true;
    if (ev->seq != r->chain.seq + 1)
        snprintf(r->why, sizeof r->why, "its seq is %" PRId64 " where %" PRId64 " is expected",
                 ev->seq, r->chain.seq + 1);
    else if (ev->recorded < r->chain.recorded)
        snprintf(r->why, sizeof r->why, "it was recorded before the line in front of it");
    else
        return true;
    return false;
}

static void move_to(struct stream_reader *r, int64_t seq, const char *hash, size_t length)
{
    r->chain.end = r->seen + length + 1;
    r->chain.seq = seq;
    memmove(r->chain.hash, hash, sizeof r->chain.hash);
    if (r->head && r->chain.end == r->head->offset)
        r->met_head = r->chain.seq == r->head->seq && !strcmp(r->chain.hash, r->head->hash);
}

static void advance(struct stream_reader *r, const struct event *ev, size_t length)
{
    r->chain.recorded = ev->recorded;
    if (!r->first[0])
        memcpy(r->first, ev->hash, sizeof r->first);
    move_to(r, ev->seq, ev->hash, length);
}

static bool text_of(char *out, size_t digits, struct json object, const char *key, struct arena scratch)
{
    const char *text = json_get_text(object, key, &scratch);
    if (!text || !hex_is(text, digits))
        return false;
    memcpy(out, text, digits + 1);
    return true;
}

/* Of a salvaged stream: its first line, or the place of missing ones. False: neither. */
static bool take_mark(struct stream_reader *r, const char *line, size_t length, struct arena scratch)
{
    static const char lost[] = "{\"lost\":";
    struct json mark = { line, length };
    struct chain to = r->chain;
    size_t wrong_at;
    bool first = !r->seen && length > strlen(SALVAGE_MARK) && !memcmp(line, SALVAGE_MARK, strlen(SALVAGE_MARK));
    bool gap = r->salvaged && !r->stopped && length > sizeof lost && !memcmp(line, lost, sizeof lost - 1);
    if (!r->whole || !(first || gap) || !json_check(line, length, &wrong_at))
        return false;
    if (gap) {
        r->lost += json_int_or(json_get(mark, "lost"), 0);
        if (text_of(to.hash, SHA256_HEX, mark, "previous", scratch))
            to.seq = json_int_or(json_get(mark, "seq"), 0) - 1;
    } else {
        r->salvaged = true;
        text_of(r->id, sizeof r->id - 1, mark, "id", scratch);
    }
    move_to(r, to.seq, to.hash, length);
    return true;
}

/* Stands first in the data, so that looking for it costs nothing. */
static const char batch_begin[] = "{\"batch\":";

static bool is_marked(const char *data, size_t length)
{
    size_t front = sizeof batch_begin - 1;
    return length > front && !memcmp(data, batch_begin, front) && data[front] >= '0' && data[front] <= '9';
}

const char *batch_mark(const char *data, size_t count, struct arena *keep)
{
    const char *rest = data + 1;
    if (is_marked(data, strlen(data))) {
        rest += strcspn(rest, ",}");
        rest += *rest == ',';
    }
    if (count > 1)
        return arena_print(keep, "%s%zu%s%s", batch_begin, count, *rest == '}' ? "" : ",", rest);
    return rest == data + 1 ? data : arena_print(keep, "{%s", rest);
}

/* Before the chain goes over that line. */
static void follow_batch(struct stream_reader *r, const struct event *ev)
{
    r->batch_left -= r->batch_left > 0;
    if (!ev->data.at || !is_marked(ev->data.at, ev->data.length))
        return;
    r->batch_left = json_int_or(json_get(ev->data, "batch"), 1) - 1;
    r->before_batch = r->chain;
    r->count_before = r->count;
    r->allowances_before = r->allowances;
}

/* The front of a batch that nobody acknowledged, and whose rest did not come. */
static void leave_front_out(struct stream_reader *r)
{
    if (r->batch_left <= 0 || !r->head || r->head->offset > r->before_batch.end
        || (r->stopped && (r->beyond_damage || r->bad_at < r->head->offset)))
        return;
    r->chain = r->before_batch;
    r->count = r->keep_events ? r->count_before : r->count;
    r->allowances = r->allowances_before;
    r->batch_left = 0;
}

static bool take_line(struct stream_reader *r, const char *line, size_t length,
                      struct arena *keep)
{
    struct arena before = *keep;
    struct event ev;
    char why[128];
    if (take_mark(r, line, length, *keep))
        return true;
    enum event_line is = event_read(&ev, line, length, r->stopped ? NULL : r->chain.hash,
                                    r->keep_events ? &r->last : NULL, keep, why);
    if (is == EVENT_LINE_BAD && !r->stopped)
        memcpy(r->why, why, sizeof why);
    if (is == EVENT_LINE_BAD || !follows(r, &ev)) {
        *keep = before;
        return stop(r);
    }
    ev.stream = r->stream;
    ev.offset = r->seen;
    if (!r->stopped) {
        follow_batch(r, &ev);
        advance(r, &ev, length);
    }
    if (!r->keep_events)
        *keep = before; /* its strings are of no use to anybody */
    if (is == EVENT_LINE_ERASED)
        note_bare(r, &ev, keep);
    else if (ev.kind == EVENT_ERASED)
        note_erased(r, &ev, keep);
    if (!r->keep_events)
        return true;
    if (ev.data.at)
        ev.data.at = arena_copy(keep, ev.data.at, ev.data.length);
    r->last = *next_event(r, keep) = ev;
    r->count++;
    return true;
}

size_t stream_take(struct stream_reader *r, const char *bytes, size_t length, struct arena *keep)
{
    size_t used = 0;
    while (used < length && (!r->stopped || r->beyond_damage)) {
        const char *end = memchr(bytes + used, '\n', length - used);
        if (!end)
            break;
        size_t line = (size_t)(end - bytes) - used;
        if (!take_line(r, bytes + used, line, keep) && !r->beyond_damage)
            break;
        r->seen += line + 1;
        used += line + 1;
    }
    return used;
}

static bool is_allowed(const struct stream_reader *r, const char *hash)
{
    for (size_t i = 0; i < r->allowances; i++)
        if (!strcmp(r->allowed[i], hash))
            return true;
    return false;
}

static const char *judge(struct stream_reader *r, size_t left, bool *altered,
                         struct arena *keep)
{
    uint64_t bound = r->head ? r->head->offset : UINT64_MAX;
    *altered = true;
    if (r->stopped && (r->bad_at < bound || r->whole || !r->head))
        return arena_print(keep, "altered at byte %" PRIu64 ": %s", r->bad_at, r->why);
    if (r->head && r->chain.end < bound)
        return arena_print(keep, "cut off at byte %" PRIu64 ": %" PRIu64 " were acknowledged",
                           r->chain.end, bound);
    if ((r->whole || !r->head) && left)
        return arena_print(keep, "cut off at byte %" PRIu64 ": its last line is not complete",
                           r->chain.end);
    /* The erasure may stand in an end that is missing: that comes first. */
    for (size_t i = 0; i < r->bares && !r->lost; i++)
        if (!is_allowed(r, r->bare[i]))
            return arena_print(keep, "altered at byte %" PRIu64
                               ": a line lost its data and no erasure names it", r->bare_at);
    if (r->head && !r->met_head)
        return arena_print(keep, "altered before byte %" PRIu64
                           ": its lines are not those that were acknowledged", bound);
    *altered = false;
    return NULL;
}

void stream_end(struct stream *out, struct stream_reader *r, size_t left, struct arena *keep)
{
    if (!r->whole)
        leave_front_out(r);
    *out = (struct stream){
        .name = arena_string(keep, r->first),
        .head = arena_string(keep, r->chain.hash),
        .last_seq = r->chain.seq,
        .end = r->chain.end,
        .erased = (unsigned)r->bares,
        .salvaged = r->salvaged,
        .id = arena_string(keep, r->id),
        .lost = r->lost,
    };
    out->damage = judge(r, left, &out->altered, keep);
}

void stream_read(struct stream *out, struct stream_reader *r, const char *bytes, size_t length,
                 struct arena *keep)
{
    size_t used = stream_take(r, bytes, length, keep);
    stream_end(out, r, length - used, keep);
}

/* The same length, so that every offset stays true. */
static void line_erase(char *line, size_t length, const struct stream_reader *r)
{
    static const char mark[] = ",\"hash\":\""; /* no string holds this: its quotes would be escaped */
    char *hash = memmem(line, length, mark, sizeof mark - 1), named[SHA256_HEX + 1] = "";
    if (!hash || (size_t)(line + length - hash) < sizeof mark + SHA256_HEX + 1)
        return;
    hash += sizeof mark - 1;
    memcpy(named, hash, SHA256_HEX);
    if (!is_allowed(r, named))
        return;
    char *end = hash + SHA256_HEX + 1;
    *end++ = '}';
    memset(end, ' ', (size_t)(line + length - end));
}

void lines_erase(char *bytes, size_t length, const struct stream_reader *r)
{
    for (char *line = bytes, *end; line < bytes + length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(bytes + length - line));
        if (!end)
            return;
        line_erase(line, (size_t)(end - line), r);
    }
}
