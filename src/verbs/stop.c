/* stop.c: a run that is alive is asked to stop after the change in flight. */
#include "play/run.h"
#include "verbs/record.h"

static const struct run_view *alive(struct desk *d, struct err *e)
{
    const struct run_view *run, *found = NULL;
    size_t count;
    if (!runs_fold(&run, &count, &d->ws, &d->journal, d->keep, e))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (d->words && !text_equal(run[i].run, d->word[0]))
            continue;
        if (text_equal(run[i].state, "alive")) {
            if (found) {
                err_usage(e, "several runs are alive: '%s', '%s': say which one", found->run, run[i].run);
                return NULL;
            }
            found = &run[i];
        } else if (d->words) {
            err_hint(e, text_equal(run[i].state, "ended") ? "nothing is left to stop"
                        : "tocsin resume %s goes on; tocsin abandon %s --why TEXT ends it", run[i].run, run[i].run);
            err_failed(e, "run '%s' is not running: it is %s", run[i].run, run[i].state);
            return NULL;
        }
    }
    if (!found)
        err_usage(e, d->words ? "there is no run '%s'" : "no run is alive%s", d->words ? d->word[0] : "");
    return found;
}

bool verb_stop(struct desk *d, struct err *e)
{
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    const struct run_view *run;
    if (!desk_at_most(d, 1, e) || !(run = alive(d, e)))
        return false;
    json_open(&o, NULL, '{');
    json_put(&o, "run", run->run);
    json_put(&o, "why", "stopped");
    json_put(&o, "key", run->step_key ? run->step_key : "");
    json_put(&o, "text", arena_print(d->keep, "by %s", d->ws.world->user));
    json_close(&o, '}');
    if (!desk_append(d, NULL, EVENT_RUN_PARKED, data.at, NULL, e))
        return false;
    desk_echo(d, "%s (%s, %s) stops after the change in flight", run->run, run->runbook, run->by);
    return true;
}
