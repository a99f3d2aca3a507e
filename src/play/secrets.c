/* secrets.c: see secrets.h. */
#include "play/secrets.h"

#include "world/disk.h"
#include "world/process.h"

#include <string.h>

enum { NAME_MOST = 60 };
static const int64_t COMMAND_MS = 10 * SECOND_MS;

struct known {
    const char *name, *value; /* "env:PDNS_KEY" */
    struct known *next;
};

struct secrets {
    const struct workspace *ws;
    struct arena *keep;
    struct known *known;
    struct mask mask, whole;  /* with and without the telling parts of URLs */
    bool gathered;
    const char **variable;    /* then NULL */
};

struct secrets *secrets_open(const struct workspace *ws, struct arena *keep)
{
    struct secrets *s = arena_one(keep, struct secrets);
    *s = (struct secrets){ .ws = ws, .keep = keep };
    return s;
}

/* The next "${...}" of a text: its name; NULL: there is none. *end: behind it. */
static const char *next_name(const char *text, const char **start, const char **end, struct arena *keep)
{
    static const char *const kinds[] = { "${env:", "${file:", "${command:" };
    for (; (text = strstr(text, "${")); text += 2) {
        const char *closing = strchr(text, '}');
        for (size_t i = 0; closing && i < sizeof kinds / sizeof *kinds; i++)
            if (text_starts(text, kinds[i])) {
                *start = text;
                *end = closing + 1;
                return arena_copy(keep, text + 2, (size_t)(closing - text - 2));
            }
    }
    return NULL;
}

/* One "${..." of a setting: nothing there is meant to be sent as it stands. */
static bool is_well_named(const char *at, struct arena *keep, struct err *e)
{
    static const char *const kinds[] = { "env", "file", "command", NULL };
    static const char known[] = "a secret is ${env:NAME}, ${file:PATH} or ${command:...}";
    const char *closing = strchr(at, '}');
    if (!closing)
        return err_input(e, "'%s' has no closing brace: %s", text_cut(keep, at, 40), known);
    const char *whole = arena_copy(keep, at, (size_t)(closing + 1 - at)), *colon = strchr(whole, ':');
    if (!colon)
        return err_input(e, "'%s' names no source, did you mean '${env:%s'? %s", whole, whole + 2, known);
    const char *kind = arena_copy(keep, whole + 2, (size_t)(colon - whole - 2)), *near = text_nearest(kind, kinds);
    for (const char *const *k = kinds; *k; k++)
        if (text_equal(kind, *k))
            return colon[1] != '}' || err_input(e, "'%s' names nothing: %s", whole, known);
    return near ? err_input(e, "unknown '${%s:' in '%s', did you mean '${%s:'? %s", kind, whole, near, known)
                : err_input(e, "unknown '${%s:' in '%s': %s", kind, whole, known);
}

bool secrets_well_named(struct json value, struct arena *keep, struct err *e)
{
    bool good = true;
    const char *text = json_type(value) == JSON_STRING ? json_text(value, keep) : NULL;
    for (; good && text && (text = strstr(text, "${")); text += 2)
        good = is_well_named(text, keep, e);
    if (json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY)
        for (struct json_walk w = json_walk(value); good && json_next(&w);)
            good = secrets_well_named(w.value, keep, e);
    return good;
}

/* As a mask may say it: a command may hold anything. */
static const char *shown(const char *name, struct arena *keep)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/@ ";
    char *copy = arena_copy(keep, name, strlen(name) < NAME_MOST ? strlen(name) : NAME_MOST);
    for (char *c = copy; *c; c++)
        *c = strchr(plain, *c) ? *c : '_';
    return copy;
}

/* ---- where they come from */

static const char *from_file(struct secrets *s, const char *path, size_t *length, struct err *e)
{
    struct world *w = s->ws->world;
    const char *bytes, *given = path;
    if (path[0] != '/')
        path = workspace_path(s->ws, s->keep, path);
    if (disk_is_special(path)) { /* nobody may ever write into a pipe */
        err_input(e, "the secret '${file:%s}': '%s' is no regular file", given, path);
        return NULL;
    }
    return w->read_file(w, path, &bytes, length, s->keep, e) ? bytes : NULL;
}

