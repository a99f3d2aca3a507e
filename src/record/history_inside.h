/* history_inside.h: shared by the files of history. */
#ifndef RECORD_HISTORY_INSIDE_H
#define RECORD_HISTORY_INSIDE_H

#include "base/instant.h"
#include "record/history.h"

enum { OPEN_AT_ONCE = 64 };

struct reading {
    struct arena *keep;
    const struct config *config;
    const char *zone, *by;
    struct civil day;
    bool has_day;
    struct history_event *event;
    size_t events, room;
    struct { const char *service; int opening; } open[OPEN_AT_ONCE];
    size_t opens;
    int changes;
};

/* What stands at one moment of the file: an entry, or one value of `rates`. */
struct item {
    struct yaml *y;
    struct moment when;
    int order;
    const char *service;     /* of a value; NULL: it is an entry */
    int64_t rpm;
};

struct history_event *history_add(struct reading *r, const struct moment *m, enum event_kind kind, int line);
bool history_moment(struct reading *r, struct moment *out, struct yaml *y, struct err *e);

/* The values of `rates`, as items behind the *n that are there. */
bool history_rates(struct reading *r, struct yaml *list, struct item *item, size_t *n, struct err *e);
size_t history_values(struct yaml *list); /* how many at most */
void history_measured(struct reading *r, const struct item *item);

#endif
