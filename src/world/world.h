/* world.h: everything impure that tocsin may do, and nothing else.
 *
 * main() hands out the real one (world_real()); tests and scenarios hand in
 * one that turns its own clock (world_virtual()) or fails at the n-th call.
 * Nothing to the right of world/ includes <time.h>, <unistd.h> or <fcntl.h>.
 *
 * CLOCK    now() only runs: in the real world it is the machine's clock as it
 *          stood when the program first asked, and what has passed since. It
 *          is what waits are measured by, whatever is done to the machine's
 *          clock meanwhile. clock() is that clock as it stands, which may
 *          jump: what is written down has its time.
 *          wait() returns at `until` of now(), or earlier when something
 *          happened (a descriptor, a signal, an answer): look again.
 * FILES    Paths as the program was given them. write_file() is all or
 *          nothing: a new file, synced, renamed over the old one.
 * ERRORS   ERR_SYSTEM with the path and the system's words.
 */
#ifndef WORLD_WORLD_H
#define WORLD_WORLD_H

#include "base/err.h"
#include "base/instant.h"
#include "record/store.h"

enum heard { HEARD_NOBODY, HEARD_NOTHING, HEARD_ANSWER };

struct coverage;

struct world {
    int64_t (*now)(struct world *w);
    int64_t (*clock)(struct world *w);
    void (*wait)(struct world *w, int64_t until);
    /* From now on wait() and listen() end early when `fd` can be read, empty it and set *rang. -1: no longer. */
    void (*attend)(struct world *w, int fd, bool *rang);
    void (*random)(struct world *w, unsigned char *out, size_t length);
    bool virtual; /* its clock is not the wall's */
    struct coverage *coverage; /* of a play that asks what of the runbooks is exercised (play/coverage.h); NULL */

    const char *user;   /* the claimed name: --by, TOCSIN_BY or the login */
    const char *uid;    /* "1000@host"; "sim" in a simulated workspace */
    bool claimed;       /* `user` was said (--by, TOCSIN_BY), not taken from the login */

    bool (*read_file)(struct world *w, const char *path, const char **bytes, size_t *length,
                      struct arena *keep, struct err *e);
    bool (*write_file)(struct world *w, const char *path, const char *bytes, size_t length,
                       struct err *e);
    /* The same, for nobody else to read: what holds a whole record. */
    bool (*write_private)(struct world *w, const char *path, const char *bytes, size_t length,
                          struct err *e);
    bool (*exists)(struct world *w, const char *path, bool *is_folder);
    bool (*list_folder)(struct world *w, const char *path, struct names *out,
                        struct arena *keep, struct err *e); /* names, sorted, without . and .. */
    bool (*make_folder)(struct world *w, const char *path, struct err *e); /* with its parents */
    /* Keeps all others out who hold the same path, waiting for whoever does; the file is made where
     * it is missing. For as long as nobody waits: what is read, changed and written again. -1: e. */
    int (*hold)(struct world *w, const char *path, struct err *e);
    void (*let_go)(struct world *w, int held);
    /* Gives a folder, and what will be made in it, to a group: 2770. */
    /* `path` NULL: nothing yet, but could it be? */
    bool (*share_folder)(struct world *w, const char *path, const char *group, struct err *e);

    /* The local store of the workspace in `dir` (DIR/.tocsin). */
    struct store *(*open_store)(struct world *w, const char *dir, struct arena *keep,
                                struct err *e);

    /* Set by Ctrl-C: 0, 1 (after the change in flight), 2 (now). */
    int (*interrupted)(struct world *w);
    const char *interrupted_by;   /* from then on: "Ctrl-C", "SIGTERM" */

    /* A question to the person at the terminal; false when nobody sits there.
     * *line is what was typed, without its newline; NULL at end of input. */
    bool (*ask)(struct world *w, const char *prompt, const char **line, struct arena *keep);
    /* A question that nothing answers which was typed before it stood there. It waits for the line only so
     * long, and no longer than until a signal comes: HEARD_NOTHING, and the prompt stands; said again it is
     * not shown again.
     * `prompt` NULL takes it back: what was half typed is no answer to the next one. */
    enum heard (*listen)(struct world *w, const char *prompt, int64_t patience_ms,
                         const char **line, struct arena *keep);
    /* Is that stream a terminal? 0 in, 1 out, 2 err. Columns and rows of the screen (80, 24 when unknown). */
    bool (*is_terminal)(struct world *w, int stream);
    int (*columns)(struct world *w);
    int (*rows)(struct world *w);
    const char *(*environment)(struct world *w, const char *name); /* NULL */
};

/* The machine. `by` overrides the name of the login; NULL: TOCSIN_BY, login. */
struct world *world_real(const char *by, struct arena *keep);

/* A world that takes files and store from `under`, but has a clock of its own
 * that starts at `start` and only moves in wait(), random bytes drawn from
 * `seed`, and the given person. `on_wait` (may be NULL) is called before the
 * clock moves, with the moment asked for; it answers the moment to move to,
 * at most that one. Two worlds with the same inputs give the same bytes. */
struct world_clock {
    int64_t now;
    uint64_t seed;
    int64_t (*on_wait)(void *context, int64_t until);
    void *context;      /* of on_wait and ask */
    /* Answers for `person` in the place of a terminal; NULL: the one under it. */
    bool (*ask)(void *context, const char *person, const char *prompt, const char **line,
                struct arena *keep);
};
struct world *world_virtual(struct world *under, struct world_clock *clock,
                            const char *user, const char *uid, struct arena *keep);

#endif
