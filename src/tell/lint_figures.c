/* lint_figures.c: recomputes durations, totals, the order of rows, allowances. */
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
        { "second", SECOND_MS },
    };
    if (at > start && (isalnum((unsigned char)at[-1]) || strchr(".,:-", at[-1])))
        return 0;
    size_t digits = strspn(at, "0123456789"), length = digits;
    if (!digits || digits > 6)
        return 0;
    int64_t thousandths = strtoll(at, NULL, 10) * 1000;
    if (at[length] == '.' && isdigit((unsigned char)at[length + 1])) {
        int64_t scale = 100;
        for (length++; isdigit((unsigned char)at[length]); length++, scale /= 10)
            thousandths += (at[length] - '0') * scale;
    }
    length += at[length] == ' ' || at[length] == '-';
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

/* --- lines of prose -------------------------------------------------------------------- */

struct sentence { const char *at; size_t length; int line; };

/* The next sentence outside tables and front matter: ends at ". " or the line's end. */
static bool next_sentence(struct sentence *s, const char **at, int *line)
{
    while (**at) {
        const char *start = *at;
        size_t n = strcspn(start, "\n");
        if (*start == '|' || n == 0) {
            *at += n + (start[n] == '\n');
            *line += start[n] == '\n';
            continue;
        }
        const char *stop = memmem(start, n, ". ", 2);
        size_t length = stop ? (size_t)(stop + 1 - start) : n;
        *s = (struct sentence){ start, length, *line };
        *at = start + length + (stop ? 1 : start[n] == '\n');
        *line += !stop && start[n] == '\n';
        return true;
    }
    return false;
}

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
    if (lint_has(s->at, s->length, lint_months))
        return; /* over days: the clock times alone do not say how long */
    int64_t real = (minute[1] - minute[0] + (minute[1] < minute[0] ? 1440 : 0)) * MINUTE_MS;
    if (llabs(real - stated) >= MINUTE_MS && !clocks_changed(l, minute, stated))
        lint_add(l, s->line, "A1", 'E', lint_minutes(l->keep, stated), lint_minutes(l->keep, real),
                 "from %02d:%02d to %02d:%02d is %s, not %s", minute[0] / 60, minute[0] % 60,
                 minute[1] / 60, minute[1] % 60, lint_minutes(l->keep, real), lint_minutes(l->keep, stated));
}

/* "13 + 13 + 10 + 5 + 8" beside a total: the total that it proves, or -1. */
static int64_t check_sum(struct linting *l, const struct sentence *s)
{
    int64_t proven = -1;
    int64_t stated = -1, ms;
    for (const char *c = s->at; c < s->at + s->length && stated < 0; c++)
        if (lint_duration(c, s->at, &ms))
            stated = ms;
    for (const char *c = s->at; c < s->at + s->length; c++) {
        if (!isdigit((unsigned char)*c) || (c > s->at && (isalnum((unsigned char)c[-1]) || c[-1] == '.')))
            continue;
        int64_t sum = 0;
        int terms = 0;
        const char *t = c;
        for (;;) {
            char *after;
            if (strspn(t, "0123456789") > 6)
                return -1; /* no minutes of anything */
            sum += strtoll(t, &after, 10) * MINUTE_MS;
            if (*after == '.')
                return -1; /* fractions: rounded, no sum to check */
            terms++;
            t = after;
            if (strncmp(t, " + ", 3) != 0 || !isdigit((unsigned char)t[3]))
                break;
            t += 3;
        }
        if (terms > 1 && stated >= 0 && llabs(sum - stated) >= MINUTE_MS)
            lint_add(l, s->line, "A5", 'E', lint_minutes(l->keep, stated), lint_minutes(l->keep, sum),
                     "the parts add up to %s, not %s", lint_minutes(l->keep, sum),
                     lint_minutes(l->keep, stated));
        else if (terms > 1 && sum == stated)
            proven = sum;
        c = t - 1;
    }
    return proven;
}

enum { MOST_TOTALS = 32 };
struct totals { struct total total[MOST_TOTALS]; size_t count; };

