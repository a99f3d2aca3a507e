/* role_target.c: what somebody names as a target, held against those that changes have. */
#include "play/role.h"

#include <string.h>

/* The argument that "$args.service" stands for; NULL: it stands for itself. */
static const struct role_arg *argument_of(const struct role_action *a, const char *form, size_t length)
{
    enum { ROOT = sizeof "$args." - 1 };
    for (size_t i = 0; i < a->args; i++)
        if (length == ROOT + strlen(a->arg[i].name) && !strncmp(form, "$args.", ROOT)
            && !strncmp(form + ROOT, a->arg[i].name, length - ROOT))
            return &a->arg[i];
    return NULL;
}

static bool put_argument(struct text *to, const struct role_arg *arg, const char *said, size_t length,
                         const struct config *c, struct arena *keep, struct err *e)
{
    const char *text = arena_copy(keep, said, length);
    struct text quoted = text_new(keep), value = text_new(keep);
    json_quote(&quoted, text, length);
    if (!role_put_value(&value, arg, json_from(quoted.at), keep))
        return err_usage(e, "found '%s', expected %s", text, role_type_words(arg, keep));
    if (arg->type == ARG_SERVICE && !config_service(c, text, e))
        return false;
    text_add(to, json_text_or(json_from(value.at), keep, text));
    return true;
}

/* Piece by piece; it may end early, and then holds all that begins so. False without an
 * error: it begins otherwise. */
static bool fits(const char **out, const struct role_action *a, const char *said, const struct config *c,
                 struct arena *keep, struct err *e)
{
    struct text t = text_new(keep);
    const char *form = a->target + strlen(a->role) + 1;
    text_print(&t, "%s:", a->role);
    for (said += strlen(a->role) + 1;; said++, form++, text_char(&t, '/')) {
        size_t wanted = strcspn(form, "/"), length = strcspn(said, "/");
        const struct role_arg *arg = argument_of(a, form, wanted);
        if (arg && arg->type == ARG_TEXT && !form[wanted])
            length = strlen(said); /* the last may be any text */
        if (!arg && (length != wanted || strncmp(form, said, length) != 0))
            return false;
        if (!arg)
            text_bytes(&t, said, length);
        else if (!length && !(arg->type == ARG_TEXT && said[0]))
            return err_usage(e, "nothing stands behind '%s'", t.at);
        else if (!put_argument(&t, arg, said, length, c, keep, e))
            return false;
        said += length;
        form += wanted;
        if (!*said) {
            *out = t.at;
            return true;
        }
        if (!*form)
            return err_usage(e, "there is nothing below '%s'", t.at);
    }
}

/* "cloud:ip/NAME or cloud:vpc/NAME"; "": that role changes nothing. */
static const char *forms_of(const struct roles *r, const char *role, struct arena *keep)
{
    struct text t = text_new(keep);
    const char *last = "";
    for (size_t i = 0; i < r->actions; i++) {
        const struct role_action *a = &r->action[i];
        if (!a->target || !text_equal(a->role, role) || text_equal(a->target, last))
            continue;
        text_add(&t, t.length ? " or " : "");
        last = a->target;
        for (const char *at = last; *at; at++)
            if (text_starts(at, "$args."))
                for (at += 5; (at[1] >= 'a' && at[1] <= 'z') || at[1] == '_'; at++)
                    text_char(&t, at[1] == '_' ? '_' : (char)(at[1] - 'a' + 'A'));
            else
                text_char(&t, *at);
    }
    return t.at;
}

bool role_target(const char **out, const char *said, const struct roles *r, const struct config *c,
                 struct arena *keep, struct err *e)
{
    size_t length = strcspn(said, ":");
    const char *role = arena_copy(keep, said, length);
    struct err why = { 0 };
    for (size_t i = 0; i < r->actions && said[length] && why.kind == ERR_NONE; i++)
        if (r->action[i].target && text_equal(r->action[i].role, role)
            && fits(out, &r->action[i], said, c, keep, &why))
            return true;
    if (why.kind != ERR_NONE) {
        err_usage(e, "'%s' is no target: %s", said, why.text);
        if (why.hint[0])
            err_hint(e, "%s", why.hint);
        return false;
    }
    const char *forms = forms_of(r, role, keep), *near = text_nearest(role, r->name);
    if (*forms)
        return err_usage(e, "'%s' is no target; expected %s, or what is above it", said, forms);
    if (near)
        err_hint(e, "did you mean '%s:%s'?", near, said[length] ? said + length + 1 : "SERVICE");
    return err_usage(e, "'%s' is no target; expected a role and what it is of, as pool:SERVICE or pool:SERVICE/IP", said);
}
