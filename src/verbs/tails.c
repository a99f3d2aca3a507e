/* tails.c: see tails.h. */
#include "verbs/tails.h"

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

/* The whole lines from t->at on; the rest waits for its end. */
static void show_lines(struct desk *d, struct tail *t, const char *bytes, size_t length)
{
    size_t whole = length;
    while (whole && bytes[whole - 1] != '\n')
        whole--;
    if (!whole && length < 4096)
        return;
    t->at += whole ? whole : length;
    struct text clean = text_new(d->keep);
    text_add_clean(&clean, bytes, whole ? whole - 1 : length);
    for (char *rest = clean.at, *line; (line = strsep(&rest, "\n"));)
        fprintf(d->out, "      %s  %s | %s\n", instant_text(d->keep, desk_zone(d), desk_now(d), FORM_HMS), t->name,
                text_for_terminal(d->keep, line));
}

static void show_output(struct desk *d, struct tail *t, bool aloud)
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
            show_lines(d, t, bytes, length);
        else
            t->at += length;
    }
}

/* What was there when we came is history; what comes behind it is shown. */
void tails_show(struct desk *d, struct tails *all, const char *run)
{
    struct names names;
    struct err ignored = { 0 };
    if (d->json || d->quiet || !d->ws.store->output_list(d->ws.store, d->name, &names, d->keep, &ignored))
        return;
    for (size_t i = 0; i < names.count; i++) {
        size_t k = 0;
        while (k < all->count && strcmp(all->tail[k].name, names.name[i]))
            k++;
        if (k == TAILS_MOST || strlen(names.name[i]) >= TAIL_NAME || !is_output_of(d, names.name[i], run))
            continue;
        if (k == all->count)
            strcpy(all->tail[all->count++].name, names.name[i]);
        show_output(d, &all->tail[k], all->began);
    }
    all->began = true;
}