/* A stated total of the downtime; -1 where the sentence states none. */
static int64_t total_in(const struct sentence *s)
{
    static const char *const total[] = { "cumulative", "in all", "in total", "amounts to", "add up to",
                                         "total of", "en tout", NULL };
    static const char *const down[] = { "disrupt", "unavailab", "downtime", "outage", "unreachable",
                                        "interruption", "indisponib", "joignable", NULL };
    int64_t ms;
    if (!lint_has(s->at, s->length, total) || !lint_has(s->at, s->length, down))
        return -1;
    for (const char *c = s->at; c < s->at + s->length; c++)
        if (lint_duration(c, s->at, &ms))
            return ms;
    return -1;
}

/* The first `name` of a sentence: whose total it is. */
static void name_of(const struct sentence *s, const char **at, size_t *length)
{
    const char *open = memchr(s->at, '`', s->length);
    const char *close = open ? memchr(open + 1, '`', s->length - (size_t)(open + 1 - s->at)) : NULL;
    *at = close ? open + 1 : NULL;
    *length = close ? (size_t)(close - open - 1) : 0;
}

static bool same_name(const struct total *t, const struct sentence *s)
{
    const char *name;
    size_t length;
    name_of(s, &name, &length);
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
        if (!same_name(before, s))
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
        name_of(s, &t->name, &t->length);
    }
}

/* "99.9% ... 43 minutes ... per month": recomputed for the month of the incident. */
static void check_allowance(struct linting *l, const struct sentence *s)
{
    static const char *const month[] = { "month", "mois", NULL };
    const char *percent = memchr(s->at, '%', s->length);
    if (!percent || !l->day.year || !lint_has(s->at, s->length, month))
        return;
    const char *number = percent;
    while (number > s->at && (isdigit((unsigned char)number[-1]) || number[-1] == '.'))
        number--;
    int64_t whole = strtoll(number, NULL, 10), ppb = whole * 10000000;
    const char *dot = memchr(number, '.', (size_t)(percent - number));
    int64_t scale = 1000000;
    for (const char *d = dot ? dot + 1 : percent; d < percent && scale; d++, scale /= 10)
        ppb += (*d - '0') * scale;
    if (whole < 90 || ppb >= 1000000000)
        return;
    const char *zone = l->zone ? l->zone : "UTC";
    int64_t start = zone_day_start(zone, l->day.year, l->day.month, 1);
    int64_t end = zone_day_start(zone, l->day.year, l->day.month + 1, 1), ms;
    int64_t allowed = (int64_t)((__int128)(end - start) * (1000000000 - ppb) / 1000000000);
    for (const char *c = percent; c < s->at + s->length; c++)
        if (lint_duration(c, s->at, &ms)) {
            if (llabs(ms - allowed) >= MINUTE_MS)
                lint_add(l, s->line, "A6", 'W', lint_minutes(l->keep, ms), lint_minutes(l->keep, allowed),
                         "%.*s%% of that month (%d-%02d, %" PRId64 " hours in %s) leave %s, not %s",
                         (int)(percent - number), number, l->day.year, l->day.month,
                         (end - start) / HOUR_MS, zone, lint_minutes(l->keep, allowed),
                         lint_minutes(l->keep, ms));
            return;
        }
}

/* The first duration of a sentence behind a word; -1. */
static int64_t duration_after(const struct sentence *s, const char *word)
{
    int64_t ms;
    const char *at = memmem(s->at, s->length, word, strlen(word));
    for (const char *c = at; c && c < s->at + s->length; c++)
        if (lint_duration(c, s->at, &ms))
            return ms;
    return -1;
}

struct money {
    int64_t allowed, excess, rate, credit; /* ms, ms, and ten-thousandths of a percent; -1: not said */
    int line;
};

/* "0.368333%" behind a word, in ten-thousandths of a percent; -1. */
static int64_t share_after(const struct sentence *s, const char *word)
{
    const char *at = memmem(s->at, s->length, word, strlen(word));
    const char *percent = at ? memchr(at, '%', s->length - (size_t)(at - s->at)) : NULL;
    const char *number = percent;
    while (number && number > at && (isdigit((unsigned char)number[-1]) || number[-1] == '.'))
        number--;
    if (!number || number == percent || percent - number > 12)
        return -1;
    int64_t n = strtoll(number, NULL, 10) * 10000, scale = 1000;
    const char *dot = memchr(number, '.', (size_t)(percent - number));
    for (const char *d = dot ? dot + 1 : percent; d < percent && scale; d++, scale /= 10)
        n += (*d - '0') * scale;
    return n;
}

