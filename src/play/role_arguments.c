/* role_arguments.c: what somebody asks for, held against the contract. */
#include "play/role.h"

#include "base/instant.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool put_ip(struct text *to, const char *text)
{
    unsigned char bytes[16];
    char plain[INET6_ADDRSTRLEN];
    int family = text && strchr(text, ':') ? AF_INET6 : AF_INET;
    if (!text || inet_pton(family, text, bytes) != 1
        || !inet_ntop(family, bytes, plain, sizeof plain))
        return false;
    json_quote(to, plain, strlen(plain));
    return true;
}

static bool put_integer(struct text *to, struct json value, const char *text)
{
    int64_t n;
    if (text) {
        char *end;
        n = strtoll(text, &end, 10);
        if (end == text || *end)
            return false;
    } else if (!json_int(value, &n)) {
        return false;
    }
    text_print(to, "%" PRId64, n);
    return true;
}

/* A span in the fewest letters that keep it exact. */
static void put_span(struct text *to, int64_t ms)
{
    static const struct { int64_t ms; const char *unit; } units[] = {
        { HOUR_MS, "h" }, { MINUTE_MS, "m" }, { SECOND_MS, "s" }, { 1, "ms" },
    };
    size_t i = 0;
    while (ms % units[i].ms || (ms == 0 && units[i].ms != SECOND_MS))
        i++;
    text_print(to, "\"%" PRId64 "%s\"", ms / units[i].ms, units[i].unit);
}

static bool put_duration(struct text *to, struct json value, const char *text)
{
    int64_t ms;
    if (text && duration_parse(&ms, text)) {
        json_quote(to, text, strlen(text));
        return true;
    }
    if (text || !json_int(value, &ms) || ms < 0)
        return false;
    put_span(to, ms);
    return true;
}

static bool put_truth(struct text *to, struct json value, const char *text)
{
    enum json_type type = json_type(value);
    bool yes = type == JSON_TRUE || text_equal(text, "yes") || text_equal(text, "true");
    bool no = type == JSON_FALSE || text_equal(text, "no") || text_equal(text, "false");
    text_add(to, yes ? "true" : "false");
    return yes || no;
}

/* A list; or a text with commas, or one that is JSON; or {}, which is what Lua makes of an empty one. */
static bool put_list(struct text *to, const struct role_arg *arg, struct json value, const char *text,
                     struct arena *keep)
{
    const struct role_arg item = { .name = arg->name, .type = arg->of, .of = ARG_ANY };
    size_t n = 0, wrong_at;
    if (text && text[0] == '[' && json_check(text, strlen(text), &wrong_at)) { /* ["with, a comma"] */
        value = json_from(text);
        text = NULL;
    }
    text_char(to, '[');
    if (json_type(value) == JSON_ARRAY) {
        for (struct json_walk w = json_walk(value); json_next(&w);) {
            if (n++)
                text_char(to, ',');
            if (!role_put_value(to, &item, w.value, keep))
                return false;
        }
    } else if (!text && !(json_type(value) == JSON_OBJECT && json_count(value) == 0)) {
        return false;
    }
    for (const char *at = text ? text : ""; *at;) {
        struct text quoted = text_new(keep);
        size_t length = strcspn(at, ",");
        json_quote(&quoted, at, length);
        if (n++)
            text_char(to, ',');
        if (!role_put_value(to, &item, json_from(quoted.at), keep))
            return false;
        at += length;
        at += *at == ',';
    }
    text_char(to, ']');
    return true;
}

const char *role_type_words(const struct role_arg *arg, struct arena *keep)
{
    static const char *const words[] = {
        [ARG_TEXT] = "a text", [ARG_IP] = "an IP address", [ARG_INTEGER] = "a whole number",
        [ARG_SERVICE] = "a service", [ARG_DURATION] = "a duration such as \"30s\" or \"2m\"",
        [ARG_TRUTH] = "true or false", [ARG_LIST] = "a list: a,b or [\"a, b\"]", [ARG_ANY] = "anything",
    };
    return arg->type == ARG_LIST && arg->of == ARG_IP ? "IP addresses" : words[arg->type];
}

