/* run.c: a run from its first event to its last. */
#include "play/asking.h"
#include "play/replay.h"
#include "play/sandbox.h"
#include "world/store_local.h"

#include <lauxlib.h>
#include <string.h>

const char run_engine_version[] = "tocsin engine 1"; /* another one where the same runbook is numbered otherwise */

/* Writes one event at once, outside of the loop; behind that head, or (NULL) whatever stands there. */
static bool write_one(struct run *r, const char *head, enum event_kind kind, const char *data, struct err *e)
{
    struct draft draft = { .at = INSTANT_NONE, .by = r->world->user, .uid = r->world->uid,
                           .kind = kind, .data = data };
    struct appended out;
    if (!r->store->append(r->store, r->incident, head, r->lock, &draft, 1, SYNC_NOW, &out, r->keep, e))
        return false;
    r->started = out.recorded;
    r->begun_seq = out.first_seq;
    return true;
}

bool run_write_now(struct run *r, enum event_kind kind, const char *data, struct err *e)
{
    return write_one(r, NULL, kind, data, e) && engine_recount(r, e); /* others may have written just before */
}

bool run_take_lock(struct run *r, const char *name, const char *why, struct lock **out,
                      struct err *e)
{
    struct lock_holder holder = { 0 };
    if (r->store->lock(r->store, name, r->world->user, r->world->uid, why, out, &holder, r->keep, e)) {
        if (out == &r->lock) /* whoever it starts keeps the run from being started twice */
            plugins_hand_on(r->plugins, lock_descriptor(r->lock));
        return true;
    }
    *out = NULL;
    if (e->kind != ERR_BUSY)
        return false;
    *e = (struct err){ 0 };
    if (holder.heir) {
        err_hint(e, "wait until it has ended, or end it (kill %lld); then the same again", (long long)holder.heir);
        return err_busy(e, "a program that %s started still runs (process %lld), though what ran it is gone",
                        r->id ? r->id : "it", (long long)holder.heir);
    }
    const char *by = holder.by ? holder.by : "somebody"; /* who took it this very moment has not said so yet */
    if (holder.pid)
        by = arena_print(r->keep, "%s (process %lld)", by, (long long)holder.pid);
    if (!r->id) {
        err_hint(e, "the same once more");
        return err_busy(e, "another run is being started by %s", by);
    }
    err_hint(e, "tocsin follow %s watches it; tocsin stop %s ends it after the change in flight", r->id, r->id);
    return err_busy(e, "%s is run by %s", r->id, by);
}

struct branch *run_root(struct run *r)
{
    return branch_new(r, NULL, "");
}

/* Raises no memory error outside of a protected call: the arguments were
 * measured when they were checked, and the state has just been opened. */
bool run_call_steps(struct run *r, struct branch *root, const struct runbook *book, struct err *e)
{
    if (sandbox_room(sandbox_lua(r->sandbox)) < (int64_t)strlen(r->arguments) * 8 + 65536)
        return err_input(e, "the arguments need more memory than the limit allows");
    root->co = sandbox_thread(r->sandbox);
    lua_rawgeti(root->co, LUA_REGISTRYINDEX, book->steps);
    words_push_params(r, root->co, book, r->arguments);
    root->arguments = 1;
    root->level.book = book->path;
    for (size_t i = 0; i < book->params; i++)
        r->takes_ip = r->takes_ip || text_equal(book->param[i].arg.name, "ip");
    branch_ready(root);
    return true;
}

/* The same runbook with the same parameters, unfinished: two would do it twice. */
static bool refuse_double(struct run *r, const char *name, const char *sha, struct err *e)
{
    const struct run_view *view;
    size_t count;
    if (!runs_fold(&view, &count, r->ws, &r->journal, r->keep, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct run_view *v = &view[i];
        if (text_equal(v->state, "ended") || !text_equal(v->runbook, name)
            || !json_is(json_get(v->started_event->data, "args_sha256"), sha))
            continue;
        if (text_equal(v->state, "alive")) {
            err_hint(e, "tocsin follow %s shows it; tocsin stop %s stops it after the change in flight", v->run, v->run);
            return err_busy(e, "%s is the same runbook with the same parameters, and %s is running it",
                            v->run, v->by);
        }
        err_hint(e, "tocsin resume %s goes on with it; tocsin abandon %s --why TEXT ends it", v->run, v->run);
        return err_busy(e, "%s is the same runbook with the same parameters, and unfinished", v->run);
    }
    return true;
}

static bool write_started(struct run *r, const char *name, const char *sha, struct err *e)
{
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "run", r->id);
    json_put(&o, "runbook", name);
    json_put(&o, "path", r->path);
    json_put_raw(&o, "args", r->arguments, strlen(r->arguments));
    json_put(&o, "args_sha256", sha);
    json_put(&o, "engine", run_engine_version);
    if (!pins_write(&o, r, e))
        return false;
    json_close(&o, '}');
    return run_write_now(r, EVENT_RUN_STARTED, data.at, e);
}

