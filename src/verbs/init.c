/* init.c: a workspace, with a configuration that explains itself. */
#include "verbs/verbs.h"

#include "world/git.h"

#include <string.h>

static const char configuration[] =
    "# What tocsin knows of your world. 'tocsin check' says what is wrong with it.\n"
    "world: real                      # real, or simulated: a drill ground\n"
    "zone: UTC                        # how times are read and shown, as Europe/Paris\n"
    "\n"
    "services:\n"
    "  my-service:                    # rename it: 'tocsin down my-service' starts the clock\n"
    "    policy: standard\n"
    "    # ips: [192.0.2.10, 192.0.2.11]\n"
    "    # pool_min: 1                # never fewer public IPs than that in the pool\n"
    "    # probe: \"https://my-service.example/health\"\n"
    "\n"
    "policies:\n"
    "  standard:\n"
    "    target: 99.9%\n"
    "    period: month\n"
    "    credit: 5%                   # per hour beyond\n"
    "    counting: started            # pro-rata, started or completed hours\n"
    "    uncertain: ask               # customer, provider, or ask\n"
    "\n"
    "# A role that is not bound is manual: tocsin asks you to do it, and records the answer.\n"
    "# roles:\n"
    "#   chat: { plugin: webhook, url: \"${env:CHAT_URL}\" }\n"
    "\n"
    "publish:\n"
    "  repository: postmortems\n"
    "  branch: main\n"
    "  number: \"SPM-{year}-{number:03}\"\n"
    "  template: spm\n";

static const char ignore[] = ".tocsin/\n";

static bool put(struct desk *d, const char *dir, const char *name, const char *bytes, struct err *e)
{
    const char *path = arena_print(d->keep, "%s/%s", dir, name);
    if (d->world->exists(d->world, path, NULL))
        return true;
    return d->world->write_file(d->world, path, bytes, strlen(bytes), e);
}

/* The state, the drafts and the repository of reports become a team's. */
static bool share(struct desk *d, const char *dir, const char *group, struct err *e)
{
    static const char *const theirs[] = { ".tocsin", ".tocsin/incidents", "drafts", NULL };
    for (size_t i = 0; group && theirs[i]; i++)
        if (!d->world->share_folder(d->world, arena_print(d->keep, "%s/%s", dir, theirs[i]), group, e))
            return false;
    return true;
}

static bool make_repository(struct desk *d, const char *repository, struct err *e)
{
    const char *group = desk_option(d, "group");
    if (group && (!d->world->make_folder(d->world, repository, e)
                  || !d->world->share_folder(d->world, repository, group, e)))
        return false;
    return repo_init(repository, d->ws.config.publish.branch, e)
           && (!group || d->world->share_folder(d->world, repository, group, e)); /* git lets others read */
}

bool verb_init(struct desk *d, struct err *e)
{
    static const char *const folders[] = { "runbooks", "templates", "plugins", "scenarios", "drafts",
                                           ".tocsin/incidents", NULL };
    if (!desk_at_most(d, 1, e))
        return false;
    const char *dir = d->words ? d->word[0] : d->dir ? d->dir : ".";
    if (d->world->exists(d->world, arena_print(d->keep, "%s/tocsin.yaml", dir), NULL) &&
        d->world->exists(d->world, arena_print(d->keep, "%s/.tocsin", dir), NULL))
        return err_failed(e, "'%s' is a workspace already", dir);
    if (desk_option(d, "group") && !d->world->share_folder(d->world, NULL, desk_option(d, "group"), e))
        return false;
    for (size_t i = 0; folders[i]; i++)
        if (!d->world->make_folder(d->world, arena_print(d->keep, "%s/%s", dir, folders[i]), e))
            return false;
    if (!share(d, dir, desk_option(d, "group"), e))
        return false;
    if (!put(d, dir, "tocsin.yaml", configuration, e) || !put(d, dir, ".gitignore", ignore, e) ||
        !workspace_open(&d->ws, d->world, dir, d->keep, e))
        return false;
    const char *repository = d->ws.config.publish.repository;
    if (repository[0] != '/')
        repository = workspace_path(&d->ws, d->keep, repository);
    if (!d->world->exists(d->world, repository, NULL) && !make_repository(d, repository, e))
        return err_while(e, "making the repository of reports");
    if (!d->json)
        fprintf(d->out, "a workspace in '%s'\n", dir);
    desk_say(d, "  edit %s/tocsin.yaml: your services, their contract\n"
                "  tocsin down SERVICE   when something is wrong", dir);
    return true;
}
