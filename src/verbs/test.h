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

#include "play/scenario.h"
#include "verbs/verbs.h"

/* As TAP, or with --json as one object. */
void test_print(struct desk *d, const struct scenario_result *all, size_t count);
bool test_write_junit(struct desk *d, const char *file, const struct scenario_result *all,
                      size_t count, struct err *e);

#endif
