/* mask.h: takes secrets out of bytes that stream by.
 *
 * A secret is found in plain, URL-encoded (either case of hex, '+' for a
 * space), with backslashes (JSON, \u00e9, \x41, a shell's quoting; JSON inside of JSON), with
 * HTML's entities, in hex (either case, also "ab:cd" and "ab cd") and in base64 (every
 * alignment, both alphabets); each character may be written its own way. Not found: other
 * forms inside of each other, UTF-16, what is split by colours or compressed. Base64 and hex may be wrapped into
 * lines of 32 characters and more. What is found becomes "[secret NAME]".
 *
 * STREAM   Bytes come in pieces of any size; what may be the beginning of a
 *          secret is held back until the next piece decides. The answer does
 *          not depend on where the pieces end.
 * OVERLAP  The longest wins; two that overlap go together, both named.
 * SHAPE    Secrets of MASK_LEAST to MASK_LONGEST bytes. More may be added while
 *          streams are under way.
 */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>

enum { MASK_LEAST = 8, MASK_LONGEST = 16384, MASK_MOST = 64 };

struct mask {
    struct { const char *value, *name; size_t length; } secret[MASK_MOST];
    size_t count;
    unsigned short may[256]; /* the forms in which a secret may begin with that byte */
};

/* `value` and `name` are the caller's and stay. False: there are MASK_MOST already. */
bool mask_add(struct mask *m, const char *value, size_t length, const char *name);

struct mask_stream {
    const struct mask *mask;
    char *held;             /* not yet given out */
    size_t length, room;
    size_t run[2];          /* characters of base64, of hex, directly before it */
};

typedef void mask_out(void *context, const char *bytes, size_t length);

void mask_feed(struct mask_stream *s, const char *bytes, size_t length, mask_out *out, void *context);
/* Gives out what was held and frees it. */
void mask_end(struct mask_stream *s, mask_out *out, void *context);

/* The same for a text that is whole. */
const char *mask_text(const struct mask *m, const char *bytes, size_t length, size_t *out_length,
                      struct arena *keep);

/* The first that stands in a text: at which byte, and its name. False: none. */
bool mask_find(const struct mask *m, const char *bytes, size_t length, size_t *at, const char **name);

#endif
