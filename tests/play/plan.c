#include "play/run.h"

#include "stage.h"

#include <stdlib.h>

/* A world in which nothing may be written: whoever tries fails the test. */
static struct world *guarded;
static bool no_write(struct world *w, const char *path, const char *bytes, size_t length, struct err *e)
{
    fail_msg("a dry run wrote '%s'", path);
    return false;
}
static bool no_folder(struct world *w, const char *path, struct err *e)
{
    fail_msg("a dry run made the folder '%s'", path);
    return false;
}
static bool no_append(struct store *s, const char *incident, const char *head, struct lock *token,
                      const struct draft *draft, size_t count, enum sync sync, struct appended *out,
                      struct arena *keep, struct err *e)
{
    fail_msg("a dry run wrote into the journal");
    return false;
}
static bool no_create(struct store *s, const char *incident, const struct draft *draft, size_t count,
                      struct arena *keep, struct err *e)
{
    fail_msg("a dry run opened an incident");
    return false;
}
static bool no_blob(struct store *s, const char *incident, const char *bytes, size_t length,
                    char sha256[SHA256_HEX + 1], struct err *e)
{
    fail_msg("a dry run put a blob away");
    return false;
}
static bool no_lock(struct store *s, const char *name, const char *by, const char *uid, const char *why,
                    struct lock **out, struct lock_holder *holder, struct arena *keep, struct err *e)
{
    fail_msg("a dry run locked '%s'", name);
    return false;
}

static struct stage *guarded_stage(const char *configuration)
{
    struct stage *s = stage_open(configuration);
    guarded = s->ws.world;
    guarded->write_file = no_write;
    guarded->make_folder = no_folder;
    s->ws.store->append = no_append;
    s->ws.store->create = no_create;
    s->ws.store->blob_put = no_blob;
    s->ws.store->lock = no_lock;
    return s;
}

static struct plan plan(struct stage *s, const char *runbook, const char *const *arguments,
                        const char *const *assume)
{
    struct plan p;
    struct run_request q = { .ws = &s->ws, .runbook = runbook, .argument = arguments };
    assert_good(run_plan(&p, &q, assume, test_keep(), &s->e), &s->e);
    return p;
}

static size_t changes(const struct plan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->steps; i++)
        n += p->step[i].kind == PLAN_CHANGES;
    return n;
}

#define SERVICES "services:\n  shop: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n"
#define ARGUMENTS (const char *const[]){ "service=shop", "ip=192.0.2.1", NULL }

static void nothing_leaves_the_process_in_a_real_workspace(void **_)
{
    struct stage *s = guarded_stage(SERVICES);
    struct plan p = plan(s, "ddos", ARGUMENTS, NULL);
    assert_false(p.stops);
    assert_int_equal(changes(&p), 10);
    assert_string_equal(p.source, "a model made of the configuration: nothing real was read");
}

static void nor_in_a_simulated_one(void **_)
{
    struct stage *s = guarded_stage("world: simulated\n" SERVICES);
    struct plan p = plan(s, "ddos", ARGUMENTS, NULL);
    assert_false(p.stops);
    assert_int_equal(changes(&p), 10);
}

static void nor_where_programs_and_hooks_are_bound(void **_)
{
    struct stage *s = guarded_stage(SERVICES "roles:\n  exec: { plugin: exec }\n"
                                    "  chat: { plugin: webhook, url: \"http://127.0.0.1:1/\" }\n");
    s->ws.world->virtual = false;
    struct plan p = plan(s, "ddos", ARGUMENTS, NULL);
    assert_false(p.stops);
}

static void what_would_fail_is_told_from_what_is_wrong(void **_)
{
    struct stage *s = guarded_stage(SERVICES);
    struct plan p = plan(s, "detect", (const char *const[]){ "service=shop", NULL }, NULL);
    assert_true(p.stops);
    assert_false(p.wrong);
    p = plan(s, "detect", (const char *const[]){ "service=shop", NULL },
             (const char *const[]){ "sense.flood.ip=192.0.2.2", NULL });
    assert_false(p.stops);
}

int main(void)
{
    const struct CMUnitTest plans[] = {
        promise(nothing_leaves_the_process_in_a_real_workspace),
        promise(nor_in_a_simulated_one),
        promise(nor_where_programs_and_hooks_are_bound),
        promise(what_would_fail_is_told_from_what_is_wrong),
    };
    return cmocka_run_group_tests(plans, NULL, NULL);
}
