/* answer.c: approve, refuse, answer: yes and no to what a run asks, from any
 * terminal. The answer is an event bound to the question; the run reads it when
 * it goes on. */
#include "play/question.h"
#include "play/secrets.h"
#include "verbs/audience.h"
#include "verbs/record.h"

#include <string.h>

static void show(struct desk *d, const struct question *q)
{
    fprintf(d->out, "%s%s%s  asked by %s at %s\n", q->name, q->run ? "  of " : "", q->run ? q->run : "",
            text_for_terminal(d->keep, q->asked->by),
            instant_text(d->keep, desk_zone(d), q->asked->recorded, FORM_HMS));
    fprintf(d->out, "%s\n", question_words(q, desk_now(d), desk_zone(d), d->keep));
}

static void put_or_null(struct json_out *o, const char *key, const char *text)
{
    if (text)
        json_put(o, key, text);
}

/* The same as show(), for programs. */
static void show_json(struct desk *d, const struct question *open, size_t count)
{
    struct text t = text_new(d->keep);
    struct json_out o = desk_json(d, &t);
    json_open(&o, "waiting", '[');
    for (size_t i = 0; i < count; i++) {
        const struct question *q = &open[i];
        json_open(&o, NULL, '{');
        json_put(&o, "ask", q->name);
        json_put(&o, "mode", q->mode);
        json_put(&o, "text", q->text);
        put_or_null(&o, "run", q->run);
        json_put(&o, "by", q->asked->by);
        json_put(&o, "at", instant_utc(d->keep, q->asked->recorded));
        put_or_null(&o, "action", q->action);
        put_or_null(&o, "args_sha256", json_get_text(q->asked->data, "args_sha256", d->keep));
        put_or_null(&o, "target", q->target);
        struct json args = json_get(q->asked->data, "args");
        if (args.at)
            json_put_raw(&o, "args", args.at, args.length);
        put_or_null(&o, "before", q->before);
        put_or_null(&o, "after", q->after);
        json_open(&o, "evidence", '[');
        for (size_t k = 0; k < q->evidences; k++) {
            json_open(&o, NULL, '{');
            json_put(&o, "text", q->evidence[k].text);
            json_put(&o, "at", instant_utc(d->keep, q->evidence[k].at));
            json_put_int(&o, "age_ms", desk_now(d) - q->evidence[k].at);
            json_close(&o, '}');
        }
        json_close(&o, ']');
        put_or_null(&o, "undo", q->undo);
        put_or_null(&o, "over", q->over);
        json_put(&o, "who", q->who ? q->who : "anybody");
        if (q->deadline != INSTANT_NONE)
            json_put(&o, "deadline", instant_utc(d->keep, q->deadline));
        json_close(&o, '}');
    }
    json_close(&o, ']');
    desk_json_end(d, &o);
}

/* The question that is meant: the first word, where it names one; else the
 * only open one, which is shown. */
static bool is_named(const struct desk *d)
{
    return d->words && d->word[0][0] == 'A' && d->word[0][1]
        && strspn(d->word[0] + 1, "0123456789") == strlen(d->word[0] + 1);
}

/* "Q1", "R2", "a3": a slip, and no answer. */
static bool looks_like_a_name(const struct desk *d)
{
    const char *word = d->words ? d->word[0] : "";
    return ((word[0] >= 'A' && word[0] <= 'Z') || (word[0] >= 'a' && word[0] <= 'z')) && word[1]
        && strspn(word + 1, "0123456789") == strlen(word + 1);
}

static bool still_open(const struct question *q, struct desk *d, struct err *e)
{
    if (q->answered)
        return err_failed(e, "%s was answered already: %s by %s", q->name,
                          json_text_or(json_get(q->answered->data, "answer"), d->keep, "?"), q->answered->by);
    if (q->gone) {
        err_hint(e, "tocsin status");
        return err_failed(e, "%s waits for no answer any more: %s", q->name, q->gone);
    }
    return true;
}

