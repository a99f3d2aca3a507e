/* pins.c: what a run began with stays: the texts of runbooks and plugins, and
 * which plugin, with which settings, plays which role. */
#include "play/asking.h"
#include "play/tokens.h"

#include <string.h>

/* At the start */

static const char *plugin_path(struct run *r, const char *plugin)
{
    return arena_print(r->keep, "plugins/%s/plugin.lua", plugin);
}

/* The binding of now; its plugin's text lies in a blob from then on. */
static const char *binding_kept(struct run *r, const char *role, struct err *e)
{
    char sha[SHA256_HEX + 1];
    size_t length;
    const char *binding = plugins_binding(r->plugins, role, e), *text;
    if (!binding || !(text = plugins_text(r->plugins, role, &length, e))
        || !leaks_none_in_file(r, plugin_path(r, plugins_for(r->plugins, role)), text, length, e)
        || !leaks_none_in(r, arena_print(r->keep, "the settings of %s", role), binding, e)
        || !r->store->blob_put(r->store, r->incident, text, length, sha, e))
        return NULL;
    return binding;
}

bool pins_write(struct json_out *o, struct run *r, struct err *e)
{
    const char **binding = arena_many(r->keep, const char *, r->roles.actions + 1);
    json_open(o, "texts", '{');
    if (!runbook_pin(o, r, e))
        return false;
    for (size_t i = 0; r->roles.name[i]; i++) {
        if (!(binding[i] = binding_kept(r, r->roles.name[i], e)))
            return false;
        struct json now = json_from(binding[i]), plugin = json_get(now, "plugin");
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again = again || text_equal(json_get_text(json_from(binding[k]), "plugin", r->keep),
                                        json_text(plugin, r->keep));
        if (!again)
            json_put(o, plugin_path(r, json_text(plugin, r->keep)), json_get_text(now, "sha256", r->keep));
    }
    json_close(o, '}');
    json_open(o, "bindings", '{');
    for (size_t i = 0; r->roles.name[i]; i++)
        json_put_raw(o, r->roles.name[i], binding[i], strlen(binding[i]));
    json_close(o, '}');
    return true;
}

/* Whose world it is */

bool pins_same_world(struct run *r, struct err *e)
{
    bool simulated = r->ws->config.simulated;
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        const char *world = ev->kind == EVENT_OPENED && ev->data.at
                          ? json_get_text(ev->data, "world", r->keep) : NULL;
        if (!world || text_equal(world, simulated ? "simulated" : "real"))
            continue;
        err_hint(e, "'tocsin open' begins one %s; 'world: %s' in %s goes on with this one",
                 simulated ? "that is simulated" : "for real", world, r->ws->config.file);
        return simulated ? err_failed(e, "%s is real, and this workspace is simulated by now: nothing of it is "
                                      "done or put back in a drill", r->incident)
                         : err_failed(e, "%s is a drill, and this workspace is real by now: nothing of a drill is "
                                      "done or put back for real", r->incident);
    }
    return true;
}

/* Bindings of then and now */

enum differs { SAME, OTHER_TEXT, OTHER_SETTINGS, OTHER_PLUGIN };

static enum differs differ(struct json then, struct json now, struct arena *keep)
{
    if (!text_equal(json_get_text(then, "plugin", keep), json_get_text(now, "plugin", keep)))
        return OTHER_PLUGIN;
    if (!text_equal(json_canonical(json_get(then, "settings"), keep), json_canonical(json_get(now, "settings"), keep)))
        return OTHER_SETTINGS;
    struct json sha = json_get(then, "sha256");
    return !sha.at || json_is(sha, json_get_text(now, "sha256", keep)) ? SAME : OTHER_TEXT;
}

static const char *difference(struct run *r, enum differs how, struct json then, struct json now)
{
    const char *was = json_text_or(json_get(then, "plugin"), r->keep, "?");
    if (how == OTHER_PLUGIN)
        return arena_print(r->keep, "now '%s' is bound", json_text_or(json_get(now, "plugin"), r->keep, "?"));
    return how == OTHER_SETTINGS ? "it has other settings by now"
                                 : arena_print(r->keep, "%s has been edited since", plugin_path(r, was));
}

/* The latest --rebind ROLE behind `after`: of that run; without one, of `restore`, and to
 * just the binding of `now`. NULL: none. */
static const struct event *rebound(struct run *r, const char *run, const char *role, const struct event *after,
                                   const struct json *now)
{
    const struct event *last = NULL;
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        if (ev->kind != EVENT_RUN_OVERRIDDEN || !ev->data.at || ev->recorded < after->recorded
            || !json_is(json_get(ev->data, "how"), "rebind") || !json_is(json_get(ev->data, "role"), role))
            continue;
        struct json to = json_get(ev->data, "binding");
        struct json of = json_get(ev->data, "run");
        if (run ? json_is(of, run) : !of.at && (!to.at || differ(to, *now, r->keep) <= OTHER_TEXT))
            last = ev;
    }
    return last;
}

