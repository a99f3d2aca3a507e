/* tails.c: see tails.h. */
#include "verbs/tails.h"

#include "play/output.h"

#include <string.h>

/* "R3-2.1" says whose it is; of "C3" the journal knows. */
static bool is_output_of(const struct desk *d, const char *name, const char *run)
{
    size_t length = run ? strlen(run) : 0;
    if (!run || (text_starts(name, run) && name[length] == '-'))
        return true;
    for (size_t i = 0; i < d->journal.count; i++)
        if (d->journal.event[i].kind == EVENT_ACTION_BEGUN && d->journal.event[i].data.at
            && json_is(json_get(d->journal.event[i].data, "change"), name))
            return json_is(json_get(d->journal.event[i].data, "run"), run);
    return false;
}

/* The whole lines from t->at on; the rest waits for its end, until nothing more comes. */
static void show_lines(struct desk *d, struct tail *t, const char *bytes, size_t length, bool ended)
{
    size_t whole = length;
    while (whole && bytes[whole - 1] != '\n')
        whole--;
    if (!whole && length < 4096 && !ended)
        return;
    t->at += whole ? whole : length;
    struct text clean = text_new(d->keep);
    text_add_clean(&clean, bytes, whole ? whole - 1 : length);
    for (char *rest = clean.at, *line; (line = strsep(&rest, "\n"));)
        fprintf(d->out, "      %s  %s | %s\n", instant_text(d->keep, desk_zone(d), desk_now(d), FORM_HMS), t->name,
                text_for_terminal(d->keep, line));
}

static void show_output(struct desk *d, struct tail *t, bool aloud, bool ended)
{
    struct store *s = d->ws.store;
    const char *bytes;
    size_t length;
    struct err ignored = { 0 };
    for (uint64_t before = UINT64_MAX; before != t->at;) {
        before = t->at;
        if (!s->output_get(s, d->name, t->name, t->at, &bytes, &length, d->keep, &ignored) || !length)
            break;
        if (aloud)
            show_lines(d, t, bytes, length, ended);
        else
            t->at += length;
    }
}

/* NULL where there is no room for it. */
static struct tail *tail_of(struct tails *all, const char *name)
{
    size_t k = 0;
    while (k < all->count && strcmp(all->tail[k].name, name))
        k++;
    if (k == TAILS_MOST || strlen(name) >= TAIL_NAME)
        return NULL;
    if (k == all->count)
        strcpy(all->tail[all->count++].name, name);
    return &all->tail[k];
}

void tails_end(struct desk *d, struct tails *all, const struct event *ev)
{
    const char *name = NULL;
    if (d->json || d->quiet || !all->began || !ev->data.at)
        return;
    if (ev->kind == EVENT_ACTION_ENDED)
        name = json_get_text(ev->data, "change", d->keep);
    else if (ev->kind == EVENT_READ && json_get(ev->data, "run").at)
        name = output_name(json_get_text(ev->data, "run", d->keep), json_text_or(json_get(ev->data, "key"), d->keep, ""), d->keep);
    struct tail *t = name ? tail_of(all, name) : NULL;
    if (t)
        show_output(d, t, true, true);
}

/* What was there when we came is history; what comes behind it is shown. */
void tails_show(struct desk *d, struct tails *all, const char *run)
{
    struct names names;
    struct err ignored = { 0 };
    if (d->json || d->quiet || !d->ws.store->output_list(d->ws.store, d->name, &names, d->keep, &ignored))
        return;
    for (size_t i = 0; i < names.count; i++) {
        struct tail *t = is_output_of(d, names.name[i], run) ? tail_of(all, names.name[i]) : NULL;
        if (t)
            show_output(d, t, all->began, false);
    }
    all->began = true;
}
