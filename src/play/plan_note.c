/* plan_note.c: what a dry run would do, line by line, and the journal that it would leave. */
#include "play/asking.h"
#include "play/change.h"

#include <string.h>

const char *const plan_kind_names[] = { "says", "reads", "asks", "changes" };

struct plan_step *plan_note(struct run *r, const char *key, enum plan_kind kind, const char *line)
{
    r->note = arena_grown(r->keep, r->note, sizeof *r->note, r->notes, &r->note_room);
    struct plan_step *step = &r->note[r->notes++];
    *step = (struct plan_step){ .key = arena_string(r->keep, key ? key : ""), .kind = kind,
                                .line = arena_string(r->keep, text_for_terminal(r->keep, line)),
                                .at = r->world->now(r->world) };
    return step;
}

static const char *named(struct json args, struct arena *keep)
{
    struct text t = text_new(keep);
    for (struct json_walk w = json_walk(args); args.at && json_next(&w);) {
        const char *text = json_text(w.value, keep);
        if (json_type(w.value) != JSON_NULL)
            text_print(&t, " %s=%s", json_text(w.key, keep),
                       text ? text : arena_copy(keep, w.value.at, w.value.length));
    }
    return t.at;
}

static bool by_hand(struct run *r, const struct role_action *a)
{
    return text_equal(plugins_for(r->bound, a->role), "manual");
}

void plan_note_read(struct branch *b, const char *result)
{
    struct run *r = b->run;
    const struct role_action *a = b->want.action;
    if (!r->dry || !a)
        return;
    const char *found = result ? state_words(json_from(result), r->keep) : "nothing";
    struct plan_step *step = plan_note(r, b->key, PLAN_READS,
                                       arena_print(r->keep, "reads %s%s: %s", a->full,
                                                   named(json_from(b->want.args), r->keep), found));
    step->by_hand = by_hand(r, a);
}

/* "bob or carol (anyone but alice)"; a question to oneself: "alice". */
static const char *who_may(struct run *r, bool second)
{
    const struct config *c = &r->ws->config;
    struct text t = text_new(r->keep);
    if (!second)
        return r->world->user;
    for (size_t i = 0; i < c->persons; i++)
        if (!text_equal(c->person[i].name, r->world->user))
            text_print(&t, "%s%s", t.length ? " or " : "", c->person[i].name);
    if (!t.length)
        return arena_print(r->keep, "anyone but %s", r->world->user);
    text_print(&t, " (anyone but %s)", r->world->user);
    return t.at;
}

void plan_note_asked(struct branch *b, const char *mode, const char *question)
{
    struct run *r = b->run;
    const char *who = who_may(r, text_equal(mode, "approve"));
    plan_note(r, b->key, PLAN_ASKS, arena_print(r->keep, "would ask %s: %s", who, question))->who = who;
}

/* The line of the change that just ended; what it was, becomes, and how it is put back. */
void plan_note_change(struct branch *b)
{
    struct run *r = b->run;
    const struct work *w = b->work;
    if (!r->dry || !r->notes)
        return;
    struct plan_step *step = &r->note[r->notes - 1];
    step->action = w->action->full;
    step->by_hand = by_hand(r, w->action);
    if (w->outcome != OUTCOME_OK)
        return;
    const char *args = NULL;
    struct err unknown = { 0 };
    step->kind = PLAN_CHANGES;
    step->change = w->name;
    step->target = w->target;
    step->before = state_words(w->before, r->keep);
    step->after = state_words(w->after, r->keep);
    if (w->action->undo_action
        && role_resolve(&args, w->action->undo_args, w->args, w->before, w->result, r->keep, &unknown))
        step->undo = arena_print(r->keep, "%s%s", w->action->undo_action, named(json_from(args), r->keep));
    else
        step->undo = w->action->undo_action ? w->action->undo_action
                   : arena_print(r->keep, "cannot be put back%s%s", w->action->undo_why ? ": " : "",
                                 w->action->undo_why ? w->action->undo_why : "");
}

const char *plan_record(struct run *r, enum event_kind kind, const char *data)
{
    r->planned = arena_grown(r->keep, r->planned, sizeof *r->planned, r->planneds, &r->planned_room);
    struct event *ev = &r->planned[r->planneds];
    int64_t now = r->world->now(r->world);
    *ev = (struct event){ .seq = r->begun_seq + (int64_t)r->planneds++, .at = now, .recorded = now,
                          .by = r->world->user, .uid = r->world->uid, .kind = kind,
                          .kind_name = "", .data = json_from(arena_string(r->keep, data)) };
    ev->hash = sha256_of(r->keep, arena_print(r->keep, "a plan's event %lld", (long long)r->planneds));
    return ev->hash;
}

bool run_ledger(struct ledger *out, struct run *r, struct err *e)
{
    struct journals all = { 0 };
    if (!r->apart && !journals_whole(&all, r->ws, r->keep, e))
        return false;
    struct journal *journal = arena_many(r->keep, struct journal, all.count + 1);
    if (all.count)
        memcpy(journal, all.journal, all.count * sizeof *journal);
    if (r->planneds)
        journal[all.count++] = (struct journal){ .incident = r->incident, .id = r->incident_id, .event = r->planned,
                                                 .count = r->planneds };
    ledger_fold(out, journal, all.count, r->keep);
    return true;
}

bool run_can(struct run *r, const struct role_action *a, struct err *e)
{
    return plugins_can(r->plugins, a, e) && (!r->bound || plugins_can(r->bound, a, e));
}
