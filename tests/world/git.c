/* git.c: commits, readings, merges and pushes against real repositories. */
#include "world/git.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena keep;
static char place[256];

static const char *repository(const char *name)
{
    return arena_print(&keep, "%s/%s", place, name);
}

static const char *shell(const char *format, const char *a, const char *b)
{
    char command[1024], answer[4096] = "";
    snprintf(command, sizeof command, format, a, b);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(answer, 1, sizeof answer - 1, f);
    answer[n] = '\0';
    assert_int_equal(pclose(f), 0);
    return arena_string(&keep, answer);
}

static bool commit(const char *where, const char *path, const char *text, char id[41], bool *same,
                   struct err *e)
{
    struct repo_file file = { path, text, strlen(text) };
    struct repo_author c = { "Alice", "alice@example.org", "a report", 1743120000000, 3600 };
    return repo_commit(where, "main", &file, 1, &c, id, same, e);
}

static void must_commit(const char *where, const char *path, const char *text)
{
    char id[41];
    bool same;
    struct err e = { 0 };
    assert_true(commit(where, path, text, id, &same, &e));
    assert_false(same);
}

static void what_is_committed_can_be_read_and_listed(void **_)
{
    const char *r = repository("read");
    struct err e = { 0 };
    assert_true(repo_init(r, "main", &e));
    struct names none;
    assert_true(repo_list(r, "main", "postmortems", &none, &keep, &e));
    assert_int_equal(none.count, 0);
    must_commit(r, "postmortems/SPM-2025-001.md", "hello\n");
    must_commit(r, "postmortems/SPM-2025-001.svg", "<svg/>");
    must_commit(r, "README.md", "reports");

    const char *bytes;
    size_t length;
    assert_true(repo_read(r, "main", "postmortems/SPM-2025-001.md", &bytes, &length, &keep, &e));
    assert_string_equal(bytes, "hello\n");
    assert_true(repo_read(r, "main", "postmortems/none.md", &bytes, &length, &keep, &e));
    assert_null(bytes);
    struct names l;
    assert_true(repo_list(r, "main", "postmortems", &l, &keep, &e));
    assert_int_equal(l.count, 2);
    assert_string_equal(l.name[0], "postmortems/SPM-2025-001.md");
    shell("git -C %s fsck --strict 2>&1", r, NULL);
}

static void the_same_files_make_no_second_commit(void **_)
{
    const char *r = repository("same");
    struct err e = { 0 };
    char first[41], second[41];
    bool same;
    assert_true(repo_init(r, "main", &e));
    assert_true(commit(r, "a.md", "one", first, &same, &e));
    assert_false(same);
    assert_true(commit(r, "a.md", "one", second, &same, &e));
    assert_true(same);
    assert_string_equal(first, second);
}

static void the_same_commit_has_the_same_id_everywhere(void **_)
{
    struct err e = { 0 };
    char id[2][41];
    bool same;
    for (int i = 0; i < 2; i++) {
        const char *r = repository(i ? "twin-a" : "twin-b");
        assert_true(repo_init(r, "main", &e));
        assert_true(commit(r, "a.md", "one", id[i], &same, &e));
    }
    assert_string_equal(id[0], id[1]);
}

static void a_work_tree_and_its_index_are_never_touched(void **_)
{
    const char *r = repository("ordinary");
    shell("git init -q -b main %s && cd %s && echo mine > a.md && git add a.md", r, r);
    const char *before = shell("cd %s && sha256sum .git/index a.md", r, NULL);
    must_commit(r, "b.md", "ours");
    assert_string_equal(shell("cd %s && sha256sum .git/index a.md && ls", r, NULL),
                        arena_print(&keep, "%sa.md\n", before));
    assert_string_equal(shell("git -C %s show main:b.md", r, NULL), "ours");
}

static void a_folder_that_is_no_repository_is_said_to_be_none(void **_)
{
    struct err e = { 0 };
    char id[41];
    bool same;
    const char *r = repository("outer/inner");
    shell("mkdir -p %s && git init -q %s/..", r, r);
    assert_false(commit(r, "a.md", "one", id, &same, &e));
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "is not a git repository"));
    assert_null(strchr(e.text, '\n'));
}

static void a_merge_keeps_both_sides_and_marks_what_collides(void **_)
{
    struct err e = { 0 };
    const char *out;
    bool conflict;
    const char *base = "one\ntwo\nthree\nfour\nfive\n";
    assert_true(repo_merge(base, "ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n",
                          "draft", "record", &out, &conflict, &keep, &e));
    assert_false(conflict);
    assert_string_equal(out, "ONE\ntwo\nthree\nfour\nFIVE\n");
    assert_true(repo_merge(base, "one\ntwo\nmine\nfour\nfive\n", "one\ntwo\ntheirs\nfour\nfive\n",
                          "draft", "record", &out, &conflict, &keep, &e));
    assert_true(conflict);
    assert_non_null(strstr(out, "<<<<<<< draft\nmine\n=======\ntheirs\n>>>>>>> record\n"));
}

