/* run.c: run a runbook, and go on where it stopped. */
#include "verbs/audience.h"

#include <string.h>

bool verb_run(struct desk *d, struct err *e)
{
    struct audience audience = desk_audience(d);
    struct run_outcome outcome = { 0 };
    if (!desk_needs(d, 0, e) || !desk_acts(d, e))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .runbook = d->word[0],
                                   .argument = d->word + 1, .audience = &audience,
                                   .over = desk_option(d, "over") };
    bool good = run_start(&outcome, &request, d->keep, e);
    if (good || outcome.run)
        run_outcome_json(d, &outcome);
    return good;
}

/* The one of the ways round a failure that was given; each wants its reason. */
static bool override_of(struct desk *d, const char **how, const char **key, const char **because,
                        struct err *e)
{
    static const char *const ways[] = { "recorded", "from", "skip", "done", "rebind", NULL };
    *how = *key = NULL;
    *because = desk_option(d, "because");
    for (size_t i = 0; ways[i]; i++) {
        const char *value = desk_option(d, ways[i]);
        if (!value)
            continue;
        if (*how)
            return err_usage(e, "--%s and --%s at once: choose one way round", *how, ways[i]);
        *how = ways[i];
        *key = *value ? value : NULL;
    }
    if (*how && !*because && (text_equal(*how, "skip") || text_equal(*how, "rebind"))) {
        err_hint(e, "add --because \"...\": it stands in the record");
        return err_usage(e, "--%s needs a reason", *how);
    }
    return true;
}

bool verb_resume(struct desk *d, struct err *e)
{
    struct audience audience = desk_audience(d);
    struct run_outcome outcome = { 0 };
    const char *how, *key, *because;
    if (!desk_at_most(d, 1, e) || !desk_acts(d, e) || !override_of(d, &how, &key, &because, e))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .audience = &audience,
                                   .over = desk_option(d, "over") };
    bool good = run_resume(&outcome, &request, d->words ? d->word[0] : NULL, how, key, because,
                           d->keep, e);
    if (good || outcome.run)
        run_outcome_json(d, &outcome);
    return good;
}
