/* sla_draw.c: the year's calendar and the budget's line, as SVG. Whole pixels
 * and tenths: no floating point decides a byte. */
#include "tell/sla_page.h"

#include "record/burn.h"
#include "record/sla_words.h"

#include <inttypes.h>

enum { CELL = 15, GAP = 2, MARGIN = 32, HEAD = 20 };

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* How bad a day was, beside the allowance of its whole period. */
static int shade_of(int64_t down_ms, int64_t allowed_ms)
{
    if (down_ms <= 0)
        return 0;
    return down_ms * 4 < allowed_ms ? 1 : down_ms * 2 < allowed_ms ? 2 : down_ms <= allowed_ms ? 3 : 4;
}

static void draw_day(struct text *to, struct civil day, int64_t column, int64_t row,
                     struct range down, int shade, bool later, struct arena *keep)
{
    text_print(to, "<rect class=\"%s%d\" x=\"%" PRId64 "\" y=\"%" PRId64 "\" width=\"%d\" height=\"%d\" rx=\"2\">",
               later ? "l" : "d", shade, MARGIN + column * (CELL + GAP), HEAD + row * (CELL + GAP),
               CELL, CELL);
    const char *range = sla_range_minutes(keep, down);
    text_print(to, "<title>%04d-%02d-%02d: %s%s%s%s</title></rect>\n", day.year, day.month, day.day,
               later ? "not yet" : down.high ? sla_seconds(keep, down.nominal) : "no downtime",
               *range ? " (" : "", range, *range ? ")" : "");
}

static void draw_weekdays(struct text *to)
{
    static const char *const names[] = { "Mon", "", "Wed", "", "Fri", "", "Sun" };
    for (int row = 0; row < 7; row++)
        if (*names[row])
            text_print(to, "<text class=\"s\" x=\"0\" y=\"%d\">%s</text>\n",
                       HEAD + row * (CELL + GAP) + 12, names[row]);
}

void sla_draw_year(struct text *to, const struct sla_question *q, int64_t allowed_ms, int year,
                   struct arena *keep)
{
    int64_t edge[BURN_DAYS + 1];
    struct sla_question whole = *q;
    struct range down[BURN_DAYS] = { { 0, 0, 0 } };
    size_t days = burn_days(edge, q->policy->zone, year);
    whole.period = (struct period){ edge[0], edge[days], "" };
    burn_bins(down, &whole, edge, days, *keep);
    /* weeks begin on Monday; Sunday is 0 */
    int64_t first = (civil_weekday(year, 1, 1) + 6) % 7, start = civil_days(year, 1, 1);
    int width = MARGIN + 54 * (CELL + GAP), height = HEAD + 7 * (CELL + GAP) + 4;
    text_print(to, "<svg class=\"year\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
               "<title>Downtime of ", width, height, width, height);
    text_add_xml(to, q->service);
    text_print(to, " on each day of %d</title>\n", year);
    draw_weekdays(to);
    for (size_t i = 0; i < days; i++) {
        struct civil day = civil_at("UTC", (start + (int64_t)i) * DAY_MS);
        int64_t column = ((int64_t)i + first) / 7, row = ((int64_t)i + first) % 7;
        bool later = q->as_of != INSTANT_NONE && edge[i] > q->as_of;
        if (edge[i] == edge[i + 1])
            continue; /* the zone skipped that day */
        if (day.day == 1)
            text_print(to, "<text class=\"s\" x=\"%" PRId64 "\" y=\"12\">%s</text>\n",
                       MARGIN + (column + (row > 0)) * (CELL + GAP), months[day.month - 1]);
        draw_day(to, day, column, row, down[i], shade_of(down[i].nominal, allowed_ms), later, keep);
    }
    text_add(to, "</svg>\n");
}

enum { WIDTH = 950, HEIGHT = 240, LEFT = 70, RIGHT = 20, TOP = 16, FOOT = 28, STEPS = 900 };

/* What is left of the budget at each step: allowed, less the sum so far. */
struct budget {
    struct range left[STEPS + 1];
    int64_t edge[STEPS + 1];
    int64_t top, bottom; /* of the scale, ms */
    size_t steps;        /* up to as-of */
};

