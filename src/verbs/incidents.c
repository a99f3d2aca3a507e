/* incidents.c: all incidents of a workspace, a line each. */
#include "verbs/verbs.h"

static int64_t down_ms(const struct incident *i)
{
    int64_t total = 0, until = INT64_MIN; /* the union over all services, for orientation */
    for (size_t k = 0; k < i->windows.count; k++) {
        const struct window *w = &i->windows.window[k];
        if (w->level == IMPACT_NONE)
            continue;
        int64_t start = w->start.at > until ? w->start.at : until;
        total += w->end.at > start ? w->end.at - start : 0;
        until = w->end.at > until ? w->end.at : until;
    }
    return total;
}

static void one(struct desk *d, const struct incident *i, struct json_out *o)
{
    if (d->json) {
        json_open(o, NULL, '{');
        json_put(o, "incident", i->name);
        json_put(o, "title", i->title);
        json_put(o, "phase", i->phase);
        json_put_int(o, "severity", i->severity);
        json_put_bool(o, "closed", i->closed);
        json_put_bool(o, "drill", i->drill);
        json_put(o, "opened_at", instant_utc(d->keep, i->opened_at));
        json_put(o, "number", i->number);
        json_close(o, '}');
        return;
    }
    fprintf(d->out, "%-13s %s  %-12s %-7s %s%s%s\n", i->name,
            instant_text(d->keep, i->zone, i->opened_at, FORM_DATE_HM), i->phase,
            duration_short(d->keep, down_ms(i)),
            text_for_terminal(d->keep, i->title && *i->title ? i->title : "(no title)"),
            i->drill ? "  SIMULATED" : "", i->number && *i->number ? arena_print(d->keep, "  %s", i->number) : "");
}

bool verb_incidents(struct desk *d, struct err *e)
{
    struct names all;
    struct text to = text_new(d->keep);
    struct json_out o = { 0 };
    if (!desk_at_most(d, 0, e) || !d->ws.store->list(d->ws.store, &all, d->keep, e))
        return false;
    if (d->json) {
        o = desk_json(d, &to);
        json_open(&o, "incidents", '[');
    }
    size_t shown = 0;
    for (size_t k = 0; k < all.count; k++) {
        if (text_equal(all.name[k], "log"))
            continue;
        if (!desk_incident(d, all.name[k], e))
            return false;
        if ((desk_option(d, "open") && d->incident.closed) ||
            (d->as_of != INSTANT_NONE && d->incident.opened_at > d->as_of))
            continue;
        one(d, &d->incident, &o);
        shown++;
    }
    d->name = NULL;
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    } else if (!shown) {
        desk_say(d, "no incident; 'tocsin down SERVICE' opens one");
    }
    return true;
}
