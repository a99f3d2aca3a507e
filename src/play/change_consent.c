/* change_consent.c: what whoever consents to a change is shown, and what their answer
 * leads to. */
#include "play/asking.h"
#include "play/change.h"
#include "play/coverage.h"
#include "play/question.h"

#include <string.h>

static void consented(struct branch *b)
{
    struct work *w = b->work;
    if (!b->answer.good) {
        coverage_mark_at(b->run->world->coverage, b->where, w->action->full, "refused");
        change_give_up(b, arena_print(b->run->keep, "%s: %s", w->action->full, b->answer.text));
        return;
    }
    w->consented = true;
    change_guard_pool(b);
}

/* A state as people read it: "holds yes", "vpc none". */
const char *state_words(struct json value, struct arena *keep)
{
    struct text t = text_new(keep);
    if (json_type(value) != JSON_OBJECT || !json_count(value))
        return value.at ? json_text_or(value, keep, "nothing") : "unknown";
    for (struct json_walk w = json_walk(value); json_next(&w);) {
        const char *text = json_text(w.value, keep);
        text_print(&t, "%s%s %s", t.length ? ", " : "", json_text(w.key, keep),
                   text ? (text[0] ? text : "none") : json_is_true(w.value) ? "yes"
                   : json_type(w.value) == JSON_FALSE ? "no" : arena_copy(keep, w.value.at, w.value.length));
    }
    return t.at;
}

static const char *undo_words(struct run *r, const struct role_action *a)
{
    return a->undo_action ? arena_print(r->keep, "can be put back by %s", a->undo_action)
                          : arena_print(r->keep, "cannot be put back%s%s", a->undo_why ? ": " : "",
                                        a->undo_why ? a->undo_why : "");
}

const char *even_so_words(const char *unseen, const char *even_so, struct arena *keep)
{
    return even_so ? arena_print(keep, " EVEN SO, without a look at %s: %s", unseen, even_so) : "";
}

static const char *but_quiet(struct run *r, const struct role_action *a, const char *words)
{
    struct err ignored = { 0 };
    const struct role_action *undo = a->undo_action ? roles_find(&r->roles, a->undo_action, &ignored) : NULL;
    return undo && undo->quiet_ms ? arena_print(r->keep, "%s, once it was quiet for %s", words,
                                                duration_words(r->keep, undo->quiet_ms)) : words;
}

/* What is asked says what it allows: target, before, undo, and who may. */
void change_ask_consent(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    bool second;
    if (w->consented || !consent_needed(r, w->action, &second)) {
        change_guard_pool(b);
        return;
    }
    /* what only the result will tell cannot be promised */
    const char *done = w->action->says && !strstr(w->action->says, "$result")
        ? role_words(w->action->says, w->args, w->before, (struct json){ 0 }, r->keep) : w->action->help;
    const char *undo = undo_words(r, w->action), *with = question_with(w->args, w->target, r->keep);
    const char *question = arena_print(r->keep, "%s %s%s%s: afterwards %s (before: %s; %s)?%s", w->action->full,
                                       w->target, with ? " with " : "", with ? with : "", done, state_words(w->before, r->keep), undo,
                                       even_so_words("quiet and the pool's minimum", w->even_so, r->keep));
    struct shown *shown = arena_one(r->keep, struct shown);
    *shown = (struct shown){ .target = w->target, .after = done, .undo = but_quiet(r, w->action, undo),
                               .args = w->args, .before = w->before,
                               .over = w->over ? other_words(r, w->over) : NULL };
    struct err ignored = { 0 };
    consent_ask(b, &(struct asking){ .mode = second ? "approve" : "consent", .question = question, .action = w->action->full,
                                     .args_sha256 = w->args_sha256, .even_so = w->even_so, .shown = shown, .then = consented,
                                     .binding = plugins_binding(r->plugins, w->action->role, &ignored) });
}
