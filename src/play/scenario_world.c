/* scenario_world.c: the simulated world of a scenario, as JSON for the simulator. */
#include "play/scenario_reader.h"

#include "base/instant.h"
#include "base/json.h"
#include "sense/flood.h"

static bool knows_quota(struct reader *r, const struct yaml *y, const char *name)
{
    if (text_equal(name, "ips") || text_equal(name, "vpcs"))
        return true;
    return yaml_err(r->e, y, "unknown quota '%s', there are ips and vpcs", name);
}

static bool knows_latency(struct reader *r, const struct yaml *y, const char *name)
{
    return scenario_knows_action(r, y, name, true);
}

static bool put_numbers(struct reader *r, struct json_out *o, const char *key, struct yaml *map,
                        bool (*knows)(struct reader *, const struct yaml *, const char *), bool spans)
{
    json_open(o, key, '{');
    if (map && !yaml_is(map, YAML_MAP, "a map", r->e))
        return false;
    for (struct yaml *y = map ? map->first : NULL; y; y = y->next) {
        int64_t n = 0;
        y->seen = true;
        if (!knows(r, y, y->key))
            return false;
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
    if (!scenario_read_texts(r, y, &list))
        return false;
    json_open(o, key, '[');
    for (; list && *list; list++)
        json_put(o, NULL, *list);
    json_close(o, ']');
    return true;
}

static bool put_wave(struct reader *r, struct json_out *o, struct yaml *y)
{
    const char *ip = NULL;
    int kind = 0;
    int64_t rate = 0, from = 0, to = 0, follows = 0;
    bool outage = true;
    if (!yaml_is(y, YAML_MAP, "a map: ip, kind, rate, from, to", r->e) || !yaml_need(y, "ip", r->e)
        || !yaml_need(y, "rate", r->e) || !yaml_need(y, "from", r->e) || !yaml_need(y, "to", r->e)
        || !yaml_text(yaml_get(y, "ip"), &ip, r->e) || !scenario_knows_ip(r, yaml_get(y, "ip"), ip) || !yaml_choice(yaml_get(y, "kind"), packet_class_names, &kind, r->e)
        || !yaml_int(yaml_get(y, "rate"), 1, 1000000000, &rate, r->e)
        || !yaml_bool(yaml_get(y, "outage"), &outage, r->e)
        || !yaml_duration(yaml_get(y, "follows"), &follows, r->e)
        || !scenario_read_time(r, yaml_get(y, "from"), &from) || !scenario_read_time(r, yaml_get(y, "to"), &to))
        return false;
    if (to <= from)
        return yaml_err(r->e, y, "a wave ends after it begins");
    json_open(o, NULL, '{');
    json_put(o, "ip", ip);
    json_put(o, "kind", packet_class_names[kind]);
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
        || !scenario_knows_service(r, yaml_get(y, "service"), service)
        || !yaml_ppb(yaml_get(y, "drop"), &drop, r->e)
        || !scenario_read_time(r, yaml_get(y, "from"), &from) || !scenario_read_time(r, yaml_get(y, "to"), &to))
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
        || !scenario_knows_action(r, yaml_get(y, "action"), action, false)
        || !yaml_choice(yaml_get(y, "how"), hows, &how, r->e)
        || !yaml_text(yaml_get(y, "ip"), &ip, r->e) || !scenario_knows_ip(r, yaml_get(y, "ip"), ip) || !yaml_text(yaml_get(y, "text"), &text, r->e)
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

bool scenario_read_world(struct reader *r, struct yaml *root)
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
        || !put_numbers(r, &o, "requests", yaml_get(y, "requests"), scenario_knows_service, false)
        || !put_numbers(r, &o, "quota", yaml_get(y, "quota"), knows_quota, false)
        || !put_numbers(r, &o, "latency", yaml_get(y, "latency"), knows_latency, true)
        || !put_numbers(r, &o, "rates", yaml_get(y, "rates"), knows_latency, false)
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
