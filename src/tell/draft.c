/* draft.c: see draft.h. */
#include "tell/draft.h"

#include "world/git.h"

#include <string.h>

/* --- merging --------------------------------------------------------------------------- */

bool draft_has_conflict(const char *text)
{
    return text_starts(text, "<<<<<<< ") || strstr(text, "\n<<<<<<< ");
}

/* Words as lines, each break between them a line of its own, so that an edit
 * of one word does not touch the next. Newlines are written as \x01. */
static const char *words_as_lines(const char *text, struct arena *keep)
{
    struct text out = text_new(keep);
    for (const char *c = text; *c;) {
        size_t n = strcspn(c, " \n");
        if (n) {
            text_bytes(&out, c, n);
        } else {
            text_char(&out, *c == '\n' ? '\x01' : ' ');
            n = 1;
        }
        text_char(&out, '\n');
        c += n;
    }
    return out.at;
}

static const char *lines_as_words(const char *lines, struct arena *keep)
{
    struct text out = text_new(keep);
    for (const char *c = lines; *c; c++)
        if (*c != '\n')
            text_char(&out, *c == '\x01' ? '\n' : *c);
    return out.at;
}

bool draft_merge(const char *base, const char *ours, const char *theirs, const char **merged,
                 bool *conflict, struct arena *keep, struct err *e)
{
    static const char mine[] = "your draft", record[] = "the record";
    if (!repo_merge(base, ours, theirs, mine, record, merged, conflict, keep, e))
        return false;
    if (!*conflict)
        return true;
    if (strchr(base, '\x01') || strchr(ours, '\x01') || strchr(theirs, '\x01'))
        return true;
    const char *finer;
    bool collides;
    if (!repo_merge(words_as_lines(base, keep), words_as_lines(ours, keep),
                    words_as_lines(theirs, keep), mine, record, &finer, &collides, keep, e))
        return false;
    if (!collides) {
        *merged = lines_as_words(finer, keep);
        *conflict = false;
    }
    return true;
}

/* --- what was generated last ------------------------------------------------------------ */

struct origin {
    const char *base;     /* NULL: not known */
    struct json inputs;
};

/* INC-2025-001; of another template than the configured one
 * INC-2025-001-internal. */
static const char *stem(const struct facts *f, const struct report *r, struct arena *keep)
{
    const char *usual = f->ws->config.publish.template;
    size_t length = strlen(r->template) - strlen(".md");
    if (strlen(usual) == length && strncmp(usual, r->template, length) == 0)
        return f->incident->name;
    return arena_print(keep, "%s-%.*s", f->incident->name, (int)length, r->template);
}

static const char *state_path(const struct facts *f, const struct report *r, struct arena *keep)
{
    return workspace_path(f->ws, keep, arena_print(keep, ".tocsin/drafts/%s.json",
                                                   stem(f, r, keep)));
}

static bool origin_read(struct origin *out, const struct facts *f, const struct report *r,
                        struct arena *keep, struct err *e)
{
    struct world *w = f->ws->world;
    const char *path = state_path(f, r, keep), *bytes, *base;
    size_t length, wrong;
    *out = (struct origin){ 0 };
    if (!w->exists(w, path, NULL))
        return true;
    if (!w->read_file(w, path, &bytes, &length, keep, e))
        return false;
    if (!json_check(bytes, length, &wrong))
        return true; /* as good as none */
    struct json state = json_from(bytes);
    const char *sha256 = json_get_text(state, "generated", keep);
    out->inputs = json_get(state, "inputs");
    if (sha256 && f->ws->store->blob_get(f->ws->store, f->incident->name, sha256, &base, &length,
                                         keep, e))
        out->base = arena_copy(keep, base, length);
    return sha256 == NULL || out->base != NULL;
}

static bool origin_write(const struct facts *f, const struct report *r, struct arena *keep,
                         struct err *e)
{
    struct world *w = f->ws->world;
    char sha256[SHA256_HEX + 1];
    if (!f->ws->store->blob_put(f->ws->store, f->incident->name, r->markdown, strlen(r->markdown),
                                sha256, e)
        || !w->make_folder(w, workspace_path(f->ws, keep, ".tocsin/drafts"), e))
        return false;
    const char *state = arena_print(keep, "{\"generated\":\"%s\",\"inputs\":%s}\n", sha256,
                                    r->inputs);
    return w->write_file(w, state_path(f, r, keep), state, strlen(state), e);
}

/* --- the draft ---------------------------------------------------------------------------- */

/* As other editors save it, too: with \r\n, and a mark in front. */
static bool draft_read(const char **text, const struct facts *f, const char *path,
                       struct arena *keep, struct err *e)
{
    struct world *w = f->ws->world;
    const char *bytes;
    size_t length, start;
    *text = NULL;
    if (!w->exists(w, path, NULL))
        return true;
    if (!w->read_file(w, path, &bytes, &length, keep, e))
        return false;
    const char *zero = memchr(bytes, '\0', length);
    if (zero) {
        err_hint(e, "save it as UTF-8");
        return err_input(e, "found a zero byte at %zu of '%s', expected text", (size_t)(zero - bytes), path);
    }
    struct text out = text_new(keep);
    start = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (size_t i = start; i < length; i++)
        if (bytes[i] != '\r' || i + 1 == length || bytes[i + 1] != '\n')
            text_char(&out, bytes[i]);
    *text = out.at;
    return true;
}

