/* role_results.c: what a plugin answers, held against the contract. Nothing is
 * converted: a plugin that says "2" for 2 has not looked at what it got. */
#include "play/role.h"

#include <string.h>

static bool has_type(const struct role_arg *r, struct json value)
{
    const struct role_arg item = { .type = r->of, .of = ARG_ANY };
    int64_t n;
    switch (r->type) {
    case ARG_TEXT:
    case ARG_IP:
    case ARG_SERVICE:
        return json_type(value) == JSON_STRING;
    case ARG_INTEGER:
        return json_int(value, &n);
    case ARG_DURATION:
        return json_type(value) == JSON_STRING || (json_int(value, &n) && n >= 0);
    case ARG_TRUTH:
        return json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE;
    case ARG_LIST:
        for (struct json_walk w = json_walk(value); json_type(value) == JSON_ARRAY && json_next(&w);)
            if (!has_type(&item, w.value))
                return false;
        /* Lua has one empty table for lists and for objects */
        return json_type(value) == JSON_ARRAY || (json_type(value) == JSON_OBJECT && json_count(value) == 0);
    case ARG_ANY:
        return true;
    }
    return false;
}

static bool all_declared(const struct role_action *a, struct json result, struct arena *keep, struct err *e)
{
    const char **names = arena_many(keep, const char *, a->results + 1);
    for (size_t i = 0; i < a->results; i++)
        names[i] = a->result[i].name;
    for (struct json_walk w = json_walk(result); json_next(&w);) {
        bool known = false;
        for (size_t i = 0; i < a->results; i++)
            known = known || json_is(w.key, names[i]);
        if (known)
            continue;
        const char *key = json_text(w.key, keep), *near = text_nearest(key, names);
        return near ? err_input(e, "its contract has no result '%s', did you mean '%s'?", key, near)
                    : err_input(e, "its contract has no result '%s'", key);
    }
    return true;
}

bool role_results(const char **canonical, const struct role_action *a, struct json result, bool partly,
                  struct arena *keep, struct err *e)
{
    enum json_type type = json_type(result);
    if (type != JSON_OBJECT)
        return err_input(e, "found %s, expected a table of results", type == JSON_ARRAY ? "a list" : "no table");
    if (!all_declared(a, result, keep, e))
        return false;
    struct json *put = arena_many(keep, struct json, a->results + 1);
    for (size_t i = 0; i < a->results; i++) {
        const struct role_arg *r = &a->result[i];
        struct json value = json_get(result, r->name);
        struct text one = text_new(keep);
        if (!value.at && partly && !role_undo_needs(a, r, keep))
            continue;
        if (!value.at)
            return err_input(e, "'%s' is missing, expected %s", r->name, role_type_words(r, keep));
        if (!has_type(r, value) || !role_put_value(&one, r, value, keep))
            return err_input(e, "'%s': found %s, expected %s", r->name,
                             text_cut(keep, arena_copy(keep, value.at, value.length), 60), role_type_words(r, keep));
        put[i] = (struct json){ one.at, one.length };
    }
    *canonical = role_object(a->result, put, a->results, keep);
    return true;
}
