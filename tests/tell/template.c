/* template.c: the language of documents. */
#include "promise.h"

#include "tell/template.h"

#include <string.h>

struct shelf { const char *name[4], *text[4]; };

static bool from_shelf(void *context, const char *name, const char **bytes, size_t *length,
                       struct arena *keep, struct err *e)
{
    const struct shelf *s = context;
    for (int i = 0; i < 4 && s->name[i]; i++)
        if (text_equal(s->name[i], name)) {
            *bytes = s->text[i];
            *length = strlen(*bytes);
            return true;
        }
    return err_input(e, "no template '%s'", name);
}

static struct err error;

static const char *rendered_with(const char *text, const char *data, const char *partial)
{
    struct shelf shelf = { { "t.md", "_part.md" }, { text, partial } };
    struct template_source source = { from_shelf, &shelf };
    struct tongue tongue = { "en", "Europe/Paris" };
    static const char *const names[] = { "osc-fr1", NULL };
    struct rendering out;
    error = (struct err){ 0 };
    if (!template_render(&out, &source, "t.md", json_from(data), &tongue, names, test_keep(),
                         &error))
        return NULL;
    return out.text;
}

static const char *rendered(const char *text, const char *data)
{
    return rendered_with(text, data, "");
}

static void text_stays_as_it_is_and_expressions_are_escaped(void **_)
{
    assert_string_equal(rendered("# *a* | b\n<%= name %>.\n", "{\"name\":\"x*y | <b>\"}"),
                        "# *a* | b\nx\\*y \\| \\<b\\>.\n");
    assert_string_equal(rendered("<%- name %>", "{\"name\":\"x*y\"}"), "x*y");
}

static void a_tag_alone_on_its_line_leaves_no_line(void **_)
{
    assert_string_equal(rendered("a\n  <% for _, r in ipairs(rows) do %>\n- <%= r %>\n<% end %>\nb\n",
                                 "{\"rows\":[\"1\",\"2\"]}"),
                        "a\n- 1\n- 2\nb\n");
    assert_string_equal(rendered("a\n<%# said to nobody %>\nb", "{}"), "a\nb");
}

static void conditions_choose(void **_)
{
    const char *t = "<% if n > 1 then %>many<% elseif n == 1 then %>one<% else %>none<% end %>";
    assert_string_equal(rendered(t, "{\"n\":2}"), "many");
    assert_string_equal(rendered(t, "{\"n\":1}"), "one");
    assert_string_equal(rendered(t, "{\"n\":0}"), "none");
}

static void an_error_names_template_line_and_expression(void **_)
{
    assert_null(rendered("a\nb\n<%= sla.missing.deep %>\n", "{\"sla\":{}}"));
    assert_int_equal(error.kind, ERR_INPUT);
    assert_non_null(strstr(error.text, "t.md:3:"));
    assert_non_null(strstr(error.text, "<%= sla.missing.deep %>"));
    assert_null(rendered("a\n<%= nothing %>\n", "{}"));
    assert_non_null(strstr(error.text, "t.md:2:"));
    assert_non_null(strstr(error.text, "<%= nothing %>"));
    assert_null(rendered("\n\n<%= 1 + %>\n", "{}"));
    assert_non_null(strstr(error.text, "t.md:3:"));
    assert_non_null(strstr(error.text, "in '<%= 1 + %>'"));
    assert_null(rendered("ok\n<%= never ends\n", "{}"));
    assert_non_null(strstr(error.text, "t.md:2: '<%= never ends' has no '%>'"));
    assert_null(strchr(error.text, '\n'));
    assert_null(rendered("ok\n<%= error({}) %>\n", "{}")); /* with a value that has no words */
    assert_non_null(strstr(error.text, "t.md:2: "));
    assert_non_null(strstr(error.text, "in '<%= error({}) %>'"));
}

static void an_error_in_a_partial_names_the_partial(void **_)
{
    assert_null(rendered_with("x\n<% include \"part\" %>\n", "{}", "one\ntwo <%= nothing %>\n"));
    assert_non_null(strstr(error.text, "_part.md:2:"));
    assert_null(rendered_with("<% include \"other\" %>", "{}", ""));
    assert_non_null(strstr(error.text, "_other.md"));
}

