/* role_reference.c: "$args.ip", replaced by what it names. */
#include "play/role.h"

#include <ctype.h>
#include <string.h>

struct sources { struct json args, before, result; };

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The value behind the reference at `at`, and where it ends; at NULL when it
 * names nothing, *end NULL when it is no reference. */
static struct json follow(const char *at, const struct sources *s, const char **end)
{
    static const char *const roots[] = { "$args.", "$before.", "$result." };
    const struct json values[] = { s->args, s->before, s->result };
    *end = NULL;
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(roots[i]);
        if (strncmp(at, roots[i], length) != 0 || !is_name(at[length]))
            continue;
        const char *name = at + length, *stop = name;
        while (is_name(*stop))
            stop++;
        char key[64];
        *end = stop;
        if ((size_t)(stop - name) >= sizeof key)
            return (struct json){ 0 };
        memcpy(key, name, (size_t)(stop - name));
        key[stop - name] = '\0';
        return json_get(values[i], key);
    }
    return (struct json){ 0 };
}

static void put_plain(struct text *to, struct json value, struct arena *keep)
{
    const char *text = json_text(value, keep);
    if (text)
        text_add(to, text);
    else
        text_bytes(to, value.at, value.length);
}

/* Inside a longer text. `lenient`: what names nothing stays as it stands. */
static bool put_mixed(struct text *to, const char *text, const struct sources *s, bool lenient,
                      struct arena *keep, struct err *e)
{
    for (const char *end; *text; text = end) {
        struct json value = follow(text, s, &end);
        if (!end) {
            text_char(to, *text);
            end = text + 1;
        } else if (value.at) {
            put_plain(to, value, keep);
        } else if (lenient) {
            text_bytes(to, text, (size_t)(end - text));
        } else {
            return err_input(e, "'%.*s' names nothing", (int)(end - text), text);
        }
    }
    return true;
}

static bool put_string(struct text *to, struct json value, const struct sources *s,
                       struct arena *keep, struct err *e)
{
    const char *text = json_text(value, keep), *end;
    struct json whole = follow(text, s, &end);
    if (end && !*end) {
        if (!whole.at)
            return err_input(e, "'%s' names nothing", text);
        text_bytes(to, whole.at, whole.length);
        return true;
    }
    struct text mixed = text_new(keep);
    if (!put_mixed(&mixed, text, s, false, keep, e))
        return false;
    json_quote(to, mixed.at, mixed.length);
    return true;
}

/* A reference to a state that nobody could read (a person did it by hand):
 * its member is left out, and the contract's default takes its place. */
static bool unseen(struct json value, const struct sources *s, struct arena *keep)
{
    enum json_type before = json_type(s->before);
    return (before == JSON_MISSING || before == JSON_NULL) && json_type(value) == JSON_STRING
        && text_starts(json_text(value, keep), "$before.");
}

static bool put(struct text *to, struct json value, const struct sources *s, struct arena *keep,
                struct err *e)
{
    enum json_type type = json_type(value);
    if (type == JSON_STRING)
        return put_string(to, value, s, keep, e);
    if (type != JSON_OBJECT && type != JSON_ARRAY) {
        text_bytes(to, value.at, value.length);
        return true;
    }
    bool first = true;
    text_char(to, type == JSON_OBJECT ? '{' : '[');
    for (struct json_walk w = json_walk(value); json_next(&w);) {
        if (unseen(w.value, s, keep))
            continue;
        if (!first)
            text_char(to, ',');
        first = false;
        if (w.key.at) {
            text_bytes(to, w.key.at, w.key.length);
            text_char(to, ':');
        }
        if (!put(to, w.value, s, keep, e))
            return false;
    }
    text_char(to, type == JSON_OBJECT ? '}' : ']');
    return true;
}

bool role_resolve(const char **out, const char *template, struct json args, struct json before,
                  struct json result, struct arena *keep, struct err *e)
{
    struct text t = text_new(keep);
    const struct sources s = { args, before, result };
    size_t wrong_at;
    if (!json_check(template, strlen(template), &wrong_at)) {
        /* a plain text, such as a target */
        if (!put_mixed(&t, template, &s, false, keep, e))
            return false;
        *out = t.at;
        return true;
    }
    if (!put(&t, json_from(template), &s, keep, e))
        return false;
    *out = json_canonical(json_from(t.at), keep);
    return true;
}

const char *role_words(const char *text, struct json args, struct json before, struct json result,
                       struct arena *keep)
{
    struct text t = text_new(keep);
    const struct sources s = { args, before, result };
    put_mixed(&t, text, &s, true, keep, NULL);
    return t.at;
}
