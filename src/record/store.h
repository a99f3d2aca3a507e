/* store.h: where incidents live, as an interface.
 *
 * What implements it lives in world/ (local files: world/store_local.h); above
 * it nobody may assume a file or a single machine.
 *
 * INCIDENT  named by its local name, "INC-2025-001"; "log" is the workspace's
 *           own log. Each has one stream that we write and any number of
 *           foreign ones, read-only.
 * DURABLE   When append() answers true with SYNC_NOW, the events and all before
 *           them are on disk; with SYNC_BEGUN they are on their way, and are there
 *           when sync() answers true, which is to come soon: others who want to be
 *           durable wait for it. Where one is begun already it is waited for first;
 *           with SYNC_SHARED one sync covers both. With SYNC_LATER they are written,
 *           and the next sync covers them. A batch is there whole or not at all,
 *           whoever dies while writing it.
 * ERRORS    ERR_SYSTEM machine; ERR_INPUT damage (with byte offset), unknown
 *           incident; ERR_BUSY lock held, or `moved`; ERR_FAILED lost token.
 */
#ifndef RECORD_STORE_H
#define RECORD_STORE_H

#include "record/event.h"

struct stream {
    const char *name;      /* its first line's hash */
    const char *head;      /* hash of its last good line */
    int64_t last_seq;
    uint64_t end;          /* byte offset behind its last good line */
    unsigned erased;       /* lines without data, each allowed by an `erased` */
    bool salvaged;         /* what was left of a damaged one; then it has an id, ... */
    const char *id;        /* ... what it says of its incident; "" */
    int64_t lost;          /* events that damage took before the rest was salvaged */
    bool headless;         /* of another store, kept by an older version: no head guards its end */
    const char *damage;    /* NULL, or words with the byte offset */
    bool altered;          /* the damage lies before the head: writers refuse */
};

/* All events of an incident, own stream first, then each foreign one. */
struct journal {
    const char *incident;  /* local name */
    const char *id;        /* of `opened`; "" for the log */
    const struct event *event;
    size_t count;
    const struct stream *stream;
    size_t streams;
};

enum sync { SYNC_LATER, SYNC_NOW, SYNC_BEGUN, SYNC_SHARED };

struct appended {
    int64_t first_seq;
    int64_t recorded;
    uint64_t end;          /* bytes in the stream, these included */
    const char *hash[64];  /* of each event, while count <= 64; in `keep` */
};

/* What looking at every byte of an incident found. */
struct checked {
    const struct stream *stream; /* own first, as in struct journal */
    const int64_t *lines;        /* of each stream: those that are good */
    size_t streams;
    uint64_t acknowledged;       /* the head: own bytes that were promised */
    uint64_t size;               /* of our own stream; more than its `end`: a writer lives, or died */
    size_t blobs;
    struct names bad_blobs;      /* whose bytes are not what their name says */
    struct names missing_blobs;  /* that a run was pinned to, and which are not here */
    struct names aside;          /* "damaged-1234": what was never acknowledged */
    bool suspect;                /* a copy (a sync failed, an erasure) was not finished: the next writer's */
};

/* A stream as it stands, to hand on to another store. */
struct stream_bytes {
    const char *name; /* its first line's hash */
    const char *bytes;
    size_t length;
};

/* Lines whose digests and whose link to the line before are right, as a stream that
 * says where others are missing. */
struct salvaged {
    const char *bytes;
    size_t length;
    int64_t good, lost;
    bool unsure;           /* its head cannot be read: more may be lost behind the last line */
    const char *stream;    /* whose they are: the name of another store's; "" our own */
    size_t more;           /* other streams of the incident that are damaged */
};

/* A named lock of the workspace: "run/R3", "target/pool:osc-fr1/1.2.3.4".
 * Dies with its process, and with those that inherited it; unlock() takes it from all of them. */
struct lock;
struct lock_holder {
    int64_t pid, since;
    int64_t heir;          /* a program that it started holds it on, though it is gone; 0: none */
    const char *by, *uid, *why;
};

struct store {
    bool (*list)(struct store *s, struct names *out, struct arena *keep, struct err *e);

    /* A new incident whose first event is the first of `draft`, an `opened`; with the
     * others it is there whole or not at all. */
    bool (*create)(struct store *s, const char *incident, const struct draft *draft, size_t count,
                   struct arena *keep, struct err *e);

    /* All or none. Where only foreign streams are, a `forked` goes before. An
     * `erased` takes the data of the line that it names. `head`: refuse with ERR_BUSY ("moved") unless the stream's
     * head hash is this one; NULL: wherever it is. `token`: refuse with
     * ERR_FAILED when this lock is lost; NULL: none needed. */
    bool (*append)(struct store *s, const char *incident, const char *head, struct lock *token,
                   const struct draft *draft, size_t count, enum sync sync,
                   struct appended *out, struct arena *keep, struct err *e);

