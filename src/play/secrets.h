/* secrets.h: what ${env:NAME}, ${file:PATH} and ${command:...} stand for.
 *
 * A secret is named in the configuration, and nothing but C ever sees it: the
 * settings that a plugin is handed hold its name, and the value is put in
 * where something leaves the process (a URL, a header, a program's
 * environment). A plugin can have only those that its own role's settings
 * name: a text from outside that reads "${env:OTHER}" stays a text.
 *
 * FIRST USE  Resolved when first put in; from then on it is taken out of all
 *          that comes back, in every form of base/mask.h. What the
 *          configuration names by env: and file: is taken out even before.
 * URL      Of a secret that is one, its path and query and its login are taken
 *          out where they stand alone, too: servers repeat them.
 * FILE     A relative path starts from the workspace; a line break at the end
 *          is not part of the secret, of a command's answer neither.
 * COMMAND  By `sh -c` in the workspace, ten seconds at most, once a process.
 * ERRORS   ERR_INPUT: missing, shorter than 8 bytes, a command that failed:
 *          by name, never by value.
 */
#ifndef PLAY_SECRETS_H
#define PLAY_SECRETS_H

#include "base/mask.h"
#include "world/workspace.h"

struct secrets;

struct secrets *secrets_open(const struct workspace *ws, struct arena *keep);

/* `text` with the values of those names that `settings` (JSON) holds in their
 * places; NULL and e. `line`: it goes where a line break would end it. */
const char *secrets_fill(struct secrets *s, const char *settings, const char *text, bool line, struct err *e);

/* Is every "${" of this setting (JSON) the beginning of a secret that can be named? Fetches nothing. ERR_INPUT. */
bool secrets_well_named(struct json value, struct arena *keep, struct err *e);

/* Are all that these settings name to be had? */
bool secrets_ready(struct secrets *s, const char *settings, struct err *e);

/* Of all that are known; grows. */
const struct mask *secrets_mask(struct secrets *s);
/* Foreign text as ours: without secrets, as UTF-8. */
const char *secrets_clean(struct secrets *s, const char *bytes, size_t length, struct arena *keep);
/* The name of the first that stands in a text, and in which line; NULL: none. */
const char *secrets_found(struct secrets *s, const char *bytes, size_t length, int *line);
/* The variables that hold a secret; then NULL: programs do not get them. */
const char *const *secrets_variables(struct secrets *s);

#endif
