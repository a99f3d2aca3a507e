/* chart_svg.c: the picture as a drawing that stands alone.
 *
 * Colours follow the reader's scheme (light, dark, print) and are never the
 * only sign: each stay has its pattern or place, each lane its words. */
#include "tell/chart.h"

#include <inttypes.h>

enum { WIDTH = 960, LEFT = 150, RIGHT = 180, TOP = 54, LANE = 34, RATE = 58, BAR = 18, FOOT = 64,
       PLOT = 36 };

/* Plain values first: readers without custom properties or media queries get
 * the light picture. */
static const char style[] =
    "<style>"
    "svg{font:13px/1.3 system-ui,sans-serif}.paper{fill:#fff}text{fill:#1c2733}"
    ".s{fill:#5b6b7b}.h{font-size:15px;font-weight:600}"
    ".n{font-family:ui-monospace,monospace;font-size:12px}.g{stroke:#e3e9ee}"
    ".b{stroke:#d5dde5;stroke-width:2}.down{fill:#b3261e}.degraded{fill:#c77700}"
    ".unknown{fill:#6a5acd}.pool{fill:#2f7d55}.watched{fill:#1f5fa8}"
    ".out{fill:none;stroke:#8a97a5;stroke-width:1.5;stroke-dasharray:4 3}"
    ".o{fill:#fff;stroke:#1c2733;stroke-width:1.5}.x{fill:#1c2733}.a{fill:#b3261e}"
    ".p{stroke:#5b6b7b;stroke-width:2}.r{fill:none;stroke:#1c2733;stroke-width:1.5}"
    ".d{fill:#1c2733}.u{fill:none;stroke:#5b6b7b;stroke-dasharray:2 3}"
    "@media screen and (prefers-color-scheme:dark){.paper{fill:#10171e}text{fill:#e6edf3}"
    ".s{fill:#9fb0c0}.g{stroke:#222d38}.b{stroke:#33414f}.down,.a{fill:#ff7b72}"
    ".degraded{fill:#f0a050}.unknown{fill:#b4a7ff}.pool{fill:#5fb98a}.watched{fill:#6cb0ff}"
    ".out{stroke:#7d8b99}.o{fill:#10171e;stroke:#e6edf3}.x,.d{fill:#e6edf3}.p,.u{stroke:#9fb0c0}"
    ".r{stroke:#e6edf3}}"
    "</style>";

static const char *const classes[] = { "down", "degraded", "unknown", "pool", "out", "watched" };
static const char *const names_en[] = { "down", "degraded", "unknown", "in the pool",
                                        "out of the pool", "led away and watched" };
static const char *const names_fr[] = { "indisponible", "dégradé", "inconnu", "dans le pool",
                                        "hors du pool", "détournée et observée" };

struct drawing {
    const struct picture *p;
    const char *const *stay_names;
    struct text out;
    struct arena *keep;
    bool fr;
};

/* Tenths of a pixel, so that no floating point decides a byte. */
static int64_t x_of(const struct picture *p, int64_t at)
{
    int64_t room = (WIDTH - LEFT - RIGHT) * 10, span = p->end - p->start;
    int64_t x = (at - p->start) * room / (span > 0 ? span : 1);
    return LEFT * 10 + (x < 0 ? 0 : x > room ? room : x);
}

static void tenths(struct text *to, const char *attribute, int64_t n)
{
    text_print(to, " %s=\"%" PRId64 ".%" PRId64 "\"", attribute, n / 10, n % 10);
}

static const char *clock_of(struct drawing *d, int64_t at)
{
    struct tongue t = { d->fr ? "fr" : "en", d->p->zone };
    return words_clock(d->keep, &t, at, d->p->day_at);
}

static const char *colon(const struct drawing *d)
{
    return d->fr ? "\u00a0:" : ":";
}

