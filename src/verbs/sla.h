/* sla.h: one question about the SLA at the desk, and its ways of answering. */
#ifndef VERBS_SLA_H
#define VERBS_SLA_H

#include "verbs/verbs.h"

#include "world/account.h"

/* What was asked for, and what came out. */
struct question {
    struct desk *d;
    struct account account;
    const struct policy_set *policy; /* --policy; NULL: each service's own */
    const char *first, *last;        /* the periods of --month or --year, as typed; NULL: not given */
    const char *what_if;             /* the windows that nobody recorded, as typed; NULL: none */
    struct sla_question *asked;      /* of each result */
    struct sla_result *result;
    size_t results, room;
};

/* Adds the windows of --what-if to the account. */
bool sla_what_if(struct question *q, struct err *e);

void sla_print_text(struct question *q);
void sla_print_json(struct question *q);
void sla_print_html(struct question *q);
/* The working of one result, below it; or as the member "explain". */
void sla_explain(struct question *q, size_t result);
void sla_explain_json(struct question *q, size_t result, struct json_out *o);

/* "2025-03-11 11:17-11:30", with "now" for an open end. */
const char *sla_window_words(struct question *q, const struct window *w, const char *zone);

#endif
