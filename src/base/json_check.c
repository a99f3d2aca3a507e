/* json_check.c: whether bytes are JSON, RFC 8259; see json.h. */
#include "base/json.h"
#include "base/sha256.h"

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
    unsigned half = hex_value(s->at + 2, 4);
    if (half >= 0xdc00 && half < 0xe000)
        return false; /* a low surrogate without its high one */
    if (half >= 0xd800 && half < 0xdc00) {
        if (!is_unicode_escape(s->at + 6, s->end))
            return false;
        unsigned low = hex_value(s->at + 8, 4);
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

