/* redact.c: see redact.h. */
#include "tell/redact.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct redaction redaction_of(const struct config *config, struct arena *keep)
{
    struct redaction r = { .keep = keep };
    if (!config)
        return r;
    size_t most = config->persons;
    for (const char *const *t = config->redact; t && *t; t++)
        most++;
    r.struck = arena_many(keep, struct struck, most + 1);
    for (const char *const *t = config->redact; t && *t; t++)
        if (**t)
            r.struck[r.rules++] = (struct struck){ *t, NULL, 0 };
    /* Several are numbered: a reader may see that two places mean the same. */
    for (size_t i = 0; i < r.rules; i++)
        r.struck[i].instead = r.rules == 1 ? "[withheld]"
                                           : arena_print(keep, "[withheld %zu]", i + 1);
    for (size_t i = 0; i < config->persons; i++)
        if (config->person[i].role && *config->person[i].role && *config->person[i].name)
            r.struck[r.rules++] = (struct struck){ config->person[i].name,
                                                   config->person[i].role, 0 };
    return r;
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* A rule that begins or ends with a letter does not reach into a longer word:
 * "Ann" is not in "Announce". */
static bool stands_there(const char *text, const char *at, const char *what)
{
    size_t n = strlen(what);
    if (strncasecmp(at, what, n) != 0)
        return false;
    if (at > text && word_char(at[-1]) && word_char(what[0]))
        return false;
    return !(word_char(at[n]) && word_char(what[n - 1]));
}

const char *redact(struct redaction *r, const char *text)
{
    if (!r->rules || !text)
        return text;
    struct text out = text_new(r->keep);
    for (const char *c = text; *c;) {
        struct struck *rule = NULL;
        for (size_t i = 0; i < r->rules; i++)
            if (stands_there(text, c, r->struck[i].what)
                && (!rule || strlen(r->struck[i].what) > strlen(rule->what)))
                rule = &r->struck[i];
        if (rule) {
            rule->times++;
            text_add(&out, rule->instead);
            c += strlen(rule->what);
        } else {
            text_char(&out, *c++);
        }
    }
    return out.at;
}
