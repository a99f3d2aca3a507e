/* report.c: see report.h. */
#include "tell/report.h"

#include "base/sha256.h"
#include "tell/chart.h"
#include "tell/draft.h"
#include "tell/lint.h"
#include "tell/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- templates -------------------------------------------------------------------- */

struct shelf {
    const struct workspace *ws;
    const char *locale;
    struct text hashed;       /* every text that was read, for the inputs' hash */
    bool own;                 /* one of them was the workspace's */
};

static bool try_shelf(struct shelf *s, const char *name, const char **bytes, size_t *length,
                      struct arena *keep, struct err *e)
{
    const char *path;
    bool own;
    if (!workspace_share(&path, &own, s->ws, "templates", name, keep, e)
        || !s->ws->world->read_file(s->ws->world, path, bytes, length, keep, e))
        return false;
    s->own = s->own || own;
    text_bytes(&s->hashed, *bytes, *length);
    return true;
}

/* In the language asked for (fr/spm.md), else in English (spm.md). */
static bool from_shelf(void *context, const char *name, const char **bytes, size_t *length,
                       struct arena *keep, struct err *e)
{
    struct shelf *s = context;
    struct err none = { 0 };
    if (!text_equal(s->locale, "en")
        && try_shelf(s, arena_print(keep, "%s/%s", s->locale, name), bytes, length, keep, &none))
        return true;
    return try_shelf(s, name, bytes, length, keep, e);
}

/* --- what it is made of ------------------------------------------------------------- */

static const char *digest(struct arena *keep, const char *bytes, size_t length)
{
    char hex[SHA256_HEX + 1];
    sha256_hex(hex, bytes, length);
    return arena_string(keep, hex);
}

/* What other incidents add to the figures of this one's periods. */
static const char *others(const struct facts *f, struct arena *keep)
{
    struct text t = text_new(keep);
    for (size_t i = 0; i < f->services; i++)
        for (size_t k = 0; k < f->service[i].slas; k++) {
            const struct sla_result *r = &f->service[i].sla[k];
            text_print(&t, "%s %s %s;", r->service, r->period.name,
                       r->settled ? r->settled : "");
            for (size_t w = 0; w < r->windows; w++) {
                const struct sla_window *row = &r->window[w];
                bool open = row->window->open; /* it grows, and that is no change of it */
                if (!text_equal(row->window->incident, f->incident->name))
                    text_print(&t, "%s %lld %lld %lld;", row->window->id, (long long)row->start,
                               open ? 0LL : (long long)row->end, open ? 0LL : (long long)row->counted_ms);
            }
        }
    return digest(keep, t.at, t.length);
}

static const char *inputs_of(const struct facts *f, const struct shelf *s, const char *number, struct arena *keep)
{
    struct text t = text_new(keep), own = text_new(keep);
    struct world *w = f->ws->world;
    struct err none = { 0 };
    const char *config;
    size_t length;
    if (!w->read_file(w, workspace_path(f->ws, keep, "tocsin.yaml"), &config, &length, keep, &none))
        config = "", length = 0;
    struct json_out o = json_out(&t);
    /* Numbering and publishing are about the document, not in it. */
    for (size_t i = 0; i < f->journal->count; i++)
        if (f->journal->event[i].kind != EVENT_NUMBERED
            && f->journal->event[i].kind != EVENT_PUBLISHED)
            text_add(&own, f->journal->event[i].hash);
    json_open(&o, NULL, '{');
    json_put(&o, "record", digest(keep, own.at, own.length));
    json_put(&o, "others", others(f, keep));
    json_put(&o, "templates", digest(keep, s->hashed.at, s->hashed.length));
    json_put(&o, "configuration", digest(keep, config, length));
    json_put(&o, "number", number);
    json_close(&o, '}');
    return t.at;
}

/* --- the document --------------------------------------------------------------------- */

static const char *const *code_names(const struct facts *f, struct redaction *r, struct arena *keep)
{
    const char **names = arena_many(keep, const char *, f->services + 1);
    for (size_t i = 0; i < f->services; i++)
        names[i] = redact(r, f->service[i].name);
    return names;
}

/* The day of the last event that says something; what only numbered or
 * published the document does not change it. */
static int64_t content_date(const struct facts *f)
{
    int64_t last = f->incident->opened_at;
    for (size_t i = 0; i < f->journal->count; i++) {
        const struct event *ev = &f->journal->event[i];
        if (ev->kind != EVENT_NUMBERED && ev->kind != EVENT_PUBLISHED && ev->recorded > last)
            last = ev->recorded;
    }
    return last;
}

/* Was anything recorded since it was published last? */
static bool is_news(const struct facts *f)
{
    int64_t last = content_date(f);
    for (size_t i = f->journal->count; i-- > 0;)
        if (f->journal->event[i].kind == EVENT_PUBLISHED
            && !json_is_true(json_get(f->journal->event[i].data, "draft")))
            return last > f->journal->event[i].recorded;
    return false;
}

