/* config.c: see config.h; the keys are written down in CONFIG.md. */
#include "record/config.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

static size_t count_of(const struct yaml *y)
{
    size_t count = 0;
    for (const struct yaml *item = y ? y->first : NULL; item; item = item->next)
        count++;
    return count;
}

static bool read_list(const char *const **out, struct yaml *y, const char *expected,
                      struct arena *keep, struct err *e)
{
    if (y && !yaml_is(y, YAML_LIST, expected, e))
        return false;
    const char **text = arena_many(keep, const char *, count_of(y) + 1);
    size_t i = 0;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next)
        if (!yaml_text(item, &text[i++], e))
            return false;
    *out = text;
    return true;
}

static bool is_map(struct yaml *y, const char *expected, struct err *e)
{
    return !y || yaml_is(y, YAML_MAP, expected, e);
}

static bool read_policies(struct config *c, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!is_map(y, "policies by name", e))
        return false;
    struct policy_set *set = arena_many(keep, struct policy_set, count_of(y));
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next) {
        yaml_get(y, item->key);
        if (!policy_parse(&set[c->policies++], item->key, item, c->zone, keep, e))
            return false;
    }
    c->policy = set;
    return true;
}

static bool find_policy(const struct config *c, struct service *s, struct yaml *y,
                        struct arena *keep, struct err *e)
{
    const char *name = NULL;
    if (!yaml_text(y, &name, e) || !name)
        return !y;
    const char **known = arena_many(keep, const char *, c->policies + 1);
    for (size_t i = 0; i < c->policies; i++) {
        known[i] = c->policy[i].name;
        if (text_equal(c->policy[i].name, name))
            s->policy = &c->policy[i];
    }
    if (s->policy)
        return true;
    const char *near = text_nearest(name, known);
    yaml_err(e, y, "found '%s', expected the name of one of the policies", name);
    return near ? err_hint(e, "did you mean '%s'?", near)
                : err_hint(e, "add it under 'policies:'");
}

/* `members: [a, b]` and `down: any`: a service that is made of others. */
static bool read_group(struct service *s, struct yaml *map, struct arena *keep, struct err *e)
{
    static const char *const rules[] = { "any", "all", "share", NULL };
    struct yaml *members = yaml_get(map, "members"), *down = yaml_get(map, "down");
    int rule = 0;
    if (!read_list(&s->members, members, "a list of services", keep, e)
        || !yaml_choice(down, rules, &rule, e))
        return false;
    if (down && !members)
        return yaml_err(e, down, "found without 'members', expected the services it is made of");
    s->group = *s->members ? (enum group_rule)(GROUP_ANY + rule) : GROUP_NONE;
    return true;
}

/* A member is a service of its own, and no group. */
static bool check_groups(const struct config *c, struct yaml *y, struct err *e)
{
    struct yaml *item = y ? y->first : NULL;
    for (size_t i = 0; i < c->services; i++, item = item->next)
        for (const char *const *m = c->service[i].members; *m; m++) {
            size_t k = 0;
            while (k < c->services && !(text_equal(c->service[k].name, *m) && !*c->service[k].members))
                k++;
            if (k == c->services)
                return yaml_err(e, yaml_get(item, "members"),
                                "found '%s', expected a service that is itself no group", *m);
        }
    return true;
}

static bool read_services(struct config *c, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!is_map(y, "services by name", e))
        return false;
    struct service *service = arena_many(keep, struct service, count_of(y));
    c->service = service;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next) {
        struct service *s = &service[c->services++];
        yaml_get(y, item->key);
        *s = (struct service){ .name = item->key, .probe = "" };
        bool empty = item->kind == YAML_SCALAR && !*item->text && !item->quoted;
        struct yaml *map = empty ? NULL : item;
        if (!is_map(map, "ips, pool_min, probe, policy", e) || !read_group(s, map, keep, e)
            || !read_list(&s->ips, yaml_get(map, "ips"), "a list of addresses", keep, e)
            || !yaml_int(yaml_get(map, "pool_min"), 0, 1000000, &s->pool_min, e)
            || !yaml_text(yaml_get(map, "probe"), &s->probe, e)
            || !find_policy(c, s, yaml_get(map, "policy"), keep, e))
            return false;
    }
    return check_groups(c, y, e);
}

