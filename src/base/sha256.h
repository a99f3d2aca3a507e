/* sha256.h: digests and randomness-as-text, in lower-case hex. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_HEX = 64 };

/* SHA-256(a then b) as 64 hex digits and a NUL. Either may be empty. */
void sha256_two(char out[SHA256_HEX + 1], const char *a, size_t a_length,
                const char *b, size_t b_length);
void sha256_hex(char out[SHA256_HEX + 1], const char *bytes, size_t length);

/* The same of bytes that come in pieces. */
struct sha256 { uint64_t room[16]; };
void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const char *bytes, size_t length);
void sha256_end(struct sha256 *s, char out[SHA256_HEX + 1]);

/* `out` takes 2 * length digits and a NUL. */
void hex_from_bytes(char *out, const unsigned char *bytes, size_t length);

/* The number that so many hex digits of either case write; at most 8. */
unsigned hex_value(const char *digit, size_t digits);

/* Exactly `digits` lower-case hex digits and then the end of the text? */
bool hex_is(const char *text, size_t digits);

#endif
