/* note.c: note, alert, link: facts as people write them. */
#include "verbs/record.h"

#include "record/rows.h"

#include <stdlib.h>
#include <string.h>

const char *record_json(struct desk *d, const char *key, const char *value, const char *second,
                        const char *second_value)
{
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, key, value);
    if (second_value)
        json_put(&o, second, second_value);
    json_close(&o, '}');
    return t.at;
}

bool record_pair(struct desk *d, const struct moment *m, enum event_kind kind, const char *key,
                 const char *value, struct err *e)
{
    return desk_append(d, m, kind, record_json(d, key, value, NULL, NULL), NULL, e);
}

bool record_text(struct desk *d, const struct moment *m, enum event_kind kind, const char *text,
                 struct err *e)
{
    return record_pair(d, m, kind, "text", text, e);
}

/* Without an incident a note goes to the workspace's own log. */
static bool into_journal(struct desk *d, struct draft *draft, size_t count, struct err *e)
{
    bool log = !d->name;
    if (log)
        d->name = "log";
    bool done = desk_append_all(d, draft, count, NULL, e);
    if (log)
        d->name = NULL;
    return done;
}

/* One line: its time, when it begins with one (else `otherwise`), and its text. A blank line is
 * no note: draft->data stays NULL. */
static bool note_line(struct desk *d, const char *line, const struct moment *otherwise,
                      struct draft *draft, struct err *e)
{
    struct moment m;
    char *copy = arena_string(d->keep, line), *save = NULL;
    *draft = (struct draft){ .kind = EVENT_NOTE, .at = INSTANT_NONE };
    d->word = arena_many(d->keep, const char *, strlen(line) / 2 + 2);
    d->words = 0;
    for (char *w = strtok_r(copy, " \t\r\n", &save); w; w = strtok_r(NULL, " \t\r\n", &save))
        d->word[d->words++] = w;
    if (!d->words)
        return true;
    if (!desk_moment(&m, d, 0, e))
        return false;
    if (!d->words)
        return err_usage(e, "a time without a text: '%s'", line);
    if (m.at == INSTANT_NONE && otherwise)
        m = *otherwise;
    if (m.at != INSTANT_NONE)
        *draft = (struct draft){ .kind = EVENT_NOTE, .at = m.at, .early_ms = m.early_ms,
                                 .late_ms = m.late_ms };
    draft->data = record_json(d, "text", desk_text(d, 0), "typed", m.typed);
    return true;
}

/* The day that rows without one are of. */
static struct civil day_of_rows(struct desk *d)
{
    bool old = d->name && !desk_is_recent(d);
    struct civil day = civil_at(desk_zone(d), old ? d->incident.opened_at : desk_now(d));
    return (struct civil){ .year = day.year, .month = day.month, .day = day.day };
}

/* A row of any form that people paste (record/rows.h), or a line of its own with @T or none. */
static bool pasted(struct desk *d, const struct row *r, const struct moment *otherwise, struct draft *draft,
                   struct err *e)
{
    if (!r->has_time)
        return note_line(d, r->line_text, otherwise, draft, e) || err_while(e, "line %d", r->line);
    if (!row_is_right(d, r, e))
        return false;
    int64_t now = desk_now(d), late = r->when.late_ms;
    *draft = (struct draft){ .kind = EVENT_NOTE, .at = r->when.at, .early_ms = r->when.early_ms,
                             .late_ms = late > now - r->when.at ? now - r->when.at : late,
                             .data = record_json(d, "text", r->text, "typed", r->when.typed) };
    return true;
}

/* A row of a table, or with a time in front of it, is taken as `note -` takes it. What is
 * left unclear is asked: the day of an incident that is long over, a time ahead of now. */
static bool typed_line(struct desk *d, const char *line, struct draft *draft, struct err *e)
{
    struct rows rows;
    if (!rows_parse(&rows, line, strlen(line), desk_zone(d), day_of_rows(d), d->keep, e))
        return false;
    const struct row *r = rows.count == 1 ? rows.row : NULL;
    bool looks_back = d->name && !desk_is_recent(d);
    if (r && r->header)
        return err_usage(e, "the heading of a table is no note");
    if (!r || !r->has_time || r->when.at > desk_now(d) || (looks_back && !r->said_day))
        return note_line(d, line, NULL, draft, e);
    d->when = r->when;
    return pasted(d, r, NULL, draft, e);
}

/* The next one: typed while another was asked about, else at the prompt; NULL at the end. */
static bool next_line(struct desk *d, size_t *taken, const char **line)
{
    *line = NULL;
    if (*taken == d->ahead->length)
        return d->world->ask(d->world, "note> ", line, d->keep);
    const char *first = d->ahead->at + *taken;
    *line = arena_copy(d->keep, first, strcspn(first, "\n"));
    *taken += strlen(*line) + 1;
    return true;
}

/* At the terminal each Enter is an event, on disk before the next prompt; a line that
 * cannot be one is shown again. */
