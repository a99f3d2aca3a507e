/* scenario_read.c: a scenario's YAML; examples/README.md shows every key. */
#include "play/scenario_reader.h"

#include "base/instant.h"
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

/* "11:17", "2025-03-11 11:17": on the scenario's day unless it says another. */
bool scenario_read_time(struct reader *r, struct yaml *y, int64_t *out)
{
    const char *text = NULL;
    struct moment m;
    if (!y || !yaml_text(y, &text, r->e))
        return y == NULL;
    if (!moment_parse_on(&m, text, r->s->zone, r->s->day, r->keep, r->e))
        return yaml_err(r->e, y, "found '%s', expected a time such as 11:17", text);
    *out = m.at;
    return true;
}

static size_t length_of(const struct yaml *list)
{
    size_t n = 0;
    for (const struct yaml *y = list ? list->first : NULL; y; y = y->next)
        n++;
    return n;
}

/* A text, or a list of texts. */
bool scenario_read_texts(struct reader *r, struct yaml *y, const char *const **out)
{
    if (!y)
        return true;
    const char **list = arena_many(r->keep, const char *, length_of(y) + 2);
    size_t n = 0;
    *out = list;
    if (y->kind == YAML_SCALAR)
        return yaml_text(y, &list[0], r->e);
    if (!yaml_is(y, YAML_LIST, "a text or a list of texts", r->e))
        return false;
    for (struct yaml *one = y->first; one; one = one->next)
        if (!yaml_text(one, &list[n++], r->e))
            return false;
    return true;
}

/* ---- the workspace's configuration, as YAML again */

static bool is_plain(const char *text)
{
    if (!*text || strlen(text) != strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                               "0123456789./_-+ %"))
        return false;
    return text[0] != '-' && text[0] != ' ' && text[0] != '%' && text[strlen(text) - 1] != ' ';
}

static void put_yaml(struct text *to, const struct yaml *y, size_t depth)
{
    if (y->kind == YAML_SCALAR) {
        text_char(to, ' ');
        if (y->quoted || !is_plain(y->text))
            json_quote(to, y->text, strlen(y->text)); /* JSON strings are YAML's */
        else
            text_add(to, y->text);
        text_char(to, '\n');
        return;
    }
    if (!y->first)
        text_add(to, y->kind == YAML_MAP ? " {}" : " []");
    text_char(to, '\n');
    for (const struct yaml *one = y->first; one; one = one->next) {
        text_repeat(to, "  ", depth);
        if (y->kind == YAML_MAP)
            text_print(to, "%s:", one->key);
        else
            text_char(to, '-');
        put_yaml(to, one, depth + 1);
    }
}

static bool read_workspace(struct reader *r, struct yaml *y)
{
    static const char *const only[] = { "simulated", NULL };
    struct yaml *world = arena_one(r->keep, struct yaml);
    struct text t = text_new(r->keep);
    int which;
    if (!y || !yaml_is(y, YAML_MAP, "a map", r->e))
        return false;
    if (!yaml_get(y, "world")) { /* it need not be said: a scenario has no other */
        *world = (struct yaml){ .kind = YAML_SCALAR, .file = y->file, .path = "workspace.world", .line = y->line,
                                .column = y->column, .text = "simulated", .next = y->first, .key = "world",
                                .keep = r->keep };
        y->first = world;
    }
    if (!yaml_choice(yaml_get(y, "world"), only, &which, r->e) || !config_read(&r->s->config, y, r->keep, r->e))
        return false;
    r->s->zone = r->s->config.zone;
    put_yaml(&t, y, 0);
    r->s->configuration = t.at + (*t.at == '\n');
    return true;
}

/* ---- people */

