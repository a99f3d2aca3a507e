/* stage.h: a workspace on a folder of its own and a clock that the test turns:
 * what tests of plugins and scenarios start from. */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "play/plugin.h"
#include "world/workspace.h"

#include "promise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stage {
    struct workspace ws;
    struct world_clock clock;
    struct roles roles;
    struct plugins *plugins;
    struct err e;
};

/* 2025-03-11T10:00:00Z */
#define STAGE_START INT64_C(1741687200000)

static inline void stage_write(struct stage *s, const char *name, const char *text)
{
    struct world *w = s->ws.world;
    const char *path = workspace_path(&s->ws, test_keep(), name);
    char *folder = arena_string(test_keep(), path);
    *strrchr(folder, '/') = '\0';
    assert_good(w->make_folder(w, folder, &s->e), &s->e);
    assert_good(w->write_file(w, path, text, strlen(text), &s->e), &s->e);
}

/* `world` NULL: one with a clock of its own. */
static inline struct stage *stage_open_in(struct world *world, const char *configuration)
{
    struct stage *s = arena_one(test_keep(), struct stage);
    char *dir = arena_print(test_keep(), "%s/stage-XXXXXX",
                            getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(dir))
        fail_msg("no folder for the test");
    s->clock = (struct world_clock){ .now = STAGE_START, .seed = 1 };
    struct world *w = world ? world : world_virtual(world_real("alice", test_keep()), &s->clock,
                                                    "alice", "sim", test_keep());
    s->ws = (struct workspace){ .dir = dir, .world = w };
    stage_write(s, "tocsin.yaml", configuration);
    assert_good(workspace_open(&s->ws, w, dir, test_keep(), &s->e), &s->e);
    assert_good(roles_load(&s->roles, test_keep(), &s->e), &s->e);
    assert_good(plugins_open(&s->plugins, &s->ws, &s->roles, test_keep(), &s->e), &s->e);
    return s;
}

static inline struct stage *stage_open(const char *configuration)
{
    return stage_open_in(NULL, configuration);
}

/* What a scripted person says to the n-th question: "done", "yes", "text:...", "done:ip=192.0.2.1". */
struct script { const char *const *line; size_t next; const char *asked; };

/* Turns the task to its end, letting time pass; questions go to the script. */
static inline struct task_view stage_finish(struct stage *s, struct task *t, struct script *script)
{
    struct task_view v = { 0 };
    for (int turns = 0; turns < 100000; turns++) {
        assert_good(task_turn(t, &v, &s->e), &s->e);
        if (v.state == TASK_DONE)
            return v;
        if (v.state == TASK_WAITS) {
            s->ws.world->wait(s->ws.world, v.wake_at);
            continue;
        }
        if (!script || !script->line[script->next])
            fail_msg("nobody answers '%s'", v.question);
        const char *line = script->line[script->next++];
        script->asked = v.question;
        size_t word = strcspn(line, ":");
        task_answer(t, arena_copy(test_keep(), line, word), line[word] ? line + word + 1 : "");
    }
    fail_msg("the task never ends");
    return v;
}

static inline struct task_view stage_do(struct stage *s, const char *action, const char *args,
                                        const char *key, struct script *script)
{
    const struct role_action *a = roles_find(&s->roles, action, &s->e);
    if (!a)
        fail_msg("%s", s->e.text);
    const char *canonical;
    struct task *t;
    assert_good(role_arguments(&canonical, a, json_from(args), test_keep(), &s->e), &s->e);
    assert_good(task_perform(&t, s->plugins, a, json_from(canonical), key, test_keep(), &s->e), &s->e);
    return stage_finish(s, t, script);
}

static inline struct task_view stage_probe(struct stage *s, const char *action, const char *args,
                                           const char *key, struct script *script)
{
    const struct role_action *a = roles_find(&s->roles, action, &s->e);
    const char *canonical;
    struct task *t;
    assert_good(role_arguments(&canonical, a, json_from(args), test_keep(), &s->e), &s->e);
    assert_good(task_probe(&t, s->plugins, a, json_from(canonical), (struct json){ 0 }, key,
                           test_keep(), &s->e), &s->e);
    return stage_finish(s, t, script);
}

#endif
