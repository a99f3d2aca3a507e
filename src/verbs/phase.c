/* phase.c: phase, title, severity, lead: what kind of incident this is, and
 * how far it has come. */
#include "verbs/record.h"

#include "play/ledger.h"
#include "play/run.h"

#include <stdlib.h>

static const char *const phases[] = { "detected", "acknowledged", "identified", "mitigated",
                                      "monitoring", "resolved", "closed", NULL };

/* What keeps an incident from being closed, in words; NULL: nothing. */
static const char *still_open(struct desk *d, struct err *e)
{
    for (size_t i = 0; i < d->incident.windows.count; i++)
        if (d->incident.windows.window[i].open) {
            err_hint(e, "tocsin up %s", d->incident.windows.window[i].service);
            return arena_print(d->keep, "'%s' is still down", d->incident.windows.window[i].service);
        }
    struct ledger ledger;
    ledger_fold(&ledger, &d->journal, 1, d->keep);
    for (size_t i = 0; i < ledger.targets; i++)
        if (ledger.target[i].changed) {
            err_hint(e, "tocsin restore   lists what is changed; 'tocsin keep CHANGE --because TEXT' lets one stay");
            return arena_print(d->keep, "'%s' is still changed", ledger.target[i].name);
        }
    const struct run_view *run;
    size_t runs;
    if (!runs_fold(&run, &runs, &d->ws, &d->journal, d->keep, e))
        return "the runs cannot be read";
    for (size_t i = 0; i < runs; i++)
        if (!text_equal(run[i].state, "ended")) {
            err_hint(e, "tocsin resume %s, or tocsin abandon %s --why TEXT", run[i].run, run[i].run);
            return arena_print(d->keep, "run '%s' is %s", run[i].run, run[i].state);
        }
    return NULL;
}

bool verb_phase(struct desk *d, struct err *e)
{
    struct moment m;
    if (!desk_needs(d, 0, e) || !desk_moment(&m, d, d->words - 1, e) || !desk_needs(d, 0, e) ||
        !desk_at_most(d, 1, e))
        return false;
    const char *phase = d->word[0];
    size_t i = 0;
    while (phases[i] && !text_equal(phases[i], phase))
        i++;
    if (!phases[i]) {
        const char *near = text_nearest(phase, phases);
        if (near)
            err_hint(e, "did you mean '%s'?", near);
        return err_usage(e, "there is no phase '%s': detected, acknowledged, identified, mitigated, "
                            "monitoring, resolved or closed", phase);
    }
    if (text_equal(phase, d->incident.phase) && m.at == INSTANT_NONE) {
        desk_echo(d, "the phase is '%s' already", phase);
        return true;
    }
    if (text_equal(phase, "closed")) {
        const char *why = still_open(d, e);
        if (why)
            return err_failed(e, "%s cannot be closed: %s", d->name, why);
    } else if (d->incident.closed &&
               !desk_confirm(d, arena_print(d->keep, "%s is closed: reopen it?", d->name), e)) {
        return false;
    }
    const char *was = d->incident.phase;
    if (!record_pair(d, &m, EVENT_PHASE, "phase", phase, e) || !desk_refresh(d, e))
        return false;
    if (text_equal(d->incident.phase, phase))
        desk_echo(d, "phase: %s (was %s)", phase, was);
    else /* backdated: something later was said already */
        desk_echo(d, "phase: %s, then; it is '%s' since", phase, d->incident.phase);
    return true;
}

bool verb_title(struct desk *d, struct err *e)
{
    if (!desk_needs_text(d, 0, e) || !record_pair(d, NULL, EVENT_TITLED, "title", desk_text(d, 0), e))
        return false;
    desk_echo(d, "title: %s", desk_text(d, 0));
    return true;
}

bool severity_record(struct desk *d, const char *typed, struct err *e)
{
    char *end;
    long n = strtol(typed, &end, 10);
    if (*end || end == typed || n < 1 || n > 5)
        return err_usage(e, "found severity '%s', expected 1 (worst) to 5", typed);
    return desk_append(d, NULL, EVENT_SEVERITY, arena_print(d->keep, "{\"severity\":%ld}", n), NULL, e);
}

bool verb_severity(struct desk *d, struct err *e)
{
    if (!desk_needs(d, 0, e) || !desk_at_most(d, 1, e) || !severity_record(d, d->word[0], e))
        return false;
    desk_echo(d, "severity %s", d->word[0]);
    return true;
}

bool verb_lead(struct desk *d, struct err *e)
{
    if (!desk_needs_text(d, 0, e) || !record_pair(d, NULL, EVENT_LEAD, "name", desk_text(d, 0), e))
        return false;
    desk_echo(d, "%s leads", desk_text(d, 0));
    return true;
}