bool role_put_value(struct text *to, const struct role_arg *arg, struct json value, struct arena *keep)
{
    const char *text = json_text(value, keep);
    switch (arg->type) {
    case ARG_TEXT:
    case ARG_SERVICE:
        if (!text || (arg->type == ARG_SERVICE && !*text))
            return false;
        json_quote(to, text, strlen(text));
        return true;
    case ARG_IP:
        return put_ip(to, text);
    case ARG_INTEGER:
        return put_integer(to, value, text);
    case ARG_DURATION:
        return put_duration(to, value, text);
    case ARG_TRUTH:
        return put_truth(to, value, text);
    case ARG_LIST:
        return put_list(to, arg, value, text, keep);
    case ARG_ANY:
        text_bytes(to, value.at, value.length);
        return true;
    }
    return false;
}

const char *role_object(const struct role_arg *row, const struct json *value, size_t count, struct arena *keep)
{
    size_t *order = arena_many(keep, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t k = i;
        for (; k > 0 && strcmp(row[order[k - 1]].name, row[i].name) > 0; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    for (size_t i = 0; i < count; i++)
        if (value[order[i]].at)
            json_put_raw(&o, row[order[i]].name, value[order[i]].at, value[order[i]].length);
    json_close(&o, '}');
    return json_canonical(json_from(t.at), keep);
}

static bool refuse_unknown(const struct role_action *a, struct json args, struct arena *keep,
                           struct err *e)
{
    const char **names = arena_many(keep, const char *, a->args + 1);
    for (size_t i = 0; i < a->args; i++)
        names[i] = a->arg[i].name;
    for (struct json_walk w = json_walk(args); json_next(&w);) {
        bool known = false;
        for (size_t i = 0; i < a->args; i++)
            known = known || json_is(w.key, names[i]);
        if (known)
            continue;
        const char *key = json_text(w.key, keep), *near = text_nearest(key, names);
        if (near)
            return err_input(e, "%s takes no '%s', did you mean '%s'?", a->full, key, near);
        struct text takes = text_new(keep);
        for (size_t i = 0; names[i]; i++)
            text_print(&takes, "%s%s", i ? ", " : "", names[i]);
        return err_input(e, "%s takes no '%s', it takes %s", a->full, key,
                         takes.length ? takes.at : "nothing");
    }
    return true;
}

bool role_arguments(const char **canonical, const struct role_action *a, struct json args,
                    struct arena *keep, struct err *e)
{
    if (args.at && json_type(args) != JSON_OBJECT && json_count(args) > 0)
        return err_input(e, "%s takes named arguments", a->full);
    if (args.at && json_type(args) == JSON_OBJECT && !refuse_unknown(a, args, keep, e))
        return false;
    struct json *put = arena_many(keep, struct json, a->args + 1);
    for (size_t i = 0; i < a->args; i++) {
        const struct role_arg *arg = &a->arg[i];
        struct json value = json_get(args, arg->name);
        if ((!value.at || json_type(value) == JSON_NULL) && arg->otherwise)
            value = json_from(arg->otherwise);
        if (!value.at || json_type(value) == JSON_NULL) {
            if (arg->required)
                return err_input(e, "%s needs '%s': %s", a->full, arg->name,
                                 arg->help && arg->help[0] ? arg->help : arg_type_names[arg->type]);
            continue;
        }
        struct text t = text_new(keep);
        if (!role_put_value(&t, arg, value, keep))
            return err_input(e, "%s: '%s': found %.*s, expected %s", a->full, arg->name,
                             (int)(value.length > 60 ? 60 : value.length), value.at, role_type_words(arg, keep));
        put[i] = (struct json){ t.at, t.length };
    }
    *canonical = role_object(a->arg, put, a->args, keep);
    return true;
}
