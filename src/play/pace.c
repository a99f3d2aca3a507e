/* pace.c: see pace.h. */
#include "play/pace.h"

#include "play/plugin_inside.h"

#include <inttypes.h>
#include <string.h>

const struct pace usual_pace = { .times = 4, .every_ms = SECOND_MS, .most_ms = MINUTE_MS };

/* The last `count` beginnings of an action, and those that are to come in this process. */
struct turns {
    const char *action;
    int64_t *at;
    size_t next;
    struct turns *other;
};

/* A span of the table on top; what is missing stays as it is. What stands there
 * was looked at when the plugin was loaded (plugin_declared.c). */
static void take_span(lua_State *L, const char *member, int64_t *out)
{
    if (lua_getfield(L, -1, member) == LUA_TSTRING)
        duration_parse(out, lua_tostring(L, -1));
    lua_pop(L, 1);
}

static void take_count(lua_State *L, const char *member, int64_t *out)
{
    if (lua_getfield(L, -1, member) == LUA_TNUMBER)
        *out = lua_tointeger(L, -1);
    lua_pop(L, 1);
}

struct pace plugin_pace(lua_State *L)
{
    struct pace pace = usual_pace;
    if (lua_getfield(L, -1, "rate") == LUA_TTABLE) {
        take_count(L, "count", &pace.count);
        take_span(L, "per", &pace.per_ms);
    }
    lua_pop(L, 1);
    if (lua_getfield(L, -1, "retry") == LUA_TTABLE) {
        pace.declares_retry = true;
        take_count(L, "times", &pace.times);
        take_span(L, "every", &pace.every_ms);
        take_span(L, "at_most", &pace.most_ms);
    }
    lua_pop(L, 1);
    return pace;
}

struct pace plugins_pace(struct plugins *p, const struct role_action *a)
{
    struct loaded *l;
    struct err ignored = { 0 };
    const struct handler *h = plugins_handler(p, a, &l, &ignored);
    return h ? h->pace : usual_pace;
}

/* What the whole workspace began lately of an action: a JSON list of moments, kept beside the record. */
static const char *rate_path(const struct plugins *p, const struct role_action *a, struct arena *keep)
{
    return workspace_path(p->ws, keep, arena_print(keep, ".tocsin/rates/%s-%s", plugins_for(p, a->role), a->full));
}

/* The last ones, oldest first. What lies ahead was written by a clock that has been put right since. */
static size_t begun_lately(int64_t *at, size_t most, const struct plugins *p, const struct role_action *a,
                           struct arena *keep)
{
    struct world *w = p->ws->world;
    struct err ignored = { 0 };
    const char *bytes, *path = rate_path(p, a, keep);
    size_t length, wrong, count = 0;
    int64_t now = w->now(w);
    if (p->model || !w->exists(w, path, NULL) || !w->read_file(w, path, &bytes, &length, keep, &ignored)
        || !json_check(bytes, length, &wrong))
        return 0;
    for (struct json_walk walk = json_walk(json_from(arena_copy(keep, bytes, length))); json_next(&walk);) {
        int64_t one = json_int_or(walk.value, INT64_MAX);
        if (one > now)
            continue;
        if (count == most)
            memmove(at, at + 1, --count * sizeof *at);
        at[count++] = one;
    }
    return count;
}

static struct turns *turns_of(struct plugins *p, const struct role_action *a, int64_t count)
{
    for (struct turns *t = p->turns; t; t = t->other)
        if (strcmp(t->action, a->full) == 0)
            return t;
    struct turns *t = arena_one(p->keep, struct turns);
    *t = (struct turns){ .action = a->full, .at = arena_many(p->keep, int64_t, (size_t)count), .other = p->turns };
    size_t known = begun_lately(t->at, (size_t)count, p, a, p->keep);
    for (size_t i = known; i < (size_t)count; i++)
        t->at[i] = INT64_MIN / 2;
    t->next = known % (size_t)count;
    p->turns = t;
    return t;
}

int64_t plugins_turn(struct plugins *p, const struct role_action *a)
{
    struct pace pace = plugins_pace(p, a);
    int64_t now = p->ws->world->now(p->ws->world);
    if (!pace.count)
        return now;
    struct turns *t = turns_of(p, a, pace.count);
    int64_t free = t->at[t->next] + pace.per_ms;
    int64_t begins = free > now ? free : now;
    t->at[t->next] = begins;
    t->next = (t->next + 1) % (size_t)pace.count;
    return begins;
}

void plugins_forget_turns(struct plugins *p)
{
    p->turns = NULL;
}

static void keep_begun(const struct plugins *p, const struct role_action *a, const int64_t *at, size_t count,
                       struct arena *scratch)
{
    struct world *w = p->ws->world;
    struct err ignored = { 0 };
    struct text list = text_new(scratch);
    for (size_t i = 0; i < count; i++)
        text_print(&list, "%s%" PRId64, i ? "," : "[", at[i]);
    text_add(&list, "]\n");
    (void)w->write_file(w, rate_path(p, a, scratch), list.at, list.length, &ignored);
}

bool plugins_begin(struct plugins *p, const struct role_action *a, int64_t *again)
{
    struct world *w = p->ws->world;
    struct pace pace = plugins_pace(p, a);
    struct arena scratch = *p->keep;
    struct err ignored = { 0 };
    if (!pace.count || p->model)
        return true;
    const char *folder = workspace_path(p->ws, &scratch, ".tocsin/rates");
    if (!w->make_folder(w, folder, &ignored))
        return true;
    int held = w->hold(w, arena_print(&scratch, "%s/lock", folder), &ignored);
    if (held < 0)
        return true; /* where nothing can be written, this process alone keeps to it */
    int64_t now = w->now(w); /* under the lock: what stands there was begun before */
    int64_t *at = arena_many(&scratch, int64_t, (size_t)pace.count + 1);
    size_t count = begun_lately(at, (size_t)pace.count, p, a, &scratch);
    *again = count < (size_t)pace.count ? now : at[0] + pace.per_ms;
    bool begins = *again <= now;
    if (begins) {
        at[count++] = now;
        size_t drop = count > (size_t)pace.count;
        keep_begun(p, a, at + drop, count - drop, &scratch);
    }
    w->let_go(w, held);
    return begins;
}

/* A number from 0 to `most`, from the world. */
static int64_t drawn(struct world *w, int64_t most)
{
    unsigned char bytes[4];
    uint64_t n = 0;
    w->random(w, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        n = n << 8 | bytes[i];
    return (int64_t)(n % ((uint64_t)most + 1));
}

int64_t plugins_pause(struct plugins *p, const struct role_action *a, int64_t tries, int64_t later_ms)
{
    struct pace pace = plugins_pace(p, a);
    if (tries >= pace.times)
        return -1;
    int64_t pause = pace.every_ms;
    for (int64_t i = 1; i < tries && pause < pace.most_ms; i++)
        pause *= 2;
    if (pause > pace.most_ms)
        pause = pace.most_ms;
    pause = pause / 2 + drawn(p->ws->world, pause - pause / 2);
    return pause > later_ms ? pause : later_ms + drawn(p->ws->world, pace.every_ms);
}
