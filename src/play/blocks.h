/* blocks.h: which tokens of a Lua text are the bodies of what. Pure.
 *
 * In the order of their heads. A text that is no Lua has no blocks.
 */
#ifndef PLAY_BLOCKS_H
#define PLAY_BLOCKS_H

#include "play/tokens.h"

enum block_kind { BLOCK_IF, BLOCK_ELSEIF, BLOCK_ELSE, BLOCK_FOR, BLOCK_WHILE, BLOCK_REPEAT, BLOCK_DO, BLOCK_FUNCTION };

struct block {
    enum block_kind kind;
    size_t head;        /* "if", "for", "function" */
    size_t body, end;   /* tokens from body up to end, which is "end", "else", "elseif" or "until" */
    bool last;          /* of an if: no other branch follows */
};

/* NULL where heads and ends do not match. */
const struct block *blocks_read(size_t *count, const struct token *token, size_t tokens, struct arena *keep);

#endif
