/* words.c: see words.h. */
#include "tell/words.h"

#include <inttypes.h>
#include <string.h>

static bool french(const struct tongue *t)
{
    return text_equal(t->locale, "fr");
}

bool tongue_known(const char *locale)
{
    return text_equal(locale, "en") || text_equal(locale, "fr");
}

/* --- spans ----------------------------------------------------------------- */

static void unit(struct text *out, bool fr, int64_t n, const char *en_name, const char *fr_name)
{
    /* French counts from two, English has one of each and none of nothing. */
    bool many = fr ? n > 1 : n != 1;
    text_print(out, "%s%" PRId64 "%s%s%s", out->length ? " " : "", n, fr ? "\u00a0" : " ", fr ? fr_name : en_name,
               many ? "s" : "");
}

static const char *span(struct arena *keep, const struct tongue *t, int64_t total)
{
    bool fr = french(t);
    struct text out = text_new(keep);
    if (total >= 3600)
        unit(&out, fr, total / 3600, "hour", "heure");
    if (total % 3600 >= 60)
        unit(&out, fr, total % 3600 / 60, "minute", "minute");
    if (total % 60 || !out.length)
        unit(&out, fr, total % 60, "second", "seconde");
    return out.at;
}

const char *words_span(struct arena *keep, const struct tongue *t, int64_t ms)
{
    return span(keep, t, ms < 10 * MINUTE_MS ? (ms + 500) / 1000 : (ms + 30000) / 60000 * 60);
}

const char *words_exact(struct arena *keep, const struct tongue *t, int64_t ms)
{
    return span(keep, t, ms / 1000);
}

