/* history.c: reads a recorded incident; see history.h. */
#include "record/history_inside.h"

#include "record/impact.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = { "note", "alert", "signal", NULL };
static const enum event_kind kind_of[] = { EVENT_NOTE, EVENT_ALERT, EVENT_SIGNAL };
static const char *const phase_names[] = { "detected", "acknowledged", "identified", "mitigated",
                                           "monitoring", "resolved", "closed", NULL };
static const char *const slots[] = { "context", "cause", "data", "explain", "found", "action",
                                     "tags", NULL };

struct history_event *history_add(struct reading *r, const struct moment *m, enum event_kind kind, int line)
{
    if (r->events == r->room) {
        struct history_event *more = arena_many(r->keep, struct history_event, r->room * 2 + 64);
        if (r->events)
            memcpy(more, r->event, r->events * sizeof *more);
        r->event = more;
        r->room = r->room * 2 + 64;
    }
    struct history_event *ev = &r->event[r->events++];
    *ev = (struct history_event){ .refers = -1, .line = line };
    ev->draft = (struct draft){ .at = m->at, .early_ms = m->early_ms, .late_ms = m->late_ms,
                                .by = r->by, .kind = kind };
    return ev;
}

static void unlist(struct reading *r, const struct moment *m, int index, int line)
{
    struct history_event *ev = history_add(r, m, EVENT_LISTED, line);
    ev->refers = index;
    ev->draft.data = "{\"of\":\"";
    ev->draft.rest = "\",\"listed\":false}";
}

static const char *one_member(struct reading *r, const char *key, const char *text,
                              const char *second, const char *value)
{
    struct text t = text_new(r->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, key, text);
    if (value)
        json_put(&o, second, value);
    json_close(&o, '}');
    return t.at;
}

bool history_moment(struct reading *r, struct moment *out, struct yaml *y, struct err *e)
{
    const char *text = NULL;
    struct civil c = { 0 };
    struct err why = { 0 };
    char rest;
    if (!yaml_text(y, &text, e))
        return false;
    if (sscanf(text, "%4d-%2d-%2d%c", &c.year, &c.month, &c.day, &rest) == 3 && civil_valid(c)) {
        int64_t start = zone_day_start(r->zone, c.year, c.month, c.day);
        struct civil next = civil_at(r->zone, start + DAY_MS + 6 * HOUR_MS);
        int64_t end = zone_day_start(r->zone, next.year, next.month, next.day);
        *out = (struct moment){ start, 0, end - start - 1, true, text };
        return true;
    }
    if (!r->has_day && !strchr(text, '-'))
        return yaml_err(e, y, "found '%s', expected its day too: 'date' is missing above", text);
    if (!moment_parse_on(out, text, r->zone, r->day, r->keep, &why))
        return yaml_err(e, y, "%s", why.text);
    return true;
}

static bool opening(struct reading *r, const struct moment *m, struct yaml *y, const char *level,
                    struct yaml *lost, const char *text, bool listed, struct err *e)
{
    const char *service = NULL;
    int64_t ppb = -1;
    struct err why = { 0 };
    if (!yaml_text(y, &service, e) || !yaml_ppb(lost, &ppb, e))
        return false;
    if (!config_service(r->config, service, &why))
        return yaml_err(e, y, "%s", why.text);
    for (size_t i = 0; i < r->opens; i++)
        if (text_equal(r->open[i].service, service) && !text_equal(level, "none"))
            return yaml_err(e, y, "'%s' is %s already: 'up' must come first", service, level);
    struct text t = text_new(r->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "service", service);
    json_put(&o, "level", level);
    if (ppb >= 0)
        json_put_int(&o, "lost_ppb", ppb);
    json_put(&o, "basis", "person");
    if (text)
        json_put(&o, "text", text);
    json_close(&o, '}');
    int index = (int)r->events;
    history_add(r, m, EVENT_IMPACT, y->line)->draft.data = t.at;
    if (!text || !listed)
        unlist(r, m, index, y->line);
    if (text_equal(level, "none"))
        return true;
    if (r->opens == OPEN_AT_ONCE)
        return yaml_err(e, y, "more than %d windows are open", OPEN_AT_ONCE);
    r->open[r->opens].service = service;
    r->open[r->opens++].opening = index;
    return true;
}

