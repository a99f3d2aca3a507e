/* question.h: a question to a person, as it is shown wherever it is answered:
 * what it allows, from what to what, what was seen that speaks for it and how
 * long ago, how it is put back, and who may answer. Pure.
 */
#ifndef PLAY_QUESTION_H
#define PLAY_QUESTION_H

#include "record/event.h"
#include "record/store.h"

struct evidence {
    const char *text;         /* "sense.flood: ip 192.0.2.1, kind syn, rate 42000" */
    int64_t at;
};

struct question {
    const struct event *asked, *answered; /* answered NULL: by nobody yet */
    const struct event *begun;            /* the change under way that it asks about; NULL */
    const char *name, *mode, *text;       /* "A2", "approve" */
    const char *run, *key;                /* NULL: of no run */
    const char *action, *target, *with, *before, *after, *undo, *over, *even_so; /* in words; NULL (with: its other arguments) */
    const char *wants;                    /* the answer becomes the action's result: what may be said; NULL */
    const char *who;                      /* "anyone but alice"; NULL: anybody */
    int64_t deadline;                     /* then it is no; INSTANT_NONE */
    const struct evidence *evidence;
    size_t evidences;
    const char *gone;                     /* why an answer comes too late; NULL: it is waited for */
};

void question_view(struct question *out, const struct journal *j, const struct event *asked,
                   const char *zone, struct arena *keep);
/* Those that wait for an answer, oldest first. One whose deadline is over by `now` waits no more: that
 * was a no, though whoever asked may not have written it yet (INT64_MIN: those, too). */
const struct question *questions_open(size_t *count, const struct journal *j, int64_t now, const char *zone,
                                      struct arena *keep);
bool question_is_late(const struct question *q, int64_t now);
/* What the target does not say already: "program sh, args [\"-c\",\"date\"]"; NULL. */
const char *question_with(struct json args, const char *target, struct arena *keep);
/* Is it of words that the run does again (resume --from)? */
bool question_forgotten(const struct journal *j, const struct event *asked, struct arena *keep);
/* Lines, without the last newline. */
const char *question_words(const struct question *q, int64_t now, const char *zone,
                           struct arena *keep);

/* What was seen lately of the IP or the service that these arguments name; where they name
 * none, or nothing was seen of it: what the run read last. JSON list of hashes. */
const char *question_evidence(const struct journal *j, const char *run, struct json args,
                              struct arena *keep);

#endif
