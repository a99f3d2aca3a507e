/* edge.c: from a command line to a verb, and from its error to an exit status.
 *
 * Options are read here and not by getopt_long: getopt keeps its place in
 * globals, and `test` plays verbs inside a verb; it also takes abbreviations,
 * and would read "-5 replicas" in a note as options. */
#include "verbs/screen.h"
#include "verbs/verbs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Address space only; the sanitizer marks every byte of it, so it gets less. */
#ifdef __SANITIZE_ADDRESS__
enum { KEEP_BYTES = 1 << 28 };
#else
static const size_t KEEP_BYTES = (size_t)16 << 30;
#endif

enum global { G_DIR, G_INCIDENT, G_BY, G_YES, G_JSON, G_AS_OF, G_AT, G_COLOR, G_QUIET, G_VERBOSE, G_HELP, G_VERSION };
static const struct { char letter; const char *name, *value; } globals[] = {
    [G_DIR] = { 'C', "dir", "DIR" },
    [G_INCIDENT] = { 'i', "incident", "INCIDENT" },
    [G_BY] = { 0, "by", "NAME" },
    [G_YES] = { 'y', "yes", NULL },
    [G_JSON] = { 0, "json", NULL },
    [G_AS_OF] = { 0, "as-of", "T" },
    [G_AT] = { 0, "at", "T" },
    [G_COLOR] = { 0, "color", "auto|always|never" },
    [G_QUIET] = { 'q', "quiet", NULL },
    [G_VERBOSE] = { 'v', "verbose", NULL },
    [G_HELP] = { 'h', "help", NULL },
    [G_VERSION] = { 0, "version", NULL },
};
enum { GLOBALS = sizeof globals / sizeof globals[0] };

struct line {
    int argc, at;
    const char *const *argv;
    const char *by, *color;
    bool over, help, version; /* over: "--" was seen */
};

static const struct verb *find_verb(const char *name)
{
    if (text_equal(name, "s"))
        name = "status";
    if (text_equal(name, "n"))
        name = "note";
    if (text_equal(name, "tl"))
        name = "timeline";
    for (const struct verb *v = verbs; v->name; v++)
        if (text_equal(v->name, name))
            return v;
    return NULL;
}

