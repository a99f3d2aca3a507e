/* event.h: one fact of an incident, and the line that holds it.
 *
 * FILE     One JSON line an event; members, chain and digests are in FORMAT.md
 *          beside this file. A line is never rewritten, except by `erase`.
 * UNITS    Instants in milliseconds since 1970 UTC. The instant of an event
 *          lies in [at - early_ms, at + late_ms].
 * SHAPE    `seq` is 1, 2, 3, ... within a stream. `data` is an object, read
 *          lazily (base/json.h); what each kind holds is in FORMAT.md.
 * ERRORS   event_read() says in words what is wrong with a line.
 */
#ifndef RECORD_EVENT_H
#define RECORD_EVENT_H

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"

/* One row a kind, in this order everywhere:
 *   K(constant, name, listed in the postmortem by default, may be corrected) */
#define EVENT_KINDS(K)                            \
    K(OPENED,         "opened",         0, 0)     \
    K(TITLED,         "titled",         0, 0)     \
    K(SEVERITY,       "severity",       0, 1)     \
    K(PHASE,          "phase",          0, 1)     \
    K(LEAD,           "lead",           0, 1)     \
    K(NOTE,           "note",           1, 1)     \
    K(ALERT,          "alert",          1, 1)     \
    K(SIGNAL,         "signal",         1, 1)     \
    K(IMPACT,         "impact",         1, 1)     \
    K(LINK,           "link",           0, 1)     \
    K(TASK,           "task",           0, 1)     \
    K(SAID,           "said",           0, 1)     \
    K(BASELINE,       "baseline",       0, 0)     \
    K(RUN_STARTED,    "run.started",    0, 0)     \
    K(RUN_PARKED,     "run.parked",     0, 0)     \
    K(RUN_RESUMED,    "run.resumed",    0, 0)     \
    K(RUN_OVERRIDDEN, "run.overridden", 0, 0)     \
    K(RUN_ENDED,      "run.ended",      0, 0)     \
    K(STEP,           "step",           0, 0)     \
    K(READ,           "read",           0, 0)     \
    K(WAITED,         "waited",         0, 0)     \
    K(ACTION_BEGUN,   "action.begun",   0, 0)     \
    K(ACTION_ENDED,   "action.ended",   1, 0)     \
    K(ASKED,          "asked",          0, 0)     \
    K(ANSWERED,       "answered",       0, 0)     \
    K(LOCK_TAKEN,     "lock.taken",     0, 0)     \
    K(LOCK_STOLEN,    "lock.stolen",    0, 0)     \
    K(LOCK_RELEASED,  "lock.released",  0, 0)     \
    K(UNDONE,         "undone",         0, 0)     \
    K(KEPT,           "kept",           0, 0)     \
    K(SETTLED,        "settled",        0, 0)     \
    K(AMENDED,        "amended",        0, 0)     \
    K(STRUCK,         "struck",         0, 0)     \
    K(ERASED,         "erased",         0, 0)     \
    K(LISTED,         "listed",         0, 0)     \
    K(FORKED,         "forked",         0, 0)     \
    K(NUMBERED,       "numbered",       0, 0)     \
    K(PUBLISHED,      "published",      0, 0)

#define EVENT_CONSTANT(constant, name, listed, correctable) EVENT_##constant,
enum event_kind { EVENT_KINDS(EVENT_CONSTANT) EVENT_UNKNOWN /* a newer version's: kept, shown, skipped */ };
#undef EVENT_CONSTANT

struct event_kind_row {
    const char *name;
    bool listed, correctable;
};
extern const struct event_kind_row event_kinds[]; /* EVENT_UNKNOWN of them */

/* EVENT_UNKNOWN for a name that this version does not know. */
enum event_kind event_kind_from(const char *name, size_t length);

struct event {
    int64_t seq;
    int64_t at, early_ms, late_ms;
    int64_t recorded;
    const char *by, *uid;
    enum event_kind kind;
    const char *kind_name; /* as written: unknown kinds are shown by it */
    struct json data;      /* an object; at NULL when erased */
    const char *hash;      /* 64 hex digits: the event's name for ever */
    unsigned stream;       /* index into the incident's streams; 0 is our own */
    uint64_t offset;       /* of the line in its stream, for messages */
};

/* What a writer hands in; the store assigns seq, recorded, salt and hash. A draft
 * may name one that stands before it in the same append, though its hash is not
 * known yet: its data is then `data`, that hash, `rest`. */
struct draft {
    int64_t at;            /* INSTANT_NONE: the moment of writing */
    int64_t early_ms, late_ms;
    const char *by, *uid;
    enum event_kind kind;
    const char *data;      /* JSON object, compact, valid */
    const char *rest;
    size_t back;           /* how many places before; 0: `data` is whole */
};

/* The event in one line with its newline, chained to `previous` (64 digits).
 * Fills hash (65 bytes). `salt` is 32 hex digits. */
void event_write(struct text *out, const struct draft *d, int64_t seq, int64_t recorded,
                 const char *salt, const char *previous, char hash[SHA256_HEX + 1]);

enum event_line { EVENT_LINE_GOOD, EVENT_LINE_ERASED, EVENT_LINE_BAD };

/* Reads one line without its newline: form, digests, and the chain to
 * `previous` (NULL: whatever it chains to). `out->data` lies in the line
 * itself, its other strings in `keep`; `by` and `uid` are those of `before`
 * (NULL: none) where they are the same words. EVENT_LINE_ERASED is a good line
 * without its data: whether an `erased` allows that is the caller's to check.
 * `seq` and `recorded` are read, not judged. `why` gets words for EVENT_LINE_BAD. */
enum event_line event_read(struct event *out, const char *line, size_t length,
                           const char *previous, const struct event *before,
                           struct arena *keep, char why[128]);

/* The 64 zeros before a stream's first line. */
extern const char event_no_hash[];

#endif
