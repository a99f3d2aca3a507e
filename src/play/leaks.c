/* leaks.c: what is kept of a run holds no secret. What comes from outside was cleaned before (secrets.h);
 * what people and runbooks wrote themselves is refused, by file and line, and never rewritten: it would
 * read otherwise on a resume. */
#include "play/engine.h"

#include <string.h>

static bool refuse(struct run *r, const char *place, const char *name, const char *why, struct err *e)
{
    err_hint(e, "take it out; a role's settings in %s hand '${%s}' to what needs it, and nothing else ever has it",
             r->ws->config.file, name);
    return err_input(e, "%s: the secret '${%s}' is written out here, and %s", place, name, why);
}

bool leaks_none_in_file(struct run *r, const char *path, const char *text, size_t length, struct err *e)
{
    int line;
    const char *name = r->dry ? NULL : plugins_secret_in(r->plugins, text, length, &line);
    return !name || refuse(r, arena_print(r->keep, "%s:%d", path, line), name, "a run keeps the texts that it began with", e);
}

bool leaks_none_in(struct run *r, const char *place, const char *json, struct err *e)
{
    int line;
    const char *name = r->dry ? NULL : plugins_secret_in(r->plugins, json, strlen(json), &line);
    return !name || refuse(r, place, name, "the record would keep it", e);
}
