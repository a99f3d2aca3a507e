/* document.c: a report taken apart again. */
#include "promise.h"

#include "tell/document.h"

#include <string.h>

static struct document document;

static void read(const char *text)
{
    document_read(&document, text, test_keep());
}

static void the_front_matter_is_read_and_its_quotes_come_off(void **_)
{
    read("---\ntitle: \"a: \\\"b\\\"\"\nnav:  SPM-2025-001\n---\n\ntext\n");
    assert_string_equal(document_front(&document, "title"), "a: \"b\"");
    assert_string_equal(document_front(&document, "nav"), "SPM-2025-001");
    assert_string_equal(document_front(&document, "none"), "");
    assert_int_equal(document.parts, 1);
    assert_int_equal(document.part[0].line, 5);
    read("---\nnever closed\n");
    assert_int_equal(document.fronts, 0);
    assert_non_null(strstr(document.part[0].text, "never closed"));
}

static void a_cell_ends_at_a_bar_that_is_neither_escaped_nor_code(void **_)
{
    read("| **11:08** | a \\| b `c | d` e |\n| x |\n");
    assert_int_equal(document.parts, 1);
    const struct part *t = &document.part[0];
    assert_int_equal(t->kind, PART_TABLE);
    assert_false(t->header);
    assert_int_equal(t->rows, 2);
    assert_int_equal(t->row[0].cells, 2);
    assert_string_equal(t->row[0].cell[0], "**11:08**");
    assert_string_equal(t->row[0].cell[1], "a \\| b `c | d` e");
    assert_int_equal(t->row[1].cells, 1);
}

static void a_rule_below_the_first_row_makes_it_a_header(void **_)
{
    read("text\n\n| Time | What |\n| --- | :-: |\n| 11:08 | a |\n");
    const struct part *t = &document.part[1];
    assert_true(t->header);
    assert_int_equal(t->rows, 2);
    assert_int_equal(t->row[1].line, 5);
}

static void notes_and_pictures_are_parts_of_their_own(void **_)
{
    read("a\n\n{% note %}\nb\n{% endnote %}\n\n![alt](x.svg)\nc\n");
    assert_int_equal(document.parts, 4);
    assert_int_equal(document.part[1].kind, PART_NOTE);
    assert_string_equal(document.part[1].text, "b\n");
    assert_int_equal(document.part[2].kind, PART_PICTURE);
    assert_string_equal(document.part[2].path, "x.svg");
    assert_string_equal(document.part[2].text, "alt");
    assert_int_equal(document.part[3].line, 8);
}

static void nothing_is_a_document_too(void **_)
{
    read("");
    assert_int_equal(document.parts, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        promise(the_front_matter_is_read_and_its_quotes_come_off),
        promise(a_cell_ends_at_a_bar_that_is_neither_escaped_nor_code),
        promise(a_rule_below_the_first_row_makes_it_a_header),
        promise(notes_and_pictures_are_parts_of_their_own),
        promise(nothing_is_a_document_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
