/* yaml.h: a YAML document as a tree that remembers where it was written.
 *
 * SHAPE    Scalars, sequences, mappings; no anchors, no tags, one document,
 *          no key twice. Scalars stay text: whoever asks says what it wants.
 * ERRORS   ERR_INPUT, "FILE:LINE:COLUMN: KEY: found ..., expected ...". Every
 *          key must be asked for: yaml_done() refuses the ones nobody asked
 *          for, with the nearest name that somebody did.
 * SOURCE   libyaml's event parser.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    const char *file, *path; /* path: "services.osc-fr1.policy", for messages */
    int line, column;        /* from 1 */
    const char *text;        /* of a scalar */
    bool quoted;             /* "yes" in quotes is a text, never a truth */
    struct yaml *first;      /* of a list or map */
    struct yaml *next;       /* of the same list or map */
    const char *key;         /* in a map */
    const char *const *asked; /* the keys somebody asked for (yaml_get) */
    size_t asked_count;
    bool seen;
    struct arena *keep;
};

/* An empty text is an empty map. */
struct yaml *yaml_parse(const char *file, const char *bytes, size_t length, struct arena *keep,
                        struct err *e);

/* ERR_INPUT with file, line, column and path of `y` in front. */
bool yaml_err(struct err *e, const struct yaml *y, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* NULL when missing (or `map` is NULL); marks it as asked for. */
struct yaml *yaml_get(struct yaml *map, const char *key);
/* NULL and an error when missing. */
struct yaml *yaml_need(struct yaml *map, const char *key, struct err *e);
/* The key by which a wanted one is refused when it is misspelt: everything
 * below `map` that nobody asked for is an error. Recursive over what was got. */
bool yaml_done(struct yaml *map, struct err *e);

bool yaml_is(struct yaml *y, enum yaml_kind kind, const char *expected, struct err *e);
/* Each leaves *out alone when y is NULL, so defaults are set beforehand. */
bool yaml_text(struct yaml *y, const char **out, struct err *e);
bool yaml_int(struct yaml *y, int64_t min, int64_t max, int64_t *out, struct err *e);
bool yaml_bool(struct yaml *y, bool *out, struct err *e);
bool yaml_duration(struct yaml *y, int64_t *out_ms, struct err *e);
/* "99.9%", "99.9 %", "5%", "0.05" (with a % only): parts per billion, exact. */
bool yaml_ppb(struct yaml *y, int64_t *out, struct err *e);
/* One of the names, which end with NULL: its index. */
bool yaml_choice(struct yaml *y, const char *const *names, int *out, struct err *e);

/* Marks the whole subtree as seen (settings that others will judge). */
void yaml_take(struct yaml *y);

/* A subtree as JSON: scalars that read as integers or truths become such. */
const char *yaml_json(struct yaml *y, struct arena *keep);

#endif
