/* words_list.c: see words_list.h. */
#include "play/words_list.h"

#include <stddef.h>

#define OPTIONS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define NO_OPTIONS (const char *const[]){ NULL }

const char *const word_phases[] = { "detected", "acknowledged", "identified", "mitigated",
                                    "monitoring", "resolved", "closed", NULL };
const char *const word_levels[] = { "down", "degraded", "unknown", "none", "up", NULL };
const char *const word_endings[] = { "finish", "stop", "go_on", NULL };

const struct word_row word_rows[] = {
    { "step", "step \"text\"", OPTIONS("text"), 0 },
    { "note", "note \"text\"", OPTIONS("text"), 0 },
    { "ask", "ask \"question\"", OPTIONS("text", "default"), 0 },
    { "confirm", "confirm \"question\"", OPTIONS("text"), 0 },
    { "approve", "approve \"what\"", OPTIONS("text", "who"), 0 },
    { "try", "try { function() ... end }", NO_OPTIONS, 1 },
    { "parallel", "parallel { function() ... end, ... }", OPTIONS("on_failure"), ITEMS_ANY },
    { "each", "each { list, function(item) ... end }", OPTIONS("at_once", "on_failure"), 2 },
    { "wait", "wait \"30s\"", OPTIONS("text"), 0 },
    { "wait_until", "wait_until { role.action, name = value, at_most = \"5m\" }", NULL, 1 },
    { "retry", "retry { function() ... end, times = 3, every = \"5s\" }", OPTIONS("times", "every"), 1 },
    { "call", "call { \"runbook\", name = value }", NULL, 1 },
    { "impact", "impact { service = ..., level = \"down\" }", OPTIONS("service", "level", "lost", "text"), 0 },
    { "phase", "phase \"mitigated\"", OPTIONS("phase", "text"), 0 },
    { "now", "now {}", NO_OPTIONS, 0 },
    { "random", "random { from = 1, to = 6 }", OPTIONS("from", "to"), 0 },
    { "lock", "lock \"target\"", OPTIONS("target", "text", "why"), 0 },
    { "restore", "restore { all = true }", OPTIONS("all", "ip", "change", "changes", "even_so"), 0 },
    { "fail", "fail \"why\"", OPTIONS("text"), 0 },
    { NULL, NULL, NULL, 0 },
};
