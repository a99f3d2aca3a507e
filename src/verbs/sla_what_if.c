/* sla_what_if.c: the same sum with windows that nobody recorded. */
#include "verbs/sla.h"

#include "verbs/record.h"

#include <ctype.h>
#include <string.h>

/* A time without its day means the day of the incident at hand, else today. */
static struct civil day_of(const struct question *q)
{
    const struct account *a = &q->account;
    int64_t at = a->as_of;
    const char *name = NULL;
    struct err quiet = { 0 };
    if (workspace_pick(&name, NULL, &q->d->ws, q->d->given_incident, true, q->d->keep, &quiet))
        for (size_t i = 0; i < a->incidents; i++)
            if (text_equal(a->incident[i].name, name))
                at = a->incident[i].windows.count ? a->incident[i].windows.window[0].start.at
                                                  : a->incident[i].opened_at;
    return civil_at(q->d->ws.config.zone, at);
}

/* "14:30-15:00", "2025-03-11T14:30-2025-03-11T15:00": the dash between two moments. */
static bool read_span(struct window *w, const char *typed, const struct question *q, struct err *e)
{
    struct desk *d = q->d;
    struct moment from, to;
    for (const char *dash = strchr(typed, '-'); dash; dash = strchr(dash + 1, '-')) {
        struct err quiet = { 0 };
        const char *left = arena_copy(d->keep, typed, (size_t)(dash - typed));
        struct civil day = day_of(q);
        if (!moment_parse_on(&from, left, d->ws.config.zone, day, d->keep, &quiet)
            || !moment_parse_on(&to, dash + 1, d->ws.config.zone, day, d->keep, &quiet))
            continue;
        if (to.at <= from.at)
            return err_usage(e, "'%s' ends before it begins", typed);
        w->start = (struct edge){ from.at, from.early_ms, from.late_ms };
        w->end = (struct edge){ to.at, to.early_ms, to.late_ms };
        return true;
    }
    return err_usage(e, "'%s' is no span of time; expected 14:30-15:00", typed);
}

/* The next word of the text, which it goes past; NULL at its end. */
static const char *next_word(const char **at, struct arena *keep)
{
    *at += strspn(*at, " ");
    size_t length = strcspn(*at, " ");
    const char *word = length ? arena_copy(keep, *at, length) : NULL;
    *at += length;
    return word;
}

/* "down 14:30-15:00", "degraded 25% 14:30-15:00 osc-fr1". */
static bool read_one(struct window *w, const char *typed, const struct question *q, struct err *e)
{
    static const struct event nobody;
    const char *at = typed, *level = next_word(&at, q->d->keep), *word = next_word(&at, q->d->keep);
    *w = (struct window){ .id = "", .incident = "what if", .service = "", .lost_ppb = -1,
                          .basis = "person", .opening = &nobody };
    if (text_equal(level, "degraded"))
        w->level = IMPACT_DEGRADED;
    else if (!text_equal(level, "down"))
        return err_usage(e, "found '%s', expected 'down T1-T2' or 'degraded 25%% T1-T2'", typed);
    if (word && w->level == IMPACT_DEGRADED && text_ends(word, "%")) {
        if (!share_parse(&w->lost_ppb, word))
            return err_usage(e, "'%s' is no share; expected 25%%", word);
        word = next_word(&at, q->d->keep);
    }
    if (!word)
        return err_usage(e, "'%s' says no span of time; expected 'down 14:30-15:00'", typed);
    if (!read_span(w, word, q, e))
        return false;
    const char *service = next_word(&at, q->d->keep), *only = desk_option(q->d, "service");
    const struct service *known = &q->d->ws.config.service[0];
    service = service ? service : only;
    if (!service && q->d->ws.config.services != 1)
        return err_usage(e, "of which service? write it behind the times: '%s SERVICE'", typed);
    if (service && !(known = config_service(&q->d->ws.config, service, e)))
        return false;
    w->service = known->name;
    const char *junk = next_word(&at, q->d->keep);
    return !junk || err_usage(e, "'%s' stands behind the service and says nothing", junk);
}

bool sla_what_if(struct question *q, struct err *e)
{
    const char *typed = desk_option(q->d, "what-if");
    struct account *a = &q->account;
    if (!typed)
        return true;
    size_t room = a->windows + 1, added = 0;
    for (const char *c = typed; *c; c++)
        room += *c == ',';
    struct window *more = arena_many(q->d->keep, struct window, room);
    if (a->windows)
        memcpy(more, a->window, a->windows * sizeof *more);
    for (const char *at = typed, *end; at; at = *end ? end + 1 : NULL, added++) {
        end = at + strcspn(at, ",");
        if (!read_one(&more[a->windows++], arena_copy(q->d->keep, at, (size_t)(end - at)), q, e))
            return false;
    }
    for (size_t i = a->windows - added; i < a->windows; i++) /* what is planned lies ahead of now */
        if (more[i].end.at > a->as_of)
            a->as_of = more[i].end.at;
    a->window = more;
    a->supposed = true;
    q->what_if = typed;
    return true;
}
