/* role.h: what a runbook may ask of the world, as contracts.
 *
 * Written once, in Lua, in src/play/roles/NAME.lua (built into the program),
 * and used by machine: words are made from it, `check` reads it, the engine
 * takes before, target, undo and danger from it, `sim` and `plan` run its
 * models, the contract suite runs against every plugin that claims it.
 *
 * REFERENCES  Texts in `target`, `undo`, `state`, `nothing` may name "$args.ip",
 *          "$result.ip", "$before.records": data, resolved by role_resolve().
 */
#ifndef PLAY_ROLE_H
#define PLAY_ROLE_H

#include "base/err.h"
#include "base/json.h"
#include "record/config.h"

enum arg_type { ARG_TEXT, ARG_IP, ARG_INTEGER, ARG_SERVICE, ARG_DURATION, ARG_TRUTH, ARG_LIST, ARG_ANY };
extern const char *const arg_type_names[]; /* "text" ...; then NULL */

struct role_arg {
    const char *name, *help;
    enum arg_type type;
    enum arg_type of;           /* what the items of a list are; ARG_ANY: anything */
    bool required;
    const char *otherwise;      /* default as JSON; NULL: none. Of a result: what holds where a
                                 * person who was asked said nothing of it */
};

struct role_action {
    const char *role, *name;    /* "pool", "remove" */
    const char *full;           /* "pool.remove" */
    const char *help;
    bool change;                /* else a read */
    bool dangerous;             /* the engine asks before it is performed */
    const char *nothing;        /* words for a read that found nothing; NULL */
    const struct role_arg *arg;
    size_t args;
    const struct role_arg *result;
    size_t results;
    const char *target;         /* "pool:$args.service/$args.ip"; NULL for reads */
    const char *state_action;   /* the read that tells the target's state: before and after; NULL */
    const char *state_args;     /* JSON with references */
    const char *undo_action;    /* NULL: cannot be undone (and `undo_why` says so) */
    const char *undo_args;      /* JSON with references */
    const char *undo_why;
    bool lasting;               /* it leaves the world changed; what was only said does not */
    int64_t quiet_ms;           /* as an undo it demands that $args.ip was quiet so long; 0 */
    bool adds;                  /* puts something in place: restored before what removes */
    bool shrinks_pool;          /* counts against the service's pool_min */
    const char *condition;      /* the truth result that decides a wait on this read; NULL: none */
    const char *says;           /* a change done, in words with references; NULL */
};

struct roles {
    const char *const *name;    /* all roles; then NULL */
    const struct role_action *action;
    size_t actions;
};

/* The contracts, parsed from the built-in texts. */
bool roles_load(struct roles *out, struct arena *keep, struct err *e);
/* NULL, and ERR_INPUT naming the nearest, when there is none. */
const struct role_action *roles_find(const struct roles *r, const char *full, struct err *e);

/* Checks args (a JSON object) against the contract: unknown, missing, wrong
 * type; fills in defaults; answers canonical JSON. What a command line gives as
 * text ("2", "yes", "2m", "a,b") takes the contract's type. Durations stay
 * readable ("2m"); plugins and models are handed milliseconds. */
bool role_arguments(const char **canonical, const struct role_action *a, struct json args,
                    struct arena *keep, struct err *e);

/* One argument or result as text or JSON, held against its type and appended
 * as JSON; false: it is none. role_type_words: "an IP address". */
bool role_put_value(struct text *to, const struct role_arg *arg, struct json value, struct arena *keep);
/* {"name": value, ...} of rows whose value is there: canonical. */
const char *role_object(const struct role_arg *row, const struct json *value, size_t count, struct arena *keep);
const char *role_type_words(const struct role_arg *arg, struct arena *keep);

/* What a plugin answers as the result of an action (a JSON object): unknown,
 * missing, wrong type; nothing is converted. *canonical: canonical JSON.
 * `partly`: only what the undo must know may not be missing. ERR_INPUT. */
bool role_results(const char **canonical, const struct role_action *a, struct json result, bool partly,
                  struct arena *keep, struct err *e);
/* Must the undo of this change know that result? */
bool role_undo_needs(const struct role_action *a, const struct role_arg *result, struct arena *keep);

/* What a person says, as the result of that action: of a read the first result,
 * "yes", "192.0.2.1 192.0.2.2", "none"; more as name=value. Of a change what its
 * undo must know of it, "ip=192.0.2.1", and then words (*rest). Nobody said it:
 * then it is not in *result (JSON), which is NULL for "none" where a read has
 * words for finding nothing. ERR_INPUT: found, expected. */
bool role_said(const char **result, const char **rest, const struct role_action *a, const char *text,
               struct arena *keep, struct err *e);
/* What follows from the results in `have`, and is not among them: how many a list has, that one IP is among all. */
void role_put_what_follows(struct json_out *o, const struct role_action *a, struct json have, struct arena *keep);
/* What may be said, in words: "an IP address, or none"; "ip=IP"; "" when there is
 * nothing to say of a change. */
const char *role_wants(const struct role_action *a, struct arena *keep);

/* "$args.ip", "$result.x", "$before.y" anywhere in a JSON template (or a plain
 * text: a target), replaced
 * (inside a longer text: as text). A reference to nothing is an error;
 * but when `before` as a whole is unknown, members that name it are left out. */
bool role_resolve(const char **out, const char *template, struct json args, struct json before,
                  struct json result, struct arena *keep, struct err *e);

/* A text with references, as people read it; what is missing shows as it stands. */
const char *role_words(const char *text, struct json args, struct json before, struct json result,
                       struct arena *keep);

/* "pool:shop" or "pool:shop/192.0.2.1" as somebody names it, in the form that changes have: a role that
 * changes something, a service that there is, an IP; it may end early. ERR_USAGE: found, expected. */
bool role_target(const char **out, const char *said, const struct roles *r, const struct config *c,
                 struct arena *keep, struct err *e);

/* The Lua texts as built in: for help, for sim's models. NULL when unknown. */
const char *role_text(const char *role, size_t *length);
/* All roles that have a text; then NULL. */
extern const char *const role_names[];

#endif
