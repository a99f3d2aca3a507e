/* compare.c: the same incident in several workspaces, side by side. Every
 * figure is computed from the journals, by the same functions that status,
 * sla and the report use. */
#include "verbs/show.h"
#include "verbs/situation.h"

#include "record/sla_words.h"

#include <string.h>

enum { MOST = 4, LABEL = 18, COLUMN = 32 };

/* One workspace, folded, and what is said of it. */
struct column {
    struct desk desk;
    struct situation s;
    const struct service_view *service; /* the one that suffered most */
    struct figure figure[FIGURES];
    const struct entry *first_sign;
    int64_t isolate_ms;               /* INSTANT_NONE: never */
    size_t outages;
    const char *name;
};

static const struct window *first_window(const struct column *c)
{
    return c->service && c->service->window[0] ? c->service->window[0] : NULL;
}

/* From the first impact to the first IP that was taken out of the pool. */
static void time_to_isolate(struct column *c)
{
    const struct window *w = first_window(c);
    c->isolate_ms = INSTANT_NONE;
    for (size_t i = 0; w && i < c->s.ledger.changes; i++) {
        const struct change *change = &c->s.ledger.change[i];
        if (change->ended && change->state != CHANGE_FAILED &&
            text_equal(change->incident, c->desk.name) && text_equal(change->action, "pool.remove") &&
            change->ended->at >= w->start.at) {
            c->isolate_ms = change->ended->at - w->start.at;
            return;
        }
    }
}

/* The first thing that anybody wrote down: opening counts, when it has a title of its own. */
static void find_first_sign(struct column *c)
{
    const struct incident *i = &c->desk.incident;
    for (size_t k = 0; k < i->entries && !c->first_sign; k++) {
        const struct entry *n = &i->entry[k];
        switch ((int)n->event->kind) {
        case EVENT_OPENED: case EVENT_NOTE: case EVENT_ALERT: case EVENT_SIGNAL: case EVENT_IMPACT:
            if (!n->struck && !entry_is_prose(n, c->desk.keep))
                c->first_sign = n;
        }
    }
}

static bool read_column(struct column *c, struct desk *d, const char *dir, struct err *e)
{
    const char *found = NULL, *slash = strrchr(dir, '/');
    c->desk = *d;
    c->name = slash && slash[1] ? slash + 1 : dir;
    if (!workspace_find(&found, d->world, dir, d->keep, e) ||
        !workspace_open(&c->desk.ws, d->world, found, d->keep, e))
        return err_while(e, "'%s'", dir);
    c->desk.world = c->desk.ws.world;
    if (!workspace_pick(&c->desk.name, NULL, &c->desk.ws, d->given_incident, true, d->keep, e) ||
        !desk_incident(&c->desk, c->desk.name, e) || !situation_gather(&c->s, &c->desk, e))
        return err_while(e, "'%s'", dir);
    for (size_t i = 0; i < c->s.services; i++) {
        const struct service_view *v = &c->s.service[i];
        if (!c->service || (v->has_sla && (!c->service->has_sla ||
                                           v->sla.downtime_ms.nominal > c->service->sla.downtime_ms.nominal)))
            c->service = v;
    }
    while (c->service && c->service->window[c->outages])
        c->outages++;
    incident_figures(c->figure, &c->desk.incident);
    find_first_sign(c);
    time_to_isolate(c);
    return true;
}

static const char *downtime(const struct column *c)
{
    struct arena *keep = c->desk.keep;
    if (!c->service || !c->service->has_sla)
        return "no SLA";
    struct range r = c->service->sla.downtime_ms;
    const char *range = sla_range_minutes(keep, r);
    return arena_print(keep, "%s%s", sla_seconds(keep, r.nominal),
                       *range ? arena_print(keep, " (%s)", range) : "");
}

static const char *first_sign(const struct column *c)
{
    struct arena *keep = c->desk.keep;
    const struct window *w = first_window(c);
    if (!c->first_sign)
        return "not recorded";
    const char *at = instant_text(keep, desk_zone(&c->desk), c->first_sign->at, FORM_HM);
    if (!w || w->start.at <= c->first_sign->at)
        return arena_print(keep, "%s, the outage itself", at);
    return arena_print(keep, "%s, %s ahead", at, duration_short(keep, w->start.at - c->first_sign->at));
}

static const char *verdict(const struct column *c)
{
    if (!c->service || !c->service->has_sla)
        return "no SLA";
    const struct sla_result *r = &c->service->sla;
    if (text_equal(r->decided_by, "record"))
        return arena_print(c->desk.keep, "breach: %s", verdict_names[r->breach]);
    return arena_print(c->desk.keep, "breach: %s; %s: %s", verdict_names[r->breach], r->decided_by,
                       verdict_names[r->decided]);
}

