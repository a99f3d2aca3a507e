/* Any bytes as a line: what our reader takes, jansson takes, too, and both see
 * the same members; and any bytes as a stream are read without harm. */
#include "record/journal.h"
#include "oracle.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The line with digests that fit, so that more than one in 2^256 gets through. */
static char *with_digests(char *line, size_t length, struct arena *keep)
{
    char *copy = arena_copy(keep, line, length), digest[SHA256_HEX + 1];
    char *salt = strstr(copy, "\",\"salt\":\""), *data = salt ? strstr(salt, "\",\"data\":") : NULL;
    char *sum = strstr(copy, ",\"data_sha256\":\""), *hash = strstr(copy, ",\"hash\":\"");
    size_t end = strlen(copy);
    if (!data || data < salt + 10 || !sum || !hash || hash < sum + 15 + SHA256_HEX || salt < hash + 9 + SHA256_HEX
        || end < 1 || copy + end - 1 < data + 9)
        return copy;
    sha256_two(digest, salt + 10, (size_t)(data - salt - 10), data + 9, (size_t)(copy + end - 1 - data - 9));
    memcpy(sum + 15, digest, SHA256_HEX);
    sha256_two(digest, event_no_hash, SHA256_HEX, copy, (size_t)(hash - copy));
    memcpy(hash + 9, digest, SHA256_HEX);
    return copy;
}

static void same_as_the_oracle(const struct event *ev, const char *line, size_t length)
{
    json_error_t why;
    json_t *all = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!all) { /* a number that no double holds is all that we take and jansson does not */
        assert(json_error_code(&why) == json_error_numeric_overflow);
        return;
    }
    assert(json_integer_value(json_object_get(all, "seq")) == ev->seq);
    assert(json_integer_value(json_object_get(all, "early_ms")) == ev->early_ms);
    assert(json_integer_value(json_object_get(all, "late_ms")) == ev->late_ms);
    assert(!strcmp(json_string_value(json_object_get(all, "by")), ev->by));
    assert(!strcmp(json_string_value(json_object_get(all, "uid")), ev->uid));
    assert(!strcmp(json_string_value(json_object_get(all, "kind")), ev->kind_name));
    assert(!strcmp(json_string_value(json_object_get(all, "hash")), ev->hash));
    assert(!ev->data.at == !json_object_get(all, "data"));
    json_decref(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct arena all;
    if (!all.at)
        all = arena_reserve((size_t)1 << 30);
    struct arena keep = all;
    struct event ev;
    char why[128];
    char *line = arena_copy(&keep, (const char *)bytes, length);
    char *fitting = with_digests(line, length, &keep);
    const char *try[] = { line, fitting };
    for (int i = 0; i < 2; i++)
        if (event_read(&ev, try[i], length, i ? event_no_hash : NULL, NULL, &keep, why) != EVENT_LINE_BAD)
            same_as_the_oracle(&ev, try[i], length);
        else
            assert(why[0]);
    struct stream s;
    struct stream_reader r = stream_begin(NULL, NULL, 0);
    struct salvaged saved;
    r.beyond_damage = true;
    stream_read(&s, &r, line, length, &keep);
    assert(s.end <= length);
    stream_salvage(&saved, "INC-2025-001", "", NULL, line, length, &keep);
    r = stream_begin(NULL, NULL, 0);
    r.whole = true;
    stream_read(&s, &r, saved.bytes, saved.length, &keep);
    assert(!s.damage && (int64_t)r.count == saved.good);
    return 0;
}
