/* say.c: a public update: written down, sent where a status page is bound, and
 * the next one due. */
#include "verbs/audience.h"
#include "verbs/record.h"

/* How a service is now, for those who read the page; NULL: it was never touched. */
static const char *shown_state(const struct desk *d, const char *service)
{
    const char *state = NULL;
    for (size_t i = 0; i < d->incident.windows.count; i++) {
        const struct window *w = &d->incident.windows.window[i];
        if (!text_equal(w->service, service) || w->level == IMPACT_NONE)
            continue;
        if (w->open && (w->level == IMPACT_DOWN || !state || text_equal(state, "ok")))
            state = w->level == IMPACT_DOWN ? "down" : "degraded";
        else if (!state)
            state = "ok";
    }
    return state;
}

/* One sentence for each service that suffered. It is on record already, so a
 * page that does not answer loses nothing. */
static bool send(struct desk *d, const char *text, size_t *sent, struct err *e)
{
    struct audience audience = desk_audience(d);
    *sent = 0;
    for (size_t i = 0; i < d->ws.config.services; i++) {
        const char *service = d->ws.config.service[i].name, *state = shown_state(d, service), *done = "";
        if (!state)
            continue;
        const char *argument[] = { arena_print(d->keep, "service=%s", service),
                                   arena_print(d->keep, "state=%s", state),
                                   arena_print(d->keep, "text=%s", text), NULL };
        struct run_request request = { .ws = &d->ws, .incident = d->name, .argument = argument,
                                       .audience = &audience };
        if (!run_do(&done, &request, "statuspage.set", d->keep, e)) {
            err_hint(e, "it is written down; tocsin do statuspage.set service=%s state=%s text=... sends it again",
                     service, state);
            return err_while(e, "not sent");
        }
        ++*sent;
    }
    return true;
}

bool verb_say(struct desk *d, struct err *e)
{
    struct moment m;
    int64_t every = d->ws.config.limits.update_every_ms;
    const char *next = desk_option(d, "next");
    if (!desk_moment(&m, d, 0, e) || !desk_needs_text(d, 0, e))
        return false;
    if (next && !duration_parse(&every, next))
        return err_usage(e, "found '--next %s', expected a span as 20m", next);
    int64_t due = (m.at == INSTANT_NONE ? desk_now(d) : m.at) + every;
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    json_open(&o, NULL, '{');
    const char *text = desk_text(d, 0);
    json_put(&o, "text", text);
    if (every > 0)
        json_put(&o, "next_due", instant_utc(d->keep, due));
    json_close(&o, '}');
    if (!desk_append(d, &m, EVENT_SAID, data.at, NULL, e))
        return false;
    desk_echo(d, "public update written down; next one due %s",
              every > 0 ? instant_text(d->keep, desk_zone(d), due, FORM_HM) : "when there is news");
    if (m.at != INSTANT_NONE)
        return true; /* it was said then, elsewhere */
    if (!d->ws.config.simulated && !config_binding(&d->ws.config, "statuspage")) {
        desk_say(d, "  no status page is bound: post it where your customers read");
        return true;
    }
    size_t sent;
    if (!send(d, text, &sent, e))
        return false;
    if (sent)
        desk_echo(d, "sent to the status page, for %s", text_count(d->keep, (int64_t)sent, "service"));
    return true;
}
