/* suite.h: what a plugin must do to play a role, drawn from the contract itself.
 *
 * One suite a role, the same for every plugin that claims it. It answers what
 * it found wrong, in words, so that a plugin that lies can be shown to be
 * caught; a plugin that is right answers nothing.
 *
 *   every read    answers what the contract declares, with the declared types
 *   every change  takes effect, seen by its own state read; a second time it is
 *                 "unchanged"; the probe finds what its key did (or says that
 *                 it cannot know), and nothing for a key that was never used;
 *                 its undo brings the first state back
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include "../play/stage.h"

struct contract_row { const char *action, *args; const char *setup[6]; }; /* setup: action, args, ... */

#define SVC "\"service\":\"osc-fr1\""
#define ONE "{\"ip\":\"192.0.2.1\"," SVC "}"
static const struct contract_row contract_rows[] = {
    { "pool.list", "{" SVC "}", { 0 } },
    { "pool.holds", ONE, { 0 } },
    { "pool.remove", ONE, { 0 } },
    { "pool.add", ONE, { "pool.remove", ONE } },
    { "dns.list", "{" SVC "}", { 0 } },
    { "dns.holds", ONE, { 0 } },
    { "dns.answers", ONE, { 0 } },
    { "dns.remove", ONE, { 0 } },
    { "dns.add", ONE, { "dns.remove", ONE } },
    { "cloud.list_ips", "{}", { 0 } },
    { "cloud.owns_ip", "{\"ip\":\"192.0.2.1\"}", { 0 } },
    { "cloud.find_ip", "{\"name\":\"spare\"}", { 0 } },
    { "cloud.allocate_ip", "{\"name\":\"spare\"}", { 0 } },
    { "cloud.release_ip", "{\"ip\":\"203.0.113.11\",\"name\":\"spare\"}",
      { "cloud.allocate_ip", "{\"name\":\"spare\"}" } },
    { "cloud.list_vpcs", "{}", { 0 } },
    { "cloud.find_vpc", "{\"name\":\"watch\"}", { 0 } },
    { "cloud.create_vpc", "{\"name\":\"watch\"}", { 0 } },
    { "cloud.delete_vpc", "{\"id\":\"vpc-0001\",\"name\":\"watch\"}",
      { "cloud.create_vpc", "{\"name\":\"watch\"}" } },
    { "cloud.attachment", "{\"ip\":\"192.0.2.1\"}", { 0 } },
    { "cloud.attach", "{\"ip\":\"192.0.2.1\",\"vpc\":\"vpc-0001\"}",
      { "cloud.create_vpc", "{\"name\":\"watch\"}" } },
    { "cloud.detach", "{\"ip\":\"192.0.2.1\",\"vpc\":\"vpc-0001\"}",
      { "cloud.create_vpc", "{\"name\":\"watch\"}", "cloud.attach", "{\"ip\":\"192.0.2.1\",\"vpc\":\"vpc-0001\"}" } },
    { "sense.flood", "{" SVC "}", { 0 } },
    { "sense.answers", "{" SVC "}", { 0 } },
    { "sense.rate", "{" SVC "}", { 0 } },
    { "sense.quiet", "{\"ip\":\"192.0.2.1\"}", { 0 } },
    { "sense.top", "{\"ip\":\"192.0.2.1\"}", { 0 } },
    { "capture.start", "{\"ip\":\"192.0.2.1\"}", { 0 } },
    { "ticket.open", "{\"subject\":\"flood\"}", { 0 } },
    { "ticket.state", "{\"id\":\"48213\"}", { "ticket.open", "{\"subject\":\"flood\"}" } },
    { "ticket.comment", "{\"id\":\"48213\",\"text\":\"still\"}", { "ticket.open", "{\"subject\":\"flood\"}" } },
    { "ticket.escalate", "{\"id\":\"48213\"}", { "ticket.open", "{\"subject\":\"flood\"}" } },
    { "chat.say", "{\"text\":\"hello\"}", { 0 } },
    { "page.call", "{\"who\":\"bob\",\"text\":\"come\"}", { 0 } },
    { "statuspage.shown", "{" SVC "}", { 0 } },
    { "statuspage.set", "{" SVC ",\"state\":\"down\"}", { 0 } },
    { "exec.read", "{\"program\":\"true\"}", { 0 } },
    { "exec.run", "{\"program\":\"true\"}", { 0 } },
};
enum { CONTRACT_ROWS = sizeof contract_rows / sizeof *contract_rows };