/* The end of the loop as an event, an error and words. */

static bool finish(struct run *r, struct run_outcome *out, const char *how, const char *text,
                   const char *value, struct err *e)
{
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "run", r->id);
    json_put(&o, "how", how);
    if (text)
        json_put(&o, "text", text);
    if (value)
        json_put_raw(&o, "value", value, strlen(value));
    json_close(&o, '}');
    *out = (struct run_outcome){ r->id, how, text ? text : "" };
    if (!write_one(r, NULL, EVENT_RUN_ENDED, data.at, e))
        return false;
    if (text_equal(how, "returned"))
        run_say(r, "", "%s is done%s", r->id, r->last_change ? "; 'tocsin restore' lists what is changed" : "");
    return true;
}

/* Whoever answered until this was written was told that the run goes on with it: so it does,
 * as after a resume (r->again), and nothing is written. */
static bool write_parked(struct run *r, struct run_outcome *out, struct err *e)
{
    struct text data;
    struct json_out o = data_open(&data, r);
    json_put(&o, "run", r->id);
    json_put(&o, "why", r->park);
    json_put(&o, "key", r->park_key ? r->park_key : "");
    if (r->park_text)
        json_put(&o, "text", r->park_text);
    if (r->park_ask)
        json_put(&o, "asked", r->park_ask);
    json_close(&o, '}');
    *out = (struct run_outcome){ r->id, "parked", r->park_text ? r->park_text : "" };
    for (int tries = 0; text_equal(r->park, "asked") && tries < 20; tries++) {
        struct err moved = { 0 };
        if (!engine_recount(r, &moved))
            break;
        if (listen_was_answered(r)) {
            r->park = r->park_ask = NULL;
            r->again = true;
            return false;
        }
        if (write_one(r, r->head, EVENT_RUN_PARKED, data.at, &moved))
            return true;
        if (moved.kind != ERR_BUSY) {
            *e = moved;
            return false;
        }
    }
    return write_one(r, NULL, EVENT_RUN_PARKED, data.at, e);
}

/* Another word than the record holds: it stands there until somebody says how to go on. */
static bool park_mismatch(struct run *r, const char *key, struct run_outcome *out, struct err *e)
{
    struct err ignored = { 0 };
    r->park = NULL;
    run_park(r, "failed", key, arena_string(r->keep, e->text));
    (void)write_parked(r, out, &ignored);
    return false;
}

const char *run_naming_ip(const struct run *r, const char *verb, const char *why)
{
    struct json args = json_from(r->arguments ? r->arguments : "{}");
    const char *service = json_get_text(args, "service", r->keep);
    if (!r->takes_ip || !strstr(why, "add ip=") || json_get_text(args, "ip", r->keep))
        return NULL;
    return arena_print(r->keep, "tocsin %s %s%s%s ip=IP", verb, r->runbook, service ? " service=" : "", service ? service : "");
}

/* `mistake`: of the runbook, and not of the world. */
static bool park(struct run *r, bool mistake, struct run_outcome *out, struct err *e)
{
    if (!write_parked(r, out, e))
        return false;
    if (text_equal(r->park, "asked")) {
        err_hint(e, "%s", consent_hint(r));
        return err_waiting(e, "%s waits for a person: %s", r->id, r->park_text);
    }
    if (text_equal(r->park, "stopped")) {
        err_hint(e, "tocsin resume %s goes on; tocsin abandon %s --why TEXT ends it", r->id, r->id);
        return err_stopped(e, "%s is stopped", r->id);
    }
    const char *named = run_naming_ip(r, "run", r->park_text);
    if (named)
        err_hint(e, "tocsin resume %s looks again; if you know the IP: tocsin abandon %s --why TEXT, then %s", r->id, r->id, named);
    else if (mistake)
        err_hint(e, "mend that line, then tocsin resume %s goes on behind what was done; tocsin abandon %s --why TEXT ends it; "
                 "tocsin restore lists what is changed", r->id, r->id);
    else
        err_hint(e, "tocsin resume %s tries that word again; --skip %s or --done %s go round it; "
                 "tocsin abandon %s --why TEXT ends it; tocsin restore lists what is changed", r->id, r->park_key,
                 r->park_key, r->id);
    return err_failed(e, "%s stopped: %s", r->id, r->park_text);
}

/* What steps() returned; false when it cannot be recorded. */
static const char *returned_value(struct run *r, struct branch *root)
{
    struct text text = text_new(r->keep);
    struct err ignored = { 0 };
    if (lua_gettop(root->co) < 1 || lua_isnil(root->co, 1)
        || !sandbox_to_json(root->co, 1, &text, &ignored))
        return NULL;
    return text.at;
}

