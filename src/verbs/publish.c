/* publish.c: shows the difference, asks, and commits the document. */
#include "verbs/verbs.h"

#include "base/sha256.h"
#include "tell/draft.h"
#include "tell/redact.h"
#include "tell/report.h"
#include "world/git.h"

#include <string.h>

/* What is being published. */
struct publication {
    struct desk *d;
    struct facts facts;
    struct report report;
    struct draft_result draft;
    const char *text;        /* what is committed: the draft, and its mark with --draft */
    const char *repository, *branch, *path, *picture_path;
    bool as_draft, edited;
    const char *published;   /* what stands there now; NULL: nothing */
    const char *numbered;    /* the number that this command has taken; NULL: none */
    int64_t date;            /* --date; INSTANT_NONE: not given */
    int64_t at;              /* of the commit */
};

static bool read_date(int64_t *out, const char *typed, const char *zone, struct err *e)
{
    struct civil c = { 0 };
    int length = 0;
    if (sscanf(typed, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &length) != 3 || typed[length]
        || !civil_valid(c))
        return err_usage(e, "found '%s', expected a date as 2025-03-28", typed);
    *out = zone_day_start(zone, c.year, c.month, c.day);
    return true;
}

/* As a draft it says so, in its front matter and above its first section. */
static const char *marked(const struct publication *p)
{
    const char *text = p->draft.text, *end = strstr(text, "\n---\n");
    if (!p->as_draft || !text_starts(text, "---\n") || !end)
        return text;
    bool fr = text_equal(p->report.locale, "fr");
    return arena_print(p->d->keep, "%.*s\ndraft: true\n---\n\n> **%s** %s\n%s", (int)(end - text), text,
                       fr ? "ÉBAUCHE." : "DRAFT.",
                       fr ? "Tout n’est pas encore établi." : "Not everything in it is settled yet.",
                       end + strlen("\n---\n"));
}

/* A drill never stands among reports of what really happened. */
static bool apart_from_real_ones(struct publication *p, struct err *e)
{
    struct names files;
    const struct incident *i = &p->d->incident;
    const char *folder = p->d->ws.config.publish.folder;
    if (!i->simulated && !i->drill)
        return true;
    if (!repo_list(p->repository, p->branch, folder ? folder : "", &files, p->d->keep, e))
        return false;
    for (size_t n = 0; n < files.count; n++) {
        const char *bytes;
        size_t length;
        if (!text_ends(files.name[n], ".md"))
            continue;
        if (!repo_read(p->repository, p->branch, files.name[n], &bytes, &length, p->d->keep, e))
            return false;
        if (bytes && text_starts(bytes, "---\n") && !strstr(bytes, "\nsimulated: true\n")) {
            err_hint(e, "give drills a repository of their own: publish: repository: in tocsin.yaml");
            return err_failed(e, "'%s' is simulated and '%s' holds reports of real incidents (%s)",
                              p->d->name, p->repository, files.name[n]);
        }
    }
    return true;
}

/* Does a document stand under our number that this incident never put there?
 * Somebody else took the number meanwhile. */
static bool is_foreign(const struct publication *p)
{
    if (!p->published || text_equal(p->published, p->text))
        return false;
    for (size_t i = 0; i < p->d->journal.count; i++) {
        const struct event *ev = &p->d->journal.event[i];
        if (ev->kind == EVENT_PUBLISHED && json_is(json_get(ev->data, "path"), p->path))
            return false;
    }
    return true;
}

/* The document under a number (NULL: its own, or the next), and what stands there. */
static bool make(struct publication *p, const char *number, int64_t date, struct err *e)
{
    struct desk *d = p->d;
    struct report_request request = { .date = date, .number = number, .edited = p->edited,
                                      .publishing = true };
    size_t length;
    if (!report_make(&p->report, &p->facts, &request, d->keep, e)
        || !draft_update(&p->draft, &p->facts, &p->report, d->keep, e))
        return false;
    p->text = marked(p);
    p->path = report_path(&d->ws, p->report.number, ".md", d->keep);
    p->picture_path = report_path(&d->ws, p->report.number, ".svg", d->keep);
    return repo_read(p->repository, p->branch, p->path, &p->published, &length, d->keep, e);
}

/* The same under a number that is free. */
static bool make_free(struct publication *p, struct err *e)
{
    const char *number;
    /* With the date it has: where nothing is new, another day changes nothing. */
    if (!make(p, NULL, INSTANT_NONE, e))
        return false;
    if (text_equal(p->published, p->text))
        return true;
    if (p->date != INSTANT_NONE && !make(p, NULL, p->date, e))
        return false;
    /* What people changed in the draft alone is a new version, too. */
    if (p->published && !p->edited && !is_foreign(p) && !text_equal(p->published, p->text)) {
        p->edited = true;
        if (!make(p, NULL, p->date, e))
            return false;
    }
    return !is_foreign(p) || (report_next_number(&number, &p->facts, p->d->keep, e)
                              && make(p, number, p->date, e));
}

