/* scenario_reader.h: what the two files that read a scenario share. */
#ifndef PLAY_SCENARIO_READER_H
#define PLAY_SCENARIO_READER_H

#include "play/scenario_inside.h"

struct reader {
    struct scenario *s;
    struct roles roles;
    struct arena *keep;
    struct err *e;
};

/* "11:17" on the scenario's day, or with a day of its own; y NULL leaves *out alone. */
bool scenario_read_time(struct reader *r, struct yaml *y, int64_t *out);
/* A text, or a list of texts; then NULL. */
bool scenario_read_texts(struct reader *r, struct yaml *y, const char *const **out);
/* Names are held against the contracts and the configuration, each at its place,
 * with the nearest: a misspelt one would never be met, and prove nothing. */
bool scenario_knows_action(struct reader *r, const struct yaml *y, const char *name, bool or_role);
bool scenario_knows_service(struct reader *r, const struct yaml *y, const char *name);
bool scenario_knows_ip(struct reader *r, const struct yaml *y, const char *text);
/* "pool.remove ip=192.0.2.1", or a list of such. */
bool scenario_knows_deeds(struct reader *r, const struct yaml *y);
/* `world`, `waves`, `signs` and `faults`, as JSON for the simulator. */
bool scenario_read_world(struct reader *r, struct yaml *root);

#endif
