/* engine.h: the inside of a run. Only src/play/ includes it.
 *
 *   runbook.c  a text becomes a runbook     words.c   what a runbook may say (levels.c: words in words)
 *   engine.c   branches and their loop      say.c     simple words performed
 *   action.c   a read, a change             settle.c  what became of it
 *   consent.c  questions to people          replay.c  answers from the journal
 *   listen.c   while they wait              outside.c what others do meanwhile
 *   wait.c     time                         branch.c  parallel and each
 *   change_consent.c  what is asked of a change
 *   pins.c     what a run began with stays  leaks.c   no secret is kept
 *   restore.c  putting back                 run.c     start, park, end (resume.c: go on)
 *   write.c    events into the journal      again.c   "not now" of a change
 *   order.c    who is answered next        engine_open.c  opened, dropped, closed
 *
 * TURN     A word unpacks its arguments (which may raise), fills in a request
 *          and yields. The loop performs it in small steps: each step does
 *          something, says what it waits for (a write, a task, a moment, its
 *          children) and names the next step in `then`.
 * WRITES   of one turn of the loop go out in one append, with one sync if any
 *          of them is a barrier. While the disk is at it the branches compute on;
 *          the loop waits for it (engine_settle) before anything shows outside:
 *          a change performed, a word said, a question put, a wait.
 */
#ifndef PLAY_ENGINE_H
#define PLAY_ENGINE_H

#include "play/locks.h"
#include "play/output.h"
#include "play/run.h"
#include "play/runbook.h"
#include "play/words.h"
#include "world/journals.h"

enum waits { WAITS_TURN, WAITS_WRITE, WAITS_TASK, WAITS_TIME, WAITS_ANSWER, WAITS_CHILDREN,
             WAITS_RECORDED, WAITS_NOBODY }; /* RECORDED: until what is recorded before it is handed out */

struct branch;
struct runbook;
struct work;     /* change.h */
struct answered; /* asking.h */
typedef void step_fn(struct branch *b);

/* What a word asks for. */
struct request {
    const char *word;                 /* "step", "pool.remove" */
    const char *args, *args_sha256;   /* canonical JSON of what was said */
    const struct role_action *action; /* of a read, a change, a wait_until */
    bool or_nothing;
    const char *because;              /* even_so and such */
    int64_t span_ms, every_ms;
    step_fn *perform;
};

/* What it gets. */
struct answer {
    bool good;
    const char *json;                 /* NULL: nil */
    const char *text;                 /* why not */
    const char *failed_key;           /* of the word in a branch that failed; NULL: it was this one */
    bool mistake;                     /* the runbook is wrong, and nothing failed: no try catches that */
    const struct role_action *action; /* whose result this is: its fields are known */
    int results;                      /* of parallel: values on the branch's stack */
};

/* Of keys: "3/2/" and the next number; of a `call`, whose steps these are. */
struct level { const char *prefix; int64_t next; const char *book; const struct level *outer; };

/* The IPs of a pool, as far as anybody knows. */
struct pool_view {
    const char *service, **ip;
    size_t count;
    bool known, recorded;             /* recorded: nobody could look, so the record tells */
    step_fn *then;
};
struct quiet { const char *ip; int64_t ms; step_fn *then; };

struct branch {
    struct run *run;
    struct branch *parent;
    struct lua_State *co;             /* NULL: driven by C alone */
    int arguments;                    /* to hand over at the next turn */
    struct level level;
    const char *key, *where;          /* of the word under way; its source line */
    struct request want;
    struct answer answer;
    struct work *work;
    enum waits waits;
    int64_t wake_at, deadline;
    step_fn *then;
    struct task *task;
    int64_t may_take_ms;              /* the task, from when it begins; INT64_MAX: as long as it takes */
    struct task_view view;
    struct output *output;            /* of the action under way; NULL: nobody listens */
    int64_t now;                      /* `recorded` of the last event it consumed */
    const char *hash;                 /* and its hash */
    int64_t seq;                      /* and its seq; 0: none since this word was said */
    const char *failed_key, *failure; /* set by the last word that failed */
    bool ended, raised;               /* raised and not ended: what failed is being handed over */
    struct err error;                 /* of a branch that raised */
    struct join *join;                /* of one that waits for its children */
    size_t number;                    /* among its siblings, from 1 */
    struct branch *next_turn;         /* in the queue */
    bool cancelled, busy; /* busy: it failed because somebody else is at it */
    int64_t due;                      /* its place in the order; 0: none */
    bool held;                        /* its word is said, and has not begun */
    bool replayed;                    /* nothing of the record is left for it: what it does is new */
    int64_t work_started;             /* of a wait_until: when its span began */
    unsigned polls;
    int64_t last_no;                  /* when a person said the last no to it */
    bool by_person;                   /* a person was asked whether it is so */
    step_fn *after_answer;
    step_fn *driver;                  /* of one without Lua: called with each answer */
    void *context, *context2;         /* of the question; of the restore */
    struct pool_view pool;
    step_fn *pool_fine;
    struct quiet quiet;
};

