/* scenario_read.c: a scenario's YAML; examples/README.md shows every key. */
#include "play/scenario_inside.h"

#include "base/instant.h"
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

struct reader {
    struct scenario *s;
    struct arena *keep;
    struct err *e;
};

/* "11:17", "2025-03-11 11:17": on the scenario's day unless it says another. */
static bool read_time(struct reader *r, struct yaml *y, int64_t *out)
{
    const char *text = NULL;
    struct moment m;
    if (!y || !yaml_text(y, &text, r->e))
        return y == NULL;
    if (!moment_parse_on(&m, text, r->s->zone, r->s->day, r->keep, r->e))
        return yaml_err(r->e, y, "found '%s', expected a time such as 11:17", text);
    *out = m.at;
    return true;
}

static size_t length_of(const struct yaml *list)
{
    size_t n = 0;
    for (const struct yaml *y = list ? list->first : NULL; y; y = y->next)
        n++;
    return n;
}

/* A text, or a list of texts. */
static bool read_texts(struct reader *r, struct yaml *y, const char *const **out)
{
    if (!y)
        return true;
    const char **list = arena_many(r->keep, const char *, length_of(y) + 2);
    size_t n = 0;
    *out = list;
    if (y->kind == YAML_SCALAR)
        return yaml_text(y, &list[0], r->e);
    if (!yaml_is(y, YAML_LIST, "a text or a list of texts", r->e))
        return false;
    for (struct yaml *one = y->first; one; one = one->next)
        if (!yaml_text(one, &list[n++], r->e))
            return false;
    return true;
}

/* ---- the workspace's configuration, as YAML again */

static bool is_plain(const char *text)
{
    if (!*text || strlen(text) != strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                               "0123456789./_-+ %"))
        return false;
    return text[0] != '-' && text[0] != ' ' && text[0] != '%' && text[strlen(text) - 1] != ' ';
}

static void put_yaml(struct text *to, const struct yaml *y, size_t depth)
{
    if (y->kind == YAML_SCALAR) {
        text_char(to, ' ');
        if (y->quoted || !is_plain(y->text))
            json_quote(to, y->text, strlen(y->text)); /* JSON strings are YAML's */
        else
            text_add(to, y->text);
        text_char(to, '\n');
        return;
    }
    if (!y->first)
        text_add(to, y->kind == YAML_MAP ? " {}" : " []");
    text_char(to, '\n');
    for (const struct yaml *one = y->first; one; one = one->next) {
        text_repeat(to, "  ", depth);
        if (y->kind == YAML_MAP)
            text_print(to, "%s:", one->key);
        else
            text_char(to, '-');
        put_yaml(to, one, depth + 1);
    }
}

static bool read_workspace(struct reader *r, struct yaml *y)
{
    if (!y || !yaml_is(y, YAML_MAP, "a map", r->e))
        return false;
    r->s->zone = "UTC";
    if (!yaml_text(yaml_get(y, "zone"), &r->s->zone, r->e))
        return false;
    if (!zone_known(r->s->zone))
        return yaml_err(r->e, yaml_get(y, "zone"), "unknown zone '%s'", r->s->zone);
    struct text t = text_new(r->keep);
    text_add(&t, "world: simulated");
    put_yaml(&t, y, 0);
    r->s->configuration = t.at;
    yaml_take(y);
    return true;
}

/* ---- the simulated world, as JSON for the simulator */

static bool put_numbers(struct reader *r, struct json_out *o, const char *key, struct yaml *map,
                        bool spans)
{
    json_open(o, key, '{');
    if (map && !yaml_is(map, YAML_MAP, "a map", r->e))
        return false;
    for (struct yaml *y = map ? map->first : NULL; y; y = y->next) {
        int64_t n = 0;
        y->seen = true;
        if (spans ? !yaml_duration(y, &n, r->e) : !yaml_int(y, 0, INT64_C(1) << 40, &n, r->e))
            return false;
        json_put_int(o, y->key, n);
    }
    json_close(o, '}');
    return true;
}

static bool put_texts(struct reader *r, struct json_out *o, const char *key, struct yaml *y)
{
    const char *const *list = NULL;
    if (!read_texts(r, y, &list))
        return false;
    json_open(o, key, '[');
    for (; list && *list; list++)
        json_put(o, NULL, *list);
    json_close(o, ']');
    return true;
}