/* What the command answers; its own words stay with it: they may hold anything. */
static const char *from_command(struct secrets *s, const char *command, size_t *length, struct err *e)
{
    struct world *w = s->ws->world;
    const char *const argv[] = { "sh", "-c", command, NULL };
    struct program program = { .argv = argv, .folder = s->ws->dir, .inherit = -1, .answer_only = true };
    struct process *p;
    struct text t = text_new(s->keep);
    struct process_state state = { .ended = false };
    char bytes[4096];
    int64_t end = w->now(w) + COMMAND_MS;
    if (!process_start(&p, &program, e))
        return NULL;
    while (w->now(w) < end && t.length <= MASK_LONGEST) {
        state = process_look(p); /* before the last of its words is read */
        size_t n = process_read(p, bytes, sizeof bytes);
        text_bytes(&t, bytes, n);
        if (state.ended && !n)
            break;
        if (!n)
            w->wait(w, w->now(w) + 2);
    }
    process_close(p);
    memset(bytes, 0, sizeof bytes);
    err_hint(e, "run it by hand to see why: it has to print the secret and nothing else");
    *length = t.length;
    if (t.length > MASK_LONGEST)
        return t.at;
    if (!state.ended)
        err_input(e, "the command of the secret '${command:%s}' did not end within 10 s", command);
    else if (state.status)
        err_input(e, "the command of the secret '${command:%s}' ended with %d", command, state.status);
    else if (!t.length)
        err_input(e, "the command of the secret '${command:%s}' printed nothing", command);
    else
        return t.at;
    return NULL;
}

static const char *fetch(struct secrets *s, const char *name, size_t *length, struct err *e)
{
    struct world *w = s->ws->world;
    const char *value = NULL;
    if (text_starts(name, "env:"))
        value = w->environment(w, name + 4);
    else
        value = text_starts(name, "file:") ? from_file(s, name + 5, length, e) : from_command(s, name + 8, length, e);
    if (value && text_starts(name, "env:"))
        *length = strlen(value);
    return value;
}

static void add_part(struct secrets *s, const char *at, size_t length, const char *name)
{
    if (length >= MASK_LEAST)
        (void)mask_add(&s->mask, arena_copy(s->keep, at, length), length, name);
}

