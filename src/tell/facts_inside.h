/* facts_inside.h: shared by the files that say the facts as data. */
#ifndef TELL_FACTS_INSIDE_H
#define TELL_FACTS_INSIDE_H

#include "tell/facts.h"
#include "tell/readings.h"
#include "tell/redact.h"

struct saying {
    const struct facts *f;
    const struct document_kind *kind;
    struct json_out *o;
    struct redaction *redaction;
    struct arena *keep;
};

/* Redacted; texts never come as null: a template refuses what is not there. */
void facts_put(struct saying *s, const char *key, const char *text);
/* A row reads as a sentence: redacted, its first letter and its full stop. */
const char *facts_sentence(struct saying *s, const char *text);

/* A stretch in which a service suffered. Rough: known to the minute, or less. */
struct outage {
    const char *service, *level;
    int64_t start, end, lost_ppb;
    bool open, start_rough, stop_rough;
};
static inline bool facts_rough(int64_t early_ms, int64_t late_ms)
{
    return early_ms + late_ms >= MINUTE_MS - SECOND_MS;
}

/* A moment beside the incident's first one, as far as it is known. */
const char *facts_when(const struct saying *s, int64_t at, int64_t early_ms, int64_t late_ms);

/* The windows of a service, of one level or (NULL) of all, as stretches. */
size_t facts_stretches(const struct suffering *s, const char *only, struct outage *list, struct arena *keep);
void facts_put_outages(struct saying *s, const char *key, const struct outage *list, size_t count);
/* "outages": of all services, by start, with detection and floods. */
void facts_put_all_outages(struct saying *s);

/* What was done and said: changes, prose, tasks, runs, answers. */
void facts_put_deeds(struct saying *s);

#endif