static bool put_wave(struct reader *r, struct json_out *o, struct yaml *y)
{
    const char *ip = NULL, *kind = "syn";
    int64_t rate = 0, from = 0, to = 0, follows = 0;
    bool outage = true;
    if (!yaml_is(y, YAML_MAP, "a map: ip, kind, rate, from, to", r->e) || !yaml_need(y, "ip", r->e)
        || !yaml_need(y, "rate", r->e) || !yaml_need(y, "from", r->e) || !yaml_need(y, "to", r->e)
        || !yaml_text(yaml_get(y, "ip"), &ip, r->e) || !yaml_text(yaml_get(y, "kind"), &kind, r->e)
        || !yaml_int(yaml_get(y, "rate"), 1, 1000000000, &rate, r->e)
        || !yaml_bool(yaml_get(y, "outage"), &outage, r->e)
        || !yaml_duration(yaml_get(y, "follows"), &follows, r->e)
        || !read_time(r, yaml_get(y, "from"), &from) || !read_time(r, yaml_get(y, "to"), &to))
        return false;
    if (to <= from)
        return yaml_err(r->e, y, "a wave ends after it begins");
    json_open(o, NULL, '{');
    json_put(o, "ip", ip);
    json_put(o, "kind", kind);
    json_put_int(o, "rate", rate);
    json_put_int(o, "from", from);
    json_put_int(o, "to", to);
    json_put_bool(o, "outage", outage);
    json_put_int(o, "follows", follows);
    json_close(o, '}');
    return true;
}

static bool put_sign(struct reader *r, struct json_out *o, struct yaml *y)
{
    const char *service = NULL;
    int64_t from = 0, to = 0, drop = 0;
    if (!yaml_is(y, YAML_MAP, "a map: service, from, to, drop", r->e)
        || !yaml_need(y, "service", r->e) || !yaml_need(y, "from", r->e)
        || !yaml_need(y, "to", r->e) || !yaml_need(y, "drop", r->e)
        || !yaml_text(yaml_get(y, "service"), &service, r->e)
        || !yaml_ppb(yaml_get(y, "drop"), &drop, r->e)
        || !read_time(r, yaml_get(y, "from"), &from) || !read_time(r, yaml_get(y, "to"), &to))
        return false;
    json_open(o, NULL, '{');
    json_put(o, "service", service);
    json_put_int(o, "from", from);
    json_put_int(o, "to", to);
    json_put_int(o, "drop_ppb", drop);
    json_close(o, '}');
    return true;
}

static bool put_fault(struct reader *r, struct json_out *o, struct yaml *y)
{
    static const char *const hows[] = { "fails", "slow", "busy", "lost", "lost-before", "late", NULL };
    const char *action = NULL, *ip = NULL, *text = "the provider answers 500";
    int64_t nth = 1, times = 1, by = 0;
    int how = 0;
    if (!yaml_is(y, YAML_MAP, "a map: action, how", r->e) || !yaml_need(y, "action", r->e)
        || !yaml_need(y, "how", r->e) || !yaml_text(yaml_get(y, "action"), &action, r->e)
        || !yaml_choice(yaml_get(y, "how"), hows, &how, r->e)
        || !yaml_text(yaml_get(y, "ip"), &ip, r->e) || !yaml_text(yaml_get(y, "text"), &text, r->e)
        || !yaml_int(yaml_get(y, "nth"), 1, 1000000, &nth, r->e)
        || !yaml_int(yaml_get(y, "times"), 1, 1000000, &times, r->e)
        || !yaml_duration(yaml_get(y, "by"), &by, r->e))
        return false;
    json_open(o, NULL, '{');
    json_put(o, "action", action);
    json_put(o, "how", hows[how]);
    if (ip)
        json_put(o, "ip", ip);
    json_put_int(o, "nth", nth);
    json_put_int(o, "times", times);
    json_put_int(o, "by", by);
    json_put(o, "text", text);
    json_close(o, '}');
    return true;
}

static bool put_list(struct reader *r, struct json_out *o, const char *key, struct yaml *list,
                     bool (*put)(struct reader *, struct json_out *, struct yaml *))
{
    json_open(o, key, '[');
    if (list && !yaml_is(list, YAML_LIST, "a list", r->e))
        return false;
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next)
        if (!put(r, o, y))
            return false;
    json_close(o, ']');
    return true;
}

