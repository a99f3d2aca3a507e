/* row.c: what an event says to people, in one line (event_text in incident.h). */
#include "record/entry.h"
#include "record/sla_words.h"

#include <inttypes.h>
#include <string.h>

static const char *word(const struct event *ev, const char *key, struct arena *keep)
{
    const char *text = json_get_text(ev->data, key, keep);
    return text ? text : "";
}

const char *impact_words(const char *service, const char *level, int64_t lost_ppb,
                         struct arena *keep)
{
    if (text_equal(level, "up"))
        return arena_print(keep, "%s is up again", service);
    if (text_equal(level, "degraded"))
        return lost_ppb < 0
             ? arena_print(keep, "%s is degraded", service)
             : arena_print(keep, "%s is degraded, %s lost", service, ppb_percent(keep, lost_ppb, 7));
    if (text_equal(level, "none"))
        return arena_print(keep, "no impact on %s", service);
    if (text_equal(level, "unknown"))
        return arena_print(keep, "the state of %s is unknown", service);
    return arena_print(keep, "%s is %s", service, level && *level ? level : "affected");
}

static const char *impact_text(const struct event *ev, struct arena *keep)
{
    bool up = json_is(json_get(ev->data, "edge"), "up");
    return impact_words(word(ev, "service", keep), up ? "up" : word(ev, "level", keep),
                        json_int_or(json_get(ev->data, "lost_ppb"), -1), keep);
}

/* How somebody went round a failure. */
static const char *how_words(const char *how)
{
    static const char *const words[][2] = {
        { "recorded", "with the runbook as it was when it began" }, { "from", "doing it again from there" },
        { "skip", "leaving that word out" }, { "done", "that word being done by hand" },
        { "rebind", "with the plugin that is configured now" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], how))
            return words[i][1];
    return how;
}

static const char *run_text(const struct event *ev, struct arena *keep)
{
    const char *run = word(ev, "run", keep), *why, *text;
    switch ((int)ev->kind) {
    case EVENT_RUN_STARTED:
        return arena_print(keep, "run %s of %s started", run, word(ev, "runbook", keep));
    case EVENT_RUN_RESUMED:
        return arena_print(keep, "run %s resumed", run);
    case EVENT_RUN_PARKED:
        why = word(ev, "why", keep);
        text = word(ev, "text", keep);
        if (!strcmp(why, "asked") && text[0] == 'A') /* the question has a row of its own */
            return arena_print(keep, "run %s waits for %.*s", run, (int)strcspn(text, ":"), text);
        return arena_print(keep, "run %s %s%s%s", run, !strcmp(why, "failed") ? "stopped" : *why ? why : "parked",
                           *text ? ": " : "", text);
    case EVENT_RUN_OVERRIDDEN:
        why = word(ev, "because", keep);
        if (!*run) /* of no run: what is put back is */
            return arena_print(keep, "%s is put back %s%s%s", word(ev, "role", keep),
                               how_words(word(ev, "how", keep)), *why ? ": " : "", why);
        return arena_print(keep, "run %s goes on%s%s, %s%s%s", run, *word(ev, "key", keep) ? " at " : "",
                           word(ev, "key", keep), how_words(word(ev, "how", keep)), *why ? ": " : "", why);
    }
    text = word(ev, "text", keep);
    return arena_print(keep, "run %s %s%s%s", run, word(ev, "how", keep), *text ? ": " : "", text);
}

static const char *action_text(const struct event *ev, struct arena *keep)
{
    const char *change = word(ev, "change", keep);
    if (ev->kind == EVENT_ACTION_BEGUN)
        return arena_print(keep, "%s %s on %s begun%s", change, word(ev, "action", keep),
                           word(ev, "target", keep),
                           json_is_true(json_get(ev->data, "by_hand")) ? " by hand" : "");
    return arena_print(keep, "%s ended: %s", change, word(ev, "outcome", keep));
}

static const char *read_text(const struct event *ev, struct arena *keep)
{
    if (ev->kind == EVENT_WAITED)
        return arena_print(keep, "waited%s%s%s", *word(ev, "action", keep) ? " for " : "",
                           strcmp(word(ev, "action", keep), "wait until") ? word(ev, "action", keep) : "a condition",
                           json_is_true(json_get(ev->data, "met")) ? ": it is so" : "");
    struct json error = json_get(ev->data, "error");
    if (error.at)
        return arena_print(keep, "%s failed: %s", word(ev, "action", keep),
                           json_text_or(json_get(error, "text"), keep, ""));
    return arena_print(keep, "%s read", word(ev, "action", keep));
}

static const char *lock_text(const struct event *ev, struct arena *keep)
{
    const char *target = word(ev, "target", keep), *why = word(ev, "why", keep);
    const char *what = ev->kind == EVENT_LOCK_TAKEN ? "taken"
                     : ev->kind == EVENT_LOCK_STOLEN ? "stolen" : "released";
    return arena_print(keep, "lock on %s %s%s%s", target, what, *why ? ": " : "", why);
}

