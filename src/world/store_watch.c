/* store_watch.c: waiting for what others write. Nobody polls: the kernel says when
 * a file of the incident changed, and a signal ends the waiting however close to
 * its beginning it comes. */
#define _GNU_SOURCE /* ppoll */
#include "world/store_inside.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <unistd.h>

/* How many bytes its streams hold now; with what its programs printed, or without. */
static bool bytes_of(struct local *l, const char *folder, bool printed, uint64_t *bytes, struct arena scratch,
                     struct err *e)
{
    struct names foreign, output = { .count = 0 };
    const char *outputs = arena_print(&scratch, "%s/output", folder);
    struct stat st;
    const char *own = arena_print(&scratch, "%s/journal.jsonl", folder);
    if (l->disk->stat(own, &st))
        return err_errno(e, "cannot read '%s'", own);
    *bytes = (uint64_t)st.st_size;
    if (!local_foreign(l, folder, &foreign, &scratch, e))
        return false;
    for (size_t i = 0; i < foreign.count; i++)
        if (!l->disk->stat(arena_print(&scratch, "%s/streams/%s", folder, foreign.name[i]), &st))
            *bytes += (uint64_t)st.st_size;
    if (printed && !l->disk->stat(outputs, &st) && !l->world->list_folder(l->world, outputs, &output, &scratch, e))
        return false;
    for (size_t i = 0; i < output.count; i++)
        if (!l->disk->stat(arena_print(&scratch, "%s/%s", outputs, output.name[i]), &st))
            *bytes += (uint64_t)st.st_size;
    return true;
}

/* Something happened, or the time is over, or a signal came: false only for the last two. */
static bool wait_for_change(struct world *w, int fd, int64_t timeout_ms, int peer)
{
    struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = peer } };
    struct timespec most = { timeout_ms / 1000, timeout_ms % 1000 * 1000000 };
    sigset_t interrupt, before;
    char events[4096];
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &before);
    bool woken = !w->interrupted(w) && ppoll(p, peer < 0 ? 1 : 2, timeout_ms < 0 ? NULL : &most, &before) > 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (read(fd, events, sizeof events) > 0)
        ;
    return woken && !(peer >= 0 && p[1].revents);
}

enum { CHANGES = IN_MODIFY | IN_MOVED_TO | IN_CREATE };

bool local_attend(struct store *store, const char *incident, bool *rang)
{
    struct local *l = (struct local *)store;
    struct arena scratch = l->all;
    struct err ignored = { 0 };
    const char *folder;
    l->world->attend(l->world, -1, NULL);
    disk_close(l->disk, &l->attends);
    if (!incident)
        return true;
    if (!local_folder(&folder, l, incident, &scratch, &ignored))
        return false;
    l->attends = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (l->attends < 0 || inotify_add_watch(l->attends, folder, CHANGES) < 0) {
        disk_close(l->disk, &l->attends);
        return false;
    }
    l->world->attend(l->world, l->attends, rang);
    return true;
}

bool local_watch(struct store *store, const char *incident, uint64_t *seen, int64_t timeout_ms,
                 int peer, bool *grown, struct err *e)
{
    struct local *l = (struct local *)store;
    struct arena scratch = l->all;
    const char *folder;
    uint64_t bytes = *seen;
    bool ok, waits = timeout_ms != 0;
    if (!local_folder(&folder, l, incident, &scratch, e))
        return false;
    const char *const inside[] = { arena_print(&scratch, "%s/streams", folder), arena_print(&scratch, "%s/output", folder) };
    int fd = waits ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1;
    if (waits && (fd < 0 || inotify_add_watch(fd, folder, CHANGES) < 0)) {
        disk_close(l->disk, &fd);
        return err_errno(e, "cannot watch '%s'", folder);
    }
    do {
        if (waits)
            for (int i = 0; i < 2; i++) /* they may not be there yet, or only now */
                (void)inotify_add_watch(fd, inside[i], CHANGES);
        ok = bytes_of(l, folder, waits, &bytes, scratch, e);
    } while (ok && bytes == *seen && waits && wait_for_change(l->world, fd, timeout_ms, peer));
    disk_close(l->disk, &fd);
    *grown = ok && bytes != *seen;
    *seen = bytes;
    return ok;
}
