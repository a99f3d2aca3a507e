/* main.c: hands the machine to the program. */
#include "verbs/verbs.h"

#include <fcntl.h>

/* Started with a standard stream closed, the next file that is opened would get its
 * number, and what is meant for people would be written into the record. What takes
 * its place refuses, as the closed one does. */
static void occupy_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    occupy_standard_streams();
    struct arena keep = arena_reserve((size_t)64 << 20);
    struct world *machine = world_real(NULL, &keep);
    return verbs_main(machine, argc, (const char *const *)argv, stdout, stderr);
}
