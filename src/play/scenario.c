/* scenario.c: playing one. Time moves in one place, play_step(): to the next
 * thing that is due, whoever waits for it. See scenario.h. */
#include "play/scenario_inside.h"

#include "play/coverage.h"

#include "world/sim_clock.h"

#include <inttypes.h>
#include <string.h>

const char *play_time(struct play *p, int64_t at)
{
    return instant_text(p->keep, p->s.zone, at, FORM_HMS);
}

static void add_line(struct play *p, const char *line)
{
    if (p->lines + 1 >= p->line_room) {
        const char **more = arena_many(p->keep, const char *, p->line_room * 2 + 64);
        if (p->lines)
            memcpy(more, p->line, p->lines * sizeof *more);
        p->line = more;
        p->line_room = p->line_room * 2 + 64;
    }
    p->line[p->lines++] = line;
}

void play_expect(struct play *p, bool kept, const char *promise, const char *found)
{
    if (p->expectations == p->expectation_room) {
        size_t room = p->expectation_room * 2 + 32;
        struct expectation *more = arena_many(p->keep, struct expectation, room);
        if (p->expectations)
            memcpy(more, p->expectation, p->expectations * sizeof *more);
        p->expectation = more;
        p->expectation_room = room;
    }
    p->expectation[p->expectations++] = (struct expectation){ promise, kept, found ? found : "" };
}


/* ---- people */

static struct world *world_of(struct play *p, const char *who)
{
    /* A world of its own for each command: the salts it draws are nobody else's. */
    p->clock.seed = ++p->worlds;
    struct world *w = world_virtual(p->under, &p->clock, who, arena_print(p->keep, "%s@sim", who),
                                    p->keep);
    w->claimed = true;
    w->coverage = p->coverage;
    return w;
}

static bool is_busy(const struct play *p, const char *who)
{
    for (size_t i = 0; i < PEOPLE_MOST; i++)
        if (text_equal(p->busy[i], who))
            return true;
    return false;
}

static void set_busy(struct play *p, const char *who, bool busy)
{
    for (size_t i = 0; i < PEOPLE_MOST; i++)
        if (busy ? !p->busy[i] : text_equal(p->busy[i], who)) {
            p->busy[i] = busy ? who : NULL;
            return;
        }
}

/* The next word of a command line; quotes hold words together, as in a shell. */
static const char *next_word(const char **at, struct arena *keep)
{
    struct text t = text_new(keep);
    char quote = 0;
    for (; **at && (quote || **at != ' '); ++*at) {
        if (**at == quote)
            quote = 0;
        else if (!quote && (**at == '"' || **at == '\''))
            quote = **at;
        else
            text_char(&t, **at);
    }
    *at += strspn(*at, " ");
    return t.at;
}

/* "down osc-fr1 @{since}" as words; {since} is when the episode began. */
static const char *const *words_of(struct play *p, const char *command, int64_t since)
{
    static const char since_hole[] = "{since}";
    const char **words = arena_many(p->keep, const char *, strlen(command) / 2 + 2);
    size_t n = 0;
    for (const char *at = command + strspn(command, " "); *at;) {
        const char *word = next_word(&at, p->keep), *hole = strstr(word, since_hole);
        if (hole)
            word = arena_print(p->keep, "%.*s%s%s", (int)(hole - word), word, play_time(p, since),
                               hole + strlen(since_hole));
        words[n++] = word;
    }
    return words;
}

/* The last line that is not empty: what a failing command ends with. */
static const char *last_line(struct play *p, const char *said)
{
    const char *end = said + strlen(said), *error = strstr(said, "tocsin: ");
    if (error)
        return arena_copy(p->keep, error + 8, strcspn(error + 8, "\n"));
    while (end > said && end[-1] == '\n')
        end--;
    const char *start = end;
    while (start > said && start[-1] != '\n')
        start--;
    return arena_copy(p->keep, start, (size_t)(end - start));
}

