/* own.c: see own.h. */
#include "base/own.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED 1
#endif
#endif

#ifdef POISONED
#include <sanitizer/asan_interface.h>
enum { GAP = 32 }; /* so that an overrun of one block meets no other */
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)0)
enum { GAP = 0 };
#endif

static void out_of_memory(void)
{
    fputs("tocsin: out of memory; what was acknowledged is on disk\n", stderr);
    abort();
}

struct arena arena_reserve(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        out_of_memory();
    ASAN_POISON_MEMORY_REGION(at, bytes);
    return (struct arena){ at, (char *)at + bytes };
}

void arena_release(struct arena start)
{
    ASAN_UNPOISON_MEMORY_REGION(start.at, (size_t)(start.end - start.at));
    munmap(start.at, (size_t)(start.end - start.at));
}

void *arena_take(struct arena *a, size_t size, size_t align, size_t count)
{
    size_t skip = -(uintptr_t)a->at & (align - 1);
    size_t room = (size_t)(a->end - a->at);
    if (room < skip + GAP || (size && count > (room - skip - GAP) / size))
        out_of_memory();
    char *at = a->at + skip;
    a->at = at + size * count + GAP;
    ASAN_UNPOISON_MEMORY_REGION(at, size * count);
    return memset(at, 0, size * count);
}

void *arena_grown(struct arena *a, void *list, size_t size, size_t count, size_t *room)
{
    if (count < *room)
        return list;
    *room = *room ? *room * 2 : 16;
    void *more = arena_take(a, size, alignof(max_align_t), *room);
    if (count)
        memcpy(more, list, count * size);
    return more;
}

char *arena_copy(struct arena *a, const char *text, size_t length)
{
    char *copy = arena_many(a, char, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_string(struct arena *a, const char *text)
{
    return arena_copy(a, text, strlen(text));
}

char *arena_print(struct arena *a, const char *format, ...)
{
    char brief[256]; /* most of what is printed fits, and is printed once */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    char *text = arena_many(a, char, (size_t)length + 1);
    if ((size_t)length < sizeof brief)
        memcpy(text, brief, (size_t)length);
    else
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
