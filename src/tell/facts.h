/* facts.h: everything that a document may say, gathered and then as data.
 *
 * Each figure is somebody else's fold (incident, sla, ledger); here they are
 * only brought together, so that a document cannot disagree with a screen.
 * The members of the data are described in templates/README.md.
 */
#ifndef TELL_FACTS_H
#define TELL_FACTS_H

#include "play/ledger.h"
#include "record/sla.h"
#include "tell/redact.h"
#include "tell/words.h"
#include "world/account.h"

/* What one service went through in this incident. */
/* Why a downtime is a range even where each time is exact. */
struct doubt {
    bool claimed;                      /* an exclusion that the contract knows is claimed */
    bool level;                        /* how much was lost in some window is not known, or disputed */
    bool voices;                       /* neither: those who watched it disagree */
};

struct suffering {
    const char *name;
    const struct sla_window *window;   /* of this incident, by start */
    size_t windows;
    /* Unions, of this incident alone; affected_ms is the one of all levels. */
    struct range down_ms, degraded_ms, unknown_ms, affected_ms;
    const char *const *members;        /* of a group of services; then NULL; none: it is no group */
    bool none;                         /* affirmed: no impact */
    bool open;
    const struct sla_result *sla;      /* each period that the incident touches */
    const struct doubt *doubt;         /* of each */
    size_t slas;
};

struct facts {
    const struct workspace *ws;
    const struct journal *journal;
    const struct incident *incident;
    struct ledger ledger;
    struct account account;
    const struct suffering *service;   /* all of the workspace, then others that were named */
    size_t services;
    int64_t first_at, last_at;         /* of what is listed and of the windows */
    int64_t day_at;                    /* of the day that it is about: the first impact, else first_at */
    int64_t recorded_at;               /* the newest event of the incident */
    int64_t as_of;                     /* what was asked for, else recorded_at: never the clock */
};

bool facts_gather(struct facts *out, const struct workspace *ws, const struct journal *journal,
                  const struct incident *incident, int64_t as_of, int64_t now,
                  struct arena *keep, struct err *e);

/* Did this incident cost the service something in that period? Of a group:
 * did its members suffer, and was it counted? */
bool facts_suffered(const struct facts *f, const struct suffering *s, const struct sla_result *r);
/* Do two people end an impact on it at different times? */
bool facts_parted(const struct suffering *s);

/* {"osc-fr1":2940000}: what each service suffered, in ms, as a publication
 * remembers it. */
const char *facts_affected(const struct facts *f, struct arena *keep);

/* What the document is, beside what happened. */
struct document_kind {
    const char *number;                /* "SPM-2025-001" */
    struct tongue tongue;
    int64_t date;                      /* modified_at */
    bool internal;                     /* everything, names too */
    bool changed;                      /* it says something new since it was published */
};

/* What `redaction` strikes out, the data does not hold. */
const char *facts_json(const struct facts *f, const struct document_kind *kind,
                       struct redaction *redaction, struct arena *keep);

/* "report/cause" -> "cause"; NULL for an event that is no prose. */
const char *prose_slot(const struct event *ev, struct arena *keep);

#endif
