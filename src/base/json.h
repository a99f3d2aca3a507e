/* json.h: reading and writing JSON that is ours.
 *
 * READING  A value is the bytes it is written with; nothing is copied until
 *          asked for. The bytes have passed json_check() once, so the
 *          accessors trust their form. Foreign JSON goes through json_check()
 *          first, and then reads the same.
 * WRITING  Compact: no spaces, members in the order they are put. Canonical
 *          JSON (hashes of arguments) puts its keys in byte order: json_put_raw
 *          of json_canonical().
 * NUMBERS  Integers are exact in int64. What has a point or an exponent is
 *          no integer; json_int() then answers false.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum json_type { JSON_MISSING, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER,
                 JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    const char *at; /* NULL: there is no such value */
    size_t length;
};

/* One complete value, RFC 8259, valid UTF-8, at most 128 levels deep, no key
 * twice in an object; white space around it is allowed. Answers false and the
 * offset of the first wrong byte. */
bool json_check(const char *bytes, size_t length, size_t *wrong_at);

/* The same value for a NUL-terminated text that is known to be right. */
struct json json_from(const char *text);

/* The length of the one value that starts at `bytes`, or 0 when it does not
 * end within `length`. Does not check more than it needs to find the end. */
size_t json_span(const char *bytes, size_t length);

enum json_type json_type(struct json value);
struct json json_get(struct json object, const char *key); /* at NULL: missing */
bool json_int(struct json value, int64_t *out);
int64_t json_int_or(struct json value, int64_t otherwise);
bool json_is_true(struct json value); /* is it `true`? */

/* The decoded text of a string; NULL when it is none. */
const char *json_text(struct json value, struct arena *keep);
const char *json_text_or(struct json value, struct arena *keep, const char *otherwise);

/* json_get + json_text in one: NULL when missing or no string. */
const char *json_get_text(struct json object, const char *key, struct arena *keep);

/* Is it a string with just this text? Copies nothing for plain strings. */
bool json_is(struct json value, const char *text);

/* Walks the members of an object or the items of an array:
 *     for (struct json_walk w = json_walk(v); json_next(&w);) use(w.key, w.value);
 * `key` is the raw string value of the member, missing in arrays. */
struct json_walk {
    struct json key, value;
    const char *at, *end;
};
struct json_walk json_walk(struct json container);
bool json_next(struct json_walk *w);
size_t json_count(struct json container);

/* The same value, compact, keys in byte order at every level. */
const char *json_canonical(struct json value, struct arena *keep);

/* A writer puts the commas. Keys are NULL inside arrays. */
struct json_out {
    struct text *to;
    bool comma;
};
struct json_out json_out(struct text *to);
void json_open(struct json_out *o, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json_out *o, char bracket);                 /* '}' or ']' */
void json_put(struct json_out *o, const char *key, const char *text); /* NULL text: null */
void json_put_int(struct json_out *o, const char *key, int64_t n);
void json_put_bool(struct json_out *o, const char *key, bool yes);
void json_put_raw(struct json_out *o, const char *key, const char *json, size_t length);

/* A text as a JSON string, quotes included; bad UTF-8 becomes U+FFFD. */
void json_quote(struct text *to, const char *text, size_t length);

#endif
