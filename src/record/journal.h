/* journal.h: the bytes of a stream as verified events, and the head beside it.
 *
 * A reader takes the bytes in pieces of any size, in order; a line counts when
 * its newline is there. Pure: who reads the files is world/store_local.h.
 * HEAD     Damage before it is an alteration. Behind it a line either chains,
 *          or it and all that follows was never acknowledged: a half line of a
 *          living writer, or a dead one's.
 * BATCH    Lines that were written as one say so in the first of them. Behind
 *          the head they count when all of them are there, else none does.
 * WHOLE    A stream of another store is put here complete: whatever stands
 *          behind its head must be as good as what stands before it.
 * ERASED   A line without data is good only when an `erased` of the same
 *          stream names it.
 * SALVAGED What is left of a damaged stream begins with a line that says so, and where
 *          lines are missing one that says how many, and from which hash the next
 *          one follows. Only a stream that is WHOLE may be one.
 * MEMORY   Events and their strings live in `keep`; the pieces may go.
 */
#ifndef RECORD_JOURNAL_H
#define RECORD_JOURNAL_H

#include "record/store.h"

enum { HEAD_SLOT = 256, HEAD_SIZE = 2 * HEAD_SLOT };

struct head {
    uint64_t offset; /* end of the last acknowledged line */
    int64_t seq;
    char hash[SHA256_HEX + 1];
};

void head_write(char slot[HEAD_SLOT], const struct head *h);

/* The valid slot with the higher seq; *next is the one to write then (0, 1).
 * Answers false when neither is valid. */
bool head_read(struct head *out, int *next, const char *bytes, size_t length);

/* Where a chain stands behind its last good line. */
struct chain {
    uint64_t end;
    int64_t seq, recorded;
    char hash[SHA256_HEX + 1];
};
extern const struct chain chain_start;

struct stream_reader {
    struct chain chain;
    const struct head *head;   /* NULL: there is none, and all must be good */
    bool met_head;             /* a line ended where the head says, with its hash */
    bool keep_events;          /* else only the chain is followed */
    bool whole;                /* nobody is writing it: what is not complete is damage */
    bool beyond_damage;        /* show what parses behind a bad line, too */
    unsigned stream;           /* the index that events get */
    char first[SHA256_HEX + 1];

    struct event *event;
    size_t count, room;
    struct event last;         /* for its by and uid */

    bool salvaged;             /* it began as such: `id` is what its first line says, ... */
    char id[33];
    int64_t lost;              /* ... and so many events are missing */

    bool stopped;              /* a bad line was met: `why`, at `bad_at` */
    uint64_t bad_at;
    unsigned bad;              /* lines that did not parse */
    char why[128];
    uint64_t seen;             /* bytes looked at */

    int64_t batch_left;        /* lines to come of the batch that was met last ... */
    struct chain before_batch; /* ... and what stood before it */
    size_t count_before, allowances_before;

    char (*bare)[SHA256_HEX + 1], (*allowed)[SHA256_HEX + 1];
    size_t bares, bare_room, allowances, allowed_room;
    uint64_t bare_at;          /* of the first line without data */
};

/* Begins at chain_start, or at `from` when what lies before is known to be good. */
struct stream_reader stream_begin(const struct head *head, const struct chain *from,
                                  unsigned stream);

/* Takes the complete lines of `bytes`; answers how many bytes it used. What is
 * left (a part of a line) is to be handed in again with more behind it.
 * Stops at the first bad line unless `beyond_damage`. */
size_t stream_take(struct stream_reader *r, const char *bytes, size_t length, struct arena *keep);

/* After the last piece; `left` is the number of bytes behind the last line taken.
 * Judges the whole, fills *out. */
void stream_end(struct stream *out, struct stream_reader *r, size_t left, struct arena *keep);

/* A whole stream that is in memory already, with its head or NULL. */
void stream_read(struct stream *out, struct stream_reader *r, const char *bytes, size_t length,
                 struct arena *keep);

#define SALVAGE_MARK "{\"tocsin_salvage\":1,"

/* The lines that verify, as they stand: damage costs the lines it hit, and one more
 * where it hit a hash beyond recognition. `incident` is its local name, `id` its own
 * ("": as the stream says); `head` (NULL: unknown) says how many lines
 * there were. It may have been salvaged before. */
void stream_salvage(struct salvaged *out, const char *incident, const char *id, const struct head *head,
                    const char *bytes, size_t length, struct arena *keep);

/* The data of the first of `count` lines that are one batch; of any other line as it
 * is, but never with somebody else's mark of a batch. */
const char *batch_mark(const char *data, size_t count, struct arena *keep);

/* Takes salt and data out of each line that an `erased` met by `r` names; lengths
 * stay. */
void lines_erase(char *bytes, size_t length, const struct stream_reader *r);

#endif
