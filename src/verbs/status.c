/* status.c: one screen: where we are, and what to type next. */
#include "verbs/screen.h"
#include "verbs/show.h"
#include "verbs/situation.h"

#include "tell/chart.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *upper(struct desk *d, const char *text)
{
    char *copy = arena_string(d->keep, text);
    for (char *c = copy; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

/* With its day where that is not the day of the incident. */
static const char *hm(struct desk *d, int64_t at)
{
    return show_clock(d, at, d->incident.opened_at);
}

static const char *color(struct desk *d, const char *code)
{
    return d->color ? code : "";
}

/* Left and right of one line of the screen; the left gives way. */
static void ends(struct desk *d, const char *left, const char *right)
{
    size_t room = show_width(d) - text_width(right) - 2;
    left = text_cut(d->keep, text_for_terminal(d->keep, left), room);
    fprintf(d->out, "%s%*s%s\n", left, (int)(show_width(d) - text_width(left) - text_width(right)), "",
            text_for_terminal(d->keep, right));
}

static void line(struct desk *d, const char *label, const char *text)
{
    show_padded(d, label, 16);
    fprintf(d->out, "%s\n", text_cut(d->keep, text_for_terminal(d->keep, text), show_width(d) - 16));
}

/* "MEND    text", its further lines below the text. */
static void labelled(struct desk *d, const char *label, const char *text)
{
    fprintf(d->out, "%-8s", label);
    show_wrapped(d, text_for_terminal(d->keep, text), 8, 8);
}

static void rule(struct desk *d)
{
    struct text t = text_new(d->keep);
    text_repeat(&t, "-", show_width(d));
    fprintf(d->out, "%s\n", t.at);
}

static void head(struct desk *d, const struct situation *s)
{
    const struct incident *i = &d->incident;
    char zone[16];
    zone_offset(desk_zone(d), s->now, zone);
    bool same_day = text_equal(instant_text(d->keep, desk_zone(d), s->now, FORM_DATE),
                               instant_text(d->keep, desk_zone(d), i->opened_at, FORM_DATE));
    const char *grade = i->severity ? arena_print(d->keep, "SEV%lld  ", (long long)i->severity) : "";
    ends(d, arena_print(d->keep, "%s %s", i->name, i->title && *i->title ? i->title : "(no title)"),
         arena_print(d->keep, "%s%s   %s%s %s", grade, upper(d, i->phase), d->as_of_typed ? "as of " : "",
                     instant_text(d->keep, desk_zone(d), s->now, same_day ? FORM_HMS : FORM_DATE_HM), zone));
    ends(d, arena_print(d->keep, "%s: %s", s->world, s->bindings), s->people);
    rule(d);
}

/* "11:17-11:30, 11:40-11:53" of what is over, what overlaps as one, broken
 * where the screen ends. */
static const char *earlier(struct desk *d, const struct service_view *v, size_t indent, size_t column)
{
    struct text t = text_new(d->keep);
    for (size_t i = 0; v->window[i];) {
        int64_t start = v->window[i]->start.at, end = start;
        bool open = false;
        for (; v->window[i] && v->window[i]->start.at <= end; i++) {
            end = v->window[i]->end.at > end ? v->window[i]->end.at : end;
            open |= v->window[i]->open;
        }
        if (open)
            continue;
        const char *one = arena_print(d->keep, "%s-%s", hm(d, start), hm(d, end));
        if (t.length)
            text_char(&t, ',');
        if (column + strlen(one) + 3 > show_width(d)) {
            text_char(&t, '\n');
            text_repeat(&t, " ", indent);
            column = indent;
        } else if (t.length) {
            text_char(&t, ' ');
        }
        text_add(&t, one);
        column += strlen(one) + 2;
    }
    return t.at;
}

/* "down", where it ever was; else "degraded" or "unknown". */
static const char *worst_of(const struct service_view *v)
{
    enum impact_level worst = IMPACT_UNKNOWN;
    for (size_t i = 0; v->window[i]; i++)
        worst = v->window[i]->level < worst ? v->window[i]->level : worst;
    return impact_level_names[worst];
}

static void service_line(struct desk *d, const struct situation *s, const struct service_view *v)
{
    const char *name = text_cut(d->keep, text_for_terminal(d->keep, v->name), 15);
    if (v->source) {
        const char *was = earlier(d, v, 52, 52);
        const char *state = arena_print(d->keep, "%s %s, since %s", upper(d, v->state),
                                        duration_short(d->keep, s->now - v->since), hm(d, v->since));
        show_padded(d, name, 16);
        fprintf(d->out, "%s%s%s%*s%s\n", color(d, SCREEN_RED), state, color(d, SCREEN_PLAIN),
                *was ? text_width(state) < 26 ? (int)(28 - text_width(state)) : 2 : 0, "",
                *was ? arena_print(d->keep, "earlier %s", was) : "");
    } else if (text_equal(v->state, "up")) {
        show_padded(d, name, 16);
        fprintf(d->out, "up since %s    was %s %s\n", hm(d, v->since), worst_of(v),
                earlier(d, v, 39 + strlen(worst_of(v)), 39 + strlen(worst_of(v))));
    } else if (text_equal(v->state, "none")) {
        line(d, name, "no impact, as somebody has confirmed");
    } else {
        line(d, name, "nothing recorded; \"no impact\" confirmed by nobody yet");
    }
    if (v->probe.at != INSTANT_NONE)
        line(d, "  probe", arena_print(d->keep, "%s, asked %s ago", *v->probe.words ? v->probe.words
                                       : v->probe.good ? "answers" : "no answer",
                                       duration_short(d->keep, s->now - v->probe.at)));
}

static const char *budget(struct desk *d, const struct sla_result *r)
{
    if (r->unread && r->breach == VERDICT_UNCERTAIN && !r->settled)
        return "breach not known: see MEND";
    if (r->breach_at != INSTANT_NONE)
        return arena_print(d->keep, "breach at %s if still down", hm(d, r->breach_at));
    if (r->breach == VERDICT_NO)
        return arena_print(d->keep, "%s left", duration_clock(d->keep, r->left_ms));
    const char *settled = text_equal(r->decided_by, "record") ? ""
                          : arena_print(d->keep, "; %s: %s", r->decided_by, verdict_names[r->decided]);
    return arena_print(d->keep, "breach %s%s", verdict_names[r->breach], settled);
}

static bool has_sla_line(const struct service_view *v)
{
    return v->has_sla && (v->sla.downtime_ms.high || v->source || v->sla.unread);
}

/* Of the month where there is one such line; of the service where there are several. */
static void sla_line(struct desk *d, const struct service_view *v, bool several)
{
    const struct sla_result *r = &v->sla;
    struct civil c = civil_at(r->policy->zone, r->period.start);
    static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July",
                                          "August", "September", "October", "November", "December" };
    const char *name = r->policy->period == PERIOD_MONTH ? months[c.month - 1] : r->period.name;
    int64_t spent = r->unread ? r->least_ms : (r->downtime_ms.nominal + SECOND_MS / 2) / SECOND_MS * SECOND_MS;
    int64_t low = (r->downtime_ms.low + MINUTE_MS / 2) / MINUTE_MS;
    int64_t high = (r->downtime_ms.high + MINUTE_MS / 2) / MINUTE_MS;
    const char *range = low == high || r->unread ? "" : arena_print(d->keep, " (%lld-%lld)", (long long)low, (long long)high);
    line(d, text_cut(d->keep, arena_print(d->keep, "SLA %s", several ? v->name : name), 15),
         arena_print(d->keep, "%s%s used%s of %s    %s", r->unread ? "at least " : "",
                     spent % MINUTE_MS ? duration_clock(d->keep, spent)
                                       : arena_print(d->keep, "%lld min", (long long)(spent / MINUTE_MS)), range,
                     duration_clock(d->keep, r->allowed_ms), budget(d, r)));
}

static void target_line(struct desk *d, const struct situation *s, const struct target_view *t)
{
    const char *seen = "nobody has looked", *age = "";
    if (t->flood.at != INSTANT_NONE) {
        seen = t->flood.good ? "no flood" : t->flood.blind ? "cannot be seen" : *t->flood.words ? t->flood.words : "flooded";
        age = arena_print(d->keep, " (%s ago)", duration_short(d->keep, s->now - t->flood.at));
    }
    const char *since = t->since == INSTANT_NONE ? "" : arena_print(d->keep, " since %s", hm(d, t->since));
    const char *ip = text_for_terminal(d->keep, t->ip);
    size_t wide = text_width(ip), column = wide < 15 ? 16 : wide + 1;
    fprintf(d->out, "%s%*s", ip, (int)(column - wide), "");
    const char *dns = t->dns_until == INSTANT_NONE || t->dns_until <= s->now ? ""
                      : arena_print(d->keep, ", old DNS answers live until %s", hm(d, t->dns_until));
    show_wrapped(d, arena_print(d->keep, "%s%s, %s%s%s%s%s", t->place, since, seen, age,
                                t->watched ? "" : ", NOT WATCHED", t->last ? ", the last in the pool" : "", dns),
                 column, 16);
}

static void runs(struct desk *d, const struct situation *s)
{
    for (size_t i = 0; i < s->runs; i++) {
        const struct run_view *r = &s->run[i];
        if (text_equal(r->state, "ended"))
            continue;
        const char *step = r->step && *r->step ? r->step : "";
        bool asked = text_equal(r->why, "asked");
        const char *why = !asked || r->ask ? r->why : r->late ? "nobody answered in time, and that is a no" : "its question is answered";
        const char *words = asked || !r->words ? "" : text_cut(d->keep, r->words, 200);
        const char *run = text_cut(d->keep, text_for_terminal(d->keep, r->run), 20);
        size_t wide = text_width(run), column = wide < 4 ? 8 : wide + 5;
        fprintf(d->out, "RUN %s%*s", run, (int)(column - wide - 4), "");
        const char *line = arena_print(d->keep, "%-8s %s (%s)  %s%s%s%s%s", r->runbook, r->state, r->by, step,
                                       *step && why ? ": " : "", why ? why : "", *words ? ": " : "", words);
        show_wrapped(d, text_for_terminal(d->keep, line), column, 16);
    }
    for (size_t i = 0; i < s->waitings; i++) {
        const struct question *q = &s->waiting[i];
        labelled(d, "WAITING", arena_print(d->keep, "%s  %s%s%s%s%s", q->name, q->text, q->who ? ", for " : "",
                                           q->who ? q->who : "", q->deadline == INSTANT_NONE ? "" : "; no at ",
                                           q->deadline == INSTANT_NONE ? "" : instant_text(d->keep, desk_zone(d),
                                                                                           q->deadline, FORM_HM)));
    }
}

static void changes(struct desk *d, const struct situation *s)
{
    enum { SHOWN = 6 };
    for (size_t i = 0; i < s->changes && i < SHOWN; i++) {
        const struct change *c = s->changed[i];
        const char *what = c->ended ? event_text(c->ended, d->keep)
                                    : arena_print(d->keep, "%s %s", c->action, c->target);
        size_t name = strlen(c->name); /* some words begin with the name that stands here already */
        if (text_starts(what, c->name) && what[name] == ' ')
            what += name + 1;
        const char *called = text_cut(d->keep, text_for_terminal(d->keep, c->name), 20);
        size_t wide = text_width(called), room = wide < 4 ? 42 : 42 - (wide - 3);
        what = text_cut(d->keep, text_for_terminal(d->keep, what), room - 1);
        fprintf(d->out, "%-8s%s%*s%s%*s%-6s%s\n", i ? "" : "CHANGED", called, wide < 4 ? (int)(4 - wide) : 1, "", what,
                (int)(room - text_width(what)), "", hm(d, c->begun->at), change_words(c));
    }
    if (s->changes > SHOWN)
        fprintf(d->out, "        and %zu more: 'tocsin restore' lists them\n", s->changes - SHOWN);
    if (!s->changes && s->ledger.changes)
        fprintf(d->out, "CHANGED nothing that is not as it was%s\n",
                s->keeps ? arena_print(d->keep, "; %s kept on purpose",
                                       text_count(d->keep, (int64_t)s->keeps, "change")) : "");
}

/* Whose targets nobody else changes. */
static void locks(struct desk *d, const struct situation *s)
{
    for (size_t i = 0; i < s->helds; i++)
        labelled(d, i ? "" : "LOCKED", locks_words(&s->held[i], s->now, desk_zone(d), d->keep));
}

static void public_line(struct desk *d, const struct situation *s)
{
    const struct incident *i = &d->incident;
    struct text t = text_new(d->keep);
    if (i->said_at != INSTANT_NONE)
        text_print(&t, "last update %s", hm(d, i->said_at));
    if (i->next_due != INSTANT_NONE && !i->closed)
        text_print(&t, ", next %s %s", i->next_due < s->now ? "was due" : "due", hm(d, i->next_due));
    if (i->number && *i->number)
        text_print(&t, "%s%s", t.length ? "   " : "", i->number);
    if (t.length)
        fprintf(d->out, "PUBLIC  %s\n", t.at);
}

static size_t lines_of(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* The incident as lanes over time, below all that matters more: where the screen
 * has room for it, with its rule and the next prompt; in a file once it is over; with -v. */
static void picture(struct desk *d, const struct situation *s, const char *screen)
{
    struct world *w = d->world;
    bool terminal = w->is_terminal(w, 1), wanted = d->verbose || (!terminal && !situation_is_open(s));
    if (!d->incident.windows.count && !d->verbose)
        return;
    const char *drawn = chart_terminal(&d->incident, &s->ledger, &d->ws.config, (int)show_width(d), show_ascii(d), d->keep);
    bool fits = terminal && lines_of(screen) + 1 + lines_of(drawn) < (size_t)w->rows(w);
    if (!wanted && !fits)
        return;
    rule(d);
    fputs(drawn, d->out);
}

/* What was measured, once it is over; a figure that is not recorded is left to handover. */
static void times(struct desk *d)
{
    struct figure figure[FIGURES];
    struct text t = text_new(d->keep);
    incident_figures(figure, &d->incident);
    for (size_t i = 0; i < FIGURES; i++)
        if (figure[i].state != FIGURE_NOT_RECORDED)
            text_print(&t, "%s%s %s", t.length ? ", " : "", figure[i].name + strlen("time "),
                       figure_words(&figure[i], d->keep));
    if (t.length)
        labelled(d, "TIMES", t.at);
}

/* What does not fit together, or was perhaps forgotten, with the command that mends it. */
static void to_mend(struct desk *d, const struct situation *s)
{
    enum { FORGOTTEN_MS = 12 * 3600 * 1000 };
    for (size_t i = 0; i < s->services; i++)
        if (s->service[i].source && s->now - s->service[i].since > FORGOTTEN_MS)
            labelled(d, "MEND", arena_print(d->keep, "%s has been %s for %s: forgotten? tocsin up %s @TIME",
                                            s->service[i].name, s->service[i].state,
                                            duration_short(d->keep, s->now - s->service[i].since),
                                            s->service[i].name));
    for (const char *const *n = d->incident.windows.note; n && *n; n++)
        labelled(d, "MEND", *n);
    for (const struct sla_gap *n = s->unread; n->incident; n++)
        if (text_equal(n->incident, d->name))
            labelled(d, "MEND", arena_print(d->keep, n->lost
                ? "%s %s, so no figure is sure: tocsin import FILE takes a whole copy in; tocsin settle decides without it"
                : "%s %s, so no figure is sure: tocsin -i %s verify --salvage FILE and tocsin import FILE keep the rest",
                n->incident, n->words, n->incident));
    for (const char *const *w = s->warning; *w; w++) /* another incident of the month is damaged */
        if (!text_starts(*w, d->name))
            labelled(d, "MEND", *w);
}

static void below(struct desk *d, const struct situation *s)
{
    size_t n = 0;
    while (s->latest[n])
        n++;
    for (size_t i = 0; i < n; i++)
        fprintf(d->out, "%-8s%-8s %s\n", i ? "" : "LATEST", entry_when_of(s->latest[i], desk_zone(d), d->incident.opened_at, d->keep),
                text_cut(d->keep, text_for_terminal(d->keep, s->latest[i]->text), show_width(d) - 17));
    for (const struct advice *a = s->next; a->type; a++)
        fprintf(d->out, "%-8s%-22s  %s\n", a == s->next ? "NEXT" : "", a->type, a->why);
    for (size_t i = 0; s->not_yet[i]; i++)
        fprintf(d->out, "%-12s%s\n", i ? "" : "DO NOT YET", s->not_yet[i]);
}

/* Nothing has ever happened here: that is an answer, and no mistake. */
static bool all_quiet(struct desk *d)
{
    struct text t = text_new(d->keep);
    if (d->json) {
        struct json_out o = desk_json(d, &t);
        json_put(&o, "incident", NULL);
        desk_json_end(d, &o);
        return true;
    }
    desk_echo(d, "no incident: nothing is recorded as down");
    fprintf(d->out, "NEXT    tocsin down SERVICE     when something is wrong: starts the clock\n"
                    "        tocsin note TEXT        writes a fact down\n"
                    "        tocsin runbooks         what can be run\n");
    return true;
}

static void show_screen(struct desk *d, const struct situation *s)
{
    head(d, s);
    for (size_t i = 0; i < s->services; i++)
        service_line(d, s, &s->service[i]);
    size_t lines = 0;
    for (size_t i = 0; i < s->services; i++)
        lines += has_sla_line(&s->service[i]);
    for (size_t i = 0; i < s->services; i++)
        if (has_sla_line(&s->service[i]))
            sla_line(d, &s->service[i], lines > 1);
    for (size_t i = 0; i < s->targets; i++)
        target_line(d, s, &s->target[i]);
    rule(d);
    runs(d, s);
    changes(d, s);
    locks(d, s);
    public_line(d, s);
    to_mend(d, s);
    if (!situation_is_open(s))
        times(d);
    below(d, s);
}

bool verb_status(struct desk *d, struct err *e)
{
    struct situation s;
    if (!desk_at_most(d, 0, e))
        return false;
    if (!d->name)
        return all_quiet(d);
    if (!situation_gather(&s, d, e))
        return false;
    if (d->json) {
        status_json(d, &s);
        return true;
    }
    FILE *out = d->out;
    char *screen = NULL;
    size_t length = 0;
    if (!(d->out = open_memstream(&screen, &length)))
        return d->out = out, err_errno(e, "cannot keep a screen in memory");
    show_screen(d, &s);
    fclose(d->out);
    d->out = out;
    fputs(screen, out);
    picture(d, &s, screen);
    free(screen);
    return true;
}
