/* redact.c: see redact.h. */
#include "tell/redact.h"

#include "base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct redaction redaction_of(const struct config *config, struct arena *keep)
{
    struct redaction r = { .keep = keep };
    if (!config)
        return r;
    size_t most = config->persons;
    for (const char *const *t = config->redact; t && *t; t++)
        most++;
    r.struck = arena_many(keep, struct struck, most + 1);
    for (const char *const *t = config->redact; t && *t; t++)
        if (**t)
            r.struck[r.rules++] = (struct struck){ *t, NULL, 0 };
    /* Several are numbered: a reader may see that two places mean the same. */
    for (size_t i = 0; i < r.rules; i++)
        r.struck[i].instead = r.rules == 1 ? "[withheld]"
                                           : arena_print(keep, "[withheld %zu]", i + 1);
    for (size_t i = 0; i < config->persons; i++)
        if (config->person[i].role && *config->person[i].role && *config->person[i].name)
            r.struck[r.rules++] = (struct struck){ config->person[i].name,
                                                   config->person[i].role, 0 };
    return r;
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Characters that nobody sees: soft hyphen, zero-width ones. */
static size_t invisible(const char *c)
{
    if (strncmp(c, "\u00ad", 2) == 0)
        return 2;
    static const char *const unseen[] = { "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff" };
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (strncmp(c, unseen[i], 3) == 0)
            return 3;
    return 0;
}

static size_t blank(const char *c)
{
    if (*c == ' ' || *c == '\t' || *c == '\n')
        return 1;
    return strncmp(c, "\u00a0", 2) == 0 ? 2 : strncmp(c, "\u202f", 3) == 0 ? 3 : 0;
}

/* How much of `at` reads as `what`, whatever its case, blanks and unseen
 * characters; 0 when it does not. */
static size_t reads_as(const char *at, const char *what)
{
    const char *c = at;
    for (const char *w = what; *w;) {
        while (c > at && invisible(c))
            c += invisible(c);
        if (blank(w)) {
            if (!blank(c))
                return 0;
            while (blank(c) || invisible(c))
                c += blank(c) ? blank(c) : invisible(c);
            while (blank(w))
                w += blank(w);
        } else if (tolower((unsigned char)*c) == tolower((unsigned char)*w)) {
            c++, w++;
        } else {
            return 0;
        }
    }
    return (size_t)(c - at);
}

/* An IPv4 address at `c`, as a number; its length, or 0. */
static size_t address(const char *c, uint32_t *out)
{
    unsigned a[4];
    int length = 0;
    if (sscanf(c, "%3u.%3u.%3u.%3u%n", &a[0], &a[1], &a[2], &a[3], &length) != 4)
        return 0;
    for (int i = 0; i < 4; i++)
        if (a[i] > 255)
            return 0;
    *out = a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3];
    return isdigit((unsigned char)c[length]) ? 0 : (size_t)length;
}

/* A rule as 10.0.0.0/8 means every address in it. */
static size_t in_network(const char *at, const char *rule)
{
    uint32_t net, ip;
    size_t n = address(rule, &net);
    if (!n || rule[n] != '/')
        return 0;
    unsigned bits = (unsigned)atoi(rule + n + 1);
    uint32_t mask = bits == 0 ? 0 : bits >= 32 ? UINT32_MAX : UINT32_MAX << (32 - bits);
    size_t length = isdigit((unsigned char)*at) ? address(at, &ip) : 0;
    return length && (ip & mask) == (net & mask) ? length : 0;
}

/* A rule that begins or ends with a letter does not reach into a longer word:
 * "Ann" is not in "Announce". A name before an @ takes the whole address. */
static size_t stands_there(const char *text, const char *at, const char *what)
{
    if (at > text && word_char(at[-1]) && word_char(what[0]))
        return 0;
    size_t n = in_network(at, what);
    if (n)
        return n;
    n = reads_as(at, what);
    if (!n || (word_char(at[n]) && !invisible(at + n) && !blank(at + n) && word_char(what[strlen(what) - 1])))
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
