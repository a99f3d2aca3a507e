/* shelf.c: see shelf.h. */
#include "play/shelf.h"

#include "play/blocks.h"
#include "play/check_inside.h"

#include <stdlib.h>
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

/* A stretch of tokens that something holds together: "only if p.ip", "for each of <ips>". */
struct around {
    size_t from, to;
    const char *words;
};

struct scan {
    const struct workspace *ws;
    const char *text;
    struct check *c;       /* its tokens */
    const struct block *block;
    size_t blocks;
    struct around *around;
    size_t arounds;
    struct shelf_line *line;
    size_t count;
    size_t waited;         /* the token of an action that is waited for */
};

static bool read_book(struct shelf_book *out, struct scan *lines, const struct workspace *ws,
                      const char *name, struct arena *keep, struct err *e);

/* ---- what is said, in words */

/* One part of a text that is put together: what is known shows, all else by its name:
 * "Take " .. p.ip .. " out" is "Take <ip> out". */
static void put_part(struct text *t, const struct check *c, size_t from, size_t to)
{
    static const char *const values[] = { "true", "false", "nil", NULL };
    const struct token *last = &c->token[to - 1];
    bool names = true;
    for (size_t i = from; i < to; i++)
        names = names && ((i - from) % 2 ? token_is(c, i, ".") : token_is_name(c, i));
    if (to == from + 1 && (last->kind != TOKEN_NAME || name_in(values, last->text)))
        text_add(t, last->text);
    else
        text_print(t, "<%s>", names ? last->text : "...");
}

static const char *said(const struct check *c, size_t from, size_t to)
{
    struct text t = text_new(c->keep);
    while (from < to) {
        size_t end = from;
        while (end < to && !token_is(c, end, ".."))
            end = token_is(c, end, "(") || token_is(c, end, "{") || token_is(c, end, "[") ? behind_bracket(c, end) : end + 1;
        if (end > from)
            put_part(&t, c, from, end < to ? end : to);
        from = end + 1;
    }
    return t.at;
}

/* What stands behind the word at i, and where its table opens (0: it has none). */
static const char *said_behind(const struct check *c, size_t i, size_t *open)
{
    struct item item[32];
    struct text t = text_new(c->keep);
    bool round = token_is(c, i + 1, "(");
    *open = token_is(c, i + 1 + round, "{") ? i + 1 + round : 0;
    if (!*open && round)
        return said(c, i + 2, behind_bracket(c, i + 1) - 1);
    if (!*open)
        return i + 1 < c->count && c->token[i + 1].kind == TOKEN_STRING ? c->token[i + 1].text : "";
    size_t items = items_of(c, *open, item, sizeof item / sizeof *item);
    for (size_t k = 0; k < items; k++)
        text_print(&t, "%s%s%s%s", k ? ", " : "", item[k].key ? item[k].key : "", item[k].key ? " " : "",
                   said(c, item[k].at, item[k].end));
    return t.at;
}

/* The item of that key, or the first one by position (NULL); "" when there is none. */
static const char *item_said(const struct check *c, size_t open, const char *key)
{
    struct item item[32];
    size_t items = open ? items_of(c, open, item, sizeof item / sizeof *item) : 0;
    for (size_t k = 0; k < items; k++)
        if (key ? text_equal(item[k].key, key) : !item[k].key)
            return said(c, item[k].at, item[k].end);
    return "";
}

/* ---- under which condition */

static const char *source(const struct scan *s, size_t from, size_t to)
{
    if (to <= from)
        return "";
    char *text = arena_copy(s->c->keep, s->text + s->c->token[from].from, s->c->token[to - 1].to - s->c->token[from].from);
    for (char *at = text; *at; at++)
        if (*at == '\n')
            *at = ' ';
    return text;
}