static bool prepare(struct publication *p, struct err *e)
{
    struct desk *d = p->d;
    const char *date = desk_option(d, "date");
    p->branch = d->ws.config.publish.branch;
    p->repository = report_repository(&d->ws, d->keep);
    p->as_draft = desk_option(d, "draft") != NULL;
    p->date = INSTANT_NONE;
    if ((date && !read_date(&p->date, date, d->incident.zone, e))
        || !facts_gather(&p->facts, &d->ws, &d->journal, &d->incident, INSTANT_NONE, desk_now(d),
                         d->keep, e)
        || !apart_from_real_ones(p, e) || !make_free(p, e))
        return false;
    p->at = date ? p->date + 12 * HOUR_MS : desk_now(d);
    return true;
}

static bool may_be_published(struct publication *p, struct err *e)
{
    const char *const *never = report_never(&p->facts, p->draft.path, p->draft.text, p->d->keep);
    const char *const *obstacle = p->as_draft ? never : report_obstacles(&p->facts, p->draft.path, p->draft.text, p->d->keep);
    size_t count = 0;
    while (obstacle[count])
        count++;
    if (!count)
        return true;
    for (size_t i = 0; i < count; i++)
        fprintf(p->d->err, "open: %s\n", text_for_terminal(p->d->keep, obstacle[i]));
    err_hint(e, *never ? "edit %s" : "edit %s; or tocsin publish --draft", p->draft.path);
    return err_failed(e, "%s is not ready: %s", p->report.number,
                      count == 1 ? "one thing is open" : arena_print(p->d->keep,
                                                                     "%zu things are open", count));
}

static bool show_and_ask(struct publication *p, struct err *e)
{
    struct desk *d = p->d;
    const char *diff;
    if (!repo_diff(p->path, p->published, p->path, p->text, &diff, d->keep, e))
        return false;
    if (!d->yes && !d->json)
        fputs(diff, d->out);
    return desk_confirm(d, arena_print(d->keep, "commit %s to branch '%s' of %s?", p->path,
                                       p->branch, p->repository), e);
}

/* The number is taken before the commit: after a crash in between, the next
 * publish goes on with the same one. */
static bool take_number(struct publication *p, struct err *e)
{
    struct desk *d = p->d;
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    if (p->report.taken || text_equal(p->numbered, p->report.number))
        return true;
    p->numbered = p->report.number;
    json_open(&o, NULL, '{');
    json_put(&o, "number", p->report.number);
    json_close(&o, '}');
    return desk_append(d, NULL, EVENT_NUMBERED, t.at, NULL, e);
}

static bool commit(struct publication *p, char id[41], bool *same, struct err *e)
{
    struct desk *d = p->d;
    const char *host = strchr(d->world->uid, '@');
    const struct repo_file file[] = {
        { p->path, p->text, strlen(p->text) },
        { p->picture_path, p->report.svg, strlen(p->report.svg) },
    };
    struct redaction redaction = redaction_of(&d->ws.config, p->report.locale, d->keep);
    const char *title = d->incident.title && *d->incident.title ? d->incident.title : d->name;
    /* Who, and on which machine, is as public as the document. */
    const char *email = arena_print(d->keep, "%s@%s", d->world->user, host ? host + 1 : "tocsin");
    bool known = text_equal(redact(&redaction, email), email);
    const struct repo_author author = {
        .author = redact(&redaction, d->world->user),
        .email = known ? email : "tocsin@localhost",
        .message = arena_print(d->keep, "%s: %s%s\n\nIncident: %s\nRecord: %s\n",
                               p->report.number, p->as_draft ? "draft: " : "",
                               redact(&redaction, title), d->name, d->incident.head),
        .at = p->at,
        .offset_s = zone_offset(d->incident.zone, p->at, NULL),
    };
    return repo_commit(p->repository, p->branch, file, 2, &author, id, same, e);
}

static bool published_already(const struct publication *p)
{
    char sha256[SHA256_HEX + 1];
    sha256_hex(sha256, p->text, strlen(p->text));
    for (size_t i = 0; i < p->d->journal.count; i++) {
        const struct event *ev = &p->d->journal.event[i];
        if (ev->kind == EVENT_PUBLISHED && json_is(json_get(ev->data, "document_sha256"), sha256))
            return true;
    }
    return false;
}

