/* restore.c: putting back, once a target, adding before removing; restore_look.c
 * looks before. */
#include "play/replay.h"
#include "play/restore_inside.h"

#include <string.h>

static struct restoring *of(struct branch *b) { return b->context2; }

/* Putting back, one after the other */

static void told(struct branch *b)
{
    struct restoring *s = of(b);
    s->at++;
    restore_put_back(b);
}

static void failed_told(struct branch *b)
{
    struct restoring *s = of(b);
    s->then(b);
}

static void write_undone(struct branch *b, const struct item *i, const char *end, const char *text,
                         step_fn *then)
{
    struct text data;
    struct json_out o = data_open(&data, b->run);
    json_put_raw(&o, "changes", i->undoes, strlen(i->undoes));
    json_put(&o, "end", end);
    if (text)
        json_put(&o, "text", text);
    data_close(&o, b);
    branch_write(b, EVENT_UNDONE, data.at, true, then);
}

/* One after the other, because one may need the other: behind one that failed nothing is tried. "; not tried then: C1 C4" */
static const char *untried(const struct restoring *s, struct arena *keep)
{
    struct text t = text_new(keep);
    for (size_t i = s->at + 1; i < s->items; i++)
        if (!s->item[i].already)
            text_print(&t, "%s %s", t.length ? "" : "; not tried then:", s->item[i].change->name);
    return t.length ? t.at : "";
}

static void put_back(struct branch *b)
{
    struct work *w = b->work;
    struct restoring *s = of(b);
    const struct item *i = &s->item[s->at];
    b->work = NULL;
    if (w->outcome == OUTCOME_OK || w->outcome == OUTCOME_UNCHANGED) {
        write_undone(b, i, "undone", NULL, told);
        return;
    }
    b->answer = (struct answer){ .text = arena_print(b->run->keep, "%s could not be put back: %s%s", i->target->name,
                                                     w->text ? w->text : "", untried(s, b->run->keep)) };
    if (!w->begun) {
        s->then(b); /* nothing was begun: nothing failed in the world */
        return;
    }
    write_undone(b, i, "failed", w->text, failed_told);
}

const struct event *restore_left_in_flight(const struct restoring *s, struct run *r, const struct item *i)
{
    for (size_t k = 0; k < s->ledger.changes; k++) {
        const struct change *c = &s->ledger.change[k];
        if (c->state == CHANGE_IN_FLIGHT && !c->ended && text_equal(c->target, i->target->name)
            && text_equal(c->action, i->undo->full) && text_equal(c->incident, r->incident)
            && json_count(json_get(c->begun->data, "undoes")) > 0)
            return c->begun;
    }
    return NULL;
}

void restore_put_back(struct branch *b)
{
    struct run *r = b->run;
    struct restoring *s = of(b);
    if (s->at == s->items) {
        b->answer = (struct answer){ .good = true };
        s->then(b);
        return;
    }
    const struct item *i = &s->item[s->at];
    b->key = s->key ? arena_print(r->keep, "%s/%s", s->key, i->change->name) : i->change->name;
    const struct event *in_flight_before = restore_left_in_flight(s, r, i);
    if (i->already && !in_flight_before) {
        write_undone(b, i, "undone", "it was so already", told);
        return;
    }
    struct work *w = arena_one(r->keep, struct work);
    *w = (struct work){ .action = i->undo, .args = json_from(i->args), .undoes = i->undoes,
                        .args_sha256 = sha256_of(r->keep, i->args), .target = i->target->name,
                        .even_so = s->even_so, .consented = true, .done = put_back };
    w->recorded = in_flight_before;
    if (w->recorded)
        change_settle_recorded(b, w);
    else
        change_start(b, w);
}

/* The word */

static void word_told(struct branch *b) { branch_good(b, NULL); }

/* That it was done is an event of its own: what changes later is not put back
 * by a replay of this word. */
static void word_done(struct branch *b)
{
    struct restoring *s = of(b);
    struct text data;
    b->key = s->key;
    if (!b->answer.good) {
        const char *why = b->answer.text;
        branch_bad(b, "%s", why ? why : "it was not put back");
        return;
    }
    struct json_out o = data_open(&data, b->run);
    json_put(&o, "action", "restore");
    json_put_raw(&o, "args", b->want.args, strlen(b->want.args));
    json_put(&o, "args_sha256", b->want.args_sha256);
    json_open(&o, "result", '{');
    json_put_int(&o, "targets", (int64_t)s->items);
    json_close(&o, '}');
    data_close(&o, b);
    branch_write(b, EVENT_READ, data.at, true, word_told);
}

