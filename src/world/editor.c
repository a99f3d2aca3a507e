/* editor.c: see editor.h. */
#include "world/editor.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *named(struct world *w)
{
    const char *visual = w->environment(w, "VISUAL"), *editor = w->environment(w, "EDITOR");
    return visual && *visual ? visual : editor && *editor ? editor : NULL;
}

bool editor_open(struct world *w, const char *path, struct err *e)
{
    const char *editor = named(w);
    if (!editor && !(w->is_terminal(w, 0) && w->is_terminal(w, 1))) {
        err_hint(e, "edit it yourself, or name an editor: EDITOR=...");
        return err_waiting(e, "nobody is here to edit '%s'", path);
    }
    /* The shell splits what is in EDITOR ("code --wait"); the path stays one word. */
    struct arena scratch = arena_reserve(1 << 16), start = scratch;
    const char *command = arena_print(&scratch, "%s \"$1\"", editor ? editor : "vi");
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
