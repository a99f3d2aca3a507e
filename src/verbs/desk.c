/* desk.c: what every verb needs: its words, its incident, its answer. */
#include "verbs/verbs.h"

#include <stdarg.h>
#include <string.h>

const char *desk_option(const struct desk *d, const char *name)
{
    for (size_t i = 0; d->verb->option && d->verb->option[i].name; i++)
        if (text_equal(d->verb->option[i].name, name))
            return d->option_value[i];
    return NULL;
}

const char *desk_text(const struct desk *d, size_t first)
{
    struct text t = text_new(d->keep);
    for (size_t i = first; i < d->words; i++) {
        if (i > first)
            text_char(&t, ' ');
        text_add_clean(&t, d->word[i], strlen(d->word[i]));
    }
    return t.at;
}

bool desk_needs(struct desk *d, size_t index, struct err *e)
{
    if (index < d->words)
        return true;
    err_hint(e, "tocsin %s %s", d->verb->name, d->verb->arguments);
    return err_usage(e, "'%s' needs more words", d->verb->name);
}

bool desk_needs_text(struct desk *d, size_t first, struct err *e)
{
    if (!desk_needs(d, first, e))
        return false;
    if (desk_text(d, first)[strspn(desk_text(d, first), " \t\r\n")])
        return true;
    err_hint(e, "tocsin %s %s", d->verb->name, d->verb->arguments);
    return err_usage(e, "'%s' needs a text, and this one is empty", d->verb->name);
}

bool desk_at_most(struct desk *d, size_t count, struct err *e)
{
    if (d->words <= count)
        return true;
    err_hint(e, "tocsin %s %s", d->verb->name, d->verb->arguments);
    return err_usage(e, "'%s' does not know what to do with '%s'", d->verb->name, d->word[count]);
}

/* Never before what is recorded already: a machine's clock that steps back
 * disorders nothing. */
int64_t desk_now(const struct desk *d)
{
    int64_t now = d->world->clock(d->world);
    return now < d->recorded_until ? d->recorded_until : now;
}

const char *desk_zone(const struct desk *d)
{
    bool log = text_equal(d->name, "log"); /* it has no opening that says one */
    return d->name && !log && d->incident.zone ? d->incident.zone : d->ws.config.zone;
}

bool desk_ask(struct desk *d, const char *prompt, const char **line)
{
    for (*line = NULL; d->world->ask(d->world, prompt, line, d->keep); prompt = "y or n? ") {
        if (!d->ahead || !*line || text_equal(*line, "y") || text_equal(*line, "yes") || text_equal(*line, "n") ||
            text_equal(*line, "no"))
            return true;
        text_print(d->ahead, "%s\n", *line);
    }
    return false;
}

bool desk_confirm(struct desk *d, const char *question, struct err *e)
{
    const char *line = NULL, *prompt = arena_print(d->keep, "%s [y/N] ", question);
    if (d->yes)
        return true;
    if (!desk_ask(d, prompt, &line)) {
        err_hint(e, "say --yes if that is so");
        return err_waiting(e, "nobody is here to answer: %s", question);
    }
    if (line && (text_equal(line, "y") || text_equal(line, "yes")))
        return true;
    return err_failed(e, "not done");
}

/* The same object with what the person typed as its time. */
static const char *with_typed(struct desk *d, const char *data, const char *typed)
{
    if (!typed)
        return data;
    struct text t = text_new(d->keep);
    size_t length = strlen(data);
    text_bytes(&t, data, length - 1);
    if (length > 2)
        text_char(&t, ',');
    text_add(&t, "\"typed\":");
    json_quote(&t, typed, strlen(typed));
    text_char(&t, '}');
    return t.at;
}

void desk_remember(struct desk *d, const struct draft *draft, size_t count, const struct appended *a)
{
    for (size_t i = 0; i < count; i++) {
        if (d->recorded.length)
            text_char(&d->recorded, ',');
        struct json_out o = json_out(&d->recorded);
        json_open(&o, NULL, '{');
        json_put_int(&o, "seq", a->first_seq + (int64_t)i);
        json_put(&o, "kind", event_kinds[draft[i].kind].name);
        json_put(&o, "at", instant_utc(d->keep, draft[i].at == INSTANT_NONE ? a->recorded : draft[i].at));
        if (count <= 64)
            json_put(&o, "hash", a->hash[i]);
        json_close(&o, '}');
    }
}

