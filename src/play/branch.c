/* branch.c: parallel and each: branches that run beside each other, and the
 * one that waits for them. */
#include "play/asking.h"
#include "play/change.h"
#include "play/replay.h"
#include "play/sandbox.h"

#include <lauxlib.h>

static struct branch *first_raised(const struct join *j, bool by_mistake)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->child[i] && j->child[i]->raised && !j->child[i]->failure == by_mistake)
            return j->child[i];
    return NULL;
}

/* A branch's word has been answered for all of its children. */
static void join_done(struct branch *p)
{
    struct join *j = p->join;
    bool list = j->function != LUA_NOREF;
    const struct branch *mistaken = first_raised(j, true), *failed = first_raised(j, false);
    if (mistaken) {
        branch_bad(p, "%s", mistaken->error.text);
        p->answer.mistake = true;
        return;
    }
    if (failed && j->on_failure != THEN_GO_ON) {
        branch_bad(p, "%zu of %zu failed; the first: %s", j->failed, j->count, failed->error.text);
        p->answer.failed_key = failed->failed_key;
        return;
    }
    if (!lua_checkstack(p->co, (list ? 0 : (int)j->count) + LUA_MINSTACK)) {
        branch_bad(p, "the results of %zu branches do not fit; each { list, function(x) ... end } answers a list", j->count);
        return;
    }
    p->answer = (struct answer){ .good = true };
    if (list)
        lua_createtable(p->co, (int)j->count, 0);
    for (size_t i = 0; i < j->count; i++) {
        struct branch *c = j->child[i];
        if (c->raised) {
            lua_createtable(p->co, 0, 1);
            lua_pushstring(p->co, c->error.text);
            lua_setfield(p->co, -2, "failed");
        } else if (lua_gettop(c->co) > 0) {
            lua_settop(c->co, 1);
            lua_xmove(c->co, p->co, 1);
        } else {
            lua_pushnil(p->co);
        }
        sandbox_drop(p->run->sandbox, c->co);
        if (list)
            lua_rawseti(p->co, -2, (lua_Integer)i + 1);
    }
    p->arguments = p->answer.results = list ? 1 : (int)j->count;
    p->join = NULL;
    branch_ready(p);
}

static const char *prefix_of(const struct branch *p, size_t number)
{
    return arena_print(p->run->keep, "%s/%zu/", p->key, number);
}

static void start_child(struct branch *p)
{
    struct run *r = p->run;
    struct join *j = p->join;
    size_t i = j->started++;
    struct branch *c = branch_new(r, p, prefix_of(p, i + 1));
    j->child[i] = c;
    c->number = i + 1;
    c->cancelled = p->cancelled || j->stopped; /* what is recorded of it comes to its end */
    c->co = sandbox_thread(r->sandbox);
    lua_State *L = c->co;
    if (j->function == LUA_NOREF) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, j->list);
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        lua_remove(L, -2);
    } else {
        lua_rawgeti(L, LUA_REGISTRYINDEX, j->function);
        lua_rawgeti(L, LUA_REGISTRYINDEX, j->list);
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        lua_remove(L, -2);
        c->arguments = 1;
    }
    branch_ready(c);
}

bool branch_is_dropped(struct branch *b)
{
    if (!b->cancelled || (b->work && b->work->in_flight))
        return false;
    b->seq = b->due = 0;
    branch_ready(b);
    return true;
}

/* No other is started, but for those whose beginning is in the record. What is in flight
 * comes to its end. */
static void cancel_children(struct branch *p)
{
    struct join *j = p->join;
    j->stopped = true;
    while (j->count > j->started && !replay_has_inside(p->run, prefix_of(p, j->count)))
        j->count--;
    for (size_t i = 0; i < j->started; i++) {
        struct branch *c = j->child[i];
        if (c->ended || c->cancelled)
            continue;
        c->cancelled = true;
        if (c->waits == WAITS_CHILDREN)
            cancel_children(c);
        else if (c->waits == WAITS_ANSWER)
            listen_end(c->run);
        if (c->waits == WAITS_TIME || c->waits == WAITS_RECORDED
            || c->waits == WAITS_ANSWER || c->waits == WAITS_TASK)
            (void)branch_is_dropped(c);
    }
}

void branch_ended(struct branch *b)
{
    struct branch *p = b->parent;
    if (!p)
        return;
    struct join *j = p->join;
    j->ended++;
    if (b->raised) {
        j->failed++;
        run_say(b->run, b->key, "%s", b->error.text);
        if (j->on_failure == THEN_STOP)
            cancel_children(p);
    }
    if (j->started < j->count)
        start_child(p);
    else if (j->ended == j->count)
        join_done(p);
}

bool branch_hands_over(struct branch *b)
{
    struct run *r = b->run;
    if (!b->parent || b->parent->join->on_failure != THEN_GO_ON || !b->failure)
        return false;
    b->key = arena_print(r->keep, "%s/%zu/0", b->parent->key, b->number);
    b->want = (struct request){ .word = b->parent->want.word, .args = "{}", .args_sha256 = sha256_of(r->keep, "{}"),
                                .because = arena_string(r->keep, b->error.text) };
    b->seq = 0;
    perform_caught(b);
    return true;
}

void perform_children(struct branch *b)
{
    struct join *j = b->join;
    j->child = arena_many(b->run->keep, struct branch *, j->count + 1);
    b->waits = WAITS_CHILDREN;
    if (sandbox_room(sandbox_lua(b->run->sandbox)) < (int64_t)j->count * 2000 + 65536) {
        branch_bad(b, "%zu branches need more memory than the limit allows", j->count);
        return;
    }
    if (j->count == 0)
        join_done(b);
    for (size_t i = 0; i < j->count && i < j->at_once; i++)
        start_child(b);
}
