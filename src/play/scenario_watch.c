/* scenario_watch.c: what is true of the simulated world while a scenario is played. */
#include "play/scenario_inside.h"

#include <inttypes.h>
#include <string.h>

bool play_look(struct play *p, const char *name, const char *args, struct json *out,
               struct arena *keep, struct err *e)
{
    const char *answer;
    if (!plugins_look(&answer, p->plugins, "sim", name, args, keep, e))
        return false;
    *out = json_from(answer);
    return true;
}

struct watched *play_watched(struct play *p, const char *name)
{
    for (size_t i = 0; i < p->services; i++)
        if (strcmp(p->watched[i].name, name) == 0)
            return &p->watched[i];
    return NULL;
}

/* An IP that came into the pool since the last sample, while it is flooded. */
static void look_for_flooded_back(struct play *p, struct watched *w, struct json state,
                                  struct arena scratch)
{
    struct json flooded = json_get(state, "flooded");
    for (struct json_walk at = json_walk(json_get(state, "pool")); json_next(&at);) {
        const char *ip = json_text(at.value, &scratch);
        bool was = !w->pool;
        for (struct json_walk old = json_walk(json_from(w->pool ? w->pool : "[]")); json_next(&old);)
            was = was || json_is(old.value, ip);
        int64_t rate = json_int_or(json_get(flooded, ip), 0);
        if (!was && rate && !p->flooded_back)
            p->flooded_back = arena_print(p->keep, "%s went back at %s under %" PRId64
                                          " packets a second", ip, play_time(p, p->clock.now), rate);
    }
}

static void see_service(struct play *p, struct watched *w, struct json state, struct arena scratch)
{
    int64_t now = p->clock.now, count = json_int_or(json_get(state, "count"), 0);
    bool answers = json_is_true(json_get(state, "answers"));
    struct json pool = json_get(state, "pool");
    if (answers != w->answers) {
        if (answers)
            w->down_ms += now - w->since;
        w->since = now;
        w->was_silent = w->was_silent || !answers;
        if (!answers && w->silences < sizeof w->silence / sizeof *w->silence)
            w->silence[w->silences++] = (struct silence){ now, INSTANT_NONE };
        else if (answers && w->silences)
            w->silence[w->silences - 1].to = now;
    }
    w->answers = answers;
    w->least = !w->pool || count < w->least ? count : w->least;
    if (!w->pool || strlen(w->pool) != pool.length || memcmp(w->pool, pool.at, pool.length) != 0) {
        look_for_flooded_back(p, w, state, scratch);
        w->pool = arena_copy(p->keep, pool.at, pool.length);
    }
}

/* Has the world been written to since it was last looked at? */
static bool world_changed(struct play *p, struct arena scratch)
{
    struct world *w = p->under;
    const char *bytes, *path = workspace_path(&p->ws, &scratch, ".tocsin/sim/world.json");
    size_t length;
    struct err e;
    char hash[SHA256_HEX + 1];
    if (!w->read_file(w, path, &bytes, &length, &scratch, &e))
        return true;
    sha256_hex(hash, bytes, length);
    bool same = strcmp(hash, p->seen) == 0;
    memcpy(p->seen, hash, sizeof p->seen);
    return !same;
}

/* Looks at the world, unless nothing in it can be otherwise than last time. */
void play_sample(struct play *p)
{
    /* What is looked at is thrown away again; what is kept of it is copied first. */
    struct arena scratch = *p->scratch;
    struct json all;
    if (!world_changed(p, scratch) && p->clock.now < p->next_change)
        return;
    if (!play_look(p, "sample", "{}", &all, &scratch, &p->failed))
        return;
    p->next_change = json_int_or(json_get(all, "next"), 0);
    for (size_t i = 0; i < p->services; i++) {
        struct json state = json_get(json_get(all, "services"), p->watched[i].name);
        if (state.at)
            see_service(p, &p->watched[i], state, scratch);
    }
}

static const int64_t RATE_EVERY_MS = MINUTE_MS;

void play_sample_rates(struct play *p)
{
    struct arena scratch = *p->scratch;
    struct json all;
    if (!p->s.watches_rate || p->clock.now - p->rate_at < RATE_EVERY_MS)
        return;
    p->rate_at = p->clock.now;
    if (!play_look(p, "dropped", "{}", &all, &scratch, &p->failed))
        return;
    for (size_t i = 0; i < p->services; i++) {
        struct watched *w = &p->watched[i];
        bool dropped = json_is_true(json_get(all, w->name));
        if (dropped != w->dropped)
            w->drop_since = p->clock.now;
        w->dropped = dropped;
    }
}
