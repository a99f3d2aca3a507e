/* incidents.c: all incidents of a workspace, a line each. */
#include "verbs/show.h"

#include "record/profile.h"
#include "record/sla_words.h"
#include "world/journals.h"

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
        json_put_int(o, "lost", i->lost);
        json_put(o, "number", i->number);
        json_close(o, '}');
        return;
    }
    show_padded(d, i->name, 13);
    fprintf(d->out, " %s  ", instant_text(d->keep, i->zone, i->opened_at, FORM_DATE_HM));
    show_padded(d, i->phase, 12);
    fprintf(d->out, " %-11s ", sla_seconds(d->keep, impact_ms(i, *d->keep)));
    const char *lost = i->lost ? arena_print(d->keep, "  %s LOST", text_count(d->keep, i->lost, "event")) : "";
    const char *title = arena_print(d->keep, "%s%s%s%s%s", i->title && *i->title ? i->title : "(no title)", lost,
                                    i->drill ? "  SIMULATED" : "", i->number && *i->number ? "  " : "", i->number ? i->number : "");
    enum { BEFORE = 57 };
    title = text_for_terminal(d->keep, title);
    if (BEFORE + text_width(title) <= show_width(d))
        fprintf(d->out, "%s\n", title);
    else
        show_wrapped(d, title, BEFORE, BEFORE);
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
           !(d->as_of != INSTANT_NONE && i->opened_at > d->as_of && !i->entries) && (!service || suffered(i, service)) &&
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

/* What nothing is known of but its name is named among the others. */
static void one_unread(struct desk *d, const struct unread *u)
{
    const char *why = text_for_terminal(d->keep, u->why);
    if (u->nothing)
        fprintf(d->out, "%-13s cannot be read: %s\n", u->incident, why);
    else
        desk_say(d, "tocsin: warning: %s cannot be read whole: %s", u->incident, why);
}

bool verb_incidents(struct desk *d, struct err *e)
{
    struct journals all;
    struct text to = text_new(d->keep);
    struct json_out o = { 0 };
    if (!right_question(d, e) || !journals_read(&all, &d->ws, NULL, d->keep, e))
        return false;
    d->warning = unread_list(&all, d->keep);
    d->unread = NULL;
    if (d->json) {
        o = desk_json(d, &to);
        json_open(&o, "incidents", '[');
    }
    size_t shown = 0;
    for (size_t k = 0; k < all.count; k++) {
        struct incident i;
        if (!all.journal[k].count)
            continue;
        if (!incident_fold(&i, &all.journal[k], d->as_of, desk_now(d), d->keep, e))
            return false;
        if (!wanted(d, &i))
            continue;
        one(d, &i, &o);
        shown++;
    }
    for (size_t k = 0; !d->json && k < all.unreads; k++, shown++)
        one_unread(d, &all.unread[k]);
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    } else if (!shown) {
        desk_say(d, d->as_of == INSTANT_NONE ? "no incident; 'tocsin down SERVICE' opens one" : "no incident as of then");
    }
    return true;
}
