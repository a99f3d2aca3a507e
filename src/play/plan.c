/* plan.c: a dry run. The same runbook on the roles' models; nothing leaves
 * the process, and time passes at once. */
#include "play/engine.h"
#include "play/sandbox.h"

#include <lauxlib.h>
#include <string.h>

static const char *source_words(struct run *r)
{
    const struct config *c = &r->ws->config;
    return c->simulated ? "the simulated world of this workspace as it is now; a model from there on"
                        : "a model made of the configuration: nothing real was read";
}

static bool play(struct plan *out, struct run *r, const struct run_request *q,
                 const char *const *assume, struct err *e)
{
    struct runbook book;
    const char *given;
    for (; assume && *assume; assume++)
        if (!plugins_assume(r->plugins, *assume, e))
            return false;
    if (!runbook_load(&book, r, q->runbook, e) || !arguments_json(&given, q->argument, r->keep, e)
        || !runbook_arguments(&r->arguments, &book, r, json_from(given), e))
        return false;
    r->id = "R0";
    struct branch *root = run_root(r);
    if (!run_call_steps(r, root, &book, e) || !engine_loop(r, root, e))
        return false;
    *out = (struct plan){ .source = source_words(r), .step = r->note, .steps = r->notes,
                          .end = "it would end well" };
    if (root->raised)
        out->end = arena_print(r->keep, "it would stop: %s", root->error.text);
    else if (!root->ended)
        out->end = arena_print(r->keep, "it would wait: %s", r->park_text ? r->park_text : "");
    return true;
}

bool run_plan(struct plan *out, const struct run_request *q, const char *const *assume,
              struct arena *keep, struct err *e)
{
    struct run r;
    struct workspace ws = *q->ws;
    struct run_request request = *q;
    struct world_clock clock = { .now = ws.world->now(ws.world), .seed = 1 };
    *out = (struct plan){ 0 };
    ws.world = world_virtual(q->ws->world, &clock, ws.world->user, ws.world->uid, keep);
    request.ws = &ws;
    bool good = engine_open(&r, &request, true, keep, e) && play(out, &r, &request, assume, e);
    engine_close(&r);
    return good;
}
