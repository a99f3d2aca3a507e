/* mask_forms.c: see mask_forms.h. A form reads raw bytes and says which byte of a secret they stand for. */
#include "base/mask_forms.h"

#include <string.h>

enum { NOT = -1, UNDECIDED = -2 };

int mask_hex_digit(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int mask_base64_digit(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26
         : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static bool is_between(unsigned char c)
{
    return c == ':' || c == '-' || c == ' ';
}

bool mask_is_of_run(bool hex, unsigned char c)
{
    return hex ? mask_hex_digit(c) >= 0 || is_between(c) : mask_base64_digit(c) >= 0;
}

/* One form, read from a place on. */
struct reader {
    const struct mask_stream *s;
    enum form form;
    size_t at;
    unsigned bits, count;      /* of base64: not yet a whole byte */
    unsigned char queue[4];    /* of \u and &#: bytes that are still to be given */
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
    while (run < WRAPPED && at > 0 && mask_is_of_run(hex, (unsigned char)s->held[at - 1])) {
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
    if (a != UNDECIDED && mask_hex_digit((unsigned char)a) < 0)
        return NOT;
    if (b == UNDECIDED)
        return UNDECIDED;
    return mask_hex_digit((unsigned char)b) < 0 ? NOT : mask_hex_digit((unsigned char)a) << 4 | mask_hex_digit((unsigned char)b);
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
        int c = peek(r, 0), digit = c == UNDECIDED ? UNDECIDED : mask_base64_digit((unsigned char)c);
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

/* A character as UTF-8: its first byte; the others wait. */
static int give_code(struct reader *r, unsigned code)
{
    unsigned size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (unsigned i = size; i-- > 1; code >>= 6)
        r->queue[i] = (unsigned char)(0x80 | (code & 63));
    r->queue[0] = (unsigned char)(size == 1 ? code : (0xf00 >> size & 0xff) | code);
    r->queued = size;
    r->given = 1;
    return r->queue[0];
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
    r->at += used;
    return give_code(r, code);
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

/* "\uXXXX" of a text that stands in a text: XXXX, read through the outer one. */
static int nested_unit(struct reader *r)
{
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int c = read_backslash(r), digit = c < 0 ? c : mask_hex_digit((unsigned char)c);
        if (digit < 0)
            return c == UNDECIDED ? UNDECIDED : NOT;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* JSON inside of JSON: what the outer one gives is read once more. */
static int read_nested(struct reader *r)
{
    static const char letters[] = "nrtbf", stand_for[] = "\n\r\t\b\f";
    bool of_code = r->given < r->queued;
    int c = read_backslash(r);
    size_t behind = r->at;
    if (c != '\\' || of_code)
        return c;
    int next = read_backslash(r);
    if (next == UNDECIDED)
        return UNDECIDED;
    if (next == 'u') {
        int unit = nested_unit(r), low = NOT;
        if (unit < 0xd800 || unit > 0xdbff)
            return unit < 0 ? unit : give_code(r, (unsigned)unit);
        if ((c = read_backslash(r)) == '\\' && (c = read_backslash(r)) == 'u')
            low = nested_unit(r);
        return c == UNDECIDED || low == UNDECIDED ? UNDECIDED
             : low < 0xdc00 || low > 0xdfff ? NOT
             : give_code(r, 0x10000 + (((unsigned)unit & 0x3ff) << 10 | ((unsigned)low & 0x3ff)));
    }
    const char *letter = next > 0 ? strchr(letters, next) : NULL;
    if (letter)
        return stand_for[letter - letters];
    if (next == '"' || next == '\\' || next == '/')
        return next;
    r->at = behind;
    return c;
}

/* "&quot;", "&#34;", "&#x22;" */
static int read_html(struct reader *r)
{
    static const struct { const char *name; unsigned code; } known[] = {
        { "amp;", '&' }, { "quot;", '"' }, { "lt;", '<' }, { "gt;", '>' }, { "apos;", '\'' }, { "nbsp;", 0xa0 },
    };
    if (r->given < r->queued)
        return r->queue[r->given++];
    int c = peek(r, 0), next = c == '&' ? peek(r, 1) : 0;
    if (c == UNDECIDED || next == UNDECIDED)
        return UNDECIDED;
    for (size_t i = 0; c == '&' && i < sizeof known / sizeof *known; i++) {
        size_t n = 0;
        while (known[i].name[n] && peek(r, 1 + n) == known[i].name[n])
            n++;
        if (known[i].name[n] && peek(r, 1 + n) == UNDECIDED)
            return UNDECIDED;
        if (!known[i].name[n]) {
            r->at += 1 + n;
            return give_code(r, known[i].code);
        }
    }
    if (c == '&' && next == '#') {
        int third = peek(r, 2);
        bool hex = third == 'x' || third == 'X';
        unsigned code = 0;
        size_t n = hex ? 3 : 2, from = n;
        for (; n - from < 7; n++) {
            int digit = peek(r, n) < 0 ? peek(r, n) : mask_hex_digit((unsigned char)peek(r, n));
            if (peek(r, n) == UNDECIDED)
                return UNDECIDED;
            if (digit < 0 || (!hex && digit > 9))
                break;
            code = code * (hex ? 16 : 10) + (unsigned)digit;
        }
        if (n > from && peek(r, n) == ';' && code && code < 0x110000) {
            r->at += n + 1;
            return give_code(r, code);
        }
    }
    r->at++;
    return c;
}

static int read_byte(struct reader *r)
{
    switch (r->form) {
    case URL: case FORM:   return read_url(r);
    case BACKSLASH:        return read_backslash(r);
    case NESTED:           return read_nested(r);
    case HTML:             return read_html(r);
    case HEX:              return read_hex(r);
    case BITS_0: case BITS_2: case BITS_4: return read_base64(r);
    case PLAIN: case FORMS: break;
    }
    int c = peek(r, 0);
    r->at += c != UNDECIDED;
    return c;
}

enum fit mask_fits(const struct mask_stream *s, size_t secret, enum form form, size_t at, size_t *end)
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
