/* engine_open.c: what a run needs is opened, dropped as after a kill, and closed. See engine.h. */
#include "play/change.h"
#include "play/pace.h"
#include "play/replay.h"

/* Asked while Lua computes: is it to go on? Where it is dropped it is as after a
 * kill: the next resume replays it. */
static bool stop_computing(void *context)
{
    struct run *r = context;
    struct world *w = r->world;
    (void)engine_settle(r);
    if (r->turn && !(w->interrupted && w->interrupted(w)))
        outside_look(r, w->now(w));
    return r->park || r->trouble.kind != ERR_NONE || (w->interrupted && w->interrupted(w));
}

static void open_sandbox(struct run *r)
{
    const struct config *c = &r->ws->config;
    struct sandbox_limits limits = { c->limits.instructions, c->limits.memory_bytes, c->limits.computing_ms };
    r->sandbox = sandbox_open(&limits);
    sandbox_watch(r->sandbox, stop_computing, r);
    words_install(r);
}

bool engine_open(struct run *r, const struct run_request *request, bool dry, struct arena *keep,
                 struct err *e)
{
    const struct workspace *ws = request->ws;
    *r = (struct run){ .ws = ws, .world = ws->world, .store = ws->store,
                       .audience = request->audience, .keep = keep,
                       .incident = request->incident, .over = request->over, .even_so = request->even_so };
    if (!roles_load(&r->roles, keep, e))
        return false;
    if (dry ? !plugins_open_model(&r->plugins, ws, &r->roles, keep, e)
            : !plugins_open(&r->plugins, ws, &r->roles, keep, e))
        return false;
    r->dry = dry;
    r->apart = dry && request->scenario;
    if (dry && !plugins_open(&r->bound, ws, &r->roles, keep, e))
        return false;
    r->always = !dry && r->world->environment
             && text_equal(r->world->environment(r->world, "TOCSIN_REPLAY"), "always");
    bool grown;
    struct err ignored = { 0 };
    if (r->incident) /* before it is read: what is written meanwhile is news */
        (void)r->store->watch(r->store, r->incident, &r->seen_end, 0, -1, &grown, &ignored);
    if (r->incident && !r->store->read(r->store, r->incident, &r->journal, keep, e))
        return false;
    r->incident_id = r->journal.id && r->journal.id[0] ? r->journal.id : "log";
    r->started = r->world->now(r->world);
    if (!dry && !pins_same_world(r, e))
        return false;
    engine_count_numbers(r, &r->journal);
    if (!dry && !engine_read_others(r, e))
        return false;
    open_sandbox(r);
    return true;
}

static void drop_branches(struct run *r)
{
    for (size_t i = 0; i < r->branches; i++) {
        struct branch *b = r->branch[i];
        branch_close_task(b);
        if (b->work)
            change_unlock(r, b->work);
        b->work = NULL;
    }
}

/* As after a kill, within the same process: everything that Lua knew is gone. */
bool engine_forget(struct run *r, struct err *e)
{
    drop_branches(r);
    plugins_forget_turns(r->plugins);
    sandbox_close(r->sandbox);
    open_sandbox(r);
    r->branches = r->pendings = 0;
    r->said = 0;
    r->first = r->last = r->turn = NULL;
    order_forget(r);
    r->again = false;
    r->resumed = true;
    if (!r->store->read(r->store, r->incident, &r->journal, r->keep, e))
        return false;
    replay_index(r);
    return engine_recount(r, e); /* what is changed by now, as a resume would find it */
}

void engine_close(struct run *r)
{
    drop_branches(r);
    if (r->attends)
        (void)r->store->attend(r->store, NULL, NULL);
    if (r->lock)
        r->store->unlock(r->store, r->lock);
    if (r->sandbox)
        sandbox_close(r->sandbox);
    if (r->plugins)
        plugins_close(r->plugins);
    if (r->bound)
        plugins_close(r->bound);
    r->bound = NULL;
    r->lock = NULL;
    r->sandbox = NULL;
    r->plugins = NULL;
}
