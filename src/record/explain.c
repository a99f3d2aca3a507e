/* explain.c: see explain.h. */
#include "record/explain.h"

#include "record/outage.h"

#include <stdlib.h>
#include <string.h>

/* A copy of the question with windows that may be changed: those of the
 * service and near the period only, so that asking again stays cheap. */
struct trial {
    struct sla_question q;
    struct window *window;
    size_t windows;
};

/* Near enough for an outage that runs across the period's edge. */
static bool matters(const struct sla_question *q, const struct window *w)
{
    int64_t margin = q->policy->minimum_ms > 0 ? 31 * DAY_MS : 0;
    return outage_concerns(q, w) && policy_counts(q->policy, w->basis)
        && w->end.at + w->end.late_ms >= q->period.start - margin
        && w->start.at - w->start.early_ms < q->period.end + margin;
}

static struct trial trial_of(const struct sla_question *q, size_t more, struct arena *keep)
{
    size_t count = 0;
    for (size_t i = 0; i < q->windows; i++)
        count += matters(q, &q->window[i]);
    struct trial t = { *q, arena_many(keep, struct window, count + more + 1), 0 };
    for (size_t i = 0; i < q->windows; i++)
        if (matters(q, &q->window[i]))
            t.window[t.windows++] = q->window[i];
    t.q.window = t.window;
    t.q.windows = t.windows;
    return t;
}

/* The edge known to the second, where it serves the wanted verdict best: an
 * early start and a late end for yes, the other way round for no. */
static struct edge sharpened(struct edge e, bool early)
{
    int64_t width = e.early_ms + e.late_ms, rest = width < 999 ? width : 999;
    return (struct edge){ early ? e.at - e.early_ms : e.at + e.late_ms - rest, 0, rest };
}

static const struct event *event_of(const struct sla_edge *e)
{
    return e->end ? e->window->closing : e->window->opening;
}

/* A tick is shared by the windows of its incident: each gets the same copy. */
static void sharpen_tick(struct trial *t, const struct sla_edge *e, bool early, struct arena *keep)
{
    size_t index = (size_t)(e->tick - e->window->tick);
    struct tick *copy = NULL;
    for (size_t i = 0; i < t->windows; i++) {
        struct window *w = &t->window[i];
        if (strcmp(w->incident, e->window->incident) || w->ticks <= index)
            continue;
        if (!copy) {
            copy = arena_many(keep, struct tick, w->ticks);
            memcpy(copy, w->tick, w->ticks * sizeof *copy);
            copy[index].edge = sharpened(copy[index].edge, early);
        }
        w->tick = copy;
    }
}

static void sharpen(struct trial *t, const struct sla_edge *e, enum verdict wanted,
                    struct arena *keep)
{
    bool early = (wanted == VERDICT_YES) != e->end;
    if (e->tick) {
        sharpen_tick(t, e, early, keep);
        return;
    }
    for (size_t i = 0; i < t->windows; i++) {
        struct window *w = &t->window[i];
        if (e->end && w->closing == event_of(e))
            w->end = sharpened(w->end, early);
        if (!e->end && w->opening == event_of(e))
            w->start = sharpened(w->start, early);
    }
}

static bool is_rough(struct edge e)
{
    return e.early_ms + e.late_ms > 999;
}

static bool same_edge(const struct sla_edge *a, const struct sla_edge *b)
{
    if (a->tick || b->tick)
        return a->tick == b->tick;
    return a->end == b->end && event_of(a) == event_of(b);
}

static void add_edge(struct sla_edge *edge, size_t *edges, const struct window *w, bool end,
                     const struct tick *tick)
{
    struct sla_edge fresh = { .window = w, .end = end, .tick = tick };
    if (!is_rough(tick ? tick->edge : end ? w->end : w->start) || (!tick && !event_of(&fresh)))
        return;
    for (size_t i = 0; i < *edges; i++)
        if (same_edge(&edge[i], &fresh))
            return;
    edge[(*edges)++] = fresh;
}

static void add_edges(struct sla_edge *edge, size_t *edges, const struct sla_question *q,
                      const struct window *w)
{
    const struct tick *start = outage_start_tick(q, w), *stop = outage_stop_tick(q, w);
    add_edge(edge, edges, w, false, NULL);
    add_edge(edge, edges, w, true, NULL);
    if (start)
        add_edge(edge, edges, w, false, start);
    if (stop)
        add_edge(edge, edges, w, true, stop);
}

