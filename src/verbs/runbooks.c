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

static void line(struct desk *d, const struct shelf_line *l, size_t *step)
{
    struct text t = text_new(d->keep);
    text_add(&t, l->text);
    if (l->dangerous)
        text_add(&t, "; a person is asked first");
    if (l->undo)
        text_print(&t, "; %s", l->undo);
    if (*l->when)
        text_print(&t, *l->text ? " (%s)" : "(%s)", l->when);
    if (l->deed == DEED_STEP)
        fprintf(d->out, "  %zu. ", ++*step);
    else
        fprintf(d->out, "     %-8s %-16s ", deeds[l->deed], text_for_terminal(d->keep, l->word));
    show_wrapped(d, text_for_terminal(d->keep, t.at), l->deed == DEED_STEP ? 5 : 31, l->deed == DEED_STEP ? 5 : 31);
}

static void one(struct desk *d, const struct shelf_book *b)
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
    size_t step = 0;
    for (size_t i = 0; i < b->lines; i++)
        line(d, &b->line[i], &step);
    fprintf(d->out, "\n'tocsin plan %s ...' shows what it would do now\n", b->name);
}

static void put_book(struct json_out *o, const struct shelf_book *b)
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
    json_open(o, "steps", '[');
    for (size_t i = 0; i < b->lines; i++) {
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
        json_close(o, '}');
    }
    json_close(o, ']');
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
            put_book(&o, &b);
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
    if (!d->json) {
        one(d, &b);
        return true;
    }
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_open(&o, "runbooks", '[');
    put_book(&o, &b);
    json_close(&o, ']');
    desk_json_end(d, &o);
    return true;
}
