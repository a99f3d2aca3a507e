/* levels.c: the words that run others inside: call, try, retry, parallel, each.
 * Each pushes a level: the third word inside of the second is "2/3". */
#include "play/coverage.h"
#include "play/words_inside.h"

#include <lauxlib.h>
#include <string.h>

/* Levels: call, try, retry run Lua inside of a word */

static struct level *enter(struct branch *b, const char *prefix)
{
    struct level *saved = arena_one(b->run->keep, struct level);
    *saved = b->level;
    b->level = (struct level){ .prefix = prefix, .next = 1, .outer = saved };
    return saved;
}

/* Are we inside of the steps of that runbook? */
static bool is_inside(const struct branch *b, const char *book)
{
    for (; b; b = b->parent)
        for (const struct level *l = &b->level; l; l = l->outer)
            if (text_equal(l->book, book))
                return true;
    return false;
}

struct call { struct level *saved; struct runbook book; const char *args, *key; };

static int call_returned(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct call *c = (struct call *)context;
    struct branch *b = words_run(L)->turn;
    b->level = *c->saved;
    if (lua_istable(L, -1)) {
        size_t n = 0;
        const char *name[65];
        for (lua_pushnil(L); n < 64 && lua_next(L, -2); lua_pop(L, 1))
            if (lua_type(L, -2) == LUA_TSTRING)
                name[n++] = arena_string(b->run->keep, lua_tostring(L, -2));
        for (size_t i = 1; i < n; i++)
            for (size_t k = i; k > 0 && strcmp(name[k - 1], name[k]) > 0; k--) {
                const char *other = name[k];
                name[k] = name[k - 1];
                name[k - 1] = other;
            }
        if (lua_type(L, -1) != LUA_TTABLE)
            lua_pop(L, 1);
        name[n] = NULL;
        if (!lua_getmetatable(L, -1))
            words_make_strict(L, c->book.name, name);
        else
            lua_pop(L, 1);
    }
    return 1;
}

void words_push_params(struct run *r, lua_State *L, const struct runbook *book, const char *args)
{
    struct arena *keep = r->keep;
    const char **name = arena_many(keep, const char *, book->params + 1);
    for (size_t i = 0; i < book->params; i++)
        name[i] = book->param[i].arg.name;
    sandbox_push_json(L, json_from(args));
    words_make_strict(L, arena_print(keep, "parameters of %s", book->name), name);
}

static int call_steps(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct call *c = (struct call *)context;
    struct branch *b = words_run(L)->turn;
    if (!b->answer.good)
        return words_answered(L, 0, 0);
    coverage_mark_at(b->run->world->coverage, b->where, "call", "done");
    c->saved = enter(b, arena_print(b->run->keep, "%s/", c->key));
    b->level.book = c->book.path;
    lua_settop(L, 0);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->book.steps);
    words_push_params(b->run, L, &c->book, c->args);
    lua_callk(L, 1, 1, context, call_returned);
    return call_returned(L, 0, context);
}

int word_call(lua_State *L)
{
    struct branch *b = words_speaking(L, "call");
    struct call *c = arena_one(b->run->keep, struct call);
    struct err e = { 0 };
    struct text json = text_new(b->run->keep);
    words_copy_table(L, "call");
    if (lua_rawgeti(L, 1, 1) != LUA_TSTRING)
        return luaL_error(L, "call needs the name of a runbook first: call { \"name\", ... }");
    const char *name = words_text(b, L, -1);
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_rawseti(L, 1, 1);
    /* loading runs the file's top level on the main state, which is not running a word now */
    if (!runbook_load(&c->book, b->run, name, &e) || !sandbox_to_json(L, 1, &json, &e)
        || !runbook_arguments(&c->args, &c->book, b->run, json_from(json.at), &e))
        return luaL_error(L, "%s", arena_string(b->run->keep, e.text));
    if (is_inside(b, c->book.path))
        return luaL_error(L, "%s calls itself", c->book.name);
    words_next_key(b, L);
    words_charge(L, b, "call", c->args);
    c->key = b->key;
    b->want = (struct request){ .word = "call", .args = c->args, .perform = perform_call,
                                .args_sha256 = sha256_of(b->run->keep, c->args),
                                .because = c->book.name };
    lua_settop(L, 0);
    return lua_yieldk(L, 0, (lua_KContext)c, call_steps);
}

/* try { function } or try { action, ... }; retry the same, several times */

