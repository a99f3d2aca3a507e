/* desk_moment.c: when it happened, as people say it on a command line: "@11:25",
 * "14:41-14:46", --at; and of which day that is. */
#include "verbs/verbs.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

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

/* "14:10-14:05x", "25:00", "yesterday 23:50", "-30m--20m": whoever typed that meant a time. */
static bool looks_like_time(const char *word)
{
    int64_t span;
    char ago[16] = "";
    word += *word == '@';
    size_t length = *word == '-' ? strcspn(word + 1, "-") : 0;
    if (length && length < sizeof ago)
        return duration_parse(&span, memcpy(ago, word + 1, length));
    word += text_starts(word, "yesterday ") ? strlen("yesterday ") : text_starts(word, "today ") ? strlen("today ") : 0;
    word += *word == '~';
    size_t digits = strspn(word, "0123456789");
    bool day = digits == 4 && word[4] == '-' && isdigit((unsigned char)word[5]);
    return day || ((digits == 1 || digits == 2) && word[digits] == ':' && word[digits + 1] &&
                   strchr("0123456789?", word[digits + 1]));
}

/* "@yesterday 23:50" and "2025-03-11 11:17" are two words of the command line. */
static bool goes_on(const char *word, const char *next)
{
    if (!next || !isdigit((unsigned char)next[0]) || !strchr(next, ':'))
        return false;
    word += *word == '@';
    return text_equal(word, "yesterday") || text_equal(word, "today")
        || (strlen(word) == 10 && word[4] == '-' && word[7] == '-' && isdigit((unsigned char)*word));
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

/* As typed, of that day; never later than now. */
static bool of_day(struct desk *d, struct moment *m, struct civil day, struct err *e)
{
    int64_t now = desk_now(d);
    if (!moment_parse_on(m, m->typed, desk_zone(d), day, d->keep, e))
        return false;
    if (m->at > now)
        return err_usage(e, "'%s' lies in the future: it is %s now", m->typed,
                         instant_text(d->keep, desk_zone(d), now, FORM_DATE_HMS));
    if (m->late_ms > now - m->at)
        m->late_ms = now - m->at;
    return true;
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
    if (!of_day(d, m, day, e))
        return false;
    if (d->day_of != INSTANT_NONE)
        return true;
    return desk_confirm(d, arena_print(d->keep, "%s is of another day: do you mean %s %s?", d->name,
                                       instant_text(d->keep, zone, m->at, FORM_DATE_HM),
                                       zone_words(d->keep, zone, m->at)), e);
}

/* "@ 11:25" is "@11:25", and "@11:25:" or "@11:25," is that, too. */
static void mend_slips(struct desk *d, size_t word)
{
    if (word + 1 < d->words && text_equal(d->word[word], "@") && strchr("0123456789-~", *d->word[word + 1])) {
        d->word[word + 1] = arena_print(d->keep, "@%s", d->word[word + 1]);
        take_word(d, word);
    }
    if (word >= d->words || !is_time_word(d->word[word]))
        return;
    size_t length = strlen(d->word[word]);
    if (strchr(":,;", d->word[word][length - 1]))
        d->word[word] = arena_copy(d->keep, d->word[word], length - 1);
}

static bool is_one_of(const char *word, const char *const *known)
{
    while (*known && !text_equal(word, *known))
        known++;
    return *known != NULL;
}

static bool is_dash(const char *word)
{
    static const char *const dashes[] = { "-", "\xe2\x80\x93", "\xe2\x80\x94", "to", "until", NULL };
    return is_one_of(word, dashes);
}

/* "14:41–14:46" is "14:41-14:46". */
static const char *with_plain_dash(struct desk *d, const char *word)
{
    const char *dash = strstr(word, "\xe2\x80\x93");
    return !dash || !looks_like_time(word) ? word : arena_print(d->keep, "%.*s-%s", (int)(dash - word), word, dash + 3);
}

/* Both moments of "14:41-14:46", each as if it stood alone. `why`: what is wrong with
 * one whose form is that of a time. */
static bool both_ends(struct moment *from, struct moment *to, struct desk *d, const char *typed, struct err *why)
{
    for (const char *dash = strchr(typed, '-'); dash; dash = strchr(dash + 1, '-')) {
        struct err quiet = { 0 };
        const char *left = arena_copy(d->keep, typed, (size_t)(dash - typed));
        if (moment_parse(from, left, desk_zone(d), desk_now(d), d->keep, &quiet) &&
            moment_parse(to, dash + 1, desk_zone(d), desk_now(d), d->keep, &quiet))
            return true;
        if (!strstr(quiet.text, "is no time"))
            *why = quiet;
    }
    return false;
}

/* A text that begins with a time that has no '@'. */
struct unmarked {
    const char *typed;    /* NULL: it does not */
    const char *rest;     /* the text behind it */
    bool span;
};

static struct unmarked unmarked_in(struct desk *d, const char *text)
{
    static const char *const leads[] = { "at", "since", "from", "around", "about", NULL };
    static const char *const units[] = { "min", "mins", "minute", "minutes", NULL };
    enum { WORDS = 6 };
    const char *word[WORDS + 1] = { "", "", "", "", "", "", "" }, *behind[WORDS];
    size_t n = 0, i = 0;
    for (const char *at = text + strspn(text, " "); n < WORDS && *at; at = behind[n++]) {
        word[n] = arena_copy(d->keep, at, strcspn(at, " "));
        behind[n] = at + strcspn(at, " ");
        behind[n] += strspn(behind[n], " ");
    }
    i = d->edge && is_one_of(word[0], leads) ? 1 : 0; /* "since 11:05 it is slow" is a note like any other */
    size_t length = strlen(word[i]);
    const char *typed = length && strchr(":,;", word[i][length - 1]) ? arena_copy(d->keep, word[i], length - 1) : word[i];
    int64_t span;
    bool minutes = is_one_of(word[i + 1], units) && text_equal(word[i + 2], "ago");
    if (minutes || text_equal(word[i + 1], "ago")) {
        const char *ago = arena_print(d->keep, "-%s%s", typed, minutes ? "m" : "");
        if (duration_parse(&span, ago + 1)) {
            typed = ago;
            i += minutes ? 2 : 1;
        }
    } else if (goes_on(typed, word[i + 1])) {
        typed = arena_print(d->keep, "%s %s", typed, word[i + 1]);
        i++;
    }
    if (looks_like_time(typed) && is_dash(word[i + 1]) && i + 2 < n && looks_like_time(word[i + 2])) {
        typed = arena_print(d->keep, "%s-%s", typed, word[i + 2] + (*word[i + 2] == '@'));
        i += 2;
    }
    typed = with_plain_dash(d, typed);
    struct moment m, end;
    struct err why = { 0 };
    struct unmarked u = { typed, i < n ? behind[i] : "", false };
    if (!n || text_equal(typed, "now"))
        return (struct unmarked){ 0 };
    if (moment_parse(&m, typed, desk_zone(d), desk_now(d), d->keep, &why) || (d->edge && looks_like_time(typed) && !strchr(typed, '-')))
        return u;
    u.span = both_ends(&m, &end, d, typed, &why);
    return u.span ? u : (struct unmarked){ 0 };
}

/* The command that says so: "tocsin down shop @11:25 the words", with its options. */
static const char *retyped(struct desk *d, const char *verb, size_t word, const char *time, const char *rest)
{
    struct text t = text_new(d->keep);
    text_print(&t, "tocsin%s%s %s", d->given_incident ? " -i " : "", d->given_incident ? d->given_incident : "", verb);
    for (size_t i = 0; i < word; i++)
        text_print(&t, " %s", d->word[i]);
    for (size_t i = 0; d->verb->option && d->verb->option[i].name; i++)
        if (d->option_value[i])
            text_print(&t, " --%s %s", d->verb->option[i].name, d->option_value[i]);
    text_print(&t, " %s%s%s", time, *rest ? " " : "", rest);
    return t.at;
}

static bool window_is_no_moment(struct desk *d, size_t word, const struct unmarked *u, struct err *e)
{
    const char *verb = d->verb->name;
    if (text_equal(verb, "note") || text_equal(verb, "alert"))
        err_hint(e, "%s", retyped(d, verb, word, arena_print(d->keep, "@%s", u->typed), u->rest));
    else if (text_equal(verb, "down"))
        err_hint(e, "tocsin impact %s down %s %s   says a whole window", d->word[0], u->typed, u->rest);
    else if (text_equal(verb, "impact"))
        err_hint(e, "%s", retyped(d, verb, word, u->typed, u->rest));
    else
        err_hint(e, "%s", retyped(d, verb, word, "@T", u->rest));
    return err_usage(e, "'%s' has no '@', and is a window: as a text it would say nothing of when it was", u->typed);
}

/* Whoever types "11:25" in front of a text means that moment, as a rule: it is asked, and
 * never taken in silence for a word of what happens now. */
static bool marked_or_text(struct desk *d, size_t word, struct err *e)
{
    if (word && word < d->words && goes_on(d->word[word - 1], d->word[word]))
        word--;
    if (word >= d->words || d->word[word][0] == '@')
        return true;
    struct unmarked u = unmarked_in(d, desk_text(d, word));
    if (!u.typed)
        return true;
    if (u.span)
        return window_is_no_moment(d, word, &u, e);
    const char *line = "y", *time = arena_print(d->keep, "@%s", u.typed);
    const char *prompt = arena_print(d->keep, "'%s' has no '@': is that when it was? [y/N, N: it is a part of the text] ", u.typed);
    if (!d->yes && !desk_ask(d, prompt, &line)) {
        err_hint(e, "%s   where it is only a part of the text: @now in front of it",
                 retyped(d, d->verb->name, word, time, u.rest));
        return err_usage(e, "'%s' has no '@': is that when it was?", u.typed);
    }
    if (!line)
        return err_failed(e, "not done");
    if (!text_equal(line, "y") && !text_equal(line, "yes"))
        return true;
    d->words = word;
    d->word[d->words++] = time;
    if (*u.rest)
        d->word[d->words++] = u.rest;
    d->word[d->words] = NULL;
    return true;
}

/* "@20:30 20:40": behind the moment of an edge stands another one. As the row's text it would
 * say nothing of when it ended. */
static bool one_moment(struct desk *d, size_t word, const char *typed, struct err *e)
{
    struct moment m;
    struct err none = { 0 };
    const char *second = d->word[word];
    if (!d->edge || word >= d->words)
        return true;
    size_t words = goes_on(second, d->word[word + 1]) ? 2 : 1, length = strlen(second);
    second = words == 2 ? arena_print(d->keep, "%s %s", second, d->word[word + 1])
           : strchr(":,;", second[length ? length - 1 : 0]) ? arena_copy(d->keep, second, length ? length - 1 : 0) : second;
    second += *second == '@';
    if (!looks_like_time(second) || !moment_parse(&m, second, desk_zone(d), desk_now(d), d->keep, &none))
        return true;
    const char *rest = desk_text(d, word + words), *space = *rest ? " " : "";
    const char *quote = strchr(typed, ' ') || words == 2 ? "\"" : "";
    if (text_equal(d->verb->name, "up"))
        err_hint(e, "tocsin up %s@%s%s%s   if it is up since then", word ? arena_print(d->keep, "%s ", d->word[0]) : "", second, space, rest);
    else
        err_hint(e, "tocsin impact %s %s %s%s-%s%s%s%s   says a whole window", d->word[0],
                 text_equal(d->verb->name, "impact") ? d->word[1] : "down", quote, typed, second, quote, space, rest);
    return err_usage(e, "'%s' and '%s' are two moments, and a window is T1-T2", typed, second);
}

bool desk_moment(struct moment *out, struct desk *d, size_t word, struct err *e)
{
    const char *typed = d->at_typed;
    mend_slips(d, word);
    if (!typed && !marked_or_text(d, word, e))
        return false;
    if (word && word < d->words && goes_on(d->word[word - 1], d->word[word]))
        word--; /* asked for the last word, which is the second half of a time */
    if (word < d->words && is_time_word(d->word[word])) {
        typed = d->word[word] + 1;
        if (goes_on(d->word[word], d->word[word + 1])) {
            typed = arena_print(d->keep, "%s %s", typed, d->word[word + 1]);
            take_word(d, word);
        }
        take_word(d, word);
        if (!one_moment(d, word, typed, e))
            return false;
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
    if (to->at <= beginning && beginning - to->at >= DAY_MS / 2) /* "23:50-00:10"; "14:46-14:41" is a slip */
        day = civil_at("UTC", (civil_days(day.year, day.month, day.day) + 1) * DAY_MS);
    return of_day(d, to, day, e);
}

/* "14:41 - 14:46" is one word, and so is "yesterday 23:50-23:55". */
static void join_span(struct desk *d, size_t word)
{
    if (word + 1 < d->words && goes_on(d->word[word], d->word[word + 1])) {
        d->word[word + 1] = arena_print(d->keep, "%s %s", d->word[word], d->word[word + 1]);
        take_word(d, word);
    }
    if (word + 2 < d->words && looks_like_time(d->word[word]) && is_dash(d->word[word + 1])
        && looks_like_time(d->word[word + 2])) {
        const char *end = d->word[word + 2];
        d->word[word + 2] = arena_print(d->keep, "%s-%s", d->word[word], end + (*end == '@'));
        take_word(d, word);
        take_word(d, word);
    }
    d->word[word] = with_plain_dash(d, d->word[word]);
}

bool desk_span(struct moment *from, struct moment *to, bool *given, struct desk *d, size_t word,
               struct err *e)
{
    *given = false;
    if (word >= d->words)
        return true;
    join_span(d, word);
    const char *typed = d->word[word] + (d->word[word][0] == '@');
    if (!looks_like_time(typed))
        return true;
    struct err why = { 0 }, single = { 0 };
    if (both_ends(from, to, d, typed, &why)) {
        *given = true;
        take_word(d, word);
        if (!put_on_its_day(d, from, e) || !ends_on(d, from, to, e))
            return false;
        if (from->at >= to->at)
            return err_usage(e, "'%s' ends before it begins", typed);
        from->typed = to->typed = arena_string(d->keep, typed);
        d->when = *from;
        return true;
    }
    /* A time alone is a beginning: desk_moment() reads it. */
    if (moment_parse(from, typed, desk_zone(d), desk_now(d), d->keep, &single) || (d->word[word][0] == '@' && !why.kind))
        return true;
    if (why.kind) {
        *e = why;
        return false;
    }
    err_hint(e, "a window is 14:41-14:46, its beginning alone @14:41");
    return err_usage(e, "'%s' is no window", typed);
}
