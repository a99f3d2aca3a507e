/* do.c: one change or read without a runbook; what was done elsewhere; and
 * the baseline that an incident opens with. */
#define _GNU_SOURCE /* memmem */
#include "play/asking.h"
#include "play/change.h"

#include <string.h>

struct deed {
    const struct role_action *action;
    const char *args, *args_sha256;
    const char *result;       /* of what was done elsewhere: JSON */
};

/* Of the words behind `did`, those that name results and no arguments. */
static const char *take_results(const char ***left, const struct role_action *a, const char *const *word,
                                struct arena *keep)
{
    struct text results = text_new(keep);
    size_t n = 0;
    while (word && word[n])
        n++;
    *left = arena_many(keep, const char *, n + 1);
    for (n = 0; word && *word; word++) {
        size_t length = strcspn(*word, "=");
        bool result = false;
        for (size_t i = 0; i < a->results; i++)
            result = result || (strlen(a->result[i].name) == length && !strncmp(a->result[i].name, *word, length));
        for (size_t i = 0; i < a->args; i++)
            result = result && strncmp(a->arg[i].name, *word, length);
        if (result)
            text_print(&results, "%s%s", results.length ? " " : "", *word);
        else
            (*left)[n++] = *word;
    }
    return results.at;
}

static bool parse(struct deed *out, struct run *r, const struct run_request *q, const char *action,
                  struct err *e)
{
    const char *given;
    *out = (struct deed){ 0 };
    if (!(out->action = roles_find(&r->roles, action, e))
        || !arguments_json(&given, q->argument, r->keep, e)
        || !role_arguments(&out->args, out->action, json_from(given), r->keep, e)
        || !leaks_none_in(r, "the arguments", out->args, e))
        return false;
    if (!plugins_can(r->plugins, out->action, e))
        return false; /* bad configuration is said before anything is asked or written */
    for (size_t i = 0; i < out->action->args; i++) {
        const char *text = json_get_text(json_from(out->args), out->action->arg[i].name, r->keep);
        if (out->action->arg[i].type == ARG_SERVICE && text
            && !config_service(&r->ws->config, text, e))
            return false;
    }
    out->args_sha256 = sha256_of(r->keep, out->args);
    return true;
}

/* The word has been answered: that was all. */
static void drive_end(struct branch *b)
{
    b->ended = true;
    b->raised = !b->answer.good;
}

static bool perform(const char **text, struct run *r, const struct deed *d, struct err *e)
{
    struct branch *b = branch_new(r, NULL, "");
    b->key = "1";
    b->driver = drive_end;
    b->want = (struct request){ .word = d->action->full, .action = d->action, .args = d->args,
                                .args_sha256 = d->args_sha256, .because = r->even_so };
    perform_action(b);
    if (!engine_loop(r, b, e))
        return false;
    if (!b->ended) {
        if (text_equal(r->park, "stopped"))
            return err_stopped(e, "%s is stopped", d->action->full);
        err_hint(e, "%s", consent_hint(r));
        return err_waiting(e, "%s: %s", d->action->full, r->park_text);
    }
    if (b->raised && b->busy)
        return err_busy(e, "%s: %s", d->action->full, b->answer.text);
    if (b->raised)
        return err_failed(e, "%s: %s", d->action->full, b->answer.text);
    *text = d->action->change && r->last_change ? r->last_change : b->answer.json && b->answer.json[0] && strcmp(b->answer.json, "{}") ? b->answer.json : "done";
    return true;
}

bool run_do(const char **text, const struct run_request *q, const char *action,
            struct arena *keep, struct err *e)
{
    struct run r;
    struct deed d;
    bool good = engine_open(&r, q, false, keep, e) && parse(&d, &r, q, action, e)
             && perform(text, &r, &d, e);
    engine_close(&r);
    return good;
}

/* did: begun and ended at once, by hand, with the undo that belongs to it. */

static const char *did_begun(struct run *r, const struct deed *d, const char *name, struct err *e)
{
    struct text data;
    const char *target, *undo_args = NULL;
    struct json args = json_from(d->args), none = { 0 };
    struct err ignored = { 0 };
    if (!role_resolve(&target, d->action->target, args, none, none, r->keep, e))
        return NULL;
    struct json_out o = data_open(&data, r);
    json_put(&o, "change", name);
    json_put(&o, "action", d->action->full);
    json_put(&o, "target", target);
    json_put_raw(&o, "args", d->args, strlen(d->args));
    json_put(&o, "args_sha256", d->args_sha256);
    json_put_raw(&o, "before", "null", 4);
    if (d->action->undo_action
        && (role_resolve(&undo_args, d->action->undo_args, args, none, none, r->keep, &ignored)
            || (undo_args = d->action->undo_args))) {
        json_open(&o, "undo", '{');
        json_put(&o, "action", d->action->undo_action);
        json_put_raw(&o, "args", undo_args, strlen(undo_args));
        json_close(&o, '}');
    } else {
        json_put_raw(&o, "undo", "null", 4);
    }
    if (!d->action->lasting)
        json_put_bool(&o, "lasting", false);
    json_put_int(&o, "attempt", 1);
    json_put(&o, "provider_key", "");
    json_put_bool(&o, "by_hand", true);
    if (r->even_so)
        json_put(&o, "even_so", r->even_so);
    json_close(&o, '}');
    return data.at;
}

