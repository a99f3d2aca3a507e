/* task.c: what is to be done later, by whom, until when. */
#include "verbs/record.h"

#include <stdlib.h>

static bool is_date(const char *text)
{
    struct civil c = { 0 };
    char rest;
    return sscanf(text, "%4d-%2d-%2d%c", &c.year, &c.month, &c.day, &rest) == 3 && civil_valid(c);
}

/* The task that people mean: its number in `status`, or the start of its words. */
static const struct task *find_task(const struct desk *d, const char *words)
{
    char *end;
    unsigned long n = strtoul(words, &end, 10);
    if (*words && !*end && n >= 1 && n <= d->incident.tasks)
        return &d->incident.task[n - 1];
    for (size_t i = 0; i < d->incident.tasks; i++)
        if (*words && text_starts(d->incident.task[i].text, words))
            return &d->incident.task[i];
    return NULL;
}

static void list_tasks(struct desk *d)
{
    for (size_t i = 0; i < d->incident.tasks; i++) {
        const struct task *t = &d->incident.task[i];
        bool owned = t->owner && *t->owner, dated = t->due && *t->due;
        fprintf(d->out, "%3zu  %s%s%s%s%s%s\n", i + 1, t->done ? "done  " : "", text_for_terminal(d->keep, t->text),
                owned ? ", " : "", owned ? text_for_terminal(d->keep, t->owner) : "", dated ? ", due " : "",
                dated ? text_for_terminal(d->keep, t->due) : "");
    }
}

bool verb_task(struct desk *d, struct err *e)
{
    const char *text = desk_text(d, 0), *due = desk_option(d, "due"), *of = NULL;
    bool done = desk_option(d, "done") != NULL;
    if (!d->words && !d->json) {
        list_tasks(d);
        return true;
    }
    if (!desk_needs_text(d, 0, e))
        return false;
    if (due && !is_date(due))
        return err_usage(e, "found '--due %s', expected a date as 2025-04-30", due);
    if (done) {
        const struct task *t = find_task(d, text);
        if (!t) {
            err_hint(e, "'tocsin task' lists them");
            return err_usage(e, "no task is '%s'", text);
        }
        text = t->text;
        of = t->event->hash;
    }
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    json_open(&o, NULL, '{');
    json_put(&o, "text", text);
    if (desk_option(d, "owner"))
        json_put(&o, "owner", desk_option(d, "owner"));
    if (due)
        json_put(&o, "due", due);
    if (done) {
        json_put_bool(&o, "done", true);
        json_put(&o, "of", of);
    }
    json_close(&o, '}');
    if (!desk_append(d, NULL, EVENT_TASK, data.at, NULL, e))
        return false;
    desk_echo(d, done ? "done: %s" : "to do: %s", text);
    if (!desk_option(d, "owner") && !done)
        desk_say(d, "  nobody owns it yet: --owner NAME, --due DATE");
    return true;
}