static bool find_named(struct question *out, struct desk *d, struct err *e)
{
    for (size_t i = 0; i < d->journal.count; i++) {
        const struct event *ev = &d->journal.event[i];
        if (ev->kind == EVENT_ASKED && ev->data.at && json_is(json_get(ev->data, "ask"), d->word[0])) {
            question_view(out, &d->journal, ev, desk_zone(d), d->keep);
            return still_open(out, d, e);
        }
    }
    return err_usage(e, "%s has no question '%s'", d->name, d->word[0]);
}

static bool pick(struct question *out, bool *named, struct desk *d, struct err *e)
{
    size_t n;
    if ((*named = is_named(d)))
        return find_named(out, d, e);
    if (looks_like_a_name(d)) {
        err_hint(e, "tocsin answer   alone shows what is asked");
        return err_usage(e, "'%s' is no question; if it is an answer, say to which one", d->word[0]);
    }
    const struct question *open = questions_open(&n, &d->journal, desk_now(d), desk_zone(d), d->keep);
    for (size_t i = 0; i < n && !d->json; i++)
        show(d, &open[i]);
    if (d->json && n)
        show_json(d, open, n);
    if (!n)
        return err_failed(e, "nothing in %s waits for an answer", d->name);
    *out = open[0];
    if (n > 1)
        return err_usage(e, "several questions are open: say which one, as %s", open[0].name);
    return true;
}

static bool in_time(struct desk *d, const struct question *q, struct err *e)
{
    if (!question_is_late(q, desk_now(d)))
        return true;
    err_hint(e, q->run ? "tocsin resume %s lets it fail there; resumed once more, it asks anew"
                       : "whoever asked types the same again, and it is asked anew", q->run);
    return err_failed(e, "%s was to be answered by %s: nobody did, and that is a no", q->name,
                      instant_text(d->keep, desk_zone(d), q->deadline, FORM_HM));
}

/* A second person is somebody else under another login; what a shared account
 * declares is not proof. In a drill everything is declared, and a name will do. */
static bool may_answer(struct desk *d, const struct question *q, struct err *e)
{
    if (!in_time(d, q, e))
        return false;
    if (!text_equal(q->mode, "approve"))
        return true;
    if (text_equal(q->asked->by, d->world->user)) {
        err_hint(e, "somebody else: tocsin approve %s", q->name);
        return err_waiting(e, "%s needs a second person: '%s' asked it", q->name, d->world->user);
    }
    if (!d->ws.config.simulated && text_equal(q->asked->uid, d->world->uid)) {
        err_hint(e, "from another login: tocsin approve %s", q->name);
        return err_waiting(e, "%s needs a second person: '%s' is declared, not proven, under the login that asked (%s)",
                           q->name, d->world->user, d->world->uid);
    }
    return true;
}

/* Whoever asked may still be there, and reads the answer; not one who parked before it was written. */
static bool is_alive(struct desk *d, const char *run)
{
    struct lock_holder holder;
    struct err ignored = { 0 };
    bool parked = false;
    (void)desk_refresh(d, &ignored);
    for (size_t i = 0; i < d->journal.count; i++) {
        const struct event *ev = &d->journal.event[i];
        if ((ev->kind == EVENT_RUN_PARKED || ev->kind == EVENT_RUN_RESUMED) && ev->data.at
            && json_is(json_get(ev->data, "run"), run))
            parked = ev->kind == EVENT_RUN_PARKED;
    }
    return !parked && d->ws.store->holder(d->ws.store, run_lock_name(d->name, run, d->keep), &holder, d->keep)
        && !holder.heir;
}

static bool has_ended(struct desk *d, const char *run)
{
    for (size_t i = 0; i < d->journal.count; i++)
        if (d->journal.event[i].kind == EVENT_RUN_ENDED && d->journal.event[i].data.at
            && json_is(json_get(d->journal.event[i].data, "run"), run))
            return true;
    return false;
}

/* A change under way whose run has ended, or that had none and nobody is at: the
 * answer is its end. */
