/* words_list.c: see words_list.h. */
#include "play/words_list.h"

#include <stddef.h>

#define OPTIONS(...) (const char *const[]){ __VA_ARGS__, NULL }

const struct word_row word_rows[] = {
    { "step", "step \"text\"", OPTIONS("text") },
    { "note", "note \"text\"", OPTIONS("text") },
    { "ask", "ask \"question\"", OPTIONS("text", "default") },
    { "confirm", "confirm \"question\"", OPTIONS("text") },
    { "approve", "approve \"what\"", OPTIONS("text", "who") },
    { "try", "try { function() ... end }", NULL },
    { "parallel", "parallel { function() ... end, ... }", NULL },
    { "each", "each { list, function(item) ... end }", NULL },
    { "wait", "wait \"30s\"", OPTIONS("text") },
    { "wait_until", "wait_until { role.action, name = value, at_most = \"5m\" }", NULL },
    { "retry", "retry { function() ... end, times = 3, every = \"5s\" }", NULL },
    { "call", "call { \"runbook\", name = value }", NULL },
    { "impact", "impact { service = ..., level = \"down\" }", OPTIONS("service", "level", "lost", "text") },
    { "phase", "phase \"mitigated\"", OPTIONS("phase", "text") },
    { "now", "now {}", OPTIONS("") },
    { "random", "random { from = 1, to = 6 }", OPTIONS("from", "to") },
    { "lock", "lock \"target\"", OPTIONS("target", "text", "why") },
    { "restore", "restore { all = true }", OPTIONS("all", "ip", "change", "changes", "even_so") },
    { "fail", "fail \"why\"", OPTIONS("text") },
    { NULL, NULL, NULL },
};