static bool read_world(struct reader *r, struct yaml *root)
{
    struct yaml *y = yaml_get(root, "world");
    struct text t = text_new(r->keep);
    struct json_out o = json_out(&t);
    int64_t ttl = 30 * SECOND_MS;
    r->s->probe_every_ms = 10 * SECOND_MS;
    if (y && !yaml_is(y, YAML_MAP, "a map", r->e))
        return false;
    json_open(&o, NULL, '{');
    if (!yaml_duration(yaml_get(y, "ttl"), &ttl, r->e)
        || !yaml_duration(yaml_get(y, "probe_every"), &r->s->probe_every_ms, r->e)
        || !put_numbers(r, &o, "requests", yaml_get(y, "requests"), false)
        || !put_numbers(r, &o, "quota", yaml_get(y, "quota"), false)
        || !put_numbers(r, &o, "latency", yaml_get(y, "latency"), true)
        || (yaml_get(y, "free") && !put_texts(r, &o, "free", yaml_get(y, "free")))
        || !put_list(r, &o, "waves", yaml_get(root, "waves"), put_wave)
        || !put_list(r, &o, "signs", yaml_get(root, "signs"), put_sign)
        || !put_list(r, &o, "faults", yaml_get(root, "faults"), put_fault))
        return false;
    json_put_int(&o, "ttl_ms", ttl);
    json_close(&o, '}');
    r->s->world = t.at;
    return true;
}

/* ---- people */

static bool read_trigger(struct reader *r, struct act *a, struct yaml *y)
{
    static const char *const names[] = { "silent", "answers", "slower", NULL };
    static const enum trigger kinds[] = { WHEN_SILENT, WHEN_ANSWERS, WHEN_SLOWER };
    if (!yaml_is(y, YAML_MAP, "a map: service and silent, answers or slower", r->e)
        || !yaml_need(y, "service", r->e) || !yaml_text(yaml_get(y, "service"), &a->service, r->e))
        return false;
    for (int i = 0; names[i]; i++) {
        struct yaml *span = yaml_get(y, names[i]);
        if (!span)
            continue;
        a->trigger = kinds[i];
        r->s->watches_rate = r->s->watches_rate || kinds[i] == WHEN_SLOWER;
        return yaml_duration(span, &a->for_ms, r->e);
    }
    return yaml_err(r->e, y, "found neither silent nor answers nor slower");
}

static bool read_act(struct reader *r, struct act *a, struct yaml *y)
{
    if (!yaml_is(y, YAML_MAP, "a map: who, at or when, do", r->e) || !yaml_need(y, "who", r->e)
        || !yaml_need(y, "do", r->e))
        return false;
    struct yaml *when = yaml_get(y, "when"), *at = yaml_get(y, "at");
    if (!when == !at)
        return yaml_err(r->e, y, "found %s, expected either 'at' or 'when'", at ? "both" : "neither");
    return yaml_text(yaml_get(y, "who"), &a->who, r->e)
        && read_texts(r, yaml_get(y, "do"), &a->todo)
        && yaml_int(yaml_get(y, "ends"), 0, 255, &a->ends, r->e)
        && yaml_text(yaml_get(y, "says"), &a->says, r->e)
        && (at ? read_time(r, at, &a->at) : read_trigger(r, a, when));
}

static bool read_acts(struct reader *r, struct yaml *list)
{
    if (list && !yaml_is(list, YAML_LIST, "a list", r->e))
        return false;
    r->s->act = arena_many(r->keep, struct act, length_of(list) + 1);
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        struct act *a = &r->s->act[r->s->acts++];
        a->episode = INSTANT_NONE;
        if (!read_act(r, a, y))
            return false;
    }
    return true;
}

static bool read_answers(struct reader *r, struct yaml *list)
{
    if (list && !yaml_is(list, YAML_LIST, "a list", r->e))
        return false;
    r->s->answer = arena_many(r->keep, struct reply, length_of(list) + 1);
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        struct reply *a = &r->s->answer[r->s->answers++];
        if (!yaml_is(y, YAML_MAP, "a map: who, asked, say", r->e) || !yaml_need(y, "who", r->e)
            || !yaml_need(y, "asked", r->e) || !yaml_need(y, "say", r->e)
            || !yaml_text(yaml_get(y, "who"), &a->who, r->e)
            || !yaml_text(yaml_get(y, "asked"), &a->asked, r->e)
            || !yaml_text(yaml_get(y, "say"), &a->say, r->e)
            || !yaml_duration(yaml_get(y, "after"), &a->after_ms, r->e))
            return false;
    }
    return true;
}

/* ---- promises */

static struct promise_row *more(struct reader *r, enum promise_kind kind)
{
    struct promise_row *row = &r->s->promise[r->s->promises++];
    row->kind = kind;
    return row;
}

