/* tokens.h: the words of a Lua text, with their lines: what `check` reads. Pure.
 *
 * Comments are left out. Strings are decoded (escapes that Lua knows), so that
 * a name in quotes compares as a name. A text that is no Lua still gives
 * tokens: whether it compiles is the sandbox's to say.
 */
#ifndef PLAY_TOKENS_H
#define PLAY_TOKENS_H

#include "base/text.h"

enum token_kind { TOKEN_NAME, TOKEN_STRING, TOKEN_NUMBER, TOKEN_SYMBOL, TOKEN_END };

struct token {
    enum token_kind kind;
    const char *text;    /* "pool", the string's value, "12", "{", ".." */
    int line;
    size_t from, to;     /* its bytes in the text */
};

/* Ends with a TOKEN_END. */
const struct token *tokens_read(const char *text, size_t length, size_t *count, struct arena *keep);
/* The line of the parameter `NAME = {` of a runbook, before its steps; 1: it stands nowhere. */
int tokens_parameter_line(const struct token *token, size_t count, const char *name);

#endif
