/* write.c: events on their way into the journal: all of a turn in one append,
 * numbered behind the head that we know, one sync if any of them needs it. */
#include "play/asking.h"
#include "play/change.h"
#include "play/replay.h"

#include <string.h>

static void add_pending(struct run *r, struct pending p)
{
    r->pending = arena_grown(r->keep, r->pending, sizeof *r->pending, r->pendings, &r->pending_room);
    r->pending[r->pendings++] = p;
}

void branch_write(struct branch *b, enum event_kind kind, const char *data, bool barrier,
                  step_fn *then)
{
    if (!replay_is_over(b))
        return;
    b->waits = WAITS_WRITE;
    b->then = then;
    add_pending(b->run, (struct pending){ b, kind, data, NULL, barrier, INSTANT_NONE });
}

void branch_write_numbered(struct branch *b, enum event_kind kind,
                           const char *(*fill)(struct branch *b), step_fn *then)
{
    if (!replay_is_over(b))
        return;
    b->waits = WAITS_WRITE;
    b->then = then;
    add_pending(b->run, (struct pending){ b, kind, NULL, fill, true, INSTANT_NONE });
}

/* The journal */

static int64_t number_of(struct json data, const char *key)
{
    struct json value = json_get(data, key);
    int64_t n = 0;
    for (size_t i = 2; json_type(value) == JSON_STRING && i + 1 < value.length; i++)
        if (value.at[i] >= '0' && value.at[i] <= '9')
            n = n * 10 + value.at[i] - '0';
    return n;
}

/* The highest numbers given out so far, and where our stream ends. */
void engine_count_numbers(struct run *r, const struct journal *j)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        int64_t n = 0;
        if (ev->kind == EVENT_ACTION_BEGUN && (n = number_of(ev->data, "change")) > r->changes)
            r->changes = n;
        if (ev->kind == EVENT_ASKED && (n = number_of(ev->data, "ask")) > r->asks)
            r->asks = n;
    }
    r->head = j->streams ? j->stream[0].head : NULL;
    r->end = j->streams ? j->stream[0].end : 0;
}

/* Somebody else wrote: other numbers are free now, other targets are held. */
bool engine_recount(struct run *r, struct err *e)
{
    struct journal j;
    if (!r->store->read(r->store, r->incident, &j, r->keep, e))
        return false;
    engine_count_numbers(r, &j);
    outside_answers(r, &j);
    return engine_read_others(r, e);
}

/* Always behind the head that we know, so that our numbers are the next ones. */
static bool append(struct run *r, struct pending *p, size_t n, enum sync sync, struct appended *out,
                   struct err *e)
{
    struct draft draft[64];
    for (int tries = 0; tries < 20; tries++) {
        int64_t changes = r->changes, asks = r->asks;
        for (size_t i = 0; i < n; i++) {
            const char *data = p[i].fill ? p[i].fill(p[i].branch) : p[i].data;
            draft[i] = (struct draft){ .at = p[i].at, .by = r->world->user, .uid = r->world->uid,
                                       .kind = p[i].kind, .data = data };
        }
        *e = (struct err){ 0 };
        if (r->store->append(r->store, r->incident, r->head, r->lock, draft, n, sync, out, r->keep, e)) {
            r->head = out->hash[n - 1];
            r->seen_end += out->end - r->end; /* what we write ourselves is no news */
            r->end = out->end;
            for (size_t i = 0; i < n; i++)
                r->written += strlen(draft[i].data) + 700;
            return true;
        }
        if (e->kind != ERR_BUSY)
            return false;
        r->changes = changes;
        r->asks = asks;
        *e = (struct err){ 0 };
        if (!engine_recount(r, e))
            return false;
    }
    return err_busy(e, "others write into %s all the time", r->incident);
}

static void note_dry(struct run *r, struct pending *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        p[i].branch->hash = plan_record(r, p[i].kind, p[i].fill ? p[i].fill(p[i].branch) : p[i].data);
        p[i].branch->now = r->world->now(r->world);
        p[i].branch->seq = (int64_t)r->planneds;
    }
}

/* May the Lua state be dropped after this event? Not after a failure, which a
 * replay would try again, and not while something is under way. */
static bool settles(const struct pending *p, const char *data)
{
    struct json d = json_from(data);
    if (p->branch->context2)
        return false;
    switch ((int)p->kind) {
    case EVENT_STEP: case EVENT_NOTE: case EVENT_PHASE: case EVENT_IMPACT:
        return true;
    case EVENT_WAITED:
        return json_type(json_get(d, "met")) != JSON_FALSE;
    case EVENT_READ:
        return json_get(d, "result").at != NULL;
    case EVENT_ACTION_ENDED:
        return json_is(json_get(d, "outcome"), "ok") || json_is(json_get(d, "outcome"), "unchanged");
    default:
        return false;
    }
}

static void drop_the_state(struct run *r, const struct pending *p, size_t n)
{
    bool good = r->always && r->id;
    for (size_t i = 0; i < n && good; i++)
        good = p[i].data && settles(&p[i], p[i].data);
    for (size_t i = 0; i < r->branches && good; i++) {
        const struct work *w = r->branch[i]->work;
        bool written = false;
        if (r->branch[i]->task && !r->branch[i]->ended) { /* what somebody reads just now would be read twice */
            good = false;
            break;
        }
        for (size_t k = 0; k < n; k++)
            written = written || p[k].branch == r->branch[i];
        good = !w || !w->in_flight || written;
    }
    r->again = r->again || good;
}

bool engine_settle(struct run *r)
{
    struct err e = { 0 };
    if (r->unsettled && !r->unsafe) {
        r->unsafe = !r->store->sync(r->store, r->incident, &e);
        r->unsettled = false;
        if (r->unsafe)
            run_trouble(r, &e);
    }
    return !r->unsafe;
}

/* What was said in this turn of the loop goes out, 64 at a time. */
void engine_flush(struct run *r)
{
    size_t count = r->pendings;
    struct pending *all = arena_many(r->keep, struct pending, count);
    memcpy(all, r->pending, count * sizeof *all);
    r->pendings = 0;
    bool barrier = false; /* one sync covers all that was written before it */
    for (size_t i = 0; i < count; i++)
        barrier = barrier || all[i].barrier;
    enum sync how = !barrier ? SYNC_LATER : r->together ? SYNC_SHARED : SYNC_BEGUN;
    r->together = count > 1;
    for (size_t from = 0; from < count; from += 64) {
        size_t n = count - from < 64 ? count - from : 64;
        struct appended out;
        struct err e = { 0 };
        if (r->dry) {
            note_dry(r, all + from, n);
            continue;
        }
        if (!append(r, all + from, n, how, &out, &e)) {
            run_trouble(r, &e);
            return;
        }
        r->unsettled = r->unsettled || barrier;
        how = barrier ? SYNC_SHARED : SYNC_LATER;
        for (size_t i = 0; i < n; i++) {
            all[from + i].branch->hash = out.hash[i];
            all[from + i].branch->now = out.recorded;
            all[from + i].branch->seq = out.first_seq + (int64_t)i;
        }
    }
    drop_the_state(r, all, count);
    for (size_t i = 0; i < count && !r->again; i++)
        all[i].branch->then(all[i].branch);
}
