/* number.c: which number a report gets: SPM-2025-001. See report.h. */
#define _GNU_SOURCE /* memmem */
#include "tell/report.h"

#include "world/git.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *report_repository(const struct workspace *ws, struct arena *keep)
{
    const char *path = ws->config.publish.repository;
    return path[0] == '/' ? path : workspace_path(ws, keep, path);
}

const char *report_path(const struct workspace *ws, const char *number, const char *ending,
                        struct arena *keep)
{
    const char *folder = ws->config.publish.folder;
    size_t length = folder ? strlen(folder) : 0;
    while (length && folder[length - 1] == '/')
        length--;
    return arena_print(keep, "%.*s%s%s%s", (int)length, length ? folder : "", length ? "/" : "",
                       number, ending);
}

/* The format with its year, cut in two where the number stands. */
struct form { const char *front, *back; int digits; };

static struct form form_of(const struct facts *f, struct arena *keep)
{
    const struct incident *i = f->incident;
    bool drill = i->simulated || i->drill;
    const char *format = drill ? "DRILL-{year}-{number:03}" : f->ws->config.publish.number;
    int year = civil_at(i->zone, f->day_at).year;
    struct text front = text_new(keep), *to = &front;
    struct text back = text_new(keep);
    struct form out = { .digits = 0 };
    for (const char *c = format; *c;) {
        if (text_starts(c, "{year}")) {
            text_print(to, "%d", year);
            c += strlen("{year}");
        } else if (text_starts(c, "{number") && strchr(c, '}')) {
            out.digits = c[7] == ':' ? atoi(c + 8) : 0;
            to = &back;
            c = strchr(c, '}') + 1;
        } else {
            text_char(to, *c++);
        }
    }
    out.front = front.at;
    out.back = back.at;
    return out;
}

/* The number in a name of that form; 0 when it is another kind of name. */
static int64_t number_in(const struct form *form, const char *name)
{
    size_t front = strlen(form->front);
    if (strncmp(name, form->front, front) != 0)
        return 0;
    char *end;
    int64_t n = strtoll(name + front, &end, 10);
    size_t back = strlen(form->back);
    return end > name + front && n > 0 && strncmp(end, form->back, back) == 0
                   && (end[back] == '\0' || end[back] == '.')
               ? n
               : 0;
}

static void raise_to(int64_t *highest, int64_t n)
{
    *highest = n > *highest ? n : *highest;
}

static bool next_number(const char **out, const struct facts *f, bool for_draft, struct arena *keep, struct err *e);

bool report_number(const char **out, bool *taken, const struct facts *f, bool for_draft, struct arena *keep,
                   struct err *e)
{
    *taken = f->incident->number && *f->incident->number;
    if (*taken)
        return *out = f->incident->number, true;
    return next_number(out, f, for_draft, keep, e);
}

/* A branch without a reference holds nothing: most of a report's time would
 * be libgit2's start. */
static bool holds_something(const struct workspace *ws, struct arena *keep)
{
    const char *repository = report_repository(ws, keep), *branch = ws->config.publish.branch;
    for (int i = 0; i < 4; i++) { /* the branch, then packed; bare, then not */
        struct text path = text_new(keep);
        text_print(&path, "%s%s%s", repository, i % 2 ? "/.git" : "",
                   i < 2 ? "/refs/heads/" : "/packed-refs");
        if (i < 2)
            text_add(&path, branch);
        if (ws->world->exists(ws->world, path.at, NULL))
            return true;
    }
    return false;
}

/* Does the draft of another incident stand under that number? Then its picture does, too. */
static bool drafted(const struct facts *f, const char *number, struct arena *keep)
{
    struct world *w = f->ws->world;
    const char *nav = arena_print(keep, "\nnav: %s\n", number), *bytes;
    for (size_t i = 0; i < f->account.incidents; i++) {
        const struct incident *other = &f->account.incident[i];
        const char *path = workspace_path(f->ws, keep, arena_print(keep, "drafts/%s.md", other->name));
        struct err none = { 0 };
        size_t length;
        if (!(other->number && *other->number) && !text_equal(other->name, f->incident->name) && w->exists(w, path, NULL)
            && w->read_file(w, path, &bytes, &length, keep, &none) && memmem(bytes, length < 2048 ? length : 2048, nav, strlen(nav)))
            return true;
    }
    return false;
}

bool report_next_number(const char **out, const struct facts *f, struct arena *keep, struct err *e)
{
    return next_number(out, f, false, keep, e);
}

static bool next_number(const char **out, const struct facts *f, bool for_draft, struct arena *keep, struct err *e)
{
    struct form form = form_of(f, keep);
    const struct workspace *ws = f->ws;
    int64_t highest = 0;
    for (size_t i = 0; i < f->account.incidents; i++)
        if (f->account.incident[i].number)
            raise_to(&highest, number_in(&form, f->account.incident[i].number));
    struct names files = { 0 };
    struct err none = { 0 }; /* without a repository nothing is taken yet: publish will say so */
    if (holds_something(ws, keep)
        && repo_list(report_repository(ws, keep), ws->config.publish.branch,
                  ws->config.publish.folder ? ws->config.publish.folder : "", &files, keep, &none))
        for (size_t i = 0; i < files.count; i++) {
            const char *slash = strrchr(files.name[i], '/');
            raise_to(&highest, number_in(&form, slash ? slash + 1 : files.name[i]));
        }
    do
        *out = arena_print(keep, "%s%0*" PRId64 "%s", form.front, form.digits, ++highest, form.back);
    while (for_draft && drafted(f, *out, keep));
    return true;
}
