/* plugin_inside.h: what plugin.c, plugin_host.c and task.c know of each other. */
#ifndef PLAY_PLUGIN_INSIDE_H
#define PLAY_PLUGIN_INSIDE_H

#include "play/output.h"
#include "play/pace.h"
#include "play/secrets.h"

struct plugins;

/* What a plugin is about while a task of its has the turn. */
struct errand {
    const char *settings;    /* of the role, as JSON: the secrets that it may have */
    struct output *output;   /* where programs write to; NULL: nobody listens */
};

/* What a plugin has for one action, as it declared it. */
struct handler {
    const struct role_action *action;
    int perform, probe;      /* in the registry; LUA_NOREF: it has none */
    bool blind;
    int64_t deadline_ms, appears_ms;
    struct pace pace;
    struct handler *next;
};

/* A plugin's Lua, in a sandbox of its own. Its table is the registry's
 * "tocsin.plugin". */
struct loaded {
    const char *name, *chunk, *sha256;
    const char *bytes;       /* its text: a state that a limit ended is made again from it */
    size_t length;
    struct err wrong;        /* it cannot be loaded: why, for all who ask */
    struct sandbox *sandbox; /* NULL then */
    int held;                /* its state, since it read it in this turn; -1: nobody reads it */
    bool keeps_state, runs_programs, speaks_http; /* the capabilities that it declared */
    const char *const *program; /* those that it may run; NULL: any */
    struct job *job;         /* programs and requests under way, the newest first */
    long long jobs;          /* so many there were */
    const struct errand *errand; /* of the task that has the turn; NULL: none has */
    struct handler *handlers; /* those that were looked up so far */
    struct plugins *home;
    struct loaded *next;
};

struct pin {
    const char *name, *text;
    size_t length;
    const struct pin *next;
};

struct assumption {
    const struct role_action *action;
    const char *field, *value; /* value: JSON */
    struct assumption *next;
};

/* What a role is bound to, looked at once. */
struct bound {
    const char *role, *settings; /* settings: JSON */
    const char *json;        /* as a run is pinned to it; NULL: the plugin cannot be loaded */
    struct err wrong;        /* why it is not ready */
    struct bound *next;
};

struct plugins {
    const struct workspace *ws;
    const struct roles *roles;
    struct arena *keep;
    struct loaded *first;
    bool model;              /* a dry run */
    bool looks;              /* only looked at: a plugin's state stays as it is on disk */
    const char *memory;      /* of a dry run: the state, instead of a file */
    struct assumption *assumed;
    const struct pin *pin;   /* texts that count instead of the files */
    struct secrets *secrets;
    struct turns *turns;     /* of actions with a rate (pace.c) */
    struct bound *bound;     /* the bindings that were asked for */
    int inherit;             /* the descriptor that programs get; -1: none */
};

/* Loads it when it is first used. */
struct loaded *plugins_load(struct plugins *p, const char *name, struct err *e);
/* What the plugin bound to its role has for an action; *plugin is that one. NULL: it cannot be loaded. */
const struct handler *plugins_handler(struct plugins *p, const struct role_action *a, struct loaded **plugin, struct err *e);
/* Those of a role, as JSON, for the plugin that plays it. */
const char *plugins_settings(struct plugins *p, const char *role);
/* What the handler on top says of rate and retry. */
struct pace plugin_pace(lua_State *L);

/* Is what it declares right, and all of it known? ERR_INPUT with file and line. Takes in what it needs. */
bool plugin_declared(struct loaded *l, struct err *e);
/* Does the list under `key` of the plugin's table hold `word`, or say "all"? */
bool plugin_lists(struct loaded *l, const char *key, const char *word);
/* Are the settings that the configuration gives a role those that its plugin declares? */
bool plugin_settings_fit(struct plugins *p, struct loaded *l, const char *role, struct err *e);

/* Makes the host's functions globals of this plugin. */
void plugin_host_open(struct loaded *l);
/* The turn is over: others may have the state. */
void plugin_state_let_go(struct loaded *l);
void plugin_jobs_open(struct loaded *l);
/* Ends what is still under way (of this errand; NULL: of all). */
void plugin_jobs_close(struct loaded *l, const struct errand *of);
/* A returned table that says its outcome: {["tocsin.outcome"]=..., result=, text=}. */
#define PLUGIN_OUTCOME "tocsin.outcome"

/* What perform (or probe) was asked, when it answers. */
struct plugin_question {
    const char *plugin;
    const struct role_action *action;
    struct json args, before;
    bool probe;
    bool person;             /* people were asked on the way: what they did not say is missing */
    struct arena *keep;
};
/* The value on top of the stack as the end of a task, held against the contract. */
struct task_view plugin_answer(lua_State *L, const struct plugin_question *q);

#endif
