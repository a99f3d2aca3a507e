/* doctor.c: is this machine ready for these runbooks? Reads only; the one verb
 * that looks for secrets and asks the bound plugins before anything is wrong. */
#include "verbs/verbs.h"

#include "play/check.h"
#include "play/plugin.h"
#include "world/git.h"

#include <ctype.h>
#include <string.h>

struct doctor {
    struct desk *d;
    struct roles roles;
    struct plugins *plugins;
    size_t problems;
    struct json_out *json;      /* NULL: in words */
};

static void tell(struct doctor *x, bool good, const char *what, const char *words)
{
    x->problems += !good;
    if (x->json) {
        json_open(x->json, NULL, '{');
        json_put_bool(x->json, "ready", good);
        json_put(x->json, "what", what);
        json_put(x->json, "text", words);
        json_close(x->json, '}');
    } else {
        fprintf(x->d->out, "%-4s %-24s %s\n", good ? "ok" : "NO", what, words);
    }
}

/* Does the runbook say `word`, as a word of its own? */
static bool says(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += length) {
        bool starts = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_' || at[-1] == '.');
        bool ends = !(isalnum((unsigned char)at[length]) || at[length] == '_');
        if (starts && ends)
            return true;
    }
    return false;
}

/* The text of a runbook and of everything that it calls, each once. */
static bool gather(struct doctor *x, const char *name, struct text *all, struct err *e)
{
    struct desk *d = x->d;
    const char *path, *bytes;
    size_t length;
    struct names known;
    if (!workspace_share(&path, NULL, &d->ws, "runbooks", arena_print(d->keep, "%s.lua", name), d->keep, e)
        || !d->world->read_file(d->world, path, &bytes, &length, d->keep, e)
        || !workspace_share_list(&known, &d->ws, "runbooks", d->keep, e))
        return false;
    text_print(all, "\n-- runbook %s\n%s", name, bytes);
    for (size_t i = 0; i < known.count; i++) {
        const char *other = known.name[i];
        if (!text_ends(other, ".lua"))
            continue;
        other = arena_copy(d->keep, other, strlen(other) - 4);
        bool called = strstr(bytes, arena_print(d->keep, "call { \"%s\"", other)) != NULL;
        bool seen = strstr(all->at, arena_print(d->keep, "\n-- runbook %s\n", other)) != NULL;
        if (called && !seen && !gather(x, other, all, e))
            return false;
    }
    return true;
}

/* One read, for real: who answers it now will answer it tonight. */
static void try_read(struct doctor *x, const struct role_action *a, const char *service)
{
    struct desk *d = x->d;
    struct task *t;
    struct task_view v = { 0 };
    struct err e = { 0 };
    struct world *w = d->ws.world;
    const char *args, *what = service ? arena_print(d->keep, "%s %s", a->full, service) : a->full;
    struct text typed = text_new(d->keep);
    text_char(&typed, '{');
    if (service) {
        text_add(&typed, "\"service\":");
        json_quote(&typed, service, strlen(service));
    }
    text_char(&typed, '}');
    if (!role_arguments(&args, a, json_from(typed.at), d->keep, &e)
        || !task_perform(&t, x->plugins, a, json_from(args), "doctor", d->keep, &e)) {
        tell(x, false, what, arena_string(d->keep, e.text));
        return;
    }
    int64_t end = w->now(w) + plugins_deadline(x->plugins, a);
    while (task_turn(t, &v, &e) && v.state == TASK_WAITS && w->now(w) < end)
        w->wait(w, v.wake_at);
    if (v.state != TASK_DONE)
        tell(x, false, what, "did not answer in time");
    else
        tell(x, v.outcome == OUTCOME_OK || v.nothing, what,
             v.nothing ? "answers" : v.outcome == OUTCOME_OK ? text_cut(d->keep, v.result, 50) : v.text);
    task_close(t);
}

static bool only_a_service(const struct role_action *a, bool *service)
{
    *service = false;
    for (size_t i = 0; i < a->args; i++) {
        bool is = a->arg[i].type == ARG_SERVICE;
        *service = *service || is;
        if (a->arg[i].required && !is)
            return false;
    }
    return true;
}

static void try_reads(struct doctor *x, const char *role, const char *text)
{
    const struct config *c = &x->d->ws.config;
    for (size_t i = 0; i < x->roles.actions; i++) {
        const struct role_action *a = &x->roles.action[i];
        bool service;
        if (strcmp(a->role, role) != 0 || a->change || !only_a_service(a, &service)
            || (text && !says(text, a->full)) || !plugins_observes(x->plugins, a))
            continue;
        for (size_t k = 0; k < (service ? c->services : 1); k++)
            if (!service || (c->service[k].ips && c->service[k].ips[0]))
                try_read(x, a, service ? c->service[k].name : NULL);
    }
}

