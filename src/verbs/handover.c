/* handover.c: one page for the next shift, as Markdown that also reads plain. */
#include "verbs/show.h"
#include "verbs/situation.h"

#include "record/sla_words.h"

static const char *when(struct desk *d, int64_t at)
{
    return instant_told(d->keep, desk_zone(d), at, FORM_DATE_HM);
}

static void services(struct desk *d, const struct situation *s)
{
    fputs("\n## Services\n\n", d->out);
    for (size_t i = 0; i < s->services; i++) {
        const struct service_view *v = &s->service[i];
        fprintf(d->out, "- %s: %s", v->name, text_equal(v->state, "silent") ? "nothing recorded, and nobody has confirmed \"no impact\""
                                             : text_equal(v->state, "none") ? "no impact, confirmed" : v->state);
        if (v->since != INSTANT_NONE)
            fprintf(d->out, " since %s", when(d, v->since));
        if (v->has_sla && v->sla.downtime_ms.high)
            fprintf(d->out, "; %s of the month's %s used", sla_seconds(d->keep, v->sla.downtime_ms.nominal),
                    duration_clock(d->keep, v->sla.allowed_ms));
        fputc('\n', d->out);
    }
}

static void changed(struct desk *d, const struct situation *s)
{
    fputs("\n## Changed, and to be put back\n\n", d->out);
    for (size_t i = 0; i < s->changes; i++) {
        const struct change *c = s->changed[i];
        fprintf(d->out, "- %s, %s: %s (%s)\n", c->name, when(d, c->begun->at),
                text_for_terminal(d->keep, event_text(c->ended ? c->ended : c->begun, d->keep)), change_words(c));
    }
    for (size_t i = 0; s->not_yet[i]; i++)
        fprintf(d->out, "- do not yet %s\n", s->not_yet[i]);
    if (!s->changes)
        fputs("- nothing\n", d->out);
    for (size_t i = 0; i < s->keeps; i++)
        fprintf(d->out, "- %s stays on purpose: %s\n", s->kept[i]->name, s->kept[i]->target);
    for (size_t i = 0; i < s->helds; i++)
        fprintf(d->out, "- locked: %s\n",
                text_for_terminal(d->keep, locks_words(&s->held[i], s->now, desk_zone(d), d->keep)));
}

static void running(struct desk *d, const struct situation *s)
{
    size_t shown = 0;
    fputs("\n## Runs and questions\n\n", d->out);
    for (size_t i = 0; i < s->runs; i++) {
        const struct run_view *r = &s->run[i];
        if (text_equal(r->state, "ended"))
            continue;
        fprintf(d->out, "- %s %s is %s%s%s\n", r->run, r->runbook, r->state, r->step ? ", at: " : "",
                r->step ? text_for_terminal(d->keep, r->step) : "");
        shown++;
    }
    for (size_t i = 0; i < s->waitings; i++) /* those of no run, too */
        fprintf(d->out, "- %s waits for an answer: %s\n", s->waiting[i].name,
                text_for_terminal(d->keep, s->waiting[i].text ? s->waiting[i].text : ""));
    if (!shown && !s->waitings)
        fputs("- none\n", d->out);
}

static void tasks(struct desk *d)
{
    const struct incident *i = &d->incident;
    size_t shown = 0;
    fputs("\n## Tasks\n\n", d->out);
    for (size_t k = 0; k < i->tasks; k++) {
        const struct task *t = &i->task[k];
        if (t->done)
            continue;
        fprintf(d->out, "- %s (%s%s%s)\n", text_for_terminal(d->keep, t->text),
                t->owner && *t->owner ? text_for_terminal(d->keep, t->owner) : "nobody owns it",
                t->due && *t->due ? ", due " : "", t->due && *t->due ? text_for_terminal(d->keep, t->due) : "");
        shown++;
    }
    if (!shown)
        fputs("- none\n", d->out);
}

static void figures(struct desk *d)
{
    struct figure figure[FIGURES];
    incident_figures(figure, &d->incident);
    fputs("\n## Figures\n\n", d->out);
    for (size_t k = 0; k < FIGURES; k++)
        fprintf(d->out, "- %s: %s\n", figure[k].name, figure_words(&figure[k], d->keep));
}

static void rows(struct desk *d)
{
    fputs("\n## What happened\n\n", d->out);
    int64_t before = d->incident.opened_at; /* a row names its day where that is another than the row before had */
    for (size_t k = 0; k < d->incident.entries; k++) {
        const struct entry *n = &d->incident.entry[k];
        if (!n->listed || n->struck || !*n->text || entry_is_prose(n, d->keep))
            continue;
        fprintf(d->out, "- %s %s\n", entry_when_of(n, desk_zone(d), before, d->keep),
                text_for_terminal(d->keep, n->text));
        before = n->at;
    }
}

bool verb_handover(struct desk *d, struct err *e)
{
    struct situation s;
    const struct incident *i = &d->incident;
    if (!desk_at_most(d, 0, e) || !situation_gather(&s, d, e))
        return false;
    if (d->json) {
        status_json(d, &s);
        return true;
    }
    fprintf(d->out, "# %s %s\n\n%s, %s %s, phase %s%s%s%s\n", i->name, text_for_terminal(d->keep, i->title),
            s.world, when(d, s.now), zone_words(d->keep, desk_zone(d), s.now), i->phase,
            i->severity ? arena_print(d->keep, ", severity %lld", (long long)i->severity) : "",
            *s.people ? "; " : "", text_for_terminal(d->keep, s.people));
    for (const struct sla_gap *n = s.unread; n->incident; n++)
        fprintf(d->out, "\nWARNING: %s %s: what that said of downtime and changes is missing here.\n", n->incident, n->words);
    services(d, &s);
    changed(d, &s);
    running(d, &s);
    tasks(d);
    figures(d);
    rows(d);
    fputs("\n## Next\n\n", d->out);
    for (const struct advice *a = s.next; a->type; a++)
        fprintf(d->out, "- `%s`: %s\n", a->type, a->why);
    return true;
}
