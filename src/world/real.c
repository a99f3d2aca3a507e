/* real.c: the machine as a world; see world.h. */
#define _GNU_SOURCE
#include "world/store_local.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <dirent.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * SECOND_MS + t.tv_nsec / 1000000;
}

static int64_t real_clock(struct world *w)
{
    return read_clock(CLOCK_REALTIME);
}

/* Runs while the machine sleeps, too. */
static int64_t real_now(struct world *w)
{
    static int64_t since; /* the machine was started: what its clock said then */
    if (!since)
        since = real_clock(w) - read_clock(CLOCK_BOOTTIME);
    return since + read_clock(CLOCK_BOOTTIME);
}

static volatile sig_atomic_t interrupts, terminated, told; /* told: so many of them did whoever asked hear of */
static struct { int fd; bool *rang; } attended = { -1, NULL };

static void real_attend(struct world *w, int fd, bool *rang)
{
    attended.fd = fd;
    attended.rang = rang;
}

/* Can `fd` be read? Until it can, somebody rings, a signal comes (however close to the
 * beginning) or the time is over. */
static bool wait_for(int fd, int64_t ms)
{
    struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = attended.fd, .events = POLLIN } };
    struct timespec most = { ms / 1000, ms % 1000 * 1000000 };
    sigset_t stop, before;
    char rung[4096];
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, &before);
    int ready = interrupts != told ? 0 : ppoll(p, 2, ms < 0 ? NULL : &most, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (ready > 0 && p[1].revents) {
        *attended.rang = true;
        while (read(attended.fd, rung, sizeof rung) > 0)
            ;
    }
    return ready > 0 && p[0].revents;
}

static void real_wait(struct world *w, int64_t until)
{
    int64_t left = until - real_now(w);
    if (left > 0)
        wait_for(-1, left > HOUR_MS ? HOUR_MS : left);
}

static void real_random(struct world *w, unsigned char *out, size_t length)
{
    while (length) {
        ssize_t got = getrandom(out, length, 0);
        if (got < 0 && errno != EINTR) {
            perror("tocsin: the machine has no random bytes");
            abort();
        }
        if (got > 0) {
            out += got;
            length -= (size_t)got;
        }
    }
}

/* A new file in a team's folder is the team's; elsewhere as the umask says. */
static struct modes modes_in(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    struct modes m = modes_of(&disk_real, folder);
    return m.folder == modes_group.folder ? m : (struct modes){ 0644, 0755 };
}

/* What lies in .tocsin is private, or the team's where that folder is; a file that
 * is there keeps its mode. */
static struct modes modes_for(const char *path)
{
    char folder[4096];
    struct stat st;
    const char *state = strstr(path, "/.tocsin/");
    if (!state)
        return !stat(path, &st) ? (struct modes){ (st.st_mode & 0777) | MODE_EXACT, 0755 } : modes_in(path);
    snprintf(folder, sizeof folder, "%.*s", (int)(state - path) + 8, path);
    return modes_of(&disk_real, folder);
}

static bool real_read_file(struct world *w, const char *path, const char **bytes, size_t *length,
                           struct arena *keep, struct err *e)
{
    return disk_load(&disk_real, path, bytes, length, keep, e);
}

static bool real_write_file(struct world *w, const char *path, const char *bytes, size_t length,
                            struct err *e)
{
    return disk_replace(&disk_real, path, bytes, length, modes_for(path).file, e);
}

static bool real_write_private(struct world *w, const char *path, const char *bytes,
                               size_t length, struct err *e)
{
    return disk_replace(&disk_real, path, bytes, length, modes_private.file, e);
}

