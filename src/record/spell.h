/* spell.h: when one service suffered, as stretches that people count and add.
 *
 * Windows may overlap; stretches do not: at each instant the worst level is
 * what counts (down, then degraded, then unknown). A spell is stretches of any
 * level without a gap between them. SUMS: the nominal parts add up to the
 * nominal total, in milliseconds; the ranges are each their own.
 */
#ifndef RECORD_SPELL_H
#define RECORD_SPELL_H

#include "record/sla.h"

struct stretch_of {
    int64_t start, end;           /* nominal */
    enum impact_level level;
    const struct window *window;  /* whose it is: the worst one, the first of equals */
};

struct spell {
    int64_t start, end;
    enum impact_level worst;
    bool open;                    /* it still goes on at as-of */
    const struct stretch_of *part;
    size_t parts;
    int64_t ms[3];                /* by level: IMPACT_DOWN, IMPACT_DEGRADED, IMPACT_UNKNOWN */
};

struct spells {
    const struct spell *spell;    /* by start */
    size_t count;
    size_t times[3];              /* how many spells were at worst down, degraded, unknown */
    struct range total_ms, level_ms[3];
};

void spells_fold(struct spells *out, const struct window *window, size_t windows,
                 const char *service, int64_t as_of, struct arena *keep);

#endif
