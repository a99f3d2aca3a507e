/* french.c: what the machine wrote into the record, in French; what people and other people's runbooks wrote stays. */
#include "tell/french.h"

#include <string.h>

/* `*` is taken over, `%` is a word of the machine's own. The first that fits is taken; tests/tell/words.c holds every
 * sentence of the roles against it. */
static const struct { const char *en, *fr; } sentences[] = {
    { "recording what reaches * as *", "Ce qui parvient à * est enregistré (*)" },
    { "told *: *", "Message à * : *" },
    { "public IP * allocated", "L’IP publique * est obtenue" },
    { "public IP * released", "L’IP publique * est rendue" },
    { "VPC * made for *", "Le VPC * est créé (*)" },
    { "VPC * removed", "Le VPC * est supprimé" },
    { "* is no longer led into *", "* n’est plus dirigée vers *" },
    { "* is led into *", "* est dirigée vers *" },
    { "the name of * no longer answers with *", "Le nom de * ne donne plus *" },
    { "the name of * answers with *", "Le nom de * donne *" },
    { "* ended with *", "* s’est terminé avec le code *" },
    { "* called: *", "Appel à * : *" },
    { "* serves *", "* sert *" },
    { "* is out of the pool of *", "* est hors du pool de *" },
    { "the status page shows * as *", "La page d’état montre * : *" },
    { "ticket * opened: *", "Ticket * ouvert : *" },
    { "ticket * escalated", "Le ticket * est escaladé" },
    { "ticket *: *", "Ticket * : *" },
    { "A * flood is directed at *: * packets a second", "Une attaque par inondation * vise * : * paquets par seconde" },
    { "A * flood is directed at *", "Une attaque par inondation * vise *" },
    { "The region answers again without *", "La région répond de nouveau sans *" },
    { "run * of * started", "Exécution * de * commencée" },
    { "run * resumed", "Exécution * reprise" },
    { "run * waits for *", "L’exécution * attend *" },
    { "run * stopped: *", "Exécution * arrêtée : *" },
    { "run * returned", "L’exécution * est allée au bout" },
    { "run * abandoned: *", "Exécution * abandonnée : *" },
    { "run * abandoned", "Exécution * abandonnée" },
    { "run * ran away: *", "L’exécution * s’est emballée : *" },
    { "run * parked", "Exécution * mise en attente" },
    { "* * on * begun by hand", "* : * sur * commencé, à la main" },
    { "* * on * begun", "* : * sur * commencé" },
    { "* ended: %", "* terminé : %" },
    { "waited for a condition: it is so", "Attente d’une condition : c’est le cas" },
    { "waited for a condition", "Attente d’une condition" },
    { "waited for *: it is so", "Attente de * : c’est le cas" },
    { "waited for *", "Attente de *" },
    { "waited", "Attente" },
    { "lock on * taken: *", "Verrou sur * pris : *" },
    { "lock on * taken", "Verrou sur * pris" },
    { "lock on * stolen: *", "Verrou sur * repris de force : *" },
    { "lock on * released", "Verrou sur * rendu" },
    { "answered %: *", "Réponse : % (*)" },
    { "answered: *", "Réponse : *" },
    { "answered %", "Réponse : %" },
    { "breach of * in * settled: %, *", "Dépassement pour * en * tranché : %, *" },
    { "undo: %", "Remise en place : %" },
    { "* kept: *", "* gardé tel quel : *" },
    { "baseline of * not read: *", "État de départ de * non lu : *" },
    { "baseline of * * read", "État de départ de * lu : *" },
    { "* failed: *", "* a échoué : *" },
    { "* read", "* : lu" },
    { "* opened: *", "* ouvert : *" },
    { "* opened", "* ouvert" },
    { "titled: *", "Titre : *" },
    { "severity *", "Gravité *" },
    { "phase %", "Phase : %" },
    { "* leads", "* pilote" },
    { "forked from stream *", "Séparé du flux *" },
    { "numbered *", "Numéro *" },
    { "* published as a draft", "* publié comme ébauche" },
    { "* published", "* publié" },
};

static const struct { const char *en, *fr; } words[] = {
    { "detected", "détecté" },   { "acknowledged", "pris en charge" }, { "identified", "identifié" },
    { "mitigated", "atténué" },  { "monitoring", "sous surveillance" }, { "resolved", "résolu" },
    { "closed", "clos" },        { "open", "ouvert" },  { "yes", "oui" },  { "no", "non" },  { "done", "fait" },
    { "could-not", "impossible" }, { "instead", "autre chose" },  { "ok", "réussi" },
    { "unchanged", "il en était déjà ainsi" },  { "failed", "échoué" },  { "unknown", "nul ne sait" },
    { "undone", "faite" },       { "not possible", "impossible" },
};

static const char *word_of(const char *en, size_t length, struct arena *keep)
{
    const char *word = arena_copy(keep, en, length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(words[i].en, word))
            return words[i].fr;
    return word;
}

enum { MOST_HOLES = 4 };
struct hole { const char *at; size_t length; };

/* Each hole ends where the words behind it first stand; the last one takes the rest. */
static bool fits(const char *form, const char *text, struct hole hole[MOST_HOLES])
{
    for (size_t n = 0; *form;) {
        size_t plain = strcspn(form, "*%");
        if (strncmp(form, text, plain) != 0)
            return false;
        form += plain;
        text += plain;
        if (!*form)
            break;
        size_t next = strcspn(++form, "*%");
        const char *end = text + strlen(text);
        if (next) {
            char behind[64] = "";
            memcpy(behind, form, next < sizeof behind ? next : 0);
            const char *found = strstr(text, behind);
            while (found && !form[next] && found[next]) /* the last words stand at the end */
                found = strstr(found + 1, behind);
            if (!found)
                return false;
            end = found;
        }
        hole[n++] = (struct hole){ text, (size_t)(end - text) };
        text = end;
    }
    return !*text;
}

static const char *sentence(const char *text, struct arena *keep)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        struct hole hole[MOST_HOLES];
        size_t n = 0;
        if (!fits(sentences[i].en, text, hole))
            continue;
        struct text out = text_new(keep);
        for (const char *c = sentences[i].fr; *c; c++) {
            if (*c != '*' && *c != '%') {
                text_char(&out, *c);
            } else if (*c == '*') {
                text_bytes(&out, hole[n].at, hole[n].length);
                n++;
            } else {
                text_add(&out, word_of(hole[n].at, hole[n].length, keep));
                n++;
            }
        }
        return out.at;
    }
    return NULL;
}

const char *french_sentence(const char *text, struct arena *keep)
{
    static const char already[] = " already"; /* it was so, and nothing was changed */
    size_t length = strlen(text);
    if (length && text[length - 1] == '.')
        text = arena_copy(keep, text, --length);
    if (!text_ends(text, already))
        return sentence(text, keep);
    const char *french = sentence(arena_copy(keep, text, length - strlen(already)), keep);
    return french ? arena_print(keep, "%s, déjà auparavant", french) : NULL;
}
