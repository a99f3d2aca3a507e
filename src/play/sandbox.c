/* sandbox.c: the state, its limits, and calls into it. See sandbox.h.
 *
 * The budget is counted in instructions, and charged for what C does on a
 * script's behalf: bytes allocated, pattern steps, coroutines. The clocks are
 * only the last line of defence and never reach a script as a value. */
#include "play/sandbox.h"
#include "play/shed.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SPARE_THREADS = 16, HOOK_EVERY = 100, BYTES_PER_STEP = 64, THREAD_STEPS = 200, TEXTS_IN_MEMORY = 16 };
static const int64_t DEFAULT_INSTRUCTIONS = 200 * 1000 * 1000;
static const int64_t DEFAULT_MEMORY = 64 * 1024 * 1024;
static const int64_t DEFAULT_COMPUTING_MS = 10 * 1000;

struct sandbox {
    lua_State *L;
    int64_t steps;      /* left */
    int64_t bytes;      /* left */
    struct sandbox_limits limits;
    clock_t since;      /* processor time at the first look after the latest entry */
    bool entered;       /* nobody has looked since */
    struct timespec looked; /* the coarse clock at the latest look */
    bool (*stop)(void *context); /* asked while a script computes; NULL */
    void *context;
    const char *dead;   /* why; NULL while alive */
    lua_State *spare[SPARE_THREADS]; /* that came to their end, and may begin again */
    size_t spares;
    struct shed shed;
    bool long_text;     /* it asked for a longer text than may be */
    char where[160];    /* "FILE:LINE" of the fatal stop */
    char seen[160];     /* where the hook last looked: out of memory leaves no stack behind */
    lua_State *running; /* whose line it is that asks for memory; NULL: the compiler's */
    char refused[160];  /* where memory was last refused */
    char raised[160];   /* where the latest error came from: C functions leave no line in it */
};

static const char *const too_long = "ran more instructions than its limit allows, stopped";
static const char *const too_big = "needs more memory than its limit allows, stopped";
static const char *const too_slow = "took more processor time than its limit allows, stopped";
static const char *const too_wide = "made a text longer than a sixteenth of its memory limit, stopped";
static const char *const told_to = "stopped while it computed";

static void note_line(lua_State *L, lua_Debug *ar, char out[160])
{
    if (lua_getinfo(L, "Sl", ar) && ar->currentline > 0)
        snprintf(out, 160, "%s:%d", ar->short_src, ar->currentline);
}

/* The line of Lua that is nearest; none where only C runs. Takes no memory. */
static void note_place(lua_State *L, char out[160])
{
    lua_Debug ar;
    out[0] = 0;
    for (int level = 0; L && !out[0] && lua_getstack(L, level, &ar); level++)
        note_line(L, &ar, out);
}

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    struct sandbox *s = context;
    int64_t had = old ? (int64_t)old_size : 0, more = (int64_t)size - had;
    if (size == 0) {
        s->bytes += had;
        shed_give_back(&s->shed, old, old_size);
        return NULL;
    }
    bool wide = !old && old_size == LUA_TSTRING && (int64_t)size > s->limits.memory_bytes / TEXTS_IN_MEMORY;
    if (!wide && more > 0 && more <= s->bytes)
        s->steps -= more / BYTES_PER_STEP;
    if (wide || (more > 0 && (more > s->bytes || (s->steps < 0 && more > 4096)))) {
        s->long_text = s->long_text || wide;
        note_place(s->running, s->refused);
        return NULL; /* Lua collects its garbage and asks once more */
    }
    void *block = shed_resize(&s->shed, old, (size_t)had, size);
    if (block)
        s->bytes -= more;
    return block;
}

struct sandbox *sandbox_of(lua_State *L)
{
    return *(struct sandbox **)lua_getextraspace(L);
}

static void stop_here(lua_State *L, lua_Debug *ar);

/* From now on the hook fires at every instruction of every coroutine that
 * runs, so no callback can outlive the stop. */
static void kill_with(struct sandbox *s, lua_State *L, const char *why)
{
    if (!s->dead)
        s->dead = why;
    if (!s->where[0])
        note_place(L, s->where);
    if (!s->where[0])
        memcpy(s->where, s->seen, sizeof s->where);
    lua_sethook(L, stop_here, LUA_MASKCOUNT, 1);
}

int64_t sandbox_room(lua_State *L) { return sandbox_of(L)->bytes; }

void sandbox_kill(lua_State *L, const char *why)
{
    kill_with(sandbox_of(L), L, why);
}