/* A change whose effect its plugin cannot see, in words; "": there is none. */
static const char *unseen(struct doctor *x, const char *role)
{
    for (size_t i = 0; i < x->roles.actions; i++) {
        const struct role_action *a = &x->roles.action[i];
        struct err e = { 0 };
        const struct role_action *state = a->state_action ? roles_find(&x->roles, a->state_action, &e) : NULL;
        if (strcmp(a->role, role) == 0 && state && plugins_can(x->plugins, a, &e) && !plugins_can(x->plugins, state, &e))
            return arena_print(x->d->keep, "; nobody can see what %s does: it has no '%s'", a->full, state->full);
    }
    return "";
}

/* A role that the runbook uses (text NULL: any): plugin, secrets, actions, reads. */
static void see_role(struct doctor *x, const char *role, const char *text)
{
    struct desk *d = x->d;
    struct err e = { 0 };
    const char *plugin = plugins_for(x->plugins, role);
    size_t used = 0, can = 0;
    for (size_t i = 0; i < x->roles.actions; i++) {
        const struct role_action *a = &x->roles.action[i];
        if (strcmp(a->role, role) != 0 || (text && !says(text, a->full)))
            continue;
        used++;
        can += plugins_can(x->plugins, a, &e);
        if (text && can < used)
            return; /* check has said so, with the line */
    }
    if (!used)
        return;
    if (!can || !plugins_binding(x->plugins, role, &e) || !plugins_secrets(x->plugins, role, &e)) {
        tell(x, false, role, arena_string(d->keep, e.text));
        return;
    }
    tell(x, true, role, strcmp(plugin, "manual") == 0 ? "manual: a person will be asked"
                        : arena_print(d->keep, "%s%s", plugin, unseen(x, role)));
    try_reads(x, role, text);
}

/* What `check` would refuse is not ready either: it, and all that it calls. */
static void see_runbooks(struct doctor *x, const char *gathered)
{
    struct findings f = { .keep = x->d->keep };
    static const char mark[] = "\n-- runbook ";
    for (const char *at = gathered; (at = strstr(at, mark));) {
        at += strlen(mark);
        check_runbook(&f, &x->d->ws, arena_copy(x->d->keep, at, strcspn(at, "\n")));
    }
    for (size_t i = 0; i < f.count; i++)
        if (f.finding[i].severity == 'E')
            tell(x, false, arena_print(x->d->keep, "%s:%d", f.finding[i].file, f.finding[i].line),
                 f.finding[i].message);
}

/* A runbook with a secret in it is left out of every run: said by day. */
static bool see_secrets(struct doctor *x, struct err *e)
{
    struct desk *d = x->d;
    struct names all;
    if (!workspace_share_list(&all, &d->ws, "runbooks", d->keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const char *path, *bytes, *name;
        size_t length;
        int line;
        struct err ignored = { 0 }; /* check says it */
        if (text_ends(all.name[i], ".lua") && workspace_share(&path, NULL, &d->ws, "runbooks", all.name[i], d->keep, &ignored)
            && d->world->read_file(d->world, path, &bytes, &length, d->keep, &ignored)
            && (name = plugins_secret_in(x->plugins, bytes, length, &line)))
            tell(x, false, arena_print(d->keep, "runbooks/%s:%d", all.name[i], line),
                 arena_print(d->keep, "the secret '${%s}' is written out here", name));
    }
    return true;
}

/* Is there a repository that a report could be committed to? */
static void see_repository(struct doctor *x)
{
    struct desk *d = x->d;
    struct err e = { 0 };
    struct names ignored;
    const char *repository = d->ws.config.publish.repository;
    const char *path = repository[0] == '/' ? repository : workspace_path(&d->ws, d->keep, repository);
    bool good = repo_list(path, d->ws.config.publish.branch, "", &ignored, d->keep, &e);
    tell(x, good, "publish", good ? repository : arena_string(d->keep, e.text));
}

static bool examine(struct doctor *x, const char *runbook, struct err *e)
{
    struct text all = text_new(x->d->keep);
    if ((runbook && !gather(x, runbook, &all, e)) || !see_secrets(x, e))
        return false;
    if (runbook)
        see_runbooks(x, all.at);
    else
        see_repository(x);
    for (size_t i = 0; x->roles.name[i]; i++)
        see_role(x, x->roles.name[i], runbook ? all.at : NULL);
    return true;
}

bool verb_doctor(struct desk *d, struct err *e)
{
    struct doctor x = { .d = d };
    struct text t = text_new(d->keep);
    struct json_out o;
    if (!desk_at_most(d, 1, e) || !roles_load(&x.roles, d->keep, e)
        || !plugins_open(&x.plugins, &d->ws, &x.roles, d->keep, e))
        return false;
    plugins_only_look(x.plugins);
    if (d->json) {
        o = desk_json(d, &t);
        json_open(&o, "checks", '[');
        x.json = &o;
    }
    bool good = examine(&x, d->words ? d->word[0] : NULL, e);
    plugins_close(x.plugins);
    if (!good)
        return false;
    if (d->json) {
        json_close(&o, ']');
        json_put_bool(&o, "ready", !x.problems);
        desk_json_end(d, &o);
    } else if (!x.problems) {
        fprintf(d->out, "ready\n");
    }
    return !x.problems || err_failed(e, "not ready because of %s", text_count(d->keep, (int64_t)x.problems, "problem"));
}