static const char *block_words(const struct scan *s, const struct block *b)
{
    const char *head = source(s, b->head + 1, b->body - 1);
    switch (b->kind) {
    case BLOCK_IF: return arena_print(s->c->keep, "only if %s", head);
    case BLOCK_ELSEIF: return arena_print(s->c->keep, "else, only if %s", head);
    case BLOCK_ELSE:
        for (size_t i = 0; i < s->blocks; i++)
            if (s->block[i].end == b->head)
                return arena_print(s->c->keep, "else, if not %s", source(s, s->block[i].head + 1, s->block[i].body - 1));
        return NULL;
    case BLOCK_FOR: return arena_print(s->c->keep, "for %s", head);
    case BLOCK_WHILE: return arena_print(s->c->keep, "while %s", head);
    case BLOCK_REPEAT: return "again and again";
    case BLOCK_DO:
    case BLOCK_FUNCTION: return NULL;
    }
    return NULL;
}

static void put_around(struct scan *s, size_t from, size_t to, const char *words)
{
    s->around[s->arounds++] = (struct around){ from, to, words };
}

/* each { list, function ... end } and the like hold together what stands inside. */
static void around_word(struct scan *s, size_t i)
{
    const struct check *c = s->c;
    struct item list;
    size_t open = i + 1 + token_is(c, i + 1, "(");
    if (!token_is(c, open, "{") || !items_of(c, open, &list, 1))
        return;
    const char *words = token_is_word(c, i, "each") ? arena_print(c->keep, "for each of %s", source(s, list.at, list.end))
                      : token_is_word(c, i, "retry") ? "again when it fails"
                      : token_is_word(c, i, "try") ? "it may fail"
                      : token_is_word(c, i, "parallel") ? "at the same time as others" : NULL;
    if (words)
        put_around(s, open, behind_bracket(c, open), words);
}

static int by_start(const void *x, const void *y)
{
    size_t a = ((const struct around *)x)->from, b = ((const struct around *)y)->from;
    return (a > b) - (a < b);
}

static const char *when(const struct scan *s, size_t at)
{
    struct text t = text_new(s->c->keep);
    for (size_t i = 0; i < s->arounds; i++) /* the outermost first */
        if (s->around[i].from <= at && at < s->around[i].to)
            text_print(&t, "%s%s", t.length ? ", " : "", s->around[i].words);
    return t.at;
}

/* ---- what it does */

static struct shelf_line *put(struct scan *s, enum deed deed, const char *word, const char *text, size_t at)
{
    struct shelf_line *l = &s->line[s->count++];
    *l = (struct shelf_line){ deed, text, word, false, s->c->token[at].line, NULL, when(s, at) };
    return l;
}

/* A role's name at i: its action, or the role as a whole, handed on to who knows what. */
static void about_role(struct scan *s, size_t i)
{
    struct check *c = s->c;
    struct err none = { 0 };
    bool named = token_is(c, i + 1, ".") && token_is_name(c, i + 2);
    const char *word = named ? arena_print(c->keep, "%s.%s", c->token[i].text, c->token[i + 2].text) : c->token[i].text;
    const struct role_action *a = named ? roles_find(&c->roles, word, &none) : NULL;
    if (i == s->waited)
        return;
    struct shelf_line *l = put(s, a && !a->change ? DEED_READ : DEED_CHANGE, word,
                               a ? a->help : "under another name: any of its actions", i);
    if (!a || !a->change)
        return;
    l->dangerous = a->dangerous;
    l->undo = a->undo_action ? arena_print(c->keep, "put back by %s", a->undo_action)
                             : arena_print(c->keep, "cannot be put back: %s", a->undo_why);
}

static void about_wait(struct scan *s, size_t i, size_t open)
{
    struct check *c = s->c;
    struct err none = { 0 };
    bool named = open && token_is(c, open + 2, ".") && token_is_name(c, open + 3);
    const char *word = !named ? "wait_until" : arena_print(c->keep, "%s.%s", c->token[open + 1].text, c->token[open + 3].text);
    const struct role_action *a = named ? roles_find(&c->roles, word, &none) : NULL;
    const char *most = item_said(c, open, "at_most");
    if (a)
        s->waited = open + 1;
    put(s, DEED_WAIT, word,
        arena_print(c->keep, "until: %s%s%s", a ? a->help : "?", *most ? "; at most " : "", most), i);
}

