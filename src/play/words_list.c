/* words_list.c: see words_list.h. */
#include "play/words_list.h"

#include "play/role.h"

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
    { "ask", "ask \"question\"", OPTIONS("text", "default"), 0, OPTIONS("text"), "string" },
    { "confirm", "confirm \"question\"", OPTIONS("text"), 0, OPTIONS("text"), "" },
    { "approve", "approve \"what\"", OPTIONS("text", "who"), 0, OPTIONS("text"), "" },
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
    static const struct { const char *word, *wants; struct role_arg arg; } typed[] = {
        { "restore", NULL, { .name = "all", .type = ARG_TRUTH } },
        { "restore", NULL, { .name = "ip", .type = ARG_IP } },
        { "restore", "one change: \"C2\"", { .name = "change", .type = ARG_TEXT } },
        { "restore", "a list: { \"C1\", \"C2\" }", { .name = "changes", .type = ARG_LIST, .of = ARG_TEXT } },
        { "restore", NULL, { .name = "even_so", .type = ARG_TEXT } },
        { "random", NULL, { .name = "from", .type = ARG_INTEGER } },
        { "random", NULL, { .name = "to", .type = ARG_INTEGER } },
        { "lock", NULL, { .name = "why", .type = ARG_TEXT } },
        { "lock", NULL, { .name = "target", .type = ARG_TEXT } },
        { "phase", NULL, { .name = "phase", .type = ARG_TEXT } },
        { "impact", NULL, { .name = "service", .type = ARG_TEXT } },
        { "impact", NULL, { .name = "level", .type = ARG_TEXT } },
        { "impact", NULL, { .name = "text", .type = ARG_TEXT } },
    };
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        if (strcmp(typed[i].word, word) == 0 && strcmp(typed[i].arg.name, option) == 0
            && json_type(value) != JSON_NULL && !has_type(&typed[i].arg, value, keep))
            return arena_print(keep, "%s: %s: found %s, expected %s", word, option,
                               text_cut(keep, arena_copy(keep, value.at, value.length), 60),
                               typed[i].wants ? typed[i].wants : role_type_words(&typed[i].arg, keep));
    return NULL;
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
