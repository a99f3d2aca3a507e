/* test_coverage.c: what of the runbooks the scenarios exercised, and what never. */
#include "verbs/test.h"

#include "play/shelf.h"

#include <stdlib.h>
#include <string.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the scenarios that met the point. */
static const char *const *met_by(const char *point, const struct scenario_result *all, size_t count, struct arena *keep)
{
    const char **by = arena_many(keep, const char *, count + 1);
    size_t n = 0;
    for (const struct scenario_result *r = all; r < all + count; r++) {
        size_t length = 0;
        while (r->met && r->met[length])
            length++;
        if (length && bsearch(&point, r->met, length, sizeof point, by_bytes))
            by[n++] = r->name;
    }
    return by;
}

static bool cover_book(struct covered_book *out, struct desk *d, const struct workspace *here, const char *name,
                       const struct roles *roles, const struct scenario_result *all, size_t count, struct err *e)
{
    const char *path, *text;
    size_t length, points;
    if (!workspace_share(&path, NULL, here, "runbooks", arena_print(d->keep, "%s.lua", name), d->keep, e)
        || !d->world->read_file(d->world, path, &text, &length, d->keep, e))
        return false;
    *out = (struct covered_book){ .name = name, .path = arena_print(d->keep, "runbooks/%s.lua", name) };
    const struct coverage_point *point = coverage_points(&points, out->path, text, length, roles, d->keep);
    struct covered_point *covered = arena_many(d->keep, struct covered_point, points + 1);
    for (size_t i = 0; i < points; i++) {
        covered[i] = (struct covered_point){ &point[i], met_by(point[i].name, all, count, d->keep) };
        out->met += covered[i].by[0] != NULL;
    }
    out->point = covered;
    out->points = points;
    out->played = out->met > 0;
    return true;
}

bool test_cover(struct covered *out, struct desk *d, const char *home, const struct scenario_result *all,
                size_t count, struct err *e)
{
    const struct workspace here = { .dir = home ? home : ".", .world = d->world };
    struct roles roles;
    struct names names;
    if (!roles_load(&roles, d->keep, e) || !shelf_names(&names, &here, d->keep, e))
        return false;
    struct covered_book *book = arena_many(d->keep, struct covered_book, names.count + 1);
    for (size_t i = 0; i < names.count; i++)
        if (!cover_book(&book[i], d, &here, names.name[i], &roles, all, count, e))
            return false;
    *out = (struct covered){ book, names.count };
    return true;
}

static const char *joined(struct desk *d, const char *const *names)
{
    struct text t = text_new(d->keep);
    for (; *names; names++)
        text_print(&t, "%s%s", t.length ? "; " : "", *names);
    return text_for_terminal(d->keep, t.at);
}

void test_print_covered(struct desk *d, const struct covered *c)
{
    struct text unplayed = text_new(d->keep);
    for (const struct covered_book *b = c->book; b < c->book + c->books; b++) {
        if (b->played)
            fprintf(d->out, "# coverage: %s  %zu of %zu\n", b->path, b->met, b->points);
        else
            text_print(&unplayed, "%s%s", unplayed.length ? ", " : "", b->name);
        for (size_t i = 0; d->verbose && b->played && i < b->points; i++)
            if (b->point[i].by[0])
                fprintf(d->out, "#   %s:%d: %s: %s\n", b->path, b->point[i].point->line,
                        text_for_terminal(d->keep, b->point[i].point->words), joined(d, b->point[i].by));
    }
    for (const struct covered_book *b = c->book; b < c->book + c->books; b++)
        for (size_t i = 0; b->played && i < b->points; i++)
            if (!b->point[i].by[0])
                fprintf(d->out, "# never exercised: %s:%d: %s\n", b->path, b->point[i].point->line,
                        text_for_terminal(d->keep, b->point[i].point->words));
    if (unplayed.length)
        fprintf(d->out, "# never played: %s\n", unplayed.at);
}

void test_put_covered(struct json_out *o, const struct covered *c)
{
    json_open(o, "coverage", '[');
    for (const struct covered_book *b = c->book; b < c->book + c->books; b++) {
        json_open(o, NULL, '{');
        json_put(o, "runbook", b->name);
        json_put(o, "path", b->path);
        json_open(o, "points", '[');
        for (size_t i = 0; i < b->points; i++) {
            json_open(o, NULL, '{');
            json_put_int(o, "line", b->point[i].point->line);
            json_put(o, "point", b->point[i].point->words);
            json_open(o, "scenarios", '[');
            for (const char *const *by = b->point[i].by; *by; by++)
                json_put(o, NULL, *by);
            json_close(o, ']');
            json_close(o, '}');
        }
        json_close(o, ']');
        json_close(o, '}');
    }
    json_close(o, ']');
}
