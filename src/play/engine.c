/* engine.c: branches, their queue, and the loop. See engine.h. */
#include "play/engine.h"
#include "play/sandbox.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <string.h>

/* Saying and writing */

static void note_step(struct run *r, const char *key, const char *line)
{
    if (r->notes == r->note_room) {
        size_t room = r->note_room ? r->note_room * 2 : 64;
        struct plan_step *more = arena_many(r->keep, struct plan_step, room);
        if (r->notes)
            memcpy(more, r->note, r->notes * sizeof *more);
        r->note = more;
        r->note_room = room;
    }
    r->note[r->notes++] = (struct plan_step){ key, line, r->world->now(r->world), false };
}

void run_say(struct run *r, const char *key, const char *format, ...)
{
    if (!r->dry && (!r->audience || !r->audience->say))
        return;
    va_list args;
    va_start(args, format);
    char line[4096];
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    const char *shown = text_for_terminal(r->keep, line);
    key = key ? key : "";
    if (r->dry)
        note_step(r, key, arena_string(r->keep, shown));
    else
        r->audience->say(r->audience->context, key, shown);
}

const char *sha256_of(struct arena *keep, const char *text)
{
    char hex[SHA256_HEX + 1];
    sha256_hex(hex, text, strlen(text));
    return arena_copy(keep, hex, SHA256_HEX);
}

struct json_out data_open(struct text *t, struct run *r)
{
    *t = text_new(r->keep);
    struct json_out o = json_out(t);
    json_open(&o, NULL, '{');
    return o;
}

void data_close(struct json_out *o, struct branch *b)
{
    if (b->run->id) {
        json_put(o, "run", b->run->id);
        json_put(o, "key", b->key ? b->key : "");
    }
    json_close(o, '}');
}

void run_trouble(struct run *r, const struct err *e)
{
    if (r->trouble.kind == ERR_NONE)
        r->trouble = *e;
}

void run_park(struct run *r, const char *why, const char *key, const char *text)
{
    if (r->park)
        return;
    r->park = why;
    r->park_key = key ? key : "";
    r->park_text = text;
}

/* Branches */

struct branch *branch_new(struct run *r, struct branch *parent, const char *prefix)
{
    struct branch *b = arena_one(r->keep, struct branch);
    if (r->branches == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        struct branch **more = arena_many(r->keep, struct branch *, room);
        if (r->branches)
            memcpy(more, r->branch, r->branches * sizeof *more);
        r->branch = more;
        r->room = room;
    }
    *b = (struct branch){ .run = r, .parent = parent, .level = { prefix, 1 }, .waits = WAITS_NOBODY,
                          .now = parent ? parent->now : r->started };
    r->branch[r->branches++] = b;
    return b;
}

void branch_ready(struct branch *b)
{
    struct run *r = b->run;
    b->waits = WAITS_TURN;
    b->next_turn = NULL;
    if (r->last)
        r->last->next_turn = b;
    else
        r->first = b;
    r->last = b;
}

void branch_good(struct branch *b, const char *json)
{
    b->answer = (struct answer){ .good = true, .json = json, .action = b->want.action };
    branch_ready(b);
}

void branch_bad(struct branch *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    b->answer = (struct answer){ .text = arena_string(b->run->keep, text) };
    branch_ready(b);
}

void branch_wait(struct branch *b, int64_t until, step_fn *then)
{
    b->waits = WAITS_TIME;
    b->wake_at = until;
    b->then = then;
}

void branch_task(struct branch *b, struct task *task, int64_t deadline, step_fn *then)
{
    b->waits = WAITS_TASK;
    b->task = task;
    b->view = (struct task_view){ .state = TASK_WAITS, .wake_at = INT64_MIN };
    b->deadline = deadline;
    b->wake_at = INT64_MIN;
    b->then = then;
}

static void add_pending(struct run *r, struct pending p)
{
    if (r->pendings == r->pending_room) {
        size_t room = r->pending_room ? r->pending_room * 2 : 16;
        struct pending *more = arena_many(r->keep, struct pending, room);
        if (r->pendings)
            memcpy(more, r->pending, r->pendings * sizeof *more);
        r->pending = more;
        r->pending_room = room;
    }
    r->pending[r->pendings++] = p;
}

void branch_write(struct branch *b, enum event_kind kind, const char *data, bool barrier,
                  step_fn *then)
{
    b->waits = WAITS_WRITE;
    b->then = then;
    add_pending(b->run, (struct pending){ b, kind, data, NULL, barrier, INSTANT_NONE });
}

