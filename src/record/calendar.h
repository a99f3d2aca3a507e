/* calendar.h: stretches of time that a contract treats apart.
 *
 * Maintenance that was announced, and exclusions that somebody claims
 * ("force-majeure", "provider"). Both are data in tocsin.yaml; whether they
 * count is the policy's, and an exclusion is flagged, never decided.
 */
#ifndef RECORD_CALENDAR_H
#define RECORD_CALENDAR_H

#include "base/instant.h"
#include "base/yaml.h"

struct stretch {
    int64_t start, end;
    int64_t announced;           /* of maintenance; INSTANT_NONE: never */
    const char *const *services; /* then NULL; none: all of them */
    const char *kind, *why;      /* of an exclusion, "force-majeure"; "" */
};

struct calendar {
    const struct stretch *maintenance, *exclusion;
    size_t maintenances, exclusions;
};

/* Does the stretch speak of that service? */
bool stretch_covers(const struct stretch *s, const char *service);

/* The lists `maintenance:` and `exclusions:` of tocsin.yaml; either may be
 * NULL. Local times are those of `zone`. */
bool calendar_parse(struct calendar *out, struct yaml *maintenance, struct yaml *exclusions,
                    const char *zone, struct arena *keep, struct err *e);

#endif
