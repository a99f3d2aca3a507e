/* lint_rows.c: the rows of a timeline: their order, and the stretches they tell. */
#define _GNU_SOURCE
#include "tell/lint_inside.h"

#include "record/rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- reading ------------------------------------------------------------------------- */

static const char *const timelines[] = { "timeline", "chronolog", "déroulé", NULL };

struct walk {
    struct linting *l;
    struct civil day;        /* that rows without one are of */
    size_t table;
    int64_t last;            /* INSTANT_NONE: none yet in this table */
};

static void take_row(struct walk *w, const char *line, size_t length, int number)
{
    struct linting *l = w->l;
    const char *zone = l->zone ? l->zone : "UTC";
    struct rows rows;
    struct err none = { 0 };
    if (!memchr(line, ':', length) && !memchr(line, 'h', length))
        return; /* no time of day: most lines */
    if (!rows_parse(&rows, line, length, zone, w->day, l->keep, &none) || !rows.count || !rows.row[0].has_time || rows.row[0].unknown)
        return;
    const struct row *r = &rows.row[0];
    bool about = r->until == INSTANT_NONE && r->when.early_ms + r->when.late_ms > MINUTE_MS;
    struct stamp s = { number, w->table, r->when.at, r->until, about, r->text, 0 };
    if (!r->said_day && w->last != INSTANT_NONE && s.at < w->last - DAY_MS / 2) { /* past midnight */
        s.at += DAY_MS;
        s.until += s.until == INSTANT_NONE ? 0 : DAY_MS;
    }
    struct civil day = civil_at(zone, s.at);
    w->day = (struct civil){ .year = day.year, .month = day.month, .day = day.day };
    w->last = s.at;
    s.minute = day.hour * 60 + day.minute;
    l->shown[s.minute] = true;
    if (s.until != INSTANT_NONE) {
        day = civil_at(zone, s.until);
        l->shown[day.hour * 60 + day.minute] = true;
    }
    l->stamp[l->stamps++] = s;
}

/* "- **16:58 UTC** - text" counts only below a heading that says timeline. */
static void take_list(struct walk *w, const struct section *s, struct civil first)
{
    bool listing = false;
    for (const char *c = s->at; c < s->end;) {
        size_t n = strcspn(c, "\n");
        bool item = (*c == '-' || *c == '*' || *c == '+') && c[1] == ' ';
        if (item && !listing)
            w->table++, w->last = INSTANT_NONE, w->day = first;
        if (item)
            take_row(w, lint_as_written(w->l, c), n, lint_line(w->l, c));
        listing = item || (listing && n == 0);
        c += n + (c[n] == '\n');
    }
}

void lint_read_rows(struct linting *l)
{
    struct civil first = l->day.year ? l->day : (struct civil){ .year = 2001, .month = 1, .day = 1 };
    struct walk w = { l, first, 0, INSTANT_NONE };
    l->stamp = arena_many(l->keep, struct stamp, l->lines + 1);
    for (size_t i = 0; i < l->document.parts; i++) {
        const struct part *p = &l->document.part[i];
        if (p->kind != PART_TABLE)
            continue;
        w.table++, w.last = INSTANT_NONE, w.day = first;
        for (size_t r = 0; r < p->rows; r++) {
            const char *line = lint_as_written(l, l->start[p->row[r].line - 1]);
            take_row(&w, line, strcspn(line, "\n"), p->row[r].line);
        }
    }
    const struct section *s = lint_section(l, timelines);
    if (s)
        take_list(&w, s, first);
}

/* --- order --------------------------------------------------------------------------------- */

static const char *hm(const struct linting *l, int64_t at)
{
    return instant_text(l->keep, l->zone ? l->zone : "UTC", at, FORM_HM);
}

static void check_order(struct linting *l)
{
    for (size_t i = 1; i < l->stamps; i++) {
        const struct stamp *a = &l->stamp[i - 1], *b = &l->stamp[i];
        int64_t back = a->at - b->at;
        bool fold = l->zone && zone_offset(l->zone, b->at - DAY_MS, NULL) > zone_offset(l->zone, b->at + DAY_MS, NULL);
        if (a->table != b->table || back <= 0 || a->about || b->about)
            continue;
        if (fold && back <= HOUR_MS)
            continue; /* an hour comes twice that night */
        lint_add(l, b->line, "A10", 'E', hm(l, b->at), "", "the rows are out of order: %s comes after %s", hm(l, b->at),
                 hm(l, a->at));
    }
}

/* --- what rows open and close --------------------------------------------------------------- */

static const char *const opens[] = { "unreachable", "is down", "goes down", "went down", "cannot be reached", "attack wave",
                                     "new wave", "outage begins", "unavailable", "injoignable", "indisponible", NULL };
