/* words_list.c: see words_list.h. */
#include "play/words_list.h"

#include <string.h>

#define OPTIONS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define NO_OPTIONS (const char *const[]){ NULL }

const char *const word_phases[] = { "detected", "acknowledged", "identified", "mitigated",
                                    "monitoring", "resolved", NULL };
const char *const word_levels[] = { "down", "degraded", "unknown", "none", "up", NULL };
const char *const word_endings[] = { "finish", "stop", "go_on", NULL };

const char *const word_wait_options[] = { "at_most", "every", "or_nothing", NULL };

const struct word_row word_rows[] = {
    { "step", "step \"text\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { "note", "note \"text\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { "ask", "ask \"question\"", OPTIONS("text"), 0, OPTIONS("text"), "string" },
    { "confirm", "confirm \"question\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { "approve", "approve \"what\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { "try", "try { function() ... end }", NO_OPTIONS, 1, NO_OPTIONS, "any, string?" },
    { "parallel", "parallel { function() ... end, ... }", OPTIONS("on_failure"), ITEMS_ANY, NO_OPTIONS, "any ..." },
    { "each", "each { list, function(item) ... end }", OPTIONS("at_once", "on_failure"), 2, NO_OPTIONS, "any[]" },
    { "wait", "wait \"30s\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { "wait_until", "wait_until { role.action, name = value, at_most = \"5m\" }", NULL, 1, NO_OPTIONS, "any" },
    { "retry", "retry { function() ... end, times = 3, every = \"5s\" }", OPTIONS("times", "every"), 1, NO_OPTIONS, "any" },
    { "call", "call { \"runbook\", name = value }", NULL, 1, NO_OPTIONS, "any" },
    { "impact", "impact { service = ..., level = \"down\" }", OPTIONS("service", "level", "lost", "text"), 0, OPTIONS("service", "level"), "" },
    { "phase", "phase \"mitigated\"", OPTIONS("phase", "text"), 0, OPTIONS("phase|text"), "" },
    { "now", "now {}", NO_OPTIONS, 0, NO_OPTIONS, "integer" },
    { "random", "random { from = 1, to = 6 }", OPTIONS("from", "to"), 0, NO_OPTIONS, "integer" },
    { "lock", "lock \"target\"", OPTIONS("target", "text", "why"), 0, OPTIONS("target|text"), "" },
    { "restore", "restore { all = true }", OPTIONS("all", "ip", "change", "changes", "even_so"), 0, OPTIONS("all|ip|change|changes"), "" },
    { "fail", "fail \"why\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { NULL, NULL, NULL, 0, NULL, NULL },
};

static const struct option {
    const char *word;          /* NULL: of every one that has it */
    struct role_arg arg;
    const char *wants;         /* where its type does not say it; NULL */
} options[] = {
    { "each", { .name = "at_once", .help = "so many at a time; else one after the other", .type = ARG_INTEGER }, NULL },
    { NULL, { .name = "on_failure", .help = "finish, stop or go_on: what the others do" }, NULL },
    { "retry", { .name = "times", .help = "how often at most, 1 to 1000; else 3", .type = ARG_INTEGER }, NULL },
    { "retry", { .name = "every", .help = "the pause in between; else \"5s\"" }, NULL },
    { "wait_until", { .name = "at_most", .help = "then it is a failure; else \"10m\"" }, NULL },
    { "wait_until", { .name = "every", .help = "the pause in between; else 10s, and less at first" }, NULL },
    { "wait_until", { .name = "or_nothing", .help = "nil in place of that failure", .type = ARG_TRUTH }, NULL },
    { "impact", { .name = "service", .help = "whose window" }, NULL },
    { "impact", { .name = "level", .help = "down, degraded, unknown, none or up" }, NULL },
    { "impact", { .name = "lost", .help = "of degraded: the share that is lost, \"25%\"" }, "a share such as \"25%\"" },
    { "impact", { .name = "text", .help = "its row in the timeline" }, NULL },
    { "phase", { .name = "phase", .help = "as mitigated, monitoring, resolved" }, NULL },
    { "random", { .name = "from", .help = "the lowest; else 1", .type = ARG_INTEGER }, NULL },
    { "random", { .name = "to", .help = "the highest; else 100", .type = ARG_INTEGER }, NULL },
    { "lock", { .name = "target", .help = "as pool:SERVICE or pool:SERVICE/IP" }, NULL },
    { "lock", { .name = "why", .help = "shown to whoever wants to change it" }, NULL },
    { "restore", { .name = "all", .help = "all that is changed", .type = ARG_TRUTH }, NULL },
    { "restore", { .name = "ip", .help = "what is changed of it", .type = ARG_IP }, NULL },
    { "restore", { .name = "change", .help = "one of them: \"C2\"" }, "one change: \"C2\"" },
    { "restore", { .name = "changes", .help = "some of them: { \"C2\", \"C5\" }", .type = ARG_LIST, .of = ARG_TEXT }, "a list: { \"C1\", \"C2\" }" },
    { "restore", { .name = "even_so", .help = "why, though not quiet, not seen or not enough" }, NULL },
    { NULL, { .name = "text" }, NULL },
    { NULL, { NULL }, NULL },
};

static const struct option *option_of(const char *word, const char *name)
{
    const struct option *o = options;
    while (o->arg.name && (strcmp(o->arg.name, name) || (o->word && strcmp(o->word, word))))
        o++;
    return o->arg.name ? o : NULL;
}

const struct role_arg *word_option(const char *word, const char *name)
{
    const struct option *o = option_of(word, name);
    return o ? &o->arg : NULL;
}

static bool has_type(const struct role_arg *arg, struct json value, struct arena *keep)
{
    struct text ignored = text_new(keep);
    enum json_type is = json_type(value);
    if (arg->type == ARG_LIST ? is != JSON_ARRAY : arg->type == ARG_INTEGER ? is != JSON_NUMBER
        : arg->type == ARG_TRUTH ? is != JSON_TRUE && is != JSON_FALSE : is != JSON_STRING)
        return false; /* what a person types may be a text; a runbook says it as it is */
    return role_put_value(&ignored, arg, value, keep);
}

const char *word_wrong_value(const char *word, const char *option, struct json value, struct arena *keep)
{
    const struct option *o = option_of(word, option);
    if (!o || !o->arg.help || json_type(value) == JSON_NULL || has_type(&o->arg, value, keep))
        return NULL;
    return arena_print(keep, "%s: %s: found %s, expected %s", word, option,
                       text_cut(keep, arena_copy(keep, value.at, value.length), 60),
                       o->wants ? o->wants : role_type_words(&o->arg, keep));
}

const char *words_choice(const char *names, struct arena *keep)
{
    struct text t = text_new(keep);
    for (const char *at = names; *at; at++)
        if (*at == '|')
            text_add(&t, strchr(at + 1, '|') ? ", " : " or ");
        else
            text_char(&t, *at);
    return t.at;
}
