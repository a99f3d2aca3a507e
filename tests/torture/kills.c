#include "world/kills.h"

static void every_acknowledged_event_survives_two_thousand_deaths_once(void **_)
{
    unsigned kept = kill_writers(2000);
    printf("2000 writers killed, 8 at once: %u acknowledged events, each there once\n", kept);
}

int main(void)
{
    const struct CMUnitTest kills[] = {
        promise(every_acknowledged_event_survives_two_thousand_deaths_once),
    };
    return cmocka_run_group_tests(kills, NULL, NULL);
}
