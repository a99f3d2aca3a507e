/* strand.h: our own stream of one incident on disk, as writers handle it.
 *
 * Private to the local store. Two locks, always taken in this order:
 *   head   while syncing and writing the head; held across fdatasync
 *   lock   while writing lines, mending, replacing the journal; never across
 *          an fdatasync of the ordinary path, so that others go on writing
 */
#ifndef WORLD_STRAND_H
#define WORLD_STRAND_H

#include "record/journal.h"
#include "world/store_local.h"

struct strand {
    struct strand *next;
    const char *incident, *folder;
    const char *journal, *head, *lock; /* paths */
    int folder_fd, lock_fd, head_fd, journal_fd;
    struct chain verified;             /* how far we have checked the file ... */
    ino_t inode;                       /* ... with this number */
    bool erasing;                      /* an `erased` names a line that still has its data */
    bool guarded;                      /* every stream of another store has a head, or its damage */
    bool suspect;                      /* a sync failed, and the copy is not made yet */
    struct head at_head;               /* what the head said when we looked last, ... */
    char head_bytes[HEAD_SIZE];        /* ... its bytes, ... */
    int next_slot;                     /* ... and the slot to write then */
    uint32_t *bell;                    /* rung after each sync: where others wait for it */
    bool deaf;                         /* the bell is ours alone: its file cannot be mapped */
    bool crowd;                        /* our last sync covered others' lines, too */
    bool leads;                        /* we have the head's lock, and owe everybody the sync that we began ... */
    int64_t began_ns;                  /* ... then */
    int64_t ours;                      /* so many lines we wrote since the head moved */
    int64_t written;                   /* seq of the last line we wrote, ... */
    char written_hash[SHA256_HEX + 1]; /* ... its hash, ... */
    uint64_t hash_at;                  /* ... and where in the file that stands */
};

enum { LOCAL_BUFFER = 1 << 16, MEMO_BYTES = 1 << 26 };

/* locks/targets (store_target.c), opened when it is first needed. */
enum { TIDINGS = 1024 };
struct targets {
    int fd;                   /* -1: not open */
    char *at;                 /* as it lies in memory; NULL: this file system shares none */
    struct lock *held;
    uint32_t heeded[TIDINGS]; /* how often it was told of each when we heeded, and by us since */
};

struct local {
    struct store store; /* first: a store is one of these */
    struct world *world;
    const struct disk *disk;
    struct modes modes;
    const char *root;   /* DIR/.tocsin */
    struct arena all, start;
    int attends;             /* rings when something is written to the incident that somebody attends; -1 */
    struct strand *strand;
    char warning[1024]; /* not yet told; "" */
    struct memo *memo;  /* journals read before (store_read.c), and where they lie */
    struct arena memos, memos_start;
    int locks_fd;       /* DIR/.tocsin/locks */
    struct targets targets;
    char *buffer;       /* LOCAL_BUFFER bytes, for reading */
};

/* DIR/.tocsin/incidents/NAME or DIR/.tocsin/log; ERR_INPUT for what is no name. */
bool local_folder(const char **out, const struct local *l, const char *incident,
                  struct arena *keep, struct err *e);
/* FOLDER/damaged-NAME, with a number where that is taken; NULL and e. */
const char *local_aside(struct local *l, const char *folder, const char *name, struct arena *keep,
                        struct err *e);
/* What people should know once (store.warning). */
void local_warn(struct local *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool strand_open(struct strand *s, struct local *l, const char *folder, const char *incident,
                 struct err *e);
void strand_close(const struct local *l, struct strand *s);

/* The append lock and a checked journal, but no settling of what an erasure or a
 * failed sync left: for who holds the head's lock already. */
bool strand_grasp(struct local *l, struct strand *s, struct err *e);

/* Takes the append lock; then the journal is the file of that name, checked to
 * its end, mended behind its head. `leads`: the head's lock is held, too.
 * `strand_leave` gives the append lock back. */
bool strand_enter(struct local *l, struct strand *s, bool leads, struct err *e);
void strand_leave(struct strand *s);

/* Does what an erasure or a failed sync left to do, under both locks. */
bool strand_settle(struct local *l, struct strand *s, struct err *e);

/* Puts lines behind the last one, all or none; `to` is where the chain stands then. */
bool strand_put(struct local *l, struct strand *s, const char *lines, size_t length,
                const struct chain *to, struct err *e);

/* The lines from there on are on their way to the disk; strand_sync() waits until
 * they are there. `leads`: and keeps the head's lock until then. */
void strand_begin_sync(const struct local *l, struct strand *s, uint64_t from, bool leads);

/* Makes all lines up to our last one durable and moves the head over them: by a
 * sync of our own, or by waiting for somebody else's that covers them. */
bool strand_sync(struct local *l, struct strand *s, struct err *e);

/* The same of a sync that was begun, for who writes again at once: the head's lock
 * is kept, and the head moves with the next sync, or now if somebody waits for it. */
bool strand_sync_again(struct local *l, struct strand *s, struct err *e);

/* Takes the head's lock if nobody has it: who does leads the next sync, and may
 * write first. strand_sync_led() makes all up to s->verified durable and gives
 * the lock back; strand_lead_not() only gives it back. */
bool strand_lead(struct strand *s);
bool strand_sync_led(struct local *l, struct strand *s, struct err *e);
void strand_lead_not(struct strand *s);

/* Copies, verifies, syncs and renames the journal; both locks are held. Lines that
 * an `erased` names lose their data on the way. Afterwards the head covers all. */
bool strand_replace(struct local *l, struct strand *s, struct err *e);

/* The head; ERR_INPUT when neither slot is valid. */
bool strand_head(const struct local *l, int fd, const char *path, struct head *out, int *next,
                 struct err *e);

/* The same of a strand that is open, into s->at_head and s->next_slot. */
bool strand_look(const struct local *l, struct strand *s, struct err *e);

/* Is our last line still where we wrote it? A sync that failed in other hands
 * may have cost it its place, and another line may have its seq. */
bool strand_holds(struct local *l, struct strand *s, struct err *e);

/* Reads a file from `from` to its end into a reader; *left: bytes behind its
 * last line taken. */
bool strand_scan(const struct local *l, int fd, const char *path, struct stream_reader *r,
                 uint64_t from, size_t *left, struct arena *keep, struct err *e);

/* Is that journal waiting to be copied after a failed sync? */
bool strand_suspect(const struct local *l, const struct strand *s);
bool strand_mark(struct local *l, struct strand *s, bool suspect, struct err *e);

#endif
