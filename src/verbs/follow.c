/* follow.c: what others write, as they write it; nobody polls, the store wakes us. */
#include "verbs/show.h"
#include "verbs/situation.h"
#include "verbs/tails.h"

#include "record/entry.h"

#include <errno.h>
#include <stdio_ext.h>
#include <string.h>

/* How far each stream was shown. */
struct shown {
    char stream[SHA256_HEX + 1];
    int64_t seq;
};

struct following {
    enum { STREAMS = 64 } streams;
    struct shown shown[STREAMS];
    char day[16];     /* the day that was named last */
    const char *run;  /* NULL: all of the incident */
    bool live;        /* what was there before is shown */
};

/* Does the event belong to that run (or to none in particular)? */
static bool is_of(const struct event *ev, const char *run)
{
    return !run || (ev->data.at && json_is(json_get(ev->data, "run"), run));
}

static void show(struct desk *d, struct following *f, const struct event *ev)
{
    const char *zone = desk_zone(d);
    struct entry n = entry_raw(ev, d->keep);
    if (d->json) {
        struct text to = text_new(d->keep);
        struct json_out o = json_out(&to);
        entry_json(&o, &n, d->keep);
        fprintf(d->out, "%s\n", to.at);
        d->answered = true;
        return;
    }
    const char *day = instant_text(d->keep, zone, ev->at, FORM_DATE);
    if (!text_equal(day, f->day))
        fprintf(d->out, "%s, %s\n", day, zone_words(d->keep, zone, ev->at));
    snprintf(f->day, sizeof f->day, "%s", day);
    bool rings = f->live && ev->kind == EVENT_ASKED && d->world->is_terminal(d->world, 1);
    fprintf(d->out, "%4s  %-8s  ", event_number(ev, d->keep), entry_when(&n, zone, d->keep));
    show_padded(d, ev->by, 9);
    fputc(' ', d->out);
    show_wrapped(d, text_for_terminal(d->keep, correction_words(d, ev, n.text)), 26, 26);
    if (rings && !fflush(d->out))
        fputc('\a', d->under); /* from nobody's text: the screen lets none through */
}

/* Was it shown already? Else it is from now on. */
static bool is_news(struct following *f, const struct journal *j, const struct event *ev)
{
    const char *name = j->stream[ev->stream].name ? j->stream[ev->stream].name : "";
    size_t i = 0;
    while (i < STREAMS && f->shown[i].seq && strcmp(f->shown[i].stream, name))
        i++;
    if (i == STREAMS || ev->seq <= f->shown[i].seq)
        return false;
    snprintf(f->shown[i].stream, sizeof f->shown[i].stream, "%s", name);
    f->shown[i].seq = ev->seq;
    return true;
}

/* What is new, in the order in which it was learnt. */
static void show_news(struct desk *d, struct following *f, struct tails *tails, bool *over)
{
    const struct event **event = arena_many(d->keep, const struct event *, d->journal.count + 1);
    for (size_t i = 0; i < d->journal.count; i++)
        event[i] = &d->journal.event[i];
    events_by_recorded(event, d->journal.count);
    *over = !f->run && d->incident.closed;
    for (size_t i = 0; i < d->journal.count; i++) {
        if (is_news(f, &d->journal, event[i]) && is_of(event[i], f->run)) {
            tails_end(d, tails, event[i]);
            show(d, f, event[i]);
        }
        *over |= f->run && event[i]->kind == EVENT_RUN_ENDED && is_of(event[i], f->run);
    }
    f->live = true;
}

static bool known_run(struct desk *d, const char *run, struct err *e)
{
    for (size_t i = 0; i < d->journal.count; i++)
        if (d->journal.event[i].kind == EVENT_RUN_STARTED && is_of(&d->journal.event[i], run))
            return true;
    return err_usage(e, "%s has no run '%s'", d->name, run);
}

/* Who read this has gone: that is no failure of ours. */
static bool reader_left(struct desk *d)
{
    if (!fflush(d->out) || errno != EPIPE)
        return false;
    __fpurge(d->out);
    clearerr(d->out);
    return true;
}

bool verb_follow(struct desk *d, struct err *e)
{
    struct following f = { .run = d->words ? d->word[0] : NULL };
    struct tails tails = { .count = 0 };
    uint64_t seen = 0;
    bool over = false, news;
    int reader = d->under == stdout ? fileno(stdout) : -1;
    if (!desk_at_most(d, 1, e) || (f.run && !known_run(d, f.run, e)))
        return false;
    desk_say(d, "following %s%s%s; Ctrl-C leaves, and stops nothing", d->name, f.run ? " " : "", f.run ? f.run : "");
    const struct arena start = *d->keep;
    for (;;) {
        bool stopped = d->world->interrupted(d->world) > 0;
        if (stopped)
            return err_stopped(e, "not following any more; nothing was stopped");
        if (!d->ws.store->watch(d->ws.store, d->name, &seen, -1, reader, &news, e))
            return false;
        if (!news && !d->world->interrupted(d->world))
            return true; /* the reader's end is gone */
        /* What was read before is of no use any more: its memory is used again. */
        *d->keep = start;
        if (!desk_refresh(d, e))
            return false;
        show_news(d, &f, &tails, &over);
        tails_show(d, &tails, f.run);
        if (reader_left(d) || over)
            return true;
    }
}
