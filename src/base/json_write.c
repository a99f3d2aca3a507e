/* json_write.c: writing JSON, plain and canonical; see json.h. */
#include "base/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct json_out json_out(struct text *to)
{
    return (struct json_out){ .to = to };
}

/* Each byte of a word: 0x01, 0x80; and 0x80 somewhere when one of them is zero. */
#define BYTES(c) (UINT64_C(0x0101010101010101) * (c))
#define HAS_ZERO(x) (((x) - BYTES(1)) & ~(x) & BYTES(0x80))

/* Does it stand in a JSON string as it is? Nearly all texts do. */
static bool is_plain(const char *text, size_t length)
{
    uint64_t bad = 0;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) { /* below 0x20, above 0x7e, or one of the two that are escaped */
        uint64_t x;
        memcpy(&x, text + i, 8);
        bad |= (x & BYTES(0x80)) | ((x - BYTES(0x20)) & ~x & BYTES(0x80)) | HAS_ZERO(x ^ BYTES(0x7f))
             | HAS_ZERO(x ^ BYTES('"')) | HAS_ZERO(x ^ BYTES('\\'));
    }
    for (; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bad |= c < 0x20 || c >= 0x7f || c == '"' || c == '\\';
    }
    return !bad;
}

void json_quote(struct text *to, const char *text, size_t length)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    if (is_plain(text, length)) {
        char *at = text_room(to, length + 2);
        at[0] = at[length + 1] = '"';
        memcpy(at + 1, text, length);
        return;
    }
    if (!text_is_utf8(text, length)) {
        struct text clean = text_new(to->keep);
        text_add_clean(&clean, text, length);
        text = clean.at;
        length = clean.length;
    }
    text_char(to, '"');
    for (size_t i = 0, start = 0; i <= length; i++) {
        unsigned char c = i < length ? (unsigned char)text[i] : 0;
        bool c1 = c == 0xc2 && (unsigned char)text[i + 1] < 0xa0; /* U+0080 to U+009F */
        if (i < length && c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && !c1)
            continue;
        text_bytes(to, text + start, i - start);
        if (c1) /* a control character to a terminal, though not to JSON */
            c = (unsigned char)text[++i];
        start = i + 1;
        if (i >= length)
            break;
        const char *found = c ? strchr(plain, c) : NULL;
        if (found)
            text_print(to, "\\%c", letter[found - plain]);
        else
            text_print(to, "\\u%04x", c);
    }
    text_char(to, '"');
}

static void begin(struct json_out *o, const char *key)
{
    if (o->comma)
        text_char(o->to, ',');
    o->comma = true;
    if (key) {
        json_quote(o->to, key, strlen(key));
        text_char(o->to, ':');
    }
}

void json_open(struct json_out *o, const char *key, char bracket)
{
    begin(o, key);
    text_char(o->to, bracket);
    o->comma = false;
}

void json_close(struct json_out *o, char bracket)
{
    text_char(o->to, bracket);
    o->comma = true;
}

void json_put(struct json_out *o, const char *key, const char *text)
{
    begin(o, key);
    if (text)
        json_quote(o->to, text, strlen(text));
    else
        text_add(o->to, "null");
}

void json_put_int(struct json_out *o, const char *key, int64_t n)
{
    begin(o, key);
    text_whole(o->to, n);
}

void json_put_bool(struct json_out *o, const char *key, bool yes)
{
    begin(o, key);
    text_add(o->to, yes ? "true" : "false");
}

void json_put_raw(struct json_out *o, const char *key, const char *json, size_t length)
{
    begin(o, key);
    text_bytes(o->to, json, length);
}

struct member { const char *key; struct json value; };

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* Few members, often in order already: no need of qsort. */
static void sort_members(struct member *m, size_t count)
{
    if (count > 32) {
        qsort(m, count, sizeof *m, by_key);
        return;
    }
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && by_key(&m[k - 1], &m[k]) > 0; k--) {
            struct member other = m[k];
            m[k] = m[k - 1];
            m[k - 1] = other;
        }
}

static void canonical(struct json_out *o, const char *key, struct json value)
{
    struct arena *keep = o->to->keep;
    switch (json_type(value)) {
    case JSON_OBJECT: {
        size_t count = json_count(value), i = 0;
        struct member *member = arena_many(keep, struct member, count);
        for (struct json_walk w = json_walk(value); json_next(&w); i++)
            member[i] = (struct member){ json_text(w.key, keep), w.value };
        sort_members(member, count);
        json_open(o, key, '{');
        for (i = 0; i < count; i++)
            canonical(o, member[i].key, member[i].value);
        json_close(o, '}');
        return;
    }
    case JSON_ARRAY:
        json_open(o, key, '[');
        for (struct json_walk w = json_walk(value); json_next(&w);)
            canonical(o, NULL, w.value);
        json_close(o, ']');
        return;
    case JSON_STRING:
        if (is_plain(value.at + 1, value.length - 2)) {
            json_put_raw(o, key, value.at, value.length);
            return;
        }
        json_put(o, key, json_text(value, keep));
        return;
    case JSON_MISSING:
        json_put(o, key, NULL);
        return;
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_NUMBER:
        json_put_raw(o, key, value.at, value.length);
        return;
    }
}

static bool is_canonical(struct json value);

static bool are_canonical(struct json container, bool object)
{
    const char *behind = container.at + 1;
    struct json last = { 0 };
    for (struct json_walk w = json_walk(container); json_next(&w); behind = w.value.at + w.value.length) {
        const char *first = object ? w.key.at : w.value.at;
        bool close = first == behind + (behind > container.at + 1) /* a comma, and no space */
                  && (!object || w.value.at == w.key.at + w.key.length + 1);
        if (!close || !is_canonical(w.value) || (object && !is_plain(w.key.at + 1, w.key.length - 2)))
            return false;
        size_t least = last.length < w.key.length ? last.length : w.key.length;
        if (last.at && memcmp(last.at, w.key.at, least - 1) >= 0) /* the quotation mark ends the shorter one */
            return false;
        last = w.key;
    }
    return behind == container.at + container.length - 1;
}

/* Is it written as we would write it? What we wrote ourselves is. */
static bool is_canonical(struct json value)
{
    enum json_type type = json_type(value);
    return type == JSON_OBJECT || type == JSON_ARRAY ? are_canonical(value, type == JSON_OBJECT)
         : type == JSON_STRING ? is_plain(value.at + 1, value.length - 2) : type != JSON_MISSING;
}

const char *json_canonical(struct json value, struct arena *keep)
{
    if (is_canonical(value))
        return arena_copy(keep, value.at, value.length);
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    canonical(&o, NULL, value);
    return t.at;
}
