/* chart.c: the lanes of the picture, folded from incident and ledger. */
#include "tell/chart.h"

#include "tell/french.h"

#include <stdlib.h>
#include <string.h>

struct times { int64_t first, last; };

static void reach(struct times *t, int64_t at)
{
    if (at == INSTANT_NONE)
        return;
    if (t->first == INSTANT_NONE || at < t->first)
        t->first = at;
    if (t->last == INSTANT_NONE || at > t->last)
        t->last = at;
}

/* --- services ----------------------------------------------------------------- */

static enum stay stay_of(enum impact_level level)
{
    switch (level) {
    case IMPACT_DOWN: return STAY_DOWN;
    case IMPACT_DEGRADED: return STAY_DEGRADED;
    case IMPACT_UNKNOWN:
    case IMPACT_NONE: break;
    }
    return STAY_UNKNOWN;
}

static bool named(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (text_equal(*names, name))
            return true;
    return false;
}

/* Windows stand by start, so what is down together is one stretch. */
static int64_t union_ms(const struct segment *s, size_t count, enum stay stay)
{
    int64_t total = 0, behind = INSTANT_NONE;
    for (size_t i = 0; i < count; i++) {
        if (s[i].stay != stay)
            continue;
        int64_t start = behind != INSTANT_NONE && s[i].start < behind ? behind : s[i].start;
        if (s[i].end > start) {
            total += s[i].end - start;
            behind = s[i].end;
        }
    }
    return total;
}

/* "49 min", "2 min 15 s", "48:40": to the second, as the text says it. */
static const char *short_span(struct arena *keep, int64_t ms)
{
    int64_t seconds = (ms + 500) / 1000;
    if (seconds < 60 || seconds % 60 == 0)
        return duration_short(keep, seconds * 1000);
    if (seconds >= 600)
        return duration_clock(keep, seconds * 1000);
    return arena_print(keep, "%d min %d s", (int)(seconds / 60), (int)(seconds % 60));
}

static void say_service(struct lane *l, const struct incident *i, struct arena *keep)
{
    static const struct { enum stay stay; const char *en, *fr; } levels[] = {
        { STAY_DOWN, "down", "indisponible" }, { STAY_DEGRADED, "degraded", "dégradé" },
        { STAY_UNKNOWN, "unknown", "inconnu" },
    };
    bool none = named(i->windows.none, l->name);
    l->said = none ? "no impact" : "nobody has said";
    l->said_fr = none ? "non touché" : "personne ne l’a dit";
    for (size_t n = sizeof levels / sizeof *levels; n-- > 0;) { /* the worst one stays */
        int64_t ms = union_ms(l->segment, l->segments, levels[n].stay);
        if (!ms)
            continue;
        l->said = arena_print(keep, "%s %s", short_span(keep, ms), levels[n].en);
        l->said_fr = arena_print(keep, "%s %s", short_span(keep, ms), levels[n].fr);
    }
}

static void service_lane(struct lane *l, const char *name, const struct incident *i,
                         struct times *t, struct arena *keep)
{
    struct segment *s = arena_many(keep, struct segment, i->windows.count + 1);
    *l = (struct lane){ .kind = LANE_SERVICE, .name = name, .segment = s };
    for (size_t n = 0; n < i->windows.count; n++) {
        const struct window *w = &i->windows.window[n];
        if (!text_equal(w->service, name) || w->level == IMPACT_NONE)
            continue;
        s[l->segments++] = (struct segment){ w->start.at, w->end.at, stay_of(w->level), w->open };
        reach(t, w->start.at);
        reach(t, w->end.at);
    }
    say_service(l, i, keep);
}

static bool has_lane(const struct lane *lane, size_t lanes, const char *name)
{
    for (size_t i = 0; i < lanes; i++)
        if (text_equal(lane[i].name, name))
            return true;
    return false;
}

static void service_lanes(struct picture *p, struct lane *lane, const struct incident *i,
                          const struct config *c, struct times *t, struct arena *keep)
{
    for (size_t n = 0; c && n < c->services; n++)
        service_lane(&lane[p->lanes++], c->service[n].name, i, t, keep);
    for (size_t n = 0; n < i->windows.count; n++)
        if (!has_lane(lane, p->lanes, i->windows.window[n].service))
            service_lane(&lane[p->lanes++], i->windows.window[n].service, i, t, keep);
    for (const char *const *none = i->windows.none; none && *none; none++)
        if (!has_lane(lane, p->lanes, *none))
            service_lane(&lane[p->lanes++], *none, i, t, keep);
}

