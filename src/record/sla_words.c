/* sla_words.c: see sla_words.h. */
#include "record/sla_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A number with decimals, without the zeros at its end. */
static const char *trimmed(struct arena *keep, int64_t whole, int64_t part, int decimals)
{
    char *text = decimals ? arena_print(keep, "%" PRId64 ".%0*" PRId64, whole, decimals, part)
                          : arena_print(keep, "%" PRId64, whole);
    size_t end = strlen(text);
    if (!decimals)
        return text;
    while (text[end - 1] == '0')
        end--;
    if (text[end - 1] == '.')
        end--;
    text[end] = '\0';
    return text;
}

const char *ppb_percent(struct arena *keep, int64_t ppb, int decimals)
{
    int64_t unit = 10000000; /* one per cent */
    for (int i = 0; i < decimals; i++)
        unit /= 10;
    int64_t scale = 10000000 / unit, cut = ppb / unit;
    return arena_print(keep, "%s %%", trimmed(keep, cut / scale, cut % scale, decimals));
}

const char *sla_minutes(struct arena *keep, int64_t ms)
{
    if (ms >= 10 * MINUTE_MS || ms % MINUTE_MS == 0)
        return arena_print(keep, "%" PRId64 " min", (ms + MINUTE_MS / 2) / MINUTE_MS);
    return sla_seconds(keep, ms);
}

