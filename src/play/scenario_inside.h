/* scenario_inside.h: a scenario as read, and as far as it was played. */
#ifndef PLAY_SCENARIO_INSIDE_H
#define PLAY_SCENARIO_INSIDE_H

#include "base/yaml.h"
#include "play/plugin.h"
#include "play/scenario.h"

enum trigger { WHEN_TIME, WHEN_SILENT, WHEN_ANSWERS, WHEN_SLOWER };

struct act {
    const char *who;
    enum trigger trigger;
    const char *service;
    int64_t at, for_ms;       /* of WHEN_TIME; of the others: lasting so long */
    const char *const *todo;  /* command lines; then NULL */
    int64_t ends;             /* the exit status of the last */
    const char *says;         /* what the last must print; NULL */
    /* as played */
    bool done;
    int64_t episode;          /* of the service when it was last done */
};

struct reply {
    const char *who, *asked, *say;
    int64_t after_ms;
    size_t used;
};

enum promise_kind { PROMISE_DOWNTIME, PROMISE_BREACH, PROMISE_POOL, PROMISE_ACTIONS, PROMISE_NEVER,
                    PROMISE_QUIET_BACK, PROMISE_AS_IT_BEGAN, PROMISE_NOTHING_CHANGED, PROMISE_MITIGATED };

struct promise_row {
    enum promise_kind kind;
    const char *service, *text;
    int64_t number;
    const char *const *list;  /* then NULL */
};

struct silence { int64_t from, to; };

/* A service as the simulated world has it, sample by sample. */
struct watched {
    const char *name;
    bool answers, dropped;
    int64_t since, drop_since; /* of the state */
    bool was_silent;
    int64_t down_ms;
    struct silence silence[64]; /* the last one may go on: to is INSTANT_NONE */
    size_t silences;
    int64_t least;            /* fewest IPs in its pool */
    const char *pool;         /* JSON list */
};

struct scenario {
    const char *file, *name, *summary, *zone;
    struct civil day;
    int64_t start, end, probe_every_ms;
    const char *configuration; /* tocsin.yaml */
    struct config config;      /* the same, understood */
    const char *world;         /* JSON for the simulator */
    bool watches_rate;
    struct act *act;
    size_t acts;
    struct reply *answer;
    size_t answers;
    struct promise_row *promise;
    size_t promises;
};

bool scenario_read(struct scenario *out, struct world *w, const char *file, struct arena *keep,
                   struct err *e);

enum { WATCHED_MOST = 16, PEOPLE_MOST = 16 };

struct play {
    struct scenario s;
    struct world *under;
    struct world_clock clock;
    uint64_t worlds;           /* made so far: each draws from a seed of its own */
    const struct actor *actor;
    struct coverage *coverage; /* NULL: not asked for */
    const char *dir;
    struct workspace ws;       /* the eyes of the scenario: nobody acts through it */
    struct roles roles;
    struct plugins *plugins;
    struct watched watched[WATCHED_MOST];
    size_t services;
    struct arena *scratch;     /* for what is looked at and thrown away */
    char seen[SHA256_HEX + 1]; /* the world's bytes when it was last looked at */
    int64_t next_change, rate_at;
    const char *busy[PEOPLE_MOST];
    size_t commands, failures; /* of people */
    const char *flooded_back;  /* in words; NULL: never */
    const char *first_shape;   /* of the world, as JSON */
    struct expectation *expectation;
    size_t expectations, expectation_room;
    const char **line;
    size_t lines, line_room;
    struct arena *keep;
    struct err failed;         /* the machine, in the middle of a play */
};

void play_expect(struct play *p, bool kept, const char *promise, const char *found);
/* Judges what `expect:` says, at the end. */
bool play_judge(struct play *p, struct scenario_result *out, struct err *e);
/* The simulator's function, with its arguments as JSON. */
bool play_look(struct play *p, const char *name, const char *args, struct json *out,
               struct arena *keep, struct err *e);
const char *play_time(struct play *p, int64_t at);
struct watched *play_watched(struct play *p, const char *service);
/* Looks at the world, unless nothing in it can be otherwise than last time. */
void play_sample(struct play *p);
void play_sample_rates(struct play *p);

#endif
