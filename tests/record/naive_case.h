/* naive_case.h: random questions about an SLA, every edge on a grid of cells.
 *
 * Months are found by asking the C library for the local date of one quarter
 * of an hour after another, so that they share no line with base/zone.c.
 */
#ifndef TESTS_RECORD_NAIVE_CASE_H
#define TESTS_RECORD_NAIVE_CASE_H

#include "promise.h"
#include "record/sla.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CELLS = 420, MEMBERS = 3, WINDOWS = 8, STRETCHES = 2, TICKS = 5, BUCKETS_AT_MOST = CELLS };
__extension__ typedef __int128 whole;

/* ---- months, by brute force ---- */

static const char *const odd_zones[] = {
    "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
    "Africa/Casablanca", "UTC" };
enum { ODD_ZONES = sizeof odd_zones / sizeof *odd_zones, MONTHS = 24 };
static const int odd_years[2] = { 2011, 2025 };
static struct { int64_t start, end; } month_of[ODD_ZONES][MONTHS];

/* The first quarter of an hour whose local month is that one. */
static int64_t first_of(int year, int month)
{
    time_t t = (time_t)(((int64_t)(year - 1970) * 365 + (int64_t)(month - 1) * 28) * 86400);
    struct tm local;
    for (t -= 5 * 86400;; t += 900) {
        localtime_r(&t, &local);
        if (local.tm_year + 1900 > year || (local.tm_year + 1900 == year && local.tm_mon + 1 >= month))
            return (int64_t)t * 1000;
    }
}

