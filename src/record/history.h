/* history.h: an incident as people recorded it, turned into events. Pure.
 *
 * FILE     YAML. examples/spm-2025-001/history.yaml shows every key:
 *            title zone date by      of the whole
 *            entries                 each with `at`, and one or more of
 *              text                  the row that people read
 *              kind                  of the text: note (as it stands), alert, signal
 *              down up degraded unknown none   SERVICE: an edge of its impact
 *              lost                  of degraded: the share, as 25%
 *              phase                 detected ... closed
 *              did                   a change by hand: action, args, before, after, [target],
 *                                    [kept: why it stays]
 *              flood                 one that was named: ip, [kind: syn], [rate: packets a second]
 *              listed                false: no row of the report
 *            rates                   what was measured: service, from, [every: 1m], rpm: a
 *                                    list of requests a minute, "~" where there is none
 *            tasks                   text, owner, due
 *            links                   url, text
 *            prose                   SLOT: a text or a list of them (what only people know)
 *          A time of day is of `date`; "2025-03-12 09:00" names its own day,
 *          "2025-03-12" is known to the day only.
 * ORDER    Events come in the order of their moments, so that each names only
 *          events before it: by index here, by hash once they are written.
 * ERRORS   ERR_INPUT, file, line, column, and what was expected.
 */
#ifndef RECORD_HISTORY_H
#define RECORD_HISTORY_H

#include "record/config.h"
#include "record/event.h"

struct history_event {
    struct draft draft;      /* whole, or around the hash of ... */
    int refers;              /* ... the event of this index; -1: it names none */
    const char *action;      /* of action.begun: for whoever knows the contracts; else NULL */
    const char *change, *target, *args, *before;
    int line;                /* of the file */
};

struct history {
    const char *file, *title, *zone;
    int64_t start;           /* the earliest moment */
    const struct history_event *event;
    size_t events;
};

/* Services must be in `config`, whose zone counts where the file names none. */
bool history_parse(struct history *out, const char *file, const char *bytes, size_t length,
                   const struct config *config, struct arena *keep, struct err *e);

#endif