static struct err *wiped(struct err *e)
{
    *e = (struct err){ 0 };
    return e;
}

static bool write_did(const char **text, struct run *r, const struct deed *d, struct draft when,
                      int tries, struct err *e)
{
    if (!engine_recount(r, e))
        return false;
    const char *name = arena_print(r->keep, "C%lld", (long long)r->changes + 1);
    const char *begun = did_begun(r, d, name, e);
    struct appended out;
    struct json none = { 0 }, result = json_from(d->result);
    if (!begun)
        return false;
    struct draft draft = when;
    draft.kind = EVENT_ACTION_BEGUN;
    draft.data = begun;
    if (!r->store->append(r->store, r->incident, r->head, NULL, &draft, 1, SYNC_LATER, &out, r->keep, e))
        return e->kind == ERR_BUSY && tries > 0 ? write_did(text, r, d, when, tries - 1, wiped(e)) : false;
    *text = d->action->says ? role_words(d->action->says, json_from(d->args), none, result, r->keep)
                            : arena_print(r->keep, "%s was done", d->action->full);
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "change", name);
    json_put(&o, "begun", out.hash[0]);
    json_put(&o, "outcome", "ok");
    json_put(&o, "text", *text);
    if (json_count(result))
        json_put_raw(&o, "result", result.at, result.length);
    json_put_bool(&o, "by_hand", true);
    json_close(&o, '}');
    draft.kind = EVENT_ACTION_ENDED;
    draft.data = data.at;
    *text = arena_print(r->keep, "%s  %s", name, *text);
    return r->store->append(r->store, r->incident, NULL, NULL, &draft, 1, SYNC_NOW, &out, r->keep, e);
}

static bool is_recorded(const struct run *r, const char *ip)
{
    char quoted[80];
    size_t length = (size_t)snprintf(quoted, sizeof quoted, "\"%s\"", ip);
    for (size_t i = 0; i < r->journal.count; i++)
        if (r->journal.event[i].data.at && memmem(r->journal.event[i].data.at, r->journal.event[i].data.length, quoted, length))
            return true;
    return false;
}

/* What is taken away was there: an IP that neither the configuration nor the record knows is
 * a slip, and a change cannot be struck. */
static bool knows_ip(struct run *r, const struct deed *d, struct err *e)
{
    struct err ignored = { 0 };
    struct json args = json_from(d->args);
    const char *ip = json_get_text(args, "ip", r->keep), *service = json_get_text(args, "service", r->keep);
    const struct role_action *undo = d->action->undo_action ? roles_find(&r->roles, d->action->undo_action, &ignored) : NULL;
    const struct service *s = ip && service && undo && undo->adds ? config_service(&r->ws->config, service, &ignored) : NULL;
    if (!s || !s->ips || !s->ips[0] || is_recorded(r, ip))
        return true;
    struct text list = text_new(r->keep);
    for (const char *const *one = s->ips; *one; one++) {
        if (text_equal(*one, ip))
            return true;
        text_print(&list, "%s%s", list.length ? ", " : "", *one);
    }
    err_hint(e, "tocsin did %s service=%s ip=%s   first, where it was put there elsewhere", undo->full, service, ip);
    return err_usage(e, "'%s' is no IP of %s (%s), and nothing recorded names it", ip, service, text_cut(r->keep, list.at, 120));
}

/* What was added was out: an IP that is the service's own by the configuration, and that nothing
 * recorded took out, is in, and an undo of this would be the one to take it out. */
static bool was_out(struct run *r, const struct deed *d, struct err *e)
{
    struct err ignored = { 0 };
    struct ledger l;
    struct json args = json_from(d->args), none = { 0 };
    const char *target, *why = d->action->undo_action && !r->even_so
                             ? pool_loses_own(r, roles_find(&r->roles, d->action->undo_action, &ignored), args) : NULL;
    if (!why || !ledger_read(&l, r->ws, r->keep, &ignored)
        || !role_resolve(&target, d->action->target, args, none, none, r->keep, &ignored))
        return true;
    bool out = false;
    for (size_t i = 0; i < l.changes; i++)
        if (text_equal(l.change[i].target, target) && l.change[i].state != CHANGE_FAILED)
            out = !text_equal(l.change[i].action, d->action->full);
    if (out)
        return true;
    err_hint(e, "tocsin did %s service=%s ip=%s @T   first, where it had been taken out; --even-so TEXT records it all the same",
             d->action->undo_action, json_get_text(args, "service", r->keep), json_get_text(args, "ip", r->keep));
    return err_usage(e, "%s", why);
}