bool desk_append_all(struct desk *d, struct draft *draft, size_t count, struct appended *out,
                     struct err *e)
{
    struct appended mine;
    out = out ? out : &mine;
    if (d->as_of_typed)
        return err_usage(e, "--as-of looks back, and '%s' writes; '@11:25' or --at backdates",
                         d->verb->name);
    for (size_t i = 0; i < count; i++) {
        if (!draft[i].by)
            draft[i].by = d->world->user;
        draft[i].uid = d->world->uid;
    }
    if (!d->ws.store->append(d->ws.store, d->name, d->behind, NULL, draft, count, SYNC_NOW, out, d->keep, e))
        return false;
    desk_remember(d, draft, count, out);
    return true;
}

bool desk_append_as_read(struct desk *d, struct draft *draft, size_t count, bool *moved, struct err *e)
{
    struct err why = { 0 };
    d->behind = d->incident.head;
    bool done = desk_append_all(d, draft, count, NULL, &why);
    d->behind = NULL;
    *moved = false;
    if (done)
        return true;
    *moved = why.kind == ERR_BUSY;
    if (!*moved)
        *e = why;
    return *moved && desk_refresh(d, e);
}

bool desk_append(struct desk *d, const struct moment *when, enum event_kind kind,
                 const char *data, struct appended *out, struct err *e)
{
    struct draft draft = { .at = INSTANT_NONE, .kind = kind };
    draft.data = with_typed(d, data, when ? when->typed : NULL);
    if (when && when->at != INSTANT_NONE) {
        draft.at = when->at;
        draft.early_ms = when->early_ms;
        draft.late_ms = when->late_ms;
    }
    return desk_append_all(d, &draft, 1, out, e);
}

bool desk_incident(struct desk *d, const char *name, struct err *e)
{
    d->name = name;
    if (!desk_refresh(d, e))
        return false;
    if (d->journal.count || !d->incident.warning)
        return true;
    err_hint(e, "tocsin import FILE   takes a copy in, from 'tocsin export' elsewhere; a backup of its folder does, too");
    return err_input(e, "nothing of %s can be read: %s", name, d->incident.warning);
}

bool desk_refresh(struct desk *d, struct err *e)
{
    d->journal = (struct journal){ 0 };
    d->incident = (struct incident){ 0 };
    if (!workspace_journal(&d->journal, &d->ws, d->name, d->keep, e))
        return false;
    for (size_t i = 0; i < d->journal.count; i++)
        if (d->journal.event[i].stream == 0 && d->journal.event[i].recorded > d->recorded_until)
            d->recorded_until = d->journal.event[i].recorded;
    return incident_fold(&d->incident, &d->journal, d->as_of, desk_now(d), d->keep, e);
}

void desk_echo(struct desk *d, const char *format, ...)
{
    if (d->json)
        return;
    va_list more;
    va_start(more, format);
    char line[2048];
    vsnprintf(line, sizeof line, format, more);
    va_end(more);
    int64_t now = desk_now(d), at = d->when.at == INSTANT_NONE ? now : d->when.at;
    char zone[16];
    zone_offset(desk_zone(d), at, zone);
    bool today =
        text_equal(instant_text(d->keep, desk_zone(d), at, FORM_DATE),
                   instant_text(d->keep, desk_zone(d), now, FORM_DATE));
    fprintf(d->out, "%s  %s %s%s  %s\n", d->name ? d->name : "-",
            instant_text(d->keep, desk_zone(d), at, today ? FORM_HM : FORM_DATE_HM), zone,
            now - at < MINUTE_MS ? "" : arena_print(d->keep, " (%s ago)", duration_short(d->keep, now - at)),
            text_for_terminal(d->keep, line));
}

void desk_say(struct desk *d, const char *format, ...)
{
    if (d->quiet)
        return;
    va_list more;
    fflush(d->out); /* advice stands below its answer, wherever the two go */
    va_start(more, format);
    vfprintf(d->err, format, more);
    va_end(more);
    fputc('\n', d->err);
}

struct json_out desk_json(struct desk *d, struct text *to)
{
    d->answered = true;
    struct json_out o = json_out(to);
    json_open(&o, NULL, '{');
    json_put_int(&o, "v", 1);
    json_put(&o, "as_of", instant_utc(d->keep, d->as_of == INSTANT_NONE ? desk_now(d) : d->as_of));
    json_open(&o, "warnings", '[');
    if (d->name && d->incident.warning)
        json_put(&o, NULL, d->incident.warning);
    for (const char *const *w = d->warning; w && *w; w++)
        json_put(&o, NULL, *w);
    if (d->unread)
        json_put(&o, NULL, d->unread);
    json_close(&o, ']');
    return o;
}

void desk_json_end(struct desk *d, struct json_out *o)
{
    json_close(o, '}');
    fprintf(d->out, "%s\n", o->to->at);
}
