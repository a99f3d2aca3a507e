/* restore.c: what is changed, and putting it back. */
#include "verbs/audience.h"
#include "verbs/situation.h"

#include <string.h>

static bool gather(struct situation *s, struct desk *d, struct err *e)
{
    if (!situation_gather(s, d, e))
        return false;
    for (const struct sla_gap *n = s->unread; !d->json && n->incident; n++)
        desk_say(d, "tocsin: warning: %s %s: what it changed is not known", n->incident, n->words);
    return true;
}

static bool list_changed(struct desk *d, struct err *e)
{
    struct situation s;
    if (!gather(&s, d, e))
        return false;
    if (d->json) {
        status_json(d, &s);
        return true;
    }
    if (!s.changes) {
        desk_echo(d, "nothing is changed");
        return true;
    }
    desk_echo(d, "%s changed:", text_count(d->keep, (int64_t)s.changes, "target"));
    for (size_t i = 0; i < s.changes; i++) {
        const struct change *c = s.changed[i];
        fprintf(d->out, "  %-4s %s  %s\n", c->name, text_for_terminal(d->keep, c->target),
                change_words(c));
    }
    for (size_t i = 0; s.not_yet[i]; i++)
        fprintf(d->out, "  DO NOT YET %s\n", s.not_yet[i]);
    desk_say(d, "  tocsin restore %s%s%s   tocsin restore ip=IP   tocsin restore --all", s.changed[0]->name,
             s.changes > 1 ? " " : "", s.changes > 1 ? s.changed[1]->name : "");
    return true;
}

/* "C2 C5 ip=1.2.3.4": names and at most one IP. */
static bool read_words(struct desk *d, const char **names, const char **ip, struct err *e)
{
    size_t n = 0;
    *ip = NULL;
    for (size_t i = 0; i < d->words; i++) {
        if (!text_starts(d->word[i], "ip="))
            names[n++] = d->word[i];
        else if (*ip)
            return err_usage(e, "one IP at a time: '%s' after 'ip=%s'", d->word[i], *ip);
        else
            *ip = d->word[i] + strlen("ip=");
    }
    if ((n > 0) + (*ip != NULL) + (desk_option(d, "all") != NULL) > 1)
        return err_usage(e, "either changes by name, or ip=IP, or --all");
    return true;
}

/* --all where nothing is changed: said, and nothing else. */
static bool nothing_to_do(struct desk *d, struct err *e)
{
    struct situation s;
    if (!gather(&s, d, e))
        return true;
    if (!s.changes)
        desk_echo(d, "nothing is changed");
    return !s.changes;
}

bool verb_restore(struct desk *d, struct err *e)
{
    const char **names = arena_many(d->keep, const char *, d->words + 1), *ip;
    struct audience audience = desk_audience(d);
    size_t left = 0;
    if (!read_words(d, names, &ip, e))
        return false;
    if (!d->words && !desk_option(d, "all"))
        return list_changed(d, e);
    if (desk_option(d, "all") && nothing_to_do(d, e))
        return !e->kind;
    if (!desk_acts(d, e))
        return false;
    struct run_request request = { .ws = &d->ws, .incident = d->name, .audience = &audience,
                                   .over = desk_option(d, "over"), .even_so = desk_option(d, "even-so"),
                                   .rebind = desk_option(d, "rebind"), .because = desk_option(d, "because") };
    if (request.rebind && !request.because) {
        err_hint(e, "add --because \"...\": it stands in the record");
        return err_usage(e, "--rebind needs a reason");
    }
    if (!run_restore(&request, names[0] ? names : NULL, ip, &left,
                     d->keep, e))
        return false;
    desk_echo(d, "%s", !left ? "put back; nothing is changed any more"
                             : arena_print(d->keep, "put back; %s still changed",
                                           text_count(d->keep, (int64_t)left, "target")));
    return true;
}