/* What this run is pinned to for that role: as it began, or as somebody said since. */
static struct json pinned(struct run *r, const struct event *started, const char *role)
{
    const struct event *since = rebound(r, r->id, role, started, NULL);
    struct json to = since ? json_get(since->data, "binding") : (struct json){ 0 };
    return since ? to : json_get(json_get(started->data, "bindings"), role);
}

void pins_recorded(struct run *r, const struct event *started)
{
    struct json texts = json_get(started->data, "texts");
    r->texts = texts.at ? arena_copy(r->keep, texts.at, texts.length) : NULL;
    for (size_t i = 0; r->roles.name[i]; i++) {
        struct json then = pinned(r, started, r->roles.name[i]);
        const char *plugin = json_get_text(then, "plugin", r->keep), *sha = json_get_text(then, "sha256", r->keep);
        const char *bytes;
        size_t length;
        struct err missing = { 0 }; /* then the text of now has to be the same: pins_hold() */
        if (plugin && sha && r->store->blob_get(r->store, r->incident, sha, &bytes, &length, r->keep, &missing))
            plugins_pin(r->plugins, plugin, bytes, length);
    }
}

/* Which roles a run can still speak to */

struct reach {
    struct run *r;
    bool *role;                 /* beside roles.name */
    const char **book;
    size_t books, room;
    bool all;                   /* what it calls is not to be read from its text */
};

static void reach_book(struct reach *h, const char *name)
{
    for (size_t i = 0; i < h->books; i++)
        if (text_equal(h->book[i], name))
            return;
    if (h->books < h->room)
        h->book[h->books++] = name;
    else
        h->all = true;
}

static void reach_role(struct reach *h, const char *name)
{
    for (size_t i = 0; h->r->roles.name[i]; i++)
        h->role[i] = h->role[i] || h->all || text_equal(h->r->roles.name[i], name);
}

static void reach_words(struct reach *h, const char *text)
{
    size_t count;
    const struct token *t = tokens_read(text, strlen(text), &count, h->r->keep);
    for (size_t i = 0; i < count; i++) {
        if (t[i].kind != TOKEN_NAME)
            continue;
        reach_role(h, t[i].text);
        if (!text_equal(t[i].text, "call"))
            continue;
        size_t at = i + 1;
        while (at < count && t[at].kind == TOKEN_SYMBOL && (text_equal(t[at].text, "{") || text_equal(t[at].text, "(")))
            at++;
        if (at < count && t[at].kind == TOKEN_STRING)
            reach_book(h, t[at].text);
        else
            h->all = true;
    }
}

static void say_if_edited(struct run *r, const struct event *started, const char *path, const char *text)
{
    struct json then = json_get(json_get(started->data, "texts"), path);
    if (then.at && !r->texts && !json_is(then, sha256_of(r->keep, text)))
        run_say(r, "", "%s has been edited since %s began; it goes on with the text of now (--recorded: as it was)",
                path, r->id);
}

/* Roles that the run has spoken to, and those that its runbooks name. */
static const bool *reached(struct run *r, const struct event *started, const char *name,
                           const struct runbook *book)
{
    enum { MOST_BOOKS = 64 };
    const char *books[MOST_BOOKS];
    struct reach h = { .r = r, .role = arena_many(r->keep, bool, r->roles.actions + 1), .book = books,
                       .room = MOST_BOOKS };
    for (size_t i = 0; i < r->journal.count; i++) {
        const struct event *ev = &r->journal.event[i];
        const char *action = ev->data.at && json_is(json_get(ev->data, "run"), r->id)
                           ? json_get_text(ev->data, "action", r->keep) : NULL;
        if (action && strchr(action, '.'))
            reach_role(&h, arena_copy(r->keep, action, strcspn(action, ".")));
    }
    reach_book(&h, name);
    reach_words(&h, book->text);
    say_if_edited(r, started, book->path, book->text);
    for (size_t i = 1; i < h.books; i++) {
        struct err gone = { 0 };
        const char *text;
        if (!runbook_text(&text, r, h.book[i], &gone))
            continue;
        reach_words(&h, text);
        say_if_edited(r, started, arena_print(r->keep, "runbooks/%s.lua", h.book[i]), text);
    }
    reach_role(&h, NULL);
    return h.role;
}

