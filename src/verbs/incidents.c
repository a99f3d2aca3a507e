/* incidents.c: all incidents of a workspace, a line each. */
#include "verbs/verbs.h"

#include "record/profile.h"

#include <string.h>

/* How long any service suffered: each instant once, whatever its degree. The
 * SLAs weigh it; this is for orientation. */
static int64_t impact_ms(const struct incident *i, struct arena scratch)
{
    struct span *span = arena_many(&scratch, struct span, i->windows.count + 1);
    size_t n = 0;
    for (size_t k = 0; k < i->windows.count; k++)
        if (i->windows.window[k].level != IMPACT_NONE)
            span[n++] = (struct span){ i->windows.window[k].start.at, i->windows.window[k].end.at, 1, k };
    return (int64_t)profile_total(profile_of(span, n, &scratch));
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
        json_put_int(o, "impact_ms", impact_ms(i, *d->keep));
        json_put(o, "number", i->number);
        json_close(o, '}');
        return;
    }
    fprintf(d->out, "%-13s %s  %-12s %-7s %s%s%s\n", i->name,
            instant_text(d->keep, i->zone, i->opened_at, FORM_DATE_HM), i->phase,
            duration_short(d->keep, impact_ms(i, *d->keep)),
            text_for_terminal(d->keep, i->title && *i->title ? i->title : "(no title)"),
            i->drill ? "  SIMULATED" : "", i->number && *i->number ? arena_print(d->keep, "  %s", i->number) : "");
}

static bool suffered(const struct incident *i, const char *service)
{
    for (size_t k = 0; k < i->windows.count; k++)
        if (text_equal(i->windows.window[k].service, service) && i->windows.window[k].level != IMPACT_NONE)
            return true;
    return false;
}

/* Is it one of those that were asked for? */
static bool wanted(struct desk *d, const struct incident *i)
{
    const char *service = desk_option(d, "service"), *since = desk_option(d, "since");
    return !(desk_option(d, "open") && i->closed) &&
           !(d->as_of != INSTANT_NONE && i->opened_at > d->as_of) && (!service || suffered(i, service)) &&
           (!since || strcmp(instant_text(d->keep, i->zone, i->opened_at, FORM_DATE), since) >= 0);
}

static bool right_question(struct desk *d, struct err *e)
{
    const char *service = desk_option(d, "service"), *since = desk_option(d, "since");
    struct civil c = { 0 };
    char rest;
    if (service && !config_service(&d->ws.config, service, e))
        return false;
    if (since && (strlen(since) != 10 || sscanf(since, "%4d-%2d-%2d%c", &c.year, &c.month, &c.day, &rest) != 3 ||
                  !civil_valid(c)))
        return err_usage(e, "found '--since %s', expected a date as 2025-03-01", since);
    return desk_at_most(d, 0, e);
}

bool verb_incidents(struct desk *d, struct err *e)
{
    struct names all;
    struct text to = text_new(d->keep);
    struct json_out o = { 0 };
    if (!right_question(d, e) || !d->ws.store->list(d->ws.store, &all, d->keep, e))
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
        if (!wanted(d, &d->incident))
            continue;
        if (d->incident.warning)
            desk_say(d, "tocsin: warning: %s: %s", all.name[k],
                     text_for_terminal(d->keep, d->incident.warning));
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
