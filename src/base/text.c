/* text.c: see text.h. */
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

struct text text_new(struct arena *keep)
{
    struct text t = { .room = 64, .keep = keep };
    t.at = arena_many(keep, char, t.room);
    return t;
}

static void reserve(struct text *t, size_t more)
{
    if (t->length + more < t->room)
        return;
    size_t room = t->room * 2;
    while (room <= t->length + more)
        room *= 2;
    char *at = t->at + t->room == t->keep->at ? arena_many(t->keep, char, room - t->room) : NULL;
    if (at != t->at + t->room) { /* not the last of its arena: it moves */
        at = arena_many(t->keep, char, room);
        memcpy(at, t->at, t->length);
        t->at = at;
    }
    t->room = room;
}

char *text_room(struct text *t, size_t length)
{
    reserve(t, length);
    char *at = t->at + t->length;
    at[length] = '\0';
    t->length += length;
    return at;
}

void text_bytes(struct text *t, const char *more, size_t length)
{
    char *at = text_room(t, length);
    if (length)
        memcpy(at, more, length);
}

void text_add(struct text *t, const char *more)
{
    text_bytes(t, more, strlen(more));
}

void text_char(struct text *t, char c)
{
    reserve(t, 1);
    t->at[t->length++] = c;
    t->at[t->length] = '\0';
}

void text_whole(struct text *t, int64_t n)
{
    char digits[20], *at = digits + sizeof digits;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0)
        text_char(t, '-');
    text_bytes(t, at, (size_t)(digits + sizeof digits - at));
}

void text_repeat(struct text *t, const char *what, size_t times)
{
    while (times--)
        text_add(t, what);
}