static bool closing(struct reading *r, const struct moment *m, struct yaml *y, const char *text,
                    bool listed, struct err *e)
{
    const char *service = NULL;
    if (!yaml_text(y, &service, e))
        return false;
    size_t i = 0;
    while (i < r->opens && !text_equal(r->open[i].service, service))
        i++;
    if (i == r->opens)
        return yaml_err(e, y, "'%s' is not down here: 'down' must come first", service);
    int index = (int)r->events;
    struct history_event *ev = history_add(r, m, EVENT_IMPACT, y->line);
    ev->refers = r->open[i].opening;
    ev->draft.data = arena_print(r->keep, "{\"service\":\"%s\",\"edge\":\"up\",\"basis\":\"person\",\"closes\":[\"",
                            service);
    struct text back = text_new(r->keep);
    text_add(&back, "\"]");
    if (text) {
        text_add(&back, ",\"text\":");
        json_quote(&back, text, strlen(text));
    }
    text_char(&back, '}');
    ev->draft.rest = back.at;
    r->open[i] = r->open[--r->opens];
    if (!text || !listed)
        unlist(r, m, index, y->line);
    return true;
}

/* A change by hand is a begun and an ended like any other, so that the ledger
 * knows it. Who knows the contract fills in target and undo. */
static bool handwork(struct reading *r, const struct moment *m, struct yaml *y, const char *text,
                     bool listed, struct err *e)
{
    const char *action = NULL, *target = NULL, *because = NULL;
    struct yaml *args, *before, *after;
    if (!yaml_is(y, YAML_MAP, "a map of action and args", e) || !yaml_need(y, "action", e) ||
        !yaml_text(yaml_get(y, "action"), &action, e) || !yaml_text(yaml_get(y, "target"), &target, e) ||
        !yaml_text(yaml_get(y, "kept"), &because, e) || !(args = yaml_need(y, "args", e)))
        return false;
    yaml_take(args);
    yaml_take(before = yaml_get(y, "before"));
    yaml_take(after = yaml_get(y, "after"));
    int begun = (int)r->events;
    const char *change = arena_print(r->keep, "C%d", ++r->changes);
    struct history_event *ev = history_add(r, m, EVENT_ACTION_BEGUN, y->line);
    ev->change = change;
    ev->action = action;
    ev->target = target;
    ev->args = yaml_json(args, r->keep);
    ev->before = before ? yaml_json(before, r->keep) : "null";
    ev = history_add(r, m, EVENT_ACTION_ENDED, y->line);
    ev->refers = begun;
    ev->draft.data = arena_print(r->keep, "{\"change\":\"%s\",\"begun\":\"", change);
    struct text back = text_new(r->keep);
    text_add(&back, "\",\"outcome\":\"ok\",\"text\":");
    json_quote(&back, text ? text : action, strlen(text ? text : action));
    const char *state = after ? yaml_json(after, r->keep) : NULL;
    if (state)
        text_print(&back, ",\"after\":%s", state);
    text_add(&back, ",\"by_hand\":true}");
    ev->draft.rest = back.at;
    if (!text || !listed)
        unlist(r, m, begun + 1, y->line);
    if (because) {
        ev = history_add(r, m, EVENT_KEPT, y->line);
        ev->refers = begun;
        ev->draft.data = "{\"changes\":[\"";
        back = text_new(r->keep);
        text_add(&back, "\"],\"because\":");
        json_quote(&back, because, strlen(because));
        text_char(&back, '}');
        ev->draft.rest = back.at;
    }
    return true;
}

/* A flood that was named: a row where the text is not the row of something else. */
static bool flood(struct reading *r, const struct moment *m, struct yaml *y, const char *text, bool listed,
                  struct err *e)
{
    const char *ip = NULL, *kind = NULL;
    int64_t rate = 0;
    if (!yaml_is(y, YAML_MAP, "a map of ip, kind and rate", e) || !yaml_need(y, "ip", e) ||
        !yaml_text(yaml_get(y, "ip"), &ip, e) || !yaml_text(yaml_get(y, "kind"), &kind, e) ||
        !yaml_int(yaml_get(y, "rate"), 1, INT64_C(1000000000000), &rate, e))
        return false;
    struct text t = text_new(r->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "text", text ? text : arena_print(r->keep, "a flood against %s", ip));
    json_put(&o, "ip", ip);
    json_put(&o, "flood", kind ? kind : "");
    if (rate)
        json_put_int(&o, "rate", rate);
    json_close(&o, '}');
    int index = (int)r->events;
    history_add(r, m, EVENT_SIGNAL, y->line)->draft.data = t.at;
    if (!text || !listed)
        unlist(r, m, index, y->line);
    return true;
}

