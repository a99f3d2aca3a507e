/* listen.c: a question that waits: for the person here, for whoever answers
 * elsewhere, for its deadline. Whichever comes first counts, and is said. */
#include "play/asking.h"

#include <string.h>

enum { PATIENCE_MS = 100 }; /* where nobody rings others are looked at so often: to a person that is at once */

static void park_for(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    if (r->park)
        return;
    r->park_ask = q->hash;
    r->park_mode = q->mode;
    r->park_name = q->name;
    run_park(r, "asked", b->key, arena_print(r->keep, "%s: %s", q->name, q->question));
}

void listen_take(struct branch *b, const struct answered *a)
{
    struct asking *q = b->context;
    const char *text = a->text;
    b->now = a->recorded;
    b->hash = a->hash;
    b->seq = a->seq;
    if (text_equal(a->answer, "no") && !(text && *text))
        text = arena_print(b->run->keep, "%s said no", a->by);
    b->answer = (struct answer){ .good = text_equal(a->answer, "yes") || text_equal(a->answer, "done")
                                 || text_equal(a->answer, "instead") || text_equal(a->answer, "text"),
                                 .json = a->answer, .text = text };
    q->then(b);
}

static void say_given(struct branch *b)
{
    struct asking *q = b->context;
    run_say(b->run, b->key, "%s: %s%s%s, by %s", q->name, q->given->answer,
            q->given->text && *q->given->text ? " " : "", q->given->text ? q->given->text : "", q->given->by);
}

/* Somebody else was first. */
static void taken_elsewhere(struct branch *b)
{
    struct asking *q = b->context;
    listen_end(b->run);
    say_given(b);
    b->waits = WAITS_NOBODY;
    listen_take(b, q->given);
}

/* Written behind the head that we know: an answer that somebody else gave in
 * the meantime moved it, and then it is theirs that counts. */
void listen_answer(struct branch *b, const char *answer, const char *text)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    struct text data;
    struct json_out o = data_open(&data, r);
    text = text && !r->dry ? plugins_clean(r->plugins, text) : text;
    json_put(&o, "asked", q->hash);
    json_put(&o, "answer", answer);
    if (text && *text)
        json_put(&o, "text", text);
    data_close(&o, b);
    struct draft draft = { .at = INSTANT_NONE, .by = r->world->user, .uid = r->world->uid,
                           .kind = EVENT_ANSWERED, .data = data.at };
    for (int tries = 0; tries < 20 && !q->given; tries++) {
        struct appended out;
        struct err e = { 0 };
        if (r->store->append(r->store, r->incident, r->head, r->lock, &draft, 1, SYNC_NOW, &out, r->keep, &e)) {
            r->head = out.hash[0];
            r->written += data.length + 700;
            b->waits = WAITS_NOBODY;
            listen_take(b, &(struct answered){ answer, text, r->world->user, out.hash[0], out.recorded, out.first_seq });
            return;
        }
        if (e.kind != ERR_BUSY || (e = (struct err){ 0 }, !engine_recount(r, &e))) {
            run_trouble(r, &e);
            return;
        }
    }
    if (q->given) {
        taken_elsewhere(b);
        return;
    }
    struct err e = { 0 };
    err_busy(&e, "others write into %s all the time", r->incident);
    run_trouble(r, &e);
}

void listen_put(struct branch *b)
{
    struct run *r = b->run;
    struct asking *q = b->context;
    if (!q->hash)
        q->hash = b->hash;
    b->waits = WAITS_ANSWER;
    if (r->park || branch_is_dropped(b))
        return;
    if (text_equal(q->mode, "confirm") && r->audience && r->audience->yes) {
        listen_answer(b, "yes", "--yes");
        return;
    }
    if (!r->audience || !r->audience->ask)
        park_for(b);
}

static struct branch *first_asking(const struct run *r)
{
    for (size_t i = 0; i < r->branches; i++)
        if (r->branch[i]->waits == WAITS_ANSWER && !r->branch[i]->ended)
            return r->branch[i];
    return NULL;
}

bool listen_is_open(const struct run *r)
{
    return first_asking(r) != NULL;
}

bool listen_was_answered(struct run *r)
{
    bool any = false;
    for (size_t i = 0; i < r->branches; i++) {
        struct branch *b = r->branch[i];
        const struct asking *q = b->context;
        if (b->waits != WAITS_ANSWER || b->ended || !q->given)
            continue;
        say_given(b);
        any = true;
    }
    return any;
}

bool listen_given(struct run *r)
{
    for (size_t i = 0; r->given && i < r->branches; i++) {
        struct branch *b = r->branch[i];
        const struct asking *q = b->context;
        if (b->waits != WAITS_ANSWER || b->ended || !q->given)
            continue;
        taken_elsewhere(b);
        return true;
    }
    r->given = false;
    return false;
}

/* One whose time is over; false: none. */
static bool is_over(struct run *r, int64_t now)
{
    for (size_t i = 0; i < r->branches; i++) {
        struct branch *b = r->branch[i];
        const struct asking *q = b->context;
        if (b->waits != WAITS_ANSWER || b->ended || now <= q->deadline)
            continue;
        listen_end(r);
        run_say(r, b->key, "%s: nobody answered in time, and that is a no", q->name);
        listen_answer(b, "no", "nobody answered in time");
        return true;
    }
    return false;
}

/* So long nobody but the person here, and whoever writes, has anything to do. */
static int64_t patience_of(const struct run *r, int64_t now, int64_t until)
{
    if (r->world->virtual) /* its clock stands still until somebody says something */
        return r->attends ? -1 : PATIENCE_MS;
    if (!r->attends && until - now > PATIENCE_MS)
        until = now + PATIENCE_MS;
    for (size_t i = 0; i < r->branches; i++) {
        const struct branch *b = r->branch[i];
        const struct asking *q = b->context;
        if (b->waits == WAITS_ANSWER && !b->ended && q->deadline < until)
            until = q->deadline + 1;
    }
    return until == INT64_MAX ? -1 : until > now ? until - now : 0;
}

void listen_turn(struct run *r, int64_t until)
{
    int64_t now = r->world->now(r->world);
    const char *answer = NULL, *text = NULL;
    (void)outside_rings(r);
    outside_look(r, now);
    if (r->park || r->given || is_over(r, now))
        return;
    struct branch *b = first_asking(r);
    struct asking *q = b->context;
    int64_t patience = patience_of(r, now, until);
    r->asking = true;
    switch (r->audience->ask(r->audience->context, q->mode, q->words, patience, &answer, &text, r->keep)) {
    case HEARD_NOBODY:
        listen_end(r);
        park_for(b);
        return;
    case HEARD_NOTHING:
        return;
    case HEARD_ANSWER:
        r->asking = false;
        listen_answer(b, text_equal(q->mode, "ask") ? "text" : answer && answer[0] ? answer : "no", text);
        return;
    }
}

void listen_end(struct run *r)
{
    if (r->asking)
        (void)r->audience->ask(r->audience->context, "", NULL, 0, NULL, NULL, r->keep);
    r->asking = false;
}
