/* theatre.h: a stage with an incident, runbooks, people who answer, a store
 * that dies at the n-th write and a clock at whose n-th wait the process dies. */
#ifndef TESTS_THEATRE_H
#define TESTS_THEATRE_H

#include "stage.h"

#include "play/run.h"

struct theatre {
    struct stage *stage;
    struct store store, *real;       /* ours in front of the real one */
    struct store *theirs;            /* others' own; NULL: they write through ours */
    struct world world;
    struct audience audience;
    const char *incident;
    struct text said;                /* what the audience heard */
    const char *const *line;         /* what it answers, in turn; NULL: nobody is here */
    size_t lines_used;
    int64_t writes, die_at_write;    /* 0: never */
    bool die_after;                  /* the write is on disk, and then the process dies */
    bool owed;                       /* what was written last is on its way to the disk */
    int64_t syncs, fail_at_sync;     /* 0: never */
    size_t begun, durable;           /* changes: beginnings written, and those that are on disk */
    int64_t waits, die_at_wait;
    bool dead;
    int interrupts;                  /* how often Ctrl-C was pressed */
    void (*at_wait)(struct theatre *t); /* what somebody else does meanwhile */
    void (*at_ask)(struct theatre *t);  /* and while a question stands open, once */
    struct err e;
    struct run_outcome outcome;
};

static struct theatre *theatre_now; /* the store's functions have no room for a context */

static inline bool theatre_append(struct store *s, const char *incident, const char *head,
                                  struct lock *token, const struct draft *draft, size_t count,
                                  enum sync sync, struct appended *out, struct arena *keep, struct err *e)
{
    struct theatre *t = theatre_now;
    t->writes++;
    bool die = t->die_at_write && t->writes >= t->die_at_write;
    if (die && (!t->die_after || t->writes > t->die_at_write))
        return err_system(e, "killed");
    if (!t->real->append(t->real, incident, head, token, draft, count, sync, out, keep, e))
        return false;
    t->owed = !die && (sync >= SYNC_BEGUN || (t->owed && sync != SYNC_NOW)); /* the dead owe nothing */
    t->durable = sync == SYNC_BEGUN ? t->begun : t->durable; /* it waits for the one before */
    for (size_t i = 0; i < count; i++)
        t->begun += draft[i].kind == EVENT_ACTION_BEGUN;
    t->durable = t->owed ? t->durable : t->begun;
    return die ? err_system(e, "killed") : true;
}

static inline bool theatre_sync(struct store *s, const char *incident, struct err *e)
{
    struct theatre *t = theatre_now;
    if (++t->syncs == t->fail_at_sync)
        return err_system(e, "the disk is gone");
    t->owed = false;
    t->durable = t->begun;
    return t->real->sync(t->real, incident, e);
}

#define THEATRE_PASS(name, types, names)                                   \
    static inline bool theatre_##name types { struct store *r_ = theatre_now->real; return r_->name names; }
THEATRE_PASS(list, (struct store *s, struct names *o, struct arena *k, struct err *e), (r_, o, k, e))
THEATRE_PASS(read, (struct store *s, const char *i, struct journal *o, struct arena *k, struct err *e), (r_, i, o, k, e))
THEATRE_PASS(lock, (struct store *s, const char *n, const char *b, const char *u, const char *w, struct lock **o, struct lock_holder *h, struct arena *k, struct err *e), (r_, n, b, u, w, o, h, k, e))
THEATRE_PASS(holder, (struct store *s, const char *n, struct lock_holder *o, struct arena *k), (r_, n, o, k))
THEATRE_PASS(blob_put, (struct store *s, const char *i, const char *b, size_t l, char h[SHA256_HEX + 1], struct err *e), (r_, i, b, l, h, e))
THEATRE_PASS(blob_get, (struct store *s, const char *i, const char *h, const char **b, size_t *l, struct arena *k, struct err *e), (r_, i, h, b, l, k, e))
THEATRE_PASS(output_put, (struct store *s, const char *i, const char *n, uint64_t a, const char *b, size_t l, struct err *e), (r_, i, n, a, b, l, e))
THEATRE_PASS(output_get, (struct store *s, const char *i, const char *n, uint64_t f, const char **b, size_t *l, struct arena *k, struct err *e), (r_, i, n, f, b, l, k, e))
THEATRE_PASS(output_list, (struct store *s, const char *i, struct names *o, struct arena *k, struct err *e), (r_, i, o, k, e))
THEATRE_PASS(watch, (struct store *s, const char *i, uint64_t *seen, int64_t t, int p, bool *g, struct err *e), (r_, i, seen, t, p, g, e))
/* Others who have no store of their own write through ours, which takes them for us. */
static inline void theatre_heed(struct store *s) { theatre_now->real->heed(theatre_now->real); }
static inline bool theatre_news(struct store *s, const char *target)
{
    struct theatre *t = theatre_now;
    return !t->theirs || t->real->news(t->real, target);
}
THEATRE_PASS(attend, (struct store *s, const char *i, bool *g), (r_, i, g))
static inline void theatre_unlock(struct store *s, struct lock *l) { theatre_now->real->unlock(theatre_now->real, l); }