/* Before anything else asks for a zone: it turns the process's own. */
static void naive_months(void)
{
    for (int z = 0; z < ODD_ZONES; z++) {
        setenv("TZ", odd_zones[z], 1);
        tzset();
        for (int m = 0; m < MONTHS; m++) {
            int year = odd_years[m / 12], month = m % 12 + 1;
            month_of[z][m].start = first_of(year, month);
            month_of[z][m].end = month == 12 ? first_of(year + 1, 1) : first_of(year, month + 1);
        }
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

/* ---- chance ---- */

static uint64_t chance_state;

static uint64_t chance(uint64_t below)
{
    chance_state += 0x9e3779b97f4a7c15u;
    uint64_t x = chance_state;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (x ^ (x >> 31)) % below;
}

static bool once_in(uint64_t n)
{
    return chance(n) == 0;
}

/* ---- a random case ---- */

struct naive_case {
    struct sla_question q;
    struct policy policy;
    struct window window[WINDOWS];
    struct tick tick[TICKS];
    struct calendar calendar;
    struct stretch maintenance[STRETCHES], exclusion[STRETCHES];
    struct event opening;
    int64_t origin, cell; /* cells begin here, so long each */
    int zone, month;
};

static struct edge random_edge(const struct naive_case *c, int64_t cell)
{
    struct edge e = { c->origin + cell * c->cell, 0, 0 };
    if (once_in(2)) {
        e.early_ms = (int64_t)chance(4) * c->cell;
        e.late_ms = (int64_t)chance(4) * c->cell;
    }
    return e;
}

static void random_windows(struct naive_case *c)
{
    static const char *const bases[] = { "person", "person", "probe:a", "probe:b", "run:R1", "run:R2" };
    static const char *const services[] = { "s", "a", "b", "c", "other" };
    static const int64_t lost[] = { -1, 0, 1, 250000000, 333333333, 1000000000 };
    size_t count = chance(WINDOWS + 1);
    for (size_t i = 0; i < count; i++) {
        int64_t start = 20 + (int64_t)chance(CELLS - 120), length = (int64_t)chance(60);
        c->window[i] = (struct window){
            .id = "", .incident = "I", .opening = &c->opening, .tick = c->tick, .ticks = TICKS,
            .service = services[c->q.group == GROUP_NONE ? (once_in(8) ? 4 : 0) : chance(5)],
            .basis = bases[once_in(2) ? 0 : chance(6)],
            .level = once_in(2) ? IMPACT_DOWN : (enum impact_level)chance(4),
            .lost_ppb = lost[chance(6)], .disputed = once_in(10),
            .start = random_edge(c, start), .end = random_edge(c, start + length) };
        if (once_in(6)) { /* as the fold does with a window that nobody has closed */
            c->window[i].open = true;
            c->window[i].end = (struct edge){ c->q.as_of == INSTANT_NONE
                                              ? c->window[i].end.at : c->q.as_of, 0, 0 };
        }
    }
    c->q.window = c->window;
    c->q.windows = count;
}

static void random_ticks(struct naive_case *c)
{
    int64_t cell = 0;
    for (int i = 0; i < TICKS; i++) {
        cell += (int64_t)chance(80);
        c->tick[i] = (struct tick){ (enum tick_kind)chance(5), random_edge(c, cell) };
    }
}

static void random_calendar(struct naive_case *c)
{
    static const char *const kinds[] = { "force-majeure", "provider" };
    static const char *const only_a[] = { "a", NULL };
    for (int i = 0; i < STRETCHES; i++) {
        int64_t start = c->origin + (int64_t)chance(CELLS - 60) * c->cell;
        c->maintenance[i] = (struct stretch){
            start, start + (int64_t)(1 + chance(30)) * c->cell,
            once_in(4) ? INSTANT_NONE : start - (int64_t)chance(20) * c->cell,
            once_in(3) ? only_a : NULL, "", "" };
        start = c->origin + (int64_t)chance(CELLS - 60) * c->cell;
        c->exclusion[i] = (struct stretch){ start, start + (int64_t)(1 + chance(30)) * c->cell,
                                            INSTANT_NONE, NULL, kinds[chance(2)], "" };
    }
    c->calendar = (struct calendar){ c->maintenance, c->exclusion, chance(STRETCHES + 1),
                                     chance(STRETCHES + 1) };
    c->q.calendar = once_in(2) ? NULL : &c->calendar;
}

static void random_policy(struct naive_case *c)
{
    static const char *const some[] = { "person", "probe:*", NULL };
    static const char *const exclude[] = { "force-majeure", NULL };
    static const struct tier tiers[] = { { 999999990, 100000000 }, { 999000000, 250000000 },
                                         { 900000000, 1000000000 } };
    struct policy *p = &c->policy;
    int64_t length = c->q.period.end - c->q.period.start;
    *p = (struct policy){
        .name = "p", .zone = odd_zones[c->zone], .from = INSTANT_NONE, .claimant = "",
        .bases = once_in(3) ? some : NULL, .weight = (enum weight_rule)chance(4),
        .weight_ppb = once_in(2) ? 300000000 : 500000000,
        .credit_ppb = 50000000, .credit = (enum credit_rule)chance(5),
        .tier = tiers, .tiers = 3, .cap_ppb = once_in(2) ? 0 : 60000000,
        .uncertain = (enum uncertain_rule)chance(3) };
    if (p->credit != CREDIT_TIERS)
        p->tiers = 0;
    if (once_in(3))
        p->minimum_ms = (int64_t)(1 + chance(10)) * c->cell;
    if (once_in(3)) {
        p->bucket = (enum bucket_rule)(1 + chance(3));
        p->bucket_ms = (int64_t)(1 + chance(6)) * c->cell;
    }
    if (once_in(4)) {
        p->starts = (enum start_rule)chance(4);
        p->stops = (enum stop_rule)chance(3);
    }
    p->maintenance = once_in(2);
    p->notice_ms = (int64_t)chance(10) * c->cell;
    p->reduced = once_in(2);
    p->exclusions = once_in(2) ? exclude : NULL;
    /* an allowance of a few cells, so that verdicts fall on both sides and on the edge */
    whole allowed = (whole)chance(90) * c->cell * 1000000000;
    p->target_ppb = 1000000000 - (int64_t)(allowed / length) - (int64_t)chance(2);
    if (p->target_ppb < 1)
        p->target_ppb = 1;
    c->q.policy = p;
}

static void random_case(struct naive_case *c, uint64_t seed)
{
    static const int64_t cells[] = { 1, 8, 1000, 60000, 900000 }; /* of a quarter of an hour each an exact part */
    static const char *const members[] = { "a", "b", "c", NULL };
    chance_state = seed * 0x2545f4914f6cdd1du + 1;
    *c = (struct naive_case){ .zone = (int)chance(ODD_ZONES), .month = (int)chance(MONTHS),
                              .cell = cells[chance(5)] };
    struct err e = { 0 };
    char name[16];
    snprintf(name, sizeof name, "%04d-%02d", odd_years[c->month / 12], c->month % 12 + 1);
    assert_good(period_parse(&c->q.period, name, odd_zones[c->zone], test_keep(), &e), &e);
    int64_t period = c->q.period.end - c->q.period.start, span = CELLS * c->cell;
    int64_t steps = (period + span) / c->cell; /* anywhere across the period and over its edges */
    c->origin = once_in(3) ? c->q.period.start - (int64_t)chance(CELLS) * c->cell
              : once_in(2) ? c->q.period.end - (int64_t)chance(CELLS) * c->cell
              : c->q.period.start + ((int64_t)chance((uint64_t)steps) - CELLS) * c->cell;
    c->q.service = "s";
    c->q.exactly = once_in(4);
    c->q.as_of = once_in(2) ? INSTANT_NONE : c->origin + (int64_t)chance(CELLS) * c->cell;
    if (once_in(3)) {
        c->q.members = members;
        c->q.group = (enum group_rule)(1 + chance(3));
    }
    random_ticks(c);
    random_windows(c);
    random_calendar(c);
    random_policy(c);
}

#endif