void text_print(struct text *t, const char *format, ...)
{
    va_list args, again;
    size_t room = t->room - t->length;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(t->at + t->length, room, format, args);
    va_end(args);
    if ((size_t)length >= room) {
        reserve(t, (size_t)length);
        vsnprintf(t->at + t->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    t->length += (size_t)length;
}

void text_add_xml(struct text *t, const char *text)
{
    static const char special[] = "&<>\"", *const escaped[] = { "&amp;", "&lt;", "&gt;", "&quot;" };
    for (const char *c = text; *c; c++) {
        const char *found = strchr(special, *c);
        if (found) {
            text_add(t, escaped[found - special]);
        } else if (strncmp(c, "\xef\xbf\xbe", 3) == 0 || strncmp(c, "\xef\xbf\xbf", 3) == 0) {
            text_add(t, "\xef\xbf\xbd"); /* U+FFFE and U+FFFF are no characters of XML */
            c += 2;
        } else {
            text_char(t, (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c);
        }
    }
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_starts(const char *text, const char *front)
{
    return strncmp(text, front, strlen(front)) == 0;
}

bool text_ends(const char *text, const char *back)
{
    size_t length = strlen(text), tail = strlen(back);
    return length >= tail && strcmp(text + length - tail, back) == 0;
}

/* The length of the valid UTF-8 sequence at `c`, or 0. Overlong forms,
 * surrogates and what lies beyond U+10FFFF are not valid (RFC 3629). */
static size_t sequence(const unsigned char *c, size_t left, uint32_t *code)
{
    size_t length = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
                  : c[0] >= 0xe0 && c[0] < 0xf0 ? 3 : c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
    if (!length || length > left)
        return 0;
    static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t value = c[0] & mask[length];
    for (size_t i = 1; i < length; i++) {
        if ((c[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (c[i] & 0x3f);
    }
    if ((length == 3 && (value < 0x800 || (value >= 0xd800 && value < 0xe000)))
        || (length == 4 && (value < 0x10000 || value > 0x10ffff)))
        return 0;
    *code = value;
    return length;
}

size_t text_decode(uint32_t *code, const char *c)
{
    size_t length = *c ? sequence((const unsigned char *)c, strnlen(c, 4), code) : 0;
    if (!length)
        *code = *c ? 0xfffd : 0;
    return length ? length : *c != '\0';
}

bool text_is_utf8(const char *bytes, size_t length)
{
    uint32_t code;
    uint64_t eight;
    for (size_t i = 0, n; i < length; i += n)
        if (length - i >= 8 && (memcpy(&eight, bytes + i, 8), !(eight & UINT64_C(0x8080808080808080))))
            n = 8; /* plain ASCII, most of the time */
        else if (!(n = sequence((const unsigned char *)bytes + i, length - i, &code)))
            return false;
    return true;
}

void text_add_clean(struct text *t, const char *bytes, size_t length)
{
    uint32_t code;
    for (size_t i = 0; i < length;) {
        size_t n = sequence((const unsigned char *)bytes + i, length - i, &code);
        if (n && code)
            text_bytes(t, bytes + i, n);
        else
            text_add(t, "\xef\xbf\xbd");
        i += n ? n : 1;
    }
}

static bool is_direction_mark(uint32_t code)
{
    return code == 0x061c || code == 0x200e || code == 0x200f
        || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* What stands for a character that a terminal may not be shown; false: it may. */
static bool stands_for(struct text *t, uint32_t code)
{
    if (code < 0x20) /* U+2400 + code: the picture of the control */
        text_print(t, "\xe2\x90%c", (char)(0x80 + code));
    else if (code == 0x7f)
        text_add(t, "\xe2\x90\xa1");
    else if ((code >= 0x80 && code < 0xa0) || is_direction_mark(code))
        text_add(t, "\xef\xbf\xbd");
    else
        return false;
    return true;
}

const char *text_for_terminal(struct arena *keep, const char *text)
{
    struct text t = text_new(keep);
    uint32_t code;
    for (size_t i = 0, left = strlen(text); i < left;) {
        size_t n = sequence((const unsigned char *)text + i, left - i, &code);
        if (!n)
            text_add(&t, "\xef\xbf\xbd");
        else if (code == '\n' || code == '\t')
            text_char(&t, ' ');
        else if (!stands_for(&t, code))
            text_bytes(&t, text + i, n);
        i += n ? n : 1;
    }
    return t.at;
}

/* Bytes that are what they look like, whatever the terminal: most of what is printed. */
static size_t plain_bytes(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && ((text[n] >= 0x20 && text[n] < 0x7f) || text[n] == '\n' || text[n] == '\t'))
        n++;
    return n;
}

void text_add_screen(struct text *t, const char *text, size_t length, bool json)
{
    uint32_t code;
    for (size_t i = 0, n; i < length; i += n) {
        if ((n = plain_bytes(text + i, length - i))) {
            text_bytes(t, text + i, n);
            continue;
        }
        bool known = (n = sequence((const unsigned char *)text + i, length - i, &code)) > 0;
        if (!known && (n = 1))
            text_add(t, "\xef\xbf\xbd");
        else if (json && (code < 0x20 || (code >= 0x7f && code < 0xa0) || is_direction_mark(code)))
            text_print(t, "\\u%04x", code);
        else if ((code == '\r' && i + 1 < length && text[i + 1] == '\n') || !stands_for(t, code))
            text_bytes(t, text + i, n);
    }
}

size_t text_unfinished(const char *text, size_t length)
{
    static const unsigned char least[] = { 0, 0, 0xc0, 0xe0, 0xf0 }; /* the first of so many bytes is at least */
    for (size_t n = 1; n <= 3 && n <= length; n++) {
        unsigned char c = (unsigned char)text[length - n];
        if ((c & 0xc0) != 0x80)
            return c >= least[n + 1] ? n : 0;
    }
    return 0;
}

/* Columns of one character, without asking the locale: the blocks that East
 * Asian Width (Unicode TR 11) calls wide, and those of combining marks. */
static size_t columns_of(uint32_t c)
{
    if (c < 0x300)
        return 1;
    if (c <= 0x36f || (c >= 0x200b && c <= 0x200f) || (c >= 0x20d0 && c <= 0x20ff)
        || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0x1ab0 && c <= 0x1aff) || c == 0xfeff)
        return 0;
    if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f)
        || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60)
        || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f)
        || (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd))
        return 2;
    return 1;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    uint32_t code;
    for (size_t i = 0, left = strlen(text); i < left;) {
        size_t n = sequence((const unsigned char *)text + i, left - i, &code);
        width += n ? columns_of(code) : 1;
        i += n ? n : 1;
    }
    return width;
}

const char *text_cut(struct arena *keep, const char *text, size_t columns)
{
    if (text_width(text) <= columns)
        return text;
    size_t width = 0, i = 0, room = columns > 3 ? columns - 3 : 0;
    uint32_t code;
    for (size_t left = strlen(text); i < left;) {
        size_t n = sequence((const unsigned char *)text + i, left - i, &code);
        size_t wide = n ? columns_of(code) : 1;
        if (width + wide > room)
            break;
        width += wide;
        i += n ? n : 1;
    }
    return arena_print(keep, "%.*s%.*s", (int)i, text, (int)(columns < 3 ? columns : 3), "...");
}

static bool same_letter(char a, char b)
{
    return a == b || ((a | 32) == (b | 32) && (a | 32) >= 'a' && (a | 32) <= 'z');
}

/* Damerau-Levenshtein over bytes, whatever their case; names up to 63 bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b), row[3][64];
    if (la > 63 || lb > 62)
        return 64;
    for (size_t j = 0; j <= lb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = before[j - 1] + !same_letter(a[i - 1], b[j - 1]);
            if (before[j] + 1 < best)
                best = before[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1])
                && earlier[j - 2] + 1 < best)
                best = earlier[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[la % 3][lb];
}

const char *text_nearest(const char *text, const char *const *names)
{
    const char *best = NULL;
    size_t least = strlen(text) / 3 + 1; /* a slip in a short word, two or three in a long one */
    for (; *names; names++) {
        size_t d = distance(text, *names);
        if (d < least) {
            least = d;
            best = *names;
        }
    }
    return best;
}

const char *text_count(struct arena *keep, int64_t n, const char *noun)
{
    return arena_print(keep, "%" PRId64 " %s%s", n, noun, n == 1 ? "" : "s");
}
