/* words.h: what a runbook may say, one row a word; roles add their actions
 * (play/role.h). `help`, the page in runbooks/README.md and the engine read
 * this one table. */
#ifndef PLAY_WORDS_H
#define PLAY_WORDS_H

struct lua_State;

struct word {
    const char *name, *shape, *help;
    int (*call)(struct lua_State *L);
};
extern const struct word engine_words[]; /* then a NULL name */

#endif
