/* scenario_names.c: what a scenario names, held against what there is. */
#include "play/scenario_reader.h"

#include <string.h>

static bool nearest(struct reader *r, const struct yaml *y, const char *what, const char *name,
                    const char *const *known)
{
    const char *near = text_nearest(name, known);
    return yaml_err(r->e, y, "unknown %s '%s'%s%s%s", what, name, near ? ", did you mean '" : "",
                    near ? near : "", near ? "'?" : "");
}

bool scenario_knows_action(struct reader *r, const struct yaml *y, const char *name, bool or_role)
{
    struct err why = { 0 };
    if (roles_find(&r->roles, name, &why))
        return true;
    for (size_t i = 0; or_role && r->roles.name[i]; i++)
        if (strcmp(r->roles.name[i], name) == 0)
            return true;
    if (or_role && !strchr(name, '.'))
        return nearest(r, y, "role", name, r->roles.name);
    return yaml_err(r->e, y, "%s", why.text);
}

bool scenario_knows_service(struct reader *r, const struct yaml *y, const char *name)
{
    struct err why = { 0 };
    return config_service(&r->s->config, name, &why) || yaml_err(r->e, y, "%s", why.text);
}

static bool is_value(struct reader *r, const struct role_arg *arg, const char *text)
{
    struct text quoted = text_new(r->keep), value = text_new(r->keep);
    json_quote(&quoted, text, strlen(text));
    return role_put_value(&value, arg, json_from(quoted.at), r->keep);
}

bool scenario_knows_ip(struct reader *r, const struct yaml *y, const char *text)
{
    const struct role_arg ip = { .name = "ip", .type = ARG_IP };
    return !text || is_value(r, &ip, text) || yaml_err(r->e, y, "found '%s', expected an IP address", text);
}

static bool knows_argument(struct reader *r, const struct yaml *y, const struct role_action *a, const char *word,
                           size_t length)
{
    const char **names = arena_many(r->keep, const char *, a->args + 1);
    const char *name = arena_copy(r->keep, word, strcspn(word, "= ")), *value = word + strlen(name);
    value = *value == '=' ? arena_copy(r->keep, value + 1, length - strlen(name) - 1) : "";
    for (size_t i = 0; i < a->args; i++) {
        names[i] = a->arg[i].name;
        if (strcmp(names[i], name) != 0)
            continue;
        if (a->arg[i].type == ARG_SERVICE)
            return scenario_knows_service(r, y, value);
        return is_value(r, &a->arg[i], value)
            || yaml_err(r->e, y, "%s: found '%s', expected %s", name, value, role_type_words(&a->arg[i], r->keep));
    }
    return nearest(r, y, arena_print(r->keep, "argument of %s,", a->full), name, names);
}

static bool knows_deed(struct reader *r, const struct yaml *y)
{
    size_t length = strcspn(y->text, " ");
    const char *name = arena_copy(r->keep, y->text, length);
    struct err none = { 0 };
    if (!scenario_knows_action(r, y, name, false))
        return false;
    for (const char *at = y->text + length; *(at += strspn(at, " ")); at += length) {
        length = strcspn(at, " ");
        if (!knows_argument(r, y, roles_find(&r->roles, name, &none), at, length))
            return false;
    }
    return true;
}

bool scenario_knows_deeds(struct reader *r, const struct yaml *y)
{
    if (!y)
        return true;
    if (y->kind == YAML_SCALAR)
        return knows_deed(r, y);
    for (const struct yaml *one = y->first; one; one = one->next)
        if (!knows_deed(r, one))
            return false;
    return true;
}
