/* scenario_reader.h: what the two files that read a scenario share. */
#ifndef PLAY_SCENARIO_READER_H
#define PLAY_SCENARIO_READER_H

#include "play/scenario_inside.h"

struct reader {
    struct scenario *s;
    struct arena *keep;
    struct err *e;
};

/* "11:17" on the scenario's day, or with a day of its own; y NULL leaves *out alone. */
bool scenario_read_time(struct reader *r, struct yaml *y, int64_t *out);
/* A text, or a list of texts; then NULL. */
bool scenario_read_texts(struct reader *r, struct yaml *y, const char *const **out);
/* `world`, `waves`, `signs` and `faults`, as JSON for the simulator. */
bool scenario_read_world(struct reader *r, struct yaml *root);

#endif