/* The arguments, and what the undo must know of the result: "ip=192.0.2.1". */
static bool parse_did(struct deed *out, struct run *r, const struct run_request *q, const char *action,
                      struct err *e)
{
    struct run_request request = *q;
    const char **left, *result, *rest;
    const struct role_action *a = roles_find(&r->roles, action, e);
    if (!a)
        return false;
    if (!a->change)
        return err_usage(e, "'%s' is a read; 'tocsin note' records what you saw", action);
    const char *results = take_results(&left, a, q->argument, r->keep);
    request.argument = left;
    if (!parse(out, r, &request, action, e) || !leaks_none_in(r, "the result", results, e))
        return false;
    out->result = NULL;
    if (!role_said(&result, &rest, a, results, r->keep, e)) {
        err_hint(e, "tocsin did %s ... %s", action, role_wants(a, r->keep));
        return err_while(e, "%s", action);
    }
    out->result = result;
    return true;
}

bool run_did(const char **text, const struct run_request *q, const char *action, int64_t at,
             int64_t early_ms, int64_t late_ms, struct arena *keep, struct err *e)
{
    struct run r;
    struct deed d;
    bool good = engine_open(&r, q, false, keep, e) && parse_did(&d, &r, q, action, e) && knows_ip(&r, &d, e)
             && was_out(&r, &d, e);
    struct draft when = { .at = at, .early_ms = early_ms, .late_ms = late_ms,
                          .by = r.world ? r.world->user : "", .uid = r.world ? r.world->uid : "" };
    good = good && write_did(text, &r, &d, when, 10, e);
    engine_close(&r);
    return good;
}

/* The baseline: what can be read now, so that the end can be compared with it */

struct base { const char *role, *target; const struct role_action *action; const char *args; };

static void based(struct branch *b)
{
    b->ended = true;
}

static void write_base(struct branch *b, const struct base *base, const char *state,
                       const char *could_not)
{
    struct text data;
    struct json_out o = data_open(&data, b->run);
    json_put(&o, "role", base->role);
    json_put(&o, "target", base->target);
    if (state)
        json_put_raw(&o, "state", state, strlen(state));
    else
        json_put(&o, "could_not", could_not);
    json_close(&o, '}');
    branch_write(b, EVENT_BASELINE, data.at, false, based);
}

static void have_base(struct branch *b)
{
    const struct task_view *v = &b->view;
    bool good = v->state == TASK_DONE && v->outcome == OUTCOME_OK;
    if (b->task) {
        task_close(b->task);
        b->task = NULL;
    }
    write_base(b, b->context, good ? v->result : NULL,
               v->text && v->text[0] ? v->text : "it could not be read");
}

static bool read_base(struct run *r, const struct base *base, struct err *e)
{
    struct branch *b = branch_new(r, NULL, "");
    struct task *task;
    struct err why = { 0 };
    const char *canonical;
    b->key = "";
    b->driver = drive_end;
    b->context = (void *)base;
    if (!plugins_can(r->plugins, base->action, &why))
        write_base(b, base, NULL, arena_string(r->keep, why.text));
    else if (!plugins_observes(r->plugins, base->action))
        write_base(b, base, NULL, arena_print(r->keep, "%s is done by hand here: nobody was asked", base->role));
    else if (!role_arguments(&canonical, base->action, json_from(base->args), r->keep, &why)
             || !task_perform(&task, r->plugins, base->action, json_from(canonical), "", r->keep, &why))
        write_base(b, base, NULL, arena_string(r->keep, why.text));
    else
        branch_task(b, task, 10 * SECOND_MS, have_base);
    return engine_loop(r, b, e);
}

static bool take_baseline(struct run *r, struct err *e)
{
    static const struct { const char *role, *action, *per; } reads[] = {
        { "pool", "pool.list", "service" }, { "dns", "dns.list", "service" },
        { "cloud", "cloud.list_ips", NULL }, { "cloud", "cloud.attachment", "ip" },
    };
    const struct config *c = &r->ws->config;
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct err ignored = { 0 };
        const struct role_action *a = roles_find(&r->roles, reads[i].action, &ignored);
        if (!a || (!c->simulated && !config_binding(c, reads[i].role)))
            continue;
        if (!reads[i].per) {
            struct base one = { reads[i].role, reads[i].action, a, "{}" };
            if (!read_base(r, &one, e))
                return false;
        }
        for (size_t s = 0; reads[i].per && s < c->services; s++) {
            const struct service *service = &c->service[s];
            bool by_ip = !strcmp(reads[i].per, "ip");
            for (size_t k = 0; by_ip ? service->ips && service->ips[k] : k < 1; k++) {
                const char *what = by_ip ? service->ips[k] : service->name;
                struct base one = { reads[i].role, arena_print(r->keep, "%s:%s", reads[i].role, what), a,
                                    arena_print(r->keep, "{\"%s\":\"%s\"}", reads[i].per, what) };
                if (!read_base(r, &one, e))
                    return false;
            }
        }
    }
    return r->store->sync(r->store, r->incident, e);
}

bool run_baseline(const struct run_request *q, struct arena *keep, struct err *e)
{
    struct run r;
    bool good = engine_open(&r, q, false, keep, e) && take_baseline(&r, e);
    engine_close(&r);
    return good;
}
