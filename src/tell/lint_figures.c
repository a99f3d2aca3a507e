/* lint_figures.c: recomputes durations and totals (rules A of sentences). */
#define _GNU_SOURCE /* strcasestr */
#include "tell/lint_inside.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- reading ------------------------------------------------------------------------ */

size_t lint_clock(const char *at, const char *start, int *minute_of_day)
{
    if (at > start && (isalnum((unsigned char)at[-1]) || at[-1] == ':' || at[-1] == '.'))
        return 0;
    if (!isdigit((unsigned char)at[0]) || !isdigit((unsigned char)at[1]) || at[2] != ':'
        || !isdigit((unsigned char)at[3]) || !isdigit((unsigned char)at[4])
        || isdigit((unsigned char)at[5]))
        return 0;
    int hour = atoi(at), minute = atoi(at + 3);
    *minute_of_day = hour * 60 + minute;
    return hour < 24 && minute < 60 ? 5 : 0;
}

/* "49 minutes", "44.58 minutes", "2 hours 3 minutes", "90 seconds". */
size_t lint_duration(const char *at, const char *start, int64_t *ms)
{
    static const struct { const char *word; int64_t ms; } units[] = {
        { "hour", HOUR_MS }, { "heure", HOUR_MS }, { "minute", MINUTE_MS }, { "min", MINUTE_MS },
        { "seconde", SECOND_MS }, { "second", SECOND_MS },
    };
    if (at > start && (isalnum((unsigned char)at[-1]) || strchr(".,:-", at[-1])))
        return 0;
    size_t digits = strspn(at, "0123456789"), length = digits;
    if (!digits || digits > 6)
        return 0;
    int64_t thousandths = strtoll(at, NULL, 10) * 1000;
    bool comma = at[length] == ',' && strspn(at + length + 1, "0123456789") < 3; /* "44,58", not "1,000" */
    if ((at[length] == '.' || comma) && isdigit((unsigned char)at[length + 1])) {
        int64_t scale = 100;
        for (length++; isdigit((unsigned char)at[length]); length++, scale /= 10)
            thousandths += (at[length] - '0') * scale;
    }
    length += at[length] == ' ' || at[length] == '-' ? 1 : !strncmp(at + length, "\u00a0", 2) ? 2 : 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].word);
        if (strncasecmp(at + length, units[i].word, n) != 0)
            continue;
        length += n + (at[length + n] == 's');
        if (isalpha((unsigned char)at[length]))
            return 0;
        *ms = thousandths * units[i].ms / 1000;
        int64_t rest;
        size_t more = at[length] == ' ' ? lint_duration(at + length + 1, at + length + 1, &rest) : 0;
        if (more && rest < units[i].ms)
            *ms += rest, length += more + 1;
        return length;
    }
    return 0;
}

const char *lint_minutes(struct arena *keep, int64_t ms)
{
    if (ms % MINUTE_MS == 0)
        return arena_print(keep, "%" PRId64 " minutes", ms / MINUTE_MS);
    return arena_print(keep, "%" PRId64 ".%02" PRId64 " minutes", ms / MINUTE_MS,
                       ms % MINUTE_MS / 600);
}

/* --- sentences --------------------------------------------------------------------------- */

/* In the night in which the clocks change, the same two times lie further
 * apart, or nearer. */
static bool clocks_changed(const struct linting *l, const int minute[2], int64_t stated)
{
    int64_t at[2][2];
    int count[2];
    for (int i = 0; i < 2; i++) {
        struct civil c = l->day;
        c.hour = minute[i] / 60, c.minute = minute[i] % 60;
        count[i] = l->zone && l->day.year ? civil_instants(l->zone, c, at[i]) : 0;
    }
    for (int i = 0; i < count[0]; i++)
        for (int k = 0; k < count[1]; k++)
            if (llabs(at[1][k] - at[0][i] - stated) < MINUTE_MS)
                return true;
    return false;
}

