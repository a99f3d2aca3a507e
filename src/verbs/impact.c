/* impact.c: down, up, impact: when a service suffered.
 *
 * `down` is the first thing typed in an incident, so it needs nothing but the
 * service: it opens the incident, writes the event, and only then looks at
 * anything that could be slow. */
#include "verbs/record.h"
#include "verbs/show.h"

#include <string.h>

static const char *person_note(struct desk *d, const struct moment *m)
{
    return m->at == INSTANT_NONE ? ""
           : arena_print(d->keep, " since %s", show_clock(d, m->at, desk_now(d)));
}

/* Where nobody said when: it may be as old as the last opposite sign, five
 * minutes at most. */
static void reach_back(struct desk *d, struct moment *m, const char *service, bool up)
{
    enum { MOST_MS = 300000 };
    if (m->at != INSTANT_NONE)
        return;
    int64_t now = desk_now(d), sign = now - MOST_MS;
    for (size_t i = 0; d->name && i < d->incident.entries; i++) {
        const struct entry *n = &d->incident.entry[i];
        if (n->struck || !n->level || !text_equal(n->service, service) || n->at > now)
            continue;
        if (text_equal(n->level, "up") != up && n->at > sign)
            sign = n->at;
    }
    *m = (struct moment){ .at = now, .early_ms = now - sign };
}

static bool lost_share(struct desk *d, int64_t *ppb, struct err *e)
{
    const char *typed = desk_option(d, "lost");
    *ppb = -1;
    if (!typed)
        return true;
    if (share_parse(ppb, typed) && *ppb > 0)
        return true;
    return err_usage(e, "found '--lost %s', expected a share as 25%%", typed);
}

static const char *opening(struct desk *d, const char *service, const char *level,
                           int64_t lost, const char *text, const char *because, const char *typed)
{
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "service", service);
    json_put(&o, "level", level);
    if (lost >= 0)
        json_put_int(&o, "lost_ppb", lost);
    json_put(&o, "basis", "person");
    if (*text)
        json_put(&o, "text", text);
    if (because)
        json_put(&o, "because", because);
    if (typed)
        json_put(&o, "typed", typed);
    json_close(&o, '}');
    return t.at;
}

static const char *closing(struct desk *d, const char *service, const char *const *hash,
                           size_t hashes, const char *text)
{
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "service", service);
    json_put(&o, "edge", "up");
    json_put(&o, "basis", "person");
    json_open(&o, "closes", '[');
    for (size_t i = 0; i < hashes; i++)
        json_put(&o, NULL, hash[i]);
    json_close(&o, ']');
    if (*text)
        json_put(&o, "text", text);
    json_close(&o, '}');
    return t.at;
}

/* The windows of that service (NULL: of all) that still run. */
static size_t open_windows(const struct desk *d, const char *service, const struct window **out,
                           size_t room)
{
    size_t n = 0;
    for (size_t i = 0; d->name && i < d->incident.windows.count; i++) {
        const struct window *w = &d->incident.windows.window[i];
        if (w->open && w->level != IMPACT_NONE && (!service || text_equal(w->service, service)) && n < room)
            out[n++] = w;
    }
    return n;
}

/* What a person says about a service, from a moment on. */
struct onset {
    const char *service, *level, *text, *because;
    int64_t lost;          /* -1: not said */
    struct moment when;
};

/* Is what the window says as bad as that? Then there is nothing to add. */
static bool says_it(const struct window *w, const struct onset *o)
{
    if (w->level == IMPACT_DOWN || text_equal(o->level, impact_level_names[w->level]))
        return w->level != IMPACT_DEGRADED || (o->lost <= w->lost_ppb && w->lost_ppb >= 0) || o->lost < 0;
    return false;
}

/* A person said so already, and it still runs. What probes and runs say stays theirs. */
static const struct window *said_already(const struct desk *d, const struct onset *o)
{
    const struct window *open[64];
    size_t n = open_windows(d, o->service, open, 64);
    for (size_t i = 0; i < n; i++)
        if (text_equal(open[i]->basis, "person") && says_it(open[i], o))
            return open[i];
    return NULL;
}

static bool already(struct desk *d, const struct window *w, const struct onset *o, struct err *e)
{
    const struct moment *m = &o->when;
    const char *since = show_clock(d, w->start.at, desk_now(d));
    const char *number = event_number(w->opening, d->keep);
    bool earlier = m->at != INSTANT_NONE && m->at < w->start.at;
    if (earlier && !*o->text) {
        err_hint(e, "tocsin amend %s @%s   moves its beginning", number, m->typed);
        return err_failed(e, "'%s' is %s already, since %s", w->service, impact_level_names[w->level], since);
    }
    if (*o->text && !record_text(d, m, EVENT_NOTE, o->text, e))
        return false;
    desk_echo(d, "%s is %s already, since %s%s", w->service, impact_level_names[w->level], since,
              *o->text ? "; your words are noted" : "");
    if (earlier)
        desk_say(d, "  tocsin amend %s @%s   moves its beginning", number, m->typed);
    else if (!*o->text && !text_equal(w->opening->by, d->world->user))
        desk_say(d, "  %s said so; nothing was written", w->opening->by);
    return true;
}

