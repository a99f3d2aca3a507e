/* git.h: documents as commits, through libgit2, opened on demand.
 *
 * Commits go straight onto a branch: blob, tree, commit, reference; the work
 * tree and index of a person are never touched. Bare or not.
 * The names start with repo_, because libgit2 has the ones with git_.
 * A `repository` is named by its own folder: one around it is never meant.
 * ERRORS   ERR_INPUT: not a repository; ERR_BUSY: the branch moved meanwhile;
 *          ERR_SYSTEM: libgit2's words, or the module is not installed.
 */
#ifndef WORLD_GIT_H
#define WORLD_GIT_H

#include "base/err.h"
#include "base/text.h"

struct repo_file { const char *path, *bytes; size_t length; };

/* Who commits, when, and why. */
struct repo_author {
    const char *author, *email;
    const char *message;
    int64_t at;               /* author and committer date, ms */
    int32_t offset_s;         /* zone of that date */
};

/* Makes a repository whose first branch is `branch`, if there is none. It is
 * a bare one: a branch that grows under a checkout would look like deletions
 * in it. */
bool repo_init(const char *repository, const char *branch, struct err *e);

/* Adds or replaces files in one commit. *id (41 bytes) is the commit; when
 * nothing would change there is no commit and *id is the branch's tip, *same true. */
bool repo_commit(const char *repository, const char *branch, const struct repo_file *file,
                      size_t files, const struct repo_author *c, char id[41], bool *same,
                      struct err *e);

/* A file's bytes at the tip of the branch; *bytes NULL when it is not there. */
bool repo_read(const char *repository, const char *branch, const char *path, const char **bytes,
              size_t *length, struct arena *keep, struct err *e);
/* Paths below `folder` ("" for all) at the tip, sorted; none when the branch
 * is not born. */
bool repo_list(const char *repository, const char *branch, const char *folder, struct names *out,
              struct arena *keep, struct err *e);

/* The unified diff of two texts, as git shows it; "" when they are equal. A
 * NULL text is a file that is not there. */
bool repo_diff(const char *old_path, const char *old_bytes, const char *new_path,
              const char *new_bytes, const char **diff, struct arena *keep, struct err *e);

/* Three-way merge as git does it; *conflict says that markers are in it. */
bool repo_merge(const char *base, const char *ours, const char *theirs, const char *ours_name,
               const char *theirs_name, const char **merged, bool *conflict,
               struct arena *keep, struct err *e);

/* Pushes the branch to `remote`, a name or a place; *rejected when the other
 * side has moved on. */
bool repo_push(const char *repository, const char *branch, const char *remote, bool *rejected,
              struct err *e);
/* The tip of the branch on the other side, its commits fetched; "" when it is
 * not born there. */
bool repo_fetch(const char *repository, const char *branch, const char *remote, char tip[41],
               struct err *e);
/* Puts the branch's own commits on top of `onto` (the other side's tip), but
 * for `without` (NULL: none), which the caller is about to make anew. *id is
 * the new tip. ERR_BUSY when a commit does not fit there. */
bool repo_replay(const char *repository, const char *branch, const char *onto,
                 const char *without, char id[41], struct err *e);

#endif
