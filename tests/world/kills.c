#include "world/kills.h"

static void every_acknowledged_event_survives_the_death_of_its_writer_once(void **_)
{
    kill_writers(100);
}

int main(void)
{
    const struct CMUnitTest kills[] = {
        promise(every_acknowledged_event_survives_the_death_of_its_writer_once),
    };
    return cmocka_run_group_tests(kills, NULL, NULL);
}
