/* plugins.c: what each role is bound to, and what that plugin may do. */
#include "verbs/verbs.h"

#include "play/pace.h"

#include <string.h>

/* "add: 5 in 1 second at most; asked 4 times while it says 'not now'": what is declared; "" */
static const char *pace_of(struct desk *d, struct plugins *p, const struct role_action *a)
{
    struct pace pace = plugins_pace(p, a);
    struct text t = text_new(d->keep);
    if (pace.count)
        text_print(&t, "%lld in %s at most", (long long)pace.count, duration_words(d->keep, pace.per_ms));
    if (pace.declares_retry)
        text_print(&t, "%sasked %s while it says 'not now'", t.length ? "; " : "", text_count(d->keep, pace.times, "time"));
    return t.at;
}

static void print_role(struct desk *d, struct plugins *p, const struct roles *roles,
                       const char *role, struct json_out *o)
{
    const char *plugin = plugins_for(p, role), *why = NULL;
    struct text has = text_new(d->keep), paces = text_new(d->keep);
    size_t count = 0, lacks = 0;
    for (size_t i = 0; i < roles->actions; i++) {
        const struct role_action *a = &roles->action[i];
        if (strcmp(a->role, role) != 0)
            continue;
        struct err e = { 0 };
        count++;
        if (plugins_can(p, a, &e)) {
            const char *pace = pace_of(d, p, a);
            text_print(&has, "%s%s%s", has.length ? " " : "", a->name, a->change ? "!" : "");
            if (*pace)
                text_print(&paces, "%s%s: %s", paces.length ? "\n" : "", a->name, pace);
        } else {
            lacks++;
            why = arena_string(d->keep, e.text);
        }
    }
    if (o) {
        json_open(o, NULL, '{');
        json_put(o, "role", role);
        json_put(o, "plugin", plugin);
        json_put(o, "actions", has.at);
        json_put(o, "pace", paces.length ? paces.at : NULL);
        json_put(o, "problem", why);
        json_close(o, '}');
    } else {
        fprintf(d->out, "%-11s %-8s %s\n", role, plugin, lacks == count && why ? why : has.at);
        for (char *rest = paces.length ? paces.at : NULL, *line; (line = strsep(&rest, "\n"));)
            fprintf(d->out, "%-20s %s\n", "", line);
        if (lacks && lacks < count)
            fprintf(d->out, "%-20s %s\n", "", why);
    }
}

/* What each plugin that is bound says of itself, and what it may do. */
static bool print_plugins(struct desk *d, struct plugins *p, const struct roles *roles, struct err *e)
{
    const char *seen[16] = { 0 };
    size_t n = 0;
    fputc('\n', d->out);
    for (size_t i = 0; roles->name[i]; i++) {
        const char *plugin = plugins_for(p, roles->name[i]), *summary, *needs;
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known = known || strcmp(seen[k], plugin) == 0;
        struct err broken = { 0 };
        if (known || n == 16 || !plugins_about(p, plugin, &summary, &needs, d->keep, &broken))
            continue;
        seen[n++] = plugin;
        fprintf(d->out, "%-8s %s; may use: %s\n", plugin, text_for_terminal(d->keep, summary), needs);
    }
    return true;
}

bool verb_plugins(struct desk *d, struct err *e)
{
    struct roles roles;
    struct plugins *p;
    if (!desk_at_most(d, 0, e) || !roles_load(&roles, d->keep, e)
        || !plugins_open(&p, &d->ws, &roles, d->keep, e))
        return false;
    struct text t = text_new(d->keep);
    struct json_out o;
    if (d->json) {
        o = desk_json(d, &t);
        json_open(&o, "roles", '[');
    } else {
        fprintf(d->out, "%-11s %-8s %s\n", "role", "plugin", "actions (! changes something)");
    }
    for (size_t i = 0; roles.name[i]; i++)
        print_role(d, p, &roles, roles.name[i], d->json ? &o : NULL);
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    }
    bool good = d->json || print_plugins(d, p, &roles, e);
    plugins_close(p);
    return good;
}
