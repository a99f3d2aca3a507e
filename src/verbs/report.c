/* report.c: writes or refreshes the postmortem's draft. */
#include "verbs/verbs.h"

#include "tell/draft.h"
#include "tell/page.h"
#include "tell/report.h"
#include "world/editor.h"

#include <string.h>

static const char *const done[] = {
    [DRAFT_NEW] = "written", [DRAFT_SAME] = "unchanged", [DRAFT_RENEWED] = "renewed",
    [DRAFT_MERGED] = "renewed, with your edits kept",
    [DRAFT_CONFLICT] = "has a conflict: you and the record changed the same words",
};

static void say_json(struct desk *d, const struct report *r, const struct draft_result *draft,
                     const char *const *obstacle)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_put(&o, "number", r->number);
    json_put_bool(&o, "number_taken", r->taken);
    json_put(&o, "template", r->template);
    json_put(&o, "draft", draft->path);
    json_put(&o, "picture", draft->picture);
    json_put_bool(&o, "edited", draft->edited);
    json_put_bool(&o, "conflict", draft->state == DRAFT_CONFLICT);
    json_open(&o, "gaps", '[');
    for (size_t i = 0; i < r->gaps; i++) {
        json_open(&o, NULL, '{');
        json_put(&o, "slot", r->gap[i].slot);
        json_put(&o, "question", r->gap[i].question);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_open(&o, "open", '[');
    for (; *obstacle; obstacle++)
        json_put(&o, NULL, *obstacle);
    json_close(&o, ']');
    json_open(&o, "withheld", '[');
    for (size_t i = 0; i < r->withheld.count; i++)
        json_put(&o, NULL, r->withheld.name[i]);
    json_close(&o, ']');
    desk_json_end(d, &o);
}

/* How the open questions are answered: what a verb records is then said in
 * every form of the report; what only a person can say is written in its place. */
static void say_ways(struct desk *d, const struct report *r)
{
    bool impact = false, task = false;
    for (size_t i = 0; i < r->gaps; i++) {
        impact = impact || text_equal(r->gap[i].slot, "impact");
        task = task || text_equal(r->gap[i].slot, "task");
    }
    desk_say(d, "  tocsin report --edit                           your words in place of each question, at the first one");
    if (impact)
        desk_say(d, "  tocsin impact SERVICE none|down T1-T2          says whether it was affected");
    if (task)
        desk_say(d, "  tocsin task TEXT --owner NAME --due DAY        says what will be done");
}

static void say(struct desk *d, const struct report *r, const struct draft_result *draft,
                const char *const *obstacle)
{
    fprintf(d->out, "%s   %s, %s%s\n", draft->path, done[draft->state], r->number,
            r->taken ? "" : " (the next free number, taken when it is published)");
    fprintf(d->out, "%s   the picture\n", draft->picture);
    if (r->own_template)
        fprintf(d->out, "made with this workspace's own templates/\n");
    for (size_t i = 0; i < r->withheld.count; i++)
        fprintf(d->out, "left out: %s   (people: and redact: in tocsin.yaml)\n",
                text_for_terminal(d->keep, r->withheld.name[i]));
    for (size_t i = 0; obstacle[i]; i++)
        fprintf(d->out, "open: %s\n", text_for_terminal(d->keep, obstacle[i]));
    if (report_first_gap(draft->text))
        say_ways(d, r);
    else if (obstacle[0])
        desk_say(d, "  mend each in the draft, or with the command named; then tocsin report again");
    else
        desk_say(d, "  tocsin publish   shows the difference, asks, and commits it");
}

static bool check(struct desk *d, const struct facts *f, const struct report *r, struct err *e)
{
    const char *why;
    if (!draft_check(&why, f, r, d->keep, e))
        return false;
    if (why) {
        err_hint(e, "tocsin report   takes in what is now, and keeps your edits");
        return err_failed(e, "the draft of %s is out of date: %s", d->name, why);
    }
    fprintf(d->out, "the draft of %s says what the record says\n", d->name);
    return true;
}

/* What the templates are given. */
static bool print_data(struct desk *d, const struct report *r)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_put_raw(&o, "report", r->data, strlen(r->data));
    desk_json_end(d, &o);
    return true;
}

/* The document in another form, as its draft would now say it. */
static bool print(struct desk *d, const struct facts *f, const struct report *r,
                  const char *format, struct err *e)
{
    struct draft_result draft;
    const char *out = NULL;
    if (!draft_preview(&draft, f, r, d->keep, e))
        return false;
    if (text_equal(format, "md"))
        out = draft.text;
    else if (text_equal(format, "html"))
        out = page_html(draft.text, r->svg, r->locale, d->keep);
    else if (text_equal(format, "text"))
        out = page_text(draft.text, d->keep);
    else if (text_equal(format, "man"))
        out = page_man(draft.text, d->keep);
    else if (text_equal(format, "json"))
        return print_data(d, r);
    if (!out)
        return err_usage(e, "found '%s', expected md, html, man, text or json", format);
    fputs(out, d->out);
    return true;
}

/* The page beside the draft. */
static bool write_page(struct desk *d, const struct report *r, const struct draft_result *draft,
                       struct err *e)
{
    const char *page = page_html(draft->text, r->svg, r->locale, d->keep);
    const char *path = arena_print(d->keep, "%.*s.html", (int)(strlen(draft->path) - 3),
                                   draft->path);
    if (!d->world->write_file(d->world, path, page, strlen(page), e))
        return false;
    if (!d->json)
        fprintf(d->out, "%s   one page that needs nothing else\n", path);
    return true;
}

/* The draft as the person left it. */
static bool edit(struct desk *d, struct draft_result *draft, struct err *e)
{
    size_t length;
    return editor_open(d->world, draft->path, report_first_gap(draft->text), e)
           && d->world->read_file(d->world, draft->path, &draft->text, &length, d->keep, e);
}

bool verb_report(struct desk *d, struct err *e)
{
    struct facts f;
    struct report r;
    struct draft_result draft;
    struct report_request request = { .template = desk_option(d, "template"),
                                      .date = INSTANT_NONE };
    const char *format = desk_option(d, "format");
    if (!desk_at_most(d, 0, e)
        || !facts_gather(&f, &d->ws, &d->journal, &d->incident, d->as_of, desk_now(d), d->keep, e)
        || !report_make(&r, &f, &request, d->keep, e))
        return false;
    if (desk_option(d, "check"))
        return check(d, &f, &r, e);
    if (format)
        return print(d, &f, &r, format, e);
    if (!draft_update(&draft, &f, &r, d->keep, e))
        return false;
    if (desk_option(d, "edit") && !edit(d, &draft, e))
        return false;
    if (desk_option(d, "html") && !write_page(d, &r, &draft, e))
        return false;
    const char *const *obstacle = report_obstacles(&f, draft.path, draft.text, d->keep);
    if (d->json)
        say_json(d, &r, &draft, obstacle);
    else
        say(d, &r, &draft, obstacle);
    if (!draft_has_conflict(draft.text))
        return true;
    err_hint(e, "edit %s, then tocsin report", draft.path);
    return err_failed(e, "the draft has a conflict");
}
