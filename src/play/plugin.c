/* plugin.c: which plugin plays a role, and what it says of itself. */
#include "play/plugin_inside.h"

#include <lauxlib.h>
#include <string.h>

const char *const outcome_names[] = { "ok", "unchanged", "failed", "unknown", NULL };

static const int64_t DEADLINE_MS = 60 * SECOND_MS;

bool plugins_open(struct plugins **out, const struct workspace *ws, const struct roles *roles,
                  struct arena *keep, struct err *e)
{
    struct plugins *p = arena_one(keep, struct plugins);
    *p = (struct plugins){ .ws = ws, .roles = roles, .keep = keep, .inherit = -1,
                           .secrets = secrets_open(ws, keep) };
    *out = p;
    return true;
}

bool plugins_secrets(struct plugins *p, const char *role, struct err *e)
{
    const struct binding *b = config_binding(&p->ws->config, role);
    return !b || !b->settings || secrets_ready(p->secrets, b->settings, e);
}

const char *plugins_secret_in(struct plugins *p, const char *bytes, size_t length, int *line)
{
    return secrets_found(p->secrets, bytes, length, line);
}

const char *plugins_clean(struct plugins *p, const char *text)
{
    return secrets_clean(p->secrets, text, strlen(text), p->keep);
}

void plugins_hand_on(struct plugins *p, int descriptor)
{
    p->inherit = descriptor;
}

bool plugins_open_model(struct plugins **out, const struct workspace *ws,
                        const struct roles *roles, struct arena *keep, struct err *e)
{
    if (!plugins_open(out, ws, roles, keep, e))
        return false;
    struct plugins *p = *out;
    p->model = true;
    struct world *w = ws->world;
    const char *path = workspace_path(ws, keep, ".tocsin/sim/world.json"), *bytes;
    size_t length, wrong_at;
    bool is_folder;
    if (!ws->config.simulated || !w->exists(w, path, &is_folder))
        return true;
    if (!w->read_file(w, path, &bytes, &length, keep, e))
        return false;
    if (!json_check(bytes, length, &wrong_at))
        return err_input(e, "'%s' is damaged at byte %zu", path, wrong_at);
    p->memory = arena_copy(keep, bytes, length);
    return true;
}

void plugins_close(struct plugins *p)
{
    for (struct loaded *l = p->first; l; l = l->next) {
        plugin_jobs_close(l, NULL);
        sandbox_close(l->sandbox);
    }
    p->first = NULL;
}

void plugins_only_look(struct plugins *p)
{
    p->looks = true;
}

const char *plugins_for(const struct plugins *p, const char *role)
{
    const struct binding *b = config_binding(&p->ws->config, role);
    if (p->model)
        return "sim";
    if (p->ws->config.simulated)
        return b && strcmp(b->plugin, "manual") == 0 ? "manual" : "sim";
    return b ? b->plugin : "manual";
}

/* The first Ctrl-C waits for the change in flight, and so for its plugin; the second for
 * nothing. Where the clock is virtual, nothing hangs on how long something really takes. */
static bool stop_at_once(void *context)
{
    struct world *w = context;
    return !w->virtual && w->interrupted && w->interrupted(w) > 1;
}

static bool start(struct loaded *l, struct err *e)
{
    /* A plugin lives as long as the process and is no runbook: it may compute. */
    const struct sandbox_limits limits = { .instructions = INT64_C(1) << 40,
                                           .memory_bytes = INT64_C(256) << 20 };
    l->sandbox = sandbox_open(&limits);
    sandbox_watch(l->sandbox, stop_at_once, l->home->ws->world);
    sandbox_within(l->sandbox, SECOND_MS); /* a table of names and functions needs no time */
    lua_State *L = sandbox_lua(l->sandbox);
    plugin_host_open(l);
    plugin_jobs_open(l);
    bool loads = sandbox_load(l->sandbox, l->chunk, l->bytes, l->length, e) && sandbox_call(l->sandbox, 0, 1, e);
    plugin_state_let_go(l);
    if (!loads)
        return false;
    if (lua_type(L, -1) != LUA_TTABLE)
        return err_input(e, "%s answers no table", l->chunk);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.plugin");
    return plugin_declared(l, e);
}

