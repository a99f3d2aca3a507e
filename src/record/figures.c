/* figures.c: what was measured between two moments (incident_figures in
 * incident.h). */
#include "record/incident.h"

#include <string.h>

static const struct entry *entry_of(const struct incident *i, const struct event *ev)
{
    for (size_t k = 0; k < i->entries; k++)
        if (i->entry[k].event == ev)
            return &i->entry[k];
    return NULL;
}

static const struct window *first_window(const struct incident *i)
{
    const struct window *first = NULL;
    for (size_t k = 0; k < i->windows.count; k++)
        if (!first || i->windows.window[k].start.at < first->start.at)
            first = &i->windows.window[k];
    return first;
}

/* The last end; NULL while one is open: it has not recovered. */
static const struct window *last_window(const struct incident *i)
{
    const struct window *last = NULL;
    for (size_t k = 0; k < i->windows.count; k++) {
        if (i->windows.window[k].open)
            return NULL;
        if (!last || i->windows.window[k].end.at > last->end.at)
            last = &i->windows.window[k];
    }
    return last;
}

bool incident_detects(const struct entry *n, struct arena *scratch)
{
    if (n->struck || !n->event->data.at)
        return false;
    switch ((int)n->event->kind) {
    case EVENT_ALERT: case EVENT_SIGNAL:
        return true;
    case EVENT_PHASE:
        return json_is(json_get(n->event->data, "phase"), "detected");
    case EVENT_IMPACT: {
        const char *basis = json_get_text(n->event->data, "basis", scratch);
        return basis && text_starts(basis, "probe:") && strcmp(n->level, "up")
            && strcmp(n->level, "none");
    }
    }
    return false;
}

static const struct entry *first_phase(const struct incident *i, const char *name)
{
    for (size_t k = 0; k < i->phases; k++)
        if (strcmp(i->phase_row[k].name, name) == 0)
            return i->phase_row[k].entry;
    return NULL;
}

static const struct entry *first_detection(const struct incident *i)
{
    struct arena scratch = arena_reserve(1 << 20), start = scratch;
    const struct entry *found = NULL;
    for (size_t k = 0; k < i->entries && !found; k++) {
        scratch = start;
        if (incident_detects(&i->entry[k], &scratch))
            found = &i->entry[k];
    }
    arena_release(start);
    return found;
}

static struct figure between(const char *name, const struct entry *from, int64_t start,
                             const struct entry *to, int64_t end)
{
    struct figure f = { name, FIGURE_NOT_RECORDED, 0, 0, from, to };
    if (!from || !to)
        return f;
    f.state = end < start ? FIGURE_IMPOSSIBLE : FIGURE_KNOWN;
    f.ms = end < start ? 0 : end - start;
    return f;
}

void incident_figures(struct figure out[FIGURES], const struct incident *i)
{
    static const char *const names[FIGURES] = {
        "time to detect", "time to acknowledge", "time to identify", "time to mitigate",
        "time to last recovery" };
    static const char *const phases[FIGURES] = {
        NULL, "acknowledged", "identified", "mitigated", NULL };
    const struct window *first = first_window(i), *last = last_window(i);
    const struct entry *from = first ? entry_of(i, first->opening) : NULL;
    int64_t start = first ? first->start.at : 0;
    for (int k = 0; k < FIGURES; k++) {
        const struct entry *to = phases[k] ? first_phase(i, phases[k]) : NULL;
        out[k] = between(names[k], from, start, to, to ? to->at : 0);
    }
    const struct entry *seen = first_detection(i);
    out[0] = between(names[0], from, start, seen, seen && seen->at > start ? seen->at : start);
    if (from && seen && seen->at + seen->late_ms < start - from->early_ms) { /* else nobody knows which was first */
        out[0].state = FIGURE_BEFORE;
        out[0].ms = start - seen->at;
    }
    const struct entry *over = last && last->closing ? entry_of(i, last->closing) : NULL;
    bool disordered = over && over->at + over->late_ms < last->start.at - last->start.early_ms;
    out[4] = between(names[4], from, start, over, disordered ? start - 1 : last ? last->end.at : 0);
    if (out[4].state == FIGURE_KNOWN && last->parted) {
        int64_t least = last->end.at - last->end.early_ms - start;
        out[4].state = FIGURE_PARTED;
        out[4].ms = least > 0 ? least : 0;
        out[4].most_ms = last->end.at + last->end.late_ms - start;
    }
}
