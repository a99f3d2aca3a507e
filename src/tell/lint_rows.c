/* lint_rows.c: the rows of a timeline: their order, and the stretches they tell. */
#include "tell/lint_inside.h"

#include <stdlib.h>
#include <string.h>

/* By how much a later row may show an earlier time: an hour, in the night in
 * which it comes twice. */
static int step_back(const struct linting *l)
{
    if (!l->zone || !l->day.year)
        return 0;
    int64_t start = zone_day_start(l->zone, l->day.year, l->day.month, l->day.day);
    return (zone_offset(l->zone, start, NULL) - zone_offset(l->zone, start + 2 * DAY_MS, NULL)) / 60;
}

static void check_order(struct linting *l, const struct part *t)
{
    int before = -1, allowed = step_back(l);
    for (size_t r = 0; r < t->rows; r++) {
        if (!t->row[r].cells)
            continue;
        const char *cell = t->row[r].cell[0];
        while (*cell == '*' || *cell == '~')
            cell++;
        int minute;
        if (!lint_clock(cell, cell, &minute)) {
            before = -1; /* another day, or no plain clock time: nothing to compare */
            continue;
        }
        if (minute < before && before - minute < 720 && before - minute > allowed)
            lint_add(l, t->row[r].line, "A10", 'E', arena_copy(l->keep, cell, 5), "",
                     "the rows are out of order: %02d:%02d comes after %02d:%02d", minute / 60,
                     minute % 60, before / 60, before % 60);
        before = minute;
    }
}

/* The stretches that rows open ("unreachable") and close ("reachable again"). */
static void check_rows(struct linting *l, const struct part *t, const struct total *total)
{
    static const char *const opens[] = { "unreachable", "is down", "cannot be reached", "attack wave",
                                         "new wave", "outage begins", "unavailable", NULL };
    static const char *const closes[] = { "reachable again", "operational", "answers everywhere",
                                          "works again", "recovered", "is up again", NULL };
    int since = -1;
    int64_t sum = 0;
    struct text working = text_new(l->keep);
    for (size_t r = 0; r < t->rows; r++) {
        int minute;
        const char *cell = t->row[r].cells > 1 ? t->row[r].cell[0] : "";
        cell += strspn(cell, "*");
        if (!lint_clock(cell, cell, &minute))
            continue;
        const char *words = t->row[r].cell[1];
        if (lint_has(words, strlen(words), closes)) {
            if (since >= 0 && minute >= since) {
                sum += (minute - since) * MINUTE_MS;
                text_print(&working, "%s%d", working.length ? " + " : "", minute - since);
            }
            since = -1;
        } else if (since < 0 && lint_has(words, strlen(words), opens)) {
            since = minute;
        }
    }
    if (total->line && !total->proven && working.length && llabs(sum - total->ms) >= MINUTE_MS)
        lint_add(l, total->line, "A2", 'W', lint_minutes(l->keep, total->ms), lint_minutes(l->keep, sum),
                 "the rows that say down and up again show %s (%s)", lint_minutes(l->keep, sum),
                 working.at);
}

void lint_rows(struct linting *l, const struct part *table, const struct total *total)
{
    check_order(l, table);
    if (total)
        check_rows(l, table, total);
}
