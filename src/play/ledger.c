/* ledger.c: the fold of changes, target by target. See ledger.h. */
#include "play/ledger.h"
#include "play/role.h"

#include <stdlib.h>
#include <string.h>

struct place { const struct event *event; const struct journal *journal; };

static int by_record(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->event->recorded != y->event->recorded)
        return x->event->recorded < y->event->recorded ? -1 : 1;
    int order = strcmp(x->journal->incident, y->journal->incident);
    if (order)
        return order;
    if (x->event->stream != y->event->stream)
        return x->event->stream < y->event->stream ? -1 : 1;
    return (x->event->seq > y->event->seq) - (x->event->seq < y->event->seq);
}

static bool concerns_changes(enum event_kind kind)
{
    return kind == EVENT_ACTION_BEGUN || kind == EVENT_ACTION_ENDED || kind == EVENT_UNDONE
        || kind == EVENT_KEPT;
}

static struct place *in_order(const struct journal *journal, size_t journals, size_t *count,
                              struct arena *keep)
{
    size_t n = 0;
    for (size_t j = 0; j < journals; j++)
        for (size_t i = 0; i < journal[j].count; i++)
            n += concerns_changes(journal[j].event[i].kind);
    struct place *place = arena_many(keep, struct place, n + 1);
    n = 0;
    for (size_t j = 0; j < journals; j++)
        for (size_t i = 0; i < journal[j].count; i++)
            if (concerns_changes(journal[j].event[i].kind) && journal[j].event[i].data.at)
                place[n++] = (struct place){ &journal[j].event[i], &journal[j] };
    qsort(place, n, sizeof *place, by_record);
    *count = n;
    return place;
}

/* Changes found by the hash of their beginning. */
struct index { struct change **slot; size_t mask; };

static size_t hash_of(const char *hex, size_t length)
{
    size_t h = 1469598103934665603u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)hex[i]) * 1099511628211u;
    return h;
}

static struct index index_new(size_t entries, struct arena *keep)
{
    size_t size = 16;
    while (size < entries * 2)
        size *= 2;
    return (struct index){ arena_many(keep, struct change *, size), size - 1 };
}

static void index_add(struct index *x, struct change *c)
{
    size_t at = hash_of(c->begun->hash, 64) & x->mask;
    while (x->slot[at])
        at = (at + 1) & x->mask;
    x->slot[at] = c;
}

static struct change *index_find(const struct index *x, struct json ref)
{
    if (json_type(ref) != JSON_STRING || ref.length != 66)
        return NULL;
    for (size_t at = hash_of(ref.at + 1, 64) & x->mask; x->slot[at]; at = (at + 1) & x->mask)
        if (!strncmp(x->slot[at]->begun->hash, ref.at + 1, 64))
            return x->slot[at];
    return NULL;
}

static bool is_value(struct json v)
{
    return v.at && json_type(v) != JSON_NULL;
}

/* Undo arguments may name what only the result told. */
static struct json resolved_undo(const struct change *c, struct arena *keep)
{
    struct json undo = json_get(c->begun->data, "undo");
    struct json args = json_get(undo, "args");
    struct err e = { 0 };
    const char *resolved = NULL;
    if (!is_value(undo) || !args.at)
        return (struct json){ 0 };
    if (!role_resolve(&resolved, arena_copy(keep, args.at, args.length), c->args, c->before,
                      c->result, keep, &e))
        return (struct json){ 0 };
    struct text text = text_new(keep);
    struct json_out o = json_out(&text);
    json_open(&o, NULL, '{');
    json_put(&o, "action", json_get_text(undo, "action", keep));
    json_put_raw(&o, "args", resolved, strlen(resolved));
    json_close(&o, '}');
    return json_from(text.at);
}