void branch_write_numbered(struct branch *b, enum event_kind kind,
                           const char *(*fill)(struct branch *b), step_fn *then)
{
    b->waits = WAITS_WRITE;
    b->then = then;
    add_pending(b->run, (struct pending){ b, kind, NULL, fill, true, INSTANT_NONE });
}

/* The journal */

static int64_t number_of(struct json data, const char *key)
{
    struct json value = json_get(data, key);
    int64_t n = 0;
    for (size_t i = 2; json_type(value) == JSON_STRING && i + 1 < value.length; i++)
        if (value.at[i] >= '0' && value.at[i] <= '9')
            n = n * 10 + value.at[i] - '0';
    return n;
}

static bool read_locks(struct run *r, struct err *e)
{
    struct journal *journal;
    size_t n;
    if (!journals_read(&journal, &n, r->ws, r->keep, e))
        return false;
    locks_fold(&r->held, &r->helds, journal, n, r->keep);
    return true;
}

/* The highest numbers given out so far, and where our stream ends. */
static void count_numbers(struct run *r, const struct journal *j)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct event *ev = &j->event[i];
        int64_t n = 0;
        if (ev->kind == EVENT_ACTION_BEGUN && (n = number_of(ev->data, "change")) > r->changes)
            r->changes = n;
        if (ev->kind == EVENT_ASKED && (n = number_of(ev->data, "ask")) > r->asks)
            r->asks = n;
    }
    r->head = j->streams ? j->stream[0].head : NULL;
}

/* Somebody else wrote: other numbers are free now, other targets are held. */
bool engine_recount(struct run *r, struct err *e)
{
    struct journal j;
    if (!r->store->read(r->store, r->incident, &j, r->keep, e))
        return false;
    count_numbers(r, &j);
    return read_locks(r, e);
}

/* Always behind the head that we know, so that our numbers are the next ones. */
static bool append(struct run *r, struct pending *p, size_t n, struct appended *out, struct err *e)
{
    struct draft draft[64];
    for (int tries = 0; tries < 20; tries++) {
        bool sync = false;
        int64_t changes = r->changes, asks = r->asks;
        for (size_t i = 0; i < n; i++) {
            const char *data = p[i].fill ? p[i].fill(p[i].branch) : p[i].data;
            sync = sync || p[i].barrier;
            draft[i] = (struct draft){ .at = p[i].at, .by = r->world->user, .uid = r->world->uid,
                                       .kind = p[i].kind, .data = data };
        }
        *e = (struct err){ 0 };
        if (r->store->append(r->store, r->incident, r->head, r->lock, draft, n, sync, out, r->keep, e)) {
            r->head = out->hash[n - 1];
            return true;
        }
        if (e->kind != ERR_BUSY)
            return false;
        r->changes = changes;
        r->asks = asks;
        *e = (struct err){ 0 };
        if (!engine_recount(r, e))
            return false;
    }
    return err_busy(e, "others write into %s all the time", r->incident);
}

static void note_dry(struct run *r, struct pending *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i].fill)
            p[i].fill(p[i].branch);
        p[i].branch->hash = event_no_hash;
        p[i].branch->now = r->world->now(r->world);
    }
}

/* May the Lua state be dropped after this event? Not after a failure, which a
 * replay would try again, and not while something is under way. */
static bool settles(const struct pending *p, const char *data)
{
    struct json d = json_from(data);
    if (p->branch->context2)
        return false;
    switch ((int)p->kind) {
    case EVENT_STEP: case EVENT_NOTE: case EVENT_PHASE: case EVENT_IMPACT:
        return true;
    case EVENT_WAITED:
        return json_type(json_get(d, "met")) != JSON_FALSE;
    case EVENT_READ:
        return json_get(d, "result").at != NULL;
    case EVENT_ACTION_ENDED:
        return json_is(json_get(d, "outcome"), "ok") || json_is(json_get(d, "outcome"), "unchanged");
    default:
        return false;
    }
}

static void drop_the_state(struct run *r, const struct pending *p, size_t n)
{
    bool good = r->always && r->id;
    for (size_t i = 0; i < n && good; i++)
        good = p[i].data && settles(&p[i], p[i].data);
    for (size_t i = 0; i < r->branches && good; i++) {
        const struct work *w = r->branch[i]->work;
        bool written = false;
        for (size_t k = 0; k < n; k++)
            written = written || p[k].branch == r->branch[i];
        good = !w || !w->in_flight || written;
    }
    r->again = r->again || good;
}

