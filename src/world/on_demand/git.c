/* git.c: the module tocsin-git.so: documents and libgit2. */
#include "world/on_demand/git.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

OWNABLE(git_repository, git_repository_free)
OWNABLE(git_reference, git_reference_free)
OWNABLE(git_commit, git_commit_free)
OWNABLE(git_tree, git_tree_free)
OWNABLE(git_tree_entry, git_tree_entry_free)
OWNABLE(git_blob, git_blob_free)
OWNABLE(git_signature, git_signature_free)
OWNABLE(git_patch, git_patch_free)
OWNABLE(git_remote, git_remote_free)
OWNABLE(git_annotated_commit, git_annotated_commit_free)
OWNABLE(git_rebase, git_rebase_free)

static bool git_says(struct err *e, const char *what, const char *name)
{
    const git_error *last = git_error_last();
    return err_system(e, "%s '%s': %s", what, name, last ? last->message : "no reason given");
}

/* Only that folder itself: a repository around it belongs to somebody else. */
static bool repository_open(git_repository **out, const char *path, struct err *e)
{
    int answer = git_repository_open_ext(out, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (answer == GIT_ENOTFOUND) {
        err_input(e, "'%s' is not a git repository", path);
        return err_hint(e, "git init --bare %s, or name another in tocsin.yaml under "
                        "publish: repository:", path);
    }
    return answer == 0 || git_says(e, "cannot open repository", path);
}

static const char *branch_reference(char name[256], const char *branch)
{
    snprintf(name, 256, "refs/heads/%s", branch);
    return name;
}

/* The commit at the tip; *out NULL when the branch is not born. */
static bool tip_open(git_commit **out, git_repository *repo, const char *branch, struct err *e)
{
    char name[256];
    git_oid id;
    int answer = git_reference_name_to_id(&id, repo, branch_reference(name, branch));
    if (answer == GIT_ENOTFOUND)
        return *out = NULL, true;
    if (answer < 0 || git_commit_lookup(out, repo, &id) < 0)
        return git_says(e, "cannot read branch", branch);
    return true;
}

static bool module_init(const char *path, const char *branch, struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    if (git_repository_open_ext(&repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) == 0)
        return true;
    git_repository_init_options how;
    git_repository_init_options_init(&how, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    how.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_BARE;
    how.initial_head = branch;
    struct stat st; /* a team's folder makes a team's repository */
    if (!stat(path, &st) && (st.st_mode & S_ISGID) && (st.st_mode & S_IWGRP))
        how.mode = GIT_REPOSITORY_INIT_SHARED_GROUP;
    return git_repository_init_ext(&repo, path, &how) == 0 ||
           git_says(e, "cannot make repository", path);
}

static bool tree_with(git_oid *out, git_repository *repo, git_tree *base,
                      const struct repo_file *file, size_t files, struct err *e)
{
    git_tree_update *update = calloc(files ? files : 1, sizeof *update);
    if (!update)
        return err_system(e, "out of memory");
    bool good = true;
    for (size_t i = 0; i < files && good; i++) {
        update[i] = (git_tree_update){ .action = GIT_TREE_UPDATE_UPSERT, .path = file[i].path,
                                       .filemode = GIT_FILEMODE_BLOB };
        good = git_blob_create_from_buffer(&update[i].id, repo, file[i].bytes,
                                           file[i].length) == 0;
        if (!good)
            git_says(e, "cannot write", file[i].path);
    }
    if (good && git_tree_create_updated(out, repo, base, files, update) < 0)
        good = git_says(e, "cannot write the tree of", files ? file[0].path : "");
    free(update);
    return good;
}

/* Moves the branch from the commit that we have read, and from no other. */
static bool branch_move(git_repository *repo, const char *branch, const git_oid *to,
                        const git_oid *from, const char *why, struct err *e)
{
    char name[256];
    owned(git_reference_free) git_reference *moved_to = NULL;
    branch_reference(name, branch);
    int answer = from ? git_reference_create_matching(&moved_to, repo, name, to, 1, from, why)
                      : git_reference_create(&moved_to, repo, name, to, 0, why);
    if (answer == GIT_EMODIFIED || answer == GIT_EEXISTS || answer == GIT_ELOCKED) {
        err_busy(e, "branch '%s' moved while this commit was made", branch);
        return err_hint(e, "the same command again takes the new state into account");
    }
    return answer == 0 || git_says(e, "cannot move branch", branch);
}

static bool commit_tree(git_oid *out, git_repository *repo, const git_oid *tree_id,
                        git_commit *parent, const struct repo_author *c, struct err *e)
{
    owned(git_tree_free) git_tree *tree = NULL;
    owned(git_signature_free) git_signature *who = NULL;
    const git_commit *parents[] = { parent };
    if (git_signature_new(&who, c->author, c->email, c->at / 1000, c->offset_s / 60) < 0 ||
        git_tree_lookup(&tree, repo, tree_id) < 0 ||
        git_commit_create(out, repo, NULL, who, who, NULL, c->message, tree, parent ? 1 : 0,
                          parents) < 0)
        return git_says(e, "cannot write commit", c->message);
    return true;
}

static bool module_commit(const char *path, const char *branch, const struct repo_file *file,
                          size_t files, const struct repo_author *c, char id[41], bool *same,
                          struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    owned(git_commit_free) git_commit *tip = NULL;
    owned(git_tree_free) git_tree *base = NULL;
    git_oid tree_id, commit_id;
    if (!repository_open(&repo, path, e) || !tip_open(&tip, repo, branch, e))
        return false;
    if (tip && git_commit_tree(&base, tip) < 0)
        return git_says(e, "cannot read branch", branch);
    if (!tree_with(&tree_id, repo, base, file, files, e))
        return false;
    *same = base && git_oid_equal(&tree_id, git_tree_id(base));
    if (*same)
        return git_oid_tostr(id, 41, git_commit_id(tip)), true;
    if (!commit_tree(&commit_id, repo, &tree_id, tip, c, e) ||
        !branch_move(repo, branch, &commit_id, tip ? git_commit_id(tip) : NULL, "tocsin publish", e))
        return false;
    git_oid_tostr(id, 41, &commit_id);
    return true;
}

static bool module_read(const char *path, const char *branch, const char *file,
                        const char **bytes, size_t *length, struct arena *keep, struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    owned(git_commit_free) git_commit *tip = NULL;
    owned(git_tree_free) git_tree *tree = NULL;
    owned(git_tree_entry_free) git_tree_entry *entry = NULL;
    owned(git_blob_free) git_blob *blob = NULL;
    *bytes = NULL, *length = 0;
    if (!repository_open(&repo, path, e) || !tip_open(&tip, repo, branch, e))
        return false;
    if (!tip)
        return true;
    if (git_commit_tree(&tree, tip) < 0)
        return git_says(e, "cannot read branch", branch);
    int answer = git_tree_entry_bypath(&entry, tree, file);
    if (answer == GIT_ENOTFOUND ||
        (answer == 0 && git_tree_entry_type(entry) != GIT_OBJECT_BLOB))
        return true;
    if (answer < 0 || git_blob_lookup(&blob, repo, git_tree_entry_id(entry)) < 0)
        return git_says(e, "cannot read", file);
    *length = (size_t)git_blob_rawsize(blob);
    *bytes = arena_copy(keep, git_blob_rawcontent(blob), *length);
    return true;
}

struct listing {
    struct arena *keep;
    const char **name;
    size_t count, room;
    const char *folder;
};

static int list_one(const char *root, const git_tree_entry *entry, void *context)
{
    struct listing *l = context;
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return 0;
    const char *path = arena_print(l->keep, "%s%s", root, git_tree_entry_name(entry));
    size_t folder = strlen(l->folder);
    if (folder && (strncmp(path, l->folder, folder) != 0 || path[folder] != '/'))
        return 0;
    if (l->count + 1 >= l->room) {
        const char **more = arena_many(l->keep, const char *, l->room * 2);
        memcpy(more, l->name, l->count * sizeof *more);
        l->name = more, l->room *= 2;
    }
    l->name[l->count++] = path;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool module_list(const char *path, const char *branch, const char *folder,
                        struct names *out, struct arena *keep, struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    owned(git_commit_free) git_commit *tip = NULL;
    owned(git_tree_free) git_tree *tree = NULL;
    struct listing l = { keep, arena_many(keep, const char *, 64), 0, 64, folder };
    *out = (struct names){ l.name, 0 };
    if (!repository_open(&repo, path, e) || !tip_open(&tip, repo, branch, e))
        return false;
    if (!tip)
        return true;
    if (git_commit_tree(&tree, tip) < 0 ||
        git_tree_walk(tree, GIT_TREEWALK_PRE, list_one, &l) < 0)
        return git_says(e, "cannot read branch", branch);
    qsort(l.name, l.count, sizeof *l.name, by_bytes);
    *out = (struct names){ l.name, l.count };
    return true;
}

static bool module_diff(const char *old_path, const char *old_bytes, const char *new_path,
                        const char *new_bytes, const char **diff, struct arena *keep,
                        struct err *e)
{
    owned(git_patch_free) git_patch *patch = NULL;
    git_diff_options how;
    git_diff_options_init(&how, GIT_DIFF_OPTIONS_VERSION);
    git_buf text = { 0 };
    if (git_patch_from_buffers(&patch, old_bytes, old_bytes ? strlen(old_bytes) : 0, old_path,
                               new_bytes, new_bytes ? strlen(new_bytes) : 0, new_path,
                               &how) < 0 ||
        git_patch_to_buf(&text, patch) < 0)
        return git_says(e, "cannot compare with", new_path);
    *diff = arena_copy(keep, text.ptr ? text.ptr : "", text.size);
    git_buf_dispose(&text);
    return true;
}

static bool module_merge(const char *base, const char *ours, const char *theirs,
                         const char *ours_name, const char *theirs_name, const char **merged,
                         bool *conflict, struct arena *keep, struct err *e)
{
    git_merge_file_input input[3];
    const char *text[] = { base, ours, theirs };
    for (int i = 0; i < 3; i++) {
        git_merge_file_input_init(&input[i], GIT_MERGE_FILE_INPUT_VERSION);
        input[i].ptr = text[i];
        input[i].size = strlen(text[i]);
    }
    git_merge_file_options how;
    git_merge_file_options_init(&how, GIT_MERGE_FILE_OPTIONS_VERSION);
    how.our_label = ours_name;
    how.their_label = theirs_name;
    git_merge_file_result result = { 0 };
    if (git_merge_file(&result, &input[0], &input[1], &input[2], &how) < 0)
        return git_says(e, "cannot merge", ours_name);
    *conflict = !result.automergeable;
    *merged = arena_copy(keep, result.ptr ? result.ptr : "", result.len);
    git_merge_file_result_free(&result);
    return true;
}

static bool remote_open(git_remote **out, git_repository *repo, const char *remote, struct err *e)
{
    if (git_remote_lookup(out, repo, remote) == 0 ||
        git_remote_create_anonymous(out, repo, remote) == 0)
        return true;
    return git_says(e, "no remote", remote);
}

/* What the other side answered for our one reference. */
static int push_answer(const char *reference, const char *status, void *context)
{
    if (status)
        *(bool *)context = true;
    return 0;
}

static bool module_push(const char *path, const char *branch, const char *remote, bool *rejected,
                        struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    owned(git_remote_free) git_remote *there = NULL;
    if (!repository_open(&repo, path, e) || !remote_open(&there, repo, remote, e))
        return false;
    char spec[600], name[256];
    branch_reference(name, branch);
    snprintf(spec, sizeof spec, "%s:%s", name, name);
    char *specs[] = { spec };
    git_strarray list = { specs, 1 };
    git_push_options how;
    git_push_options_init(&how, GIT_PUSH_OPTIONS_VERSION);
    how.callbacks.push_update_reference = push_answer;
    how.callbacks.payload = rejected;
    *rejected = false;
    int answer = git_remote_push(there, &list, &how);
    if (answer == GIT_ENONFASTFORWARD)
        return *rejected = true;
    return answer == 0 || git_says(e, "cannot push to", remote);
}

static bool module_fetch(const char *path, const char *branch, const char *remote, char tip[41],
                         struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    owned(git_remote_free) git_remote *there = NULL;
    if (!repository_open(&repo, path, e) || !remote_open(&there, repo, remote, e))
        return false;
    char spec[600], name[256];
    snprintf(spec, sizeof spec, "+%s:refs/tocsin/fetched", branch_reference(name, branch));
    char *specs[] = { spec };
    git_strarray list = { specs, 1 };
    git_fetch_options how;
    git_fetch_options_init(&how, GIT_FETCH_OPTIONS_VERSION);
    how.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    if (git_remote_fetch(there, &list, &how, NULL) < 0)
        return git_says(e, "cannot fetch from", remote);
    git_oid id;
    tip[0] = '\0';
    if (git_reference_name_to_id(&id, repo, "refs/tocsin/fetched") == 0)
        git_oid_tostr(tip, 41, &id);
    git_reference_remove(repo, "refs/tocsin/fetched");
    return true;
}

/* One commit after the other, in memory: no work tree is needed. */
static bool replay_all(git_rebase *rebase, git_repository *repo, const char *without, git_oid *tip,
                       struct err *e)
{
    git_rebase_operation *operation;
    int answer;
    while ((answer = git_rebase_next(&operation, rebase)) == 0) {
        owned(git_commit_free) git_commit *original = NULL;
        git_oid id;
        if (without && git_oid_streq(&operation->id, without) == 0)
            continue;
        if (git_commit_lookup(&original, repo, &operation->id) < 0)
            return git_says(e, "cannot read", "a commit of the branch");
        answer = git_rebase_commit(&id, rebase, NULL, git_commit_committer(original), NULL, NULL);
        if (answer == GIT_EAPPLIED)
            continue;
        if (answer == GIT_EUNMERGED || answer == GIT_ECONFLICT) {
            err_busy(e, "'%s' does not fit on what others pushed", git_commit_summary(original));
            return err_hint(e, "bring the two together with git, then publish again");
        }
        if (answer < 0)
            return git_says(e, "cannot replay", git_commit_summary(original));
        git_oid_cpy(tip, &id);
    }
    return answer == GIT_ITEROVER || git_says(e, "cannot replay", "the branch");
}

static bool module_replay(const char *path, const char *branch, const char *onto,
                          const char *without, char id[41], struct err *e)
{
    owned(git_repository_free) git_repository *repo = NULL;
    owned(git_commit_free) git_commit *old = NULL;
    owned(git_annotated_commit_free) git_annotated_commit *ours = NULL;
    owned(git_annotated_commit_free) git_annotated_commit *theirs = NULL;
    owned(git_rebase_free) git_rebase *rebase = NULL;
    git_oid tip;
    git_rebase_options how;
    git_rebase_options_init(&how, GIT_REBASE_OPTIONS_VERSION);
    how.inmemory = 1;
    if (!repository_open(&repo, path, e) || !tip_open(&old, repo, branch, e))
        return false;
    if (!old || git_oid_fromstr(&tip, onto) < 0
        || git_annotated_commit_lookup(&ours, repo, git_commit_id(old)) < 0
        || git_annotated_commit_lookup(&theirs, repo, &tip) < 0
        || git_rebase_init(&rebase, repo, ours, theirs, NULL, &how) < 0)
        return git_says(e, "cannot replay branch", branch);
    if (!replay_all(rebase, repo, without, &tip, e)
        || !branch_move(repo, branch, &tip, git_commit_id(old), "tocsin publish: on top of others", e))
        return false;
    git_oid_tostr(id, 41, &tip);
    return true;
}

const struct git_module *tocsin_git_module(void)
{
    static const struct git_module module = {
        .init = module_init, .commit = module_commit, .read = module_read, .list = module_list,
        .diff = module_diff, .merge = module_merge, .push = module_push, .fetch = module_fetch,
        .replay = module_replay,
    };
    return git_libgit2_init() < 0 ? NULL : &module;
}
