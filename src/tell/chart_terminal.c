/* chart_terminal.c: the picture in one line a lane. */
#include "tell/chart.h"

#include <string.h>

enum { NAME_MOST = 18, SAID_LEAST = 16, AXIS_LEAST = 20 };

/* By enum stay; what counts more stands first in worst(). */
enum { STAYS = STAY_WATCHED + 1, LEVELS = 7 };
static const struct glyphs { const char *stay[STAYS], *nothing, *level[LEVELS]; } sets[] = {
    { { "█", "▓", "?", "─", "░", "▒" }, "·", { "▁", "▂", "▃", "▄", "▅", "▆", "▇" } },
    { { "#", "%", "?", "-", ":", "~" }, ".", { "_", ".", "-", "=", "+", "*", "@" } },
};
static const char *const meaning[] = { "down", "degraded", "unknown", "in the pool",
                                       "out of it", "led away" };

struct axis { int64_t start, end; size_t columns; const struct glyphs *glyph; };

static int64_t column_start(const struct axis *a, size_t column)
{
    return a->start + (a->end - a->start) * (int64_t)column / (int64_t)a->columns;
}

static size_t column_of(const struct axis *a, int64_t at)
{
    if (at <= a->start)
        return 0;
    size_t c = (size_t)((at - a->start) * (int64_t)a->columns / (a->end - a->start));
    return c < a->columns ? c : a->columns - 1;
}

/* An outage of a minute still shows; of places the last one in the column. */
static const struct segment *shown(const struct lane *l, int64_t from, int64_t to)
{
    const struct segment *best = NULL;
    for (size_t i = 0; i < l->segments; i++) {
        const struct segment *s = &l->segment[i];
        if (s->start >= to || s->end <= from)
            continue;
        if (!best || l->kind == LANE_IP || s->stay < best->stay)
            best = s;
    }
    return best;
}

static void segments_line(struct text *out, const struct lane *l, const struct axis *a,
                          bool used[])
{
    for (size_t c = 0; c < a->columns; c++) {
        const struct segment *s = shown(l, column_start(a, c), column_start(a, c + 1));
        if (s)
            used[s->stay] = true;
        text_add(out, s ? a->glyph->stay[s->stay] : l->kind == LANE_SERVICE ? a->glyph->nothing : " ");
    }
}

/* What was measured in each column: the least of requests, as a dip must
 * show, and the most of packets. A column that nobody measured is empty. */
static void rate_line(struct text *out, const struct lane *l, const struct axis *a, struct arena *keep)
{
    enum { TOP = LEVELS - 1 };
    int64_t *value = arena_many(keep, int64_t, a->columns);
    for (size_t c = 0; c < a->columns; c++)
        value[c] = -1;
    for (size_t i = 0; i < l->readings; i++) {
        int64_t *v = &value[column_of(a, l->reading[i].at)], now = l->reading[i].value;
        if (*v < 0 || (l->unit == RATE_REQUESTS ? now < *v : now > *v))
            *v = now;
    }
    for (size_t c = 0; c < a->columns; c++)
        text_add(out, value[c] < 0 ? " " : a->glyph->level[(value[c] * TOP + l->top / 2) / l->top]);
}

/* Where several marks meet, their number. */
static void marks_line(struct text *out, const struct lane *l, const struct axis *a,
                       struct arena *keep)
{
    unsigned *count = arena_many(keep, unsigned, a->columns);
    char *sign = arena_many(keep, char, a->columns + 1);
    for (size_t i = 0; i < l->marks; i++) {
        size_t c = column_of(a, l->mark[i].at);
        sign[c] = l->mark[i].sign;
        count[c]++;
    }
    for (size_t c = 0; c < a->columns; c++)
        text_char(out, !count[c] ? ' ' : count[c] == 1 ? sign[c]
                       : count[c] < 10                 ? (char)('0' + count[c])
                                                       : '+');
}

