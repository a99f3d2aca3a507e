/* store_inside.h: the rows of the local store, a file each noun; private to it. */
#ifndef WORLD_STORE_INSIDE_H
#define WORLD_STORE_INSIDE_H

#include "world/strand.h"

/* The strand of an incident, opened once; NULL and e. */
struct strand *local_strand(struct local *l, const char *incident, struct err *e);
bool local_create_log(struct local *l, struct err *e);

/* store_read.c */
bool local_list(struct store *s, struct names *out, struct arena *keep, struct err *e);
bool local_read(struct store *s, const char *incident, struct journal *out, struct arena *keep,
                struct err *e);
/* What our head says, if it says anything: what speaks against it is *damage, except
 * where the disk is to blame. */
bool local_head(struct head *out, const char **damage, struct local *l, const char *folder,
                struct arena *keep, struct err *e);
/* Never what was read before. */
bool local_read_fresh(struct local *l, const char *incident, struct journal *out,
                      struct arena *keep, struct err *e);
/* store_watch.c */
bool local_watch(struct store *s, const char *incident, uint64_t *seen, int64_t timeout_ms,
                 int peer, bool *grown, struct err *e);

bool local_attend(struct store *s, const char *incident, bool *rang);

/* store_lock.c */
struct lock {
    int fd;                  /* of its file; -1 of a target's lock */
    ino_t inode;             /* that file's number */
    const char *name, *path;
    const char *line;        /* of a target's lock: what its slot says of us */
    struct lock *next;       /* of a target's lock: among those that this store holds */
};
/* Who holds a lock, as a line of JSON: words for people, no part of the lock itself.
 * "somebody" where the line is not there (yet), or is about another lock. */
void lock_put_holder(struct text *t, const char *name, const struct lock_holder *h);
void lock_take_holder(struct lock_holder *out, const char *bytes, ssize_t length, const char *name, struct arena *keep);
bool local_lock(struct store *s, const char *name, const char *by, const char *uid,
                const char *why, struct lock **out, struct lock_holder *holder,
                struct arena *keep, struct err *e);
void local_unlock(struct store *s, struct lock *lock);
bool local_holder(struct store *s, const char *name, struct lock_holder *out, struct arena *keep);
bool lock_is_ours(const struct local *l, const struct lock *lock, struct err *e);

/* store_target.c */
bool target_lock(struct local *l, struct lock *lock, const struct lock_holder *us, struct lock_holder *holder,
                 struct arena *keep, struct err *e);
void target_unlock(struct local *l, struct lock *lock);
bool target_is_ours(const struct local *l, const struct lock *lock);
bool target_holder(struct local *l, const char *name, struct lock_holder *out, struct arena *keep);
/* Told before and after an append that others must know of who change or lock targets:
 * these drafts (NULL: anything). False, before, where they cannot be told. */
bool targets_tell(struct local *l, const struct draft *draft, size_t count, bool before, struct err *e);
void targets_close(struct local *l);
void local_heed(struct store *s);
bool local_news(struct store *s, const char *target);

/* store_blob.c */
bool local_blob_put(struct store *s, const char *incident, const char *bytes, size_t length,
                    char sha256[SHA256_HEX + 1], struct err *e);
bool local_blob_get(struct store *s, const char *incident, const char *sha256,
                    const char **bytes, size_t *length, struct arena *keep, struct err *e);

/* store_output.c */
bool local_output_put(struct store *s, const char *incident, const char *name, uint64_t at,
                      const char *bytes, size_t length, struct err *e);
bool local_output_get(struct store *s, const char *incident, const char *name, uint64_t from,
                      const char **bytes, size_t *length, struct arena *keep, struct err *e);
bool local_output_list(struct store *s, const char *incident, struct names *out, struct arena *keep,
                       struct err *e);

/* store_check.c */
bool local_check(struct store *s, const char *incident, struct checked *out, struct arena *keep,
                 struct err *e);
bool local_salvage(struct store *s, const char *incident, struct salvaged *out,
                   struct arena *keep, struct err *e);

bool local_mentions(struct store *s, const char *incident, const char *const *text, size_t count,
                    struct names *out, struct arena *keep, struct err *e);

/* store_adopt.c */
bool local_streams(struct store *s, const char *incident, const struct stream_bytes **out,
                   size_t *count, struct arena *keep, struct err *e);
bool local_adopt(struct store *s, const char *incident, const struct stream_bytes *stream,
                 size_t count, int64_t *added, struct arena *keep, struct err *e);
bool local_blobs(struct store *s, const char *incident, struct names *out, struct arena *keep,
                 struct err *e);
/* The draft of a `forked`: where a stream of ours leaves the one that was adopted;
 * its data is NULL where there is none. */
bool local_fork(struct draft *out, struct local *l, const struct strand *s,
                const struct draft *first, struct arena *keep, struct err *e);

/* Both slots of an empty journal's. */
void head_of_nothing(char head[HEAD_SIZE]);
/* store_create.c. No drafts: nothing in our own journal. */
bool local_create_with(struct local *l, const char *incident, const struct draft *draft, size_t drafts,
                       const struct stream_bytes *stream, size_t count, struct arena *keep,
                       struct err *e);
/* store_local.c: `s` in a folder that has no name yet. */
bool local_append_to(struct local *l, struct strand *s, const char *head, struct lock *token,
                     const struct draft *draft, size_t count, enum sync sync, struct appended *out,
                     struct arena *keep, struct err *e);

/* store_foreign.c: the names of foreign streams' files, sorted; with those of which
 * only the head is left. */
bool local_foreign(struct local *l, const char *folder, struct names *out, struct arena *keep,
                   struct err *e);
/* Behind the events that `r` holds already; damage is no error. */
bool foreign_read(struct local *l, const char *folder, const char *name, struct stream_reader *r,
                  struct stream *out, unsigned index, struct arena *keep, struct err *e);
/* Its head; NULL where an older version wrote it, or with the words of *damage. */
const char *foreign_head_path(const char *path, struct arena *keep);
bool foreign_head(const struct head **out, const char **damage, struct local *l, const char *path,
                  struct arena *keep, struct err *e);
bool foreign_put_head(struct local *l, const char *path, const struct stream *s, struct err *e);
/* Gives a head to each good stream that has none; the append lock is held. */
bool foreign_guard(struct local *l, const char *folder, struct arena scratch, struct err *e);

#endif
