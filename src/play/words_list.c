/* words_list.c: see words_list.h. */
#include "play/words_list.h"

#include <stddef.h>

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
