/* salvage.c: what can be trusted of a damaged stream; see journal.h.
 *
 * A line's hash covers the hash before it, so a line is trusted when it follows
 * from a hash that some line before it states, or would have to state. */
#define _GNU_SOURCE /* memmem */
#include "record/journal.h"

#include <string.h>

struct links {
    char stated[SHA256_HEX + 1], computed[SHA256_HEX + 1]; /* of the line before; "" unknown */
};

static bool verifies(struct event *ev, const char *line, size_t length, const char *previous,
                     struct arena scratch)
{
    char why[128];
    return previous[0]
        && event_read(ev, line, length, previous, NULL, &scratch, why) != EVENT_LINE_BAD;
}

/* What the line behind a bad one may chain to. */
static struct links behind(const struct links *before, const char *line, size_t length)
{
    static const char mark[] = ",\"hash\":\"";
    struct links l = { "", "" };
    const char *hash = memmem(line, length, mark, sizeof mark - 1);
    if (!hash)
        return l;
    if (before->stated[0])
        sha256_two(l.computed, before->stated, SHA256_HEX, line, (size_t)(hash - line));
    hash += sizeof mark - 1;
    if ((size_t)(line + length - hash) > SHA256_HEX) {
        memcpy(l.stated, hash, SHA256_HEX);
        if (!hex_is(l.stated, SHA256_HEX))
            l.stated[0] = '\0';
    }
    return l;
}

/* Of the opening, even where that is damaged: an identity is better than none. */
static void put_first(struct text *out, const char *incident, const char *bytes, size_t length)
{
    static const char mark[] = "\"id\":\"";
    const char *end = memchr(bytes, '\n', length), *id = end ? memmem(bytes, (size_t)(end - bytes), mark, sizeof mark - 1) : NULL;
    char copy[33] = "";
    struct json_out o = json_out(out);
    if (id && end - id > (ptrdiff_t)sizeof mark + 32)
        memcpy(copy, id + sizeof mark - 1, 32);
    json_open(&o, NULL, '{');
    json_put_int(&o, "tocsin_salvage", 1);
    json_put(&o, "incident", incident);
    json_put(&o, "id", hex_is(copy, 32) ? copy : "");
    json_close(&o, '}');
    text_char(out, '\n');
}

/* In the place of lines that are missing: so many, and what the next one follows. */
static void put_gap(struct text *out, int64_t lost, int64_t seq, const char *previous)
{
    struct json_out o = json_out(out);
    json_open(&o, NULL, '{');
    json_put_int(&o, "lost", lost);
    if (previous) {
        json_put_int(&o, "seq", seq);
        json_put(&o, "previous", previous);
    }
    json_close(&o, '}');
    text_char(out, '\n');
}

void stream_salvage(struct salvaged *out, const char *incident, const struct head *head,
                    const char *bytes, size_t length, struct arena *keep)
{
    struct text good = text_new(keep);
    struct links l = { "", "" };
    struct event ev;
    int64_t seq = 0, lost = 0;
    *out = (struct salvaged){ 0 };
    put_first(&good, incident, bytes, length);
    memcpy(l.stated, chain_start.hash, sizeof l.stated);
    for (const char *line = bytes, *end; line < bytes + length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(bytes + length - line));
        size_t size = (size_t)((end ? end : bytes + length) - line);
        bool stated = end && verifies(&ev, line, size, l.stated, *keep);
        if (stated || (end && verifies(&ev, line, size, l.computed, *keep))) {
            if (lost)
                put_gap(&good, ev.seq - seq - 1, ev.seq, stated ? l.stated : l.computed);
            text_bytes(&good, line, size + 1);
            out->good++;
            seq = ev.seq;
            lost = 0;
        } else {
            out->lost++;
            lost++;
        }
        l = behind(&l, line, size);
        if (!end)
            break;
    }
    if (head && head->seq > seq)
        out->lost += head->seq - seq - lost;
    lost = head ? (head->seq > seq ? head->seq - seq : 0) : lost;
    if (lost)
        put_gap(&good, lost, 0, NULL);
    out->bytes = good.at;
    out->length = good.length;
}
