/* chart.h: the picture of an incident, for a terminal and as SVG.
 *
 * LANES    One a service (its impact), one an IP (where it was: in the pool,
 *          out, led away), one for what was done and written down. All from
 *          the fold and the ledger, so that it cannot disagree with the text.
 * RATES    Below a service or an IP what was measured of it: requests a
 *          minute, packets a second. Each on a scale of its own, from 0. What
 *          nobody measured stays empty.
 * SAME     The same incident gives the same bytes; no font is measured.
 */
#ifndef TELL_CHART_H
#define TELL_CHART_H

#include "play/ledger.h"
#include "record/config.h"
#include "record/incident.h"
#include "tell/readings.h"
#include "tell/redact.h"
#include "tell/words.h"

enum lane_kind { LANE_SERVICE, LANE_IP, LANE_RATE, LANE_MARKS };

/* What a lane shows for a while. */
enum stay { STAY_DOWN, STAY_DEGRADED, STAY_UNKNOWN, STAY_POOL, STAY_OUT, STAY_WATCHED };

struct segment {
    int64_t start, end;
    enum stay stay;
    bool open;               /* goes on at as-of */
};

struct mark { int64_t at; char sign; const char *text, *text_fr; };

struct lane {
    enum lane_kind kind;
    const char *name;
    const char *said;        /* in words: "49 min down", "no impact", "nobody has said" */
    const char *said_fr;     /* the same in French */
    const struct segment *segment;
    size_t segments;
    const struct mark *mark;
    size_t marks;
    enum rate_unit unit;     /* of a LANE_RATE */
    const struct reading *reading;
    size_t readings;
    int64_t top;             /* the largest value, of what is usual too; at least 1 */
    int64_t apart_ms;        /* further apart, readings are points: what lay between, nobody saw */
    bool below;              /* the lane above has the same name */
};

struct picture {
    const char *title, *zone;
    int64_t start, end;      /* of the axis */
    int64_t first, last;     /* of what it shows */
    int64_t day_at;          /* of the day that it is about: the first impact, else first */
    const struct lane *lane;
    size_t lanes;
    bool simulated;
};

/* `ledger` and `config` may be NULL: then no IPs, and no silent services. */
void picture_fold(struct picture *out, const struct incident *i, const struct ledger *ledger,
                  const struct config *config, struct arena *keep);

/* The next moment at which the clock on the wall shows a multiple of `step`, whatever
 * the clocks did in between; of days, the next one's beginning. */
int64_t picture_tick_after(const struct picture *p, int64_t at, int64_t step);

/* Strikes out of its title and marks what no public document may say. */
void picture_redact(struct picture *p, struct redaction *r);

/* One line a lane, an axis below, `columns` wide at most. ASCII: for a screen
 * that shows nothing else. */
const char *picture_terminal(const struct picture *p, int columns, bool ascii, struct arena *keep);
/* A drawing of its own: light and dark, printable, with title and description. */
const char *picture_svg(const struct picture *p, const char *locale, struct arena *keep);

/* picture_fold() and picture_terminal() in one. */
const char *chart_terminal(const struct incident *i, const struct ledger *ledger,
                           const struct config *config, int columns, bool ascii, struct arena *keep);

#endif
