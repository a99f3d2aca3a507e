/* role_text.c: the contracts as they were when the program was built. */
#include "play/role.h"

#include <string.h>

/* The file's bytes between two labels of our own. */
#define EMBED(role)                                            \
    __asm__(".section .rodata\n"                               \
            ".global role_text_" #role "\n"                    \
            "role_text_" #role ":\n"                           \
            ".incbin \"src/play/roles/" #role ".lua\"\n"       \
            ".global role_text_" #role "_end\n"                \
            "role_text_" #role "_end:\n"                       \
            ".byte 0\n"                                        \
            ".previous\n");                                    \
    extern const char role_text_##role[], role_text_##role##_end[];

#define ROLES(R) \
    R(capture) R(chat) R(cloud) R(dns) R(exec) R(page) R(pool) R(sense) R(statuspage) R(ticket)

ROLES(EMBED)

#define NAME(role) #role,
const char *const role_names[] = { ROLES(NAME) NULL };

#define ROW(role) { #role, role_text_##role, role_text_##role##_end },
static const struct { const char *name, *start, *end; } texts[] = { ROLES(ROW) };

const char *role_text(const char *role, size_t *length)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].name, role) == 0) {
            *length = (size_t)(texts[i].end - texts[i].start);
            return texts[i].start;
        }
    return NULL;
}