static const char *credit(const struct column *c)
{
    if (!c->service || !c->service->has_sla)
        return "no SLA";
    const struct sla_result *r = &c->service->sla;
    return r->decided == VERDICT_NO ? "none" : ppb_percent(c->desk.keep, r->credit_ppb.nominal, 6);
}

static const char *still_changed(const struct column *c)
{
    const char *kept = c->s.keeps ? arena_print(c->desk.keep, "; %zu kept", c->s.keeps) : "";
    return c->s.changes ? arena_print(c->desk.keep, "%s%s", text_count(c->desk.keep, (int64_t)c->s.changes,
                                                                        "target"), kept)
                        : arena_print(c->desk.keep, "nothing%s", kept);
}

static const char *outages(const struct column *c)
{
    return arena_print(c->desk.keep, "%zu", c->outages);
}

static const char *report(const struct column *c)
{
    const char *number = c->desk.incident.number;
    return number && *number ? number : "not published";
}

static const char *identify(const struct column *c)
{
    for (size_t i = 0; i < FIGURES; i++)
        if (text_equal(c->figure[i].name, "time to identify"))
            return figure_words(&c->figure[i], c->desk.keep);
    return "not recorded";
}

static const char *isolate(const struct column *c)
{
    return c->isolate_ms == INSTANT_NONE ? "never" : duration_words(c->desk.keep, c->isolate_ms);
}

static const char *world(const struct column *c)
{
    return c->s.world;
}

static const struct row {
    const char *label, *key;
    const char *(*words)(const struct column *c);
} rows[] = {
    { "world", "world", world },
    { "downtime", "downtime", downtime },
    { "outages", "outages", outages },
    { "first sign", "first_sign", first_sign },
    { "time to identify", "time_to_identify", identify },
    { "time to isolate", "time_to_isolate", isolate },
    { "SLA of the month", "breach", verdict },
    { "credit", "credit", credit },
    { "still changed", "still_changed", still_changed },
    { "report", "report", report },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* One cell; the last of a line has no blanks behind it. */
static void cell(struct desk *d, const char *text, bool last)
{
    text = text_for_terminal(d->keep, text);
    size_t wide = text_width(text);
    fprintf(d->out, "%s%*s", text, last || wide >= COLUMN ? 0 : (int)(COLUMN - wide), "");
}

static void as_text(struct desk *d, const struct column *c, size_t columns)
{
    fprintf(d->out, "%-*s", LABEL, "");
    for (size_t i = 0; i < columns; i++)
        cell(d, c[i].name, i + 1 == columns);
    fputc('\n', d->out);
    for (size_t r = 0; r < ROWS; r++) {
        fprintf(d->out, "%-*s", LABEL, rows[r].label);
        for (size_t i = 0; i < columns; i++)
            cell(d, rows[r].words(&c[i]), i + 1 == columns);
        fputc('\n', d->out);
    }
}

static void put_figures(struct json_out *o, const struct column *c)
{
    const struct sla_result *r = c->service && c->service->has_sla ? &c->service->sla : NULL;
    if (r) {
        json_put_int(o, "downtime_ms", r->downtime_ms.nominal);
        json_put_int(o, "downtime_low_ms", r->downtime_ms.low);
        json_put_int(o, "downtime_high_ms", r->downtime_ms.high);
        json_put(o, "decided", verdict_names[r->decided]);
    }
    if (c->isolate_ms != INSTANT_NONE)
        json_put_int(o, "isolate_ms", c->isolate_ms);
    for (size_t i = 0; i < FIGURES; i++)
        if (text_equal(c->figure[i].name, "time to identify") && c->figure[i].state == FIGURE_KNOWN)
            json_put_int(o, "identify_ms", c->figure[i].ms);
    json_put_int(o, "changed", (int64_t)c->s.changes);
}

static void as_json(struct desk *d, const struct column *c, size_t columns)
{
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_open(&o, "workspaces", '[');
    for (size_t i = 0; i < columns; i++) {
        json_open(&o, NULL, '{');
        json_put(&o, "name", c[i].name);
        json_put(&o, "incident", c[i].desk.name);
        for (size_t r = 0; r < ROWS; r++)
            json_put(&o, rows[r].key, rows[r].words(&c[i]));
        put_figures(&o, &c[i]);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    desk_json_end(d, &o);
}

bool verb_compare(struct desk *d, struct err *e)
{
    struct column *column = arena_many(d->keep, struct column, MOST);
    if (!desk_needs(d, 1, e) || !desk_at_most(d, MOST, e))
        return false;
    for (size_t i = 0; i < d->words; i++)
        if (!read_column(&column[i], d, d->word[i], e))
            return false;
    if (d->json)
        as_json(d, column, d->words);
    else
        as_text(d, column, d->words);
    for (size_t i = 0; i < d->words; i++)
        column[i].desk.ws.store->close(column[i].desk.ws.store);
    return true;
}