struct join {
    struct branch **child;
    size_t count, started, ended, at_once;
    enum { THEN_FINISH, THEN_STOP, THEN_GO_ON } on_failure;
    bool stopped;                     /* one failed, and no other goes on */
    int list, function;               /* registry references */
    size_t failed;
};

/* An event on its way into the journal. `fill` writes the data when its number
 * has to be the next one; else `data`. */
struct pending {
    struct branch *branch;
    enum event_kind kind;
    const char *data;
    const char *(*fill)(struct branch *b);
    bool barrier;
    int64_t at;                       /* INSTANT_NONE: now */
};

/* What the journal holds under one key of this run. */
struct recorded {
    const struct event *event, *answer; /* of a question: the first; NULL */
    const struct recorded *later;     /* the next one under the same key */
};

struct replay {
    const struct recorded **slot;
    const char **key;
    bool *used;
    int64_t *attempts;                /* of a change: how often it was begun, what is forgotten included */
    size_t mask, count, overrides;
    size_t *left, lefts;              /* slots that no branch may have come to yet */
};

/* Branches by a moment and a number: a heap. */
struct dues {
    struct due { int64_t at, seq, number; struct branch *branch; } *due;
    size_t count, room;
};

struct run {
    const struct workspace *ws;
    struct world *world;
    struct store *store;
    const struct audience *audience;
    struct arena *keep;
    struct roles roles;
    struct plugins *plugins;
    struct sandbox *sandbox;
    const char *incident, *incident_id;
    const char *id;                   /* "R3"; NULL: do, restore, open */
    const char *runbook, *path;
    const char *arguments;            /* canonical JSON */
    struct lock *lock;
    struct journal journal;           /* as read when the run began or went on */
    struct replay replay;
    const char *texts;                /* JSON {path: sha256}: of the texts that count; NULL: those of now */
    bool resumed, dry, takes_ip;      /* takes_ip: its runbook has a parameter of that name */
    bool apart;                       /* a dry run in a scenario's world: nothing of this workspace's record holds there */
    bool always, again;               /* TOCSIN_REPLAY=always: drop the Lua state and replay, now */

    struct branch **branch;           /* all, in the order of their birth */
    size_t branches, room;
    struct branch *first, *last;      /* those that have a turn */
    struct dues answered, later;      /* those that have one after them: order.c */
    int64_t given_out;                /* so many places in them */
    bool given;                       /* others have answered, and who asked does not know yet */
    struct branch *turn;              /* whose turn it is */
    struct pending *pending;
    size_t pendings, pending_room;
    int64_t changes, asks;            /* numbers given out in this incident */
    const char *head;                 /* of the journal as we know it */
    int64_t started, begun_seq;       /* when this run began; our first event as its executor */
    uint64_t written;                 /* about so many bytes by ourselves */
    int64_t said;                     /* about so many bytes by its words, those of before included */
    uint64_t seen_end;                /* how many bytes there were when others were last looked at */
    bool asking;                      /* a question stands at the terminal */
    int64_t looked;                   /* when the journal was last read for what others wrote */
    bool attends, rang;               /* the store rings when somebody writes; it rang since we looked */
    const struct held *held;          /* locks of the whole workspace */
    size_t helds;
    struct ledger ledger;             /* of the whole workspace */
    uint64_t end;                     /* of our own stream as we know it */
    bool together;                    /* several branches wrote last, and may share a sync with who writes next */
    bool unsettled;                   /* what we wrote last is on its way to the disk, and not there yet */
    bool unsafe;                      /* it did not get there: nothing is done any more */
    const char **taken;               /* undos of our own changes that want quiet: JSON */
    size_t taken_out;
    const char *last_change;          /* in words */
    const char *even_so;              /* of do and restore */
    size_t locked;                    /* so many targets by words of the runbook */
    const char *over;                 /* although that incident has the target changed */