bool pins_hold(struct run *r, const struct event *started, const char *name, const struct runbook *book,
               struct err *e)
{
    const bool *spoken = reached(r, started, name, book);
    const char *first = NULL, *why = NULL, *was = NULL;
    enum differs how = SAME;
    struct text others = text_new(r->keep);
    for (size_t i = 0; r->roles.name[i]; i++) {
        const char *role = r->roles.name[i];
        struct json then = pinned(r, started, role);
        if (!then.at || !spoken[i])
            continue;
        struct err gone = { 0 };
        const char *binding = plugins_binding(r->plugins, role, &gone);
        struct json now = json_from(binding ? binding : "{}");
        enum differs one = binding ? differ(then, now, r->keep) : OTHER_TEXT;
        if (one == SAME)
            continue;
        if (first) {
            text_print(&others, "%s%s", others.length ? ", " : "", role);
            continue;
        }
        first = role;
        how = one;
        was = json_text_or(json_get(then, "plugin"), r->keep, "?");
        why = binding ? difference(r, one, then, now) : arena_string(r->keep, gone.text);
    }
    if (!first)
        return true;
    err_hint(e, "%stocsin resume %s --rebind %s --because '...' takes the plugin as it is now",
             how == OTHER_TEXT && !r->texts ? arena_print(r->keep, "tocsin resume %s --recorded goes on with it as it was; ", r->id)
                               : "", r->id, first);
    return err_failed(e, "%s began with the plugin '%s' as %s; %s%s%s%s", r->id, was, first, why,
                      others.length ? " (so it is with " : "", others.length ? others.at : "",
                      others.length ? ")" : "");
}

bool pins_rebind(struct run *r, const char *role, const char *because, struct err *e)
{
    bool known = false;
    for (size_t i = 0; r->roles.name[i]; i++)
        known = known || text_equal(r->roles.name[i], role);
    const char *near = text_nearest(role, r->roles.name);
    if (!known)
        return err_usage(e, "there is no role '%s'%s%s%s", role, near ? "; did you mean '" : "", near ? near : "",
                         near ? "'?" : "");
    const char *binding = binding_kept(r, role, e);
    if (!binding)
        return false;
    struct text data;
    struct json_out o = data_open(&data, r);
    if (r->id)
        json_put(&o, "run", r->id);
    json_put(&o, "key", "");
    json_put(&o, "how", "rebind");
    json_put(&o, "because", because);
    json_put(&o, "role", role);
    json_put_raw(&o, "binding", binding, strlen(binding));
    json_close(&o, '}');
    return run_write_now(r, EVENT_RUN_OVERRIDDEN, data.at, e)
        && r->store->read(r->store, r->incident, &r->journal, r->keep, e);
}

/* Settling and putting back */

const char *pins_elsewhere(struct run *r, const struct event *begun)
{
    struct json then = json_get(begun->data, "binding");
    const char *action = json_text_or(json_get(begun->data, "action"), r->keep, "");
    struct err gone = { 0 };
    const char *binding = then.at && !r->dry ? plugins_binding(r->plugins, arena_copy(r->keep, action, strcspn(action, ".")), &gone)
                                             : NULL;
    struct json now = json_from(binding ? binding : "{}");
    enum differs how = binding ? differ(then, now, r->keep) : SAME;
    return how <= OTHER_TEXT ? NULL : arena_print(r->keep, "made through the plugin '%s'; %s",
                                                  json_text_or(json_get(then, "plugin"), r->keep, "?"),
                                                  difference(r, how, then, now));
}

/* Its plugin is still bound, and its folder is gone: the text of then lies in a blob, where a run began with it. */
static void take_the_text_of_then(struct run *r, struct json then, const char *role)
{
    const char *name = json_get_text(then, "plugin", r->keep), *sha = json_get_text(then, "sha256", r->keep), *path, *bytes;
    size_t length;
    bool own;
    struct err none = { 0 };
    if (!sha || !text_equal(name, plugins_for(r->plugins, role))
        || workspace_share(&path, &own, r->ws, "plugins", arena_print(r->keep, "%s/plugin.lua", name), r->keep, &none)
        || !r->store->blob_get(r->store, r->incident, sha, &bytes, &length, r->keep, &none))
        return;
    if (plugins_pin(r->plugins, name, bytes, length))
        run_say(r, "", "%s is gone; what it made is put back with its text of then", plugin_path(r, name));
}

bool pins_allow(struct run *r, const struct change *c, const char *why_not, struct err *e)
{
    struct json then = json_get(c->begun->data, "binding");
    const char *role = arena_copy(r->keep, c->action, strcspn(c->action, "."));
    if (!then.at || r->dry)
        return true; /* done elsewhere by a person, or recorded before bindings were */
    take_the_text_of_then(r, then, role);
    const char *binding = plugins_binding(r->plugins, role, e);
    if (!binding)
        return false;
    struct json now = json_from(binding);
    enum differs how = differ(then, now, r->keep);
    if (how == OTHER_TEXT)
        run_say(r, "", "%s; %s is put back with the text of now", difference(r, how, then, now), c->name);
    if (how <= OTHER_TEXT || rebound(r, NULL, role, c->begun, &now))
        return true;
    err_hint(e, "tocsin restore ... --rebind %s --because '...' puts it back through what is bound now", role);
    return err_failed(e, "%s was made through the plugin '%s' as %s; %s; %s", c->name,
                      json_text_or(json_get(then, "plugin"), r->keep, "?"), role, difference(r, how, then, now), why_not);
}
