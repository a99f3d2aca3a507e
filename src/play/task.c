/* task.c: one action under way, as a coroutine of its plugin. */
#include "play/pace.h"
#include "play/plugin_inside.h"

#include <lauxlib.h>
#include <string.h>

struct task {
    struct plugins *home;
    struct loaded *plugin;
    const struct handler *handler;
    const struct role_action *action;
    struct json args, before;
    const char *key;
    bool probe;
    struct errand errand;
    struct arena *keep;
    int64_t begins, tries;  /* when; how often it was asked */
    bool begun;             /* its turn has come; of a change the engine sees to that */
    lua_State *co;          /* NULL once it ended */
    int arguments;          /* pushed for the next resume */
    int64_t until;          /* the deadline; what computes is cut there, too */
    bool answered, person;  /* a person was asked: what they did not say is missing */
    struct task_view view;  /* as of the last turn */
};

/* key {0}: does it take any? */
static bool is_span(const struct role_action *a, struct json key)
{
    for (size_t i = 0; i < a->args; i++)
        if (a->arg[i].type == ARG_DURATION && (!key.at || json_is(key, a->arg[i].name)))
            return true;
    return false;
}

/* The arguments as plugins and models want them: spans in milliseconds. */
static struct json in_ms(const struct role_action *a, struct json args, struct arena *keep)
{
    if (args.at && !is_span(a, (struct json){ 0 }))
        return args;
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    for (struct json_walk w = json_walk(args); json_next(&w);) {
        int64_t ms;
        const char *key = json_text(w.key, keep);
        if (is_span(a, w.key) && json_type(w.value) == JSON_STRING && duration_parse(&ms, json_text(w.value, keep)))
            json_put_int(&o, key, ms);
        else
            json_put_raw(&o, key, w.value.at, w.value.length);
    }
    json_close(&o, '}');
    return json_from(t.at);
}

static void put_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void put_json(lua_State *L, const char *name, struct json value)
{
    sandbox_push_json(L, value);
    lua_setfield(L, -2, name);
}

/* What perform(t) and probe(t) are handed. */
static void push_table(lua_State *L, const struct task *t)
{
    lua_createtable(L, 0, 9);
    put_text(L, "action", t->action->full);
    put_text(L, "role", t->action->role);
    put_text(L, "help", t->action->help);
    lua_pushboolean(L, t->action->change);
    lua_setfield(L, -2, "change");
    put_json(L, "typed", t->args);
    if (is_span(t->action, (struct json){ 0 })) {
        put_json(L, "args", in_ms(t->action, t->args, t->keep));
    } else { /* the same table */
        lua_getfield(L, -1, "typed");
        lua_setfield(L, -2, "args");
    }
    put_json(L, "before", t->before);
    put_text(L, "key", t->key ? t->key : "");
    put_json(L, "settings", json_from(t->errand.settings));
}

/* A coroutine of its function; false: there is none. */
static bool ask(struct task *t)
{
    lua_State *L = sandbox_lua(t->plugin->sandbox);
    int function = t->probe ? t->handler->probe : t->handler->perform;
    if (function == LUA_NOREF)
        return false;
    lua_rawgeti(L, LUA_REGISTRYINDEX, function);              // function
    push_table(L, t);                                         // function table
    sandbox_refill(t->plugin->sandbox); /* a wait of twelve hours asks thousands of times */
    t->co = sandbox_thread(t->plugin->sandbox);
    lua_xmove(L, t->co, 2);
    t->arguments = 1;
    t->tries++;
    return true;
}

static bool begin(struct task **out, struct task start, struct err *e)
{
    struct task *t = arena_one(start.keep, struct task);
    struct world *w = start.home->ws->world;
    *t = start;
    if (!plugins_can(t->home, t->action, e))
        return false;
    t->handler = plugins_handler(t->home, t->action, &t->plugin, e);
    t->errand.settings = plugins_settings(t->home, t->action->role);
    t->begun = t->action->change || t->probe;
    t->begins = t->begun ? w->now(w) : plugins_turn(t->home, t->action);
    t->until = t->begins + (t->probe ? MINUTE_MS : t->handler->deadline_ms);
    t->view = ask(t) ? (struct task_view){ TASK_WAITS, .wake_at = t->begins }
                     : (struct task_view){ TASK_DONE, .seen = SEEN_UNKNOWN, .result = "{}",
                                           .text = "the plugin cannot look into it" };
    *out = t;
    return true;
}