    const char *park, *park_key, *park_text, *park_ask; /* why it stops here; NULL */
    const char *park_mode, *park_name;                  /* of the question that it waits for */
    const char *mismatch;             /* the key of a word that the record holds another one for; NULL */
    struct err trouble;               /* what ends the loop: kind NONE while fine */
    struct plan_step *note;           /* of a dry run */
    size_t notes, note_room;
    struct plugins *bound;            /* of a dry run: what is bound in earnest; only looked at */
    struct event *planned;            /* of a dry run: what would be in the journal */
    size_t planneds, planned_room;
    int64_t interrupts_seen;
};

/* plan_note.c: what a dry run would do. The texts are copied. */
struct plan_step *plan_note(struct run *r, const char *key, enum plan_kind kind, const char *line);
void plan_note_read(struct branch *b, const char *result);
void plan_note_asked(struct branch *b, const char *mode, const char *question);
void plan_note_change(struct branch *b);
/* An event that is not written: what restore and the ledger then find. Its hash. */
const char *plan_record(struct run *r, enum event_kind kind, const char *data);
/* Of all incidents, and of a dry run itself. */
bool run_ledger(struct ledger *out, struct run *r, struct err *e);
/* Can what is bound in earnest do it? Of a dry run, whose own world can do everything. */
bool run_can(struct run *r, const struct role_action *a, struct err *e);

/* write.c */
void engine_flush(struct run *r);
/* What was written so far is durable from here on; false: it is not, and the run has its trouble. */
bool engine_settle(struct run *r);
void engine_count_numbers(struct run *r, const struct journal *j);

/* order.c: answers are handed out in the order of the journal */
struct branch *order_next(struct run *r); /* whose turn it is; NULL */
void order_answered(struct branch *b);    /* by the event that it consumed last */
/* Its wait was over then, which an older journal only knows by the moment. */
void order_over(struct branch *b, int64_t until);
/* Its word is new, and begins when nothing recorded is left to hand out: has its turn again then. */
bool order_holds(struct branch *b);
void order_forget(struct run *r);

/* others.c */
bool engine_read_others(struct run *r, struct err *e);
/* May our change begin? Nobody has locked its target, no change of it is in
 * flight, and no other incident has it changed (or --over says so: w->over).
 * Asked under the target's lock. */
bool others_allow(struct run *r, struct work *w, struct err *e);
/* What it is, and what to type. */
const char *in_flight_words(struct run *r, const struct change *c);
/* "INC-2025-002 changed it too (C1 pool.remove) and may still need it" */
const char *other_words(struct run *r, const struct change *c);

/* outside.c: what others do meanwhile. */
void outside_look(struct run *r, int64_t now);
/* Does whatever we wait for end when somebody else writes? Else it has to be short. */
bool outside_rings(struct run *r);
/* Have they answered what we ask? */
void outside_answers(struct run *r, const struct journal *j);

/* branch.c */
void branch_ended(struct branch *b); /* tells the one that waits for it */
/* Another failed and stops it, before it begins or waits for anything: it gets its last turn.
 * False: nobody stopped it, or its change is in flight. */
bool branch_is_dropped(struct branch *b);
/* A failure that `on_failure = "go_on"` gives to the runbook has a mark first, so that a
 * resume does not try it again; false: it is none. */
bool branch_hands_over(struct branch *b);

/* engine.c */
bool engine_open(struct run *r, const struct run_request *request, bool dry, struct arena *keep,
                 struct err *e);
