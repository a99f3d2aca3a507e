/* page_html.c and page_text.c: the report in other forms. */
#include "promise.h"

#include "tell/page.h"

#include <string.h>

static const char report[] =
    "---\ntitle: SPM-2025-001 <floods>\nnav: SPM-2025-001\nmodified_at: 2025-03-28\n---\n\n"
    "> **SIMULATED.** A drill.\n\n## TL;DR\n\nOne *two* [three](https://example.org) <b>four</b>.\n\n"
    "## What happened?\n\n- a\n- b\n\n| **11:08** | a `b` \\| c |\n\n![alt](SPM-2025-001.svg)\n\n"
    "{% note %}\nFive.\n{% endnote %}\n";

static void the_page_is_one_file_that_asks_for_nothing(void **_)
{
    const char *p = page_html(report, "<svg>picture</svg>", "en", test_keep());
    assert_true(text_starts(p, "<!doctype html>\n<html lang=\"en\">"));
    assert_non_null(strstr(p, "<meta name=\"viewport\""));
    assert_null(strstr(p, "<script"));
    assert_null(strstr(p, "<link"));
    assert_null(strstr(p, "src="));
    assert_null(strstr(p, "url("));
    assert_non_null(strstr(p, "<svg>picture</svg>"));
    assert_non_null(strstr(p, "prefers-color-scheme:dark"));
    assert_non_null(strstr(p, "@media print"));
}

static void headings_have_anchors_and_the_contents_lead_to_them(void **_)
{
    const char *p = page_html(report, NULL, "en", test_keep());
    assert_non_null(strstr(p, "<li><a href=\"#what-happened\">What happened?</a></li>"));
    assert_non_null(strstr(p, "<h2 id=\"what-happened\">"));
    assert_non_null(strstr(p, "<nav aria-label=\"Contents\">"));
    assert_non_null(strstr(page_html(report, NULL, "fr", test_keep()), "aria-label=\"Sommaire\""));
}

static void the_timeline_is_a_real_table(void **_)
{
    const char *p = page_html(report, NULL, "en", test_keep());
    assert_non_null(strstr(p, "<tr><th scope=\"row\"><strong>11:08</strong></th>"
                              "<td>a <code>b</code> | c</td></tr>"));
}

static void raw_html_is_left_out_and_a_title_is_text(void **_)
{
    const char *p = page_html(report, NULL, "en", test_keep());
    assert_null(strstr(p, "<b>"));
    assert_non_null(strstr(p, "<h1>SPM-2025-001 &lt;floods&gt;</h1>"));
}

static void plain_text_keeps_every_word(void **_)
{
    const char *t = page_text(report, test_keep());
    assert_non_null(strstr(t, "One two three <https://example.org> "));
    assert_non_null(strstr(t, "11:08  a b | c\n"));
    assert_non_null(strstr(t, "- a\n- b\n"));
    assert_non_null(strstr(t, "Five."));
    assert_null(strstr(t, "note %"));
}

static void the_manual_page_is_one(void **_)
{
    const char *m = page_man(report, test_keep());
    assert_true(text_starts(m, ".TH \"SPM-2025-001\" 7\n"));
    assert_non_null(strstr(m, ".TP\n"));
}

int main(void)
{
    const struct CMUnitTest page[] = {
        promise(the_page_is_one_file_that_asks_for_nothing),
        promise(headings_have_anchors_and_the_contents_lead_to_them),
        promise(the_timeline_is_a_real_table),
        promise(raw_html_is_left_out_and_a_title_is_text),
        promise(plain_text_keeps_every_word),
        promise(the_manual_page_is_one),
    };
    return cmocka_run_group_tests(page, NULL, NULL);
}