/* "from 11:17 to 11:30" with one duration in the same sentence. */
static void check_span(struct linting *l, const struct sentence *s)
{
    int minute[3], clocks = 0, durations = 0;
    int64_t stated = 0, ms;
    for (const char *c = s->at; c < s->at + s->length; c++) {
        int m;
        if (lint_clock(c, s->at, &m)) {
            if (clocks < 3)
                minute[clocks] = m;
            clocks++;
            c += 4;
        } else if (lint_duration(c, s->at, &ms)) {
            stated = ms;
            durations++;
            c += lint_duration(c, s->at, &ms) - 1;
        }
    }
    static const char *const joins[] = { "from ", "de ", NULL };
    static const char *const other[] = { "before", "after", "later", "within", "avant", "après",
                                         "between", "between", "entre", "times", "least", NULL };
    if (clocks != 2 || durations != 1 || !lint_has(s->at, s->length, joins)
        || lint_has(s->at, s->length, other))
        return;
    struct civil day;
    for (const char *c = s->at; c < s->at + s->length; c++)
        if (lint_date(c, s->at, 2000, &day))
            return; /* over days: the clock times alone do not say how long */
    int64_t real = (minute[1] - minute[0] + (minute[1] < minute[0] ? 1440 : 0)) * MINUTE_MS;
    if (llabs(real - stated) >= MINUTE_MS && !clocks_changed(l, minute, stated))
        lint_add(l, s->line, "A1", 'E', lint_minutes(l->keep, stated), lint_minutes(l->keep, real),
                 "from %02d:%02d to %02d:%02d is %s, not %s", minute[0] / 60, minute[0] % 60,
                 minute[1] / 60, minute[1] % 60, lint_minutes(l->keep, real), lint_minutes(l->keep, stated));
}

/* The end of "13 + 13 + 10" that begins at `c`; NULL: it is no sum. */
static const char *sum_at(const char *c, int64_t *sum)
{
    int terms = 0;
    for (*sum = 0;;) {
        char *after;
        if (strspn(c, "0123456789") > 6)
            return NULL; /* no minutes of anything */
        *sum += strtoll(c, &after, 10) * MINUTE_MS;
        if (*after == '.')
            return NULL; /* fractions: rounded, no sum to check */
        terms++;
        if (strncmp(after, " + ", 3) != 0 || !isdigit((unsigned char)after[3]))
            return terms > 1 ? after : NULL;
        c = after + 3;
    }
}

/* "13 + 13 + 10 + 5 + 8" behind a total, or before it: the total that it
 * proves, or -1. */
static int64_t check_sum(struct linting *l, const struct sentence *s)
{
    int64_t proven = -1, before = -1;
    for (const char *c = s->at; c < s->at + s->length; c++) {
        int64_t sum, ms, stated = before;
        if (!isdigit((unsigned char)*c) || (c > s->at && (isalnum((unsigned char)c[-1]) || c[-1] == '.')))
            continue;
        const char *end = sum_at(c, &sum);
        size_t n = end ? 0 : lint_duration(c, s->at, &ms);
        if (n)
            before = ms;
        for (const char *d = end; end && stated < 0 && d < s->at + s->length; d++)
            if (lint_duration(d, s->at, &ms))
                stated = ms;
        if (end && stated >= 0 && llabs(sum - stated) >= MINUTE_MS)
            lint_add(l, s->line, "A5", 'E', lint_minutes(l->keep, stated), lint_minutes(l->keep, sum),
                     "the parts add up to %s, not %s", lint_minutes(l->keep, sum), lint_minutes(l->keep, stated));
        else if (end && stated >= 0)
            proven = stated;
        c += end ? (size_t)(end - c) - 1 : n ? n - 1 : strspn(c, "0123456789") - 1;
    }
    return proven;
}

/* A stated total of the downtime; -1 where the sentence states none. */
static int64_t total_in(const struct sentence *s)
{
    static const char *const total[] = { "cumulative", "in all", "in total", "amounts to", "add up to",
                                         "total of", "en tout", NULL };
    static const char *const down[] = { "disrupt", "unavailab", "downtime", "outage", "unreachable",
                                        "interruption", "indisponib", "joignable", NULL };
    int64_t ms;
    static const char *const allowances[] = { "allowed", "allowance", "may be lost", "at most", "autoris", NULL };
    if (!lint_has(s->at, s->length, total) || !lint_has(s->at, s->length, down) || lint_has(s->at, s->length, allowances))
        return -1;
    for (const char *c = s->at; c < s->at + s->length; c++)
        if (lint_duration(c, s->at, &ms))
            return ms;
    return -1;
}

/* The first `name` of a sentence: whose total it is. */
static void name_of(const struct linting *l, const struct sentence *s, const char **at, size_t *length)
{
    const char *written = lint_as_written(l, s->at), *open = memchr(written, '`', s->length);
    const char *close = open ? memchr(open + 1, '`', s->length - (size_t)(open + 1 - written)) : NULL;
    *at = close ? open + 1 : NULL;
    *length = close ? (size_t)(close - open - 1) : 0;
}

