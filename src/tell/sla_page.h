/* sla_page.h: an SLA as one page: the year's days with downtime, and each
 * period's budget as it was used up.
 *
 * PAGE     Self-contained HTML: no script, nothing fetched; light, dark and
 *          print. What a colour says, a word beside it says too.
 * SAME     The same answers give the same bytes.
 */
#ifndef TELL_SLA_PAGE_H
#define TELL_SLA_PAGE_H

#include "record/sla.h"

struct sla_answered {
    const struct sla_question *question;
    const struct sla_result *result; /* its policy is not NULL */
    bool affirmed;                   /* somebody said that there was no impact */
};

/* `what_if` may be NULL. */
const char *sla_page(const struct sla_answered *answer, size_t count, bool simulated,
                     const char *what_if, struct arena *keep);

/* The two drawings, each an <svg> of its own. */
void sla_draw_year(struct text *to, const struct sla_question *q, int64_t allowed_ms, int year,
                   struct arena *keep);
void sla_draw_budget(struct text *to, const struct sla_answered *a, struct arena *keep);

#endif
