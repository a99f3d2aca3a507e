/* workspace.c: see workspace.h. */
#include "world/workspace.h"

#include "record/incident.h"
#include "world/sim_clock.h"

#include <stdlib.h>
#include <string.h>

static bool is_workspace(struct world *w, const char *dir, struct arena scratch)
{
    return w->exists(w, arena_print(&scratch, "%s/tocsin.yaml", dir), NULL);
}

static bool named(const char **dir, struct world *w, const char *given, const char *how,
                  struct arena *keep, struct err *e)
{
    size_t length = strlen(given);
    while (length > 1 && given[length - 1] == '/')
        length--;
    *dir = arena_copy(keep, given, length);
    if (is_workspace(w, *dir, *keep))
        return true;
    err_input(e, "there is no workspace in '%s'%s: it has no tocsin.yaml", *dir, how);
    return err_hint(e, "tocsin init %s   makes one", *dir);
}

bool workspace_find(const char **dir, struct world *w, const char *given, struct arena *keep,
                    struct err *e)
{
    enum { HIGHEST = 40 };
    const char *home = w->environment(w, "TOCSIN_HOME");
    if (given)
        return named(dir, w, given, "", keep, e);
    if (home && *home)
        return named(dir, w, home, " (TOCSIN_HOME)", keep, e);
    struct text up = text_new(keep);
    text_add(&up, ".");
    for (int i = 0; i < HIGHEST; i++) { /* above the root is the root */
        *dir = i ? up.at + 2 : up.at;
        if (is_workspace(w, *dir, *keep))
            return true;
        text_add(&up, "/..");
    }
    err_input(e, "there is no workspace here or above");
    return err_hint(e, "tocsin init   makes one in this folder");
}

static const char *good_copy(const char *dir, struct arena *keep)
{
    return arena_print(keep, "%s/.tocsin/tocsin.yaml", dir);
}

void workspace_remember(const struct workspace *ws, struct arena scratch)
{
    struct err ignored = { 0 }; /* where it cannot be kept, nothing is lost */
    struct world *w = ws->world;
    const char *path = good_copy(ws->dir, &scratch), *old;
    size_t length;
    if (!ws->text || !w->exists(w, arena_print(&scratch, "%s/.tocsin", ws->dir), NULL))
        return;
    if (w->exists(w, path, NULL) && w->read_file(w, path, &old, &length, &scratch, &ignored)
        && length == ws->text_length && !memcmp(old, ws->text, length))
        return;
    (void)w->write_file(w, path, ws->text, ws->text_length, &ignored);
}

static bool open_world(struct workspace *out, struct world *w, const char *dir, struct arena *keep,
                       struct err *e)
{
    if (out->config.simulated && !w->virtual && !(out->world = sim_world(w, dir, keep, e)))
        return false;
    out->store = out->world->open_store(out->world, dir, keep, e);
    return out->store != NULL;
}

bool workspace_open(struct workspace *out, struct world *w, const char *dir, struct arena *keep,
                    struct err *e)
{
    const char *bytes, *file = arena_print(keep, "%s/tocsin.yaml", dir);
    const char *shown = text_starts(file, "./") ? file + 2 : file;
    size_t length;
    *out = (struct workspace){ .dir = arena_string(keep, dir), .world = w };
    if (!w->read_file(w, file, &bytes, &length, keep, e)
        || !config_parse(&out->config, shown, bytes, length, keep, e))
        return false;
    out->text = bytes;
    out->text_length = length;
    return open_world(out, w, dir, keep, e);
}

bool workspace_open_as_it_was(struct workspace *out, struct world *w, const char *dir,
                              struct arena *keep, struct err *e)
{
    const char *bytes, *file = good_copy(dir, keep);
    size_t length;
    *out = (struct workspace){ .dir = arena_string(keep, dir), .world = w };
    return w->read_file(w, file, &bytes, &length, keep, e)
        && config_parse(&out->config, file, bytes, length, keep, e) && open_world(out, w, dir, keep, e);
}

const char *workspace_path(const struct workspace *ws, struct arena *keep, const char *inside)
{
    return arena_print(keep, "%s/%s", ws->dir, inside);
}

bool workspace_journal(struct journal *out, const struct workspace *ws, const char *name,
                       struct arena *keep, struct err *e)
{
    if (!name && !workspace_pick(&name, NULL, ws, NULL, true, keep, e))
        return false;
    return ws->store->read(ws->store, name, out, keep, e);
}

/* What picking needs to know of each incident. */
struct candidate {
    const char *name;
    int64_t opened_at;
    bool closed;
    bool nothing;        /* not a line of it could be read */
    const char *unread;  /* NULL; or why it was not read whole */
};

