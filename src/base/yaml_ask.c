/* yaml_ask.c: asking a tree for what it should hold; see yaml.h. */
#include "base/yaml.h"
#include "base/instant.h"
#include "base/json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool yaml_err(struct err *e, const struct yaml *y, const char *format, ...)
{
    char what[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_input(e, "%s:%d:%d: %s%s%s", y->file, y->line, y->column, y->path,
                     *y->path ? ": " : "", what);
}

static const char *kind_words(enum yaml_kind kind)
{
    return kind == YAML_MAP ? "a map" : kind == YAML_LIST ? "a list" : "a value";
}

static void remember(struct yaml *map, const char *key)
{
    for (size_t i = 0; i < map->asked_count; i++)
        if (!strcmp(map->asked[i], key))
            return;
    const char **more = arena_many(map->keep, const char *, map->asked_count + 2);
    if (map->asked_count)
        memcpy(more, map->asked, map->asked_count * sizeof *more);
    more[map->asked_count++] = key;
    map->asked = more;
}

struct yaml *yaml_get(struct yaml *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    remember(map, key);
    for (struct yaml *y = map->first; y; y = y->next)
        if (!strcmp(y->key, key)) {
            y->seen = true;
            return y;
        }
    return NULL;
}

struct yaml *yaml_need(struct yaml *map, const char *key, struct err *e)
{
    struct yaml *y = yaml_get(map, key);
    if (!y)
        yaml_err(e, map, "the key '%s' is missing", key);
    return y;
}

bool yaml_done(struct yaml *map, struct err *e)
{
    for (struct yaml *y = map->first; y; y = y->next) {
        if (map->kind == YAML_MAP && !y->seen) {
            const char *near = map->asked ? text_nearest(y->key, map->asked) : NULL;
            yaml_err(e, y, "unknown key '%s'%s%s%s", y->key, near ? "; did you mean '" : "",
                     near ? near : "", near ? "'?" : "");
            if (!near && map->asked_count) {
                struct text known = text_new(map->keep);
                for (size_t i = 0; i < map->asked_count; i++)
                    text_print(&known, "%s%s", i ? " " : "", map->asked[i]);
                err_hint(e, "known here: %s", known.at);
            }
            return false;
        }
        /* Lists are walked by their readers; maps inside them count as got. */
        if (y->kind != YAML_SCALAR && (y->asked || y->kind == YAML_LIST) && !yaml_done(y, e))
            return false;
    }
    return true;
}

bool yaml_is(struct yaml *y, enum yaml_kind kind, const char *expected, struct err *e)
{
    y->seen = true;
    if (y->kind == kind)
        return true;
    if (kind == YAML_MAP && y->kind == YAML_SCALAR && !*y->text && !y->quoted) {
        y->kind = YAML_MAP; /* "key:" with nothing behind it */
        return true;
    }
    return yaml_err(e, y, "found %s, expected %s", kind_words(y->kind), expected);
}

bool yaml_text(struct yaml *y, const char **out, struct err *e)
{
    if (!y)
        return true;
    if (!yaml_is(y, YAML_SCALAR, "a text", e))
        return false;
    *out = y->text;
    return true;
}

bool yaml_int(struct yaml *y, int64_t min, int64_t max, int64_t *out, struct err *e)
{
    if (!y)
        return true;
    const char *text;
    if (!yaml_text(y, &text, e))
        return false;
    int64_t n;
    if (!*text || !json_int((struct json){ text, strlen(text) }, &n))
        return yaml_err(e, y, "found '%s', expected a whole number", text);
    if (n < min || n > max)
        return yaml_err(e, y, "found %" PRId64 ", expected %" PRId64 " to %" PRId64, n, min, max);
    *out = n;
    return true;
}

bool yaml_bool(struct yaml *y, bool *out, struct err *e)
{
    if (!y)
        return true;
    const char *text;
    if (!yaml_text(y, &text, e))
        return false;
    bool yes = !strcmp(text, "true") || !strcmp(text, "yes");
    if (y->quoted || (!yes && strcmp(text, "false") && strcmp(text, "no")))
        return yaml_err(e, y, "found '%s', expected true or false", text);
    *out = yes;
    return true;
}

bool yaml_duration(struct yaml *y, int64_t *out_ms, struct err *e)
{
    if (!y)
        return true;
    const char *text;
    if (!yaml_text(y, &text, e))
        return false;
    return duration_parse(out_ms, text)
        || yaml_err(e, y, "found '%s', expected a span such as 30s, 2m or 1h30m", text);
}

/* Up to nine decimals of a per cent: 1 % is 10,000,000 parts per billion. */
bool yaml_ppb(struct yaml *y, int64_t *out, struct err *e)
{
    if (!y)
        return true;
    const char *text;
    if (!yaml_text(y, &text, e))
        return false;
    int64_t value = 0, scale = 10000000;
    const char *at = text;
    size_t digits = strspn(at, "0123456789");
    bool good = digits > 0 && digits <= 4;
    for (size_t i = 0; good && i < digits; i++)
        value = value * 10 + (*at++ - '0');
    value *= scale;
    if (good && *at == '.') {
        at++;
        for (digits = 0; *at >= '0' && *at <= '9'; at++, digits++) {
            scale /= 10;
            good = good && scale;
            value += (*at - '0') * scale;
        }
        good = good && digits;
    }
    at += strspn(at, " ");
    if (!good || strcmp(at, "%"))
        return yaml_err(e, y, "found '%s', expected a percentage such as 99.9%%", text);
    *out = value;
    return true;
}

bool yaml_choice(struct yaml *y, const char *const *names, int *out, struct err *e)
{
    if (!y)
        return true;
    const char *text;
    if (!yaml_text(y, &text, e))
        return false;
    struct text list = text_new(y->keep);
    for (int i = 0; names[i]; i++) {
        if (!strcmp(names[i], text)) {
            *out = i;
            return true;
        }
        text_print(&list, "%s%s", i ? names[i + 1] ? ", " : " or " : "", names[i]);
    }
    const char *near = text_nearest(text, names);
    yaml_err(e, y, "found '%s', expected %s", text, list.at);
    if (near)
        err_hint(e, "did you mean '%s'?", near);
    return false;
}

void yaml_take(struct yaml *y)
{
    if (!y)
        return;
    y->seen = true;
    for (struct yaml *child = y->first; child; child = child->next)
        yaml_take(child);
}

static void put(struct json_out *o, struct yaml *y)
{
    int64_t n;
    size_t length = strlen(y->text);
    if (y->kind != YAML_SCALAR) {
        json_open(o, y->key, y->kind == YAML_MAP ? '{' : '[');
        for (struct yaml *child = y->first; child; child = child->next)
            put(o, child);
        json_close(o, y->kind == YAML_MAP ? '}' : ']');
    } else if (!y->quoted && length && json_int((struct json){ y->text, length }, &n)) {
        json_put_int(o, y->key, n);
    } else if (!y->quoted && (!strcmp(y->text, "true") || !strcmp(y->text, "false"))) {
        json_put_bool(o, y->key, *y->text == 't');
    } else if (!y->quoted && (!length || !strcmp(y->text, "null") || !strcmp(y->text, "~"))) {
        json_put(o, y->key, NULL);
    } else {
        json_put(o, y->key, y->text);
    }
}

const char *yaml_json(struct yaml *y, struct arena *keep)
{
    struct text t = text_new(keep);
    struct json_out o = json_out(&t);
    yaml_take(y);
    struct yaml top = *y;
    top.key = NULL;
    put(&o, &top);
    return t.at;
}
