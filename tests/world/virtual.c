#include "world/ground.h"

#include "world/sim_clock.h"

static struct world *machine(void)
{
    static struct world w;
    w = *world_real("alice", test_keep());
    w.claimed = false;
    return &w;
}

static void its_clock_moves_only_when_somebody_waits(void **_)
{
    struct world_clock clock = { .now = 1000 };
    struct world *w = world_virtual(machine(), &clock, "alice", "sim", test_keep());
    assert_int_equal(w->now(w), 1000);
    w->wait(w, 8 * HOUR_MS);
    assert_int_equal(w->now(w), 8 * HOUR_MS);
    w->wait(w, 5); /* never back */
    assert_int_equal(w->now(w), 8 * HOUR_MS);
    assert_true(w->virtual);
}

static int64_t half_way(void *context, int64_t until)
{
    struct world_clock *c = context;
    return c->now + (until - c->now) / 2;
}

static void who_watches_the_clock_may_stop_it_earlier_and_never_later(void **_)
{
    struct world_clock clock = { .now = 0, .on_wait = half_way };
    clock.context = &clock;
    struct world *w = world_virtual(machine(), &clock, "alice", "sim", test_keep());
    w->wait(w, 1000);
    assert_int_equal(w->now(w), 500);
}

static void two_worlds_of_one_seed_draw_the_same_bytes_and_others_do_not(void **_)
{
    unsigned char drawn[3][100];
    for (unsigned i = 0; i < 3; i++) {
        struct world_clock clock = { .seed = i == 2 };
        struct world *w = world_virtual(machine(), &clock, "alice", "sim", test_keep());
        w->random(w, drawn[i], 50);
        w->random(w, drawn[i] + 50, 50);
    }
    assert_memory_equal(drawn[0], drawn[1], 100);
    assert_memory_not_equal(drawn[0], drawn[2], 100);
    assert_memory_not_equal(drawn[0], drawn[0] + 50, 50);
}

static void a_simulated_clock_goes_on_where_the_last_process_left_it(void **_)
{
    const char *dir = fresh_folder();
    struct err e = { 0 };
    unsigned char first[16], second[16];
    struct world *w = sim_world(machine(), dir, test_keep(), &e);
    assert_non_null(w);
    assert_int_equal(w->now(w), SIM_START);
    assert_string_equal(w->user, SIM_USER);
    assert_string_equal(w->uid, "sim");
    w->random(w, first, 16);
    w->wait(w, SIM_START + 8 * HOUR_MS);
    w = sim_world(machine(), dir, test_keep(), &e); /* as the next command would */
    assert_non_null(w);
    assert_int_equal(w->now(w), SIM_START + 8 * HOUR_MS);
    w->random(w, second, 16);
    assert_memory_not_equal(first, second, 16);
    assert_good(sim_clock_set(machine(), dir, 42, &e), &e);
    w = sim_world(machine(), dir, test_keep(), &e);
    assert_int_equal(w->now(w), 42);
    remove_folder(dir);
}

static void processes_side_by_side_never_draw_the_same_bytes(void **_)
{
    const char *dir = fresh_folder();
    struct err e = { 0 };
    unsigned char drawn[3][16];
    struct world *first = sim_world(machine(), dir, test_keep(), &e);
    struct world *second = sim_world(machine(), dir, test_keep(), &e);
    assert_non_null(first);
    assert_non_null(second);
    second->random(second, drawn[1], 16);
    first->wait(first, SIM_START + 1000);
    first->random(first, drawn[0], 16);
    struct world *third = sim_world(machine(), dir, test_keep(), &e);
    assert_non_null(third);
    third->random(third, drawn[2], 16);
    assert_memory_not_equal(drawn[2], drawn[1], 16);
    assert_memory_not_equal(drawn[2], drawn[0], 16);
    remove_folder(dir);
}

static void a_clock_file_with_something_else_in_it_is_refused(void **_)
{
    const char *dir = fresh_folder();
    struct err e = { 0 };
    assert_non_null(sim_world(machine(), dir, test_keep(), &e));
    spoil(arena_print(test_keep(), "%s/.tocsin/sim/clock", dir), 0, "what time is it");
    assert_refused(sim_world(machine(), dir, test_keep(), &e) != NULL, &e, ERR_INPUT, "found something else");
    remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest virtual[] = {
        promise(its_clock_moves_only_when_somebody_waits),
        promise(who_watches_the_clock_may_stop_it_earlier_and_never_later),
        promise(two_worlds_of_one_seed_draw_the_same_bytes_and_others_do_not),
        promise(a_simulated_clock_goes_on_where_the_last_process_left_it),
        promise(processes_side_by_side_never_draw_the_same_bytes),
        promise(a_clock_file_with_something_else_in_it_is_refused),
    };
    return cmocka_run_group_tests(virtual, NULL, NULL);
}
