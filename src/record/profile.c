/* profile.c: see profile.h. */
#include "record/profile.h"

#include <stdlib.h>
#include <string.h>

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->owner > y->owner) - (x->owner < y->owner);
}

/* Windows mostly come in order, or nearly so (an edge moved by its precision):
 * a million of them are not sorted for nothing. */
static void sort_spans(struct span *span, size_t count)
{
    size_t patience = 8 * count;
    for (size_t i = 1; i < count; i++) {
        struct span s = span[i];
        size_t k = i;
        for (; k && patience && by_start(&span[k - 1], &s) > 0; k--, patience--)
            span[k] = span[k - 1];
        span[k] = s;
        if (!patience) {
            qsort(span, count, sizeof *span, by_start);
            return;
        }
    }
}

/* Spans that overlap make at most twice as many that do not. */
struct profile profile_room(size_t count, struct arena *keep)
{
    return (struct profile){ arena_many(keep, struct span, 2 * count + 1), 0 };
}

struct profile profile_done(struct profile p, struct arena *keep)
{
    keep->at = (char *)(p.span + p.count + 1);
    return p;
}

/* The spans that run at the moment, the heaviest on top. */
struct heap {
    const struct span **at;
    size_t count;
};

static bool above(const struct span *a, const struct span *b)
{
    return a->weight != b->weight ? a->weight > b->weight : a->owner < b->owner;
}

static void heap_push(struct heap *h, const struct span *s)
{
    size_t i = h->count++;
    for (; i && above(s, h->at[(i - 1) / 2]); i = (i - 1) / 2)
        h->at[i] = h->at[(i - 1) / 2];
    h->at[i] = s;
}

static void heap_pop(struct heap *h)
{
    const struct span *last = h->at[--h->count];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
        if (child + 1 < h->count && above(h->at[child + 1], h->at[child]))
            child++;
        if (!above(h->at[child], last))
            break;
        h->at[i] = h->at[child];
    }
    h->at[i] = last;
}

static void emit(struct profile *p, int64_t start, int64_t end, const struct span *like)
{
    struct span *last = p->count ? &p->span[p->count - 1] : NULL;
    if (start >= end || like->weight <= 0)
        return;
    if (last && last->end == start && last->weight == like->weight && last->owner == like->owner)
        last->end = end;
    else
        p->span[p->count++] = (struct span){ start, end, like->weight, like->owner };
}

void profile_fill(struct profile *p, struct span *span, size_t count, struct arena scratch)
{
    struct heap h = { arena_many(&scratch, const struct span *, count + 1), 0 };
    size_t next = 0;
    int64_t now = INT64_MIN;
    sort_spans(span, count);
    for (;;) {
        while (h.count && h.at[0]->end <= now)
            heap_pop(&h);
        if (!h.count) {
            if (next == count)
                return;
            now = span[next].start;
        }
        for (; next < count && span[next].start <= now; next++)
            if (span[next].end > now && span[next].weight > 0)
                heap_push(&h, &span[next]);
        if (!h.count)
            continue;
        int64_t until = h.at[0]->end;
        if (next < count && span[next].start < until)
            until = span[next].start;
        emit(p, now, until, h.at[0]);
        now = until;
    }
}

struct profile profile_of(struct span *span, size_t count, struct arena *keep)
{
    struct profile out = profile_room(count, keep);
    profile_fill(&out, span, count, *keep);
    return profile_done(out, keep);
}

struct profile profile_silence(struct profile all, struct profile voice, int64_t weight,
                               struct arena *keep)
{
    struct profile out = profile_room(all.count, keep);
    size_t v = 0;
    for (size_t i = 0, next; i < all.count; i = next) {
        for (next = i + 1; next < all.count && all.span[next].start == all.span[next - 1].end; next++)
            ;
        while (v < voice.count && voice.span[v].end <= all.span[i].start)
            v++;
        if (v == voice.count || voice.span[v].start >= all.span[next - 1].end)
            emit(&out, all.span[i].start, all.span[next - 1].end, &(struct span){ .weight = weight });
    }
    return profile_done(out, keep);
}

/* What is left of the span that a cursor stands on, from `now` on. */
struct cursor {
    const struct span *at, *end;
};

static struct cursor cursor(struct profile p)
{
    return (struct cursor){ p.span, p.span + p.count };
}

static const struct span *covering(struct cursor *c, int64_t now, int64_t *until)
{
    while (c->at < c->end && c->at->end <= now)
        c->at++;
    if (c->at == c->end)
        return NULL;
    int64_t edge = c->at->start <= now ? c->at->end : c->at->start;
    if (edge < *until)
        *until = edge;
    return c->at->start <= now ? c->at : NULL;
}

enum rule { HEAVIER, LIGHTER, OUTSIDE };

static const struct span *choose(enum rule rule, const struct span *a, const struct span *b)
{
    switch (rule) {
    case HEAVIER:
        return !a || (b && b->weight > a->weight) ? b : a;
    case LIGHTER:
        return !a || !b ? NULL : b->weight < a->weight ? b : a;
    case OUTSIDE:
        return b ? NULL : a;
    }
    return NULL;
}

