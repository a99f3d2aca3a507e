/* advice.c: what to type next, and what not yet: rules over a situation. */
#include "verbs/situation.h"

enum { MOST = 8 };

struct advising {
    struct advice *next;
    size_t count;
};

static void advise(struct advising *a, const char *type, const char *why)
{
    if (a->count < MOST)
        a->next[a->count++] = (struct advice){ type, why };
}

/* A consent is approved, work by hand is answered, and a question in words by words. */
static void about_question(struct advising *a, struct desk *d, const struct question *q)
{
    const char *mode = q->mode, *wants = q->wants, *ask = q->name;
    if (text_equal(mode, "manual"))
        advise(a, arena_print(d->keep, "tocsin answer %s done%s%s", ask, wants ? " " : "", wants ? wants : ""),
               "or could-not WHY, or instead WHAT");
    else if (text_equal(mode, "look"))
        advise(a, arena_print(d->keep, "tocsin answer %s TEXT", ask),
               arena_print(d->keep, "%s; or could-not WHY", wants ? wants : "what you see"));
    else if (text_equal(mode, "ask"))
        advise(a, arena_print(d->keep, "tocsin answer %s TEXT", ask), "says what was asked for");
    else
        advise(a, arena_print(d->keep, "tocsin approve %s", ask), "shows what it changes, then asks");
}

static void about_runs(struct advising *a, const struct situation *s, struct desk *d)
{
    for (size_t i = 0; i < s->waitings; i++)
        about_question(a, d, &s->waiting[i]);
    for (size_t i = 0; i < s->runs; i++) {
        const struct run_view *r = &s->run[i];
        if (!r->ask && (text_equal(r->state, "parked") || text_equal(r->state, "dead")))
            advise(a, arena_print(d->keep, "tocsin resume %s", r->run),
                   r->late ? "nobody answered in time: it fails there; once more, and it asks anew"
                   : r->why && text_equal(r->why, "failed") ? "tries it again; --skip, --done, --from go round it"
                                                          : "goes on where it stopped");
    }
}

static void about_public(struct advising *a, const struct situation *s, struct desk *d)
{
    if (d->incident.next_due == INSTANT_NONE)
        return;
    int64_t left = d->incident.next_due - s->now;
    advise(a, "tocsin say TEXT",
           arena_print(d->keep, "public update, %s %s", left < 0 ? "overdue by" : "due in",
                       duration_short(d->keep, left < 0 ? -left : left)));
}

static void about_the_end(struct advising *a, const struct situation *s, struct desk *d)
{
    if (d->as_of != INSTANT_NONE)
        return; /* at that moment nobody had to think of it */
    if (s->changes)
        advise(a, "tocsin restore", "lists what is changed, puts back what is safe");
    else if (!d->incident.closed && !situation_is_open(s))
        advise(a, "tocsin phase closed", "nothing is down, changed or running");
    if (!d->incident.number || !*d->incident.number) {
        advise(a, "tocsin report", "writes the postmortem's draft");
        advise(a, "tocsin publish", "commits it");
    } else {
        advise(a, "tocsin timeline", "what happened");
        advise(a, "tocsin sla --explain", "how the figures come about");
    }
}

/* Putting back an IP that is flooded, or that nobody can see, is an outage of
 * our own making. */
static void what_must_wait(struct situation *s, struct desk *d)
{
    const char **not_yet = arena_many(d->keep, const char *, s->targets + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->targets; i++) {
        const struct target_view *t = &s->target[i];
        if (!t->out)
            continue;
        if (!t->watched || t->flood.blind)
            not_yet[n++] = arena_print(d->keep, "put %s back: nobody can see whether it is flooded", t->ip);
        else if (t->flood.at != INSTANT_NONE && !t->flood.good)
            not_yet[n++] = arena_print(d->keep, "put %s back: %s at %s", t->ip,
                                       *t->flood.words ? t->flood.words : "not quiet yet",
                                       instant_text(d->keep, desk_zone(d), t->flood.at, FORM_HM));
    }
    s->not_yet = not_yet;
}

void situation_advise(struct situation *s, struct desk *d)
{
    struct advising a = { arena_many(d->keep, struct advice, MOST + 1), 0 };
    bool down = false;
    about_runs(&a, s, d);
    for (size_t i = 0; i < s->services; i++)
        if (s->service[i].source) {
            down = true;
            advise(&a, arena_print(d->keep, "tocsin up %s", s->service[i].name),
                   "when it answers; @HH:MM backdates");
        }
    if (down && !s->runs)
        advise(&a, "tocsin runbooks", "what can be run");
    if (down)
        advise(&a, "tocsin note TEXT", "writes a fact down");
    if (!d->incident.closed)
        about_public(&a, s, d);
    if (!down)
        about_the_end(&a, s, d);
    s->next = a.next;
    what_must_wait(s, d);
}
