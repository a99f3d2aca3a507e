/* event.c: see event.h. Reading is strict and in the fixed order: whatever a
 * line may not look like is refused before anybody trusts its data. */
#include "record/event.h"

#include "base/instant.h"

#include <stdio.h>
#include <string.h>

const char event_no_hash[] = "0000000000000000000000000000000000000000000000000000000000000000";

#define EVENT_ROW(constant, name, listed, correctable) { name, listed, correctable },
const struct event_kind_row event_kinds[] = { EVENT_KINDS(EVENT_ROW) };
#undef EVENT_ROW

enum { SALT_HEX = 32, INSTANT_LENGTH = 24, KIND_LONGEST = 64 };

enum event_kind event_kind_from(const char *name, size_t length)
{
    for (unsigned i = 0; i < EVENT_UNKNOWN; i++)
        if (event_kinds[i].name[0] == *name && strlen(event_kinds[i].name) == length
            && !memcmp(event_kinds[i].name, name, length)) /* a name may hold a NUL byte */
            return (enum event_kind)i;
    return EVENT_UNKNOWN;
}

void event_write(struct text *out, const struct draft *d, int64_t seq, int64_t recorded,
                 const char *salt, const char *previous, char hash[SHA256_HEX + 1])
{
    char digest[SHA256_HEX + 1];
    size_t start = out->length;
    sha256_two(digest, salt, strlen(salt), d->data, strlen(d->data));

    const char *now = instant_utc(out->keep, recorded);
    bool at_once = d->at == INSTANT_NONE || d->at == recorded;
    text_add(out, "{\"v\":1,\"seq\":");
    text_whole(out, seq);
    text_add(out, ",\"at\":\"");
    text_add(out, at_once ? now : instant_utc(out->keep, d->at));
    text_add(out, "\",\"early_ms\":");
    text_whole(out, d->early_ms);
    text_add(out, ",\"late_ms\":");
    text_whole(out, d->late_ms);
    text_add(out, ",\"recorded\":\"");
    text_add(out, now);
    text_add(out, "\",\"by\":");
    json_quote(out, d->by, strlen(d->by));
    text_add(out, ",\"uid\":");
    json_quote(out, d->uid, strlen(d->uid));
    text_add(out, ",\"kind\":\"");
    text_add(out, event_kinds[d->kind].name);
    text_add(out, "\",\"data_sha256\":\"");
    text_add(out, digest);
    text_char(out, '"');

    sha256_two(hash, previous, SHA256_HEX, out->at + start, out->length - start);
    text_add(out, ",\"hash\":\"");
    text_add(out, hash);
    text_add(out, "\",\"salt\":\"");
    text_add(out, salt);
    text_add(out, "\",\"data\":");
    text_add(out, d->data);
    text_add(out, "}\n");
}

/* What is left of a line, and what was wrong with it. */
struct cursor {
    const char *at, *end;
    const char *wrong; /* NULL: nothing so far */
};

static bool wrong(struct cursor *c, const char *words)
{
    if (!c->wrong)
        c->wrong = words;
    return false;
}

static bool take(struct cursor *c, const char *literal, size_t length, const char *words)
{
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, literal, length))
        return wrong(c, words);
    c->at += length;
    return true;
}
#define TAKE(c, literal) \
    take((c), (literal), sizeof(literal) - 1, "expected " literal " here")

/* At most 18 digits, so that sums of two stay in int64. */
static bool take_count(struct cursor *c, int64_t *out)
{
    const char *start = c->at;
    int64_t value = 0;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - start < 18)
        value = value * 10 + (*c->at++ - '0');
    if (c->at == start || (*start == '0' && c->at - start > 1))
        return wrong(c, "expected a whole number");
    *out = value;
    return true;
}

static int two_digits(const char *at)
{
    unsigned high = (unsigned)(at[0] - '0'), low = (unsigned)(at[1] - '0');
    return high > 9 || low > 9 ? -1000000 : (int)(high * 10 + low);
}

