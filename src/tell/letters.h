/* letters.h: which characters make up a word, and which of them a reader takes for the same.
 *
 * WORDS    Letters and digits of the scripts that put blanks between words. Quotes, dashes,
 *          ellipses, blanks of any width, and all of the other scripts stand alone: next to
 *          them a word ends.
 * THE SAME Case, accents and the way an accent is written (one character, or a letter and
 *          a mark) do not tell two letters apart: "ZOË" reads as "zoe".
 */
#ifndef TELL_LETTERS_H
#define TELL_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is the character at `c`, or the one that ends before it, one of a word? False where the text ends. */
bool letter_at(const char *c);
bool letter_before(const char *text, const char *c);

/* The letter at `c` without case and accent, and its bytes with those of the marks behind it; 0 at the end. */
size_t letter_read(uint32_t *letter, const char *c);

#endif