/* { osc-fr1: 3m }: one promise a service. */
static bool read_by_service(struct reader *r, struct yaml *map, enum promise_kind kind)
{
    if (map && !yaml_is(map, YAML_MAP, "a map by service", r->e))
        return false;
    for (struct yaml *y = map ? map->first : NULL; y; y = y->next) {
        struct promise_row *row = more(r, kind);
        row->service = y->key;
        y->seen = true;
        bool good = kind == PROMISE_DOWNTIME ? yaml_duration(y, &row->number, r->e)
                  : kind == PROMISE_POOL     ? yaml_int(y, 0, 1000, &row->number, r->e)
                                             : yaml_text(y, &row->text, r->e);
        if (!good)
            return false;
    }
    return true;
}

static bool read_flag(struct reader *r, struct yaml *y, const char *only, enum promise_kind kind)
{
    const char *const names[] = { only, NULL };
    int which;
    if (!y)
        return true;
    more(r, kind);
    return yaml_choice(y, names, &which, r->e);
}

static bool read_expect(struct reader *r, struct yaml *y)
{
    enum { MOST = 64 };
    r->s->promise = arena_many(r->keep, struct promise_row, MOST);
    if (!y || !yaml_is(y, YAML_MAP, "a map", r->e))
        return y == NULL || false;
    struct yaml *actions = yaml_get(y, "actions"), *never = yaml_get(y, "never");
    if (length_of(yaml_get(y, "downtime")) + length_of(yaml_get(y, "breach"))
            + length_of(yaml_get(y, "pool_at_least")) > MOST - 8)
        return yaml_err(r->e, y, "too many promises");
    return read_by_service(r, yaml_get(y, "downtime"), PROMISE_DOWNTIME)
        && read_by_service(r, yaml_get(y, "breach"), PROMISE_BREACH)
        && read_by_service(r, yaml_get(y, "pool_at_least"), PROMISE_POOL)
        && (!actions || read_texts(r, actions, &more(r, PROMISE_ACTIONS)->list))
        && (!never || read_texts(r, never, &more(r, PROMISE_NEVER)->list))
        && read_flag(r, yaml_get(y, "flooded_back"), "never", PROMISE_QUIET_BACK)
        && read_flag(r, yaml_get(y, "mitigated"), "when it answers", PROMISE_MITIGATED)
        && read_flag(r, yaml_get(y, "end"), "as it began", PROMISE_AS_IT_BEGAN)
        && read_flag(r, yaml_get(y, "changed"), "nothing", PROMISE_NOTHING_CHANGED);
}

/* "2025-03-11 11:00": the day that all other times are on. */
static bool read_span(struct reader *r, struct yaml *root)
{
    struct yaml *starts = yaml_need(root, "starts", r->e);
    struct yaml *ends = starts ? yaml_need(root, "ends", r->e) : NULL;
    const char *text = NULL;
    int year, month, day;
    if (!ends || !yaml_text(starts, &text, r->e))
        return false;
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return yaml_err(r->e, starts, "found '%s', expected a day and a time: 2025-03-11 11:00", text);
    r->s->day = (struct civil){ .year = year, .month = month, .day = day };
    if (!civil_valid(r->s->day))
        return yaml_err(r->e, starts, "there is no day '%s'", text);
    if (!read_time(r, starts, &r->s->start) || !read_time(r, ends, &r->s->end))
        return false;
    return r->s->end > r->s->start || yaml_err(r->e, ends, "it ends before it starts");
}

bool scenario_read(struct scenario *out, struct world *w, const char *file, struct arena *keep,
                   struct err *e)
{
    const char *bytes;
    size_t length;
    *out = (struct scenario){ .file = file, .name = file, .summary = "" };
    struct reader r = { out, keep, e };
    if (!w->read_file(w, file, &bytes, &length, keep, e))
        return false;
    struct yaml *root = yaml_parse(file, bytes, length, keep, e);
    if (!root || !yaml_is(root, YAML_MAP, "a scenario", e))
        return false;
    return yaml_need(root, "scenario", e) && yaml_need(root, "workspace", e)
        && yaml_text(yaml_get(root, "scenario"), &out->name, e)
        && yaml_text(yaml_get(root, "summary"), &out->summary, e)
        && read_workspace(&r, yaml_get(root, "workspace")) && read_span(&r, root)
        && read_world(&r, root) && read_acts(&r, yaml_get(root, "people"))
        && read_answers(&r, yaml_get(root, "answers")) && read_expect(&r, yaml_get(root, "expect"))
        && yaml_done(root, e);
}
