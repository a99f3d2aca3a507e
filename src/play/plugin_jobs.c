/* plugin_jobs.c: what a plugin sends out: programs and requests. Each needs
 * its capability, is started and looked at, and never waited for, and ends with
 * the task that began it. Secrets are put in here, behind Lua's back, and taken
 * out of all that comes back. */
#include "play/plugin_inside.h"

#include "base/ends.h"
#include "world/http.h"
#include "world/process.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <string.h>

struct job {
    lua_Integer id;
    const struct errand *errand;
    struct process *process;
    struct mask_stream stream; /* of the program's output, */
    struct ends said;          /* and what came through it */
    struct http *http;
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
    if (!l->errand)
        luaL_error(L, "plugin '%s' wants '%s' outside of an action", l->name, capability);
}

static struct job *job_new(struct loaded *l)
{
    struct job *j = arena_one(l->home->keep, struct job);
    *j = (struct job){ .id = ++l->jobs, .errand = l->errand, .said.most = ENDS_SIZE, .next = l->job };
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

static void into_ends(void *context, const char *bytes, size_t length)
{
    struct job *j = context;
    ends_add(&j->said, bytes, length);
    if (j->errand->output)
        output_add(j->errand->output, bytes, length);
}

/* What it wrote since the last look: at most so much at once, for the sake of
 * the others. Answers whether there was anything. */
static bool take_in(struct job *j)
{
    enum { PIECE = 1 << 16, AT_ONCE = 1 << 20 };
    char bytes[PIECE];
    size_t all = 0, n = 0;
    while (all < AT_ONCE && (n = process_read(j->process, bytes, sizeof bytes)) > 0) {
        mask_feed(&j->stream, bytes, n, into_ends, j);
        all += n;
    }
    if (all && j->errand->output)
        output_flush(j->errand->output, false);
    return all > 0;
}

static void job_close(struct job *j)
{
    if (j->process) {
        take_in(j); /* of one that is ended by force: what it said until then */
        process_close(j->process);
        mask_end(&j->stream, into_ends, j);
    }
    if (j->http)
        http_close(j->http);
    ends_free(&j->said);
    j->process = NULL;
    j->http = NULL;
}

void plugin_jobs_close(struct loaded *l, const struct errand *of)
{
    for (struct job **at = &l->job; *at;) {
        struct job *j = *at;
        bool ends = !of || j->errand == of;
        if (ends)
            job_close(j);
        if (ends)
            *at = j->next;
        else
            at = &j->next;
    }
}

/* "Bearer ${env:KEY}" with the value in its place; NULL and e. */
static const char *filled(struct loaded *l, const char *text, bool line, struct err *e)
{
    return secrets_fill(l->home->secrets, l->errand->settings, text, line, e);
}

static const char *clean(struct loaded *l, const char *bytes, size_t length, struct arena *keep)
{
    return secrets_clean(l->home->secrets, bytes, length, keep);
}

/* nil and why: the words of a system call or of libcurl may hold what was put in. */
static int refused(lua_State *L, struct loaded *l, const struct err *e)
{
    struct arena scratch = *l->home->keep;
    lua_pushnil(L);
    lua_pushstring(L, clean(l, e->text, strlen(e->text), &scratch));
    return 2;
}

/* ---- programs */

/* { NAME = "${env:X}" } as "NAME=value"; NULL and e. */
static const char *const *variables(lua_State *L, struct loaded *l, struct err *e)
{
    enum { MOST = 32 };
    const char **line = arena_many(l->home->keep, const char *, MOST + 1);
    size_t n = 0;
    if (lua_getfield(L, 1, "env") == LUA_TTABLE)
        for (lua_pushnil(L); n < MOST && lua_next(L, -2); lua_pop(L, 1)) {
            if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
                continue;
            const char *value = filled(l, lua_tostring(L, -1), false, e);
            if (!value)
                return NULL;
            line[n++] = arena_print(l->home->keep, "%s=%s", lua_tostring(L, -2), value);
        }
    lua_settop(L, 1);
    return line;
}

/* program_start { "ip", "-o", "link", env = { NAME = "${env:X}" } }: a number to look by. */
static int host_program_start(lua_State *L)
{
    struct loaded *l = mine(L);
    need(L, l, l->runs_programs, "programs");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    size_t n = lua_rawlen(L, 1);
    const char **argv = arena_many(l->home->keep, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        argv[i] = arena_string(l->home->keep, luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    luaL_argcheck(L, n > 0, 1, "the program's name is missing");
    bool may = !l->program;
    for (const char *const *name = l->program; name && *name; name++)
        may = may || strcmp(*name, argv[0]) == 0;
    if (!may)
        return luaL_error(L, "plugin '%s' did not declare that it runs '%s'", l->name, argv[0]);
    struct err e = { 0 };
    struct process *p;
    struct program program = { .argv = argv, .unset = secrets_variables(l->home->secrets),
                               .inherit = l->home->inherit };
    if (!(program.set = variables(L, l, &e)) || !process_start(&p, &program, &e))
        return refused(L, l, &e);
    struct job *j = job_new(l);
    j->process = p;
    j->stream.mask = secrets_mask(l->home->secrets);
    lua_pushinteger(L, j->id);
    return 1;
}

static const char *said_by(const struct job *j, struct arena *keep)
{
    struct ends_part part[3];
    struct text t = text_new(keep);
    uint64_t forgotten = ends_kept(&j->said, part);
    text_add_clean(&t, part[0].at, part[0].length);
    if (forgotten)
        text_print(&t, "\n... %" PRIu64 " bytes are left out here ...\n", forgotten);
    for (int i = 1; i < 3; i++)
        text_add_clean(&t, part[i].at, part[i].length);
    return t.at;
}

/* program_look(id): {ended, talks, status, signal, out}. An ended one is gone after it. */
static int host_program_look(lua_State *L)
{
    struct loaded *l = mine(L);
    struct job *j = job_of(L, l);
    if (!j->process)
        return luaL_error(L, "that program has ended");
    struct process_state s = process_look(j->process); /* before the last of its words is read */
    bool talks = take_in(j), over = s.ended && !talks;
    lua_newtable(L);
    lua_pushboolean(L, over);
    lua_setfield(L, -2, "ended");
    lua_pushboolean(L, talks);
    lua_setfield(L, -2, "talks");
    if (!over)
        return 1;
    mask_end(&j->stream, into_ends, j);
    struct arena scratch = *l->home->keep;
    lua_pushstring(L, said_by(j, &scratch));
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
static const char **headers(lua_State *L, struct loaded *l, struct err *e)
{
    enum { MOST = 32 };
    const char **line = arena_many(l->home->keep, const char *, MOST + 1);
    size_t n = 0;
    lua_getfield(L, 1, "headers");
    for (lua_Integer i = 1; lua_type(L, -1) == LUA_TTABLE && n < MOST; i++) {
        bool more = lua_rawgeti(L, -1, i) == LUA_TSTRING;
        const char *text = more ? filled(l, lua_tostring(L, -1), true, e) : NULL;
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
    struct http_request r = { .method = text_field(L, l, "method", "POST"),
                              .body = text_field(L, l, "body", NULL),
                              .certificates = text_field(L, l, "certificates", NULL) };
    lua_getfield(L, 1, "within");
    r.timeout_ms = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 10 * SECOND_MS;
    if (lua_type(L, -1) == LUA_TSTRING)
        luaL_argcheck(L, duration_parse(&r.timeout_ms, lua_tostring(L, -1)), 1, "within is a span, as \"10s\"");
    lua_pop(L, 1);
    const char *url = text_field(L, l, "url", NULL);
    luaL_argcheck(L, url != NULL, 1, "a request needs an url");
    struct http *h = NULL;
    if ((r.url = filled(l, url, true, &e)) && (r.header = headers(L, l, &e)))
        http_start(&h, &r, &e);
    if (!h)
        return refused(L, l, &e);
    struct job *j = job_new(l);
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
        lua_pushstring(L, clean(l, s.body, s.length, &scratch));
        lua_setfield(L, -2, "body");
    } else {
        lua_pushboolean(L, s.end == HTTP_NEVER);
        lua_setfield(L, -2, "never");
        lua_pushstring(L, clean(l, s.why, strlen(s.why), &scratch));
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
