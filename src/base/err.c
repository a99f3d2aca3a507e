/* err.c: see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static bool set(struct err *e, enum err_kind kind, const char *format, va_list args)
{
    if (e->kind != ERR_NONE) /* another failure's advice; one said just before is ours */
        e->hint[0] = '\0';
    e->kind = kind;
    vsnprintf(e->text, sizeof e->text, format, args);
    return false;
}

#define SETTER(name, kind)                              \
    bool name(struct err *e, const char *format, ...)   \
    {                                                   \
        va_list args;                                   \
        va_start(args, format);                         \
        set(e, kind, format, args);                     \
        va_end(args);                                   \
        return false;                                   \
    }

SETTER(err_failed, ERR_FAILED)
SETTER(err_usage, ERR_USAGE)
SETTER(err_input, ERR_INPUT)
SETTER(err_waiting, ERR_WAITING)
SETTER(err_system, ERR_SYSTEM)
SETTER(err_busy, ERR_BUSY)
SETTER(err_stopped, ERR_STOPPED)

bool err_errno(struct err *e, const char *format, ...)
{
    int number = errno;
    va_list args;
    va_start(args, format);
    set(e, ERR_SYSTEM, format, args);
    va_end(args);
    size_t used = strlen(e->text);
    snprintf(e->text + used, sizeof e->text - used, ": %s", strerror(number));
    return false;
}

bool err_while(struct err *e, const char *format, ...)
{
    char front[sizeof e->text], whole[2 * sizeof e->text + 3];
    va_list args;
    va_start(args, format);
    vsnprintf(front, sizeof front, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", front, e->text);
    memcpy(e->text, whole, sizeof e->text - 1);
    e->text[sizeof e->text - 1] = '\0';
    return false;
}

bool err_hint(struct err *e, const char *format, ...)
{
    if (e->hint[0])
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(e->hint, sizeof e->hint, format, args);
    va_end(args);
    return false;
}

/* What may be an error about the text itself, or about no memory, has no room to
 * work in: so without text_for_terminal(). */
static size_t of_no_terminal(const unsigned char *c)
{
    if ((*c < 0x20 && *c != '\n') || *c == 0x7f)
        return 1;
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* C1 */
        return 2;
    if (c[0] == 0xd8 && c[1] == 0x9c) /* marks of direction: U+061C, U+200E ... */
        return 2;
    bool marks = c[0] == 0xe2 && ((c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae)))
                                  || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
    return marks ? 3 : 0;
}

static void print_plain(const char *text, FILE *out)
{
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t skip = of_no_terminal(c);
        fputc(skip ? '?' : *c, out);
        c += skip ? skip : 1;
    }
}

void err_print(const struct err *e, FILE *out)
{
    fputs("tocsin: ", out);
    print_plain(e->text, out);
    fputc('\n', out);
    if (e->hint[0]) {
        fputs("  ", out);
        print_plain(e->hint, out);
        fputc('\n', out);
    }
}

int err_status(const struct err *e)
{
    switch (e->kind) {
    case ERR_NONE:    return 0;
    case ERR_FAILED:  return 1;
    case ERR_USAGE:   return 2;
    case ERR_INPUT:   return 3;
    case ERR_WAITING: return 4;
    case ERR_SYSTEM:  return 5;
    case ERR_BUSY:    return 6;
    case ERR_STOPPED: return 130;
    }
    return 5;
}
