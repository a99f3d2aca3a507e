/* restore_look.c: looking before anything is put back, and again once somebody
 * has said yes: only what is settled, quiet and seen, only while the world still
 * shows what we left, and never so that a pool runs short. */
#include "play/restore_inside.h"

#include <string.h>

static struct restoring *of(struct branch *b) { return b->context2; }

static void look(struct branch *b);
static void look_next(struct branch *b);

static void refuse(struct branch *b, const char *why)
{
    struct restoring *s = of(b);
    s->refused = true;
    b->answer = (struct answer){ .text = arena_print(b->run->keep, "%s; nothing was put back", why) };
    s->then(b);
}

static void give_up(struct branch *b, const struct err *e)
{
    struct restoring *s = of(b);
    s->wrong = *e;
    b->answer = (struct answer){ .text = arena_string(b->run->keep, e->text) };
    s->then(b);
}

/* Quiet, and as we left it */

static void next(struct branch *b)
{
    of(b)->at++;
    look_next(b);
}

static void have_quiet(struct branch *b)
{
    if (b->answer.good) {
        next(b);
        return;
    }
    of(b)->flooded = true;
    refuse(b, b->answer.text);
}

static void check_quiet(struct branch *b)
{
    struct restoring *s = of(b);
    const struct item *i = &s->item[s->at];
    struct json ip = json_get(json_from(i->args), "ip");
    b->key = s->key ? s->key : "";
    if (i->already || s->even_so || i->undo->quiet_ms == 0 || !ip.at)
        next(b);
    else
        quiet_ask(b, ip, i->undo->quiet_ms, have_quiet);
}

static void stay_or_go(struct branch *b)
{
    struct restoring *s = of(b);
    if (b->answer.good) {
        s->agreed = s->item[s->at].now;
        check_quiet(b);
    } else {
        refuse(b, "the world is no longer as we left it");
    }
}

/* Has whoever would put it back a way to see it? Where none is made for that, nobody can. */
static bool can_look(struct run *r, const struct role_action *undo)
{
    struct err ignored = { 0 };
    const struct role_action *read = undo->state_action ? roles_find(&r->roles, undo->state_action, &ignored) : NULL;
    return read && plugins_observes(r->plugins, read);
}

/* What is bound now never saw the change: that it shows nothing of it says nothing of where it was made. */
static const struct change *made_elsewhere(struct run *r, const struct item *i)
{
    for (const struct change *const *c = i->target->change; *c; c++)
        if (change_in_force(*c) && pins_elsewhere(r, (*c)->begun))
            return *c;
    return NULL;
}

static void back_there_too(struct branch *b)
{
    struct restoring *s = of(b);
    const struct item *i = &s->item[s->at];
    if (b->answer.good) {
        s->agreed = i->now;
        check_quiet(b);
    } else {
        refuse(b, arena_print(b->run->keep, "%s still stands where it was made", made_elsewhere(b->run, i)->name));
    }
}

static void have_state(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    struct item *i = &s->item[s->at];
    bool read = b->view.state == TASK_DONE && b->view.outcome == OUTCOME_OK && b->view.result;
    const char *now = read ? json_canonical(json_from(b->view.result), r->keep) : NULL;
    const char *before = i->target->before.at ? json_canonical(i->target->before, r->keep) : NULL;
    const char *after = i->target->after.at ? json_canonical(i->target->after, r->keep) : NULL;
    i->now = now ? arena_print(r->keep, "%s %s", i->target->name, now) : NULL;
    i->already = now && text_equal(now, before);
    if (!now && !s->even_so && can_look(r, i->undo)) {
        const char *why = b->view.text && b->view.text[0] ? arena_print(r->keep, " (%s)", b->view.text) : "";
        refuse(b, arena_print(r->keep, "nobody can see whether %s is as we left it%s; %s", i->target->name, why,
                              change_all_the_same(r)));
        return;
    }
    const struct change *there = i->already && !s->even_so && !text_equal(i->now, s->agreed) && !restore_left_in_flight(s, r, i)
                               ? made_elsewhere(r, i) : NULL;
    if (there) {
        const char *question = arena_print(r->keep, "%s: %s was %s, and shows nothing of it; was it put back where it was made, too?",
                                           i->target->name, there->name, pins_elsewhere(r, there->begun));
        consent_ask(b, &(struct asking){ .mode = "choose", .question = question, .action = i->undo->full,
                                         .args_sha256 = sha256_of(r->keep, i->args), .then = back_there_too });
        return;
    }
    if (!i->already && now && after && !text_equal(now, after) && !s->even_so && !text_equal(i->now, s->agreed)) {
        const char *was = state_words(i->target->before, r->keep);
        const char *question = arena_print(r->keep, "%s: it was %s, we left %s, now it is %s; put %s back all the same?",
                                           i->target->name, was, state_words(i->target->after, r->keep),
                                           state_words(json_from(now), r->keep), was);
        consent_ask(b, &(struct asking){ .mode = "choose", .question = question, .action = i->undo->full,
                                         .args_sha256 = sha256_of(r->keep, i->args), .then = stay_or_go });
        return;
    }
    check_quiet(b);
}

/* Enough left in each pool, step by step */

static const char *service_shrunk(const struct item *i, struct arena *keep)
{
    return i->undo->shrinks_pool && !i->already ? json_get_text(json_from(i->args), "service", keep) : NULL;
}

static void check_pools(struct branch *b);

