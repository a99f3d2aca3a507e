/* facts_inside.h: shared by the files that say the facts as data. */
#ifndef TELL_FACTS_INSIDE_H
#define TELL_FACTS_INSIDE_H

#include "tell/facts.h"
#include "tell/redact.h"

struct saying {
    const struct facts *f;
    const struct document_kind *kind;
    struct json_out *o;
    struct redaction redaction;
    struct arena *keep;
};

/* Redacted; texts never come as null: a template refuses what is not there. */
void facts_put(struct saying *s, const char *key, const char *text);
/* A row reads as a sentence: redacted, its first letter and its full stop. */
const char *facts_sentence(struct saying *s, const char *text);

/* What was done and said: changes, prose, tasks, runs, answers. */
void facts_put_deeds(struct saying *s);

#endif
