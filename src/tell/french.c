/* french.c: see french.h; the forms are in french_forms.c. */
#include "tell/french.h"

#include "play/role.h"
#include "tell/french_forms.h"

#include <ctype.h>
#include <string.h>

static const char holes[] = "*%@#&~!^";

enum { MOST_HOLES = 6, MOST_WORDS = 128 };
struct hole { char kind; const char *at; size_t length; };

/* What a sentence speaks of: of a change its arguments and its result. */
struct about { struct json args, result; struct arena *keep; };

static const char *reason(const char *text, const struct about *a);

/* --- does a form fit? ----------------------------------------------------------------- */

static const char *listed(const struct form *list, const char *text)
{
    for (; list->en; list++)
        if (!strcmp(list->en, text))
            return list->fr;
    return NULL;
}

static bool is_addresses(const char *text, size_t length)
{
    bool pointed = false;
    for (size_t i = 0; i < length; i++) {
        pointed = pointed || text[i] == '.' || text[i] == ':';
        bool between = text[i] == ',' || (text[i] == ' ' && i && text[i - 1] == ',');
        if (!between && !isxdigit((unsigned char)text[i]) && text[i] != '.' && text[i] != ':')
            return false;
    }
    return pointed;
}

/* "2 minutes 15 seconds". */
static bool is_span(const char *text, struct arena *keep)
{
    while (*text) {
        size_t digits = strspn(text, "0123456789"), letters = 0;
        if (!digits || text[digits] != ' ')
            return false;
        letters = strcspn(text + digits + 1, " ");
        if (!listed(french_word, arena_copy(keep, text + digits + 1, letters)))
            return false;
        text += digits + 1 + letters;
        text += *text == ' ';
    }
    return true;
}

static bool may_hold(const struct hole *h, struct arena *keep)
{
    const char *text = arena_copy(keep, h->at, h->length);
    switch (h->kind) {
    case '@': return is_addresses(text, h->length);
    case '#': return h->length && strspn(text, "0123456789") == h->length;
    case '&': return h->length && strcspn(text, " ") == h->length;
    case '~': return h->length && is_span(text, keep);
    case '%': return listed(french_word, text) != NULL;
    default: return true;
    }
}

/* Each hole ends where the words behind it first stand; the last one takes the rest. */
static bool fits(const char *form, const char *text, struct hole hole[MOST_HOLES], struct arena *keep)
{
    for (size_t n = 0; *form; n++) {
        size_t plain = strcspn(form, holes);
        if (strncmp(form, text, plain) != 0)
            return false;
        form += plain;
        text += plain;
        if (!*form)
            break;
        char kind = *form++;
        size_t next = strcspn(form, holes);
        const char *end = text + strlen(text);
        if (next) {
            char behind[MOST_WORDS] = "";
            memcpy(behind, form, next < sizeof behind ? next : 0);
            const char *found = strstr(text, behind);
            while (found && !form[next] && found[next]) /* the last words stand at the end */
                found = strstr(found + 1, behind);
            if (!found)
                return false;
            end = found;
        }
        hole[n] = (struct hole){ kind, text, (size_t)(end - text) };
        if (!may_hold(&hole[n], keep))
            return false;
        text = end;
    }
    return !*text;
}

/* --- said in French ----------------------------------------------------------------------- */

/* Word for word, what is ours of them: "holds yes", "2 hours". */
static void add_words(struct text *out, const char *text, struct arena *keep)
{
    while (*text) {
        size_t length = strcspn(text, " ,");
        const char *word = arena_copy(keep, text, length), *french = listed(french_word, word);
        text_add(out, french ? french : word);
        text += length;
        length = strspn(text, " ,");
        text_bytes(out, text, length);
        text += length;
    }
}

static void add_hole(struct text *out, const struct hole *h, const struct about *a)
{
    const char *text = arena_copy(a->keep, h->at, h->length);
    if (h->kind == '%')
        text_add(out, listed(french_word, text));
    else if (h->kind == '~' || h->kind == '!')
        add_words(out, text, a->keep);
    else if (h->kind == '^')
        text_add(out, reason(text, a));
    else
        text_add(out, text);
}

static const char *filled(const char *french, const struct hole *hole, const struct about *a)
{
    struct text out = text_new(a->keep);
    for (; *french; french++)
        if (strchr(holes, *french))
            add_hole(&out, hole++, a);
        else
            text_char(&out, *french);
    return out.at;
}

static const char *first_that_fits(const struct form *form, const char *text, const struct about *a)
{
    struct hole hole[MOST_HOLES];
    for (; form->en; form++)
        if (fits(form->en, text, hole, a->keep))
            return filled(form->fr, hole, a);
    return NULL;
}

/* A role's sentence with what it was done with, to the letter; `text` goes on behind it. */
static const char *of_role(const char **text, const struct about *a)
{
    struct json none = { 0 };
    for (const struct form *f = french_of_role; f->en; f++) {
        const char *en = role_words(f->en, a->args, none, a->result, a->keep);
        if (!text_starts(*text, en) || strchr(en, '$'))
            continue;
        *text += strlen(en);
        return role_words(f->fr, a->args, none, a->result, a->keep);
    }
    return NULL;
}

