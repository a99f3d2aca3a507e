/* config.h: tocsin.yaml as data.
 *
 * SHAPE    Rates and shares are parts per billion; spans milliseconds.
 * ERRORS   ERR_INPUT, "FILE:LINE:COLUMN: KEY: found ..., expected ...";
 *          an unknown key is refused with the nearest known one.
 * SECRETS  Settings keep the words "${env:X}": nothing here resolves one.
 */
#ifndef RECORD_CONFIG_H
#define RECORD_CONFIG_H

#include "base/yaml.h"
#include "record/calendar.h"
#include "record/policy.h"

enum group_rule { GROUP_NONE, GROUP_ANY, GROUP_ALL, GROUP_SHARE };

struct service {
    const char *name;
    const char *const *ips; /* its public IPs; then NULL */
    int64_t pool_min;       /* never fewer in the pool */
    const char *probe;      /* URL or words; "" */
    const struct policy_set *policy; /* NULL: no SLA */
    const char *const *members; /* of a group of services; then NULL; none: it is no group */
    enum group_rule group;      /* down when any is, when all are, or by share */
};

struct binding {
    const char *role, *plugin;
    const char *settings;   /* JSON object, secrets by name */
    int line;
};

struct person {
    const char *name, *role; /* role: how a public report names them */
};

struct config {
    const char *file;        /* for messages */
    bool simulated;          /* world: simulated */
    const char *zone;
    const struct service *service;
    size_t services;
    const struct policy_set *policy; /* all, for --policy */
    size_t policies;
    struct calendar calendar;        /* maintenance and exclusions */
    const struct binding *role;
    size_t roles;
    const struct person *person;
    size_t persons;
    const char *const *approvals;    /* "ROLE.ACTION", a role, or "dangerous": a second person must agree; then NULL */
    const char *const *redact;       /* texts struck out of public documents; then NULL */
    struct { const char *repository, *branch, *folder, *number, *template, *locale; } publish;
    struct { int64_t instructions, memory_bytes, record_bytes, computing_ms, update_every_ms, answer_within_ms; } limits;
};

bool config_parse(struct config *out, const char *file, const char *bytes, size_t length,
                  struct arena *keep, struct err *e);
/* The same from a tree: a configuration that stands inside of another file. */
bool config_read(struct config *out, struct yaml *top, struct arena *keep, struct err *e);

/* NULL, and ERR_INPUT with the known names, when there is no such service. */
const struct service *config_service(const struct config *c, const char *name, struct err *e);
/* The roles that may be bound; the contracts are in play/roles. Then NULL. */
extern const char *const config_roles[];
/* Their changes, "ROLE.ACTION": what may need an approval. Then NULL. */
extern const char *const config_changes[];

/* NULL when the role is not bound (it is `manual` then). */
const struct binding *config_binding(const struct config *c, const char *role);

#endif