static const char *const closes[] = { "reachable again", "operational", "answers everywhere", "answers again",
                                      "works again", "recovered", "is up again", "is back", "répond de nouveau",
                                      "rétabli", NULL };

static bool says(const struct stamp *s, const char *const *words)
{
    return lint_has(s->text, strlen(s->text), words);
}

/* "Still under attack, we take it out": it began with the row before, and ends here. */
static bool ends_at_once(const struct stamp *s)
{
    static const char *const still[] = { "still under attack", "has not stopped", "is still flooded", "toujours attaqué", NULL };
    static const char *const out[] = { "remov", "take it out", "taken out", "took it out", "retir", NULL };
    return says(s, still) && says(s, out);
}

/* The stretches that rows open ("unreachable") and close ("reachable again"),
 * against the one total that the document states. */
static void check_stretches(struct linting *l, const struct total *total)
{
    const struct stamp *since = NULL;
    int64_t sum = 0;
    struct text working = text_new(l->keep);
    for (size_t i = 0; i < l->stamps; i++) {
        const struct stamp *s = &l->stamp[i];
        if (since && since->table != s->table)
            since = NULL;
        bool at_once = !since && i && s[-1].table == s->table && ends_at_once(s);
        if (at_once)
            since = s - 1;
        if (at_once || says(s, closes)) {
            if (since) {
                sum += (s->at - since->at) / MINUTE_MS * MINUTE_MS;
                text_print(&working, "%s%lld", working.length ? " + " : "", (long long)((s->at - since->at) / MINUTE_MS));
            }
            since = NULL;
        } else if (!since && says(s, opens)) {
            since = s;
        }
    }
    if (since && since->table == l->stamp[l->stamps - 1].table && working.length)
        lint_add(l, since->line, "A11", 'W', hm(l, since->at), "",
                 "no row says that what began at %s was over", hm(l, since->at));
    else if (total && !total->proven && working.length && llabs(sum - total->ms) >= MINUTE_MS)
        lint_add(l, total->line, "A2", 'W', lint_minutes(l->keep, total->ms), lint_minutes(l->keep, sum),
                 "the rows that say down and up again show %s (%s)", lint_minutes(l->keep, sum), working.at);
}

static const char *const down_words[] = { "disrupt", "unavailab", "downtime", "outage", "unreachable", "interruption",
                                          "disturbance", "indisponib", "joignable", "perturbation", NULL };

/* "down from 11:17 to 11:30": both edges have their rows. */
static void check_edges(struct linting *l, const struct sentence *s)
{
    static const char *const joins[] = { "from ", "de ", NULL }, *const tos[] = { " to ", " à ", NULL };
    if (!lint_has(s->at, s->length, down_words) || !lint_has(s->at, s->length, joins))
        return;
    for (const char *c = s->at; c < s->at + s->length; c++) {
        int minute[2];
        size_t n = lint_clock(c, s->at, &minute[0]), gap = 0;
        for (size_t i = 0; n && tos[i] && !gap; i++)
            gap = !strncmp(c + n, tos[i], strlen(tos[i])) ? strlen(tos[i]) : 0;
        if (!gap || !lint_clock(c + n + gap, s->at, &minute[1]))
            continue;
        for (int i = 0; i < 2; i++)
            if (!l->shown[minute[i]])
                lint_add(l, s->line, "A12", 'W', arena_print(l->keep, "%02d:%02d", minute[i] / 60, minute[i] % 60), "",
                         "no row of the timeline shows %02d:%02d, where an impact %s", minute[i] / 60, minute[i] % 60,
                         i ? "ends" : "begins");
        c += n + gap + 4;
    }
}

/* Long words of a row that a sentence uses, too. */
static size_t shared_words(const struct sentence *s, const char *text)
{
    size_t shared = 0;
    for (const char *c = text; *c;) {
        size_t n = 0;
        while (isalpha((unsigned char)c[n]))
            n++;
        if (n >= 6 && n < 64) {
            char word[64] = "";
            memcpy(word, c, n);
            shared += lint_word_at(s->at, s->length, word) != SIZE_MAX;
        }
        c += n ? n : 1;
    }
    return shared;
}

/* One clock time in a sentence that no row has, about what a row tells at
 * another time, less than an hour away. */