/* A window begins: in the open incident, which may have been opened by somebody
 * else in this very second, or in one that is opened for it. */
static bool begin(struct desk *d, struct onset *o, struct err *e)
{
    enum { ROUNDS = 64 };
    bool fresh, moved = true;
    const struct moment said = o->when;
    struct moment m = said;
    if (!desk_have_incident(d, &said, false, o->service, &fresh, e))
        return false;
    for (int i = 0; moved; i++) {
        const struct window *w = said_already(d, o);
        if (w) {
            bool noted = already(d, w, o, e);
            if (fresh)
                desk_baseline(d);
            return noted;
        }
        m = said;
        reach_back(d, &m, o->service, false);
        struct draft draft = { .at = m.at, .early_ms = m.early_ms, .late_ms = m.late_ms, .kind = EVENT_IMPACT,
                               .data = opening(d, o->service, o->level, o->lost, o->text, o->because, m.typed) };
        if (i == ROUNDS ? !desk_append_all(d, &draft, 1, NULL, e) : !desk_append_as_read(d, &draft, 1, &moved, e))
            return false;
        moved = moved && i < ROUNDS;
    }
    const char *level = text_equal(o->level, "down") ? "DOWN" : o->lost < 0 ? o->level
                      : arena_print(d->keep, "%s (%s lost)", o->level, desk_option(d, "lost"));
    desk_echo(d, "%s is %s%s: the clock runs%s", o->service, level, person_note(d, &said),
              fresh ? "; incident opened" : "");
    if (fresh)
        desk_baseline(d);
    if (!m.typed && m.early_ms >= MINUTE_MS)
        desk_say(d, "  nobody said when: it may have begun up to %s ago; tocsin amend last @%s says it exactly",
                 duration_short(d->keep, m.early_ms),
                 show_clock(d, m.at - m.early_ms / 2, desk_now(d)));
    desk_say(d, "  tocsin note TEXT   tocsin status   tocsin up %s (when it answers again)", o->service);
    return !fresh || desk_take_notes(d, e); /* the clock runs already: now there is time to ask */
}

bool verb_down(struct desk *d, struct err *e)
{
    struct onset o = { .level = "down" };
    struct moment end;
    bool whole = false;
    d->edge = true;
    if (!desk_needs(d, 0, e) || !config_service(&d->ws.config, d->word[0], e) ||
        (d->words > 1 && d->word[1][0] == '@' && !desk_span(&o.when, &end, &whole, d, 1, e)))
        return false;
    if (whole) {
        err_hint(e, "tocsin impact %s down %s %s", d->word[0], end.typed, desk_text(d, 1));
        return err_usage(e, "'%s' is a whole window, and 'down' only begins one", end.typed);
    }
    if (!desk_moment(&o.when, d, 1, e) || !lost_share(d, &o.lost, e))
        return false;
    o.service = d->word[0];
    o.text = desk_text(d, 1);
    o.level = o.lost >= 0 ? "degraded" : "down";
    return begin(d, &o, e);
}

static bool ended_by_person(const struct window *w)
{
    return w->closing && w->closing->data.at && w->level != IMPACT_NONE && json_is(json_get(w->closing->data, "basis"), "person");
}

/* The only service that a person has ended a window of; NULL: none, or (*several) more. */
static const char *only_ended(const struct desk *d, bool *several)
{
    const char *only = NULL;
    *several = false;
    for (size_t i = 0; i < d->incident.windows.count; i++) {
        const struct window *w = &d->incident.windows.window[i];
        bool known = ended_by_person(w);
        *several = *several || (known && only && !text_equal(only, w->service));
        only = known && !only ? w->service : only;
    }
    return *several ? NULL : only;
}

static bool which_service(struct desk *d, const char **service, struct err *e)
{
    const struct window *open[16];
    bool several = false;
    *service = NULL;
    if (d->words && d->word[0][0] != '@') {
        struct err unknown = { 0 };
        if (config_service(&d->ws.config, d->word[0], &unknown)) {
            *service = d->word[0];
            return true;
        }
        if (*unknown.hint) { /* a slip, and not the first word of a text */
            *e = unknown;
            return false;
        }
    }
    size_t n = open_windows(d, NULL, open, 16);
    for (size_t i = 1; i < n; i++)
        if (!text_equal(open[i]->service, open[0]->service)) {
            err_hint(e, "tocsin up %s", open[0]->service);
            return err_usage(e, "several services are down: '%s', '%s': say which one is up",
                             open[0]->service, open[i]->service);
        }
    if (!n && d->words && d->word[0][0] != '@')
        return config_service(&d->ws.config, d->word[0], e) != NULL;
    *service = n ? open[0]->service : only_ended(d, &several);
    if (*service)
        return true;
    err_hint(e, several ? "tocsin up SERVICE @T   if you know that one came back at another moment"
                        : "tocsin impact SERVICE down 14:41-14:46   says a whole window");
    return err_failed(e, "nothing is down in %s", d->name);
}

