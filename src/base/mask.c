/* mask.c: see mask.h. From each byte of the stream on, every secret is tried
 * in every form: a form reads raw bytes and says which byte they stand for. */
#include "base/mask.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Base64 is one stream of bits: a secret begins at bit 0, 2 or 4 of a character. */
enum form { PLAIN, URL, FORM, BACKSLASH, HEX, BITS_0, BITS_2, BITS_4, FORMS };
enum { WRAPPED = 32 }; /* a line of so many encoded characters may go on in the next */
enum { NOT = -1, UNDECIDED = -2 };
enum fit { FITS_NOT, FITS_PERHAPS, FITS };

static int hex_digit(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int base64_digit(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26
         : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static bool is_between(unsigned char c)
{
    return c == ':' || c == '-' || c == ' ';
}

static bool is_of_run(bool hex, unsigned char c)
{
    return hex ? hex_digit(c) >= 0 || is_between(c) : base64_digit(c) >= 0;
}

bool mask_add(struct mask *m, const char *value, size_t length, const char *name)
{
    if (m->count == MASK_MOST)
        return false;
    m->secret[m->count].value = value;
    m->secret[m->count].name = name;
    m->secret[m->count++].length = length;
    unsigned char first = (unsigned char)value[0];
    m->may[first] |= 1 << PLAIN | 1 << URL | 1 << FORM | 1 << BACKSLASH;
    m->may['%'] |= 1 << URL | 1 << FORM;
    m->may['+'] |= first == ' ' ? 1 << FORM : 0;
    m->may['\\'] |= 1 << BACKSLASH;
    for (int c = 0; c < 256; c++) {
        int digit = base64_digit((unsigned char)c);
        if (hex_digit((unsigned char)c) == first >> 4)
            m->may[c] |= 1 << HEX;
        if (digit < 0)
            continue;
        m->may[c] |= (digit == first >> 2 ? 1 << BITS_0 : 0) | ((digit & 15) == first >> 4 ? 1 << BITS_2 : 0)
                   | ((digit & 3) == first >> 6 ? 1 << BITS_4 : 0);
    }
    return true;
}

/* One form, read from a place on. */
struct reader {
    const struct mask_stream *s;
    enum form form;
    size_t at;
    unsigned bits, count;      /* of base64: not yet a whole byte */
    unsigned char queue[4];    /* of \u: bytes that are still to be given */
    unsigned queued, given;
    bool began;                /* of hex: a byte was read */
};

static int peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->s->length ? (unsigned char)r->s->held[r->at + ahead] : UNDECIDED;
}

/* At least WRAPPED characters of that kind directly before `at`? */
static bool was_full(const struct mask_stream *s, bool hex, size_t at)
{
    size_t run = 0;
    while (run < WRAPPED && at > 0 && is_of_run(hex, (unsigned char)s->held[at - 1])) {
        run++;
        at--;
    }
    return run + (at == 0 ? s->run[hex] : 0) >= WRAPPED;
}

/* Over the end of a full line. False: undecided. */
static bool over_line_end(struct reader *r, bool hex)
{
    int c = peek(r, 0), next = c == '\r' ? peek(r, 1) : '\n';
    if (c != '\r' && c != '\n')
        return true;
    if (!was_full(r->s, hex, r->at))
        return true;
    if (next == UNDECIDED)
        return false;
    r->at += next != '\n' ? 0 : c == '\r' ? 2 : 1;
    return true;
}

static int two_digits(struct reader *r, size_t from)
{
    int a = peek(r, from), b = a == UNDECIDED ? UNDECIDED : peek(r, from + 1);
    if (a != UNDECIDED && hex_digit((unsigned char)a) < 0)
        return NOT;
    if (b == UNDECIDED)
        return UNDECIDED;
    return hex_digit((unsigned char)b) < 0 ? NOT : hex_digit((unsigned char)a) << 4 | hex_digit((unsigned char)b);
}

static int read_url(struct reader *r)
{
    int c = peek(r, 0), byte = c == '%' ? two_digits(r, 1) : NOT;
    if (byte == UNDECIDED || c == UNDECIDED)
        return UNDECIDED;
    r->at += byte == NOT ? 1 : 3;
    return byte != NOT ? byte : c == '+' && r->form == FORM ? ' ' : c;
}

static int read_hex(struct reader *r)
{
    if (r->began && !over_line_end(r, true))
        return UNDECIDED;
    int c = peek(r, 0);
    r->at += r->began && c != UNDECIDED && is_between((unsigned char)c);
    int byte = two_digits(r, 0);
    r->at += byte >= 0 ? 2 : 0;
    r->began = true;
    return byte;
}

static int read_base64(struct reader *r)
{
    while (r->count < 8) {
        if (r->began && !over_line_end(r, false))
            return UNDECIDED;
        int c = peek(r, 0), digit = c == UNDECIDED ? UNDECIDED : base64_digit((unsigned char)c);
        if (digit < 0)
            return digit == UNDECIDED ? UNDECIDED : NOT;
        unsigned skip = r->began ? 0 : 2 * (unsigned)(r->form - BITS_0);
        r->bits = (r->bits << 6 | (unsigned)digit) & 0xffff;
        r->count += 6 - skip;
        r->began = true;
        r->at++;
    }
    r->count -= 8;
    return (int)(r->bits >> r->count & 255);
}

/* The code unit of "\uXXXX" at `from`, which is known to begin with a backslash. */
static int code_unit(struct reader *r, size_t from)
{
    int u = peek(r, from + 1), high, low;
    if (u != 'u')
        return u == UNDECIDED ? UNDECIDED : NOT;
    high = two_digits(r, from + 2);
    low = high < 0 ? high : two_digits(r, from + 4);
    return low < 0 ? low : high << 8 | low;
}

static int read_unicode(struct reader *r)
{
    int unit = code_unit(r, 0);
    size_t used = 6;
    unsigned code = (unsigned)unit;
    if (unit < 0)
        return unit;
    if (unit >= 0xd800 && unit < 0xdc00) {
        int next = peek(r, 6), low = next == '\\' ? code_unit(r, 6) : next == UNDECIDED ? UNDECIDED : NOT;
        if (low == UNDECIDED || low < 0xdc00 || low > 0xdfff)
            return low == UNDECIDED ? UNDECIDED : NOT;
        code = 0x10000 + (((unsigned)unit & 0x3ff) << 10 | ((unsigned)low & 0x3ff));
        used = 12;
    }
    unsigned size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (unsigned i = size; i-- > 1; code >>= 6)
        r->queue[i] = (unsigned char)(0x80 | (code & 63));
    r->queue[0] = (unsigned char)(size == 1 ? code : (0xf00 >> size & 0xff) | code);
    r->queued = size;
    r->given = 1;
    r->at += used;
    return r->queue[0];
}

static int read_backslash(struct reader *r)
{
    static const char letters[] = "nrtbfae0", stand_for[] = "\n\r\t\b\f\a\033";
    if (r->given < r->queued)
        return r->queue[r->given++];
    int c = peek(r, 0), next = c == '\\' ? peek(r, 1) : 0;
    if (c == UNDECIDED || next == UNDECIDED)
        return UNDECIDED;
    if (c == '\\' && next == 'u')
        return read_unicode(r);
    if (c == '\\' && next == 'x') {
        int byte = two_digits(r, 2);
        r->at += byte >= 0 ? 4 : 0;
        return byte;
    }
    const char *letter = c == '\\' && next ? strchr(letters, next) : NULL;
    bool literal = c != '\\' || (next >= 'a' && next <= 'z' && !letter) || (next >= 'A' && next <= 'Z');
    r->at += literal ? 1 : 2;
    return literal ? c : letter ? stand_for[letter - letters] : next;
}

static int read_byte(struct reader *r)
{
    switch (r->form) {
    case URL: case FORM:   return read_url(r);
    case BACKSLASH:        return read_backslash(r);
    case HEX:              return read_hex(r);
    case BITS_0: case BITS_2: case BITS_4: return read_base64(r);
    case PLAIN: case FORMS: break;
    }
    int c = peek(r, 0);
    r->at += c != UNDECIDED;
    return c;
}

static enum fit fits(const struct mask_stream *s, size_t secret, enum form form, size_t at, size_t *end)
{
    const unsigned char *value = (const unsigned char *)s->mask->secret[secret].value;
    struct reader r = { .s = s, .form = form, .at = at };
    for (size_t i = 0; i < s->mask->secret[secret].length; i++) {
        int byte = read_byte(&r);
        if (byte == UNDECIDED)
            return FITS_PERHAPS;
        if (byte != value[i])
            return FITS_NOT;
    }
    *end = r.at;
    return FITS;
}

/* The longest secret that begins at `at`; at the end of all, what is undecided is none. */
static enum fit longest(const struct mask_stream *s, size_t at, bool last, size_t *end, size_t *which)
{
    unsigned may = s->mask->may[(unsigned char)s->held[at]];
    enum fit answer = FITS_NOT;
    *end = at;
    for (int form = 0; may >> form; form++)
        for (size_t i = 0; may >> form & 1 && i < s->mask->count; i++) {
            size_t stops = 0;
            enum fit fit = fits(s, i, (enum form)form, at, &stops);
            if (fit == FITS_PERHAPS && !last)
                return FITS_PERHAPS;
            if (fit == FITS && stops > *end) {
                answer = FITS;
                *end = stops;
                *which = i;
            }
        }
    return answer;
}

static void put_name(const struct mask *m, size_t secret, mask_out *out, void *context)
{
    out(context, "[secret ", 8);
    out(context, m->secret[secret].name, strlen(m->secret[secret].name));
    out(context, "]", 1);
}

/* What overlaps the secret in [at, *end) goes with it. False: undecided. */
static bool overlapping(const struct mask_stream *s, size_t at, bool last, size_t *end, size_t *which,
                        size_t *count)
{
    for (size_t k = at + 1; k < *end; k++) {
        size_t stops, other;
        enum fit fit = longest(s, k, last, &stops, &other);
        if (fit == FITS_PERHAPS)
            return false;
        if (fit == FITS && stops > *end) {
            *end = stops;
            which[*count] = other;
            *count += *count < 7;
        }
    }
    return true;
}

/* Drops the first `length` bytes, and remembers which run they ended with. */
static void drop(struct mask_stream *s, size_t length)
{
    for (int hex = 0; hex < 2; hex++) {
        size_t run = 0, at = length;
        for (; run < WRAPPED && at > 0 && is_of_run(hex, (unsigned char)s->held[at - 1]); at--)
            run++;
        s->run[hex] = at == 0 ? s->run[hex] + run : run;
    }
    s->length -= length;
    if (length)
        memmove(s->held, s->held + length, s->length);
}

static void go_through(struct mask_stream *s, bool last, mask_out *out, void *context)
{
    size_t at = 0, given = 0, end, which[8], count;
    while (at < s->length) {
        enum fit fit = s->mask->may[(unsigned char)s->held[at]] ? longest(s, at, last, &end, which) : FITS_NOT;
        if (fit == FITS_NOT) {
            at++;
            continue;
        }
        count = 1;
        if (fit == FITS_PERHAPS || !overlapping(s, at, last, &end, which, &count))
            break;
        if (at > given)
            out(context, s->held + given, at - given);
        for (size_t i = 0; i < count; i++)
            put_name(s->mask, which[i], out, context);
        at = given = end;
    }
    if (at > given)
        out(context, s->held + given, at - given);
    drop(s, at);
}

void mask_feed(struct mask_stream *s, const char *bytes, size_t length, mask_out *out, void *context)
{
    if (s->length + length > s->room) {
        s->room = 2 * (s->length + length);
        s->held = realloc(s->held, s->room);
        if (!s->held)
            abort();
    }
    if (length)
        memcpy(s->held + s->length, bytes, length);
    s->length += length;
    go_through(s, false, out, context);
}

void mask_end(struct mask_stream *s, mask_out *out, void *context)
{
    go_through(s, true, out, context);
    free(s->held);
    *s = (struct mask_stream){ .mask = s->mask };
}

static void into_text(void *context, const char *bytes, size_t length)
{
    text_bytes(context, bytes, length);
}

const char *mask_text(const struct mask *m, const char *bytes, size_t length, size_t *out_length,
                      struct arena *keep)
{
    struct mask_stream s = { .mask = m };
    struct text t = text_new(keep);
    mask_feed(&s, bytes, length, into_text, &t);
    mask_end(&s, into_text, &t);
    if (out_length)
        *out_length = t.length;
    return t.at;
}

bool mask_find(const struct mask *m, const char *bytes, size_t length, size_t *at, const char **name)
{
    const struct mask_stream whole = { .mask = m, .held = (char *)(uintptr_t)bytes, .length = length };
    size_t end, which;
    for (*at = 0; *at < length && m->count; ++*at)
        if (m->may[(unsigned char)bytes[*at]] && longest(&whole, *at, true, &end, &which) == FITS) {
            *name = m->secret[which].name;
            return true;
        }
    return false;
}
