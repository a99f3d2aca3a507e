/* engine.c: what a runbook costs, each figure beside its budget: ratios to
 * what the same machine does bare, measured in the same run. */
#include "../play/theatre.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const char *const plugin =
    "return { summary = \"answers at once\", plays = { \"pool\" }, actions = {\n"
    "  [\"pool.holds\"] = { perform = function(t) return ok { holds = true } end },\n"
    "  [\"pool.list\"] = { perform = function(t) return ok { ips = { \"192.0.2.1\", \"192.0.2.2\" }, count = 2 } end },\n"
    "  [\"pool.remove\"] = { perform = function(t) return ok { count = 1 } end },\n"
    "  [\"pool.add\"] = { perform = function(t) return ok { count = 2 } end } } }\n";
static const char *const region =
    "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 0 }\nroles: { pool: { plugin: fast } }\n"
    "limits: { instructions: 4000000000, memory: 1073741824, record: 1073741824 }\n";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct theatre *stage_real(const char *steps)
{
    struct theatre *t = arena_one(test_keep(), struct theatre);
    theatre_now = t;
    t->stage = stage_open_in(world_real("alice", test_keep()), region);
    t->said = text_new(test_keep());
    stage_write(t->stage, "plugins/fast/plugin.lua", plugin);
    t->real = t->stage->ws.store;
    t->incident = "INC-2025-001";
    struct draft opened = { .at = INSTANT_NONE, .by = "alice", .uid = "1@bench", .kind = EVENT_OPENED,
        .data = "{\"id\":\"00112233445566778899aabbccddeeff\",\"name\":\"INC-2025-001\",\"zone\":\"UTC\","
                "\"world\":\"real\",\"drill\":false}" };
    assert_good(t->real->create(t->real, t->incident, &opened, 1, test_keep(), &t->e), &t->e);
    theatre_runbook(t, "book", steps);
    return t;
}

static double took(struct theatre *t)
{
    static const char *const none[] = { NULL };
    struct run_request q = { .ws = &t->stage->ws, .incident = t->incident, .runbook = "book", .argument = none };
    double start = seconds();
    bool good = run_start(&t->outcome, &q, test_keep(), &t->e);
    double all = seconds() - start;
    if (!good && !strstr(t->e.text, "the end"))
        fail_msg("%s", t->e.text);
    return all;
}

static double took_resuming(struct theatre *t)
{
    struct run_request q = { .ws = &t->stage->ws, .incident = t->incident };
    double start = seconds();
    run_resume(&t->outcome, &q, NULL, NULL, test_keep(), &t->e);
    return seconds() - start;
}

static double bare(struct theatre *t, int count)
{
    char line[700];
    memset(line, 'x', sizeof line);
    int fd = open(arena_print(test_keep(), "%s/bare", t->stage->ws.dir), O_RDWR | O_CREAT | O_TRUNC, 0600);
    double start = seconds();
    for (int i = 0; i < count; i++) {
        assert_int_equal(write(fd, line, sizeof line), sizeof line);
        assert_int_equal(fdatasync(fd), 0);
    }
    close(fd);
    return (seconds() - start) / count;
}

static const char *changes(int branches, int each)
{
    return arena_print(test_keep(),
        "local list = {}\nfor i = 1, %d do list[i] = i end\n"
        "each { list, function(b) for n = 1, %d do pool.add { service = \"osc-fr1\", "
        "ip = \"10.\" .. b %% 200 .. \".\" .. n // 200 .. \".\" .. n %% 200 } end end, at_once = %d }",
        branches, each, branches);
}

static void row(const char *what, double value, const char *unit, const char *budget, bool kept)
{
    printf("%-44s %9.2f %-10s budget %-18s %s\n", what, value, unit, budget, kept ? "kept" : "BROKEN");
}

static long peak_mb(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_maxrss / 1024;
}

enum { ROUNDS = 25, REPEATS = 7 };

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *of, size_t count)
{
    qsort(of, count, sizeof *of, by_size);
    return of[count / 2];
}

/* What one change more costs each branch, shared by them all. */
static double one_change(int branches, int each)
{
    double once = took(stage_real(changes(branches, 1)));
    return (took(stage_real(changes(branches, each + 1))) - once) / (branches * each);
}

/* A disk is now faster and now slower, for seconds: so each short round measures it bare and
 * the engine on it one after the other, and the median of the ratios counts. */
static void what_a_runbook_costs(void **_)
{
    double sync[ROUNDS], change[ROUNDS], eight[ROUNDS], hundred[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        struct theatre *t = stage_real("wait \"1ms\"");
        double before = bare(t, 200), one = one_change(1, 100);
        sync[i] = (before + bare(t, 200)) / 2;
        change[i] = one / (2 * sync[i]);
        eight[i] = one / one_change(8, 50);
        hundred[i] = one / one_change(100, 10);
    }
    double bare_ms = median(sync, ROUNDS) * 1e3;
    bool counts = bare_ms >= 0.1;
    printf("one bare append and sync: %.3f ms; a ratio to it counts where it is at least 0.1 ms\n", bare_ms);
    row("a sequential change", median(change, ROUNDS), "x two bare", "1.1", median(change, ROUNDS) <= 1.1 || !counts);
    printf("    of %d rounds: half between %.2f and %.2f\n", ROUNDS, change[ROUNDS / 4], change[ROUNDS * 3 / 4]);
    row("8 branches", median(eight, ROUNDS), "x as fast", "at least 5", median(eight, ROUNDS) >= 5 || !counts);
    row("100 branches", median(hundred, ROUNDS), "x as fast", "at least 10", median(hundred, ROUNDS) >= 10 || !counts);
    struct theatre *long_one = stage_real("for i = 1, 100000 do pool.list { service = \"osc-fr1\" } end\nfail \"the end\"");
    took(long_one);
    double again[REPEATS];
    for (int i = 0; i < REPEATS; i++)
        again[i] = took_resuming(long_one);
    double replay = median(again, REPEATS);
    row("replay of 100,000 recorded actions", replay, "s", "2", replay < 2);
}

static void five_thousand_branches(void **_)
{
    long before = peak_mb();
    double all[REPEATS];
    long more = 0;
    for (int i = 0; i < REPEATS; i++) {
        all[i] = took(stage_real("local list = {}\nfor i = 1, 5000 do list[i] = i end\n"
                                 "each { list, function(i) wait \"100ms\" end, at_once = 5000 }"));
        more = more ? more : peak_mb() - before; /* what the first one took */
    }
    row("5,000 branches sleeping 100 ms", median(all, REPEATS) * 1e3, "ms", "200", median(all, REPEATS) < 0.2);
    row("their memory", (double)more, "MB more", "40", more < 40);
}

int main(void)
{
    const struct CMUnitTest engine[] = { promise(five_thousand_branches), promise(what_a_runbook_costs) };
    setvbuf(stdout, NULL, _IOLBF, 0);
    return cmocka_run_group_tests(engine, NULL, NULL);
}
