/* correct.c: amend, strike, list, unlist: what people read is corrected; what
 * was written first stays, and `timeline --history` shows both. */
#include "verbs/record.h"

#include <string.h>

/* The event that the first word names; "last": the newest one that can be
 * corrected. An amendment is named by what it amends. */
static bool named(const struct event **out, struct desk *d, bool correctable, struct err *e)
{
    if (!desk_needs(d, 0, e))
        return false;
    *out = NULL;
    if (text_equal(d->word[0], "last")) {
        for (size_t i = 0; i < d->journal.count; i++) {
            const struct event *ev = &d->journal.event[i];
            if (ev->stream == 0 && ev->kind != EVENT_UNKNOWN && event_kinds[ev->kind].correctable)
                *out = ev;
        }
        if (!*out)
            return err_failed(e, "%s holds nothing that can be corrected", d->name);
    } else if (!(*out = journal_find(&d->journal, d->word[0], e))) {
        err_hint(e, "'tocsin timeline' shows the numbers");
        return false;
    }
    if ((*out)->kind == EVENT_AMENDED) {
        const char *of = json_get_text((*out)->data, "of", d->keep);
        const struct event *first = of ? journal_by_hash(&d->journal, of) : NULL;
        *out = first ? first : *out;
    }
    if (!correctable || ((*out)->kind != EVENT_UNKNOWN && event_kinds[(*out)->kind].correctable))
        return true;
    return err_usage(e, "%lld is '%s': what was done or asked stays as it is; 'note' says more",
                     (long long)(*out)->seq, (*out)->kind_name);
}

static bool amend_options(struct desk *d, struct json_out *o, struct err *e)
{
    static const char *const levels[] = { "down", "degraded", "unknown", "none", NULL };
    const char *level = desk_option(d, "level"), *service = desk_option(d, "service");
    const char *lost = desk_option(d, "lost");
    int64_t ppb;
    if (level) {
        size_t i = 0;
        while (levels[i] && !text_equal(levels[i], level))
            i++;
        if (!levels[i])
            return err_usage(e, "found '--level %s', expected down, degraded, unknown or none", level);
        json_put(o, "level", level);
    }
    if (lost) {
        if (!share_parse(&ppb, lost))
            return err_usage(e, "found '--lost %s', expected a share as 25%%", lost);
        json_put_int(o, "lost_ppb", ppb);
    }
    if (service && !config_service(&d->ws.config, service, e))
        return false;
    if (service)
        json_put(o, "service", service);
    return true;
}

/* The entry of an event, and the window that it opens or closes. */
static const struct entry *entry_of(const struct desk *d, const struct event *ev)
{
    for (size_t i = 0; i < d->incident.entries; i++)
        if (text_equal(d->incident.entry[i].event->hash, ev->hash))
            return &d->incident.entry[i];
    return NULL;
}

static const struct window *window_of(const struct desk *d, const struct event *ev)
{
    for (size_t i = 0; i < d->incident.windows.count; i++) {
        const struct window *w = &d->incident.windows.window[i];
        if (text_equal(w->opening->hash, ev->hash) || (w->closing && text_equal(w->closing->hash, ev->hash)))
            return w;
    }
    return NULL;
}

