/* test.h: what the files of `tocsin test` know of each other.
 *
 * TAP     One line a promise, across all scenarios; "#" in a promise is
 *         escaped, so that no text of a scenario reads as a directive.
 * JUNIT   A suite a scenario, a case a promise, in the form that Ant writes
 *         and Jenkins, GitLab and GitHub's readers take: tests/junit.rng. A
 *         scenario that could not be played is one case with an error.
 */
#ifndef VERBS_TEST_H
#define VERBS_TEST_H

#include "play/coverage.h"
#include "play/scenario.h"
#include "verbs/verbs.h"

/* What of the runbooks was exercised, and by which scenarios. */
struct covered_point { const struct coverage_point *point; const char *const *by; /* names; then NULL: never */ };
struct covered_book {
    const char *name, *path;
    bool played;             /* any of it */
    const struct covered_point *point;
    size_t points, met;
};
struct covered {
    const struct covered_book *book;
    size_t books;            /* 0: nobody asked */
};
bool test_cover(struct covered *out, struct desk *d, const char *home, const struct scenario_result *all,
                size_t count, struct err *e);
void test_print_covered(struct desk *d, const struct covered *c);
void test_put_covered(struct json_out *o, const struct covered *c);

/* As TAP, or with --json as one object. */
void test_print(struct desk *d, const struct scenario_result *all, size_t count, const struct covered *covered);
bool test_write_junit(struct desk *d, const char *file, const struct scenario_result *all,
                      size_t count, struct err *e);

#endif
