/* after.c: what the world shows once a change is done. A provider may accept it
 * at once and show it only later: what still looks as before is read again until
 * the plugin's appears_within is over. */
#include "play/asking.h"
#include "play/change.h"

#include <string.h>

static bool shows_nothing(const struct work *w, struct arena *keep)
{
    return w->outcome == OUTCOME_OK && w->before.at && w->after.at
        && text_equal(json_canonical(w->before, keep), json_canonical(w->after, keep));
}

static void have_after(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    int64_t now = r->world->now(r->world);
    if (b->view.state == TASK_DONE && b->view.outcome == OUTCOME_OK && b->view.result)
        w->after = json_from(arena_string(r->keep, b->view.result));
    if (shows_nothing(w, r->keep)) {
        w->after = (struct json){ 0 };
        if (now < w->shows_by) {
            branch_wait(b, now + SECOND_MS < w->shows_by ? now + SECOND_MS : w->shows_by, change_see);
            return;
        }
        w->text = arena_print(r->keep, "%s; but %s still shows what was before: %s", w->text && w->text[0] ? w->text : "done",
                              w->action->state_action, state_words(w->before, r->keep));
    }
    change_end(b);
}

/* Where nobody can look, or something else was done, `after` stays unknown. */
void change_see(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    struct err ignored = { 0 };
    if (!w->shows_by)
        w->shows_by = r->world->now(r->world) + plugins_appears_within(r->plugins, w->action);
    if (w->instead || w->elsewhere || !read_state(b, w->action, w->args, have_after, &ignored))
        change_end(b);
}
