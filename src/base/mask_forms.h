/* mask_forms.h: how a secret may be written: for mask.c and mask_forms.c. */
#ifndef BASE_MASK_FORMS_H
#define BASE_MASK_FORMS_H

#include "base/mask.h"

/* Base64 is one stream of bits: a secret begins at bit 0, 2 or 4 of a character. */
enum form { PLAIN, URL, FORM, BACKSLASH, NESTED, HTML, HEX, BITS_0, BITS_2, BITS_4, FORMS };
enum { WRAPPED = 32 }; /* a line of so many encoded characters may go on in the next */
enum fit { FITS_NOT, FITS_PERHAPS, FITS };

/* Does that secret stand there in that form? *end: behind it. PERHAPS: the bytes end before it is known. */
enum fit mask_fits(const struct mask_stream *s, size_t secret, enum form form, size_t at, size_t *end);

/* Of a digit its value; -1: it is none. */
int mask_hex_digit(unsigned char c);
int mask_base64_digit(unsigned char c);
/* May it stand in a run of hex, of base64? */
bool mask_is_of_run(bool hex, unsigned char c);

#endif