static bool is_nobodys(struct desk *d, const struct question *q)
{
    struct lock_holder holder;
    if (!q->begun)
        return false;
    if (q->run)
        return has_ended(d, q->run);
    const char *target = json_text_or(json_get(q->begun->data, "target"), d->keep, "");
    return !d->ws.store->holder(d->ws.store, arena_print(d->keep, "target/%s", target), &holder, d->keep);
}

/* Two who answer at once: the first one counts, and the other is told. */
static bool append_answer(struct desk *d, const struct question *q, struct draft *draft, size_t count,
                          struct err *e)
{
    for (int tries = 0; tries < 20; tries++) {
        struct question now;
        d->behind = d->journal.stream[0].head;
        bool good = desk_append_all(d, draft, count, NULL, e);
        d->behind = NULL;
        if (good || e->kind != ERR_BUSY)
            return good;
        *e = (struct err){ 0 };
        if (!desk_refresh(d, e))
            return false;
        question_view(&now, &d->journal, q->asked, desk_zone(d), d->keep);
        if (!still_open(&now, d, e))
            return false;
    }
    return err_busy(e, "others write into %s all the time", d->name);
}

static bool write_answer(struct desk *d, const struct question *q, const char *answer, const char *text,
                         struct err *e)
{
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    if (text && *text)
        text = secrets_clean(secrets_open(&d->ws, d->keep), text, strlen(text), d->keep);
    json_open(&o, NULL, '{');
    json_put(&o, "asked", q->asked->hash);
    json_put(&o, "answer", answer);
    if (text && *text)
        json_put(&o, "text", text);
    bool declared = text_equal(q->mode, "approve") && text_equal(q->asked->uid, d->world->uid);
    if (declared)
        json_put(&o, "proof", "declared");
    put_or_null(&o, "run", q->run);
    put_or_null(&o, "key", q->key);
    json_close(&o, '}');
    struct draft draft[1 + SETTLED_MOST] = { { .at = INSTANT_NONE, .kind = EVENT_ANSWERED, .data = data.at } };
    struct roles roles;
    size_t count = 1;
    bool settles = is_nobodys(d, q);
    if (settles) {
        if (!roles_load(&roles, d->keep, e))
            return false;
        count += run_settled(draft + 1, q->begun, answer, text ? text : "", &roles, d->keep);
    }
    if (!append_answer(d, q, draft, count, e))
        return false;
    desk_echo(d, "%s: %s%s%s%s", q->name, answer, text && *text ? ", " : "", text ? text : "",
              declared ? " (declared, not proven: one login)" : "");
    if (settles)
        desk_say(d, "  %s: %s", json_text_or(json_get(q->begun->data, "change"), d->keep, "the change"),
                 json_text_or(json_get(json_from(draft[1].data), "text"), d->keep, ""));
    return true;
}

static bool go_on(struct desk *d, const struct question *q, const char *answer, struct err *e)
{
    if (q->begun && is_nobodys(d, q))
        return true;
    if (!q->run) {
        desk_say(d, "  where %s waits at a terminal it goes on; else %s says the same again", q->asked->by, q->asked->by);
        return true;
    }
    if (is_alive(d, q->run)) {
        desk_say(d, "  %s is alive and goes on with it", q->run);
        return true;
    }
    if (!desk_option(d, "resume")) {
        desk_say(d, "  tocsin resume %s   lets the run %s", q->run,
                 text_equal(answer, "no") ? "take the no: it stops there, or does what its runbook says" : "go on");
        return true;
    }
    struct audience audience = desk_audience(d);
    struct run_outcome outcome = { 0 };
    struct run_request request = { .ws = &d->ws, .incident = d->name, .audience = &audience };
    bool good = run_resume(&outcome, &request, q->run, NULL, d->keep, e);
    if (good || outcome.run)
        run_outcome_json(d, &outcome);
    return good;
}

/* approve and refuse: where no question was named, it is shown, and then the
 * terminal is asked; nobody there: no consent. */