/* What was so, and what is so now: time, text, and what it does to the window. */
static void say_what_changed(struct desk *d, const struct event *ev, const struct entry *was,
                             const struct window *old)
{
    const struct entry *is = entry_of(d, ev);
    const struct window *now = window_of(d, ev);
    struct text t = text_new(d->keep);
    const char *zone = desk_zone(d);
    if (was && is && was->at != is->at)
        text_print(&t, "%s -> %s", instant_text(d->keep, zone, was->at, FORM_HMS),
                   instant_text(d->keep, zone, is->at, FORM_HMS));
    if (was && is && !text_equal(was->text, is->text))
        text_print(&t, "%s'%s' -> '%s'", t.length ? ", " : "", text_cut(d->keep, was->text, 60),
                   text_cut(d->keep, is->text, 60));
    if (was && is && !text_equal(was->level, is->level))
        text_print(&t, "%s%s -> %s", t.length ? ", " : "", was->level, is->level);
    if (was && is && !text_equal(was->service, is->service))
        text_print(&t, "%s%s -> %s", t.length ? ", " : "", was->service, is->service);
    if (old && now && old->end.at - old->start.at != now->end.at - now->start.at)
        text_print(&t, "; %s is %s for %s (was %s)", now->service, impact_level_names[now->level],
                   duration_words(d->keep, now->end.at - now->start.at),
                   duration_words(d->keep, old->end.at - old->start.at));
    desk_echo(d, "%lld amended: %s", (long long)ev->seq, t.length ? t.at : "nothing that people read");
}

bool verb_amend(struct desk *d, struct err *e)
{
    const struct event *ev;
    struct moment m;
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    if (!named(&ev, d, true, e))
        return false;
    const struct entry *was = entry_of(d, ev);
    d->day_of = was ? was->at : ev->at;
    if (!desk_moment(&m, d, 1, e))
        return false;
    if (m.at != INSTANT_NONE && m.at > desk_now(d))
        return err_usage(e, "'%s' lies in the future", m.typed);
    const struct window *old = window_of(d, ev);
    json_open(&o, NULL, '{');
    json_put(&o, "of", ev->hash);
    size_t bare = data.length;
    if (m.at != INSTANT_NONE) {
        json_put(&o, "at", instant_utc(d->keep, m.at));
        json_put_int(&o, "early_ms", m.early_ms);
        json_put_int(&o, "late_ms", m.late_ms);
        json_put(&o, "typed", m.typed);
    }
    if (d->words > 1)
        json_put(&o, "text", desk_text(d, 1));
    if (!amend_options(d, &o, e))
        return false;
    if (data.length == bare) {
        err_hint(e, "tocsin amend %lld @11:25   or   tocsin amend %lld the right words",
                 (long long)ev->seq, (long long)ev->seq);
        return err_usage(e, "amend %lld to what?", (long long)ev->seq);
    }
    if (desk_option(d, "why"))
        json_put(&o, "why", desk_option(d, "why"));
    json_close(&o, '}');
    if (!desk_append(d, NULL, EVENT_AMENDED, data.at, NULL, e) || !desk_refresh(d, e))
        return false;
    say_what_changed(d, ev, was, old);
    return true;
}

bool verb_strike(struct desk *d, struct err *e)
{
    const struct event *ev;
    const char *why = desk_option(d, "why");
    if (!named(&ev, d, true, e) || !desk_at_most(d, 1, e))
        return false;
    if (!why) {
        err_hint(e, "tocsin strike %lld --why TEXT", (long long)ev->seq);
        return err_usage(e, "a strike needs its reason");
    }
    if (!desk_append(d, NULL, EVENT_STRUCK, record_json(d, "of", ev->hash, "why", why), NULL, e))
        return false;
    desk_echo(d, "%lld struck: %s", (long long)ev->seq, event_text(ev, d->keep));
    return true;
}

static bool list_all(struct desk *d, bool listed, struct err *e)
{
    if (!desk_needs(d, 0, e))
        return false;
    struct draft *draft = arena_many(d->keep, struct draft, d->words);
    size_t count = d->words;
    for (size_t i = 0; i < count; i++) {
        const struct event *ev = journal_find(&d->journal, d->word[i], e);
        if (!ev)
            return false;
        draft[i] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_LISTED,
                                   .data = arena_print(d->keep, "{\"of\":\"%s\",\"listed\":%s}", ev->hash,
                                                       listed ? "true" : "false") };
    }
    if (!desk_append_all(d, draft, count, NULL, e))
        return false;
    desk_echo(d, listed ? "%s in the report" : "%s left out of the report",
              text_count(d->keep, (int64_t)count, "entry"));
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
