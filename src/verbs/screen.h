/* screen.h: the last door before a terminal, which everything printed goes through.
 *
 * Names, texts and errors come from anywhere: typed, imported, answered by
 * providers. A verb lays them out (base/text.h); that none of them steers the
 * terminal is seen to here, once, for those that a verb forgot and those to come.
 */
#ifndef VERBS_SCREEN_H
#define VERBS_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

enum screen_kind {
    SCREEN_TEXT,
    SCREEN_JSON,     /* what may not be shown is escaped: it means the same */
    SCREEN_DOCUMENT, /* bytes for a file: as they are */
};

/* Our own two codes of colour; others do not pass. */
#define SCREEN_RED   "\033[1;31m"
#define SCREEN_PLAIN "\033[0m"

/* A stream into `under`, which a flush reaches. fclose() it; `under` stays open. NULL with errno. */
FILE *screen_open(FILE *under, enum screen_kind kind, bool color);

#endif
