/* french_forms.h: what the machine writes, form by form, beside its French.
 *
 * HOLES    In the order of the English, each up to where the words behind it first stand:
 *          *  others' words, taken over        %  a word of ours, out of french_word[]
 *          @  IP addresses                     #  a whole number
 *          &  one word                         ~  a span of time
 *          !  a state ("holds yes")
 *          ^  what an action is for, does, or why it failed: french_reason[], a role's sentence; else « as it stands »
 *          What does not fit its hole does not fit the form.
 */
#ifndef TELL_FRENCH_FORMS_H
#define TELL_FRENCH_FORMS_H

#include "record/event.h"

struct form { const char *en, *fr; };
struct kind_form { enum event_kind kind; struct form form; };

/* The sentences of an event without a text of its own; notes and steps are those of the shipped runbooks. */
extern const struct kind_form french_of_kind[];
/* A role's: references as in src/play/roles, which hold the English. */
extern const struct form french_of_role[];
/* What may stand behind a role's sentence; ": *" is a person's, and they did it by hand. */
extern const struct form french_behind_role[];
extern const struct form french_question_form[], french_reason[], french_word[];

#endif