/* What was said in this turn of the loop goes out, 64 at a time. */
static void flush(struct run *r)
{
    size_t count = r->pendings;
    struct pending *all = arena_many(r->keep, struct pending, count);
    memcpy(all, r->pending, count * sizeof *all);
    r->pendings = 0;
    for (size_t from = 0; from < count; from += 64) {
        size_t n = count - from < 64 ? count - from : 64;
        struct appended out;
        struct err e = { 0 };
        if (r->dry) {
            note_dry(r, all + from, n);
            continue;
        }
        if (!append(r, all + from, n, &out, &e)) {
            run_trouble(r, &e);
            return;
        }
        for (size_t i = 0; i < n; i++) {
            all[from + i].branch->hash = out.hash[i];
            all[from + i].branch->now = out.recorded;
        }
    }
    drop_the_state(r, all, count);
    for (size_t i = 0; i < count && !r->again; i++)
        all[i].branch->then(all[i].branch);
}

/* Turns */

static void take_turn(struct branch *b)
{
    struct run *r = b->run;
    int results;
    if (b->cancelled) {
        b->ended = true;
        branch_ended(b);
        return;
    }
    if (!b->co) {
        b->driver(b);
        return;
    }
    int arguments = b->arguments;
    b->arguments = 0;
    r->turn = b;
    enum sandbox_turn turn = sandbox_resume(r->sandbox, b->co, arguments, &results, &b->error);
    r->turn = NULL;
    if (turn == SANDBOX_YIELDED) {
        lua_pop(b->co, results);
        b->want.perform(b);
        return;
    }
    b->ended = true;
    b->raised = turn == SANDBOX_RAISED;
    branch_ended(b);
}

/* The loop */

static void turn_task(struct branch *b, int64_t now)
{
    struct err e = { 0 };
    if (b->task) {
        if (!task_turn(b->task, &b->view, &e)) {
            b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_UNKNOWN,
                                          .seen = SEEN_UNKNOWN, .result = "{}",
                                          .text = arena_string(b->run->keep, e.text) };
        } else if (b->view.state == TASK_WAITS && b->deadline <= now) {
            b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_UNKNOWN,
                                          .seen = SEEN_UNKNOWN, .result = "{}",
                                          .text = "no answer within its deadline" };
        }
        if (b->view.state == TASK_WAITS) {
            b->wake_at = b->view.wake_at < b->deadline ? b->view.wake_at : b->deadline;
            return;
        }
        if (b->view.state == TASK_DONE) {
            task_close(b->task);
            b->task = NULL;
        }
    }
    b->waits = WAITS_NOBODY;
    b->then(b);
}

static bool is_due(const struct branch *b, int64_t now)
{
    return !b->ended && (b->waits == WAITS_TIME || b->waits == WAITS_TASK) && b->wake_at <= now;
}

/* Tasks and moments that are due; false when there was none. */
static bool look_around(struct run *r, int64_t now)
{
    bool moved = false;
    size_t count = r->branches;
    for (size_t i = 0; i < count; i++) {
        struct branch *b = r->branch[i];
        if (!is_due(b, now) || (r->park && !b->work))
            continue;
        moved = true;
        if (b->waits == WAITS_TASK) {
            turn_task(b, now);
        } else {
            b->waits = WAITS_NOBODY;
            b->then(b);
        }
    }
    return moved;
}

static bool in_flight(const struct run *r)
{
    for (size_t i = 0; i < r->branches; i++)
        if (r->branch[i]->work && r->branch[i]->work->in_flight && !r->branch[i]->ended
            && r->branch[i]->waits != WAITS_NOBODY)
            return true;
    return false;
}

static int64_t next_moment(const struct run *r)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < r->branches; i++) {
        const struct branch *b = r->branch[i];
        if (!b->ended && (b->waits == WAITS_TIME || b->waits == WAITS_TASK)
            && (!r->park || b->work) && b->wake_at < next)
            next = b->wake_at;
    }
    return next;
}

static void look_for_interrupts(struct run *r)
{
    int interrupts = r->world->interrupted ? r->world->interrupted(r->world) : 0;
    struct err e = { 0 };
    if (interrupts == 1 && !r->park) {
        run_say(r, "", "stopping after the change in flight; Ctrl-C again stops now");
        run_park(r, "stopped", "", "Ctrl-C");
    } else if (interrupts > 1) {
        err_stopped(&e, "stopped at once; 'tocsin resume' looks into what was in flight");
        run_trouble(r, &e);
    }
}

