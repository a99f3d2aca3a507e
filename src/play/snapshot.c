/* snapshot.c: see snapshot.h. */
#include "play/snapshot.h"

#include "play/plugin.h"

#include <string.h>

struct taking {
    const struct workspace *ws;
    struct roles roles;
    struct plugins *plugins;
    struct text read, assumed, failed; /* roles, in words */
    const char *why;             /* the last look could not be had, though it was asked; NULL */
    struct arena *keep;
};

/* One read, to its end; at NULL where it cannot be asked, or did not answer with `owed`: then `why` says. */
static struct json look(struct taking *t, const char *action, const char *args, const char *owed)
{
    struct err e = { 0 };
    struct world *w = t->ws->world;
    const struct role_action *a = roles_find(&t->roles, action, &e);
    const char *canonical;
    struct task *task;
    struct task_view v = { 0 };
    struct json none = { 0 };
    if (!a)
        return none;
    if (!plugins_observes(t->plugins, a)) { /* of a person nothing is read; of a broken plugin that is said */
        if (strcmp(plugins_for(t->plugins, a->role), "manual") != 0 && !plugins_can(t->plugins, a, &e))
            t->why = arena_string(t->keep, e.text);
        return none;
    }
    if (!role_arguments(&canonical, a, json_from(args), t->keep, &e)
        || !task_perform(&task, t->plugins, a, json_from(canonical), "snapshot", t->keep, &e)) {
        t->why = arena_string(t->keep, e.text);
        return none;
    }
    int64_t end = w->now(w) + plugins_deadline(t->plugins, a);
    while (task_turn(task, &v, &e) && v.state == TASK_WAITS && w->now(w) < end)
        w->wait(w, v.wake_at);
    task_close(task);
    struct json result = v.state == TASK_DONE && v.outcome == OUTCOME_OK ? json_from(v.result) : none;
    if (result.at && json_get(result, owed).at)
        return result;
    t->why = result.at ? arena_print(t->keep, "it answers no '%s'", owed)
           : v.state != TASK_DONE ? arena_print(t->keep, "no answer within %s",
                                                duration_words(t->keep, plugins_deadline(t->plugins, a)))
           : v.text && v.text[0] ? v.text : "it failed";
    return none;
}

static void say(struct taking *t, const char *role, bool any)
{
    struct text *list = t->why ? &t->failed : any ? &t->read : &t->assumed;
    text_print(list, "%s%s", list->length ? ", " : "", role);
    if (t->why)
        text_print(list, " could not be read: %s", t->why);
    t->why = NULL;
}

static const char *about(struct taking *t, const char *key, const char *value)
{
    struct text json = text_new(t->keep);
    struct json_out o = json_out(&json);
    json_open(&o, NULL, '{');
    json_put(&o, key, value);
    json_close(&o, '}');
    return json.at;
}

/* {"shop": RESULT, ...} of a read that takes a service; says whether any answered. */
static bool by_service(struct taking *t, struct json_out *o, const char *key, const char *action)
{
    const struct config *c = &t->ws->config;
    bool any = false;
    json_open(o, key, '{');
    for (size_t i = 0; i < c->services; i++) {
        if (!c->service[i].ips || !c->service[i].ips[0])
            continue;
        struct json result = look(t, action, about(t, "service", c->service[i].name), "ips");
        if (result.at)
            json_put_raw(o, c->service[i].name, result.at, result.length);
        any = any || result.at;
    }
    json_close(o, '}');
    return any;
}

/* {"192.0.2.1":"vpc-1", ...}: every public IP and where it is led. */
static bool addresses(struct taking *t, struct json_out *o)
{
    struct json ips = json_get(look(t, "cloud.list_ips", "{}", "ips"), "ips");
    json_open(o, "ips", '{');
    for (struct json_walk w = json_walk(ips); ips.at && json_next(&w);) {
        const char *ip = json_text(w.value, t->keep);
        struct json where = look(t, "cloud.attachment", about(t, "ip", ip), "vpc");
        json_put(o, ip, where.at ? json_get_text(where, "vpc", t->keep) : "");
    }
    json_close(o, '}');
    return ips.at != NULL;
}

bool snapshot_take(struct snapshot *out, const struct workspace *ws, struct arena *keep,
                   struct err *e)
{
    struct taking t = { .ws = ws, .read = text_new(keep), .assumed = text_new(keep), .failed = text_new(keep),
                        .keep = keep };
    if (!roles_load(&t.roles, keep, e) || !plugins_open(&t.plugins, ws, &t.roles, keep, e))
        return false;
    plugins_only_look(t.plugins);
    struct text json = text_new(keep);
    struct json_out o = json_out(&json);
    json_open(&o, NULL, '{');
    json_open(&o, "live", '{');
    say(&t, "pool", by_service(&t, &o, "pools", "pool.list"));
    say(&t, "dns", by_service(&t, &o, "names", "dns.list"));
    say(&t, "cloud", addresses(&t, &o));
    json_close(&o, '}');
    json_close(&o, '}');
    plugins_close(t.plugins);
    out->live = json.at;
    const char *words = !t.read.length ? "as configured: no role that is bound here can be asked"
                      : !t.assumed.length ? arena_print(keep, "%s as read now", t.read.at)
                      : arena_print(keep, "%s as read now; %s as configured", t.read.at, t.assumed.at);
    if (t.failed.length) /* that comes first: it is why the rest may be wrong */
        words = t.read.length || t.assumed.length
              ? arena_print(keep, "%s; %s%s", t.failed.at, t.read.length ? words : t.assumed.at,
                            t.read.length ? "" : " as configured")
              : arena_print(keep, "%s: all as configured", t.failed.at);
    out->words = words;
    return true;
}