struct suite {
    struct stage *stage;
    const char *role;
    /* What a person answers; NULL: nobody may be asked. */
    const char *(*person)(const struct role_action *a, const char *question);
    const char *wrong[64];
    size_t wrongs;
};

static inline void suite_wrong(struct suite *s, const struct role_action *a, const char *what)
{
    if (s->wrongs < 64)
        s->wrong[s->wrongs++] = arena_print(test_keep(), "%s: %s", a->full, what);
}

static inline struct task_view suite_finish(struct suite *s, const struct role_action *a, struct task *t)
{
    struct task_view v = { 0 };
    struct world *w = s->stage->ws.world;
    for (int turns = 0; turns < 1000; turns++) {
        task_turn(t, &v, &s->stage->e);
        if (v.state == TASK_DONE)
            return v;
        if (v.state == TASK_WAITS) {
            w->wait(w, v.wake_at);
            continue;
        }
        if (!s->person) {
            suite_wrong(s, a, "asks a person");
            break;
        }
        const char *line = s->person(a, v.question);
        size_t word = strcspn(line, ":");
        task_answer(t, arena_copy(test_keep(), line, word), line[word] ? line + word + 1 : "");
    }
    suite_wrong(s, a, "never ends");
    task_close(t);
    return (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_UNKNOWN, .result = "{}", .text = "" };
}

static inline struct task_view suite_do(struct suite *s, const struct role_action *a, const char *args,
                                        const char *key, bool probe)
{
    const char *canonical;
    struct task *t;
    struct stage *st = s->stage;
    assert_good(role_arguments(&canonical, a, json_from(args), test_keep(), &st->e), &st->e);
    struct json typed = json_from(canonical);
    bool good = probe ? task_probe(&t, st->plugins, a, typed, (struct json){ 0 }, key, test_keep(), &st->e)
                      : task_perform(&t, st->plugins, a, typed, key, test_keep(), &st->e);
    if (!good) {
        suite_wrong(s, a, st->e.text);
        return (struct task_view){ .outcome = OUTCOME_FAILED, .result = "{}", .text = "" };
    }
    return suite_finish(s, a, t);
}

/* Every result that the contract declares; its types were looked at when it came. What nobody can
 * see is not asked, and a person says what the question is about, not all that an instrument would. */
static inline void suite_result(struct suite *s, const struct role_action *a, const char *result)
{
    bool blind = !plugins_observes(s->stage->plugins, a);
    for (size_t i = 0; i < a->results; i++)
        if (!json_get(json_from(result), a->result[i].name).at && !(blind && (a->change || i > 0)))
            suite_wrong(s, a, arena_print(test_keep(), "does not answer '%s'", a->result[i].name));
}

static inline const char *suite_state(struct suite *s, const struct role_action *a, const char *args)
{
    const struct role_action *read = a->state_action
        ? roles_find(&s->stage->roles, a->state_action, &s->stage->e) : NULL;
    if (!read || !plugins_observes(s->stage->plugins, read))
        return NULL;
    const char *asked;
    struct json none = json_from("{}");
    assert_good(role_resolve(&asked, a->state_args, json_from(args), none, none, test_keep(), &s->stage->e),
                &s->stage->e);
    return suite_do(s, read, asked, "state", false).result;
}

static inline void suite_undo(struct suite *s, const struct role_action *a, const char *args,
                              const char *before, const char *result)
{
    const char *undo;
    struct json was = before ? json_from(before) : (struct json){ 0 };
    if (!role_resolve(&undo, a->undo_args, json_from(args), was, json_from(result), test_keep(),
                      &s->stage->e)) {
        suite_wrong(s, a, arena_print(test_keep(), "cannot be undone: %s", s->stage->e.text));
        return;
    }
    const struct role_action *back = roles_find(&s->stage->roles, a->undo_action, &s->stage->e);
    struct task_view v = suite_do(s, back, undo, "key-undo", false);
    if (v.outcome != OUTCOME_OK)
        suite_wrong(s, a, arena_print(test_keep(), "its undo ends %s: %s", outcome_names[v.outcome], v.text));
    const char *after = suite_state(s, a, args);
    if (after && strcmp(after, before) != 0)
        suite_wrong(s, a, arena_print(test_keep(), "its undo leaves %s, it was %s", after, before));
}