int64_t task_begins(const struct task *t)
{
    return t->begins;
}

/* A read that was refused for now is asked again, and has done no harm: false when
 * it is not worth while. (A change is the engine's: its every try is recorded.) */
static bool ask_again(struct task *t)
{
    struct world *w = t->home->ws->world;
    const char *text = t->view.text;
    if (!t->view.later || t->action->change)
        return false;
    int64_t pause = plugins_pause(t->home, t->action, t->tries, t->view.later_ms), now = w->now(w);
    if (pause < 0 || now + pause > t->until) {
        t->view.text = t->tries > 1 ? arena_print(t->keep, "%s (asked %lld times)", text, (long long)t->tries) : text;
        return false;
    }
    task_close(t);
    t->view = (struct task_view){ TASK_WAITS, .wake_at = now + pause };
    return ask(t);
}

bool task_perform(struct task **out, struct plugins *p, const struct role_action *a,
                  struct json args, const char *key, struct arena *keep, struct err *e)
{
    return begin(out, (struct task){ .home = p, .action = a, .args = args, .key = key,
                                     .keep = keep }, e);
}

bool task_probe(struct task **out, struct plugins *p, const struct role_action *a,
                struct json args, struct json before, const char *key, struct arena *keep,
                struct err *e)
{
    return begin(out, (struct task){ .home = p, .action = a, .args = args, .before = before,
                                     .key = key, .probe = true, .keep = keep }, e);
}

static struct json assumed(const struct task *t, const struct role_arg *result)
{
    for (const struct assumption *s = t->home->assumed; s; s = s->next)
        if (s->action == t->action && strcmp(s->field, result->name) == 0)
            return json_from(s->value);
    return (struct json){ 0 };
}

static bool is_same(struct json x, struct json y, struct arena *keep)
{
    return y.at && text_equal(json_canonical(x, keep), json_canonical(y, keep));
}

/* What was assumed stands over what the model answers; of another IP, or another answer, the model has
 * nothing more to say. What nobody said is missing, as where a person looked. */
static void assume(struct task *t)
{
    const struct role_action *a = t->action;
    bool any = false;
    struct text text = text_new(t->keep);
    struct json_out o = json_out(&text);
    struct json result = json_from(t->view.result), first = a->results ? assumed(t, &a->result[0]) : (struct json){ 0 };
    bool other = first.at && !is_same(first, json_get(result, a->result[0].name), t->keep);
    json_open(&o, NULL, '{');
    for (size_t i = 0; i < a->results; i++) {
        struct json value = assumed(t, &a->result[i]);
        any = any || value.at;
        if (!value.at && !other)
            value = json_get(result, a->result[i].name);
        if (value.at)
            json_put_raw(&o, a->result[i].name, value.at, value.length);
    }
    if (!any)
        return;
    role_put_what_follows(&o, a, json_from(arena_print(t->keep, "%s}", text.at)), t->keep);
    json_close(&o, '}');
    t->view.result = text.at;
    t->view.outcome = OUTCOME_OK;
    t->view.nothing = false;
    t->view.text = "assumed";
}

/* Nobody else has a turn while it computes: never long, and not beyond the deadline. */
static int64_t time_to_compute(const struct task *t)
{
    enum { LEAST_MS = 100, MOST_MS = 3000 };
    struct world *w = t->home->ws->world;
    int64_t left = t->until - w->now(w);
    return w->virtual || left > MOST_MS ? MOST_MS : left < LEAST_MS ? LEAST_MS : left;
}

