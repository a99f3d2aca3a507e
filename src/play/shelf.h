/* shelf.h: the runbooks that can be run, as a reader wants to know them.
 *
 * A runbook is loaded (its head is checked, nothing is run) for what it says
 * it is. What it does is read from its words, wherever they stand, so a loop or
 * a condition shows once: the shelf tells what may happen, `plan` what would.
 */
#ifndef PLAY_SHELF_H
#define PLAY_SHELF_H

#include "play/role.h"
#include "world/workspace.h"

enum deed { DEED_STEP, DEED_CALL, DEED_READ, DEED_CHANGE, DEED_WAIT, DEED_ASK, DEED_SAY };

struct shelf_line {
    enum deed deed;
    const char *text;          /* in words: "Find the IP under attack", "take this IP out of the pool" */
    const char *word;          /* "pool.remove", "call" */
    bool dangerous;            /* a person is asked first */
    int line;
    const char *undo;          /* of a change: "put back by pool.add", "cannot be put back: ..."; NULL */
    const char *when;          /* "only if p.ip, for each of <ips>"; "": always */
};

struct shelf_book {
    const char *name, *path, *summary;
    bool own;                  /* the workspace's, not a shipped one */
    const struct role_arg *param;
    const struct param *bound; /* the same with what they may be at least, at most, one of (play/engine.h) */
    size_t params;
    const struct shelf_line *line;
    size_t lines;
};

/* All names, sorted. */
bool shelf_names(struct names *out, const struct workspace *ws, struct arena *keep, struct err *e);

/* ERR_INPUT with file and line where the runbook is none. */
bool shelf_read(struct shelf_book *out, const struct workspace *ws, const char *name,
                struct arena *keep, struct err *e);

#endif
