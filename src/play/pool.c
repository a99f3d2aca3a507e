/* pool.c: a pool never falls below its minimum, whoever shrinks it. */
#include "play/engine.h"

#include <string.h>

static void have_pool(struct branch *b)
{
    struct work *w = b->work;
    struct run *r = b->run;
    int64_t count;
    struct err e = { 0 };
    const struct service *s = config_service(&r->ws->config,
                                             json_get_text(w->args, "service", r->keep), &e);
    struct json ips = json_get(json_from(b->view.result ? b->view.result : "{}"), "ips");
    bool inside = false;
    const char *ip = json_get_text(w->args, "ip", r->keep);
    count = (int64_t)json_count(ips);
    for (struct json_walk i = json_walk(ips); ips.at && json_next(&i);)
        inside = inside || (ip && json_is(i.value, ip));
    if (b->view.outcome == OUTCOME_OK && s && inside && count - 1 < s->pool_min) {
        change_give_up(b, arena_print(r->keep, "%s would leave %s in the pool of %s, whose minimum is %lld",
                               w->action->full, text_count(r->keep, count - 1, "IP"), s->name,
                               (long long)s->pool_min));
        return;
    }
    change_ask_consent(b);
}

/* A pool that nobody can read: the configuration's IPs, and what the ledger
 * says came and went. False when the change would leave too few. */
static bool enough_by_the_record(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct ledger l;
    struct err e = { 0 };
    const char *name = json_get_text(w->args, "service", r->keep), *gone = json_get_text(w->args, "ip", r->keep);
    const struct service *s = name ? config_service(&r->ws->config, name, &e) : NULL;
    if (!s || !gone || r->dry || !ledger_read(&l, r->ws, r->keep, &e))
        return true;
    const char **in = arena_many(r->keep, const char *, l.changes + 256);
    size_t n = 0;
    bool inside = false;
    for (size_t i = 0; s->ips && s->ips[i] && n < 255; i++)
        in[n++] = s->ips[i];
    for (size_t i = 0; i < l.changes; i++) {
        const struct change *c = &l.change[i];
        const char *ip = json_get_text(c->args, "ip", r->keep);
        if (!ip || c->state == CHANGE_FAILED || !c->ended || !json_is(json_get(c->args, "service"), name))
            continue;
        for (size_t k = n; k-- > 0;)
            if (!strcmp(in[k], ip) && text_starts(c->action, "pool."))
                in[k] = in[--n];
        if (!strcmp(c->action, "pool.add"))
            in[n++] = ip;
    }
    for (size_t k = 0; k < n; k++)
        inside = inside || !strcmp(in[k], gone);
    if (!inside || (int64_t)n - 1 >= s->pool_min)
        return true;
    change_give_up(b, arena_print(r->keep, "%s would leave %s in the pool of %s, as far as the record knows; its "
                           "minimum is %lld (even_so = \"why\" does it all the same)", w->action->full,
                           text_count(r->keep, (int64_t)n - 1, "IP"), s->name, (long long)s->pool_min));
    return false;
}

/* A pool never falls below its minimum, whoever shrinks it. */
void change_check_pool(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct err e = { 0 };
    const struct role_action *list = w->action->shrinks_pool && !w->even_so
        ? roles_find(&r->roles, "pool.list", &e) : NULL;
    struct task *task;
    struct text args = text_new(r->keep);
    if (!list || !plugins_observes(r->plugins, list)) {
        if (!list || enough_by_the_record(b))
            change_ask_consent(b);
        return;
    }
    struct json service = json_get(w->args, "service");
    text_add(&args, "{\"service\":");
    text_bytes(&args, service.at, service.length);
    text_char(&args, '}');
    if (!task_perform(&task, r->plugins, list, json_from(args.at), "", r->keep, &e)) {
        change_ask_consent(b);
        return;
    }
    branch_task(b, task, r->world->now(r->world) + plugins_deadline(r->plugins, list), have_pool);
}
