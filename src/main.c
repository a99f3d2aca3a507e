/* main.c: hands the machine to the program. */
#include "verbs/verbs.h"

int main(int argc, char **argv)
{
    struct arena keep = arena_reserve((size_t)64 << 20);
    struct world *machine = world_real(NULL, &keep);
    return verbs_main(machine, argc, (const char *const *)argv, stdout, stderr);
}
