/* head.c: the two slots beside a journal; see journal.h. */
#include "record/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The slot's text without its padding; answers its length. */
static int slot_text(char text[HEAD_SLOT], uint64_t offset, int64_t seq, const char *hash)
{
    char sum[SHA256_HEX + 1];
    int covered = snprintf(text, HEAD_SLOT, "{\"offset\":%" PRIu64 ",\"seq\":%" PRId64
                           ",\"hash\":\"%.64s\"", offset, seq, hash);
    sha256_hex(sum, text, (size_t)covered);
    return covered + snprintf(text + covered, (size_t)(HEAD_SLOT - covered), ",\"sum\":\"%s\"}", sum);
}

void head_write(char slot[HEAD_SLOT], const struct head *h)
{
    int length = slot_text(slot, h->offset, h->seq, h->hash);
    memset(slot + length, ' ', (size_t)(HEAD_SLOT - length));
    slot[HEAD_SLOT - 1] = '\n';
}

/* A slot is valid when writing what it says gives the same bytes. */
static bool slot_read(struct head *out, const char *slot)
{
    char copy[HEAD_SLOT + 1], again[HEAD_SLOT];
    memcpy(copy, slot, HEAD_SLOT);
    copy[HEAD_SLOT] = '\0';
    struct head h = { 0 };
    if (sscanf(copy, "{\"offset\":%20" SCNu64 ",\"seq\":%18" SCNd64 ",\"hash\":\"%64[0-9a-f]\"",
               &h.offset, &h.seq, h.hash) != 3 || strlen(h.hash) != SHA256_HEX)
        return false;
    head_write(again, &h);
    if (memcmp(again, slot, HEAD_SLOT))
        return false;
    *out = h;
    return true;
}

bool head_read(struct head *out, int *next, const char *bytes, size_t length)
{
    struct head h[2];
    bool valid[2];
    for (size_t i = 0; i < 2; i++)
        valid[i] = length >= (i + 1) * HEAD_SLOT && slot_read(&h[i], bytes + i * HEAD_SLOT);
    if (!valid[0] && !valid[1])
        return false;
    int best = valid[0] && (!valid[1] || h[0].seq >= h[1].seq) ? 0 : 1;
    *out = h[best];
    *next = 1 - best;
    return true;
}