static void draw_segment(struct drawing *d, const struct lane *l, const struct segment *s,
                         int64_t y)
{
    int64_t x = x_of(d->p, s->start), width = x_of(d->p, s->end) - x;
    bool place = l->kind == LANE_IP;
    text_add(&d->out, "<rect");
    tenths(&d->out, "x", x);
    tenths(&d->out, "width", width < 20 ? 20 : width);
    text_print(&d->out, " y=\"%" PRId64 "\" height=\"%d\" rx=\"2\" class=\"%s\"><title>",
               place ? y + 4 : y, place ? BAR - 8 : BAR, classes[s->stay]);
    text_add_xml(&d->out, arena_print(d->keep, "%s%s %s, %s - %s%s", l->name, colon(d), d->stay_names[s->stay],
                             clock_of(d, s->start), clock_of(d, s->end),
                             s->open ? d->fr ? " (en cours)" : " (goes on)" : ""));
    text_add(&d->out, "</title></rect>");
}

static void draw_sign(struct drawing *d, const struct mark *m, int64_t x, int64_t y)
{
    int64_t middle = (y + BAR / 2) * 10;
    if (m->sign == '^') {
        text_add(&d->out, "<line class=\"p\"");
        tenths(&d->out, "x1", x), tenths(&d->out, "x2", x);
        text_print(&d->out, " y1=\"%" PRId64 "\" y2=\"%" PRId64 "\"/>", y - 2, y + BAR + 2);
    } else if (m->sign == 'x') {
        text_add(&d->out, "<rect class=\"x\"");
        tenths(&d->out, "x", x - 45), tenths(&d->out, "y", middle - 45);
        text_add(&d->out, " width=\"9\" height=\"9\" rx=\"1\"/>");
    } else {
        text_print(&d->out, "<circle class=\"%s\"", m->sign == '!' ? "a" : "o");
        tenths(&d->out, "cx", x), tenths(&d->out, "cy", middle);
        text_add(&d->out, " r=\"4.5\"/>");
    }
}

static void draw_mark(struct drawing *d, const struct mark *m, int64_t y)
{
    text_add(&d->out, "<g><title>");
    text_add_xml(&d->out, arena_print(d->keep, "%s %s", clock_of(d, m->at), d->fr ? m->text_fr : m->text));
    text_add(&d->out, "</title>");
    draw_sign(d, m, x_of(d->p, m->at), y);
    text_add(&d->out, "</g>");
}

static const char *said(const struct drawing *d, const struct lane *l)
{
    return d->fr ? l->said_fr : l->said;
}

static int64_t height_of(const struct lane *l)
{
    return l->kind == LANE_RATE ? RATE : LANE;
}

static const char *unit_words(const struct drawing *d, const struct lane *l)
{
    if (l->unit == RATE_REQUESTS)
        return d->fr ? "requêtes par minute" : "requests a minute";
    return d->fr ? "paquets par seconde" : "packets a second";
}

/* One line through what was measured close enough in time to be one. */
static void draw_curve(struct drawing *d, const struct lane *l, int64_t y, bool usual)
{
    bool drawing = false;
    int64_t before = INSTANT_NONE;
    text_print(&d->out, "<path class=\"%s\" d=\"", usual ? "u" : "r");
    for (size_t i = 0; i < l->readings; i++) {
        const struct reading *r = &l->reading[i];
        int64_t value = usual ? r->usual : r->value;
        if (value < 0)
            continue;
        drawing = drawing && r->at - before <= l->apart_ms;
        int64_t x = x_of(d->p, r->at), h = y * 10 - value * PLOT * 10 / l->top;
        text_print(&d->out, "%c%" PRId64 ".%" PRId64 " %" PRId64 ".%" PRId64, drawing ? 'L' : 'M', x / 10, x % 10,
                   h / 10, h % 10);
        drawing = true;
        before = r->at;
    }
    text_add(&d->out, "\"/>");
}