static void about_call(struct scan *s, size_t i, size_t open)
{
    const char *name = item_said(s->c, open, NULL), *summary = "";
    struct err none = { 0 };
    struct shelf_book book;
    if (*name && *name != '<' && read_book(&book, NULL, s->ws, name, s->c->keep, &none)) /* its head alone: two may call each other */
        summary = book.summary;
    put(s, DEED_CALL, name, *summary ? summary : "another runbook", i);
}

static void about_word(struct scan *s, size_t i)
{
    static const struct { const char *word; enum deed deed; } deeds[] = {
        { "step", DEED_STEP }, { "wait", DEED_WAIT }, { "ask", DEED_ASK }, { "confirm", DEED_ASK },
        { "approve", DEED_ASK }, { "phase", DEED_SAY }, { "impact", DEED_SAY }, { "note", DEED_SAY },
        { "lock", DEED_SAY }, { "fail", DEED_SAY },
    };
    const char *word = s->c->token[i].text;
    size_t open;
    const char *text = said_behind(s->c, i, &open);
    if (text_equal(word, "call"))
        about_call(s, i, open);
    else if (text_equal(word, "wait_until"))
        about_wait(s, i, open);
    else if (text_equal(word, "restore"))
        put(s, DEED_CHANGE, word, arena_print(s->c->keep, "put back what was changed: %s", text), i)->dangerous = true;
    else if (text_equal(word, "_ENV"))
        put(s, DEED_CHANGE, word, "words under another name: anything", i);
    for (size_t k = 0; k < sizeof deeds / sizeof *deeds; k++)
        if (text_equal(word, deeds[k].word))
            put(s, deeds[k].deed, word, text, i);
}

/* A name that stands for itself: no field, no key, no declaration. */
static bool stands_alone(const struct check *c, size_t i)
{
    bool field = i > 0 && (token_is(c, i - 1, ".") || token_is(c, i - 1, ":"));
    bool key = i > 0 && token_is(c, i + 1, "=")
            && (token_is(c, i - 1, "{") || token_is(c, i - 1, ",") || token_is(c, i - 1, ";"));
    bool declared = i > 0 && (token_is_word(c, i - 1, "local") || token_is_word(c, i - 1, "for")
                              || token_is_word(c, i - 1, "function"));
    return token_is_name(c, i) && !field && !key && !declared;
}

static void scan(struct shelf_book *out, struct scan *s)
{
    struct check *c = s->c;
    s->around = arena_many(c->keep, struct around, c->count + 1);
    s->line = arena_many(c->keep, struct shelf_line, c->count + 1);
    s->block = blocks_read(&s->blocks, c->token, c->count, c->keep);
    for (size_t i = 0; s->block && i < s->blocks; i++) {
        const char *words = block_words(s, &s->block[i]);
        if (words)
            put_around(s, s->block[i].body, s->block[i].end, words);
    }
    for (size_t i = 0; i < c->count; i++)
        if (stands_alone(c, i))
            around_word(s, i);
    qsort(s->around, s->arounds, sizeof *s->around, by_start);
    for (size_t i = 0; i < c->count; i++)
        if (stands_alone(c, i) && name_in(c->roles.name, c->token[i].text))
            about_role(s, i);
        else if (stands_alone(c, i))
            about_word(s, i);
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
                                    .own = book.own, .param = param, .bound = book.param, .params = book.params };
        if (lines) {
            *lines = (struct scan){ .ws = ws, .text = book.text, .c = arena_one(keep, struct check) };
            *lines->c = (struct check){ .ws = ws, .roles = r.roles, .keep = keep };
            lines->c->token = tokens_read(book.text, strlen(book.text), &lines->c->count, keep);
            scan(out, lines);
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
