/* shelf.c: see shelf.h. */
#include "play/shelf.h"

#include "play/engine.h"

#include <ctype.h>
#include <string.h>

bool shelf_names(struct names *out, const struct workspace *ws, struct arena *keep, struct err *e)
{
    struct names files;
    if (!workspace_share_list(&files, ws, "runbooks", keep, e))
        return false;
    const char **name = arena_many(keep, const char *, files.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < files.count; i++)
        if (text_ends(files.name[i], ".lua"))
            name[n++] = arena_copy(keep, files.name[i], strlen(files.name[i]) - 4);
    *out = (struct names){ name, n };
    return true;
}

struct scan {
    struct arena *keep;
    const struct workspace *ws;
    struct roles roles;
    struct shelf_line *line;
    size_t count;
};

static bool read_book(struct shelf_book *out, struct scan *lines, const struct workspace *ws,
                      const char *name, struct arena *keep, struct err *e);

static void put(struct scan *s, enum deed deed, const char *word, const char *text, bool dangerous, int line)
{
    s->line[s->count++] = (struct shelf_line){ deed, text, word, dangerous, line };
}

/* The name at `at`: letters, digits, '_' and one '.'; "" when there is none. */
static const char *name_at(struct scan *s, const char *at)
{
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_' || at[length] == '.')
        length++;
    return arena_copy(s->keep, at, length);
}

/* The first text at or behind `at`; what is joined to it shows as its name:
 * "Take " .. ip .. " out" is "Take <ip> out". */
static const char *quoted(struct scan *s, const char *at)
{
    struct text t = text_new(s->keep);
    for (at = strchr(at, '"'); at && *at;) {
        if (*at == '"') {
            for (at++; *at && *at != '"'; at++)
                if (*at != '\\' || !*++at || *at == '"')
                    text_char(&t, *at ? *at : ' ');
            at += *at == '"';
        } else {
            size_t length = strcspn(at, " .)}");
            while (at[length] == '.' && at[length + 1] != '.')
                length += 1 + strcspn(at + length + 1, " .)}");
            const char *name = arena_copy(s->keep, at, length), *dot = strrchr(name, '.');
            text_print(&t, "<%s>", dot ? dot + 1 : name);
            at += length;
        }
        at += strspn(at, " ");
        if (!text_starts(at, ".."))
            break;
        at += 2 + strspn(at + 2, " ");
    }
    return t.at;
}

/* The value behind `key =` on this line, as it is written. */
static const char *option(struct scan *s, const char *line, const char *key)
{
    const char *at = strstr(line, key);
    return at ? quoted(s, at) : "";
}

static void about_action(struct scan *s, const char *word, int line)
{
    struct err none = { 0 };
    const struct role_action *a = roles_find(&s->roles, word, &none);
    if (a)
        put(s, a->change ? DEED_CHANGE : DEED_READ, word, a->help, a->dangerous, line);
}

static void about_wait(struct scan *s, const char *line, int number)
{
    struct err none = { 0 };
    const char *at = strchr(line, '{');
    const char *word = name_at(s, at ? at + 1 + strspn(at + 1, " \t") : line);
    const struct role_action *a = roles_find(&s->roles, word, &none);
    const char *most = option(s, line, "at_most");
    if (a)
        put(s, DEED_WAIT, word, arena_print(s->keep, "wait until: %s%s%s", a->help, *most ? " At most " : "", most),
            false, number);
}

static void about_call(struct scan *s, const char *line, int number)
{
    const char *name = quoted(s, line), *summary = "";
    struct err none = { 0 };
    struct shelf_book book;
    if (*name && read_book(&book, NULL, s->ws, name, s->keep, &none)) /* its head alone: two may call each other */
        summary = book.summary;
    put(s, DEED_CALL, name, *summary ? summary : "another runbook", false, number);
}

/* One line of the runbook: the first word on it that does something. */
static void look(struct scan *s, const char *line, int number)
{
    static const char *const asks[] = { "ask", "confirm", "approve", NULL };
    static const char *const says[] = { "phase", "impact", "note", "restore", "lock", "fail", NULL };
    const char *at = line + strspn(line, " \t");
    const char *equals = text_starts(at, "local ") ? strchr(at, '=') : NULL;
    if (equals)
        at = equals + 1 + strspn(equals + 1, " ");
    for (const char *or = strstr(at, " or "); or; or = NULL)
        if (strchr(name_at(s, or + 4), '.') && strchr(or, '{'))
            at = or + 4; /* p.ip or sense.flood { ... } */
    const char *word = name_at(s, at);
    if (text_equal(word, "step"))
        put(s, DEED_STEP, word, quoted(s, at), false, number);
    else if (text_equal(word, "call"))
        about_call(s, at, number);
    else if (text_equal(word, "wait_until") || text_equal(word, "retry"))
        about_wait(s, at, number);
    else if (strchr(word, '.'))
        about_action(s, word, number);
    for (size_t i = 0; asks[i]; i++)
        if (text_equal(word, asks[i]))
            put(s, DEED_ASK, word, quoted(s, at), false, number);
    for (size_t i = 0; says[i]; i++)
        if (text_equal(word, says[i]))
            put(s, DEED_SAY, word, arena_print(s->keep, "%s %s", word, quoted(s, at)), false, number);
}

static void scan(struct shelf_book *out, struct scan *s, const char *text)
{
    size_t lines = 1;
    int number = 0;
    bool inside = false;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    s->line = arena_many(s->keep, struct shelf_line, 2 * lines);
    for (char *save = arena_string(s->keep, text), *line; (line = strsep(&save, "\n"));) {
        number++;
        inside |= strstr(line, "steps") && strstr(line, "function");
        if (inside && !text_starts(line + strspn(line, " \t"), "--"))
            look(s, line, number);
    }
    out->line = s->line;
    out->lines = s->count;
}

/* `lines` NULL: only what it says it is. */
static bool read_book(struct shelf_book *out, struct scan *lines, const struct workspace *ws,
                      const char *name, struct arena *keep, struct err *e)
{
    struct run r;
    struct runbook book;
    struct run_request request = { .ws = ws, .runbook = name };
    bool good = engine_open(&r, &request, true, keep, e) && runbook_load(&book, &r, name, e);
    if (good) {
        struct role_arg *param = arena_many(keep, struct role_arg, book.params + 1);
        for (size_t i = 0; i < book.params; i++)
            param[i] = book.param[i].arg;
        *out = (struct shelf_book){ .name = book.name, .path = book.path, .summary = book.summary,
                                    .own = book.own, .param = param, .params = book.params };
        if (lines) {
            *lines = (struct scan){ .keep = keep, .ws = ws, .roles = r.roles };
            scan(out, lines, book.text);
        }
    }
    engine_close(&r);
    return good;
}

bool shelf_read(struct shelf_book *out, const struct workspace *ws, const char *name,
                struct arena *keep, struct err *e)
{
    struct scan lines;
    return read_book(out, &lines, ws, name, keep, e);
}
