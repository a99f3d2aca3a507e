/* markdown.c: foreign text stays text, in every reader. */
#include "promise.h"

#include "tell/markdown.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

static const char *plain(const char *text)
{
    struct text t = text_new(test_keep());
    markdown_text(&t, text);
    return t.at;
}

static const char *marked(const char *text)
{
    static const char *const names[] = { "osc-fr1", "osc-secnum-fr1", NULL };
    struct text t = text_new(test_keep());
    markdown_marked(&t, text, names);
    return t.at;
}

static const char *prose(const char *text)
{
    struct text t = text_new(test_keep());
    markdown_prose(&t, text);
    return t.at;
}

/* The text that a reader of CommonMark sees, and nothing but one paragraph. */
static const char *seen(const char *markdown)
{
    struct text t = text_new(test_keep());
    cmark_node *document = cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_DEFAULT);
    cmark_iter *iter = cmark_iter_new(document);
    for (cmark_event_type ev; (ev = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        switch ((int)cmark_node_get_type(node)) {
        case CMARK_NODE_DOCUMENT:
        case CMARK_NODE_PARAGRAPH:
            break;
        case CMARK_NODE_TEXT:
            if (ev == CMARK_EVENT_ENTER)
                text_add(&t, cmark_node_get_literal(node));
            break;
        default:
            text_print(&t, "<%s>", cmark_node_get_type_string(node));
        }
    }
    cmark_iter_free(iter);
    cmark_node_free(document);
    return t.at;
}

static void every_hostile_text_is_read_back_as_it_was(void **_)
{
    static const char *const texts[] = {
        "*a* _b_ **c** `d` [e](f) ![g](h) <i> &amp; &#60; \\* \\", "# heading", "- item", "+ item",
        "* item", "1. item", "1) item", "> quote", "```", "~~~", "~~gone~~", "---", "===", "***",
        "| a | b |", "a | b", "{{ site.secret }}", "{% include x %}", "{: .class}", "{::options /}",
        "<script>alert(1)</script>", "<!-- a", "<?php", "&copy;", "&#x3c;", "[a]: http://b", "[^1]",
        ": definition", "*[HTML]: x", "$$x$$", "a -- b --- c", "http://example.org/?a=b&c=d",
        "www.example.org", "<http://a.b>", "a@b.c", "\\", "\\\\", "a\\", "%>", "<%= x %>", "^", "a^b^",
        "[gap: x]", "!", "![", "](", "`", "``", "`a", "|", "||", "=", "-", "+", ".", "1.", "10000000000.",
        "_", "__init__", "snake_case_name", "2*3*4", "a  b", "#", "##", "\"quoted\"", "it's", "...", "<<a>>",
        "Ticket #48213", "C:\\temp\\x", "a~b", "~", "@everyone", ":smile:", "==x==", "x^2", "H~2~O",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *wanted = markdown_clean(test_keep(), texts[i]);
        assert_string_equal(seen(plain(texts[i])), wanted);
        /* and in the middle of a line */
        assert_string_equal(seen(arena_print(test_keep(), "x %s y", plain(texts[i]))),
                            arena_print(test_keep(), "x %s y", wanted));
    }
}

static void lines_and_control_characters_become_one_line(void **_)
{
    assert_string_equal(plain("a\nb\r\nc\td"), "a b c d");
    assert_string_equal(plain("a\x1b[31mb\x07"), "a\\[31mb");
    assert_string_equal(plain("a\u202Eb\u2066c\u2028d\uFEFFe"), "abc de");
    assert_string_equal(plain("a\uFFFF\uFFFE" "b"), "ab");
    assert_string_equal(plain("  a  "), "a");
    assert_string_equal(plain(""), "");
    assert_string_equal(plain("a\xff\xfe" "b"), "a\uFFFD\uFFFDb");
}

static void what_liquid_and_tables_would_take_is_escaped(void **_)
{
    assert_null(strpbrk(plain("{{ a }} {% b %} {: .c}"), "{}"));
    assert_string_equal(plain("a|b"), "a\\|b");
    assert_string_equal(plain("a & b"), "a & b");
    assert_string_equal(plain("a&b; &#60;"), "a&amp;b; &amp;\\#60;");
}

static void addresses_names_and_backticks_become_code(void **_)
{
    assert_string_equal(marked("148.253.75.120 on osc-fr1, not osc-fr12"),
                        "`148.253.75.120` on `osc-fr1`, not osc-fr12");
    assert_string_equal(marked("osc-secnum-fr1: 10.0.0.0/8."), "`osc-secnum-fr1`: `10.0.0.0/8`.");
    assert_string_equal(marked("a `ls -l` b"), "a `ls -l` b");
    assert_string_equal(marked("a `x|y` b `"), "a \\`x\\|y\\` b \\`");
    assert_string_equal(marked("version 1.2.3.4.5 of 1.2.3"), "version 1.2.3.4.5 of 1.2.3");
}

static void prose_keeps_links_and_emphasis_and_nothing_that_runs(void **_)
{
    assert_string_equal(prose("a *b* [c](https://d.e) `f`\n\n- g\n- h\n"),
                        "a *b* [c](https://d.e) `f`\n\n  - g\n  - h");
    assert_string_equal(prose("see <https://d.e/?a=b>"), "see <https://d.e/?a=b>");
    assert_string_equal(prose("[c](javascript:alert(1)) ![i](https://d.e)"), "c i");
    assert_null(strstr(prose("<script>x</script>\n\n<b>y</b>"), "<b>"));
    assert_null(strstr(prose("<script>x</script>\n\n<b>y</b>"), "<script>"));
    assert_null(strstr(prose("a {% include x %} `{{ y }}` [z](https://a/{{b}})"), "{"));
    assert_null(strstr(prose("# Heading\n\n---\n"), "#"));
}

static void front_matter_holds_any_title(void **_)
{
    static const char *const in[] = { "DDoS attack", "a: b", "\"q\" \\", "true", "- x", "", "2025" };
    static const char *const out[] = { "DDoS attack", "\"a: b\"", "\"\\\"q\\\" \\\\\"", "\"true\"",
                                       "\"- x\"", "\"\"", "\"2025\"" };
    for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
        struct text t = text_new(test_keep());
        markdown_yaml(&t, in[i]);
        assert_string_equal(t.at, out[i]);
    }
}

static void a_text_of_a_megabyte_is_text_too(void **_)
{
    size_t n = 1 << 20;
    char *big = arena_many(test_keep(), char, n + 1);
    for (size_t i = 0; i < n; i++)
        big[i] = "*_[`|{<&"[i % 8];
    assert_string_equal(seen(plain(big)), big);
}

int main(void)
{
    const struct CMUnitTest markdown[] = {
        promise(every_hostile_text_is_read_back_as_it_was),
        promise(lines_and_control_characters_become_one_line),
        promise(what_liquid_and_tables_would_take_is_escaped),
        promise(addresses_names_and_backticks_become_code),
        promise(prose_keeps_links_and_emphasis_and_nothing_that_runs),
        promise(front_matter_holds_any_title),
        promise(a_text_of_a_megabyte_is_text_too),
    };
    return cmocka_run_group_tests(markdown, NULL, NULL);
}
