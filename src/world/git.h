/* git.h: documents as commits, through libgit2, opened on demand.
 *
 * Commits go straight onto a branch: blob, tree, commit, reference; the work
 * tree and index of a person are never touched. Bare or not.
 * ERRORS   ERR_INPUT: not a repository; ERR_BUSY: the branch moved meanwhile;
 *          ERR_SYSTEM: libgit2's words, or the module is not installed.
 */
#ifndef WORLD_GIT_H
#define WORLD_GIT_H

#include "base/err.h"
#include "base/text.h"

struct git_file { const char *path, *bytes; size_t length; };

struct git_commit {
    const char *author, *email;
    const char *message;
    int64_t at;               /* author and committer date, ms */
    int32_t offset_s;         /* zone of that date */
};

/* Makes an ordinary repository whose first branch is `branch`, if there is
 * none. */
bool git_init(const char *repository, const char *branch, struct err *e);

/* Adds or replaces files in one commit. *id (41 bytes) is the commit; when
 * nothing would change there is no commit and *id is the branch's tip, *same true. */
bool git_commit_files(const char *repository, const char *branch, const struct git_file *file,
                      size_t files, const struct git_commit *c, char id[41], bool *same,
                      struct err *e);

/* A file's bytes at the tip of the branch; *bytes NULL when it is not there. */
bool git_read(const char *repository, const char *branch, const char *path, const char **bytes,
              size_t *length, struct arena *keep, struct err *e);
/* Paths below `folder` at the tip, sorted; none when the branch is not born. */
bool git_list(const char *repository, const char *branch, const char *folder, struct names *out,
              struct arena *keep, struct err *e);

/* The unified diff of two texts, as git shows it. */
bool git_diff(const char *old_path, const char *old_bytes, const char *new_path,
              const char *new_bytes, const char **diff, struct arena *keep, struct err *e);

/* Three-way merge as git does it; *conflict says that markers are in it. */
bool git_merge(const char *base, const char *ours, const char *theirs, const char *ours_name,
               const char *theirs_name, const char **merged, bool *conflict,
               struct arena *keep, struct err *e);

/* Pushes the branch to `remote`; *rejected when the other side has moved on. */
bool git_push(const char *repository, const char *branch, const char *remote, bool *rejected,
              struct err *e);

#endif