static struct candidate look_at(const struct workspace *ws, const char *name, bool *refused,
                                struct arena *keep)
{
    struct arena scratch = *keep;
    struct journal j = { 0 };
    struct incident i = { 0 };
    struct err why = { 0 }; /* its words are copied when what was read is given back */
    int64_t now = ws->world->clock(ws->world);
    if (!ws->store->read(ws->store, name, &j, &scratch, &why)
        || !incident_fold(&i, &j, INSTANT_NONE, now, &scratch, &why))
        *refused = true;
    else if (i.warning)
        err_input(&why, "%s", i.warning);
    return (struct candidate){ name, i.opened_at, i.closed || !j.count, !j.count,
                               why.kind ? arena_string(keep, why.text) : NULL };
}

/* "INC-2025-001 cannot be read whole: ..."; NULL: all were, but for the one that was picked. */
static const char *unread_of(const struct candidate *c, size_t count, const char *picked,
                             struct arena *keep)
{
    const char *words = NULL;
    for (size_t i = 0; i < count; i++)
        if (c[i].unread && !text_equal(c[i].name, picked))
            words = arena_print(keep, "%s%s%s cannot be read whole: %s", words ? words : "", words ? "; " : "",
                                c[i].name, c[i].unread);
    return words;
}

static bool is_listed(const struct names *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (!strcmp(all->name[i], name))
            return true;
    return false;
}

static bool no_such(struct err *e, const char *given, const struct names *all)
{
    const char *near = text_nearest(given, all->name);
    err_input(e, "there is no incident '%s'%s%s%s", given, near ? "; did you mean '" : "",
              near ? near : "", near ? "'?" : "");
    return err_hint(e, "tocsin incidents   lists them");
}

/* "INC-2025-001, INC-2025-002" */
static bool several(struct err *e, const struct candidate *c, size_t count, struct arena scratch)
{
    struct text t = text_new(&scratch);
    const char *last = "";
    for (size_t i = 0; i < count; i++)
        if (!c[i].closed) {
            text_print(&t, "%s%s", t.length ? ", " : "", c[i].name);
            last = c[i].name;
        }
    err_usage(e, "several incidents are open: %s", t.at);
    return err_hint(e, "say which one: tocsin -i %s ...", last);
}

static bool none_open(struct err *e, const char *unread, bool refused, bool closed_too)
{
    if (refused) {
        err_hint(e, "mend that, or say which one is meant: tocsin -i INCIDENT ...; "
                    "'tocsin open TITLE' opens another one all the same");
        return err_system(e, "no incident that can be read is open, and %s", unread);
    }
    if (closed_too && unread) {
        err_hint(e, "tocsin verify   looks at each of them");
        return err_input(e, "there is no incident that can be read: %s", unread);
    }
    err_usage(e, "no incident is open");
    return err_hint(e, "tocsin down SERVICE   or   tocsin open TITLE");
}

bool workspace_pick(const char **name, const char **unread, const struct workspace *ws,
                    const char *given, bool closed_too, struct arena *keep, struct err *e)
{
    struct names all;
    *name = NULL;
    if (unread)
        *unread = NULL;
    if (!ws->store->list(ws->store, &all, keep, e))
        return false;
    if (given) {
        *name = arena_string(keep, given);
        return is_listed(&all, given) || no_such(e, given, &all);
    }
    if (closed_too && all.count == 1) { /* whatever it is, it is the one: no need to look */
        *name = all.name[0];
        return true;
    }
    struct candidate *c = arena_many(keep, struct candidate, all.count + 1);
    const struct candidate *open = NULL, *last = NULL;
    size_t opens = 0;
    bool refused = false;
    for (size_t i = 0; i < all.count; i++) {
        c[i] = look_at(ws, all.name[i], &refused, keep);
        if (!c[i].closed) {
            open = &c[i];
            opens++;
        }
        if (!c[i].nothing && (!last || c[i].opened_at >= last->opened_at))
            last = &c[i];
    }
    const struct candidate *picked = open ? open : closed_too ? last : NULL;
    *name = picked ? picked->name : NULL;
    const char *words = unread_of(c, all.count, *name, keep);
    if (unread)
        *unread = words;
    if (opens > 1)
        return several(e, c, all.count, *keep);
    return picked || none_open(e, words, refused, closed_too);
}

bool workspace_next_name(const char **name, const struct workspace *ws, int64_t at,
                         struct arena *keep, struct err *e)
{
    struct names all;
    int year = civil_at(ws->config.zone ? ws->config.zone : "UTC", at).year;
    const char *front = arena_print(keep, "INC-%04d-", year);
    long highest = 0;
    if (!ws->store->list(ws->store, &all, keep, e))
        return false;
    for (size_t i = 0; i < all.count; i++)
        if (text_starts(all.name[i], front)) {
            long n = strtol(all.name[i] + strlen(front), NULL, 10);
            highest = n > highest ? n : highest;
        }
    *name = arena_print(keep, "%s%03ld", front, highest + 1);
    return true;
}
