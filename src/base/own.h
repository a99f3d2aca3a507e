/* own.h: memory by lifetime, handles by scope.
 *
 * ARENAS   keep:    the caller's, by pointer; results are born here.
 *          scratch: by value; whatever the copy hands out is given back when
 *                   the function ends, however it ends, lua_error included.
 *          Memory comes zeroed. There is no free. Out of memory ends the
 *          program: what was acknowledged is on disk already.
 * HANDLES  of other libraries close at the end of their scope:
 *              owned(git_repository_free) git_repository *repo = NULL;
 *          moved(repo) gives one away and leaves NULL behind. No function
 *          that owns a handle calls a Lua function that can raise.
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stdalign.h>
#include <stddef.h>

struct arena { char *at, *end; };

/* Address space, not memory: pages are taken as they are used. */
struct arena arena_reserve(size_t bytes);

/* Gives the whole reservation back; only for arenas that do not live as long
 * as the program. `start` is what arena_reserve() answered. */
void arena_release(struct arena start);

void *arena_take(struct arena *a, size_t size, size_t align, size_t count);
#define arena_many(a, T, n) ((T *)arena_take((a), sizeof(T), alignof(T), (n)))
#define arena_one(a, T) arena_many(a, T, 1)
/* Room for one more behind `count` of `room`: the list as it is, or a copy twice as long. */
void *arena_grown(struct arena *a, void *list, size_t size, size_t count, size_t *room);

/* Copies of strings; always NUL-terminated. */
char *arena_copy(struct arena *a, const char *text, size_t length);
char *arena_string(struct arena *a, const char *text);
char *arena_print(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define OWNABLE(T, close) \
    static inline void close##_at(T **h) { if (*h) close(*h); }
#define owned(close) __attribute__((cleanup(close##_at)))
#define moved(h) ({ __typeof__(h) given_ = (h); (h) = NULL; given_; })

#endif
