/* redact.c: see redact.h. */
#include "tell/redact.h"

#include "base/text.h"
#include "tell/letters.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct redaction redaction_of(const struct config *config, const char *locale, struct arena *keep)
{
    struct redaction r = { .keep = keep };
    if (!config)
        return r;
    const char *withheld = text_equal(locale, "fr") ? "masqué" : "withheld";
    size_t most = config->persons;
    for (const char *const *t = config->redact; t && *t; t++)
        most++;
    r.struck = arena_many(keep, struct struck, most + 1);
    for (const char *const *t = config->redact; t && *t; t++)
        if (**t)
            r.struck[r.rules++] = (struct struck){ *t, NULL, 0 };
    /* Several are numbered: a reader may see that two places mean the same. */
    for (size_t i = 0; i < r.rules; i++)
        r.struck[i].instead = r.rules == 1 ? arena_print(keep, "[%s]", withheld)
                                           : arena_print(keep, "[%s %zu]", withheld, i + 1);
    for (size_t i = 0; i < config->persons; i++)
        if (config->person[i].role && *config->person[i].role && *config->person[i].name)
            r.struck[r.rules++] = (struct struck){ config->person[i].name,
                                                   config->person[i].role, 0 };
    return r;
}

/* Characters that nobody sees: soft hyphen, zero-width ones. */
static size_t invisible(const char *c)
{
    uint32_t code;
    size_t length = text_decode(&code, c);
    return code == 0xad || (code >= 0x200b && code <= 0x200f) || code == 0x2060 || code == 0xfeff ? length : 0;
}

static size_t blank(const char *c)
{
    uint32_t code;
    size_t length = text_decode(&code, c);
    return code == ' ' || code == '\t' || code == '\n' || code == 0xa0 || (code >= 0x2000 && code <= 0x200a)
                   || code == 0x202f || code == 0x3000 ? length : 0;
}

/* How much of `at` reads as `what`, whatever its case, accents, blanks and unseen
 * characters; 0 when it does not. */
static size_t reads_as(const char *at, const char *what)
{
    const char *c = at;
    for (const char *w = what; *w;) {
        uint32_t seen, meant;
        while (c > at && invisible(c))
            c += invisible(c);
        if (blank(w)) {
            if (!blank(c))
                return 0;
            while (blank(c) || invisible(c))
                c += blank(c) ? blank(c) : invisible(c);
            while (blank(w))
                w += blank(w);
            continue;
        }
        size_t length = letter_read(&seen, c);
        w += letter_read(&meant, w);
        if (seen != meant)
            return 0;
        c += length;
    }
    return (size_t)(c - at);
}

/* An IP address: its bytes, an IPv4 one behind those that map it into IPv6. */
struct address { unsigned char byte[16]; bool six; };

static size_t address_of(const char *c, const char *made_of, struct address *out)
{
    char text[INET6_ADDRSTRLEN];
    size_t length = strspn(c, made_of);
    while (length && (c[length - 1] == '.' || (c[length - 1] == ':' && (length < 2 || c[length - 2] != ':'))))
        length--; /* the sentence's own */
    if (!length || length >= sizeof text || isalnum((unsigned char)c[length]))
        return 0;
    memcpy(text, c, length);
    text[length] = '\0';
    *out = (struct address){ { [10] = 0xFF, [11] = 0xFF }, strchr(text, ':') != NULL };
    return inet_pton(out->six ? AF_INET6 : AF_INET, text, out->byte + (out->six ? 0 : 12)) == 1 ? length : 0;
}

/* The address that begins at `c`; its length, or 0. Behind an IPv4 one a port may stand. */
static size_t address(const char *c, struct address *out)
{
    size_t length = address_of(c, "0123456789abcdefABCDEF:.", out);
    return length ? length : address_of(c, "0123456789.", out);
}

/* A rule as 10.0.0.0/8 means every address in it, and 2001:db8::1 that one in all its spellings. */
static size_t in_network(const char *at, const char *rule)
{
    struct address net, ip;
    size_t n = address(rule, &net), length;
    if (!n || (rule[n] && rule[n] != '/') || !(length = address(at, &ip)) || net.six != ip.six)
        return 0;
    int most = net.six ? 128 : 32, bits = rule[n] ? atoi(rule + n + 1) : most;
    bits = bits < 0 || bits > most ? 128 : bits + (128 - most);
    for (int i = 0; i < bits; i++)
        if ((net.byte[i / 8] ^ ip.byte[i / 8]) & (0x80 >> i % 8))
            return 0;
    return length;
}

/* A rule that begins or ends with a letter does not reach into a longer word:
 * "Ann" is not in "Announce". A name before an @ takes the whole address. */
static size_t stands_there(const char *text, const char *at, const char *what)
{
    if (letter_at(what) && letter_before(text, at))
        return 0;
    size_t n = at > text && at[-1] == ':' ? 0 : in_network(at, what);
    if (n)
        return n;
    n = reads_as(at, what);
    if (!n || (letter_at(at + n) && letter_before(what, what + strlen(what))))
        return 0;
    if (at[n] == '@')
        while (isalnum((unsigned char)at[n]) || (at[n] && strchr("@.-_+", at[n])))
            n++;
    return n;
}

struct struck *redact_find(struct redaction *r, const char *text, const char *at, size_t *length)
{
    struct struck *rule = NULL;
    *length = 0;
    for (size_t i = 0; i < r->rules; i++) {
        size_t n = stands_there(text, at, r->struck[i].what);
        if (n > *length)
            rule = &r->struck[i], *length = n;
    }
    return rule;
}

const char *redact(struct redaction *r, const char *text)
{
    if (!r->rules || !text)
        return text;
    struct text out = text_new(r->keep);
    for (const char *c = text; *c;) {
        size_t length;
        struct struck *rule = redact_find(r, text, c, &length);
        if (rule) {
            rule->times++;
            text_add(&out, rule->instead);
            c += length;
        } else {
            text_char(&out, *c++);
        }
    }
    return out.at;
}

struct names redaction_struck(const struct redaction *a, const struct redaction *b, struct arena *keep)
{
    const char **name = arena_many(keep, const char *, a->rules + b->rules + 1);
    size_t count = 0;
    for (size_t i = 0; i < b->rules; i++) /* the same rules as a's, which may have none */
        if (b->struck[i].times || (i < a->rules && a->struck[i].times))
            name[count++] = b->struck[i].what;
    return (struct names){ name, count };
}
