/* parcel.h: a whole incident as one file, to carry to another workspace.
 *
 * FILE     Lines of JSON, each part's bytes behind its line and a newline:
 *              {"tocsin_parcel":1,"id":"...","parts":N}
 *              {"part":"stream","name":"...","length":N,"sha256":"..."}
 *          Streams first, then blobs, then outputs ("blob", "output"), each kind by
 *          name: the same incident is the same bytes wherever it is packed. Two
 *          stores may have an output of the same name: then there are two such parts.
 * ERRORS   ERR_INPUT with the byte where it stops being one.
 */
#ifndef RECORD_PARCEL_H
#define RECORD_PARCEL_H

#include "record/store.h"

#define PARCEL_MARK "{\"tocsin_parcel\":"

struct parcel {
    const char *id;
    struct stream_bytes *stream; /* name, bytes, length */
    size_t streams;
    struct stream_bytes *blob;
    size_t blobs;
    struct stream_bytes *output;  /* what actions printed */
    size_t outputs;
};

void parcel_write(struct text *out, const struct parcel *p);
bool parcel_read(struct parcel *out, const char *file, const char *bytes, size_t length,
                 struct arena *keep, struct err *e);

#endif
