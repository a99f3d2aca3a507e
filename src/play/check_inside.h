/* check_inside.h: what the files of `check` know of each other. */
#ifndef PLAY_CHECK_INSIDE_H
#define PLAY_CHECK_INSIDE_H

#include "play/check.h"
#include "play/engine.h"
#include "play/shelf.h"
#include "play/tokens.h"
#include "play/words_list.h"

/* A local variable, as far as it is known what it holds. */
struct variable {
    const char *name;
    const struct role_action *action;  /* the result of that action */
    const char *const *field;          /* the result of a call: its fields; NULL: unknown */
    const char *from;                  /* "sense.flood", "detect" */
    int set;                           /* how often it is declared: more than once is not followed */
};

struct check {
    struct findings *out;
    const struct workspace *ws;
    struct roles roles;
    struct plugins *plugins;
    const struct token *token;
    size_t count;
    const char *file;
    const struct shelf_book *book;
    const char *p;                     /* the parameter of `steps` */
    bool *param_used, p_alone;
    struct variable variable[256];
    size_t variables;
    struct arena *keep;
};

/* One item of a table constructor. */
struct item {
    const char *key;       /* NULL: by position */
    size_t at, end;        /* of its value */
    int line;
};

void findings_add(struct findings *f, const char *file, int line, char severity, const char *message);
void check_find(struct check *c, int line, char severity, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "; did you mean 'step'?", or nothing. */
const char *did_you_mean(struct check *c, const char *name, const char *const *names);
/* The text of the runbook of that name. */
bool check_read(struct check *c, const char *name, const char **bytes, size_t *length, struct err *e);
struct variable *check_variable_named(struct check *c, const char *name);

/* check_look.c: what stands where */
bool token_is(const struct check *c, size_t i, const char *symbol);
bool token_is_word(const struct check *c, size_t i, const char *word);
bool token_is_name(const struct check *c, size_t i);
bool name_in(const char *const *names, const char *name);
size_t behind_bracket(const struct check *c, size_t i);
size_t behind_function(const struct check *c, size_t i);
size_t items_of(const struct check *c, size_t i, struct item *out, size_t most);
bool item_is_constant(const struct check *c, const struct item *item);

/* check_words.c: the words of a runbook, each at token i */
const char **result_names(struct check *c, const struct role_action *a);
void check_field(struct check *c, const char *from, const char *const *names, const struct token *t);
void check_action(struct check *c, size_t i);
void check_word(struct check *c, size_t i, const struct word_row *w);

#endif