void sandbox_out_of_memory(lua_State *L, int status)
{
    struct sandbox *s = sandbox_of(L);
    if (status == LUA_ERRMEM && !s->where[0]) /* the stack that asked for it may be gone by now */
        memcpy(s->where, s->refused, sizeof s->where);
    kill_with(s, L, s->long_text ? too_wide : s->steps < 0 ? too_long : too_big);
}

/* Why it has to end now; NULL when it may go on. What costs a system call is
 * asked when the coarse clock, which costs none, has moved. */
static const char *must_end(struct sandbox *s)
{
    struct timespec now;
    if (s->dead)
        return s->dead;
    if (s->steps < 0)
        return too_long;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (now.tv_nsec == s->looked.tv_nsec && now.tv_sec == s->looked.tv_sec)
        return NULL;
    s->looked = now;
    clock_t spent = clock();
    if (s->entered)
        s->since = spent;
    s->entered = false;
    if ((int64_t)(spent - s->since) * 1000 / CLOCKS_PER_SEC >= s->limits.computing_ms)
        return too_slow;
    return s->stop && s->stop(s->context) ? told_to : NULL;
}

static void stop_here(lua_State *L, lua_Debug *ar)
{
    struct sandbox *s = sandbox_of(L);
    s->steps -= HOOK_EVERY;
    if (s->steps / HOOK_EVERY % 10 == 0)
        note_line(L, ar, s->seen);
    const char *why = must_end(s);
    if (!why)
        return;
    kill_with(s, L, why);
    luaL_error(L, "%s", s->dead);
}

void sandbox_charge(lua_State *L, size_t steps)
{
    struct sandbox *s = sandbox_of(L);
    s->steps -= (int64_t)steps;
    const char *why = must_end(s);
    if (!why)
        return;
    kill_with(s, L, why);
    luaL_error(L, "%s", s->dead);
}

void sandbox_watch(struct sandbox *s, bool (*stop)(void *context), void *context)
{
    s->stop = stop;
    s->context = context;
}

