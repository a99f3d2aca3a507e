/* Any bytes as two secrets and a text with them in it: the pieces it comes in
 * make no difference, and a naive search, which writes each secret in every
 * form there is, finds none in the answer. */
#define _GNU_SOURCE
#include "base/mask.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* As base64 writes it behind `front` other bytes; *sure is where it depends on the secret alone. */
static void base64(struct text *t, const unsigned char *b, size_t n, size_t front, size_t *from, size_t *sure)
{
    size_t bits = 8 * (front + n);
    for (size_t at = 0; at < bits; at += 6) {
        unsigned six = 0;
        for (size_t k = at; k < at + 6; k++) {
            unsigned bit = k < 8 * front || k >= bits ? 0 : b[k / 8 - front] >> (7 - k % 8) & 1;
            six = six << 1 | bit;
        }
        text_char(t, digits[six]);
    }
    *from = (8 * front + 5) / 6;
    *sure = bits / 6;
}

static void encoded(struct text *t, const unsigned char *b, size_t n, unsigned how)
{
    size_t from, sure;
    switch (how % 7) {
    case 0: text_bytes(t, (const char *)b, n); return;
    case 1: for (size_t i = 0; i < n; i++) text_print(t, i * how % 3 ? "%%%02X" : "%%%02x", b[i]); return;
    case 2: for (size_t i = 0; i < n; i++) text_print(t, "%02x", b[i]); return;
    case 3: for (size_t i = 0; i < n; i++) text_print(t, "\\x%02X", b[i]); return;
    default: base64(t, b, n, how % 7 - 4, &from, &sure); return;
    }
}

/* Do the characters at `x` and `y` agree in these bits of their six? */
static bool agree(char x, char y, unsigned bits)
{
    const char *a = x ? strchr(digits, x) : NULL, *b = strchr(digits, y);
    return a && !(((unsigned)(a - digits) ^ (unsigned)(b - digits)) & bits);
}

/* At its edges a secret shares characters with what stands beside it. */
static bool is_there(const char *out, size_t length, const char *code, size_t all, size_t from, size_t sure,
                     size_t front, unsigned bits)
{
    static const unsigned low[] = { 0, 15, 3 }, high[] = { 0, 0x30, 0x3c };
    for (const char *at = out, *hit; (hit = memmem(at, length - (size_t)(at - out), code + from, sure - from)); at = hit + 1) {
        bool before = !front || (hit > out && agree(hit[-1], code[from - 1], low[front]));
        size_t end = (size_t)(hit - out) + sure - from;
        bool behind = all == sure || (end < length && agree(out[end], code[sure], high[bits / 2]));
        if (before && behind)
            return true;
    }
    return false;
}

static void find_none(const char *out, size_t length, const unsigned char *b, size_t n, struct arena keep)
{
    for (unsigned how = 0; how < 7; how++) {
        struct text t = text_new(&keep);
        size_t from = 0, sure, front = how < 4 ? 0 : how - 4;
        if (how < 4)
            encoded(&t, b, n, how);
        else
            base64(&t, b, n, front, &from, &sure);
        if (how < 4)
            assert(!memmem(out, length, t.at, t.length));
        else
            assert(!is_there(out, length, t.at, t.length, from, sure, front, (unsigned)(8 * (front + n) % 6)));
    }
}

static void take(void *context, const char *bytes, size_t length)
{
    text_bytes(context, bytes, length);
}

/* The masks themselves may look like anything: they are cut out before the search. */
static void without_masks(struct text *t, const char *out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (length - i >= 10 && !memcmp(out + i, "[secret ", 8) && out[i + 9] == ']') {
            text_bytes(t, "\0\0\0\0\0\0\0\0\0", 9);
            i += 9;
        } else {
            text_char(t, out[i]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    if (length < 24)
        return 0;
    struct arena keep = all;
    size_t n[2] = { 8 + bytes[0] % 8, 8 + bytes[1] % 8 }, piece = 1 + bytes[2] % 16;
    const unsigned char *secret[2] = { bytes + 3, bytes + 3 + n[0] / 2 }; /* they may overlap */
    if (length < 3 + n[0] + n[1])
        return 0;
    struct mask m = { .count = 0 };
    struct text text = text_new(&keep), whole = text_new(&keep), pieces = text_new(&keep), bare = text_new(&keep);
    for (int i = 0; i < 2; i++) {
        if (memchr(secret[i], 0, n[i]) || memchr(secret[i], '[', n[i]) || memchr(secret[i], ']', n[i]))
            return 0;
        mask_add(&m, (const char *)secret[i], n[i], i ? "1" : "0");
    }
    for (size_t i = 3; i < length; i++) {
        if (bytes[i] % 16 == 7)
            encoded(&text, secret[bytes[i] >> 4 & 1], n[bytes[i] >> 4 & 1], bytes[i] >> 5);
        else
            text_char(&text, (char)bytes[i]);
    }
    struct mask_stream s = { .mask = &m }, p = { .mask = &m };
    mask_feed(&s, text.at, text.length, take, &whole);
    mask_end(&s, take, &whole);
    for (size_t at = 0; at < text.length; at += piece)
        mask_feed(&p, text.at + at, text.length - at < piece ? text.length - at : piece, take, &pieces);
    mask_end(&p, take, &pieces);
    assert(whole.length == pieces.length && !memcmp(whole.at, pieces.at, whole.length));
    without_masks(&bare, whole.at, whole.length);
    for (int i = 0; i < 2; i++)
        find_none(bare.at, bare.length, secret[i], n[i], keep);
    return 0;
}