/* On a scale of its own from 0; each reading a point with its words. */
static void draw_rate(struct drawing *d, const struct lane *l, int64_t y)
{
    int64_t base = y + PLOT + 4;
    text_print(&d->out, "<text class=\"s\" x=\"12\" y=\"%" PRId64 "\">", base - 14);
    text_add_xml(&d->out, l->below ? unit_words(d, l) : text_cut(d->keep, l->name, 18));
    text_print(&d->out, "</text><line class=\"b\" x1=\"%d\" x2=\"%d\" y1=\"%" PRId64 "\" y2=\"%" PRId64 "\"/>",
               LEFT, WIDTH - RIGHT, base, base);
    draw_curve(d, l, base, true);
    draw_curve(d, l, base, false);
    for (size_t i = 0; i < l->readings; i++) {
        const struct reading *r = &l->reading[i];
        text_add(&d->out, "<circle class=\"d\" r=\"1.8\"");
        tenths(&d->out, "cx", x_of(d->p, r->at));
        tenths(&d->out, "cy", base * 10 - r->value * PLOT * 10 / l->top);
        text_add(&d->out, "><title>");
        text_add_xml(&d->out, arena_print(d->keep, "%s%s %s, %" PRId64 " %s", l->name, colon(d), clock_of(d, r->at), r->value,
                                          unit_words(d, l)));
        text_add(&d->out, "</title></circle>");
    }
    text_print(&d->out, "<text class=\"s\" x=\"%d\" y=\"%" PRId64 "\">", WIDTH - RIGHT + 14, base - 14);
    text_add_xml(&d->out, said(d, l));
    text_add(&d->out, "</text>\n");
}

static void draw_lane(struct drawing *d, const struct lane *l, int64_t y)
{
    int64_t base = y + BAR - 4;
    if (l->kind == LANE_RATE) {
        draw_rate(d, l, y);
        return;
    }
    text_print(&d->out, "<text class=\"n\" x=\"12\" y=\"%" PRId64 "\">", base);
    text_add_xml(&d->out, d->fr && l->kind == LANE_MARKS ? "journal" : text_cut(d->keep, l->name, 18));
    text_print(&d->out, "</text><line class=\"b\" x1=\"%d\" x2=\"%d\" y1=\"%" PRId64
               "\" y2=\"%" PRId64 "\"/>", LEFT, WIDTH - RIGHT, y + BAR / 2, y + BAR / 2);
    for (size_t i = 0; i < l->segments; i++)
        draw_segment(d, l, &l->segment[i], y);
    for (size_t i = 0; i < l->marks; i++)
        draw_mark(d, &l->mark[i], y);
    text_print(&d->out, "<text class=\"s\" x=\"%d\" y=\"%" PRId64 "\">", WIDTH - RIGHT + 14, base);
    text_add_xml(&d->out, said(d, l));
    text_add(&d->out, "</text>\n");
}

