/* process.c: see process.h. */
#define _GNU_SOURCE
#include "world/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
    pid_t pid;
    int out;                 /* the reading end; -1 when it is over */
    bool ended, asked;
    int raw;                 /* as waitpid tells it */
};

extern char **environ;

static bool is_named(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && (entry[length] == '=' || !entry[length]);
}

static bool is_left_out(const struct program *p, const char *entry)
{
    for (const char *const *name = p->unset; name && *name; name++)
        if (is_named(entry, *name))
            return true;
    for (const char *const *own = p->set; own && *own; own++)
        if (is_named(entry, *own) || (strchr(*own, '=') && !strncmp(entry, *own, (size_t)(strchr(*own, '=') - *own) + 1)))
            return true;
    return false;
}

/* Made before the fork: nothing is allocated in a child. */
static char **environment_of(const struct program *p)
{
    size_t n = 0;
    for (char **entry = environ; *entry; entry++)
        n++;
    for (const char *const *own = p->set; own && *own; own++)
        n++;
    char **all = calloc(n + 1, sizeof *all);
    if (!all)
        abort();
    n = 0;
    for (char **entry = environ; *entry; entry++)
        if (!is_left_out(p, *entry))
            all[n++] = *entry;
    for (const char *const *own = p->set; own && *own; own++)
        all[n++] = (char *)(uintptr_t)*own;
    return all;
}

/* In the child: the error of exec goes back through `tell`. The descriptors of
 * ours that it may have are put in a row, and all behind them are closed. */
static void become(const struct program *p, char **environment, int out, int tell)
{
    setpgid(0, 0); /* Ctrl-C is ours to handle: the run decides what happens to it */
    int none = open("/dev/null", O_RDWR);
    int high[] = { fcntl(out, F_DUPFD, 64), fcntl(tell, F_DUPFD, 64), p->inherit < 0 ? -1 : fcntl(p->inherit, F_DUPFD, 64) };
    dup2(none, 0);
    dup2(high[0], 1);
    dup2(p->answer_only ? none : high[0], 2);
    tell = dup3(high[1], 3, O_CLOEXEC);
    if (high[2] >= 0)
        dup2(high[2], 4);
    closefrom(high[2] >= 0 ? 5 : 4);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (!p->folder || chdir(p->folder) == 0)
        execvpe(p->argv[0], (char *const *)(uintptr_t)p->argv, environment);
    int number = errno;
    (void)!write(tell, &number, sizeof number);
    _exit(127);
}

bool process_start(struct process **out, const struct program *program, struct err *e)
{
    const char *name = program->argv[0];
    int to[2], tell[2];
    if (pipe2(to, O_CLOEXEC) != 0)
        return err_errno(e, "cannot start '%s'", name);
    if (pipe2(tell, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return err_errno(e, "cannot start '%s'", name);
    }
    char **environment = environment_of(program);
    pid_t pid = fork();
    if (pid == 0)
        become(program, environment, to[1], tell[1]);
    int number = pid < 0 ? errno : 0;
    free(environment);
    close(to[1]);
    close(tell[1]);
    if (pid >= 0 && read(tell[0], &number, sizeof number) > 0)
        waitpid(pid, NULL, 0);
    close(tell[0]);
    if (number) {
        close(to[0]);
        errno = number;
        if (number == ENOENT)
            return err_input(e, "there is no program '%s'", name);
        return err_errno(e, "cannot start '%s'", name);
    }
    fcntl(to[0], F_SETFL, O_NONBLOCK);
    struct process *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    *p = (struct process){ .pid = pid, .out = to[0] };
    *out = p;
    return true;
}

size_t process_read(struct process *p, char *bytes, size_t room)
{
    while (p->out >= 0) {
        ssize_t n = read(p->out, bytes, room);
        if (n > 0)
            return (size_t)n;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        close(p->out);
        p->out = -1;
    }
    return 0;
}

struct process_state process_look(struct process *p)
{
    if (!p->ended && waitpid(p->pid, &p->raw, WNOHANG) == p->pid)
        p->ended = true;
    struct process_state s = { .ended = p->ended };
    if (s.ended && WIFSIGNALED(p->raw))
        s = (struct process_state){ true, 128 + WTERMSIG(p->raw), WTERMSIG(p->raw) };
    else if (s.ended)
        s.status = WEXITSTATUS(p->raw);
    return s;
}

int64_t process_id(const struct process *p)
{
    return p->pid;
}

void process_stop(struct process *p)
{
    if (!p->ended)
        kill(-p->pid, p->asked ? SIGKILL : SIGTERM);
    p->asked = true;
}

void process_close(struct process *p)
{
    if (!p->ended) {
        kill(-p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
    }
    if (p->out >= 0)
        close(p->out);
    free(p);
}
