/* check_templates.h: this workspace's templates, made once of an invented incident. */
#ifndef VERBS_CHECK_TEMPLATES_H
#define VERBS_CHECK_TEMPLATES_H

#include "play/check.h"
#include "verbs/verbs.h"

/* Those of its own, and the one that `publish: template:` names. Nothing is written. */
void check_templates(struct findings *f, struct desk *d);

#endif
