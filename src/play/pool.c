/* pool.c: a pool never falls below its minimum, whoever shrinks it and however
 * many at once. */
#include "play/asking.h"
#include "play/change.h"

#include <string.h>

/* Who is in it */

static void have_pool(struct branch *b)
{
    struct run *r = b->run;
    struct pool_view *p = &b->pool;
    struct json ips = json_get(json_from(b->view.result ? b->view.result : "{}"), "ips");
    p->known = b->view.state == TASK_DONE && b->view.outcome == OUTCOME_OK && ips.at;
    p->ip = arena_many(r->keep, const char *, json_count(ips) + 1);
    for (struct json_walk i = json_walk(ips); p->known && json_next(&i);)
        p->ip[p->count++] = json_text_or(i.value, r->keep, "");
    p->then(b);
}

/* A pool that nobody can read: the configuration's IPs, and what the ledger
 * says came and went. */
static void by_the_record(struct branch *b)
{
    struct run *r = b->run;
    struct pool_view *p = &b->pool;
    struct ledger l;
    struct err e = { 0 };
    const struct service *s = config_service(&r->ws->config, p->service, &e);
    p->recorded = true;
    if (!s || r->dry || !ledger_read(&l, r->ws, r->keep, &e))
        return;
    size_t configured = 0;
    while (s->ips && s->ips[configured])
        configured++;
    p->ip = arena_many(r->keep, const char *, l.changes + configured + 1);
    for (size_t i = 0; i < configured; i++)
        p->ip[p->count++] = s->ips[i];
    for (size_t i = 0; i < l.changes; i++) {
        const struct change *c = &l.change[i];
        const char *ip = json_get_text(c->args, "ip", r->keep);
        if (ip && c->state != CHANGE_FAILED && c->ended && !c->instead && json_is(json_get(c->args, "service"), p->service))
            pool_after(p, c->action, ip);
    }
    p->known = true;
}

void pool_read(struct branch *b, const char *service, step_fn *then)
{
    struct run *r = b->run;
    struct err e = { 0 };
    const struct role_action *list = roles_find(&r->roles, "pool.list", &e);
    struct task *task;
    b->pool = (struct pool_view){ .service = service, .then = then };
    if (!list || !plugins_observes(r->plugins, list)) {
        by_the_record(b);
        then(b);
        return;
    }
    struct text args = text_new(r->keep);
    struct json_out o = json_out(&args);
    json_open(&o, NULL, '{');
    json_put(&o, "service", service);
    json_close(&o, '}');
    if (task_perform(&task, r->plugins, list, json_from(args.at), "", r->keep, &e))
        branch_task(b, task, plugins_deadline(r->plugins, list), have_pool);
    else
        then(b);
}

void pool_after(struct pool_view *p, const char *action, const char *ip)
{
    bool adds = !strcmp(action, "pool.add");
    if (!adds && strcmp(action, "pool.remove"))
        return;
    for (size_t k = p->count; k-- > 0;)
        if (!strcmp(p->ip[k], ip))
            p->ip[k] = p->ip[--p->count];
    if (adds)
        p->ip[p->count++] = ip;
}

const char *pool_would_lack(struct branch *b, const char *action, const char *ip)
{
    struct run *r = b->run;
    struct pool_view *p = &b->pool;
    struct err e = { 0 };
    const struct service *s = config_service(&r->ws->config, p->service, &e);
    bool inside = false;
    for (size_t k = 0; k < p->count; k++)
        inside = inside || !strcmp(p->ip[k], ip);
    if (!p->known || !s || !inside || (int64_t)p->count - 1 >= s->pool_min)
        return NULL;
    return arena_print(r->keep, "%s would leave %s in the pool of %s%s, whose minimum is %lld%s%s%s", action,
                       text_count(r->keep, (int64_t)p->count - 1, "IP"), s->name,
                       p->recorded ? ", as far as the record knows" : "", (long long)s->pool_min,
                       p->recorded ? " (" : "", p->recorded ? change_all_the_same(r) : "", p->recorded ? ")" : "");
}

const char *pool_loses_own(const struct run *r, const struct role_action *undo, struct json args)
{
    struct err ignored = { 0 };
    const char *ip = json_get_text(args, "ip", r->keep), *service = json_get_text(args, "service", r->keep);
    const struct service *s = undo && undo->shrinks_pool && ip && service ? config_service(&r->ws->config, service, &ignored) : NULL;
    for (const char *const *own = s ? s->ips : NULL; own && *own; own++)
        if (text_equal(*own, ip))
            return arena_print(r->keep, "%s is in the pool of %s by tocsin.yaml: putting this back would take it out", ip, s->name);
    return NULL;
}

/* A change that shrinks one */

static bool shrinks(const struct work *w)
{
    return w->action->shrinks_pool && !w->even_so && json_get(w->args, "service").at && json_get(w->args, "ip").at;
}

static void judge(struct branch *b)
{
    struct work *w = b->work;
    const char *why = pool_would_lack(b, w->action->full, json_get_text(w->args, "ip", b->run->keep));
    if (why)
        change_give_up(b, why);
    else
        b->pool_fine(b);
}

void change_check_pool(struct branch *b, step_fn *then)
{
    struct work *w = b->work;
    b->pool_fine = then;
    if (shrinks(w))
        pool_read(b, json_get_text(w->args, "service", b->run->keep), judge);
    else
        then(b);
}

/* Consented or not: what was true before the question may not be so any more, and
 * another may be shrinking the same pool: one at a time, from this look to the end. */
void change_guard_pool(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct err e = { 0 };
    struct lock_holder holder = { 0 };
    int64_t now = r->world->now(r->world);
    if (r->dry || !shrinks(w)) {
        change_write_begun(b);
        return;
    }
    w->guard_until = w->guard_until ? w->guard_until : now + plugins_deadline(r->plugins, w->action);
    const char *service = json_get_text(w->args, "service", r->keep);
    if (w->pool_lock || r->store->lock(r->store, arena_print(r->keep, "target/shrinking pool:%s", service), r->world->user,
                                       r->world->uid, r->id ? r->id : "do", &w->pool_lock, &holder, r->keep, &e)) {
        change_check_pool(b, change_write_begun);
        return;
    }
    w->pool_lock = NULL;
    b->busy = e.kind == ERR_BUSY;
    if (b->busy && now < w->guard_until)
        branch_wait(b, now + SECOND_MS / 20, change_guard_pool);
    else
        change_give_up(b, b->busy ? arena_print(r->keep, "%s is taking an IP out of the pool of %s", holder.by, service)
                                  : arena_string(r->keep, e.text));
}
