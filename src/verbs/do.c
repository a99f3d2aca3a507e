/* do.c: one change without a runbook, and one that was done elsewhere. */
#include "verbs/audience.h"

#include <string.h>

static void tell(struct desk *d, const char *action, const char *text)
{
    if (!d->json) {
        desk_echo(d, "%s", text);
        return;
    }
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_put(&o, "action", action);
    json_put(&o, "text", text);
    desk_json_end(d, &o);
}

bool verb_do(struct desk *d, struct err *e)
{
    struct audience audience = desk_audience(d);
    const char *text = "";
    if (!desk_needs(d, 0, e) || !desk_acts(d, e))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .argument = d->word + 1,
                                   .audience = &audience, .over = desk_option(d, "over"),
                                   .even_so = desk_option(d, "even-so") };
    if (!run_do(&text, &request, d->word[0], d->keep, e))
        return false;
    tell(d, d->word[0], text);
    return true;
}

bool verb_did(struct desk *d, struct err *e)
{
    struct moment m;
    const char *text = "";
    if (!desk_needs(d, 0, e) || !desk_acts(d, e) || !desk_moment(&m, d, d->words - 1, e))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .argument = d->word + 1,
                                   .even_so = desk_option(d, "even-so") };
    if (!run_did(&text, &request, d->word[0], m.at, m.early_ms, m.late_ms, d->keep, e))
        return false;
    tell(d, d->word[0], text);
    return true;
}