static void measure(struct budget *b, const struct sla_answered *a, struct arena scratch)
{
    static struct range used[STEPS];
    struct period p = a->question->period;
    for (int64_t i = 0; i <= STEPS; i++)
        b->edge[i] = p.start + (p.end - p.start) / STEPS * i;
    b->edge[STEPS] = p.end;
    burn_bins(used, a->question, b->edge, STEPS, scratch);
    b->left[0] = (struct range){ a->result->allowed_ms, a->result->allowed_ms, a->result->allowed_ms };
    b->top = a->result->allowed_ms;
    b->bottom = 0;
    for (size_t i = 0; i < STEPS; i++) {
        bool later = a->question->as_of != INSTANT_NONE && b->edge[i] > a->question->as_of;
        b->left[i + 1].low = b->left[i].low - used[i].high; /* most used, least left */
        b->left[i + 1].nominal = b->left[i].nominal - used[i].nominal;
        b->left[i + 1].high = b->left[i].high - used[i].low;
        if (!later)
            b->steps = i + 1;
        if (b->left[i + 1].low < b->bottom)
            b->bottom = b->left[i + 1].low;
    }
    if (b->top - b->bottom < MINUTE_MS)
        b->top = b->bottom + MINUTE_MS;
}

static void point(struct text *to, const struct budget *b, size_t step, int64_t left)
{
    int64_t x = LEFT * 10 + (int64_t)step * (WIDTH - LEFT - RIGHT) * 10 / STEPS;
    int64_t y = TOP * 10 + (b->top - left) * (HEIGHT - TOP - FOOT) * 10 / (b->top - b->bottom);
    text_print(to, "%" PRId64 ".%" PRId64 ",%" PRId64 ".%" PRId64 " ", x / 10, x % 10, y / 10, y % 10);
}

/* A point where the line bends; between bends it is straight. */
static bool bends(const struct budget *b, size_t i)
{
    const struct range *l = b->left;
    return i == 0 || i == b->steps || l[i].nominal - l[i - 1].nominal != l[i + 1].nominal - l[i].nominal
        || l[i].low - l[i - 1].low != l[i + 1].low - l[i].low
        || l[i].high - l[i - 1].high != l[i + 1].high - l[i].high;
}

static void draw_lines(struct text *to, const struct budget *b)
{
    text_add(to, "<polygon class=\"band\" points=\"");
    for (size_t i = 0; i <= b->steps; i++)
        if (bends(b, i))
            point(to, b, i, b->left[i].high);
    for (size_t i = b->steps + 1; i-- > 0;)
        if (bends(b, i))
            point(to, b, i, b->left[i].low);
    text_add(to, "\"/>\n<polyline class=\"left\" points=\"");
    for (size_t i = 0; i <= b->steps; i++)
        if (bends(b, i))
            point(to, b, i, b->left[i].nominal);
    text_add(to, "\"/>\n");
}

static void draw_level(struct text *to, const struct budget *b, int64_t level, const char *class,
                       const char *words)
{
    int64_t y = TOP + (b->top - level) * (HEIGHT - TOP - FOOT) / (b->top - b->bottom);
    text_print(to, "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%" PRId64 "\" y2=\"%" PRId64 "\"/>"
               "<text class=\"s\" text-anchor=\"end\" x=\"%d\" y=\"%" PRId64 "\">%s</text>\n",
               class, LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, words);
}

/* A tick about every tenth of the period, at the start of a day. */
static void draw_days(struct text *to, const struct sla_answered *a)
{
    struct period p = a->question->period;
    const char *zone = a->question->policy->zone;
    int64_t days = (p.end - p.start + DAY_MS / 2) / DAY_MS, every = days > 40 ? days / 12 : 5;
    struct civil c = civil_at(zone, p.start);
    int64_t first = civil_days(c.year, c.month, c.day);
    for (int64_t i = 0; i < days; i += every) {
        struct civil day = civil_at("UTC", (first + i) * DAY_MS);
        int64_t at = zone_day_start(zone, day.year, day.month, day.day);
        int64_t x = LEFT + (at - p.start) * (WIDTH - LEFT - RIGHT) / (p.end - p.start);
        text_print(to, "<line class=\"g\" x1=\"%" PRId64 "\" x2=\"%" PRId64 "\" y1=\"%d\" y2=\"%d\"/>"
                   "<text class=\"s\" x=\"%" PRId64 "\" y=\"%d\">%d %s</text>\n", x, x, TOP,
                   HEIGHT - FOOT, x, HEIGHT - 8, day.day, months[day.month - 1]);
    }
}

void sla_draw_budget(struct text *to, const struct sla_answered *a, struct arena *keep)
{
    struct budget *b = arena_one(keep, struct budget);
    measure(b, a, *keep);
    text_print(to, "<svg class=\"budget\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
               "<title>What was left of the budget of ", WIDTH, HEIGHT, WIDTH, HEIGHT);
    text_add_xml(to, a->question->service);
    text_add(to, " in ");
    text_add(to, period_words(keep, a->question->period));
    text_add(to, "</title>\n");
    draw_days(to, a);
    draw_level(to, b, a->result->allowed_ms, "g", sla_hundredths(keep, a->result->allowed_ms));
    draw_lines(to, b);
    draw_level(to, b, 0, "zero", "0");
    text_add(to, "</svg>\n");
}