static bool unknown_verb(const char *name, struct desk *d, struct err *e)
{
    size_t n = 0, k = 0;
    while (verbs[n].name)
        n++;
    const char **known = arena_many(d->keep, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        known[k++] = verbs[i].name;
    const char *near = text_nearest(name, known);
    if (near)
        err_hint(e, "did you mean 'tocsin %s'? 'tocsin help' lists every verb", near);
    else
        err_hint(e, "'tocsin help' lists every verb");
    return err_usage(e, "there is no verb '%s'", name);
}

static void global_is(struct line *l, struct desk *d, enum global g, const char *value)
{
    switch (g) {
    case G_DIR: d->dir = value; break;
    case G_INCIDENT: d->given_incident = value; break;
    case G_BY: l->by = value; break;
    case G_YES: d->yes = true; break;
    case G_JSON: d->json = true; break;
    case G_AS_OF: d->as_of_typed = value; break;
    case G_AT: d->at_typed = value; break;
    case G_COLOR: l->color = value; break;
    case G_QUIET: d->quiet = true; break;
    case G_VERBOSE: d->verbose = true; break;
    case G_HELP: l->help = true; break;
    case G_VERSION: l->version = true; break;
    }
}

/* The value behind an option: what stands after '=', or the next word. */
static bool take_value(struct line *l, const char *option, const char *wanted, const char *inside,
                       const char **value, struct err *e)
{
    if (!wanted) {
        *value = "";
        return !inside || err_usage(e, "'%s' takes no value", option);
    }
    if (!inside && l->at + 1 < l->argc)
        inside = l->argv[++l->at];
    *value = inside;
    return inside || err_usage(e, "'%s' needs a value: %s", option, wanted);
}

static bool unknown_option(const char *option, struct desk *d, struct err *e)
{
    const char *known[64];
    size_t n = 0;
    for (size_t i = 0; i < GLOBALS; i++)
        known[n++] = arena_print(d->keep, "--%s", globals[i].name);
    for (const struct verb_option *o = d->verb ? d->verb->option : NULL; o && o->name && n < 63; o++)
        known[n++] = arena_print(d->keep, "--%s", o->name);
    known[n] = NULL;
    const char *near = text_nearest(option, known);
    if (near)
        err_hint(e, "did you mean '%s'? a text that begins with '-' goes behind '--'", near);
    else
        err_hint(e, d->verb ? "'tocsin help %s' lists its options; a text that begins with '-' goes behind '--'"
                            : "'tocsin help' lists the options%.0s", d->verb ? d->verb->name : "");
    return err_usage(e, "unknown option '%s'", option);
}

static bool long_option(struct line *l, struct desk *d, const char **values, struct err *e)
{
    const char *typed = l->argv[l->at], *value, *equals = strchr(typed, '=');
    size_t length = equals ? (size_t)(equals - typed) : strlen(typed);
    const char *name = arena_copy(d->keep, typed, length);
    for (size_t i = 0; d->verb && d->verb->option && d->verb->option[i].name; i++)
        if (text_equal(name + 2, d->verb->option[i].name))
            return take_value(l, name, d->verb->option[i].value, equals ? equals + 1 : NULL,
                              &values[i], e);
    for (int g = 0; g < GLOBALS; g++)
        if (text_equal(name + 2, globals[g].name)) {
            if (!take_value(l, name, globals[g].value, equals ? equals + 1 : NULL, &value, e))
                return false;
            global_is(l, d, (enum global)g, value);
            return true;
        }
    return unknown_option(name, d, e);
}

/* -qv, -C DIR, -CDIR */
static bool short_options(struct line *l, struct desk *d, struct err *e)
{
    for (const char *c = l->argv[l->at] + 1; *c; c++) {
        int g = 0;
        while (g < GLOBALS && globals[g].letter != *c)
            g++;
        if (g == GLOBALS)
            return unknown_option(l->argv[l->at], d, e);
        const char *value, *rest = globals[g].value && c[1] ? c + 1 : NULL;
        if (!take_value(l, arena_print(d->keep, "-%c", *c), globals[g].value, rest, &value, e))
            return false;
        global_is(l, d, (enum global)g, value);
        if (globals[g].value)
            break;
    }
    return true;
}

static bool is_short(const char *word)
{
    return word[0] == '-' && isalpha((unsigned char)word[1]);
}

static bool read_line(struct line *l, struct desk *d, struct err *e)
{
    enum { OPTIONS = 32 };
    const char **values = arena_many(d->keep, const char *, OPTIONS);
    d->word = arena_many(d->keep, const char *, (size_t)l->argc + 1);
    d->option_value = values;
    for (l->at = 1; l->at < l->argc; l->at++) {
        const char *word = l->argv[l->at];
        if (!l->over && text_equal(word, "--")) {
            l->over = true;
        } else if (!l->over && text_starts(word, "--")) {
            if (!long_option(l, d, values, e))
                return false;
        } else if (!l->over && is_short(word)) {
            if (!short_options(l, d, e))
                return false;
        } else if (!d->verb) {
            if (!(d->verb = find_verb(word)))
                return unknown_verb(word, d, e);
        } else {
            d->word[d->words++] = word;
        }
    }
    return true;
}

static bool use_color(struct line *l, struct desk *d, struct err *e)
{
    const char *no = d->world->environment(d->world, "NO_COLOR");
    if (!l->color || text_equal(l->color, "auto"))
        d->color = !(no && *no) && d->under == stdout && d->world->is_terminal(d->world, 1);
    else if (text_equal(l->color, "always"))
        d->color = true;
    else if (!text_equal(l->color, "never"))
        return err_usage(e, "found '--color %s', expected auto, always or never", l->color);
    return true;
}

/* What is made for a file goes there as it is. */
static enum screen_kind kind_of(const struct desk *d)
{
    const char *format = d->verb ? desk_option(d, "format") : NULL;
    bool json = d->json || text_equal(format, "json");
    bool document = (format && !text_equal(format, "text") && !json) || (d->verb && text_equal(d->verb->name, "export"));
    if (document && !(d->under == stdout && d->world->is_terminal(d->world, 1)))
        return SCREEN_DOCUMENT;
    return json ? SCREEN_JSON : SCREEN_TEXT;
}

static bool open_screens(struct desk *d, struct err *e)
{
    bool one = d->out == d->err;
    FILE *out = screen_open(d->under, kind_of(d), d->color), *err = one ? out : screen_open(d->err, SCREEN_TEXT, false);
    if (!out || !err)
        return err_errno(e, "cannot write the answer");
    setvbuf(err, NULL, _IOLBF, 0);
    d->out = out;
    d->err = err;
    return true;
}

/* The only open incident; none is no error for verbs that may lack one, but
 * several are, because nobody may guess which of them is meant. */
static bool pick(struct desk *d, struct err *e)
{
    unsigned needs = d->verb->needs;
    if (needs & OF_THE_LOG && text_equal(d->given_incident, "log")) { /* of what was noted while no incident was open */
        d->name = "log";
        return desk_incident(d, d->name, e);
    }
    if (workspace_pick(&d->name, &d->unread, &d->ws, d->given_incident, needs & OR_THE_LAST, d->keep, e))
        return desk_incident(d, d->name, e);
    bool none = !d->given_incident && !d->name
        && (e->kind == ERR_USAGE || (d->unread && needs & EVEN_UNREAD));
    d->name = NULL;
    if (!none || !(needs & MAY_LACK_INCIDENT)) {
        d->unread = NULL; /* the error names them, where they are to blame */
        return false;
    }
    *e = (struct err){ 0 };
    return true;
}

/* The day that a time without one is of, for who looks back: the incident's, once
 * that is over; of the workspace, its last one's. INSTANT_NONE: today. */
static int64_t day_looked_back_on(struct desk *d)
{
    const char *last;
    struct err none = { 0 };
    struct desk other = *d;
    if (!d->name && (!workspace_pick(&last, NULL, &d->ws, NULL, true, d->keep, &none) || text_equal(last, "log") ||
                     !desk_incident(&other, last, &none)))
        return INSTANT_NONE;
    return desk_is_recent(&other) ? INSTANT_NONE : other.incident.opened_at;
}

static bool look_back(struct desk *d, struct err *e)
{
    struct moment m;
    const char *zone = desk_zone(d);
    if (!(d->verb->needs & LOOKS_BACK))
        return err_usage(e, "--as-of looks back, and '%s' does not; '@11:25' or --at backdates what is written",
                         d->verb->name);
    if (!moment_parse(&m, d->as_of_typed, zone, desk_now(d), d->keep, e))
        return err_while(e, "--as-of");
    int64_t day = m.said_day || d->as_of_typed[0] == '-' ? INSTANT_NONE : day_looked_back_on(d);
    if (day != INSTANT_NONE && !moment_parse_on(&m, d->as_of_typed, zone, civil_at(zone, day), d->keep, e))
        return err_while(e, "--as-of");
    d->as_of = m.at;
    if (!d->name)
        return true;
    int64_t opened_at = d->incident.opened_at;
    if (!desk_refresh(d, e))
        return false;
    return d->incident.entries || /* something was backdated before its opening */
           err_failed(e, "%s begins at %s: there is nothing as of %s", d->name,
                      instant_text(d->keep, zone, opened_at, FORM_DATE_HM),
                      instant_text(d->keep, zone, m.at, FORM_DATE_HM));
}

/* Facts are written down even where somebody just broke the configuration. */
static bool open_workspace(struct desk *d, const char *dir, struct err *e)
{
    struct err broken = { 0 }, none = { 0 };
    if (workspace_open(&d->ws, d->world, dir, d->keep, &broken))
        return true;
    if (!(d->verb->needs & EVEN_BROKEN) || broken.kind != ERR_INPUT ||
        !workspace_open_as_it_was(&d->ws, d->world, dir, d->keep, &none)) {
        *e = broken;
        return false;
    }
    fprintf(d->err, "tocsin: warning: %s\n  this goes on with the configuration as it last was\n",
            text_for_terminal(d->keep, broken.text));
    return true;
}

static bool prepare(struct desk *d, struct err *e)
{
    unsigned needs = d->verb->needs;
    if (!(needs & (NEEDS_WORKSPACE | NEEDS_INCIDENT | OR_THE_LAST | MAY_LACK_INCIDENT)))
        return true;
    const char *dir = NULL;
    if (!workspace_find(&dir, d->world, d->dir, d->keep, e) || !open_workspace(d, dir, e))
        return false;
    d->world = d->ws.world;
    if (needs & (NEEDS_INCIDENT | OR_THE_LAST | MAY_LACK_INCIDENT) && !pick(d, e))
        return false;
    return !d->as_of_typed || look_back(d, e);
}

static bool perform(struct line *l, struct desk *d, struct err *e)
{
    if (!read_line(l, d, e) || !use_color(l, d, e) || !open_screens(d, e))
        return false;
    if (l->by && !*l->by)
        return err_usage(e, "'--by' needs a name");
    if (l->by) {
        d->world->user = l->by;
        d->world->claimed = true;
    }
    if (l->help || l->version) {
        d->words = 0;
        if (l->help && d->verb)
            d->word[d->words++] = d->verb->name;
        d->word[d->words] = NULL;
        d->verb = find_verb(l->help ? "help" : "version");
    } else if (!d->verb) {
        d->verb = find_verb("status");
    }
    if (!prepare(d, e))
        return false;
    if (d->name && d->incident.warning)
        fprintf(d->err, "tocsin: warning: %s\n", text_for_terminal(d->keep, d->incident.warning));
    return d->verb->perform(d, e);
}

/* In --json a verb that only records answers with what it recorded. */
static void answer(struct desk *d)
{
    if (!d->json || d->answered || !d->recorded.length)
        return;
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_put(&o, "incident", d->name);
    const char *all = arena_print(d->keep, "[%s]", d->recorded.at);
    json_put_raw(&o, "recorded", all, strlen(all));
    desk_json_end(d, &o);
}

/* An answer that nobody saw: was it recorded, though? */
static bool answer_arrived(struct desk *d, struct err *e)
{
    if (!fflush(d->out) && !ferror(d->out))
        return true;
    if (d->recorded.length)
        err_hint(e, "what you typed IS recorded: do not type it again; 'tocsin timeline' shows it");
    return err_errno(e, "cannot write the answer");
}

int verbs_main(struct world *w, int argc, const char *const *argv, FILE *out, FILE *err)
{
    struct arena whole = arena_reserve(KEEP_BYTES), keep = whole;
    const char *user = w->user;
    bool claimed = w->claimed;
    struct line l = { .argc = argc, .argv = argv };
    struct desk d = { .world = w, .out = out, .err = err, .under = out, .keep = &keep, .as_of = INSTANT_NONE,
                      .day_of = INSTANT_NONE, .when = { .at = INSTANT_NONE } };
    struct err e = { 0 };
    d.recorded = text_new(&keep);
    bool done = perform(&l, &d, &e);
    if (done)
        answer(&d);
    if (done && d.ws.store && !w->virtual)
        workspace_remember(&d.ws, keep);
    if (d.unread)
        fprintf(d.err, "tocsin: warning: %s\n", text_for_terminal(&keep, d.unread));
    struct err lost = { 0 };
    if (!answer_arrived(&d, &lost) && done) {
        done = false;
        e = lost;
    }
    if (!done)
        err_print(&e, d.err);
    if (d.ws.store) {
        const char *note = d.ws.store->warning(d.ws.store, &keep);
        if (note)
            fprintf(d.err, "tocsin: warning: %s\n", text_for_terminal(&keep, note));
        d.ws.store->close(d.ws.store);
    }
    if (d.err != err && d.err != d.out)
        fclose(d.err);
    if (d.out != out)
        fclose(d.out);
    w->user = user;
    w->claimed = claimed;
    arena_release(whole);
    return done ? 0 : err_status(&e);
}