static inline void theatre_say(void *context, const char *key, const char *line)
{
    struct theatre *t = context;
    assert_false(t->owed); /* whoever is told something may rely on the record of it */
    text_print(&t->said, "%s %s\n", key, line);
}

static inline enum heard theatre_ask(void *context, const char *mode, const char *question, int64_t patience_ms,
                                     const char **answer, const char **text, struct arena *keep)
{
    struct theatre *t = context;
    if (!question)
        return HEARD_NOTHING;
    assert_false(t->owed);
    text_print(&t->said, "? %s: %s\n", mode, question);
    if (t->at_ask) {
        void (*meanwhile)(struct theatre *t) = t->at_ask;
        t->at_ask = NULL;
        meanwhile(t);
    }
    if (!t->line || !t->line[t->lines_used] || text_equal(mode, "approve"))
        return HEARD_NOBODY;
    *answer = t->line[t->lines_used++];
    *text = text_equal(*answer, "yes") || text_equal(*answer, "no") ? "" : *answer;
    return HEARD_ANSWER;
}

static inline int theatre_interrupted(struct world *w)
{
    struct theatre *t = theatre_now;
    return t->dead ? 2 : t->interrupts;
}

static inline int64_t theatre_wait(void *context, int64_t until)
{
    struct theatre *t = theatre_now;
    assert_false(t->owed); /* nobody waits with a record that may yet be lost */
    t->waits++;
    if (t->die_at_wait && t->waits >= t->die_at_wait)
        t->dead = true;
    if (t->at_wait)
        t->at_wait(t);
    return until;
}

static inline struct theatre *theatre_open(const char *configuration)
{
    struct theatre *t = arena_one(test_keep(), struct theatre);
    theatre_now = t;
    t->stage = stage_open(configuration);
    t->said = text_new(test_keep());
    t->world = *t->stage->ws.world;
    t->stage->clock.on_wait = theatre_wait;
    t->stage->ws.world->interrupted = theatre_interrupted;
    t->real = t->stage->ws.store;
    t->store = (struct store){ .list = theatre_list, .create = t->real->create,
        .append = theatre_append, .sync = theatre_sync, .read = theatre_read,
        .watch = theatre_watch, .attend = theatre_attend, .lock = theatre_lock, .unlock = theatre_unlock,
        .heed = theatre_heed, .news = theatre_news,
        .holder = theatre_holder, .blob_put = theatre_blob_put, .blob_get = theatre_blob_get,
        .output_put = theatre_output_put, .output_get = theatre_output_get,
        .output_list = theatre_output_list };
    t->stage->ws.store = &t->store;
    t->audience = (struct audience){ .context = t, .say = theatre_say, .ask = theatre_ask };
    t->incident = "INC-2025-001";
    bool drill = t->stage->ws.config.simulated;
    struct draft opened = { .at = INSTANT_NONE, .by = "alice", .uid = "sim", .kind = EVENT_OPENED,
        .data = arena_print(test_keep(), "{\"id\":\"00112233445566778899aabbccddeeff\",\"name\":\"INC-2025-001\","
                "\"zone\":\"Europe/Paris\",\"world\":\"%s\",\"drill\":%s}", drill ? "simulated" : "real",
                drill ? "true" : "false") };
    assert_good(t->real->create(t->real, t->incident, &opened, 1, test_keep(), &t->e), &t->e);
    return t;
}

static inline void theatre_runbook(struct theatre *t, const char *name, const char *steps)
{
    stage_write(t->stage, arena_print(test_keep(), "runbooks/%s.lua", name),
                arena_print(test_keep(), "return runbook { summary = \"a test\", params = { n = { type = "
                "\"integer\" }, ip = { type = \"ip\" }, service = { type = \"service\" } },"
                " steps = function(p)\n%s\nend }\n", steps));
}

static inline struct run_request theatre_request(struct theatre *t, const char *runbook,
                                                 const char *const *argument)
{
    theatre_now = t;
    return (struct run_request){ .ws = &t->stage->ws, .incident = t->incident, .runbook = runbook,
                                 .argument = argument, .audience = &t->audience };
}

static inline bool theatre_run(struct theatre *t, const char *runbook)
{
    static const char *const none[] = { NULL };
    struct run_request q = theatre_request(t, runbook, none);
    t->e = (struct err){ 0 };
    return run_start(&t->outcome, &q, test_keep(), &t->e);
}

