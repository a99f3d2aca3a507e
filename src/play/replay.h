/* replay.h: what the journal holds of a run, and the ways round it: replay.c, override.c. For the
 * files of a run only. */
#ifndef PLAY_REPLAY_H
#define PLAY_REPLAY_H

#include "play/engine.h"

/* replay.c */
void replay_index(struct run *r);
/* Is nothing left of it but that it was said? */
bool replay_was_erased(const struct event *ev);
/* The first event under this branch's key with one of these kinds, marked as
 * used; NULL when the word is new. A word that differs from what is recorded
 * is the run's trouble. */
const struct event *replay_take(struct branch *b, enum event_kind kind);
/* The latest of them: a word that was tried again. */
const struct event *replay_last(struct branch *b, enum event_kind kind);
const struct event *replay_latest(struct branch *b, enum event_kind kind); /* NULL is no mismatch */
bool replay_agrees(struct branch *b, const struct event *ev, const char *word,
                   const char *args_sha256);
void replay_consumed(struct branch *b, const struct event *ev);
/* Was a failure of this word, or of one around it, handed to the runbook, which went on? */
bool replay_caught(struct run *r, const char *key);
/* It was, and the record holds no outcome of this word: it failed before anything was begun, or
 * was never come to. It is answered with the failure that is recorded, and does nothing. */
bool replay_ended_before(struct branch *b);
/* Every word under this prefix was dealt with by the word itself. */
void replay_use_under(struct run *r, const char *prefix);
/* A word comes to its turn: what is recorded under its key is used. False, and the run's
 * trouble, where it is one that leaves nothing, and something stands there. */
bool replay_come_to(struct branch *b);
/* A question's turn: false, and the run's trouble, where the record holds no question. */
bool replay_question(struct branch *b);
/* The first event that this branch would have come to and did not; words of branches
 * beside it are theirs. NULL: it is where the record ends. */
const struct event *replay_left(const struct branch *b);
/* It is about to do something new: false, and the run's trouble, while anything is left. */
bool replay_is_over(struct branch *b);
/* So often was the change of this word begun, before --from too: the next one's key is another. */
int64_t replay_attempts(const struct branch *b);
/* Does the record hold nothing of this word but a question that nobody answered? */
bool replay_is_new(const struct branch *b);
/* Is anything left inside of that branch, whose keys begin so ("3/2/")? */
bool replay_has_inside(const struct run *r, const char *prefix);
/* The run's trouble: recorded is that event, and now the runbook says another thing. */
void replay_differs(struct branch *b, const struct event *recorded);
/* The latest override of this key ("skip", "done"); NULL. */
const struct event *replay_override(struct run *r, const char *key, const char *how);

/* override.c: the ways round */
bool override_write(struct run *r, const struct override *o, struct err *e);
bool override_taken(struct branch *b);
bool override_is_behind(const char *key, const char *from);
/* The first event of that word of a run, or of one inside of it; NULL. */
const struct event *override_first(const struct journal *j, const char *run, const char *key, struct arena *keep);

#endif
