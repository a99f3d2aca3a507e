/* sla_page.c: see sla_page.h. */
#include "tell/sla_page.h"

#include "record/sla_words.h"

#include <string.h>

static const char style[] =
    ":root{--ink:#1c2733;--soft:#5b6b7b;--paper:#fff;--line:#dfe6ec;--d0:#eef2f5;--d1:#ffd9a8;"
    "--d2:#ffb05c;--d3:#e8663c;--d4:#a5121b;--accent:#1f5fa8;--bad:#b3261e}"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9fb0c0;"
    "--paper:#10171e;--line:#2a3643;--d0:#1b242d;--d1:#5a3d16;--d2:#8f5a14;--d3:#cf5a33;"
    "--d4:#ff7b72;--accent:#6cb0ff;--bad:#ff7b72}}"
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
    "max-width:62rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;"
    "margin:2rem 0 .3rem}svg{max-width:100%;height:auto;display:block;margin:.8rem 0}"
    "svg text{font:12px system-ui,sans-serif}.s{fill:var(--soft)}.g{stroke:var(--line)}"
    ".zero{stroke:var(--bad);stroke-dasharray:4 3}.left{fill:none;stroke:var(--accent);"
    "stroke-width:2}.band{fill:var(--accent);fill-opacity:.2}"
    ".d0{fill:var(--d0)}.d1{fill:var(--d1)}.d2{fill:var(--d2)}.d3{fill:var(--d3)}.d4{fill:var(--d4)}"
    ".l0,.l1,.l2,.l3,.l4{fill:none;stroke:var(--line)}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.15rem 1.2rem .15rem 0;"
    "vertical-align:top}th{font-weight:500;color:var(--soft)}.bad{color:var(--bad);font-weight:600}"
    ".mark{border:2px solid var(--bad);padding:.4rem .8rem}"
    ".key span{display:inline-block;width:.9em;height:.9em;margin:0 .3em 0 1em;border-radius:2px}";

static void row(struct text *to, const char *name, const char *value, const char *range)
{
    text_print(to, "<tr><th>%s</th><td>", name);
    text_add_xml(to, value);
    if (*range) {
        text_add(to, " (");
        text_add_xml(to, range);
        text_add(to, ")");
    }
    text_add(to, "</td></tr>\n");
}

static const char *verdict_words(const struct sla_result *r, struct arena *keep)
{
    if (r->settled)
        return arena_print(keep, "%s; settled: %s, %s", verdict_names[r->breach], r->settled,
                           r->settled_because);
    if (r->breach != VERDICT_UNCERTAIN)
        return verdict_names[r->breach];
    if (r->unread)
        return arena_print(keep, "uncertain; %s %s; by what is left: %s", r->unread->incident, r->unread->words,
                           verdict_names[r->as_read]);
    if (r->policy->uncertain == UNCERTAIN_ASK)
        return "uncertain; a person has to decide";
    return arena_print(keep, "uncertain; the policy decides for the %s: %s",
                       r->policy->uncertain == UNCERTAIN_CUSTOMER ? "customer" : "provider",
                       verdict_names[r->decided]);
}

static void table(struct text *to, const struct sla_answered *a, struct arena *keep)
{
    const struct sla_result *r = a->result;
    text_add(to, "<table>\n");
    if (r->unread) /* all below is what can be read */
        row(to, "not whole", arena_print(keep, "%s %s", r->unread->incident, r->unread->words),
            arena_print(keep, "downtime at least %s", sla_seconds(keep, r->least_ms)));
    row(to, "downtime", sla_seconds(keep, r->downtime_ms.nominal),
        r->windows ? sla_range_minutes(keep, r->downtime_ms)
        : a->affirmed ? "no impact, and somebody confirmed it" : "nothing recorded, confirmed by nobody");
    row(to, "allowed", sla_hundredths(keep, r->allowed_ms), "");
    row(to, "beyond", sla_hundredths(keep, r->excess_ms.nominal),
        sla_range_hundredths(keep, r->excess_ms));
    row(to, "availability", ppb_percent(keep, r->availability_ppb.nominal, 4),
        sla_range_percent(keep, r->availability_ppb, 4));
    row(to, "breach", verdict_words(r, keep), "");
    row(to, "credit", ppb_percent(keep, r->credit_ppb.nominal, 6),
        sla_range_percent(keep, r->credit_ppb, 6));
    row(to, "by", policy_credit_words(keep, r->policy), "");
    if (r->maintenance_ms)
        row(to, "maintenance", sla_minutes(keep, r->maintenance_ms), "announced in time");
    for (size_t i = 0; i < r->flags; i++)
        row(to, "claimed", arena_print(keep, "%s to %s, %s",
                                       instant_text(keep, r->policy->zone, r->flag[i].start, FORM_DATE_HM),
                                       instant_text(keep, r->policy->zone, r->flag[i].end, FORM_DATE_HM),
                                       r->flag[i].stretch->kind),
            r->flag[i].known ? "a person has to agree" : "the contract knows no such exclusion");
    if (r->settled_stale)
        row(to, "decided", arena_print(keep, "%s, %s", r->stale_breach, r->stale_because),
            "on another record or policy: it decides nothing any more");
    text_add(to, "</table>\n");
}

