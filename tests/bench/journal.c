/* journal.c: what the record costs, each figure beside its budget (ratios to what
 * the same machine does bare, measured in the same run). */
#include "world/ground.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Bare appends of a line's length, each synced: the floor. */
static double bare_syncs(const char *dir, int count)
{
    char line[400];
    memset(line, 'x', sizeof line);
    int fd = open(arena_print(test_keep(), "%s/bare", dir), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    double start = seconds();
    for (int i = 0; i < count; i++) {
        assert_int_equal(pwrite(fd, line, sizeof line, (off_t)i * (off_t)sizeof line), sizeof line);
        assert_int_equal(fdatasync(fd), 0);
    }
    double took = seconds() - start;
    close(fd);
    return took / count;
}

static double appends(struct ground *g, int count)
{
    struct err e = { 0 };
    struct store *s = open_on(g, &disk_real);
    assert_good(note(s, "the first one reads what is there", &e), &e);
    double start = seconds();
    for (int i = 0; i < count; i++) {
        struct arena before = *test_keep();
        assert_good(note(s, "a line of the usual length, as people and runbooks write them", &e), &e);
        *test_keep() = before;
    }
    double took = seconds() - start;
    s->close(s);
    return took / count;
}

static double together(struct ground *g, int processes, int count)
{
    double start = seconds();
    for (int p = 0; p < processes; p++)
        if (!fork()) {
            appends(g, count);
            _exit(0);
        }
    for (int p = 0, status; p < processes; p++) {
        wait(&status);
        assert_int_equal(status, 0);
    }
    return processes * count / (seconds() - start);
}

static void verdict(const char *what, double found, double budget, bool at_most, const char *unit, bool counts)
{
    bool good = at_most ? found <= budget : found >= budget;
    printf("%-58s %8.2f %s   budget %s %.2f   %s\n", what, found, unit, at_most ? "<=" : ">=", budget,
           good ? "ok" : counts ? "MISSED" : "missed (the disk syncs too fast to compare)");
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void appending(void **_)
{
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    enum { ROUNDS = 21 };
    double bare = 0, ours = 0, ratio[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) { /* in turns: the disk has its moods */
        double b = bare_syncs(g->dir, 100), o = appends(g, 100);
        bare += b / ROUNDS;
        ours += o / ROUNDS;
        ratio[round] = o / b;
    }
    qsort(ratio, ROUNDS, sizeof *ratio, by_size);
    bool counts = bare >= 0.0001;
    printf("a bare append+fdatasync: %.3f ms; ours: %.3f ms; to one another from %.2f to %.2f\n", bare * 1e3,
           ours * 1e3, ratio[0], ratio[ROUNDS - 1]);
    verdict("one append, to a bare append+fdatasync, median", ratio[ROUNDS / 2], 1.1, true, "x", counts);
    double one = together(g, 1, 400), eight = together(g, 8, 400);
    printf("events a second: one process %.0f, eight %.0f\n", one, eight);
    verdict("eight processes appending, to one", eight / one, 2, false, "x", counts);
    leave(g);
}

static void make_events(struct ground *g, int64_t count)
{
    struct err e = { 0 };
    struct journal j = journal(g->store);
    char hash[SHA256_HEX + 1];
    int64_t seq = j.event[0].seq;
    memcpy(hash, j.event[0].hash, sizeof hash);
    FILE *f = fopen(inside(g, "journal.jsonl"), "a");
    assert_non_null(f);
    while (seq < count) {
        struct arena scratch = *test_keep();
        struct text t = text_new(&scratch);
        struct draft d = { .at = INSTANT_NONE, .by = seq % 3 ? "alice" : "bob", .uid = "1000@bastion", .kind = EVENT_NOTE,
                           .data = "{\"text\":\"148.253.75.120 is out of the pool of osc-fr1\",\"source\":\"run\"}" };
        seq++;
        event_write(&t, &d, seq, g->clock.now + seq, "000102030405060708090a0b0c0d0e0f", hash, hash);
        assert_int_equal(fwrite(t.at, 1, t.length, f), t.length);
    }
    assert_int_equal(fclose(f), 0);
    assert_good(note(g->store, "the last one", &e), &e); /* moves the head over all */
}

static void reading(void **_)
{
    int64_t count = getenv("EVENTS") ? strtoll(getenv("EVENTS"), NULL, 10) : 1000000;
    struct ground *g = ground();
    struct err e = { 0 };
    assert_good(create(g->store, &e), &e);
    make_events(g, count - 1);
    double *took = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct rusage used;
    int status;
    if (!fork()) {
        double start = seconds();
        struct journal j = journal(open_on(g, &disk_real));
        *took = seconds() - start;
        _exit(j.count != (size_t)count || j.stream[0].damage);
    }
    assert_true(wait4(-1, &status, 0, &used) > 0);
    assert_int_equal(status, 0);
    double scale = (double)count / 1e6;
    verdict("reading and verifying 1,000,000 events", *took / scale, 1.5, true, "s", true);
    verdict("... in memory", (double)used.ru_maxrss / 1024 / scale, 400, true, "MB", true);
    leave(g);
}

int main(void)
{
    const struct CMUnitTest journal_bench[] = { promise(appending), promise(reading) };
    return cmocka_run_group_tests(journal_bench, NULL, NULL);
}