/* What an answer repeats of an address that is a secret: its path, its query, who logs in. */
static void add_parts(struct secrets *s, const char *url, const char *name)
{
    const char *scheme = strstr(url, "://");
    if (!scheme || scheme == url || strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+") != (size_t)(scheme - url))
        return;
    const char *host = scheme + 3, *rest = host + strcspn(host, "/?#"), *login = memchr(host, '@', (size_t)(rest - host));
    const char *password = login ? memchr(host, ':', (size_t)(login - host)) : NULL;
    size_t path = strcspn(rest, "?");
    if (login)
        add_part(s, host, (size_t)(login - host), name);
    if (password)
        add_part(s, password + 1, (size_t)(login - password - 1), name);
    if (*rest)
        add_part(s, rest + 1, strlen(rest + 1), name);
    if (path > 1 && rest[path])
        add_part(s, rest + 1, path - 1, name);
    if (path && rest[path])
        add_part(s, rest + path + 1, strlen(rest + path + 1), name);
}

/* The value behind a name, fetched once. */
static const char *value_of(struct secrets *s, const char *name, struct err *e)
{
    size_t length = 0;
    for (const struct known *k = s->known; k; k = k->next)
        if (strcmp(k->name, name) == 0)
            return k->value;
    struct err why = { 0 };
    const char *value = fetch(s, name, &length, &why);
    while (value && !text_starts(name, "env:") && length && (value[length - 1] == '\n' || value[length - 1] == '\r'))
        length--;
    if (!value && why.kind)
        *e = why;
    else if (!value)
        err_input(e, "the secret '${%s}' is not there; set it before you start tocsin", name);
    else if (memchr(value, 0, length))
        err_input(e, "the secret '${%s}' holds a NUL byte, and no header and no variable can carry one", name);
    else if (length < MASK_LEAST)
        err_input(e, "the secret '${%s}' is shorter than %d bytes: it could not be told from other text", name, MASK_LEAST);
    else if (length > MASK_LONGEST)
        err_input(e, "the secret '${%s}' is longer than %d bytes", name, MASK_LONGEST);
    else {
        struct known *k = arena_one(s->keep, struct known);
        *k = (struct known){ name, arena_copy(s->keep, value, length), s->known };
        const char *words = shown(name, s->keep);
        if (mask_add(&s->whole, k->value, length, words) && mask_add(&s->mask, k->value, length, words)) {
            add_parts(s, k->value, words);
            s->known = k;
            return k->value;
        }
        err_input(e, "'${%s}' is one secret too many: %d at most", name, MASK_MOST);
    }
    return NULL;
}

/* ---- where they go */

const char *secrets_fill(struct secrets *s, const char *settings, const char *text, bool line, struct err *e)
{
    struct text t = text_new(s->keep);
    const char *start, *end, *name;
    for (; (name = next_name(text, &start, &end, s->keep)); text = end) {
        text_bytes(&t, text, (size_t)(start - text));
        /* as JSON writes it: a command may hold quotes */
        struct text quoted = text_new(s->keep);
        json_quote(&quoted, start, (size_t)(end - start));
        bool ours = strstr(settings, arena_copy(s->keep, quoted.at + 1, quoted.length - 2)) != NULL;
        const char *value = ours ? value_of(s, name, e) : NULL;
        if (ours && !value)
            return NULL;
        if (line && value && strpbrk(value, "\r\n")) {
            err_input(e, "the secret '${%s}' holds a line break, and a URL or a header cannot", name);
            return NULL;
        }
        if (value)
            text_add(&t, value);
        else
            text_bytes(&t, start, (size_t)(end - start));
    }
    text_add(&t, text);
    return t.at;
}

/* Every "${...}" in any text of these settings. */
static bool each_text(struct secrets *s, struct json value, bool (*visit)(struct secrets *, const char *, struct err *),
                      struct err *e)
{
    const char *text = json_type(value) == JSON_STRING ? json_text(value, s->keep) : NULL;
    const char *start, *end, *name;
    for (; text && (name = next_name(text, &start, &end, s->keep)); text = end)
        if (!visit(s, name, e))
            return false;
    if (json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY)
        for (struct json_walk w = json_walk(value); json_next(&w);)
            if (!each_text(s, w.value, visit, e))
                return false;
    return true;
}

static bool must_be_there(struct secrets *s, const char *name, struct err *e)
{
    return value_of(s, name, e) != NULL;
}

bool secrets_ready(struct secrets *s, const char *settings, struct err *e)
{
    return each_text(s, json_from(settings), must_be_there, e);
}

static bool take_in(struct secrets *s, const char *name, struct err *e)
{
    size_t n = 0;
    if (text_starts(name, "command:"))
        return true; /* it may do anything: only when it is used */
    (void)value_of(s, name, e);
    *e = (struct err){ 0 };
    if (!text_starts(name, "env:"))
        return true;
    while (s->variable && s->variable[n])
        n++;
    const char **more = arena_many(s->keep, const char *, n + 2);
    if (n)
        memcpy(more, s->variable, n * sizeof *more);
    more[n] = name + 4;
    s->variable = more;
    return true;
}

static void gather(struct secrets *s)
{
    const struct config *c = &s->ws->config;
    struct err ignored = { 0 };
    for (size_t i = 0; i < c->roles && !s->gathered; i++)
        if (c->role[i].settings)
            each_text(s, json_from(c->role[i].settings), take_in, &ignored);
    s->gathered = true;
}

const struct mask *secrets_mask(struct secrets *s)
{
    gather(s);
    return &s->mask;
}

const char *const *secrets_variables(struct secrets *s)
{
    gather(s);
    return s->variable;
}

const char *secrets_clean(struct secrets *s, const char *bytes, size_t length, struct arena *keep)
{
    size_t n;
    struct text t = text_new(keep);
    const char *masked = mask_text(secrets_mask(s), bytes, length, &n, keep);
    text_add_clean(&t, masked, n);
    return t.at;
}

const char *secrets_found(struct secrets *s, const char *bytes, size_t length, int *line)
{
    size_t at;
    const char *name;
    gather(s);
    if (!mask_find(&s->whole, bytes, length, &at, &name))
        return NULL;
    *line = 1;
    for (size_t i = 0; i < at; i++)
        *line += bytes[i] == '\n';
    return name;
}
