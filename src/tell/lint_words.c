/* lint_words.c: actions that can be followed (rules D), and language (rules E). */
#define _GNU_SOURCE
#include "tell/lint_inside.h"

#include <ctype.h>
#include <string.h>

/* --- actions --------------------------------------------------------------------------- */

/* A person or a date or a tracker's number: then somebody will ask about it. */
static bool can_be_followed(const char *at, size_t length)
{
    static const char *const words[] = { "due", "owner", "by the end of", "http", "pour le", "responsable", NULL };
    struct civil day;
    if (lint_has(at, length, words))
        return true;
    for (size_t i = 0; i < length; i++) {
        if (lint_date(at + i, at, 2000, &day) || (at[i] == '#' && isdigit((unsigned char)at[i + 1])))
            return true;
        size_t caps = 0;
        while (i + caps < length && isupper((unsigned char)at[i + caps]))
            caps++;
        if (caps > 1 && at[i + caps] == '-' && isdigit((unsigned char)at[i + caps + 1]))
            return true;
        i += caps;
    }
    return false;
}

static void check_action(struct linting *l, const char *at, size_t length, int line, int *done, int *open)
{
    static const char *const nouns[] = { "a", "an", "the", "this", "these", "our", "we", "there", "some", "it", "evaluation",
                                         "review", "investigation", "improvement", "le", "la", "les", "un", "une", "des",
                                         "notre", NULL };
    static const char *const endless[] = { "ongoing", "in general", "long-term", "as needed", "where possible",
                                           "continue to", "explore", NULL };
    static const char *const past[] = { "was", "were", "has been", "have been", "is done", "completed", "a été", "ont été",
                                        NULL };
    static const char *const marked[] = { "Done", "Fait", "[x]", NULL };
    const char *word;
    size_t first = strcspn(at, " ,");
    if (first < length && lint_word(at, first + 1 < length ? first + 1 : first, marked))
        return; /* kept apart by its own mark */
    if (!can_be_followed(lint_as_written(l, at), length))
        lint_add(l, line, "D1", 'W', "", "(alice, due 2025-06-30)",
                 "an action without an owner and a day, or a tracker's number");
    if (first <= length && lint_word(at, first, nouns))
        lint_add(l, line, "D2", 'W', arena_copy(l->keep, at, first), "",
                 "an action begins with what to do, as 'Split the network ...'");
    else if ((word = lint_word(at, length, endless)))
        lint_add(l, line, "D2", 'W', word, "", "'%s': when will this action be over?", word);
    bool is_past = lint_word(at, length < 120 ? length : 120, past) != NULL;
    *done = is_past && !*done ? line : *done;
    *open = !is_past && !*open ? line : *open;
}

static void check_actions(struct linting *l)
{
    static const char *const sections[] = { "actions in progress", "action items", "actions en cours", "follow-up",
                                            "next steps", "to do", NULL };
    const struct section *s = lint_section(l, sections);
    int done = 0, open = 0;
    for (const char *c = s ? s->at : ""; s && c < s->end;) {
        size_t n = strcspn(c, "\n");
        if ((*c == '-' || *c == '*' || *c == '+') && c[1] == ' ' && n > 2)
            check_action(l, c + 2, n - 2, lint_line(l, c), &done, &open);
        c += n + (c[n] == '\n');
    }
    if (done && open)
        lint_add(l, done, "D3", 'W', "", "", "what is done stands among what is still to do (line %d)", open);
}

/* --- language ---------------------------------------------------------------------------- */

static const char *const people[] = { "engineer", "operator", "admin", "administrator", "developer", "on-call", "technician",
                                      "colleague", "employee", "team member", "he", "she", "ingénieur", "opérateur",
                                      "développeur", "collègue", NULL };

/* A fault verb whose subject is a person; machines may fail. */
static void check_blame(struct linting *l, const struct sentence *s)
{
    static const char *const plain[] = { "human error", "operator error", "user error", "careless", "carelessly",
                                         "negligence", "erreur humaine", "négligence", NULL };
    static const char *const faults[] = { "failed to", "forgot to", "neglected to", "should have known", "mistakenly",
                                          "wrongly", "accidentally", "a oublié", "a omis", "n’a pas su", NULL };
    const char *word = lint_word(s->at, s->length, plain);
    for (size_t i = 0; !word && faults[i]; i++) {
        size_t verb = lint_word_at(s->at, s->length, faults[i]);
        if (verb != SIZE_MAX && lint_word(s->at, verb, people)) /* the subject stands before it */
            word = faults[i];
    }
    if (word)
        lint_add(l, s->line, "E1", 'W', word, "", "'%s' blames a person: say what made the mistake possible", word);
}

static void check_sentence(struct linting *l, const struct sentence *s, bool impact)
{
    static const char *const root[] = { "the root cause was", "the root cause is", "root cause:", "la cause racine", NULL };
    static const char *const vague[] = { "some customers", "some users", "several customers", "many customers", "many users",
                                         "a few customers", "a number of", "a while", "for some time", "intermittently",
                                         "quelques clients", "certains clients", "de nombreux clients", "un certain temps",
                                         NULL };
    const char *word;
    check_blame(l, s);
    if (lint_has(s->at, s->length, root))
        lint_add(l, s->line, "E2", 'I', "root cause", "", "one root cause: what else had to be so for this to happen?");
    if (impact && (word = lint_word(s->at, s->length, vague)))
        lint_add(l, s->line, "E6", 'W', word, "", "'%s': how many, or how long?", word);
}

