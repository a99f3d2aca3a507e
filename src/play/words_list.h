/* words_list.h: what may stand behind each word of a runbook, for whoever reads
 * one without running it. A test holds it against the engine's own table. */
#ifndef PLAY_WORDS_LIST_H
#define PLAY_WORDS_LIST_H

#include "play/role.h"

enum { ITEMS_ANY = -1 };

struct word_row {
    const char *name, *shape;
    const char *const *option; /* what { } may name; then NULL. NULL: what another contract says */
    int items;                 /* how many it takes by position; ITEMS_ANY */
    const char *const *needs;  /* what { } must name, "phase|text": one of them; then NULL */
    const char *answers;       /* what it answers, as Lua's language server says it; "": nothing */
};
/* What wait_until takes beside the action's arguments; then NULL. */
extern const char *const word_wait_options[];
/* What may be said behind `phase` (closed is a person's word: a run under way keeps its incident open), as
 * impact's level, as on_failure; then NULL. */
extern const char *const word_phases[], *const word_levels[], *const word_endings[];

extern const struct word_row word_rows[]; /* then a NULL name */

/* One of a word's options, for `help` and for editors. NULL: there is none. Help NULL: it is what stands
 * behind the word, step "text". */
const struct role_arg *word_option(const char *word, const char *name);
/* "all|ip" as people say it: "all or ip". */
const char *words_choice(const char *names, struct arena *keep);
/* "restore: changes: found "C1", expected a list" where an option has not the type that its word
 * wants; NULL: it has, or takes anything that is a text. */
const char *word_wrong_value(const char *word, const char *option, struct json value, struct arena *keep);

#endif