/* {"region":"eu-west-2",...}: all but `plugin`, for the plugin to judge. */
static const char *settings_of(struct yaml *item, struct arena *keep)
{
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    for (struct yaml *y = item->first; y; y = y->next)
        if (strcmp(y->key, "plugin")) {
            const char *json = yaml_json(y, keep);
            yaml_get(item, y->key);
            yaml_take(y);
            json_put_raw(&o, y->key, json, strlen(json));
        }
    json_close(&o, '}');
    return t.at;
}

const char *const config_roles[] = { "capture", "chat", "cloud", "dns", "exec", "page", "pool",
                                     "sense", "statuspage", "ticket", NULL };

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && !text_equal(*names, name))
        names++;
    return *names;
}

static bool is_role(const struct yaml *item, struct err *e)
{
    if (is_one_of(item->key, config_roles))
        return true;
    const char *near = text_nearest(item->key, config_roles);
    yaml_err(e, item, "there is no role '%s'%s%s%s", item->key, near ? "; did you mean '" : "",
             near ? near : "", near ? "'?" : "");
    return err_hint(e, "roles: capture chat cloud dns exec page pool sense statuspage ticket");
}

static bool read_roles(struct config *c, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!is_map(y, "roles by name", e))
        return false;
    struct binding *role = arena_many(keep, struct binding, count_of(y));
    c->role = role;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next) {
        struct binding *b = &role[c->roles++];
        struct yaml *plugin;
        yaml_get(y, item->key);
        *b = (struct binding){ .role = item->key, .line = item->line };
        if (!is_role(item, e) || !yaml_is(item, YAML_MAP, "{plugin: NAME, ...}", e)
            || !(plugin = yaml_need(item, "plugin", e)) || !yaml_text(plugin, &b->plugin, e))
            return false;
        /* Else it would say "isolated" while the region burns. */
        if (!c->simulated && text_equal(b->plugin, "sim"))
            return yaml_err(e, plugin, "found 'sim', which plays only in 'world: simulated'; expected "
                            "a real plugin, or no entry: a role that is not bound is manual");
        b->settings = settings_of(item, keep);
    }
    return true;
}

const char *const config_changes[] = {
    "capture.start", "chat.say", "cloud.allocate_ip", "cloud.release_ip", "cloud.create_vpc", "cloud.delete_vpc",
    "cloud.attach", "cloud.detach", "dns.add", "dns.remove", "exec.run", "page.call", "pool.add", "pool.remove",
    "statuspage.set", "ticket.open", "ticket.comment", "ticket.escalate", NULL };

/* One that is misspelt would never be asked about, and nobody would notice. */
static bool read_approvals(struct config *c, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!read_list(&c->approvals, y, "a list: [dangerous], or [ROLE.ACTION, ...]", keep, e))
        return false;
    const char *const *name = c->approvals;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next, name++)
        if (!text_equal(*name, "dangerous") && !is_one_of(*name, config_roles) && !is_one_of(*name, config_changes)) {
            const char *near = text_nearest(*name, config_changes);
            yaml_err(e, item, "found '%s', expected dangerous, or a change as ROLE.ACTION, or a role for all of its changes",
                     *name);
            return near ? err_hint(e, "did you mean '%s'?", near)
                        : err_hint(e, "tocsin help ROLE lists its actions");
        }
    return true;
}

static bool read_people(struct config *c, struct yaml *y, struct arena *keep, struct err *e)
{
    if (!is_map(y, "people by name", e))
        return false;
    struct person *person = arena_many(keep, struct person, count_of(y));
    c->person = person;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next) {
        struct person *p = &person[c->persons++];
        yaml_get(y, item->key);
        *p = (struct person){ item->key, "" };
        if (!yaml_is(item, YAML_MAP, "{role: \"on-call engineer\"}", e)
            || !yaml_text(yaml_get(item, "role"), &p->role, e))
            return false;
    }
    return true;
}

static bool read_publish(struct config *c, struct yaml *y, struct err *e)
{
    c->publish.repository = "postmortems";
    c->publish.branch = "main";
    c->publish.folder = "";
    c->publish.number = "SPM-{year}-{number:03}";
    c->publish.template = "spm";
    static const char *const locales[] = { "en", "fr", NULL };
    int locale = 0;
    bool good = is_map(y, "repository, branch, folder, number, template, locale", e)
        && yaml_text(yaml_get(y, "repository"), &c->publish.repository, e)
        && yaml_text(yaml_get(y, "branch"), &c->publish.branch, e)
        && yaml_text(yaml_get(y, "folder"), &c->publish.folder, e)
        && yaml_text(yaml_get(y, "number"), &c->publish.number, e)
        && yaml_text(yaml_get(y, "template"), &c->publish.template, e)
        && yaml_choice(yaml_get(y, "locale"), locales, &locale, e);
    c->publish.locale = locales[locale];
    return good;
}

