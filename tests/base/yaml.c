/* A mistake in YAML is named by file, line and column. */
#include <string.h>

#include "promise.h"

#include "base/text.h"
#include "base/yaml.h"

static struct yaml *parse(const char *text, struct err *e)
{
    return yaml_parse("f.yaml", text, strlen(text), test_keep(), e);
}

static struct yaml *parsed(const char *text)
{
    struct err e = { 0 };
    struct yaml *y = parse(text, &e);
    if (!y)
        fail_msg("%s", e.text);
    return y;
}

static void values_are_read_where_they_stand(void **_)
{
    struct err e = { 0 };
    struct yaml *y = parsed("zone: Europe/Paris\nservices:\n  osc-fr1: {ips: [1.2.3.4, 5.6.7.8], min: 2}\n");
    struct yaml *s = yaml_get(yaml_get(y, "services"), "osc-fr1");
    int64_t min = 0;
    assert_string_equal(yaml_get(y, "zone")->text, "Europe/Paris");
    assert_good(yaml_int(yaml_get(s, "min"), 0, 8, &min, &e), &e);
    assert_int_equal(min, 2);
    assert_string_equal(yaml_get(s, "ips")->first->next->text, "5.6.7.8");
    assert_int_equal(s->line, 3);
    assert_string_equal(s->path, "services.osc-fr1");
    assert_good(yaml_done(y, &e), &e);
}

static void what_nobody_asked_for_is_refused_with_the_nearest_name(void **_)
{
    struct err e = { 0 };
    struct yaml *y = parsed("a: 1\nservces: 2\n");
    yaml_get(y, "a");
    yaml_get(y, "services");
    assert_refused(yaml_done(y, &e), &e, ERR_INPUT,
                   "f.yaml:2:10: servces: unknown key 'servces'; did you mean 'services'?");
}

static void a_typo_of_the_language_is_named_by_line(void **_)
{
    static const char *const bad[] = { "a: [1, 2\nb: 3\n", "a: 1\n b: 2\n", "a: &x 1\nb: *x\n", "a: 1\na: 2\n",
                                       "--- 1\n--- 2\n", "a: !!int 1\n", "a: \"x\n", "\tb: 1\n", "? [a]\n: b\n" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = { 0 };
        if (parse(bad[i], &e))
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_true(text_starts(e.text, "f.yaml:"));
    }
}

static void a_wrong_value_says_found_and_expected(void **_)
{
    static const char *const choice[] = { "month", "year", NULL };
    struct err e = { 0 };
    int64_t n;
    bool truth;
    int which;
    struct yaml *y = parsed("n: many\nt: perhaps\nc: mont\np: 99.9\nd: soon\nm: [1]\nbig: 9\n");
    assert_refused(yaml_int(yaml_get(y, "n"), 0, 9, &n, &e), &e, ERR_INPUT, "found 'many', expected a whole number");
    assert_refused(yaml_int(yaml_get(y, "big"), 0, 8, &n, &e), &e, ERR_INPUT, "found 9, expected 0 to 8");
    assert_refused(yaml_bool(yaml_get(y, "t"), &truth, &e), &e, ERR_INPUT, "expected true or false");
    assert_refused(yaml_choice(yaml_get(y, "c"), choice, &which, &e), &e, ERR_INPUT, "expected month or year");
    assert_refused(yaml_ppb(yaml_get(y, "p"), &n, &e), &e, ERR_INPUT, "expected a percentage");
    assert_refused(yaml_duration(yaml_get(y, "d"), &n, &e), &e, ERR_INPUT, "expected a span");
    assert_refused(yaml_text(yaml_get(y, "m"), &(const char *){ NULL }, &e), &e, ERR_INPUT, "found a list, expected a text");
}

static void a_percentage_is_exact(void **_)
{
    struct { const char *text; int64_t ppb; } rows[] = { { "p: 99.9%", 999000000 }, { "p: 99.9 %", 999000000 },
        { "p: 5%", 50000000 }, { "p: 0.0000001%", 1 }, { "p: 100%", 1000000000 }, { "p: 99.995%", 999950000 } };
    struct err e = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ppb = 0;
        assert_good(yaml_ppb(yaml_get(parsed(rows[i].text), "p"), &ppb, &e), &e);
        assert_int_equal(ppb, rows[i].ppb);
    }
    assert_refused(yaml_ppb(yaml_get(parsed("p: 0.00000001%"), "p"), &(int64_t){ 0 }, &e), &e, ERR_INPUT, "percentage");
}

static void an_empty_file_is_an_empty_map(void **_)
{
    assert_int_equal(parsed("")->kind, YAML_MAP);
    assert_int_equal(parsed("# nothing\n---\n")->kind, YAML_MAP);
    assert_null(yaml_get(parsed(""), "a"));
}

static void settings_become_json(void **_)
{
    assert_string_equal(yaml_json(parsed("plugin: sim\nport: 8081\non: true\nkey: \"12\"\nips: [a, b]\nnone:\n"), test_keep()),
        "{\"plugin\":\"sim\",\"port\":8081,\"on\":true,\"key\":\"12\",\"ips\":[\"a\",\"b\"],\"none\":null}");
}

int main(void)
{
    const struct CMUnitTest yaml[] = {
        promise(values_are_read_where_they_stand),
        promise(what_nobody_asked_for_is_refused_with_the_nearest_name),
        promise(a_typo_of_the_language_is_named_by_line),
        promise(a_wrong_value_says_found_and_expected),
        promise(a_percentage_is_exact),
        promise(an_empty_file_is_an_empty_map),
        promise(settings_become_json),
    };
    return cmocka_run_group_tests(yaml, NULL, NULL);
}