static const char *draft_path(const struct facts *f, const struct report *r, struct arena *keep)
{
    return workspace_path(f->ws, keep, arena_print(keep, "drafts/%s.md", stem(f, r, keep)));
}

/* What the draft becomes, and how. */
static bool decide(struct draft_result *out, const char *old, const struct origin *origin,
                   const struct report *r, struct arena *keep, struct err *e)
{
    bool conflict = false;
    out->text = r->markdown;
    if (!old) {
        out->state = DRAFT_NEW;
    } else if (strcmp(old, r->markdown) == 0) {
        out->state = DRAFT_SAME;
    } else if (draft_has_conflict(old)) {
        err_hint(e, "edit it: keep what is right, and delete the lines with <<<<<<<, ======= and >>>>>>>");
        return err_failed(e, "'%s' still has a conflict", out->path);
    } else if (!origin->base) {
        err_hint(e, "move it elsewhere, run tocsin report, and take over your words");
        return err_failed(e, "'%s' was not written by this workspace, so edits in it cannot be told",
                          out->path);
    } else if (strcmp(old, origin->base) == 0) {
        out->state = DRAFT_RENEWED;
    } else {
        if (!draft_merge(origin->base, old, r->markdown, &out->text, &conflict, keep, e))
            return false;
        out->state = conflict ? DRAFT_CONFLICT
                              : strcmp(out->text, old) == 0 ? DRAFT_SAME : DRAFT_MERGED;
    }
    out->edited = strcmp(out->text, r->markdown) != 0;
    return true;
}

bool draft_preview(struct draft_result *out, const struct facts *f, const struct report *r,
                   struct arena *keep, struct err *e)
{
    struct origin origin;
    const char *old;
    *out = (struct draft_result){ .path = draft_path(f, r, keep) };
    out->picture = workspace_path(f->ws, keep, arena_print(keep, "drafts/%s.svg", r->number));
    return draft_read(&old, f, out->path, keep, e) && origin_read(&origin, f, r, keep, e)
           && decide(out, old, &origin, r, keep, e);
}

bool draft_update(struct draft_result *out, const struct facts *f, const struct report *r,
                  struct arena *keep, struct err *e)
{
    struct world *w = f->ws->world;
    if (!draft_preview(out, f, r, keep, e)
        || !w->make_folder(w, workspace_path(f->ws, keep, "drafts"), e)
        || !w->write_file(w, out->picture, r->svg, strlen(r->svg), e))
        return false;
    /* The draft first: a crash in between is seen as an edit, and merges. */
    return (out->state == DRAFT_SAME
            || w->write_file(w, out->path, out->text, strlen(out->text), e))
           && origin_write(f, r, keep, e);
}

static bool same_input(const struct origin *o, struct json now, const char *name)
{
    struct json a = json_get(o->inputs, name), b = json_get(now, name);
    return a.at && b.at && a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* Something that goes on, of this incident or of another in the same periods: its figures grow. */
static const char *open_service(const struct facts *f)
{
    for (size_t i = 0; i < f->services; i++) {
        bool open = f->service[i].open;
        for (size_t k = 0; k < f->service[i].slas; k++)
            open = open || f->service[i].sla[k].open;
        if (open)
            return f->service[i].name;
    }
    return NULL;
}

/* The same record and templates say something else. */
static const char *what_else(const struct origin *o, struct json now, const struct facts *f, const struct report *r,
                             struct arena *keep)
{
    const char *open = open_service(f);
    if (!same_input(o, now, "number"))
        return arena_print(keep, "the number that it has is taken, the next one is %s", r->number);
    if (!same_input(o, now, "configuration"))
        return "the configuration changed";
    if (open)
        return arena_print(keep, "the impact on '%s' is still going on, and each report is of its moment", open);
    return "another version of tocsin says it otherwise";
}

bool draft_check(const char **why, const struct facts *f, const struct report *r,
                 struct arena *keep, struct err *e)
{
    struct origin origin;
    const char *old;
    *why = NULL;
    if (!draft_read(&old, f, draft_path(f, r, keep), keep, e)
        || !origin_read(&origin, f, r, keep, e))
        return false;
    struct json now = json_from(r->inputs);
    if (!old)
        *why = "there is no draft yet";
    else if (draft_has_conflict(old))
        *why = "the draft has a conflict";
    else if (!origin.base)
        *why = "the draft was not written by this workspace";
    else if (!same_input(&origin, now, "record"))
        *why = "the record changed";
    else if (!same_input(&origin, now, "others"))
        *why = "another incident of the period changed";
    else if (!same_input(&origin, now, "templates"))
        *why = "the template changed";
    else if (strcmp(origin.base, r->markdown) != 0)
        *why = what_else(&origin, now, f, r, keep);
    return true;
}
