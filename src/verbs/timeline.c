/* timeline.c: what happened, in order: for a screen, for Markdown, JSON, CSV. */
#include "verbs/show.h"

#include "play/ledger.h"
#include "tell/chart.h"

#include <string.h>

/* Prose for the report lies in notes too; it is no moment of the day. */
bool entry_is_prose(const struct entry *n, struct arena *keep)
{
    const char *source = n->event->kind == EVENT_NOTE
                             ? json_get_text(n->event->data, "source", keep) : NULL;
    return source && text_starts(source, "report/");
}

const char *entry_when(const struct entry *n, const char *zone, struct arena *keep)
{
    const char *at = instant_text(keep, zone, n->at, n->late_ms || n->early_ms ? FORM_HM : FORM_HMS);
    if (n->late_ms >= 12 * HOUR_MS)
        return "??:??"; /* only its day is known */
    if (n->late_ms >= HOUR_MS - 1)
        return arena_print(keep, "%.2s:??", at);
    return n->early_ms >= 2 * MINUTE_MS && n->late_ms >= 2 * MINUTE_MS ? arena_print(keep, "~%s", at) : at;
}

const char *figure_words(const struct figure *f, struct arena *keep)
{
    switch (f->state) {
    case FIGURE_KNOWN: return duration_words(keep, f->ms);
    case FIGURE_NOT_RECORDED: return "not recorded";
    case FIGURE_IMPOSSIBLE: return "impossible order";
    }
    return "";
}

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

/* The first bytes of a word that are at most `columns` wide: whole characters, at least one. */
static size_t front_of(struct desk *d, const char *word, size_t columns)
{
    size_t length = 0;
    while (word[length]) {
        size_t next = length + 1;
        while ((word[next] & 0xc0) == 0x80)
            next++;
        if (length && text_width(arena_copy(d->keep, word, next)) > columns)
            break;
        length = next;
    }
    return length;
}

/* The text, broken at spaces, further lines below the first; a word that is
 * wider than a line (some scripts have no spaces) is broken where it must be. */
static void wrapped(struct desk *d, const char *text, size_t indent)
{
    size_t width = (size_t)d->world->columns(d->world), column = indent;
    width = width < 60 ? 60 : width > 120 ? 120 : width;
    for (char *save = NULL, *word = strtok_r(arena_string(d->keep, text), " ", &save); word;
         word = strtok_r(NULL, " ", &save)) {
        size_t wide = text_width(word);
        if (column > indent && column + 1 + wide > width) {
            fprintf(d->out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', d->out);
            column++;
        }
        for (; column + wide > width; wide = text_width(word)) {
            size_t front = front_of(d, word, width - column);
            fprintf(d->out, "%.*s\n%*s", (int)front, word, (int)indent, "");
            word += front;
            column = indent;
        }
        fputs(word, d->out);
        column += wide;
    }
    fputc('\n', d->out);
}

/* What an amendment says anew, in words. */
static const char *amendment(struct desk *d, const struct event *c, const char *zone)
{
    static const char *const members[] = { "text", "level", "service", NULL };
    struct text t = text_new(d->keep);
    const char *at = json_get_text(c->data, "at", d->keep), *said;
    int64_t instant, lost;
    if (at && instant_parse_rfc3339(at, strlen(at), &instant))
        text_print(&t, "at %s", instant_text(d->keep, zone, instant, FORM_DATE_HMS));
    for (size_t i = 0; members[i]; i++)
        if ((said = json_get_text(c->data, members[i], d->keep)))
            text_print(&t, "%s%s%s%s", t.length ? ", " : "", i ? members[i] : "", i ? " " : "", said);
    if (json_int(json_get(c->data, "lost_ppb"), &lost))
        text_print(&t, "%slost %lld ppb", t.length ? ", " : "", (long long)lost);
    return t.at;
}

static void correction_line(struct desk *d, const struct event *c, const char *zone)
{
    const char *why = json_get_text(c->data, "why", d->keep), *what = "";
    if (c->kind == EVENT_LISTED)
        what = json_is_true(json_get(c->data, "listed")) ? ": in the report" : ": not in the report";
    else if (c->kind == EVENT_AMENDED)
        what = arena_print(d->keep, ": %s", amendment(d, c, zone));
    fprintf(d->out, "%15s%s by %s at %s%s%s%s\n", "", c->kind_name, text_for_terminal(d->keep, c->by),
            instant_text(d->keep, zone, c->recorded, FORM_DATE_HMS), text_for_terminal(d->keep, what),
            why ? ", because: " : "", why ? text_for_terminal(d->keep, why) : "");
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
            fprintf(d->out, "%s, %s\n", today, zone_words(d->keep, zone, n->at));
            snprintf(day, sizeof day, "%s", today);
        }
        fprintf(d->out, "%4lld  %-8s %c %-9s ", (long long)n->event->seq,
                entry_when(n, zone, d->keep), n->struck ? 'x' : n->listed ? '*' : ' ',
                text_cut(d->keep, text_for_terminal(d->keep, n->event->by), 9));
        wrapped(d, arena_print(d->keep, "%s%s", n->struck ? "(struck) " : "",
                               text_for_terminal(d->keep, *n->text ? n->text : n->event->kind_name)), 27);
        for (size_t c = 0; desk_option(d, "history") && c < n->corrections; c++) {
            if (c == 0)
                fprintf(d->out, "%15sfirst written at %s as: %s %s\n", "",
                        instant_text(d->keep, zone, n->event->recorded, FORM_DATE_HMS),
                        instant_text(d->keep, zone, n->event->at, FORM_HM),
                        text_for_terminal(d->keep, event_text(n->event, d->keep)));
            correction_line(d, n->correction[c], zone);
        }
    }
}

