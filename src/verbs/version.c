/* version.c: which version this is. */
#include "verbs/verbs.h"

#define VERSION "0.1"

bool verb_version(struct desk *d, struct err *e)
{
    if (!desk_at_most(d, 0, e))
        return false;
    if (d->json) {
        struct text to = text_new(d->keep);
        struct json_out o = desk_json(d, &to);
        json_put(&o, "version", VERSION);
        json_put_int(&o, "journal", 1);
        desk_json_end(d, &o);
    } else {
        fprintf(d->out, "tocsin %s, journal format 1\n", VERSION);
    }
    return true;
}
