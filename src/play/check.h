/* check.h: what is wrong with a runbook, found without running it.
 *
 * Its words are read (tokens.h), and held against the word table, the
 * contracts, its own parameters, the runbooks that it calls, and the plugins
 * that this workspace binds. Nothing is resolved, asked or written.
 *
 * FINDINGS  E: it would stop there, or do something else than it says.
 *           W: it may be meant. I: good to know before it is run at night.
 */
#ifndef PLAY_CHECK_H
#define PLAY_CHECK_H

#include "world/workspace.h"

struct finding {
    const char *file;
    int line;
    char severity;          /* 'E', 'W', 'I' */
    const char *message;
};

struct looked_at {
    const char *path, *name;
    struct looked_at *next;
    bool open;              /* it is being looked at: what calls it now calls itself */
};

struct findings {
    struct finding *finding;
    size_t count, room, errors, warnings;
    struct looked_at *looked; /* the runbooks, each once however many call it */
    struct arena *keep;
};

void findings_add(struct findings *f, const char *file, int line, char severity, const char *message);
/* "runbooks/x.lua:12: what", as an error tells it; `file` where it names none. */
void findings_add_error(struct findings *f, const char *file, const char *text);
/* Takes the last one back, where it was said before. */
void findings_say_once(struct findings *f);
/* By file and line. */
void findings_sort(struct findings *f);

/* A runbook: a name, or a path that ends in .lua; and those that it calls. */
void check_runbook(struct findings *out, const struct workspace *ws, const char *name);
/* A configuration that can be read: services and their IPs. */
void check_config(struct findings *out, const struct workspace *ws);
/* Files of this workspace's runbooks/ that no name leads to. */
void check_shelf(struct findings *out, const struct workspace *ws);
/* The plugins that are bound here, whether a runbook asks them or not. */
void check_roles(struct findings *out, const struct workspace *ws);
/* A scenario's file. */
void check_scenario(struct findings *out, struct world *w, const char *file);

#endif