/* --- IPs ------------------------------------------------------------------------ */

static const char *ip_of(const struct change *c, struct arena *keep)
{
    const char *ip = json_get_text(c->args, "ip", keep);
    return ip ? ip : json_get_text(c->result, "ip", keep);
}

/* Did it change anything? */
static bool in_force(const struct change *c)
{
    return c->ended && !json_is(json_get(c->ended->data, "outcome"), "unchanged") && c->state != CHANGE_FAILED && c->state != CHANGE_IN_FLIGHT;
}

/* Where an IP is after that action; false when it says nothing about it. */
static bool place_after(const char *action, enum stay *stay, bool *in_pool)
{
    if (text_equal(action, "pool.add"))
        return *stay = STAY_POOL, *in_pool = true;
    if (text_equal(action, "pool.remove"))
        return *stay = STAY_OUT, *in_pool = false, true;
    if (text_equal(action, "cloud.attach"))
        return *stay = STAY_WATCHED, true;
    if (text_equal(action, "cloud.detach"))
        return *stay = *in_pool ? STAY_POOL : STAY_OUT, true;
    return false;
}

/* From `at` on the IP is somewhere else; where it was before its first change
 * is told by that change. */
static void move_to(struct lane *l, struct segment *s, int64_t at, enum stay stay)
{
    struct segment *last = l->segments ? &s[l->segments - 1] : NULL;
    if (last && last->open && last->stay == stay)
        return;
    if (last && last->start == at) {
        last->stay = stay; /* two changes at one moment are one move */
        return;
    }
    if (last)
        last->end = at, last->open = false;
    else if (stay != STAY_POOL)
        s[l->segments++] = (struct segment){ INSTANT_NONE, at, STAY_POOL, false };
    s[l->segments++] = (struct segment){ at, at, stay, true };
}

static void say_ip(struct lane *l, bool gone)
{
    enum stay stay = l->segment[l->segments - 1].stay;
    l->said = gone ? "given back" : stay == STAY_POOL ? "in the pool"
              : stay == STAY_OUT                      ? "out of the pool"
                                                      : "led away";
    l->said_fr = gone ? "rendue" : stay == STAY_POOL ? "dans le pool"
                 : stay == STAY_OUT                  ? "hors du pool"
                                                     : "détournée";
}

/* Out of the pool but led nowhere, an attached IP stays watched. */
static void ip_lane(struct lane *l, const char *ip, const struct ledger *ledger,
                    const struct incident *i, struct times *t, struct arena *keep)
{
    struct segment *s = arena_many(keep, struct segment, ledger->changes + 1);
    *l = (struct lane){ .kind = LANE_IP, .name = ip, .said = "", .said_fr = "", .segment = s };
    bool in_pool = false, attached = false, gone = false;
    for (size_t n = 0; n < ledger->changes; n++) {
        const struct change *c = &ledger->change[n];
        enum stay stay = STAY_OUT;
        if (!text_equal(c->incident, i->name) || !in_force(c)
            || !text_equal(ip_of(c, keep), ip))
            continue;
        gone = text_equal(c->action, "cloud.release_ip");
        if (gone && l->segments)
            s[l->segments - 1].end = c->ended->at, s[l->segments - 1].open = false;
        if (!place_after(c->action, &stay, &in_pool))
            continue;
        attached = text_equal(c->action, "cloud.attach") ||
                   (attached && !text_equal(c->action, "cloud.detach"));
        if (stay == STAY_OUT && attached)
            stay = STAY_WATCHED;
        move_to(l, s, c->ended->at, stay);
        reach(t, c->ended->at);
    }
    if (l->segments)
        say_ip(l, gone);
}

static void ip_lanes(struct picture *p, struct lane *lane, const struct incident *i,
                     const struct ledger *ledger, struct times *t, struct arena *keep)
{
    for (size_t n = 0; ledger && n < ledger->changes; n++) {
        const struct change *c = &ledger->change[n];
        const char *ip = text_equal(c->incident, i->name) && in_force(c) ? ip_of(c, keep) : NULL;
        enum stay stay;
        bool in_pool = false;
        if (ip && place_after(c->action, &stay, &in_pool) && !has_lane(lane, p->lanes, ip))
            ip_lane(&lane[p->lanes++], ip, ledger, i, t, keep);
    }
}