    /* Makes everything written so far durable. */
    bool (*sync)(struct store *s, const char *incident, struct err *e);

    /* What it answers lives in `keep` or as long as the store is open. */
    bool (*read)(struct store *s, const char *incident, struct journal *out,
                 struct arena *keep, struct err *e);

    /* Waits until the streams of `incident`, ours and foreign ones, hold another number
     * of bytes than *seen, and says that number there; or until `timeout_ms` is over
     * (-1: never), a signal came, or the other end of the descriptor `peer` is gone
     * (-1: there is none). *grown says which. Where it waits, what programs print
     * counts, too. */
    bool (*watch)(struct store *s, const char *incident, uint64_t *seen, int64_t timeout_ms,
                  int peer, bool *grown, struct err *e);

    /* From now on the world's wait() and listen() end early, with *rang set, when something is
     * written to `incident`; NULL: no longer. False: not to be had here, and who waits has to look. */
    bool (*attend)(struct store *s, const char *incident, bool *rang);

    /* ERR_BUSY, with *holder filled, when somebody has it. */
    bool (*lock)(struct store *s, const char *name, const char *by, const char *uid,
                 const char *why, struct lock **out, struct lock_holder *holder,
                 struct arena *keep, struct err *e);
    void (*unlock)(struct store *s, struct lock *lock);
    /* Who holds it; false when nobody does. */
    bool (*holder)(struct store *s, const char *name, struct lock_holder *out,
                   struct arena *keep);

    /* What is set out to be done to targets, in any incident. heed: from now on. news:
     * has anybody but this store written since, or begun to write, that they change or
     * hold this target? True where nobody can tell. */
    void (*heed)(struct store *s);
    bool (*news)(struct store *s, const char *target);

    /* Bytes by their SHA-256, once each. */
    bool (*blob_put)(struct store *s, const char *incident, const char *bytes, size_t length,
                     char sha256[SHA256_HEX + 1], struct err *e);
    bool (*blob_get)(struct store *s, const char *incident, const char *sha256,
                     const char **bytes, size_t *length, struct arena *keep, struct err *e);

    /* What an action prints, NAME as in play/output.h: bytes at `at` (0: a new
     * one, in the place of one that is there), not synced; and what is there from
     * `from` on, at most 64 KiB: *length 0 is its end, or there is none. */
    bool (*output_put)(struct store *s, const char *incident, const char *name, uint64_t at,
                       const char *bytes, size_t length, struct err *e);
    bool (*output_get)(struct store *s, const char *incident, const char *name, uint64_t from,
                       const char **bytes, size_t *length, struct arena *keep, struct err *e);
    bool (*output_list)(struct store *s, const char *incident, struct names *out, struct arena *keep,
                        struct err *e); /* sorted */

    /* Looks at every byte; never uses what it knew before. Damage is an answer
     * here, not an error. */
    bool (*check)(struct store *s, const char *incident, struct checked *out,
                  struct arena *keep, struct err *e);
    /* The lines of a damaged stream that still verify, as they stand: of our own, where
     * that is damaged or nothing is, else of the first foreign one that is. */
    bool (*salvage)(struct store *s, const char *incident, struct salvaged *out,
                    struct arena *keep, struct err *e);

    /* All streams, own first: whole lines that verify, no others. */
    bool (*streams)(struct store *s, const char *incident, const struct stream_bytes **out,
                    size_t *count, struct arena *keep, struct err *e);
    /* Takes in streams of other stores, or what was salvaged of ours, byte for byte
     * and read-only, and makes the incident where there is none of that name. Events
     * that are there already are not taken twice: *added counts the new ones. Damage
     * is ERR_INPUT. A damaged foreign stream, each line of which that can be trusted is
     * in a good one that says what is lost, is set aside; so is our own journal, and a
     * new one begins. */
    bool (*adopt)(struct store *s, const char *incident, const struct stream_bytes *stream,
                  size_t count, int64_t *added, struct arena *keep, struct err *e);
    bool (*blobs)(struct store *s, const char *incident, struct names *out,
                  struct arena *keep, struct err *e);

    /* Where beside the events any of these words are: blobs, output, streams, what
     * was moved aside. Names that people can find. */
    bool (*mentions)(struct store *s, const char *incident, const char *const *text, size_t count,
                     struct names *out, struct arena *keep, struct err *e);

    /* What happened below that a person should know, one line, each once: bytes
     * of a dead writer moved aside, a sync that had to be repeated. NULL: nothing. */
    const char *(*warning)(struct store *s, struct arena *keep);

    void (*close)(struct store *s);
};

#endif