static inline bool theatre_resume(struct theatre *t, const char *how, const char *key)
{
    struct run_request q = theatre_request(t, NULL, NULL);
    t->e = (struct err){ 0 };
    t->dead = false;
    t->die_at_write = t->die_at_wait = 0;
    struct override round = { .how = how, .key = key, .because = "a test" };
    return run_resume(&t->outcome, &q, NULL, how ? &round : NULL, test_keep(), &t->e);
}

static inline struct journal theatre_journal(struct theatre *t)
{
    struct journal j;
    assert_good(t->real->read(t->real, t->incident, &j, test_keep(), &t->e), &t->e);
    return j;
}

static inline size_t theatre_count(struct theatre *t, enum event_kind kind)
{
    struct journal j = theatre_journal(t);
    size_t n = 0;
    for (size_t i = 0; i < j.count; i++)
        n += j.event[i].kind == kind;
    return n;
}

/* "pool.remove ok, dns.remove ok": what ended, in order. */
static inline const char *theatre_changes(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    struct text out = text_new(test_keep());
    for (size_t i = 0; i < j.count; i++) {
        const struct event *ev = &j.event[i];
        if (ev->kind != EVENT_ACTION_ENDED || json_is(json_get(ev->data, "outcome"), "failed"))
            continue;
        for (size_t k = 0; k < j.count; k++)
            if (json_is(json_get(ev->data, "begun"), j.event[k].hash))
                text_print(&out, "%s%s %s %s", out.length ? ", " : "",
                           json_get_text(j.event[k].data, "action", test_keep()),
                           json_get_text(j.event[k].data, "target", test_keep()),
                           json_get_text(ev->data, "outcome", test_keep()));
    }
    return out.at;
}

/* What the last event of that kind says under `member`; "" where there is none. */
static inline const char *theatre_last(struct theatre *t, enum event_kind kind, const char *member)
{
    struct journal j = theatre_journal(t);
    const char *text = "";
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == kind)
            text = json_get_text(j.event[i].data, member, test_keep());
    return text;
}

static inline const char *theatre_last_note(struct theatre *t)
{
    return theatre_last(t, EVENT_NOTE, "text");
}

/* It dies where the calm one wrote for the at-th time, before or behind that; beyond, in its waits. */
static inline void theatre_dies_at(struct theatre *t, const struct theatre *calm, int64_t at)
{
    if (at <= calm->writes)
        t->die_at_write = at;
    else
        t->die_at_wait = at - calm->writes;
    t->die_after = at % 2;
}

/* The simulator's world file. */
static inline struct json theatre_world(struct theatre *t)
{
    const char *bytes;
    size_t length;
    struct world *w = t->stage->ws.world;
    assert_good(w->read_file(w, workspace_path(&t->stage->ws, test_keep(), ".tocsin/sim/world.json"),
                             &bytes, &length, test_keep(), &t->e), &t->e);
    return json_from(arena_copy(test_keep(), bytes, length));
}

/* How many effects there were in the world, ever. */
static inline size_t theatre_effects(struct theatre *t)
{
    return json_count(json_get(theatre_world(t), "done"));
}

static inline struct ledger theatre_ledger(struct theatre *t)
{
    struct journal j = theatre_journal(t);
    struct ledger l;
    ledger_fold(&l, &j, 1, test_keep());
    return l;
}

/* "pool:osc-fr1/192.0.2.1, ...": what the ledger says is changed. */
static inline const char *theatre_changed(struct theatre *t)
{
    struct ledger l = theatre_ledger(t);
    struct text out = text_new(test_keep());
    for (size_t i = 0; i < l.targets; i++)
        if (l.target[i].changed)
            text_print(&out, "%s%s", out.length ? ", " : "", l.target[i].name);
    return out.at;
}

static inline void write_as_bob(struct theatre *t, enum event_kind kind, const char *data)
{
    struct draft draft = { .at = INSTANT_NONE, .by = "bob", .uid = "2@sim", .kind = kind, .data = data };
    struct appended out;
    assert_good(t->real->append(t->real, t->incident, NULL, NULL, &draft, 1, SYNC_NOW, &out, test_keep(), &t->e),
                &t->e);
}

/* A flood of that IP from now on, for so long. */
static inline void theatre_flood(struct theatre *t, const char *ip, int64_t for_ms)
{
    const char *out;
    int64_t now = t->stage->clock.now;
    assert_good(plugins_look(&out, t->stage->plugins, "sim", "put",
        arena_print(test_keep(), "{\"waves\":[{\"ip\":\"%s\",\"kind\":\"syn\",\"rate\":40000,"
                    "\"from\":%lld,\"to\":%lld,\"outage\":true}]}", ip, (long long)now, (long long)(now + for_ms)),
        test_keep(), &t->e), &t->e);
    plugins_close(t->stage->plugins);
}

#endif
