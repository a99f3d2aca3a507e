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

enum { SIDE = 1 << 20 }; /* bytes kept of the beginning, and of the end */

struct process {
    pid_t pid;
    int out;                 /* the reading end; -1 when it is over */
    bool ended, asked;
    int raw;                 /* as waitpid tells it */
    char *kept;              /* beginning, then end */
    size_t length;
};

/* In the child: the error of exec goes back through `tell`. */
static void become(const char *const *argv, int out, int tell, int inherit)
{
    setpgid(0, 0); /* Ctrl-C is ours to handle: the run decides what happens to it */
    int none = open("/dev/null", O_RDONLY);
    dup2(none, 0);
    dup2(out, 1);
    dup2(out, 2);
    if (inherit >= 0)
        fcntl(inherit, F_SETFD, 0);
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    int number = errno;
    (void)!write(tell, &number, sizeof number);
    _exit(127);
}

bool process_start(struct process **out, const char *const *argv, int inherit, struct err *e)
{
    int to[2], tell[2];
    if (pipe2(to, O_CLOEXEC) != 0)
        return err_errno(e, "cannot start '%s'", argv[0]);
    if (pipe2(tell, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return err_errno(e, "cannot start '%s'", argv[0]);
    }
    pid_t pid = fork();
    if (pid == 0)
        become(argv, to[1], tell[1], inherit);
    close(to[1]);
    close(tell[1]);
    int number = pid < 0 ? errno : 0;
    if (pid >= 0 && read(tell[0], &number, sizeof number) > 0)
        waitpid(pid, NULL, 0);
    close(tell[0]);
    if (number) {
        close(to[0]);
        errno = number;
        if (number == ENOENT)
            return err_input(e, "there is no program '%s'", argv[0]);
        return err_errno(e, "cannot start '%s'", argv[0]);
    }
    fcntl(to[0], F_SETFL, O_NONBLOCK);
    struct process *p = calloc(1, sizeof *p);
    char *kept = malloc(2 * SIDE + 1);
    if (!p || !kept)
        abort();
    *p = (struct process){ .pid = pid, .out = to[0], .kept = kept };
    *out = p;
    return true;
}

static void keep(struct process *p, const char *bytes, size_t length)
{
    if (p->length + length <= 2 * SIDE) {
        memcpy(p->kept + p->length, bytes, length);
        p->length += length;
        return;
    }
    /* the end moves: what is oldest behind the beginning goes */
    size_t over = p->length + length - 2 * SIDE;
    size_t tail = p->length - SIDE;
    if (over < tail)
        memmove(p->kept + SIDE, p->kept + SIDE + over, tail - over);
    p->length = over < tail ? p->length - over : SIDE;
    memcpy(p->kept + p->length, bytes, length);
    p->length += length;
}

static void drain(struct process *p)
{
    char bytes[4096];
    while (p->out >= 0) {
        ssize_t n = read(p->out, bytes, sizeof bytes);
        if (n > 0) {
            keep(p, bytes, (size_t)n);
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(p->out);
            p->out = -1;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

struct process_state process_look(struct process *p)
{
    if (!p->ended && waitpid(p->pid, &p->raw, WNOHANG) == p->pid)
        p->ended = true;
    drain(p);
    struct process_state s = { .ended = p->ended };
    if (s.ended && WIFSIGNALED(p->raw))
        s = (struct process_state){ true, 128 + WTERMSIG(p->raw), WTERMSIG(p->raw) };
    else if (s.ended)
        s.status = WEXITSTATUS(p->raw);
    return s;
}

const char *process_output(struct process *p, size_t *length)
{
    *length = p->length;
    p->kept[p->length] = '\0';
    return p->kept;
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
    free(p->kept);
    free(p);
}