static void windows(struct text *to, const struct sla_result *r, struct arena *keep)
{
    if (!r->windows)
        return;
    text_add(to, "<table>\n<tr><th>from</th><th>to</th><th>what</th><th>counts</th><th>by</th><th>incident</th></tr>\n");
    for (size_t i = 0; i < r->windows; i++) {
        const struct sla_window *w = &r->window[i];
        text_print(to, "<tr><td>%s</td><td>%s</td><td>",
                   instant_text(keep, r->policy->zone, w->start, FORM_DATE_HM),
                   w->window->open ? "open" : instant_text(keep, r->policy->zone, w->end, FORM_DATE_HM));
        if (!text_equal(w->window->service, r->service)) {
            text_add_xml(to, w->window->service);
            text_char(to, ' ');
        }
        text_print(to, "%s</td><td>%s</td><td>", impact_level_names[w->window->level],
                   sla_seconds(keep, w->counted_ms));
        text_add_xml(to, w->window->basis);
        text_add(to, "</td><td>");
        text_add_xml(to, w->window->incident);
        text_add(to, "</td></tr>\n");
    }
    text_add(to, "</table>\n");
    if (sla_rounded(r, keep))
        text_print(to, "<p>Each is rounded to the second; together they are %s.</p>\n", sla_seconds(keep, r->downtime_ms.nominal));
}

static int year_of(const struct sla_answered *a)
{
    return civil_at(a->result->policy->zone, a->result->period.start).year;
}

/* A year is drawn once a service, with the first of its periods. */
static bool year_is_drawn(const struct sla_answered *answer, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (text_equal(answer[k].result->service, answer[i].result->service)
            && year_of(&answer[k]) == year_of(&answer[i]))
            return true;
    return false;
}

static void section(struct text *to, const struct sla_answered *answer, size_t i, struct arena *keep)
{
    const struct sla_answered *a = &answer[i];
    const struct sla_result *r = a->result;
    if (!year_is_drawn(answer, i)) {
        text_add(to, "<h2>");
        text_add_xml(to, r->service);
        text_print(to, ", %d</h2>\n", year_of(a));
        sla_draw_year(to, a->question, r->allowed_ms, year_of(a), keep);
        text_print(to, "<p class=\"key s\">a day's downtime, beside what %s may have (%s):"
                   "<span class=\"k0\"></span>none<span class=\"k1\"></span>under a quarter"
                   "<span class=\"k2\"></span>under half<span class=\"k3\"></span>up to all of it"
                   "<span class=\"k4\"></span>more</p>\n", period_words(keep, r->period),
                   sla_hundredths(keep, r->allowed_ms));
    }
    text_add(to, "<h2>");
    text_add_xml(to, r->service);
    text_print(to, ", %s: ", period_words(keep, r->period));
    text_add_xml(to, r->policy->name);
    text_print(to, ", %s %s</h2>\n", ppb_percent(keep, r->policy->target_ppb, 7),
               policy_period_words(keep, r->policy));
    table(to, a, keep);
    sla_draw_budget(to, a, keep);
    windows(to, r, keep);
}

const char *sla_page(const struct sla_answered *answer, size_t count, bool simulated,
                     const char *what_if, struct arena *keep)
{
    struct text t = text_new(keep);
    text_add(&t, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>SLA</title>\n<style>");
    text_add(&t, style);
    for (int i = 0; i < 5; i++)
        text_print(&t, ".k%d{background:var(--d%d)}", i, i);
    text_add(&t, "</style>\n</head>\n<body>\n<h1>Service levels</h1>\n");
    if (simulated)
        text_add(&t, "<p class=\"mark\">SIMULATED: these are drills</p>\n");
    if (what_if) {
        text_add(&t, "<p class=\"mark\">WHAT IF: ");
        text_add_xml(&t, what_if);
        text_add(&t, "</p>\n");
    }
    if (count && answer[0].question->as_of != INSTANT_NONE)
        text_print(&t, "<p>as of %s</p>\n",
                   instant_text(keep, answer[0].result->policy->zone, answer[0].question->as_of,
                                FORM_DATE_HM));
    for (size_t i = 0; i < count; i++)
        section(&t, answer, i, keep);
    text_add(&t, "</body>\n</html>\n");
    return t.at;
}
