/* lint_money.c: the allowance, what was used of it, and what is owed (rule C9). */
#define _GNU_SOURCE
#include "tell/lint_inside.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* "99.9% ... 43 minutes ... per month": recomputed for the month of the incident. */
static void check_allowance(struct linting *l, const struct sentence *s, int64_t *leaves)
{
    static const char *const month[] = { "month", "mois", NULL };
    const char *sign = memchr(s->at, '%', s->length), *percent = sign;
    if (!percent || !l->day.year || !lint_has(s->at, s->length, month))
        return;
    if (percent - s->at > 2 && !strncmp(percent - 2, "\u00a0", 2))
        percent -= 2; /* "99,9 %" */
    const char *number = percent;
    while (number > s->at && (isdigit((unsigned char)number[-1]) || number[-1] == '.' || number[-1] == ','))
        number--;
    if (percent - number > 12)
        return;
    int64_t whole = strtoll(number, NULL, 10), ppb = whole * 10000000, scale = 1000000;
    for (const char *d = number + strspn(number, "0123456789") + 1; d < percent && scale; d++, scale /= 10)
        ppb += (*d - '0') * scale;
    if (whole < 90 || ppb >= 1000000000)
        return;
    const char *zone = l->zone ? l->zone : "UTC";
    int64_t start = zone_day_start(zone, l->day.year, l->day.month, 1);
    int64_t end = zone_day_start(zone, l->day.year, l->day.month + 1, 1), ms;
    int64_t allowed = (int64_t)((__int128)(end - start) * (1000000000 - ppb) / 1000000000);
    *leaves = allowed;
    for (const char *c = sign; c < s->at + s->length; c++)
        if (lint_duration(c, s->at, &ms)) {
            if (llabs(ms - allowed) >= MINUTE_MS)
                lint_add(l, s->line, "C9", 'W', lint_minutes(l->keep, ms), lint_minutes(l->keep, allowed),
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
    bool several;                     /* contracts or periods: which is meant is not said beside each figure */
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
    if (memmem(s->at, s->length, "may be lost", 11) && allowed >= 0 && !m->several)
        m->allowed = allowed;
    int64_t used = memmem(s->at, s->length, " of it in ", 10) ? duration_after(s, " used ") : -1;
    const struct total *total = NULL;
    for (size_t i = 0; i < all->count && !total; i++)
        if (all->total[i].name && lint_same_name(l, &all->total[i], s))
            total = &all->total[i];
    if (used >= 0 && total && !lint_has(s->at, s->length, other)
        && llabs(used - total->ms) >= MINUTE_MS)
        lint_add(l, s->line, "A3", 'W', lint_minutes(l->keep, used), lint_minutes(l->keep, total->ms),
                 "%s of the allowance were used, the downtime in line %d is %s",
                 lint_minutes(l->keep, used), total->line, lint_minutes(l->keep, total->ms));
    static const char *const within[] = { "within the allowance", "was kept", "has been kept", NULL };
    if (used >= 0 && m->allowed >= 0 && used > m->allowed + MINUTE_MS && lint_has(s->at, s->length, within))
        lint_add(l, s->line, "C9", 'E', lint_minutes(l->keep, used), lint_minutes(l->keep, m->allowed),
                 "%s are not within the allowance of %s", lint_minutes(l->keep, used), lint_minutes(l->keep, m->allowed));
    int64_t beyond = used >= 0 && memmem(s->at, s->length, "more than allowed", 17)
                         ? duration_after(s, ", ") : -1;
    if (beyond >= 0 && m->allowed >= 0 && llabs(used - m->allowed - beyond) >= SECOND_MS * 3)
        lint_add(l, s->line, "C9", 'E', lint_minutes(l->keep, beyond),
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
    if (m->several || m->rate < 0 || m->credit < 0 || m->excess < 0)
        return;
    int64_t right = (int64_t)((__int128)m->rate * m->excess / HOUR_MS);
    int64_t slack = m->rate / 6000 + 2; /* the excess is said to a hundredth of a minute */
    if (llabs(right - m->credit) > slack)
        lint_add(l, m->line, "C9", 'E', arena_print(l->keep, "%" PRId64 ".%04" PRId64 "%%",
                 m->credit / 10000, m->credit % 10000), arena_print(l->keep, "%" PRId64 ".%04" PRId64
                 "%%", right / 10000, right % 10000), "the credit does not follow from %s and the "
                 "rate an hour", lint_minutes(l->keep, m->excess));
}

/* Does it speak of more than one allowance? An October that runs into November, two contracts. */
static bool says_several(struct linting *l)
{
    struct sentence s;
    int64_t first = -1;
    const char *at = NULL;
    int line;
    while (lint_sentence(l, &s, &at, &line)) {
        int64_t allowed = memmem(s.at, s.length, "may be lost", 11) ? duration_after(&s, " (") : -1;
        if (allowed >= 0 && first >= 0 && allowed != first)
            return true;
        first = first >= 0 ? first : allowed;
    }
    return false;
}

/* More was lost than allowed, and nothing says so. */
static void check_verdict(struct linting *l, const struct totals *all, int64_t allowed)
{
    static const char *const verdicts[] = { "more than allowed", "exceed", "breach", "not kept", "was kept", "not met",
                                            "was missed", "treat it as", "counts it as kept", "it was decided",
                                            "compensation is due", "credit for", "de plus que", "dépass",
                                            "n’a pas été tenu", "a été tenu", "nous le considérons", "avoir", NULL };
    const struct total *most = NULL;
    for (size_t i = 0; i < all->count; i++)
        if (!most || all->total[i].ms > most->ms)
            most = &all->total[i];
    if (allowed < 0 || !most || most->ms < allowed + MINUTE_MS / 4 || lint_has(l->plain, strlen(l->plain), verdicts))
        return;
    lint_add(l, most->line, "C9", 'W', lint_minutes(l->keep, most->ms), lint_minutes(l->keep, allowed),
             "%s of downtime are more than the allowance of %s, and nothing says whether the agreement was kept",
             lint_minutes(l->keep, most->ms), lint_minutes(l->keep, allowed));
}

void lint_money(struct linting *l, const struct totals *totals)
{
    struct sentence s;
    struct money money = { -1, -1, -1, -1, 0, says_several(l) };
    int64_t allowed = -1;
    const char *at = NULL;
    int line;
    while (lint_sentence(l, &s, &at, &line)) {
        check_allowance(l, &s, &allowed);
        check_money(l, &s, &money, totals);
    }
    check_credit(l, &money);
    check_verdict(l, totals, allowed);
}
