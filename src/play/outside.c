/* outside.c: what others do while a run is under way: they stop it, they answer
 * what it asks. Read when the journal grew, and nothing of it kept. */
#include "play/asking.h"

#include <string.h>

/* What reading the journal may take: what stood there when the run began, what
 * was seen since, and what we wrote ourselves, many times over. */
static size_t room_for(const struct run *r)
{
    uint64_t bytes = r->journal.streams ? r->journal.stream[0].end : 0;
    bytes = bytes > r->seen_end ? bytes : r->seen_end;
    return (size_t)(bytes + r->written) * 20 + ((size_t)16 << 20);
}

static const char *kept(struct run *r, const char *text)
{
    return text ? arena_string(r->keep, text) : NULL;
}

void outside_answers(struct run *r, const struct journal *j)
{
    for (size_t k = 0; k < r->branches; k++) {
        struct branch *b = r->branch[k];
        struct asking *q = b->context;
        if (b->waits != WAITS_ANSWER || b->ended || q->given)
            continue;
        for (size_t i = 0; i < j->count && !q->given; i++) {
            const struct event *ev = &j->event[i];
            if (ev->kind != EVENT_ANSWERED || !ev->data.at || !json_is(json_get(ev->data, "asked"), q->hash))
                continue;
            struct answered *a = arena_one(r->keep, struct answered);
            *a = (struct answered){ json_get_text(ev->data, "answer", r->keep),
                                    json_get_text(ev->data, "text", r->keep), kept(r, ev->by),
                                    kept(r, ev->hash), ev->recorded, ev->seq };
            q->given = a;
            r->given = true;
        }
    }
}

bool outside_rings(struct run *r)
{
    const struct world *w = r->world;
    bool wakes = !w->virtual || (w->is_terminal && w->is_terminal(r->world, 0)); /* a virtual clock waits for nobody but a person */
    if (!r->attends && wakes && !r->dry)
        r->attends = r->rang = r->store->attend(r->store, r->incident, &r->rang); /* what was written before did not ring */
    return r->attends;
}

/* Somebody may stop us, or answer: when it rings, and once a second where it cannot. */
void outside_look(struct run *r, int64_t now)
{
    struct journal j;
    struct err e = { 0 };
    bool grown = true;
    bool open = listen_is_open(r);
    if (r->dry || r->park || (!open && (!r->id || (!r->rang && now - r->looked < SECOND_MS))))
        return;
    r->looked = now;
    r->rang = false;
    if (!r->store->watch(r->store, r->incident, &r->seen_end, 0, -1, &grown, &e) || !grown)
        return;
    struct arena scratch = arena_reserve(room_for(r));
    struct arena start = scratch;
    char by[128] = "";
    if (r->store->read(r->store, r->incident, &j, &scratch, &e)) {
        for (size_t i = j.count; r->id && i-- > 0 && j.event[i].seq > r->begun_seq;)
            if (j.event[i].stream == 0 && j.event[i].kind == EVENT_RUN_PARKED
                && json_is(json_get(j.event[i].data, "run"), r->id))
                snprintf(by, sizeof by, "%s", j.event[i].by);
        outside_answers(r, &j);
    }
    arena_release(start);
    if (by[0]) {
        listen_end(r);
        run_say(r, "", "%s stops this run", by);
        run_park(r, "stopped", "", arena_print(r->keep, "by %s", by));
    }
}
