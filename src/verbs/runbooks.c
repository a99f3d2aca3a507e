/* runbooks.c: what can be run, and one of them in plain English. */
#include "play/annotations.h"
#include "play/shelf.h"
#include "verbs/show.h"

static const char *usage(struct desk *d, const struct shelf_book *b)
{
    struct text t = text_new(d->keep);
    text_print(&t, "tocsin run %s", b->name);
    for (size_t i = 0; i < b->params; i++)
        text_print(&t, b->param[i].required ? " %s=..." : " [%s=...]", b->param[i].name);
    return t.at;
}

static const char *const deeds[] = {
    [DEED_STEP] = "step", [DEED_CALL] = "runs", [DEED_READ] = "looks", [DEED_CHANGE] = "CHANGES",
    [DEED_WAIT] = "waits", [DEED_ASK] = "asks", [DEED_SAY] = "writes",
};

/* Runbooks that were shown already, so that two that call each other come to an end. */
struct told {
    const char **name;
    size_t count, room;
};

static bool told_before(const struct told *told, const char *name)
{
    for (size_t i = 0; i < told->count; i++)
        if (text_equal(told->name[i], name))
            return true;
    return false;
}

/* What this line runs, where that can be read and was not shown yet: it is from now on. */
static bool runs_another(struct shelf_book *out, struct desk *d, const struct shelf_line *l, struct told *told)
{
    struct err none = { 0 };
    if (l->deed != DEED_CALL || told_before(told, l->word) || !shelf_read(out, &d->ws, l->word, d->keep, &none))
        return false;
    told->name = arena_grown(d->keep, told->name, sizeof *told->name, told->count, &told->room);
    told->name[told->count++] = l->word;
    return true;
}

static void line(struct desk *d, const struct shelf_line *l, size_t *step, int depth, bool again)
{
    struct text t = text_new(d->keep);
    int indent = 3 * depth, behind = indent + (l->deed == DEED_STEP ? 5 : 31);
    text_add(&t, l->text);
    if (again)
        text_add(&t, " (as above)");
    if (l->dangerous)
        text_add(&t, "; a person is asked first");
    if (l->undo)
        text_print(&t, "; %s", l->undo);
    if (*l->when)
        text_print(&t, *l->text ? " (%s)" : "(%s)", l->when);
    if (l->deed == DEED_STEP)
        fprintf(d->out, "%*s  %zu. ", indent, "", ++*step);
    else
        fprintf(d->out, "%*s     %-8s %-16s ", indent, "", deeds[l->deed], text_for_terminal(d->keep, l->word));
    show_wrapped(d, text_for_terminal(d->keep, t.at), behind, behind);
}

enum { DEEPEST = 6 }; /* that is shown as deeper */

/* Those of what it runs below the line that runs it: the danger is often there. */
static void lines(struct desk *d, const struct shelf_book *b, int depth, struct told *told)
{
    size_t step = 0;
    for (size_t i = 0; i < b->lines; i++) {
        struct shelf_book inner;
        const struct shelf_line *l = &b->line[i];
        line(d, l, &step, depth, l->deed == DEED_CALL && told_before(told, l->word));
        if (runs_another(&inner, d, l, told))
            lines(d, &inner, depth < DEEPEST ? depth + 1 : depth, told);
    }
}

static void one(struct desk *d, const struct shelf_book *b, struct told *told)
{
    fprintf(d->out, "%s: %s\n", b->name, text_for_terminal(d->keep, b->summary));
    fprintf(d->out, "%s (%s)\n\n  %s\n", b->path, b->own ? "this workspace's own" : "shipped", usage(d, b));
    for (size_t i = 0; i < b->params; i++) {
        const struct role_arg *p = &b->param[i];
        fprintf(d->out, "    %-10s %-9s ", p->name, arg_type_names[p->type]);
        show_wrapped(d, arena_print(d->keep, "%s%s%s", text_for_terminal(d->keep, p->help ? p->help : ""),
                                    p->required ? " (required)" : "",
                                    p->otherwise ? arena_print(d->keep, " (else %s)", p->otherwise) : ""), 25, 25);
    }
    fputs("\nwhat it may do, in this order:\n", d->out);
    lines(d, b, 0, told);
    fprintf(d->out, "\n'tocsin plan %s ...' shows what it would do now\n", b->name);
}

