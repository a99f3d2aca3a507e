/* tests/torture/engine.c: the incident of 11 March under a runbook whose
 * executor is killed everywhere. The shipped `ddos` fights a flood; it is
 * killed before and behind every write of the journal and in every wait (so
 * inside of every action, before and after its effect), resumed, killed again
 * in the resume, and the same while everything is put back. World, ledger and
 * the sequence of changes must be as without a kill, and nothing done twice. */
#include "../play/theatre.h"

static const char *const region =
    "world: simulated\nzone: Europe/Paris\n"
    "services:\n  osc-fr1: { ips: [148.253.75.120, 109.232.233.130], pool_min: 1 }\n";
static const char *const yes[] = { "yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes", NULL };
static const char *const args[] = { "service=osc-fr1", NULL };

static size_t kills;

static struct theatre *flooded(void)
{
    const char *out;
    struct theatre *t = theatre_open(region);
    t->line = yes;
    int64_t now = t->stage->clock.now;
    assert_good(plugins_look(&out, t->stage->plugins, "sim", "put",
        arena_print(test_keep(), "{\"waves\":[{\"ip\":\"148.253.75.120\",\"kind\":\"syn\",\"rate\":42000,"
                    "\"from\":%lld,\"to\":%lld,\"outage\":true}]}", (long long)now, (long long)now + 780000),
        test_keep(), &t->e), &t->e);
    plugins_close(t->stage->plugins);
    t->stage->clock.now += 20000;
    return t;
}

static bool fight(struct theatre *t)
{
    struct run_request q = theatre_request(t, "ddos", args);
    t->e = (struct err){ 0 };
    return run_start(&t->outcome, &q, test_keep(), &t->e);
}

static bool put_back(struct theatre *t)
{
    struct run_request q = theatre_request(t, NULL, NULL);
    size_t left;
    t->e = (struct err){ 0 };
    return run_restore(&q, NULL, NULL, &left, test_keep(), &t->e) && left == 0;
}

/* Without its members of this name: what only a clock tells. */
static const char *without(const char *json, const char *name)
{
    struct text t = text_new(test_keep());
    const char *quoted = arena_print(test_keep(), "\"%s\":", name), *at;
    while ((at = strstr(json, quoted))) {
        const char *end = at + strlen(quoted);
        end += strcspn(end, ",}");
        text_bytes(&t, json, (size_t)(at - json));
        json = end + (*end == ',');
    }
    text_add(&t, json);
    return t.at;
}

