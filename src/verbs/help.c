/* help.c: every verb by the moment it belongs to, one of them, or the manual. */
#include "verbs/help.h"
#include "verbs/show.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

/* The manual's text, as it was when the program was built. */
__asm__(".section .rodata\n"
        ".global manual_text\n"
        "manual_text:\n"
        ".incbin \"src/verbs/manual.md\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char manual_text[];

static const char globals[] =
    "  -C DIR            the workspace; else TOCSIN_HOME, else upward from here\n"
    "  -i INCIDENT       which incident; without it the only open one\n"
    "  --by NAME         who you are, where the login does not say it\n"
    "  --at T            when it happened; '@11:25' in its place does the same\n"
    "  --as-of T         what was so then, by what is known now\n"
    "  -y, --yes         yes to questions about your own input; never a consent\n"
    "  --json            the same answer for programs\n"
    "  -q, -v, --color auto|always|never\n"
    "T is 11:17, 11:17:30, 'yesterday 23:50', '2025-03-11 11:17', -5m, ~14:30, 14:??\n";

static void all(struct desk *d)
{
    const char *moment = NULL;
    fputs("tocsin: from the first alert to the published postmortem\n"
          "usage: tocsin [OPTIONS] VERB ...      bare 'tocsin' is 'tocsin status'\n", d->out);
    for (const struct verb *v = verbs; v->name; v++) {
        if (!text_equal(moment, v->moment))
            fprintf(d->out, "\n%s\n", moment = v->moment);
        fprintf(d->out, "  %-12s ", v->name);
        show_wrapped(d, v->help, 15, 15);
    }
    fprintf(d->out, "\noptions of every verb\n%s"
                    "'tocsin help VERB' says more, 'tocsin help words' what a runbook may say;\n"
                    "s, n and tl are short for status, note and timeline\n",
            globals);
}

static void one(struct desk *d, const struct verb *v)
{
    show_wrapped(d, arena_print(d->keep, "tocsin %s %s", v->name, v->arguments), 0, 7);
    fputs("  ", d->out);
    show_wrapped(d, v->help, 2, 2);
    for (const struct verb_option *o = v->option; o && o->name; o++) {
        fprintf(d->out, "  %-26s ",
                arena_print(d->keep, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : ""));
        show_wrapped(d, o->help, 29, 29);
    }
}

/* The manual in Markdown, its table of verbs printed from ours; or as a page for man(1). */
static bool manual(struct desk *d, struct err *e)
{
    struct text t = text_new(d->keep);
    for (const struct verb *v = verbs; v->name; v++) {
        if (v == verbs || !text_equal(v[-1].moment, v->moment))
            text_print(&t, "\n### %s\n\n", v->moment);
        text_print(&t, "- `%s%s%s`: %s\n", v->name, *v->arguments ? " " : "", v->arguments, v->help);
        for (const struct verb_option *o = v->option; o && o->name; o++)
            text_print(&t, "  - `--%s%s%s`: %s\n", o->name, o->value ? " " : "",
                       o->value ? o->value : "", o->help);
    }
    const char *at = strstr(manual_text, "@VERBS@\n");
    if (!at)
        return err_input(e, "the manual has no place for its verbs");
    struct text whole = text_new(d->keep);
    text_bytes(&whole, manual_text, (size_t)(at - manual_text));
    text_print(&whole, "%s%s", t.at + 1, at + strlen("@VERBS@\n"));
    if (!desk_option(d, "man")) {
        fputs(whole.at, d->out);
        return true;
    }
    struct text page_text = text_new(d->keep); /* its title is .TH, and each section moves up by one */
    for (const char *c = strchr(whole.at, '\n'); *c; c++) {
        text_char(&page_text, *c);
        c += c[0] == '\n' && c[1] == '#';
    }
    cmark_node *page = cmark_parse_document(page_text.at, page_text.length, CMARK_OPT_DEFAULT);
    char *roff = cmark_render_man(page, CMARK_OPT_DEFAULT, 0);
    fprintf(d->out, ".TH TOCSIN 1\n%s", roff);
    free(roff);
    cmark_node_free(page);
    return true;
}

static void as_json(struct desk *d, const char *only)
{
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_open(&o, "verbs", '[');
    for (const struct verb *v = verbs; v->name; v++) {
        if (only && !text_equal(only, v->name))
            continue;
        json_open(&o, NULL, '{');
        json_put(&o, "name", v->name);
        json_put(&o, "arguments", v->arguments);
        json_put(&o, "help", v->help);
        json_put(&o, "moment", v->moment);
        json_open(&o, "options", '[');
        for (const struct verb_option *p = v->option; p && p->name; p++) {
            json_open(&o, NULL, '{');
            json_put(&o, "name", p->name);
            json_put(&o, "value", p->value);
            json_put(&o, "help", p->help);
            json_close(&o, '}');
        }
        json_close(&o, ']');
        json_close(&o, '}');
    }
    json_close(&o, ']');
    desk_json_end(d, &o);
}

/* Practising, from nothing at all to a whole night. */
static bool drill(struct desk *d)
{
    fputs("a drill: the same commands, and nothing leaves this machine\n\n"
          "  world: simulated in tocsin.yaml makes every role a simulator's. Every screen says SIMULATED,\n"
          "  every incident is a drill, and no report of it is published beside real ones.\n\n"
          "  tocsin down SERVICE; tocsin run ddos service=SERVICE ip=IP\n"
          "                             nothing floods by itself there: name the IP\n"
          "  tocsin plan RUNBOOK ... --scenario FILE\n"
          "                             what it would do a minute into that attack\n"
          "  tocsin test FILE           a whole attack with people and their answers, in a second\n"
          "  tocsin test --keep DIR FILE\n"
          "                             and the workspace it was played in stays, for every verb\n\n"
          "'examples/README.md' shows how an attack is written down.\n", d->out);
    return true;
}

bool verb_help(struct desk *d, struct err *e)
{
    if (!desk_at_most(d, 1, e))
        return false;
    if (d->words && text_equal(d->word[0], "manual"))
        return manual(d, e);
    if (d->words && !d->json && text_equal(d->word[0], "drill"))
        return drill(d);
    const struct verb *v = verbs;
    while (d->words && v->name && !text_equal(v->name, d->word[0]))
        v++;
    if (!v->name)
        return help_language(d, d->word[0], e);
    if (d->json)
        as_json(d, d->words ? d->word[0] : NULL);
    else if (!d->words)
        all(d);
    else
        one(d, v);
    if (d->words && !d->json)
        (void)help_word(d, v->name, "\nin a runbook: "); /* some names are both */
    return true;
}