/* hundredths of a unit, or any power of ten, without needless zeros */
static const char *decimal(struct arena *keep, bool fr, int64_t n, int64_t scale, int digits)
{
    char *text = arena_print(keep, "%" PRId64 "%s%0*" PRId64, n / scale, fr ? "," : ".", digits,
                             n % scale);
    size_t length = strlen(text);
    while (digits && text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.' || text[length - 1] == ',')
        text[length - 1] = '\0';
    return text;
}

const char *words_minutes(struct arena *keep, const struct tongue *t, int64_t ms)
{
    return decimal(keep, french(t), (ms + 300) / 600, 100, 2);
}

const char *words_percent(struct arena *keep, const struct tongue *t, int64_t ppb, int decimals)
{
    int64_t scale = 1, unit_ppb = 10000000; /* one percent */
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    const char *number = decimal(keep, french(t), ppb / (unit_ppb / scale), scale, decimals);
    return arena_print(keep, "%s%s", number, french(t) ? "\u00a0%" : "%");
}

/* --- dates ----------------------------------------------------------------- */

static const char *const month_names[2][12] = {
    { "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December" },
    { "janvier", "f\u00e9vrier", "mars", "avril", "mai", "juin", "juillet", "ao\u00fbt",
      "septembre", "octobre", "novembre", "d\u00e9cembre" },
};
static const char *const weekday_names[2][7] = {
    { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
    { "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi" },
};

static const char *english_suffix(int64_t n)
{
    if (n % 100 >= 11 && n % 100 <= 13)
        return "th";
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

const char *words_date(struct arena *keep, const struct tongue *t, int64_t at, enum date_form form)
{
    bool fr = french(t);
    struct civil c = civil_at(t->zone, at);
    const char *month = month_names[fr][c.month - 1];
    const char *weekday = weekday_names[fr][civil_weekday(c.year, c.month, c.day)];
    const char *day = fr ? arena_print(keep, "%d%s %s", c.day, c.day == 1 ? "er" : "", month)
                         : arena_print(keep, "%s %d%s", month, c.day, english_suffix(c.day));
    switch (form) {
    case DATE_DAY:
        return day;
    case DATE_FULL:
        return arena_print(keep, fr ? "%s %d" : "%s, %d", day, c.year);
    case DATE_WEEKDAY:
        return arena_print(keep, fr ? "%s %s %d" : "%s, %s, %d", weekday, day, c.year);
    case DATE_MONTH:
        return arena_print(keep, "%s %d", month, c.year);
    case DATE_ISO:
        break;
    }
    return instant_text(keep, t->zone, at, FORM_DATE);
}

bool words_same_day(const struct tongue *t, int64_t a, int64_t b)
{
    struct civil x = civil_at(t->zone, a), y = civil_at(t->zone, b);
    return x.year == y.year && x.month == y.month && x.day == y.day;
}

const char *words_clock(struct arena *keep, const struct tongue *t, int64_t at, int64_t beside)
{
    const char *clock = instant_told(keep, t->zone, at, FORM_HM);
    if (words_same_day(t, at, beside))
        return clock;
    return arena_print(keep, "%s, %s", words_date(keep, t, at, DATE_DAY), clock);
}

const char *words_clock_after(struct arena *keep, const struct tongue *t, const char *preposition, int64_t at,
                              int64_t beside)
{
    static const struct { const char *name, *day, *fr, *fr_day; } forms[] = {
        { "at", "on", "\u00e0", "le" },       { "from", "from", "de", "du" },
        { "to", "to", "\u00e0", "au" },       { "since", "since", "depuis", "depuis le" },
        { "and", "and", "et", "et le" },      { "between", "between", "entre", "entre le" },
        { "until", "until", "jusqu\u2019\u00e0", "jusqu\u2019au" },
    };
    bool fr = french(t), day = !words_same_day(t, at, beside);
    const char *clock = words_clock(keep, t, at, day && fr ? at : beside);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (text_equal(forms[i].name, preposition))
            return !fr ? arena_print(keep, "%s %s", day ? forms[i].day : forms[i].name, clock)
                 : day ? arena_print(keep, "%s %s \u00e0 %s", forms[i].fr_day, words_date(keep, t, at, DATE_DAY), clock)
                       : arena_print(keep, "%s %s", forms[i].fr, clock);
    return NULL;
}

const char *words_from_to(struct arena *keep, const struct tongue *t, int64_t start, int64_t stop, int64_t beside)
{
    if (text_equal(words_clock(keep, t, start, beside), words_clock(keep, t, stop, beside)))
        return words_clock_after(keep, t, "at", start, beside);
    return arena_print(keep, "%s %s", words_clock_after(keep, t, "from", start, beside),
                       words_clock_after(keep, t, "to", stop, start));
}

const char *words_moment(struct arena *keep, const struct tongue *t, int64_t at, int64_t early_ms, int64_t late_ms,
                         int64_t beside)
{
    if (!early_ms && late_ms >= 22 * HOUR_MS) /* of the shortest day, too */
        return words_date(keep, t, at, DATE_DAY);
    const char *clock = words_clock(keep, t, at, beside), *minutes = strchr(clock, ':');
    if (!early_ms && late_ms >= 59 * MINUTE_MS)
        return arena_print(keep, "%.*s:??%s", (int)(minutes - clock), clock, minutes + strlen(":00"));
    return early_ms && late_ms && early_ms + late_ms > MINUTE_MS ? arena_print(keep, "~%s", clock) : clock;
}

const char *words_zone(struct arena *keep, const struct tongue *t, int64_t from, int64_t to)
{
    const char *first = zone_words(keep, t->zone, from), *last = zone_words(keep, t->zone, to);
    if (text_equal(first, last))
        return first;
    return arena_print(keep, french(t) ? "%s puis, apr\u00e8s le changement d\u2019heure, %s"
                                       : "%s and, once the clocks have changed, %s", first, last);
}

/* --- numbers --------------------------------------------------------------- */

const char *words_number(struct arena *keep, const struct tongue *t, int64_t n)
{
    static const char *const names[2][13] = {
        { "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve" },
        { "aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf",
          "dix", "onze", "douze" },
    };
    if (n >= 0 && n <= 12)
        return names[french(t)][n];
    const char *digits = arena_print(keep, "%" PRId64, n);
    struct text out = text_new(keep);
    for (size_t i = 0, length = strlen(digits); digits[i]; i++) {
        if (n >= 10000 && i && (length - i) % 3 == 0)
            text_add(&out, french(t) ? "\u202f" : ",");
        text_char(&out, digits[i]);
    }
    return out.at;
}

const char *words_ordinal(struct arena *keep, const struct tongue *t, int64_t n)
{
    static const char *const names[2][10] = {
        { "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
          "tenth" },
        { "premi\u00e8re", "deuxi\u00e8me", "troisi\u00e8me", "quatri\u00e8me",
          "cinqui\u00e8me", "sixi\u00e8me", "septi\u00e8me", "huiti\u00e8me",
          "neuvi\u00e8me", "dixi\u00e8me" },
    };
    if (n >= 1 && n <= 10)
        return names[french(t)][n - 1];
    return french(t) ? arena_print(keep, "%" PRId64 "e", n)
                     : arena_print(keep, "%" PRId64 "%s", n, english_suffix(n));
}