static int64_t step_of(int64_t span)
{
    static const int64_t steps[] = { MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS,
                                     15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS,
                                     3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (span / steps[i] <= 10)
            return steps[i];
    return (span / 10 / DAY_MS + 1) * DAY_MS;
}

static void draw_axis(struct drawing *d, int64_t bottom)
{
    const struct picture *p = d->p;
    int64_t step = step_of(p->end - p->start);
    for (int64_t at = p->start; (at = picture_tick_after(p, at, step)) < p->end;) {
        int64_t x = x_of(p, at);
        text_add(&d->out, "<line class=\"g\"");
        tenths(&d->out, "x1", x), tenths(&d->out, "x2", x);
        text_print(&d->out, " y1=\"%d\" y2=\"%" PRId64 "\"/><text class=\"s\" "
                   "text-anchor=\"middle\"", TOP - 8, bottom);
        tenths(&d->out, "x", x);
        text_print(&d->out, " y=\"%" PRId64 "\">%s</text>", bottom + 16,
                   step < DAY_MS ? instant_text(d->keep, p->zone, at, FORM_HM)
                                 : instant_text(d->keep, p->zone, at, FORM_DATE) + 5);
    }
    text_char(&d->out, '\n');
}

/* What the picture shows, for those who do not see it. */
static void describe(struct drawing *d)
{
    const struct picture *p = d->p;
    text_add(&d->out, "<desc id=\"picture-text\">");
    for (size_t i = 0; i < p->lanes; i++) {
        const struct lane *l = &p->lane[i];
        text_add_xml(&d->out, l->kind == LANE_RATE
                     ? arena_print(d->keep, "%s, %s%s %s.", l->name, unit_words(d, l), colon(d), said(d, l))
                     : arena_print(d->keep, "%s%s %s.", d->fr && l->kind == LANE_MARKS ? "journal" : l->name, colon(d), said(d, l)));
        for (size_t k = 0; k < l->segments; k++)
            text_add_xml(&d->out, arena_print(d->keep, " %s %s - %s.", d->stay_names[l->segment[k].stay],
                                     clock_of(d, l->segment[k].start),
                                     clock_of(d, l->segment[k].end)));
        text_char(&d->out, ' ');
    }
    text_add(&d->out, "</desc>\n");
}

static const struct { char sign; const char *en, *fr; } marks[] = {
    { '!', "sign", "alerte" }, { 'x', "change", "action" }, { 'o', "note", "note" },
    { '^', "phase", "phase" },
};

static bool has_mark(const struct picture *p, char sign)
{
    for (size_t i = 0; i < p->lanes; i++)
        for (size_t k = 0; k < p->lane[i].marks; k++)
            if (p->lane[i].mark[k].sign == sign)
                return true;
    return false;
}

static void draw_legend(struct drawing *d, int64_t y)
{
    bool used[sizeof classes / sizeof *classes] = { false };
    int64_t x = 12;
    for (size_t i = 0; i < d->p->lanes; i++)
        for (size_t k = 0; k < d->p->lane[i].segments; k++)
            used[d->p->lane[i].segment[k].stay] = true;
    for (size_t i = 0; i < sizeof used; i++) {
        if (!used[i])
            continue;
        text_print(&d->out, "<rect class=\"%s\" x=\"%" PRId64 "\" y=\"%" PRId64
                   "\" width=\"14\" height=\"10\" rx=\"2\"/><text class=\"s\" x=\"%" PRId64
                   "\" y=\"%" PRId64 "\">%s</text>", classes[i], x, y - 9, x + 20, y,
                   d->stay_names[i]);
        x += 44 + 7 * (int64_t)text_width(d->stay_names[i]);
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *words = d->fr ? marks[i].fr : marks[i].en;
        struct mark one = { .sign = marks[i].sign };
        if (!has_mark(d->p, marks[i].sign))
            continue;
        draw_sign(d, &one, (x + 7) * 10, y - 13);
        text_print(&d->out, "<text class=\"s\" x=\"%" PRId64 "\" y=\"%" PRId64 "\">%s</text>",
                   x + 20, y, words);
        x += 44 + 7 * (int64_t)text_width(words);
    }
    text_char(&d->out, '\n');
}

const char *picture_svg(const struct picture *p, const char *locale, struct arena *keep)
{
    bool fr = text_equal(locale, "fr");
    struct drawing d = { p, fr ? names_fr : names_en, text_new(keep), keep, fr };
    int64_t bottom = TOP, y = TOP;
    for (size_t i = 0; i < p->lanes; i++)
        bottom += height_of(&p->lane[i]);
    int64_t height = bottom + FOOT;
    struct tongue t = { locale, p->zone };
    const char *title = arena_print(keep, "%s%s, %s, %s", p->simulated ? fr ? "SIMULÉ : " : "SIMULATED: " : "",
                                    p->title, words_date(keep, &t, p->day_at, DATE_FULL),
                                    words_zone(keep, &t, p->first, p->last));
    text_print(&d.out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %" PRId64
               "\" width=\"%d\" height=\"%" PRId64 "\" role=\"img\" aria-labelledby=\"picture-title picture-text\">\n"
               "<title id=\"picture-title\">", WIDTH, height, WIDTH, height);
    text_add_xml(&d.out, title);
    text_add(&d.out, "</title>\n");
    describe(&d);
    text_add(&d.out, style);
    text_add(&d.out, "\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
                     "<text class=\"h\" x=\"12\" y=\"26\">");
    text_add_xml(&d.out, title);
    text_add(&d.out, "</text>\n");
    draw_axis(&d, bottom);
    for (size_t i = 0; i < p->lanes; y += height_of(&p->lane[i]), i++)
        draw_lane(&d, &p->lane[i], y);
    draw_legend(&d, bottom + 44);
    text_add(&d.out, "</svg>\n");
    return d.out.at;
}
