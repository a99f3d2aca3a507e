/* again.c: "not now" of a change: this try ends, and the next one has its moment
 * in the record. */
#include "play/asking.h"
#include "play/change.h"
#include "play/pace.h"

bool change_is_refused_for_now(struct branch *b)
{
    struct run *r = b->run;
    struct work *w = b->work;
    int64_t now = r->world->now(r->world), may = plugins_deadline(r->plugins, w->action);
    w->first_name = w->tries ? w->first_name : w->name;
    w->first_at = w->tries++ ? w->first_at : w->begun_at;
    int64_t pause = plugins_pause(r->plugins, w->action, w->tries, b->view.later_ms);
    const char *soon = duration_words(r->keep, (pause + SECOND_MS - 1) / SECOND_MS * SECOND_MS);
    if (pause < 0) {
        w->text = arena_print(r->keep, "%s (tried %lld times)", w->text, (long long)w->tries);
    } else if (now + pause > w->first_at + may) {
        w->text = arena_print(r->keep, "%s, and not before %s are over: it may take %s in all", w->text, soon,
                              duration_words(r->keep, may));
    } else {
        w->again_at = now + pause;
        w->text = arena_print(r->keep, "%s; again in %s", w->text, soon);
    }
    return w->again_at != 0;
}

void change_again(struct branch *b)
{
    struct work *w = b->work;
    b->waits = WAITS_NOBODY;
    w->again_at = 0;
    if (!b->run->park)
        change_start(b, w);
}