/* 2025-03-11T10:17:00.000Z and nothing else. */
static bool take_instant(struct cursor *c, int64_t *out)
{
    const char *t = c->at;
    if (c->end - t < INSTANT_LENGTH || t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':'
        || t[16] != ':' || t[19] != '.' || t[23] != 'Z')
        return wrong(c, "expected an instant like 2025-03-11T10:17:00.000Z");
    struct civil day = { .year = two_digits(t) * 100 + two_digits(t + 2),
                         .month = two_digits(t + 5), .day = two_digits(t + 8),
                         .hour = two_digits(t + 11), .minute = two_digits(t + 14),
                         .second = two_digits(t + 17),
                         .ms = two_digits(t + 20) * 10 + two_digits(t + 21) % 10 };
    if (two_digits(t + 20) < 0 || two_digits(t + 21) < 0 || day.year < 0 || !civil_valid(day))
        return wrong(c, "there is no such instant");
    *out = civil_days(day.year, day.month, day.day) * DAY_MS + day.hour * HOUR_MS
         + day.minute * MINUTE_MS + day.second * SECOND_MS + day.ms;
    c->at += INSTANT_LENGTH;
    return true;
}

/* A string value; the words of `before` are shared when they are the same. */
static bool take_string(struct cursor *c, const char *before, const char **out,
                        struct arena *keep)
{
    const char *start = c->at;
    if (c->at == c->end || *c->at != '"')
        return wrong(c, "expected a string");
    const char *at = start + 1;
    while (at < c->end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f && *at != '"'
           && *at != '\\')
        at++;
    if (at < c->end && *at == '"') { /* the plain case */
        size_t length = (size_t)(at - start - 1);
        bool same = before && !strncmp(before, start + 1, length) && !before[length];
        *out = same ? before : arena_copy(keep, start + 1, length);
        c->at = at + 1;
        return true;
    }
    size_t span = json_span(start, (size_t)(c->end - start)), wrong_at;
    if (!span || !json_check(start, span, &wrong_at))
        return wrong(c, "expected a string");
    *out = json_text((struct json){ start, span }, keep);
    c->at = start + span;
    return *out || wrong(c, "expected a string");
}

/* Digits that somebody compares with a digest they should be: no need to judge
 * each of them. */
static bool take_digest(struct cursor *c, const char **out)
{
    if ((size_t)(c->end - c->at) < SHA256_HEX)
        return wrong(c, "expected lower-case hex digits");
    *out = c->at;
    c->at += SHA256_HEX;
    return true;
}

static bool is_hex(const char *at, size_t digits)
{
    unsigned bad = 0;
    for (size_t i = 0; i < digits; i++) {
        unsigned char d = (unsigned char)at[i];
        bad |= !((unsigned char)(d - '0') < 10 || (unsigned char)(d - 'a') < 6);
    }
    return !bad;
}

static bool take_hex(struct cursor *c, size_t digits, const char **out)
{
    if ((size_t)(c->end - c->at) < digits || !is_hex(c->at, digits))
        return wrong(c, "expected lower-case hex digits");
    *out = c->at;
    c->at += digits;
    return true;
}

static bool take_kind(struct cursor *c, struct event *out, struct arena *keep)
{
    const char *start = c->at;
    while (c->at < c->end && ((*c->at >= 'a' && *c->at <= 'z') || (*c->at >= '0' && *c->at <= '9')
                             || *c->at == '.' || *c->at == '_'))
        c->at++;
    size_t length = (size_t)(c->at - start);
    if (!length || length > KIND_LONGEST)
        return wrong(c, "expected the name of a kind");
    out->kind = event_kind_from(start, length);
    out->kind_name = out->kind == EVENT_UNKNOWN ? arena_copy(keep, start, length)
                                                : event_kinds[out->kind].name;
    return true;
}