static bool read_trigger(struct reader *r, struct act *a, struct yaml *y)
{
    static const char *const names[] = { "silent", "answers", "slower", NULL };
    static const enum trigger kinds[] = { WHEN_SILENT, WHEN_ANSWERS, WHEN_SLOWER };
    if (!yaml_is(y, YAML_MAP, "a map: service and silent, answers or slower", r->e)
        || !yaml_need(y, "service", r->e) || !yaml_text(yaml_get(y, "service"), &a->service, r->e)
        || !scenario_knows_service(r, yaml_get(y, "service"), a->service))
        return false;
    for (int i = 0; names[i]; i++) {
        struct yaml *span = yaml_get(y, names[i]);
        if (!span)
            continue;
        a->trigger = kinds[i];
        r->s->watches_rate = r->s->watches_rate || kinds[i] == WHEN_SLOWER;
        return yaml_duration(span, &a->for_ms, r->e);
    }
    return yaml_err(r->e, y, "found neither silent nor answers nor slower");
}

static bool read_act(struct reader *r, struct act *a, struct yaml *y)
{
    if (!yaml_is(y, YAML_MAP, "a map: who, at or when, do", r->e) || !yaml_need(y, "who", r->e)
        || !yaml_need(y, "do", r->e))
        return false;
    struct yaml *when = yaml_get(y, "when"), *at = yaml_get(y, "at");
    if (!when == !at)
        return yaml_err(r->e, y, "found %s, expected either 'at' or 'when'", at ? "both" : "neither");
    return yaml_text(yaml_get(y, "who"), &a->who, r->e)
        && scenario_read_texts(r, yaml_get(y, "do"), &a->todo)
        && yaml_int(yaml_get(y, "ends"), 0, 255, &a->ends, r->e)
        && yaml_text(yaml_get(y, "says"), &a->says, r->e)
        && (at ? scenario_read_time(r, at, &a->at) : read_trigger(r, a, when));
}

static bool read_acts(struct reader *r, struct yaml *list)
{
    if (list && !yaml_is(list, YAML_LIST, "a list", r->e))
        return false;
    r->s->act = arena_many(r->keep, struct act, length_of(list) + 1);
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        struct act *a = &r->s->act[r->s->acts++];
        a->episode = INSTANT_NONE;
        if (!read_act(r, a, y))
            return false;
    }
    return true;
}

static bool read_answers(struct reader *r, struct yaml *list)
{
    if (list && !yaml_is(list, YAML_LIST, "a list", r->e))
        return false;
    r->s->answer = arena_many(r->keep, struct reply, length_of(list) + 1);
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        struct reply *a = &r->s->answer[r->s->answers++];
        if (!yaml_is(y, YAML_MAP, "a map: who, asked, say", r->e) || !yaml_need(y, "who", r->e)
            || !yaml_need(y, "asked", r->e) || !yaml_need(y, "say", r->e)
            || !yaml_text(yaml_get(y, "who"), &a->who, r->e)
            || !yaml_text(yaml_get(y, "asked"), &a->asked, r->e)
            || !yaml_text(yaml_get(y, "say"), &a->say, r->e)
            || !yaml_duration(yaml_get(y, "after"), &a->after_ms, r->e))
            return false;
    }
    return true;
}

/* ---- promises */

static struct promise_row *more(struct reader *r, enum promise_kind kind)
{
    struct promise_row *row = &r->s->promise[r->s->promises++];
    row->kind = kind;
    return row;
}

/* { osc-fr1: 3m }: one promise a service. */
static bool read_by_service(struct reader *r, struct yaml *map, enum promise_kind kind)
{
    if (map && !yaml_is(map, YAML_MAP, "a map by service", r->e))
        return false;
    for (struct yaml *y = map ? map->first : NULL; y; y = y->next) {
        struct promise_row *row = more(r, kind);
        static const char *const verdicts[] = { "yes", "no", "uncertain", NULL };
        int verdict = 0;
        row->service = y->key;
        y->seen = true;
        if (!scenario_knows_service(r, y, y->key)
            || (kind == PROMISE_BREACH && !yaml_choice(y, verdicts, &verdict, r->e)))
            return false;
        bool good = kind == PROMISE_DOWNTIME ? yaml_duration(y, &row->number, r->e)
                  : kind == PROMISE_POOL     ? yaml_int(y, 0, 1000, &row->number, r->e)
                                             : yaml_text(y, &row->text, r->e);
        if (!good)
            return false;
    }
    return true;
}