static bool record(struct publication *p, const char *id, struct err *e)
{
    struct desk *d = p->d;
    struct text t = text_new(d->keep);
    struct json_out o = json_out(&t);
    char sha256[SHA256_HEX + 1];
    sha256_hex(sha256, p->text, strlen(p->text));
    json_open(&o, NULL, '{');
    json_put(&o, "number", p->report.number);
    json_put(&o, "commit", id);
    json_put(&o, "path", p->path);
    json_put(&o, "branch", p->branch);
    json_put_bool(&o, "draft", p->as_draft);
    json_put(&o, "document_sha256", sha256);
    const char *affected = facts_affected(&p->facts, d->keep);
    json_put_raw(&o, "affected", affected, strlen(affected));
    json_put(&o, "date", instant_text(d->keep, d->incident.zone, p->report.date, FORM_DATE));
    json_close(&o, '}');
    return desk_append(d, NULL, EVENT_PUBLISHED, t.at, NULL, e);
}

/* Somebody else was quicker: their commits first, then ours on top, and under
 * another number where they took this one. */
static bool push(struct publication *p, char id[41], bool same, struct err *e)
{
    bool rejected;
    for (int attempt = 0; attempt < 3; attempt++) {
        char tip[41];
        if (!repo_push(p->repository, p->branch, "origin", &rejected, e))
            return err_while(e, "committed here as %.8s, but not pushed", id);
        if (!rejected)
            return true;
        if (!repo_fetch(p->repository, p->branch, "origin", tip, e)
            || !repo_replay(p->repository, p->branch, tip, same ? NULL : id, tip, e) || !make_free(p, e)
            || !take_number(p, e) || !commit(p, id, &same, e))
            return err_while(e, "taking in what others pushed");
    }
    return err_busy(e, "'%s' is pushed to by others all the time", p->repository);
}

/* Does somebody have that branch checked out there? Its files do not know of the
 * commit: to git they look deleted until they are taken out of it. */
static bool checked_out(struct publication *p)
{
    struct desk *d = p->d;
    struct err none = { 0 };
    const char *git = arena_print(d->keep, "%s/.git", p->repository), *text;
    bool folder;
    size_t length;
    if (!d->world->exists(d->world, git, &folder))
        return false;
    if (!folder && d->world->read_file(d->world, git, &text, &length, d->keep, &none) && text_starts(text, "gitdir: ")) {
        const char *there = arena_copy(d->keep, text + 8, strcspn(text + 8, "\n"));
        git = *there == '/' ? there : arena_print(d->keep, "%s/%s", p->repository, there);
    }
    return d->world->read_file(d->world, arena_print(d->keep, "%s/HEAD", git), &text, &length, d->keep, &none)
           && text_starts(text, "ref: refs/heads/") && text_starts(text + 16, p->branch)
           && strcspn(text + 16, "\n") == strlen(p->branch);
}

static void say(struct publication *p, const char *id, bool same)
{
    struct desk *d = p->d;
    if (d->json) {
        struct text t = text_new(d->keep);
        struct json_out o = desk_json(d, &t);
        json_put(&o, "number", p->report.number);
        json_put(&o, "commit", id);
        json_put_bool(&o, "same", same);
        json_put(&o, "repository", p->repository);
        json_put(&o, "branch", p->branch);
        json_put(&o, "path", p->path);
        json_put(&o, "picture", p->picture_path);
        json_put_bool(&o, "draft", p->as_draft);
        desk_json_end(d, &o);
        return;
    }
    fprintf(d->out, "%s   %s%s %.8s on %s of %s\n", p->path,
            same ? "stands there already," : "committed", p->as_draft ? " as a draft," : "", id,
            p->branch, p->repository);
    desk_say(d, "  git -C %s show %s:%s", p->repository, p->branch, p->path);
    if (checked_out(p))
        desk_say(d, "  git -C %s restore --staged --worktree %s %s   brings it into the files there, which were not touched",
                 p->repository, p->path, p->picture_path);
}

bool verb_publish(struct desk *d, struct err *e)
{
    struct publication p = { .d = d };
    char id[41];
    bool same;
    if (!desk_at_most(d, 0, e) || !prepare(&p, e) || !may_be_published(&p, e))
        return false;
    if (!text_equal(p.published, p.text) && !show_and_ask(&p, e))
        return false;
    if (!take_number(&p, e) || !commit(&p, id, &same, e)
        || (desk_option(d, "push") && !push(&p, id, same, e))
        || (!(same && published_already(&p)) && !record(&p, id, e)))
        return false;
    say(&p, id, same);
    return true;
}