static bool read_limits(struct config *c, struct yaml *y, struct err *e)
{
    c->limits.instructions = 50000000;
    c->limits.memory_bytes = 64 << 20;
    c->limits.record_bytes = 32 << 20;
    c->limits.computing_ms = 10 * SECOND_MS;
    c->limits.update_every_ms = 15 * MINUTE_MS;
    c->limits.answer_within_ms = 10 * MINUTE_MS;
    return is_map(y, "instructions, memory, record, computing, update_every, answer_within", e)
        && yaml_int(yaml_get(y, "instructions"), 1000, INT64_C(1000000000000),
                    &c->limits.instructions, e)
        && yaml_int(yaml_get(y, "memory"), 1 << 20, INT64_C(1) << 40, &c->limits.memory_bytes, e)
        && yaml_int(yaml_get(y, "record"), 1 << 16, INT64_C(1) << 40, &c->limits.record_bytes, e)
        && yaml_duration(yaml_get(y, "computing"), &c->limits.computing_ms, e)
        && yaml_duration(yaml_get(y, "update_every"), &c->limits.update_every_ms, e)
        && yaml_duration(yaml_get(y, "answer_within"), &c->limits.answer_within_ms, e);
}

static bool read_top(struct config *c, struct yaml *top, struct err *e)
{
    static const char *const worlds[] = { "real", "simulated", NULL };
    int world = 0;
    struct yaml *zone = yaml_get(top, "zone");
    c->zone = "UTC";
    if (!yaml_choice(yaml_get(top, "world"), worlds, &world, e) || !yaml_text(zone, &c->zone, e))
        return false;
    c->simulated = world == 1;
    if (!zone_known(c->zone))
        return yaml_err(e, zone, "found '%s', expected a zone that this machine knows, Europe/Paris",
                        c->zone);
    return true;
}

bool config_parse(struct config *out, const char *file, const char *bytes, size_t length,
                  struct arena *keep, struct err *e)
{
    struct yaml *top = yaml_parse(file, bytes, length, keep, e);
    return top && config_read(out, top, keep, e);
}

bool config_read(struct config *out, struct yaml *top, struct arena *keep, struct err *e)
{
    *out = (struct config){ .file = top->file };
    return yaml_is(top, YAML_MAP, "keys such as world, zone, services", e)
        && read_top(out, top, e)
        && read_policies(out, yaml_get(top, "policies"), keep, e)
        && read_services(out, yaml_get(top, "services"), keep, e)
        && calendar_parse(&out->calendar, yaml_get(top, "maintenance"),
                          yaml_get(top, "exclusions"), out->zone, keep, e)
        && read_roles(out, yaml_get(top, "roles"), keep, e)
        && read_people(out, yaml_get(top, "people"), keep, e)
        && read_approvals(out, yaml_get(top, "approvals"), keep, e)
        && read_list(&out->redact, yaml_get(top, "redact"), "a list of texts", keep, e)
        && read_publish(out, yaml_get(top, "publish"), e)
        && read_limits(out, yaml_get(top, "limits"), e)
        && yaml_done(top, e);
}

const struct service *config_service(const struct config *c, const char *name, struct err *e)
{
    char known[512] = "";
    const char *names[64] = { NULL };
    for (size_t i = 0; i < c->services; i++) {
        if (text_equal(c->service[i].name, name))
            return &c->service[i];
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s'%s'", i ? ", " : "", c->service[i].name);
        if (i < 63)
            names[i] = c->service[i].name;
    }
    if (!c->services)
        err_input(e, "there is no service '%s': %s names none", name, c->file);
    else
        err_input(e, "there is no service '%s'; known: %s", name, known);
    const char *near = text_nearest(name, names);
    if (near)
        err_hint(e, "did you mean '%s'?", near);
    return NULL;
}

const struct binding *config_binding(const struct config *c, const char *role)
{
    for (size_t i = 0; i < c->roles; i++)
        if (text_equal(c->role[i].role, role))
            return &c->role[i];
    return NULL;
}
