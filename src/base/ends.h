/* ends.h: the beginning and the end of bytes that may never end.
 *
 * `most` bytes of the beginning are kept and ENDS_SIZE of the end; what lies
 * between is counted and forgotten.
 * Memory is taken as bytes come: nothing for a short text.
 */
#ifndef BASE_ENDS_H
#define BASE_ENDS_H

#include <stddef.h>
#include <stdint.h>

enum { ENDS_SIZE = 1 << 20 };

struct ends {
    size_t most;
    char *front;            /* the first `length` bytes */
    size_t length, room;
    char *back;             /* a ring of what came behind them; NULL: nothing did */
    uint64_t total;         /* bytes that came, all in all */
};

void ends_add(struct ends *e, const char *bytes, size_t length);
/* What is kept, in order, as three parts; answers how much was forgotten
 * between the first and the second. */
struct ends_part { const char *at; size_t length; };
uint64_t ends_kept(const struct ends *e, struct ends_part out[3]);
void ends_free(struct ends *e);

#endif