static void have_pool(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    struct pool_view *p = &b->pool;
    const char **ip = arena_many(r->keep, const char *, p->count + s->items + 1);
    if (p->count)
        memcpy(ip, p->ip, p->count * sizeof *ip);
    p->ip = ip;
    for (size_t k = 0; k < s->items; k++) {
        const struct item *i = &s->item[k];
        struct json args = json_from(i->args);
        const char *one = json_get_text(args, "ip", r->keep);
        if (i->already || !one || !json_is(json_get(args, "service"), p->service))
            continue;
        const char *why = i->undo->shrinks_pool ? pool_would_lack(b, i->undo->full, one) : NULL;
        if (why) {
            refuse(b, why);
            return;
        }
        pool_after(p, i->undo->full, one);
    }
    s->at++;
    check_pools(b);
}

static void ask_once(struct branch *b);

static void check_pools(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    for (; s->at < s->items && !s->even_so; s->at++) {
        const char *service = service_shrunk(&s->item[s->at], r->keep);
        if (service) {
            pool_read(b, service, have_pool);
            return;
        }
    }
    ask_once(b);
}

/* The question */

static const char *summary(struct restoring *s, struct run *r)
{
    struct arena *keep = r->keep;
    struct text t = text_new(keep);
    int64_t n = 0;
    for (size_t i = 0; i < s->items; i++)
        if (!s->item[i].already) {
            text_print(&t, "%s %s %s", n++ ? ";" : "", s->item[i].undo->full, s->item[i].target->name);
            if (s->item[i].over)
                text_print(&t, " (%s)", other_words(r, s->item[i].over));
        }
    return arena_print(keep, "put back %s:%s?%s", text_count(keep, n, "change"), t.at,
                       even_so_words("quiet, the pool's minimum and whether it is still as we left it", s->even_so, keep));
}

/* Between the question and the yes the world and the ledger went on: all is looked
 * at once more, and asked again if it is no longer the same. */
static void consented(struct branch *b)
{
    struct restoring *s = of(b);
    if (!b->answer.good) {
        refuse(b, b->answer.text);
        return;
    }
    s->consented = s->allows;
    look(b);
}

/* Whoever reads along wonders: an IP is in the pool again before it is led elsewhere no more. */
static void say_order(struct branch *b)
{
    const struct restoring *s = of(b);
    if (s->items && s->item[0].undo->adds && !s->item[s->items - 1].undo->adds)
        run_say(b->run, s->key, "in this order: what adds comes first, and an IP is watched until it serves again; "
                "then what removes, the latest first");
}

static void ask_once(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    bool needed = false, second = false, any;
    struct text sum = text_new(r->keep);
    const char **allows = arena_many(r->keep, const char *, s->items + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->items; i++) {
        const struct item *item = &s->item[i];
        struct err ignored = { 0 };
        if (item->already)
            continue;
        needed = consent_needed(r, item->undo, &any) || needed;
        second = second || any;
        allows[n] = asked_allows(&(struct allowed){ item->undo->full, item->args, plugins_binding(r->plugins, item->undo->role, &ignored),
                                                    s->even_so, item->over ? item->over->incident : NULL }, r->keep);
        text_add(&sum, allows[n++]);
    }
    s->allows = allows;
    s->at = 0;
    if (!s->consented)
        say_order(b);
    if (!needed || asked_covers(s->consented, s->allows))
        restore_put_back(b);
    else
        consent_ask(b, &(struct asking){ .mode = second ? "approve" : "consent", .question = summary(s, r),
                                         .action = "restore", .args_sha256 = sha256_of(r->keep, sum.at), .even_so = s->even_so,
                                         .allows = s->allows, .then = consented });
}

static void look_next(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    struct err e = { 0 };
    if (s->at == s->items) {
        s->at = 0;
        check_pools(b);
        return;
    }
    const struct item *i = &s->item[s->at];
    b->key = s->key ? s->key : "";
    if (!read_state(b, i->undo, json_from(i->args), have_state, &e))
        refuse(b, arena_string(r->keep, e.text));
}

static void look(struct branch *b)
{
    struct restoring *s = of(b);
    struct err e = { 0 };
    s->at = 0;
    if (restore_gather(s, b->run, &e))
        look_next(b);
    else
        give_up(b, &e);
}

/* What nobody knows yet: a change left in flight by a `do`, or by a run that has ended */

static void settle_next(struct branch *b);

static void settled(struct branch *b)
{
    b->work = NULL;
    of(b)->at++;
    settle_next(b);
}

static void settle_next(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    struct err e = { 0 };
    if (s->at == s->unsettleds) {
        if (!s->unsettleds || engine_recount(r, &e)) /* what we settled ourselves is in flight no more */
            look(b);
        else
            give_up(b, &e);
        return;
    }
    const struct change *c = s->unsettled[s->at];
    struct work *w = arena_one(r->keep, struct work);
    *w = (struct work){ .action = roles_find(&r->roles, c->action, &e), .args = c->args, .recorded = c->begun,
                        .args_sha256 = json_get_text(c->begun->data, "args_sha256", r->keep),
                        .once = true, .done = settled };
    b->key = s->key ? arena_print(r->keep, "%s/%s", s->key, c->name) : c->name;
    if (w->action && pins_allow(r, c, "nothing was put back", &e))
        change_settle_recorded(b, w);
    else
        give_up(b, &e);
}

void restore_begin(struct branch *b, struct restoring *s)
{
    struct err e = { 0 };
    b->context2 = s;
    s->at = 0;
    if (restore_unsettled(s, b->run, &e))
        settle_next(b);
    else
        give_up(b, &e);
}
