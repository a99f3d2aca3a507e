/* spell.c: see spell.h. Levels become weights, so that the worst is the
 * heaviest and profile.h does the rest. */
#include "record/spell.h"

#include "record/profile.h"

#include <string.h>

enum { LEVELS = 3 };

static int64_t weight_of(enum impact_level level)
{
    return level == IMPACT_NONE ? 0 : LEVELS - (int64_t)level; /* down 3, degraded 2, unknown 1 */
}

static enum impact_level level_of(int64_t weight)
{
    return (enum impact_level)(LEVELS - weight);
}

enum side { LEAST, STATED, MOST };

static struct span span_of(const struct window *w, enum side side, int64_t as_of)
{
    struct span s = { w->start.at, w->end.at, weight_of(w->level), 0 };
    if (side == LEAST) {
        s.start += w->start.late_ms;
        s.end -= w->end.early_ms;
    } else if (side == MOST) {
        s.start -= w->start.early_ms;
        s.end += w->end.late_ms;
    }
    if (as_of != INSTANT_NONE && s.end > as_of)
        s.end = as_of;
    return s;
}

/* The service's windows from one level down to another, at one side of their range. */
static struct profile profile_side(const struct window *window, size_t windows, const char *service,
                                   int64_t as_of, enum side side, enum impact_level worst,
                                   enum impact_level lightest, struct arena *keep)
{
    struct span *span = arena_many(keep, struct span, windows + 1);
    size_t count = 0;
    for (size_t i = 0; i < windows; i++) {
        if (strcmp(window[i].service, service) || window[i].level > lightest
            || window[i].level < worst)
            continue;
        span[count] = span_of(&window[i], side, as_of);
        span[count].owner = i;
        count += span[count].start < span[count].end;
    }
    return profile_of(span, count, keep);
}

static int64_t length_of(struct profile p, int64_t weight)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p.count; i++)
        if (!weight || p.span[i].weight == weight)
            sum += p.span[i].end - p.span[i].start;
    return sum;
}

static void take_spell(struct spells *out, struct spell *s, struct profile p, size_t first,
                       size_t next, const struct window *window, struct stretch_of *part)
{
    *s = (struct spell){ p.span[first].start, p.span[next - 1].end, IMPACT_UNKNOWN, false, part,
                         next - first, { 0 } };
    for (size_t i = first; i < next; i++) {
        const struct window *w = &window[p.span[i].owner];
        enum impact_level level = level_of(p.span[i].weight);
        part[i - first] = (struct stretch_of){ p.span[i].start, p.span[i].end, level, w };
        s->ms[level] += p.span[i].end - p.span[i].start;
        s->worst = level < s->worst ? level : s->worst;
        s->open = s->open || (w->open && p.span[i].end == s->end);
    }
    out->times[s->worst]++;
}

/* What the service lost at those levels, at least or at most. */
static int64_t union_of(const struct window *window, size_t windows, const char *service,
                        int64_t as_of, enum side side, int worst, int lightest, struct arena scratch)
{
    return length_of(profile_side(window, windows, service, as_of, side, (enum impact_level)worst,
                                  (enum impact_level)lightest, &scratch), 0);
}

/* A level has at least what all down to it have without the most that worse
 * ones may take, and at most its own windows, or what those leave. */
static void take_ranges(struct spells *out, const struct window *window, size_t windows,
                        const char *service, int64_t as_of, struct profile stated,
                        struct arena scratch)
{
    int64_t worse_least = 0, worse_most = 0;
    for (int level = 0; level < LEVELS; level++) {
        int64_t least = union_of(window, windows, service, as_of, LEAST, 0, level, scratch);
        int64_t most = union_of(window, windows, service, as_of, MOST, 0, level, scratch);
        int64_t own = union_of(window, windows, service, as_of, MOST, level, level, scratch);
        out->level_ms[level] = (struct range){
            least > worse_most ? least - worse_most : 0,
            length_of(stated, weight_of((enum impact_level)level)),
            own < most - worse_least ? own : most - worse_least };
        worse_least = least;
        worse_most = most;
    }
    out->total_ms = (struct range){ worse_least, length_of(stated, 0), worse_most };
}

void spells_fold(struct spells *out, const struct window *window, size_t windows,
                 const char *service, int64_t as_of, struct arena *keep)
{
    struct profile p = profile_side(window, windows, service, as_of, STATED, IMPACT_DOWN,
                                    IMPACT_UNKNOWN, keep);
    struct spell *spell = arena_many(keep, struct spell, p.count + 1);
    struct stretch_of *part = arena_many(keep, struct stretch_of, p.count + 1);
    *out = (struct spells){ .spell = spell };
    for (size_t i = 0, next; i < p.count; i = next) {
        for (next = i + 1; next < p.count && p.span[next].start == p.span[next - 1].end; next++)
            ;
        take_spell(out, &spell[out->count++], p, i, next, window, part + i);
    }
    take_ranges(out, window, windows, service, as_of, p, *keep);
}