static inline void suite_change(struct suite *s, const struct role_action *a, const char *args)
{
    const char *before = suite_state(s, a, args);
    struct task_view v = suite_do(s, a, args, "key-1", false);
    if (v.outcome != OUTCOME_OK) {
        suite_wrong(s, a, arena_print(test_keep(), "ends %s: %s", outcome_names[v.outcome], v.text));
        return;
    }
    if (!*v.text)
        suite_wrong(s, a, "does not say what it did");
    suite_result(s, a, v.result);
    const char *after = suite_state(s, a, args);
    if (before && strcmp(before, after) == 0)
        suite_wrong(s, a, "says ok and changes nothing");
    struct task_view probed = suite_do(s, a, args, "key-1", true);
    if (probed.seen == SEEN_ABSENT || probed.seen == SEEN_PENDING)
        suite_wrong(s, a, "its probe does not find what was done");
    else if (probed.seen == SEEN_DONE && before && strcmp(probed.result, v.result) != 0)
        suite_wrong(s, a, "its probe finds another result than was answered");
    if (suite_do(s, a, args, "key-never", true).seen == SEEN_DONE)
        suite_wrong(s, a, "its probe finds what was never done");
    if (before) {
        struct task_view again = suite_do(s, a, args, "key-2", false);
        const char *still = suite_state(s, a, args);
        if (again.outcome != OUTCOME_UNCHANGED)
            suite_wrong(s, a, arena_print(test_keep(), "ends %s the second time", outcome_names[again.outcome]));
        if (strcmp(still, after) != 0)
            suite_wrong(s, a, "changes something the second time");
    }
    if (a->undo_action)
        suite_undo(s, a, args, before, v.result);
}

static inline void suite_read(struct suite *s, const struct role_action *a, const char *args)
{
    struct task_view v = suite_do(s, a, args, "read-1", false);
    if (v.nothing && a->nothing)
        return;
    if (v.outcome != OUTCOME_OK)
        suite_wrong(s, a, arena_print(test_keep(), "ends %s: %s", outcome_names[v.outcome], v.text));
    else
        suite_result(s, a, v.result);
}

/* Every action of the role, each in a fresh workspace. */
static inline void suite_role(struct suite *s, const char *role, struct stage *(*open)(void))
{
    s->role = role;
    for (size_t i = 0; i < CONTRACT_ROWS; i++) {
        const struct contract_row *row = &contract_rows[i];
        if (strncmp(row->action, role, strlen(role)) != 0 || row->action[strlen(role)] != '.')
            continue;
        s->stage = open();
        const struct role_action *a = roles_find(&s->stage->roles, row->action, &s->stage->e);
        if (!a)
            fail_msg("%s", s->stage->e.text);
        for (size_t k = 0; k < 6 && row->setup[k]; k += 2) {
            const struct role_action *first = roles_find(&s->stage->roles, row->setup[k], &s->stage->e);
            suite_do(s, first, row->setup[k + 1], arena_print(test_keep(), "setup-%zu", k), false);
        }
        if (a->change)
            suite_change(s, a, row->args);
        else
            suite_read(s, a, row->args);
        plugins_close(s->stage->plugins);
    }
}

/* An action that nobody tries is one that nobody keeps. */
static inline void suite_covers_every_action(const struct roles *r)
{
    for (size_t i = 0; i < r->actions; i++) {
        bool has = false;
        for (size_t k = 0; k < CONTRACT_ROWS; k++)
            has = has || strcmp(contract_rows[k].action, r->action[i].full) == 0;
        if (!has)
            fail_msg("the suite does not try '%s'", r->action[i].full);
    }
}

#define SUITE_SERVICES "services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }\n"

#endif