struct attempt {
    struct level *saved;
    const char *word, *key, *where;
    int64_t number, times, every_ms;
    const char *failure;
    bool direct;             /* an action and its table: no line of Lua stands between */
};

/* Pushes what is to be done: the function, or the action and its table. */
static int push_body(lua_State *L, const char *word)
{
    static const char *const none[] = { NULL }, *const again[] = { "times", "every", NULL };
    const char *const *options = strcmp(word, "retry") ? none : again;
    lua_rawgeti(L, 1, 1); // table body
    if (!lua_isfunction(L, -1))
        return luaL_error(L, "%s needs something to do first: %s { function() ... end } or "
                          "%s { role.action, ... }", word, word, word);
    if (!words_action(L, -1))
        return 0;
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        bool option = lua_isinteger(L, -2);
        for (size_t i = 0; options[i] && lua_type(L, -2) == LUA_TSTRING; i++)
            option = option || !strcmp(options[i], lua_tostring(L, -2));
        if (option) {
            lua_pop(L, 1);
            continue;
        }
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    return 1;
}

static int attempt_again(lua_State *L, int status, lua_KContext context);

static int attempt_gives_up(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct attempt *t = (struct attempt *)context;
    const char *recorded = words_run(L)->turn->answer.text; /* in the words of then */
    lua_pushnil(L);
    lua_pushstring(L, recorded ? recorded : t->failure);
    return 2;
}

/* After the body: its results, or what a failure leads to. */
static int attempt_ended(lua_State *L, int status, lua_KContext context)
{
    struct attempt *t = (struct attempt *)context;
    struct run *r = words_run(L);
    struct branch *b = r->turn;
    bool fine = status == LUA_OK || status == LUA_YIELD;
    if (status == LUA_ERRMEM || status == LUA_ERRERR)
        sandbox_out_of_memory(L, status);
    if (!fine && (sandbox_dead(r->sandbox) || !b->failure)) {
        if (t->direct && lua_type(L, -1) == LUA_TSTRING)
            lua_pushfstring(L, "%s: %s", t->where, lua_tostring(L, -1));
        return lua_error(L); /* a mistake in the runbook is nobody's to catch */
    }
    const char *tried = b->level.prefix;
    b->level = *t->saved;
    if (fine)
        return lua_gettop(L) - 1;
    t->failure = b->failure;
    coverage_mark_at(r->world->coverage, t->where, t->word, "failed");
    bool last = t->number >= t->times;
    if (last && !strcmp(t->word, "retry")) {
        lua_pushfstring(L, "%s: %s, %d times", t->where, t->failure, (int)t->times);
        return lua_error(L);
    }
    b->failure = NULL;
    (void)tried;
    b->where = t->where;
    b->key = last ? arena_print(r->keep, "%s/0", t->key)
                  : arena_print(r->keep, "%s/%lld/0", t->key, (long long)t->number);
    b->want = (struct request){ .word = t->word, .args = "{}", .because = t->failure,
                                .args_sha256 = sha256_of(r->keep, "{}"),
                                .span_ms = t->every_ms,
                                .perform = last ? perform_caught : perform_pause };
    lua_settop(L, 1);
    t->number++;
    return lua_yieldk(L, 0, context, last ? attempt_gives_up : attempt_again);
}

static int attempt_again(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct attempt *t = (struct attempt *)context;
    struct branch *b = words_run(L)->turn;
    lua_settop(L, 1);
    bool retry = !strcmp(t->word, "retry");
    t->saved = enter(b, retry ? arena_print(b->run->keep, "%s/%lld/", t->key, (long long)t->number)
                              : arena_print(b->run->keep, "%s/", t->key));
    int n = push_body(L, t->word);
    t->direct = n;
    return attempt_ended(L, lua_pcallk(L, n, LUA_MULTRET, 0, context, attempt_ended), context);
}