static void a_diff_reads_as_git_shows_it(void **_)
{
    struct err e = { 0 };
    const char *diff;
    assert_true(repo_diff("a.md", "one\n", "a.md", "one\ntwo\n", &diff, &keep, &e));
    assert_non_null(strstr(diff, "@@ -1 +1,2 @@\n one\n+two\n"));
    assert_true(repo_diff("a.md", "one\n", "a.md", "one\n", &diff, &keep, &e));
    assert_string_equal(diff, "");
    assert_true(repo_diff("a.md", NULL, "a.md", "one\n", &diff, &keep, &e));
    assert_non_null(strstr(diff, "+one\n"));
}

static void a_push_that_comes_too_late_is_rejected_and_loses_nothing(void **_)
{
    struct err e = { 0 };
    const char *there = repository("there"), *a = repository("push-a"), *b = repository("push-b");
    bool rejected;
    char tip[41];
    assert_true(repo_init(there, "main", &e) && repo_init(a, "main", &e) && repo_init(b, "main", &e));
    must_commit(a, "a.md", "a");
    must_commit(b, "b.md", "b");
    assert_true(repo_push(a, "main", there, &rejected, &e));
    assert_false(rejected);
    assert_true(repo_push(b, "main", there, &rejected, &e));
    assert_true(rejected);
    assert_true(repo_fetch(b, "main", there, tip, &e));
    assert_string_equal(arena_print(&keep, "%s\n", tip),
                        shell("git -C %s rev-parse main", a, NULL));
    must_commit(b, "c.md", "c");
    const char *last = shell("git -C %s rev-parse main", b, NULL);
    assert_true(repo_replay(b, "main", tip, arena_copy(&keep, last, 40), tip, &e));
    must_commit(b, "d.md", "d");
    assert_true(repo_push(b, "main", there, &rejected, &e));
    assert_false(rejected);
    assert_string_equal(shell("git -C %s ls-tree --name-only main", there, NULL),
                        "a.md\nb.md\nd.md\n");
    assert_string_equal(shell("git -C %s log --format=%%an:%%ae main | sort -u", there, NULL),
                        "Alice:alice@example.org\n");
}

static void what_does_not_fit_on_the_other_side_is_refused_and_stays(void **_)
{
    struct err e = { 0 };
    const char *there = repository("there2"), *a = repository("clash-a"), *b = repository("clash-b");
    bool rejected;
    char tip[41];
    assert_true(repo_init(there, "main", &e) && repo_init(a, "main", &e) && repo_init(b, "main", &e));
    must_commit(a, "same.md", "a");
    must_commit(b, "same.md", "b");
    assert_true(repo_push(a, "main", there, &rejected, &e));
    const char *before = shell("git -C %s rev-parse main", b, NULL);
    assert_true(repo_fetch(b, "main", there, tip, &e));
    assert_false(repo_replay(b, "main", tip, NULL, tip, &e));
    assert_int_equal(e.kind, ERR_BUSY);
    assert_string_equal(shell("git -C %s rev-parse main", b, NULL), before);
}

static int make_place(void **_)
{
    keep = arena_reserve(64 << 20);
    const char *tmp = getenv("TMPDIR");
    snprintf(place, sizeof place, "%s/tocsin-git-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(place) ? 0 : -1;
}

static int remove_place(void **_)
{
    shell("rm -rf %s", place, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest git[] = {
        cmocka_unit_test(what_is_committed_can_be_read_and_listed),
        cmocka_unit_test(the_same_files_make_no_second_commit),
        cmocka_unit_test(the_same_commit_has_the_same_id_everywhere),
        cmocka_unit_test(a_work_tree_and_its_index_are_never_touched),
        cmocka_unit_test(a_folder_that_is_no_repository_is_said_to_be_none),
        cmocka_unit_test(a_merge_keeps_both_sides_and_marks_what_collides),
        cmocka_unit_test(a_diff_reads_as_git_shows_it),
        cmocka_unit_test(a_push_that_comes_too_late_is_rejected_and_loses_nothing),
        cmocka_unit_test(what_does_not_fit_on_the_other_side_is_refused_and_stays),
    };
    return cmocka_run_group_tests(git, make_place, remove_place);
}
