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

void stream_salvage(struct salvaged *out, const char *bytes, size_t length, struct arena *keep)
{
    struct text good = text_new(keep);
    struct links l = { "", "" };
    struct event ev;
    *out = (struct salvaged){ 0 };
    memcpy(l.stated, chain_start.hash, sizeof l.stated);
    for (const char *line = bytes, *end; line < bytes + length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(bytes + length - line));
        size_t size = (size_t)((end ? end : bytes + length) - line);
        if (end && (verifies(&ev, line, size, l.stated, *keep)
                    || verifies(&ev, line, size, l.computed, *keep))) {
            text_bytes(&good, line, size + 1);
            out->good++;
        } else {
            out->lost++;
        }
        l = behind(&l, line, size);
        if (!end)
            break;
    }
    out->bytes = good.at;
    out->length = good.length;
}
