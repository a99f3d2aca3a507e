/* text.h: building and judging text.
 *
 * `struct text` grows in an arena and is NUL-terminated at every moment, so
 * t.at can be printed at any time. All text inside tocsin is UTF-8; bytes
 * that are not become U+FFFD where they enter (text_add_clean).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *at; /* never NULL after text_new() */
    size_t length, room;
    struct arena *keep;
};

/* A list of names, in byte order where it says sorted. */
struct names {
    const char *const *name; /* then NULL */
    size_t count;
};

struct text text_new(struct arena *keep);
void text_add(struct text *t, const char *more);
void text_bytes(struct text *t, const char *more, size_t length);
char *text_room(struct text *t, size_t length); /* so many bytes at its end, to be written */
void text_char(struct text *t, char c);
void text_whole(struct text *t, int64_t n); /* in decimal digits */
void text_repeat(struct text *t, const char *what, size_t times);
void text_print(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Foreign bytes as valid UTF-8: bad sequences become U+FFFD, NUL too. */
void text_add_clean(struct text *t, const char *bytes, size_t length);

/* As text or attribute of XML or HTML: escaped, control characters as spaces. */
void text_add_xml(struct text *t, const char *text);

bool text_equal(const char *a, const char *b); /* both may be NULL */
bool text_starts(const char *text, const char *front);
bool text_ends(const char *text, const char *back);
bool text_is_utf8(const char *bytes, size_t length);
/* The character that a text begins with, and its bytes: 0 at the end; a bad byte is U+FFFD. */
size_t text_decode(uint32_t *code, const char *c);

/* What a terminal may be shown: control characters, escapes and direction
 * marks as visible pictures (U+2400..) or dropped; newline becomes a space. */
const char *text_for_terminal(struct arena *keep, const char *text);
/* The same of a whole screen, whose lines stay lines. In JSON what is not shown
 * is escaped, so that the text means the same. */
void text_add_screen(struct text *t, const char *text, size_t length, bool json);
/* The bytes at the end that are a character's beginning, its end being still to come. */
size_t text_unfinished(const char *text, size_t length);

/* Columns on a terminal: wide characters two, combining ones none. */
size_t text_width(const char *text);

/* At most `columns` wide, "..." at the end where something was cut off. */
const char *text_cut(struct arena *keep, const char *text, size_t columns);

/* The known name nearest to `text`, or NULL where none is near. `names` ends
 * with NULL. For "did you mean". */
const char *text_nearest(const char *text, const char *const *names);

/* "1 IP", "2 IPs": the number and the noun in its right form. */
const char *text_count(struct arena *keep, int64_t n, const char *noun);

#endif
