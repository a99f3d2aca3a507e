/* mask.c: see mask.h. From each byte of the stream on, every secret is tried
 * in every form (mask_forms.h). */
#include "base/mask_forms.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool mask_add(struct mask *m, const char *value, size_t length, const char *name)
{
    if (m->count == MASK_MOST)
        return false;
    m->secret[m->count].value = value;
    m->secret[m->count].name = name;
    m->secret[m->count++].length = length;
    unsigned char first = (unsigned char)value[0];
    m->may[first] |= 1 << PLAIN | 1 << URL | 1 << FORM | 1 << BACKSLASH | 1 << NESTED | 1 << HTML;
    m->may['%'] |= 1 << URL | 1 << FORM;
    m->may['+'] |= first == ' ' ? 1 << FORM : 0;
    m->may['\\'] |= 1 << BACKSLASH | 1 << NESTED;
    m->may['&'] |= 1 << HTML;
    for (int c = 0; c < 256; c++) {
        int digit = mask_base64_digit((unsigned char)c);
        if (mask_hex_digit((unsigned char)c) == first >> 4)
            m->may[c] |= 1 << HEX;
        if (digit < 0)
            continue;
        m->may[c] |= (digit == first >> 2 ? 1 << BITS_0 : 0) | ((digit & 15) == first >> 4 ? 1 << BITS_2 : 0)
                   | ((digit & 3) == first >> 6 ? 1 << BITS_4 : 0);
    }
    return true;
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
            enum fit fit = mask_fits(s, i, (enum form)form, at, &stops);
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
        for (; run < WRAPPED && at > 0 && mask_is_of_run(hex, (unsigned char)s->held[at - 1]); at--)
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
