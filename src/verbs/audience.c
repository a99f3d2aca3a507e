/* audience.c: see audience.h. */
#include "verbs/audience.h"

#include <string.h>

static void say(void *context, const char *key, const char *line)
{
    struct desk *d = context;
    if (d->json || d->quiet)
        return;
    struct arena scratch = *d->keep;
    size_t depth = 0;
    for (const char *c = key ? key : ""; *c; c++)
        depth += *c == '/';
    fprintf(d->out, "%s  %*s%s\n",
            instant_text(&scratch, desk_zone(d), desk_now(d), FORM_HMS), (int)(2 * depth), "",
            text_for_terminal(&scratch, line));
    fflush(d->out);
}

/* "instead put it into the other VPC": the word, and what stands behind it. */
static bool hand_answer(const char *line, const char **answer, const char **text)
{
    static const char *const known[] = { "done", "could-not", "instead", NULL };
    for (size_t i = 0; known[i]; i++) {
        size_t length = strlen(known[i]);
        if (text_starts(line, known[i]) && (!line[length] || line[length] == ' ')) {
            *answer = known[i];
            *text = line[length] ? line + length + 1 : "";
            return true;
        }
    }
    return false;
}

static bool is_choice(const char *mode)
{
    return text_equal(mode, "confirm") || text_equal(mode, "consent") || text_equal(mode, "choose");
}

static const char *prompt_for(const char *mode)
{
    return text_equal(mode, "look") ? "\n  [what you see | could-not WHY] "
         : text_equal(mode, "approve") ? "\n  waiting for them; Ctrl-C stops here, and the question stays "
         : text_equal(mode, "manual") ? "\n  [done | could-not WHY | instead WHAT] "
         : is_choice(mode)            ? "\n  [y/N] "
                                      : "\n  > ";
}

static enum heard ask(void *context, const char *mode, const char *question, int64_t patience_ms,
                      const char **answer, const char **text, struct arena *keep)
{
    struct desk *d = context;
    const char *line = NULL;
    if (!question)
        return d->world->listen(d->world, NULL, 0, &line, keep);
    *text = "";
    if (d->yes && text_equal(mode, "confirm")) {
        *answer = "yes"; /* --yes covers one's own confirmation, never a consent */
        return HEARD_ANSWER;
    }
    if (text_equal(mode, "approve") && !d->world->is_terminal(d->world, 0))
        return HEARD_NOBODY;
    struct text prompt = text_new(keep);
    text_print(&prompt, "%s%s", question, prompt_for(mode));
    enum heard heard = d->world->listen(d->world, prompt.at, patience_ms, &line, keep);
    if (heard != HEARD_ANSWER)
        return heard;
    if (!line)
        return HEARD_NOBODY;
    if (text_equal(mode, "approve"))
        return HEARD_NOTHING; /* who asked does not answer: it is shown once more */
    if (is_choice(mode)) {
        bool yes = text_equal(line, "y") || text_equal(line, "yes");
        if (!yes && *line && !text_equal(line, "n") && !text_equal(line, "no"))
            return HEARD_NOTHING; /* a slip is no answer: it is shown once more */
        *answer = yes ? "yes" : "no";
        return HEARD_ANSWER;
    }
    if (text_equal(mode, "manual") ? !hand_answer(line, answer, text) : !*line)
        return HEARD_NOTHING;
    if (text_equal(mode, "look") && text_starts(line, "could-not")) {
        (void)hand_answer(line, answer, text);
    } else if (!text_equal(mode, "manual")) {
        *answer = "text";
        *text = line;
    }
    return HEARD_ANSWER;
}

struct audience desk_audience(struct desk *d)
{
    return (struct audience){ .context = d, .say = say, .ask = ask, .yes = d->yes };
}

bool desk_acts(struct desk *d, struct err *e)
{
    if (d->as_of_typed)
        return err_usage(e, "--as-of looks back, and '%s' acts", d->verb->name);
    if (d->name && !d->incident.closed)
        return true;
    err_hint(e, "tocsin down SERVICE   or   tocsin open TITLE   and then the same again");
    return err_usage(e, "no incident is open, and what is done belongs to one");
}

void run_outcome_json(struct desk *d, const struct run_outcome *o)
{
    struct text t = text_new(d->keep);
    if (!d->json)
        return;
    struct json_out out = desk_json(d, &t);
    json_put(&out, "run", o->run);
    json_put(&out, "how", o->how);
    json_put(&out, "text", o->text);
    desk_json_end(d, &out);
}
