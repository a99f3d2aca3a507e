/* Any bytes: a parcel or an error with words; what was unpacked packs to a fixed
 * point; and any bytes are a head or none. */
#include "record/journal.h"
#include "record/parcel.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 28);
    struct arena keep = all;
    char *text = arena_copy(&keep, (const char *)bytes, length);
    struct parcel p, again;
    struct err e = { 0 };
    struct head h;
    int next;
    if (head_read(&h, &next, text, length))
        assert(hex_is(h.hash, SHA256_HEX) && (next == 0 || next == 1));
    if (!parcel_read(&p, "f", text, length, &keep, &e)) {
        assert(e.kind == ERR_INPUT && e.text[0]);
        return 0;
    }
    struct text once = text_new(&keep), twice = text_new(&keep);
    parcel_write(&once, &p);
    assert(parcel_read(&again, "f", once.at, once.length, &keep, &e));
    parcel_write(&twice, &again);
    assert(once.length == twice.length && !memcmp(once.at, twice.at, once.length));
    return 0;
}
