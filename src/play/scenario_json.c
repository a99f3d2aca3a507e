/* scenario_json.c: the result of a play, as JSON and back: it may have been
 * played in another process. */
#include "play/scenario.h"

#include "base/json.h"

#include <string.h>

static void put_names(struct json_out *o, const char *key, const char *const *names)
{
    json_open(o, key, '[');
    for (; names && *names; names++)
        json_put(o, NULL, *names);
    json_close(o, ']');
}

void scenario_put(struct json_out *o, const struct scenario_result *r)
{
    json_open(o, NULL, '{');
    json_put(o, "name", r->name);
    json_put(o, "summary", r->summary);
    json_put_bool(o, "passed", r->passed);
    json_put_int(o, "started_ms", r->started);
    json_put_int(o, "virtual_ms", r->virtual_ms);
    if (r->error.kind) {
        json_open(o, "error", '{');
        json_put_int(o, "kind", r->error.kind);
        json_put(o, "text", r->error.text);
        json_put(o, "hint", r->error.hint);
        json_close(o, '}');
    }
    json_open(o, "promises", '[');
    for (size_t i = 0; i < r->expectations; i++) {
        json_open(o, NULL, '{');
        json_put(o, "promise", r->expectation[i].promise);
        json_put_bool(o, "kept", r->expectation[i].kept);
        json_put(o, "found", r->expectation[i].found);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_names(o, "lines", r->line);
    if (r->met)
        put_names(o, "met", r->met);
    json_close(o, '}');
}

static const char *const *get_names(struct json list, struct arena *keep)
{
    const char **names = arena_many(keep, const char *, json_count(list) + 1);
    size_t n = 0;
    for (struct json_walk w = json_walk(list); list.at && json_next(&w);)
        names[n++] = json_text_or(w.value, keep, "");
    return names;
}

void scenario_get(struct scenario_result *out, struct json value, struct arena *keep)
{
    struct json promises = json_get(value, "promises"), error = json_get(value, "error");
    struct expectation *x = arena_many(keep, struct expectation, json_count(promises) + 1);
    *out = (struct scenario_result){
        .name = json_text_or(json_get(value, "name"), keep, ""),
        .summary = json_text_or(json_get(value, "summary"), keep, ""),
        .passed = json_is_true(json_get(value, "passed")),
        .virtual_ms = json_int_or(json_get(value, "virtual_ms"), 0),
        .started = json_int_or(json_get(value, "started_ms"), 0),
        .expectation = x, .workspace = "",
        .line = get_names(json_get(value, "lines"), keep),
        .met = get_names(json_get(value, "met"), keep),
    };
    for (struct json_walk w = json_walk(promises); promises.at && json_next(&w);)
        x[out->expectations++] = (struct expectation){
            json_text_or(json_get(w.value, "promise"), keep, ""), json_is_true(json_get(w.value, "kept")),
            json_text_or(json_get(w.value, "found"), keep, "") };
    if (error.at) {
        out->error.kind = (enum err_kind)json_int_or(json_get(error, "kind"), ERR_SYSTEM);
        snprintf(out->error.text, sizeof out->error.text, "%s", json_text_or(json_get(error, "text"), keep, ""));
        snprintf(out->error.hint, sizeof out->error.hint, "%s", json_text_or(json_get(error, "hint"), keep, ""));
    }
}
