/* desk_open.c: which incident a disturbance belongs to, where none is open.
 *
 * Several people may say `down` in the same second: one of them opens, the
 * others find that incident. Two names are never taken by one disturbance: a
 * name is chosen first, then it is asked whether an incident is open by now;
 * who opened one after that took the same name, and create() refuses it. */
#include "verbs/verbs.h"

#include "base/sha256.h"

#include <string.h>

static const char *opening(struct desk *d, const char *name, const struct moment *when, const char *title,
                           const char *zone)
{
    unsigned char bytes[16];
    char id[33];
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    d->world->random(d->world, bytes, sizeof bytes);
    hex_from_bytes(id, bytes, sizeof bytes);
    json_open(&o, NULL, '{');
    json_put(&o, "id", id);
    json_put(&o, "name", name);
    json_put(&o, "zone", zone ? zone : d->ws.config.zone);
    json_put(&o, "world", d->ws.config.simulated ? "simulated" : "real");
    json_put_bool(&o, "drill", d->ws.config.simulated);
    if (title && *title)
        json_put(&o, "title", title);
    if (when && when->typed)
        json_put(&o, "typed", when->typed);
    json_close(&o, '}');
    return data.at;
}

/* `draft[0]` has room for the opening, behind which the others stand. */
static bool open_as(struct desk *d, const char *name, const struct moment *when, const char *title,
                    const char *zone, struct draft *draft, size_t count, struct err *e)
{
    draft[0] = (struct draft){ .at = INSTANT_NONE, .kind = EVENT_OPENED, .data = opening(d, name, when, title, zone) };
    if (when && when->at != INSTANT_NONE) {
        draft[0].at = when->at;
        draft[0].early_ms = when->early_ms;
        draft[0].late_ms = when->late_ms;
    }
    for (size_t i = 0; i < count; i++) {
        draft[i].by = draft[i].by ? draft[i].by : d->world->user;
        draft[i].uid = d->world->uid;
    }
    if (!d->ws.store->create(d->ws.store, name, draft, count, d->keep, e) || !desk_incident(d, name, e))
        return false;
    struct appended opened = { .first_seq = 1, .recorded = d->journal.event[0].recorded };
    for (size_t i = 0; i < count && i < sizeof opened.hash / sizeof *opened.hash; i++)
        opened.hash[i] = d->journal.event[i].hash;
    desk_remember(d, draft, count, &opened);
    return true;
}

bool desk_open_incident(struct desk *d, const struct moment *when, const char *title,
                        const char *zone, bool *joined, struct err *e)
{
    struct draft opening;
    return desk_open_with(d, when, title, zone, &opening, 1, joined, e);
}

bool desk_open_with(struct desk *d, const struct moment *when, const char *title, const char *zone,
                    struct draft *draft, size_t count, bool *joined, struct err *e)
{
    int64_t at = when && when->at != INSTANT_NONE ? when->at : desk_now(d);
    for (;;) {
        struct err none = { 0 }, taken = { 0 };
        const char *name, *other;
        if (!workspace_next_name(&name, &d->ws, at, d->keep, e))
            return false;
        if (joined && (*joined = workspace_pick(&other, NULL, &d->ws, NULL, false, d->keep, &none)))
            return desk_incident(d, other, e);
        if (open_as(d, name, when, title, zone, draft, count, &taken))
            return true;
        if (taken.kind != ERR_BUSY) {
            *e = taken;
            return false;
        }
    }
}

/* A phase that may not lie before the closing that it ends. */
static bool reopen(struct desk *d, const struct moment *m, struct err *e)
{
    int64_t closed = d->incident.phases ? d->incident.phase_row[d->incident.phases - 1].at : INSTANT_NONE;
    const struct moment *when = m && m->at != INSTANT_NONE && m->at > closed ? m : NULL;
    return desk_append(d, when, EVENT_PHASE, "{\"phase\":\"detected\"}", NULL, e) && desk_refresh(d, e);
}

static int64_t closed_at(const struct desk *d)
{
    const struct incident *i = &d->incident;
    return i->closed && i->phases ? i->phase_row[i->phases - 1].at : INSTANT_NONE;
}

/* May what began then belong to the incident, though it is closed? */
static bool is_near(const struct desk *d, int64_t at)
{
    return closed_at(d) != INSTANT_NONE && at > d->incident.opened_at - DAY_MS && at < closed_at(d) + DAY_MS;
}

/* The last one may be what this belongs to. *no: a person says that it is not;
 * where nobody can be asked the clock starts in an incident of its own. */
static bool go_on_with_last(struct desk *d, const struct moment *m, bool over, bool *no, struct err *e)
{
    const char *last;
    struct err none = { 0 };
    *no = true;
    if (!workspace_pick(&last, NULL, &d->ws, NULL, true, d->keep, &none) || text_equal(last, "log") ||
        !desk_incident(d, last, &none) || !is_near(d, m->at == INSTANT_NONE ? desk_now(d) : m->at))
        return true;
    const char *ago = duration_short(d->keep, desk_now(d) - closed_at(d));
    const char *title = d->incident.title && *d->incident.title ? d->incident.title : "no title";
    if (desk_confirm(d, arena_print(d->keep, "%s (%s) was closed %s ago: %s?", last,
                                    text_for_terminal(d->keep, title), ago, over ? "does this belong to it"
                                                                                 : "reopen it"), &none)) {
        *no = false;
        return over || reopen(d, m, e);
    }
    if (none.kind == ERR_WAITING)
        desk_say(d, "  %s was closed %s ago; 'tocsin -i %s %s%s ...' goes there instead", last, ago, last,
                 over ? "" : "--yes ", d->verb->name);
    return true;
}

bool desk_have_incident(struct desk *d, const struct moment *when, bool over, const char *title, bool *fresh,
                        struct err *e)
{
    bool joined, another;
    *fresh = false;
    if (d->name && (over || !d->incident.closed))
        return true;
    if (d->name) {
        err_hint(e, "say --yes if that is so; without '-i %s' it opens one of its own", d->name);
        return desk_confirm(d, arena_print(d->keep, "%s is closed: reopen it?", d->name), e) && reopen(d, when, e);
    }
    if (!go_on_with_last(d, when, over, &another, e))
        return false;
    if (!another)
        return true;
    d->name = NULL;
    d->recorded_until = 0;
    if (!desk_open_incident(d, when, title, NULL, &joined, e))
        return false;
    *fresh = !joined;
    if (joined)
        desk_say(d, "  %s opened %s just now: this goes there", d->journal.event[0].by, d->name);
    return true;
}
