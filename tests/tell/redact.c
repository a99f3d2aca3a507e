/* What a public document must not say is found however it is written. */
#include "promise.h"

#include "tell/redact.h"

#include <string.h>

static const char *struck(const char *rule, const char *text)
{
    const char *const rules[] = { rule, NULL };
    struct config config = { .redact = rules };
    struct redaction r = redaction_of(&config, NULL, test_keep());
    return redact(&r, text);
}

static void signs_beside_a_word_do_not_hide_it(void **_)
{
    static const char *const around[][2] = {
        { "", "'s" }, { "", "\u2019s" }, { "d'", "" }, { "d\u2019", "" }, { "d\u02bc", "" }, { "\u201c", "\u201d" },
        { "\u00ab", "\u00bb" }, { "\u00ab\u00a0", "\u00a0\u00bb" }, { "\u2026", "\u2026" }, { "\u2014", "\u2013" },
        { "\u00bf", "?" }, { "(", ")" }, { "\u3010", "\u3011" }, { "\u00b7", "\u00b7" }, { "\u2022", "\u2192" },
        { "\u200b", "\u200b" }, { "\U0001f525", "\U0001f525" }, { "\u5728", "\u5728" }, { "\xff", "\xff" },
    };
    static const char *const rules[][2] = { { "ACME", "ACME" }, { "Zo\u00eb", "Zo\u00eb" }, { "10.0.0.0/8", "10.1.2.3" },
                                            { "10.1.2.3", "10.1.2.3" }, { "\u00c9lise", "\u00c9lise" } };
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
            if (strcmp(around[i][1], "'s") != 0 || k < 2)
                assert_string_equal(struck(rules[k][0], arena_print(test_keep(), "%s%s%s", around[i][0], rules[k][1], around[i][1])),
                                    arena_print(test_keep(), "%s[withheld]%s", around[i][0], around[i][1]));
        }
}

static void a_longer_word_is_another_word(void **_)
{
    static const char *const kept[][2] = {
        { "Ann", "Announce" }, { "Ann", "Hosanna" }, { "Ann", "Ann\u00e9e" }, { "Ann", "\u00c9ann" }, { "Ann", "Anne\u0301e" },
        { "\u0418\u0432\u0430\u043d", "\u0418\u0432\u0430\u043d\u043e\u0432" }, { "10.1.2.3", "110.1.2.3" }, { "10.1.2.3", "10.1.2.34" },
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_string_equal(struck(kept[i][0], kept[i][1]), kept[i][1]);
}

static void case_accents_and_the_way_they_are_written_do_not_hide_it(void **_)
{
    static const char *const said[][2] = {
        { "Zo\u00eb", "Zoe\u0308" }, { "Zoe\u0308", "Zo\u00eb" }, { "Zo\u00eb", "ZO\u00cb" }, { "Zo\u00eb", "zoe" }, { "\u00c9lise", "\u00e9LISE" },
        { "\u0141ukasz", "\u0142ukasz" }, { "\u0418\u0432\u0430\u043d", "\u0418\u0412\u0410\u041d" }, { "\u0152uvre", "\u0153uvre" },
        { "ACME Corp", "acme\u2009\u00adcorp" }, { "ACME", "A\u200bC\u00adME" },
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_string_equal(struck(said[i][0], said[i][1]), "[withheld]");
}

int main(void)
{
    const struct CMUnitTest redacting[] = {
        promise(signs_beside_a_word_do_not_hide_it),
        promise(a_longer_word_is_another_word),
        promise(case_accents_and_the_way_they_are_written_do_not_hide_it),
    };
    return cmocka_run_group_tests(redacting, NULL, NULL);
}