void perform_restore(struct branch *b)
{
    struct run *r = b->run;
    struct json args = json_from(b->want.args), changes = json_get(args, "changes");
    struct restoring *s = arena_one(r->keep, struct restoring);
    const char *one = json_get_text(args, "change", r->keep);
    const struct event *before = replay_take(b, EVENT_READ);
    if (r->trouble.kind != ERR_NONE)
        return;
    replay_use_under(r, arena_print(r->keep, "%s/C", b->key)); /* its changes; a word inside has a number */
    if (before) {
        if (replay_agrees(b, before, "restore", b->want.args_sha256)) {
            replay_consumed(b, before);
            branch_good(b, NULL);
        }
        return;
    }
    *s = (struct restoring){ .even_so = json_get_text(args, "even_so", r->keep),
                             .ip = json_get_text(args, "ip", r->keep), .key = b->key, .then = word_done };
    if (one || changes.at) {
        const char **name = arena_many(r->keep, const char *, json_count(changes) + 2);
        size_t n = 0;
        if (one)
            name[n++] = one;
        for (struct json_walk w = json_walk(changes); changes.at && json_next(&w);)
            name[n++] = json_text(w.value, r->keep);
        s->names = name;
    } else if (!s->ip && !json_is_true(json_get(args, "all"))) {
        branch_bad(b, "restore: say all = true, ip = ..., or change = \"C2\"");
        return;
    }
    restore_begin(b, s);
}

/* The verb */

static void verb_done(struct branch *b)
{
    b->ended = true;
    b->raised = !b->answer.good;
}

static bool count_left(size_t *left, struct run *r, struct err *e)
{
    struct ledger l;
    if (!ledger_read(&l, r->ws, r->keep, e))
        return false;
    *left = 0;
    for (size_t i = 0; i < l.targets; i++) {
        bool ours = false;
        for (const struct change *const *c = l.target[i].change; *c; c++)
            ours = ours || (change_in_force(*c) && text_equal((*c)->incident, r->incident));
        *left += l.target[i].changed && ours;
    }
    return true;
}

static bool put_all_back(struct run *r, const char *const *names, const char *ip,
                         size_t *left, struct err *e)
{
    struct restoring *s = arena_one(r->keep, struct restoring);
    struct branch *b = branch_new(r, NULL, "");
    struct lock_holder holder = { 0 };
    if (!r->store->lock(r->store, arena_print(r->keep, "restore/%s", r->incident), r->world->user,
                        r->world->uid, "restore", &r->lock, &holder, r->keep, e)) {
        r->lock = NULL;
        if (e->kind != ERR_BUSY)
            return false;
        *e = (struct err){ 0 };
        err_hint(e, "tocsin follow   shows what is done; once that is over, tocsin restore says what is left");
        return err_busy(e, "%s is putting back already", holder.by ? holder.by : "somebody");
    }
    b->key = "";
    b->driver = verb_done;
    *s = (struct restoring){ .names = names, .ip = ip, .even_so = r->even_so, .then = verb_done };
    restore_begin(b, s);
    if (!engine_loop(r, b, e))
        return false;
    if (!count_left(left, r, e))
        return false;
    if (!b->ended) {
        if (text_equal(r->park, "stopped"))
            return err_stopped(e, "stopped; 'tocsin restore' goes on");
        err_hint(e, "%s", consent_hint(r));
        return err_waiting(e, "restore: %s", r->park_text);
    }
    if (!b->raised && !s->items && (names || ip)) {
        err_hint(e, "'tocsin restore' lists what is");
        return err_failed(e, "nothing of %s is changed: nothing was put back", ip ? ip : names[0]);
    }
    if (!b->raised)
        return !s->left_out || err_failed(e, "put back what could be; %s", s->left_out);
    if (s->wrong.kind != ERR_NONE) {
        *e = s->wrong;
        return false;
    }
    const struct item *i = s->at < s->items ? &s->item[s->at] : NULL;
    if (i && !s->refused)
        err_hint(e, "tocsin restore %s tries it again; tocsin keep %s --because TEXT accepts it as it is%s%s%s", i->change->name,
                 i->change->name, *untried(s, r->keep) ? "; tocsin restore" : "",
                 *untried(s, r->keep) ? strchr(untried(s, r->keep), ':') + 1 : "",
                 *untried(s, r->keep) ? " puts back the rest without it" : "");
    const char *service = i ? json_get_text(json_from(i->args), "service", r->keep) : NULL;
    if (s->flooded && i)
        err_hint(e, "tocsin run restore service=%s ip=%s   waits until it was quiet, which only shows where it is watched (tocsin do "
                 "cloud.attach); --even-so TEXT puts it back all the same, and records why",
                 service ? service : "SERVICE", json_get_text(json_from(i->args), "ip", r->keep));
    return err_failed(e, "%s", b->answer.text);
}

bool run_restore(const struct run_request *q, const char *const *names, const char *ip,
                 size_t *left, struct arena *keep, struct err *e)
{
    struct run r;
    *left = 0;
    bool good = engine_open(&r, q, false, keep, e);
    good = good && (!q->rebind || pins_rebind(&r, q->rebind, q->because, e)) && put_all_back(&r, names, ip, left, e);
    engine_close(&r);
    return good;
}
