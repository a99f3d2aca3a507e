/* lock.c: keep others from changing a target, and say who does. */
#include "play/ledger.h"
#include "play/role.h"
#include "verbs/record.h"
#include "verbs/situation.h"
#include "world/journals.h"

#include <string.h>

static bool all_locks(const struct held **held, size_t *count, struct desk *d, struct err *e)
{
    struct journals all;
    if (!journals_read(&all, &d->ws, NULL, d->keep, e))
        return false;
    locks_fold(held, count, all.journal, all.count, d->keep);
    d->warning = unread_list(&all, d->keep);
    d->unread = NULL;
    for (const char *const *w = d->warning; *w; w++)
        desk_say(d, "tocsin: warning: %s; what it holds is not shown", text_for_terminal(d->keep, *w));
    return true;
}

static const char *words_of(struct desk *d, const struct held *h)
{
    return text_for_terminal(d->keep, locks_words(h, desk_now(d), desk_zone(d), d->keep));
}

void lock_json(struct json_out *o, const struct held *h, struct arena *keep)
{
    json_open(o, NULL, '{');
    json_put(o, "target", h->target);
    json_put(o, "by", h->by);
    json_put(o, "run", h->run);
    json_put(o, "why", h->why);
    json_put(o, "since", instant_utc(keep, h->since));
    json_close(o, '}');
}

static bool list_locks(struct desk *d, const struct held *held, size_t count)
{
    struct text t = text_new(d->keep);
    if (!d->json) {
        desk_echo(d, count ? "%s locked:" : "no target is locked", text_count(d->keep, (int64_t)count, "target"));
        for (size_t i = 0; i < count; i++)
            fprintf(d->out, "  %s\n", words_of(d, &held[i]));
        return true;
    }
    struct json_out o = desk_json(d, &t);
    json_open(&o, "locks", '[');
    for (size_t i = 0; i < count; i++)
        lock_json(&o, &held[i], d->keep);
    json_close(&o, ']');
    desk_json_end(d, &o);
    return true;
}

static bool write_lock(struct desk *d, enum event_kind kind, const char *target, const char *from,
                       struct err *e)
{
    const char *why = desk_option(d, "why");
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    json_open(&o, NULL, '{');
    json_put(&o, "target", target);
    if (why)
        json_put(&o, "why", why);
    if (from)
        json_put(&o, "from", from);
    json_close(&o, '}');
    return desk_append(d, NULL, kind, data.at, NULL, e);
}

/* While the event is written nobody may be in the middle of a change there. */
static bool take(struct desk *d, enum event_kind kind, const char *target, const char *from,
                 struct err *e)
{
    struct store *s = d->ws.store;
    struct lock *lock;
    struct lock_holder holder = { 0 };
    if (!s->lock(s, arena_print(d->keep, "target/%s", target), d->ws.world->user, d->ws.world->uid,
                 "locking it", &lock, &holder, d->keep, e)) {
        if (e->kind != ERR_BUSY)
            return false;
        *e = (struct err){ 0 };
        return err_busy(e, "'%s' is being changed by %s (%s); try again when that is done", target,
                        holder.by ? holder.by : "somebody", holder.why ? holder.why : "no reason given");
    }
    bool good = write_lock(d, kind, target, from, e);
    s->unlock(s, lock);
    return good;
}

/* What was begun before the lock was there ends in its own way: whoever takes it hears of that. */
static bool tell_under_way(struct desk *d, const char *target, struct err *e)
{
    const struct held ours = { .target = target };
    struct journals all;
    struct ledger ledger;
    if (!journals_read(&all, &d->ws, NULL, d->keep, e))
        return false;
    ledger_fold(&ledger, all.journal, all.count, d->keep);
    for (size_t i = 0; i < ledger.changes; i++) {
        const struct change *c = &ledger.change[i];
        if (c->state == CHANGE_IN_FLIGHT && locks_on(&ours, 1, c->target))
            desk_echo(d, "but %s %s of %s was begun before: it ends first", c->name, text_for_terminal(d->keep, c->action),
                      text_for_terminal(d->keep, c->target));
    }
    return true;
}

bool verb_lock(struct desk *d, struct err *e)
{
    const struct held *held, *mine = NULL;
    size_t count;
    bool release = desk_option(d, "release"), steal = desk_option(d, "steal");
    if (!desk_at_most(d, 1, e) || !all_locks(&held, &count, d, e))
        return false;
    if (!d->words)
        return list_locks(d, held, count);
    const char *target = d->word[0];
    struct roles roles;
    if (!release && (!roles_load(&roles, d->keep, e) || !role_target(&target, target, &roles, &d->ws.config, d->keep, e)))
        return false; /* a lock on anything else protects nothing */
    mine = locks_on(held, count, target);
    bool ours = mine && !mine->run && text_equal(mine->by, d->ws.world->user);
    if (release && steal)
        return err_usage(e, "--release and --steal at once: choose one");
    if (release) {
        if (!mine)
            return err_failed(e, "'%s' is not locked", target);
        if (!ours)
            return err_busy(e, "'%s' is held by %s; --steal --why TEXT takes it", target, mine->by);
        if (!write_lock(d, EVENT_LOCK_RELEASED, mine->target, NULL, e))
            return false;
        desk_echo(d, "%s is free", mine->target);
        return true;
    }
    if (mine && ours)
        return err_failed(e, "you hold '%s' already, since %s", mine->target,
                          instant_text(d->keep, desk_zone(d), mine->since, FORM_HM));
    if (mine && !steal) {
        err_hint(e, "tocsin lock %s --steal --why TEXT takes it from them, on the record", target);
        return err_busy(e, "%s", words_of(d, mine));
    }
    if (steal && !desk_option(d, "why"))
        return err_usage(e, "--steal needs --why: the record has to say it");
    if (!take(d, mine ? EVENT_LOCK_STOLEN : EVENT_LOCK_TAKEN, mine ? mine->target : target,
              mine ? mine->by : NULL, e))
        return false;
    desk_echo(d, mine ? "%s is yours, taken from %s" : "%s is yours; nobody else changes it", target,
              mine ? mine->by : "");
    return tell_under_way(d, mine ? mine->target : target, e);
}
