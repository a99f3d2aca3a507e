/* order.c: which branch is handed its answer next. Branches share the locals of their runbook, so a resume
 * hands answers out in the order of the first time, or it would play another run.
 *
 * ONE      One answer at a time; what comes of it at once (`now`, a branch that ends, the next one that
 *          begins) is played to its end before the next: that part is the same on every replay.
 * EVENTS   The rest is answered by an event, and has its place by that: seq. The end of a wait is one
 *          where branches run beside it.
 * NEW      A word that the journal holds no answer for begins when nothing recorded is left to hand out, and
 *          before that nothing is written or looked at. */
#include "play/asking.h"
#include "play/replay.h"

static bool is_before(const struct due *a, const struct due *b)
{
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void put(struct dues *d, struct branch *b, int64_t when, int64_t seq)
{
    struct run *r = b->run;
    struct due due = { when, seq, b->due = ++r->given_out, b };
    d->due = arena_grown(r->keep, d->due, sizeof *d->due, d->count, &d->room);
    size_t at = d->count++;
    for (; at > 0 && is_before(&due, &d->due[(at - 1) / 2]); at = (at - 1) / 2)
        d->due[at] = d->due[(at - 1) / 2];
    d->due[at] = due;
}

static struct branch *take(struct dues *d)
{
    struct branch *first = d->due[0].branch;
    struct due last = d->due[--d->count];
    size_t at = 0;
    for (size_t child = 1; child < d->count; at = child, child = 2 * child + 1) {
        child += child + 1 < d->count && is_before(&d->due[child + 1], &d->due[child]);
        if (is_before(&last, &d->due[child]))
            break;
        d->due[at] = d->due[child];
    }
    d->due[at] = last;
    return first;
}

void order_answered(struct branch *b)
{
    put(&b->run->answered, b, b->now, b->seq);
}

void order_over(struct branch *b, int64_t until)
{
    b->waits = WAITS_RECORDED;
    b->answer = (struct answer){ .good = true };
    put(&b->run->answered, b, until > b->now ? until : b->now, 0);
}

bool order_holds(struct branch *b)
{
    struct run *r = b->run;
    if (!replay_is_new(b))
        return false;
    b->waits = WAITS_RECORDED;
    b->held = true;
    put(&r->later, b, 0, r->given_out);
    return true;
}

/* The first one that nobody has stopped meanwhile; NULL. */
static struct branch *take_waiting(struct dues *d)
{
    while (d->count && d->due[0].branch->due != d->due[0].number)
        (void)take(d);
    return d->count ? take(d) : NULL;
}

struct branch *order_next(struct run *r)
{
    struct branch *b = r->first;
    if (!b)
        return (b = take_waiting(&r->answered)) ? b : take_waiting(&r->later);
    r->first = b->next_turn;
    if (!r->first)
        r->last = NULL;
    return b;
}

void order_forget(struct run *r)
{
    r->answered.count = r->later.count = 0;
}