/* A day that it was published for stands until something new is recorded. */
static int64_t document_date(const struct facts *f, struct arena *keep)
{
    int64_t last = content_date(f), day;
    for (size_t i = f->journal->count; i-- > 0;) {
        const struct event *ev = &f->journal->event[i];
        if (ev->kind != EVENT_PUBLISHED || ev->recorded < last)
            continue;
        const char *date = json_get_text(ev->data, "date", keep);
        struct civil c;
        if (date && sscanf(date, "%d-%d-%d", &c.year, &c.month, &c.day) == 3
            && (day = zone_day_start(f->incident->zone, c.year, c.month, c.day)) != INSTANT_NONE)
            return day;
    }
    return last;
}

bool report_make(struct report *out, const struct facts *f, const struct report_request *r,
                 struct arena *keep, struct err *e)
{
    const struct workspace *ws = f->ws;
    const char *template = r->template ? r->template : ws->config.publish.template;
    const char *locale = r->locale ? r->locale : ws->config.publish.locale;
    *out = (struct report){ .number = r->number };
    out->taken = r->number && text_equal(r->number, f->incident->number);
    if (!r->number && !report_number(&out->number, &out->taken, f, !r->publishing, keep, e))
        return false;
    if (strchr(template, '/') || template[0] == '.')
        return err_usage(e, "a template is a name, not a path: '%s'", template);
    out->template = text_ends(template, ".md") ? template : arena_print(keep, "%s.md", template);
    out->date = r->date == INSTANT_NONE ? document_date(f, keep) : r->date;

    struct document_kind kind = {
        .number = out->number, .date = out->date,
        .tongue = { locale && *locale ? locale : "en", f->incident->zone },
        .internal = text_starts(out->template, "internal"),
        .changed = r->edited || is_news(f),
    };
    struct redaction redaction = redaction_of(kind.internal ? NULL : &ws->config, kind.tongue.locale, keep);
    struct redaction of_picture = redaction_of(&ws->config, kind.tongue.locale, keep); /* one picture for all documents */
    out->data = facts_json(f, &kind, &redaction, keep);
    out->locale = kind.tongue.locale;
    struct json data = json_from(out->data);
    struct shelf shelf = { ws, kind.tongue.locale, text_new(keep), false };
    struct template_source source = { from_shelf, &shelf };
    struct rendering rendering;
    if (!template_render(&rendering, &source, out->template, data, &kind.tongue,
                         code_names(f, &redaction, keep), keep, e))
        return false;
    struct picture picture;
    picture_fold(&picture, f->incident, &f->ledger, &ws->config, keep);
    picture_redact(&picture, &of_picture);
    out->withheld = redaction_struck(&redaction, &of_picture, keep);
    out->markdown = rendering.text;
    out->svg = picture_svg(&picture, kind.tongue.locale, keep);
    out->gap = rendering.gap;
    out->gaps = rendering.gaps;
    out->own_template = shelf.own;
    out->inputs = inputs_of(f, &shelf, out->number, keep);
    return true;
}

/* --- what stands against publishing --------------------------------------------------- */

enum { MOST_OBSTACLES = 128 };
struct obstacles { const char **words; size_t count, room; const char *path; struct arena *keep; };

static void against(struct obstacles *o, const char *words)
{
    if (o->count + 1 < o->room)
        o->words[o->count++] = words;
}

/* Does a verdict of the document wait for somebody, as what was lost leaves it open? */
static bool is_in_doubt(const struct facts *f)
{
    for (size_t i = 0; i < f->services; i++)
        for (size_t k = 0; k < f->service[i].slas; k++)
            if (f->service[i].sla[k].unread && f->service[i].sla[k].decided == VERDICT_UNCERTAIN)
                return true;
    return false;
}

static void against_changes(struct obstacles *o, const struct facts *f)
{
    for (size_t i = 0; i < f->ledger.changes; i++) {
        const struct change *c = &f->ledger.change[i];
        if (c->state == CHANGE_IN_FLIGHT)
            against(o, arena_print(o->keep, "%s (%s) was begun, and nobody knows whether it was done: tocsin status says what "
                                   "settles it", c->name, c->action));
    }
}

static void against_services(struct obstacles *o, const struct facts *f)
{
    for (const struct sla_gap *n = f->account.unread; n->incident; n++)
        if (!n->lost || is_in_doubt(f))
            against(o, arena_print(o->keep, "%s %s, so no figure of downtime is certain: tocsin -i %s verify",
                                   n->incident, n->words, n->incident));
    for (size_t i = 0; i < f->services; i++) {
        const struct suffering *s = &f->service[i];
        if (facts_parted(s))
            against(o, arena_print(o->keep, "two people end the impact on '%s' at different times: tocsin status says which "
                                   "entries; tocsin strike SEQ --why TEXT decides", s->name));
        if (s->open)
            against(o, arena_print(o->keep, "the impact on '%s' is not over: tocsin up %s", s->name, s->name));
        for (size_t k = 0; k < s->slas; k++)
            if (s->sla[k].settled_stale && s->sla[k].breach == VERDICT_UNCERTAIN)
                against(o, arena_print(o->keep, "the decision about '%s' in %s was made on another "
                                       "record: tocsin settle %s %s yes|no --because TEXT", s->name,
                                       s->sla[k].period.name, s->name, s->sla[k].period.name));
            else if (s->sla[k].decided == VERDICT_UNCERTAIN && (s->sla[k].unread || facts_suffered(f, s, &s->sla[k])))
                against(o, arena_print(o->keep, "the verdict for '%s' in %s is not settled: tocsin "
                                       "settle %s %s yes|no --because TEXT", s->name,
                                       s->sla[k].period.name, s->name, s->sla[k].period.name));
    }
}