/* kramdown's rows without a header, as the house writes them. */
static void as_markdown(struct desk *d, const char *zone)
{
    for (size_t i = 0; i < d->incident.entries; i++) {
        const struct entry *n = &d->incident.entry[i];
        if (!n->listed || n->struck || !*n->text)
            continue;
        fprintf(d->out, "| **%s** | ", entry_when(n, zone, d->keep));
        for (const char *c = n->text; *c; c++) {
            if (strchr("\\`*_[]<>|", *c))
                fputc('\\', d->out);
            fputc(*c == '\n' ? ' ' : *c, d->out);
        }
        fputs(" |\n", d->out);
    }
}

static void csv_cell(struct desk *d, const char *text)
{
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
        fprintf(d->out, "%lld,%s,%s,%lld,%lld,", (long long)n->event->seq, instant_utc(d->keep, n->at),
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

void entry_json(struct json_out *o, const struct entry *n, struct arena *keep)
{
    const struct event *ev = n->event;
    json_open(o, NULL, '{');
    json_put_int(o, "v", 1);
    json_put_int(o, "seq", ev->seq);
    json_put(o, "at", instant_utc(keep, n->at));
    json_put_int(o, "early_ms", n->early_ms);
    json_put_int(o, "late_ms", n->late_ms);
    json_put(o, "recorded", instant_utc(keep, ev->recorded));
    json_put(o, "by", ev->by);
    json_put(o, "uid", ev->uid);
    json_put(o, "kind", ev->kind_name);
    json_put(o, "hash", ev->hash);
    if (ev->data.at)
        json_put_raw(o, "data", ev->data.at, ev->data.length);
    json_put(o, "text", n->text);
    json_put_bool(o, "listed", n->listed);
    json_put_bool(o, "struck", n->struck);
    if (n->corrections) {
        json_open(o, "corrections", '[');
        for (size_t c = 0; c < n->corrections; c++) {
            const struct event *by = n->correction[c];
            json_open(o, NULL, '{');
            json_put_int(o, "seq", by->seq);
            json_put(o, "recorded", instant_utc(keep, by->recorded));
            json_put(o, "by", by->by);
            json_put(o, "kind", by->kind_name);
            if (by->data.at)
                json_put_raw(o, "data", by->data.at, by->data.length);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    json_close(o, '}');
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
    fputs(chart_terminal(&d->incident, &ledger, &d->ws.config, d->world->columns(d->world), d->keep), d->out);
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
