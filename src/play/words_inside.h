/* words_inside.h: what words have in common, for words.c, words_actions.c and levels.c. */
#ifndef PLAY_WORDS_INSIDE_H
#define PLAY_WORDS_INSIDE_H

#include "play/engine.h"
#include "play/sandbox.h"

struct run *words_run(lua_State *L);
/* The branch whose turn it is; raises where no word may be said. */
struct branch *words_speaking(lua_State *L, const char *word);
const char *words_text(struct branch *b, lua_State *L, int index);
/* The table or text of a word as canonical JSON; a text becomes {"text":...}. Raises. */
const char *words_arguments(lua_State *L, struct branch *b, const char *word);
/* Takes the next number of the branch, and notes the line that speaks. */
void words_next_key(struct branch *b, lua_State *L);
/* What a word says goes into the record: it has a limit, and holds no secret. Raises. */
void words_charge(lua_State *L, struct branch *b, const char *word, const char *args);
/* Makes the table on top strict: `names` are allowed even where empty. */
void words_make_strict(lua_State *L, const char *what, const char *const *name);
/* Yields with this request; the continuation hands over the answer. */
int words_ask(lua_State *L, struct branch *b, struct request want);
int words_answered(lua_State *L, int status, lua_KContext context);
/* A copy of the table at 1 stands there from now on: its owner may use it again. */
void words_copy_table(lua_State *L, const char *word);
/* Raises where the table at 1 holds more by position than the word takes, or a
 * name that is none of its options; `others`: other names are for an action. */
void words_only(lua_State *L, const char *word, bool others);
/* The action behind a function such as pool.remove; NULL when it is none. */
const struct role_action *words_action(lua_State *L, int index);

/* A role and its actions become a global. */
void words_install_role(struct run *r, lua_State *L, const char *role);

int word_wait_until(lua_State *L);
int word_call(lua_State *L);
int word_try(lua_State *L);
int word_retry(lua_State *L);
int word_parallel(lua_State *L);
int word_each(lua_State *L);

#endif
