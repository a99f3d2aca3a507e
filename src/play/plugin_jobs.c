/* plugin_jobs.c: what a plugin sends out: programs and requests. Each needs
 * its capability, is started and looked at, and never waited for. Secrets are
 * put in here, behind Lua's back, and taken out of what comes back. */
#include "play/plugin_inside.h"

#include "world/http.h"
#include "world/process.h"

#include <lauxlib.h>
#include <string.h>

struct job {
    lua_Integer id;
    struct process *process;
    struct http *http;
    const char *const *secret; /* values that were put in; then NULL */
    struct job *next;
};

static struct loaded *mine(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static void need(lua_State *L, const struct loaded *l, bool declared, const char *capability)
{
    if (!declared)
        luaL_error(L, "plugin '%s' did not declare that it needs '%s'", l->name, capability);
    if (l->home->model || l->home->ws->world->virtual)
        luaL_error(L, "nothing leaves a simulated world: plugin '%s' wants '%s'", l->name, capability);
}

static struct job *job_new(struct loaded *l)
{
    struct job *j = arena_one(l->home->keep, struct job);
    *j = (struct job){ .id = l->job ? l->job->id + 1 : 1, .next = l->job };
    l->job = j;
    return j;
}

static struct job *job_of(lua_State *L, struct loaded *l)
{
    lua_Integer id = luaL_checkinteger(L, 1);
    for (struct job *j = l->job; j; j = j->next)
        if (j->id == id)
            return j;
    luaL_error(L, "there is no such job");
    return NULL;
}

static void job_close(struct job *j)
{
    if (j->process)
        process_close(j->process);
    if (j->http)
        http_close(j->http);
    j->process = NULL;
    j->http = NULL;
}

void plugin_jobs_close(struct loaded *l)
{
    for (struct job *j = l->job; j; j = j->next)
        job_close(j);
}

/* ---- secrets */

enum { SECRETS_MOST = 8, SECRET_LEAST = 8 };

struct secrets { const char *value[SECRETS_MOST + 1]; size_t count; };

static const char *secret_value(const struct plugins *p, const char *name, struct err *e)
{
    struct world *w = p->ws->world;
    struct arena *keep = p->keep;
    const char *value = NULL;
    if (text_starts(name, "env:")) {
        value = w->environment(w, name + 4);
    } else if (text_starts(name, "file:")) {
        size_t length;
        if (!w->read_file(w, name + 5, &value, &length, keep, e))
            return NULL;
        while (length && (value[length - 1] == '\n' || value[length - 1] == '\r'))
            length--;
        value = arena_copy(keep, value, length);
    } else {
        err_input(e, "'${%s}' is no secret, expected ${env:NAME} or ${file:PATH}", name);
        return NULL;
    }
    if (!value)
        err_input(e, "the secret '${%s}' is not there", name);
    else if (strlen(value) < SECRET_LEAST)
        err_input(e, "the secret '${%s}' is shorter than %d bytes", name, SECRET_LEAST);
    else
        return value;
    return NULL;
}

/* "Bearer ${env:KEY}" with the value in its place. */
static const char *with_secrets(const struct plugins *p, const char *text, struct secrets *s, struct err *e)
{
    struct arena *keep = p->keep;
    struct text t = text_new(keep);
    for (const char *end; *text; text++) {
        if (!text_starts(text, "${") || !(end = strchr(text, '}'))) {
            text_char(&t, *text);
            continue;
        }
        const char *value = secret_value(p, arena_copy(keep, text + 2, (size_t)(end - text - 2)), e);
        if (!value)
            return NULL;
        text_add(&t, value);
        if (s->count < SECRETS_MOST)
            s->value[s->count++] = value;
        text = end;
    }
    return t.at;
}

bool plugins_secrets(struct plugins *p, const char *role, struct err *e)
{
    const struct binding *b = config_binding(&p->ws->config, role);
    for (struct json_walk w = json_walk(json_from(b && b->settings ? b->settings : "{}")); json_next(&w);) {
        struct secrets s = { .count = 0 };
        const char *text = json_text(w.value, p->keep);
        if (text && !with_secrets(p, text, &s, e))
            return false;
    }
    return true;
}

static const char *without_secrets(const struct job *j, const char *text, size_t length, struct arena *keep)
{
    struct text t = text_new(keep);
    text_add_clean(&t, text, length);
    for (const char *const *s = j->secret; s && *s; s++) {
        struct text next = text_new(keep);
        const char *at = t.at;
        for (const char *hit; (hit = strstr(at, *s)); at = hit + strlen(*s)) {
            text_bytes(&next, at, (size_t)(hit - at));
            text_add(&next, "[secret]");
        }
        text_add(&next, at);
        t = next;
    }
    return t.at;
}

/* ---- programs */

/* program_start { "ip", "-o", "link" }: a number to look by. */
static int host_program_start(lua_State *L)
{
    struct loaded *l = mine(L);
    need(L, l, l->runs_programs, "programs");
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t n = lua_rawlen(L, 1);
    const char **argv = arena_many(l->home->keep, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        argv[i] = arena_string(l->home->keep, luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    luaL_argcheck(L, n > 0, 1, "the program's name is missing");
    struct err e = { 0 };
    struct process *p;
    if (!process_start(&p, argv, -1, &e)) {
        lua_pushnil(L);
        lua_pushstring(L, e.text);
        return 2;
    }
    struct job *j = job_new(l);
    j->process = p;
    lua_pushinteger(L, j->id);
    return 1;
}

/* program_look(id): {ended, status, signal, out}. An ended one is gone after it. */
static int host_program_look(lua_State *L)
{
    struct loaded *l = mine(L);
    struct job *j = job_of(L, l);
    if (!j->process)
        return luaL_error(L, "that program has ended");
    struct process_state s = process_look(j->process);
    lua_newtable(L);
    lua_pushboolean(L, s.ended);
    lua_setfield(L, -2, "ended");
    if (!s.ended)
        return 1;
    size_t length;
    struct arena scratch = *l->home->keep;
    const char *out = process_output(j->process, &length);
    lua_pushstring(L, without_secrets(j, out, length, &scratch));
    lua_setfield(L, -2, "out");
    lua_pushinteger(L, s.status);
    lua_setfield(L, -2, "status");
    lua_pushinteger(L, s.signal);
    lua_setfield(L, -2, "signal");
    job_close(j);
    return 1;
}

static int host_program_stop(lua_State *L)
{
    struct job *j = job_of(L, mine(L));
    if (j->process)
        process_stop(j->process);
    return 0;
}

/* ---- requests */

static const char *text_field(lua_State *L, const struct loaded *l, const char *key, const char *otherwise)
{
    lua_getfield(L, 1, key);
    const char *text = lua_type(L, -1) == LUA_TSTRING
                           ? arena_string(l->home->keep, lua_tostring(L, -1)) : otherwise;
    lua_pop(L, 1);
    return text;
}

/* The headers as "Name: value"; NULL and an error when a secret is missing. */
static const char **headers(lua_State *L, const struct loaded *l, struct secrets *s, struct err *e)
{
    enum { MOST = 32 };
    const char **line = arena_many(l->home->keep, const char *, MOST + 1);
    size_t n = 0;
    lua_getfield(L, 1, "headers");
    for (lua_Integer i = 1; lua_type(L, -1) == LUA_TTABLE && n < MOST; i++) {
        bool more = lua_rawgeti(L, -1, i) == LUA_TSTRING;
        const char *text = more ? with_secrets(l->home, lua_tostring(L, -1), s, e) : NULL;
        lua_pop(L, 1);
        if (!more)
            break;
        if (!text)
            return NULL;
        line[n++] = text;
    }
    lua_pop(L, 1);
    return line;
}

/* http_start { method =, url =, headers = { "Name: value" }, body =, within = }. */
static int host_http_start(lua_State *L)
{
    struct loaded *l = mine(L);
    need(L, l, l->speaks_http, "http");
    luaL_checktype(L, 1, LUA_TTABLE);
    struct err e = { 0 };
    struct secrets s = { .count = 0 };
    struct http_request r = { .method = text_field(L, l, "method", "POST"),
                              .body = text_field(L, l, "body", NULL),
                              .certificates = text_field(L, l, "certificates", NULL) };
    lua_getfield(L, 1, "within");
    r.timeout_ms = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 10 * SECOND_MS;
    lua_pop(L, 1);
    const char *url = text_field(L, l, "url", NULL);
    luaL_argcheck(L, url != NULL, 1, "a request needs an url");
    struct http *h = NULL;
    if ((r.url = with_secrets(l->home, url, &s, &e)) && (r.header = headers(L, l, &s, &e)))
        http_start(&h, &r, &e);
    if (!h) {
        lua_pushnil(L);
        lua_pushstring(L, e.text);
        return 2;
    }
    struct job *j = job_new(l);
    const char **value = arena_many(l->home->keep, const char *, s.count + 1);
    memcpy(value, s.value, s.count * sizeof *value);
    j->secret = value;
    j->http = h;
    lua_pushinteger(L, j->id);
    return 1;
}

/* http_look(id): {ended} and then {status, body, retry_after_ms} or {never, why}. */
static int host_http_look(lua_State *L)
{
    struct loaded *l = mine(L);
    struct job *j = job_of(L, l);
    if (!j->http)
        return luaL_error(L, "that request has ended");
    struct http_state s = http_look(j->http);
    struct arena scratch = *l->home->keep;
    lua_newtable(L);
    lua_pushboolean(L, s.end != HTTP_RUNS);
    lua_setfield(L, -2, "ended");
    if (s.end == HTTP_RUNS)
        return 1;
    if (s.end == HTTP_ANSWERED) {
        lua_pushinteger(L, s.status);
        lua_setfield(L, -2, "status");
        lua_pushinteger(L, s.retry_after_ms);
        lua_setfield(L, -2, "retry_after_ms");
        lua_pushstring(L, without_secrets(j, s.body, s.length, &scratch));
        lua_setfield(L, -2, "body");
    } else {
        lua_pushboolean(L, s.end == HTTP_NEVER);
        lua_setfield(L, -2, "never");
        lua_pushstring(L, without_secrets(j, s.why, strlen(s.why), &scratch));
        lua_setfield(L, -2, "why");
    }
    job_close(j);
    return 1;
}

/* ---- JSON, for both */

static int host_to_json(lua_State *L)
{
    struct arena scratch = *mine(L)->home->keep;
    struct text t = text_new(&scratch);
    struct err e = { 0 };
    if (!sandbox_to_json(L, 1, &t, &e))
        return luaL_error(L, "%s", e.text);
    lua_pushlstring(L, t.at, t.length);
    return 1;
}

/* The value, or nil where the text is no JSON. */
static int host_from_json(lua_State *L)
{
    size_t length, wrong_at;
    const char *text = luaL_checklstring(L, 1, &length);
    if (!json_check(text, length, &wrong_at))
        return 0;
    sandbox_push_json(L, (struct json){ text, length });
    return 1;
}

void plugin_jobs_open(struct loaded *l)
{
    static const struct { const char *name; lua_CFunction call; } functions[] = {
        { "program_start", host_program_start }, { "program_look", host_program_look },
        { "program_stop", host_program_stop }, { "http_start", host_http_start },
        { "http_look", host_http_look }, { "to_json", host_to_json }, { "from_json", host_from_json },
    };
    lua_State *L = sandbox_lua(l->sandbox);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_pushlightuserdata(L, l);
        lua_pushcclosure(L, functions[i].call, 1);
        sandbox_set(l->sandbox, functions[i].name);
    }
}
