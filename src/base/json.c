/* json.c: reading JSON in place; see json.h. */
#include "base/json.h"

#include <string.h>

enum { DEEPEST = 128 };

struct scan { const char *at, *end; };

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned hex4(const char *at)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        value = value << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* "\u" and four digits at `at`, and what kind of half it is. */
static bool is_unicode_escape(const char *at, const char *end)
{
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return false;
    for (int i = 2; i < 6; i++)
        if (!is_hex(at[i]))
            return false;
    return true;
}

static bool check_escape(struct scan *s)
{
    if (s->end - s->at < 2)
        return false;
    if (s->at[1] != 'u') {
        if (!strchr("\"\\/bfnrt", s->at[1]) || !s->at[1])
            return false;
        s->at += 2;
        return true;
    }
    if (!is_unicode_escape(s->at, s->end))
        return false;
    unsigned half = hex4(s->at + 2);
    if (half >= 0xdc00 && half < 0xe000)
        return false; /* a low surrogate without its high one */
    if (half >= 0xd800 && half < 0xdc00) {
        if (!is_unicode_escape(s->at + 6, s->end))
            return false;
        unsigned low = hex4(s->at + 8);
        if (low < 0xdc00 || low >= 0xe000)
            return false;
        s->at += 6;
    }
    s->at += 6;
    return true;
}

static bool check_string(struct scan *s)
{
    const char *start = ++s->at;
    while (s->at < s->end && *s->at != '"') {
        if ((unsigned char)*s->at < 0x20)
            return false;
        if (*s->at != '\\')
            s->at++;
        else if (!check_escape(s))
            return false;
    }
    if (s->at >= s->end || !text_is_utf8(start, (size_t)(s->at - start)))
        return false;
    s->at++;
    return true;
}

static bool digits(struct scan *s)
{
    const char *start = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > start;
}

static bool check_number(struct scan *s)
{
    if (*s->at == '-')
        s->at++;
    if (s->at < s->end && *s->at == '0')
        s->at++;
    else if (!digits(s))
        return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at | 0x20) == 'e') {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        if (!digits(s))
            return false;
    }
    return true;
}

static bool check_word(struct scan *s, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length))
        return false;
    s->at += length;
    return true;
}

static bool check_value(struct scan *s, int depth);

/* Two spellings of one key are one key: compared decoded only when escapes occur. */
static bool is_repeated(const char *open, const char *key, size_t length)
{
    struct scan s = { open + 1, key };
    while (s.at < key) {
        skip_space(&s);
        const char *other = s.at;
        size_t span = json_span(other, (size_t)(key - other));
        if (!span)
            return false;
        if (span == length && !memcmp(other, key, length))
            return true;
        s.at += span;
        skip_space(&s);
        s.at++; /* the colon */
        skip_space(&s);
        s.at += json_span(s.at, (size_t)(key - s.at));
        skip_space(&s);
        s.at++; /* the comma */
        skip_space(&s);
    }
    return false;
}

static bool check_members(struct scan *s, int depth, bool object)
{
    const char *open = s->at++;
    char close = object ? '}' : ']';
    skip_space(s);
    if (s->at < s->end && *s->at == close) {
        s->at++;
        return true;
    }
    for (;;) {
        skip_space(s);
        if (object) {
            const char *key = s->at;
            if (s->at >= s->end || *s->at != '"' || !check_string(s))
                return false;
            if (is_repeated(open, key, (size_t)(s->at - key))) {
                s->at = key;
                return false;
            }
            skip_space(s);
            if (s->at >= s->end || *s->at != ':')
                return false;
            s->at++;
        }
        if (!check_value(s, depth + 1))
            return false;
        skip_space(s);
        if (s->at >= s->end)
            return false;
        if (*s->at == close) {
            s->at++;
            return true;
        }
        if (*s->at != ',')
            return false;
        s->at++;
    }
}

static bool check_value(struct scan *s, int depth)
{
    skip_space(s);
    if (s->at >= s->end || depth > DEEPEST)
        return false;
    switch (*s->at) {
    case '{': return check_members(s, depth, true);
    case '[': return check_members(s, depth, false);
    case '"': return check_string(s);
    case 't': return check_word(s, "true");
    case 'f': return check_word(s, "false");
    case 'n': return check_word(s, "null");
    default:
        return (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')) && check_number(s);
    }
}

bool json_check(const char *bytes, size_t length, size_t *wrong_at)
{
    struct scan s = { bytes, bytes + length };
    bool good = check_value(&s, 1);
    if (good) {
        skip_space(&s);
        good = s.at == s.end;
    }
    if (!good)
        *wrong_at = (size_t)(s.at - bytes);
    return good;
}

static size_t string_span(const char *bytes, size_t length)
{
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] == '\\')
            i++;
        else if (bytes[i] == '"')
            return i + 1;
    }
    return 0;
}

size_t json_span(const char *bytes, size_t length)
{
    if (!length)
        return 0;
    if (*bytes == '"')
        return string_span(bytes, length);
    if (*bytes != '{' && *bytes != '[') {
        size_t i = 0;
        while (i < length && !memchr(",]}: \n\r\t", bytes[i], 8))
            i++;
        return i;
    }
    size_t depth = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"') {
            size_t span = string_span(bytes + i, length - i);
            if (!span)
                return 0;
            i += span - 1;
        } else if (bytes[i] == '{' || bytes[i] == '[') {
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
    struct scan s = { w->at, w->end };
    skip_space(&s);
    if (s.at && s.at < s.end && *s.at == ',') {
        s.at++;
        skip_space(&s);
    }
    if (!s.at || s.at >= s.end)
        return false;
    w->key = (struct json){ NULL, 0 };
    w->value = (struct json){ s.at, json_span(s.at, (size_t)(s.end - s.at)) };
    s.at += w->value.length;
    skip_space(&s);
    if (s.at < s.end && *s.at == ':') {
        w->key = w->value;
        s.at++;
        skip_space(&s);
        w->value = (struct json){ s.at, json_span(s.at, (size_t)(s.end - s.at)) };
        s.at += w->value.length;
    }
    w->at = s.at;
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
    unsigned code = hex4(at + 2);
    if (code < 0xd800 || code >= 0xdc00) {
        if (code)
            add_code_point(t, code);
        else
            text_add(t, "\xef\xbf\xbd"); /* our texts end at NUL */
        return 6;
    }
    add_code_point(t, 0x10000 + ((code - 0xd800) << 10) + (hex4(at + 8) - 0xdc00));
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
