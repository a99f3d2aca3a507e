/* words.c: what a runbook may say. A word unpacks its arguments, which may
 * raise, fills in a request and yields; it performs nothing. Two shapes only:
 * word "text" and word { ... }. */
#include "play/coverage.h"
#include "play/words_inside.h"
#include "play/words_list.h"

#include <lauxlib.h>
#include <string.h>

struct run *words_run(lua_State *L)
{
    return *(struct run **)lua_touserdata(L, lua_upvalueindex(1));
}

struct branch *words_speaking(lua_State *L, const char *word)
{
    struct run *r = words_run(L);
    if (!r->turn || r->turn->co != L)
        luaL_error(L, "'%s' works only inside steps, not in a function that something else calls", word);
    if (!lua_isyieldable(L))
        luaL_error(L, "'%s' does not work in a function that sort or gsub calls", word);
    return r->turn;
}

const char *words_text(struct branch *b, lua_State *L, int index)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    struct text clean = text_new(b->run->keep);
    text_add_clean(&clean, text, length);
    return clean.at;
}

/* The line that speaks, as "FILE:LINE". */
static const char *where(struct branch *b, lua_State *L)
{
    luaL_where(L, 1);
    const char *text = arena_string(b->run->keep, lua_tostring(L, -1));
    lua_pop(L, 1);
    size_t length = strlen(text);
    return length > 2 ? arena_copy(b->run->keep, text, length - 2) : "";
}

enum { DEEPEST_LEVEL = 60, LONGEST_ARGUMENTS = 64 << 10 };

/* What a run says stays in the record: a loop that never ends must not fill the disk first. */
static void charge(lua_State *L, struct run *r, size_t bytes)
{
    static const char *const too_much = "filled more of the record than its limit allows, stopped";
    r->said += (int64_t)bytes;
    if (r->said <= r->ws->config.limits.record_bytes)
        return;
    sandbox_kill(L, too_much);
    luaL_error(L, "%s", too_much);
}

void words_next_key(struct branch *b, lua_State *L)
{
    enum { EVENT_BYTES = 500 }; /* of an event beside its arguments */
    size_t depth = 0;
    for (const char *c = b->level.prefix; *c; c++)
        depth += *c == '/';
    if (depth > DEEPEST_LEVEL)
        luaL_error(L, "more than %d levels deep", DEEPEST_LEVEL);
    b->key = arena_print(b->run->keep, "%s%lld", b->level.prefix, (long long)b->level.next++);
    b->where = where(b, L);
    charge(L, b->run, EVENT_BYTES);
}

void words_charge(lua_State *L, struct branch *b, const char *word, const char *args)
{
    struct err e = { 0 };
    charge(L, b->run, strlen(args));
    if (!leaks_none_in(b->run, word, args, &e))
        luaL_error(L, "%s", arena_string(b->run->keep, e.text));
}

int words_ask(lua_State *L, struct branch *b, struct request want)
{
    if (!want.args)
        want.args = "{}";
    if (!want.args_sha256)
        want.args_sha256 = sha256_of(b->run->keep, want.args);
    b->want = want;
    words_charge(L, b, want.word, want.args);
    lua_settop(L, 0);
    return lua_yieldk(L, 0, 0, words_answered);
}

static void too_long(lua_State *L, const char *word, size_t bytes)
{
    luaL_error(L, "%s takes %d bytes at most, and this is %d", word, LONGEST_ARGUMENTS, (int)bytes);
}

const char *words_arguments(lua_State *L, struct branch *b, const char *word)
{
    struct text json = text_new(b->run->keep);
    struct err e = { 0 };
    if (lua_gettop(L) != 1)
        luaL_error(L, "write %s \"text\" or %s { ... }", word, word);
    if (lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > LONGEST_ARGUMENTS)
        too_long(L, word, lua_rawlen(L, 1));
    if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
        text_add(&json, "{\"text\":");
        const char *text = words_text(b, L, 1);
        json_quote(&json, text, strlen(text));
        text_char(&json, '}');
        return json.at;
    }
    if (!lua_istable(L, 1))
        luaL_error(L, "write %s \"text\" or %s { ... }, not a %s", word, word, luaL_typename(L, 1));
    if (!sandbox_to_json(L, 1, &json, &e))
        luaL_error(L, "%s: %s", word, arena_string(b->run->keep, e.text));
    if (json.length > LONGEST_ARGUMENTS)
        too_long(L, word, json.length);
    return json.at;
}

static const struct word_row *row_of(const char *word)
{
    const struct word_row *row = word_rows;
    while (strcmp(row->name, word))
        row++;
    return row;
}