static bool plain_text(struct reading *r, const struct moment *m, struct yaml *y, const char *text,
                       bool listed, struct err *e)
{
    int kind = 0;
    const char *source = NULL;
    if (!yaml_choice(yaml_get(y, "kind"), kinds, &kind, e) || !yaml_text(yaml_get(y, "source"), &source, e))
        return false;
    int index = (int)r->events;
    history_add(r, m, kind_of[kind], y->line)->draft.data = one_member(r, "text", text, "source", source);
    if (!listed)
        unlist(r, m, index, y->line);
    return true;
}

static bool entry(struct reading *r, const struct item *item, struct err *e)
{
    static const char *const levels[] = { "down", "degraded", "unknown", "none", NULL };
    struct yaml *y = item->y, *edge;
    const char *text = NULL;
    bool listed = true, used = false;
    int phase = -1;
    if (!yaml_text(yaml_get(y, "text"), &text, e) || !yaml_bool(yaml_get(y, "listed"), &listed, e) ||
        !yaml_choice(yaml_get(y, "phase"), phase_names, &phase, e))
        return false;
    if ((edge = yaml_get(y, "did"))) {
        if (!handwork(r, &item->when, edge, text, listed, e))
            return false;
        used = true;
    }
    if ((edge = yaml_get(y, "up"))) {
        if (!closing(r, &item->when, edge, used ? NULL : text, listed, e))
            return false;
        used = true;
    }
    for (size_t i = 0; levels[i]; i++) {
        struct yaml *lost = text_equal(levels[i], "degraded") ? yaml_get(y, "lost") : NULL;
        if (!(edge = yaml_get(y, levels[i])))
            continue;
        if (!opening(r, &item->when, edge, levels[i], lost, used ? NULL : text, listed, e))
            return false;
        used = true;
    }
    if ((edge = yaml_get(y, "flood"))) {
        if (!flood(r, &item->when, edge, used ? NULL : text, listed, e))
            return false;
        used = true;
    }
    if (text && !used && !plain_text(r, &item->when, y, text, listed, e))
        return false;
    if (phase >= 0)
        history_add(r, &item->when, EVENT_PHASE, y->line)->draft.data =
            one_member(r, "phase", phase_names[phase], NULL, NULL);
    if (!text && !used && phase < 0 && yaml_done(y, e))
        return yaml_err(e, y, "an entry needs a text, an impact, a phase or what was done");
    return text || used || phase >= 0;
}

static int by_moment(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->when.at != y->when.at)
        return x->when.at < y->when.at ? -1 : 1;
    return x->order - y->order;
}

static bool read_entries(struct reading *r, struct yaml *list, struct yaml *rates, struct moment *first,
                         struct moment *last, struct err *e)
{
    if (!list || !yaml_is(list, YAML_LIST, "a list of entries", e))
        return false;
    size_t n = 0;
    for (struct yaml *y = list->first; y; y = y->next)
        n++;
    if (!n)
        return yaml_err(e, list, "the list is empty");
    struct item *item = arena_many(r->keep, struct item, n + history_values(rates) + 1);
    n = 0;
    for (struct yaml *y = list->first; y; y = y->next, n++) {
        struct yaml *at;
        item[n] = (struct item){ .y = y, .order = (int)n };
        if (!yaml_is(y, YAML_MAP, "a map with 'at'", e) || !(at = yaml_need(y, "at", e)) ||
            !history_moment(r, &item[n].when, at, e))
            return false;
    }
    if (!history_rates(r, rates, item, &n, e))
        return false;
    qsort(item, n, sizeof *item, by_moment);
    *first = item[0].when;
    *last = item[n - 1].when;
    for (size_t i = 0; i < n; i++)
        if (item[i].service)
            history_measured(r, &item[i]);
        else if (!entry(r, &item[i], e))
            return false;
    return true;
}

