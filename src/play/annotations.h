/* annotations.h: the words and roles as the Lua language server wants them, so
 * that an editor knows what a runbook may say. Made from the same tables. */
#ifndef PLAY_ANNOTATIONS_H
#define PLAY_ANNOTATIONS_H

#include "play/role.h"

void annotations_write(struct text *out, const struct roles *roles, struct arena *keep);

#endif