/* All that was lost was a part, and yet it is called an outage. */
static void check_outage(struct linting *l)
{
    static const char *const outage[] = { "outage", NULL };
    static const char *const whole[] = { "unreachable", "unavailab", "is down", "was down", "were down", "downtime",
                                         "cannot be reached", "could not be reached", NULL };
    static const char *const part[] = { "degraded", "partial", "in part", "slower", "slow", NULL };
    size_t length = strlen(l->plain);
    if (lint_has(l->plain, length, whole) || !lint_has(l->plain, length, part) || !lint_word(l->plain, length, outage))
        return;
    for (size_t i = 0; i < l->lines; i++)
        if (lint_word(l->start[i], strcspn(l->start[i], "\n"), outage)) {
            lint_add(l, (int)i + 1, "E4", 'W', "outage", "degradation", "an outage, although only a part was ever lost");
            return;
        }
}

/* "our Technical Account Manager (TAM)": from there on readers know it. */
static bool expands(const char *text, const char *bracket, size_t caps)
{
    const char *c = bracket;
    for (size_t i = caps; i-- > 0;) {
        while (c > text && (c[-1] == ' ' || c[-1] == '-'))
            c--;
        while (c > text && c[-1] != ' ' && c[-1] != '-' && c[-1] != '\n')
            c--;
        if (toupper((unsigned char)*c) != bracket[1 + i])
            return false;
    }
    return true;
}

static void check_acronyms(struct linting *l)
{
    struct sentence s;
    const char *at = NULL;
    int line, left = 64; /* that many are looked for */
    if (!lint_sentence(l, &s, &at, &line))
        return;
    const char *begin = s.at;
    for (const char *c = begin; (c = strchr(c, '(')) && left; c++) {
        size_t caps = 0;
        while (isupper((unsigned char)c[1 + caps]))
            caps++;
        if (caps < 2 || caps > 6 || c[1 + caps] != ')' || !expands(begin, c, caps))
            continue;
        const char *name = arena_copy(l->keep, c + 1, caps);
        left--;
        for (const char *use = begin; (use = memmem(use, (size_t)(c - use), name, caps)); use++)
            if ((use == begin || !isalnum((unsigned char)use[-1])) && !isalnum((unsigned char)use[caps])
                && (use == begin || use[-1] != '(')) {
                lint_add(l, lint_line(l, use), "E5", 'W', name, "", "'%s' is used here, and explained only in line %d", name,
                         lint_line(l, c));
                break;
            }
    }
}

/* --- what no public document holds --------------------------------------------------------- */

static bool private_ip(const char *c)
{
    int a, b, d, f, end = 0;
    if (sscanf(c, "%3d.%3d.%3d.%3d%n", &a, &b, &d, &f, &end) != 4 || isdigit((unsigned char)c[end]) || c[end] == '.')
        return false;
    return a == 10 || (a == 192 && b == 168) || (a == 172 && b >= 16 && b < 32);
}

/* The length of what looks like a secret or an inner name at this place. */
static size_t secret_at(const char *c, const char *start, const char **what)
{
    static const struct { const char *front; size_t least; } keys[] = {
        { "AKIA", 16 }, { "ghp_", 30 }, { "glpat-", 16 }, { "xoxb-", 16 }, { "sk_live_", 16 }, { "-----BEGIN ", 0 },
        { "eyJhbGciOi", 10 },
    };
    static const char *const labels[] = { "password:", "password=", "passwd=", "api_key=", "api-key:", "secret_key=",
                                          "token=", "Bearer ", NULL };
    static const char *const inner[] = { ".internal", ".local", ".lan", ".corp", ".intranet", NULL };
    const char *tail = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=.";
    bool word = c == start || !isalnum((unsigned char)c[-1]);
    *what = "a secret";
    for (size_t i = 0; word && i < sizeof keys / sizeof *keys; i++)
        if (!strncmp(c, keys[i].front, strlen(keys[i].front))
            && strspn(c + strlen(keys[i].front), tail) >= keys[i].least)
            return strlen(keys[i].front);
    for (size_t i = 0; word && labels[i]; i++) {
        size_t n = strlen(labels[i]);
        if (!strncasecmp(c, labels[i], n) && strspn(c + n + strspn(c + n, " \""), tail) >= 6)
            return n;
    }
    *what = "an internal host";
    for (size_t i = 0; !word && *c == '.' && inner[i]; i++)
        if (!strncasecmp(c, inner[i], strlen(inner[i])) && !isalnum((unsigned char)c[strlen(inner[i])])
            && c[strlen(inner[i])] != '-' && c[strlen(inner[i])] != '_')
            return strlen(inner[i]);
    return word && isdigit((unsigned char)*c) && (c == start || c[-1] != '.') && private_ip(c) ? strspn(c, "0123456789.") : 0;
}

/* In code, too: that is where they are pasted. */
static void check_secrets(struct linting *l)
{
    for (const char *c = l->text; *c; c++) {
        const char *what;
        size_t n = isalnum((unsigned char)*c) || *c == '.' || *c == '-' ? secret_at(c, l->text, &what) : 0;
        if (!n)
            continue;
        lint_add(l, lint_line(l, l->plain + (c - l->text)), "E8", 'W', arena_copy(l->keep, c, n), "",
                 "this looks like %s: a public document holds none", what);
        c += n - 1;
    }
}

void lint_words(struct linting *l)
{
    static const char *const impacts[] = { "impact", "conséquence", NULL };
    const struct section *impact = lint_section(l, impacts);
    struct sentence s;
    const char *at = NULL;
    int line;
    while (lint_sentence(l, &s, &at, &line))
        check_sentence(l, &s, impact && s.at >= impact->at && s.at < impact->end);
    check_outage(l);
    check_acronyms(l);
    check_secrets(l);
    check_actions(l);
}