static bool decide(struct desk *d, const char *answer, struct err *e)
{
    struct question q;
    bool named;
    const char *line = NULL;
    if (!desk_at_most(d, 1, e) || !pick(&q, &named, d, e) || !may_answer(d, &q, e))
        return false;
    if (!text_equal(q.mode, "confirm") && !text_equal(q.mode, "approve")) {
        err_hint(e, "tocsin answer %s %s", q.name, text_equal(q.mode, "manual") ? "done|could-not|instead TEXT" : "TEXT");
        return err_usage(e, "%s is no question of yes and no", q.name);
    }
    const char *prompt = arena_print(d->keep, "%s %s? [y/N] ", text_equal(answer, "yes") ? "approve" : "refuse", q.name);
    if (named && d->world->is_terminal(d->world, 0) && !d->json)
        show(d, &q);
    if (!named || d->world->is_terminal(d->world, 0)) {
        enum heard heard = d->world->listen(d->world, prompt, -1, &line, d->keep);
        if (heard == HEARD_NOTHING) /* a signal, in place of an answer */
            (void)d->world->listen(d->world, NULL, 0, &line, d->keep);
        if (heard == HEARD_NOBODY) {
            err_hint(e, "tocsin %s %s", d->verb->name, q.name);
            return err_usage(e, "without a terminal the question must be named");
        }
        if (!line || !(text_equal(line, "y") || text_equal(line, "yes")))
            return err_failed(e, "%s is still open", q.name);
    }
    return write_answer(d, &q, answer, NULL, e) && go_on(d, &q, answer, e);
}

bool verb_approve(struct desk *d, struct err *e)
{
    return decide(d, "yes", e);
}

bool verb_refuse(struct desk *d, struct err *e)
{
    return decide(d, "no", e);
}

/* What becomes a result is held against the contract when it is said, not later. */
static bool makes_sense(struct desk *d, const struct question *q, const char *answer, const char *text, struct err *e)
{
    struct roles roles;
    const struct role_action *a;
    const char *result, *rest;
    bool done = text_equal(answer, "done"), said = text_equal(answer, "text");
    if (!q->wants || !q->action || (!done && !said))
        return true;
    if (!roles_load(&roles, d->keep, e) || !(a = roles_find(&roles, q->action, e)))
        return false;
    if (role_said(&result, &rest, a, text, d->keep, e))
        return true;
    err_hint(e, "tocsin answer %s %s%s   or could-not WHY", q->name, done ? "done " : "", q->wants);
    return false;
}

bool verb_answer(struct desk *d, struct err *e)
{
    static const char *const hands[] = { "done", "could-not", "instead", NULL };
    struct question q;
    bool named;
    if (!pick(&q, &named, d, e) || !in_time(d, &q, e))
        return false;
    size_t first = named ? 1 : 0;
    const char *word = first < d->words ? d->word[first] : NULL, *text = desk_text(d, first);
    if (!word) {
        if (named && !d->json)
            show(d, &q);
        if (!d->world->ask(d->world, "answer> ", &word, d->keep) || !word || !*word)
            return err_usage(e, "%s is still open: say what the answer is", q.name);
        text = word;
    }
    if (text_equal(q.mode, "confirm") || text_equal(q.mode, "approve")) {
        err_hint(e, "tocsin approve %s, or tocsin refuse %s", q.name, q.name);
        return err_usage(e, "%s is a question of yes and no", q.name);
    }
    if (text_equal(q.mode, "ask"))
        return write_answer(d, &q, "text", text, e) && go_on(d, &q, "", e);
    if (text_equal(q.mode, "look") && !text_starts(text, "could-not"))
        return makes_sense(d, &q, "text", text, e) && write_answer(d, &q, "text", text, e) && go_on(d, &q, "", e);
    for (size_t i = 0; hands[i]; i++) {
        size_t length = strlen(hands[i]);
        if (!text_starts(text, hands[i]) || (text[length] && text[length] != ' '))
            continue;
        const char *more = text + length + (text[length] == ' ');
        return makes_sense(d, &q, hands[i], more, e) && write_answer(d, &q, hands[i], more, e) && go_on(d, &q, "", e);
    }
    return err_usage(e, "found '%s', expected done, could-not or instead TEXT", text_cut(d->keep, text, 40));
}