bool lint_same_name(const struct linting *l, const struct total *t, const struct sentence *s)
{
    const char *name;
    size_t length;
    name_of(l, s, &name, &length);
    return !name || !t->name || (length == t->length && memcmp(name, t->name, length) == 0);
}

/* Two totals of one service, or of no named one, have to be the same. */
static void check_total(struct linting *l, const struct sentence *s, struct totals *all)
{
    int64_t ms = total_in(s);
    if (ms < 0)
        return;
    for (size_t i = 0; i < all->count; i++) {
        const struct total *before = &all->total[i];
        if (!lint_same_name(l, before, s))
            continue;
        if (llabs(ms - before->ms) >= MINUTE_MS)
            lint_add(l, s->line, "A3", 'E', lint_minutes(l->keep, ms), "",
                     "the downtime is %s here and %s in line %d", lint_minutes(l->keep, ms),
                     lint_minutes(l->keep, before->ms), before->line);
        return;
    }
    if (all->count < MOST_TOTALS) {
        struct total *t = &all->total[all->count++];
        *t = (struct total){ .ms = ms, .line = s->line };
        name_of(l, s, &t->name, &t->length);
    }
}

/* "13 + 13 minutes between 11:17 and 11:30": the parts fit into the span. */
static void check_parts(struct linting *l, const struct sentence *s)
{
    int minute[3];
    size_t clocks = 0, terms = 0;
    int64_t sum = 0;
    for (const char *c = s->at; c < s->at + s->length; c++) {
        int m;
        if (lint_clock(c, s->at, &m)) {
            if (clocks < 2)
                minute[clocks] = m;
            clocks++, c += 4;
            continue;
        }
        size_t n = strspn(c, "0123456789");
        if (!n || (c > s->at && !strchr(" (", c[-1])))
            continue;
        bool joined = !strncmp(c + n, " + ", 3) || (c - s->at > 2 && !strncmp(c - 3, " + ", 3));
        if (joined && n < 6)
            sum += strtoll(c, NULL, 10) * MINUTE_MS, terms++;
        c += n - 1;
    }
    static const char *const joins[] = { "between ", "from ", "entre ", "de ", NULL };
    if (clocks != 2 || terms < 2 || !lint_has(s->at, s->length, joins))
        return;
    int64_t span = (minute[1] - minute[0] + (minute[1] < minute[0] ? 1440 : 0)) * MINUTE_MS;
    if (sum > span + MINUTE_MS)
        lint_add(l, s->line, "A4", 'E', lint_minutes(l->keep, sum), lint_minutes(l->keep, span),
                 "parts of %s do not fit between %02d:%02d and %02d:%02d", lint_minutes(l->keep, sum), minute[0] / 60,
                 minute[0] % 60, minute[1] / 60, minute[1] % 60);
}

/* "Time to detect: 12 minutes" is the difference of two rows. */
static void check_measured(struct linting *l, const struct sentence *s)
{
    static const char *const measures[] = { "time to detect", "time to acknowledge", "time to identify", "time to mitigate",
                                            "time to recover", "time to resolve", "time to restore", "TTD", "TTR", "MTTR",
                                            "MTTD", NULL };
    const char *what = lint_word(s->at, s->length, measures);
    int64_t ms = -1;
    for (const char *c = s->at; what && ms < 0 && c < s->at + s->length; c++)
        if (!lint_duration(c, s->at, &ms))
            ms = -1;
    if (!what || ms < 0 || l->stamps < 2 || !lint_spend(l, l->stamps * l->stamps / 8))
        return;
    for (size_t i = 0; i < l->stamps; i++)
        for (size_t k = i + 1; k < l->stamps; k++)
            if (llabs(llabs(l->stamp[k].at - l->stamp[i].at) - ms) <= MINUTE_MS)
                return;
    lint_add(l, s->line, "A7", 'E', lint_minutes(l->keep, ms), "", "no two rows of the timeline lie %s apart (%s)",
             lint_minutes(l->keep, ms), what);
}