static bool no_such_plugin(const struct loaded *l, struct err *e)
{
    struct arena *keep = l->home->keep;
    struct names all;
    struct err none = { 0 };
    const char *near = workspace_share_list(&all, l->home->ws, "plugins", keep, &none) ? text_nearest(l->name, all.name) : NULL;
    err_hint(e, "tocsin plugins lists what there is; %s binds each role to one (roles: ROLE: { plugin: NAME })", l->home->ws->config.file);
    if (text_equal(near, l->name))
        return err_input(e, "there is no plugin '%s': its folder holds no plugin.lua", l->name);
    return err_input(e, "there is no plugin '%s'%s", l->name, near ? arena_print(keep, "; did you mean '%s'?", near) : "");
}

static bool find_text(struct loaded *l, struct err *e)
{
    struct plugins *p = l->home;
    struct world *w = p->ws->world;
    const char *path;
    bool own;
    char digest[SHA256_HEX + 1];
    const struct pin *pin = p->pin;
    while (pin && strcmp(pin->name, l->name) != 0)
        pin = pin->next;
    if (pin) {
        l->bytes = pin->text;
        l->length = pin->length;
    } else if (!workspace_share(&path, &own, p->ws, "plugins", arena_print(p->keep, "%s/plugin.lua", l->name), p->keep, e)) {
        return no_such_plugin(l, e);
    } else if (!w->read_file(w, path, &l->bytes, &l->length, p->keep, e)) {
        return err_while(e, "plugin '%s'", l->name);
    }
    sha256_hex(digest, l->bytes, l->length);
    l->sha256 = arena_string(p->keep, digest);
    l->chunk = arena_print(p->keep, "plugins/%s/plugin.lua", l->name);
    return true;
}

struct loaded *plugins_load(struct plugins *p, const char *name, struct err *e)
{
    struct loaded *l = p->first, *was;
    while (l && strcmp(l->name, name) != 0)
        l = l->next;
    if (l && l->wrong.kind) {
        *e = l->wrong;
        return NULL;
    }
    if (l && !sandbox_dead(l->sandbox))
        return l;
    was = l; /* one that a limit ended: its tasks learn that, others get a new one */
    l = arena_one(p->keep, struct loaded);
    *l = was ? (struct loaded){ .name = was->name, .chunk = was->chunk, .sha256 = was->sha256,
                                .bytes = was->bytes, .length = was->length, .home = p, .held = -1,
                                .next = p->first }
             : (struct loaded){ .name = arena_string(p->keep, name), .home = p, .held = -1, .next = p->first };
    p->first = l;
    if ((was || find_text(l, &l->wrong)) && start(l, &l->wrong))
        return l;
    sandbox_close(l->sandbox);
    l->sandbox = NULL;
    *e = l->wrong;
    return NULL;
}

const char *plugins_text(struct plugins *p, const char *role, size_t *length, struct err *e)
{
    const struct loaded *l = plugins_load(p, plugins_for(p, role), e);
    if (!l)
        return NULL;
    *length = l->length;
    return l->bytes;
}

bool plugins_pin(struct plugins *p, const char *name, const char *text, size_t length)
{
    for (const struct pin *was = p->pin; was; was = was->next)
        if (!strcmp(was->name, name) && was->length == length && !memcmp(was->text, text, length))
            return false;
    struct pin *pin = arena_one(p->keep, struct pin);
    *pin = (struct pin){ name, text, length, p->pin };
    p->pin = pin;
    return true;
}

static bool fits(struct plugins *p, struct loaded *l, const char *role, struct err *e)
{
    if (!plugin_lists(l, "plays", role))
        return err_input(e, "plugin '%s' does not play the role '%s'", l->name, role);
    return plugin_settings_fit(p, l, role, e);
}

