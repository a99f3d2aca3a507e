/* status.c: one screen: where we are, and what to type next. */
#include "verbs/show.h"

static const char rule[] =
    "-------------------------------------------------------------------------------";

static void head(struct desk *d)
{
    const struct incident *i = &d->incident;
    fprintf(d->out, "%s %s   SEV%lld  %s   %s\n%s\n", d->name, i->title ? i->title : "",
            (long long)i->severity, i->phase, instant_text(d->keep, desk_zone(d), desk_now(d), FORM_HMS),
            rule);
}

bool verb_status(struct desk *d, struct err *e)
{
    if (!desk_at_most(d, 0, e))
        return false;
    head(d);
    for (size_t k = 0; k < d->incident.windows.count; k++) {
        const struct window *w = &d->incident.windows.window[k];
        fprintf(d->out, "%-16s%s %s-%s\n", w->service, impact_level_names[w->level],
                instant_text(d->keep, desk_zone(d), w->start.at, FORM_HM),
                w->open ? "now" : instant_text(d->keep, desk_zone(d), w->end.at, FORM_HM));
    }
    return true;
}
