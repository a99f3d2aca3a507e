/* readings.h: what was measured while it lasted: request rates, floods.
 *
 * Folded from the corrected record: reads and waits of sense.rate,
 * sense.flood and sense.quiet, and signals that name a flood. Only what
 * somebody measured: a look that could see nothing is no reading.
 */
#ifndef TELL_READINGS_H
#define TELL_READINGS_H

#include "record/incident.h"

enum rate_unit { RATE_REQUESTS, RATE_PACKETS }; /* a minute, to a service; a second, to an IP */

struct reading { int64_t at, value, usual; }; /* usual: -1 where it is not known */

struct rate {
    enum rate_unit unit;
    const char *of;              /* the service or the IP */
    const struct reading *reading; /* by time */
    size_t count;
};

/* Somebody or something named a flood. */
struct flood_seen {
    int64_t at, since;           /* since: INSTANT_NONE where it is not known */
    int64_t rate;                /* packets a second; 0: not known */
    const char *ip, *kind;       /* kind: "syn"; "" where it is not known */
};

struct readings {
    const struct rate *rate;     /* as each was first measured */
    size_t rates;
    const struct flood_seen *flood; /* by time */
    size_t floods;
};

void readings_fold(struct readings *out, const struct incident *i, struct arena *keep);

#endif