/* `told` NULL: without what the runbooks do that these run. */
static void put_steps(struct json_out *o, struct desk *d, const struct shelf_book *b, struct told *told)
{
    json_open(o, "steps", '[');
    for (size_t i = 0; i < b->lines; i++) {
        struct shelf_book inner;
        const struct shelf_line *l = &b->line[i];
        json_open(o, NULL, '{');
        json_put(o, "does", l->deed == DEED_CHANGE ? "changes" : deeds[l->deed]);
        json_put(o, "word", l->word);
        json_put(o, "text", l->text);
        json_put(o, "when", l->when);
        if (l->deed == DEED_CHANGE) {
            json_put_bool(o, "dangerous", l->dangerous);
            json_put(o, "undo", l->undo);
        }
        json_put_int(o, "line", l->line);
        if (told && runs_another(&inner, d, l, told))
            put_steps(o, d, &inner, told);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_book(struct json_out *o, struct desk *d, const struct shelf_book *b, struct told *told)
{
    json_open(o, NULL, '{');
    json_put(o, "name", b->name);
    json_put(o, "summary", b->summary);
    json_put(o, "path", b->path);
    json_put_bool(o, "own", b->own);
    json_open(o, "params", '[');
    for (size_t i = 0; i < b->params; i++) {
        json_open(o, NULL, '{');
        json_put(o, "name", b->param[i].name);
        json_put(o, "type", arg_type_names[b->param[i].type]);
        json_put(o, "help", b->param[i].help);
        json_put_bool(o, "required", b->param[i].required);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_steps(o, d, b, told);
    json_close(o, '}');
}

static bool all(struct desk *d, struct err *e)
{
    struct names names;
    struct text to = text_new(d->keep);
    struct json_out o = { 0 };
    if (!shelf_names(&names, &d->ws, d->keep, e))
        return false;
    if (d->json) {
        o = desk_json(d, &to);
        json_open(&o, "runbooks", '[');
    }
    for (size_t i = 0; i < names.count; i++) {
        struct shelf_book b;
        struct err broken = { 0 };
        bool good = shelf_read(&b, &d->ws, names.name[i], d->keep, &broken);
        if (d->json && good)
            put_book(&o, d, &b, NULL);
        else if (good)
            fprintf(d->out, "%-16s %s%s\n", b.name, text_for_terminal(d->keep, b.summary), b.own ? "   (own)" : "");
        else if (!d->json)
            fprintf(d->out, "%-16s BROKEN: %s\n", names.name[i], text_for_terminal(d->keep, broken.text));
    }
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    } else {
        desk_say(d, "  tocsin runbooks NAME   says what it does; tocsin plan NAME ...   what it would do now");
    }
    return true;
}

static bool annotations(struct desk *d, struct err *e)
{
    struct roles roles;
    struct text t = text_new(d->keep);
    if (!roles_load(&roles, d->keep, e))
        return false;
    annotations_write(&t, &roles, &d->ws, d->keep);
    fputs(t.at, d->out);
    return true;
}

/* An editor is set up anywhere: without a workspace there are the shipped runbooks. */
static bool open_workspace(struct desk *d, struct err *e)
{
    const char *dir;
    if (workspace_find(&dir, d->world, d->dir, d->keep, e)) {
        bool good = workspace_open(&d->ws, d->world, dir, d->keep, e);
        d->world = good ? d->ws.world : d->world;
        return good;
    }
    if (d->dir || !desk_option(d, "annotations"))
        return false;
    *e = (struct err){ 0 };
    d->ws = (struct workspace){ .dir = "/dev/null", .world = d->world };
    return config_parse(&d->ws.config, "tocsin.yaml", "", 0, d->keep, e);
}

bool verb_runbooks(struct desk *d, struct err *e)
{
    struct shelf_book b;
    if (!desk_at_most(d, 1, e))
        return false;
    if (!open_workspace(d, e))
        return false;
    if (desk_option(d, "annotations"))
        return annotations(d, e);
    if (!d->words)
        return all(d, e);
    if (!shelf_read(&b, &d->ws, d->word[0], d->keep, e))
        return false;
    const char *itself[] = { b.name };
    struct told told = { itself, 1, 1 };
    if (!d->json) {
        one(d, &b, &told);
        return true;
    }
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_open(&o, "runbooks", '[');
    put_book(&o, d, &b, &told);
    json_close(&o, ']');
    desk_json_end(d, &o);
    return true;
}