static bool read_tasks(struct reading *r, struct yaml *list, const struct moment *m, struct err *e)
{
    if (list && !yaml_is(list, YAML_LIST, "a list of tasks", e))
        return false;
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        const char *text = NULL, *owner = NULL, *due = NULL;
        if (!yaml_is(y, YAML_MAP, "a map with 'text'", e) || !yaml_need(y, "text", e) ||
            !yaml_text(yaml_get(y, "text"), &text, e) || !yaml_text(yaml_get(y, "owner"), &owner, e) ||
            !yaml_text(yaml_get(y, "due"), &due, e))
            return false;
        struct text t = text_new(r->keep);
        struct json_out o = json_out(&t);
        json_open(&o, NULL, '{');
        json_put(&o, "text", text);
        if (owner)
            json_put(&o, "owner", owner);
        if (due)
            json_put(&o, "due", due);
        json_close(&o, '}');
        history_add(r, m, EVENT_TASK, y->line)->draft.data = t.at;
    }
    return true;
}

static bool read_links(struct reading *r, struct yaml *list, const struct moment *m, struct err *e)
{
    if (list && !yaml_is(list, YAML_LIST, "a list of links", e))
        return false;
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        const char *url = NULL, *text = NULL;
        if (!yaml_is(y, YAML_MAP, "a map with 'url'", e) || !yaml_need(y, "url", e) ||
            !yaml_text(yaml_get(y, "url"), &url, e) || !yaml_text(yaml_get(y, "text"), &text, e))
            return false;
        history_add(r, m, EVENT_LINK, y->line)->draft.data = one_member(r, "url", url, "text", text);
    }
    return true;
}

/* Prose is kept as notes whose source names their place in the report. */
static bool read_prose(struct reading *r, struct yaml *map, const struct moment *m, struct err *e)
{
    if (map && !yaml_is(map, YAML_MAP, "a map of texts", e))
        return false;
    for (size_t i = 0; map && slots[i]; i++) {
        struct yaml *y = yaml_get(map, slots[i]);
        for (struct yaml *one = y && y->kind == YAML_LIST ? y->first : y; one;
             one = y->kind == YAML_LIST ? one->next : NULL) {
            const char *text = NULL;
            if (!yaml_text(one, &text, e))
                return false;
            history_add(r, m, EVENT_NOTE, one->line)->draft.data =
                one_member(r, "text", text, "source", arena_print(r->keep, "report/%s", slots[i]));
        }
    }
    return true;
}

static bool read_day(struct reading *r, struct yaml *y, struct err *e)
{
    const char *text = NULL;
    char rest;
    if (!y)
        return true;
    if (!yaml_text(y, &text, e))
        return false;
    r->has_day = sscanf(text, "%4d-%2d-%2d%c", &r->day.year, &r->day.month, &r->day.day, &rest) == 3 &&
                 civil_valid(r->day);
    return r->has_day || yaml_err(e, y, "found '%s', expected a date as 2025-03-11", text);
}

bool history_parse(struct history *out, const char *file, const char *bytes, size_t length,
                   const struct config *config, struct arena *keep, struct err *e)
{
    struct reading r = { .keep = keep, .config = config, .zone = config->zone };
    struct moment first = { 0 }, last = { 0 };
    const char *title = "";
    struct yaml *root = yaml_parse(file, bytes, length, keep, e);
    if (!root || !yaml_is(root, YAML_MAP, "a map with 'entries'", e) ||
        !yaml_text(yaml_get(root, "title"), &title, e) || !yaml_text(yaml_get(root, "zone"), &r.zone, e) ||
        !yaml_text(yaml_get(root, "by"), &r.by, e) || !read_day(&r, yaml_get(root, "date"), e))
        return false;
    if (!zone_known(r.zone))
        return yaml_err(e, yaml_get(root, "zone"), "found '%s', expected a zone as Europe/Paris", r.zone);
    if (!read_entries(&r, yaml_need(root, "entries", e), yaml_get(root, "rates"), &first, &last, e) ||
        !read_tasks(&r, yaml_get(root, "tasks"), &last, e) ||
        !read_links(&r, yaml_get(root, "links"), &last, e) ||
        !read_prose(&r, yaml_get(root, "prose"), &last, e) || !yaml_done(root, e))
        return false;
    *out = (struct history){ file, title, r.zone, first.at, r.event, r.events };
    return true;
}