/* One resume: until it waits, asks or ends. */
static void go_on(struct task *t)
{
    struct err e = { 0 };
    int results;
    t->plugin->errand = &t->errand;
    sandbox_within(t->plugin->sandbox, time_to_compute(t));
    enum sandbox_turn turn = sandbox_resume(t->plugin->sandbox, t->co, t->arguments, &results, &e);
    t->plugin->errand = NULL;
    plugin_state_let_go(t->plugin);
    t->arguments = 0;
    if (turn == SANDBOX_YIELDED) {
        const char *what = results == 2 ? lua_tostring(t->co, -2) : NULL;
        bool asks = what && text_starts(what, "ask");
        t->view = (struct task_view){ .state = asks ? TASK_ASKS : TASK_WAITS,
                                      .wants_result = asks && text_equal(what, "ask for the result") };
        t->person = t->person || asks;
        if (asks)
            t->view.question = arena_string(t->keep, lua_tostring(t->co, -1));
        else
            t->view.wake_at = lua_tointeger(t->co, -1);
        lua_pop(t->co, results);
        return;
    }
    if (turn == SANDBOX_RETURNED) {
        if (results == 0)
            lua_pushnil(t->co);
        t->view = plugin_answer(t->co, &(struct plugin_question){
            .plugin = t->plugin->name, .action = t->action, .args = t->args, .before = t->before,
            .probe = t->probe, .person = t->person, .keep = t->keep });
    } else {
        t->view = (struct task_view){
            .state = TASK_DONE, .seen = SEEN_UNKNOWN, .result = "{}",
            .outcome = t->action->change ? OUTCOME_UNKNOWN : OUTCOME_FAILED,
            .text = arena_print(t->keep, "plugin '%s': %s", t->plugin->name, e.text) };
    }
    if (t->home->assumed && !t->probe)
        assume(t);
    if (!ask_again(t))
        task_close(t);
}

/* Of a read with a rate: may it begin, or were others of the workspace first? */
static bool may_begin(struct task *t)
{
    int64_t again;
    t->begun = t->begun || plugins_begin(t->home, t->action, &again);
    if (t->begun)
        return true;
    t->until += again - t->begins;
    t->begins = t->view.wake_at = again;
    return false;
}

bool task_turn(struct task *t, struct task_view *view, struct err *e)
{
    struct world *w = t->home->ws->world;
    while (t->co) {
        bool sleeps = t->view.state == TASK_WAITS && t->view.wake_at > w->now(w);
        bool asks = t->view.state == TASK_ASKS && !t->answered;
        if (sleeps || asks || !may_begin(t))
            break;
        t->answered = false;
        go_on(t);
        if (t->view.state == TASK_WAITS)
            break; /* others have a turn, and its deadline is looked at, however short the wait is */
    }
    *view = t->view;
    return true;
}

void task_answer(struct task *t, const char *answer, const char *text)
{
    if (!t->co || t->view.state != TASK_ASKS)
        return;
    lua_pushstring(t->co, answer);
    lua_pushstring(t->co, text ? text : "");
    t->arguments = 2;
    t->answered = true;
}

void task_listen(struct task *t, struct output *to)
{
    t->errand.output = to;
}

void task_close(struct task *t)
{
    if (!t->co)
        return;
    sandbox_drop(t->plugin->sandbox, t->co);
    t->co = NULL;
    plugin_jobs_close(t->plugin, &t->errand);
}

bool plugins_look(const char **json, struct plugins *p, const char *plugin, const char *name,
                  const char *args, struct arena *keep, struct err *e)
{
    struct loaded *l = plugins_load(p, plugin, e);
    if (!l)
        return false;
    lua_State *L = sandbox_lua(l->sandbox);
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.plugin");
    lua_getfield(L, -1, "answers");
    lua_getfield(L, -1, name);
    lua_replace(L, -3);
    lua_pop(L, 1);
    sandbox_push_json(L, json_from(args));
    bool called = sandbox_call(l->sandbox, 1, 1, e);
    plugin_state_let_go(l);
    if (!called)
        return false;
    struct text t = text_new(keep);
    bool fine = sandbox_to_json(L, -1, &t, e);
    lua_pop(L, 1);
    *json = t.at;
    return fine;
}