static void begin_change(struct change *c, const struct place *p, struct arena *keep)
{
    struct json data = p->event->data;
    *c = (struct change){ .name = json_get_text(data, "change", keep),
                          .incident = p->journal->incident,
                          .action = json_get_text(data, "action", keep),
                          .target = json_get_text(data, "target", keep),
                          .args = json_get(data, "args"), .before = json_get(data, "before"),
                          .state = CHANGE_IN_FLIGHT, .by_hand = json_is_true(json_get(data, "by_hand")),
                          .begun = p->event };
    c->name = c->name ? c->name : "C?";
    c->action = c->action ? c->action : "?";
    c->target = c->target ? c->target : "?";
    if (!is_value(c->before))
        c->before = (struct json){ 0 };
}

static void end_change(struct change *c, const struct event *ended, struct arena *keep)
{
    struct json outcome = json_get(ended->data, "outcome");
    c->ended = ended;
    c->result = json_get(ended->data, "result");
    c->after = json_get(ended->data, "after");
    if (!is_value(c->after))
        c->after = (struct json){ 0 };
    c->instead = json_get_text(ended->data, "instead", keep);
    if (c->instead)
        c->after = (struct json){ 0 };
    else
        c->undo = resolved_undo(c, keep);
    if (json_is(outcome, "failed"))
        c->state = CHANGE_FAILED;
    else if (json_is(outcome, "unknown"))
        c->state = CHANGE_IN_FLIGHT;
    else if (json_is(outcome, "unchanged"))
        c->state = CHANGE_CANCELLED;
    else if (json_type(json_get(c->begun->data, "lasting")) == JSON_FALSE)
        c->state = CHANGE_CANCELLED; /* a message was sent: the world holds no state to put back */
    else
        c->state = c->undo.at ? CHANGE_OPEN : CHANGE_NO_UNDO;
}

/* undone {changes, end} and kept {changes}. */
static void settle_changes(const struct index *x, const struct event *ev)
{
    enum change_state state = CHANGE_KEPT;
    if (ev->kind == EVENT_UNDONE)
        state = json_is(json_get(ev->data, "end"), "undone") ? CHANGE_UNDONE : CHANGE_UNDO_FAILED;
    for (struct json_walk w = json_walk(json_get(ev->data, "changes")); json_next(&w);) {
        struct change *c = index_find(x, w.value);
        if (c && c->state != CHANGE_FAILED)
            c->state = state;
    }
}

/* A change that undoes others is not itself something to be put back. */
static bool is_undoing(const struct change *c)
{
    return json_count(json_get(c->begun->data, "undoes")) > 0;
}

static bool took_effect(const struct change *c)
{
    return c->state != CHANGE_FAILED
        && !(c->ended && json_is(json_get(c->ended->data, "outcome"), "unchanged"));
}

static bool same(struct json a, struct json b, struct arena *keep)
{
    if (!a.at || !b.at)
        return false;
    return text_equal(json_canonical(a, keep), json_canonical(b, keep));
}

bool change_in_force(const struct change *c)
{
    return c->state == CHANGE_OPEN || c->state == CHANGE_NO_UNDO || c->state == CHANGE_IN_FLIGHT
        || c->state == CHANGE_UNDO_FAILED;
}

/* Where nobody could look, an action with just the arguments of the first
 * one's undo leads back as well: out at 14:23 by hand, in at 14:41 by hand. */
static bool leads_back(const struct change *c, const struct change *first, struct arena *keep)
{
    return !first->before.at && first->undo.at && c->ended && change_in_force(c) && c->state != CHANGE_IN_FLIGHT
        && json_is(json_get(first->undo, "action"), c->action)
        && same(json_get(first->undo, "args"), c->args, keep);
}