const char *sla_seconds(struct arena *keep, int64_t ms)
{
    if (!ms)
        return "0 min";
    int64_t seconds = (ms + SECOND_MS / 2) / SECOND_MS;
    if (seconds < 60)
        return arena_print(keep, "%" PRId64 " s", seconds);
    if (seconds % 60 == 0)
        return arena_print(keep, "%" PRId64 " min", seconds / 60);
    return arena_print(keep, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
}

bool sla_rounded(const struct sla_result *r, struct arena *keep)
{
    int64_t *part = arena_many(keep, int64_t, r->windows + 1);
    for (size_t i = 0; i < r->windows; i++)
        part[i] = r->window[i].counted_ms;
    return durations_rounded(part, r->windows, r->downtime_ms.nominal);
}

static const char *hundredths(struct arena *keep, int64_t ms)
{
    int64_t n = (ms * 100 + MINUTE_MS / 2) / MINUTE_MS;
    return trimmed(keep, n / 100, n % 100, 2);
}

const char *sla_hundredths(struct arena *keep, int64_t ms)
{
    return arena_print(keep, "%s min", hundredths(keep, ms));
}

static bool is_one(struct range r)
{
    return r.low == r.nominal && r.nominal == r.high;
}

const char *sla_range_minutes(struct arena *keep, struct range r)
{
    if (is_one(r))
        return "";
    int64_t low = (r.low + MINUTE_MS / 2) / MINUTE_MS, high = (r.high + MINUTE_MS / 2) / MINUTE_MS;
    if (r.high - r.low < SECOND_MS)
        return ""; /* finer than what is said of the value itself */
    if (r.high < 10 * MINUTE_MS || low == high) /* rounded, as the value beside it is */
        return arena_print(keep, "%s to %s", duration_clock(keep, r.low + SECOND_MS / 2),
                           duration_clock(keep, r.high + SECOND_MS / 2));
    return arena_print(keep, "%" PRId64 " to %" PRId64 " min", low, high);
}

const char *sla_range_hundredths(struct arena *keep, struct range r)
{
    return is_one(r) ? "" : arena_print(keep, "%s to %s min", hundredths(keep, r.low),
                                        hundredths(keep, r.high));
}

const char *sla_range_percent(struct arena *keep, struct range r, int decimals)
{
    if (is_one(r))
        return "";
    return arena_print(keep, "%s to %s", ppb_percent(keep, r.low, decimals),
                       ppb_percent(keep, r.high, decimals));
}

const char *sla_hours(struct arena *keep, int64_t ms)
{
    int64_t n = ms / (HOUR_MS / 100);
    return arena_print(keep, "%s h", trimmed(keep, n / 100, n % 100, 2));
}

const char *period_words(struct arena *keep, struct period p)
{
    static const char *const months[] = {
        "January", "February", "March", "April", "May", "June", "July", "August",
        "September", "October", "November", "December" };
    static const char *const quarters[] = { "first", "second", "third", "fourth" };
    int year = 0, part = 0, days = 0, used = 0;
    char date[11] = "";
    if (sscanf(p.name, "%10[0-9-]/%dd", date, &days) == 2)
        return arena_print(keep, "the %d days to %s", days, date);
    if (sscanf(p.name, "%d-Q%d", &year, &part) == 2 && part >= 1 && part <= 4)
        return arena_print(keep, "the %s quarter of %d", quarters[part - 1], year);
    if (sscanf(p.name, "%4d-%2d%n", &year, &part, &used) == 2 && !p.name[used] && part >= 1
        && part <= 12)
        return arena_print(keep, "%s %d", months[part - 1], year);
    return p.name;
}

const char *policy_period_words(struct arena *keep, const struct policy *p)
{
    switch (p->period) {
    case PERIOD_MONTH:
        return "a calendar month";
    case PERIOD_QUARTER:
        return "a calendar quarter";
    case PERIOD_YEAR:
        return "a calendar year";
    case PERIOD_ROLLING:
        return arena_print(keep, "over %" PRId64 " days", p->rolling_days);
    }
    return "";
}

static const char *tier_words(struct arena *keep, const struct policy *p)
{
    struct text t = text_new(keep);
    for (size_t i = 0; i < p->tiers; i++)
        text_print(&t, "%s%s below %s", i ? ", " : "", ppb_percent(keep, p->tier[i].credit_ppb, 7),
                   ppb_percent(keep, p->tier[i].below_ppb, 7));
    return t.at;
}

const char *policy_credit_words(struct arena *keep, const struct policy *p)
{
    const char *share = ppb_percent(keep, p->credit_ppb, 7);
    const char *cap = p->cap_ppb ? arena_print(keep, ", at most %s", ppb_percent(keep, p->cap_ppb, 7))
                                 : "";
    switch (p->credit) {
    case CREDIT_NONE:
        return "none";
    case CREDIT_PRO_RATA:
        return arena_print(keep, "%s per hour beyond, pro rata%s", share, cap);
    case CREDIT_STARTED:
        return arena_print(keep, "%s per started hour beyond%s", share, cap);
    case CREDIT_COMPLETED:
        return arena_print(keep, "%s per completed hour beyond%s", share, cap);
    case CREDIT_TIERS:
        return arena_print(keep, "%s%s", tier_words(keep, p), cap);
    }
    return "none";
}

static void put_range(struct json_out *o, const char *key, struct range r)
{
    json_open(o, key, '{');
    json_put_int(o, "low", r.low);
    json_put_int(o, "nominal", r.nominal);
    json_put_int(o, "high", r.high);
    json_close(o, '}');
}

static void put_windows(struct json_out *o, const struct sla_result *r, struct arena *keep)
{
    json_open(o, "windows", '[');
    for (size_t i = 0; i < r->windows; i++) {
        const struct sla_window *row = &r->window[i];
        const struct window *w = row->window;
        json_open(o, NULL, '{');
        json_put(o, "id", w->id);
        json_put(o, "incident", w->incident);
        json_put(o, "start", instant_utc(keep, row->start));
        json_put(o, "end", instant_utc(keep, row->end));
        json_put(o, "level", impact_level_names[w->level]);
        if (w->level == IMPACT_DEGRADED && w->lost_ppb >= 0)
            json_put_int(o, "lost_ppb", w->lost_ppb);
        else
            json_put_raw(o, "lost_ppb", "null", 4);
        json_put(o, "basis", w->basis);
        json_put_int(o, "counted_ms", row->counted_ms);
        json_put(o, "service", w->service);
        json_put_bool(o, "counts", row->counts);
        json_put_bool(o, "open", w->open);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_flags(struct json_out *o, const struct sla_result *r, struct arena *keep)
{
    json_open(o, "exclusions", '[');
    for (size_t i = 0; i < r->flags; i++) {
        const struct sla_flag *f = &r->flag[i];
        json_open(o, NULL, '{');
        json_put(o, "kind", f->stretch->kind);
        json_put(o, "why", f->stretch->why);
        json_put(o, "start", instant_utc(keep, f->start));
        json_put(o, "end", instant_utc(keep, f->end));
        json_put_bool(o, "in_the_contract", f->known);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_credit(struct json_out *o, const struct sla_result *r)
{
    json_open(o, "credit_ppb", '{');
    put_range(o, "pro_rata", r->pro_rata_ppb);
    put_range(o, "started_hour", r->started_ppb);
    put_range(o, "completed_hour", r->completed_ppb);
    put_range(o, "policy", r->credit_ppb);
    json_close(o, '}');
}

void sla_json(struct json_out *o, const struct sla_result *r, struct arena *keep)
{
    json_put(o, "service", r->service);
    json_put(o, "policy", r->policy ? r->policy->name : NULL);
    json_open(o, "period", '{');
    json_put(o, "name", r->period.name);
    json_put(o, "start", instant_utc(keep, r->period.start));
    json_put(o, "end", instant_utc(keep, r->period.end));
    json_put_int(o, "ms", r->period.end - r->period.start);
    json_close(o, '}');
    put_windows(o, r, keep);
    put_range(o, "downtime_ms", r->downtime_ms);
    json_put_int(o, "allowed_ms", r->allowed_ms);
    put_range(o, "excess_ms", r->excess_ms);
    put_range(o, "availability_ppb", r->availability_ppb);
    json_put(o, "breach", verdict_names[r->breach]);
    json_put(o, "settled", r->settled);
    put_credit(o, r);
    json_put(o, "decided", verdict_names[r->decided]);
    json_put(o, "decided_by", r->decided_by);
    json_put(o, "settled_because", r->settled_because);
    json_put(o, "settled_stale", r->settled_stale ? r->stale_breach : NULL);
    if (r->unread) {
        json_put(o, "not_whole", r->unread->incident);
        json_put_int(o, "least_ms", r->least_ms);
        json_put(o, "breach_as_read", verdict_names[r->as_read]);
    }
    json_put_int(o, "left_ms", r->left_ms);
    json_put_int(o, "denominator_ms", r->denominator_ms);
    json_put_int(o, "maintenance_ms", r->maintenance_ms);
    put_flags(o, r, keep);
    json_put(o, "claim_until", r->claim_until == INSTANT_NONE ? NULL : instant_utc(keep, r->claim_until));
    json_put(o, "breach_at", r->breach_at == INSTANT_NONE ? NULL : instant_utc(keep, r->breach_at));
}