/* pool, names, IPs and networks, byte for byte, but for since when an IP is watched: a kill takes some time */
static const char *lasting(struct theatre *t)
{
    struct json w = theatre_world(t);
    struct text all = text_new(test_keep());
    static const char *const parts[] = { "services", "ips", "vpcs", "free" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        text_print(&all, "%s %s\n", parts[i], without(json_canonical(json_get(w, parts[i]), test_keep()), "watched_from"));
    return all.at;
}

/* What the document is made of, in the order of the record: the texts of what a reader sees, each once and as it
 * is said; a change only that it was made, since one that was
 * looked into says so. */
static const char *told(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    struct text all = text_new(test_keep());
    for (size_t i = 0; i < j.count; i++) {
        const struct event *ev = &j.event[i];
        const char *text = json_get_text(ev->data, "text", test_keep());
        bool ended = ev->kind == EVENT_ACTION_ENDED && !json_is(json_get(ev->data, "outcome"), "failed");
        const char *rate = text ? strstr(text, " packets a second") : NULL; /* measured: a second later it is another one */
        while (rate && rate > text && rate[-1] >= '0' && rate[-1] <= '9')
            rate--;
        if (rate)
            text = arena_copy(test_keep(), text, (size_t)(rate - text));
        if (ended || ev->kind == EVENT_NOTE || ev->kind == EVENT_STEP || ev->kind == EVENT_PHASE || ev->kind == EVENT_IMPACT)
            text_print(&all, "%s %s\n", ev->kind_name, ended ? "" : text ? text
                       : json_get_text(ev->data, ev->kind == EVENT_PHASE ? "phase" : "level", test_keep()));
    }
    return all.at;
}

static void compare(struct theatre *t, struct theatre *calm, const char *what, int64_t at)
{
    kills++;
    if (strcmp(theatre_changes(t), theatre_changes(calm)) || theatre_effects(t) != theatre_effects(calm)
        || strcmp(theatre_changed(t), theatre_changed(calm)) || strcmp(lasting(t), lasting(calm))
        || strcmp(told(t), told(calm)))
        fail_msg("%s at %lld:\n%s\n%s\n%s\nwithout:\n%s\n%s\n%s\n%s", what, (long long)at, theatre_changes(t), lasting(t),
                 told(t), theatre_changes(calm), lasting(calm), told(calm), t->said.at);
}

static void resume_to_the_end(struct theatre *t)
{
    if (theatre_count(t, EVENT_RUN_ENDED))
        return;
    if (!theatre_count(t, EVENT_RUN_STARTED)) {
        t->die_at_write = t->die_at_wait = 0;
        t->dead = false;
        assert_good(fight(t), &t->e);
        return;
    }
    assert_good(theatre_resume(t, NULL, NULL), &t->e);
}

static void killed_at_every_boundary_of_the_journal(void **_)
{
    struct theatre *calm = flooded();
    assert_good(fight(calm), &calm->e);
    for (int64_t at = 1; at <= calm->writes; at++)
        for (int behind = 0; behind < 2; behind++) {
            struct theatre *t = flooded();
            t->die_at_write = at;
            t->die_after = behind;
            assert_false(fight(t));
            resume_to_the_end(t);
            compare(t, calm, behind ? "killed behind a write" : "killed before a write", at);
        }
    print_message("%lld writes, %zu kills\n", (long long)calm->writes, kills);
}

static void killed_inside_of_every_action_and_wait(void **_)
{
    struct theatre *calm = flooded();
    assert_good(fight(calm), &calm->e);
    for (int64_t at = 1; at <= calm->waits; at++) {
        struct theatre *t = flooded();
        t->die_at_wait = at;
        assert_false(fight(t));
        resume_to_the_end(t);
        compare(t, calm, "killed in a wait", at);
    }
    print_message("%lld waits, %zu kills\n", (long long)calm->waits, kills);
}

static void killed_a_second_time_in_the_resume(void **_)
{
    struct theatre *calm = flooded();
    assert_good(fight(calm), &calm->e);
    for (int64_t at = 2; at <= calm->writes; at += 4)
        for (int64_t second = 1; second <= 12; second += 2) {
            struct theatre *t = flooded();
            t->die_at_write = at;
            t->die_after = at % 2;
            fight(t);
            if (theatre_count(t, EVENT_RUN_STARTED) && !theatre_count(t, EVENT_RUN_ENDED)) {
                struct run_request q = theatre_request(t, NULL, NULL);
                t->writes = 0;
                t->die_at_write = second;
                t->die_after = second % 4 == 1;
                t->e = (struct err){ 0 };
                run_resume(&t->outcome, &q, NULL, NULL, test_keep(), &t->e);
            }
            t->die_at_write = 0;
            resume_to_the_end(t);
            kills++;
            compare(t, calm, "killed twice", at);
        }
    print_message("%zu kills\n", kills);
}

static void killed_while_everything_is_put_back(void **_)
{
    struct theatre *calm = flooded();
    assert_good(fight(calm), &calm->e);
    calm->stage->clock.now += 4 * 3600 * 1000;
    int64_t before = calm->writes, waits = calm->waits;
    assert_good(put_back(calm), &calm->e);
    assert_string_equal(theatre_changed(calm), "");
    for (int64_t at = 1; at <= calm->writes - before; at++)
        for (int how = 0; how < 3; how++) {
            struct theatre *t = flooded();
            assert_good(fight(t), &t->e);
            t->stage->clock.now += 4 * 3600 * 1000;
            if (how < 2) {
                t->die_at_write = before + at;
                t->die_after = how;
            } else {
                t->die_at_wait = waits + at;
            }
            put_back(t);
            t->dead = false;
            t->die_at_wait = 0;
            t->die_at_write = how ? t->writes + 1 + at % 3 : 0; /* and once more, while that is looked into */
            put_back(t);
            t->die_at_write = 0;
            t->dead = false;
            if (theatre_changed(t)[0])
                assert_good(put_back(t), &t->e);
            assert_string_equal(theatre_changed(t), "");
            compare(t, calm, "killed while putting back", at);
        }
    print_message("%zu kills\n", kills);
}

int main(void)
{
    const struct CMUnitTest engine[] = {
        promise(killed_at_every_boundary_of_the_journal),
        promise(killed_inside_of_every_action_and_wait),
        promise(killed_a_second_time_in_the_resume),
        promise(killed_while_everything_is_put_back),
    };
    return cmocka_run_group_tests(engine, NULL, NULL);
}