/* The last window of the service that a person ended and that had begun by then; NULL. */
static const struct window *ended(const struct desk *d, const char *service, const struct moment *m)
{
    const struct window *last = NULL;
    for (size_t i = 0; d->name && i < d->incident.windows.count; i++) {
        const struct window *w = &d->incident.windows.window[i];
        bool known = ended_by_person(w) && text_equal(w->service, service);
        bool begun = m->at == INSTANT_NONE || w->start.at - w->start.early_ms <= m->at + m->late_ms;
        if (known && begun && (!last || w->end.at > last->end.at))
            last = w;
    }
    return last;
}

/* Somebody ended it already. Another person who says when knows something else: both stand,
 * and the length is a range until one of the two is struck (record/impact.h). */
static bool end_again(struct desk *d, const char *service, struct moment *m, const char *text, struct err *e)
{
    const struct window *w = ended(d, service, m);
    if (!w) {
        err_hint(e, "tocsin impact %s down 14:41-14:46   says a whole window", service);
        return err_failed(e, "'%s' is not down in %s", service, d->name);
    }
    const char *since = show_clock(d, w->end.at, desk_now(d)), *number = event_number(w->closing, d->keep);
    bool mine = text_equal(w->closing->by, d->world->user);
    if (m->at == INSTANT_NONE || mine) {
        if (mine)
            err_hint(e, "tocsin amend %s @%s   moves that   tocsin impact %s down 14:41-14:46   says another window", number,
                     m->typed ? m->typed : "T", service);
        else
            err_hint(e, "tocsin up %s @T   if you know that it was another moment", service);
        return err_failed(e, "'%s' is not down: it is up since %s, as %s said", service, since, mine ? "you" : w->closing->by);
    }
    const char *hash[64];
    size_t n = 0;
    for (size_t i = 0; i < d->incident.windows.count && n < 64; i++)
        if (d->incident.windows.window[i].closing == w->closing)
            hash[n++] = d->incident.windows.window[i].id;
    if (!desk_append(d, m, EVENT_IMPACT, closing(d, service, hash, n, text), NULL, e) || !desk_refresh(d, e))
        return false;
    desk_echo(d, "%s said that %s is up since %s: yours stands beside that", w->closing->by, service, since);
    for (const char *const *note = d->incident.windows.note; *note; note++)
        if (strstr(*note, "at different times"))
            desk_say(d, "  %s", *note);
    return true;
}

static bool close_windows(struct desk *d, const char *service, struct moment *m, const char *text,
                          struct err *e)
{
    const struct window *open[64];
    const char *hash[64];
    size_t n = open_windows(d, service, open, 64);
    if (!n)
        return end_again(d, service, m, text, e);
    int64_t since = open[0]->start.at, total = 0;
    for (size_t i = 0; i < n; i++) {
        hash[i] = open[i]->id;
        since = open[i]->start.at < since ? open[i]->start.at : since;
        if (m->at != INSTANT_NONE && m->at + m->late_ms < open[i]->start.at - open[i]->start.early_ms) {
            err_hint(e, "tocsin amend %lld @T   moves its beginning", (long long)open[i]->opening->seq);
            return err_usage(e, "'%s' went down at %s, after '%s'", service,
                             show_clock(d, open[i]->start.at, desk_now(d)), m->typed);
        }
    }
    reach_back(d, m, service, true);
    if (!desk_append(d, m, EVENT_IMPACT, closing(d, service, hash, n, text), NULL, e))
        return false;
    total = m->at > since ? m->at - since : 0;
    struct text which = text_new(d->keep); /* a person's word closes what probes and runs opened, too */
    for (size_t i = 0; i < n && n > 1; i++)
        text_print(&which, "%s%s since %s", i ? ", " : "; closes ", open[i]->basis,
                   show_clock(d, open[i]->start.at, desk_now(d)));
    desk_echo(d, "%s is up again after %s%s", service, duration_words(d->keep, total), which.at);
    return true;
}

/* A second person's "up" may come when the last one is closed. */
static bool none_is_open(struct desk *d, struct err *e)
{
    const char *last;
    struct err none = { 0 };
    bool closed = workspace_pick(&last, NULL, &d->ws, NULL, true, d->keep, &none) && !text_equal(last, "log");
    err_hint(e, "tocsin down SERVICE   or   tocsin open TITLE%s", !closed ? "" :
             arena_print(d->keep, "   in the last one, which is closed: tocsin -i %s up SERVICE @T", last));
    return err_usage(e, "no incident is open");
}

