/* desk.c: what every verb needs: its words, its moment, its incident. */
#include "verbs/verbs.h"

#include "base/sha256.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

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

bool desk_at_most(struct desk *d, size_t count, struct err *e)
{
    if (d->words <= count)
        return true;
    err_hint(e, "tocsin %s %s", d->verb->name, d->verb->arguments);
    return err_usage(e, "'%s' does not know what to do with '%s'", d->verb->name, d->word[count]);
}

int64_t desk_now(const struct desk *d)
{
    return d->world->now(d->world);
}

const char *desk_zone(const struct desk *d)
{
    return d->name && d->incident.zone ? d->incident.zone : d->ws.config.zone;
}

static void take_word(struct desk *d, size_t index)
{
    for (size_t i = index; i < d->words; i++)
        d->word[i] = d->word[i + 1];
    d->words--;
}

/* "@alice please look" is a text, "@11:25 look" begins with a time; "@tomorrow"
 * and "@+5m" are meant as one, and are refused as such. */
static bool is_time_word(const char *word)
{
    static const char *const words[] = { "yesterday", "today", "tomorrow", "now", "noon", "midnight", "last",
                                         "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                                         "sunday", NULL };
    if (word[0] != '@')
        return false;
    for (size_t i = 0; words[i]; i++)
        if (!strncasecmp(word + 1, words[i], strlen(words[i])) && !isalpha((unsigned char)word[1 + strlen(words[i])]))
            return true;
    return isdigit((unsigned char)word[1]) || (word[1] && strchr("-~+", word[1]) && word[2]);
}

/* "14:10-14:05x", "25:00": whoever typed that meant a time. */
static bool looks_like_time(const char *word)
{
    word += *word == '@';
    word += *word == '~';
    size_t digits = strspn(word, "0123456789");
    bool day = digits == 4 && word[4] == '-' && isdigit((unsigned char)word[5]);
    return day || ((digits == 1 || digits == 2) && word[digits] == ':' && word[digits + 1] &&
                   strchr("0123456789?", word[digits + 1]));
}

/* "@yesterday 23:50" and "@2025-03-11 11:17" are two words of the command line. */
static bool goes_on(const char *word, const char *next)
{
    if (!next || !isdigit((unsigned char)next[0]) || !strchr(next, ':'))
        return false;
    return text_equal(word, "@yesterday") || (strlen(word) == 11 && word[5] == '-' && word[8] == '-');
}

/* A day that nobody named and that is not today is asked: at 00:10, "23:50"
 * means yesterday, and at 09:00 it is probably a slip. */
static bool day_is_meant(struct desk *d, const struct moment *m, struct err *e)
{
    const char *zone = desk_zone(d);
    struct civil then = civil_at(zone, m->at), today = civil_at(zone, desk_now(d));
    if (m->said_day || m->typed[0] == '-' ||
        civil_days(then.year, then.month, then.day) == civil_days(today.year, today.month, today.day))
        return true;
    return desk_confirm(d, arena_print(d->keep, "'%s' is %s %s, not today: is that the day you mean?",
                                       m->typed, instant_text(d->keep, zone, m->at, FORM_DATE_HM),
                                       zone_words(d->keep, zone, m->at)), e);
}

/* Bookkeeping about an old incident is no part of what happened. */
bool desk_is_recent(const struct desk *d)
{
    int64_t since = desk_now(d) - DAY_MS;
    for (size_t i = 0; i < d->incident.windows.count; i++)
        if (d->incident.windows.window[i].open)
            return true;
    for (size_t i = 0; i < d->incident.entries; i++) {
        const struct entry *n = &d->incident.entry[i];
        switch ((int)n->event->kind) {
        case EVENT_OPENED: case EVENT_NOTE: case EVENT_ALERT: case EVENT_SIGNAL: case EVENT_IMPACT:
        case EVENT_ACTION_ENDED: case EVENT_RUN_STARTED:
            if (n->at >= since && !text_equal(n->level, "none"))
                return true;
        }
    }
    return false;
}

/* A time of day without its day: the day that the verb speaks of, else today;
 * and where the incident is of another day, that one, if the person says so. */
static bool put_on_its_day(struct desk *d, struct moment *m, struct err *e)
{
    const char *zone = desk_zone(d);
    if (m->said_day || m->typed[0] == '-')
        return true;
    if (d->day_of == INSTANT_NONE && (!d->name || desk_is_recent(d)))
        return day_is_meant(d, m, e);
    struct civil day = civil_at(zone, d->day_of == INSTANT_NONE ? d->incident.opened_at : d->day_of);
    if (!moment_parse_on(m, m->typed, zone, day, d->keep, e))
        return false;
    if (d->day_of != INSTANT_NONE)
        return true;
    return desk_confirm(d, arena_print(d->keep, "%s is of another day: do you mean %s %s?", d->name,
                                       instant_text(d->keep, zone, m->at, FORM_DATE_HM),
                                       zone_words(d->keep, zone, m->at)), e);
}

bool desk_moment(struct moment *out, struct desk *d, size_t word, struct err *e)
{
    const char *typed = d->at_typed;
    if (word && word < d->words && goes_on(d->word[word - 1], d->word[word]))
        word--; /* asked for the last word, which is the second half of a time */
    if (word < d->words && is_time_word(d->word[word])) {
        typed = d->word[word] + 1;
        if (goes_on(d->word[word], d->word[word + 1])) {
            typed = arena_print(d->keep, "%s %s", typed, d->word[word + 1]);
            take_word(d, word);
        }
        take_word(d, word);
    }
    *out = (struct moment){ .at = INSTANT_NONE };
    if (typed && (!moment_parse(out, typed, desk_zone(d), desk_now(d), d->keep, e) ||
                  !put_on_its_day(d, out, e)))
        return false;
    d->when = *out;
    return true;
}

/* An end without a day is of the day of its beginning, or of the next one. */
static bool ends_on(struct desk *d, const struct moment *from, struct moment *to, struct err *e)
{
    if (to->said_day || to->typed[0] == '-')
        return true;
    struct civil day = civil_at(desk_zone(d), from->at);
    int64_t beginning = from->at;
    if (!moment_parse_on(to, to->typed, desk_zone(d), day, d->keep, e))
        return false;
    if (to->at > beginning || beginning - to->at < DAY_MS / 2)
        return true; /* "23:50-00:10" passes midnight; "14:46-14:41" is a slip */
    day = civil_at("UTC", (civil_days(day.year, day.month, day.day) + 1) * DAY_MS);
    return moment_parse_on(to, to->typed, desk_zone(d), day, d->keep, e);
}

bool desk_span(struct moment *from, struct moment *to, bool *given, struct desk *d, size_t word,
               struct err *e)
{
    *given = false;
    if (word >= d->words)
        return true;
    const char *typed = d->word[word] + (d->word[word][0] == '@');
    if (!isdigit((unsigned char)typed[0]) && typed[0] != '~')
        return true;
    struct err why = { 0 };
    for (const char *dash = strchr(typed, '-'); dash; dash = strchr(dash + 1, '-')) {
        struct err quiet = { 0 };
        const char *left = arena_copy(d->keep, typed, (size_t)(dash - typed));
        if (!moment_parse(from, left, desk_zone(d), desk_now(d), d->keep, &quiet) ||
            !moment_parse(to, dash + 1, desk_zone(d), desk_now(d), d->keep, &quiet)) {
            if (!strstr(quiet.text, "is no time")) /* a form that is known: what is wrong with it? */
                why = quiet;
            continue;
        }
        *given = true;
        take_word(d, word);
        if (!put_on_its_day(d, from, e) || !ends_on(d, from, to, e))
            return false;
        if (from->at >= to->at)
            return err_usage(e, "'%s' ends before it begins", typed);
        d->when = *from;
        return true;
    }
    struct err single = { 0 };
    bool marked = d->word[word][0] == '@'; /* @14:10 alone is a beginning: desk_moment() reads it */
    if (!looks_like_time(typed) ||
        (marked && (goes_on(d->word[word], d->word[word + 1]) ||
                    moment_parse(from, typed, desk_zone(d), desk_now(d), d->keep, &single) || !why.kind)))
        return true;
    if (why.kind) {
        *e = why;
        return false;
    }
    err_hint(e, "a window is 14:41-14:46, its beginning alone @14:41");
    return err_usage(e, "'%s' is no window", typed);
}

bool desk_confirm(struct desk *d, const char *question, struct err *e)
{
    const char *line = NULL, *prompt = arena_print(d->keep, "%s [y/N] ", question);
    if (d->yes)
        return true;
    if (!d->world->ask(d->world, prompt, &line, d->keep)) {
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

static void remember(struct desk *d, const struct draft *draft, size_t count,
                     const struct appended *a)
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
    if (!d->ws.store->append(d->ws.store, d->name, NULL, NULL, draft, count, true, out, d->keep, e))
        return false;
    remember(d, draft, count, out);
    return true;
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
    return desk_refresh(d, e);
}

bool desk_refresh(struct desk *d, struct err *e)
{
    d->journal = (struct journal){ 0 };
    d->incident = (struct incident){ 0 };
    return workspace_journal(&d->journal, &d->ws, d->name, d->keep, e) &&
           incident_fold(&d->incident, &d->journal, d->as_of, desk_now(d), d->keep, e);
}

bool desk_open_incident(struct desk *d, const struct moment *when, const char *title,
                        const char *zone, struct err *e)
{
    unsigned char bytes[16];
    char id[33];
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    struct draft draft = { .at = INSTANT_NONE, .by = d->world->user, .uid = d->world->uid,
                           .kind = EVENT_OPENED };
    if (when && when->at != INSTANT_NONE) {
        draft.at = when->at;
        draft.early_ms = when->early_ms;
        draft.late_ms = when->late_ms;
    }
    const char *name;
    if (!workspace_next_name(&name, &d->ws, draft.at == INSTANT_NONE ? desk_now(d) : draft.at,
                             d->keep, e))
        return false;
    d->world->random(d->world, bytes, sizeof bytes);
    hex_from_bytes(id, bytes, sizeof bytes);
    json_open(&o, NULL, '{');
    json_put(&o, "id", id);
    json_put(&o, "name", name);
    json_put(&o, "zone", zone ? zone : d->ws.config.zone);
    json_put(&o, "world", d->ws.config.simulated ? "simulated" : "real");
    json_put_bool(&o, "drill", d->ws.config.simulated);
    if (title && *title)
        json_put(&o, "title", title);
    if (when && when->typed)
        json_put(&o, "typed", when->typed);
    json_close(&o, '}');
    draft.data = data.at;
    if (!d->ws.store->create(d->ws.store, name, &draft, d->keep, e) || !desk_incident(d, name, e))
        return false;
    struct appended opened = { .first_seq = 1, .recorded = d->journal.event[0].recorded,
                               .hash = { d->journal.event[0].hash } };
    remember(d, &draft, 1, &opened);
    return true;
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
    json_close(&o, ']');
    return o;
}

void desk_json_end(struct desk *d, struct json_out *o)
{
    json_close(o, '}');
    fprintf(d->out, "%s\n", o->to->at);
}
