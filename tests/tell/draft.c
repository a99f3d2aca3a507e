/* draft.c: whatever people wrote into a draft survives. */
#include "promise.h"

#include "tell/draft.h"

#include <stdlib.h>
#include <string.h>

static const char base[] =
    "## TL;DR\n\nOn March 11th, `osc-fr1` was unreachable five times between 11:17 and 16:36 (CET), "
    "for 49 minutes in all. `osc-secnum-fr1` was not affected.\n\n"
    "## Timeline\n\n| **11:40** | The flood is back. |\n| **11:53** | It answers again. |\n"
    "| **14:16** | A third wave. |\n\n## Impact\n\n- On `osc-fr1`, 49 minutes.\n";

static const char *replaced(const char *text, const char *what, const char *by)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    return arena_print(test_keep(), "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
}

static const char *merged(const char *ours, const char *theirs, bool *conflict)
{
    const char *out;
    struct err e = { 0 };
    assert_good(draft_merge(base, ours, theirs, &out, conflict, test_keep(), &e), &e);
    return out;
}

static void an_edit_and_a_correction_of_the_same_sentence_both_stand(void **_)
{
    bool conflict;
    const char *ours = replaced(base, "was unreachable five times", "could not be used five times");
    const char *theirs = replaced(replaced(replaced(base, "49 minutes in", "51 minutes in"), "**11:53**",
                                           "**11:55**"), "`, 49 minutes", "`, 51 minutes");
    const char *out = merged(ours, theirs, &conflict);
    assert_false(conflict);
    assert_non_null(strstr(out, "could not be used five times between 11:17 and 16:36 (CET), for 51 minutes"));
    assert_non_null(strstr(out, "| **11:55** | It answers again. |"));
    assert_non_null(strstr(out, "- On `osc-fr1`, 51 minutes."));
}

static void a_paragraph_of_a_person_stays_where_it_was_put(void **_)
{
    bool conflict;
    const char *ours = replaced(base, "## Timeline", "We are sorry for this.\n\n## Timeline");
    const char *out = merged(ours, replaced(base, "49 minutes in", "51 minutes in"), &conflict);
    assert_false(conflict);
    assert_non_null(strstr(out, "51 minutes in all. `osc-secnum-fr1` was not affected.\n\nWe are sorry for this.\n\n## Timeline"));
}

static void the_same_words_changed_by_both_are_marked_and_kept(void **_)
{
    bool conflict;
    const char *out = merged(replaced(base, "for 49 minutes", "for nearly an hour"),
                             replaced(base, "for 49 minutes", "for 51 minutes"), &conflict);
    assert_true(conflict);
    assert_true(draft_has_conflict(out));
    assert_non_null(strstr(out, "for nearly an hour"));
    assert_non_null(strstr(out, "for 51 minutes"));
    assert_non_null(strstr(out, "<<<<<<< your draft"));
    assert_non_null(strstr(out, ">>>>>>> the record"));
}

static uint64_t dice;

static unsigned roll(unsigned sides)
{
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return (unsigned)(dice % sides);
}

/* Puts a word that occurs nowhere else at a random break; or changes a figure. */
static const char *edit(const char *text, const char *word, bool figure)
{
    size_t length = strlen(text), at = roll((unsigned)length);
    while (at < length && !(figure ? strchr("0123456789", text[at]) : strchr(" \n", text[at])))
        at++;
    if (at >= length)
        return text;
    if (figure)
        return arena_print(test_keep(), "%.*s%u%s", (int)at, text, roll(10), text + at + 1);
    return arena_print(test_keep(), "%.*s%s%s%s", (int)at + 1, text, word,
                       text[at] == '\n' ? "\n" : " ", text + at + 1);
}

static void nothing_that_a_person_wrote_is_ever_lost(void **_)
{
    struct arena *keep = test_keep(), start = *keep;
    unsigned clean = 0;
    dice = 20250311;
    for (unsigned round = 0; round < 2000; round++, *keep = start) {
        const char *ours = base, *theirs = base;
        char words[5][16];
        unsigned edits = 1 + roll(5), corrections = 1 + roll(6);
        for (unsigned i = 0; i < edits; i++) {
            snprintf(words[i], sizeof words[i], "Person%u", round * 10 + i);
            ours = edit(ours, words[i], false);
        }
        for (unsigned i = 0; i < corrections; i++)
            theirs = roll(4) ? edit(theirs, "", true) : edit(theirs, "corrected", false);
        bool conflict;
        const char *out = merged(ours, theirs, &conflict);
        clean += !conflict;
        for (unsigned i = 0; i < edits; i++)
            if (strstr(ours, words[i]) && !strstr(out, words[i]))
                fail_msg("round %u lost '%s' of\n%s\nin\n%s", round, words[i], ours, out);
        if (!conflict && strcmp(theirs, base) && !strcmp(out, ours))
            fail_msg("round %u did not take the correction in", round);
    }
    assert_true(clean > 1000); /* marking everything would keep everything, too */
}

int main(void)
{
    const struct CMUnitTest draft[] = {
        promise(an_edit_and_a_correction_of_the_same_sentence_both_stand),
        promise(a_paragraph_of_a_person_stays_where_it_was_put),
        promise(the_same_words_changed_by_both_are_marked_and_kept),
        promise(nothing_that_a_person_wrote_is_ever_lost),
    };
    return cmocka_run_group_tests(draft, NULL, NULL);
}