/* --- marks ------------------------------------------------------------------------ */

static char sign_of(enum event_kind kind)
{
    if (kind == EVENT_ALERT || kind == EVENT_SIGNAL)
        return '!';
    if (kind == EVENT_PHASE)
        return '^';
    return kind == EVENT_ACTION_ENDED ? 'x' : 'o';
}

static void mark_lane(struct lane *l, const struct incident *i, const struct ledger *ledger, struct times *t,
                      struct arena *keep)
{
    struct mark *m = arena_many(keep, struct mark, i->entries + 1);
    *l = (struct lane){ .kind = LANE_MARKS, .name = "record", .mark = m };
    for (size_t n = 0; n < i->entries; n++) {
        const struct entry *e = &i->entry[n];
        if (e->struck || (!e->listed && e->event->kind != EVENT_PHASE)
            || json_is(json_get(e->event->data, "outcome"), "unchanged"))
            continue;
        if (e->event->kind == EVENT_IMPACT) {
            if (e->level && !text_equal(e->level, "none"))
                reach(t, e->at);
            continue; /* the lanes above show it */
        }
        const char *french = french_row(e, ledger, keep);
        m[l->marks++] = (struct mark){ e->at, sign_of(e->event->kind), e->text, french ? french : e->text };
        if (e->event->kind != EVENT_PHASE) /* closed the day after: not part of the picture */
            reach(t, e->at);
    }
}

static void drop_marks_outside(const struct picture *p, struct lane *l)
{
    struct mark *m = (struct mark *)l->mark; /* ours, made above */
    size_t kept = 0;
    for (size_t i = 0; i < l->marks; i++)
        if (m[i].at >= p->start && m[i].at <= p->end)
            m[kept++] = m[i];
    l->marks = kept;
    l->said = "notes, changes";
    l->said_fr = "notes, actions";
}

/* --- rates ------------------------------------------------------------------------ */

