/* plugin_answer.c: what a plugin answered. What does not fit its contract is no
 * answer: then a read has failed, and of a change nobody knows whether it took place. */
#include "play/plugin_inside.h"

#include <string.h>

/* A record is read by people: a line of a text, and no dump as a result. */
enum { TEXT_MOST = 400, RESULT_MOST = 64 << 10 };

static const char *const outcomes[] = { "ok", "unchanged", "failed", "unsure", NULL };
static const char *const seens[] = { "done", "pending", "absent", "unknown", NULL };

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; name && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* "ok { count = a whole number }, unchanged, failed, later or unsure" */
static const char *expected(const struct plugin_question *q)
{
    const struct role_action *a = q->action;
    struct text t = text_new(q->keep);
    text_add(&t, q->probe ? "done {" : "ok {");
    for (size_t i = 0; i < a->results; i++)
        text_print(&t, "%s %s = %s%s", i ? "," : "", a->result[i].name, role_type_words(&a->result[i], q->keep),
                   i + 1 < a->results ? "" : " ");
    text_add(&t, q->probe ? "}, pending, absent or unknown" : a->change ? "}, unchanged, failed, later or unsure"
                 : a->nothing ? "}, nothing, later or failed" : "}, later or failed");
    return t.at;
}

static struct task_view no_answer(const struct plugin_question *q, const char *found)
{
    return (struct task_view){
        .state = TASK_DONE, .seen = SEEN_UNKNOWN, .result = "{}",
        .outcome = q->action->change ? OUTCOME_UNKNOWN : OUTCOME_FAILED,
        .text = arena_print(q->keep, "plugin '%s': %s%s answered %s", q->plugin, q->probe ? "the probe of " : "",
                            q->action->full, found) };
}

static struct task_view not_expected(const struct plugin_question *q, const char *found)
{
    return no_answer(q, arena_print(q->keep, "%s, expected %s", found, expected(q)));
}

/* The success of a change in the contract's words, or why a read found nothing. */
static const char *in_words(const struct plugin_question *q, const struct task_view *v)
{
    const struct role_action *a = q->action;
    bool good = q->probe ? v->seen == SEEN_DONE : v->outcome == OUTCOME_OK || v->outcome == OUTCOME_UNCHANGED;
    const char *says = v->nothing ? a->nothing : good ? a->says : NULL;
    if (!says)
        return "";
    const char *words = role_words(says, q->args, q->before, json_from(v->result), q->keep);
    return v->outcome == OUTCOME_UNCHANGED && !q->probe ? arena_print(q->keep, "%s already", words) : words;
}

/* The result beside the outcome (the table on top); *why is set where it is none. */
static const char *result_of(lua_State *L, const struct plugin_question *q, const char **why)
{
    struct text text = text_new(q->keep);
    const char *result = "{}";
    struct err e = { 0 };
    *why = NULL;
    lua_getfield(L, -1, "result");
    if (lua_type(L, -1) == LUA_TNIL)
        text_add(&text, "{}");
    bool good = text.length || sandbox_to_json(L, -1, &text, &e);
    lua_pop(L, 1);
    if (good && text.length > RESULT_MOST)
        good = err_input(&e, "%zu KiB, at most %d are kept", text.length >> 10, RESULT_MOST >> 10);
    if (!good || !role_results(&result, q->action, json_from(text.at), q->person || q->probe, q->keep, &e))
        *why = arena_string(q->keep, e.text);
    return result;
}

/* The text beside the outcome; NULL. */
static const char *text_of(lua_State *L, const struct plugin_question *q)
{
    const char *text = NULL;
    if (lua_getfield(L, -1, "text") == LUA_TSTRING)
        text = arena_string(q->keep, text_cut(q->keep, lua_tostring(L, -1), TEXT_MOST));
    lua_pop(L, 1);
    return text && *text ? text : NULL;
}

struct task_view plugin_answer(lua_State *L, const struct plugin_question *q)
{
    struct task_view v = { .state = TASK_DONE, .seen = SEEN_UNKNOWN, .result = "{}" };
    if (lua_type(L, -1) != LUA_TTABLE)
        return not_expected(q, lua_type(L, -1) == LUA_TNIL ? "nothing"
                                   : arena_print(q->keep, "a %s", lua_typename(L, lua_type(L, -1))));
    const char *outcome = lua_getfield(L, -1, PLUGIN_OUTCOME) == LUA_TSTRING
                              ? arena_string(q->keep, lua_tostring(L, -1)) : NULL, *why;
    lua_pop(L, 1);
    if (!outcome)
        return not_expected(q, "a table without an outcome");
    const char *text = text_of(L, q);
    v.nothing = text_equal(outcome, "nothing") && !q->probe && q->action->nothing;
    if (text_equal(outcome, "instead") && q->action->change) {
        v.instead = text ? text : "";
        text = arena_print(q->keep, "something else was done%s%s", text ? ": " : "", v.instead);
        v.seen = SEEN_DONE;
        v.text = text;
        return v;
    }
    if (text_equal(outcome, "later") && !q->probe) {
        lua_getfield(L, -1, "ms");
        v = (struct task_view){ .state = TASK_DONE, .seen = SEEN_UNKNOWN, .result = "{}", .outcome = OUTCOME_FAILED,
                                .later = true, .later_ms = lua_tointeger(L, -1),
                                .text = text ? text : "the other side says: not now" };
        lua_pop(L, 1);
        return v;
    }
    int known = index_of(q->probe ? seens : outcomes, outcome);
    if (known < 0 && !v.nothing)
        return not_expected(q, arena_print(q->keep, "%s()", outcome));
    v.outcome = v.nothing ? OUTCOME_FAILED : q->probe ? OUTCOME_UNKNOWN : (enum outcome)known;
    v.seen = q->probe ? (enum seen)known : SEEN_UNKNOWN;
    if (q->probe ? v.seen == SEEN_DONE : v.outcome == OUTCOME_OK || v.outcome == OUTCOME_UNCHANGED) {
        v.result = result_of(L, q, &why);
        if (why)
            return no_answer(q, arena_print(q->keep, "%s { ... }: %s", outcome, why));
    }
    v.text = text ? text : in_words(q, &v);
    return v;
}
