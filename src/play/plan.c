/* plan.c: a dry run. The same runbook on the roles' models; nothing leaves
 * the process, and time passes at once. */
#include "play/engine.h"
#include "play/sandbox.h"
#include "play/scenario_inside.h"
#include "play/snapshot.h"

#include <lauxlib.h>
#include <string.h>

/* Where the world of the plan comes from. */
struct origin {
    const char *begin;     /* for the simulator; NULL: what is there */
    const char *words;     /* NULL: see source_words() */
};

/* A minute into the scenario's first wave: when somebody would start it. */
static bool from_scenario(struct origin *o, struct world_clock *clock, struct workspace *ws,
                          const char *file, struct arena *keep, struct err *e)
{
    struct scenario s;
    if (!scenario_read(&s, ws->world, file, keep, e)
        || !config_parse(&ws->config, file, s.configuration, strlen(s.configuration), keep, e))
        return false;
    int64_t first = INSTANT_NONE;
    for (struct json_walk w = json_walk(json_get(json_from(s.world), "waves")); json_next(&w);) {
        int64_t from = json_int_or(json_get(w.value, "from"), s.start);
        if (first == INSTANT_NONE || from < first)
            first = from;
    }
    clock->now = first == INSTANT_NONE ? s.start : first + MINUTE_MS;
    o->begin = s.world;
    o->words = arena_print(keep, "the world of the scenario '%s' at %s; a model from there on", s.name,
                           instant_text(keep, s.zone, clock->now, FORM_DATE_HM));
    return true;
}

static bool from_snapshot(struct origin *o, const struct workspace *ws, struct arena *keep,
                          struct err *e)
{
    struct snapshot live;
    if (!snapshot_take(&live, ws, keep, e))
        return false;
    o->begin = live.live;
    o->words = arena_print(keep, "%s; a model from there on", live.words);
    return true;
}

static const char *source_words(struct run *r)
{
    const struct config *c = &r->ws->config;
    return c->simulated ? "the simulated world of this workspace as it is now; a model from there on"
                        : "a model made of the configuration: nothing real was read";
}

static bool play(struct plan *out, struct run *r, const struct run_request *q,
                 const struct origin *origin, const char *const *assume, struct err *e)
{
    struct runbook book;
    const char *given;
    if (origin->begin
        && !plugins_look(&given, r->plugins, "sim", "begin", origin->begin, r->keep, e))
        return false;
    for (; assume && *assume; assume++)
        if (!plugins_assume(r->plugins, *assume, e))
            return false;
    if (!runbook_load(&book, r, q->runbook, e) || !arguments_json(&given, q->argument, r->keep, e)
        || !runbook_arguments(&r->arguments, &book, r, json_from(given), e))
        return false;
    r->runbook = book.name;
    r->id = "R0";
    if (!r->incident)
        r->incident = "a plan"; /* what it changes is its own */
    struct branch *root = run_root(r);
    if (!run_call_steps(r, root, &book, e) || !engine_loop(r, root, e))
        return false;
    *out = (struct plan){ .source = origin->words ? origin->words : source_words(r), .step = r->note, .steps = r->notes,
                          .end = "it would end well" };
    out->stops = root->raised;
    out->wrong = root->raised && !root->failure; /* no word failed: the text is at fault */
    out->next = root->raised ? run_naming_ip(r, "plan", root->error.text) : NULL;
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
    struct origin origin = { 0 };
    *out = (struct plan){ 0 };
    if ((q->live && !from_snapshot(&origin, q->ws, keep, e))
        || (q->scenario && !from_scenario(&origin, &clock, &ws, q->scenario, keep, e)))
        return false;
    ws.world = world_virtual(q->ws->world, &clock, ws.world->user, ws.world->uid, keep);
    request.ws = &ws;
    if (q->scenario)
        request.incident = NULL; /* nothing of ours has happened in its world */
    bool good = engine_open(&r, &request, true, keep, e) && engine_read_others(&r, e)
             && play(out, &r, &request, &origin, assume, e);
    engine_close(&r);
    return good;
}
