/* json.c: reading JSON in place; see json.h. Whether bytes are JSON at all is
 * json_check.c's. */
#include "base/json.h"
#include "base/sha256.h"

#include <string.h>

static const char *after_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

/* Most strings hold no escape: then the next quotation mark ends it. */
static size_t string_span(const char *bytes, size_t length)
{
    const char *end = memchr(bytes + 1, '"', length - 1);
    if (end && end[-1] != '\\')
        return (size_t)(end - bytes) + 1;
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] == '\\')
            i++;
        else if (bytes[i] == '"')
            return i + 1;
    }
    return 0;
}

/* What the bytes between strings mean to whoever looks for an end. */
enum { NOTHING, ENDS, OPENS, QUOTES };
static const unsigned char kind_of[256] = {
    [','] = ENDS, [']'] = ENDS, ['}'] = ENDS, [':'] = ENDS, [' '] = ENDS, ['\n'] = ENDS, ['\r'] = ENDS, ['\t'] = ENDS,
    ['{'] = OPENS, ['['] = OPENS, ['"'] = QUOTES,
};

size_t json_span(const char *bytes, size_t length)
{
    if (!length)
        return 0;
    if (*bytes == '"')
        return string_span(bytes, length);
    if (*bytes != '{' && *bytes != '[') {
        size_t i = 0;
        while (i < length && kind_of[(unsigned char)bytes[i]] != ENDS)
            i++;
        return i;
    }
    size_t depth = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char kind = kind_of[(unsigned char)bytes[i]];
        if (kind == NOTHING)
            continue;
        if (kind == QUOTES) {
            size_t span = string_span(bytes + i, length - i);
            if (!span)
                return 0;
            i += span - 1;
        } else if (kind == OPENS) {
            depth++;
        } else if ((bytes[i] == '}' || bytes[i] == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

struct json json_from(const char *text)
{
    static const char space[] = " \n\r\t";
    text += strspn(text, space);
    size_t length = strlen(text);
    while (length && strchr(space, text[length - 1]))
        length--;
    return (struct json){ text, length };
}

enum json_type json_type(struct json value)
{
    if (!value.at || !value.length)
        return JSON_MISSING;
    switch (*value.at) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return JSON_TRUE;
    case 'f': return JSON_FALSE;
    case 'n': return JSON_NULL;
    default:  return JSON_NUMBER;
    }
}

struct json_walk json_walk(struct json container)
{
    struct json_walk w = { 0 };
    enum json_type type = json_type(container);
    if (type == JSON_OBJECT || type == JSON_ARRAY) {
        w.at = container.at + 1;
        w.end = container.at + container.length - 1;
    }
    return w;
}

bool json_next(struct json_walk *w)
{
    const char *at = after_space(w->at, w->end);
    if (at < w->end && *at == ',')
        at = after_space(at + 1, w->end);
    if (at >= w->end)
        return false;
    w->key = (struct json){ NULL, 0 };
    w->value = (struct json){ at, json_span(at, (size_t)(w->end - at)) };
    at = after_space(at + w->value.length, w->end);
    if (at < w->end && *at == ':') {
        w->key = w->value;
        at = after_space(at + 1, w->end);
        w->value = (struct json){ at, json_span(at, (size_t)(w->end - at)) };
        at += w->value.length;
    }
    w->at = at;
    return w->value.length > 0;
}

size_t json_count(struct json container)
{
    size_t count = 0;
    for (struct json_walk w = json_walk(container); json_next(&w);)
        count++;
    return count;
}

static void add_code_point(struct text *t, unsigned code)
{
    char out[4];
    size_t n = 0;
    if (code < 0x80) {
        out[n++] = (char)code;
    } else if (code < 0x800) {
        out[n++] = (char)(0xc0 | code >> 6);
        out[n++] = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out[n++] = (char)(0xe0 | code >> 12);
        out[n++] = (char)(0x80 | (code >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (code & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | code >> 18);
        out[n++] = (char)(0x80 | (code >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (code >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (code & 0x3f));
    }
    text_bytes(t, out, n);
}

/* The escape at `at`, decoded; answers its length. */
static size_t add_escape(struct text *t, const char *at)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (at[1] != 'u') {
        const char *found = strchr(from, at[1]);
        text_char(t, found ? to[found - from] : at[1]);
        return 2;
    }
    unsigned code = hex_value(at + 2, 4);
    if (code < 0xd800 || code >= 0xdc00) {
        if (code)
            add_code_point(t, code);
        else
            text_add(t, "\xef\xbf\xbd"); /* our texts end at NUL */
        return 6;
    }
    add_code_point(t, 0x10000 + ((code - 0xd800) << 10) + (hex_value(at + 8, 4) - 0xdc00));
    return 12;
}

const char *json_text(struct json value, struct arena *keep)
{
    if (json_type(value) != JSON_STRING)
        return NULL;
    const char *at = value.at + 1, *end = value.at + value.length - 1;
    if (!memchr(at, '\\', (size_t)(end - at)))
        return arena_copy(keep, at, (size_t)(end - at));
    struct text t = text_new(keep);
    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        const char *until = slash ? slash : end;
        text_bytes(&t, at, (size_t)(until - at));
        at = slash ? slash + add_escape(&t, slash) : end;
    }
    return t.at;
}

bool json_is(struct json value, const char *text)
{
    if (json_type(value) != JSON_STRING)
        return false;
    size_t length = strlen(text);
    if (!memchr(value.at, '\\', value.length))
        return value.length == length + 2 && !memcmp(value.at + 1, text, length);
    char room[1024]; /* keys and names; a longer escaped text is none of ours */
    if (value.length >= sizeof room / 4)
        return false;
    struct arena here = { room, room + sizeof room };
    const char *decoded = json_text(value, &here);
    return !strcmp(decoded, text);
}

struct json json_get(struct json object, const char *key)
{
    if (json_type(object) == JSON_OBJECT)
        for (struct json_walk w = json_walk(object); json_next(&w);)
            if (json_is(w.key, key))
                return w.value;
    return (struct json){ NULL, 0 };
}

bool json_int(struct json value, int64_t *out)
{
    if (json_type(value) != JSON_NUMBER)
        return false;
    bool negative = *value.at == '-';
    uint64_t sum = 0, limit = (uint64_t)INT64_MAX + negative;
    for (size_t i = negative; i < value.length; i++) {
        unsigned digit = (unsigned)(value.at[i] - '0');
        if (digit > 9 || sum > (limit - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *out = negative ? (int64_t)-sum : (int64_t)sum;
    return value.length > negative;
}

int64_t json_int_or(struct json value, int64_t otherwise)
{
    int64_t n;
    return json_int(value, &n) ? n : otherwise;
}

bool json_is_true(struct json value)
{
    return json_type(value) == JSON_TRUE;
}

const char *json_text_or(struct json value, struct arena *keep, const char *otherwise)
{
    const char *text = json_text(value, keep);
    return text ? text : otherwise;
}

const char *json_get_text(struct json object, const char *key, struct arena *keep)
{
    return json_text(json_get(object, key), keep);
}