static bool conclude(struct run *r, struct branch *root, struct run_outcome *out, struct err *e)
{
    if (sandbox_dead(r->sandbox) && !sandbox_stopped(r->sandbox)) {
        struct err why = root->error;
        if (!finish(r, out, "ran away", why.text, NULL, e))
            return false;
        *e = why;
        err_hint(e, "it has ended, and keeps no target from anybody; tocsin restore lists what is changed; "
                 "'limits:' in %s says how much it may do", r->ws->config.file);
        return err_while(e, "%s ran away", r->id);
    }
    if (root->ended && root->raised) {
        run_park(r, "failed", !root->failure ? "" : root->failed_key ? root->failed_key : root->key,
                 arena_string(r->keep, root->error.text));
        if (!park(r, !root->failure, out, e) && e->kind == ERR_FAILED && !root->failure)
            e->kind = ERR_INPUT; /* a mistake in the runbook, with its line */
        return false;
    }
    if (!root->ended)
        return park(r, false, out, e);
    const struct event *unused = replay_left(root);
    if (unused) {
        const char *key = json_get_text(unused->data, "key", r->keep);
        err_hint(e, "tocsin resume %s --recorded goes on with the runbook as it was; --from %s forgets what it holds "
                 "from there on", r->id, key);
        err_failed(e, "%s: the journal holds word %s (%s), and the runbook never came to it", r->id, key,
                   unused->kind_name);
        return park_mismatch(r, key, out, e);
    }
    return finish(r, out, "returned", NULL, returned_value(r, root), e);
}

bool run_play(struct run *r, const char *name, struct runbook *book, struct run_outcome *out,
                 struct err *e)
{
    for (;;) {
        struct branch *root = run_root(r);
        if (!run_call_steps(r, root, book, e))
            return false;
        if (!engine_loop(r, root, e)) {
            *out = (struct run_outcome){ r->id, "stopped", arena_string(r->keep, e->text) };
            return r->mismatch ? park_mismatch(r, r->mismatch, out, e) : false;
        }
        if (!r->again) {
            bool good = conclude(r, root, out, e);
            if (!r->again)
                return good;
        }
        if (!engine_forget(r, e) || !runbook_load(book, r, name, e))
            return false;
    }
}

static const char *next_id(const struct run *r)
{
    size_t n = 1;
    for (size_t i = 0; i < r->journal.count; i++)
        n += r->journal.event[i].kind == EVENT_RUN_STARTED;
    return arena_print(r->keep, "R%zu", n);
}

bool run_await_lock(struct run *r, const char *name, const char *why, bool (*lets_go)(const struct run *r),
                    struct lock **out, struct err *e)
{
    enum { TRIES = 100, PAUSE_MS = 50 };
    bool grown = false;
    uint64_t seen = 0;
    for (int i = 0; !run_take_lock(r, name, why, out, e); i++) {
        struct err ignored = { 0 };
        if (e->kind != ERR_BUSY || i == TRIES || (lets_go && !lets_go(r)))
            return false;
        *e = (struct err){ 0 };
        (void)r->store->watch(r->store, r->incident, &seen, PAUSE_MS, -1, &grown, &ignored);
        if (lets_go && grown && !r->store->read(r->store, r->incident, &r->journal, r->keep, e))
            return false;
    }
    return true;
}

static bool start(struct run *r, struct run_outcome *out, const struct run_request *q, struct err *e)
{
    struct runbook book;
    struct lock *starts;
    const char *given;
    if (!runbook_load(&book, r, q->runbook, e) || !arguments_json(&given, q->argument, r->keep, e)
        || !runbook_arguments(&r->arguments, &book, r, json_from(given), e)
        || !leaks_none_in(r, "the arguments", r->arguments, e))
        return false;
    r->runbook = book.name;
    r->path = book.path;
    const char *sha = sha256_of(r->keep, r->arguments);
    r->id = NULL;
    /* one start at a time: numbers are given out, doubles are seen */
    if (!run_await_lock(r, arena_print(r->keep, "starts/%s", r->incident), "starting a run", NULL, &starts, e))
        return false;
    bool good = r->store->read(r->store, r->incident, &r->journal, r->keep, e)
             && refuse_double(r, book.name, sha, e);
    r->id = next_id(r);
    good = good && run_take_lock(r, run_lock_name(r->incident, r->id, r->keep), book.name, &r->lock, e)
        && write_started(r, book.name, sha, e);
    r->store->unlock(r->store, starts);
    if (!good)
        return false;
    run_say(r, "", "%s: %s", r->id, book.summary);
    return run_play(r, q->runbook, &book, out, e);
}

bool run_start(struct run_outcome *out, const struct run_request *q, struct arena *keep,
               struct err *e)
{
    struct run r;
    *out = (struct run_outcome){ 0 };
    bool good = engine_open(&r, q, false, keep, e) && start(&r, out, q, e);
    engine_close(&r);
    return good;
}
