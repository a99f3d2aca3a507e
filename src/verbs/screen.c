/* screen.c: see screen.h. */
#define _GNU_SOURCE /* fopencookie */
#include "verbs/screen.h"

#include "base/text.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

struct screen {
    FILE *under;
    enum screen_kind kind;
    bool color;
    size_t held;    /* the beginning of a character or of a colour: its end comes with the next write */
    char hold[16];
};

/* Its length, where one of our colours begins there. */
static size_t color_at(const struct screen *s, const char *text, size_t length)
{
    static const char *const codes[] = { SCREEN_RED, SCREEN_PLAIN };
    for (size_t i = 0; s->color && i < sizeof codes / sizeof *codes; i++)
        if (length >= strlen(codes[i]) && !memcmp(text, codes[i], strlen(codes[i])))
            return strlen(codes[i]);
    return 0;
}

static size_t unfinished(const struct screen *s, const char *text, size_t length)
{
    const char *escape = s->color ? memrchr(text, '\033', length) : NULL;
    if (escape && (size_t)(text + length - escape) < strlen(SCREEN_RED) && !color_at(s, escape, (size_t)(text + length - escape)))
        return (size_t)(text + length - escape);
    return text_unfinished(text, length);
}

/* Said by who flushes us, and not once more by who closes what lies under; errno stays. */
static ssize_t give_up(struct screen *s)
{
    int why = errno;
    __fpurge(s->under);
    clearerr(s->under);
    errno = why;
    return 0;
}

static bool put(struct screen *s, const char *text, size_t length)
{
    struct arena whole = arena_reserve(8 * length + 64), keep = whole; /* at most "\u202e" for three bytes */
    struct text clean = text_new(&keep);
    for (const char *end = text + length; text < end;) {
        size_t code = color_at(s, text, (size_t)(end - text));
        const char *next = s->color && !code ? memchr(text + 1, '\033', (size_t)(end - text) - 1) : NULL;
        size_t n = code ? code : (size_t)((next ? next : end) - text);
        if (code || s->kind == SCREEN_DOCUMENT)
            text_bytes(&clean, text, n);
        else
            text_add_screen(&clean, text, n, s->kind == SCREEN_JSON);
        text += n;
    }
    bool done = fwrite(clean.at, 1, clean.length, s->under) == clean.length;
    if (!done)
        give_up(s);
    int why = errno;
    arena_release(whole);
    errno = why;
    return done;
}

static ssize_t screen_write(void *cookie, const char *bytes, size_t length)
{
    enum { PIECE = 16384 };
    struct screen *s = cookie;
    char all[sizeof s->hold + PIECE];
    for (size_t i = 0, n; i < length; i += n) {
        n = length - i < PIECE ? length - i : PIECE;
        memcpy(all, s->hold, s->held);
        memcpy(all + s->held, bytes + i, n);
        size_t have = s->held + n;
        s->held = s->kind == SCREEN_DOCUMENT ? 0 : unfinished(s, all, have);
        memcpy(s->hold, all + have - s->held, s->held);
        if (have > s->held && !put(s, all, have - s->held))
            return 0;
    }
    return fflush(s->under) ? give_up(s) : (ssize_t)length;
}

static int screen_close(void *cookie)
{
    struct screen *s = cookie;
    bool done = !s->held || (put(s, s->hold, s->held) && !fflush(s->under));
    free(s);
    return done ? 0 : EOF;
}

FILE *screen_open(FILE *under, enum screen_kind kind, bool color)
{
    struct screen *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = (struct screen){ .under = under, .kind = kind, .color = color };
    FILE *f = fopencookie(s, "w", (cookie_io_functions_t){ .write = screen_write, .close = screen_close });
    if (!f)
        free(s);
    return f;
}