static bool real_exists(struct world *w, const char *path, bool *is_folder)
{
    struct stat st;
    if (stat(path, &st))
        return false;
    if (is_folder)
        *is_folder = S_ISDIR(st.st_mode);
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool real_list_folder(struct world *w, const char *path, struct names *out,
                             struct arena *keep, struct err *e)
{
    DIR *folder = opendir(path);
    if (!folder)
        return err_errno(e, "cannot read folder '%s'", path);
    size_t room = 32, count = 0;
    const char **name = arena_many(keep, const char *, room);
    for (struct dirent *d; (d = readdir(folder));) {
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
            continue;
        if (count + 1 == room) {
            const char **more = arena_many(keep, const char *, room * 2);
            memcpy(more, name, count * sizeof *name);
            name = more;
            room *= 2;
        }
        name[count++] = arena_string(keep, d->d_name);
    }
    closedir(folder);
    qsort(name, count, sizeof *name, by_bytes);
    *out = (struct names){ name, count };
    return true;
}

static bool real_make_folder(struct world *w, const char *path, struct err *e)
{
    return disk_make_folder(&disk_real, path, modes_for(path).folder, e);
}

static int real_hold(struct world *w, const char *path, struct err *e)
{
    int fd = disk_open(&disk_real, path, O_RDWR | O_CREAT, modes_for(path).file, e), wrong = -1;
    while (fd >= 0 && (wrong = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
        ;
    if (fd >= 0 && wrong == 0)
        return fd;
    err_errno(e, "cannot lock '%s'", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static void real_let_go(struct world *w, int held)
{
    close(held);
}

static struct store *real_open_store(struct world *w, const char *dir, struct arena *keep,
                                     struct err *e)
{
    return store_local_open(w, &disk_real, dir, e);
}

static void on_interrupt(int number)
{
    if (number == SIGTERM && interrupts)
        return;
    terminated |= number == SIGTERM;
    if (++interrupts > 2)
        _exit(130); /* whoever asks three times means it */
}

/* Only who asks can be told: until then Ctrl-C ends the program as ever. */
static int real_interrupted(struct world *w)
{
    static bool installed;
    if (!installed) {
        sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_interrupt }, NULL);
        sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_interrupt }, NULL);
        /* who asks this is in the middle of something: a lost terminal does not end it */
        sigaction(SIGHUP, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
        sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    }
    installed = true;
    told = interrupts;
    w->interrupted_by = terminated ? "SIGTERM" : "Ctrl-C";
    return interrupts > 2 ? 2 : interrupts;
}

static bool real_is_terminal(struct world *w, int stream)
{
    return isatty(stream);
}

/* The line that was typed; NULL at end of input. */
static const char *typed_line(struct arena *keep)
{
    char *typed = NULL;
    size_t room = 0;
    ssize_t length = getline(&typed, &room, stdin);
    clearerr(stdin); /* an end of input answers one question, not all that follow */
    while (length > 0 && (typed[length - 1] == '\n' || typed[length - 1] == '\r'))
        length--;
    const char *line = length < 0 ? NULL : arena_copy(keep, typed, (size_t)length);
    if (length < 0)
        fputc('\n', stderr);
    free(typed);
    return line;
}

/* What was typed and not yet read. In the background the line is another's: to touch it would stop us. */
static void drop_typed(void)
{
    if (tcgetpgrp(STDIN_FILENO) == getpgrp())
        tcflush(STDIN_FILENO, TCIFLUSH);
}

/* ahead: what was typed before the question stood there counts, too. */
static enum heard hear(const char *prompt, int64_t patience_ms, bool ahead, const char **line, struct arena *keep)
{
    static bool shown;
    if (!prompt) {
        if (shown) {
            drop_typed();
            fputc('\n', stderr);
        }
        shown = false;
        return HEARD_NOTHING;
    }
    if (!isatty(STDIN_FILENO))
        return HEARD_NOBODY;
    fflush(NULL); /* what is asked about stands above the question, whoever printed it */
    if (!shown) {
        if (!ahead)
            drop_typed();
        struct text harmless = text_new(keep);
        text_add_screen(&harmless, prompt, strlen(prompt), false);
        fputs(harmless.at, stderr);
    }
    fflush(stderr);
    shown = true;
    if (!wait_for(STDIN_FILENO, patience_ms))
        return HEARD_NOTHING;
    *line = typed_line(keep);
    shown = false;
    return HEARD_ANSWER;
}

static enum heard real_listen(struct world *w, const char *prompt, int64_t patience_ms,
                              const char **line, struct arena *keep)
{
    return hear(prompt, patience_ms, false, line, keep);
}

static bool real_ask(struct world *w, const char *prompt, const char **line, struct arena *keep)
{
    enum heard heard = hear(prompt, -1, true, line, keep);
    if (heard == HEARD_NOTHING) { /* a signal, in place of an answer */
        (void)hear(NULL, 0, true, line, keep);
        *line = NULL;
    }
    return heard != HEARD_NOBODY;
}

static int real_columns(struct world *w)
{
    struct winsize size;
    return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

static int real_rows(struct world *w)
{
    struct winsize size;
    return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row ? size.ws_row : 24;
}

static const char *real_environment(struct world *w, const char *name)
{
    return getenv(name);
}

static const char *login(struct arena *keep)
{
    const char *said = getenv("LOGNAME"); /* asking for the account costs half a start-up */
    if (said && *said)
        return arena_string(keep, said);
    const struct passwd *p = getpwuid(getuid());
    return p && p->pw_name[0] ? arena_string(keep, p->pw_name)
                              : arena_print(keep, "%lu", (unsigned long)getuid());
}

static bool is_member(gid_t group)
{
    gid_t all[1024];
    int count = getgroups(1024, all);
    bool member = geteuid() == 0 || getegid() == group;
    for (int i = 0; i < count; i++)
        member |= all[i] == group;
    return member;
}

static bool real_share_folder(struct world *w, const char *path, const char *group, struct err *e)
{
    const struct group *g = getgrnam(group);
    if (!g)
        return err_usage(e, "there is no group '%s' on this machine", group);
    if (!path)
        return is_member(g->gr_gid) || err_usage(e, "you are not in the group '%s'", group);
    if (chown(path, (uid_t)-1, g->gr_gid) || chmod(path, 02770))
        return err_errno(e, "cannot give '%s' to group '%s'", path, group);
    return true;
}

struct world *world_real(const char *by, struct arena *keep)
{
    struct world *w = arena_one(keep, struct world);
    char host[256] = "";
    const char *claimed = by && *by ? by : getenv("TOCSIN_BY");
    /* a file-size limit is a full disk: the call fails and is said in words */
    sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    gethostname(host, sizeof host - 1);
    *w = (struct world){
        .now = real_now, .clock = real_clock, .wait = real_wait, .attend = real_attend, .random = real_random,
        .user = claimed && *claimed ? arena_string(keep, claimed) : login(keep),
        .claimed = claimed && *claimed,
        .uid = arena_print(keep, "%lu@%s", (unsigned long)getuid(), host[0] ? host : "localhost"),
        .read_file = real_read_file, .write_file = real_write_file,
        .write_private = real_write_private, .exists = real_exists,
        .list_folder = real_list_folder, .make_folder = real_make_folder,
        .hold = real_hold, .let_go = real_let_go, .share_folder = real_share_folder,
        .open_store = real_open_store, .interrupted = real_interrupted, .ask = real_ask,
        .listen = real_listen,
        .is_terminal = real_is_terminal, .columns = real_columns, .rows = real_rows,
        .environment = real_environment,
    };
    return w;
}