static int attempt(lua_State *L, const char *word, int64_t times)
{
    struct branch *b = words_speaking(L, word);
    struct attempt *t = arena_one(b->run->keep, struct attempt);
    if (lua_gettop(L) != 1 || !lua_istable(L, 1))
        return luaL_error(L, "write %s { function() ... end } or %s { role.action, ... }", word, word);
    lua_rawgeti(L, 1, 1);
    words_only(L, word, words_action(L, -1));
    lua_pop(L, 1);
    *t = (struct attempt){ .word = word, .number = 1, .times = times, .every_ms = 5 * SECOND_MS };
    if (!strcmp(word, "retry")) {
        if (lua_getfield(L, 1, "times") != LUA_TNIL)
            t->times = luaL_checkinteger(L, -1);
        lua_pop(L, 1);
        if (lua_getfield(L, 1, "every") != LUA_TNIL
            && (lua_type(L, -1) != LUA_TSTRING || !duration_parse(&t->every_ms, lua_tostring(L, -1))))
            return luaL_error(L, "retry: every is a span such as \"5s\"");
        lua_pop(L, 1);
        if (t->times < 1 || t->times > 1000)
            return luaL_error(L, "retry: times is 1 to 1000");
    }
    words_next_key(b, L);
    t->key = b->key;
    t->where = b->where;
    return attempt_again(L, 0, (lua_KContext)t);
}

int word_try(lua_State *L) { return attempt(L, "try", 1); }
int word_retry(lua_State *L) { return attempt(L, "retry", 3); }

/* parallel { f, g, on_failure = "finish" } and each { list, f, at_once = 8 } */

enum { MOST_BRANCHES = 5000 };

static struct join *children(lua_State *L, struct branch *b, const char *word)
{
    struct join *j = arena_one(b->run->keep, struct join);
    words_only(L, word, false);
    bool said = lua_getfield(L, 1, "on_failure") != LUA_TNIL;
    const char *how = !said ? "finish" : lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (!strcmp(how, "stop"))
        j->on_failure = THEN_STOP;
    else if (!strcmp(how, "go_on"))
        j->on_failure = THEN_GO_ON;
    else if (strcmp(how, "finish"))
        luaL_error(L, "%s: on_failure is \"finish\", \"stop\" or \"go_on\"", word);
    lua_pop(L, 1);
    lua_pushvalue(L, 1);
    j->list = luaL_ref(L, LUA_REGISTRYINDEX);
    j->function = LUA_NOREF;
    b->join = j;
    return j;
}

int word_parallel(lua_State *L)
{
    struct branch *b = words_speaking(L, "parallel");
    if (lua_gettop(L) != 1 || !lua_istable(L, 1) || lua_rawlen(L, 1) == 0)
        return luaL_error(L, "write parallel { function() ... end, function() ... end }");
    struct join *j = children(L, b, "parallel");
    j->count = j->at_once = (size_t)lua_rawlen(L, 1);
    if (j->count > MOST_BRANCHES)
        return luaL_error(L, "parallel: at most %d functions; each { list, function(item) ... end } takes them in turn", MOST_BRANCHES);
    for (size_t i = 1; i <= j->count; i++)
        if (lua_rawgeti(L, 1, (lua_Integer)i) != LUA_TFUNCTION)
            return luaL_error(L, "parallel: number %d is a %s, no function", (int)i,
                              luaL_typename(L, -1));
        else
            lua_pop(L, 1);
    words_next_key(b, L);
    return words_ask(L, b, (struct request){ .word = "parallel", .perform = perform_children });
}

/* The table on top has 1 to n and nothing else: what has names, or holes, would be done in part, or not at all. */
static void must_be_a_list(lua_State *L)
{
    lua_Unsigned n = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1), n++)
        if (!lua_isinteger(L, -2))
            luaL_error(L, "each takes a list: { \"a\", \"b\" }; this one has names");
    if (n != lua_rawlen(L, -1))
        luaL_error(L, "each takes a list without holes");
}

int word_each(lua_State *L)
{
    struct branch *b = words_speaking(L, "each");
    if (lua_gettop(L) != 1 || !lua_istable(L, 1) || lua_rawgeti(L, 1, 1) != LUA_TTABLE
        || lua_rawgeti(L, 1, 2) != LUA_TFUNCTION)
        return luaL_error(L, "write each { list, function(item) ... end }");
    lua_settop(L, 1);
    struct join *j = children(L, b, "each");
    lua_rawgeti(L, 1, 1);
    must_be_a_list(L);
    j->count = (size_t)lua_rawlen(L, -1);
    luaL_unref(L, LUA_REGISTRYINDEX, j->list);
    j->list = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_rawgeti(L, 1, 2);
    j->function = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_getfield(L, 1, "at_once");
    j->at_once = (size_t)luaL_optinteger(L, -1, 1);
    if (j->count > MOST_BRANCHES || j->at_once < 1)
        return luaL_error(L, "each: at most %d items, at_once at least 1", MOST_BRANCHES);
    words_next_key(b, L);
    return words_ask(L, b, (struct request){ .word = "each", .perform = perform_children });
}
