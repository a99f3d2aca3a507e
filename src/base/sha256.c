/* sha256.c: see sha256.h; the arithmetic is libcrypto's. */
#define OPENSSL_SUPPRESS_DEPRECATED /* the plain calls: no provider is loaded at start-up */
#include "base/sha256.h"

#include <openssl/sha.h>
#include <string.h>

void hex_from_bytes(char *out, const unsigned char *bytes, size_t length)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digit[bytes[i] >> 4];
        out[2 * i + 1] = digit[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "the digest's state has room");

void sha256_begin(struct sha256 *s)
{
    SHA256_Init((SHA256_CTX *)s->room);
}

void sha256_add(struct sha256 *s, const char *bytes, size_t length)
{
    SHA256_Update((SHA256_CTX *)s->room, bytes, length);
}

void sha256_end(struct sha256 *s, char out[SHA256_HEX + 1])
{
    unsigned char sum[SHA256_DIGEST_LENGTH];
    SHA256_Final(sum, (SHA256_CTX *)s->room);
    hex_from_bytes(out, sum, sizeof sum);
}

void sha256_two(char out[SHA256_HEX + 1], const char *a, size_t a_length,
                const char *b, size_t b_length)
{
    struct sha256 s;
    sha256_begin(&s);
    sha256_add(&s, a, a_length);
    sha256_add(&s, b, b_length);
    sha256_end(&s, out);
}

void sha256_hex(char out[SHA256_HEX + 1], const char *bytes, size_t length)
{
    sha256_two(out, bytes, length, "", 0);
}

unsigned hex_value(const char *digit, size_t digits)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++)
        value = value << 4
              | (unsigned)(digit[i] <= '9' ? digit[i] - '0' : (digit[i] | 0x20) - 'a' + 10);
    return value;
}

bool hex_is(const char *text, size_t digits)
{
    return strspn(text, "0123456789abcdef") == digits && text[digits] == '\0';
}