static bool note_by_hand(struct desk *d, struct err *e)
{
    struct text ahead = text_new(d->keep);
    size_t taken = 0, refused = 0;
    d->ahead = &ahead;
    for (bool first = true;; first = false) {
        const char *line;
        struct draft draft;
        struct err slip = { 0 };
        if (!next_line(d, &taken, &line) && first) {
            err_hint(e, "tocsin note TEXT, or 'tocsin note -' to read standard input");
            return err_usage(e, "a note needs a text");
        }
        if (!line)
            break;
        d->when.at = INSTANT_NONE;
        if (typed_line(d, line, &draft, &slip)) {
            if (draft.data && !into_journal(d, &draft, 1, e))
                return false;
            if (draft.data)
                desk_echo(d, "noted");
        } else {
            err_print(&slip, d->err);
            desk_say(d, "  NOT noted: %s", text_for_terminal(d->keep, line));
            refused++;
        }
    }
    d->ahead = NULL;
    return !refused || err_failed(e, "%s not noted: shown above", text_count(d->keep, (int64_t)refused, "line"));
}

/* Pasted lines: every one is good, or none is written. They are shown first, and who
 * sits at the terminal is asked. */
static bool note_from_input(struct desk *d, const struct moment *otherwise, struct err *e)
{
    const char *bytes;
    size_t length, n = 0;
    struct rows rows;
    if (!d->world->read_file(d->world, "/dev/stdin", &bytes, &length, d->keep, e) ||
        !rows_parse(&rows, bytes, length, desk_zone(d), day_of_rows(d), d->keep, e))
        return false;
    struct draft *draft = arena_many(d->keep, struct draft, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        if (rows.row[i].header)
            continue;
        if (!pasted(d, &rows.row[i], otherwise, &draft[n], e))
            return false;
        n += draft[n].data != NULL;
    }
    if (!n)
        return err_input(e, "standard input holds no note");
    for (size_t i = 0; i < n; i++)
        row_preview(d, &(struct moment){ .at = draft[i].at, .early_ms = draft[i].early_ms, .late_ms = draft[i].late_ms },
                    json_get_text(json_from(draft[i].data), "text", d->keep));
    const char *question = arena_print(d->keep, "note %s?", text_count(d->keep, (int64_t)n, "line"));
    if ((d->world->is_terminal(d->world, 0) && !desk_confirm(d, question, e)) || !into_journal(d, draft, n, e))
        return false;
    d->when.at = INSTANT_NONE;
    desk_echo(d, "%s noted", text_count(d->keep, (int64_t)n, "line"));
    return true;
}

/* @T, or @T1-T2: it lasted. */
static bool when_noted(struct moment *m, struct desk *d, struct err *e)
{
    struct moment to;
    bool lasted = false;
    if (d->words && d->word[0][0] == '@' && !desk_span(m, &to, &lasted, d, 0, e))
        return false;
    if (!lasted)
        return desk_moment(m, d, 0, e);
    m->late_ms = to.at + to.late_ms - m->at;
    return true;
}

bool verb_note(struct desk *d, struct err *e)
{
    struct moment m;
    if (desk_option(d, "from-log") && d->name)
        return desk_at_most(d, 0, e) && desk_take_log(d, e);
    if (desk_option(d, "from-log")) {
        err_hint(e, "tocsin open TITLE   opens one, and offers to take them in");
        return err_usage(e, "no incident is open to take them in");
    }
    if (!d->words)
        return note_by_hand(d, e);
    if (!when_noted(&m, d, e) || !desk_needs(d, 0, e))
        return false;
    if (d->words == 1 && text_equal(d->word[0], "-"))
        return note_from_input(d, &m, e);
    if (!desk_needs_text(d, 0, e))
        return false;
    struct draft draft = { .kind = EVENT_NOTE, .at = m.at, .early_ms = m.early_ms,
                           .late_ms = m.late_ms };
    draft.data = record_json(d, "text", desk_text(d, 0), "typed", m.typed);
    if (!into_journal(d, &draft, 1, e))
        return false;
    desk_echo(d, d->name ? "noted" : "noted in the workspace's log; 'tocsin open' offers to take it in");
    return true;
}

static const char *alert_json(struct desk *d, const char *typed)
{
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    const char *source = desk_option(d, "source");
    json_open(&o, NULL, '{');
    json_put(&o, "text", desk_text(d, 0));
    if (source)
        json_put(&o, "source", source);
    if (typed)
        json_put(&o, "typed", typed);
    json_close(&o, '}');
    return t.at;
}

/* The first alert may come before anybody has opened an incident. */
bool verb_alert(struct desk *d, struct err *e)
{
    struct moment m;
    if (!when_noted(&m, d, e) || !desk_needs_text(d, 0, e))
        return false;
    struct draft draft = { .kind = EVENT_ALERT, .at = m.at, .early_ms = m.early_ms,
                           .late_ms = m.late_ms, .data = alert_json(d, m.typed) };
    if (!into_journal(d, &draft, 1, e))
        return false;
    desk_echo(d, d->name ? "alert written down"
                         : "alert written into the workspace's log; 'tocsin open' offers to take it in");
    if (!d->name)
        desk_say(d, "  tocsin down SERVICE   when a service is down   tocsin open TITLE   to look into it");
    return true;
}

bool verb_link(struct desk *d, struct err *e)
{
    if (!desk_needs(d, 0, e))
        return false;
    if (!strstr(d->word[0], "://"))
        return err_usage(e, "found '%s', expected a URL as https://...", d->word[0]);
    if (!desk_append(d, NULL, EVENT_LINK,
                     record_json(d, "url", d->word[0], "text", d->words > 1 ? desk_text(d, 1) : NULL),
                     NULL, e))
        return false;
    desk_echo(d, "linked");
    return true;
}
