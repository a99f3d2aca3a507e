/* audience.c: see audience.h. */
#include "verbs/audience.h"

#include <string.h>

static void say(void *context, const char *key, const char *line)
{
    struct desk *d = context;
    if (d->json || d->quiet)
        return;
    size_t depth = 0;
    for (const char *c = key ? key : ""; *c; c++)
        depth += *c == '/';
    fprintf(d->out, "%s  %*s%s\n",
            instant_text(d->keep, desk_zone(d), desk_now(d), FORM_HMS), (int)(2 * depth), "",
            text_for_terminal(d->keep, line));
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
    return text_equal(mode, "confirm") || text_equal(mode, "approve") || text_equal(mode, "consent")
        || text_equal(mode, "choose");
}

static const char *prompt_for(const char *mode)
{
    return text_equal(mode, "look") ? "\n  [what you see | could-not WHY] "
         : text_equal(mode, "manual") ? "\n  [done | could-not WHY | instead WHAT] "
         : is_choice(mode)            ? "\n  [y/N] "
                                      : "\n  > ";
}

static bool ask(void *context, const char *mode, const char *question, const char **answer,
                const char **text, struct arena *keep)
{
    struct desk *d = context;
    const char *line = NULL;
    bool choice = is_choice(mode);
    *text = "";
    if (d->yes && text_equal(mode, "confirm")) {
        *answer = "yes"; /* --yes covers one's own confirmation, never a consent */
        return true;
    }
    struct text prompt = text_new(keep);
    text_add(&prompt, question);
    text_add(&prompt, prompt_for(mode));
    for (;;) {
        if (!d->world->ask(d->world, prompt.at, &line, keep) || !line)
            return false;
        if (choice) {
            *answer = text_equal(line, "y") || text_equal(line, "yes") ? "yes" : "no";
            return true;
        }
        if (text_equal(mode, "manual") ? hand_answer(line, answer, text) : *line != '\0')
            break;
    }
    bool unseen = text_equal(mode, "look") && text_starts(line, "could-not");
    if (unseen)
        (void)hand_answer(line, answer, text);
    else if (!text_equal(mode, "manual")) {
        *answer = "text";
        *text = line;
    }
    return true;
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
