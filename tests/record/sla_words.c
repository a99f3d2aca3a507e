/* sla_words.c: figures of an SLA as people read them. */
#include "record/windows.h"

#include "record/sla_words.h"

static struct arena *keep_;
#define says(call, words) assert_string_equal((keep_ = test_keep(), (call)), words)

static void a_share_is_cut_and_never_rounded_up(void **_)
{
    says(ppb_percent(keep_, 999000000, 7), "99.9 %");
    says(ppb_percent(keep_, 998999999, 4), "99.8999 %");
    says(ppb_percent(keep_, 999999999, 4), "99.9999 %");
    says(ppb_percent(keep_, 3683333, 6), "0.368333 %");
    says(ppb_percent(keep_, 50000000, 6), "5 %");
    says(ppb_percent(keep_, 1000000000, 7), "100 %");
    says(ppb_percent(keep_, 0, 6), "0 %");
    says(ppb_percent(keep_, 1, 7), "0.0000001 %");
}

static void minutes_are_rounded_to_the_nearest_from_ten_up(void **_)
{
    says(sla_minutes(keep_, 0), "0 min");
    says(sla_minutes(keep_, 2640005), "44 min");
    says(sla_minutes(keep_, 3239995), "54 min");
    says(sla_minutes(keep_, 90000), "1 min 30 s");
    says(sla_minutes(keep_, 59999), "1 min");
    says(sla_minutes(keep_, 4000), "4 s");
    says(sla_hours(keep_, 743 * HOUR_MS), "743 h");
    says(sla_hours(keep_, INT64_C(2593800000)), "720.5 h");
    says(sla_hundredths(keep_, 2674800), "44.58 min");
    says(sla_hundredths(keep_, 265200), "4.42 min");
    says(sla_hundredths(keep_, 2592000), "43.2 min");
}

static void a_range_of_one_value_is_not_said(void **_)
{
    struct range one = { 60000, 60000, 60000 }, seed = { 2640005, 2940000, 3239995 };
    says(sla_range_minutes(keep_, one), "");
    says(sla_range_hundredths(keep_, one), "");
    says(sla_range_percent(keep_, one, 4), "");
    says(sla_range_minutes(keep_, seed), "44 to 54 min");
    struct range excess = { 0, 265200, 565195 };
    says(sla_range_hundredths(keep_, excess), "0 to 9.42 min");
    struct range seconds = { 600000, 600100, 600200 };
    says(sla_range_minutes(keep_, seconds), "");
    struct range few = { 133100, 135000, 136600 };
    says(sla_range_minutes(keep_, few), "2:13 to 2:17");
    struct range half = { 2680000, 2700000, 2720000 };
    says(sla_range_minutes(keep_, half), "44:40 to 45:20");
}

static void a_period_has_its_name(void **_)
{
    struct { const char *name, *words; } periods[] = {
        { "2025-03", "March 2025" }, { "2025-Q1", "the first quarter of 2025" }, { "2025", "2025" },
        { "2025-03-31/30d", "the 30 days to 2025-03-31" } };
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        says(period_words(keep_, (struct period){ 0, 1, periods[i].name }), periods[i].words);
}

static void a_credit_is_said_as_the_contract_counts_it(void **_)
{
    static const struct tier tiers[] = { { 999900000, 100000000 }, { 990000000, 300000000 } };
    struct policy p = seed_policy();
    says(policy_credit_words(keep_, &p), "5 % per hour beyond, pro rata");
    p.credit = CREDIT_STARTED;
    p.cap_ppb = PPB;
    says(policy_credit_words(keep_, &p), "5 % per started hour beyond, at most 100 %");
    p = (struct policy){ .credit = CREDIT_TIERS, .tier = tiers, .tiers = 2 };
    says(policy_credit_words(keep_, &p), "10 % below 99.99 %, 30 % below 99 %");
    p.credit = CREDIT_NONE;
    says(policy_credit_words(keep_, &p), "none");
}

int main(void)
{
    const struct CMUnitTest words[] = {
        promise(a_share_is_cut_and_never_rounded_up),
        promise(minutes_are_rounded_to_the_nearest_from_ten_up),
        promise(a_range_of_one_value_is_not_said),
        promise(a_period_has_its_name),
        promise(a_credit_is_said_as_the_contract_counts_it),
    };
    return cmocka_run_group_tests(words, NULL, NULL);
}
