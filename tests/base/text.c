/* Text is built, judged and shown without surprises. */
#include <string.h>

#include "promise.h"

#include "base/sha256.h"
#include "base/text.h"

static void text_grows_and_stays_terminated(void **_)
{
    struct text t = text_new(test_keep());
    for (int i = 0; i < 1000; i++)
        text_print(&t, "%d,", i);
    assert_int_equal(strlen(t.at), t.length);
    assert_true(text_starts(t.at, "0,1,2,") && text_ends(t.at, ",999,"));
}

static void what_is_not_utf8_becomes_a_replacement(void **_)
{
    static const char *const bad[] = { "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct text t = text_new(test_keep());
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
        text_add_clean(&t, bad[i], strlen(bad[i]));
        assert_true(text_is_utf8(t.at, t.length));
    }
    assert_true(text_is_utf8("h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x94", 12));
}

static void a_terminal_never_gets_control_characters_or_direction_marks(void **_)
{
    const char *shown = text_for_terminal(test_keep(), "a\033[31m\nb\x7f\xe2\x80\xae\xc2\x9b" "c");
    assert_null(strpbrk(shown, "\033\n\x7f"));
    assert_null(strstr(shown, "\xe2\x80\xae"));
    assert_null(strstr(shown, "\xc2\x9b"));
    assert_true(text_ends(shown, "c"));
}

static void wide_and_combining_characters_take_their_columns(void **_)
{
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);
    assert_int_equal(text_width("e\xcc\x81"), 1);
}

static void a_cut_text_fits_and_shows_that_it_was_cut(void **_)
{
    for (size_t columns = 0; columns < 12; columns++)
        assert_true(text_width(text_cut(test_keep(), "\xe6\x97\xa5\xe6\x9c\xac and more", columns)) <= columns);
    assert_string_equal(text_cut(test_keep(), "a longer text", 8), "a lon...");
    assert_string_equal(text_cut(test_keep(), "short", 8), "short");
}

static void the_nearest_name_is_found_and_a_far_one_is_not(void **_)
{
    static const char *const verbs[] = { "status", "timeline", "restore", "report", NULL };
    assert_string_equal(text_nearest("stauts", verbs), "status");
    assert_string_equal(text_nearest("timline", verbs), "timeline");
    assert_null(text_nearest("kubectl", verbs));
    assert_null(text_nearest("foo", (const char *const[]){ "do", "for-ever", NULL }));
}

static void one_is_singular(void **_)
{
    assert_string_equal(text_count(test_keep(), 1, "IP"), "1 IP");
    assert_string_equal(text_count(test_keep(), 0, "IP"), "0 IPs");
}

static void the_digest_of_abc_is_the_one_of_the_standard(void **_)
{
    char hex[SHA256_HEX + 1];
    sha256_two(hex, "a", 1, "bc", 2); /* FIPS 180-4, example 1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(hex_is(hex, 64) && !hex_is("ABC", 3) && !hex_is("abcd", 3));
}

static void memory_comes_zeroed_even_where_scratch_was_before(void **_)
{
    struct arena a = arena_reserve(1 << 16), start = a;
    struct arena scratch = a;
    memset(arena_many(&scratch, char, 1000), 'x', 1000);
    const char *again = arena_many(&a, char, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(again[i], 0);
    arena_release(start);
}

static void a_screen_keeps_its_lines_and_lets_nothing_through_that_steers_a_terminal(void **_)
{
    static const char hostile[] = "a\x1b[2J\nb\t\xe2\x80\xae\r\nc\xc2\x9b\x7f\xff\xe5\x95\x86\r";
    struct text screen = text_new(test_keep()), json = text_new(test_keep());
    text_add_screen(&screen, hostile, sizeof hostile - 1, false);
    assert_string_equal(screen.at, "a\xe2\x90\x9b[2J\nb\t\xef\xbf\xbd\r\nc\xef\xbf\xbd\xe2\x90\xa1\xef\xbf\xbd\xe5\x95\x86\xe2\x90\x8d");
    text_add_screen(&json, "\"\xe2\x80\xae\xc2\x9b\"", 7, true);
    assert_string_equal(json.at, "\"\\u202e\\u009b\"");
}

static void a_character_cut_in_two_is_seen_as_one_to_come(void **_)
{
    assert_int_equal(text_unfinished("a\xe2\x80", 3), 2);
    assert_int_equal(text_unfinished("a\xf0\x9f\x91", 4), 3);
    assert_int_equal(text_unfinished("a\xc2", 2), 1);
    assert_int_equal(text_unfinished("\xe2\x80\xae", 3), 0);
    assert_int_equal(text_unfinished("abc", 3), 0);
    assert_int_equal(text_unfinished("\x80\x80\x80\x80", 4), 0);
}

int main(void)
{
    const struct CMUnitTest text[] = {
        promise(text_grows_and_stays_terminated),
        promise(what_is_not_utf8_becomes_a_replacement),
        promise(a_terminal_never_gets_control_characters_or_direction_marks),
        promise(wide_and_combining_characters_take_their_columns),
        promise(a_cut_text_fits_and_shows_that_it_was_cut),
        promise(the_nearest_name_is_found_and_a_far_one_is_not),
        promise(one_is_singular),
        promise(the_digest_of_abc_is_the_one_of_the_standard),
        promise(memory_comes_zeroed_even_where_scratch_was_before),
        promise(a_screen_keeps_its_lines_and_lets_nothing_through_that_steers_a_terminal),
        promise(a_character_cut_in_two_is_seen_as_one_to_come),
    };
    return cmocka_run_group_tests(text, NULL, NULL);
}