static void a_partial_sees_what_it_was_given_and_gives_it_back(void **_)
{
    assert_string_equal(rendered_with("<% include(\"part\", rows[1]) %><% include(\"part\", rows[2]) %>",
                                      "{\"rows\":[{\"a\":\"1\"},{\"a\":\"2\"}]}",
                                      "[<%= it.a %>]"), "[1][2]");
}

static void partials_that_never_end_are_stopped(void **_)
{
    assert_null(rendered_with("<% include \"part\" %>", "{}", "<% include \"part\" %>"));
    assert_non_null(strstr(error.text, "deeper than 8"));
}

static void a_template_cannot_hang_or_reach_out(void **_)
{
    assert_null(rendered("<% while true do end %>", "{}"));
    assert_null(rendered("<% while true do %>more and more<% end %>", "{}"));
    assert_non_null(strstr(error.text, "grows without end"));
    assert_null(rendered("<% local s, t = string.rep('x', 4000000), {} for i = 1, 1000 do t[i] = s end "
                         "join(t) %>", "{}"));
    assert_non_null(strstr(error.text, "grows without end"));
    assert_null(rendered("<% os.exit(0) %>", "{}"));
    assert_null(rendered("<% io.open('/etc/passwd') %>", "{}"));
}

static void words_make_markdown_that_is_not_escaped_again(void **_)
{
    assert_string_equal(rendered("<%= code(ip) %> on <%= marked(t) %>",
                                 "{\"ip\":\"1.2.3.4\",\"t\":\"osc-fr1 and *5.6.7.8*\"}"),
                        "`1.2.3.4` on `osc-fr1` and \\*`5.6.7.8`\\*");
    assert_string_equal(rendered("<%= \"at *\" .. code(\"a\") .. \" and \" .. code(\"b\") %>", "{}"),
                        "at \\*`a` and `b`");
    assert_string_equal(rendered("a<%= \" b \" %>c", "{}"), "a b c");
    assert_string_equal(rendered("<%= join({ \"a\", code(\"b\"), \"c\" }, \"and\") %>", "{}"),
                        "a, `b` and c");
}

static void figures_are_said_in_words(void **_)
{
    assert_string_equal(rendered("<%= span(2940000) %>, <%= exact(2674800) %>, "
                                 "<%= minutes(2674800) %>, <%= percent(999000000) %>, "
                                 "<%= percent(3683333) %>, <%= number(4) %>",
                                 "{}"),
                        "49 minutes, 44 minutes 34 seconds, 44.58, 99.9%, 0.368333%, four");
    assert_string_equal(rendered("<%= clock(at) %> on <%= date(at, \"day\") %>, "
                                 "<%= date(at, \"weekday\") %>", "{\"at\":1741688220000}"),
                        "11:17 on March 11th, Tuesday, March 11th, 2025");
}

static void a_gap_is_marked_and_cannot_be_written_by_others(void **_)
{
    assert_string_equal(rendered("<%= gap(\"cause\", \"Why?\") %>", "{}"), "**[gap: Why?]**");
    const char *forged = rendered("<%= t %>", "{\"t\":\"**[gap: x]**\"}");
    assert_null(strstr(forged, GAP_OPENS));
}

int main(void)
{
    const struct CMUnitTest template[] = {
        promise(text_stays_as_it_is_and_expressions_are_escaped),
        promise(a_tag_alone_on_its_line_leaves_no_line),
        promise(conditions_choose),
        promise(an_error_names_template_line_and_expression),
        promise(an_error_in_a_partial_names_the_partial),
        promise(a_partial_sees_what_it_was_given_and_gives_it_back),
        promise(partials_that_never_end_are_stopped),
        promise(a_template_cannot_hang_or_reach_out),
        promise(words_make_markdown_that_is_not_escaped_again),
        promise(figures_are_said_in_words),
        promise(a_gap_is_marked_and_cannot_be_written_by_others),
    };
    return cmocka_run_group_tests(template, NULL, NULL);
}
