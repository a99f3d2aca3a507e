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

static void print_text(struct desk *d, const struct plan *p)
{
    fprintf(d->out, "%s\n", text_for_terminal(d->keep, p->source));
    int64_t start = p->steps ? p->step[0].at : 0;
    for (size_t i = 0; i < p->steps; i++)
        fprintf(d->out, "%7s  %-8s %s %s\n", duration_clock(d->keep, p->step[i].at - start),
                p->step[i].key, p->step[i].change ? "*" : " ",
                text_for_terminal(d->keep, p->step[i].line));
    fprintf(d->out, "%s\n", text_for_terminal(d->keep, p->end));
}

static void print_markdown(struct desk *d, const struct plan *p)
{
    fprintf(d->out, "**%s**\n\n| at | step | | what would happen |\n| --- | --- | --- | --- |\n",
            text_for_terminal(d->keep, p->source));
    int64_t start = p->steps ? p->step[0].at : 0;
    for (size_t i = 0; i < p->steps; i++) {
        fprintf(d->out, "| %s | %s | %s | ", duration_clock(d->keep, p->step[i].at - start),
                p->step[i].key, p->step[i].change ? "**change**" : "");
        for (const char *c = text_for_terminal(d->keep, p->step[i].line); *c; c++)
            fprintf(d->out, strchr("|\\<`*_[", *c) ? "\\%c" : "%c", *c);
        fprintf(d->out, " |\n");
    }
    fprintf(d->out, "\n%s\n", text_for_terminal(d->keep, p->end));
}

static void print_json(struct desk *d, const struct plan *p)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_put(&o, "source", p->source);
    json_open(&o, "steps", '[');
    for (size_t i = 0; i < p->steps; i++) {
        json_open(&o, NULL, '{');
        json_put(&o, "key", p->step[i].key);
        json_put(&o, "at", instant_utc(d->keep, p->step[i].at));
        json_put_bool(&o, "change", p->step[i].change);
        json_put(&o, "text", p->step[i].line);
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
                                   .scenario = desk_option(d, "scenario") };
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
    return good && (!plan.stops || err_failed(e, "it would not come to its end"));
}
