/* check_config.c: a configuration that can be read, and yet means something else
 * than it says; and runbooks that nobody can start. */
#include "play/check_inside.h"

#include <string.h>
#include <strings.h>

/* ---- services */

static struct yaml *named(struct yaml *map, const char *key)
{
    struct yaml *y = map && map->kind == YAML_MAP ? map->first : NULL;
    while (y && !text_equal(y->key, key))
        y = y->next;
    return y;
}

struct place { const char *ip, *service; const struct place *next; };

/* Each IP is an address, and stands once. */
static size_t look_at_ips(struct findings *f, const char *file, struct yaml *service, const struct place **all)
{
    static const struct role_arg address = { .type = ARG_IP };
    struct yaml *list = named(service, "ips");
    size_t n = 0;
    for (struct yaml *ip = list && list->kind == YAML_LIST ? list->first : NULL; ip; ip = ip->next, n++) {
        struct text ignored = text_new(f->keep), quoted = text_new(f->keep);
        const struct place *same = *all;
        json_quote(&quoted, ip->text, strlen(ip->text));
        if (!role_put_value(&ignored, &address, json_from(quoted.at), f->keep))
            findings_add(f, file, ip->line, 'E', arena_print(f->keep, "%s: found '%s', expected an IP address", ip->path, ip->text));
        while (same && !text_equal(same->ip, ip->text))
            same = same->next;
        if (same && text_equal(same->service, service->key))
            findings_add(f, file, ip->line, 'E', arena_print(f->keep, "%s: '%s' stands here twice", ip->path, ip->text));
        else if (same)
            findings_add(f, file, ip->line, 'W', arena_print(f->keep, "%s: '%s' is an IP of '%s' already: what is done to "
                         "one is done to both", ip->path, ip->text, same->service));
        struct place *mine = arena_one(f->keep, struct place);
        *mine = (struct place){ ip->text, service->key, *all };
        *all = mine;
    }
    return n;
}

void check_config(struct findings *f, const struct workspace *ws)
{
    struct err e = { 0 };
    const struct config *c = &ws->config;
    const struct place *all = NULL;
    const char *bytes;
    size_t length;
    if (!ws->world->read_file(ws->world, workspace_path(ws, f->keep, "tocsin.yaml"), &bytes, &length, f->keep, &e)) {
        findings_add_error(f, c->file, e.text);
        return;
    }
    struct yaml *services = named(yaml_parse(c->file, bytes, length, f->keep, &e), "services");
    for (size_t i = 0; i < c->services; i++) {
        struct yaml *service = named(services, c->service[i].name);
        size_t ips = service ? look_at_ips(f, c->file, service, &all) : 0;
        struct yaml *least = named(service, "pool_min");
        if (least && ips && c->service[i].pool_min > (int64_t)ips)
            findings_add(f, c->file, least->line, 'E', arena_print(f->keep, "%s: found %lld, and '%s' has %s: none could "
                         "ever be taken out", least->path, (long long)c->service[i].pool_min, c->service[i].name,
                         text_count(f->keep, (int64_t)ips, "IP")));
    }
}

/* ---- bindings */

/* A plugin of this workspace that no role is bound to yet. */
static void look_at_unbound(struct findings *out, const struct workspace *ws, struct plugins *plugins)
{
    struct names all;
    struct err e = { 0 };
    if (!ws->world->list_folder(ws->world, workspace_path(ws, out->keep, "plugins"), &all, out->keep, &e))
        return;
    for (size_t i = 0; i < all.count; i++) {
        const char *inside = arena_print(out->keep, "plugins/%s/plugin.lua", all.name[i]), *summary, *needs;
        bool bound = !ws->world->exists(ws->world, workspace_path(ws, out->keep, inside), NULL);
        for (size_t k = 0; k < ws->config.roles; k++)
            bound = bound || text_equal(ws->config.role[k].plugin, all.name[i]);
        struct err why = { 0 };
        if (!bound && !plugins_about(plugins, all.name[i], &summary, &needs, out->keep, &why))
            findings_add_error(out, inside, why.text);
    }
}

bool check_bound(struct findings *out, const struct workspace *ws, struct plugins *plugins, const char *role)
{
    struct err why = { 0 };
    const struct binding *b = config_binding(&ws->config, role);
    if (plugins_ready(plugins, role, &why))
        return true;
    findings_add_error(out, ws->config.file, why.text);
    struct finding *last = &out->finding[out->count - 1];
    if (!last->line)
        *last = (struct finding){ ws->config.file, b ? b->line : 1, 'E', last->message };
    findings_say_once(out);
    return false;
}

void check_roles(struct findings *out, const struct workspace *ws)
{
    struct roles roles;
    struct plugins *plugins = NULL;
    struct err e = { 0 };
    if (!roles_load(&roles, out->keep, &e) || !plugins_open(&plugins, ws, &roles, out->keep, &e)) {
        findings_add_error(out, ws->config.file, e.text);
        return;
    }
    for (size_t i = 0; i < ws->config.roles; i++)
        (void)check_bound(out, ws, plugins, ws->config.role[i].role);
    look_at_unbound(out, ws, plugins);
    plugins_close(plugins);
}

/* ---- the folder */

static void unreachable(struct findings *f, const struct workspace *ws, const char *path, const char *why)
{
    if (!check_looked_at(f, path)) {
        findings_add(f, path, 1, 'W', arena_print(f->keep, "no runbook has this name: %s", why));
        if (text_ends(path, ".lua"))
            check_runbook(f, ws, path);
    }
}

/* Its path as people type it: from where they stand, when that is the workspace. */
static const char *shown(const struct workspace *ws, const char *inside, struct arena *keep)
{
    return text_equal(ws->dir, ".") ? inside : workspace_path(ws, keep, inside);
}

static void look_into(struct findings *f, const struct workspace *ws, const char *folder, int depth)
{
    struct names all;
    struct err none = { 0 };
    struct world *w = ws->world;
    if (depth > 8 || !w->list_folder(w, workspace_path(ws, f->keep, folder), &all, f->keep, &none))
        return;
    for (size_t i = 0; i < all.count; i++) {
        const char *name = all.name[i], *inside = arena_print(f->keep, "%s/%s", folder, name);
        const char *path = shown(ws, inside, f->keep);
        bool is_folder = false, lua = strlen(name) > 4 && strcasecmp(name + strlen(name) - 4, ".lua") == 0;
        bool there = w->exists(w, workspace_path(ws, f->keep, inside), &is_folder);
        const char *shipped;
        if (!there && lua && (depth || workspace_share(&shipped, NULL, ws, folder, name, f->keep, &none)))
            findings_add(f, path, 0, 'E', depth ? "it is a link to what is not there"
                         : "it is a link to what is not there: the shipped one is run in its place");
        else if (is_folder && name[0] != '.')
            look_into(f, ws, inside, depth + 1);
        else if (is_folder || !lua)
            continue;
        else if (depth)
            unreachable(f, ws, path, "only files right in runbooks/ have one; put it there, or run it by its path");
        else if (name[0] == '.')
            unreachable(f, ws, path, "its file is hidden");
        else if (!text_ends(name, ".lua"))
            unreachable(f, ws, path, "its file must end in '.lua'");
    }
}

void check_shelf(struct findings *out, const struct workspace *ws)
{
    look_into(out, ws, "runbooks", 0);
}
