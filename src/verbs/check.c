/* check.c: read runbooks and configuration, find what is wrong. */
#include "play/check.h"
#include "play/shelf.h"
#include "verbs/verbs.h"

#include <stdlib.h>
#include <string.h>

static void tell(struct desk *d, const struct findings *f, struct json_out *o)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *one = &f->finding[i];
        if (!d->json) {
            fprintf(d->out, "%s:%d: %s\n", one->file, one->line, text_for_terminal(d->keep, one->text));
            continue;
        }
        json_open(o, NULL, '{');
        json_put(o, "file", one->file);
        json_put_int(o, "line", one->line);
        json_put(o, "severity", one->wrong ? "error" : "note");
        json_put(o, "message", one->text);
        json_close(o, '}');
    }
}

/* A runbook that does not even load is one finding more. */
static struct findings check_one(struct desk *d, const char *name)
{
    struct findings f;
    struct err e = { 0 };
    if (check_runbook(&f, &d->ws, name, d->keep, &e))
        return f;
    struct finding *one = arena_one(d->keep, struct finding);
    const char *at = strchr(e.text, ':');
    int line = at ? atoi(at + 1) : 0;
    const char *rest = at ? strchr(at + 1, ':') : NULL;
    *one = (struct finding){ name, line, true, arena_string(d->keep, line && rest ? rest + 2 : e.text) };
    if (line)
        one->file = arena_copy(d->keep, e.text, (size_t)(at - e.text));
    return (struct findings){ one, 1, 1 };
}

bool verb_check(struct desk *d, struct err *e)
{
    struct names all = { d->word, d->words };
    struct text t = text_new(d->keep);
    size_t wrong = 0;
    struct json_out o = { 0 };
    if (!d->words && !shelf_names(&all, &d->ws, d->keep, e))
        return false;
    if (d->json) {
        o = desk_json(d, &t);
        json_open(&o, "findings", '[');
    }
    for (size_t i = 0; i < all.count; i++) {
        struct findings f = check_one(d, all.name[i]);
        tell(d, &f, &o);
        wrong += f.wrong;
    }
    if (d->json) {
        json_close(&o, ']');
        desk_json_end(d, &o);
    } else if (!wrong) {
        fprintf(d->out, "%s checked against what is bound here: nothing is wrong\n",
                text_count(d->keep, (int64_t)all.count, "runbook"));
    }
    return !wrong || err_failed(e, "%s wrong", wrong == 1 ? "1 thing is" : arena_print(d->keep, "%zu things are", wrong));
}
