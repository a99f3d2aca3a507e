/* amend.c: an entry says something else than it did: another time, other words,
 * another impact; the first words stay in the record. */
#include "verbs/correct.h"

#include <string.h>

/* What an amendment says: a moment, a text, what an impact is. */
struct amendment {
    struct moment at, end; /* end: of a window that is retimed whole */
    bool whole;
    const char *text, *level, *service;
    int64_t lost;          /* -1: not said */
};

static bool amend_options(struct amendment *a, struct desk *d, const struct subject *s, struct err *e)
{
    static const char *const levels[] = { "down", "degraded", "unknown", "none", NULL };
    const char *lost = desk_option(d, "lost");
    size_t i = 0;
    a->level = desk_option(d, "level");
    a->service = desk_option(d, "service");
    a->lost = -1;
    if (!a->level && !a->service && !lost)
        return true;
    if (s->event->kind != EVENT_IMPACT)
        return err_usage(e, "%s is '%s': only an impact has a service, a level and a share", s->number,
                         s->event->kind_name);
    if (correct_is_closing(s->window, s->event)) {
        err_hint(e, "tocsin amend %s ...", event_number(s->window->opening, d->keep));
        return err_usage(e, "%s is the end of an impact: what it was is said by its beginning, %s", s->number,
                         event_number(s->window->opening, d->keep));
    }
    while (a->level && levels[i] && !text_equal(levels[i], a->level))
        i++;
    if (a->level && !levels[i])
        return err_usage(e, "found '--level %s', expected down, degraded, unknown or none", a->level);
    if (lost && (!share_parse(&a->lost, lost) || !a->lost))
        return err_usage(e, "found '--lost %s', expected a share as 25%%", lost);
    if (lost && a->level && !text_equal(a->level, "degraded"))
        return err_usage(e, "'--lost' goes with 'degraded', not with '%s'", a->level);
    if (lost)
        a->level = "degraded";
    return !a->service || config_service(&d->ws.config, a->service, e);
}

static bool is_moment_alone(const struct desk *d)
{
    const char *word = d->words > 1 ? d->word[1] : "";
    return d->words == 2 && strspn(word, "0123456789:?~") == strlen(word) && strchr(word, ':');
}

/* @T, T1-T2 or nothing, then the text. */
static bool amend_words(struct amendment *a, struct desk *d, const struct subject *s, struct err *e)
{
    bool span = d->words > 1 && strchr(d->word[1], '-') && !strchr(d->word[1], ' ');
    d->day_of = s->was ? s->was->at : s->event->at;
    if (is_moment_alone(d))
        d->word[1] = arena_print(d->keep, "@%s", d->word[1]); /* no text is only that */
    if ((span && !desk_span(&a->at, &a->end, &a->whole, d, 1, e)) || (!a->whole && !desk_moment(&a->at, d, 1, e)))
        return false;
    a->text = d->words > 1 ? desk_text(d, 1) : NULL;
    return !a->text || desk_needs_text(d, 1, e);
}

static bool fits(struct amendment *a, struct desk *d, const struct subject *s, struct err *e)
{
    const char *first = s->number, *last = s->window && s->window->closing
                                             ? event_number(s->window->closing, d->keep) : NULL;
    bool carries = s->event->kind == EVENT_PHASE || s->event->kind == EVENT_SEVERITY || s->event->kind == EVENT_LEAD;
    if (a->text && carries) {
        err_hint(e, "tocsin %s ...   says another one; tocsin strike %s --why TEXT   takes this one away",
                 s->event->kind_name, s->number);
        return err_usage(e, "%s is '%s': its time can be amended, it has no text", s->number, s->event->kind_name);
    }
    if (a->whole && s->window && !last) {
        err_hint(e, "tocsin amend %s @%.5s   and   tocsin up %s @...", first, a->at.typed, s->window->service);
        return err_usage(e, "%s has no end yet: the impact on '%s' goes on", first, s->window->service);
    }
    if (s->whole && !a->whole && a->at.at != INSTANT_NONE) {
        err_hint(e, "tocsin amend last T1-T2   or   tocsin amend %s @%s   (its beginning)   or   tocsin amend %s @%s   (its end)",
                 first, a->at.typed, last, a->at.typed);
        return err_usage(e, "the last one is a whole window, %s and %s: which edge is '%s'?", first, last, a->at.typed);
    }
    if (a->at.at == INSTANT_NONE && !a->text && !a->level && !a->service) {
        err_hint(e, "tocsin amend %s @11:25   or   tocsin amend %s the right words", first, first);
        return err_usage(e, "amend %s to what?", first);
    }
    return true;
}

static struct draft amended(struct desk *d, const struct event *of, const struct moment *m,
                            const struct amendment *a)
{
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    json_open(&o, NULL, '{');
    json_put(&o, "of", of->hash);
    if (m->at != INSTANT_NONE) {
        json_put(&o, "at", instant_utc(d->keep, m->at));
        json_put_int(&o, "early_ms", m->early_ms);
        json_put_int(&o, "late_ms", m->late_ms);
        json_put(&o, "typed", m->typed);
    }
    if (a && a->text)
        json_put(&o, "text", a->text);
    if (a && a->level)
        json_put(&o, "level", a->level);
    if (a && a->lost >= 0)
        json_put_int(&o, "lost_ppb", a->lost);
    if (a && a->service)
        json_put(&o, "service", a->service);
    if (desk_option(d, "why"))
        json_put(&o, "why", desk_option(d, "why"));
    json_close(&o, '}');
    return (struct draft){ .at = INSTANT_NONE, .kind = EVENT_AMENDED, .data = data.at };
}

bool verb_amend(struct desk *d, struct err *e)
{
    struct amendment a = { .at = { .at = INSTANT_NONE } };
    struct subject s;
    const struct event *ev;
    if (!desk_needs(d, 0, e) || !(ev = event_named(d, d->word[0], e)) || !correct_subject(&s, d, correct_root(d, ev), e) ||
        !amend_words(&a, d, &s, e) || !amend_options(&a, d, &s, e))
        return false;
    if (a.whole && correct_is_closing(s.window, s.event)) { /* either edge names the window */
        s.event = s.window->opening;
        s.number = event_number(s.event, d->keep);
        s.was = correct_entry(d, s.event);
    }
    if (!fits(&a, d, &s, e))
        return false;
    const struct windows before = d->incident.windows;
    const struct event *end = a.whole && s.window ? s.window->closing : NULL;
    const struct entry *end_was = end ? correct_entry(d, end) : NULL;
    if (a.whole && !end) /* what no window is lasted from T1 to T2 */
        a.at.late_ms += a.end.at + a.end.late_ms - (a.at.at + a.at.late_ms);
    struct draft draft[2] = { amended(d, s.event, &a.at, &a) };
    if (end)
        draft[1] = amended(d, end, &a.end, NULL);
    if (!desk_append_all(d, draft, end ? 2 : 1, NULL, e) || !desk_refresh(d, e))
        return false;
    correct_say(d, &s, end_was, &before);
    return true;
}
