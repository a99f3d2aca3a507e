/* JSON is read as jansson reads it, and written canonically. */
#include <string.h>

#include "promise.h"

#include "base/json.h"

#include "oracle.h"

static bool is_json(const char *text)
{
    size_t at;
    return json_check(text, strlen(text), &at);
}

static void what_is_json_is_what_jansson_takes(void **_)
{
    static const char *const text[] = {
        "{}", "[]", "{\"a\":1}", "{\"a\":1,}", "[1,2,3]", "[1,,2]", "{\"a\":1,\"a\":2}", "01", "-0", "-",
        "1.5e3", "1.", ".5", "1e", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\x\"", "\"a",
        "true", "tru", "nul", "null", " { \"a\" : [ true , null ] } ", "{\"a\" 1}", "[1] 2", "",
        "{\"a\":{\"b\":[{\"c\":\"\xc3\xa9\"}]}}", "\"\xff\"", "\"\x01\"", "[[[[[[]]]]]]", "{a:1}", "'a'",
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        bool taken = oracle_takes(text[i], strlen(text[i]));
        if (is_json(text[i]) != taken)
            fail_msg("jansson %s %s", taken ? "takes" : "refuses", text[i]);
    }
}

static void the_place_of_the_first_wrong_byte_is_told(void **_)
{
    size_t at = 0;
    assert_false(json_check("{\"a\":tru}", 9, &at));
    assert_int_equal(at, 5);
}

static void members_are_found_and_missing_ones_are_missing(void **_)
{
    struct json v = json_from("{\"a\":{\"b\":[1,\"two\",{\"c\":null}]},\"\\u006e\":-9223372036854775808}");
    struct json b = json_get(json_get(v, "a"), "b");
    int64_t n = 0;
    assert_int_equal(json_count(b), 3);
    assert_true(json_int(json_get(v, "n"), &n) && n == INT64_MIN);
    assert_int_equal(json_type(json_get(v, "z")), JSON_MISSING);
    assert_null(json_get(json_get(v, "z"), "deeper").at);
    struct json_walk w = json_walk(b);
    assert_true(json_next(&w) && json_int(w.value, &n) && n == 1);
    assert_true(json_next(&w) && json_is(w.value, "two"));
    assert_true(json_next(&w) && json_type(json_get(w.value, "c")) == JSON_NULL);
    assert_false(json_next(&w));
}

static void an_integer_out_of_range_or_with_a_point_is_none(void **_)
{
    int64_t n = 7;
    assert_false(json_int(json_from("9223372036854775808"), &n));
    assert_false(json_int(json_from("1.0"), &n));
    assert_false(json_int(json_from("1e3"), &n));
    assert_false(json_int(json_from("-"), &n));
    assert_true(json_int(json_from("9223372036854775807"), &n) && n == INT64_MAX);
}

static void any_text_survives_writing_and_reading(void **_)
{
    char all[260] = "";
    for (int c = 1; c < 128; c++)
        all[c - 1] = (char)c;
    strcpy(all + 127, "\xc3\xa9\xf0\x9f\x94\x94");
    struct text t = text_new(test_keep());
    json_quote(&t, all, strlen(all));
    assert_true(is_json(t.at));
    assert_string_equal(json_text(json_from(t.at), test_keep()), all);
    assert_string_equal(json_text(json_from("\"\\u00e9\\ud83d\\udd14\\/\""), test_keep()),
                        "\xc3\xa9\xf0\x9f\x94\x94/");
}

static void no_control_character_stands_raw_in_what_is_written(void **_)
{
    static const char all[] = "a\033[2J\x7f\xc2\x80\xc2\x9b\xc2\xa0\xc3\xa9";
    struct text t = text_new(test_keep());
    json_quote(&t, all, strlen(all));
    assert_string_equal(t.at, "\"a\\u001b[2J\\u007f\\u0080\\u009b\xc2\xa0\xc3\xa9\"");
    assert_string_equal(json_text(json_from(t.at), test_keep()), all);
}

static void canonical_json_has_its_keys_in_byte_order_at_every_level(void **_)
{
    const char *c = json_canonical(json_from(" { \"b\" : [ {\"z\":1, \"y\" :2} ], \"a\":\"x\" , \"B\":null }"),
                                   test_keep());
    assert_string_equal(c, "{\"B\":null,\"a\":\"x\",\"b\":[{\"y\":2,\"z\":1}]}");
}

static void what_is_canonical_already_stays_and_what_is_nearly_so_becomes_it(void **_)
{
    static const struct { const char *found, *expected; } rows[] = {
        { "{}", "{}" }, { "[]", "[]" }, { "{ }", "{}" }, { "[ ]", "[]" }, { "[1,2]", "[1,2]" }, { "[1 ,2]", "[1,2]" },
        { "[1,2 ]", "[1,2]" }, { "{\"a\":1,\"b\":[true,{\"c\":\"d\"}]}", "{\"a\":1,\"b\":[true,{\"c\":\"d\"}]}" },
        { "{\"a\": 1}", "{\"a\":1}" }, { "{\"a\" :1}", "{\"a\":1}" }, { "{\"a\":1, \"b\":2}", "{\"a\":1,\"b\":2}" },
        { "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" }, { "{\"ab\":1,\"a\":2}", "{\"a\":2,\"ab\":1}" },
        { "{\"a\":2,\"ab\":1}", "{\"a\":2,\"ab\":1}" }, { "{\"a!\":1,\"a\":2}", "{\"a\":2,\"a!\":1}" },
        { "{\"a\":2,\"a!\":1}", "{\"a\":2,\"a!\":1}" }, { "{\"a\":[{\"c\":1,\"b\":2}]}", "{\"a\":[{\"b\":2,\"c\":1}]}" },
        { "\"\\u0041\"", "\"A\"" }, { "{\"\\u0061\":1}", "{\"a\":1}" }, { "\"\x7f\"", "\"\\u007f\"" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *once = json_canonical(json_from(rows[i].found), test_keep());
        assert_string_equal(once, rows[i].expected);
        assert_string_equal(json_canonical(json_from(once), test_keep()), once);
    }
}

static void the_writer_puts_the_commas(void **_)
{
    struct text t = text_new(test_keep());
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "a", "x\n");
    json_open(&o, "b", '[');
    json_put_int(&o, NULL, -1);
    json_put_bool(&o, NULL, true);
    json_open(&o, NULL, '{');
    json_close(&o, '}');
    json_close(&o, ']');
    json_put(&o, "c", NULL);
    json_close(&o, '}');
    assert_string_equal(t.at, "{\"a\":\"x\\n\",\"b\":[-1,true,{}],\"c\":null}");
}

static void nesting_without_end_is_refused(void **_)
{
    char deep[1001];
    memset(deep, '[', 1000);
    deep[1000] = '\0';
    assert_false(is_json(deep));
}

int main(void)
{
    const struct CMUnitTest json[] = {
        promise(what_is_json_is_what_jansson_takes),
        promise(the_place_of_the_first_wrong_byte_is_told),
        promise(members_are_found_and_missing_ones_are_missing),
        promise(an_integer_out_of_range_or_with_a_point_is_none),
        promise(any_text_survives_writing_and_reading),
        promise(no_control_character_stands_raw_in_what_is_written),
        promise(canonical_json_has_its_keys_in_byte_order_at_every_level),
        promise(what_is_canonical_already_stays_and_what_is_nearly_so_becomes_it),
        promise(the_writer_puts_the_commas),
        promise(nesting_without_end_is_refused),
    };
    return cmocka_run_group_tests(json, NULL, NULL);
}
