/* quiet.c: what was taken out because of a flood comes back only when somebody
 * saw that it is quiet: flooded is refused, and unknown is not quiet. */
#include "play/asking.h"
#include "play/change.h"

#include <string.h>

static void told(struct branch *b, const char *why)
{
    b->answer = (struct answer){ .good = !why, .text = why };
    b->quiet.then(b);
}

static void have_quiet(struct branch *b)
{
    struct run *r = b->run;
    const char *ip = b->quiet.ip;
    struct json v = json_from(b->view.result ? b->view.result : "{}");
    bool read = b->view.state == TASK_DONE && b->view.outcome == OUTCOME_OK;
    if (b->view.state == TASK_ASKS) {
        task_close(b->task);
        b->task = NULL;
    }
    int64_t ended = json_int_or(json_get(v, "ended"), 0), now = r->world->now(r->world);
    if (read && json_is_true(json_get(v, "flooded")) && ended)
        told(b, arena_print(r->keep, "%s was flooded until %s: quiet for %s by now, of the %s that are wanted", ip,
                            instant_text(r->keep, run_zone(r), ended, FORM_HMS), duration_short(r->keep, now > ended ? now - ended : 0),
                            duration_words(r->keep, b->quiet.ms)));
    else if (read && json_is_true(json_get(v, "flooded")))
        told(b, arena_print(r->keep, "%s is flooded: %lld packets a second", ip,
                            (long long)json_int_or(json_get(v, "rate"), 0)));
    else if (!read || !json_is_true(json_get(v, "observed")))
        told(b, arena_print(r->keep, "nobody can see whether %s is flooded, and unknown is not quiet", ip));
    else if (!json_is_true(json_get(v, "quiet")))
        told(b, arena_print(r->keep, "%s has not been quiet for %s", ip, duration_words(r->keep, b->quiet.ms)));
    else
        told(b, NULL);
}

static void person_told(struct branch *b)
{
    told(b, b->answer.good ? NULL : arena_print(b->run->keep, "that %s is quiet: %s", b->quiet.ip, b->answer.text));
}

/* Sensing by hand: a person looks, and says so on the record. */
static void ask_a_person(struct branch *b, const char *args)
{
    struct run *r = b->run;
    const char *question = arena_print(r->keep, "Please look: has nobody flooded %s for %s?", b->quiet.ip,
                                       duration_words(r->keep, b->quiet.ms));
    consent_ask(b, &(struct asking){ .mode = "consent", .question = question, .action = "sense.quiet",
                                     .args_sha256 = sha256_of(r->keep, args), .then = person_told });
}

void quiet_ask(struct branch *b, struct json ip, int64_t ms, step_fn *then)
{
    struct run *r = b->run;
    struct err e = { 0 };
    const struct role_action *quiet = roles_find(&r->roles, "sense.quiet", &e);
    const char *canonical;
    struct task *task;
    b->quiet = (struct quiet){ json_text(ip, r->keep), ms, then };
    const char *args = arena_print(r->keep, "{\"ip\":%.*s,\"last\":%lld}", (int)ip.length, ip.at, (long long)ms);
    if (quiet && text_equal(plugins_for(r->plugins, "sense"), "manual")) {
        ask_a_person(b, args);
        return;
    }
    b->view = (struct task_view){ .state = TASK_DONE, .outcome = OUTCOME_FAILED };
    if (!quiet || !plugins_observes(r->plugins, quiet)
        || !role_arguments(&canonical, quiet, json_from(args), r->keep, &e)
        || !task_perform(&task, r->plugins, quiet, json_from(canonical), "", r->keep, &e)) {
        have_quiet(b);
        return;
    }
    branch_task(b, task, plugins_deadline(r->plugins, quiet), have_quiet);
}

/* Is this just what would put back a change that stands? */
static bool undoes_one(struct json undo, const struct work *w, struct arena *keep)
{
    return json_is(json_get(undo, "action"), w->action->full)
        && text_equal(json_canonical(json_get(undo, "args"), keep), json_canonical(w->args, keep));
}

bool quiet_matters(struct run *r, const struct work *w)
{
    if (!w->action->quiet_ms || w->even_so || w->undoes || !json_get(w->args, "ip").at)
        return false;
    const struct target *t = ledger_target(&r->ledger, w->target);
    for (const struct change *const *c = t && t->changed ? t->change : NULL; c && *c; c++)
        if (change_in_force(*c) && (*c)->undo.at && undoes_one((*c)->undo, w, r->keep))
            return true;
    for (size_t i = 0; i < r->taken_out; i++)
        if (undoes_one(json_from(r->taken[i]), w, r->keep))
            return true;
    return false;
}

void quiet_remember(struct run *r, const struct work *w)
{
    struct err ignored = { 0 };
    const struct role_action *undo = w->action->undo_action ? roles_find(&r->roles, w->action->undo_action, &ignored) : NULL;
    struct json recorded = w->recorded ? json_get(w->recorded->data, "undo") : (struct json){ 0 };
    const char *how = recorded.at ? arena_copy(r->keep, recorded.at, recorded.length) : w->undo;
    if (!undo || !undo->quiet_ms || !how)
        return;
    const char **more = arena_many(r->keep, const char *, r->taken_out + 1);
    if (r->taken_out)
        memcpy(more, r->taken, r->taken_out * sizeof *more);
    more[r->taken_out++] = how;
    r->taken = more;
}