static const char *people_text(const struct event *ev, struct arena *keep)
{
    switch ((int)ev->kind) {
    case EVENT_ASKED:
        return arena_print(keep, "%s: %s", word(ev, "ask", keep), word(ev, "text", keep));
    case EVENT_ANSWERED: {
        const char *answer = word(ev, "answer", keep), *text = word(ev, "text", keep);
        bool words = !strcmp(answer, "text");
        return arena_print(keep, "answered%s%s%s%s%s", words ? "" : " ", words ? "" : answer, *text ? ": " : "", text,
                           *word(ev, "proof", keep) ? " (declared, not proven)" : "");
    }
    case EVENT_SETTLED:
        return arena_print(keep, "breach of %s in %s settled: %s, %s", word(ev, "service", keep),
                           word(ev, "period", keep), word(ev, "breach", keep),
                           word(ev, "because", keep));
    case EVENT_UNDONE:
        return arena_print(keep, "undo: %s", word(ev, "end", keep));
    case EVENT_KEPT:
        return arena_print(keep, "%zu kept: %s", json_count(json_get(ev->data, "changes")),
                           word(ev, "because", keep));
    case EVENT_BASELINE:
        return *word(ev, "could_not", keep)
             ? arena_print(keep, "baseline of %s not read: %s", word(ev, "role", keep),
                           word(ev, "could_not", keep))
             : arena_print(keep, "baseline of %s %s read", word(ev, "role", keep),
                           word(ev, "target", keep));
    }
    return "";
}

static const char *record_text(const struct event *ev, struct arena *keep)
{
    switch ((int)ev->kind) {
    case EVENT_OPENED:
        return arena_print(keep, "%s opened%s%s", word(ev, "name", keep),
                           *word(ev, "title", keep) ? ": " : "", word(ev, "title", keep));
    case EVENT_TITLED:
        return arena_print(keep, "titled: %s", word(ev, "title", keep));
    case EVENT_SEVERITY:
        return arena_print(keep, "severity %" PRId64,
                           json_int_or(json_get(ev->data, "severity"), 0));
    case EVENT_PHASE:
        return arena_print(keep, "phase %s", word(ev, "phase", keep));
    case EVENT_LEAD:
        return arena_print(keep, "%s leads", word(ev, "name", keep));
    case EVENT_LINK:
        return word(ev, "url", keep);
    case EVENT_AMENDED:
        return "amended an earlier entry";
    case EVENT_STRUCK:
        return arena_print(keep, "struck an earlier entry: %s", word(ev, "why", keep));
    case EVENT_ERASED:
        return arena_print(keep, "erased an earlier entry: %s", word(ev, "why", keep));
    case EVENT_LISTED:
        return json_is_true(json_get(ev->data, "listed")) ? "listed an earlier entry"
                                                       : "unlisted an earlier entry";
    case EVENT_FORKED:
        return arena_print(keep, "forked from stream %.8s", word(ev, "stream", keep));
    case EVENT_NUMBERED:
        return arena_print(keep, "numbered %s", word(ev, "number", keep));
    case EVENT_PUBLISHED:
        return arena_print(keep, "%s published%s", word(ev, "number", keep),
                           json_is_true(json_get(ev->data, "draft")) ? " as a draft" : "");
    }
    return "";
}

static const char *computed(const struct event *ev, struct arena *keep)
{
    switch (ev->kind) {
    case EVENT_IMPACT:
        return impact_text(ev, keep);
    case EVENT_RUN_STARTED: case EVENT_RUN_PARKED: case EVENT_RUN_RESUMED:
    case EVENT_RUN_OVERRIDDEN: case EVENT_RUN_ENDED:
        return run_text(ev, keep);
    case EVENT_ACTION_BEGUN: case EVENT_ACTION_ENDED:
        return action_text(ev, keep);
    case EVENT_READ: case EVENT_WAITED:
        return read_text(ev, keep);
    case EVENT_LOCK_TAKEN: case EVENT_LOCK_STOLEN: case EVENT_LOCK_RELEASED:
        return lock_text(ev, keep);
    case EVENT_ASKED: case EVENT_ANSWERED: case EVENT_SETTLED: case EVENT_UNDONE:
    case EVENT_KEPT: case EVENT_BASELINE:
        return people_text(ev, keep);
    case EVENT_OPENED: case EVENT_TITLED: case EVENT_SEVERITY: case EVENT_PHASE:
    case EVENT_LEAD: case EVENT_LINK: case EVENT_AMENDED: case EVENT_STRUCK:
    case EVENT_ERASED: case EVENT_LISTED: case EVENT_FORKED: case EVENT_NUMBERED:
    case EVENT_PUBLISHED:
        return record_text(ev, keep);
    case EVENT_NOTE: case EVENT_ALERT: case EVENT_SIGNAL: case EVENT_TASK:
    case EVENT_SAID: case EVENT_STEP:
        return "";
    case EVENT_UNKNOWN:
        return arena_print(keep, "(%s: this version does not know it)", ev->kind_name);
    }
    return "";
}

/* Of these the text alone would not say whose it is. */
static bool text_is_a_part(enum event_kind kind)
{
    return kind == EVENT_RUN_PARKED || kind == EVENT_RUN_ENDED || kind == EVENT_RUN_OVERRIDDEN || kind == EVENT_ASKED
        || kind == EVENT_ANSWERED;
}

bool event_text_is_computed(const struct event *ev, struct arena *keep)
{
    return !*word(ev, "text", keep) || text_is_a_part(ev->kind);
}

const char *event_text(const struct event *ev, struct arena *keep)
{
    if (!ev->data.at)
        return "(erased)";
    const char *text = json_get_text(ev->data, "text", keep);
    if (event_text_is_computed(ev, keep))
        text = computed(ev, keep);
    if (!strpbrk(text, "\n\r\t"))
        return text;
    char *line = arena_string(keep, text); /* a row is one line */
    for (char *c = line; *c; c++)
        if (*c == '\n' || *c == '\r' || *c == '\t')
            *c = ' ';
    return line;
}
