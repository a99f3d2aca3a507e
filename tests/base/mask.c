#include "../promise.h"

#include "base/mask.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mask m;

static void secret(const char *value, const char *name)
{
    assert_true(mask_add(&m, value, strlen(value), name));
}

static int forget(void **_)
{
    m = (struct mask){ .count = 0 };
    return 0;
}

static const char *masked(const char *text)
{
    const char *out = mask_text(&m, text, strlen(text), NULL, test_keep()), *name = NULL;
    size_t at;
    bool found = mask_find(&m, text, strlen(text), &at, &name); /* sees what is taken out, and where the first begins */
    assert_int_equal(found, strcmp(out, text) != 0);
    assert_true(!found || (!strncmp(out, text, at) && text_starts(out + at, arena_print(test_keep(), "[secret %s]", name))));
    return out;
}

static void take(void *context, const char *bytes, size_t length)
{
    text_bytes(context, bytes, length);
}

static const char *in_pieces(const char *text, size_t piece)
{
    struct mask_stream s = { .mask = &m };
    struct text t = text_new(test_keep());
    for (size_t at = 0, n = strlen(text); at < n; at += piece)
        mask_feed(&s, text + at, n - at < piece ? n - at : piece, take, &t);
    mask_end(&s, take, &t);
    return t.at;
}