/* The workspace it plays in is nobody's, and another one at every play: its path is left out.
 * One that a person named (--keep) is no secret. */
static const char *without_place(struct play *p, const char *said)
{
    struct text t = text_new(p->keep);
    size_t length = strlen(p->dir);
    for (const char *at; p->dir[0] == '/' && (at = strstr(said, p->dir)); said = at + length + (at[length] == '/')) {
        text_bytes(&t, said, (size_t)(at - said));
        if (at[length] != '/')
            text_char(&t, '.');
    }
    text_add(&t, said);
    return t.at;
}

static void perform(struct play *p, const struct act *a, const char *command, bool last,
                    int64_t since)
{
    const char *said = "", *begun = play_time(p, p->clock.now);
    uint64_t seed = p->clock.seed;
    const char *const *words = words_of(p, command, since);
    add_line(p, arena_print(p->keep, "%s %s: %s", begun, a->who, command));
    int status = p->actor->act(p->actor->context, world_of(p, a->who), p->dir, words, &said, p->keep);
    said = without_place(p, said);
    p->clock.seed = seed; /* whoever waited meanwhile goes on with his own */
    int wanted = last ? (int)a->ends : 0;
    if (status != wanted)
        add_line(p, arena_print(p->keep, "%s   ended with %d: %s", play_time(p, p->clock.now), status,
                                last_line(p, said)));
    p->commands++;
    if (status != wanted || wanted != 0) /* that nothing failed is one promise, at the end */
        play_expect(p, status == wanted,
                    arena_print(p->keep, "%s %s's '%s' ends with %d", begun, a->who, command, wanted),
                    arena_print(p->keep, "%d: %s", status, last_line(p, said)));
    p->failures += status != wanted;
    if (last && a->says)
        play_expect(p, strstr(said, a->says) != NULL,
                    arena_print(p->keep, "%s %s is told '%s'", begun, a->who, a->says),
                    last_line(p, said));
}

/* Is it time for this act? *since: when what it waits for began. */
static bool is_due(struct play *p, struct act *a, int64_t *since)
{
    *since = a->at;
    if (a->trigger == WHEN_TIME)
        return !a->done && p->clock.now >= a->at;
    const struct watched *w = play_watched(p, a->service);
    *since = a->trigger == WHEN_SLOWER ? w->drop_since : w->since;
    bool is_so = a->trigger == WHEN_SILENT    ? !w->answers
               : a->trigger == WHEN_ANSWERS   ? w->answers && w->was_silent
                                              : w->dropped;
    return is_so && a->episode != *since && p->clock.now - *since >= a->for_ms;
}

/* Everything that is due now, in the order of the file; a person who is in
 * the middle of something comes later. */
static void act_what_is_due(struct play *p)
{
    for (size_t i = 0; i < p->s.acts && !p->failed.kind; i++) {
        struct act *a = &p->s.act[i];
        int64_t since;
        if (is_busy(p, a->who) || !is_due(p, a, &since))
            continue;
        a->done = true;
        a->episode = since;
        set_busy(p, a->who, true);
        for (size_t n = 0; a->todo[n] && !p->failed.kind; n++)
            perform(p, a, a->todo[n], !a->todo[n + 1], since);
        set_busy(p, a->who, false);
        i = (size_t)-1; /* time went on: look again from the first */
    }
}

/* ---- time */

/* The next moment at which something may be due, `until` at most. */
static int64_t next_moment(const struct play *p, int64_t until)
{
    int64_t now = p->clock.now, tick = p->s.probe_every_ms;
    int64_t next = (now / tick + 1) * tick;
    for (size_t i = 0; i < p->s.acts; i++) {
        const struct act *a = &p->s.act[i];
        if (a->trigger == WHEN_TIME && !a->done && a->at > now && a->at < next)
            next = a->at;
    }
    return next < until ? next : until;
}

