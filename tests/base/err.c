/* A failure gains context on its way up and is printed once. */
#include <string.h>

#include "promise.h"

#include <errno.h>

static void a_failure_grows_outwards(void **_)
{
    struct err e = { 0 };
    errno = ENOENT;
    assert_false(err_errno(&e, "cannot open '%s'", "j"));
    assert_false(err_while(&e, "reading the journal"));
    assert_string_equal(e.text, "reading the journal: cannot open 'j': No such file or directory");
    assert_int_equal(err_status(&e), 5);
}

static void a_hint_may_be_said_before_the_failure_or_after_it(void **_)
{
    struct err e = { 0 };
    err_hint(&e, "tocsin init");
    err_input(&e, "no workspace");
    assert_string_equal(e.hint, "tocsin init");
    err_usage(&e, "another failure");
    assert_string_equal(e.hint, "");
}

static void the_first_hint_stays(void **_)
{
    struct err e = { 0 };
    err_usage(&e, "no workspace");
    err_hint(&e, "tocsin init");
    err_hint(&e, "something vaguer");
    assert_string_equal(e.hint, "tocsin init");
}

static void a_text_too_long_is_cut_and_stays_a_text(void **_)
{
    struct err e = { 0 };
    char huge[4000];
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    err_input(&e, "%s", huge);
    for (int i = 0; i < 3; i++)
        err_while(&e, "%s", huge);
    assert_true(strlen(e.text) < sizeof e.text);
}

static void an_escape_sequence_never_reaches_the_terminal(void **_)
{
    struct err e = { 0 };
    char bytes[256] = "";
    err_input(&e, "unknown verb '\033[2J'");
    FILE *out = fmemopen(bytes, sizeof bytes, "w");
    err_print(&e, out);
    fclose(out);
    assert_null(strchr(bytes, '\033'));
}

static void each_kind_has_the_status_of_the_design(void **_)
{
    static const int status[] = { 0, 1, 2, 3, 4, 5, 6, 130 };
    for (int kind = ERR_NONE; kind <= ERR_STOPPED; kind++) {
        struct err e = { .kind = (enum err_kind)kind };
        assert_int_equal(err_status(&e), status[kind]);
    }
}

int main(void)
{
    const struct CMUnitTest err[] = {
        promise(a_failure_grows_outwards),
        promise(a_hint_may_be_said_before_the_failure_or_after_it),
        promise(the_first_hint_stays),
        promise(a_text_too_long_is_cut_and_stays_a_text),
        promise(an_escape_sequence_never_reaches_the_terminal),
        promise(each_kind_has_the_status_of_the_design),
    };
    return cmocka_run_group_tests(err, NULL, NULL);
}