static bool is_known(const char *name, const char *const *known)
{
    while (*known && strcmp(*known, name))
        known++;
    return *known;
}

static void refuse_name(lua_State *L, const char *word, const char *name, const char *const *known,
                        struct arena *keep)
{
    const char *near = text_nearest(name, known);
    struct text list = text_new(keep);
    for (size_t i = 0; known[i]; i++)
        text_print(&list, "%s%s", i ? ", " : "; it has: ", known[i]);
    if (near)
        luaL_error(L, "%s has no '%s'; did you mean '%s'?", word, name, near);
    luaL_error(L, "%s has no '%s'%s", word, name, list.at);
}

/* "phase|text" is one thing said in two ways: not both. */
static void only_one(lua_State *L, const struct word_row *row, struct json args, struct arena *keep)
{
    for (const char *const *needs = row->needs; *needs; needs++) {
        size_t given = 0, length;
        for (const char *at = *needs; *at; at += length + (at[length] == '|')) {
            length = strcspn(at, "|");
            given += json_get(args, arena_copy(keep, at, length)).at != NULL;
        }
        if (given > 1)
            luaL_error(L, "%s takes one of %s: %s", row->name, words_choice(*needs, keep), row->shape);
    }
}

/* Every member must be an option of that word. */
static void only(lua_State *L, const char *word, struct json args, struct arena *keep)
{
    const char *const *known = row_of(word)->option;
    for (struct json_walk w = json_walk(args); json_type(args) == JSON_OBJECT && json_next(&w);) {
        const char *name = json_text(w.key, keep);
        if (!is_known(name, known))
            refuse_name(L, word, name, known, keep);
        const char *wrong = word_wrong_value(word, name, w.value, keep);
        if (wrong)
            luaL_error(L, "%s", wrong);
    }
    only_one(L, row_of(word), args, keep);
}

void words_only(lua_State *L, const char *word, bool others)
{
    const struct word_row *row = row_of(word);
    const char *wrong = NULL; /* the first by name: the same on every replay */
    bool too_many = false;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            const char *name = lua_tostring(L, -2);
            if (!others && !is_known(name, row->option) && (!wrong || strcmp(name, wrong) < 0))
                wrong = name;
        } else if (!lua_isinteger(L, -2) || (row->items != ITEMS_ANY && lua_tointeger(L, -2) > row->items)) {
            too_many = true;
        }
    }
    if (too_many)
        luaL_error(L, "%s takes no more than that: %s", word, row->shape);
    if (wrong)
        refuse_name(L, word, wrong, row->option, words_run(L)->keep);
}

static int simple(lua_State *L, const char *word, step_fn *perform)
{
    struct branch *b = words_speaking(L, word);
    const char *args = words_arguments(L, b, word);
    only(L, word, json_from(args), b->run->keep);
    if (json_type(json_from(args)) == JSON_ARRAY)
        return luaL_error(L, "%s takes names: %s { name = value }", word, word);
    if (!strcmp(row_of(word)->option[0], "text") && json_type(json_get(json_from(args), "text")) != JSON_STRING)
        return luaL_error(L, "%s needs a text: %s \"...\"", word, word);
    words_next_key(b, L);
    return words_ask(L, b, (struct request){ .word = word, .args = args, .perform = perform });
}

#define SIMPLE(name)                                                       \
    static int word_##name(lua_State *L) { return simple(L, #name, perform_##name); }

SIMPLE(step) SIMPLE(note) SIMPLE(ask) SIMPLE(confirm) SIMPLE(approve) SIMPLE(phase) SIMPLE(impact)
SIMPLE(lock) SIMPLE(restore) SIMPLE(fail) SIMPLE(random)

static int word_now(lua_State *L)
{
    struct branch *b = words_speaking(L, "now");
    if (lua_gettop(L) > 0)
        only(L, "now", json_from(words_arguments(L, b, "now")), b->run->keep);
    words_next_key(b, L);
    return words_ask(L, b, (struct request){ .word = "now", .perform = perform_now });
}

static bool take_span(lua_State *L, struct json args, const char *name, int64_t *ms,
                      struct arena *keep)
{
    struct json value = json_get(args, name);
    const char *text = json_text(value, keep);
    if (!value.at)
        return false;
    if (!text || !duration_parse(ms, text))
        luaL_error(L, "%s: expected a span such as \"30s\" or \"5m\"", name);
    return true;
}

static int word_wait(lua_State *L)
{
    struct branch *b = words_speaking(L, "wait");
    const char *args = words_arguments(L, b, "wait");
    only(L, "wait", json_from(args), b->run->keep);
    struct request want = { .word = "wait", .args = args, .perform = perform_wait };
    if (!take_span(L, json_from(args), "text", &want.span_ms, b->run->keep))
        return luaL_error(L, "write wait \"30s\"");
    words_next_key(b, L);
    return words_ask(L, b, want);
}

