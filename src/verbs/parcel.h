/* parcel.h: taking in what `tocsin export` wrote elsewhere. */
#ifndef VERBS_PARCEL_H
#define VERBS_PARCEL_H

#include "record/journal.h"
#include "record/parcel.h"
#include "verbs/verbs.h"

/* Joins it with the incident of the same id, or makes that here. */
bool import_parcel(struct desk *d, const char *file, const char *bytes, size_t length,
                   struct err *e);

/* What `tocsin verify --salvage` wrote, taken in for the damaged journal that it is of. */
bool import_salvaged(struct desk *d, const char *file, const char *bytes, size_t length, struct err *e);

#endif
