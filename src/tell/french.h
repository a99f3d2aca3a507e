/* french.h: the record's machine-made sentences for a French document. */
#ifndef TELL_FRENCH_H
#define TELL_FRENCH_H

#include "base/text.h"

/* "148.253.75.120 est hors du pool de osc-fr1"; NULL: no sentence that the machine writes. */
const char *french_sentence(const char *text, struct arena *keep);

#endif
