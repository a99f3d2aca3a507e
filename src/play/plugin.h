/* plugin.h: what a role is bound to, and how an action gets done.
 *
 * A plugin is plugins/NAME/plugin.lua: the roles it plays, its settings, the
 * capabilities it needs, and for each action `perform` and `probe`. It runs
 * as a coroutine of the engine's loop: it may wait, ask a person, run a
 * program; the loop goes on meanwhile.
 *
 * OUTCOME  ok, unchanged (it was so already), failed (certainly no effect),
 *          unknown (perhaps done: look before trying again).
 */
#ifndef PLAY_PLUGIN_H
#define PLAY_PLUGIN_H

#include "play/role.h"
#include "play/sandbox.h"
#include "world/workspace.h"

enum outcome { OUTCOME_OK, OUTCOME_UNCHANGED, OUTCOME_FAILED, OUTCOME_UNKNOWN };
extern const char *const outcome_names[]; /* "ok" ...; then NULL */

/* A probe's answer about a change that may have happened. */
enum seen { SEEN_DONE, SEEN_PENDING, SEEN_ABSENT, SEEN_UNKNOWN };

struct plugins; /* those that the workspace binds, loaded when first used */

bool plugins_open(struct plugins **out, const struct workspace *ws, const struct roles *roles,
                  struct arena *keep, struct err *e);
/* For a dry run: every role is played by the contracts' models, on a world in
 * memory (the simulator's own, else one made of the configuration). Nothing
 * that happens in it leaves the process. */
bool plugins_open_model(struct plugins **out, const struct workspace *ws,
                        const struct roles *roles, struct arena *keep, struct err *e);
/* Whatever is read through it leaves no trace: what plugins keep is not written. */
void plugins_only_look(struct plugins *p);
/* "sense.flood.ip=192.0.2.1": that read answers so, in a dry run. */
bool plugins_assume(struct plugins *p, const char *assumption, struct err *e);
/* Programs inherit that descriptor: the lock of their run. */
void plugins_hand_on(struct plugins *p, int descriptor);
void plugins_close(struct plugins *p);

/* The plugin that plays this role: `manual` where none is bound. */
const char *plugins_for(const struct plugins *p, const char *role);
/* {"plugin":...,"settings":...,"sha256":...}: what a run is pinned to. */
const char *plugins_binding(struct plugins *p, const char *role, struct err *e);
/* The text of the plugin that plays this role. */
const char *plugins_text(struct plugins *p, const char *role, size_t *length, struct err *e);
/* Before it is first used: that plugin has this text, whatever its file holds by now. False: it had it already. */
bool plugins_pin(struct plugins *p, const char *name, const char *text, size_t length);
/* What a plugin says of itself, and the capabilities it declared, in words. */
bool plugins_about(struct plugins *p, const char *plugin, const char **summary, const char **needs,
                   struct arena *keep, struct err *e);
/* Is the plugin of this role there, is what it declares right, does it play the
 * role, do the settings fit? ERR_INPUT in words when not. */
bool plugins_ready(struct plugins *p, const char *role, struct err *e);
/* That, and does it have this action? */
bool plugins_can(struct plugins *p, const struct role_action *a, struct err *e);
/* Is every secret there that the settings of this role name? For `doctor`:
 * nothing else asks before it is used. */
bool plugins_secrets(struct plugins *p, const char *role, struct err *e);
/* The name of the first secret of the configuration that stands in a text, and in which line; NULL: none. */
const char *plugins_secret_in(struct plugins *p, const char *bytes, size_t length, int *line);
/* What a person answers is a result like others: without the secrets of the configuration. */
const char *plugins_clean(struct plugins *p, const char *text);
/* Can this read be asked at any time? Not of `manual`, where it would be a
 * question to a person, nor where the plugin lacks it: `before` and `after`
 * stay unknown there. */
bool plugins_observes(struct plugins *p, const struct role_action *a);
/* How long after a change its effect may take to show; deadline of perform. */
int64_t plugins_appears_within(struct plugins *p, const struct role_action *a);
int64_t plugins_deadline(struct plugins *p, const struct role_action *a);

/* One action under way. */
struct task;
struct output; /* play/output.h */
enum task_state { TASK_DONE, TASK_WAITS, TASK_ASKS };
struct task_view {
    enum task_state state;
    int64_t wake_at;          /* of TASK_WAITS */
    const char *question;     /* of TASK_ASKS: put to a person; answer with task_answer() */
    bool wants_result;        /* of TASK_ASKS: what they say is to be the action's result (role_said) */
    enum outcome outcome;     /* of TASK_DONE */
    enum seen seen;           /* of TASK_DONE, for a probe */
    bool nothing;             /* of OUTCOME_FAILED: a read that found nothing */
    bool later;               /* of OUTCOME_FAILED: it was refused for now ... */
    int64_t later_ms;         /* ... and for so long at least */
    const char *result;       /* JSON object; "{}" */
    const char *text;         /* what happened, or why not, in words */
    const char *instead;      /* of OUTCOME_OK: what a person did in its place; NULL */
};

/* Asks the plugin a question that is no action ("unseen" of the simulator):
 * its function `name` with `args`, answered at once as JSON. */
bool plugins_look(const char **json, struct plugins *p, const char *plugin, const char *name,
                  const char *args, struct arena *keep, struct err *e);

/* key: the provider's key of this attempt, run id + key + attempt. Strings of
 * views live in `keep`. */
bool task_perform(struct task **out, struct plugins *p, const struct role_action *a,
                  struct json args, const char *key, struct arena *keep, struct err *e);
bool task_probe(struct task **out, struct plugins *p, const struct role_action *a,
                struct json args, struct json before, const char *key, struct arena *keep,
                struct err *e);
/* What its programs write goes there, as it comes. */
void task_listen(struct task *t, struct output *to);
/* When it begins: not at once, where its rate makes it wait (a read; a change has
 * waited for its turn before, see pace.h). */
int64_t task_begins(const struct task *t);
/* Goes on as far as it can at the world's now. */
bool task_turn(struct task *t, struct task_view *view, struct err *e);
/* The person's answer to TASK_ASKS: "done" | "could-not" | "instead" | "text". */
void task_answer(struct task *t, const char *answer, const char *text);
void task_close(struct task *t);

#endif
