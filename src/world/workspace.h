/* workspace.h: the folder that tocsin works in, found and opened.
 *
 *   DIR/tocsin.yaml  runbooks/ templates/ plugins/ scenarios/  drafts/  postmortems/
 *   DIR/.tocsin/     incidents/NAME/, log/, locks/, rates/, sim/
 *
 * Found by -C DIR, TOCSIN_HOME, or upward from the current folder. In a
 * workspace that says `world: simulated` the clock is the simulator's own
 * (.tocsin/sim/clock): it goes on where the last process left it.
 * ERRORS   ERR_INPUT: no workspace (hint: tocsin init), bad configuration.
 */
#ifndef WORLD_WORKSPACE_H
#define WORLD_WORKSPACE_H

#include "record/config.h"
#include "world/world.h"

struct workspace {
    const char *dir;          /* as shown to people */
    struct config config;
    struct world *world;      /* its clock is the workspace's */
    struct store *store;
    const char *text;         /* of its configuration, where that was understood just now */
    size_t text_length;
};

bool workspace_find(const char **dir, struct world *w, const char *given, struct arena *keep,
                    struct err *e);
bool workspace_open(struct workspace *out, struct world *w, const char *dir, struct arena *keep,
                    struct err *e);

/* Keeps the configuration that was understood beside the record. */
void workspace_remember(const struct workspace *ws, struct arena scratch);
/* With the configuration that was last understood (.tocsin/tocsin.yaml): in the
 * middle of an incident a typing mistake there must not keep facts out. */
bool workspace_open_as_it_was(struct workspace *out, struct world *w, const char *dir,
                              struct arena *keep, struct err *e);

/* DIR/inside */
const char *workspace_path(const struct workspace *ws, struct arena *keep, const char *inside);

/* A shipped or own file: ours (DIR/kind/name) wins over the installed one;
 * *own says which it is. kind: "runbooks", "templates", "plugins". The
 * installed ones lie in $TOCSIN_SHARE, beside the program, or PREFIX/share/tocsin. */
bool workspace_share(const char **path, bool *own, const struct workspace *ws, const char *kind,
                     const char *name, struct arena *keep, struct err *e);
/* All names of a kind, own and installed, sorted. */
bool workspace_share_list(struct names *out, const struct workspace *ws, const char *kind,
                          struct arena *keep, struct err *e);

/* Reads an incident's journal; `name` NULL: see workspace_pick(). */
bool workspace_journal(struct journal *out, const struct workspace *ws, const char *name,
                       struct arena *keep, struct err *e);

/* -i or the only open one; several: ERR_USAGE naming them; none: the last one
 * if `closed_too`, else ERR_USAGE with the hint to open one. One that the machine
 * cannot read may be open: where no other is, and nobody takes the last one, that
 * is ERR_SYSTEM. *name after an error: NULL, or one of several. *unread (unless NULL)
 * names those that were not read whole; NULL: all were, or nobody had to look. */
bool workspace_pick(const char **name, const char **unread, const struct workspace *ws,
                    const char *given, bool closed_too, struct arena *keep, struct err *e);

/* INC-2025-002: the next local name in the year of `at`. */
bool workspace_next_name(const char **name, const struct workspace *ws, int64_t at,
                         struct arena *keep, struct err *e);

#endif
