/* role_said.c: what a person says, as the result that a contract promises. What
 * was not said is not made up: it is missing. */
#include "play/role.h"

#include <string.h>

static const struct role_arg *result_named(const struct role_action *a, const char *name, size_t length)
{
    for (size_t i = 0; i < a->results; i++)
        if (strlen(a->result[i].name) == length && strncmp(a->result[i].name, name, length) == 0)
            return &a->result[i];
    return NULL;
}

bool role_undo_needs(const struct role_action *a, const struct role_arg *result, struct arena *keep)
{
    const char *reference = arena_print(keep, "\"$result.%s\"", result->name);
    return a->undo_args && strstr(a->undo_args, reference) != NULL;
}

static bool may_be_none(const struct role_action *a)
{
    const struct role_arg *first = a->results ? &a->result[0] : NULL;
    return a->nothing || (first && (first->type == ARG_TEXT || first->type == ARG_LIST));
}

static const char *in_capitals(const char *name, struct arena *keep)
{
    char *text = arena_string(keep, name);
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return text;
}

const char *role_wants(const struct role_action *a, struct arena *keep)
{
    struct text t = text_new(keep);
    if (!a->change && a->results) {
        const struct role_arg *first = &a->result[0];
        text_add(&t, first->type == ARG_TRUTH ? "yes or no"
                   : first->type == ARG_TEXT  ? arena_print(keep, "the %s", first->name)
                                              : role_type_words(first, keep));
        if (may_be_none(a))
            text_add(&t, ", or none");
        return t.at;
    }
    for (size_t i = 0; i < a->results; i++)
        if (role_undo_needs(a, &a->result[i], keep))
            text_print(&t, "%s%s=%s", t.length ? " " : "", a->result[i].name,
                       in_capitals(a->result[i].name, keep));
    return t.at;
}

static bool refused(struct err *e, const struct role_action *a, const char *found, struct arena *keep)
{
    const char *wants = role_wants(a, keep);
    return err_input(e, "found '%s', expected %s", text_cut(keep, found, 60), wants);
}

/* "a, b and c" is not for us to read, "a, b" and "a b" are: with commas. */
static const char *with_commas(const char *text, struct arena *keep)
{
    struct text t = text_new(keep);
    for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
        size_t length = strcspn(text, ", ");
        text_print(&t, "%s%.*s", t.length ? "," : "", (int)length, text);
        text += length;
    }
    return t.at;
}

/* One value that was said; "y" and "n" are what people type. */
static bool put_said(struct json_out *o, const struct role_arg *result, const char *text, size_t length,
                     struct arena *keep)
{
    struct text quoted = text_new(keep), value = text_new(keep);
    const char *said = arena_copy(keep, text, length);
    if (result->type == ARG_TRUTH)
        said = text_equal(said, "y") ? "yes" : text_equal(said, "n") ? "no" : said;
    if (result->type == ARG_LIST)
        said = with_commas(said, keep);
    json_quote(&quoted, said, strlen(said));
    if (!length || !role_put_value(&value, result, json_from(quoted.at), keep))
        return false;
    json_put_raw(o, result->name, value.at, value.length);
    return true;
}

struct said { const char *at; size_t length; }; /* by the number of the result; at NULL: not said */

/* "name=value" of a result at the start of `text`: its number, and the value. -1: it is none. */
static int said_named(struct said *out, const struct role_action *a, const char *text)
{
    size_t name = strcspn(text, "= "), whole = strcspn(text, " ");
    const struct role_arg *result = text[name] == '=' ? result_named(a, text, name) : NULL;
    if (!result)
        return -1;
    *out = (struct said){ text + name + 1, whole - name - 1 };
    return (int)(result - a->result);
}

/* Takes every name=value of a result out; what is left, as words. */
static const char *take_named(struct said *said, const struct role_action *a, const char *text, struct arena *keep)
{
    struct text left = text_new(keep);
    while (*(text += strspn(text, " "))) {
        struct said one;
        size_t length = strcspn(text, " ");
        int number = said_named(&one, a, text);
        if (number >= 0)
            said[number] = one;
        else
            text_print(&left, "%s%.*s", left.length ? " " : "", (int)length, text);
        text += length;
    }
    return left.at;
}

void role_put_what_follows(struct json_out *o, const struct role_action *a, struct json have, struct arena *keep)
{
    const struct role_arg *first = &a->result[0];
    for (size_t i = 1; i < a->results; i++) {
        const struct role_arg *r = &a->result[i];
        struct json value = json_get(have, first->name);
        if (json_get(have, r->name).at)
            continue;
        if (first->type == ARG_LIST && r->type == ARG_INTEGER && text_equal(r->name, "count"))
            json_put_int(o, r->name, (int64_t)json_count(value));
        else if (first->type == ARG_IP && r->type == ARG_LIST && r->of == ARG_IP && value.at)
            json_put_raw(o, r->name, arena_print(keep, "[%.*s]", (int)value.length, value.at), value.length + 2);
        else if (r->otherwise)
            json_put_raw(o, r->name, r->otherwise, strlen(r->otherwise));
    }
}

static bool said_of_read(struct text *t, const struct role_action *a, struct said *said, const char *words,
                         struct arena *keep)
{
    const struct role_arg *first = &a->result[0];
    bool none = text_equal(words, "none") || text_equal(words, "nothing");
    struct json_out o = json_out(t);
    json_open(&o, NULL, '{');
    if (none && first->type == ARG_LIST)
        json_put_raw(&o, first->name, "[]", 2);
    else if (none && first->type == ARG_TEXT)
        json_put(&o, first->name, "");
    else if (!put_said(&o, first, words, strlen(words), keep))
        return false;
    for (size_t i = 1; i < a->results; i++)
        if (said[i].at && !put_said(&o, &a->result[i], said[i].at, said[i].length, keep))
            return false;
    role_put_what_follows(&o, a, json_from(arena_print(keep, "%s}", t->at)), keep);
    json_close(&o, '}');
    return true;
}

static bool said_of_change(struct text *t, const struct role_action *a, const struct said *said, struct arena *keep,
                           struct err *e)
{
    struct json_out o = json_out(t);
    json_open(&o, NULL, '{');
    for (size_t i = 0; i < a->results; i++) {
        const struct role_arg *r = &a->result[i];
        if (!said[i].at && role_undo_needs(a, r, keep))
            return err_input(e, "'%s' is not said; expected %s", r->name, role_wants(a, keep));
        if (said[i].at && !put_said(&o, r, said[i].at, said[i].length, keep))
            return err_input(e, "%s: found '%.*s', expected %s", r->name, (int)said[i].length, said[i].at,
                             role_type_words(r, keep));
    }
    json_close(&o, '}');
    return true;
}

bool role_said(const char **result, const char **rest, const struct role_action *a, const char *text,
               struct arena *keep, struct err *e)
{
    struct text t = text_new(keep);
    struct said *said = arena_many(keep, struct said, a->results + 1);
    const char *words = take_named(said, a, text, keep);
    *rest = words;
    *result = NULL;
    if (a->change) {
        if (!said_of_change(&t, a, said, keep, e))
            return false;
    } else if (a->results) {
        if (a->nothing && (text_equal(words, "none") || text_equal(words, "nothing")))
            return true;
        if (!said_of_read(&t, a, said, words, keep))
            return refused(e, a, text, keep);
        *rest = "";
    } else {
        text_add(&t, "{}");
    }
    *result = t.at;
    return true;
}