bool engine_recount(struct run *r, struct err *e); /* (write.c) */
bool engine_forget(struct run *r, struct err *e);
void engine_close(struct run *r);
struct branch *branch_new(struct run *r, struct branch *parent, const char *prefix);
bool engine_loop(struct run *r, struct branch *root, struct err *e);
void branch_ready(struct branch *b);
void branch_good(struct branch *b, const char *json); /* answers the word */
void branch_bad(struct branch *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void branch_wait(struct branch *b, int64_t until, step_fn *then);
/* Writes an event of this branch, then goes on with `then`. */
void branch_write(struct branch *b, enum event_kind kind, const char *data, bool barrier,
                  step_fn *then);
void branch_write_numbered(struct branch *b, enum event_kind kind,
                           const char *(*fill)(struct branch *b), step_fn *then);
/* It may take so long from when it begins; a person takes the time that it takes. */
void branch_task(struct branch *b, struct task *task, int64_t may_take_ms, step_fn *then);
/* What the programs of that task write is shown and kept under `name`. */
void branch_listen(struct branch *b, struct task *task, const char *name);
/* What it does is dropped, and nobody listens to it any more. */
void branch_close_task(struct branch *b);
/* That action has ended; into its event, where it is one (`to` not NULL). */
void branch_heard(struct branch *b, struct json_out *to);
void run_park(struct run *r, const char *why, const char *key, const char *text);
void run_trouble(struct run *r, const struct err *e);
void run_say(struct run *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* {"run":...,"key":...} opened, the kind's own members first. */
struct json_out data_open(struct text *t, struct run *r);
void data_close(struct json_out *o, struct branch *b);
const char *sha256_of(struct arena *keep, const char *text);

/* run.c */
extern const char run_engine_version[]; /* into run.started; a resume says where it was another */
/* Writes one event at once, outside of the loop. */
bool run_write_now(struct run *r, enum event_kind kind, const char *data, struct err *e);
bool run_take_lock(struct run *r, const char *name, const char *why, struct lock **out,
                   struct err *e);
/* Of one who is about to let go, which takes milliseconds: for as long as the journal says so (lets_go; NULL: always),
 * and some seconds at most. */
bool run_await_lock(struct run *r, const char *name, const char *why, bool (*lets_go)(const struct run *r),
                    struct lock **out, struct err *e);
bool run_play(struct run *r, const char *name, struct runbook *book, struct run_outcome *out,
              struct err *e);
struct branch *run_root(struct run *r);
bool run_call_steps(struct run *r, struct branch *root, const struct runbook *book, struct err *e);

/* words.c */
void words_install(struct run *r);
void words_push_params(struct run *r, struct lua_State *L, const struct runbook *book, const char *args);
bool words_known(const char *name);

/* The same command line with the IP that nobody could see, where that is what is missing: "tocsin run
 * ddos service=shop ip=IP"; NULL. */
const char *run_naming_ip(const struct run *r, const char *verb, const char *why);

/* leaks.c: a secret of the configuration that stands in what would be kept. ERR_INPUT, by name.
 * `place`: "call", "the arguments". A dry run keeps nothing, and fetches none to compare. */
bool leaks_none_in_file(struct run *r, const char *path, const char *text, size_t length, struct err *e);
bool leaks_none_in(struct run *r, const char *place, const char *json, struct err *e);

/* pins.c: what a run began with stays */
/* Into run.started: its texts and bindings. */
bool pins_write(struct json_out *o, struct run *r, struct err *e);
/* Is the incident of this workspace's kind, real or a drill? ERR_FAILED. */
bool pins_same_world(struct run *r, struct err *e);
/* --recorded: texts of runbooks and plugins are those of then, be they gone or not. */
void pins_recorded(struct run *r, const struct event *started);
/* Do the roles that the run has spoken to, and those that it still can, have the
 * plugins that it began with? ERR_FAILED with the ways on. Runbooks that were
 * edited are announced. */
bool pins_hold(struct run *r, const struct event *started, const char *name, const struct runbook *book,
               struct err *e);
/* --rebind, as an event: from now on the role has the plugin that is bound now. */
bool pins_rebind(struct run *r, const char *role, const char *because, struct err *e);
/* "made through the plugin 'mine'; now 'other' is bound"; NULL: not through another one, nor with other settings. */
const char *pins_elsewhere(struct run *r, const struct event *begun);
/* May what is bound now undo this change, made through what was bound then? */
bool pins_allow(struct run *r, const struct change *c, const char *why_not, struct err *e);

/* performers */
step_fn perform_step, perform_note, perform_phase, perform_impact, perform_now, perform_random,
    perform_lock, perform_wait, perform_wait_until, perform_action, perform_ask, perform_confirm,
    perform_approve, perform_restore, perform_fail, perform_call, perform_caught, perform_pause,
    perform_children;

#endif
