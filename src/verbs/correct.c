/* correct.c: strike, list, unlist, and what they have in common with amend. */
#include "verbs/correct.h"

#include "verbs/show.h"

#include <string.h>

/* What "last" means to somebody who has just written it: the newest of their
 * own words. What a run of theirs wrote is not theirs. */
static const struct event *own_last(struct desk *d, struct err *e)
{
    for (size_t i = d->journal.count; i-- > 0;) {
        const struct event *ev = &d->journal.event[i];
        if (ev->stream == 0 && ev->kind != EVENT_UNKNOWN && event_kinds[ev->kind].correctable && ev->data.at &&
            text_equal(ev->by, d->world->user) && !json_get(ev->data, "run").at)
            return ev;
    }
    err_hint(e, "'tocsin timeline' shows the numbers");
    err_failed(e, "%s has written nothing into %s that can be corrected", d->world->user, d->name);
    return NULL;
}

const struct event *event_named(struct desk *d, const char *word, struct err *e)
{
    if (text_equal(word, "last"))
        return own_last(d, e);
    const struct event *ev = journal_find(&d->journal, word, e);
    if (!ev)
        err_hint(e, "'tocsin timeline' shows the numbers");
    return ev;
}

static bool is_correction(const struct event *ev)
{
    return ev->kind == EVENT_AMENDED || ev->kind == EVENT_STRUCK || ev->kind == EVENT_LISTED;
}

/* A correction is named by what it corrects. */
const struct event *correct_root(struct desk *d, const struct event *ev)
{
    while (is_correction(ev) && ev->data.at) {
        const struct event *of = journal_by_hash(&d->journal, json_get_text(ev->data, "of", d->keep));
        if (!of)
            break;
        ev = of;
    }
    return ev;
}

const struct entry *correct_entry(const struct desk *d, const struct event *ev)
{
    for (size_t i = 0; i < d->incident.entries; i++)
        if (text_equal(d->incident.entry[i].event->hash, ev->hash))
            return &d->incident.entry[i];
    return NULL;
}

static bool is_edge_of(const struct window *w, const struct event *ev)
{
    return text_equal(w->opening->hash, ev->hash) || (w->closing && text_equal(w->closing->hash, ev->hash));
}

static const struct window *window_of(const struct desk *d, const struct event *ev)
{
    for (size_t i = 0; i < d->incident.windows.count; i++)
        if (is_edge_of(&d->incident.windows.window[i], ev))
            return &d->incident.windows.window[i];
    return NULL;
}

bool correct_is_closing(const struct window *w, const struct event *ev)
{
    return w && w->closing && text_equal(w->closing->hash, ev->hash);
}

/* "impact shop down 14:41-14:46" said both edges at once (FORMAT.md). */
static bool was_said_whole(const struct desk *d, const struct window *w)
{
    const struct event *a = w->opening, *b = w->closing;
    const char *one = json_get_text(a->data, "typed", d->keep);
    return b && one && a->stream == b->stream && a->recorded == b->recorded && a->seq + 1 == b->seq &&
           json_is(json_get(b->data, "typed"), one);
}

static bool cannot_be_corrected(struct subject *s, struct err *e)
{
    return err_usage(e, "%s is '%s': what was done or asked stays as it is; 'note' says more", s->number,
                     s->event->kind_name);
}

bool correct_subject(struct subject *s, struct desk *d, const struct event *ev, struct err *e)
{
    const struct window *w = window_of(d, ev);
    bool whole = text_equal(d->word[0], "last") && correct_is_closing(w, ev) && was_said_whole(d, w);
    ev = whole ? w->opening : ev;
    *s = (struct subject){ ev, event_number(ev, d->keep), correct_entry(d, ev), w, whole };
    return (ev->kind != EVENT_UNKNOWN && event_kinds[ev->kind].correctable) || cannot_be_corrected(s, e);
}

