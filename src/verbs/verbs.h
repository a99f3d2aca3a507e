/* verbs.h: every word the program knows, and the desk a verb works at.
 *
 * `help`, the manual page and the shell completion are printed from the
 * table; a test compares them with it. What a verb needs is opened before it
 * runs, so a verb is a page: check, compute, print. One file a verb, or one
 * for a few that are the same thing.
 *
 * OUTPUT   Answers go to desk.out, everything else to desk.err. --json says
 *          what the text says, from the same fold (json envelope: desk_json).
 * STATUS   The status of the error; see base/err.h.
 */
#ifndef VERBS_VERBS_H
#define VERBS_VERBS_H

#include "base/instant.h"
#include "record/incident.h"
#include "world/workspace.h"

#include <stdio.h>

enum needs {
    NEEDS_NOTHING = 0,
    NEEDS_WORKSPACE = 1,
    NEEDS_INCIDENT = 2,  /* -i, or the only open one; journal and fold are read */
    OR_THE_LAST = 4,     /* where none is open, the last one will do */
    EVEN_BROKEN = 16,    /* where tocsin.yaml is broken, as it last was will do */
    EVEN_UNREAD = 32,    /* where one that cannot be read may be open: goes on without */
    LOOKS_BACK = 64,     /* --as-of says something to it */
    OF_THE_LOG = 128,    /* "-i log" is what was noted while no incident was open */
    MAY_LACK_INCIDENT = 8, /* reads one if it can be picked; else desk.name is NULL */
};

struct desk {
    struct world *world;         /* before a workspace is open: the machine's */
    FILE *out, *err;             /* through a screen (screen.h) as soon as the line is read */
    FILE *under;                 /* what lies under `out`: for the bell, and to tell whether it is stdout */
    struct arena *keep;

    /* the global options */
    const char *dir, *given_incident;
    bool yes, json, quiet, verbose, color;
    const char *as_of_typed, *at_typed;
    int64_t as_of;               /* INSTANT_NONE: now */

    /* the verb's own */
    const struct verb *verb;
    const char **word;           /* its words, options taken out; then NULL */
    size_t words;
    const char *const *option_value; /* by row of verb->option; NULL: not given */

    /* what it needs */
    struct workspace ws;
    const char *name;            /* the incident; NULL without one */
    struct journal journal;
    struct incident incident;
    int64_t recorded_until;      /* the latest `recorded` of our own stream; 0 */

    /* what it did */
    const char *behind;          /* append only behind this head, else ERR_BUSY; NULL: wherever it is */
    int64_t day_of;              /* a time without a day is of this one's; INSTANT_NONE: of today,
                                  * and asked where the incident is long over */
    struct text *ahead;          /* lines that were typed at a question and are no answer: each is the next one
                                  * of `note`; NULL: whatever is no yes is a no */
    bool edge;                   /* the verb starts or stops a clock: "since 11:25" is a time, too */
    struct moment when;          /* of desk_moment(); at INSTANT_NONE: now */
    const char *const *warning;  /* more of them for --json, then NULL; NULL: none */
    const char *unread;          /* incidents that could not be read whole when one was picked: told at the
                                  * end; NULL: none, or the verb names them itself */
    struct text recorded;        /* the events it appended, as JSON, with commas */
    bool answered;               /* desk_json() was used: the edge adds no answer of its own */
};

struct verb_option { const char *name, *value, *help; }; /* value NULL: a flag */

struct verb {
    const char *name, *arguments, *help;
    const char *moment;          /* "something is wrong", ...: the heading in `help` */
    unsigned needs;
    bool (*perform)(struct desk *d, struct err *e);
    const struct verb_option *option; /* ends with a NULL name; NULL: none */
};
extern const struct verb verbs[]; /* then a NULL name */

/* The program as a function: main() calls it with the machine's world, a
 * scenario with its own. Answers the exit status; the error is printed. */
int verbs_main(struct world *w, int argc, const char *const *argv, FILE *out, FILE *err);

/* The value of an option, "" for a flag that was given; NULL when not given. */
const char *desk_option(const struct desk *d, const char *name);
/* The words from `first` on, joined by spaces; "" when there are none. */
const char *desk_text(const struct desk *d, size_t first);
/* Is there a word number `index`? Else ERR_USAGE with the verb's arguments. */
bool desk_needs(struct desk *d, size_t index, struct err *e);
/* Is there a text from that word on, and not only blanks? Else ERR_USAGE. */
bool desk_needs_text(struct desk *d, size_t first, struct err *e);
/* No more words than `count`? Else ERR_USAGE naming the first one too many. */
bool desk_at_most(struct desk *d, size_t count, struct err *e);

