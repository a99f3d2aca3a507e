/* parallel.c: see parallel.h. */
#define _GNU_SOURCE
#include "world/parallel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* One that runs: its file is shared with the child, which writes and ends. */
struct running { pid_t pid; FILE *file; };

static bool start(struct running *r, size_t i, void (*work)(void *, size_t, FILE *), void *context,
                  struct err *e)
{
    r->file = tmpfile();
    if (!r->file)
        return err_errno(e, "cannot make a file for a piece of work");
    fflush(NULL); /* else the child would write what lies in our buffers a second time */
    r->pid = fork();
    if (r->pid < 0)
        return err_errno(e, "cannot start a process");
    if (r->pid == 0) {
        work(context, i, r->file);
        fflush(NULL);
        _exit(0);
    }
    return true;
}

static void collect(struct piece *out, struct running *r, struct arena *keep)
{
    int raw = 0;
    if (r->pid > 0) {
        while (waitpid(r->pid, &raw, 0) < 0 && errno == EINTR)
            continue;
        out->status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    }
    if (r->file) {
        long end = fseek(r->file, 0, SEEK_END) == 0 ? ftell(r->file) : 0;
        char *bytes = arena_many(keep, char, (size_t)(end > 0 ? end : 0) + 1);
        rewind(r->file);
        out->length = end > 0 ? fread(bytes, 1, (size_t)end, r->file) : 0;
        out->bytes = bytes;
        fclose(r->file);
    }
    *r = (struct running){ 0 };
}

bool parallel_run(struct piece *out, size_t count, void (*work)(void *context, size_t i, FILE *out),
                  void *context, struct arena *keep, struct err *e)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t at_once = processors > 1 ? (size_t)processors : 1, started = 0, ended = 0;
    struct running *r = arena_many(keep, struct running, count + 1);
    bool good = true;
    while (ended < count && (good || ended < started)) {
        while (good && started < count && started < ended + at_once) {
            good = start(&r[started], started, work, context, e);
            started++;
        }
        collect(&out[ended], &r[ended], keep);
        ended++;
    }
    return good;
}
