/* kills.h: writers that are killed at random moments, eight at once, and the
 * count of what they were promised. Used by tests/world/kills.c (a few) and
 * tests/torture/kills.c (thousands). */
#ifndef TESTS_WORLD_KILLS_H
#define TESTS_WORLD_KILLS_H

#include "world/ground.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { WRITERS = 8, MOST_NOTES = 400000 };

/* Shared with the writers, so it outlives them. A note is a number. */
struct promises {
    unsigned next;                        /* the next number */
    unsigned kept;                        /* how many were acknowledged so far */
    unsigned char state[MOST_NOTES];      /* 1 acknowledged; 2 its erasure has begun */
};

static inline unsigned kills_random(void)
{
    static unsigned x = 2463534242u;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

static inline void write_some(struct store *s, struct promises *p, unsigned count, bool sync_later)
{
    struct draft d[8];
    struct appended out;
    struct arena keep = *test_keep();
    struct err e = { 0 };
    unsigned first = __atomic_fetch_add(&p->next, count, __ATOMIC_SEQ_CST);
    if (first + count > MOST_NOTES)
        _exit(0);
    for (unsigned i = 0; i < count; i++)
        d[i] = (struct draft){ .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_NOTE,
                               .data = arena_print(&keep, "{\"text\":\"%u\",\"first\":%u,\"together\":%u}",
                                                   first + i, first, count) };
    if (!s->append(s, incident, NULL, NULL, d, count, !sync_later, &out, &keep, &e)
        || (sync_later && !s->sync(s, incident, &e))) {
        fprintf(stderr, "%s\n", e.text);
        _exit(1);
    }
    for (unsigned i = 0; i < count; i++)
        p->state[first + i] = 1;
    __atomic_fetch_add(&p->kept, count, __ATOMIC_SEQ_CST);
    if (first % 97)
        return;
    p->state[first] = 2;
    d[0].kind = EVENT_ERASED;
    d[0].data = arena_print(&keep, "{\"hash\":\"%s\",\"why\":\"x\"}", out.hash[0]);
    if (!s->append(s, incident, NULL, NULL, d, 1, SYNC_NOW, &out, &keep, &e)) {
        fprintf(stderr, "%s\n", e.text);
        _exit(1);
    }
}

static inline pid_t a_writer(struct ground *g, struct promises *p, unsigned seed)
{
    pid_t child = fork();
    if (child)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* none outlives the test */
    struct err e = { 0 };
    struct store *s = store_local_open(world_real("alice", test_keep()), &disk_real, g->dir, &e);
    if (!s)
        _exit(1);
    for (unsigned n = seed;; n++)
        write_some(s, p, 1 + n % 5 * (n % 3 == 0), n % 4 == 0);
}

/* Reads all the time: what is being written must never look like damage, and
 * what was there once must stay. */
static inline pid_t a_reader(struct ground *g)
{
    pid_t child = fork();
    if (child)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int64_t seen = 0;;) {
        struct arena before = *test_keep();
        struct err e = { 0 };
        struct journal j;
        struct store *s = store_local_open(g->world, &disk_real, g->dir, &e);
        if (!s || !s->read(s, incident, &j, test_keep(), &e) || j.stream[0].damage
            || j.stream[0].last_seq < seen) {
            fprintf(stderr, "a reader: %s\n", e.text[0] ? e.text : j.stream[0].damage ? j.stream[0].damage : "less than before");
            _exit(1);
        }
        seen = (int64_t)j.stream[0].last_seq;
        s->close(s);
        *test_keep() = before;
    }
}

/* Is every batch there whole or not at all? What was erased counts as there. */
static inline void count_batches(const struct journal *j, const struct promises *p, const unsigned char *seen)
{
    for (size_t i = 0; i < j->count; i++) {
        int64_t first = json_int_or(json_get(j->event[i].data, "first"), -1);
        int64_t together = json_int_or(json_get(j->event[i].data, "together"), 0);
        for (int64_t n = first; j->event[i].data.at && n < first + together; n++)
            if (!seen[n] && p->state[n] != 2)
                fail_msg("notes %d to %d were written as one, and %d is not there", (int)first,
                         (int)(first + together - 1), (int)n);
    }
}

/* Every promise kept, once; nothing altered. Answers how many there were. */
static inline unsigned count_promises(struct ground *g, const struct promises *p)
{
    struct arena before = *test_keep();
    unsigned char *promised = arena_many(test_keep(), unsigned char, MOST_NOTES);
    memcpy(promised, p->state, MOST_NOTES); /* before reading: the living go on */
    struct journal j = journal(g->store);
    unsigned char *seen = arena_many(test_keep(), unsigned char, MOST_NOTES);
    unsigned kept = 0;
    if (j.stream[0].damage)
        fail_msg("%s", j.stream[0].damage);
    for (size_t i = 0; i < j.count; i++) {
        const char *text = j.event[i].kind == EVENT_NOTE && j.event[i].data.at
                         ? json_get_text(j.event[i].data, "text", test_keep()) : NULL;
        if (text)
            assert_int_equal(seen[strtoul(text, NULL, 10)]++, 0);
    }
    count_batches(&j, p, seen);
    for (unsigned n = 0; n < MOST_NOTES; n++) {
        kept += promised[n] != 0;
        if (promised[n] == 1 && !seen[n] && p->state[n] == 1)
            fail_msg("note %u was acknowledged and is gone", n);
    }
    *test_keep() = before;
    return kept;
}

static inline unsigned kill_writers(unsigned kills)
{
    struct ground *g = ground();
    struct err e = { 0 };
    pid_t writer[WRITERS];
    struct promises *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    assert_good(create(g->store, &e), &e);
    for (unsigned w = 0; w < WRITERS; w++)
        writer[w] = a_writer(g, p, w);
    pid_t reader = a_reader(g);
    for (unsigned k = 0; k < kills; k++) {
        unsigned w = kills_random() % WRITERS;
        int status;
        usleep(kills_random() % 4000);
        /* A busy machine may let nobody get anywhere: then there is nothing to lose. */
        for (unsigned before = p->kept, ms = 0; k % 4 == 0 && p->kept == before && ms < 500; ms++)
            usleep(1000);
        kill(writer[w], SIGKILL);
        assert_int_equal(waitpid(writer[w], &status, 0), writer[w]);
        if (!WIFSIGNALED(status))
            fail_msg("a writer ended by itself with %d", WEXITSTATUS(status));
        if (k % 100 == 99)
            count_promises(g, p);
        writer[w] = a_writer(g, p, k);
    }
    for (unsigned w = 0; w < WRITERS; w++) {
        kill(writer[w], SIGKILL);
        waitpid(writer[w], NULL, 0);
    }
    int status;
    if (waitpid(reader, &status, WNOHANG))
        fail_msg("the reader saw damage");
    kill(reader, SIGKILL);
    waitpid(reader, NULL, 0);
    assert_good(note(g->store, "399999", &e), &e); /* the last one mends what the dead left */
    unsigned kept = count_promises(g, p);
    assert_true(kept >= kills / 4);
    munmap(p, sizeof *p);
    leave(g);
    return kept;
}

#endif