/* Why, of which we know no French, is quoted: a provider speaks as it does. */
static const char *reason(const char *text, const struct about *a)
{
    const char *rest = text, *french = of_role(&rest, a);
    if (french && !*rest)
        return french;
    french = first_that_fits(french_reason, text, a);
    return french ? french : arena_print(a->keep, "«\u00a0%s\u00a0»", text);
}

/* --- rows ---------------------------------------------------------------------------------------- */

/* Handwork may be told in a person's own words behind the sentence; nothing else may. */
static const char *behind(const char *rest, bool by_hand, const struct about *a)
{
    struct hole hole[MOST_HOLES];
    for (const struct form *f = french_behind_role; f->en; f++)
        if ((by_hand || strcmp(f->en, ": *")) && fits(f->en, rest, hole, a->keep))
            return filled(f->fr, hole, a);
    return NULL;
}

const char *french_end(const struct change *c, struct arena *keep)
{
    struct about a = { c->args, c->result, keep };
    const char *text = c->ended ? json_get_text(c->ended->data, "text", keep) : NULL;
    if (!text || !*text)
        return NULL;
    const char *failed = arena_print(keep, "%s on %s failed", c->action, c->target);
    if (text_starts(text, failed) && json_get(c->ended->data, "error").at) {
        const char *why = text + strlen(failed);
        const char *french = arena_print(keep, "%s sur %s a échoué", c->action, c->target);
        return !*why ? french : text_starts(why, ": ") ? arena_print(keep, "%s\u00a0: %s", french, reason(why + 2, &a)) : NULL;
    }
    if (c->instead)
        return text_starts(text, "something else was done") && text_ends(text, c->instead)
             ? arena_print(keep, "Autre chose a été fait%s%s", *c->instead ? "\u00a0: " : "", c->instead) : NULL;
    const char *rest = text, *french = of_role(&rest, &a);
    const char *then = french ? behind(rest, c->by_hand || json_is_true(json_get(c->ended->data, "by_hand")), &a) : NULL;
    return then ? arena_print(keep, "%s%s", french, then) : NULL;
}

const char *french_question(const struct event *asked, struct arena *keep)
{
    struct about a = { json_get(asked->data, "args"), { 0 }, keep };
    const char *text = json_get_text(asked->data, "text", keep);
    const char *even = text && json_get(asked->data, "even_so").at ? strstr(text, " EVEN SO, ") : NULL;
    if (!text || !json_get(asked->data, "action").at)
        return NULL;
    if (!even)
        return first_that_fits(french_question_form, text, &a);
    const char *question = first_that_fits(french_question_form, arena_copy(keep, text, (size_t)(even - text)), &a);
    const char *so = first_that_fits(french_question_form, even + 1, &a);
    return question && so ? arena_print(keep, "%s %s", question, so) : NULL;
}

const char *french_of(enum event_kind kind, const char *text, struct arena *keep)
{
    struct about a = { .keep = keep };
    struct hole hole[MOST_HOLES];
    size_t length = strlen(text);
    if (length && text[length - 1] == '.' && !text_ends(text, ".."))
        text = arena_copy(keep, text, length - 1);
    for (const struct kind_form *f = french_of_kind; f->form.en; f++)
        if (f->kind == kind && fits(f->form.en, text, hole, keep))
            return filled(f->form.fr, hole, &a);
    return NULL;
}

static const char *of_end(const struct event *ev, const struct ledger *l, struct arena *keep)
{
    for (size_t i = 0; l && i < l->changes; i++)
        if (l->change[i].ended == ev)
            return french_end(&l->change[i], keep);
    return NULL;
}

static const char *of_answer(const struct event *ev, const char *text, struct arena *keep)
{
    static const char declared[] = " (declared, not proven)";
    bool proof = json_get(ev->data, "proof").at && text_ends(text, declared);
    size_t length = strlen(text) - (proof ? strlen(declared) : 0);
    const char *french = french_of(ev->kind, arena_copy(keep, text, length), keep);
    return french && proof ? arena_print(keep, "%s (déclaré, non prouvé)", french) : french;
}

const char *french_row(const struct entry *n, const struct ledger *l, struct arena *keep)
{
    const struct event *ev = n->event;
    if (!ev->data.at || !text_equal(n->text, event_text(ev, keep)))
        return ev->data.at ? NULL : "(effacé)"; /* somebody put it into other words */
    const char *question = ev->kind == EVENT_ASKED ? french_question(ev, keep) : NULL;
    bool own = json_get(ev->data, "text").at && !event_text_is_computed(ev, keep);
    switch ((int)ev->kind) {
    case EVENT_ASKED:
        return question ? arena_print(keep, "%s\u00a0: %s", json_text_or(json_get(ev->data, "ask"), keep, ""), question) : NULL;
    case EVENT_ANSWERED:
        return of_answer(ev, n->text, keep);
    case EVENT_ACTION_ENDED:
        return own ? of_end(ev, l, keep) : french_of(ev->kind, n->text, keep);
    case EVENT_NOTE: case EVENT_STEP:
        return json_get(ev->data, "run").at ? french_of(ev->kind, n->text, keep) : NULL;
    case EVENT_SIGNAL:
        return french_of(ev->kind, n->text, keep);
    default:
        return own ? NULL : french_of(ev->kind, n->text, keep);
    }
}