static const char *binding(struct plugins *p, const struct loaded *l, const char *settings)
{
    struct text t = text_new(p->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "plugin", l->name);
    json_put_raw(&o, "settings", settings, strlen(settings));
    json_put(&o, "sha256", l->sha256);
    json_close(&o, '}');
    return t.at;
}

static const struct bound *bound_of(struct plugins *p, const char *role)
{
    struct bound *b = p->bound;
    while (b && strcmp(b->role, role) != 0)
        b = b->next;
    if (b)
        return b;
    b = arena_one(p->keep, struct bound);
    *b = (struct bound){ .role = role, .settings = "{}", .next = p->bound };
    p->bound = b;
    struct loaded *l = plugins_load(p, plugins_for(p, role), &b->wrong);
    if (!l)
        return b;
    const struct binding *written = config_binding(&p->ws->config, role);
    if (written && strcmp(written->plugin, l->name) == 0 && written->settings)
        b->settings = written->settings;
    b->json = binding(p, l, b->settings);
    (void)fits(p, l, role, &b->wrong);
    return b;
}

const char *plugins_settings(struct plugins *p, const char *role)
{
    return bound_of(p, role)->settings;
}

const char *plugins_binding(struct plugins *p, const char *role, struct err *e)
{
    const struct bound *b = bound_of(p, role);
    if (!b->json)
        *e = b->wrong;
    return b->json;
}

bool plugins_ready(struct plugins *p, const char *role, struct err *e)
{
    const struct bound *b = bound_of(p, role);
    if (b->wrong.kind == ERR_NONE)
        return true;
    *e = b->wrong;
    return false;
}

