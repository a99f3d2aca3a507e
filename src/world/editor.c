/* editor.c: see editor.h. */
#include "world/editor.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *named(struct world *w)
{
    const char *visual = w->environment(w, "VISUAL"), *editor = w->environment(w, "EDITOR");
    return visual && *visual ? visual : editor && *editor ? editor : NULL;
}

/* What stands behind the editor's own words: the path, and the line in the way
 * that this editor takes it. Unknown editors get the path alone. */
static const char *at_line(const char *editor, int line, struct arena *keep)
{
    static const char *const plus[] = { "vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "joe", "jed", "mg",
                                        "ne", "kak", "micro", "mcedit", NULL };
    size_t length = strcspn(editor, " "), start = length;
    while (start && editor[start - 1] != '/')
        start--;
    const char *name = arena_copy(keep, editor + start, length - start);
    for (size_t i = 0; line > 0 && plus[i]; i++)
        if (!strcmp(name, plus[i]))
            return arena_print(keep, "+%d \"$1\"", line);
    if (line > 0 && (!strcmp(name, "code") || !strcmp(name, "codium")))
        return arena_print(keep, "--goto \"$1:%d\"", line);
    return "\"$1\"";
}

bool editor_open(struct world *w, const char *path, int line, struct err *e)
{
    const char *editor = named(w);
    if (!editor && !(w->is_terminal(w, 0) && w->is_terminal(w, 1))) {
        err_hint(e, "edit it yourself, or name an editor: EDITOR=...");
        return err_waiting(e, "nobody is here to edit '%s'", path);
    }
    /* The shell splits what is in EDITOR ("code --wait"); the path stays one word. */
    struct arena scratch = arena_reserve(1 << 16), start = scratch;
    const char *command = arena_print(&scratch, "%s %s", editor ? editor : "vi",
                                      at_line(editor ? editor : "vi", line, &scratch));
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    arena_release(start);
    if (child < 0)
        return err_errno(e, "cannot start the editor");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_failed(e, "the editor '%s' ended with a failure", editor ? editor : "vi");
    return true;
}