/* "42038", and "900-60000" where they differ. */
static const char *from_to(const struct lane *l, struct arena *keep)
{
    int64_t least = INT64_MAX, most = 0;
    for (size_t i = 0; i < l->readings; i++) {
        least = l->reading[i].value < least ? l->reading[i].value : least;
        most = l->reading[i].value > most ? l->reading[i].value : most;
    }
    return least == most ? arena_print(keep, "%lld", (long long)most)
                         : arena_print(keep, "%lld-%lld", (long long)least, (long long)most);
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Twice the usual pace of the readings, five minutes at most. */
static int64_t apart(const struct lane *l, struct arena *keep)
{
    int64_t *pace = arena_many(keep, int64_t, l->readings);
    for (size_t i = 1; i < l->readings; i++)
        pace[i - 1] = l->reading[i].at - l->reading[i - 1].at;
    if (l->readings < 2)
        return 0;
    qsort(pace, l->readings - 1, sizeof *pace, by_size);
    int64_t usual = 2 * pace[(l->readings - 1) / 2];
    return usual < 5 * MINUTE_MS ? usual : 5 * MINUTE_MS;
}

/* What was measured while the picture lasts; false: nothing. */
static bool rate_lane(struct lane *l, const struct rate *r, const struct picture *p, struct arena *keep)
{
    struct reading *reading = arena_many(keep, struct reading, r->count + 1);
    *l = (struct lane){ .kind = LANE_RATE, .name = r->of, .unit = r->unit, .reading = reading, .top = 1 };
    for (size_t i = 0; i < r->count; i++) {
        if (r->reading[i].at < p->start || r->reading[i].at > p->end)
            continue;
        reading[l->readings++] = r->reading[i];
        l->top = r->reading[i].value > l->top ? r->reading[i].value : l->top;
        l->top = r->reading[i].usual > l->top ? r->reading[i].usual : l->top;
    }
    l->said = arena_print(keep, "%s%s", from_to(l, keep), l->unit == RATE_REQUESTS ? "/min" : " pkt/s");
    l->said_fr = arena_print(keep, "%s%s", from_to(l, keep), l->unit == RATE_REQUESTS ? "/min" : " pqt/s");
    l->apart_ms = apart(l, keep);
    return l->readings > 0;
}

/* Each below the lane of its service or IP; where there is none, above the marks. */
static void rate_lanes(struct picture *p, struct lane *lane, const struct readings *r, struct arena *keep)
{
    for (size_t i = 0; i < r->rates; i++) {
        struct lane one;
        if (!rate_lane(&one, &r->rate[i], p, keep))
            continue;
        size_t at = p->lanes - 1;
        for (size_t k = 0; k < p->lanes && !one.below; k++)
            if (text_equal(lane[k].name, one.name) && lane[k].kind != LANE_MARKS)
                at = k + 1, one.below = true;
        memmove(&lane[at + 1], &lane[at], (p->lanes - at) * sizeof *lane);
        lane[at] = one;
        p->lanes++;
    }
}

/* Open ends and unknown beginnings reach to the edges of the picture. */
static void close_segments(struct picture *p, struct lane *lane)
{
    for (size_t n = 0; n < p->lanes; n++) {
        struct segment *s = (struct segment *)lane[n].segment; /* ours, made above */
        for (size_t k = 0; k < lane[n].segments; k++) {
            if (s[k].start == INSTANT_NONE)
                s[k].start = p->start;
            if (s[k].open || s[k].end == INSTANT_NONE)
                s[k].end = p->end;
        }
    }
}

void picture_fold(struct picture *out, const struct incident *i, const struct ledger *ledger,
                  const struct config *config, struct arena *keep)
{
    size_t most = i->windows.count + (config ? config->services : 0) +
                  (ledger ? ledger->changes : 0) + 2;
    struct readings readings;
    readings_fold(&readings, i, keep);
    most += readings.rates;
    for (const char *const *none = i->windows.none; none && *none; none++)
        most++;
    struct lane *lane = arena_many(keep, struct lane, most);
    struct times t = { INSTANT_NONE, INSTANT_NONE };
    *out = (struct picture){ .title = i->title && *i->title ? i->title : i->name,
                             .zone = i->zone, .simulated = i->simulated || i->drill,
                             .lane = lane };
    service_lanes(out, lane, i, config, &t, keep);
    ip_lanes(out, lane, i, ledger, &t, keep);
    mark_lane(&lane[out->lanes++], i, ledger, &t, keep);
    if (t.first == INSTANT_NONE)
        t.first = t.last = i->opened_at;
    int64_t margin = (t.last - t.first) / 40 + MINUTE_MS;
    out->first = out->day_at = t.first;
    out->last = t.last;
    for (size_t n = 0, found = 0; n < i->windows.count; n++) {
        const struct window *w = &i->windows.window[n];
        if (w->level != IMPACT_NONE && (!found++ || w->start.at < out->day_at))
            out->day_at = w->start.at;
    }
    out->start = t.first - margin;
    out->end = t.last + margin;
    close_segments(out, lane);
    drop_marks_outside(out, &lane[out->lanes - 1]);
    rate_lanes(out, lane, &readings, keep);
}

static int64_t offset_ms(const struct picture *p, int64_t at)
{
    return zone_offset(p->zone, at, NULL) * SECOND_MS;
}

int64_t picture_tick_after(const struct picture *p, int64_t at, int64_t step)
{
    int64_t before = offset_ms(p, at), local = ((at + before) / step + 1) * step;
    if (step >= DAY_MS) {
        struct civil c = civil_at("UTC", local);
        return zone_day_start(p->zone, c.year, c.month, c.day);
    }
    for (;; local += step) {
        int64_t then = local - before, after = offset_ms(p, then);
        if ((then + after) % step == 0)
            return then;
        if (local - after > at && offset_ms(p, local - after) == after)
            return local - after; /* the clocks changed on the way */
    }
}

void picture_redact(struct picture *p, struct redaction *r)
{
    p->title = redact(r, p->title);
    for (size_t i = 0; i < p->lanes; i++) {
        struct lane *l = (struct lane *)&p->lane[i]; /* ours, made above */
        struct mark *m = (struct mark *)l->mark;
        l->name = redact(r, l->name);
        for (size_t k = 0; k < p->lane[i].marks; k++)
            m[k].text = redact(r, m[k].text), m[k].text_fr = redact(r, m[k].text_fr);
    }
}

const char *chart_terminal(const struct incident *i, const struct ledger *ledger,
                           const struct config *config, int columns, bool ascii, struct arena *keep)
{
    struct picture p;
    picture_fold(&p, i, ledger, config, keep);
    return picture_terminal(&p, columns, ascii, keep);
}