/* Takes "@11:25" at that word away, or --at; else now, as a person's moment
 * (out->at INSTANT_NONE: the moment of writing). Another day than today that
 * was not said is asked, and so is a time without its '@'; behind the moment of an
 * edge a second one is ERR_USAGE. Fills d->when too. */
bool desk_moment(struct moment *out, struct desk *d, size_t word, struct err *e);
/* Has anything of the desk's incident happened in the last day? */
bool desk_is_recent(const struct desk *d);
/* Takes "14:41-14:46" at that word away: two moments; *given: was it one? */
bool desk_span(struct moment *from, struct moment *to, bool *given, struct desk *d, size_t word,
               struct err *e);
/* Now, in whatever world this is. */
int64_t desk_now(const struct desk *d);
/* The incident's zone, or the workspace's. */
const char *desk_zone(const struct desk *d);

/* A line typed at that prompt, NULL at its end; false where nobody is. With desk.ahead only
 * y and n are an answer. */
bool desk_ask(struct desk *d, const char *prompt, const char **line);
/* Asks on the terminal unless --yes; false with ERR_WAITING where nobody is. */
bool desk_confirm(struct desk *d, const char *question, struct err *e);

/* Appends by this person, synced, to the picked incident. `when` NULL or its
 * `at` INSTANT_NONE: the moment of writing. `typed` goes into the data. */
bool desk_append(struct desk *d, const struct moment *when, enum event_kind kind,
                 const char *data, struct appended *out, struct err *e);
/* The same for many at once, all or none; drafts lack only `uid`, and `by` where
 * it is this person. */
bool desk_append_all(struct desk *d, struct draft *draft, size_t count, struct appended *out,
                     struct err *e);
/* The same, only where nobody wrote since the fold was read; else *moved, nothing is
 * written, and the fold is read again: the verb looks once more. */
bool desk_append_as_read(struct desk *d, struct draft *draft, size_t count, bool *moved, struct err *e);
/* Reads journal and fold again after appending. */
bool desk_refresh(struct desk *d, struct err *e);
/* Makes `name` the incident of this desk and reads it. */
bool desk_incident(struct desk *d, const char *name, struct err *e);
/* desk_open.c: opens an incident at that moment and makes it the desk's; title may be
 * NULL, zone too: the workspace's. `joined` NULL: a new one in any case; else the
 * one that somebody else opened in the meantime will do, and that is said. */
bool desk_open_incident(struct desk *d, const struct moment *when, const char *title,
                        const char *zone, bool *joined, struct err *e);
/* The same with what is to stand in it from its first moment on, all or none: draft[1] to
 * draft[count - 1]; draft[0] is room for the opening. They lack only `uid`, and `by`. */
bool desk_open_with(struct desk *d, const struct moment *when, const char *title, const char *zone,
                    struct draft *draft, size_t count, bool *joined, struct err *e);
/* An incident to write a disturbance into: the open one; the last one, closed less
 * than a day before, where a person says so, which reopens it unless the disturbance
 * is `over`; else a new one (*fresh). */
bool desk_have_incident(struct desk *d, const struct moment *when, bool over, const char *title, bool *fresh,
                        struct err *e);
/* What was appended, for --json. */
void desk_remember(struct desk *d, const struct draft *draft, size_t count, const struct appended *a);

/* Every answer echoes incident, local time and age: "INC-2025-001  11:17 CET
 * (9 min ago)  ..."; nothing in --json, where the edge says it. */
void desk_echo(struct desk *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line that is no answer (advice, progress): to desk.err, not with -q. */
void desk_say(struct desk *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* {"v":1,"as_of":...,"warnings":[...], ... : the members of the verb follow. */
struct json_out desk_json(struct desk *d, struct text *to);
/* Closes the object and prints it with a newline. */
void desk_json_end(struct desk *d, struct json_out *o);

/* The verbs, a file each (or one for a few that are the same thing). */
#define VERBS(V)                                                                       \
    V(abandon) V(alert) V(amend) V(answer) V(approve) V(check) V(compare) V(completion) V(did)    \
    V(do) V(doctor) V(down) V(erase) V(export) V(follow) V(handover) V(help) V(impact) V(import) \
    V(incidents) V(init) V(keep) V(lead) V(link) V(lint) V(list) V(lock) V(note)       \
    V(open) V(phase) V(plan) V(plugins) V(publish) V(refuse) V(report) V(restore)      \
    V(resume) V(run) V(runbooks) V(say) V(settle) V(severity) V(sla) V(status) V(stop) \
    V(strike) V(task) V(test) V(timeline) V(title) V(unlist) V(up) V(verify)           \
    V(version)
#define VERB_DECLARED(name) bool verb_##name(struct desk *d, struct err *e);
VERBS(VERB_DECLARED)
#undef VERB_DECLARED

#endif