static int by_gain(const void *a, const void *b)
{
    const struct sla_edge *x = a, *y = b;
    if (x->gain_ms != y->gain_ms)
        return x->gain_ms > y->gain_ms ? -1 : 1;
    if (x->window->start.at != y->window->start.at)
        return x->window->start.at < y->window->start.at ? -1 : 1;
    return (int)x->end - (int)y->end;
}

static void weigh_edge(struct sla_edge *edge, const struct sla_question *q, enum verdict wanted,
                       struct range before, struct arena scratch)
{
    struct range after;
    struct trial t = trial_of(q, 0, &scratch);
    sharpen(&t, edge, wanted, &scratch);
    edge->alone = sla_verdict(&t.q, &after, scratch) == wanted;
    edge->gain_ms = wanted == VERDICT_YES ? after.low - before.low : before.high - after.high;
}

/* Edges of windows that overlap, or that two voices tell, may each do nothing
 * alone and settle it together: so smaller choices are tried one by one. */
struct search {
    const struct sla_question *q;
    struct sla_edge *edge;
    size_t edges;
    enum verdict wanted;
    size_t chosen[16], asked;
};

enum { SEARCH_EDGES = 16, SEARCH_QUESTIONS = 20000 };

static bool chosen_settle(struct search *s, size_t count, struct arena scratch)
{
    struct trial t = trial_of(s->q, 0, &scratch);
    for (size_t i = 0; i < count; i++)
        sharpen(&t, &s->edge[s->chosen[i]], s->wanted, &scratch);
    s->asked++;
    return sla_verdict(&t.q, NULL, scratch) == s->wanted;
}

/* Is there a choice of `count` edges, of which `depth` are chosen, that does? */
static bool some_choice(struct search *s, size_t depth, size_t count, struct arena scratch)
{
    if (depth == count)
        return chosen_settle(s, count, scratch);
    for (size_t i = depth ? s->chosen[depth - 1] + 1 : 0; i + count - depth <= s->edges; i++) {
        s->chosen[depth] = i;
        if (s->asked < SEARCH_QUESTIONS && some_choice(s, depth + 1, count, scratch))
            return true;
    }
    return false;
}

/* The chosen ones come first, in their order. */
static void bring_forward(struct search *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sla_edge e = s->edge[s->chosen[i]];
        for (size_t k = s->chosen[i]; k > i; k--)
            s->edge[k] = s->edge[k - 1];
        s->edge[i] = e;
    }
}

static void find_least(struct sla_settling *out, const struct sla_question *q,
                       struct sla_edge *edge, enum verdict wanted, struct arena scratch)
{
    struct search s = { .q = q, .edge = edge, .edges = out->edges, .wanted = wanted };
    out->least = out->needed <= 1;
    if (out->least || out->edges > SEARCH_EDGES)
        return;
    for (size_t count = 1; count < out->needed; count++)
        if (some_choice(&s, 0, count, scratch)) {
            bring_forward(&s, count);
            out->needed = count;
        }
    out->least = s.asked < SEARCH_QUESTIONS;
}

void sla_settling(struct sla_settling *out, const struct sla_question *q, enum verdict wanted,
                  struct arena *keep)
{
    struct trial all = trial_of(q, 0, keep);
    struct range before;
    *out = (struct sla_settling){ .tried = all.windows <= EXPLAIN_WINDOWS };
    if (!out->tried)
        return;
    struct sla_edge *edge = arena_many(keep, struct sla_edge, 4 * all.windows + 1);
    const struct window *kept = memcpy(arena_many(keep, struct window, all.windows + 1), all.window,
                                       all.windows * sizeof *all.window);
    for (size_t i = 0; i < all.windows; i++)
        add_edges(edge, &out->edges, q, &kept[i]);
    sla_verdict(q, &before, *keep);
    for (size_t i = 0; i < out->edges; i++)
        weigh_edge(&edge[i], q, wanted, before, *keep);
    qsort(edge, out->edges, sizeof *edge, by_gain);
    for (size_t i = 0; i < out->edges; i++)
        out->alone += edge[i].alone;
    out->edge = edge;
    while (!(out->possible = sla_verdict(&all.q, NULL, *keep) == wanted) && out->needed < out->edges) {
        sharpen(&all, &edge[out->needed], wanted, keep);
        out->needed++;
    }
    if (out->possible)
        find_least(out, q, edge, wanted, *keep);
}

static void add_step(struct sla_step *out, size_t *steps, const char *name, const char *words,
                     const struct sla_question *q, const struct policy *policy, struct arena scratch)
{
    struct sla_question then = *q;
    struct sla_step *s = &out[(*steps)++];
    then.policy = policy;
    *s = (struct sla_step){ .name = name, .words = words };
    sla_verdict(&then, &s->downtime_ms, scratch);
}