/* "&#77;" or "&#x4d;" at `c` as the ASCII character that it stands for; its bytes, or 0. */
static size_t numbered(struct text *out, const char *c)
{
    char *end;
    bool hex = c[0] == '&' && c[1] == '#' && (c[2] == 'x' || c[2] == 'X');
    const char *digits = c + 2 + hex;
    if (c[0] != '&' || c[1] != '#' || !isxdigit((unsigned char)*digits))
        return 0;
    unsigned long code = strtoul(digits, &end, hex ? 16 : 10);
    if (*end != ';' || code < ' ' || code > '~')
        return 0;
    text_char(out, (char)code);
    return (size_t)(end + 1 - c);
}

/* Without what hides the letters of a word in a line: "ACME\_Corp", "A&amp;B", "AC&#77;E". Lines stay. */
static const char *unescaped(const char *text, struct arena *keep)
{
    struct text out = text_new(keep);
    for (const char *c = text; *c;) {
        size_t length = numbered(&out, c);
        if (!length) {
            c += c[0] == '\\' && ispunct((unsigned char)c[1]);
            text_char(&out, *c);
            length = text_starts(c, "&amp;") ? strlen("&amp;") : 1;
        }
        c += length;
    }
    return out.at;
}

/* Each line that says it; where `once`, only what was not said before. */
static void against_rules(struct obstacles *o, struct redaction *r, const char *text, bool once)
{
    int line = 1;
    for (const char *c = text; *c; c++) {
        size_t length;
        line += *c == '\n';
        struct struck *rule = redact_find(r, text, c, &length);
        if (!rule || strstr(rule->instead, rule->what))
            continue;
        if (!once || !rule->times)
            against(o, arena_print(o->keep, "%s:%d: '%s' is to be left out", o->path, line, rule->what));
        rule->times++;
        for (size_t i = 1; i < length; i++)
            line += *++c == '\n';
    }
}

/* What people typed into the draft although it must not be said: as it is
 * written, then as it is read, whatever marks stand within a word. */
static void against_words(struct obstacles *o, const struct facts *f, const char *text)
{
    struct redaction r = redaction_of(&f->ws->config, NULL, o->keep);
    if (!r.rules || text_starts(f->ws->config.publish.template, "internal"))
        return;
    against_rules(o, &r, unescaped(text, o->keep), false);
    against_rules(o, &r, page_letters(text, o->keep), true);
}

static void against_conflicts(struct obstacles *o, const char *text)
{
    if (draft_has_conflict(text))
        against(o, "the draft has a conflict: choose between the lines that git marked");
}

/* What a reader with a pocket calculator would find. */
static void against_figures(struct obstacles *o, const char *text)
{
    struct findings found;
    lint_document(&found, "", text, o->keep);
    for (size_t i = 0; i < found.count; i++)
        if (found.finding[i].severity == 'E' && strcmp(found.finding[i].found, "[gap:") != 0)
            against(o, arena_print(o->keep, "%s:%d: %s (%s)", o->path, found.finding[i].line,
                                   found.finding[i].message, found.finding[i].rule));
}

int report_first_gap(const char *text)
{
    int line = 1;
    const char *gap = strstr(text, GAP_OPENS);
    for (const char *c = text; gap && c < gap; c++)
        line += *c == '\n';
    return gap ? line : 0;
}

const char *const *report_obstacles(const struct facts *f, const char *path, const char *text, struct arena *keep)
{
    struct obstacles o = { arena_many(keep, const char *, MOST_OBSTACLES + 1), 0, MOST_OBSTACLES, path, keep };
    against_services(&o, f);
    against_changes(&o, f);
    int line = 1;
    against_conflicts(&o, text);
    for (const char *c = text; *c; c++) {
        line += *c == '\n';
        if (!text_starts(c, GAP_OPENS))
            continue;
        const char *question = c + strlen(GAP_OPENS), *end = strstr(question, "]**");
        against(&o, arena_print(keep, "%s:%d: still to be written: %.*s", path, line,
                                (int)(end ? end - question : 40), question));
    }
    against_figures(&o, text);
    against_words(&o, f, text);
    return o.words;
}

const char *const *report_never(const struct facts *f, const char *path, const char *text, struct arena *keep)
{
    struct obstacles o = { arena_many(keep, const char *, MOST_OBSTACLES + 1), 0, MOST_OBSTACLES, path, keep };
    against_conflicts(&o, text);
    against_words(&o, f, text);
    return o.words;
}
