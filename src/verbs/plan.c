/* plan.c: a runbook as a dry run: what would happen, in which order. */
#include "verbs/audience.h"

#include <string.h>

/* --assume A=V, or several with commas between: "A=V,B=W". */
static const char *const *assumptions(struct desk *d)
{
    const char *given = desk_option(d, "assume");
    const char **list = arena_many(d->keep, const char *, given ? strlen(given) + 2 : 1);
    size_t n = 0;
    while (given && *given) {
        size_t length = strcspn(given, ",");
        list[n++] = arena_copy(d->keep, given, length);
        given += length + (given[length] == ',');
    }
    return list;
}

static const char *shown(struct desk *d, const struct plan_step *s)
{
    const char *line = text_for_terminal(d->keep, s->line);
    return s->by_hand ? arena_print(d->keep, "%s (by hand)", line) : line;
}

static void print_text(struct desk *d, const struct plan *p)
{
    fprintf(d->out, "%s\n", text_for_terminal(d->keep, p->source));
    int64_t start = p->steps ? p->step[0].at : 0;
    for (size_t i = 0; i < p->steps; i++) {
        const struct plan_step *s = &p->step[i];
        fprintf(d->out, "%7s  %-8s %c %s\n", duration_clock(d->keep, s->at - start), s->key,
                s->kind == PLAN_CHANGES ? '*' : s->kind == PLAN_ASKS ? '?' : ' ', shown(d, s));
        if (s->kind == PLAN_CHANGES)
            fprintf(d->out, "%21s%s -> %s; undo: %s\n", "", text_for_terminal(d->keep, s->before),
                    text_for_terminal(d->keep, s->after), text_for_terminal(d->keep, s->undo));
    }
    fprintf(d->out, "%s\n", text_for_terminal(d->keep, p->end));
}

static void put_cell(struct desk *d, const char *text)
{
    for (const char *c = text_for_terminal(d->keep, text ? text : ""); *c; c++)
        fprintf(d->out, strchr("|\\<`*_[", *c) ? "\\%c" : "%c", *c);
    fprintf(d->out, " |");
}

static void print_markdown(struct desk *d, const struct plan *p)
{
    fprintf(d->out, "**%s**\n\n| at | step | | what would happen | before | after | undo |\n"
            "| --- | --- | --- | --- | --- | --- | --- |\n", text_for_terminal(d->keep, p->source));
    int64_t start = p->steps ? p->step[0].at : 0;
    for (size_t i = 0; i < p->steps; i++) {
        const struct plan_step *s = &p->step[i];
        fprintf(d->out, "| %s | %s | %s | ", duration_clock(d->keep, s->at - start), s->key,
                s->kind == PLAN_CHANGES ? "**change**" : s->kind == PLAN_ASKS ? "**asks**" : "");
        put_cell(d, shown(d, s));
        fputc(' ', d->out);
        put_cell(d, s->before);
        fputc(' ', d->out);
        put_cell(d, s->after);
        fputc(' ', d->out);
        put_cell(d, s->undo);
        fputc('\n', d->out);
    }
    fprintf(d->out, "\n%s\n", text_for_terminal(d->keep, p->end));
}

static void put_known(struct json_out *o, const char *key, const char *text)
{
    if (text)
        json_put(o, key, text);
}

static void print_json(struct desk *d, const struct plan *p)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_put(&o, "source", p->source);
    json_open(&o, "steps", '[');
    for (size_t i = 0; i < p->steps; i++) {
        const struct plan_step *s = &p->step[i];
        json_open(&o, NULL, '{');
        json_put(&o, "key", s->key);
        json_put(&o, "at", instant_utc(d->keep, s->at));
        json_put(&o, "kind", plan_kind_names[s->kind]);
        json_put_bool(&o, "change", s->kind == PLAN_CHANGES);
        json_put(&o, "text", s->line);
        put_known(&o, "action", s->action);
        put_known(&o, "target", s->target);
        put_known(&o, "before", s->before);
        put_known(&o, "after", s->after);
        put_known(&o, "undo", s->undo);
        put_known(&o, "who", s->who);
        json_put_bool(&o, "by_hand", s->by_hand);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_put(&o, "end", p->end);
    desk_json_end(d, &o);
}

bool verb_plan(struct desk *d, struct err *e)
{
    struct plan plan = { 0 };
    const char *format = desk_option(d, "format");
    if (!desk_needs(d, 0, e))
        return false;
    if (format && !text_equal(format, "text") && !text_equal(format, "md"))
        return err_usage(e, "--format text or md, not '%s'", format);
    struct run_request request = { .ws = &d->ws, .incident = d->name, .runbook = d->word[0],
                                   .argument = d->word + 1, .live = desk_option(d, "live") != NULL,
                                   .scenario = desk_option(d, "scenario"),
                                   .over = desk_option(d, "over") };
    if (request.live && request.scenario)
        return err_usage(e, "--live or --scenario: a plan starts from one world");
    bool good = run_plan(&plan, &request, assumptions(d), d->keep, e);
    if (!plan.source)
        return good;
    if (d->json)
        print_json(d, &plan);
    else if (text_equal(format, "md"))
        print_markdown(d, &plan);
    else
        print_text(d, &plan);
    if (good && plan.wrong)
        return err_input(e, "the runbook is wrong: it would stop there");
    if (good && plan.next)
        err_hint(e, "%s   if you know it", plan.next);
    return good && (!plan.stops || err_failed(e, "it would not come to its end"));
}
