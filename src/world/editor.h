/* editor.h: a person's editor on a file, and back when it is closed.
 *
 * VISUAL, then EDITOR, as the shell reads them; at a terminal vi where
 * neither is set.
 * ERRORS   ERR_WAITING: nobody sits at a terminal and no editor is named;
 *          ERR_FAILED: the editor ended with a failure.
 */
#ifndef WORLD_EDITOR_H
#define WORLD_EDITOR_H

#include "world/world.h"

/* At that line, where the editor is one that takes it: +LINE, or code's --goto. */
bool editor_open(struct world *w, const char *path, int line, struct err *e);

#endif