bool plugins_about(struct plugins *p, const char *plugin, const char **summary, const char **needs,
                   struct arena *keep, struct err *e)
{
    struct loaded *l = plugins_load(p, plugin, e);
    if (!l)
        return false;
    lua_State *L = sandbox_lua(l->sandbox);
    struct text t = text_new(keep);
    int top = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.plugin");
    lua_getfield(L, -1, "summary");
    *summary = lua_type(L, -1) == LUA_TSTRING ? arena_string(keep, lua_tostring(L, -1)) : "";
    lua_pop(L, 1);
    lua_getfield(L, -1, "needs");
    for (lua_Integer i = 1; lua_type(L, -1) == LUA_TTABLE && lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
        text_print(&t, "%s%s", t.length ? ", " : "", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_settop(L, top);
    *needs = t.length ? t.at : "nothing but questions to people";
    return true;
}

/* Pushes the table of an action (actions[full], else any), or nil. */
static void push_declared(lua_State *L, const struct role_action *a)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.plugin");          // plugin
    if (lua_getfield(L, -1, "actions") == LUA_TTABLE)             // plugin actions
        lua_getfield(L, -1, a->full);                             // plugin actions declared
    else
        lua_pushnil(L);
    if (lua_type(L, -1) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_getfield(L, -2, "any");                               // plugin actions any
    }
    lua_remove(L, -2);
    lua_remove(L, -2);
}

static int function_of(lua_State *L, const char *name)
{
    if (lua_getfield(L, -1, name) == LUA_TFUNCTION)
        return luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
    return LUA_NOREF;
}

static int64_t span_of(lua_State *L, const char *name, int64_t otherwise)
{
    int64_t ms = otherwise;
    if (lua_getfield(L, -1, name) == LUA_TSTRING)
        duration_parse(&ms, lua_tostring(L, -1));
    lua_pop(L, 1);
    return ms;
}

static void take_declared(struct handler *h, lua_State *L)
{
    h->perform = function_of(L, "perform");
    h->probe = function_of(L, "probe");
    h->deadline_ms = span_of(L, "deadline", h->deadline_ms);
    h->appears_ms = span_of(L, "appears_within", h->appears_ms);
    h->blind = lua_getfield(L, -1, "blind") == LUA_TBOOLEAN && lua_toboolean(L, -1);
    lua_pop(L, 1);
    h->pace = plugin_pace(L);
}

const struct handler *plugins_handler(struct plugins *p, const struct role_action *a, struct loaded **plugin, struct err *e)
{
    struct loaded *l = *plugin = plugins_load(p, plugins_for(p, a->role), e);
    struct handler *h = l ? l->handlers : NULL;
    while (h && h->action != a)
        h = h->next;
    if (h || !l)
        return h;
    lua_State *L = sandbox_lua(l->sandbox);
    h = arena_one(p->keep, struct handler);
    *h = (struct handler){ .action = a, .perform = LUA_NOREF, .probe = LUA_NOREF, .deadline_ms = DEADLINE_MS,
                           .pace = usual_pace, .next = l->handlers };
    push_declared(L, a);
    if (lua_type(L, -1) == LUA_TTABLE)
        take_declared(h, L);
    lua_pop(L, 1);
    return l->handlers = h;
}

bool plugins_can(struct plugins *p, const struct role_action *a, struct err *e)
{
    struct loaded *l;
    if (!plugins_ready(p, a->role, e))
        return false;
    const struct handler *h = plugins_handler(p, a, &l, e);
    return h && (h->perform != LUA_NOREF || err_input(e, "plugin '%s' has no '%s'", l->name, a->full));
}

int64_t plugins_appears_within(struct plugins *p, const struct role_action *a)
{
    struct loaded *l;
    struct err ignored = { 0 };
    const struct handler *h = plugins_handler(p, a, &l, &ignored);
    return h ? h->appears_ms : 0;
}

int64_t plugins_deadline(struct plugins *p, const struct role_action *a)
{
    struct loaded *l;
    struct err ignored = { 0 };
    const struct handler *h = plugins_handler(p, a, &l, &ignored);
    return h ? h->deadline_ms : DEADLINE_MS;
}

bool plugins_observes(struct plugins *p, const struct role_action *a)
{
    struct loaded *l;
    struct err ignored = { 0 };
    return plugins_can(p, a, &ignored) && !plugins_handler(p, a, &l, &ignored)->blind;
}

bool plugins_assume(struct plugins *p, const char *assumption, struct err *e)
{
    const char *equals = strchr(assumption, '='), *dot = NULL;
    for (const char *at = assumption; equals && at < equals; at++)
        dot = *at == '.' ? at : dot;
    if (!dot)
        return err_usage(e, "'%s' is no assumption, expected ROLE.ACTION.RESULT=VALUE", assumption);
    struct assumption *a = arena_one(p->keep, struct assumption);
    a->action = roles_find(p->roles, arena_copy(p->keep, assumption, (size_t)(dot - assumption)), e);
    a->field = arena_copy(p->keep, dot + 1, (size_t)(equals - dot - 1));
    if (!a->action)
        return false;
    const struct role_arg *result = NULL;
    for (size_t i = 0; i < a->action->results; i++)
        if (strcmp(a->action->result[i].name, a->field) == 0)
            result = &a->action->result[i];
    if (!result || a->action->change)
        return err_usage(e, "'%s' is no read with a result '%s'", a->action->full, a->field);
    /* The contract's own reading of a value that was typed. */
    struct role_action as = { .full = a->action->full, .arg = result, .args = 1 };
    struct text t = text_new(p->keep);
    text_char(&t, '{');
    json_quote(&t, a->field, strlen(a->field));
    text_char(&t, ':');
    json_quote(&t, equals + 1, strlen(equals + 1));
    text_char(&t, '}');
    const char *canonical;
    if (!role_arguments(&canonical, &as, json_from(t.at), p->keep, e))
        return false;
    struct json value = json_get(json_from(canonical), a->field);
    a->value = arena_copy(p->keep, value.at, value.length);
    a->next = p->assumed;
    p->assumed = a;
    return true;
}