/* The members before `hash`: what the chain covers. */
static bool take_front(struct cursor *c, struct event *out, const struct event *before,
                       const char **data_sha256, struct arena *keep)
{
    return TAKE(c, "{\"v\":1,\"seq\":") && take_count(c, &out->seq)
        && TAKE(c, ",\"at\":\"") && take_instant(c, &out->at)
        && TAKE(c, "\",\"early_ms\":") && take_count(c, &out->early_ms)
        && TAKE(c, ",\"late_ms\":") && take_count(c, &out->late_ms)
        && TAKE(c, ",\"recorded\":\"") && take_instant(c, &out->recorded)
        && TAKE(c, "\",\"by\":") && take_string(c, before ? before->by : NULL, &out->by, keep)
        && TAKE(c, ",\"uid\":") && take_string(c, before ? before->uid : NULL, &out->uid, keep)
        && TAKE(c, ",\"kind\":\"") && take_kind(c, out, keep)
        && TAKE(c, "\",\"data_sha256\":\"") && take_digest(c, data_sha256)
        && TAKE(c, "\"");
}

/* `}` and the spaces that keep an erased line at its length. */
static bool is_erased_end(const struct cursor *c)
{
    if (c->at == c->end || *c->at != '}')
        return false;
    for (const char *at = c->at + 1; at < c->end; at++)
        if (*at != ' ')
            return false;
    return true;
}

/* Salt and data, checked against their digest. */
static bool take_data(struct cursor *c, struct event *out, const char *data_sha256)
{
    const char *salt;
    if (!TAKE(c, ",\"salt\":\"") || !take_hex(c, SALT_HEX, &salt) || !TAKE(c, "\",\"data\":"))
        return false;
    if (c->end - c->at < 3 || *c->at != '{' || c->end[-1] != '}')
        return wrong(c, "expected the object of data, and then the line's end");
    struct json data = { c->at, (size_t)(c->end - c->at - 1) };
    char digest[SHA256_HEX + 1];
    sha256_two(digest, salt, SALT_HEX, data.at, data.length);
    if (memcmp(digest, data_sha256, SHA256_HEX))
        return wrong(c, "its data does not match its data_sha256");
    size_t wrong_at;
    if (data.at[data.length - 1] != '}' || !json_check(data.at, data.length, &wrong_at))
        return wrong(c, "its data is no valid JSON object");
    out->data = data;
    return true;
}

static enum event_line read_line(struct cursor *c, struct event *out, const char *previous,
                                 const struct event *before, struct arena *keep)
{
    const char *line = c->at, *data_sha256, *hash;
    if (!take_front(c, out, before, &data_sha256, keep))
        return EVENT_LINE_BAD;
    size_t covered = (size_t)(c->at - line);
    if (!TAKE(c, ",\"hash\":\"") || !take_digest(c, &hash) || !TAKE(c, "\""))
        return EVENT_LINE_BAD;
    if (!previous && !is_hex(hash, SHA256_HEX)) {
        wrong(c, "expected lower-case hex digits");
        return EVENT_LINE_BAD;
    }
    if (previous) {
        char digest[SHA256_HEX + 1];
        sha256_two(digest, previous, SHA256_HEX, line, covered);
        if (memcmp(digest, hash, SHA256_HEX)) {
            wrong(c, "its hash does not follow from the line before it");
            return EVENT_LINE_BAD;
        }
    }
    out->hash = arena_copy(keep, hash, SHA256_HEX);
    if (is_erased_end(c) && is_hex(data_sha256, SHA256_HEX))
        return EVENT_LINE_ERASED;
    return take_data(c, out, data_sha256) ? EVENT_LINE_GOOD : EVENT_LINE_BAD;
}

enum event_line event_read(struct event *out, const char *line, size_t length,
                           const char *previous, const struct event *before,
                           struct arena *keep, char why[128])
{
    struct cursor c = { line, line + length, NULL };
    *out = (struct event){ 0 };
    enum event_line is = read_line(&c, out, previous, before, keep);
    if (is == EVENT_LINE_BAD)
        snprintf(why, 128, "%s", c.wrong);
    return is;
}