static int64_t tick_step(const struct axis *a)
{
    static const int64_t steps[] = { MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS,
                                     15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS,
                                     3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if ((a->end - a->start) / steps[i] * 7 <= (int64_t)a->columns)
            return steps[i];
    return (a->end - a->start) / ((int64_t)a->columns / 12 + 1) / DAY_MS * DAY_MS + DAY_MS;
}

static void axis_line(struct text *out, const struct axis *a, const struct picture *p, struct arena *keep)
{
    int64_t step = tick_step(a);
    size_t written = 0;
    for (int64_t at = a->start; (at = picture_tick_after(p, at, step)) < a->end;) {
        size_t c = column_of(a, at);
        if (c < written || c + 5 > a->columns)
            continue;
        text_repeat(out, " ", c - written);
        const char *label = instant_text(keep, p->zone, at, step < DAY_MS ? FORM_HM : FORM_DATE);
        text_add(out, step < DAY_MS ? label : label + 5);
        written = c + 5;
    }
    while (out->length && out->at[out->length - 1] == ' ')
        out->at[--out->length] = '\0';
    text_char(out, '\n');
}

static size_t widest_name(const struct picture *p)
{
    size_t widest = 6;
    for (size_t i = 0; i < p->lanes; i++) {
        size_t w = text_width(p->lane[i].below ? "  requests" : p->lane[i].name);
        widest = w > widest ? w : widest;
    }
    return widest < NAME_MOST ? widest : NAME_MOST;
}

/* What is said of each lane: whole, as long as the axis keeps its room. */
static size_t widest_said(const struct picture *p, size_t room)
{
    size_t widest = SAID_LEAST;
    for (size_t i = 0; i < p->lanes; i++) {
        size_t w = text_width(p->lane[i].said);
        widest = w > widest ? w : widest;
    }
    return widest + AXIS_LEAST <= room ? widest : SAID_LEAST;
}

struct legend { struct text *out; size_t indent, columns, written; };

static void legend_add(struct legend *l, const char *item)
{
    size_t width = text_width(item) + (l->written ? 3 : 0);
    if (l->written && l->indent + l->written + width > l->columns) {
        text_char(l->out, '\n');
        l->written = 0;
        width -= 3;
    }
    text_repeat(l->out, " ", l->written ? 3 : l->indent);
    text_add(l->out, item);
    l->written += width;
}

static const struct { char sign; const char *meaning; } signs[] = {
    { '!', "! sign" }, { 'x', "x change" }, { 'o', "o note" }, { '^', "^ phase" },
};

static bool shows_sign(const struct picture *p, char sign)
{
    for (size_t i = 0; i < p->lanes; i++)
        for (size_t k = 0; k < p->lane[i].marks; k++)
            if (p->lane[i].mark[k].sign == sign)
                return true;
    return false;
}

/* Only what occurs; where marks met, their number stands. */
static void legend(struct text *out, const struct picture *p, const struct glyphs *glyph, const bool used[], size_t indent,
                   size_t columns, struct arena *keep)
{
    struct legend l = { out, indent, columns, 0 };
    for (size_t i = 0; i < STAYS; i++)
        if (used[i])
            legend_add(&l, arena_print(keep, "%s %s", glyph->stay[i], meaning[i]));
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (shows_sign(p, signs[i].sign))
            legend_add(&l, signs[i].meaning);
    text_char(out, '\n');
}

const char *picture_terminal(const struct picture *p, int columns, bool ascii, struct arena *keep)
{
    size_t name = widest_name(p), width = columns > 40 ? (size_t)columns : 40;
    size_t room = width - name - 4, said = widest_said(p, room);
    struct axis a = { p->start, p->end, room - said, &sets[ascii] };
    if (room < said + AXIS_LEAST)
        a.columns = AXIS_LEAST;
    bool used[STAYS] = { false };
    struct text out = text_new(keep);
    for (size_t i = 0; i < p->lanes; i++) {
        const struct lane *l = &p->lane[i];
        const char *label = !l->below ? text_cut(keep, text_for_terminal(keep, l->name), name)
                            : l->unit == RATE_REQUESTS ? "  requests" : "  packets";
        text_add(&out, label);
        text_repeat(&out, " ", name - text_width(label) + 2);
        if (l->kind == LANE_MARKS)
            marks_line(&out, l, &a, keep);
        else if (l->kind == LANE_RATE)
            rate_line(&out, l, &a, keep);
        else
            segments_line(&out, l, &a, used);
        text_print(&out, "  %s\n", text_cut(keep, l->said, said));
    }
    text_repeat(&out, " ", name + 2);
    axis_line(&out, &a, p, keep);
    legend(&out, p, a.glyph, used, name + 2, width, keep);
    return out.at;
}
