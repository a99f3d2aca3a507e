/* tests/world/clock.c: the machine's clock is put right while we run. */
#define _GNU_SOURCE
#include "world/ground.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static time_t put; /* so many seconds off the machine's own */

/* In the place of the library's, for whoever asks in this program. */
int clock_gettime(clockid_t which, struct timespec *out)
{
    long failed = syscall(SYS_clock_gettime, which, out);
    out->tv_sec += which == CLOCK_REALTIME ? put : 0;
    return (int)failed;
}

/* What waits goes by what has passed; what is written down, by the clock as it stands. */
static void a_clock_that_is_put_right_makes_nobody_wait_longer_or_shorter(void **_)
{
    static const time_t by[] = { -3600, 3600 };
    struct world *w = world_real("alice", test_keep());
    for (size_t i = 0; i < 2; i++) {
        put = 0;
        int64_t now = w->now(w), stands = w->clock(w);
        put = by[i];
        assert_in_range(w->now(w) - now, 0, 60 * SECOND_MS);
        assert_in_range(w->clock(w) - stands - by[i] * SECOND_MS, 0, 60 * SECOND_MS);
        now = w->now(w);
        w->wait(w, now + 5);
        assert_true(w->now(w) - now >= 5);
    }
}

static void what_is_written_down_has_the_time_of_the_clock_as_it_stands(void **_)
{
    const char *dir = fresh_folder();
    struct world *w = world_real("alice", test_keep());
    struct err e = { 0 };
    struct appended out;
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "1@h", .kind = EVENT_OPENED,
                       .data = "{\"id\":\"00112233445566778899aabbccddeeff\",\"name\":\"INC-2025-001\",\"zone\":\"UTC\"}" };
    put = 0;
    int64_t now = w->now(w);
    struct store *s = store_local_open(w, &disk_real, dir, &e);
    assert_good(s->create(s, "INC-2025-001", &d, 1, test_keep(), &e), &e);
    put = 3600; /* it was an hour late */
    d = (struct draft){ .at = INSTANT_NONE, .by = "alice", .uid = "1@h", .kind = EVENT_NOTE, .data = "{\"text\":\"x\"}" };
    assert_good(s->append(s, "INC-2025-001", NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    assert_in_range(out.recorded - now, HOUR_MS, HOUR_MS + MINUTE_MS);
    put = 0; /* and back: the record never goes back */
    assert_good(s->append(s, "INC-2025-001", NULL, NULL, &d, 1, SYNC_NOW, &out, test_keep(), &e), &e);
    assert_in_range(out.recorded - now, HOUR_MS, HOUR_MS + MINUTE_MS);
    s->close(s);
    remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest clock[] = {
        promise(a_clock_that_is_put_right_makes_nobody_wait_longer_or_shorter),
        promise(what_is_written_down_has_the_time_of_the_clock_as_it_stands),
    };
    return cmocka_run_group_tests(clock, NULL, NULL);
}