static int open_library(lua_State *L)
{
    sandbox_open_library(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.allowed");
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.threads");
    return 0;
}

struct sandbox *sandbox_open(const struct sandbox_limits *limits)
{
    struct sandbox *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->limits = limits ? *limits : (struct sandbox_limits){ 0 };
    if (s->limits.instructions <= 0)
        s->limits.instructions = DEFAULT_INSTRUCTIONS;
    if (s->limits.memory_bytes <= 0)
        s->limits.memory_bytes = DEFAULT_MEMORY;
    if (s->limits.computing_ms <= 0)
        s->limits.computing_ms = DEFAULT_COMPUTING_MS;
    s->steps = s->limits.instructions;
    s->bytes = INT64_MAX; /* the library itself is not on the script's account */
    s->entered = true;
    s->L = lua_newstate(allocate, s);
    if (!s->L)
        abort();
    *(struct sandbox **)lua_getextraspace(s->L) = s;
    lua_pushcfunction(s->L, open_library);
    lua_call(s->L, 0, 0);
    s->bytes = s->limits.memory_bytes;
    s->steps = s->limits.instructions;
    lua_sethook(s->L, stop_here, LUA_MASKCOUNT, HOOK_EVERY);
    return s;
}

void sandbox_close(struct sandbox *s)
{
    if (!s)
        return;
    lua_sethook(s->L, NULL, 0, 0);
    lua_close(s->L);
    shed_clear(&s->shed);
    free(s);
}

lua_State *sandbox_lua(struct sandbox *s) { return s->L; }
bool sandbox_dead(const struct sandbox *s) { return s->dead != NULL; }
bool sandbox_stopped(const struct sandbox *s) { return s->dead == told_to; }

void sandbox_set(struct sandbox *s, const char *name)
{
    lua_State *L = s->L;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.allowed"); // value allowed
    lua_insert(L, -2);                                    // allowed value
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

/* "FILE:LINE: what" */
static bool has_place(const char *text)
{
    for (const char *at = text; (at = strchr(at, ':')); at++) {
        size_t digits = strspn(at + 1, "0123456789");
        if (digits && at[1 + digits] == ':')
            return true;
    }
    return false;
}

/* Called with every error before the stack is unwound. */
static int see_where(lua_State *L)
{
    note_place(L, sandbox_of(L)->raised);
    return 1;
}

/* The error on top of `co`, as text in e. */
static bool explain(struct sandbox *s, lua_State *co, int status, struct err *e)
{
    if (status == LUA_ERRMEM || status == LUA_ERRERR)
        sandbox_out_of_memory(co, status);
    if (sandbox_stopped(s))
        return err_stopped(e, "%s%s%s", s->where, s->where[0] ? ": " : "", s->dead);
    if (s->dead)
        return err_input(e, "%s%s%s", s->where, s->where[0] ? ": " : "", s->dead);
    const char *text = lua_type(co, -1) == LUA_TSTRING ? lua_tostring(co, -1)
                                                       : "an error was raised that is no text";
    return s->raised[0] && !has_place(text) ? err_input(e, "%s: %s", s->raised, text) : err_input(e, "%s", text);
}

/* A text line by line: which one the compiler has come to. */
struct lines { const char *at, *end; int line; };

static const char *next_line(lua_State *L, void *context, size_t *length)
{
    struct lines *l = context;
    const char *from = l->at, *newline = memchr(from, '\n', (size_t)(l->end - from));
    l->at = newline ? newline + 1 : l->end;
    l->line += l->at > from;
    *length = (size_t)(l->at - from);
    return from;
}

bool sandbox_load(struct sandbox *s, const char *chunk, const char *text, size_t length,
                  struct err *e)
{
    lua_State *L = s->L;
    char name[512];
    snprintf(name, sizeof name, "@%s", chunk);
    if (s->dead)
        return err_input(e, "%s: %s", s->where, s->dead);
    size_t mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* what some editors put in front of UTF-8 */
    struct lines lines = { text + mark, text + length, 0 };
    lua_State *running = s->running;
    s->running = NULL;
    s->refused[0] = s->raised[0] = 0;
    int status = lua_load(L, next_line, &lines, name, "t");
    s->running = running;
    if (status != LUA_OK) {
        explain(s, L, status, e);
        lua_pop(L, 1);
        if (!text_starts(e->text, chunk)) /* too deep for the compiler: it does not say where */
            err_while(e, "%s:%d", chunk, lines.line);
        return false;
    }
    lua_pushcfunction(L, sandbox_give_globals);
    lua_insert(L, -2);
    return sandbox_call(s, 1, 1, e);
}

bool sandbox_call(struct sandbox *s, int arguments, int results, struct err *e)
{
    s->entered = true; /* the clock costs a system call: it is asked only if this takes long */
    if (s->dead) {
        lua_pop(s->L, arguments + 1);
        return err_input(e, "%s: %s", s->where, s->dead);
    }
    lua_State *running = s->running;
    const int handler = lua_gettop(s->L) - arguments;
    s->running = s->L;
    lua_pushcfunction(s->L, see_where);
    lua_insert(s->L, handler);
    int status = lua_pcall(s->L, arguments, results, handler);
    lua_remove(s->L, handler);
    s->running = running;
    if (status == LUA_OK)
        return true;
    explain(s, s->L, status, e);
    lua_pop(s->L, 1);
    return false;
}

void sandbox_refill(struct sandbox *s)
{
    if (!s->dead)
        s->steps = s->limits.instructions;
}

void sandbox_within(struct sandbox *s, int64_t cpu_ms)
{
    s->limits.computing_ms = cpu_ms;
}

lua_State *sandbox_thread(struct sandbox *s)
{
    lua_State *L = s->L;
    s->steps -= THREAD_STEPS;
    if (s->spares)
        return s->spare[--s->spares];
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.threads"); // threads
    lua_State *co = lua_newthread(L);                     // threads co
    lua_rawsetp(L, -2, co);
    lua_pop(L, 1);
    return co;
}

void sandbox_drop(struct sandbox *s, lua_State *co)
{
    lua_State *L = s->L;
    lua_Debug ar;
    if (!s->dead && s->spares < SPARE_THREADS && lua_status(co) == LUA_OK && !lua_getstack(co, 0, &ar)) {
        lua_settop(co, 0);
        s->spare[s->spares++] = co;
        return;
    }
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.threads");
    lua_pushnil(L);
    lua_rawsetp(L, -2, co);
    lua_pop(L, 1);
}

enum sandbox_turn sandbox_resume(struct sandbox *s, lua_State *co, int arguments, int *results,
                                 struct err *e)
{
    s->entered = true;
    s->steps -= THREAD_STEPS; /* each coroutine counts for itself: a flat charge */
    *results = 0;
    if (s->dead || s->steps < 0) {
        kill_with(s, co, too_long);
        explain(s, co, LUA_OK, e);
        return SANDBOX_RAISED;
    }
    lua_State *running = s->running;
    s->running = co;
    int status = lua_resume(co, s->L, arguments, results);
    s->running = running;
    if (status == LUA_OK)
        return SANDBOX_RETURNED;
    if (status == LUA_YIELD)
        return SANDBOX_YIELDED;
    note_place(co, s->raised); /* its stack is as it was */
    explain(s, co, status, e);
    return SANDBOX_RAISED;
}
