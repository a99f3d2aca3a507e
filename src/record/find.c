/* find.c: the event that somebody means (journal_find in incident.h). */
#include "record/incident.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct event *journal_by_hash(const struct journal *j, const char *hash)
{
    for (size_t i = 0; hash && i < j->count; i++)
        if (strcmp(j->event[i].hash, hash) == 0)
            return &j->event[i];
    return NULL;
}

static const struct event *by_seq(const struct journal *j, unsigned stream, int64_t seq)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->event[i].stream == stream && j->event[i].seq == seq)
            return &j->event[i];
    return NULL;
}

static const struct event *by_prefix(const struct journal *j, const char *word, struct err *e)
{
    const struct event *found = NULL;
    size_t length = strlen(word);
    for (size_t i = 0; i < j->count; i++)
        if (strncmp(j->event[i].hash, word, length) == 0) {
            if (found) {
                err_usage(e, "'%s' begins the hash of more than one event of %s", word, j->incident);
                err_hint(e, "give more digits");
                return NULL;
            }
            found = &j->event[i];
        }
    if (!found)
        err_usage(e, "no event of %s has a hash that begins with '%s'", j->incident, word);
    return found;
}

static bool is_prefix(const char *word)
{
    return strlen(word) >= 8 && strlen(word) <= SHA256_HEX && hex_is(word, strlen(word));
}

const struct event *journal_find(const struct journal *j, const char *word, struct err *e)
{
    unsigned stream = 0;
    const char *digits = word;
    if (word[0] >= 'a' && word[0] <= 'z' && word[1] == ':') {
        stream = (unsigned)(word[0] - 'a');
        digits = word + 2;
    }
    size_t length = strspn(digits, "0123456789");
    if (length && length < 19 && !digits[length]) {
        const struct event *found = by_seq(j, stream, strtoll(digits, NULL, 10));
        if (found)
            return found;
    }
    if (digits == word && is_prefix(word))
        return by_prefix(j, word, e);
    if (!length || digits[length])
        err_usage(e, "'%s' names no event: expected a number, b:12, 'last', or a hash of 8 digits or more",
                  word);
    else
        err_usage(e, "%s has no event %s: it has 1 to %" PRId64, j->incident, word,
                  stream < j->streams ? j->stream[stream].last_seq : (int64_t)0);
    err_hint(e, "tocsin timeline --history shows the numbers");
    return NULL;
}
