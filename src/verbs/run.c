/* run.c: run a runbook, and go on where it stopped. */
#include "play/check.h"
#include "verbs/audience.h"

#include <string.h>

/* What `check` finds to be wrong would stop it in the middle: it is not begun. */
static bool is_sound(struct desk *d, struct err *e)
{
    struct findings f = { .keep = d->keep };
    const struct finding *first = NULL;
    check_runbook(&f, &d->ws, d->word[0]);
    for (size_t i = 0; i < f.count; i++) {
        if (f.finding[i].severity != 'E')
            continue;
        if (f.finding[i].line == 0)
            return true; /* it cannot even be read: running it says why */
        if (first)
            desk_say(d, "%s:%d: %s", f.finding[i].file, f.finding[i].line, f.finding[i].message);
        first = first ? first : &f.finding[i];
    }
    if (!first)
        return true;
    err_hint(e, "mend it; tocsin check %s says whether it is right; nothing was begun", d->word[0]);
    return err_input(e, "%s:%d: %s", first->file, first->line, first->message);
}

bool verb_run(struct desk *d, struct err *e)
{
    struct audience audience = desk_audience(d);
    struct run_outcome outcome = { 0 };
    if (!desk_needs(d, 0, e) || !desk_acts(d, e) || !is_sound(d, e))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .runbook = d->word[0],
                                   .argument = d->word + 1, .audience = &audience,
                                   .over = desk_option(d, "over") };
    bool good = run_start(&outcome, &request, d->keep, e);
    if (good || outcome.run)
        run_outcome_json(d, &outcome);
    return good;
}

/* The one of the ways round a failure that was given; some want their reason. */
static bool override_of(struct override *out, struct desk *d, struct err *e)
{
    static const char *const ways[] = { "recorded", "from", "skip", "done", "rebind", NULL };
    *out = (struct override){ .because = desk_option(d, "because") };
    for (size_t i = 0; ways[i]; i++) {
        const char *value = desk_option(d, ways[i]);
        if (!value)
            continue;
        if (out->how)
            return err_usage(e, "--%s and --%s at once: choose one way round", out->how, ways[i]);
        out->how = ways[i];
        out->key = *value ? value : NULL;
    }
    if (out->how && !out->because && (text_equal(out->how, "skip") || text_equal(out->how, "rebind"))) {
        err_hint(e, "add --because \"...\": it stands in the record");
        return err_usage(e, "--%s needs a reason", out->how);
    }
    return true;
}

/* "R1 ip=192.0.2.1": the run, and what was done by hand. */
static const char *run_of(struct desk *d, struct override *round)
{
    const char *first = d->words ? d->word[0] : NULL;
    bool named = first && first[0] == 'R' && first[1] && strspn(first + 1, "0123456789") == strlen(first + 1);
    if (!text_equal(round->how, "done"))
        return first;
    round->text = desk_text(d, named ? 1 : 0);
    return named ? first : NULL;
}

bool verb_resume(struct desk *d, struct err *e)
{
    struct audience audience = desk_audience(d);
    struct run_outcome outcome = { 0 };
    struct override round;
    if (!desk_acts(d, e) || !override_of(&round, d, e) || (!text_equal(round.how, "done") && !desk_at_most(d, 1, e)))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .audience = &audience,
                                   .over = desk_option(d, "over") };
    const char *run = run_of(d, &round);
    bool good = run_resume(&outcome, &request, run, round.how ? &round : NULL, d->keep, e);
    if (good || outcome.run)
        run_outcome_json(d, &outcome);
    return good;
}
