/* git.h: what tocsin-git.so answers: git.h of world/, as a table.
 *
 * The module is opened when a document is first committed, read or merged:
 * libgit2 costs ten times the start of the whole program. It takes base/ from
 * the program that opens it.
 */
#ifndef WORLD_ON_DEMAND_GIT_H
#define WORLD_ON_DEMAND_GIT_H

#include "world/git.h"

struct git_module {
    bool (*init)(const char *repository, const char *branch, struct err *e);
    bool (*commit)(const char *repository, const char *branch, const struct repo_file *file,
                   size_t files, const struct repo_author *c, char id[41], bool *same,
                   struct err *e);
    bool (*read)(const char *repository, const char *branch, const char *path,
                 const char **bytes, size_t *length, struct arena *keep, struct err *e);
    bool (*list)(const char *repository, const char *branch, const char *folder,
                 struct names *out, struct arena *keep, struct err *e);
    bool (*diff)(const char *old_path, const char *old_bytes, const char *new_path,
                 const char *new_bytes, const char **diff, struct arena *keep, struct err *e);
    bool (*merge)(const char *base, const char *ours, const char *theirs, const char *ours_name,
                  const char *theirs_name, const char **merged, bool *conflict,
                  struct arena *keep, struct err *e);
    bool (*push)(const char *repository, const char *branch, const char *remote, bool *rejected,
                 struct err *e);
    bool (*fetch)(const char *repository, const char *branch, const char *remote, char tip[41],
                  struct err *e);
    bool (*replay)(const char *repository, const char *branch, const char *onto,
                   const char *without, char id[41], struct err *e);
};

/* The one name that the module exports; NULL when libgit2 cannot start. */
#define GIT_MODULE_SYMBOL "tocsin_git_module"
const struct git_module *tocsin_git_module(void);

#endif