static bool read_flag(struct reader *r, struct yaml *y, const char *only, enum promise_kind kind)
{
    const char *const names[] = { only, NULL };
    int which;
    if (!y)
        return true;
    more(r, kind);
    return yaml_choice(y, names, &which, r->e);
}

static bool read_expect(struct reader *r, struct yaml *y)
{
    enum { MOST = 64 };
    r->s->promise = arena_many(r->keep, struct promise_row, MOST);
    if (!y || !yaml_is(y, YAML_MAP, "a map", r->e))
        return y == NULL || false;
    struct yaml *actions = yaml_get(y, "actions"), *never = yaml_get(y, "never");
    if (length_of(yaml_get(y, "downtime")) + length_of(yaml_get(y, "breach"))
            + length_of(yaml_get(y, "pool_at_least")) > MOST - 8)
        return yaml_err(r->e, y, "too many promises");
    return read_by_service(r, yaml_get(y, "downtime"), PROMISE_DOWNTIME)
        && read_by_service(r, yaml_get(y, "breach"), PROMISE_BREACH)
        && read_by_service(r, yaml_get(y, "pool_at_least"), PROMISE_POOL)
        && scenario_knows_deeds(r, actions) && scenario_knows_deeds(r, never)
        && (!actions || scenario_read_texts(r, actions, &more(r, PROMISE_ACTIONS)->list))
        && (!never || scenario_read_texts(r, never, &more(r, PROMISE_NEVER)->list))
        && read_flag(r, yaml_get(y, "flooded_back"), "never", PROMISE_QUIET_BACK)
        && read_flag(r, yaml_get(y, "mitigated"), "when it answers", PROMISE_MITIGATED)
        && read_flag(r, yaml_get(y, "end"), "as it began", PROMISE_AS_IT_BEGAN)
        && read_flag(r, yaml_get(y, "changed"), "nothing", PROMISE_NOTHING_CHANGED);
}

/* "2025-03-11 11:00": the day that all other times are on. */
static bool read_span(struct reader *r, struct yaml *root)
{
    struct yaml *starts = yaml_need(root, "starts", r->e);
    struct yaml *ends = starts ? yaml_need(root, "ends", r->e) : NULL;
    const char *text = NULL;
    int year, month, day;
    if (!ends || !yaml_text(starts, &text, r->e))
        return false;
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return yaml_err(r->e, starts, "found '%s', expected a day and a time: 2025-03-11 11:00", text);
    r->s->day = (struct civil){ .year = year, .month = month, .day = day };
    if (!civil_valid(r->s->day))
        return yaml_err(r->e, starts, "there is no day '%s'", text);
    if (!scenario_read_time(r, starts, &r->s->start) || !scenario_read_time(r, ends, &r->s->end))
        return false;
    return r->s->end > r->s->start || yaml_err(r->e, ends, "it ends before it starts");
}

bool scenario_read(struct scenario *out, struct world *w, const char *file, struct arena *keep,
                   struct err *e)
{
    const char *bytes;
    size_t length;
    *out = (struct scenario){ .file = file, .name = file, .summary = "" };
    struct reader r = { .s = out, .keep = keep, .e = e };
    if (!w->read_file(w, file, &bytes, &length, keep, e))
        return false;
    struct yaml *root = yaml_parse(file, bytes, length, keep, e);
    if (!root || !yaml_is(root, YAML_MAP, "a scenario", e))
        return false;
    return roles_load(&r.roles, keep, e) && yaml_need(root, "scenario", e) && yaml_need(root, "workspace", e)
        && yaml_text(yaml_get(root, "scenario"), &out->name, e)
        && yaml_text(yaml_get(root, "summary"), &out->summary, e)
        && read_workspace(&r, yaml_get(root, "workspace")) && read_span(&r, root)
        && scenario_read_world(&r, root) && read_acts(&r, yaml_get(root, "people"))
        && read_answers(&r, yaml_get(root, "answers")) && read_expect(&r, yaml_get(root, "expect"))
        && yaml_done(root, e);
}