static void add_change(struct text *t, const char *was, const char *is, const char *mark)
{
    text_print(t, "%s%s%s%s -> %s%s%s", t->length ? ", " : "", mark, was, mark, mark, is, mark);
}

/* What was so, and what is so now: time, text, level, service. */
static void say_entry(struct text *t, struct desk *d, const struct entry *was, const struct entry *is)
{
    if (!was || !is)
        return;
    if (was->at != is->at || was->early_ms != is->early_ms || was->late_ms != is->late_ms)
        add_change(t, entry_when_of(was, desk_zone(d), is->at, d->keep),
                   entry_when_of(is, desk_zone(d), was->at, d->keep), "");
    if (!text_equal(was->text, is->text))
        add_change(t, text_cut(d->keep, was->text, 60), text_cut(d->keep, is->text, 60), "'");
    if (was->level && !text_equal(was->level, is->level))
        add_change(t, was->level, is->level, "");
    if (was->service && !text_equal(was->service, is->service))
        add_change(t, was->service, is->service, "");
    if (was->struck != is->struck)
        text_print(t, "%sit %s", t->length ? ", " : "", is->struck ? "is struck" : "is no longer struck");
    if (was->listed != is->listed)
        text_print(t, "%sit %s the report", t->length ? ", " : "", is->listed ? "stands in" : "is left out of");
}

/* What it does to the window. */
static void say_window(struct text *t, struct desk *d, const struct window *old, const struct window *now)
{
    if (old && !now)
        text_print(t, "; that %s is %s counts no more", old->service, impact_level_names[old->level]);
    if (!now || (old && old->open == now->open && old->end.at - old->start.at == now->end.at - now->start.at))
        return;
    const char *level = impact_level_names[now->level];
    const char *lasts = duration_words(d->keep, now->end.at - now->start.at);
    if (now->open)
        text_print(t, "; %s is %s since %s, for %s", now->service, level,
                   show_clock(d, now->start.at, desk_now(d)), lasts);
    else
        text_print(t, "; %s is %s for %s", now->service, level, lasts);
    if (old && old->open == now->open)
        text_print(t, " (was %s)", duration_words(d->keep, old->end.at - old->start.at));
}

/* What did fit together and does not any more, with what mends it. */
static void say_what_is_odd(struct desk *d, const struct windows *before)
{
    for (const char *const *n = d->incident.windows.note; n && *n; n++) {
        bool known = false;
        for (const char *const *o = before->note; o && *o && !known; o++)
            known = text_equal(*o, *n);
        if (!known)
            desk_say(d, "  but %s", text_for_terminal(d->keep, *n));
    }
}

/* "7" or "7-8", and what became of it. */
void correct_say(struct desk *d, const struct subject *s, const struct entry *end_was,
                           const struct windows *before)
{
    struct text t = text_new(d->keep);
    const struct entry *is = correct_entry(d, s->event);
    say_entry(&t, d, s->was, is);
    if (is && t.length && !s->window && text_equal(s->was->text, is->text) && is->text && is->text[0])
        text_print(&t, " ('%s')", text_cut(d->keep, is->text, 60)); /* which entry that was */
    if (end_was)
        say_entry(&t, d, end_was, correct_entry(d, end_was->event));
    say_window(&t, d, s->window, window_of(d, s->event));
    if (is && is->struck && s->was->struck)
        text_add(&t, "; it is struck");
    desk_echo(d, "%s%s%s amended: %s", s->number, end_was ? "-" : "",
              end_was ? event_number(end_was->event, d->keep) : "", t.length ? t.at : "nothing that people read");
    say_what_is_odd(d, before);
}