/* A world waits: the clock goes on to the next thing that is due. */
static int64_t on_wait(void *context, int64_t until)
{
    struct play *p = context;
    if (p->failed.kind)
        return until;
    play_sample(p);
    play_sample_rates(p);
    act_what_is_due(p);
    if (p->clock.now >= until)
        return p->clock.now;
    return next_moment(p, until);
}

static void wait_until(struct play *p, int64_t until)
{
    while (p->clock.now < until && !p->failed.kind) {
        int64_t to = on_wait(p, until);
        if (to > p->clock.now)
            p->clock.now = to;
    }
}

/* Somebody is asked; the scenario's answers say what they say. */
static bool on_ask(void *context, const char *person, const char *prompt, const char **line,
                   struct arena *keep)
{
    struct play *p = context;
    for (size_t i = 0; i < p->s.answers; i++) {
        struct reply *a = &p->s.answer[i];
        if (strcmp(a->who, person) != 0 || !text_starts(prompt, a->asked))
            continue;
        a->used++;
        wait_until(p, p->clock.now + a->after_ms);
        add_line(p, arena_print(p->keep, "%s %s answers '%s' to: %s", play_time(p, p->clock.now),
                                person, a->say, text_for_terminal(p->keep, prompt)));
        *line = arena_string(keep, a->say);
        return true;
    }
    return false;
}

/* ---- the whole */

static bool copy_folder(struct world *w, const char *from, const char *to, struct arena *keep, struct err *e)
{
    struct names all;
    if (!w->list_folder(w, from, &all, keep, e) || !w->make_folder(w, to, e))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const char *source = arena_print(keep, "%s/%s", from, all.name[i]), *bytes;
        const char *copy = arena_print(keep, "%s/%s", to, all.name[i]);
        size_t length;
        bool folder = false;
        if (all.name[i][0] == '.' || !w->exists(w, source, &folder))
            continue;
        if (folder ? !copy_folder(w, source, copy, keep, e)
                   : !w->read_file(w, source, &bytes, &length, keep, e) || !w->write_file(w, copy, bytes, length, e))
            return false;
    }
    return true;
}

/* What lies at home is played, not only what is installed. */
static bool bring_from_home(struct play *p, struct world *w, struct err *e)
{
    static const char *const kinds[] = { "runbooks", "templates", NULL };
    for (size_t i = 0; p->actor->home && kinds[i]; i++) {
        bool folder = false;
        const char *from = arena_print(p->keep, "%s/%s", p->actor->home, kinds[i]);
        if (w->exists(w, from, &folder) && folder
            && !copy_folder(w, from, arena_print(p->keep, "%s/%s", p->dir, kinds[i]), p->keep, e))
            return err_while(e, "taking %s along", kinds[i]);
    }
    return true;
}

static bool prepare(struct play *p, struct err *e)
{
    struct world *w = world_of(p, "scenario");
    struct json ignored;
    const char *file = arena_print(p->keep, "%s/tocsin.yaml", p->dir);
    if (!w->make_folder(w, p->dir, e)
        || !w->write_file(w, file, p->s.configuration, strlen(p->s.configuration), e)
        || !bring_from_home(p, w, e)
        || !workspace_open(&p->ws, w, p->dir, p->keep, e) || !roles_load(&p->roles, p->keep, e)
        || !plugins_open(&p->plugins, &p->ws, &p->roles, p->keep, e))
        return false;
    for (size_t i = 0; i < p->ws.config.services && i < WATCHED_MOST; i++)
        p->watched[p->services++] = (struct watched){ .name = p->ws.config.service[i].name,
                                                      .answers = true, .since = p->clock.now };
    if (!play_look(p, "begin", p->s.world, &ignored, p->keep, e)
        || !play_look(p, "shape", "{}", &ignored, p->keep, e))
        return false;
    p->first_shape = ignored.at;
    return true;
}

