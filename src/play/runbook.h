/* runbook.h: a runbook as a run holds it: found, loaded, and its parameters checked.
 *
 * ERRORS   ERR_INPUT: no runbook of that name, with the nearest; its text or an
 *          argument, with file and line.
 */
#ifndef PLAY_RUNBOOK_H
#define PLAY_RUNBOOK_H

#include "play/role.h"
#include "world/workspace.h"

struct run;

struct param {
    struct role_arg arg;
    bool has_min, has_max;
    int64_t min, max;
    const char *const *one_of;        /* then NULL; NULL: anything */
};
struct runbook {
    const char *name, *path, *text, *summary;
    bool own;
    struct param *param;
    size_t params;
    int steps;                        /* registry reference of the function */
};
bool runbook_find(const char **path, bool *own, const struct workspace *ws, const char *name,
                  struct arena *keep, struct err *e);
bool runbook_load(struct runbook *out, struct run *r, const char *name, struct err *e);
/* Between min and max, one of the choices. */
bool param_within(const struct param *p, struct json value, struct arena *keep, struct err *e);
/* Typed, checked, with defaults: canonical JSON. */
bool runbook_arguments(const char **canonical, const struct runbook *book, struct run *r,
                       struct json args, struct err *e);
/* "key=value" words as a JSON object of texts. */
bool arguments_json(const char **json, const char *const *argument, struct arena *keep,
                    struct err *e);
/* Its text alone: of now, or (r->texts) as the run began with it. */
bool runbook_text(const char **text, struct run *r, const char *name, struct err *e);
/* All visible ones put away as blobs, and into an object: path: sha256. */
bool runbook_pin(struct json_out *o, struct run *r, struct err *e);

#endif
