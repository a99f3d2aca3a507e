/* timeline.c: what happened, in order: for a screen, for Markdown, JSON, CSV. */
#include "verbs/show.h"

#include "play/ledger.h"
#include "tell/chart.h"

#include <string.h>

static bool is_shown(struct desk *d, const struct entry *n)
{
    if (entry_is_prose(n, d->keep) || desk_option(d, "all"))
        return desk_option(d, "all") != NULL;
    if (n->struck || n->corrections)
        return !n->struck || desk_option(d, "history");
    if (n->listed)
        return *n->text;
    switch ((int)n->event->kind) { /* how a run got there is bookkeeping; what it did is told */
    case EVENT_ACTION_BEGUN: case EVENT_READ: case EVENT_WAITED: case EVENT_STEP: case EVENT_BASELINE:
    case EVENT_LOCK_TAKEN: case EVENT_LOCK_RELEASED: case EVENT_UNDONE:
        return false;
    }
    return *n->text;
}

/* What the words alone would leave out: whose task it is, what a link points
 * to, that something was an alert or said in public. */
static const char *row_text(struct desk *d, const struct entry *n)
{
    struct json data = n->event->data;
    const char *text = *n->text ? n->text : n->event->kind_name, *owner, *due, *url;
    switch ((int)n->event->kind) {
    case EVENT_TASK:
        owner = json_get_text(data, "owner", d->keep);
        due = json_get_text(data, "due", d->keep);
        return arena_print(d->keep, "%s: %s%s%s%s%s", json_is_true(json_get(data, "done")) ? "done" : "to do", text,
                           owner ? ", " : "", owner ? owner : "", due ? ", due " : "", due ? due : "");
    case EVENT_LINK:
        url = json_get_text(data, "url", d->keep);
        return url && !text_equal(url, text) ? arena_print(d->keep, "%s: %s", text, url) : text;
    case EVENT_ALERT:
        return arena_print(d->keep, "alert: %s", text);
    case EVENT_SAID:
        return arena_print(d->keep, "said in public: %s", text);
    }
    return text;
}

/* "amended", "struck", ...; of a strike that names a correction: which one it takes back. */
static const char *correction_kind(struct desk *d, const struct entry *n, const struct event *c)
{
    const char *of = json_get_text(c->data, "of", d->keep);
    if (c->kind == EVENT_LISTED)
        return json_is_true(json_get(c->data, "listed")) ? "put into the report" : "left out of the report";
    for (size_t i = 0; c->kind == EVENT_STRUCK && i < n->corrections; i++)
        if (text_equal(n->correction[i]->hash, of))
            return arena_print(d->keep, "%s taken back", event_number(n->correction[i], d->keep));
    return c->kind_name;
}

static void correction_line(struct desk *d, const struct entry *n, const struct event *c, const char *zone)
{
    const char *why = json_get_text(c->data, "why", d->keep);
    const char *what = c->kind == EVENT_AMENDED ? arena_print(d->keep, ": %s", amendment_words(d, c, zone)) : "";
    fprintf(d->out, "%9s%4s  %s by %s at %s%s%s%s\n", "", event_number(c, d->keep), correction_kind(d, n, c),
            text_for_terminal(d->keep, c->by), instant_text(d->keep, zone, c->recorded, FORM_DATE_HMS),
            text_for_terminal(d->keep, what), why ? ", because: " : "", why ? text_for_terminal(d->keep, why) : "");
}

/* The zone of that day: both of its names where the clocks change. */
static const char *zone_of_day(struct desk *d, const char *zone, int64_t at)
{
    struct civil c = civil_at(zone, at);
    const char *first = zone_words(d->keep, zone, zone_day_start(zone, c.year, c.month, c.day));
    const char *last = zone_words(d->keep, zone, zone_day_start(zone, c.year, c.month, c.day + 1) - 1);
    return text_equal(first, last) ? first : arena_print(d->keep, "%s, then %s", first, last);
}

static void as_text(struct desk *d, const char *zone)
{
    char day[16] = "";
    for (size_t i = 0; i < d->incident.entries; i++) {
        const struct entry *n = &d->incident.entry[i];
        if (!is_shown(d, n))
            continue;
        const char *today = instant_text(d->keep, zone, n->at, FORM_DATE);
        if (!text_equal(day, today)) {
            fprintf(d->out, "%s, %s\n", today, zone_of_day(d, zone, n->at));
            snprintf(day, sizeof day, "%s", today);
        }
        fprintf(d->out, "%4s  %-8s %c ", event_number(n->event, d->keep),
                entry_when(n, zone, d->keep), n->struck ? 'x' : n->listed ? '*' : ' ');
        show_padded(d, n->event->by, 9);
        fputc(' ', d->out);
        show_wrapped(d, arena_print(d->keep, "%s%s", n->struck ? "(struck) " : "",
                                    text_for_terminal(d->keep, row_text(d, n))), 27, 27);
        for (size_t c = 0; desk_option(d, "history") && c < n->corrections; c++) {
            if (c == 0)
                fprintf(d->out, "%15sfirst written at %s as: %s %s\n", "",
                        instant_text(d->keep, zone, n->event->recorded, FORM_DATE_HMS),
                        instant_told(d->keep, zone, n->event->at, FORM_HM),
                        text_for_terminal(d->keep, event_text(n->event, d->keep)));
            correction_line(d, n, n->correction[c], zone);
        }
    }
    if (*day && d->world->is_terminal(d->world, 1))
        desk_say(d, "  * stands in the report%s; 'tocsin list SEQ', 'unlist SEQ' change that",
                 desk_option(d, "history") ? ", x was struck" : "");
}

