/* incident.h: what people see of an incident, folded from its events.
 *
 * A pure function of (journal, as-of). Corrections (amended, struck, listed)
 * are applied; entries stand in the order (at, seq, stream). Replay, ledger
 * and approvals fold the raw events instead (play/ledger.h) and never come
 * through here.
 * AS-OF    Events with `at` up to it, corrections whenever recorded; who it is
 *          (id, name, zone, when opened) is known even before that;
 *          INSTANT_NONE: all, and open windows run to `now`.
 */
#ifndef RECORD_INCIDENT_H
#define RECORD_INCIDENT_H

#include "base/instant.h"
#include "record/event.h"
#include "record/impact.h"
#include "record/store.h"

/* One event as corrected. */
struct entry {
    const struct event *event;    /* the raw one */
    const struct event *timed;    /* that, or the amendment that says when it was */
    int64_t at, early_ms, late_ms;
    const char *text;             /* what people read; never NULL, "" when there is nothing to say */
    const char *service;          /* of an impact; else NULL */
    const char *level;            /* "down", "up", ...; else NULL */
    const char *still;            /* of an "up" that leaves another impact: its level; else NULL */
    int64_t lost_ppb;
    bool listed, struck;
    const struct event *const *correction; /* amended, struck, listed, and strikes of those: oldest first */
    size_t corrections;
};

struct phase_row { const char *name; int64_t at; const struct entry *entry; };
struct task { const char *text, *owner, *due; bool done; const struct event *event; };

struct incident {
    const char *name, *id, *title, *zone, *lead, *phase, *number;
    bool drill, simulated, closed;
    int64_t severity;             /* 0: not graded */
    int64_t opened_at, as_of;
    const char *head;             /* hash of our stream's last event */
    const struct entry *entry;    /* all, struck ones too */
    size_t entries;
    struct windows windows;       /* by service and start */
    const struct phase_row *phase_row;
    size_t phases;
    const struct task *task;
    size_t tasks;
    const char *const *person;    /* who wrote, first come first; then NULL */
    int64_t said_at, next_due;    /* INSTANT_NONE: never */
    const char *warning;          /* damage and such; NULL: none */
    int64_t lost;                 /* events that damage took, before the rest was salvaged */
};

/* `services` names what the workspace knows (so that silence can be told from
 * "none"); ends with NULL. */
bool incident_fold(struct incident *out, const struct journal *j, int64_t as_of, int64_t now,
                   struct arena *keep, struct err *e);

/* The row's text for any event, ours or a newer version's: one line. */
const char *event_text(const struct event *ev, struct arena *keep);
/* Is that our sentence about it, and not a text that was recorded with it? */
bool event_text_is_computed(const struct event *ev, struct arena *keep);

/* The event that people mean by "12", "b:12" or a hash prefix of 8 and more.
 * ("last" is the verbs': what last means depends on who says it.)
 * ERR_USAGE with what there is. */
const struct event *journal_find(const struct journal *j, const char *word, struct err *e);
const struct event *journal_by_hash(const struct journal *j, const char *hash);

/* What was measured between two named moments; each is folded, never typed. */
enum figure_state { FIGURE_KNOWN, FIGURE_NOT_RECORDED, FIGURE_IMPOSSIBLE, FIGURE_BEFORE, FIGURE_PARTED };
struct figure {
    const char *name;             /* "time to identify" */
    enum figure_state state;
    int64_t ms;                   /* of FIGURE_KNOWN; of FIGURE_BEFORE so long before the first impact */
    int64_t most_ms;              /* of FIGURE_PARTED: from `ms` to this, as two people say different times */
    const struct entry *from, *to;
};
enum { FIGURES = 5 };
/* first impact -> detected, acknowledged, identified, mitigated, recovered.
 * `detected` is the first of: phase detected, alert, signal, the first impact
 * written down by a probe. `identified`: phase identified. `mitigated`: phase
 * mitigated. `recovered`: the end of the last window. Only what was detected can
 * lie before the impact (a warning): any other is an impossible order. */
/* Is this what detects something? Not struck. */
bool incident_detects(const struct entry *n, struct arena *scratch);
void incident_figures(struct figure out[FIGURES], const struct incident *i);

#endif