static void check_told_time(struct linting *l, const struct sentence *s)
{
    int minute = -1, other;
    size_t clocks = 0;
    for (const char *c = s->at; c < s->at + s->length; c++)
        if (lint_clock(c, s->at, &other))
            minute = other, clocks++, c += 4;
    if (clocks != 1 || l->shown[minute])
        return;
    const struct stamp *best = NULL;
    size_t most = 2, second = 0;
    for (size_t i = 0; i < l->stamps; i++) {
        if (abs(l->stamp[i].minute - minute) >= 60 || !lint_spend(l, 50))
            continue;
        size_t shared = shared_words(s, l->stamp[i].text);
        if (shared > most)
            second = best ? most : 0, most = shared, best = &l->stamp[i];
        else if (shared > second)
            second = shared;
    }
    if (best && second < most)
        lint_add(l, s->line, "A9", 'W', arena_print(l->keep, "%02d:%02d", minute / 60, minute % 60), hm(l, best->at),
                 "line %d tells this at %s, not at %02d:%02d", best->line, hm(l, best->at), minute / 60, minute % 60);
}

/* What is begun is ended, in words that come in pairs. */
static void check_pairs(struct linting *l)
{
    static const struct { const char *begins[4], *ends[4]; const char *expected; } pairs[] = {
        { { "paused", "pause", "suspended", NULL }, { "resumed", "resume", "resumes", NULL }, "resumed" },
        { { "detached", "detach", "detaches", NULL }, { "attached", "reattached", "re-attached", NULL }, "attached" },
        { { "blocked", "block", "blocks", NULL }, { "unblocked", "unblock", "unblocks", NULL }, "unblocked" },
        { { "disabled", "disable", "disables", NULL }, { "enabled", "re-enabled", "reenabled", NULL }, "enabled" },
    };
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        const struct stamp *begun = NULL;
        const char *word = NULL;
        bool ended = false;
        for (size_t i = 0; i < l->stamps; i++) {
            const char *text = l->stamp[i].text, *found = lint_word(text, strlen(text), pairs[p].begins);
            if (found && !begun)
                begun = &l->stamp[i], word = found;
            ended = ended || lint_word(text, strlen(text), pairs[p].ends);
        }
        if (begun && !ended)
            lint_add(l, begun->line, "A14", 'W', word, pairs[p].expected, "'%s' here, and no row says '%s'", word, pairs[p].expected);
    }
}

/* A downtime cannot be longer than the timeline that tells of it. */
static void check_longest(struct linting *l, const struct totals *totals)
{
    int64_t longest = 0;
    for (size_t i = 0, first = 0; i < l->stamps; i++) {
        first = l->stamp[i].table == l->stamp[first].table ? first : i;
        int64_t end = l->stamp[i].until == INSTANT_NONE ? l->stamp[i].at : l->stamp[i].until;
        longest = end - l->stamp[first].at > longest ? end - l->stamp[first].at : longest;
    }
    for (size_t i = 0; longest && i < totals->count; i++)
        if (totals->total[i].ms > longest + MINUTE_MS)
            lint_add(l, totals->total[i].line, "A6", 'E', lint_minutes(l->keep, totals->total[i].ms),
                     lint_minutes(l->keep, longest), "%s of downtime do not fit into a timeline of %s",
                     lint_minutes(l->keep, totals->total[i].ms), lint_minutes(l->keep, longest));
}

/* "14:??", "~14:30" and "--:--" stay as they are: nobody knows better. */
static void check_unknown(struct linting *l)
{
    for (size_t i = 0; i < l->document.parts; i++)
        for (size_t r = 0; l->document.part[i].kind == PART_TABLE && r < l->document.part[i].rows; r++) {
            const struct table_row *row = &l->document.part[i].row[r];
            const char *cell = row->cells ? row->cell[0] : "";
            cell += strspn(cell, "* ");
            if (*cell && strlen(cell) < 40 && (strstr(cell, "??") || strstr(cell, "--:--") || strchr(cell, '~')))
                lint_add(l, row->line, "C5", 'I', arena_copy(l->keep, cell, strcspn(cell, "*")), "",
                         "a time that nobody knows better: kept as it is");
        }
}

static void check_row_words(struct linting *l)
{
    static const char *const regrets[] = { "should have", "could have", "would have", "if only", "had we", "aurait dû",
                                           "aurions dû", "auraient dû", "aurait pu", NULL };
    for (size_t i = 0; i < l->stamps; i++) {
        const char *text = l->stamp[i].text, *found = lint_word(text, strlen(text), regrets);
        if (found)
            lint_add(l, l->stamp[i].line, "E3", 'W', found, "",
                     "'%s': a timeline says what happened, not what might have", found);
    }
}

void lint_rows(struct linting *l, const struct totals *totals)
{
    struct sentence s;
    const char *at = NULL;
    int line;
    check_unknown(l);
    if (!l->stamps)
        return;
    check_order(l);
    /* Rows do not say whose they are: they answer for one total only. */
    check_stretches(l, totals->count == 1 ? &totals->total[0] : NULL);
    check_longest(l, totals);
    check_pairs(l);
    check_row_words(l);
    while (lint_sentence(l, &s, &at, &line)) {
        check_edges(l, &s);
        check_told_time(l, &s);
    }
}