static bool is_row(const struct entry *n)
{
    return n->listed && !n->struck && *n->text;
}

/* Do the rows that are listed reach into another day? */
static bool has_days(struct desk *d, const char *zone)
{
    const char *first = NULL;
    for (size_t i = 0; i < d->incident.entries; i++) {
        if (!is_row(&d->incident.entry[i]))
            continue;
        const char *day = instant_text(d->keep, zone, d->incident.entry[i].at, FORM_DATE);
        if (first && !text_equal(first, day))
            return true;
        first = day;
    }
    return false;
}

/* kramdown's rows without a header, as the house writes them; each names its
 * day where there are several. */
static void as_markdown(struct desk *d, const char *zone)
{
    bool days = has_days(d, zone);
    for (size_t i = 0; i < d->incident.entries; i++) {
        const struct entry *n = &d->incident.entry[i];
        if (!is_row(n))
            continue;
        fprintf(d->out, "| **%s** | ", entry_when_of(n, zone, days ? n->at - 2 * DAY_MS : n->at, d->keep));
        for (const char *c = text_for_terminal(d->keep, n->text); *c; c++) {
            if (strchr("\\`*_[]<>|", *c))
                fputc('\\', d->out);
            fputc(*c, d->out);
        }
        fputs(" |\n", d->out);
    }
}

static void csv_cell(struct desk *d, const char *text)
{
    if (d->world->is_terminal(d->world, 1)) /* a file gets what was written, a screen what is harmless */
        text = text_for_terminal(d->keep, text);
    if (*text && strchr("=+-@\t", *text)) /* a spreadsheet must not compute it */
        text = arena_print(d->keep, "'%s", text);
    if (!strpbrk(text, "\",\r\n")) {
        fputs(text, d->out);
        return;
    }
    fputc('"', d->out);
    for (; *text; text++)
        fprintf(d->out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', d->out);
}

static void as_csv(struct desk *d, const char *zone)
{
    fputs("seq,at,local,early_ms,late_ms,by,kind,service,level,listed,text\r\n", d->out);
    for (size_t i = 0; i < d->incident.entries; i++) {
        const struct entry *n = &d->incident.entry[i];
        if (!is_shown(d, n))
            continue;
        fprintf(d->out, "%s,%s,%s,%lld,%lld,", event_number(n->event, d->keep), instant_utc(d->keep, n->at),
                instant_text(d->keep, zone, n->at, FORM_RFC3339), (long long)n->early_ms,
                (long long)n->late_ms);
        csv_cell(d, n->event->by);
        fprintf(d->out, ",%s,", n->event->kind_name);
        csv_cell(d, n->service ? n->service : "");
        fprintf(d->out, ",%s,%s,", n->level ? n->level : "", n->listed ? "yes" : "no");
        csv_cell(d, n->text);
        fputs("\r\n", d->out);
    }
}

static void as_json(struct desk *d, const char *zone)
{
    struct text to = text_new(d->keep);
    struct json_out o = desk_json(d, &to);
    json_put(&o, "incident", d->name);
    json_put(&o, "zone", zone);
    json_open(&o, "entries", '[');
    for (size_t i = 0; i < d->incident.entries; i++)
        entry_json(&o, &d->incident.entry[i], d->keep);
    json_close(&o, ']');
    desk_json_end(d, &o);
}

/* A line a service and a line an IP, with an axis below. */
static void as_chart(struct desk *d)
{
    struct ledger ledger;
    ledger_fold(&ledger, &d->journal, 1, d->keep);
    fputs(chart_terminal(&d->incident, &ledger, &d->ws.config, d->world->columns(d->world),
                         show_ascii(d), d->keep), d->out);
}

bool verb_timeline(struct desk *d, struct err *e)
{
    const char *format = desk_option(d, "format"), *zone = desk_option(d, "zone");
    if (!desk_at_most(d, 0, e))
        return false;
    if (!zone)
        zone = desk_zone(d);
    else if (!zone_known(zone))
        return err_usage(e, "there is no zone '%s'; zones are named as Europe/Paris", zone);
    if (desk_option(d, "chart"))
        as_chart(d);
    else if (d->json || text_equal(format, "json"))
        as_json(d, zone);
    else if (text_equal(format, "md"))
        as_markdown(d, zone);
    else if (text_equal(format, "csv"))
        as_csv(d, zone);
    else if (!format || text_equal(format, "text"))
        as_text(d, zone);
    else
        return err_usage(e, "found '--format %s', expected text, md, json or csv", format);
    return true;
}
