/* test_print.c: what became of scenarios, for people and for build servers; see test.h. */
#include "verbs/test.h"

#include <inttypes.h>
#include <string.h>

/* One line of TAP: nothing in it begins another line, or a directive. */
static const char *tap_text(struct desk *d, const char *text)
{
    struct text t = text_new(d->keep);
    for (const char *c = text_for_terminal(d->keep, text); *c; c++) {
        if (*c == '#' || *c == '\\')
            text_char(&t, '\\');
        text_char(&t, *c == '\n' ? ' ' : *c);
    }
    return t.at;
}

static const char *line_text(struct desk *d, const char *text)
{
    char *line = arena_string(d->keep, text_for_terminal(d->keep, text));
    for (char *c = line; *c; c++)
        if (*c == '\n')
            *c = ' ';
    return line;
}

static void print_tap(struct desk *d, const struct scenario_result *r, size_t *number)
{
    fprintf(d->out, "# %s\n", line_text(d, r->name));
    for (size_t i = 0; d->verbose && r->line && r->line[i]; i++)
        fprintf(d->out, "#   %s\n", line_text(d, r->line[i]));
    if (r->error.kind)
        fprintf(d->out, "not ok %zu - it can be played\n#   found: %s\n", ++*number, line_text(d, r->error.text));
    for (size_t i = 0; i < r->expectations; i++) {
        const struct expectation *x = &r->expectation[i];
        fprintf(d->out, "%sok %zu - %s\n", x->kept ? "" : "not ", ++*number, tap_text(d, x->promise));
        if (!x->kept)
            fprintf(d->out, "#   found: %s\n", line_text(d, x->found));
    }
}

static void print_json(struct desk *d, const struct scenario_result *all, size_t count, const struct covered *covered)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_open(&o, "scenarios", '[');
    for (const struct scenario_result *r = all; r < all + count; r++)
        scenario_put(&o, r);
    json_close(&o, ']');
    if (covered->books)
        test_put_covered(&o, covered);
    desk_json_end(d, &o);
}

void test_print(struct desk *d, const struct scenario_result *all, size_t count, const struct covered *covered)
{
    size_t number = 0;
    if (d->json) {
        print_json(d, all, count, covered);
        return;
    }
    for (size_t i = 0; i < count; i++)
        print_tap(d, &all[i], &number);
    fprintf(d->out, "1..%zu\n", number);
    if (covered->books)
        test_print_covered(d, covered);
}

static void put_attribute(struct text *t, const char *name, const char *value)
{
    text_print(t, " %s=\"", name);
    text_add_xml(t, value);
    text_char(t, '"');
}

static void put_case(struct text *t, const char *suite, const char *name, const char *what, const char *message)
{
    text_add(t, "    <testcase");
    put_attribute(t, "classname", suite);
    put_attribute(t, "name", name);
    text_add(t, " time=\"0\"");
    if (what) {
        text_print(t, ">\n      <%s type=\"%s\"", what, strcmp(what, "error") ? "broken promise" : "not played");
        put_attribute(t, "message", message);
        text_char(t, '>'); /* again as text: some readers show only that */
        text_add_xml(t, message);
        text_print(t, "</%s>\n    </testcase>\n", what);
    } else {
        text_add(t, "/>\n");
    }
}

static void put_suite(struct text *t, struct desk *d, const struct scenario_result *r, size_t number)
{
    bool error = r->error.kind != ERR_NONE;
    size_t broken = 0;
    for (size_t i = 0; i < r->expectations; i++)
        broken += !r->expectation[i].kept;
    text_add(t, "  <testsuite");
    put_attribute(t, "name", r->name);
    text_print(t, " package=\"tocsin\" id=\"%zu\" timestamp=\"%.19s\" hostname=\"simulated\"", number,
               instant_utc(d->keep, r->started));
    /* what it took by its own clock: the same at every play */
    text_print(t, " tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"0\" time=\"%" PRId64 ".%03d\">\n",
               r->expectations + error, broken, error, r->virtual_ms / SECOND_MS, (int)(r->virtual_ms % SECOND_MS));
    text_add(t, "    <properties/>\n");
    if (error)
        put_case(t, r->name, "it can be played", "error", r->error.text);
    for (size_t i = 0; i < r->expectations; i++)
        put_case(t, r->name, r->expectation[i].promise, r->expectation[i].kept ? NULL : "failure",
                 r->expectation[i].found);
    text_add(t, "    <system-out>");
    for (size_t i = 0; r->line && r->line[i]; i++) {
        text_add_xml(t, r->line[i]);
        text_char(t, '\n');
    }
    text_add(t, "</system-out>\n    <system-err/>\n  </testsuite>\n");
}

bool test_write_junit(struct desk *d, const char *file, const struct scenario_result *all,
                      size_t count, struct err *e)
{
    struct text t = text_new(d->keep);
    text_add(&t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < count; i++)
        put_suite(&t, d, &all[i], i);
    text_add(&t, "</testsuites>\n");
    return d->world->write_file(d->world, file, t.at, t.length, e);
}