/* "two hours", "half an hour", "20 minutes": words of numbers, too. */
static size_t told_span(const char *at, const char *start, int64_t *ms)
{
    static const struct { const char *word; int64_t count; } counts[] = {
        { "a quarter of an hour", -15 }, { "half an hour", -30 }, { "an hour and a half", -90 }, { "an ", 1 }, { "a ", 1 },
        { "one ", 1 }, { "two ", 2 }, { "three ", 3 }, { "four ", 4 }, { "five ", 5 }, { "six ", 6 }, { "seven ", 7 },
        { "eight ", 8 }, { "nine ", 9 }, { "ten ", 10 }, { "eleven ", 11 }, { "twelve ", 12 }, { "fifteen ", 15 },
        { "twenty ", 20 }, { "thirty ", 30 },
    };
    size_t n = lint_duration(at, start, ms);
    if (n || (at > start && isalpha((unsigned char)at[-1])))
        return n;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t w = strlen(counts[i].word);
        if (strncasecmp(at, counts[i].word, w) != 0)
            continue;
        *ms = -counts[i].count * MINUTE_MS;
        if (counts[i].count < 0)
            return w;
        bool hours = !strncmp(at + w, "hour", 4), minutes = !strncmp(at + w, "minute", 6);
        *ms = counts[i].count * (hours ? HOUR_MS : MINUTE_MS);
        w += hours ? 4 : 6;
        return hours || minutes ? w + (at[w] == 's') : 0;
    }
    return 0;
}

/* "At 11:17 ... Two hours later, at 11:40": the last clock time before, and
 * the next one behind. */
static void check_later(struct linting *l, const struct sentence *s, int *before)
{
    int64_t told = -1, ms;
    for (const char *c = s->at; c < s->at + s->length; c++) {
        int minute;
        if (lint_clock(c, s->at, &minute)) {
            int64_t real = (minute - *before + (minute < *before ? 1440 : 0)) * MINUTE_MS;
            int64_t off = llabs(real - told);
            if (told >= 0 && *before >= 0 && off * 10 > real && off > MINUTE_MS)
                lint_add(l, s->line, "A8", 'W', duration_words(l->keep, told), duration_words(l->keep, real),
                         "%02d:%02d is %s after %02d:%02d, not %s", minute / 60, minute % 60, duration_words(l->keep, real),
                         *before / 60, *before % 60, duration_words(l->keep, told));
            *before = minute, told = -1, c += 4;
            continue;
        }
        size_t n = told_span(c, s->at, &ms);
        if (!n)
            continue;
        told = !strncmp(c + n, " later", 6) ? ms : -1;
        c += n - 1;
    }
}

/* "Impact began: 11:17", "| resolved | 18:32 |": what comes before what. */
static void check_stages(struct linting *l)
{
    static const struct { const char *words[6]; } stages[] = {
        { { "impact began", "impact start", "start of impact", "outage start", "began", NULL } },
        { { "detected", "detection", NULL } },
        { { "mitigated", "mitigation", NULL } },
        { { "recovered", "recovery", "resolved", "end of impact", "impact ended", NULL } },
    };
    static const struct { int first, second; } orders[] = { { 0, 2 }, { 0, 3 }, { 1, 2 }, { 2, 3 } };
    int minute[4] = { -1, -1, -1, -1 }, line[4] = { 0 };
    for (size_t i = 0; i < l->lines; i++) {
        const char *c = l->start[i] + strspn(l->start[i], "|-* "), *colon = c + strcspn(c, ":|\n");
        int found;
        size_t gap = strspn(colon, ":|* ");
        if (*colon == '\n' || !*colon || colon - c > 40 || !lint_clock(colon + gap, c, &found))
            continue;
        for (int k = 0; k < 4; k++)
            if (minute[k] < 0 && lint_word(c, (size_t)(colon - c), stages[k].words))
                minute[k] = found, line[k] = (int)i + 1;
    }
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        int a = orders[i].first, b = orders[i].second;
        if (minute[a] >= 0 && minute[b] >= 0 && minute[b] < minute[a] && minute[a] - minute[b] < 720)
            lint_add(l, line[b], "A13", 'E', arena_print(l->keep, "%02d:%02d", minute[b] / 60, minute[b] % 60), "",
                     "'%s' at %02d:%02d comes before '%s' at %02d:%02d", stages[b].words[0], minute[b] / 60,
                     minute[b] % 60, stages[a].words[0], minute[a] / 60, minute[a] % 60);
    }
}

void lint_figures(struct linting *l, struct totals *totals)
{
    struct sentence s;
    const char *at = NULL;
    int line, before = -1;
    while (lint_sentence(l, &s, &at, &line)) {
        check_span(l, &s);
        int64_t proven = check_sum(l, &s);
        check_total(l, &s, totals);
        for (size_t i = 0; i < totals->count; i++)
            totals->total[i].proven = totals->total[i].proven || proven == totals->total[i].ms;
        check_parts(l, &s);
        check_measured(l, &s);
        check_later(l, &s, &before);
    }
    check_stages(l);
}