static int word_pcall(lua_State *L)
{
    return luaL_error(L, "a runbook says try { function() ... end } instead");
}

/* The one table: help, README and `check` are printed from it or compared with it. */
const struct word engine_words[] = {
    { "step", "step \"text\"", "say what comes next; shown and recorded", word_step },
    { "note", "note \"text\"", "put a fact into the timeline", word_note },
    { "ask", "ask \"question\"", "a free text from the person at hand", word_ask },
    { "confirm", "confirm \"question\"", "go on only if the person at hand says yes", word_confirm },
    { "approve", "approve \"what\"", "go on only if somebody else says yes", word_approve },
    { "try", "try { function() ... end }", "do it; its value, or nil and why it failed", word_try },
    { "parallel", "parallel { function() ... end, ... }", "do them at the same time; their values", word_parallel },
    { "each", "each { list, function(item) ... end }", "do it for every item; at_once = 8 at a time", word_each },
    { "wait", "wait \"30s\"", "let time pass", word_wait },
    { "wait_until", "wait_until { sense.answers, service = ..., at_most = \"5m\" }", "ask until it is so, or fail", word_wait_until },
    { "retry", "retry { function() ... end, times = 3, every = \"5s\" }", "do it again when it fails", word_retry },
    { "call", "call { \"runbook\", name = value }", "another runbook, as a part of this one", word_call },
    { "impact", "impact { service = ..., level = \"down\" }", "open this run's own window; level = \"up\" closes it", word_impact },
    { "phase", "phase \"mitigated\"", "how far we are; `closed` is a person's word", word_phase },
    { "now", "now {}", "the time, as milliseconds since 1970; the same again on resume", word_now },
    { "random", "random { from = 1, to = 6 }", "a whole number; the same again on resume", word_random },
    { "lock", "lock \"target\"", "keep others from changing it until the run ends", word_lock },
    { "restore", "restore { all = true }", "put back what was changed, safely; or ip = ..., change = \"C2\"", word_restore },
    { "fail", "fail \"why\"", "stop here, as a failure", word_fail },
    { NULL, NULL, NULL, NULL },
};

bool words_known(const char *name)
{
    for (const struct word *w = engine_words; w->name; w++)
        if (!strcmp(w->name, name))
            return true;
    return false;
}

/* __met("NAME"); __not("NAME"), which is false, and __yes("NAME"), which is true; __left("NAME", VALUE) and
 * __lacks("NAME", VALUE), which are VALUE: coverage_text(). */
static int met(lua_State *L)
{
    coverage_mark(lua_touserdata(L, lua_upvalueindex(1)), luaL_checkstring(L, 1));
    return 0;
}

static int met_not(lua_State *L)
{
    (void)met(L);
    lua_pushboolean(L, 0);
    return 1;
}

static int met_yes(lua_State *L)
{
    (void)met(L);
    lua_pushboolean(L, 1);
    return 1;
}

static int met_left(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_toboolean(L, 2))
        (void)met(L);
    return 1;
}

static int met_lacks(lua_State *L)
{
    lua_settop(L, 2);
    if (!lua_toboolean(L, 2))
        (void)met(L);
    return 1;
}

static void install_coverage(struct run *r, lua_State *L)
{
    static const struct { const char *name; lua_CFunction call; } calls[] = {
        { "__met", met }, { "__not", met_not }, { "__yes", met_yes }, { "__left", met_left }, { "__lacks", met_lacks },
    };
    for (size_t i = 0; r->world->coverage && i < sizeof calls / sizeof *calls; i++) {
        lua_pushlightuserdata(L, r->world->coverage);
        lua_pushcclosure(L, calls[i].call, 1);
        sandbox_set(r->sandbox, calls[i].name);
    }
}

void words_install(struct run *r)
{
    lua_State *L = sandbox_lua(r->sandbox);
    *(struct run **)lua_newuserdatauv(L, sizeof r, 0) = r;
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.run");
    for (const struct word *w = engine_words; w->name; w++) {
        lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.run");
        lua_pushcclosure(L, w->call, 1);
        sandbox_set(r->sandbox, w->name);
    }
    for (size_t i = 0; r->roles.name[i]; i++)
        words_install_role(r, L, r->roles.name[i]);
    install_coverage(r, L);
    lua_pushcfunction(L, word_pcall);
    sandbox_set(r->sandbox, "pcall");
    lua_pushcfunction(L, word_pcall);
    sandbox_set(r->sandbox, "xpcall");
}
