/* show.c: see show.h. */
#define _GNU_SOURCE /* strcasestr */
#include "verbs/show.h"

#include "record/sla_words.h"

#include <string.h>

/* Prose for the report lies in notes too; it is no moment of the day. */
bool entry_is_prose(const struct entry *n, struct arena *keep)
{
    const char *source = n->event->kind == EVENT_NOTE
                             ? json_get_text(n->event->data, "source", keep) : NULL;
    return source && text_starts(source, "report/");
}

/* Was it said to the hour: "14:??"? */
static bool is_some_hour(const struct entry *n, struct arena *keep)
{
    const char *typed = n->timed->data.at ? json_get_text(n->timed->data, "typed", keep) : NULL;
    return typed && text_ends(typed, ":??");
}

const char *entry_when(const struct entry *n, const char *zone, struct arena *keep)
{
    enum { WIDE = 2 * MINUTE_MS };
    const char *at = instant_told(keep, zone, n->at, n->late_ms >= SECOND_MS || n->early_ms >= SECOND_MS ? FORM_HM : FORM_HMS);
    if (!n->early_ms && n->late_ms >= 12 * HOUR_MS && civil_at(zone, n->at).hour == 0)
        return "??:??"; /* only its day is known */
    bool whole_hour = civil_at(zone, n->at).minute == 0;
    if (whole_hour && !n->early_ms && (n->late_ms == HOUR_MS - 1 || is_some_hour(n, keep)))
        return arena_print(keep, "%.2s:??%s", at, at + 5);
    if (!n->early_ms && n->late_ms >= WIDE)
        return arena_print(keep, "%s-%s", at, instant_told(keep, zone, n->at + n->late_ms, FORM_HM));
    return n->early_ms >= WIDE && n->late_ms >= WIDE ? arena_print(keep, "~%s", at) : at;
}

const char *entry_when_of(const struct entry *n, const char *zone, int64_t beside, struct arena *keep)
{
    const char *day = instant_text(keep, zone, n->at, FORM_DATE);
    const char *at = entry_when(n, zone, keep);
    return text_equal(day, instant_text(keep, zone, beside, FORM_DATE)) ? at : arena_print(keep, "%s %s", day, at);
}

const char *show_clock(struct desk *d, int64_t at, int64_t beside)
{
    const char *zone = desk_zone(d);
    bool same = text_equal(instant_text(d->keep, zone, at, FORM_DATE), instant_text(d->keep, zone, beside, FORM_DATE));
    return instant_told(d->keep, zone, at, same ? FORM_HM : FORM_DATE_HM);
}

const char *figure_words(const struct figure *f, struct arena *keep)
{
    switch (f->state) {
    case FIGURE_KNOWN: return duration_words(keep, f->ms);
    case FIGURE_NOT_RECORDED: return "not recorded";
    case FIGURE_IMPOSSIBLE: return "impossible order";
    case FIGURE_PARTED: return arena_print(keep, "between %s and %s: two people say different times",
                                           duration_words(keep, f->ms), duration_words(keep, f->most_ms));
    case FIGURE_BEFORE: return arena_print(keep, "%s before the impact", duration_words(keep, f->ms));
    }
    return "";
}

void entry_json(struct json_out *o, const struct entry *n, struct arena *keep)
{
    const struct event *ev = n->event;
    json_open(o, NULL, '{');
    json_put_int(o, "v", 1);
    json_put_int(o, "seq", ev->seq);
    if (ev->stream) /* another store's: its numbers are its own */
        json_put(o, "number", event_number(ev, keep));
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

size_t show_width(const struct desk *d)
{
    enum { LEAST = 79, MOST = 119 };
    int columns = d->world->columns(d->world) - 1;
    return columns < LEAST ? LEAST : columns > MOST ? MOST : (size_t)columns;
}

void show_padded(struct desk *d, const char *text, size_t columns)
{
    text = text_cut(d->keep, text_for_terminal(d->keep, text), columns);
    fprintf(d->out, "%s%*s", text, (int)(columns - text_width(text)), "");
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

/* A word that is wider than a line (some scripts have no spaces) is broken
 * where it must be. */
void show_wrapped(struct desk *d, const char *text, size_t column, size_t indent)
{
    size_t width = show_width(d), start = column;
    for (char *save = NULL, *word = strtok_r(arena_string(d->keep, text), " ", &save); word;
         word = strtok_r(NULL, " ", &save)) {
        size_t wide = text_width(word);
        if (column > start && column + 1 + wide > width) {
            fprintf(d->out, "\n%*s", (int)indent, "");
            column = start = indent;
        } else if (column > start) {
            fputc(' ', d->out);
            column++;
        }
        for (; column + wide > width; wide = text_width(word)) {
            size_t front = front_of(d, word, column < width ? width - column : 1);
            fprintf(d->out, "%.*s\n%*s", (int)front, word, (int)indent, "");
            word += front;
            column = start = indent;
        }
        fputs(word, d->out);
        column += wide;
    }
    fputc('\n', d->out);
}

const char *amendment_words(struct desk *d, const struct event *c, const char *zone)
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
        text_print(&t, "%slost %s", t.length ? ", " : "", ppb_percent(d->keep, lost, 7));
    return t.at;
}

const char *correction_words(struct desk *d, const struct event *ev, const char *otherwise)
{
    const char *of = ev->data.at ? json_get_text(ev->data, "of", d->keep) : NULL, *why = "";
    bool known = ev->kind == EVENT_AMENDED || ev->kind == EVENT_STRUCK || ev->kind == EVENT_LISTED;
    const struct event *first = known ? journal_by_hash(&d->journal, of) : NULL;
    if (!first)
        return otherwise;
    const char *number = event_number(first, d->keep);
    if (ev->kind == EVENT_AMENDED)
        return arena_print(d->keep, "%s amended: %s", number, amendment_words(d, ev, desk_zone(d)));
    if (ev->kind == EVENT_STRUCK)
        why = json_text_or(json_get(ev->data, "why"), d->keep, "");
    return arena_print(d->keep, "%s %s%s%s", number, ev->kind == EVENT_STRUCK ? "struck"
                           : json_is_true(json_get(ev->data, "listed")) ? "put into the report" : "left out of the report",
                       *why ? ", because: " : "", why);
}

bool show_ascii(const struct desk *d)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" }; /* the first that is set decides */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = d->world->environment(d->world, names[i]);
        if (locale && *locale)
            return !strcasestr(locale, "UTF-8") && !strcasestr(locale, "UTF8");
    }
    return true;
}