/* What the system's own tools make of a text. */
static const char *made_by(const char *command, const char *text)
{
    struct text t = text_new(test_keep());
    char line[4096];
    char *file = arena_print(test_keep(), "%s/text", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    FILE *f = fopen(file, "w");
    fputs(text, f);
    fclose(f);
    f = popen(arena_print(test_keep(), command, file), "r");
    for (size_t n; (n = fread(line, 1, sizeof line, f));)
        text_bytes(&t, line, n);
    assert_int_equal(pclose(f), 0);
    return t.at;
}

static void what_is_no_secret_stays_as_it_is(void **_)
{
    secret("hunter22-x", "env:KEY");
    assert_string_equal(masked("hunter2 is short of it, hunter22-y too\n"), "hunter2 is short of it, hunter22-y too\n");
    assert_string_equal(masked(""), "");
}

static void a_secret_becomes_its_name(void **_)
{
    secret("hunter22-x", "env:KEY");
    assert_string_equal(masked("key=hunter22-x;"), "key=[secret env:KEY];");
    assert_string_equal(masked("hunter22-xhunter22-x"), "[secret env:KEY][secret env:KEY]");
}

static void it_is_found_in_every_alignment_of_base64(void **_)
{
    secret("p4ss w\xc3\xb6rd?~", "s");
    for (int front = 0; front < 3; front++)
        for (int back = 0; back < 3; back++) {
            const char *text = arena_print(test_keep(), "%.*sp4ss w\xc3\xb6rd?~%.*s", front, "ab", back, "yz");
            const char *code = made_by("base64 <%s", text);
            const char *out = masked(code);
            assert_non_null(strstr(out, "[secret s]"));
            /* what is left tells nothing of it: at most what stood before and behind */
            assert_true(strlen(out) <= strlen("[secret s]") + 8);
            for (char *c = arena_string(test_keep(), code), *p = c; *p; p++) {
                *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
                if (!p[1])
                    assert_non_null(strstr(masked(c), "[secret s]"));
            }
        }
}

static void it_is_found_in_lines_of_base64_and_hex(void **_)
{
    const char *filler = "The quick brown fox jumps over the lazy dog, and then it does so once more. ";
    secret("correct horse battery staple 0123456789 correct horse battery staple", "s");
    for (int skip = 0; skip < 70; skip++) {
        const char *text = arena_print(test_keep(), "%s%scorrect horse battery staple 0123456789 correct horse battery staple%s",
                                       filler + skip, filler, filler);
        static const char *const tools[] = { "base64 <%s", "base64 -w 64 <%s", "od -An -v -tx1 <%s" };
        for (size_t i = 0; i < 3; i++) {
            const char *code = made_by(tools[i], text);
            const char *out = masked(code);
            assert_non_null(strstr(out, "[secret s]"));
            assert_string_equal(out, in_pieces(code, 7));
        }
    }
}

static void it_is_found_as_an_url_a_form_and_json_write_it(void **_)
{
    secret("a b/c&d=\"\xc3\xa9\xf0\x9f\x94\x91\"\n", "s");
    assert_string_equal(masked("?k=a%20b%2Fc%26d%3D%22%C3%A9%F0%9F%94%91%22%0A&x"), "?k=[secret s]&x");
    assert_string_equal(masked("?k=a%20b/c%26d%3d%22%c3%a9%f0%9f%94%91%22%0a&x"), "?k=[secret s]&x");
    assert_string_equal(masked("k=a+b%2Fc%26d%3D%22%C3%A9%F0%9F%94%91%22%0A"), "k=[secret s]");
    assert_string_equal(masked("{\"k\":\"a b\\/c&d=\\\"\\u00e9\\ud83d\\uDD11\\\"\\n\"}"), "{\"k\":\"[secret s]\"}");
    assert_string_equal(masked("{\"k\":\"a b/c\\u0026d=\\\"\xc3\xa9\xf0\x9f\x94\x91\\\"\\u000A\"}"), "{\"k\":\"[secret s]\"}");
    assert_string_equal(masked("b'a b/c&d=\"\\xc3\\xa9\\xf0\\x9f\\x94\\x91\"\\n'"), "b'[secret s]'");
}

static void it_is_found_in_json_inside_of_json_and_in_html(void **_)
{
    secret("a\"b\\c&d<\xc3\xa9\xf0\x9f\x94\x91>'\n/", "s");
    static const char *const texts[] = {
        "{\"k\":\"{\\\"k\\\":\\\"a\\\\\\\"b\\\\\\\\c&d<\xc3\xa9\xf0\x9f\x94\x91>'\\\\n/\\\"}\"}",
        "{\"k\":\"{\\\"k\\\":\\\"a\\\\\\\"b\\\\\\\\c\\\\u0026d<\\\\u00e9\\\\ud83d\\\\uDD11>'\\\\n\\\\/\\\"}\"}",
        "{\"k\":\"{\\\"k\\\":\\\"a\\\\\\\"b\\\\\\\\c&d<\\u00e9\\ud83d\\udd11>'\\\\n/\\\"}\"}",
        "<p>a&quot;b\\c&amp;d&lt;\xc3\xa9\xf0\x9f\x94\x91&gt;&#39;\n/</p>",
        "<p>a&#34;b&#92;c&#38;d&#60;&eacute;</p>a&#x22;b&#x5C;c&#x26;d&lt;&#233;&#x1f511;&gt;&apos;&#10;&#47;",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *out = masked(texts[i]);
        if (!strstr(out, "[secret s]"))
            fail_msg("%s\n  gave %s", texts[i], out);
        for (size_t piece = 1; piece < 9; piece++)
            assert_string_equal(in_pieces(texts[i], piece), out);
    }
    assert_string_equal(masked("{\"k\":\"a\\\\n&am a&b &#; &#xzz; \\\\u00\""), "{\"k\":\"a\\\\n&am a&b &#; &#xzz; \\\\u00\"");
}

static void it_is_found_in_hex_of_either_case(void **_)
{
    secret("hunter22", "s");
    assert_string_equal(masked("68756e7465723232 68756E7465723232"), "[secret s] [secret s]");
    assert_string_equal(masked("68:75:6e:74:65:72:32:32 0x68756e7465723232"), "[secret s] 0x[secret s]");
}

static void pieces_of_any_size_make_no_difference(void **_)
{
    secret("hunter22-x", "a");
    secret("correct horse battery", "b");
    const char *text = "hunter22-hunter22-x correct horse hunter22-x correct horse battery aHVudGVyMjIteA== "
                       "%68unter22-x 68756e74657232322d78 end hunter22";
    const char *whole = masked(text);
    for (size_t piece = 1; piece < strlen(text); piece++)
        assert_string_equal(in_pieces(text, piece), whole);
    assert_string_equal(whole, "hunter22-[secret a] correct horse [secret a] [secret b] [secret a]== [secret a] [secret a] end hunter22");
}

static void one_inside_another_is_covered_by_the_longer(void **_)
{
    secret("password", "word");
    secret("my-password-2025", "long");
    assert_string_equal(masked("my-password-2025, my-password-2024, password"),
                        "[secret long], my-[secret word]-2024, [secret word]");
}

static void two_that_overlap_go_together(void **_)
{
    secret("abcdefgh1234", "a");
    secret("1234ijklmnop", "b");
    assert_string_equal(masked("abcdefgh1234ijklmnop."), "[secret a][secret b].");
    assert_string_equal(in_pieces("abcdefgh1234ijklmnop.", 1), "[secret a][secret b].");
    assert_string_equal(masked("abcdefgh12341234ijklmnop"), "[secret a][secret b]");
}

static void odd_secrets_are_secrets(void **_)
{
    char *big = arena_take(test_keep(), 1, 1, 4097);
    for (size_t i = 0; i < 4096; i++)
        big[i] = (char)('!' + i * 7919 % 90);
    secret(".*[a-z]+$(x)", "regex");
    secret("********", "stars");
    secret("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", "euro");
    secret("line one\nline two", "lines");
    secret(big, "big");
    assert_string_equal(masked(".*[a-z]+$(x) ******** \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac line one\nline two"),
                        "[secret regex] [secret stars] [secret euro] [secret lines]");
    assert_string_equal(masked("xxxxxxxxxxxxx"), "xxxxxxxxxxxxx");
    assert_string_equal(masked(arena_print(test_keep(), "<%s>", big)), "<[secret big]>");
    assert_string_equal(in_pieces(arena_print(test_keep(), "<%s>", big), 1000), "<[secret big]>");
}

/* What was typed so far must show: only what may be a secret waits. */
static void a_line_is_given_out_when_it_ends(void **_)
{
    struct mask_stream s = { .mask = &m };
    struct text t = text_new(test_keep());
    secret("hunter22-x", "a");
    mask_feed(&s, "of sixty lines this is the first, with an h\n", 44, take, &t);
    assert_string_equal(t.at, "of sixty lines this is the first, with an h\n");
    mask_feed(&s, "hunt", 4, take, &t);
    mask_feed(&s, "ing\n", 4, take, &t);
    assert_non_null(strstr(t.at, "hunting\n"));
    mask_end(&s, take, &t);
}

static void one_that_is_named_later_is_found_from_then_on(void **_)
{
    struct mask_stream s = { .mask = &m };
    struct text t = text_new(test_keep());
    mask_feed(&s, "hunter22-x\n", 11, take, &t);
    secret("hunter22-x", "a");
    mask_feed(&s, "hunter22-x\n", 11, take, &t);
    mask_end(&s, take, &t);
    assert_string_equal(t.at, "hunter22-x\n[secret a]\n");
}

#define apart(name) cmocka_unit_test_setup(name, forget)

int main(void)
{
    const struct CMUnitTest mask[] = {
        apart(what_is_no_secret_stays_as_it_is),
        apart(a_secret_becomes_its_name),
        apart(it_is_found_in_every_alignment_of_base64),
        apart(it_is_found_in_lines_of_base64_and_hex),
        apart(it_is_found_as_an_url_a_form_and_json_write_it),
        apart(it_is_found_in_json_inside_of_json_and_in_html),
        apart(it_is_found_in_hex_of_either_case),
        apart(pieces_of_any_size_make_no_difference),
        apart(one_inside_another_is_covered_by_the_longer),
        apart(two_that_overlap_go_together),
        apart(odd_secrets_are_secrets),
        apart(a_line_is_given_out_when_it_ends),
        apart(one_that_is_named_later_is_found_from_then_on),
    };
    return cmocka_run_group_tests(mask, NULL, NULL);
}