/* A correction that was wrong is taken back. */
static bool take_back(struct desk *d, const struct event *ev, const char *why, struct err *e)
{
    const struct event *root = correct_root(d, ev);
    const char *number = event_number(ev, d->keep);
    const struct entry *was = correct_entry(d, root);
    const struct windows before = d->incident.windows;
    const struct window *old = window_of(d, root);
    struct text t = text_new(d->keep);
    if (!desk_append(d, NULL, EVENT_STRUCK, record_json(d, "of", ev->hash, "why", why), NULL, e) ||
        !desk_refresh(d, e))
        return false;
    say_entry(&t, d, was, correct_entry(d, root));
    say_window(&t, d, old, window_of(d, root));
    desk_echo(d, "%s taken back, which %s %s: %s", number, ev->kind_name, event_number(root, d->keep),
              t.length ? t.at : "nothing that people read changes");
    say_what_is_odd(d, &before);
    return true;
}

static bool strike_entry(struct desk *d, const struct subject *s, const char *why, struct err *e)
{
    const struct windows before = d->incident.windows;
    const struct window *w = s->window;
    const char *text = s->was ? s->was->text : event_text(s->event, d->keep), *end = "";
    if (!desk_append(d, NULL, EVENT_STRUCK, record_json(d, "of", s->event->hash, "why", why), NULL, e) ||
        !desk_refresh(d, e))
        return false;
    struct text t = text_new(d->keep);
    const struct window *now = window_of(d, s->event);
    if (w && w->closing && !correct_is_closing(w, s->event))
        end = arena_print(d->keep, ", with its end (%s)", event_number(w->closing, d->keep));
    if (correct_is_closing(w, s->event))
        now = window_of(d, w->opening);
    say_window(&t, d, w, now);
    desk_echo(d, "%s struck%s: %s%s", s->number, end, text, t.at);
    say_what_is_odd(d, &before);
    return true;
}

bool verb_strike(struct desk *d, struct err *e)
{
    const struct event *ev;
    const char *why = desk_option(d, "why");
    struct subject s = { 0 };
    if (!desk_needs(d, 0, e) || !(ev = event_named(d, d->word[0], e)))
        return false;
    bool correction = is_correction(ev);
    if (!correction && !correct_subject(&s, d, ev, e))
        return false;
    const char *number = correction ? event_number(ev, d->keep) : s.number;
    if (!why || !*why || d->words > 1) {
        err_hint(e, "tocsin strike %s --why %s", number, d->words > 1 ? desk_text(d, 1) : "TEXT");
        return err_usage(e, "a strike needs its reason");
    }
    if (correction)
        return take_back(d, ev, why, e);
    if (s.was && s.was->struck) {
        err_hint(e, "'tocsin timeline --history' shows who did; 'tocsin strike' of that strike takes it back");
        return err_failed(e, "%s is struck already", number);
    }
    return strike_entry(d, &s, why, e);
}

static bool list_all(struct desk *d, bool listed, struct err *e)
{
    if (!desk_needs(d, 0, e))
        return false;
    struct draft *draft = arena_many(d->keep, struct draft, d->words);
    struct text names = text_new(d->keep), struck = text_new(d->keep);
    size_t count = d->words;
    for (size_t i = 0; i < count; i++) {
        const struct event *ev = event_named(d, d->word[i], e);
        if (!ev)
            return false;
        ev = correct_root(d, ev);
        const struct entry *n = correct_entry(d, ev);
        text_print(&names, "%s%s", i ? ", " : "", event_number(ev, d->keep));
        if (n && n->struck)
            text_print(&struck, "%s%s", struck.length ? ", " : "", event_number(ev, d->keep));
        draft[i] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_LISTED,
                                   .data = arena_print(d->keep, "{\"of\":\"%s\",\"listed\":%s}", ev->hash,
                                                       listed ? "true" : "false") };
    }
    if (!desk_append_all(d, draft, count, NULL, e))
        return false;
    desk_echo(d, "%s %s the report%s%s", names.at, listed ? count > 1 ? "stand in" : "stands in" : "left out of",
              listed && struck.length ? "; struck, and so not shown: " : "", listed ? struck.at : "");
    return true;
}

bool verb_list(struct desk *d, struct err *e)
{
    return list_all(d, true, e);
}

bool verb_unlist(struct desk *d, struct err *e)
{
    return list_all(d, false, e);
}
