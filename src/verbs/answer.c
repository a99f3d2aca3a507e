/* answer.c: approve, refuse, answer: yes and no to what a run asks, from any
 * terminal. The answer is an event bound to the question; the run reads it when
 * it goes on. */
#include "verbs/audience.h"
#include "verbs/record.h"

#include <string.h>

/* A question of this incident, with its answer where it has one. */
struct question {
    const struct event *asked, *answered;
    const char *name, *mode, *text, *run, *who;
};

static struct question question_of(struct desk *d, const struct event *asked)
{
    struct question q = { .asked = asked };
    q.name = json_get_text(asked->data, "ask", d->keep);
    q.mode = json_text_or(json_get(asked->data, "mode"), d->keep, "confirm");
    q.text = json_text_or(json_get(asked->data, "text"), d->keep, "");
    q.run = json_get_text(asked->data, "run", d->keep);
    q.who = json_get_text(asked->data, "who", d->keep);
    for (size_t i = 0; i < d->journal.count; i++) {
        const struct event *ev = &d->journal.event[i];
        if (ev->kind == EVENT_ANSWERED && ev->data.at && json_is(json_get(ev->data, "asked"), asked->hash))
            q.answered = ev;
    }
    return q;
}

/* Those that nobody has answered, of runs that have not ended. */
static size_t open_questions(struct desk *d, struct question *q, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < d->journal.count && n < room; i++) {
        const struct event *ev = &d->journal.event[i];
        if (ev->kind != EVENT_ASKED || !ev->data.at)
            continue;
        q[n] = question_of(d, ev);
        bool over = q[n].answered != NULL;
        for (size_t k = i; k < d->journal.count; k++)
            over |= d->journal.event[k].kind == EVENT_RUN_ENDED && d->journal.event[k].data.at && q[n].run &&
                    json_is(json_get(d->journal.event[k].data, "run"), q[n].run);
        n += !over;
    }
    return n;
}

static void show(struct desk *d, const struct question *q)
{
    fprintf(d->out, "%s%s%s  asked by %s at %s%s%s\n", q->name, q->run ? "  of " : "", q->run ? q->run : "",
            text_for_terminal(d->keep, q->asked->by),
            instant_text(d->keep, desk_zone(d), q->asked->recorded, FORM_HMS), q->who ? ", for " : "",
            q->who ? text_for_terminal(d->keep, q->who) : "");
    for (char *save = arena_string(d->keep, q->text), *line; (line = strsep(&save, "\n"));)
        fprintf(d->out, "  %s\n", text_for_terminal(d->keep, line));
}

/* The question that is meant: the first word, where it names one; else the
 * only open one, which is shown. */
static bool pick(struct question *out, bool *named, struct desk *d, struct err *e)
{
    enum { MOST = 64 };
    struct question open[MOST];
    size_t n = open_questions(d, open, MOST);
    *named = d->words && d->word[0][0] == 'A' && strspn(d->word[0] + 1, "0123456789") == strlen(d->word[0] + 1);
    for (size_t i = 0; *named && i < d->journal.count; i++) {
        const struct event *ev = &d->journal.event[i];
        if (ev->kind != EVENT_ASKED || !ev->data.at || !json_is(json_get(ev->data, "ask"), d->word[0]))
            continue;
        *out = question_of(d, ev);
        if (out->answered)
            return err_failed(e, "%s was answered already: %s by %s", out->name,
                              json_text_or(json_get(out->answered->data, "answer"), d->keep, "?"),
                              out->answered->by);
        return true;
    }
    if (*named)
        return err_usage(e, "%s has no question '%s'", d->name, d->word[0]);
    for (size_t i = 0; i < n && (n > 1 || !d->json); i++)
        show(d, &open[i]);
    if (!n)
        return err_failed(e, "nothing in %s waits for an answer", d->name);
    *out = open[0];
    if (n > 1)
        return err_usage(e, "several questions are open: say which one, as %s", open[0].name);
    return true;
}

/* A second person is somebody else under another login; what a shared account
 * declares is not proof. In a drill everything is declared, and a name will do. */
static bool may_answer(struct desk *d, const struct question *q, struct err *e)
{
    const char *until = json_get_text(q->asked->data, "deadline", d->keep);
    int64_t deadline;
    if (!text_equal(q->mode, "approve"))
        return true;
    if (until && instant_parse_rfc3339(until, strlen(until), &deadline) && desk_now(d) > deadline) {
        err_hint(e, "tocsin resume %s lets it fail there; resumed once more, it asks anew",
                 json_get_text(q->asked->data, "run", d->keep));
        return err_failed(e, "%s was to be answered by %s: nobody did, and that is a no", q->name,
                          instant_text(d->keep, desk_zone(d), deadline, FORM_HM));
    }
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

static bool write_answer(struct desk *d, const struct question *q, const char *answer, const char *text,
                         struct err *e)
{
    struct text data = text_new(d->keep);
    struct json_out o = json_out(&data);
    const char *key = json_get_text(q->asked->data, "key", d->keep);
    json_open(&o, NULL, '{');
    json_put(&o, "asked", q->asked->hash);
    json_put(&o, "answer", answer);
    if (text && *text)
        json_put(&o, "text", text);
    if (q->run)
        json_put(&o, "run", q->run);
    if (key)
        json_put(&o, "key", key);
    json_close(&o, '}');
    if (!desk_append(d, NULL, EVENT_ANSWERED, data.at, NULL, e))
        return false;
    desk_echo(d, "%s: %s%s%s", q->name, answer, text && *text ? ", " : "", text ? text : "");
    return true;
}

static bool go_on(struct desk *d, const struct question *q, struct err *e)
{
    if (!q->run)
        return true;
    if (!desk_option(d, "resume")) {
        desk_say(d, "  tocsin resume %s   lets the run go on", q->run);
        return true;
    }
    struct audience audience = desk_audience(d);
    struct run_outcome outcome = { 0 };
    struct run_request request = { .ws = &d->ws, .incident = d->name, .audience = &audience };
    bool good = run_resume(&outcome, &request, q->run, NULL, NULL, NULL, d->keep, e);
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
        if (!d->world->ask(d->world, prompt, &line, d->keep)) {
            err_hint(e, "tocsin %s %s", d->verb->name, q.name);
            return err_usage(e, "without a terminal the question must be named");
        }
        if (!line || !(text_equal(line, "y") || text_equal(line, "yes")))
            return err_failed(e, "%s is still open", q.name);
    }
    return write_answer(d, &q, answer, NULL, e) && go_on(d, &q, e);
}

bool verb_approve(struct desk *d, struct err *e)
{
    return decide(d, "yes", e);
}

bool verb_refuse(struct desk *d, struct err *e)
{
    return decide(d, "no", e);
}

bool verb_answer(struct desk *d, struct err *e)
{
    static const char *const hands[] = { "done", "could-not", "instead", NULL };
    struct question q;
    bool named;
    if (!pick(&q, &named, d, e))
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
        return write_answer(d, &q, "text", text, e) && go_on(d, &q, e);
    if (text_equal(q.mode, "look") && !text_starts(text, "could-not"))
        return write_answer(d, &q, "text", text, e) && go_on(d, &q, e);
    for (size_t i = 0; hands[i]; i++)
        if (text_starts(text, hands[i]) && (!text[strlen(hands[i])] || text[strlen(hands[i])] == ' '))
            return write_answer(d, &q, hands[i], text + strlen(hands[i]) + (text[strlen(hands[i])] == ' '), e) &&
                   go_on(d, &q, e);
    return err_usage(e, "found '%s', expected done, could-not or instead TEXT", text_cut(d->keep, text, 40));
}