/* What a scenario brings must be met, else it shows nothing: answers, faults, commands. */
static bool judge_what_was_met(struct play *p, struct err *e)
{
    struct json faults;
    for (size_t i = 0; i < p->s.answers; i++)
        play_expect(p, p->s.answer[i].used > 0,
                    arena_print(p->keep, "%s is asked about '%s'", p->s.answer[i].who,
                                p->s.answer[i].asked), p->s.answer[i].used ? "" : "nobody asked");
    for (size_t i = 0; i < p->s.acts; i++)
        if (!p->s.act[i].done)
            play_expect(p, false, arena_print(p->keep, "%s says '%s'", p->s.act[i].who, p->s.act[i].todo[0]),
                        "its moment never came");
    if (!play_look(p, "faults", "{}", &faults, p->keep, e))
        return false;
    for (struct json_walk w = json_walk(json_get(faults, "faults")); json_next(&w);) {
        bool met = json_is_true(json_get(w.value, "met"));
        const char *action = json_text_or(json_get(w.value, "action"), p->keep, "?");
        int64_t calls = json_int_or(json_get(w.value, "calls"), 0);
        play_expect(p, met, arena_print(p->keep, "%s meets its fault '%s'", action,
                                        json_text_or(json_get(w.value, "how"), p->keep, "?")),
                    met ? "" : arena_print(p->keep, "it did not: %s of %s", text_count(p->keep, calls, "call"), action));
    }
    return true;
}

static bool finish(struct play *p, struct scenario_result *out, struct err *e)
{
    if (!judge_what_was_met(p, e))
        return false;
    if (!p->failures)
        play_expect(p, true, arena_print(p->keep, "all %zu commands of people end as they should",
                                         p->commands), "");
    if (!play_judge(p, out, e))
        return false;
    out->expectation = p->expectation;
    out->expectations = p->expectations;
    out->passed = true;
    for (size_t i = 0; i < p->expectations; i++)
        out->passed = out->passed && p->expectation[i].kept;
    add_line(p, NULL);
    out->line = p->line;
    if (p->coverage)
        out->met = coverage_met(p->coverage, p->keep);
    out->started = p->s.start;
    out->virtual_ms = p->clock.now - p->s.start;
    /* The workspace goes on from here when somebody keeps it. */
    return sim_clock_set(p->under, p->dir, p->clock.now, e);
}

static bool play_through(struct play *p, struct scenario_result *out, struct err *e)
{
    if (!prepare(p, e))
        return false;
    wait_until(p, p->s.end);
    play_sample(p);
    for (size_t i = 0; i < p->services; i++)
        if (!p->watched[i].answers)
            p->watched[i].down_ms += p->clock.now - p->watched[i].since;
    if (p->failed.kind) {
        *e = p->failed;
        return false;
    }
    return finish(p, out, e);
}

bool scenario_play(struct scenario_result *out, struct world *w, const char *file,
                   const char *dir, const struct actor *actor, struct arena *keep,
                   struct err *e)
{
    struct play *p = arena_one(keep, struct play);
    struct arena scratch = arena_reserve(16 << 20), whole = scratch;
    *p = (struct play){ .under = w, .actor = actor, .dir = dir, .keep = keep, .scratch = &scratch,
                        .next_change = INSTANT_NONE };
    bool good = scenario_read(&p->s, w, file, keep, e);
    if (good) {
        *out = (struct scenario_result){ .name = p->s.name, .summary = p->s.summary, .workspace = dir };
        p->coverage = actor->coverage ? coverage_new(keep) : NULL;
        p->clock = (struct world_clock){ .now = p->s.start, .on_wait = on_wait, .ask = on_ask,
                                         .context = p };
        good = play_through(p, out, e) || err_while(e, "%s", file);
    }
    if (p->plugins)
        plugins_close(p->plugins);
    if (p->ws.store)
        p->ws.store->close(p->ws.store);
    arena_release(whole);
    return good;
}