static struct profile combine(struct profile a, struct profile b, enum rule rule,
                              struct arena *keep)
{
    struct profile out = profile_room(a.count + b.count, keep);
    struct cursor x = cursor(a), y = cursor(b);
    int64_t now = INT64_MIN;
    for (;;) {
        int64_t until = INT64_MAX;
        const struct span *s = covering(&x, now, &until), *t = covering(&y, now, &until);
        if (until == INT64_MAX)
            return profile_done(out, keep);
        const struct span *chosen = choose(rule, s, t);
        if (chosen)
            emit(&out, now, until, chosen);
        now = until;
    }
}

struct profile profile_join(struct profile a, struct profile b, struct arena *keep)
{
    return combine(a, b, HEAVIER, keep);
}

struct profile profile_meet(struct profile a, struct profile b, struct arena *keep)
{
    return combine(a, b, LIGHTER, keep);
}

struct profile profile_minus(struct profile a, struct profile hole, struct arena *keep)
{
    return combine(a, hole, OUTSIDE, keep);
}

struct profile profile_clip(struct profile a, int64_t start, int64_t end, struct arena *keep)
{
    struct profile out = profile_room(a.count, keep);
    for (size_t i = 0; i < a.count; i++) {
        int64_t from = a.span[i].start > start ? a.span[i].start : start;
        int64_t to = a.span[i].end < end ? a.span[i].end : end;
        emit(&out, from, to, &a.span[i]);
    }
    return profile_done(out, keep);
}

struct profile profile_without_short(struct profile a, int64_t minimum_ms, struct arena *keep)
{
    struct profile out = profile_room(a.count, keep);
    for (size_t i = 0, next; i < a.count; i = next) {
        for (next = i + 1; next < a.count && a.span[next].start == a.span[next - 1].end; next++)
            ;
        if (a.span[next - 1].end - a.span[i].start < minimum_ms)
            continue;
        memcpy(out.span + out.count, a.span + i, (next - i) * sizeof *a.span);
        out.count += next - i;
    }
    return profile_done(out, keep);
}

static void add_sum(struct profile *out, int64_t now, int64_t until, const struct span *s,
                    const struct span *t)
{
    if (!s && !t)
        return;
    struct span both = s ? *s : *t;
    if (s && t)
        both.weight += t->weight;
    emit(out, now, until, &both);
}

struct profile profile_sum(struct profile a, struct profile b, struct arena *keep)
{
    struct profile out = profile_room(a.count + b.count, keep);
    struct cursor x = cursor(a), y = cursor(b);
    for (int64_t now = INT64_MIN;;) {
        int64_t until = INT64_MAX;
        const struct span *s = covering(&x, now, &until), *t = covering(&y, now, &until);
        if (until == INT64_MAX)
            return profile_done(out, keep);
        add_sum(&out, now, until, s, t);
        now = until;
    }
}

/* The edge of the grid at or before `at`; every span lies behind `start`. */
static int64_t floor_to(int64_t at, int64_t start, int64_t length)
{
    return at - (at - start) % length;
}

static int64_t ceil_to(int64_t at, int64_t start, int64_t length)
{
    return floor_to(at + length - 1, start, length);
}

struct profile profile_touched(struct profile a, int64_t start, int64_t length, struct arena *keep)
{
    struct span *wider = arena_many(keep, struct span, a.count + 1);
    for (size_t i = 0; i < a.count; i++) {
        wider[i] = a.span[i];
        wider[i].start = floor_to(a.span[i].start, start, length);
        wider[i].end = ceil_to(a.span[i].end, start, length);
    }
    return profile_of(wider, a.count, keep);
}

/* One interval that begins at `at` in span `i` and ends in another: the
 * lightest of them, or NULL where they leave a gap. */
static const struct span *lightest(struct profile a, size_t i, int64_t at, int64_t length)
{
    const struct span *light = &a.span[i];
    for (; a.span[i].end < at + length; i++) {
        if (i + 1 == a.count || a.span[i + 1].start != a.span[i].end)
            return NULL;
        if (a.span[i + 1].weight < light->weight)
            light = &a.span[i + 1];
    }
    return light;
}

struct profile profile_covered(struct profile a, int64_t start, int64_t length, struct arena *keep)
{
    struct profile out = profile_room(a.count, keep);
    int64_t at = start;
    for (size_t i = 0; i < a.count;) {
        if (a.span[i].start > at)
            at = ceil_to(a.span[i].start, start, length);
        if (a.span[i].end <= at) {
            i++;
            continue;
        }
        int64_t whole = floor_to(a.span[i].end, start, length);
        if (whole > at) {
            emit(&out, at, whole, &a.span[i]);
            at = whole;
            continue;
        }
        const struct span *light = lightest(a, i, at, length);
        if (light)
            emit(&out, at, at + length, light);
        at += length;
    }
    return profile_done(out, keep);
}

exact profile_whole(struct profile a, int64_t unit_ms)
{
    const exact unit = (exact)unit_ms * 1000000000;
    exact total = 0, outage = 0;
    for (size_t i = 0; i < a.count; i++) {
        if (i && a.span[i].start != a.span[i - 1].end) {
            total += outage / unit * unit;
            outage = 0;
        }
        outage += (exact)(a.span[i].end - a.span[i].start) * a.span[i].weight;
    }
    return total + outage / unit * unit;
}

exact profile_total(struct profile a)
{
    exact total = 0;
    for (size_t i = 0; i < a.count; i++)
        total += (exact)(a.span[i].end - a.span[i].start) * a.span[i].weight;
    return total;
}
