/* lint.c: recomputes the figures of any postmortem. */
#include "verbs/verbs.h"

#include "tell/lint.h"

#include <string.h>

static void say(struct desk *d, const char *file, const struct finding *f)
{
    fprintf(d->out, "%s:%d: %c %s %s%s%s\n", text_for_terminal(d->keep, file), f->line, f->severity,
            f->rule, text_for_terminal(d->keep, f->message), *f->expected ? "; expected: " : "",
            text_for_terminal(d->keep, f->expected));
}

static void say_json(struct json_out *o, const char *file, const struct finding *f)
{
    static const struct { char sign; const char *name; } names[] = {
        { 'E', "error" }, { 'W', "warning" }, { 'I', "information" },
    };
    json_open(o, NULL, '{');
    json_put(o, "file", file);
    json_put_int(o, "line", f->line);
    json_put(o, "rule", f->rule);
    for (size_t i = 0; i < 3; i++)
        if (names[i].sign == f->severity)
            json_put(o, "severity", names[i].name);
    json_put(o, "message", f->message);
    json_put(o, "found", f->found);
    json_put(o, "expected", f->expected);
    json_close(o, '}');
}

bool verb_lint(struct desk *d, struct err *e)
{
    struct text t = text_new(d->keep);
    struct json_out o = { 0 };
    size_t errors = 0;
    if (!desk_needs(d, 0, e))
        return false;
    if (d->json) {
        o = desk_json(d, &t);
        json_open(&o, "findings", '[');
    }
    for (size_t i = 0; i < d->words; i++) {
        const char *bytes;
        size_t length;
        struct findings found;
        struct text clean = text_new(d->keep);
        if (!d->world->exists(d->world, d->word[i], NULL))
            return err_input(e, "there is no file '%s'", d->word[i]);
        if (!d->world->read_file(d->world, d->word[i], &bytes, &length, d->keep, e))
            return false;
        text_add_clean(&clean, bytes, length);
        lint_document(&found, d->word[i], clean.at, d->keep);
        for (size_t n = 0; n < found.count; n++) {
            errors += found.finding[n].severity == 'E';
            if (d->json)
                say_json(&o, d->word[i], &found.finding[n]);
            else
                say(d, d->word[i], &found.finding[n]);
        }
    }
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    }
    return !errors || err_failed(e, "%s found", text_count(d->keep, (int64_t)errors, "error"));
}
