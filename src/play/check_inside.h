/* check_inside.h: what the files of `check` know of each other. */
#ifndef PLAY_CHECK_INSIDE_H
#define PLAY_CHECK_INSIDE_H

#include "play/blocks.h"
#include "play/check.h"
#include "play/engine.h"
#include "play/shelf.h"
#include "play/tokens.h"
#include "play/words_list.h"

/* The names that a result has. */
struct shape {
    const char *from;                  /* "sense.flood", "detect" */
    const char *const *names;          /* then NULL; NULL: nobody knows */
};

/* A name of the runbook's own, as far as it is known what it holds. */
struct variable {
    const char *name;
    size_t at;                         /* the token that declares it */
    size_t from, to;                   /* the tokens between which it is that one */
    struct shape is;
    const char *role;                  /* another name for that role; NULL */
    bool params;                       /* the parameters of the runbook */
    bool again;                        /* it is given a value later on: what it holds is not followed */
};

struct check {
    struct findings *out;
    const struct workspace *ws;
    struct roles roles;
    struct plugins *plugins;
    struct sandbox *sandbox;
    const struct token *token;
    size_t count;
    const struct block *block;         /* NULL: the text is no Lua */
    size_t blocks;
    const char *inside;                /* of each token: the bracket around it; 'f' right in a function, 0 in the file */
    bool *declares;                    /* of each token */
    const char *file;
    const struct shelf_book *book;
    bool *param_used, p_alone;         /* the parameters as a whole are handed on */
    bool other_names;                  /* _ENV is in the file */
    bool plain_steps;                  /* steps = function ... stands in the file */
    struct variable *variable;
    size_t variables;
    struct arena *keep;
};

/* One item of a table constructor. */
struct item {
    const char *key;       /* NULL: by position; "": it is computed, and may be any */
    size_t at, end;        /* of its value */
    int line;
};

void check_find(struct check *c, int line, char severity, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "; did you mean 'step'?", or nothing. */
const char *did_you_mean(struct check *c, const char *name, const char *const *names);
/* NULL: that runbook was not looked at yet. */
struct looked_at *check_looked_at(const struct findings *f, const char *path);
/* Is the plugin of that role as it should be? If not it is said, once, where it is bound or written. */
bool check_bound(struct findings *out, const struct workspace *ws, struct plugins *plugins, const char *role);
/* The text of the runbook of that name. */
bool check_read(struct check *c, const char *name, const char **bytes, size_t *length, struct err *e);

/* check_look.c: what stands where */
bool token_is(const struct check *c, size_t i, const char *symbol);
bool token_is_word(const struct check *c, size_t i, const char *word);
bool token_is_name(const struct check *c, size_t i);
bool name_in(const char *const *names, const char *name);
size_t behind_bracket(const struct check *c, size_t i);
size_t behind_function(const struct check *c, size_t i);
size_t items_of(const struct check *c, size_t i, struct item *out, size_t most);
/* What stands there as it is, as JSON: "x", 5, -1, true, a list of such; NULL: it is computed. */
const char *constant_at(const struct check *c, size_t from, size_t to);
const char *item_constant(const struct check *c, const struct item *item);
/* The field that is asked of what ends before i: .NAME or ["NAME"]; NULL: none. */
const struct token *field_at(const struct check *c, size_t i);
/* Does a statement begin at i? */
bool statement_at(const struct check *c, size_t i);

/* check_names.c: names and what they hold */
void names_declare(struct check *c);
struct variable *names_visible(const struct check *c, size_t i);
void names_check(struct check *c);

/* check_results.c: what words answer */
/* What the expression at i answers, and behind it; false: nobody knows. */
bool shape_at(struct check *c, size_t i, struct shape *out, size_t *end);
/* Tells each variable what it holds. */
void shapes_follow(struct check *c);
void check_shape(struct check *c, size_t i);

/* check_flow.c: loops without an end, and what is never reached */
void check_flow(struct check *c);

/* check_words.c: the words of a runbook, each at token i; the role may have another name there */
void check_action(struct check *c, size_t i, const char *role);
void check_word(struct check *c, size_t i, const struct word_row *w);

#endif
