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

/* Where nobody knows the id, that of the opening, even if damaged: better than none. */
static void put_first(struct text *out, const char *incident, const char *known, const char *bytes, size_t length)
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
    json_put(&o, "id", *known || !hex_is(copy, 32) ? known : copy);
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

/* A stream that was salvaged once says where lines are missing already. */
static bool is_mark(struct links *l, int64_t *said, const char *line, size_t length, struct arena scratch)
{
    static const char lost[] = "{\"lost\":";
    struct json mark = { line, length };
    size_t wrong_at;
    if (length > strlen(SALVAGE_MARK) && !memcmp(line, SALVAGE_MARK, strlen(SALVAGE_MARK)))
        return json_check(line, length, &wrong_at);
    if (length <= sizeof lost || memcmp(line, lost, sizeof lost - 1) || !json_check(line, length, &wrong_at))
        return false;
    const char *previous = json_get_text(mark, "previous", &scratch);
    *l = (struct links){ "", "" };
    if (previous && hex_is(previous, SHA256_HEX))
        memcpy(l->stated, previous, sizeof l->stated);
    *said = json_int_or(json_get(mark, "lost"), 0);
    return true;
}

/* The hash that the line follows from; NULL where it follows from none that is known. */
static const char *follows_from(struct event *ev, const struct links *l, int64_t seq, const char *line, size_t length,
                                struct arena scratch)
{
    const char *const known[] = { l->stated, l->computed, seq ? "" : chain_start.hash };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (verifies(ev, line, length, known[i], scratch) && ev->seq > seq)
            return known[i];
    return NULL;
}

void stream_salvage(struct salvaged *out, const char *incident, const char *id, const struct head *head,
                    const char *bytes, size_t length, struct arena *keep)
{
    struct text good = text_new(keep);
    struct links l = { "", "" };
    struct event ev;
    char last[SHA256_HEX + 1]; /* what the next line follows from, if none is missing */
    int64_t seq = 0, bad = 0, said = 0;
    bool again = length > strlen(SALVAGE_MARK) && !memcmp(bytes, SALVAGE_MARK, strlen(SALVAGE_MARK));
    *out = (struct salvaged){ .unsure = !head };
    put_first(&good, incident, id, bytes, length);
    memcpy(l.stated, chain_start.hash, sizeof l.stated);
    memcpy(last, chain_start.hash, sizeof last);
    for (const char *line = bytes, *end; line < bytes + length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(bytes + length - line));
        size_t size = (size_t)((end ? end : bytes + length) - line);
        if (end && is_mark(&l, &said, line, size, *keep))
            continue;
        const char *from = end ? follows_from(&ev, &l, seq, line, size, *keep) : NULL;
        if (from) {
            if (strcmp(from, last))
                put_gap(&good, ev.seq - seq - 1, ev.seq, from);
            text_bytes(&good, line, size + 1);
            out->good++;
            out->lost += ev.seq - seq - 1;
            seq = ev.seq;
            bad = said = 0;
        } else {
            bad++;
        }
        l = behind(&l, line, size);
        if (from)
            memcpy(last, l.stated, sizeof last);
        if (!end)
            break;
    }
    int64_t missing = !head ? bad : head->seq > seq ? head->seq - seq : 0;
    if (again && bad && !missing)
        missing = 1; /* a mark at the end, that said how many: at least one */
    missing = said > missing ? said : missing;
    if (missing)
        put_gap(&good, missing, 0, NULL);
    out->lost += missing;
    out->bytes = good.at;
    out->length = good.length;
}