static const char *bucket_words(const struct policy *p, struct arena *keep)
{
    const char *length = duration_short(keep, p->bucket_ms);
    switch (p->bucket) {
    case BUCKET_NONE:
        return "";
    case BUCKET_TOUCHED:
        return arena_print(keep, "of %s, touched", length);
    case BUCKET_COVERED:
        return arena_print(keep, "of %s, covered", length);
    case BUCKET_WHOLE:
        return arena_print(keep, "each outage cut to whole %s", length);
    }
    return "";
}

size_t sla_steps(struct sla_step out[SLA_STEPS], const struct sla_question *q, struct arena *keep)
{
    const struct policy *whole = q->policy;
    struct policy p = *whole;
    size_t steps = 0;
    p.maintenance = false;
    p.exclusions = NULL;
    p.minimum_ms = 0;
    p.bucket = BUCKET_NONE;
    add_step(out, &steps, "union", "the heaviest of overlaps", q, &p, *keep);
    p.maintenance = whole->maintenance;
    if (p.maintenance)
        add_step(out, &steps, "maintenance", "announced, taken out", q, &p, *keep);
    p.exclusions = whole->exclusions;
    if (p.exclusions)
        add_step(out, &steps, "exclusions", "claimed, out of the least", q, &p, *keep);
    p.minimum_ms = whole->minimum_ms;
    if (p.minimum_ms)
        add_step(out, &steps, "minimum", arena_print(keep, "under %s taken out",
                 duration_short(keep, p.minimum_ms)), q, &p, *keep);
    p.bucket = whole->bucket;
    if (p.bucket != BUCKET_NONE)
        add_step(out, &steps, "intervals", bucket_words(whole, keep), q, &p, *keep);
    return steps;
}

static enum verdict exact_verdict(const struct trial *t, struct arena scratch)
{
    return sla_verdict(&t->q, NULL, scratch);
}

/* The verdict without window number i. */
static enum verdict verdict_without(const struct sla_question *q, const struct trial *all, size_t i,
                                    struct arena scratch)
{
    struct trial t = { *q, arena_many(&scratch, struct window, all->windows + 1), 0 };
    for (size_t k = 0; k < all->windows; k++)
        if (k != i)
            t.window[t.windows++] = all->window[k];
    t.q.exactly = true;
    t.q.window = t.window;
    t.q.windows = t.windows;
    return exact_verdict(&t, scratch);
}

/* Which of the first `count` windows turn the verdict by being left out. */
static size_t turns_of(struct sla_turn *turn, const struct sla_question *q, const struct trial *all,
                       size_t count, struct arena *keep)
{
    enum verdict with = exact_verdict(all, *keep);
    size_t turns = 0;
    for (size_t i = 0; i < count; i++) {
        enum verdict without = verdict_without(q, all, i, *keep);
        if (without != with)
            turn[turns++] = (struct sla_turn){ &all->window[i], false, with, without };
    }
    return turns;
}

void sla_turns(struct sla_turns *out, const struct sla_question *q, const struct window *struck,
               size_t struck_count, struct arena *keep)
{
    struct trial all = trial_of(q, struck_count, keep), back;
    *out = (struct sla_turns){ .tried = all.windows + struck_count <= EXPLAIN_WINDOWS };
    if (!out->tried)
        return;
    all.q.exactly = true;
    out->exact = exact_verdict(&all, *keep);
    struct sla_turn *turn = arena_many(keep, struct sla_turn, all.windows + struck_count + 1);
    out->turns = turns_of(turn, q, &all, all.windows, keep);
    back = trial_of(&all.q, struck_count, keep);
    for (size_t i = 0; i < struck_count; i++) {
        if (!matters(q, &struck[i]))
            continue;
        struct trial with = trial_of(&all.q, 1, keep);
        with.window[with.windows++] = struck[i];
        with.q.windows = with.windows;
        enum verdict verdict = exact_verdict(&with, *keep);
        if (verdict == out->exact)
            continue;
        turn[out->turns++] = (struct sla_turn){ &struck[i], true, verdict, out->exact };
        back.window[back.windows++] = struck[i];
        back.q.windows = back.windows;
    }
    out->turn = turn;
    if (back.windows == all.windows)
        return;
    struct sla_turn *then = arena_many(keep, struct sla_turn, back.windows + 1);
    out->thens = turns_of(then, q, &back, all.windows, keep);
    out->then = then;
}