bool verb_up(struct desk *d, struct err *e)
{
    struct moment m;
    const char *service;
    d->edge = true;
    if (!d->name)
        return none_is_open(d, e);
    if (!which_service(d, &service, e))
        return false;
    size_t first = d->words && text_equal(d->word[0], service) ? 1 : 0;
    if (!desk_moment(&m, d, first, e))
        return false;
    if (!close_windows(d, service, &m, desk_text(d, first), e))
        return false;
    desk_say(d, "  tocsin status   tocsin phase mitigated|monitoring|resolved   tocsin report");
    return true;
}

/* A whole window: its opening and the closing that names it, both or none. */
static bool whole_window(struct desk *d, const char *service, const char *data,
                         const struct moment *from, const struct moment *to, struct err *e)
{
    struct text rest = text_new(d->keep);
    text_add(&rest, "\"],\"typed\":");
    json_quote(&rest, to->typed, strlen(to->typed));
    text_char(&rest, '}');
    struct draft edge[2] = {
        { .at = from->at, .early_ms = from->early_ms, .late_ms = from->late_ms, .kind = EVENT_IMPACT, .data = data },
        { .at = to->at, .early_ms = to->early_ms, .late_ms = to->late_ms, .kind = EVENT_IMPACT, .back = 1,
          .data = arena_print(d->keep, "{\"service\":\"%s\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[\"",
                              service), .rest = rest.at },
    };
    if (!desk_append_all(d, edge, 2, NULL, e))
        return false;
    desk_echo(d, "%s %s-%s: %s", service, show_clock(d, from->at, from->at),
              show_clock(d, to->at, from->at),
              duration_words(d->keep, to->at - from->at));
    return true;
}

/* Said of a whole incident, open or not: the last one will do. */
static bool affirm_none(struct desk *d, const char *service, const char *data, struct moment *from,
                        const struct moment *to, struct err *e)
{
    const char *last;
    if (!d->name && !(workspace_pick(&last, NULL, &d->ws, NULL, true, d->keep, e) && desk_incident(d, last, e)))
        return false;
    if (to) /* looked at then */
        from->late_ms = to->at + to->late_ms - from->at;
    if (!desk_append(d, from, EVENT_IMPACT, data, NULL, e))
        return false;
    desk_echo(d, "%s: no impact, says %s", service, d->world->user);
    return true;
}

static bool level_is(struct desk *d, const char *level, int64_t lost, struct err *e)
{
    static const char *const levels[] = { "down", "degraded", "unknown", "up", "none", NULL };
    for (size_t i = 0; levels[i]; i++)
        if (text_equal(level, levels[i])) {
            if (lost >= 0 && i != 1)
                return err_usage(e, "'--lost' goes with 'degraded', not with '%s'", level);
            return true;
        }
    return err_usage(e, "found '%s', expected down, degraded, unknown, up or none", level);
}

bool verb_impact(struct desk *d, struct err *e)
{
    struct moment from = { .at = INSTANT_NONE }, to;
    bool whole, fresh;
    int64_t lost;
    d->edge = true;
    if (!desk_needs(d, 1, e) || !config_service(&d->ws.config, d->word[0], e) ||
        !lost_share(d, &lost, e) || !level_is(d, d->word[1], lost, e) ||
        !desk_span(&from, &to, &whole, d, 2, e) || (!whole && !desk_moment(&from, d, 2, e)))
        return false;
    const char *service = d->word[0], *level = d->word[1], *text = desk_text(d, 2);
    if (lost < 0 && text_equal(level, "degraded") && d->words > 2 && text_ends(d->word[2], "%")) {
        err_hint(e, "tocsin impact %s degraded --lost %s", service, d->word[2]);
        return err_usage(e, "'%s': is that lost, or left?", d->word[2]);
    }
    if (text_equal(level, "up")) {
        if (whole)
            return err_usage(e, "'up' is a moment, not a window: @T");
        if (!d->name)
            return none_is_open(d, e);
        return close_windows(d, service, &from, text, e);
    }
    bool none = text_equal(level, "none");
    if (!whole && !none) {
        struct onset o = { service, level, text, desk_option(d, "because"), lost, from };
        return begin(d, &o, e);
    }
    const char *data = opening(d, service, level, lost, text, desk_option(d, "because"),
                               whole && !none ? from.typed : NULL);
    if (none)
        return affirm_none(d, service, data, &from, whole ? &to : NULL, e);
    return desk_have_incident(d, &from, true, service, &fresh, e) && whole_window(d, service, data, &from, &to, e);
}