static void fold_target(struct target *t, struct change **change, size_t count, struct arena *keep)
{
    size_t first = count, last = count;
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        struct change *c = change[i];
        if (!took_effect(c) || c->state == CHANGE_KEPT)
            continue;
        if (first < count && leads_back(c, change[first], keep)) {
            for (size_t k = first; k <= i; k++)
                if (change_in_force(change[k]) && change[k]->state != CHANGE_IN_FLIGHT)
                    change[k]->state = CHANGE_CANCELLED;
            first = count;
            continue;
        }
        if (first == count) {
            first = i;
            t->before = c->before;
        }
        t->after = c->after;
        last = i;
    }
    /* one change alone that shows nothing was accepted, and may show later */
    bool back = first < count && last > first && same(t->before, t->after, keep);
    for (size_t i = 0; i < count; i++) {
        struct change *c = change[i];
        if (c->state == CHANGE_IN_FLIGHT)
            back = false;
        if (is_undoing(c) && (c->state == CHANGE_OPEN || c->state == CHANGE_NO_UNDO))
            c->state = CHANGE_CANCELLED;
        if (back && (c->state == CHANGE_OPEN || c->state == CHANGE_NO_UNDO))
            c->state = CHANGE_CANCELLED;
        open = open || change_in_force(c);
    }
    t->changed = open && !back;
}

static int by_target(const void *a, const void *b)
{
    const struct change *x = *(struct change *const *)a, *y = *(struct change *const *)b;
    int order = strcmp(x->target, y->target);
    return order ? order : (x > y) - (x < y);
}

static void fold_targets(struct ledger *out, struct change *change, size_t n, struct arena *keep)
{
    struct change **sorted = arena_many(keep, struct change *, n + 1);
    const struct change **shown = arena_many(keep, const struct change *, 2 * n + 1);
    struct target *target = arena_many(keep, struct target, n + 1);
    size_t targets = 0, used = 0;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &change[i];
    qsort(sorted, n, sizeof *sorted, by_target);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && !strcmp(sorted[to]->target, sorted[from]->target);)
            to++;
        struct target *t = &target[targets++];
        t->name = sorted[from]->target;
        t->change = &shown[used];
        for (size_t i = from; i < to; i++)
            shown[used++] = sorted[i];
        shown[used++] = NULL;
        fold_target(t, sorted + from, to - from, keep);
    }
    out->target = target;
    out->targets = targets;
}

void ledger_fold(struct ledger *out, const struct journal *journal, size_t journals,
                 struct arena *keep)
{
    size_t places, n = 0;
    struct place *place = in_order(journal, journals, &places, keep);
    struct change *change = arena_many(keep, struct change, places + 1);
    struct index index = index_new(places, keep);
    for (size_t i = 0; i < places; i++) {
        const struct event *ev = place[i].event;
        if (ev->kind == EVENT_ACTION_BEGUN) {
            begin_change(&change[n], &place[i], keep);
            index_add(&index, &change[n++]);
        } else if (ev->kind == EVENT_ACTION_ENDED) {
            struct change *c = index_find(&index, json_get(ev->data, "begun"));
            if (c)
                end_change(c, ev, keep);
        } else {
            settle_changes(&index, ev);
        }
    }
    *out = (struct ledger){ .change = change, .changes = n };
    fold_targets(out, change, n, keep);
}

const struct change *ledger_find(const struct ledger *l, const char *incident, const char *name)
{
    for (size_t i = 0; i < l->changes; i++)
        if (text_equal(l->change[i].incident, incident) && text_equal(l->change[i].name, name))
            return &l->change[i];
    return NULL;
}

const char *change_words(const struct change *c)
{
    return c->state == CHANGE_IN_FLIGHT ? "IN FLIGHT: unknown"
         : c->state == CHANGE_NO_UNDO ? "back by hand only"
         : c->state == CHANGE_UNDO_FAILED ? "undo FAILED" : "can be put back";
}

static int is_target(const void *name, const void *target)
{
    return strcmp(name, ((const struct target *)target)->name);
}

const struct target *ledger_target(const struct ledger *l, const char *name)
{
    return l->targets ? bsearch(name, l->target, l->targets, sizeof *l->target, is_target) : NULL;
}

const struct change *ledger_elsewhere(const struct target *t, const char *incident)
{
    for (const struct change *const *c = t->changed ? t->change : NULL; c && *c; c++)
        if (change_in_force(*c) && !text_equal((*c)->incident, incident))
            return *c;
    return NULL;
}