/* Our own documents say what was used of the allowance, what lies beyond it,
 * and the credit for that: one follows from the other. */
static void check_money(struct linting *l, const struct sentence *s, struct money *m,
                        const struct totals *all)
{
    static const char *const other[] = { "other incidents", NULL };
    int64_t allowed = duration_after(s, " (");
    if (memmem(s->at, s->length, "may be lost", 11) && allowed >= 0)
        m->allowed = allowed;
    int64_t used = memmem(s->at, s->length, " of it in ", 10) ? duration_after(s, " used ") : -1;
    const struct total *total = NULL;
    for (size_t i = 0; i < all->count && !total; i++)
        if (all->total[i].name && same_name(&all->total[i], s))
            total = &all->total[i];
    if (used >= 0 && total && !lint_has(s->at, s->length, other)
        && llabs(used - total->ms) >= MINUTE_MS)
        lint_add(l, s->line, "A3", 'W', lint_minutes(l->keep, used), lint_minutes(l->keep, total->ms),
                 "%s of the allowance were used, the downtime in line %d is %s",
                 lint_minutes(l->keep, used), total->line, lint_minutes(l->keep, total->ms));
    int64_t beyond = used >= 0 && memmem(s->at, s->length, "more than allowed", 17)
                         ? duration_after(s, ", ") : -1;
    if (beyond >= 0 && m->allowed >= 0 && llabs(used - m->allowed - beyond) >= SECOND_MS * 3)
        lint_add(l, s->line, "A4", 'E', lint_minutes(l->keep, beyond),
                 lint_minutes(l->keep, used - m->allowed), "%s less %s allowed are %s, not %s",
                 lint_minutes(l->keep, used), lint_minutes(l->keep, m->allowed),
                 lint_minutes(l->keep, used - m->allowed), lint_minutes(l->keep, beyond));
    int64_t rate = share_after(s, "is credited at "), credit = share_after(s, "The credit for ");
    m->rate = rate >= 0 ? rate : m->rate;
    if (credit >= 0 && memmem(s->at, s->length, "pro rata for", 12)) {
        m->credit = credit;
        m->excess = duration_after(s, "pro rata for");
        m->line = s->line;
    }
}

static void check_credit(struct linting *l, const struct money *m)
{
    if (m->rate < 0 || m->credit < 0 || m->excess < 0)
        return;
    int64_t right = (int64_t)((__int128)m->rate * m->excess / HOUR_MS);
    int64_t slack = m->rate / 6000 + 2; /* the excess is said to a hundredth of a minute */
    if (llabs(right - m->credit) > slack)
        lint_add(l, m->line, "A4", 'E', arena_print(l->keep, "%" PRId64 ".%04" PRId64 "%%",
                 m->credit / 10000, m->credit % 10000), arena_print(l->keep, "%" PRId64 ".%04" PRId64
                 "%%", right / 10000, right % 10000), "the credit does not follow from %s and the "
                 "rate an hour", lint_minutes(l->keep, m->excess));
}

void lint_figures(struct linting *l)
{
    struct sentence s;
    struct totals all = { 0 };
    struct money money = { -1, -1, -1, -1, 0 };
    const char *at = l->text;
    int line = 1;
    while (next_sentence(&s, &at, &line)) {
        check_span(l, &s);
        int64_t proven = check_sum(l, &s);
        check_total(l, &s, &all);
        for (size_t i = 0; i < all.count; i++)
            all.total[i].proven = all.total[i].proven || proven == all.total[i].ms;
        check_allowance(l, &s);
        check_money(l, &s, &money, &all);
    }
    check_credit(l, &money);
    for (size_t i = 0; i < l->document.parts; i++)
        if (l->document.part[i].kind == PART_TABLE) {
            /* rows do not say whose they are: they answer for one total only */
            lint_rows(l, &l->document.part[i], all.count == 1 ? &all.total[0] : NULL);
        }
}
