/* spell.c: when one service suffered, as stretches that people count and add. */
#include "record/windows.h"

#include "record/spell.h"

#define MIN(n) ((n) * MINUTE_MS)

static struct spells spells(void)
{
    struct spells s;
    spells_fold(&s, given, given_count, "osc-fr1", INSTANT_NONE, test_keep());
    return s;
}

static void the_seeds_day_is_five_spells_that_add_up_to_49_minutes(void **_)
{
    given_the_seed();
    struct spells s = spells();
    assert_int_equal(s.count, 5);
    assert_int_equal(s.times[IMPACT_DOWN], 5);
    assert_range(s.total_ms, 2640005, MIN(49), 3239995);
    assert_range(s.level_ms[IMPACT_DOWN], 2640005, MIN(49), 3239995);
    assert_range(s.level_ms[IMPACT_DEGRADED], 0, 0, 0);
}

static void down_within_degraded_is_one_spell_and_each_minute_counts_once(void **_)
{
    given_nothing();
    degraded("2025-03-11 14:10", "2025-03-11 14:45", 250000000);
    down_sharp("2025-03-11 14:20", "2025-03-11 14:22");
    down_sharp("2025-03-11 14:37", "2025-03-11 14:44");
    struct spells s = spells();
    assert_int_equal(s.count, 1);
    assert_int_equal(s.spell[0].worst, IMPACT_DOWN);
    assert_int_equal(s.spell[0].parts, 5);
    assert_int_equal(s.spell[0].ms[IMPACT_DOWN], MIN(9));
    assert_int_equal(s.spell[0].ms[IMPACT_DEGRADED], MIN(26));
    assert_range(s.total_ms, MIN(35), MIN(35), MIN(35));
    assert_range(s.level_ms[IMPACT_DOWN], MIN(9), MIN(9), MIN(9));
    assert_range(s.level_ms[IMPACT_DEGRADED], MIN(26), MIN(26), MIN(26));
    assert_ptr_equal(s.spell[0].part[1].window, &given[1]);
}

static void two_voices_that_tell_of_one_outage_are_one_spell(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:20");
    down_sharp("2025-03-11 10:05", "2025-03-11 10:25")->basis = "probe:front";
    struct spells s = spells();
    assert_int_equal(s.count, 1);
    assert_int_equal(s.total_ms.nominal, MIN(25));
}

static void none_is_no_spell_and_an_open_one_is_marked(void **_)
{
    given_nothing();
    down_sharp("2025-03-11 10:00", "2025-03-11 10:20")->level = IMPACT_NONE;
    assert_int_equal(spells().count, 0);
    down_sharp("2025-03-11 11:00", "2025-03-11 11:20")->open = true;
    assert_true(spells().spell[0].open);
}

static void parts_add_up_to_the_total_whatever_overlaps(void **_)
{
    for (uint64_t seed = 1; seed < 500; seed++) {
        uint64_t x = seed * 0x9e3779b97f4a7c15u;
        given_nothing();
        for (int i = 0; i < 8; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            int64_t start = (int64_t)((x >> 33) % 100), length = (int64_t)((x >> 50) % 40);
            struct window *w = between_instants(start * 1000, (start + length) * 1000);
            w->level = (enum impact_level)((x >> 20) % 4);
            w->start.early_ms = w->end.late_ms = (int64_t)((x >> 10) % 3) * 500;
        }
        struct spells s = spells();
        int64_t sum = 0, parts = 0;
        for (int level = 0; level < 3; level++) {
            sum += s.level_ms[level].nominal;
            assert_true(s.level_ms[level].low <= s.level_ms[level].nominal);
            assert_true(s.level_ms[level].nominal <= s.level_ms[level].high);
        }
        for (size_t i = 0; i < s.count; i++)
            for (size_t k = 0; k < s.spell[i].parts; k++)
                parts += s.spell[i].part[k].end - s.spell[i].part[k].start;
        assert_int_equal(sum, s.total_ms.nominal);
        assert_int_equal(parts, s.total_ms.nominal);
    }
}

int main(void)
{
    const struct CMUnitTest spell[] = {
        promise(the_seeds_day_is_five_spells_that_add_up_to_49_minutes),
        promise(down_within_degraded_is_one_spell_and_each_minute_counts_once),
        promise(two_voices_that_tell_of_one_outage_are_one_spell),
        promise(none_is_no_spell_and_an_open_one_is_marked),
        promise(parts_add_up_to_the_total_whatever_overlaps),
    };
    return cmocka_run_group_tests(spell, NULL, NULL);
}