/* What others wrote while we wait: somebody may stop us, or lock a target. */
static void look_outside(struct run *r, int64_t now)
{
    struct journal j;
    struct err e = { 0 };
    if (!r->id || r->dry || r->park || now - r->looked < SECOND_MS)
        return;
    r->looked = now;
    if (!r->store->read(r->store, r->incident, &j, r->keep, &e))
        return;
    for (size_t i = j.count; i-- > 0 && j.event[i].seq > r->begun_seq;)
        if (j.event[i].stream == 0 && j.event[i].kind == EVENT_RUN_PARKED
            && json_is(json_get(j.event[i].data, "run"), r->id)) {
            run_say(r, "", "%s stops this run", j.event[i].by);
            run_park(r, "stopped", "", arena_print(r->keep, "by %s", j.event[i].by));
        }
}

bool engine_loop(struct run *r, struct branch *root, struct err *e)
{
    while (!root->ended && r->trouble.kind == ERR_NONE && !r->again) {
        look_for_interrupts(r);
        if (!r->park && r->first) {
            struct branch *b = r->first;
            r->first = b->next_turn;
            if (!r->first)
                r->last = NULL;
            take_turn(b);
            continue;
        }
        if (r->pendings) {
            flush(r);
            continue;
        }
        if (look_around(r, r->world->now(r->world)) || r->pendings)
            continue;
        if (r->park && !in_flight(r))
            break;
        look_outside(r, r->world->now(r->world));
        if (r->park && !in_flight(r))
            break;
        int64_t next = next_moment(r);
        if (next == INT64_MAX) {
            if (!r->park && !r->first)
                err_system(&r->trouble, "the run waits for nothing that could happen");
            if (r->park)
                break;
            continue;
        }
        int64_t soon = r->world->now(r->world) + SECOND_MS;
        if (r->id && !r->world->virtual && next > soon)
            next = soon; /* somebody may stop us meanwhile */
        r->world->wait(r->world, next);
        look_outside(r, r->world->now(r->world));
    }
    if (r->trouble.kind != ERR_NONE)
        *e = r->trouble;
    return r->trouble.kind == ERR_NONE;
}

bool engine_open(struct run *r, const struct run_request *request, bool dry, struct arena *keep,
                 struct err *e)
{
    const struct workspace *ws = request->ws;
    *r = (struct run){ .ws = ws, .world = ws->world, .store = ws->store,
                       .audience = request->audience, .keep = keep,
                       .incident = request->incident };
    struct sandbox_limits limits = { ws->config.limits.instructions, ws->config.limits.memory_bytes };
    if (!roles_load(&r->roles, keep, e))
        return false;
    if (dry ? !plugins_open_model(&r->plugins, ws, &r->roles, keep, e)
            : !plugins_open(&r->plugins, ws, &r->roles, keep, e))
        return false;
    r->dry = dry;
    r->always = !dry && r->world->environment
             && text_equal(r->world->environment(r->world, "TOCSIN_REPLAY"), "always");
    if (r->incident && !r->store->read(r->store, r->incident, &r->journal, keep, e))
        return false;
    r->incident_id = r->journal.id && r->journal.id[0] ? r->journal.id : "log";
    r->started = r->world->now(r->world);
    count_numbers(r, &r->journal);
    if (!dry && !read_locks(r, e))
        return false;
    r->sandbox = sandbox_open(&limits);
    words_install(r);
    return true;
}

static void drop_branches(struct run *r)
{
    for (size_t i = 0; i < r->branches; i++) {
        struct branch *b = r->branch[i];
        if (b->task)
            task_close(b->task);
        if (b->work && b->work->lock)
            r->store->unlock(r->store, b->work->lock);
        b->task = NULL;
        b->work = NULL;
    }
}

/* As after a kill, within the same process: everything that Lua knew is gone. */
bool engine_forget(struct run *r, struct err *e)
{
    struct sandbox_limits limits = { r->ws->config.limits.instructions,
                                     r->ws->config.limits.memory_bytes };
    drop_branches(r);
    sandbox_close(r->sandbox);
    r->sandbox = sandbox_open(&limits);
    words_install(r);
    r->branches = r->pendings = 0;
    r->first = r->last = r->turn = NULL;
    r->again = false;
    r->resumed = true;
    if (!r->store->read(r->store, r->incident, &r->journal, r->keep, e))
        return false;
    replay_index(r);
    return true;
}

void engine_close(struct run *r)
{
    drop_branches(r);
    if (r->lock)
        r->store->unlock(r->store, r->lock);
    if (r->sandbox)
        sandbox_close(r->sandbox);
    if (r->plugins)
        plugins_close(r->plugins);
    r->lock = NULL;
    r->sandbox = NULL;
    r->plugins = NULL;
}
