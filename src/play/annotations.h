/* annotations.h: the words, the roles and the runbooks as the Lua language
 * server wants them, so that an editor knows what a runbook may say, of which
 * type it is, and what it answers. Made from the same tables. */
#ifndef PLAY_ANNOTATIONS_H
#define PLAY_ANNOTATIONS_H

#include "play/shelf.h"

/* The runbooks of `ws` stand in them too, as classes: ---@param p tocsin.ddos */
void annotations_write(struct text *out, const struct roles *roles, const struct workspace *ws, struct arena *keep);

#endif
